"""The thread that is there while there is something to do."""

from __future__ import annotations

import resource
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Iterator

import pytest
from simkl_connect.loop import Loop

PATIENCE = 30.0
"""Seconds. Nothing here takes as many milliseconds."""
MANY = 1030


class Work:
    """What a loop is for: it plans what the test says, and notes what happens."""

    def __init__(self) -> None:
        self.waits: list[float | None] = [None]
        """The last one stays."""
        self.advanced = threading.Semaphore(0)
        self.threads: set[int] = set()
        self.ends: list[Exception | None] = []
        self.ended = threading.Event()
        self.mistake: Exception | None = None

    def advance(self) -> None:
        self.threads.add(threading.get_ident())
        self.advanced.release()
        if self.mistake is not None:
            raise self.mistake

    def seconds_to_wait(self) -> float | None:
        return self.waits.pop(0) if len(self.waits) > 1 else self.waits[0]

    def end(self, mistake: Exception | None) -> None:
        self.ends.append(mistake)
        self.ended.set()


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def loop(work: Work) -> Iterator[Loop]:
    loop = Loop(work.advance, work.seconds_to_wait, work.end)
    yield loop
    loop.stop(PATIENCE)


def done(loop: Loop) -> None:
    """Waits until a call has been carried out."""
    called = threading.Event()
    loop.call(called.set)
    assert called.wait(PATIENCE)


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "simkl-connect-loop"]


def test_a_call_is_carried_out_on_another_thread_and_what_is_due_is_done(loop: Loop, work: Work) -> None:
    work.waits = [0.0, None]
    done(loop)
    assert work.advanced.acquire(timeout=PATIENCE)
    assert threading.get_ident() not in work.threads


def test_where_nothing_is_planned_there_is_no_thread_until_the_next_call(loop: Loop, work: Work) -> None:
    for _ in range(3):
        done(loop)
        for thread in threading.enumerate():
            if thread.name == "simkl-connect-loop":
                thread.join(PATIENCE)
        assert threads() == []


def test_a_planned_moment_comes_by_itself(loop: Loop, work: Work) -> None:
    work.waits = [0.001]
    loop.call(lambda: None)
    for _ in range(3):
        assert work.advanced.acquire(timeout=PATIENCE)


def test_a_wake_up_ends_a_long_wait(loop: Loop, work: Work) -> None:
    work.waits = [10 * PATIENCE]
    loop.call(lambda: None)
    for _ in range(3):
        assert work.advanced.acquire(timeout=PATIENCE)
        loop.wake()


def test_a_stop_ends_a_long_wait_and_nothing_is_done_after_it(loop: Loop, work: Work) -> None:
    work.waits = [10 * PATIENCE]
    loop.call(lambda: None)
    assert work.advanced.acquire(timeout=PATIENCE)
    loop.stop(PATIENCE)
    assert work.ends == [None]
    late = threading.Event()
    loop.call(late.set)
    assert threads() == []
    assert not late.is_set()


def test_a_mistake_is_told_and_ends_it(loop: Loop, work: Work) -> None:
    work.mistake = KeyError("x")
    work.waits = [0.0]
    loop.call(lambda: None)
    assert work.ended.wait(PATIENCE)
    assert work.ends == [work.mistake]
    assert loop.stopped


def test_a_process_with_many_open_files_has_one_too(work: Work) -> None:
    """``select`` takes no descriptor above 1023."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < MANY + 100:
        pytest.skip("the system allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, MANY + 100), hard))
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(MANY):
            stack.enter_context(Path("/dev/null").open("rb"))
        loop = Loop(work.advance, work.seconds_to_wait, work.end)
        stack.callback(loop.stop, PATIENCE)
        work.waits = [0.001]
        loop.call(lambda: None)
        for _ in range(3):
            assert work.advanced.acquire(timeout=PATIENCE)
    assert work.ends == [None]
