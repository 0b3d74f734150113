"""A request before it is sent, a response before it is read, and who sends: what flows and transport share."""

from __future__ import annotations

from typing import Mapping, NamedTuple
from urllib.parse import urlsplit

from ..models import Secret


class Request(NamedTuple):
    """One HTTP request to Simkl's API. Path, query and bodies may hold codes, tokens and titles: ``repr`` hides them.

    ``client_id``: the app's id, sent as a query parameter; a token goes only with the id that it was given to.
    ``json``: anything that JSON can hold; None for no body. ``largest_body``: bytes of the response, decompressed.
    ``longest``: seconds from the start to the last byte.
    """

    method: str
    path: str
    client_id: str
    form: Mapping[str, str] | None = None
    json: object = None
    bearer: Secret | None = None
    query: Mapping[str, str] = {}
    largest_body: int = 64 * 1024
    longest: float = 30.0

    def __repr__(self) -> str:
        return f"<request {self.method}>"


class Response(NamedTuple):
    """One HTTP response, read whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""

    def __repr__(self) -> str:
        return f"<response {self.status}>"

    @property
    def is_web_page(self) -> bool:
        """Whether something between us and Simkl answered with a page for people, as hotel Wi-Fi does."""
        is_html = "html" in self.headers.get("content-type", "").lower()
        return is_html or self.body[:200].lstrip().startswith(b"<")


class ClientInfo(NamedTuple):
    """Where every request goes and what it says of the client (Simkl's rules for API clients)."""

    base_url: str
    app_version: str
    user_agent: str

    def query(self, client_id: str) -> dict[str, str]:
        """What the address of every request says of it."""
        return {"client_id": client_id, "app-name": "simkl-connect", "app-version": self.app_version}


def checked_base_url(url: str) -> str:
    """``url`` without a trailing slash. Raises ValueError unless it is https, or http on this very machine.

    A port that is no number raises it as well, when it is looked at.
    """
    parts = urlsplit(url)
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not (parts.scheme == "https" or (parts.scheme == "http" and loopback)) or not parts.hostname or parts.port == 0:
        raise ValueError("the API address must be https, or http on this machine")
    return url.rstrip("/")
