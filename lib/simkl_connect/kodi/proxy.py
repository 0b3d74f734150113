"""The proxy in Kodi's settings."""

from __future__ import annotations

import re
from urllib.parse import quote

from .json_rpc import call

_SCHEMES = ("http", "socks4", "socks4a", "socks5", "socks5h", "https")
"""By the number of Kodi's setting ``network.httpproxytype``."""
_SERVER = re.compile(r"\s*(?:([a-z0-9]+)://)?([^\s/]*)", re.IGNORECASE)


def proxy() -> str:
    """The address of the proxy in Kodi's settings, with user and password, or an empty string.

    As the server, Kodi takes an address too, ``http://proxy.example/``: its scheme comes before the type.
    """
    if _setting("usehttpproxy") is not True:
        return ""
    server = _SERVER.match(str(_setting("httpproxyserver") or ""))
    named, host = server.groups() if server else ("", "")
    if not host:
        return ""
    kind = _setting("httpproxytype")
    scheme = _SCHEMES[kind] if isinstance(kind, int) and 0 <= kind < len(_SCHEMES) else "http"
    if named and named.lower() in _SCHEMES:
        scheme = named.lower()
    user, password = (quote(str(_setting(f"httpproxy{name}") or ""), safe="") for name in ("username", "password"))
    login = f"{user}:{password}@" if user else ""
    host = f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host  # an IPv6 address
    return f"{scheme}://{login}{host}:{_setting('httpproxyport')}"


def _setting(name: str) -> object:
    """A setting of Kodi's own, None if there is no such."""
    return call("Settings.GetSettingValue", {"setting": f"network.{name}"}).get("value")
