"""A worker without a thread or a network: the test says what each request gets."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from simkl_connect.errors import PermanentError, Problem, TransientError
from simkl_connect.http.messages import Request, Response
from simkl_connect.http.worker import Job, Priority

T = TypeVar("T")


class FakeWorker:
    """Stands in for a Worker. ``submitted``: everything so far; ``waiting``: what was not sent yet, in any order."""

    def __init__(self, finished: Callable[[], None] = lambda: None) -> None:
        self._finished, self.closed = finished, False
        self.submitted: list[tuple[Request, Priority]] = []
        self.waiting: list[Job[Any]] = []
        self.in_flight: Job[Any] | None = None

    def submit(self, request: Request, read: Callable[[Response], T], priority: Priority) -> Job[T]:
        self.submitted.append((request, priority))
        job = Job(request, read, priority, self._cancel)
        self.waiting.append(job)
        if self.closed:
            self.close(0)
        return job

    def send(self) -> Request:
        """The next request goes out: it can't be cancelled any more."""
        assert self.waiting and self.in_flight is None, "nothing was asked, or two requests at once"
        self.in_flight = min(self.waiting, key=lambda job: job.priority)
        self.waiting.remove(self.in_flight)
        return self.in_flight.request

    def answer(self, reply: Response | TransientError | PermanentError) -> Request:
        """The request in flight, else the next one, gets ``reply``; it is returned."""
        if self.in_flight is None:
            self.send()
        job, self.in_flight = self.in_flight, None
        assert job is not None
        job.finish(job.read(reply) if isinstance(reply, Response) else reply)
        self._finished()
        return job.request

    def advance(self) -> None: ...

    def seconds_to_wait(self) -> float | None:
        return None

    def close(self, _timeout: float) -> bool:
        self.closed = True
        while self.waiting or self.in_flight:
            self.answer(TransientError(Problem.TIMEOUT, "closed"))
        return True

    def _cancel(self, job: Job[Any]) -> bool:
        if job not in self.waiting:
            return False
        self.waiting.remove(job)
        return True
