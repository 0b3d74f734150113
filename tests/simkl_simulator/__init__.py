"""A simulated Simkl: a real HTTP server, strict about the sign-in protocol, and misbehaving on demand.

Certificates for it are made by :mod:`simkl_simulator.certificates`, which needs the ``cryptography`` package.
"""

from __future__ import annotations

from .clock import ManualClock
from .faults import (
    Body,
    CloseEmpty,
    CloseMidBody,
    CutJson,
    Drip,
    Fault,
    GzipBomb,
    Hang,
    Html,
    Huge,
    Redirect,
    ResetBefore,
    ResetMidBody,
    Status,
)
from .listeners import SilentAddress, silent_listener
from .messages import RequestRecord
from .model import Account, IssuedToken
from .simulator import Simulator
from .state import UnknownCode

__all__ = [
    "Account",
    "Body",
    "CloseEmpty",
    "CloseMidBody",
    "CutJson",
    "Drip",
    "Fault",
    "GzipBomb",
    "Hang",
    "Html",
    "Huge",
    "IssuedToken",
    "ManualClock",
    "Redirect",
    "RequestRecord",
    "ResetBefore",
    "ResetMidBody",
    "SilentAddress",
    "Simulator",
    "Status",
    "UnknownCode",
    "silent_listener",
]
