"""What every request to Simkl has in common, whoever makes it. Importing this loads requests."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests
from requests.exceptions import InvalidProxyURL

from ..models import Secret

CONNECT_TIMEOUT = 7.0
"""Seconds for each address of the server, and for each step of a TLS handshake."""
READ_TIMEOUT = 15.0
"""Seconds without a byte."""
PACKINGS = ("", "identity", "gzip", "x-gzip", "deflate")
"""No others are asked for, and no two at once: those grow without end."""
PLAIN_ERRORS = (OSError, SystemError, ValueError, TypeError)
"""SystemError: ssl's for a bad certificate, in Python 3.9.0 to 3.9.5. ValueError, TypeError: http.client and email fall
over some heads and chunks, and some releases of urllib3 over some addresses of proxies."""


class WithoutRedirects(requests.Session):
    """Follows no redirect."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: even if it does not follow a redirect, requests reads the body of one, whatever its size."""


def nothing_from_netrc(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """An ``auth`` that adds nothing: where there is none, requests looks into ~/.netrc."""
    return prepared


def authorization(bearer: Secret) -> str:
    """Raises ValueError unless the token consists of visible ASCII characters (RFC 6750, section 2.1, has fewer)."""
    token = bearer.reveal()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError("not a token")
    return f"Bearer {token}"


def proxies_of(proxy: str) -> dict[str, str]:
    """As requests takes them; empty for the system's own. Raises InvalidProxyURL."""
    try:
        _ = urlsplit(proxy).port
    except ValueError as error:
        raise InvalidProxyURL from error
    return {"http": proxy, "https": proxy} if proxy else {}
