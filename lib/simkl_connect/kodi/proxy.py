"""The proxy in Kodi's settings."""

from __future__ import annotations

import json
from urllib.parse import quote

import xbmc

_SCHEMES = ("http", "socks4", "socks4a", "socks5", "socks5h", "https")
"""By the number of Kodi's setting ``network.httpproxytype``."""


def proxy() -> str:
    """The address of the proxy in Kodi's settings, with user and password, or an empty string."""
    if not _setting("usehttpproxy") or not _setting("httpproxyserver"):
        return ""
    kind = _setting("httpproxytype")
    scheme = _SCHEMES[kind] if isinstance(kind, int) and 0 <= kind < len(_SCHEMES) else "http"
    user, password = (quote(str(_setting(f"httpproxy{name}") or ""), safe="") for name in ("username", "password"))
    login = f"{user}:{password}@" if user else ""
    server = str(_setting("httpproxyserver"))
    server = f"[{server}]" if ":" in server and not server.startswith("[") else server  # an IPv6 address
    return f"{scheme}://{login}{server}:{_setting('httpproxyport')}"


def _setting(name: str) -> object:
    """A setting of Kodi's own, None if there is no such."""
    request = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "Settings.GetSettingValue",
        "params": {"setting": f"network.{name}"},
    }
    answer = json.loads(xbmc.executeJSONRPC(json.dumps(request)))
    result = answer.get("result")
    return result.get("value") if isinstance(result, dict) else None
