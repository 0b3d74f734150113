"""How service and scripts reach Simkl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..http.messages import ClientInfo
from .proxy import proxy

if TYPE_CHECKING:
    from ..http.session import Session


def open_session(base: str, version: str, platform: str) -> Session:
    """A client of the API at ``base``, for a worker's thread: requests takes a tenth of a second to load."""
    from ..http.session import Session

    return Session(ClientInfo(base, version, f"simkl-connect/{version} ({platform})"), proxy)
