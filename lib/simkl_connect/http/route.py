"""The way to Simkl's server: with TLS, straight or through a proxy, which is Kodi's or else the system's."""

from __future__ import annotations

import os
import socket
import ssl
import sys
from base64 import b64encode
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Iterator, Tuple
from urllib.parse import SplitResult, unquote, urlsplit

from .names import await_name_server
from .sockets import OpenSockets, Way
from .trust import Trust

READ_TIMEOUT = 15.0
"""Seconds without a byte."""
_PORTS = {"http": 80, "https": 443, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080}
_Address = Tuple[str, int]


class ProxyFailed(OSError):
    """There is a proxy, and no connection through it. The cause says why."""


class Route:
    """From here to ``base_url``, through ``proxy`` (an address); where that is empty, through the system's, if any.

    ``prefix`` is what a request says before its path, ``headers`` what it says besides its own, for a proxy to read.
    """

    def __init__(self, base_url: str, proxy: str, sockets: OpenSockets, trust: Trust) -> None:
        self._server = urlsplit(base_url)
        self._proxy = _proxy_before(self._server, proxy)
        self._sockets = sockets
        self._trust = trust
        self._is_relayed = self._proxy is not None and not _is_socks(self._proxy) and self._server.scheme == "http"
        self.prefix = base_url if self._is_relayed else self._server.path
        self.headers = _login(self._proxy) if self._proxy is not None and self._is_relayed else {}

    def connect(self) -> HTTPConnection:
        """A new connection. Raises OSError, which may be ssl.SSLError or :class:`ProxyFailed`."""
        if self._proxy is None:
            return self._opened(self._connection(_address(self._server)))
        try:
            return self._opened(self._through(self._proxy))
        except (OSError, HTTPException, ImportError, ValueError) as error:
            raise ProxyFailed from error

    def _through(self, proxy: SplitResult) -> HTTPConnection:
        server, nearest = _address(self._server), _address(proxy)
        if _is_socks(proxy):
            return self._connection(server)
        if self._is_relayed:
            return HTTPConnection(*nearest)
        if proxy.scheme == "https":
            connection: HTTPConnection = _TlsInTls(nearest, server[0], self._trust.context())
        else:
            connection = self._connection(nearest)
        connection.set_tunnel(*server, headers=_login(proxy))
        return connection

    def _connection(self, address: _Address) -> HTTPConnection:
        if self._server.scheme == "http":
            return HTTPConnection(*address)
        return HTTPSConnection(*address, context=self._trust.context())

    def _opened(self, connection: HTTPConnection) -> HTTPConnection:
        connection._create_connection = self._connect  # type: ignore[attr-defined]  # http.client's place for this
        try:
            connection.connect()
        except BaseException:
            connection.close()
            raise
        connection.sock.settimeout(READ_TIMEOUT)
        return connection

    def _connect(self, address: _Address, *_: object) -> socket.socket:
        """What ``socket.create_connection`` does, with each socket watched before it connects."""
        proxy = self._proxy
        sock = self._sockets.connect(self._ways(address))
        if proxy is not None and proxy.scheme == "https":
            return self._trust.context().wrap_socket(sock, server_hostname=proxy.hostname)
        return sock

    def _ways(self, address: _Address) -> Iterator[Way]:
        """A socket for each address of the server, or of the SOCKS proxy before it."""
        proxy = self._proxy
        if proxy is not None and _is_socks(proxy):
            yield from self._ways_by_socks(proxy, address)
            return
        if proxy is None:  # a proxy may have a name that no server knows
            await_name_server(address[0], self._sockets.watch)
        self._sockets.check()
        for family, kind, protocol, _, found in socket.getaddrinfo(*address, 0, socket.SOCK_STREAM):
            yield socket.socket(family, kind, protocol), found

    def _ways_by_socks(self, proxy: SplitResult, server: _Address) -> Iterator[Way]:
        import socks  # type: ignore[import-untyped]  # PySocks, which is there only if somebody wants it

        version = socks.SOCKS5 if proxy.scheme.startswith("socks5") else socks.SOCKS4
        asks_proxy_for_names = proxy.scheme in ("socks4a", "socks5h")
        if not asks_proxy_for_names:
            await_name_server(server[0], self._sockets.watch)
        self._sockets.check()
        for family, kind, protocol, _, found in socket.getaddrinfo(*_address(proxy), 0, socket.SOCK_STREAM):
            sock = socks.socksocket(family, kind, protocol)
            sock.set_proxy(version, *found[:2], asks_proxy_for_names, *_user_and_password(proxy))
            yield sock, server


class _TlsInTls(HTTPConnection):
    """Through a proxy that is spoken to by TLS itself, in which the server's is wrapped."""

    default_port = 443

    def __init__(self, proxy: _Address, server: str, context: ssl.SSLContext) -> None:
        super().__init__(*proxy)
        self._server = server
        self._context = context

    def connect(self) -> None:
        super().connect()
        from urllib3.util.ssltransport import SSLTransport  # Python's own sockets don't nest; and few have such a proxy

        self.sock = SSLTransport(self.sock, self._context, self._server)


def _proxy_before(server: SplitResult, chosen: str) -> SplitResult | None:
    address = chosen or _proxy_of_the_system(server)
    if not address:
        return None
    try:
        return urlsplit(address if "://" in address else f"http://{address}")
    except ValueError:  # a proxy all the same: what connects will say that it can't be reached
        return SplitResult("", "", "", "", "")


def _proxy_of_the_system(server: SplitResult) -> str:
    """Its address; empty if there is none for ``server``."""
    by_variables = os.name == "posix" and sys.platform != "darwin"
    if by_variables and not any(name.lower().endswith("_proxy") for name in os.environ):
        return ""
    from requests.utils import get_environ_proxies, select_proxy  # here, because it is large, and few need it

    address = server.geturl()
    return select_proxy(address, get_environ_proxies(address)) or ""


def _is_socks(proxy: SplitResult) -> bool:
    return proxy.scheme.startswith("socks")


def _address(place: SplitResult) -> _Address:
    """Raises ValueError if that is none."""
    if not place.hostname or place.scheme not in _PORTS:
        raise ValueError("not an address that can be connected to")
    return place.hostname, place.port or _PORTS[place.scheme]


def _user_and_password(proxy: SplitResult) -> tuple[str | None, str | None]:
    return (unquote(proxy.username), unquote(proxy.password or "")) if proxy.username else (None, None)


def _login(proxy: SplitResult) -> dict[str, str]:
    user, password = _user_and_password(proxy)
    if user is None:
        return {}
    return {"Proxy-Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}
