"""Connections, the log and the end of it all."""

from __future__ import annotations

import http.client
import socket
import threading
import time

import pytest
import requests
from simkl_simulator import Hang, ManualClock, RequestRecord, Simulator

from .calling import APP, Caller, DeviceCaller, PinCaller
from .conftest import CLIENTS, MakeSimulator


def test_one_session_is_one_connection(v1: PinCaller, simkl: Simulator) -> None:
    for _ in range(3):
        v1.new_code()
    assert simkl.connections == 1
    assert {record.connection for record in simkl.requests} == {1}
    with PinCaller(simkl, "id-v1").session:
        PinCaller(simkl, "id-v1").new_code()
    assert simkl.connections == 2
    assert simkl.requests[-1].connection == 2


def test_answers_have_their_exact_length(v1: PinCaller) -> None:
    for path in ("/oauth/pin", "/nowhere", "/pin"):
        answer = v1.get(path)
        assert int(answer.headers["Content-Length"]) == len(answer.content)
        assert "Transfer-Encoding" not in answer.headers


def test_a_request_is_logged_as_it_came(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    clock.advance(7)
    v1.get("/oauth/pin")
    record = simkl.requests[0]
    assert (record.method, record.path, record.status, record.outcome) == ("GET", "/oauth/pin", 200, "code")
    assert record.time == 1007.0
    assert record.query == {"client_id": "id-v1", **APP}
    assert record.headers["user-agent"] == "test-app/1.0"
    assert (record.form, record.body) == ({}, b"")


def test_a_form_is_logged_field_by_field(v2: DeviceCaller, simkl: Simulator) -> None:
    v2.revoke("a b")
    record = simkl.requests[0]
    assert record.form == {"client_id": "id-v2", "token": "a b"}
    assert record.body == b"client_id=id-v2&token=a+b"


def test_refused_requests_are_logged_by_their_error(v1: PinCaller, simkl: Simulator) -> None:
    v1.get("/oauth/pin", query={"client_id": "unknown"})
    assert (simkl.requests[0].status, simkl.requests[0].outcome) == (412, "client_id_failed")


def test_somebody_can_be_told_of_requests(make_simkl: MakeSimulator) -> None:
    told: list[RequestRecord] = []
    simkl = make_simkl(on_request=told.append)
    PinCaller(simkl, "id-v1").new_code()
    assert told == simkl.requests


def test_latency_delays_every_answer(make_simkl: MakeSimulator) -> None:
    caller = PinCaller(make_simkl(latency=0.1), "id-v1")
    before = time.monotonic()
    caller.new_code()
    caller.get("/nowhere")
    assert time.monotonic() - before >= 0.2


def test_a_delay_is_for_its_paths_only(v1: PinCaller, simkl: Simulator) -> None:
    longer_than_a_caller_waits = 3600.0
    simkl.delay("/oauth/pin/", longer_than_a_caller_waits)
    code = v1.new_code()
    simkl.delay("/oauth/pin/", 0.1)
    before = time.monotonic()
    v1.poll(code)
    assert time.monotonic() - before >= 0.1
    simkl.delay("/oauth/pin/", longer_than_a_caller_waits)
    simkl.delay("/oauth/pin/", 0)
    v1.poll(code)


def test_slow_answers_do_not_hold_up_others(v1: PinCaller, simkl: Simulator) -> None:
    def expect_nothing() -> None:
        with pytest.raises(requests.ConnectionError):
            v1.new_code()

    simkl.delay("/oauth/pin", 5.0)
    slow = threading.Thread(target=expect_nothing)
    slow.start()
    while not simkl.requests:
        time.sleep(0.005)
    before = time.monotonic()
    assert Caller(simkl, "id-v1").get("/pin").status_code == 200
    simkl.close()
    slow.join()
    assert time.monotonic() - before < 5.0


def test_many_requests_at_once_lose_nothing(make_simkl: MakeSimulator) -> None:
    simkl = make_simkl(rate_limits=False)
    callers = [PinCaller(simkl, "id-v1") for _ in range(16)]
    threads = [threading.Thread(target=lambda c=caller: [c.new_code() for _ in range(5)]) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(simkl.codes())) == len(simkl.requests) == 80
    assert simkl.connections == 16


def test_an_approved_code_is_delivered_to_one_of_many(make_simkl: MakeSimulator, clock: ManualClock) -> None:
    simkl = make_simkl(interval=0, rate_limits=False)
    code = PinCaller(simkl, "id-v1").new_code()
    simkl.approve(code)
    threads = [threading.Thread(target=PinCaller(simkl, "id-v1").poll, args=(code,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(record.outcome for record in simkl.requests[1:]) == ["fresh_code"] * 7 + ["granted"]


def test_closing_ends_everything_at_once() -> None:
    before = set(threading.enumerate())
    simkl = Simulator(CLIENTS, latency=30.0).start()
    host, port = simkl.url[len("http://") :].split(":")
    simkl.fault("/hang", Hang())
    idle = socket.create_connection((host, int(port)))
    hanging, waiting = (http.client.HTTPConnection(host, int(port), timeout=5) for _ in range(2))
    hanging.request("GET", "/hang")
    waiting.request("GET", "/oauth/pin")
    while len(simkl.requests) < 2:
        time.sleep(0.005)
    started = time.monotonic()
    simkl.close()
    assert time.monotonic() - started < 5.0
    assert set(threading.enumerate()) == before
    for connection in (idle, hanging.sock, waiting.sock):
        assert connection.recv(1) == b""
        connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))


def test_closing_twice_or_unstarted_is_fine() -> None:
    simkl = Simulator(CLIENTS)
    simkl.close()
    simkl.close()


def test_it_listens_on_this_machine_only(simkl: Simulator) -> None:
    assert simkl.url.startswith("http://127.0.0.1:")


def test_a_port_can_be_chosen(make_simkl: MakeSimulator) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert make_simkl(port=port).url == f"http://127.0.0.1:{port}"


def test_a_client_is_v1_or_v2() -> None:
    with pytest.raises(ValueError, match="v3"):
        Simulator({"id": "v3"})


def raw(simkl: Simulator, request: bytes) -> bytes:
    """Everything that comes back until the server ends the connection."""
    host, port = simkl.url[len("http://") :].split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(4096), b""))


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /oauth2/device HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST /oauth2/device HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"411"),
        (b"POST /oauth2/device HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
    ],
)
def test_bodies_of_unknown_or_absurd_length_are_refused(simkl: Simulator, head: bytes, status: bytes) -> None:
    assert raw(simkl, head).split()[1] == status


def test_a_body_that_breaks_off_has_no_effect(simkl: Simulator) -> None:
    assert raw(simkl, b"POST /pin HTTP/1.1\r\nContent-Length: 10\r\n\r\ncode") == b""
    assert simkl.requests == []


def test_a_head_request_gets_no_body(v1: PinCaller) -> None:
    answer = v1.send("HEAD", "/oauth/pin")
    assert (answer.status_code, answer.content) == (405, b"")
    assert v1.get("/oauth/pin").status_code == 200


def test_a_client_that_asks_before_sending_is_told_to_continue(simkl: Simulator) -> None:
    head = b"POST /pin HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    assert raw(simkl, head + b"code").startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400")


def test_a_small_answer_does_not_wait_for_the_network(v1: PinCaller) -> None:
    took = []
    for _ in range(50):
        before = time.monotonic()
        v1.get("/pin")
        took.append(time.monotonic() - before)
    assert min(took) < 0.04  # with Nagle and delayed ACKs none is faster
