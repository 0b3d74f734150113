"""Where Simkl is, and how service and scripts reach it."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from ..http.messages import ClientInfo, checked_base_url

if TYPE_CHECKING:
    from ..http.session import Session

API_URL = "https://api.simkl.com"

_log = logging.getLogger(__name__)


def base_url() -> str:
    """Where Simkl is; empty where SIMKL_API_URL names a place that no token may be sent to."""
    other = os.environ.get("SIMKL_API_URL")
    try:
        return checked_base_url(other) if other else API_URL
    except ValueError as error:
        _log.error("SIMKL_API_URL: %s", error)
        return ""


def open_session(base: str, version: str, platform: str) -> Session:
    """A client of the API at ``base``, for a worker's thread: requests takes a tenth of a second to load."""
    from ..http.session import Session
    from .proxy import proxy  # with it, urllib.parse: 0.4 MiB that an idle service does without

    return Session(ClientInfo(base, version, f"simkl-connect/{version} ({platform})"), proxy)
