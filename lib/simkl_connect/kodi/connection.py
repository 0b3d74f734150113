"""How service, scripts and other add-ons reach Simkl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..http.messages import ClientInfo
from .proxy import proxy

if TYPE_CHECKING:
    from ..http.session import Session


def client_info(base: str, version: str, platform: str, addon_id: str = "") -> ClientInfo:
    """What every request says of the client; ``addon_id``: the other add-on that asks."""
    return ClientInfo(base, version, f"simkl-connect/{version} ({platform}) {addon_id}".rstrip())


def open_session(base: str, version: str, platform: str) -> Session:
    """A client of the API at ``base``, for a worker's thread: requests takes a tenth of a second to load."""
    from ..http.session import Session

    return Session(client_info(base, version, platform), proxy)
