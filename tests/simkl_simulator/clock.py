"""A clock that tests turn by hand."""

from __future__ import annotations

import threading


class ManualClock:
    """Gives the same seconds until it is advanced."""

    def __init__(self, now: float = 1000.0) -> None:
        self._now = now
        self._lock = threading.Lock()

    def __call__(self) -> float:
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        with self._lock:
            self._now += seconds
