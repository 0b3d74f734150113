"""When to try again: 10 seconds after the first failure, then doubled, 15 minutes at most, and what Simkl asks for."""

from __future__ import annotations

from typing import Callable

from ..errors import PermanentError, Problem, TransientError

FIRST, LONGEST = 10.0, 900.0
"""Seconds."""
DAILY_QUOTA_PAUSE = 3600.0
"""Seconds without a request once the day's quota is used up, where Simkl doesn't say how long. It is the user's, for
all of their apps."""
LOCKED = 20.0
"""Seconds for which Simkl keeps a user's writes waiting for one another before it refuses them."""


class Retry:
    """``clock`` gives seconds that never jump; ``jitter``, from 0 to 1, spreads many devices over a tenth of the wait.

    A pause that Simkl asks for is kept whatever happens; a wait of our own ends early at :meth:`retry_now`.
    """

    def __init__(self, clock: Callable[[], float], jitter: Callable[[], float]) -> None:
        self._clock = clock
        self._jitter = jitter
        self._failures = 0
        self._due = 0.0
        self._paused_until = 0.0

    @property
    def is_paused(self) -> bool:
        """Whether Simkl has asked for a pause that is not over."""
        return self._clock() < self._paused_until

    def seconds_to_wait(self) -> float:
        """Seconds until the next request may go; 0: now."""
        return max(0.0, max(self._due, self._paused_until) - self._clock())

    def retry_now(self) -> None:
        """A request got through, the device has woken, or somebody has signed in: the next may go at once."""
        self._failures, self._due = 0, 0.0

    def pause_while_locked(self) -> None:
        """Another write of this user is under way."""
        self._paused_until = max(self._paused_until, self._clock() + LOCKED)

    def fail(self, failure: TransientError | PermanentError) -> None:
        """A request brought nothing, or a refusal that may pass."""
        wait = min(LONGEST, FIRST * 2.0 ** min(self._failures, 10) * (1.0 + 0.1 * self._jitter()))
        self._failures += 1
        self._due = self._clock() + wait
        self.keep_pause(failure)

    def keep_pause(self, failure: TransientError | PermanentError) -> None:
        """Only what Simkl asks for counts: the request itself is not repeated."""
        self._paused_until = max(self._paused_until, self._clock() + _asked_pause(failure))


def _asked_pause(failure: TransientError | PermanentError) -> float:
    """Seconds. 412 may be the block that too many POSTs are answered with: it is not tried before the longest wait."""
    if isinstance(failure, PermanentError):
        return LONGEST if failure.problem is Problem.CLIENT_ID_REFUSED else 0.0
    if failure.retry_after is None and "limit_exceeded" in failure.detail:
        return DAILY_QUOTA_PAUSE
    return failure.retry_after or 0.0
