"""An adapter for requests whose connections another thread can end, and which a dead address does not hold up.

urllib3 tries the addresses of a server one after the other, each until it times out: where IPv6 is preferred and dead,
the user waits for that. Here they race (RFC 8305, "Happy Eyeballs").
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import ssl
import threading
import time
from contextlib import suppress
from itertools import chain, zip_longest
from typing import Any, Callable, Mapping, Tuple

from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidProxyURL
from urllib3 import __version__ as urllib3_version  # type: ignore[attr-defined]
from urllib3.util.ssl_ import create_urllib3_context

try:
    import socks  # type: ignore[import-untyped]
except ImportError:  # PySocks is optional: without it, requests refuses such a proxy
    socks = None

ATTEMPTS_APART = 0.25
"""Seconds from one address to the next, while none has answered (RFC 8305, section 5)."""
LOOK_EVERY = 0.05
"""Seconds between two looks at whether connecting is to end."""
_WRAPS_TLS_IN_TLS = not urllib3_version.startswith(("1.21.", "1.22", "1.23", "1.24", "1.25"))
"""Older ones send the proxy's password in clear to a proxy that is to be spoken to by TLS."""
_UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0))

Address = Tuple[socket.AddressFamily, Any]
"""A family, and an address as ``socket.connect`` takes it."""


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


def find_addresses(host: str, port: int, preferred: Address | None) -> list[Address]:
    """All addresses of ``host``, the families in turn (RFC 8305, section 4), ``preferred`` first if it is among them.

    A look-up can't be ended. Raises OSError.
    """
    addresses: list[Address] = []
    with suppress(UnicodeError):  # a label that is empty or too long
        found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
        addresses = [(family, address) for family, _, _, _, address in found]
    first = [address for address in addresses if address[0] is addresses[0][0]]
    others = [address for address in addresses if address not in first]
    in_turn = [address for address in chain.from_iterable(zip_longest(first, others)) if address is not None]
    return sorted(in_turn, key=lambda address: address != preferred)


def connect_to_any(
    addresses: list[Address], timeout: float, check: Callable[[], None]
) -> tuple[socket.socket, Address]:
    """A socket that has connected to one of ``addresses``, and which.

    An address whose attempt has failed, however that happened, or is under way for :data:`ATTEMPTS_APART` is joined by
    the next; each has ``timeout`` seconds. ``check`` is called all along and raises to end this. Raises the last
    address's OSError.
    """
    attempts = _Attempts(addresses, timeout)
    try:
        while True:
            check()
            connected = attempts.advance(time.monotonic())
            if connected is not None:
                return connected
    finally:
        attempts.close()


class _Attempts:
    def __init__(self, addresses: list[Address], timeout: float) -> None:
        self._addresses = list(addresses)
        self._timeout = timeout
        self._next_at = 0.0
        self._selector = selectors.DefaultSelector()
        self._failure: OSError = socket.gaierror("no address for this name")

    def advance(self, now: float) -> tuple[socket.socket, Address] | None:
        """Raises OSError if every address has failed."""
        under_way = self._selector.get_map()
        if self._addresses and (now >= self._next_at or not under_way):
            self._start(self._addresses.pop(0), now)
        if not self._addresses and not under_way:
            raise self._failure
        for key, _ in self._selector.select(LOOK_EVERY) if under_way else ():
            sock: Any = key.fileobj
            error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not error:
                self._selector.unregister(sock)
                return sock, key.data[0]
            self._fail(sock, OSError(error, os.strerror(error)))
        for key in [key for key in under_way.values() if now >= key.data[1]]:
            self._fail(key.fileobj, socket.timeout("no answer to SYN"))
        return None

    def _start(self, address: Address, now: float) -> None:
        self._next_at = now + ATTEMPTS_APART
        try:
            sock = socket.socket(address[0], socket.SOCK_STREAM)
        except OSError as error:  # EAFNOSUPPORT: a family that this system lacks
            self._failure = error
            return
        self._selector.register(sock, selectors.EVENT_WRITE, (address, now + self._timeout))
        sock.setblocking(False)
        try:
            error_number = sock.connect_ex(address[1])
        except OSError as error:
            self._fail(sock, error)
        else:
            if error_number not in _UNDER_WAY:
                self._fail(sock, OSError(error_number, os.strerror(error_number)))

    def _fail(self, sock: Any, failure: OSError) -> None:
        self._failure = failure
        self._selector.unregister(sock)
        sock.close()

    def close(self) -> None:
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()
