"""The worker thread: answers, faults and its end, with a transport in the test's hands."""

from __future__ import annotations

import logging
import threading
from typing import Callable

import pytest
from fakes import FakeClock
from simkl_connect.auth.events import Answer, Pending
from simkl_connect.errors import ConnectionFailed, PermanentError, Problem, TransientError
from simkl_connect.http.messages import Request, Response
from simkl_connect.http.rate_limit import POSTS_APART, Pace
from simkl_connect.http.worker import INTERRUPT_EVERY, LONGEST_EXCHANGE, Exchange

POLL = Request("GET", "/oauth/pin/5G6JA")


class FakeTransport:
    """Answers, raises or hangs until it is interrupted."""

    def __init__(self, reply: Response | Exception | None = None) -> None:
        self.reply = reply
        self.asked = threading.Event()
        self.released = threading.Event()
        self.closed = False

    def send(self, request: Request) -> Response:
        self.asked.set()
        if self.reply is None:
            assert self.released.wait(30), "nobody interrupted"
            raise ConnectionFailed(Problem.TIMEOUT, "interrupted")
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def interrupt(self) -> None:
        self.released.set()

    def close(self) -> None:
        self.closed = True
        self.released.set()


def read_pending(_response: Response) -> Answer:
    return Pending()


def fail_to_read(_response: Response) -> Answer:
    raise ZeroDivisionError("CANARY")


@pytest.fixture
def open_exchange(clock: FakeClock) -> Callable[[FakeTransport], Exchange]:
    return lambda transport: Exchange(lambda: transport, Pace(clock), clock, threading.Event().set)  # type: ignore[arg-type,return-value]


def answer_of(exchange: Exchange) -> Answer:
    waiting = threading.Event()
    for _ in range(3000):
        answer = exchange.answer()
        if answer is not None:
            return answer
        waiting.wait(0.01)
    raise AssertionError("no answer within 30 s")


def test_the_answer_is_there_once(open_exchange: Callable[[FakeTransport], Exchange]) -> None:
    exchange = open_exchange(FakeTransport(Response(200)))
    exchange.start(POLL, read_pending)
    assert exchange.in_flight
    assert isinstance(answer_of(exchange), Pending)
    assert not exchange.in_flight
    assert exchange.answer() is None
    assert exchange.close(5.0)


def test_a_failed_connection_is_trouble_with_its_name(open_exchange: Callable[[FakeTransport], Exchange]) -> None:
    exchange = open_exchange(FakeTransport(ConnectionFailed(Problem.TLS, "SSLError")))
    exchange.start(POLL, read_pending)
    assert answer_of(exchange) == TransientError(Problem.TLS, "SSLError")
    assert exchange.close(5.0)


def test_a_mistake_in_our_own_code_ends_in_an_answer_and_a_log_line_without_its_text(
    open_exchange: Callable[[FakeTransport], Exchange], caplog: pytest.LogCaptureFixture
) -> None:
    exchange = open_exchange(FakeTransport(Response(200)))
    with caplog.at_level(logging.ERROR):
        exchange.start(POLL, fail_to_read)
        assert answer_of(exchange) == PermanentError(Problem.INTERNAL, "ZeroDivisionError")
    assert "fail_to_read" in caplog.text
    assert "CANARY" not in caplog.text
    assert exchange.close(5.0)


def test_an_exchange_that_takes_too_long_is_ended(
    open_exchange: Callable[[FakeTransport], Exchange], clock: FakeClock
) -> None:
    transport = FakeTransport()
    exchange = open_exchange(transport)
    exchange.start(POLL, read_pending)
    assert transport.asked.wait(30)
    clock.advance(LONGEST_EXCHANGE - 0.1)
    assert exchange.answer() is None
    assert not transport.released.is_set()
    assert exchange.wake_at() == pytest.approx(clock.now + 0.1)
    clock.advance(0.1)
    assert answer_of(exchange) == TransientError(Problem.TIMEOUT, "interrupted")
    assert exchange.close(5.0)


def test_one_that_can_not_be_ended_is_not_looked_at_without_a_pause(clock: FakeClock) -> None:
    ready = threading.Event()

    def prepare() -> FakeTransport:
        ready.wait(30)
        return FakeTransport(Response(200))

    exchange = Exchange(prepare, Pace(clock), clock, threading.Event().set)  # type: ignore[arg-type]
    exchange.start(POLL, read_pending)
    clock.advance(LONGEST_EXCHANGE)
    assert exchange.answer() is None
    assert exchange.wake_at() == clock.now + INTERRUPT_EVERY
    ready.set()
    assert exchange.close(5.0)


def test_closing_ends_a_request_that_hangs(open_exchange: Callable[[FakeTransport], Exchange]) -> None:
    transport = FakeTransport()
    exchange = open_exchange(transport)
    exchange.start(POLL, read_pending)
    assert transport.asked.wait(30)
    assert exchange.close(5.0)
    assert transport.closed


def test_closing_while_the_connection_is_being_prepared_ends_it(clock: FakeClock) -> None:
    transport = FakeTransport()
    preparing, go_on = threading.Event(), threading.Event()

    def prepare() -> FakeTransport:
        preparing.set()
        assert go_on.wait(30)
        return transport

    exchange = Exchange(prepare, Pace(clock), clock, threading.Event().set)  # type: ignore[arg-type]
    exchange.start(POLL, read_pending)
    assert preparing.wait(30)
    assert not exchange.close()
    go_on.set()
    assert exchange.close(5.0)
    assert transport.closed


def test_an_exchange_that_was_never_used_has_no_thread(open_exchange: Callable[[FakeTransport], Exchange]) -> None:
    before = threading.active_count()
    assert open_exchange(FakeTransport()).close()
    assert threading.active_count() == before


def test_a_post_waits_its_turn_after_the_answer_to_another_exchanges_post(clock: FakeClock) -> None:
    pace, post = Pace(clock), Request("POST", "/oauth2/token")
    first = Exchange(lambda: FakeTransport(Response(200)), pace, clock, threading.Event().set)  # type: ignore[arg-type,return-value]
    second_transport = FakeTransport(Response(200))
    second = Exchange(lambda: second_transport, pace, clock, threading.Event().set)  # type: ignore[arg-type,return-value]
    first.start(post, read_pending)
    clock.advance(0.7)
    answer_of(first)
    second.start(post, read_pending)
    clock.advance(POSTS_APART - 0.1)
    assert second.answer() is None
    assert second.in_flight
    assert not second_transport.asked.is_set()
    clock.advance(0.1)
    assert isinstance(answer_of(second), Pending)
    assert first.close(5.0)
    assert second.close(5.0)


def test_a_get_waits_for_nobody(open_exchange: Callable[[FakeTransport], Exchange]) -> None:
    exchange = open_exchange(FakeTransport(Response(200)))
    for _ in range(3):
        exchange.start(POLL, read_pending)
        assert isinstance(answer_of(exchange), Pending)
    assert exchange.close(5.0)


def test_a_request_that_waits_its_turn_can_be_withdrawn(clock: FakeClock) -> None:
    pace, transport = Pace(clock), FakeTransport(Response(200))
    post = Request("POST", "/oauth2/token")
    pace.note(post)
    exchange = Exchange(lambda: transport, pace, clock, threading.Event().set)  # type: ignore[arg-type,return-value]
    exchange.start(post, read_pending)
    exchange.withdraw()
    clock.advance(60)
    assert exchange.answer() is None
    assert not exchange.in_flight
    assert exchange.close()
