"""The clock that deadlines are kept by: it never jumps, and it goes on while the machine sleeps where that is known."""

from __future__ import annotations

import time


def now() -> float:
    """Seconds since some moment at or before the machine's start; the same for every process on it.

    Linux and Android: CLOCK_BOOTTIME, which counts suspended time. Elsewhere ``time.monotonic``.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
