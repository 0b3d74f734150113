"""A server on one thread that says what it is told, a connection at a time; it reads each request whole."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Iterator, Sequence

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class ScriptedServer:
    """``requests``: all that came, head and body. ``ended``: set after each connection."""

    url: str
    requests: list[bytes] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)


def read_request(sock: socket.socket) -> bytes:
    """Head and body; empty or cut if the other side has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(4096)
        if not more:
            return data
        data += more
    length = re.search(rb"\r\ncontent-length: *(\d+)", data, re.IGNORECASE)
    whole = data.index(b"\r\n\r\n") + 4 + (int(length[1]) if length else 0)
    while len(data) < whole:
        data += sock.recv(4096)
    return data


@contextmanager
def scripted_server(*connections: Sequence[bytes], waits: bool = False) -> Iterator[ScriptedServer]:
    """Takes as many connections as it has scripts, gives each request the next reply, then closes the connection.

    ``waits``: closes it not before the client has.
    """

    def serve() -> None:
        for replies in connections:
            try:
                client, _ = listener.accept()
            except OSError:  # nobody came
                return
            with client:
                client.settimeout(5.0)
                for reply in replies:
                    server.requests.append(read_request(client))
                    client.sendall(reply)
                if waits:
                    assert client.recv(1) == b""
            server.ended.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5.0)
        server = ScriptedServer(f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server
        thread.join(10.0)
        assert not thread.is_alive()
