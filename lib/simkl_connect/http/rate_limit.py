"""Simkl's limit of one POST a second for each client id (its API's rules): kept here, so that nobody is turned away."""

from __future__ import annotations

from typing import Callable

from .messages import Request

POSTS_APART = 1.1
"""Seconds from the answer to one POST to the next; a tenth more than asked for, because networks are uneven."""


class Pace:
    """Shared by everyone who sends. ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._free_at = 0.0

    def free_at(self, request: Request) -> float:
        """When ``request`` may be sent, in seconds on the clock."""
        return self._free_at if request.method == "POST" else 0.0

    def allows(self, request: Request) -> bool:
        """Whether ``request`` may be sent now."""
        return self._clock() >= self.free_at(request)

    def note(self, request: Request) -> None:
        """``request`` is sent, or has just been answered."""
        if request.method == "POST":
            self._free_at = self._clock() + POSTS_APART
