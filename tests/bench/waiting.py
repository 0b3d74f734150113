"""What it costs to show a code, and what a sign-in leaves behind in memory."""

from __future__ import annotations

import time
from contextlib import ExitStack
from statistics import median

from real_kodi.addon import DIALOG, Addon
from real_kodi.kodi import Kodi

from . import floor, procfs
from .lab import Lab, close_dialog, open_floor, open_ours, restart, until
from .report import MIB, PERCENT, Row, at_most_more
from .sign_ins import sign_in

SETTLING = 2.0
"""Seconds from the moment a dialog is there until it is taken to stand still."""
AFTERWARDS = 10.0
"""Seconds from the end of a sign-in until its memory is looked at."""
CPU_MORE = 0.03
"""Of one core."""
MEMORY_MORE = 8 * 2.0**20
"""Bytes."""


def measure(lab: Lab) -> list[Row]:
    """The rows."""
    return [_cpu(lab), _memory(lab)]


def _cpu(lab: Lab) -> Row:
    standing: list[float] = []
    ours: list[float] = []
    seconds = 5.0 if lab.short else 20.0
    with lab.simkl() as simkl, lab.ours(simkl.url) as kodi:
        for _ in range(lab.times(3, 1)):
            open_floor(kodi, "waiting")
            standing.append(_cpu_while_open(kodi, seconds))
            open_ours(kodi)
            Addon(kodi).wait_for_phase("waiting")
            ours.append(_cpu_while_open(kodi, seconds))
    what = "dialog open: part of a core, threads that run Python; floor: a dialog that stands still"
    return at_most_more(what, median(ours), median(standing), PERCENT, CPU_MORE, len(ours))


def _cpu_while_open(kodi: Kodi, seconds: float) -> float:
    kodi.wait_for(lambda: kodi.boolean(f"Window.IsActive({DIALOG})"), "the dialog")
    time.sleep(SETTLING)
    started, before = time.monotonic(), procfs.python_cpu(kodi.pid)
    time.sleep(seconds)
    used = (procfs.python_cpu(kodi.pid) - before) / (time.monotonic() - started)
    close_dialog(kodi)
    return used


def _memory(lab: Lab) -> Row:
    """Of two whole Kodis, each started anew for each look."""
    signed_in: list[float] = []
    requested: list[float] = []
    with ExitStack() as stack:
        simkl = stack.enter_context(lab.simkl(interval=1))
        ours = stack.enter_context(lab.ours(simkl.url))
        bare = stack.enter_context(lab.requesting_floor(simkl.url))
        for _ in range(lab.times(5, 2)):
            restart(bare)
            until(lambda: bare.property(floor.READY), "the request to be made")
            time.sleep(AFTERWARDS)
            requested.append(procfs.memory(bare.pid))
            bare.quit()
            restart(ours)
            sign_in(ours, simkl, 0.5)
            time.sleep(AFTERWARDS)
            signed_in.append(procfs.memory(ours.pid))
            ours.quit()
    what = (
        f"memory (anonymous PSS) {AFTERWARDS:g} s after a sign-in; "
        "floor: a service that has imported requests and made one request over TLS"
    )
    return at_most_more(what, median(signed_in), median(requested), MIB, MEMORY_MORE, len(signed_in))
