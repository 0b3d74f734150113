"""What must not grow in a process that lives long."""

from __future__ import annotations

import gc
import os
import threading
import time
from pathlib import Path
from typing import Callable, Tuple

from .procfs import descriptors, threads
from .report import COUNT
from .trend import Series

Reader = Tuple[Series, Callable[[], float]]


class Growth:
    """Samples of this process and of the data ``folder``, and of what else there is to read.

    ``idle_threads``: how many there are once those of the last connection have ended.
    """

    def __init__(self, folder: Path, idle_threads: int, *more: Reader) -> None:
        self._idle_threads = idle_threads
        self._readers: tuple[Reader, ...] = (
            (Series("threads", COUNT, 0.5), lambda: threads(os.getpid())),
            (Series("file descriptors", COUNT, 0.5), lambda: descriptors(os.getpid())),
            (Series("files in the data folder", COUNT, 0.5), lambda: len(os.listdir(folder))),
            *more,
        )

    @property
    def series(self) -> list[Series]:
        """One for each quantity."""
        return [series for series, _ in self._readers]

    def sample(self, done: int) -> None:
        """One of each, after ``done`` of whatever is done."""
        deadline = time.monotonic() + 5
        while threading.active_count() > self._idle_threads and time.monotonic() < deadline:
            time.sleep(0.01)
        gc.collect()
        for series, read in self._readers:
            series.add(done, read())
