"""Kodi's own proxy settings are the way every request takes."""

from __future__ import annotations

import base64
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Iterator

import pytest
from fake_kodi import FakeKodi
from simkl_connect.kodi.proxy import proxy
from simkl_connect.problems import Problem
from simkl_connect.transport import ConnectionFailed, Transport
from simkl_connect.wire import Identity, Request
from simkl_simulator import Hang, Simulator, silent_listener
from simkl_simulator.certificates import make_certificates
from simkl_simulator.socks import pump, socks_proxy

CODE = Request("GET", "/oauth/pin")
SETTINGS = {
    "network.usehttpproxy": True,
    "network.httpproxytype": 0,
    "network.httpproxyserver": "proxy.example",
    "network.httpproxyport": 3128,
    "network.httpproxyusername": "",
    "network.httpproxypassword": "",
}


class Tunnel:
    """A proxy that understands CONNECT and asks for a login; ``heads`` are the requests it got."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:  # closed
            return
        with client:
            head = client.recv(4096)
            self.heads.append(head)
            if b"Proxy-Authorization: Basic " + base64.b64encode(b"us er:pass/word") not in head:
                client.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
                return
            host, port = head.split()[1].decode().split(":")
            with socket.create_connection((host, int(port))) as server:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=pump, args=(server, client), daemon=True)
                back.start()
                pump(client, server)
                back.join(5)

    def close(self) -> None:
        self._listener.close()
        self._thread.join(5)


@contextmanager
def transport(url: str, proxy_url: str) -> Iterator[Transport]:
    opened = Transport(Identity(url, "id", "1.2.3", "simkl-connect/1.2.3", proxy_url))
    try:
        yield opened
    finally:
        opened.close()


def port_of_nobody() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def failure(proxy_url: str) -> ConnectionFailed:
    with transport("https://127.0.0.1:9", proxy_url) as through, pytest.raises(ConnectionFailed) as caught:
        through.send(CODE)
    return caught.value


def test_https_goes_through_the_proxy_with_user_and_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates = make_certificates(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.ca))
    tunnel = Tunnel()
    with Simulator({"id": "v1"}, tls=certificates.good) as simkl:
        with transport(simkl.url, f"http://us%20er:pass%2Fword@127.0.0.1:{tunnel.port}") as through:
            assert through.send(CODE).status == 200
        assert len(simkl.requests) == 1
    tunnel.close()
    assert b"client_id" not in tunnel.heads[0]


def test_a_proxy_that_refuses_is_named_and_its_password_is_not() -> None:
    tunnel = Tunnel()
    failed = failure(f"http://CANARY:CANARY@127.0.0.1:{tunnel.port}")
    tunnel.close()
    assert failed.problem is Problem.PROXY
    assert "CANARY" not in f"{failed!r} {failed.__context__!r}"


@pytest.mark.parametrize("scheme", ["http", "socks4", "socks5", "socks5h"])
def test_a_proxy_that_is_not_there_is_named(scheme: str) -> None:
    assert failure(f"{scheme}://127.0.0.1:{port_of_nobody()}").problem is Problem.PROXY


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_https_goes_through_a_socks_proxy_with_user_and_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    certificates = make_certificates(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.ca))
    with Simulator({"id": "v1"}, tls=certificates.good) as simkl, socks_proxy(("us er", "pass/word")) as proxy:
        with transport(simkl.url, f"{scheme}://us%20er:pass%2Fword@127.0.0.1:{proxy.port}") as through:
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
        through = stack.enter_context(transport(simkl.url, f"socks5://127.0.0.1:{port}"))
        caught: list[Problem] = []

        def send() -> None:
            with pytest.raises(ConnectionFailed) as failed:
                through.send(CODE)
            caught.append(failed.value.problem)

        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive(), "the request does not hang"
        started = time.monotonic()
        through.close()
        thread.join(5.0)
        assert time.monotonic() - started < 1.0
        assert caught == [Problem.TIMEOUT]


def test_a_kind_of_proxy_that_can_not_be_used_here_is_named() -> None:
    assert failure("gopher://127.0.0.1:70").problem is Problem.PROXY


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "http://proxy.example:3128"),
        ({"network.usehttpproxy": False}, ""),
        ({"network.httpproxyserver": ""}, ""),
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


def test_the_password_is_not_in_the_identitys_repr() -> None:
    assert "CANARY" not in repr(Identity("https://api.simkl.com", "id", "1", "ua", "http://u:CANARY@proxy"))
