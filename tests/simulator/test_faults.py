"""Misbehaviour on demand."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from typing import Callable

import pytest
import requests
from simkl_simulator import (
    Body,
    CloseEmpty,
    CloseMidBody,
    CutJson,
    Drip,
    Fault,
    GzipBomb,
    Hang,
    Html,
    Huge,
    ManualClock,
    Redirect,
    ResetBefore,
    ResetMidBody,
    Simulator,
    Status,
)

from .calling import PinCaller

Receive = Callable[[], bytes]


@pytest.fixture
def receive(simkl: Simulator) -> Receive:
    """All bytes that come back for one request, read plainly from a socket until its end."""
    host, port = simkl.url[len("http://") :].split(":")

    def exchange() -> bytes:
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(b"GET /x HTTP/1.1\r\nConnection: close\r\n\r\n")
            return b"".join(iter(lambda: connection.recv(65536), b""))

    return exchange


def test_a_fault_strikes_as_often_as_told(v1: PinCaller, simkl: Simulator) -> None:
    simkl.fault("/oauth/pin", Status(503), times=2)
    assert [v1.get("/oauth/pin").status_code for _ in range(3)] == [503, 503, 200]


def test_a_fault_can_be_ended(v1: PinCaller, simkl: Simulator) -> None:
    simkl.fault("/oauth/pin", Status(503), times=2)
    assert v1.get("/oauth/pin").status_code == 503
    simkl.end_faults()
    assert v1.get("/oauth/pin").status_code == 200


def test_a_fault_strikes_its_paths_only(v1: PinCaller, simkl: Simulator) -> None:
    simkl.fault("/oauth/pin/", Status(500))
    assert [v1.get("/oauth/pin").status_code, v1.get("/oauth/pin/ABCDE").status_code] == [200, 500]


def test_faults_queue_up(v1: PinCaller, simkl: Simulator) -> None:
    for status in (500, 502):
        simkl.fault("/oauth/pin", Status(status))
    assert [v1.get("/oauth/pin").status_code for _ in range(3)] == [500, 502, 200]


def test_a_fault_is_logged(v1: PinCaller, simkl: Simulator) -> None:
    simkl.fault("/oauth/pin", Status(503))
    v1.get("/oauth/pin")
    simkl.fault("/oauth/pin", CloseEmpty())
    with pytest.raises(requests.ConnectionError):
        v1.get("/oauth/pin")
    assert [(r.status, r.outcome) for r in simkl.requests] == [(503, "fault:Status"), (0, "fault:CloseEmpty")]


def test_a_fault_spares_the_state(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    code = v1.new_code()
    simkl.approve(code)
    simkl.fault("/oauth/pin/", Status(502))
    clock.advance(5)
    v1.get(f"/oauth/pin/{code}")
    assert simkl.issued == []
    assert v1.poll(code)["result"] == "OK"


def test_a_handled_request_takes_effect_and_only_its_answer_is_lost(
    v1: PinCaller, simkl: Simulator, clock: ManualClock
) -> None:
    code = v1.new_code()
    simkl.approve(code)
    simkl.fault("/oauth/pin/", ResetBefore(), handled=True)
    clock.advance(5)
    with pytest.raises(requests.ConnectionError):
        v1.poll(code)
    assert len(simkl.issued) == 1
    assert "user_code" in v1.poll(code)


def test_a_delay_comes_before_a_fault_too(v1: PinCaller, simkl: Simulator) -> None:
    simkl.delay("/oauth", 0.1)
    simkl.fault("/oauth", Status(500))
    before = time.monotonic()
    assert v1.get("/oauth/pin").status_code == 500
    assert time.monotonic() - before >= 0.1


def test_a_status_may_have_a_body_and_headers(v1: PinCaller, simkl: Simulator) -> None:
    simkl.fault("/", Status(429, b"slow", {"Retry-After": "3"}))
    answer = v1.get("/oauth/pin")
    assert (answer.status_code, answer.content, answer.headers["Retry-After"]) == (429, b"slow", "3")


def test_a_body_is_sent_as_it_is(v1: PinCaller, simkl: Simulator) -> None:
    simkl.fault("/", Body(b"\xff\x00"))
    answer = v1.get("/oauth/pin")
    assert (answer.status_code, answer.content) == (200, b"\xff\x00")
    assert answer.headers["Content-Type"] == "application/json"


def test_a_body_may_lie_about_its_length(simkl: Simulator, receive: Receive) -> None:
    simkl.fault("/", Body(b"{}", {"Content-Length": "1", "Connection": "close"}))
    answer = receive()
    assert answer.count(b"Content-Length") == 1
    assert answer.endswith(b"\r\n\r\n{}")


def test_a_portal_answers_with_its_page(v1: PinCaller, simkl: Simulator) -> None:
    simkl.fault("/", Html())
    answer = v1.get("/oauth/pin")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Hotel WiFi" in answer.text


def test_a_redirect_leads_away(v1: PinCaller, simkl: Simulator) -> None:
    simkl.fault("/", Redirect("https://portal.example/"))
    answer = v1.get("/oauth/pin")
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://portal.example/")


def test_cut_json_is_a_whole_answer_but_no_json(v1: PinCaller, simkl: Simulator) -> None:
    simkl.fault("/", CutJson())
    answer = v1.get("/oauth/pin")
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_well_formed_faults_keep_the_connection(v1: PinCaller, simkl: Simulator) -> None:
    for fault in (Status(500), Body(b"{}"), Html(), Redirect("/"), CutJson(), GzipBomb(10)):
        simkl.fault("/", fault)
        v1.get("/oauth/pin")
    v1.new_code()
    assert simkl.connections == 1


def test_a_gzip_bomb_is_small_and_grows(simkl: Simulator, receive: Receive) -> None:
    simkl.fault("/", GzipBomb(5_000_000))
    head, _, body = receive().partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head
    assert len(body) < 50_000
    assert len(gzip.decompress(body)) == 5_000_000


@pytest.mark.parametrize("declared", [True, False])
def test_a_huge_body_has_its_size(simkl: Simulator, receive: Receive, declared: bool) -> None:
    simkl.fault("/", Huge(300_000, declared))
    head, _, body = receive().partition(b"\r\n\r\n")
    assert len(body) == 300_000
    assert (b"Content-Length: 300000" in head) is declared


def test_a_huge_body_ends_when_nobody_listens(v1: PinCaller, simkl: Simulator) -> None:
    simkl.fault("/", Huge(1 << 40))
    with requests.get(f"{simkl.url}/x", stream=True, timeout=5) as answer:
        assert answer.raw.read(10) == b" " * 10
    assert v1.get("/pin").status_code == 200


def test_a_body_drips(v1: PinCaller, simkl: Simulator) -> None:
    simkl.fault("/", Drip(b'{"a": 1}', 0.01))
    before = time.monotonic()
    assert v1.get("/oauth/pin").json() == {"a": 1}
    assert time.monotonic() - before >= 0.08


def test_a_head_drips_too(simkl: Simulator, receive: Receive) -> None:
    simkl.fault("/", Drip(b"{}", 0.001, head=True))
    before = time.monotonic()
    answer = receive()
    assert time.monotonic() - before >= 0.001 * len(answer)
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_an_empty_close_is_regular(simkl: Simulator, receive: Receive) -> None:
    simkl.fault("/", CloseEmpty())
    assert receive() == b""


def test_a_close_in_the_middle_leaves_a_body_too_short(simkl: Simulator, receive: Receive) -> None:
    simkl.fault("/", CloseMidBody(b"{}", missing=3))
    assert b"Content-Length: 5\r\n" in (answer := receive())
    assert answer.endswith(b"\r\n\r\n{}")


def test_a_reset_comes_before_any_byte(simkl: Simulator, receive: Receive) -> None:
    simkl.fault("/", ResetBefore())
    with pytest.raises(ConnectionResetError):
        receive()


def test_a_reset_comes_in_the_middle(simkl: Simulator) -> None:
    simkl.fault("/", ResetMidBody(b"{"))
    host, port = simkl.url[len("http://") :].split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /x HTTP/1.1\r\n\r\n")
        assert connection.recv(65536).endswith(b"\r\n\r\n{")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_a_hanging_answer_never_comes(simkl: Simulator) -> None:
    simkl.fault("/", Hang())
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{simkl.url}/x", timeout=0.1)


@pytest.mark.parametrize(
    "fault",
    [Hang(), Drip(b"..........", 9.0), Drip(b"", 9.0, head=True), Huge(1 << 40), ResetMidBody(pause=60.0)],
    ids=repr,
)
def test_every_endless_fault_ends_with_the_server(simkl: Simulator, fault: Fault) -> None:
    threads = threading.active_count()
    simkl.fault("/", fault)
    host, port = simkl.url[len("http://") :].split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /x HTTP/1.1\r\n\r\n")
        while not simkl.requests:
            time.sleep(0.005)
        before = time.monotonic()
        simkl.close()
        assert time.monotonic() - before < 5.0
    assert threading.active_count() == threads - 1
