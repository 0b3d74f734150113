"""A request as it was read and a response before it is written: all that the endpoints know of HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Mapping
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Request:
    """One HTTP request, read whole. Header names are lower case; ``path`` is decoded and has no query."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = "127.0.0.1"

    @property
    def content_type(self) -> str:
        """The media type alone, lower case, without parameters such as ``charset``."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def form(self) -> dict[str, str] | None:
        """The fields of a form-encoded body; None if it is no form, or names a field twice.

        Empty fields count as absent, repeated ones as an error (RFC 6749, section 3.2).
        """
        if self.content_type != "application/x-www-form-urlencoded":
            return None
        pairs = parse_qsl(self.body.decode("utf-8", "replace"))
        fields = dict(pairs)
        return fields if len(fields) == len(pairs) else None


@dataclass(frozen=True)
class Response:
    """One HTTP answer. ``outcome`` is for the request log alone; ``headers`` win over the computed ones."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""


@dataclass(frozen=True)
class RequestRecord:
    """What the log keeps of one request.

    ``time``: seconds of the simulator's clock at arrival. ``connection``: number of its TCP connection, from 1.
    ``headers``: names in lower case. ``form``: fields of a form-encoded body, otherwise empty. ``status``: 0 if a fault
    sent no status line. ``outcome``: what it meant, such as "pending", "granted", an error id, or "fault:Hang".
    """

    time: float
    connection: int
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes
    status: int
    outcome: str


class Refused(Exception):
    """Raised by an endpoint's check to end the request with this response."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.outcome)
        self.response = response


def json_response(status: int, value: object, outcome: str, headers: Mapping[str, str] | None = None) -> Response:
    """``value`` as a JSON body."""
    all_headers = {"Content-Type": "application/json", **(headers or {})}
    return Response(status, json.dumps(value).encode(), all_headers, outcome)


def api_error(status: int, error: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as Simkl's API writes it: a stable id, the HTTP status once more, and prose."""
    return json_response(status, {"error": error, "code": status, "message": message}, error, headers)


def oauth_error(status: int, error: str, description: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as ``/oauth2/*`` writes it (RFC 6749, section 5.2)."""
    body = {"error": error, "error_description": description}
    return json_response(status, body, error, {"Cache-Control": "no-store", "Pragma": "no-cache", **(headers or {})})


def error_for(path: str, status: int, error: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error in the envelope that belongs to ``path``."""
    write = oauth_error if path.startswith("/oauth2/") else api_error
    return write(status, error, message, headers)
