"""Wakes the service's loop out of a wait that has begun, at the time that a callback has set."""

from __future__ import annotations

import contextlib
import math
import threading
from typing import Callable, Protocol

WORTH_A_THREAD = 0.2
"""Seconds by which the loop would be late without the alarm, from which one is set: a thread has its price."""


class Timer(Protocol):
    """What of :class:`threading.Timer` is used."""

    daemon: bool

    def start(self) -> None:
        """Raises RuntimeError where the system gives no thread."""

    def cancel(self) -> None:
        """It does not ring any more, and its thread ends."""


class Alarm:
    """Kodi's wait ends at its time or with Kodi, and its callbacks run within. One that has something to do earlier
    than the wait ends sets the alarm; what then reaches the service is a notification, whose callback advances it.

    ``wake`` is called on the timer's thread. ``clock`` gives seconds. All methods belong to one thread.
    """

    def __init__(
        self,
        wake: Callable[[], None],
        clock: Callable[[], float],
        timer: Callable[[float, Callable[[], None]], Timer] = threading.Timer,
    ) -> None:
        self._wake = wake
        self._clock = clock
        self._make_timer = timer
        self._wait_ends = math.inf
        self._rings = math.inf
        self._timer: Timer | None = None

    def wait_begins(self, seconds: float) -> None:
        """The loop is up, and about to wait so long."""
        self.cancel()
        self._wait_ends = self._clock() + seconds

    def needed_in(self, seconds: float) -> None:
        """A callback has left something to do in so many seconds."""
        now = self._clock()
        due, rings = now + seconds, self._rings if self._rings > now else math.inf
        if due > min(self._wait_ends, rings) - WORTH_A_THREAD:
            return
        self.cancel()
        timer = self._make_timer(seconds, self._wake)
        timer.daemon = True
        with contextlib.suppress(RuntimeError):  # no thread to be had: the loop is late
            timer.start()
            self._timer, self._rings = timer, due

    def cancel(self) -> None:
        """It rings no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._rings = None, math.inf
