"""Bytes on a real wire: limits, failures by name, interruption; nothing that was sent comes back in an error."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import threading
import time
import zlib
from contextlib import ExitStack, contextmanager
from logging.handlers import BufferingHandler
from pathlib import Path
from typing import Callable, Iterator

import pytest
from scripted_server import OK, scripted_server
from simkl_connect.errors import ConnectionFailed, Problem
from simkl_connect.http import adapter
from simkl_connect.http.messages import ClientInfo, Request, checked_base_url
from simkl_connect.http.session import CONNECT_TIMEOUT, Session
from simkl_connect.models import Secret
from simkl_simulator import Body, Drip, Hang, Redirect, Simulator, silent_listener
from simkl_simulator.certificates import Certificates, make_certificates

CODE = Request("GET", "/oauth/pin", "id")
POST = Request("POST", "/oauth2/token", "id", form={"a": "b"})
LIMIT = CODE.largest_body
HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
Open = Callable[[str], Session]


@pytest.fixture
def open_session() -> Iterator[Open]:
    with ExitStack() as opened:

        def open_one(url: str) -> Session:
            session = Session(ClientInfo(url, "1.2.3", "simkl-connect/1.2.3 (Kodi 20.1; Linux)"), lambda: "")
            opened.callback(session.close)
            return session

        yield open_one


@pytest.fixture
def simkl() -> Iterator[Simulator]:
    with Simulator({"id": "v1"}, rate_limits=False) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def failure(session: Session, request: Request = CODE) -> ConnectionFailed:
    with pytest.raises(ConnectionFailed) as caught:
        session.send(request)
    return caught.value


@contextmanager
def hanging(session: Session) -> Iterator[list[ConnectionFailed]]:
    """A request under way that is to be ended; then its failure is in the list."""
    failures: list[ConnectionFailed] = []
    thread = threading.Thread(target=lambda: failures.append(failure(session)), daemon=True)
    thread.start()
    thread.join(0.3)
    assert thread.is_alive(), "the request does not hang"
    yield failures
    thread.join(5.0)  # before any limit of its own
    assert not thread.is_alive()


# What is sent


def test_a_request_carries_who_is_asking(open_session: Open, simkl: Simulator) -> None:
    assert open_session(simkl.url).send(CODE._replace(query={"page": "2"})).status == 200
    (seen,) = simkl.requests
    assert seen.query == {"client_id": "id", "app-name": "simkl-connect", "app-version": "1.2.3", "page": "2"}
    assert seen.headers["user-agent"] == "simkl-connect/1.2.3 (Kodi 20.1; Linux)"


@pytest.mark.parametrize(
    ("request_", "body"), [(POST, b"a=b"), (POST._replace(form=None, json=[]), b"[]"), (POST._replace(form=None), b"")]
)
def test_a_body_is_a_form_or_json_or_none(open_session: Open, request_: Request, body: bytes) -> None:
    with scripted_server([OK]) as server:
        open_session(server.url).send(request_)
    assert server.requests[0].partition(b"\r\n\r\n")[2] == body


def test_the_bearer_token_is_sent_and_a_netrc_changes_nothing(
    open_session: Open, simkl: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    session = open_session(simkl.url)
    session.send(Request("POST", "/users/settings", "id", json={}, bearer=Secret("token")))
    session.send(CODE)
    assert simkl.requests[0].headers["authorization"] == "Bearer token"
    assert "authorization" not in simkl.requests[1].headers


def test_a_cookie_is_not_sent_back(open_session: Open) -> None:
    with scripted_server([OK.replace(b"\r\n", b"\r\nSet-Cookie: a=b; Path=/\r\n", 1), OK]) as server:
        session = open_session(server.url)
        assert [session.send(CODE).status for _ in range(2)] == [200, 200]
    assert b"cookie" not in server.requests[1].lower()


@pytest.mark.parametrize("token", ["CANARY\r\nx: y", "CANARY\n", "CANARY \u2603", "CANARY y", "\ud800CANARY"])
def test_a_token_that_can_not_be_sent_is_a_mistake_of_ours_and_does_not_spoil_the_next_request(
    open_session: Open, simkl: Simulator, token: str
) -> None:
    session = open_session(simkl.url)
    with pytest.raises(ValueError, match="cannot be sent") as caught:
        session.send(CODE._replace(bearer=Secret(token)))
    assert_silent(caught.value)
    assert session.send(CODE).status == 200
    assert len(simkl.requests) == 1


def assert_silent(error: BaseException | None) -> None:
    while error is not None:
        assert "CANARY" not in f"{error} {error!r} {error.args}"
        error = error.__cause__ or error.__context__


def test_neither_an_error_nor_a_log_line_quotes_what_was_sent(
    open_session: Open, caplog: pytest.LogCaptureFixture
) -> None:
    secret = Request("GET", "/oauth/pin/CANARY", "id", form={"device_code": "CANARY"}, bearer=Secret("CANARY"))
    heard = BufferingHandler(1000)
    logging.getLogger().addHandler(heard)
    try:
        with caplog.at_level(logging.DEBUG), scripted_server([OK, b""]) as server:
            session = open_session(server.url)
            session.send(secret)
            assert_silent(failure(session, secret))
    finally:
        logging.getLogger().removeHandler(heard)
    assert [record.getMessage() for record in heard.buffer] == []


# What comes back


@pytest.mark.parametrize("packing", ["gzip", "deflate", "identity"])
def test_a_packed_body_is_read(open_session: Open, simkl: Simulator, packing: str) -> None:
    body = b'{"result":"OK"}'
    packed = {"gzip": gzip.compress(body), "deflate": zlib.compress(body), "identity": body}[packing]
    simkl.fault("/oauth/pin", Body(packed, {"Content-Encoding": packing}))
    assert open_session(simkl.url).send(CODE).body == body


@pytest.mark.parametrize(
    ("body", "packing"),
    [
        (b'{"result":"OK"}', "gzip"),
        (gzip.compress(b" " * (LIMIT + 1)), "gzip"),
        (gzip.compress(gzip.compress(b"{}")), "gzip, gzip"),
        (b"{}", "br"),
        (b" " * (LIMIT + 1), "identity"),
    ],
    ids=["not packed at all", "too large unpacked", "packed twice", "not asked for", "too large"],
)
def test_a_body_that_is_too_large_or_packed_otherwise_is_a_bad_answer(
    open_session: Open, simkl: Simulator, body: bytes, packing: str
) -> None:
    simkl.fault("/oauth/pin", Body(body, {"Content-Encoding": packing}))
    assert failure(open_session(simkl.url)).problem is Problem.BAD_ANSWER


@pytest.mark.parametrize("largest", [10, LIMIT, 3_000_000])
def test_each_request_says_how_large_a_body_it_takes(open_session: Open, simkl: Simulator, largest: int) -> None:
    simkl.fault("/oauth/pin", Body(b"x" * largest))
    session = open_session(simkl.url)
    assert len(session.send(CODE._replace(largest_body=largest)).body) == largest
    simkl.fault("/oauth/pin", Body(b"x" * largest))
    assert failure(session, CODE._replace(largest_body=largest - 1)).problem is Problem.BAD_ANSWER


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x; boundary*99999999999999999999=a; boundary*=b'c'%ff\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}",
        b"nonsense\r\n\r\n",
        HINT,
    ],
    ids=["a head that email falls over", "a chunk of less than nothing", "cut", "not HTTP", "only a hint"],
)
def test_after_a_response_that_is_none_the_next_request_works(open_session: Open, raw: bytes) -> None:
    with scripted_server([raw], [OK]) as server:
        session = open_session(server.url)
        assert failure(session).problem in (Problem.BAD_ANSWER, Problem.OFFLINE)
        assert session.send(CODE).status == 200


@pytest.mark.parametrize("hints", [HINT, HINT * 2, HINT.replace(b"103", b"102"), b"HTTP/1.1 100 Go on\r\n\r\n" + HINT])
def test_the_answer_that_comes_after_hints_is_the_answer(open_session: Open, hints: bytes) -> None:
    with scripted_server([hints + OK, OK]) as server:
        session = open_session(server.url)
        assert [session.send(CODE) for _ in range(2)] == [(200, {"content-length": "2"}, b"{}")] * 2


def test_a_redirect_is_not_followed(open_session: Open, simkl: Simulator) -> None:
    simkl.fault("/oauth/pin", Redirect(f"{simkl.url}/elsewhere"))
    assert open_session(simkl.url).send(CODE).status == 302
    assert len(simkl.requests) == 1


@pytest.mark.parametrize("location", ["/", "http://[", "http://x:y/"])
def test_the_body_of_a_redirect_has_the_same_limit(open_session: Open, location: str) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 100000\r\n\r\n".encode()
    with scripted_server([head + b" " * 100_000]) as server:
        assert failure(open_session(server.url)).problem is Problem.BAD_ANSWER


@pytest.mark.parametrize("status", [429, 500, 503])
def test_nothing_is_sent_again_because_of_an_answer(open_session: Open, status: int) -> None:
    reply = OK.replace(b"200", str(status).encode()).replace(b"\r\n", b"\r\nRetry-After: 0\r\n", 1)
    with scripted_server([reply]) as server:
        assert open_session(server.url).send(CODE).status == status
    assert len(server.requests) == 1


# Connections


def test_requests_share_one_connection(open_session: Open, simkl: Simulator) -> None:
    session = open_session(simkl.url)
    for _ in range(5):
        session.send(CODE)
    assert simkl.connections == 1


def test_a_connection_that_the_server_has_closed_meanwhile_is_opened_anew(open_session: Open) -> None:
    with scripted_server([OK], [OK]) as server:
        session = open_session(server.url)
        assert session.send(POST).status == 200
        assert server.ended.wait(5.0)
        assert session.send(POST).status == 200


def test_a_post_that_was_cut_off_is_not_sent_again(open_session: Open) -> None:
    with scripted_server([OK, b""]) as server:
        session = open_session(server.url)
        session.send(CODE)
        assert failure(session, POST).problem is Problem.OFFLINE
    assert len(server.requests) == 2


@pytest.mark.parametrize("reply", [b"nonsense\r\n\r\n", OK.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)])
def test_a_server_hears_of_the_end_of_a_connection_that_is_not_kept(open_session: Open, reply: bytes) -> None:
    with scripted_server([reply], waits=True) as server:
        session = open_session(server.url)
        try:
            session.send(CODE)
        except ConnectionFailed:
            assert reply[:4] != b"HTTP"
        assert server.ended.wait(5.0)


def test_a_good_certificate_is_taken_and_an_old_tls_is_not(
    open_session: Open, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.ca))
    with Simulator({"id": "v1"}, tls=certificates.good) as simkl:
        assert open_session(simkl.url).send(CODE).status == 200
    assert adapter.InterruptibleAdapter()._tls.minimum_version is ssl.TLSVersion.TLSv1_2


def test_authorities_that_are_not_there_are_no_secure_connection(
    open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with silent_listener() as silent:
        assert failure(open_session(silent.https)).problem is Problem.TLS


class SSLCertVerificationError(OSError):
    """As another interpreter has it."""


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (SSLCertVerificationError(), Problem.OFFLINE),
        (type("SSLError", (OSError,), {})(), Problem.TLS),
        (SystemError("error return without exception set"), Problem.TLS),
        (type("timeout", (OSError,), {})(), Problem.TIMEOUT),
        (type("gaierror", (OSError,), {})(), Problem.OFFLINE),
    ],
    ids=["unknown", "TLS", "a bad certificate on Debian 11", "time-out", "no such name"],
)
def test_an_error_of_another_interpreters_class_is_known_by_its_name(
    open_session: Open, monkeypatch: pytest.MonkeyPatch, error: Exception, problem: Problem
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(adapter, "connect_to_any", fail)
    assert failure(open_session("https://127.0.0.1:9")).problem is problem


# Addresses, and which of them works


def names(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[int, object]) -> list[object]:
    """Every name has these addresses; the list tells to which a connection was tried."""
    tried: list[object] = []
    connect_ex = socket.socket.connect_ex

    def spy(self: socket.socket, address: object) -> int:
        tried.append(address)
        return connect_ex(self, address)  # type: ignore[arg-type]

    found = [(family, socket.SOCK_STREAM, 0, "", address) for family, address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)
    monkeypatch.setattr(socket.socket, "connect_ex", spy)
    return tried


@contextmanager
def dead_ipv6() -> Iterator[tuple[int, object]]:
    """An address on this machine where no SYN is answered."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_INET6))
        listener.bind(("::1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket(socket.AF_INET6))
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield socket.AF_INET6, listener.getsockname()


def test_where_ipv6_is_preferred_and_dead_the_next_address_is_tried_soon_and_kept(
    open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = OK.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    with dead_ipv6() as dead, scripted_server([closing], [closing]) as server:
        works = (socket.AF_INET, ("127.0.0.1", int(server.url.rpartition(":")[2])))
        tried = names(monkeypatch, dead, dead, works)
        session = open_session(server.url)
        started = time.monotonic()
        assert [session.send(CODE).status for _ in range(2)] == [200, 200]
        assert time.monotonic() - started < CONNECT_TIMEOUT
    assert tried == [dead[1], works[1], works[1]]


@pytest.mark.parametrize(
    "broken", [(999, ("::1", 1)), (socket.AF_INET, ("127.0.0.1", 1)), (socket.AF_INET6, ("x.invalid", 1))]
)
def test_an_address_that_fails_in_any_way_is_followed_by_the_next(
    open_session: Open, monkeypatch: pytest.MonkeyPatch, broken: tuple[int, object]
) -> None:
    with scripted_server([OK]) as server:
        names(monkeypatch, broken, (socket.AF_INET, ("127.0.0.1", int(server.url.rpartition(":")[2]))))
        assert open_session(server.url).send(CODE).status == 200


@pytest.mark.parametrize("addresses", [[], [(999, ("::1", 1)), (socket.AF_INET, ("127.0.0.1", 1))]])
def test_a_server_none_of_whose_addresses_works_is_out_of_reach(
    open_session: Open, monkeypatch: pytest.MonkeyPatch, addresses: list[tuple[int, object]]
) -> None:
    names(monkeypatch, *addresses)
    assert failure(open_session("http://127.0.0.1:1")).problem is Problem.OFFLINE


# Interruption


@pytest.mark.parametrize("ending", ["interrupt", "close"])
@pytest.mark.parametrize("phase", ["connecting", "TLS handshake", "no answer", "drip", "drip in the head"])
def test_a_request_that_hangs_is_ended_at_once_in_every_phase(
    open_session: Open, simkl: Simulator, phase: str, ending: str
) -> None:
    faults = {"no answer": Hang(), "drip": Drip(b"x" * 1000, 1.0), "drip in the head": Drip(b"x", 1.0, head=True)}
    with silent_listener(accepts=phase != "connecting") as silent:
        url = {"connecting": silent.http, "TLS handshake": silent.https}.get(phase, simkl.url)
        if phase in faults:
            simkl.fault("/oauth/pin", faults[phase])
        session = open_session(url)
        with hanging(session) as failures:
            getattr(session, ending)()
        assert failures[0].problem is Problem.TIMEOUT


def test_after_an_interruption_the_next_request_works(open_session: Open, simkl: Simulator) -> None:
    simkl.fault("/oauth/pin", Hang())
    session = open_session(simkl.url)
    session.send(CODE._replace(path="/elsewhere"))
    with hanging(session):
        session.interrupt()
    assert session.send(CODE).status == 200


def test_an_answer_that_an_interruption_has_cut_off_is_a_time_out(open_session: Open) -> None:
    with scripted_server([b'HTTP/1.0 200 OK\r\n\r\n{"par'], waits=True) as server:
        session = open_session(server.url)
        with hanging(session) as failures:
            session.interrupt()
    assert failures[0].problem is Problem.TIMEOUT


def test_a_closed_session_sends_nothing(open_session: Open, simkl: Simulator) -> None:
    session = open_session(simkl.url)
    session.send(CODE)
    session.close()
    assert failure(session).problem is Problem.TIMEOUT
    assert len(simkl.requests) == 1


# The server's address


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
        "https://api.simkl.com:99999",
        "https://api.simkl.com:x",
    ],
)
def test_any_other_api_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be https|[Pp]ort"):
        checked_base_url(url)
