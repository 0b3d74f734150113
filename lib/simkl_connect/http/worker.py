"""One request at a time on a thread of its own, so that whoever started it is never held up."""

from __future__ import annotations

import logging
import threading
from queue import Empty, Queue
from typing import TYPE_CHECKING, Callable, Tuple

from ..auth.events import Answer
from ..errors import PermanentError, Problem, TransientError, describe_exception
from .messages import Request, Response
from .rate_limit import Pace

if TYPE_CHECKING:
    from .session import Transport

LONGEST_EXCHANGE = 30.0
"""Seconds from the start of a request to the last byte of its answer, whatever happens in between."""
INTERRUPT_EVERY = 0.1
"""Seconds between two attempts to end a request that is over its time: a name look-up takes no notice."""

_log = logging.getLogger(__name__)
Job = Tuple[Request, Callable[[Response], Answer]]


class Exchange:
    """A conversation with the server over one connection.

    ``open_transport`` runs on the thread: it may take its time; ``answered`` is called there when an answer is there to
    be taken. All methods belong to one other thread.
    """

    def __init__(
        self,
        open_transport: Callable[[], Transport],
        pace: Pace,
        clock: Callable[[], float],
        answered: Callable[[], None],
    ) -> None:
        self._open_transport = open_transport
        self._answered = answered
        self._pace = pace
        self._clock = clock
        self._waiting: Job | None = None
        self._sent: Request | None = None
        # No SimpleQueue: with Python 3.9.0 to 3.9.5 its Empty is that of whichever add-on has imported it last
        self._jobs: Queue[Job | None] = Queue()
        self._answers: Queue[Answer] = Queue()
        self._sent_at = self._interrupt_at = 0.0
        self._closed = False
        self._transport: Transport | None = None
        self._thread: threading.Thread | None = None

    @property
    def in_flight(self) -> bool:
        """Whether an answer is still to come."""
        return self._waiting is not None or self._sent is not None

    def wake_at(self) -> float | None:
        """The next moment at which :meth:`answer` has something to do by the clock alone; None: there is none."""
        if self._sent is not None:
            return self._interrupt_at
        return self._pace.free_at(self._waiting[0]) if self._waiting is not None else None

    def start(self, request: Request, read: Callable[[Response], Answer]) -> None:
        """Sends ``request`` as soon as the pace allows; ``read`` makes an answer of the response, on the thread."""
        self._waiting = (request, read)
        self._send_when_allowed()

    def answer(self) -> Answer | None:
        """The answer, once, if it is there. Ends a request that takes longer than :data:`LONGEST_EXCHANGE`."""
        self._send_when_allowed()
        if self._sent is None:
            return None
        try:
            answer = self._answers.get_nowait()
        except Empty:
            if self._clock() >= self._interrupt_at:
                self._interrupt_at = self._clock() + INTERRUPT_EVERY
                if self._transport is not None:
                    self._transport.interrupt()
            return None
        self._pace.note(self._sent)
        self._sent = None
        return answer

    def _send_when_allowed(self) -> None:
        if self._waiting is None or self._closed or not self._pace.allows(self._waiting[0]):
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="simkl-connect", daemon=True)
            self._thread.start()
        self._sent, self._sent_at = self._waiting[0], self._clock()
        self._interrupt_at = self._sent_at + LONGEST_EXCHANGE
        self._pace.note(self._sent)
        self._jobs.put(self._waiting)
        self._waiting = None

    def withdraw(self) -> None:
        """Takes back a request that has not been sent yet."""
        self._waiting = None

    def close(self, timeout: float = 0.0) -> bool:
        """Ends the thread and what it waits for; true if it is gone within ``timeout`` seconds."""
        self._closed = True
        self.withdraw()
        self._jobs.put(None)
        if self._transport is not None:
            self._transport.close()
        if self._thread is not None and timeout > 0:
            self._thread.join(timeout)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None or self._closed:
                return
            self._answers.put(self._perform(*job))
            self._answered()

    def _perform(self, request: Request, read: Callable[[Response], Answer]) -> Answer:
        from .session import ConnectionFailed  # here, because loading it takes time, and only now it is needed

        try:
            if self._transport is None:
                self._transport = self._open_transport()
            if self._closed:
                self._transport.close()
            return read(self._transport.send(request))
        except ConnectionFailed as failed:
            return TransientError(failed.problem, str(failed))
        except Exception as error:  # noqa: BLE001  # a mistake of ours must end in a sentence, not in endless waiting
            _log.error("a mistake in the add-on: %s", describe_exception(error))
            return PermanentError(Problem.INTERNAL, type(error).__name__)
