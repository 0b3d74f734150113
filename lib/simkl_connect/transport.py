"""Bytes to Simkl and back: one kept-alive connection, with limits, and errors that have a name.

This module imports ``requests`` (half a second on a slow box): import it where the first request is made.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from typing import Any, Callable, Iterator

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, ProxySchemeUnknown, ReadTimeoutError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError

from .names import await_name_server
from .problems import Problem
from .wire import Identity, Request, Response

CONNECT_TIMEOUT = 7.0
"""Seconds for each address of the server."""
READ_TIMEOUT = 15.0
"""Seconds without a byte."""
LARGEST_BODY = 64 * 1024
"""Bytes, after unpacking."""
_CHUNK = 1024
"""Bytes; small, so that a compressed bomb unpacks to little before it is noticed."""

for _name in ("urllib3", "requests"):  # their messages quote addresses, and an address can hold a user code
    _logger = logging.getLogger(_name)
    _logger.addHandler(logging.NullHandler())
    _logger.propagate = False


class ConnectionFailed(Exception):
    """No usable response came. ``problem`` is for the user; the text is for the log and quotes nothing."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


class Transport:
    """A client of Simkl's API. ``send`` blocks and belongs on a worker thread; ``interrupt`` and ``close`` may be
    called from any other and end it within milliseconds, in every phase but the name look-up: see ``names.py``.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._sockets = _OpenSockets()
        self._session = requests.Session()
        self._session.headers = {
            "User-Agent": identity.user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "keep-alive",
        }
        if identity.proxy:
            self._session.proxies = {"http": identity.proxy, "https": identity.proxy}
        adapter = _InterruptibleAdapter(self._sockets)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def send(self, request: Request) -> Response:
        """The response, read whole. Raises :class:`ConnectionFailed`."""
        self._sockets.interrupted = self._sockets.closed
        try:
            return self._exchange(request)
        except (requests.RequestException, HTTPError, OSError, SystemError) as error:
            failure = self._name(error)
        raise failure  # outside the except block: the original quotes the address, and must not travel along

    def interrupt(self) -> None:
        """Ends the request in flight, as a time-out; the next one opens a new connection."""
        self._sockets.shutdown()

    def close(self) -> None:
        """Ends the request in flight and every one to come."""
        self._sockets.closed = True
        self._sockets.shutdown()
        self._session.close()

    def _exchange(self, request: Request) -> Response:
        identity = self._identity
        with self._session.request(
            request.method,
            identity.base_url + request.path,
            params={
                "client_id": identity.client_id,
                "app-name": "simkl-connect",
                "app-version": identity.app_version,
            },
            data=request.form,
            json=request.json,
            auth=_authorize_with(request),
            timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
            allow_redirects=False,
            stream=True,
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Response(response.status_code, headers, _read_capped(response))

    def _name(self, error: BaseException) -> ConnectionFailed:
        kinds = list(_chain(error))
        detail = "/".join(dict.fromkeys(type(kind).__name__ for kind in kinds))
        if self._sockets.interrupted:
            return ConnectionFailed(Problem.TIMEOUT, f"no whole answer in time ({detail})")
        for causes, problem in _PROBLEM_BY_CAUSE:
            if any(_is_one_of(causes, kind) for kind in kinds):
                return ConnectionFailed(problem, detail)
        return ConnectionFailed(Problem.OFFLINE, detail)


_PROBLEM_BY_CAUSE: tuple[tuple[tuple[type[BaseException], ...], Problem], ...] = (
    (
        (requests.exceptions.ProxyError, requests.exceptions.InvalidSchema, ProxySchemeUnknown),
        Problem.PROXY,
    ),
    ((ssl.SSLError, requests.exceptions.SSLError, SystemError), Problem.TLS),
    ((socket.timeout, requests.Timeout, ReadTimeoutError, Urllib3TimeoutError), Problem.TIMEOUT),
    ((requests.exceptions.ContentDecodingError,), Problem.BAD_ANSWER),
)


def _is_one_of(causes: tuple[type[BaseException], ...], error: BaseException) -> bool:
    """By name as well: Python 3.9.0 to 3.9.5 (Debian 11) has C code raise the classes of whichever interpreter loaded
    it last, and in Kodi that is another add-on's; ``ssl`` trips over a bad certificate then, with a SystemError.
    """
    names = {cause.__name__ for cause in causes}
    return isinstance(error, causes) or any(kind.__name__ in names for kind in type(error).__mro__)


class BodyTooLarge(requests.exceptions.ContentDecodingError):
    """More than :data:`LARGEST_BODY` bytes."""


def _authorize_with(request: Request) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Sets the Bearer token; given for every request, because ``requests`` would look into ~/.netrc otherwise."""

    def authorize(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        if request.bearer is not None:
            prepared.headers["Authorization"] = f"Bearer {request.bearer.reveal()}"
        return prepared

    return authorize


def _read_capped(response: requests.Response) -> bytes:
    body = b""
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BodyTooLarge
    return body


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what caused it; urllib3 keeps causes in ``reason`` and ``args`` as well."""
    seen: list[int] = []
    pending: list[Any] = [error]
    while pending:
        current = pending.pop(0)
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.append(id(current))
            yield current
            pending += [getattr(current, "reason", None), *current.args, current.__cause__, current.__context__]


class _OpenSockets:
    """A second descriptor of every socket in use: shutting it down ends a call that another thread sits in.

    It is taken before the socket connects; wrapping it for TLS detaches the socket object, not this copy.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._copies: list[socket.socket] = []
        self.interrupted = False
        self.closed = False

    def watch(self, sock: socket.socket) -> None:
        """Keeps a copy of the one socket that a kept-alive connection uses, in place of an older one."""
        with self._lock:
            self._forget()
            self._copies.append(sock.dup())
        if self.closed:
            self.shutdown()

    def shutdown(self) -> None:
        self.interrupted = True
        with self._lock:
            for copy in self._copies:
                try:
                    copy.shutdown(socket.SHUT_RDWR)
                except OSError:  # not connected any more
                    continue
            self._forget()

    def _forget(self) -> None:
        for copy in self._copies:
            copy.close()
        self._copies.clear()


class _InterruptibleAdapter(HTTPAdapter):
    """An adapter whose connections make their sockets where :class:`_OpenSockets` sees them."""

    def __init__(self, sockets: _OpenSockets) -> None:
        self._sockets = sockets
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[no-untyped-call]
        _watch(self.poolmanager, self._sockets)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **kwargs)  # type: ignore[no-untyped-call]
        if is_new:
            _watch(manager, self._sockets)
        return manager


def _watch(manager: Any, sockets: _OpenSockets) -> None:
    """Has the pools of ``manager`` connect by :func:`_connect`."""

    def watched(pool: Any) -> Any:
        class Connection(pool.ConnectionCls):  # type: ignore[misc]
            def _new_conn(self) -> socket.socket:
                return _connect(self, sockets)

        class Pool(pool):  # type: ignore[misc]
            ConnectionCls = Connection

        return Pool

    own = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: watched(pool) for scheme, pool in own.items()}


def _connect(connection: HTTPConnection, sockets: _OpenSockets) -> socket.socket:
    """What ``socket.create_connection`` does, with each socket watched before it connects. Raises OSError."""
    failure: OSError = socket.gaierror("no address for this name")
    for sock, address in _ways(connection, sockets):
        try:
            for option in connection.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(CONNECT_TIMEOUT)
            sockets.watch(sock)
            sock.connect(address)
        except OSError as error:
            failure = error
        else:
            if not sockets.interrupted:
                return sock
        sock.close()
        if sockets.interrupted:  # connecting may have ended in success then, or in EPIPE, which urllib3 passes over
            raise ConnectionAbortedError("interrupted")
    raise failure


def _ways(connection: HTTPConnection, sockets: _OpenSockets) -> Iterator[tuple[socket.socket, Any]]:
    """A new socket and what it is to connect to, for each address of the server, or of the SOCKS proxy before it."""
    server = (connection.host.strip("[]"), connection.port)
    proxy = getattr(connection, "_socks_options", None)
    if proxy is None:
        if getattr(connection, "proxy", None) is None:  # that may have a name which no server knows
            await_name_server(server[0], sockets.watch)
        if sockets.interrupted:
            raise ConnectionAbortedError("interrupted")
        for family, kind, protocol, _, address in socket.getaddrinfo(*server, 0, socket.SOCK_STREAM):
            yield socket.socket(family, kind, protocol), address
        return
    import socks  # type: ignore[import-untyped]  # PySocks; without it urllib3 makes no such connections

    if not proxy["rdns"]:
        await_name_server(server[0], sockets.watch)
    nearest = (proxy["proxy_host"], proxy["proxy_port"])
    for family, kind, protocol, _, address in socket.getaddrinfo(*nearest, 0, socket.SOCK_STREAM):
        sock = socks.socksocket(family, kind, protocol)
        sock.set_proxy(proxy["socks_version"], *address[:2], proxy["rdns"], proxy["username"], proxy["password"])
        yield sock, server
