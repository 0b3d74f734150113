"""Misbehaviour on demand: what networks, proxies, portals and broken servers do to an answer.

Each fault is data, played instead of the answer to one request. All of them end when the server closes.
"""

from __future__ import annotations

import gzip
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Mapping

from .messages import Response, api_error

CHUNK = 65536
"""Bytes written at a time by the large faults."""

PORTAL = "<html><head><title>Hotel WiFi</title></head><body>Please accept our terms.</body></html>"
JSON = {"Content-Type": "application/json"}


class Wire(ABC):
    """What a fault can do to the connection on which the request came."""

    @abstractmethod
    def answer(self, response: Response) -> None:
        """Write a complete response; the connection stays open."""

    @abstractmethod
    def send(self, data: bytes) -> None:
        """Write raw bytes at once."""

    @abstractmethod
    def wait(self, seconds: float | None = None) -> bool:
        """Wait, without end if ``seconds`` is None; True as soon as the server is closing."""

    @abstractmethod
    def hang_up(self) -> None:
        """End the connection in the regular way (FIN)."""

    @abstractmethod
    def reset(self) -> None:
        """End the connection with a reset (RST)."""


class Fault(ABC):
    """One way to misbehave. ``logged_status``: the HTTP status for the request log, 0 if no status line is sent."""

    @property
    def logged_status(self) -> int:
        return 0

    @abstractmethod
    def play(self, wire: Wire) -> None:
        """Misbehave on this connection."""


class Spoilt(Fault):
    """A fault that begins like a good answer."""

    @property
    def logged_status(self) -> int:
        return 200


class Reply(Fault):
    """A fault that is a well-formed HTTP response."""

    @property
    def logged_status(self) -> int:
        return self.response().status

    def play(self, wire: Wire) -> None:
        wire.answer(self.response())

    @abstractmethod
    def response(self) -> Response:
        """What is answered."""


@dataclass(frozen=True)
class Status(Reply):
    """A status code, such as a 503 of the load balancer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        return Response(self.status, self.body, self.headers)


@dataclass(frozen=True)
class ApiError(Reply):
    """An error as the API writes it, such as 429 ``user_limit_exceeded``. ``retry_after``: seconds, for the header."""

    status: int
    error: str
    retry_after: int | None = None

    def response(self) -> Response:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return api_error(self.status, self.error, "as the test asked for", headers)


@dataclass(frozen=True)
class Body(Reply):
    """These bytes as the body. ``headers`` win over the computed ones, ``Content-Length`` too."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: dict(JSON))
    status: int = 200

    def response(self) -> Response:
        return Response(self.status, self.body, self.headers)


@dataclass(frozen=True)
class Html(Reply):
    """A captive portal's page in place of the answer."""

    page: str = PORTAL
    status: int = 200

    def response(self) -> Response:
        return Response(self.status, self.page.encode(), {"Content-Type": "text/html; charset=utf-8"})


@dataclass(frozen=True)
class Redirect(Reply):
    """Away to another address."""

    url: str
    status: int = 302

    def response(self) -> Response:
        return Response(self.status, b"", {"Location": self.url})


@dataclass(frozen=True)
class CutJson(Reply):
    """A complete HTTP response whose JSON stops in the middle."""

    value: object = field(default_factory=lambda: {"result": "OK", "access_token": "0" * 64})
    status: int = 200

    def response(self) -> Response:
        text = json.dumps(self.value).encode()
        return Response(self.status, text[: len(text) // 2], JSON)


@dataclass(frozen=True)
class GzipBomb(Spoilt):
    """A small gzip body that unpacks to ``size`` bytes of blanks."""

    size: int

    def play(self, wire: Wire) -> None:
        body = gzip.compress(b" " * self.size, compresslevel=1)
        wire.answer(Response(200, body, {**JSON, "Content-Encoding": "gzip"}))


@dataclass(frozen=True)
class Huge(Spoilt):
    """A body of ``size`` bytes. ``declared``: whether ``Content-Length`` says so beforehand."""

    size: int
    declared: bool = True

    def play(self, wire: Wire) -> None:
        length = {"Content-Length": str(self.size)} if self.declared else {}
        wire.send(_head(200, {**JSON, **length}))
        left = self.size
        while left > 0 and not wire.wait(0):
            wire.send(b" " * min(CHUNK, left))
            left -= CHUNK
        wire.hang_up()


@dataclass(frozen=True)
class Drip(Spoilt):
    """A body that comes byte by byte; with ``head`` the status line and headers come that way too."""

    body: bytes
    seconds_per_byte: float
    head: bool = False

    def play(self, wire: Wire) -> None:
        head = _head(200, {**JSON, "Content-Length": str(len(self.body))})
        if not self.head:
            wire.send(head)
        for byte in head + self.body if self.head else self.body:
            if wire.wait(self.seconds_per_byte):
                break
            wire.send(bytes([byte]))
        wire.hang_up()


@dataclass(frozen=True)
class Hang(Fault):
    """Never an answer; the connection stays open."""

    def play(self, wire: Wire) -> None:
        wire.wait()
        wire.hang_up()


@dataclass(frozen=True)
class CloseEmpty(Fault):
    """The connection ends in the regular way before any byte of an answer."""

    def play(self, wire: Wire) -> None:
        wire.hang_up()


@dataclass(frozen=True)
class ResetBefore(Fault):
    """A reset before any byte of an answer."""

    def play(self, wire: Wire) -> None:
        wire.reset()


@dataclass(frozen=True)
class CloseMidBody(Spoilt):
    """The connection ends in the regular way in the middle of a body, which looks complete to who doesn't count."""

    sent: bytes = b'{"result": "OK"}'
    missing: int = 100

    def play(self, wire: Wire) -> None:
        wire.send(_head(200, {**JSON, "Content-Length": str(len(self.sent) + self.missing)}) + self.sent)
        wire.hang_up()


@dataclass(frozen=True)
class ResetMidBody(Spoilt):
    """A reset in the middle of a body. ``pause``: seconds for the first part to arrive before the reset."""

    sent: bytes = b'{"result": "OK", '
    missing: int = 100
    pause: float = 0.05

    def play(self, wire: Wire) -> None:
        wire.send(_head(200, {**JSON, "Content-Length": str(len(self.sent) + self.missing)}) + self.sent)
        wire.wait(self.pause)
        wire.reset()


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Simulated", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
