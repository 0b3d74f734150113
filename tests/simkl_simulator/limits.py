"""How often a client may call: Simkl's limits per second."""

from __future__ import annotations

from collections import deque

WINDOW = 1.0
"""Seconds that the window slides over."""

PER_WINDOW = {"GET": 10, "POST": 1}
"""Requests per window and client id. The limit per token adds nothing: a token only works for its own client id."""


def _group(path: str) -> str:
    """Which requests share a limit.

    ``/oauth2/*`` counts apart from the rest: ``POST /oauth2/token`` is followed at once by ``POST /users/settings`` in
    every normal sign-in, and that must pass.
    """
    return "/oauth2/" if path.startswith("/oauth2/") else "/"


class RateLimits:
    """A sliding window per client id, method and group of paths. Refused requests don't count. Not thread-safe."""

    def __init__(self) -> None:
        self._served: dict[tuple[str, str, str], deque[float]] = {}

    def seconds_to_wait(self, client_id: str, method: str, path: str, now: float) -> float:
        """0 if the request may pass, and it is counted then; otherwise the seconds until the next one may."""
        limit = PER_WINDOW.get(method)
        if limit is None:
            return 0.0
        served = self._served.setdefault((client_id, method, _group(path)), deque())
        while served and now - served[0] >= WINDOW:
            served.popleft()
        if len(served) >= limit:
            return served[0] + WINDOW - now
        served.append(now)
        return 0.0
