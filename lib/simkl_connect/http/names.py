"""Whether anybody answers for names: a look-up can't be ended, so one is begun only when that is known.

A look-up waits for name servers that say nothing, and Kodi's exit waits with it: 10 seconds for a single server, 56 for
three and a search domain (glibc). A question of our own to the same servers ends when its socket is shut down. Where
the servers are not known (Android, macOS, Windows), the look-up is begun at once.
"""

from __future__ import annotations

import os
import selectors
import socket
import sys
from typing import Callable

SERVERS_FILE = "/etc/resolv.conf"
PORT = 53
ROUNDS = 2
PATIENCE = 2.0
"""Seconds for each server in each round."""
_MOST_SERVERS = 3
"""As many as glibc asks."""
_HEADER = bytes.fromhex("516d 0100 0001 0000 0000 0000")
"""Any number, recursion wanted, one question (RFC 1035, section 4.1.1)."""
_ADDRESS_ON_THE_INTERNET = bytes.fromhex("0001 0001")


def await_name_server(host: str, watch: Callable[[socket.socket], None]) -> None:
    """Returns once a server has given any sign of life, or if ``host`` needs none. ``watch`` gets each socket.

    Raises gaierror if all of them keep silent, as a look-up would in the end where nobody else knows ``host``.
    """
    if "." not in host or _is_address(host):
        return
    labels = [*host.encode("idna").split(b"."), b""]
    question = _HEADER + b"".join(bytes([len(label)]) + label for label in labels) + _ADDRESS_ON_THE_INTERNET
    servers = _servers()
    if servers and not any(_lives(server, question, watch) for server in servers * ROUNDS):
        raise socket.gaierror("no name server answers")


def _lives(server: str, question: bytes, watch: Callable[[socket.socket], None]) -> bool:
    try:
        ((family, kind, protocol, _, address), *_) = socket.getaddrinfo(server, PORT, 0, socket.SOCK_DGRAM)
        with socket.socket(family, kind, protocol) as sock, selectors.DefaultSelector() as selector:
            watch(sock)
            sock.connect(address)
            sock.send(question)
            selector.register(sock, selectors.EVENT_READ)
            return bool(selector.select(PATIENCE))  # an answer, an error, or a shutdown
    except OSError:  # unreachable: a look-up does not hang in that either
        return True


def _servers() -> list[str]:
    """None where the system asks others than those in the file, as macOS does and Android."""
    if not sys.platform.startswith("linux") or "ANDROID_ROOT" in os.environ:
        return []
    try:
        with open(SERVERS_FILE, encoding="ascii", errors="replace") as file:
            lines = [line.split() for line in file if len(line.split()) > 1]
    except OSError:
        return []
    return [line[1] for line in lines if line[:1] == ["nameserver"] and _is_address(line[1])][:_MOST_SERVERS]


def _is_address(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except OSError:  # gaierror; but Python 3.9.0 to 3.9.5 raises that of whichever add-on has loaded it last
        return False
    return True
