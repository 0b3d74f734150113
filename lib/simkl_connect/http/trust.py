"""Whose word counts for a server's name: the authorities that come with certifi, or those that the user has named."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssl import SSLContext

CERTIFI_MODULE = "script.module.certifi"
"""The add-on that has them; its folder is on Python's path."""
_NAMED_BY = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables with a file or folder of authorities, as other programs read them."""


class Trust:
    """One for all connections, because a hundred authorities take a while to load, and a megabyte. Any thread may use
    it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._context: SSLContext | None = None

    def load_ahead(self) -> None:
        """Has :meth:`context` ready by the time it is asked for: Python can do something else while OpenSSL loads."""
        if self._context is None:
            with suppress(RuntimeError):  # no thread is to be had
                threading.Thread(target=self._try, name="simkl-connect-trust").start()

    def context(self) -> SSLContext:
        """Checks certificate and name. Raises FileNotFoundError if somebody has named a file of theirs that is none."""
        with self._lock:
            if self._context is None:
                self._context = _load()
            return self._context

    def _try(self) -> None:
        with suppress(Exception):  # whoever asks for it hears of it
            self.context()


def _load() -> SSLContext:
    import ssl  # here, on the thread

    named = next(filter(None, map(os.environ.get, _NAMED_BY)), None)
    authorities = named or _authorities_that_ship()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    kind = "capath" if os.path.isdir(authorities) else "cafile"
    context.load_verify_locations(**{kind: authorities})
    return context


def _authorities_that_ship() -> str:
    """The file of Kodi's certifi. To ask certifi where it is would load a dozen modules more."""
    folders = (str(folder) for folder in sys.path if CERTIFI_MODULE in str(folder))
    path = next(filter(os.path.isfile, (os.path.join(folder, "certifi", "cacert.pem") for folder in folders)), None)
    if path is not None:
        return path
    import certifi

    return certifi.where()
