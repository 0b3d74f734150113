"""Addresses where somebody listens and nobody ever speaks."""

from __future__ import annotations

import select
import socket
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Iterator

FILLERS = 16
"""Connections tried to fill a backlog; Linux needs two for the smallest one."""

PATIENCE = 0.05
"""Seconds after which a connection to the own machine counts as unanswered."""


@dataclass(frozen=True)
class SilentAddress:
    """Where the silence is."""

    host: str
    port: int

    @property
    def http(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def https(self) -> str:
        return f"https://{self.host}:{self.port}"


@contextmanager
def silent_listener(accepts: bool = True) -> Iterator[SilentAddress]:
    """A listener that takes connections and never says a word, so that a TLS handshake or a request never ends.

    Without ``accepts`` its backlog is full and connecting itself gets no answer. Raises RuntimeError on systems where a
    backlog can't be filled.
    """
    with ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(128 if accepts else 0)  # the system completes connections without accept() being called
        host, port = listener.getsockname()
        if not accepts:
            _fill_backlog(open_sockets, host, port)
        yield SilentAddress(host, port)


def _fill_backlog(open_sockets: ExitStack, host: str, port: int) -> None:
    for _ in range(FILLERS):
        filler = open_sockets.enter_context(socket.socket())
        filler.setblocking(False)
        filler.connect_ex((host, port))
        _, connected, _ = select.select([], [filler], [], PATIENCE)
        if not connected:
            return
    raise RuntimeError("this system keeps answering beyond its backlog")
