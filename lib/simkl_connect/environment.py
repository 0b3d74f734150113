"""What all tasks share, handed in by the service, or by a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple

if TYPE_CHECKING:
    from .http.worker import Worker
    from .storage.database import Database
    from .storage.token_store import TokenStore


class Environment(NamedTuple):
    """``clock`` gives seconds that never jump, ``wall_clock`` Unix seconds, which may be wrong by years on a device
    without a battery. ``jitter`` gives a number from 0 to 1.
    """

    clock: Callable[[], float]
    wall_clock: Callable[[], float]
    jitter: Callable[[], float]
    worker: Worker
    database: Database
    tokens: TokenStore
