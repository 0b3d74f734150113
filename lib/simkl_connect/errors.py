"""Everything that can go wrong, each with the id under which the screen has a sentence for it."""

from __future__ import annotations

from enum import Enum


class Problem(str, Enum):
    """A cause that a user can be told about. The value travels to the dialog and names the sentence there."""

    CLIENT_ID_MISSING = "client_id_missing"
    CLIENT_ID_REFUSED = "client_id_refused"
    API_URL_REFUSED = "api_url_refused"
    OFFLINE = "offline"
    TIMEOUT = "timeout"
    TLS = "tls"
    PROXY = "proxy"
    CAPTIVE_PORTAL = "captive_portal"
    RATE_LIMITED = "rate_limited"
    SERVER_TROUBLE = "server_trouble"
    BAD_ANSWER = "bad_answer"
    REFUSED = "refused"
    READ_ONLY = "read_only"
    STORAGE = "storage"
    INTERNAL = "internal"
    SERVICE_SILENT = "service_silent"
    SERVICE_GONE = "service_gone"
