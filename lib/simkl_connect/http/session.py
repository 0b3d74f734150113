"""Bytes to Simkl and back: one kept-alive connection, with limits, and errors that have a name.

What this module imports takes a tenth of a second on a slow box: import it where the first request is made.
"""

from __future__ import annotations

import json
import selectors
import socket
import ssl
import threading
import zlib
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import Iterator
from urllib.parse import urlencode

from ..errors import ConnectionFailed, Problem
from .messages import ClientInfo, Request, Response
from .route import ProxyFailed, Route
from .sockets import OpenSockets
from .trust import Trust

LARGEST_BODY = 64 * 1024
"""Bytes, before and after unpacking."""
_ANY_ZIP = 32 + zlib.MAX_WBITS
"""zlib's sign for both gzip and deflate."""


class BadResponse(HTTPException):
    """A body of more than :data:`LARGEST_BODY` bytes, or not packed as its head says, or a head that is none."""


class Transport:
    """A client of Simkl's API. ``send`` blocks and belongs on a worker thread; ``interrupt`` and ``close`` may be
    called from any other and end it within milliseconds, in every phase but the name look-up: see ``names.py``.
    """

    def __init__(self, identity: ClientInfo, trust: Trust) -> None:
        self._identity = identity
        self._sockets = OpenSockets()
        self._route = Route(identity.base_url, identity.proxy, self._sockets, trust)
        self._connection: HTTPConnection | None = None
        self._busy = threading.Lock()

    def send(self, request: Request) -> Response:
        """The response, read whole. Redirects are not followed. Raises :class:`ConnectionFailed`."""
        with self._busy:
            self._sockets.interrupted = self._sockets.closed
            whole = False
            try:
                response = self._exchange(request)
                self._sockets.check()  # what an interruption has cut off can look whole
                whole = True
                return response
            except (OSError, HTTPException, SystemError) as error:
                failure = self._name(error)
            finally:
                if not whole or self._sockets.closed:
                    self._hang_up()
        raise failure  # outside the except block: the original may quote the address, and must not travel along

    def interrupt(self) -> None:
        """Ends the request in flight, as a time-out; the next one opens a new connection."""
        self._sockets.shutdown()

    def close(self) -> None:
        """Ends the request in flight and every one to come."""
        self._sockets.closed = True
        self._sockets.shutdown()
        if self._busy.acquire(blocking=False):  # otherwise whoever sends does it
            self._hang_up()
            self._busy.release()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._sockets.forget()

    def _exchange(self, request: Request) -> Response:
        connection = self._open()
        headers = {"User-Agent": self._identity.user_agent, "Accept": "application/json", **self._route.headers}
        body = None
        if request.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(request.form)
        elif request.json is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(request.json)
        if request.bearer is not None:
            headers["Authorization"] = f"Bearer {request.bearer.reveal()}"
        connection.request(request.method, self._target(request), body, headers)
        try:
            with connection.getresponse() as response:
                heads = {name.lower(): value for name, value in response.getheaders()}
                return Response(response.status, heads, _read_capped(response))
        except (TypeError, ValueError) as error:  # http.client and email fall over some heads and chunks
            raise BadResponse from error

    def _open(self) -> HTTPConnection:
        if self._connection is None or self._connection.sock is None or _has_ended(self._connection.sock):
            self._hang_up()
            self._connection = self._route.connect()
        return self._connection

    def _target(self, request: Request) -> str:
        identity = self._identity
        query = {"client_id": identity.client_id, "app-name": "simkl-connect", "app-version": identity.app_version}
        return f"{self._route.prefix}{request.path}?{urlencode(query)}"

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
    ((ssl.SSLError, FileNotFoundError, SystemError), Problem.TLS),  # the file: of certificates
    ((socket.timeout,), Problem.TIMEOUT),
    ((ProxyFailed,), Problem.PROXY),
    ((BadResponse,), Problem.BAD_ANSWER),
)


def _is_one_of(causes: tuple[type[BaseException], ...], error: BaseException) -> bool:
    """By name as well: Python 3.9.0 to 3.9.5 (Debian 11) has C code raise the classes of whichever interpreter loaded
    it last, and in Kodi that is another add-on's; ``ssl`` trips over a bad certificate then, with a SystemError.
    """
    names = {cause.__name__ for cause in causes}
    return isinstance(error, causes) or any(kind.__name__ in names for kind in type(error).__mro__)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _has_ended(sock: socket.socket) -> bool:
    """Whether the server has hung up since the last response, or said what nobody has asked for."""
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(0))


def _read_capped(response: HTTPResponse) -> bytes:
    """The body, unpacked, which was not asked for. Raises HTTPException."""
    body = response.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY or response.status < 200:  # such a status announces another response
        raise BadResponse
    if response.length:
        raise IncompleteRead(b"")
    packed = response.getheader("Content-Encoding", "identity").strip().lower() in ("gzip", "x-gzip", "deflate")
    return _unpack(body) if packed and body else body


def _unpack(body: bytes) -> bytes:
    """Raises BadResponse."""
    unpacker = zlib.decompressobj(_ANY_ZIP)
    try:
        unpacked = unpacker.decompress(body, LARGEST_BODY)
    except zlib.error as error:
        raise BadResponse from error
    if not unpacker.eof or unpacker.unused_data:
        raise BadResponse
    return unpacked
