"""The other side of :mod:`.refresh_requests`: another add-on asks the service for a token that is good."""

from __future__ import annotations

from typing import Callable

from .. import Outdated, RefreshFailed, ServiceUnavailable
from .shared_state import PROTOCOL, Outcome, SharedState

SILENT_AFTER = 1.8
"""Seconds without an answer after which the service is taken to be absent."""
ASK_EVERY, LOOK_EVERY = 0.5, 0.03
"""Seconds between two requests that are not answered, and between two looks for the answer."""
LONGEST = 35.0
"""Seconds for a refresh that is under way: Simkl is given 30, and the service the rest."""
NO_SERVICE = "Simkl Connect's service does not answer: it is starting or stopping. Try again in a few seconds."
NOT_IN_TIME = "Simkl has not renewed the token in time. Try again later."
KODI_ENDS = "Kodi is ending this add-on."


class RefreshClient:
    """``send`` takes a request id and a fingerprint to the service, ``read`` gives what that publishes, None if it does
    not run. ``pause`` waits for so many seconds, and is true once Kodi wants the caller to end.
    """

    def __init__(
        self,
        send: Callable[[str, str], None],
        read: Callable[[], SharedState | None],
        clock: Callable[[], float],
        pause: Callable[[float], bool],
    ) -> None:
        self._send = send
        self._read = read
        self._clock = clock
        self._pause = pause

    def ask(self, request: str, refused: str) -> Outcome:
        """What has become of the token with the fingerprint ``refused``; never RUNNING.

        Raises ServiceUnavailable within two seconds if nobody answers, RefreshFailed, Outdated.
        """
        started = answered_at = self._clock()
        asked_at = started - ASK_EVERY
        while True:
            now, state = self._clock(), self._read()
            require_same_protocol(state)
            outcome = state.answers.get(request) if state is not None else None
            if outcome not in (None, Outcome.RUNNING):
                return outcome
            if outcome is Outcome.RUNNING:
                answered_at = now
            elif now - answered_at > SILENT_AFTER:
                raise ServiceUnavailable(NO_SERVICE)
            elif now - asked_at >= ASK_EVERY:  # a service that starts receives nothing
                asked_at = now
                self._send(request, refused)
            if now - started > LONGEST:
                raise RefreshFailed(NOT_IN_TIME)
            if self._pause(LOOK_EVERY):
                raise ServiceUnavailable(KODI_ENDS)


def require_same_protocol(state: SharedState | None) -> None:
    """Raises Outdated where the service was updated and this interpreter still has the old module, or the reverse."""
    if state is not None and state.protocol != PROTOCOL:
        raise Outdated("Simkl Connect was updated while this add-on ran. Restart Kodi.")
