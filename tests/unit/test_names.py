"""A look-up, which nothing can end, is begun only when a name server lives."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import Any, Iterator

import pytest
from simkl_connect.errors import ConnectionFailed, Problem
from simkl_connect.http import names
from simkl_connect.http.messages import ClientInfo, Request
from simkl_connect.http.session import Transport
from simkl_connect.http.trust import Trust

HOST = "simkl.example"


@pytest.fixture
def name_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The only one there is. It says nothing by itself."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5.0)
        servers = tmp_path / "resolv.conf"
        servers.write_text(
            "# by hand\nsearch lan\nnameserver 127.0.0.1 # ours\nnameserver\noptions edns0\n", encoding="ascii"
        )
        monkeypatch.setattr(names, "SERVERS_FILE", str(servers))
        monkeypatch.setattr(names, "PORT", server.getsockname()[1])
        yield server


@pytest.fixture
def transport() -> Iterator[Transport]:
    opened = Transport(ClientInfo(f"https://{HOST}", "id", "1", "agent"), Trust())
    yield opened
    opened.close()


def nobody(_sock: socket.socket) -> None:
    """Watches nothing."""


def test_an_answer_of_any_kind_is_a_sign_of_life(name_server: socket.socket) -> None:
    def answer() -> None:
        question, client = name_server.recvfrom(512)
        name_server.sendto(question[:2], client)

    thread = threading.Thread(target=answer)
    thread.start()
    names.await_name_server(HOST, nobody)
    thread.join()


def test_the_question_is_one_for_the_address_of_the_host(
    name_server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "PATIENCE", 0.01)
    with pytest.raises(socket.gaierror):
        names.await_name_server(HOST, nobody)
    assert name_server.recv(512)[12:] == b"\x05simkl\x07example\x00\x00\x01\x00\x01"


@pytest.mark.usefixtures("name_server")
def test_silence_is_what_a_look_up_would_end_in(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "PATIENCE", 0.01)
    with pytest.raises(ConnectionFailed) as failed:
        transport.send(Request("GET", "/oauth/pin"))
    assert failed.value.problem is Problem.OFFLINE


def test_a_server_that_is_not_there_is_left_to_the_look_up(name_server: socket.socket) -> None:
    name_server.close()
    names.await_name_server(HOST, nobody)


def test_where_servers_are_not_known_the_look_up_is_begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(names, "SERVERS_FILE", str(tmp_path / "none"))
    names.await_name_server(HOST, nobody)


@pytest.mark.usefixtures("name_server")
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_some_hosts_need_no_server(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "PATIENCE", 0.01)
    names.await_name_server(host, nobody)


def test_waiting_for_a_server_is_ended_at_once(name_server: socket.socket, transport: Transport) -> None:
    caught: list[Problem] = []

    def send() -> None:
        with pytest.raises(ConnectionFailed) as failed:
            transport.send(Request("GET", "/oauth/pin"))
        caught.append(failed.value.problem)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    assert name_server.recv(512)
    started = time.monotonic()
    transport.close()
    thread.join(5.0)
    assert time.monotonic() - started < 1.0
    assert caught == [Problem.TIMEOUT]


def test_android_asks_others_than_those_in_the_file(
    name_server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANDROID_ROOT", "/system")
    name_server.settimeout(0.0)
    names.await_name_server(HOST, nobody)
    with pytest.raises(BlockingIOError):
        name_server.recv(512)


def test_a_name_is_none_by_an_error_of_another_add_ons_class_too(
    name_server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Python 3.9.0 to 3.9.5 raises it in Kodi."""
    look_up = socket.getaddrinfo

    def foreign(host: str, *rest: Any, **options: Any) -> Any:
        if host == HOST:
            raise type("gaierror", (OSError,), {})
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", foreign)
    monkeypatch.setattr(names, "PATIENCE", 0.01)
    with pytest.raises(socket.gaierror, match="no name server"):
        names.await_name_server(HOST, nobody)


def test_a_closed_transport_begins_no_look_up(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "SERVERS_FILE", "/nowhere")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_rest, **_options: pytest.fail("a look-up"))
    monkeypatch.setattr(names, "_is_address", lambda _host: False)
    transport.close()
    with pytest.raises(ConnectionFailed):
        transport.send(Request("GET", "/oauth/pin"))
