"""A thread that is there while there is something to do: a call from elsewhere, or a moment that has been planned.

Nothing ticks: where nothing is planned, nothing wakes up. The wait is for a socket, because a queue's goes by the wall
clock before Python 3.11, and that one jumps.
"""

from __future__ import annotations

import selectors
import socket
import threading
from collections import deque
from contextlib import suppress
from typing import Callable


class Loop:
    """``advance`` does what is due; it is called after every call and at every planned moment.

    ``seconds_to_wait`` says how far away the next such moment is; None: nothing is planned, and the thread ends until
    the next call. ``ended`` is called on the thread where :meth:`stop` has cut it short, with None, or with the mistake
    of ours that has.
    """

    def __init__(
        self,
        advance: Callable[[], None],
        seconds_to_wait: Callable[[], float | None],
        ended: Callable[[Exception | None], None],
    ) -> None:
        self._advance = advance
        self._seconds_to_wait = seconds_to_wait
        self._ended = ended
        self._lock = threading.Lock()
        self._calls: deque[Callable[[], None]] = deque()
        self._thread: threading.Thread | None = None
        self._waiting, self._waking = socket.socketpair()
        self._waking.setblocking(False)
        self.stopped = False
        """True after :meth:`stop` or a mistake of ours: nothing is done any more."""

    def call(self, function: Callable[[], None]) -> None:
        """Has ``function`` called on the loop's thread; any thread may ask for it."""
        with self._lock:
            self._calls.append(function)
            if self._thread is None and not self.stopped:
                thread = threading.Thread(target=self._run, name="simkl-connect-loop", daemon=True)
                thread.start()
                self._thread = thread
        self.wake()

    def wake(self) -> None:
        """Has a running loop look what is due; any thread may ask for it."""
        with suppress(OSError):  # full: it is about to wake up anyway; closed: it has ended
            self._waking.send(b"\0")

    def stop(self, timeout: float) -> None:
        """Ends the thread within about ``timeout`` seconds; for good."""
        with self._lock:
            self.stopped = True
            thread = self._thread
        self.wake()
        if thread is not None:
            thread.join(timeout)
        if thread is None or not thread.is_alive():
            self._waiting.close()
        self._waking.close()

    def _run(self) -> None:
        mistake = None
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._waiting, selectors.EVENT_READ)
                while True:
                    wait = self._seconds_to_wait()
                    with self._lock:
                        if self.stopped:
                            break
                        if wait is None and not self._calls:
                            self._thread = None
                            return
                    if not self._calls and selector.select(wait):
                        self._waiting.recv(4096)
                    while self._calls:
                        self._calls.popleft()()
                    self._advance()
        except Exception as error:  # noqa: BLE001  # whoever waits for an answer must hear that there will be none
            mistake = error
            self.stopped = True
        self._ended(mistake)
