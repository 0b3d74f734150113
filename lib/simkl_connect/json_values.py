"""Values out of JSON that anybody may have written: Simkl, Kodi, another add-on, or a damaged disk."""

from __future__ import annotations

import json
import re

TYPE_CHECKING = False  # that of ``typing`` would be loaded before the first window opens
if TYPE_CHECKING:
    from typing import Any, Mapping


def to_object(text: str) -> Mapping[str, Any]:
    """The JSON object in ``text``; empty if it is none."""
    try:
        return as_object(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def as_object(value: object) -> Mapping[str, Any]:
    """``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_objects(value: object) -> list[Mapping[str, Any]]:
    """The objects in an array; none for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def as_amount(value: object) -> float | None:
    """A number that a time, a length or a percentage can be, from 0 on; else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value < 1e11 else None


def as_number(value: object) -> int | None:
    """A season's or episode's number from 0 on, out of a number, its digits, or a special's label "S1"; else None."""
    if isinstance(value, str):
        found = re.fullmatch(r"\s*S?(\d{1,5})\s*", value, re.ASCII)
        return int(found.group(1)) if found else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < 100_000 else None


def as_year(value: object) -> int | None:
    """A year in which there were films, or None."""
    year = as_number(value)
    return year if year is not None and 1870 <= year <= 2100 else None
