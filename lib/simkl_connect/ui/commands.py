"""The commands that reach the service: the words that travel. Each comes with a request id, and some with values."""

from __future__ import annotations

from typing import Mapping, NamedTuple

AUTHORIZE = "authorize"
CANCEL = "cancel"
SIGN_OUT = "signout"
WAKE = "wake"
"""From the service to itself: a thread of its own has finished something."""
COMMANDS = (AUTHORIZE, CANCEL, SIGN_OUT, WAKE)


class Command(NamedTuple):
    """One as it was received. Anything on the machine may have sent it: ``values`` are whatever they are."""

    name: str
    request: str
    values: Mapping[str, object]
