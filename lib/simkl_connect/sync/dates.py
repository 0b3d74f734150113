"""Dates: Kodi's are local and name no zone, Simkl's are UTC. Here both are Unix seconds; 0 is "date unknown"."""

from __future__ import annotations

import calendar
import re
import time

UNKNOWN = 0
"""Watched, but nobody knows when."""
SIMKL_UNKNOWN = "1970-01-01T00:00:01Z"
"""How Simkl writes :data:`UNKNOWN`."""
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z?)", re.ASCII)
_IMPOSSIBLE = (ValueError, OverflowError, OSError)
"""What ``time`` raises for a date beyond what the system can hold."""


def from_kodi(text: object) -> int:
    """Unix seconds of Kodi's local ``YYYY-MM-DD HH:MM:SS``; :data:`UNKNOWN` for anything else.

    In the hour that summer time repeats, either may be meant.
    """
    fields = _fields(text, "")
    if fields is None:
        return UNKNOWN
    try:
        return max(int(time.mktime((*fields, 0, 0, -1))), UNKNOWN)
    except _IMPOSSIBLE:
        return UNKNOWN


def to_kodi(seconds: int) -> str:
    """Kodi's local ``YYYY-MM-DD HH:MM:SS``; empty for :data:`UNKNOWN` and what the system can't tell."""
    if seconds == UNKNOWN:
        return ""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
    except _IMPOSSIBLE:
        return ""


def from_simkl(text: object) -> int:
    """Unix seconds of Simkl's ``YYYY-MM-DDTHH:MM:SSZ``; :data:`UNKNOWN` for anything else and for Simkl's own word."""
    fields = _fields(text, "Z")
    if fields is None:
        return UNKNOWN
    seconds = calendar.timegm((*fields, 0, 0, 0))
    return seconds if seconds > 1 else UNKNOWN


def to_simkl(seconds: int) -> str:
    """Simkl's ``YYYY-MM-DDTHH:MM:SSZ``; :data:`SIMKL_UNKNOWN` for :data:`UNKNOWN`."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)) if seconds > 1 else SIMKL_UNKNOWN
    except _IMPOSSIBLE:
        return SIMKL_UNKNOWN


def _fields(text: object, zone: str) -> tuple[int, int, int, int, int, int] | None:
    # No strptime: its first use in two of Kodi's interpreters at once fails
    found = _DATE.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[7] != zone:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    if not (1970 <= year <= 9999 and 1 <= month <= 12 and hour < 24 and minute < 60 and second < 60):
        return None
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return year, month, day, hour, minute, second
