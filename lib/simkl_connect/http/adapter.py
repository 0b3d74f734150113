"""An adapter for requests whose connections another thread can end, and which a dead address does not hold up."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import Any, Mapping

from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidProxyURL
from urllib3 import __version__ as urllib3_version  # type: ignore[attr-defined]
from urllib3.util.ssl_ import create_urllib3_context

from .happy_eyeballs import Address, connect_to_any, find_addresses

try:
    import socks  # type: ignore[import-untyped]
except ImportError:  # PySocks is optional: without it, requests refuses such a proxy
    socks = None

_WRAPS_TLS_IN_TLS = not urllib3_version.startswith(("1.21.", "1.22", "1.23", "1.24", "1.25"))
"""Older ones send the proxy's password in clear to a proxy that is to be spoken to by TLS."""


class InterruptibleAdapter(HTTPAdapter):
    """An adapter with one connection, whose socket another thread can shut down.

    It keeps a second descriptor of that: wrapping it for TLS detaches the socket object, not the duplicate.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: Any = None
        self._duplicate: socket.socket | None = None
        self._preferred: Address | None = None
        self._closed = False
        self.interrupted = False
        self._tls = create_urllib3_context()
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2  # urllib3 1.26 takes the system's word for it
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Called by requests."""
        super().init_poolmanager(*args, ssl_context=self._tls, **kwargs)  # type: ignore[no-untyped-call]
        self._watch_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Called by requests."""
        if proxy.lower().startswith("https:") and not _WRAPS_TLS_IN_TLS:
            raise InvalidProxyURL
        if proxy not in self.proxy_manager:
            kwargs["ssl_context"] = self._tls
            self._watch_pools(super().proxy_manager_for(proxy, **kwargs))  # type: ignore[no-untyped-call]
        return self.proxy_manager[proxy]

    def start(self) -> None:
        """A new request: an interruption of the last one is over."""
        with self._lock:
            self.interrupted = self._closed

    def finish(self) -> None:
        """The response is there."""
        if self._connection is None or self._connection.sock is None:  # not kept alive
            self.forget()

    def check(self) -> None:
        """Raise ConnectionAbortedError if the request in flight is to end."""
        if self.interrupted:
            raise ConnectionAbortedError("interrupted")

    def interrupt(self, for_good: bool = False) -> None:
        """Shut the socket in use down, and let nothing connect until :meth:`start`."""
        with self._lock:
            self.interrupted = True
            self._closed = self._closed or for_good
            self._shut_down()

    def forget(self) -> None:
        """Close the duplicate, so that the other side sees the end when the socket is closed."""
        with self._lock:
            if self._duplicate is not None:
                self._duplicate.close()
                self._duplicate = None

    def _watch(self, connection: Any, sock: socket.socket) -> None:
        self.forget()
        with self._lock:
            self._connection, self._duplicate = connection, sock.dup()
            if self.interrupted:
                self._shut_down()

    def _shut_down(self) -> None:
        if self._duplicate is not None:
            try:
                self._duplicate.shutdown(socket.SHUT_RDWR)
            except OSError:  # not connected, or not any more
                return

    def _watch_pools(self, manager: Any) -> None:
        """Have the connections of ``manager``, also those by SOCKS, connect as this adapter does."""
        pools = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {scheme: self._watched(pool_class) for scheme, pool_class in pools.items()}

    def _watched(self, pool_class: Any) -> Any:
        adapter = self

        class FinalResponse(pool_class.ConnectionCls.response_class):  # type: ignore[misc]
            def begin(self) -> None:
                """Read the head, and skip those that only announce it (RFC 9110, section 15.2)."""
                super().begin()
                while self.status in (102, 103):  # 100 is skipped by Python itself
                    self.headers = self.msg = None
                    super().begin()

        class Connection(pool_class.ConnectionCls):  # type: ignore[misc]
            response_class = FinalResponse

            def _new_conn(self) -> socket.socket:
                return adapter._connect(self)

        return type(pool_class.__name__, (pool_class,), {"ConnectionCls": Connection})

    def _connect(self, connection: Any) -> socket.socket:
        """Raises OSError."""
        self.check()
        by_socks = getattr(connection, "_socks_options", None)
        if by_socks is not None:
            return self._connect_by_socks(connection, by_socks)
        addresses = find_addresses(connection.host.strip("[]"), connection.port, self._preferred)
        sock, self._preferred = connect_to_any(addresses, connection.timeout, self.check)
        for option in connection.socket_options or ():
            sock.setsockopt(*option)
        sock.settimeout(connection.timeout)
        self._watch(connection, sock)
        return sock

    def _connect_by_socks(self, connection: Any, by: Mapping[str, Any]) -> socket.socket:
        """One address of the proxy after the other: PySocks connects and negotiates in one. Raises OSError."""
        failure: OSError = socket.gaierror("no address for this name")
        for family, address in find_addresses(by["proxy_host"], int(by["proxy_port"]), self._preferred):
            sock = socks.socksocket(family)
            sock.set_proxy(by["socks_version"], *address[:2], by["rdns"], by["username"], by["password"])
            sock.settimeout(connection.timeout)
            self._watch(connection, sock)
            try:
                sock.connect((connection.host, connection.port))
            except OSError as error:
                failure = error
                sock.close()
                self.check()
            else:
                self._preferred = (family, address)
                return sock  # type: ignore[no-any-return]
        raise failure
