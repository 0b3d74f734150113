"""Sockets that another thread can end in whatever they are busy with."""

from __future__ import annotations

import socket
import threading
from typing import Any, Iterable, Tuple

CONNECT_TIMEOUT = 7.0
"""Seconds for each address of a server."""

Way = Tuple[socket.socket, Any]
"""A new socket, and the address that it is to connect to."""


class OpenSockets:
    """A second descriptor of the socket in use: shutting it down ends a call that another thread sits in.

    It is taken before the socket connects; wrapping it for TLS detaches the socket object, not this copy.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._copies: list[socket.socket] = []
        self.interrupted = False
        self.closed = False

    def watch(self, sock: socket.socket) -> None:
        """Keeps a copy of the one socket that a kept-alive connection uses, in place of an older one."""
        self.forget()
        with self._lock:
            self._copies.append(sock.dup())
        if self.interrupted:
            self.shutdown()

    def shutdown(self) -> None:
        """Ends what is under way, and lets nothing more connect until ``interrupted`` is taken back."""
        self.interrupted = True
        with self._lock:
            for copy in self._copies:
                try:
                    copy.shutdown(socket.SHUT_RDWR)
                except OSError:  # not connected any more
                    continue
        self.forget()

    def connect(self, ways: Iterable[Way]) -> socket.socket:
        """The first socket that reaches its address, watched before it tries. Raises OSError."""
        failure: OSError = socket.gaierror("no address for this name")
        for sock, address in ways:
            try:
                sock.settimeout(CONNECT_TIMEOUT)
                self.watch(sock)
                sock.connect(address)
            except OSError as error:
                failure = error
            else:
                if not self.interrupted:
                    return sock
            sock.close()
            self.check()  # connecting may have ended in success, or in any error
        raise failure

    def check(self) -> None:
        """Raises ConnectionAbortedError if what is under way is to end."""
        if self.interrupted:
            raise ConnectionAbortedError("interrupted")

    def forget(self) -> None:
        """Closes the copy, so that the other side hears of the end when its socket is closed."""
        with self._lock:
            for copy in self._copies:
                copy.close()
            self._copies.clear()
