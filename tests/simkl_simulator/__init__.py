"""A simulated Simkl: a real HTTP server, strict about the sign-in protocol, and misbehaving on demand.

Certificates for it are made by :mod:`simkl_simulator.certificates`, which needs the ``cryptography`` package.
"""

from __future__ import annotations

from .catalogue import Catalogue, Episode, Title
from .clock import ManualClock
from .faults import (
    ApiError,
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
from .library import Item, Session, Watched
from .listeners import SilentAddress, silent_listener
from .media import ScrobbleEvent
from .messages import RequestRecord
from .model import Account, IssuedToken
from .simulator import Simulator
from .state import UnknownCode
from .titles import DOUBLE_FILE, large_catalogue, standard_catalogue

__all__ = [
    "DOUBLE_FILE",
    "Account",
    "ApiError",
    "Body",
    "Catalogue",
    "CloseEmpty",
    "CloseMidBody",
    "CutJson",
    "Drip",
    "Episode",
    "Fault",
    "GzipBomb",
    "Hang",
    "Html",
    "Huge",
    "IssuedToken",
    "Item",
    "ManualClock",
    "Redirect",
    "RequestRecord",
    "ResetBefore",
    "ResetMidBody",
    "ScrobbleEvent",
    "Session",
    "SilentAddress",
    "Simulator",
    "Status",
    "Title",
    "UnknownCode",
    "Watched",
    "large_catalogue",
    "silent_listener",
    "standard_catalogue",
]
