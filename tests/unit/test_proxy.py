"""Kodi's own proxy settings are the way every request takes."""

from __future__ import annotations

import base64
import select
import socket
import ssl
import threading
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Iterator
from urllib.parse import urlsplit

import pytest
from fake_kodi import FakeKodi
from scripted_server import read_request
from simkl_connect.errors import ConnectionFailed, Problem
from simkl_connect.http import adapter
from simkl_connect.http.messages import ClientInfo, Request
from simkl_connect.http.session import Session
from simkl_connect.kodi.proxy import proxy
from simkl_simulator import Hang, Simulator, silent_listener
from simkl_simulator.certificates import Certificates, Pair, make_certificates
from simkl_simulator.socks import socks_proxy

CODE = Request("GET", "/oauth/pin", "id")
SETTINGS = {
    "network.usehttpproxy": True,
    "network.httpproxytype": 0,
    "network.httpproxyserver": "proxy.example",
    "network.httpproxyport": 3128,
    "network.httpproxyusername": "",
    "network.httpproxypassword": "",
}


class HttpProxy:
    """A proxy that asks for a login, and serves one client; ``heads`` are the requests it got.

    It understands CONNECT, and requests that it is to send on. With ``tls``, certificate and key, it is itself spoken
    to by TLS.
    """

    def __init__(self, tls: Pair | None = None) -> None:
        self.heads: list[bytes] = []
        self._context: ssl.SSLContext | None = None
        if tls is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*tls)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            client, _ = self._listener.accept()
            if self._context is not None:
                client = self._context.wrap_socket(client, server_side=True)
        except OSError:  # closed, or a client that trusts nobody
            return
        with client:
            head = read_request(client)
            self.heads.append(head)
            if b"Proxy-Authorization: Basic " + base64.b64encode(b"us er:pass/word") not in head:
                client.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
                return
            method, target = head.decode().split()[:2]
            there = urlsplit(f"//{target}" if method == "CONNECT" else target)
            with socket.create_connection((there.hostname, there.port)) as server:
                if method == "CONNECT":
                    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                else:
                    server.sendall(head.replace(f"http://{there.netloc}".encode(), b"", 1))
                _relay(client, server)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


def _relay(client: socket.socket, server: socket.socket) -> None:
    other = {client: server, server: client}
    while True:
        for source in select.select(list(other), [], [], 5)[0]:
            data = source.recv(65536)
            if not data:
                return
            other[source].sendall(data)


@pytest.fixture
def certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """Trusted ones."""
    made = make_certificates(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", made.ca)
    return made


@contextmanager
def session(url: str, proxy_url: str) -> Iterator[Session]:
    with closing(Session(ClientInfo(url, "1.2.3", "simkl-connect/1.2.3"), lambda: proxy_url)) as opened:
        yield opened


@pytest.fixture
def port_of_nobody() -> Iterator[int]:
    """Bound, so that no other program gets it, and refused to all since nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def failure(proxy_url: str) -> ConnectionFailed:
    with session("https://127.0.0.1:9", proxy_url) as through, pytest.raises(ConnectionFailed) as caught:
        through.send(CODE)
    return caught.value


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_https_goes_through_the_proxy_with_user_and_password(certificates: Certificates, scheme: str) -> None:
    if scheme == "https" and not adapter._WRAPS_TLS_IN_TLS:
        pytest.skip("urllib3 is too old")
    proxy_before = HttpProxy(certificates.good if scheme == "https" else None)
    with Simulator({"id": "v1"}, tls=certificates.good) as simkl:
        with session(simkl.url, f"{scheme}://us%20er:pass%2Fword@localhost:{proxy_before.port}") as through:
            assert [through.send(CODE).status for _ in range(2)] == [200, 200]
        assert [request.headers["host"] for request in simkl.requests] == [simkl.url.partition("://")[2]] * 2
        assert simkl.connections == 1
    proxy_before.close()
    assert b"client_id" not in proxy_before.heads[0]


@pytest.mark.skipif(not adapter._WRAPS_TLS_IN_TLS, reason="urllib3 is too old")
def test_a_proxy_whose_own_certificate_is_bad_sees_no_login(certificates: Certificates) -> None:
    proxy_before = HttpProxy(certificates.unknown_issuer)
    failed = failure(f"https://us%20er:pass%2Fword@localhost:{proxy_before.port}")
    proxy_before.close()
    assert failed.problem is Problem.TLS
    assert proxy_before.heads == []


def test_a_urllib3_that_would_speak_to_an_https_proxy_in_clear_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "_WRAPS_TLS_IN_TLS", False)
    proxy_before = HttpProxy()
    assert failure(f"https://us%20er:pass%2Fword@127.0.0.1:{proxy_before.port}").problem is Problem.PROXY
    proxy_before.close()
    assert proxy_before.heads == []


def test_http_on_this_machine_goes_through_the_proxy_with_user_and_password() -> None:
    proxy_before = HttpProxy()
    with Simulator({"id": "v1"}) as simkl:
        with session(simkl.url, f"http://us%20er:pass%2Fword@127.0.0.1:{proxy_before.port}") as through:
            assert through.send(CODE).status == 200
        (seen,) = simkl.requests
        assert seen.query["client_id"] == "id"
    proxy_before.close()
    assert proxy_before.heads[0].startswith(b"GET http://127.0.0.1:")


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_without_a_proxy_in_kodis_settings_the_systems_is_used(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch, name: str, scheme: str
) -> None:
    proxy_before = HttpProxy()
    monkeypatch.setenv(name, f"{scheme}us%20er:pass%2Fword@127.0.0.1:{proxy_before.port}")
    with Simulator({"id": "v1"}, tls=certificates.good) as simkl, session(simkl.url, "") as through:
        assert through.send(CODE).status == 200
    proxy_before.close()
    assert len(proxy_before.heads) == 1


def test_the_proxy_is_asked_for_before_each_request(certificates: Certificates) -> None:
    proxies = iter(["", f"http://us%20er:pass%2Fword@127.0.0.1:{(proxy_before := HttpProxy()).port}", ""])
    with Simulator({"id": "v1"}, tls=certificates.good) as simkl:
        client = ClientInfo(simkl.url, "1.2.3", "simkl-connect/1.2.3")
        with closing(Session(client, lambda: next(proxies))) as changing:
            assert [changing.send(CODE).status for _ in range(3)] == [200] * 3
        assert simkl.connections == 3
    proxy_before.close()
    assert len(proxy_before.heads) == 1


def test_a_system_that_wants_no_proxy_for_a_server_gets_none(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch, port_of_nobody: int
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port_of_nobody}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Simulator({"id": "v1"}, tls=certificates.good) as simkl, session(simkl.url, "") as straight:
        assert straight.send(CODE).status == 200


def test_a_proxy_that_refuses_is_named_and_its_password_is_not() -> None:
    proxy_before = HttpProxy()
    failed = failure(f"http://CANARY:CANARY@127.0.0.1:{proxy_before.port}")
    proxy_before.close()
    assert failed.problem is Problem.PROXY
    assert "CANARY" not in f"{failed!r} {failed.__context__!r}"


@pytest.mark.parametrize("address", ["http://127.0.0.1:99999", "http://127.0.0.1:x", "http://", "http://[::1"])
def test_a_proxy_whose_address_is_none_is_named(address: str) -> None:
    assert failure(address).problem is Problem.PROXY


@pytest.mark.parametrize("scheme", ["http", "socks4", "socks5", "socks5h"])
def test_a_proxy_that_is_not_there_is_named(scheme: str, port_of_nobody: int) -> None:
    assert failure(f"{scheme}://127.0.0.1:{port_of_nobody}").problem is Problem.PROXY


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_https_goes_through_a_socks_proxy_with_user_and_password(certificates: Certificates, scheme: str) -> None:
    with Simulator({"id": "v1"}, tls=certificates.good) as simkl, socks_proxy(("us er", "pass/word")) as proxy:
        with session(simkl.url, f"{scheme}://us%20er:pass%2Fword@127.0.0.1:{proxy.port}") as through:
            assert [through.send(CODE).status for _ in range(2)] == [200, 200]
        assert len(simkl.requests) == 2
        assert [host for host, _ in proxy.targets] == ["127.0.0.1"]


def test_a_socks_proxy_that_refuses_is_named_and_its_password_is_not() -> None:
    with socks_proxy(("somebody", "else")) as proxy:
        failed = failure(f"socks5://CANARY:CANARY@127.0.0.1:{proxy.port}")
    assert failed.problem is Problem.PROXY
    assert "CANARY" not in f"{failed!r} {failed.__context__!r}"


@pytest.mark.parametrize("phase", ["connecting", "handshake", "no answer"])
def test_a_request_that_hangs_in_a_socks_proxy_is_ended_at_once(phase: str) -> None:
    with ExitStack() as stack:
        simkl = stack.enter_context(Simulator({"id": "v1"}))
        simkl.fault("/oauth/pin", Hang())
        if phase == "no answer":
            port = stack.enter_context(socks_proxy()).port
        else:
            port = stack.enter_context(silent_listener(accepts=phase == "handshake")).port
        through = stack.enter_context(session(simkl.url, f"socks5://127.0.0.1:{port}"))
        caught: list[Problem] = []

        def send() -> None:
            with pytest.raises(ConnectionFailed) as failed:
                through.send(CODE)
            caught.append(failed.value.problem)

        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive(), "the request does not hang"
        through.close()
        thread.join(5.0)  # before any limit of its own
        assert not thread.is_alive()
        assert caught == [Problem.TIMEOUT]


def test_a_kind_of_proxy_that_can_not_be_used_here_is_named() -> None:
    assert failure("gopher://127.0.0.1:70").problem is Problem.PROXY


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "http://proxy.example:3128"),
        ({"network.usehttpproxy": False}, ""),
        ({"network.httpproxyserver": ""}, ""),
        ({"network.httpproxyserver": "fd00::1"}, "http://[fd00::1]:3128"),
        ({"network.httpproxyserver": "http://127.0.0.1"}, "http://127.0.0.1:3128"),
        ({"network.httpproxyserver": " HTTP://proxy.example/ "}, "http://proxy.example:3128"),
        ({"network.httpproxyserver": "socks5://proxy.example"}, "socks5://proxy.example:3128"),
        ({"network.httpproxyserver": "http://[fd00::1]/"}, "http://[fd00::1]:3128"),
        ({"network.httpproxyserver": " / "}, ""),
        ({"network.httpproxyserver": None}, ""),
        ({"network.httpproxytype": 1}, "socks4://proxy.example:3128"),
        ({"network.httpproxytype": 4}, "socks5h://proxy.example:3128"),
        ({"network.httpproxytype": 99}, "http://proxy.example:3128"),
        (
            {"network.httpproxyusername": "us er", "network.httpproxypassword": "p@ss:w/rd"},
            "http://us%20er:p%40ss%3Aw%2Frd@proxy.example:3128",
        ),
    ],
)
def test_kodis_settings_become_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object], expected: str
) -> None:
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    kodi.own_settings = {**SETTINGS, **changed}
    assert proxy() == expected


def test_without_a_proxy_kodi_is_asked_one_thing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    kodi.own_settings = {"network.usehttpproxy": False}
    proxy()
    assert kodi.asked == ["network.usehttpproxy"]
