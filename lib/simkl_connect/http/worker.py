"""Requests on a thread of their own: one at a time, the urgent first, and no more than one POST a second."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Callable, Generic, Protocol, TypeVar

from ..errors import ConnectionFailed, Failure, PermanentError, Problem, TransientError, describe_exception
from .messages import Request, Response

if TYPE_CHECKING:
    from .session import Session

POSTS_APART = 1.1
"""Seconds from the answer to one POST to the next. Simkl allows one a second for each client id; a tenth more, because
networks are uneven."""
INTERRUPT_EVERY = 0.1
"""Seconds between two attempts to end a request that is over its time: a name look-up takes no notice."""
CANCELLED_FOR = 3.0
"""Seconds that a request in flight goes on after it was cancelled: its answer may carry a token."""
THREAD_RETRY = 1.0
"""Seconds until a thread is asked for again where the system gave none."""
_JOIN_STEP = 0.01

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Priority(IntEnum):
    """What goes first, where several requests wait: the lowest number."""

    SIGN_IN = 0
    REFRESH = 1
    SCROBBLE = 2
    SYNC = 3


class Job(Generic[T]):
    """A request that was handed to a :class:`Worker`, and what became of it."""

    def __init__(
        self,
        request: Request,
        read: Callable[[Response], T],
        priority: Priority,
        cancel: Callable[[Job[Any]], bool],
    ) -> None:
        self.request = request
        self.read = read
        self.priority = priority
        self._cancel = cancel
        self._result: T | Failure | None = None
        self._done = False

    @property
    def done(self) -> bool:
        """Whether :attr:`result` is there. Never, for a job that was cancelled."""
        return self._done

    @property
    def result(self) -> T | Failure | None:
        """What ``read`` made of the response, or why there is none; None until the job is done."""
        return self._result

    def cancel(self) -> bool:
        """True: it was not sent and never will be. False: it is in flight or done, and its result comes soon."""
        return self._cancel(self)

    def finish(self, result: T | Failure) -> None:
        """For the worker."""
        self._result = result
        self._done = True


class Limits(Protocol):
    """What others than this worker ask of Simkl counts too."""

    def reserve(self, method: str) -> float:
        """0, and a request counts from now on; or the seconds after which to ask again."""

    def answered(self) -> None:
        """The request that was let pass last has its answer, or will have none."""


class Worker:
    """A task (see the service) around one thread, which is made at the first :meth:`submit`.

    ``open_session`` runs on that thread when the first request is made, and may take its time. ``finished`` is called
    there after each job, and must not raise. ``clock`` gives seconds, on any thread. ``limits`` are asked on the
    worker's thread before each request, besides the worker's own pace, and may take their time. All methods return at
    once and may be called from any thread. The thread itself waits without a time limit, because Python before 3.11
    measures those by the wall clock: :meth:`advance` wakes it when a request may be sent.
    """

    def __init__(
        self,
        open_session: Callable[[], Session],
        clock: Callable[[], float],
        finished: Callable[[], None],
        limits: Limits | None = None,
    ) -> None:
        self._open_session = open_session
        self._clock = clock
        self._finished = finished
        self._limits = limits
        self._changed = threading.Condition()
        self._waiting: list[Job[Any]] = []
        self._in_flight: Job[Any] | None = None
        self._interrupt_at = 0.0
        self._next_at: dict[str, float] = {}
        """When the next request of a method may go, by method."""
        self._session: Session | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def is_busy(self) -> bool:
        """Whether a job is waiting or in flight."""
        with self._changed:
            return bool(self._waiting) or self._in_flight is not None

    def submit(self, request: Request, read: Callable[[Response], T], priority: Priority) -> Job[T]:
        """Send ``request`` when its turn comes; ``read`` makes the result of the response, on the worker's thread.

        A sign-in waits for no scrobble and no sync: such a request in flight is ended, and tried again by its owner.
        """
        job = Job(request, read, priority, self._cancel)
        with self._changed:
            if self._closed:
                job.finish(_CLOSED)
                return job
            self._waiting.append(job)
            if priority is Priority.SIGN_IN and self._in_flight and self._in_flight.priority >= Priority.SCROBBLE:
                self._interrupt_at = self._clock()
            self._start_thread()
            self._changed.notify()
        return job

    def advance(self) -> None:
        """Let a POST go whose second is over, and end a request that takes longer than its ``longest``."""
        with self._changed:
            if self._waiting:
                self._start_thread()
                self._changed.notify()
            if self._in_flight is not None and self._clock() >= self._interrupt_at:
                self._interrupt_at = self._clock() + INTERRUPT_EVERY
                if self._session is not None:
                    self._session.interrupt()

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do by the clock alone; None: nothing."""
        with self._changed:
            if self._in_flight is not None:
                return max(0.0, self._interrupt_at - self._clock())
            if self._waiting and self._thread is None:
                return THREAD_RETRY
            if self._next() is not None:  # the thread is about to take it, or asks the limits about it
                return 0.0
            now = self._clock()
            # also for a POST that is still to come: it can't shorten the service's wait
            return min((at - now for at in self._next_at.values() if at > now), default=None)

    def close(self, timeout: float) -> bool:
        """End the request in flight, every job and the thread; true if that is gone within ``timeout`` seconds."""
        with self._changed:
            self._closed = True
            for job in self._waiting:
                job.finish(_CLOSED)
            self._waiting.clear()
            self._changed.notify()
            session, thread = self._session, self._thread
        if session is not None:
            session.close()
        for _ in range(int(timeout / _JOIN_STEP)):  # not join(timeout), which goes by the wall clock before Python 3.11
            if thread is None or not thread.is_alive():
                break
            time.sleep(_JOIN_STEP)
        return thread is None or not thread.is_alive()

    def _cancel(self, job: Job[Any]) -> bool:
        with self._changed:
            if job is self._in_flight:
                self._interrupt_at = min(self._interrupt_at, self._clock() + CANCELLED_FOR)
            if job not in self._waiting:
                return False
            self._waiting.remove(job)
            return True

    def _start_thread(self) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="simkl-connect", daemon=True)
            with suppress(RuntimeError):  # the system gives no thread now; the next advance() asks again
                thread.start()
                self._thread = thread

    def _run(self) -> None:
        for job in iter(self._take, None):
            result = self._perform(job)
            if self._limits is not None:
                self._limits.answered()
            with self._changed:
                if job.request.method == "POST":
                    self._next_at["POST"] = self._clock() + POSTS_APART
                self._in_flight = None
                job.finish(result)
            self._finished()

    def _take(self) -> Job[Any] | None:
        """Waits for a job that may be sent, which is in flight from then on; None after :meth:`close`."""
        while True:
            with self._changed:
                job = self._next()
                while job is None and not self._closed:
                    self._changed.wait()
                    job = self._next()
            if job is None:
                return None
            method = job.request.method
            wait = (
                self._limits.reserve(method) if self._limits is not None else 0.0
            )  # reads a file: nobody waits for it
            with self._changed:
                if wait > 0:
                    self._next_at[method] = self._clock() + wait
                    continue
                job = self._next()
                if job is not None and job.request.method == method:
                    self._waiting.remove(job)
                    self._in_flight = job
                    self._interrupt_at = self._clock() + job.request.longest
                    return job
            if self._limits is not None:  # it was cancelled meanwhile, or something more urgent has come
                self._limits.answered()

    def _next(self) -> Job[Any] | None:
        """The most urgent job that may be sent now, of several the first that came."""
        now = self._clock()
        allowed = [job for job in self._waiting if now >= self._next_at.get(job.request.method, 0.0)]
        return min(allowed, key=lambda job: job.priority, default=None)

    def _perform(self, job: Job[T]) -> T | Failure:
        try:
            session = self._opened()
            return _CLOSED if session is None else job.read(session.send(job.request))
        except ConnectionFailed as failed:
            return TransientError(failed.problem, str(failed))
        except Exception as error:  # noqa: BLE001  # a mistake of ours must end in a result, not in endless waiting
            _log.error("a mistake in the add-on: %s", describe_exception(error))
            return PermanentError(Problem.INTERNAL, type(error).__name__)

    def _opened(self) -> Session | None:
        """The session; None after :meth:`close`."""
        if self._session is None:
            session = self._open_session()
            with self._changed:
                self._session = session
        return None if self._closed else self._session


_CLOSED = TransientError(Problem.TIMEOUT, "the add-on ends")
