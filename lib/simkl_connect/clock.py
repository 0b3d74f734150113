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


def boot_id() -> str:
    """The same string until the machine is started anew, so that times of :func:`now` can be compared; or empty."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:  # not Linux
        return ""
