"""A real worker that tells a test whether it was given something to do meanwhile."""

from __future__ import annotations

from typing import Callable, TypeVar

from simkl_connect.http.messages import Request, Response
from simkl_connect.http.worker import Job, Priority, Worker

T = TypeVar("T")


class CountingWorker(Worker):
    """``submitted``: how many jobs so far. One may be answered before anybody has seen the worker busy."""

    submitted = 0

    def submit(self, request: Request, read: Callable[[Response], T], priority: Priority) -> Job[T]:
        self.submitted += 1
        return super().submit(request, read, priority)
