"""A connection to whichever of a server's addresses answers first (RFC 8305, "Happy Eyeballs").

urllib3 tries one after the other, each until it times out: where IPv6 is preferred and dead, the user waits for that.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import time
from contextlib import suppress
from itertools import chain, zip_longest
from typing import Any, Callable, Tuple

ATTEMPTS_APART = 0.25
"""Seconds from one address to the next, while none has answered (RFC 8305, section 5)."""
LOOK_EVERY = 0.05
"""Seconds between two looks at whether connecting is to end."""
_UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0))

Address = Tuple[socket.AddressFamily, Any]
"""A family, and an address as ``socket.connect`` takes it."""


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
