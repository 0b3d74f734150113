"""Waiting on conditions instead of sleeping."""

from __future__ import annotations

import os
import time
from typing import Callable, TypeVar

Seen = TypeVar("Seen")

SLOWNESS = float(os.environ.get("SLOWNESS", "1"))
"""By how much longer than on a developer's machine everything that is awaited may take."""

INTERVAL = 0.03
"""Seconds between two looks. Kodi draws a frame about every 0.02 s."""


def wait_for(
    predicate: Callable[[], Seen | None],
    what: str,
    timeout: float = 10.0,
    evidence: Callable[[], str] | None = None,
) -> Seen:
    """The first true value of ``predicate``.

    After ``timeout`` seconds, times :data:`SLOWNESS`, a :class:`TimeoutError` says ``what`` was awaited and what was
    last seen: the predicate's value, or what ``evidence`` returns, which is only asked then.
    """
    timeout *= SLOWNESS
    deadline = time.monotonic() + timeout
    while True:
        seen = predicate()
        if seen:
            return seen
        if time.monotonic() >= deadline:
            last = evidence() if evidence else repr(seen)
            raise TimeoutError(f"waited {timeout:g} s for {what}; last seen: {last}")
        time.sleep(INTERVAL)
