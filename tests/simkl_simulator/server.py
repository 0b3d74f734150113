"""The plumbing: sockets, threads, TLS and HTTP/1.1, on 127.0.0.1 only."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Callable, Tuple
from urllib.parse import parse_qsl, unquote, urlsplit

from .faults import Wire
from .messages import Request, Response

MAX_BODY = 1 << 20
"""Bytes of a request's body; nothing Simkl documents comes near."""

Answerer = Callable[[Request, int], Tuple[Callable[[Wire], None], float]]
"""Tells for a request, and the number of its connection, what to play and after how many seconds."""


class Server(ThreadingHTTPServer):
    """Accepts connections, each served by its own thread. ``close`` ends all of them at once."""

    daemon_threads = False  # so that closing waits for every thread, and none is left behind
    request_queue_size = 128

    def __init__(self, answerer: Answerer, port: int, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.answerer = answerer
        self.closing = threading.Event()
        self.accepted = 0
        self._tls = tls
        self._lock = threading.Lock()
        self._open: dict[socket.socket, int] = {}
        self._to_reset: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, name="simkl-simulator")

    def start(self) -> None:
        """Begin to accept."""
        self._thread.start()

    def close(self) -> None:
        """Hang up on everybody and wait for all threads to end."""
        if self.closing.is_set():
            return
        self.closing.set()
        if self._thread.ident is not None:
            self._wake()
            self._thread.join()
        with self._lock:
            left = list(self._open)
        for connection in left:
            _cut(connection)
        self.server_close()

    def _accept(self) -> None:
        while not self.closing.is_set():
            self.handle_request()  # waits for one connection, and hands it to a thread of its own

    def _wake(self) -> None:
        try:
            socket.create_connection(("127.0.0.1", self.server_port), timeout=1).close()
        except OSError:  # the queue is full: the accept loop is awake
            return

    def connection_number(self, connection: socket.socket) -> int:
        """Counted from 1 in the order of acceptance."""
        with self._lock:
            return self._open[connection]

    def reset(self, connection: socket.socket) -> None:
        """Make the end of this connection a reset (RST) instead of a regular one (FIN)."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with self._lock:
            self._to_reset.add(connection)

    # Called by the standard library's server

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own would ask the DNS for this machine's name, which may take long
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.closing.is_set():
            connection.close()
            raise OSError("no more connections")  # which the base class takes for a client that has gone
        if self._tls is not None:
            connection = self._wrap(connection, self._tls)
        with self._lock:
            self.accepted += 1
            self._open[connection] = self.accepted
        return connection, address

    @staticmethod
    def _wrap(connection: socket.socket, tls: ssl.SSLContext) -> ssl.SSLSocket:
        try:
            return tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        except OSError:  # the client has gone already
            connection.close()
            raise

    def finish_request(self, request: Any, client_address: Any) -> None:
        if isinstance(request, ssl.SSLSocket):
            request.do_handshake()  # here and not in get_request: a client may take its time, others shall not wait
        super().finish_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.pop(request, None)
            reset = request in self._to_reset
            self._to_reset.discard(request)
        if reset:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # OSError, ssl.SSLError too: the client has gone or refuses us
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Reads the requests of one connection and plays what the server says."""

    protocol_version = "HTTP/1.1"
    server_version = "SimklSimulator"
    disable_nagle_algorithm = True
    wbufsize = -1  # buffered: head and body leave in one piece
    server: Server

    def _serve(self) -> None:
        body = self._read_body()
        if body is None:
            return
        play, delay = self.server.answerer(self._request(body), self.server.connection_number(self.connection))
        if self.server.closing.wait(delay) if delay > 0 else self.server.closing.is_set():
            self.close_connection = True
            return
        play(HandlerWire(self))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve  # noqa: N815 - http.server wants these names

    def _read_body(self) -> bytes | None:
        """The whole body; None if there is no use in an answer from the endpoints."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self._refuse(411)
            return None
        if int(length) > MAX_BODY:
            self._refuse(413)
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):  # the client has gone
            self.close_connection = True
            return None
        return body

    def _refuse(self, status: int) -> None:
        self.write(Response(status, headers={"Connection": "close"}))

    def _request(self, body: bytes) -> Request:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, unquote(url.path), query, headers, body, self.client_address[0])

    def write(self, response: Response) -> None:
        """Write a whole response and keep the connection, unless a header says otherwise."""
        self.send_response(response.status)
        for name, value in {"Content-Length": str(len(response.body)), **response.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def handle_expect_100(self) -> bool:
        wanted = super().handle_expect_100()
        self.wfile.flush()  # or both sides would wait for each other
        return wanted

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the request log is kept elsewhere."""


class HandlerWire(Wire):
    """A fault's hands on one connection."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def answer(self, response: Response) -> None:
        self._handler.write(response)

    def send(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def wait(self, seconds: float | None = None) -> bool:
        return self._handler.server.closing.wait(seconds)

    def hang_up(self) -> None:
        self._handler.close_connection = True

    def reset(self) -> None:
        self._handler.server.reset(self._handler.connection)
        self._handler.close_connection = True


def _cut(connection: socket.socket) -> None:
    """End a connection under its thread's feet, below TLS: nobody waits for a goodbye."""
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:  # it has ended by itself
        return
