"""Sign-ins in a row in one Kodi, and as many openings of the floor's dialog: what grows with ours alone is ours."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import Callable

from real_kodi.kodi import Kodi

from . import procfs
from .lab import Lab, close_dialog, open_floor, restart
from .report import COUNT, MIB
from .sign_ins import sign_in
from .trend import Series

SETTLING = 0.3
"""Seconds from the end of a script until its thread and its files are gone."""
WARMING_UP = 1 / 3
"""Part of the run. Every script has a thread, and each thread one of glibc's pools in turn, of which there are eight
for each core: memory rises until every pool has had a script that needs as much as any does."""
MEMORY_PER_SIGN_IN = 64 * 1024
"""Bytes beyond those of the floor: Kodi keeps something of every script."""


def soak(lab: Lab, times: int) -> tuple[list[Series], list[Series]]:
    """The floor's series and the add-on's."""
    with lab.simkl(interval=1) as simkl, lab.ours(simkl.url) as kodi:
        floor = _watch(kodi, times, lambda: _open_and_close(kodi))
        restart(kodi)
        ours = _watch(kodi, times, lambda: sign_in(kodi, simkl, random.uniform(0, 0.5)))
    return floor, ours


def allow_for(floor: list[Series], ours: list[Series]) -> None:
    """Growth that the floor shows as well is Kodi's."""
    for base, series in zip(floor, ours):
        series.grows_by += max(0.0, base.slope) * (series.at[-1] - series.at[0])


def _open_and_close(kodi: Kodi) -> None:
    open_floor(kodi, "waiting")
    close_dialog(kodi)


def _watch(kodi: Kodi, times: int, once: Callable[[], object]) -> list[Series]:
    watched: list[tuple[Series, Callable[[], float]]] = [
        (Series("threads", COUNT, 0.5), lambda: procfs.threads(kodi.pid)),
        (Series("file descriptors", COUNT, 0.5), lambda: procfs.descriptors(kodi.pid)),
        (
            Series("memory (anonymous PSS)", MIB, MEMORY_PER_SIGN_IN * times, WARMING_UP),
            lambda: procfs.memory(kodi.pid),
        ),
        (Series("files in addon_data", COUNT, 0.5), lambda: _files(kodi.profile.addon_data())),
        (Series("files in Kodi's temp", COUNT, 0.5), lambda: _files(kodi.profile.kodi_home / "temp")),
    ]
    for number in range(times):
        once()
        time.sleep(SETTLING)
        for series, read in watched:
            series.add(number + 1, read())
    return [series for series, _ in watched]


def _files(folder: Path) -> int:
    return sum(len(names) for _, _, names in os.walk(folder))
