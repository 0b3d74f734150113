"""The tasks of the service's loop, advanced in turn; a mistake in one does not end the others."""

from __future__ import annotations

import logging
from typing import Callable, Protocol, Sequence

from ... import clock
from ...errors import describe_exception
from ..own_addon import AddonGone

LONGEST_WAIT = 5.0
"""Seconds between two turns of the loop. A callback can't shorten a wait that has begun: a command that begins a
sign-in is carried out within it, and by the time of the first poll, five seconds later, this wait is over.

It also lets a service end that Kodi stopped before its monitor existed: Kodi then raises SystemExit after five
seconds, but only outside ``waitForAbort`` (measured on Kodi 20.1)."""
SHORTEST_WAIT = 0.01
"""Seconds; Kodi takes 0 for "for ever"."""
LAST_WAIT = 1.0
"""Seconds in which Kodi says stop to an add-on that it has forgotten, if it has not said so before."""
MISTAKE_PAUSE = 60.0
"""Seconds that a task is left alone after a mistake of ours in it."""

_log = logging.getLogger(__name__)


class Task(Protocol):
    """Something that is advanced on the service's thread and never blocks it."""

    def advance(self) -> None:
        """Do what is due."""

    def seconds_to_wait(self) -> float | None:
        """Seconds until there is something to do by the clock alone; None: nothing is planned."""

    def close(self, timeout: float) -> object:
        """End what is under way within about ``timeout`` seconds."""


class TaskLoop:
    """``mistaken`` is called with a task that a mistake of ours was met in."""

    def __init__(self, tasks: Sequence[Task], mistaken: Callable[[Task], None]) -> None:
        self._tasks = tasks
        self._mistaken = mistaken
        self._paused_until: dict[Task, float] = {}

    def advance(self) -> float:
        """Advance every task. Returns the seconds until one of them has something to do."""
        wait = LONGEST_WAIT
        for task in self._tasks:
            if clock.now() < self._paused_until.get(task, 0.0):
                continue
            try:
                task.advance()
                planned = task.seconds_to_wait()
            except Exception as error:  # noqa: BLE001  # a mistake in one task must not end the others
                planned = self.pause(task, error)
            if planned is not None:
                wait = min(wait, planned)
        return max(SHORTEST_WAIT, wait)

    def pause(self, task: Task, mistake: Exception) -> float:
        """Leave ``task`` alone for a while. Returns the seconds."""
        if isinstance(mistake, AddonGone):  # Kodi will say stop in a moment, and had better not be asked anything now
            self._paused_until[task] = clock.now() + LAST_WAIT
            return LAST_WAIT
        _log.error("a mistake in the add-on: %s", describe_exception(mistake))
        self._paused_until[task] = clock.now() + MISTAKE_PAUSE
        self._mistaken(task)
        return MISTAKE_PAUSE

    def resume(self) -> None:
        """The user has asked for something: no task is left alone any longer."""
        self._paused_until.clear()

    def close(self, timeout: float) -> None:
        """End what is under way, the first task last; each within about ``timeout`` seconds."""
        for task in reversed(self._tasks):
            try:
                task.close(timeout)
            except AddonGone:
                continue
            except Exception as error:  # noqa: BLE001  # a mistake in one task must not leave the others open
                _log.error("a mistake in the add-on: %s", describe_exception(error))
