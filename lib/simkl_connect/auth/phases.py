"""Where a sign-in can stand, in words that the state machine, the dialog and its skin file share."""

from __future__ import annotations

from enum import Enum


class Phase(str, Enum):
    """The values are what the dialog and its skin see."""

    STARTING = "starting"
    WAITING = "waiting"
    RETRYING = "retrying"
    EXPIRED = "expired"
    CONNECTED = "connected"
    DENIED = "denied"
    FAILED = "failed"
    CANCELLED = "cancelled"
