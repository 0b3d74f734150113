"""What Kodi announces on its JSON-RPC TCP port, as any client on it sees it."""

from __future__ import annotations

import codecs
import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Iterator

_PING = b'{"jsonrpc": "2.0", "id": 1, "method": "JSONRPC.Ping"}'
_PATIENCE = 10.0
"""Seconds to wait for an answer to it."""


@dataclass(frozen=True)
class Notification:
    """One announcement. ``at`` is when it came, in seconds of ``time.monotonic``.

    ``NotifyAll(sender,message,data)`` of a script arrives with the method ``Other.message``.
    """

    at: float
    method: str
    sender: str
    data: Any


class Announcements:
    """Collects everything announced from now on, on a thread of its own, until closed."""

    def __init__(self, port: int) -> None:
        """Connect to the TCP ``port`` of this machine, and wait until Kodi knows of it: it answers a ping."""
        self._received: list[Notification] = []
        self._lock = threading.Lock()
        self._known = threading.Event()
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._collect, name=f"announcements-{port}", daemon=True)
        self._thread.start()
        self._socket.sendall(_PING)
        if not self._known.wait(_PATIENCE):
            self.close()
            raise TimeoutError(f"waited {_PATIENCE:g} s for an answer on TCP port {port}; there was none")

    def received(self) -> tuple[Notification, ...]:
        """Everything so far, oldest first."""
        with self._lock:
            return tuple(self._received)

    def close(self) -> None:
        """Hang up; what was received stays readable."""
        with suppress(OSError):  # Kodi has hung up before
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _collect(self) -> None:
        decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        pending = ""
        while chunk := self._receive():
            values, pending = _split(pending + decode(chunk))
            if any("result" in value for value in values):
                self._known.set()
            arrived = [_notification(value) for value in values if "method" in value]
            with self._lock:
                self._received += arrived

    def _receive(self) -> bytes:
        try:
            return self._socket.recv(65536)
        except OSError:  # Kodi was killed
            return b""


def _split(text: str) -> tuple[list[dict[str, Any]], str]:
    """The JSON objects that ``text`` begins with, and the rest; Kodi puts nothing between them."""
    values = []
    for value, rest in _objects(text):
        values.append(value)
        text = rest
    return values, text


def _objects(text: str) -> Iterator[tuple[dict[str, Any], str]]:
    decoder = json.JSONDecoder()
    text = text.lstrip()
    while text:
        try:
            value, end = decoder.raw_decode(text)
        except ValueError:  # the rest is still on its way
            return
        text = text[end:].lstrip()
        yield value, text


def _notification(value: dict[str, Any]) -> Notification:
    params = value.get("params") or {}
    return Notification(time.monotonic(), value["method"], params.get("sender", ""), params.get("data"))
