"""What it costs to show a code, and what a sign-in leaves behind in memory."""

from __future__ import annotations

import time
from statistics import median
from typing import Tuple

from real_kodi.addon import Addon
from real_kodi.kodi import Kodi

from . import procfs
from .lab import Lab, close_dialog, open_floor, open_ours, restart
from .report import MIB, PERCENT, Row, at_most_more
from .sign_ins import sign_in

SETTLING = 2.0
"""Seconds from the moment a dialog is there until it is taken to stand still."""
AFTERWARDS = 10.0
"""Seconds from the end of a sign-in until its memory is looked at."""
CPU_MORE = 0.03
"""Of one core."""
MEMORY_MORE = 12 * 2.0**20
"""Bytes."""

_Used = Tuple[float, float]
"""Of one core, by the whole of Kodi and by the threads that run Python."""


def measure(lab: Lab) -> list[Row]:
    """The rows."""
    standing: list[_Used] = []
    running: list[_Used] = []
    ours: list[_Used] = []
    seconds = 5.0 if lab.short else 20.0
    with lab.simkl() as simkl, lab.ours(simkl.url) as kodi:
        for _ in range(lab.times(3, 1)):
            open_floor(kodi, "waiting")
            standing.append(_cpu_while_open(kodi, seconds))
            open_floor(kodi, "waiting", running=True)
            running.append(_cpu_while_open(kodi, seconds))
            open_ours(kodi)
            Addon(kodi).wait_for_phase("waiting")
            ours.append(_cpu_while_open(kodi, seconds))
    rows = [
        at_most_more(f"dialog open: part of a core, {what}", median(used), median(floor), PERCENT, CPU_MORE, len(used))
        for what, used, floor in (
            (
                "whole Kodi, which draws without a graphics card here; floor: standing still",
                _whole(ours),
                _whole(standing),
            ),
            ("the same; floor: a time that runs, and nothing else", _whole(ours), _whole(running)),
            ("threads that run Python; floor: standing still", _python(ours), _python(standing)),
        )
    ]
    return [*rows, _memory(lab)]


def _whole(used: list[_Used]) -> list[float]:
    return [whole for whole, _ in used]


def _python(used: list[_Used]) -> list[float]:
    return [python for _, python in used]


def _cpu_while_open(kodi: Kodi, seconds: float) -> _Used:
    kodi.wait_for(lambda: kodi.boolean("Window.IsActive(script-simkl-connect.xml)"), "the dialog")
    time.sleep(SETTLING)
    started, whole, python = time.monotonic(), procfs.cpu(kodi.pid), procfs.python_cpu(kodi.pid)
    time.sleep(seconds)
    taken = time.monotonic() - started
    used = (procfs.cpu(kodi.pid) - whole) / taken, (procfs.python_cpu(kodi.pid) - python) / taken
    close_dialog(kodi)
    return used


def _memory(lab: Lab) -> Row:
    grown: dict[bool, list[float]] = {False: [], True: []}
    with lab.simkl(interval=1) as simkl, lab.ours(simkl.url) as kodi:
        for _ in range(lab.times(3, 1)):
            for ours, growth in grown.items():
                restart(kodi)
                time.sleep(SETTLING)
                before = procfs.memory(kodi.pid)
                if ours:
                    sign_in(kodi, simkl, 0.5)
                else:
                    open_floor(kodi, "waiting")
                    close_dialog(kodi)
                time.sleep(AFTERWARDS)
                growth.append(procfs.memory(kodi.pid) - before)
    what = f"memory (anonymous PSS) that is kept {AFTERWARDS:g} s after a sign-in; floor: after a dialog"
    return at_most_more(what, median(grown[True]), median(grown[False]), MIB, MEMORY_MORE, len(grown[True]))
