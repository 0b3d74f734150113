"""A request before it is sent, a response before it is read, and who sends: what flows and transport share."""

from __future__ import annotations

from typing import Mapping, NamedTuple
from urllib.parse import urlsplit

from ..models import Secret


class Request(NamedTuple):
    """One HTTP request to Simkl's API. ``path`` may hold a user code and is hidden like the bodies."""

    method: str
    path: str
    form: Mapping[str, str] | None = None
    json: Mapping[str, object] | None = None
    bearer: Secret | None = None

    def __repr__(self) -> str:
        return f"<request {self.method}>"


class Response(NamedTuple):
    """One HTTP response, read whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""

    def __repr__(self) -> str:
        return f"<response {self.status}>"


class ClientInfo(NamedTuple):
    """What every request says of the client (Simkl's rules for API clients), and the way it takes.

    ``proxy``: the address of a proxy, with user and password if it wants them; empty for the system's own way.
    """

    base_url: str
    client_id: str
    app_version: str
    user_agent: str
    proxy: str = ""

    def __repr__(self) -> str:
        return f"<identity {self.user_agent}>"


def checked_base_url(url: str) -> str:
    """``url`` without a trailing slash. Raises ValueError unless it is https, or http on this very machine.

    A port that is no number raises it as well, when it is looked at.
    """
    parts = urlsplit(url)
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not (parts.scheme == "https" or (parts.scheme == "http" and loopback)) or not parts.hostname or parts.port == 0:
        raise ValueError("the API address must be https, or http on this machine")
    return url.rstrip("/")
