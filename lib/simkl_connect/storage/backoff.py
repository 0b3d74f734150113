"""When something that failed is tried again."""

from __future__ import annotations

from typing import Callable


class Backoff:
    """Waits that double from ``first`` to ``longest``, and start anew after a success. All in seconds of ``clock``."""

    def __init__(self, clock: Callable[[], float], first: float = 2.0, longest: float = 900.0) -> None:
        self._clock = clock
        self._first = first
        self._longest = longest
        self._wait = first
        self._at: float | None = None

    def failed(self) -> None:
        """Plans the next attempt; one that is planned for later stays."""
        if self._at is not None and not self.is_due:
            return
        self._at = self._clock() + self._wait
        self._wait = min(2 * self._wait, self._longest)

    def succeeded(self) -> None:
        """Nothing is to be tried again."""
        self._at, self._wait = None, self._first

    @property
    def is_due(self) -> bool:
        """Whether an attempt is planned, and for now."""
        return self._at is not None and self._clock() >= self._at

    def seconds_to_wait(self) -> float | None:
        """Seconds until the next attempt; None: none is planned."""
        return None if self._at is None else max(0.0, self._at - self._clock())
