"""The worker's thread: order, pace, results and its end, with a session and a clock in the test's hands."""

from __future__ import annotations

import threading
from typing import Callable, Iterator

import pytest
from fakes import FakeClock
from real_kodi.waiting import wait_for
from simkl_connect.errors import ConnectionFailed, PermanentError, Problem, TransientError
from simkl_connect.http.messages import Request, Response
from simkl_connect.http.worker import INTERRUPT_EVERY, POSTS_APART, THREAD_RETRY, Job, Priority, Worker

GET, POST = Request("GET", "/oauth/pin", "id"), Request("POST", "/oauth2/token", "id")
SYNC, SIGN_IN, REFRESH = Priority.SYNC, Priority.SIGN_IN, Priority.REFRESH
SECONDS = 10.0


class FakeSession:
    """Answers, raises, or hangs until it is interrupted."""

    def __init__(self) -> None:
        self.reply: Response | Exception | None = Response(200)
        self.sent: list[str] = []
        self.asked = threading.Event()
        self.released = threading.Event()
        self.closed = False

    def send(self, request: Request) -> Response:
        self.sent.append(request.path)
        self.asked.set()
        if self.reply is None:
            assert self.released.wait(SECONDS), "nobody interrupted"
            raise ConnectionFailed(Problem.TIMEOUT, "interrupted")
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def interrupt(self) -> None:
        self.released.set()

    def close(self) -> None:
        self.closed = True
        self.released.set()


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def finished() -> threading.Semaphore:
    """Can be acquired once for each job that is done."""
    return threading.Semaphore(0)


@pytest.fixture
def worker(session: FakeSession, clock: FakeClock, finished: threading.Semaphore) -> Iterator[Worker]:
    made = Worker(lambda: session, clock, finished.release)  # type: ignore[arg-type,return-value]
    yield made
    session.released.set()
    assert made.close(SECONDS)


def status(response: Response) -> int:
    return response.status


def fail_to_read(_response: Response) -> int:
    raise ZeroDivisionError("CANARY")


def request(path: str, method: str = "GET") -> Request:
    return Request(method, path, "id")


def test_the_result_is_there_when_the_job_is_done(worker: Worker, finished: threading.Semaphore) -> None:
    job = worker.submit(GET, status, SIGN_IN)
    assert finished.acquire(timeout=SECONDS)
    assert (job.done, job.result, job.result, job.done) == (True, 200, 200, True)
    assert not job.cancel()
    assert worker.seconds_to_wait() is None


@pytest.mark.parametrize(
    ("reply", "read", "result"),
    [
        (ConnectionFailed(Problem.TLS, "SSLError"), status, TransientError(Problem.TLS, "SSLError")),
        (Response(200), fail_to_read, PermanentError(Problem.INTERNAL, "ZeroDivisionError")),
        (ValueError("CANARY"), status, PermanentError(Problem.INTERNAL, "ValueError")),
    ],
    ids=["no connection", "a mistake in reading", "a mistake in sending"],
)
def test_a_failure_is_a_result_whose_text_holds_no_secret(
    worker: Worker,
    session: FakeSession,
    finished: threading.Semaphore,
    caplog: pytest.LogCaptureFixture,
    reply: Response | Exception,
    read: Callable[[Response], int],
    result: object,
) -> None:
    session.reply = reply
    job = worker.submit(GET, read, SIGN_IN)
    assert finished.acquire(timeout=SECONDS)
    assert job.result == result
    assert "CANARY" not in caplog.text
    assert isinstance(result, TransientError) or "a mistake in the add-on" in caplog.text
    session.reply = Response(204)
    assert isinstance(worker.submit(GET, status, SIGN_IN), Job)
    assert finished.acquire(timeout=SECONDS), "the thread is gone"


def test_what_is_urgent_goes_first_and_then_what_came_first(
    worker: Worker, session: FakeSession, finished: threading.Semaphore
) -> None:
    session.reply = None
    worker.submit(request("/running"), status, SYNC)
    assert session.asked.wait(SECONDS)
    for name, priority in [("sync 1", SYNC), ("sync 2", SYNC), ("refresh", REFRESH), ("sign-in", SIGN_IN)]:
        worker.submit(request(name), status, priority)
    session.reply = Response(200)
    session.released.set()
    for _ in range(5):
        assert finished.acquire(timeout=SECONDS)
    assert session.sent == ["/running", "sign-in", "refresh", "sync 1", "sync 2"]


def test_a_wait_that_begins_after_a_post_ends_when_the_next_may_go(
    worker: Worker, finished: threading.Semaphore, clock: FakeClock
) -> None:
    worker.submit(request("/post", "POST"), status, SIGN_IN)
    assert finished.acquire(timeout=SECONDS)
    assert worker.seconds_to_wait() == pytest.approx(POSTS_APART)
    clock.advance(POSTS_APART + 0.1)
    assert worker.seconds_to_wait() is None


def test_a_post_waits_a_second_from_the_answer_to_the_last_and_a_get_does_not(
    worker: Worker, session: FakeSession, clock: FakeClock, finished: threading.Semaphore
) -> None:
    session.reply = None
    worker.submit(POST, status, SYNC)
    assert session.asked.wait(SECONDS)
    clock.advance(0.7)
    session.released.set()
    assert finished.acquire(timeout=SECONDS)
    session.reply = Response(200)
    post = worker.submit(request("post", "POST"), status, SIGN_IN)
    worker.submit(request("get"), status, SYNC)
    assert finished.acquire(timeout=SECONDS)
    assert session.sent[1:] == ["get"]
    assert worker.seconds_to_wait() == pytest.approx(POSTS_APART)
    clock.advance(POSTS_APART - 0.1)
    worker.advance()
    assert not finished.acquire(timeout=0.05)
    clock.advance(0.2)
    assert worker.seconds_to_wait() == 0.0
    worker.advance()
    assert finished.acquire(timeout=SECONDS)
    assert post.result == 200


def test_a_job_that_waits_can_be_cancelled_and_one_in_flight_can_not(
    worker: Worker, session: FakeSession, finished: threading.Semaphore
) -> None:
    session.reply = None
    running = worker.submit(POST, status, SIGN_IN)
    assert session.asked.wait(SECONDS)
    waiting = worker.submit(request("waiting"), status, SIGN_IN)
    assert (waiting.cancel(), waiting.cancel(), running.cancel()) == (True, False, False)
    session.released.set()
    assert finished.acquire(timeout=SECONDS)
    assert isinstance(running.result, TransientError)
    assert (waiting.done, waiting.result, session.sent) == (False, None, [POST.path])


@pytest.mark.parametrize("longest", [30.0, 120.0])
def test_a_request_that_takes_longer_than_it_may_is_ended(
    worker: Worker, session: FakeSession, clock: FakeClock, finished: threading.Semaphore, longest: float
) -> None:
    session.reply = None
    job = worker.submit(GET._replace(longest=longest), status, SIGN_IN)
    assert session.asked.wait(SECONDS)
    clock.advance(longest - 0.5)
    worker.advance()
    assert not session.released.is_set()
    assert worker.seconds_to_wait() == 0.5
    clock.advance(0.5)
    worker.advance()
    assert finished.acquire(timeout=SECONDS)
    assert job.result == TransientError(Problem.TIMEOUT, "interrupted")


def test_one_that_can_not_be_ended_is_not_looked_at_without_a_pause(clock: FakeClock) -> None:
    opening, go_on = threading.Event(), threading.Event()

    def open_session() -> FakeSession:
        opening.set()
        assert go_on.wait(SECONDS)
        return FakeSession()

    worker = Worker(open_session, clock, lambda: None)  # type: ignore[arg-type]
    job = worker.submit(GET, status, SIGN_IN)
    assert opening.wait(SECONDS)
    clock.advance(GET.longest)
    worker.advance()
    assert worker.seconds_to_wait() == pytest.approx(INTERRUPT_EVERY)
    assert not worker.close(0.02)
    go_on.set()
    assert worker.close(SECONDS)
    assert isinstance(job.result, TransientError)


def test_closing_ends_the_request_in_flight_and_every_job(
    worker: Worker, session: FakeSession, clock: FakeClock
) -> None:
    session.reply = None
    jobs = [worker.submit(GET, status, SIGN_IN)]
    assert session.asked.wait(SECONDS)
    jobs.append(worker.submit(POST, status, SIGN_IN))
    assert worker.close(SECONDS)
    jobs.append(worker.submit(GET, status, SIGN_IN))
    assert session.closed
    assert [job.result.problem for job in jobs if isinstance(job.result, TransientError)] == [Problem.TIMEOUT] * 3
    assert len(session.sent) == 1


def test_a_worker_that_was_never_used_has_no_thread(session: FakeSession, clock: FakeClock) -> None:
    before = threading.active_count()
    assert Worker(lambda: session, clock, lambda: None).close(0)  # type: ignore[arg-type,return-value]
    assert threading.active_count() == before


def test_a_system_that_gives_no_thread_is_asked_again(
    worker: Worker, finished: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_thread(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        job = worker.submit(GET, status, SIGN_IN)
    assert worker.seconds_to_wait() == THREAD_RETRY
    worker.advance()
    assert finished.acquire(timeout=SECONDS)
    assert job.result == 200


def test_no_wait_goes_by_the_wall_clock(worker: Worker, finished: threading.Semaphore) -> None:
    """Before Python 3.11 those with a time limit do, and hang where the clock is set back."""
    limits: list[float | None] = []

    class Watched(threading.Condition):
        def wait(self, timeout: float | None = None) -> bool:
            limits.append(timeout)
            return super().wait(timeout)

    worker._changed = Watched()
    for _ in range(2):
        worker.submit(GET, status, SIGN_IN)
        assert finished.acquire(timeout=SECONDS)
    assert worker.close(SECONDS)
    assert set(limits) == {None}


class FakeLimits:
    """``waits`` in turn, then nothing to wait for; ``calls`` are noted. ``meanwhile`` happens during the first one."""

    def __init__(self, *waits: float, meanwhile: Callable[[], object] = bool) -> None:
        self.waits = list(waits)
        self.calls: list[str] = []
        self._meanwhile = meanwhile

    def reserve(self, method: str) -> float:
        self.calls.append(method)
        if len(self.calls) == 1:
            self._meanwhile()
        return self.waits.pop(0) if self.waits else 0.0

    def answered(self) -> None:
        self.calls.append("answered")


@pytest.fixture
def limited(
    session: FakeSession, clock: FakeClock, finished: threading.Semaphore
) -> Iterator[Callable[[FakeLimits], Worker]]:
    """Makes a worker with limits."""
    made: list[Worker] = []

    def make(limits: FakeLimits) -> Worker:
        made.append(Worker(lambda: session, clock, finished.release, limits))  # type: ignore[arg-type,return-value]
        return made[-1]

    yield make
    assert all(worker.close(SECONDS) for worker in made)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_waits_until_the_requests_of_others_allow_it(
    limited: Callable[[FakeLimits], Worker], clock: FakeClock, finished: threading.Semaphore, method: str
) -> None:
    limits = FakeLimits(0.5)
    worker = limited(limits)
    job = worker.submit(request("/a", method), status, SYNC)
    wait_for(lambda: worker.seconds_to_wait() == 0.5, "the limits to be asked", SECONDS)
    assert not job.done
    clock.advance(0.5)
    assert worker.seconds_to_wait() == 0.0
    worker.advance()
    assert finished.acquire(timeout=SECONDS)
    assert (job.result, limits.calls) == (200, [method, method, "answered"])


def test_a_get_passes_a_post_that_waits_for_others(
    limited: Callable[[FakeLimits], Worker], session: FakeSession, finished: threading.Semaphore
) -> None:
    limits = FakeLimits(0.5)
    worker = limited(limits)
    worker.submit(POST, status, SIGN_IN)
    wait_for(lambda: limits.calls, "the limits to be asked", SECONDS)
    worker.submit(GET, status, SYNC)
    assert finished.acquire(timeout=SECONDS)
    assert session.sent == [GET.path]


def test_nobody_waits_for_the_limits_and_a_job_can_be_cancelled_meanwhile(
    limited: Callable[[FakeLimits], Worker], session: FakeSession, finished: threading.Semaphore
) -> None:
    asked, go_on = threading.Event(), threading.Event()
    limits = FakeLimits(meanwhile=lambda: (asked.set(), go_on.wait(SECONDS)))
    worker = limited(limits)
    job = worker.submit(POST, status, SIGN_IN)
    assert asked.wait(SECONDS)
    assert (worker.is_busy, worker.seconds_to_wait(), job.cancel(), worker.is_busy) == (True, 0.0, True, False)
    go_on.set()
    worker.submit(request("/next"), status, SYNC)
    assert finished.acquire(timeout=SECONDS)
    assert (session.sent, limits.calls) == (["/next"], ["POST", "answered", "GET", "answered"])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_urgent_and_comes_while_the_limits_are_asked_goes_first(
    limited: Callable[[FakeLimits], Worker], session: FakeSession, finished: threading.Semaphore, method: str
) -> None:
    limits = FakeLimits(meanwhile=lambda: worker.submit(request("/urgent", method), status, SIGN_IN))
    worker = limited(limits)
    worker.submit(request("/sync"), status, SYNC)
    assert finished.acquire(timeout=SECONDS)
    assert finished.acquire(timeout=SECONDS)
    assert session.sent == ["/urgent", "/sync"]
