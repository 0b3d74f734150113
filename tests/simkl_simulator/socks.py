"""A SOCKS5 proxy (RFC 1928, RFC 1929) on this machine."""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import contextmanager
from typing import Iterator, cast

VERSION, OPEN, LOGIN, NO_METHOD = 5, 0, 2, 255
IPV4, NAME = 1, 3


class SocksProxy(socketserver.ThreadingTCPServer):
    """``targets``: where it was asked to go. With ``login``, user and password, nobody else may use it."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, login: tuple[str, str] | None) -> None:
        super().__init__(("127.0.0.1", 0), _Client)
        self.login = login
        self.targets: list[tuple[str, int]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def socks_proxy(login: tuple[str, str] | None = None) -> Iterator[SocksProxy]:
    """A running one."""
    with SocksProxy(login) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()


class _Client(socketserver.BaseRequestHandler):
    """One connection. A client that hangs up, or speaks something else, is left."""

    def handle(self) -> None:
        proxy = cast(SocksProxy, self.server)
        try:
            if not self._is_welcome(proxy.login):
                return
            target = self._target()
            proxy.targets.append(target)
            with socket.create_connection(target) as far:
                self.request.sendall(bytes([VERSION, 0, 0, IPV4]) + bytes(6))
                back = threading.Thread(target=pump, args=(far, self.request), daemon=True)
                back.start()
                pump(self.request, far)
                back.join()
        except OSError:  # one of the two has gone
            return

    def _is_welcome(self, login: tuple[str, str] | None) -> bool:
        _, count = self._read(2)
        offered = self._read(count)
        method = OPEN if login is None else LOGIN
        self.request.sendall(bytes([VERSION, method if method in offered else NO_METHOD]))
        if login is None or method not in offered:
            return method in offered
        self._read(1)
        given = (self._read_text(), self._read_text())
        self.request.sendall(bytes([1, 0 if given == login else 1]))
        return given == login

    def _target(self) -> tuple[str, int]:
        _, _, _, kind = self._read(4)
        host = self._read_text() if kind == NAME else socket.inet_ntoa(self._read(4))
        return host, int.from_bytes(self._read(2), "big")

    def _read_text(self) -> str:
        return self._read(self._read(1)[0]).decode()

    def _read(self, count: int) -> bytes:
        """Exactly so many bytes. Raises ConnectionError."""
        read = b""
        while len(read) < count:
            more = self.request.recv(count - len(read))
            if not more:
                raise ConnectionResetError
            read += more
        return read


def pump(source: socket.socket, target: socket.socket) -> None:
    """Hands on what comes, until one side has gone."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)
    except OSError:  # the other side has gone
        return
