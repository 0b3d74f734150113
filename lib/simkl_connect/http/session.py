"""HTTPS to Simkl on requests (interface only)."""

from __future__ import annotations

from typing import Callable

from .messages import ClientInfo, Request, Response


class Session:
    """A client of Simkl's API."""

    def __init__(self, client: ClientInfo, proxy: Callable[[], str]) -> None: ...

    def send(self, request: Request) -> Response:
        """Raises ConnectionFailed."""
        raise NotImplementedError

    def interrupt(self) -> None:
        """End the request in flight."""

    def close(self) -> None:
        """End everything."""
