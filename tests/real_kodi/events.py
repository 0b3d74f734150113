"""Kodi's event server: the way to run a built-in from outside, which JSON-RPC has none for.

The packet is described in Kodi's ``docs`` of the event server (``xbmc/network/EventPacket.h``): a header of 32 bytes,
big-endian, then the payload.
"""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

_HEADER = struct.Struct("!4sBBHIIHI10x")
_ACTION = 0x0A
_BUILTIN = b"\x01"
_LONGEST = 1024 - _HEADER.size


def listening(port: int) -> bool:
    """Whether any program listens on UDP ``port`` of this machine. What is sent before that is lost."""
    table = Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]
    return any(int(row.split()[1].rpartition(":")[2], 16) == port for row in table)


def send_builtin(port: int, text: str) -> None:
    """Have the Kodi whose event server listens on UDP ``port`` of this machine run the built-in ``text``.

    There is no answer; wait for what it does.
    """
    payload = _BUILTIN + text.encode("utf-8") + b"\0"
    if len(payload) > _LONGEST:
        raise ValueError(f"a built-in of {len(payload)} bytes does not fit into one packet of {_LONGEST}")
    header = _HEADER.pack(b"XBMC", 2, 0, _ACTION, 1, 1, len(payload), os.getpid())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.sendto(header + payload, ("127.0.0.1", port))
