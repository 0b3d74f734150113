"""Ports of this machine that one Kodi has for itself."""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack, suppress
from dataclasses import dataclass

# Below those that Linux gives away by itself (32768 and up): no program that asks for any port gets one of these.
_FIRST, _END = 20000, 32000
_ATTEMPTS = 200


class NoPorts(Exception):
    """None were free."""


@dataclass(frozen=True)
class Ports:
    """Where one boot of Kodi listens on this machine: HTTP and TCP JSON-RPC, UDP event server."""

    web: int
    tcp: int
    event: int


class Lease:
    """Three ports nobody listens on, and no other lease on this machine has, in whichever test run, until closed.

    The claim is a socket in Linux's abstract namespace: it ends with this process, however that ends.
    """

    def __init__(self) -> None:
        self._claim = socket.socket(socket.AF_UNIX)
        with ExitStack() as stack:
            stack.callback(self.close)
            self.ports = self._take()
            stack.pop_all()

    def close(self) -> None:
        """Leave the ports to others."""
        self._claim.close()

    def _take(self) -> Ports:
        for first in random.sample(range(_FIRST, _END, 3), _ATTEMPTS):
            ports = Ports(first, first + 1, first + 2)
            with suppress(OSError):
                _require_free(ports)
                self._claim.bind(f"\0real-kodi-ports-{first}")
                return ports
        raise NoPorts(f"{_ATTEMPTS} attempts between {_FIRST} and {_END}")


def _require_free(ports: Ports) -> None:
    """OSError if any program listens on one of them."""
    kinds = {ports.web: socket.SOCK_STREAM, ports.tcp: socket.SOCK_STREAM, ports.event: socket.SOCK_DGRAM}
    for port, kind in kinds.items():
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("0.0.0.0", port))
