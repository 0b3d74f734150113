"""Other add-ons whose token Simkl has refused: the service refreshes it once, and tells all what became of it."""

from __future__ import annotations

from typing import Callable, Mapping

from ..storage.token_store import TokenStore
from .shared_state import Outcome, fingerprint, is_request
from .token_refresher import TokenRefresher

KEPT = 32
"""How many of the last requests are answered."""


class RefreshRequests:
    """A task. ``publish`` is given the outcomes by request id, at once and whenever one changes."""

    def __init__(
        self, tokens: TokenStore, refresher: TokenRefresher, publish: Callable[[Mapping[str, Outcome]], None]
    ) -> None:
        self._tokens = tokens
        self._refresher = refresher
        self._publish = publish
        self._refused: dict[str, str] = {}
        """Fingerprints by the requests that are not answered."""
        self._answers: dict[str, Outcome] = {}
        self._published: dict[str, Outcome] = {}
        publish(self._published)

    def ask(self, request: str, refused: object) -> None:
        """Simkl has answered 401 to the access token whose fingerprint is ``refused``.

        It is refreshed only if it is still stored, and a refresh that runs is joined. Anything on the machine may ask
        anything; who names the token's fingerprint had the token.
        """
        if not is_request(request) or not isinstance(refused, str) or request in self._answers:
            return
        self._refused[request], self._answers[request] = refused, Outcome.RUNNING
        while len(self._answers) > KEPT:
            oldest = next(iter(self._answers))
            del self._answers[oldest]
            self._refused.pop(oldest, None)
        token = self._tokens.token()
        if token is not None and fingerprint(token.access_token) == refused:
            self._refresher.grant_rejected(token.access_token)

    def advance(self) -> None:
        """Publish what has changed."""
        if self._refused:
            token = self._tokens.token()
            stored = fingerprint(token.access_token) if token is not None else ""
            for request, refused in list(self._refused.items()):
                self._answers[request] = self._outcome(stored, refused)
                if self._answers[request] is not Outcome.RUNNING:
                    del self._refused[request]
        if self._answers != self._published:
            self._published = dict(self._answers)
            self._publish(self._published)

    def seconds_to_wait(self) -> float | None:
        """None: it waits for the refresher."""
        return None

    def close(self, timeout: float) -> None:
        """Nothing is under way here."""

    def _outcome(self, stored: str, refused: str) -> Outcome:
        if not stored:
            return Outcome.ENDED
        if stored != refused:
            return Outcome.CHANGED
        if self._refresher.is_waiting_to_retry:
            return Outcome.FAILED
        return Outcome.RUNNING if self._refresher.is_busy else Outcome.VALID
