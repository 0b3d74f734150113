"""TCP connections on this machine, as the kernel sees them."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass
from pathlib import Path

_ESTABLISHED = "01"
_LOOPBACK = f"{int.from_bytes(socket.inet_aton('127.0.0.1'), sys.byteorder):08X}"


@dataclass(frozen=True)
class Connection:
    """``unread``: bytes that have arrived and that the program has not taken yet."""

    unread: int


def connections_to(port: int) -> list[Connection]:
    """The clients' ends of what is connected to that port of 127.0.0.1."""
    table = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    rows = [row.split() for row in table]
    return [
        Connection(int(queues.rpartition(":")[2], 16))
        for _, _, remote, state, queues, *_ in rows
        if state == _ESTABLISHED and remote == f"{_LOOPBACK}:{port:04X}"
    ]
