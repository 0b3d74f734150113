"""Bytes on a real wire: limits, faults by name, interruption; nothing that was sent comes back in an error."""

from __future__ import annotations

import gzip
import os
import socket
import threading
import time
import zlib
from pathlib import Path
from typing import Callable, Iterator

import pytest
from simkl_connect.errors import ConnectionFailed, Problem
from simkl_connect.http.messages import ClientInfo, Request, checked_base_url
from simkl_connect.http.session import LARGEST_BODY, Transport
from simkl_connect.http.trust import Trust
from simkl_connect.models import Secret
from simkl_simulator import (
    Body,
    Drip,
    Hang,
    Redirect,
    Simulator,
    silent_listener,
)
from simkl_simulator.certificates import Certificates, make_certificates
from simkl_simulator.faults import Spoilt, Wire

CODE = Request("GET", "/oauth/pin")
Open = Callable[[str], Transport]


@pytest.fixture
def open_transport() -> Iterator[Open]:
    opened: list[Transport] = []

    def open_one(url: str) -> Transport:
        opened.append(Transport(ClientInfo(url, "id", "1.2.3", "simkl-connect/1.2.3 (Kodi 20.1; Linux)"), Trust()))
        return opened[-1]

    yield open_one
    for transport in opened:
        transport.close()


@pytest.fixture
def simkl() -> Iterator[Simulator]:
    with Simulator({"id": "v1"}, rate_limits=False) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


class Raw(Spoilt):
    """These bytes and no others, then the end; not before the server closes if it ``waits``."""

    def __init__(self, data: bytes, waits: bool = False) -> None:
        self._data = data
        self._waits = waits

    def play(self, wire: Wire) -> None:
        wire.send(self._data)
        if self._waits:
            wire.wait()
        wire.hang_up()


def failure(transport: Transport, request: Request = CODE) -> ConnectionFailed:
    with pytest.raises(ConnectionFailed) as caught:
        transport.send(request)
    return caught.value


def test_a_request_carries_who_is_asking(open_transport: Open, simkl: Simulator) -> None:
    assert open_transport(simkl.url).send(CODE).status == 200
    (seen,) = simkl.requests
    assert seen.query == {"client_id": "id", "app-name": "simkl-connect", "app-version": "1.2.3"}
    assert seen.headers["user-agent"] == "simkl-connect/1.2.3 (Kodi 20.1; Linux)"


def test_requests_share_one_connection(open_transport: Open, simkl: Simulator) -> None:
    transport = open_transport(simkl.url)
    for _ in range(5):
        transport.send(CODE)
    assert simkl.connections == 1


def test_a_connection_that_the_server_has_ended_is_opened_anew(open_transport: Open) -> None:
    ended = threading.Event()

    def answer_twice_on_two_connections() -> None:
        for _ in range(2):
            client, _ = listener.accept()
            with client:
                client.recv(4096)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            ended.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer_twice_on_two_connections, daemon=True)
        thread.start()
        transport = open_transport(f"http://127.0.0.1:{listener.getsockname()[1]}")
        assert transport.send(CODE).status == 200
        assert ended.wait(5.0)
        assert transport.send(CODE).status == 200
        thread.join(5.0)


@pytest.mark.parametrize("packing", ["gzip", "deflate", "identity"])
def test_a_body_that_somebody_has_packed_is_read(open_transport: Open, simkl: Simulator, packing: str) -> None:
    body = b'{"result":"OK"}'
    packed = {"gzip": gzip.compress(body), "deflate": zlib.compress(body), "identity": body}[packing]
    simkl.fault("/oauth/pin", Body(packed, {"Content-Encoding": packing}))
    assert open_transport(simkl.url).send(CODE).body == body


def test_a_body_that_is_not_packed_as_it_says_is_a_bad_answer(open_transport: Open, simkl: Simulator) -> None:
    simkl.fault("/oauth/pin", Body(b'{"result":"OK"}', {"Content-Encoding": "gzip"}))
    assert failure(open_transport(simkl.url)).problem is Problem.BAD_ANSWER


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(b'{"result":"OK"}')[:-4],
        gzip.compress(b"{}") * 2,
        gzip.compress(os.urandom(LARGEST_BODY)),
        gzip.compress(b" " * (LARGEST_BODY + 1)),
    ],
    ids=["cut", "twice", "too large while packed", "too large unpacked"],
)
def test_a_packed_body_that_is_not_whole_or_too_large_is_a_bad_answer(
    open_transport: Open, simkl: Simulator, packed: bytes
) -> None:
    simkl.fault("/oauth/pin", Body(packed, {"Content-Encoding": "gzip"}))
    assert failure(open_transport(simkl.url)).problem is Problem.BAD_ANSWER


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x; boundary*99999999999999999999=a; boundary*=b'c'%ff\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
    ],
    ids=["a head that email falls over", "a chunk of less than nothing", "only a hint"],
)
def test_after_a_response_that_is_none_the_next_request_works(
    open_transport: Open, simkl: Simulator, raw: bytes
) -> None:
    simkl.fault("/oauth/pin", Raw(raw))
    transport = open_transport(simkl.url)
    assert failure(transport).problem in (Problem.BAD_ANSWER, Problem.OFFLINE)
    assert transport.send(CODE).status == 200


def test_a_server_whose_response_is_none_hears_that_the_connection_has_ended(open_transport: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transport = open_transport(f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread = threading.Thread(target=lambda: failure(transport), daemon=True)
        thread.start()
        server, _ = listener.accept()
        with server:
            server.settimeout(5.0)
            server.recv(4096)
            server.sendall(b"nonsense\r\n\r\n")
            assert server.recv(4096) == b""
        thread.join(5.0)


def test_a_request_that_can_not_be_sent_does_not_spoil_the_next(open_transport: Open, simkl: Simulator) -> None:
    transport = open_transport(simkl.url)
    with pytest.raises(ValueError, match="Invalid header"):
        transport.send(Request("GET", "/oauth/pin", bearer=Secret("a\nb")))
    assert transport.send(CODE).status == 200


def test_an_answer_that_an_interruption_has_cut_off_is_a_time_out(open_transport: Open, simkl: Simulator) -> None:
    simkl.fault("/oauth/pin", Raw(b'HTTP/1.0 200 OK\r\n\r\n{"par', waits=True))
    transport = open_transport(simkl.url)
    failures: list[ConnectionFailed] = []
    thread = threading.Thread(target=lambda: failures.append(failure(transport)), daemon=True)
    thread.start()
    thread.join(0.3)
    transport.interrupt()
    thread.join(5.0)
    assert failures[0].problem is Problem.TIMEOUT


def test_authorities_that_are_not_there_are_no_secure_connection(
    open_transport: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with silent_listener() as silent:
        assert failure(open_transport(silent.https)).problem is Problem.TLS


def test_the_bearer_token_is_sent_and_a_netrc_changes_nothing(
    open_transport: Open, simkl: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    transport = open_transport(simkl.url)
    transport.send(Request("POST", "/users/settings", json={}, bearer=Secret("token")))
    transport.send(CODE)
    assert simkl.requests[0].headers["authorization"] == "Bearer token"
    assert "authorization" not in simkl.requests[1].headers


def test_a_redirect_is_not_followed(open_transport: Open, simkl: Simulator) -> None:
    simkl.fault("/oauth/pin", Redirect(f"{simkl.url}/elsewhere"))
    assert open_transport(simkl.url).send(CODE).status == 302
    assert len(simkl.requests) == 1


def test_a_body_of_the_largest_size_is_read(open_transport: Open, simkl: Simulator) -> None:
    simkl.fault("/oauth/pin", Body(b"x" * LARGEST_BODY))
    assert len(open_transport(simkl.url).send(CODE).body) == LARGEST_BODY


def test_a_good_certificate_is_taken(
    open_transport: Open, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.ca))
    with Simulator({"id": "v1"}, tls=certificates.good) as simkl:
        assert open_transport(simkl.url).send(CODE).status == 200


@pytest.mark.parametrize("ending", ["interrupt", "close"])
@pytest.mark.parametrize("phase", ["connecting", "TLS handshake", "no answer", "drip", "drip in the head"])
def test_a_request_that_hangs_is_ended_at_once_in_every_phase(
    open_transport: Open, simkl: Simulator, phase: str, ending: str
) -> None:
    faults = {"no answer": Hang(), "drip": Drip(b"x" * 1000, 1.0), "drip in the head": Drip(b"x", 1.0, head=True)}
    with silent_listener(accepts=phase != "connecting") as silent:
        url = {"connecting": silent.http, "TLS handshake": silent.https}.get(phase, simkl.url)
        if phase in faults:
            simkl.fault("/oauth/pin", faults[phase])
        transport = open_transport(url)
        failures: list[ConnectionFailed] = []
        thread = threading.Thread(target=lambda: failures.append(failure(transport)), daemon=True)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive(), "the request does not hang"
        started = time.monotonic()
        getattr(transport, ending)()
        thread.join(5.0)
        assert not thread.is_alive()
        assert time.monotonic() - started < 1.0
        assert failures[0].problem is Problem.TIMEOUT


def test_after_an_interruption_the_next_request_works(open_transport: Open, simkl: Simulator) -> None:
    simkl.fault("/oauth/pin", Hang())
    transport = open_transport(simkl.url)
    thread = threading.Thread(target=lambda: failure(transport), daemon=True)
    thread.start()
    thread.join(0.3)
    transport.interrupt()
    thread.join(5.0)
    assert transport.send(CODE).status == 200


def test_no_error_quotes_what_was_sent(open_transport: Open) -> None:
    with Simulator({"id": "v1"}) as gone:
        url = gone.url
    secret = Request("GET", "/oauth/pin/CANARY", form={"device_code": "CANARY"}, bearer=Secret("CANARY"))
    caught: BaseException | None = failure(open_transport(url), secret)
    while caught is not None:
        assert "CANARY" not in f"{caught} {caught!r} {caught.args}"
        caught = caught.__cause__ or caught.__context__


@pytest.mark.parametrize(
    "url", ["https://api.simkl.com/", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"]
)
def test_an_api_address_is_https_or_on_this_machine(url: str) -> None:
    assert checked_base_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.simkl.com",
        "http://127.0.0.1.example",
        "ftp://127.0.0.1",
        "api.simkl.com",
        "https://",
        "http://127.0.0.1@evil.example",
        "https://api.simkl.com:0",
    ],
)
def test_any_other_api_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be https"):
        checked_base_url(url)


@pytest.mark.parametrize("port", ["99999", "x"])
def test_an_api_address_whose_port_is_none_is_refused(port: str) -> None:
    with pytest.raises(ValueError, match=r"[Pp]ort"):
        checked_base_url(f"https://api.simkl.com:{port}")
