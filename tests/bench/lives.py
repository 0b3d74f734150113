"""Whole lives of Kodis, in turns: bare, with a service that does nothing, and with the add-on."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from real_kodi.addon import Addon
from real_kodi.kodi import Kodi

from . import floor, procfs
from .lab import Lab, restart, until
from .report import MIB, SECONDS, Row, Unit, at_most_more, at_most_times

SETTLING = 8.0
"""Seconds from the start until a service is taken to be idle: two more than the first of its waits takes."""
_OF_A_CORE = Unit("% of a core", 100.0, 3)


@dataclass
class Life:
    """What was seen of one kind of Kodi: seconds, bytes, and what its service used while idle."""

    boot: list[float] = field(default_factory=list)
    quit: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def measure(lab: Lab) -> list[Row]:
    """The rows."""
    bare, still, ours = Life(), Life(), Life()
    rounds = lab.times(8, 2)
    with ExitStack() as stack:
        simkl = stack.enter_context(lab.simkl())
        kinds = [(lab.bare(), bare), (lab.floor(), still), (lab.ours(simkl.url), ours)]
        for kodi, _ in kinds:
            stack.enter_context(kodi)
            kodi.quit()  # the very first start has compiled everything
        for number in range(rounds):
            long = number == rounds - 1 and not lab.short
            for kodi, life in kinds if number % 2 else reversed(kinds):
                _live(kodi, life, 0.0 if life is bare else 60.0 if long else 10.0)
    return _rows(bare, still, ours)


def _live(kodi: Kodi, life: Life, idle: float) -> None:
    restart(kodi)
    life.boot.append(kodi.boot_seconds)
    if idle:
        until(lambda: kodi.property(floor.READY) or Addon(kodi).state, "the service to be ready")
        thread = procfs.python_thread(kodi.pid)
        time.sleep(SETTLING)
        life.memory.append(procfs.memory(kodi.pid))
        before = procfs.thread_cpu(kodi.pid, thread)
        time.sleep(idle)
        life.cpu.append((procfs.thread_cpu(kodi.pid, thread) - before) / idle)
    life.quit.append(kodi.quit())


def _rows(bare: Life, still: Life, ours: Life) -> list[Row]:
    runs = len(ours.boot)
    return [
        at_most_times("idle service: CPU", median(ours.cpu), median(still.cpu), _OF_A_CORE, 1.2, runs),
        _paired("idle service: memory (anonymous PSS)", ours.memory, still.memory, MIB, 2 * 2.0**20),
        _not_longer("Kodi's start; floor: with a service that does nothing", ours.boot, still.boot),
        at_most_more("quit, idle", median(ours.quit), median(bare.quit), SECONDS, 0.5, runs),
    ]


def _paired(what: str, ours: list[float], floors: list[float], unit: Unit, more: float) -> Row:
    """The median of the differences between runs that followed each other."""
    base = median(floors)
    return at_most_more(what, base + median(_differences(ours, floors)), base, unit, more, len(ours))


def _not_longer(what: str, ours: list[float], floors: list[float]) -> Row:
    """Met unless the run was longer than its neighbour so often that chance would hardly do it (sign test, 5 %)."""
    differences = _differences(ours, floors)
    longer, count = sum(difference > 0 for difference in differences), len(differences)
    base, more = median(floors), median(differences)
    told = f"{SECONDS.difference(more)}, longer in {longer} of {count}"
    met = more <= 0 or _chance(longer, count) > 0.05
    return Row(what, SECONDS(base + more), SECONDS(base), told, "not measurably longer", met, count)


def _chance(heads: int, tosses: int) -> float:
    """Of so many heads or more with a fair coin."""
    ways, total = 1, 0
    for number in range(tosses + 1):
        total += ways if number >= heads else 0
        ways = ways * (tosses - number) // (number + 1)
    return total / float(2**tosses)


def _differences(ours: list[float], floors: list[float]) -> list[float]:
    return [one - other for one, other in zip(ours, floors)]
