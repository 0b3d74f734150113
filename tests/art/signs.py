"""The signs that say where a sign-in stands, each with a shape of its own: none needs its colour to be understood.

Drawn on a field of 100 by 100. The strokes are explained in :mod:`art.pen`.
"""

from __future__ import annotations

PEN = 7.0
"""Thickness of the pen for the large signs."""

BOLD = 10.0
"""The same for the small ones."""

_RING = "O 50,50 42,42"

LARGE = {
    "starting": f"{_RING} D 31,50 5 D 50,50 5 D 69,50 5",
    "expired": (
        "M 24,8 L 76,8 M 24,92 L 76,92 "
        "M 32,8 L 32,24 C 32,38 46,41 46,50 C 46,59 32,62 32,76 L 32,92 "
        "M 68,8 L 68,24 C 68,38 54,41 54,50 C 54,59 68,62 68,76 L 68,92 "
        "M 42,81 L 58,81 M 50,72 L 50,78"
    ),
    "connected": f"{_RING} M 30,52 L 44,66 L 70,37",
    "read_only": (
        "M 30,44 L 70,44 H 80,54 L 80,82 V 70,92 L 30,92 H 20,82 L 20,54 V 30,44 "
        "M 32,44 L 32,27 V 50,8 H 68,27 L 68,44 D 50,64 6 M 50,66 L 50,76"
    ),
    "denied": f"{_RING} M 35,35 L 65,65 M 65,35 L 35,65",
    "failed": "M 50,12 L 92,86 L 8,86 L 50,12 M 50,40 L 50,60 D 50,73 4.6",
}
"""Shown instead of the code."""

SMALL = {
    "waiting": "M 36,6 L 64,6 H 74,16 L 74,84 V 64,94 L 36,94 H 26,84 L 26,16 V 36,6 M 44,79 L 56,79",
    "retrying": "M 90,50 V 50,90 H 10,50 V 50,10 C 64,10 75,16 83,26 M 85,6 L 85,28 L 63,28",
    "last_minute": f"{_RING} M 50,25 L 50,52 L 67,62",
}
"""Shown in the status line and beside the time."""

MARK = (
    "M 20,14 L 80,14 H 92,26 L 92,30 M 50,74 L 20,74 H 8,62 L 8,26 V 20,14 M 28,90 L 50,90 "
    "M 74,46 L 86,46 H 94,54 L 94,86 V 86,94 L 74,94 H 66,86 L 66,54 V 74,46 M 78,82 L 82,82"
)
"""The add-on's own mark: a television and a phone."""

TELEVISION = "M 20,12 L 80,12 H 92,24 L 92,29 M 53,72 L 20,72 H 8,60 L 8,24 V 20,12 M 30,90 L 53,90"
CODE = "D 27,42 5.5 D 42,42 5.5 D 57,42 5.5"
PHONE = (66.0, 42.0, 34.0, 56.0)
"""Left, top, width and height."""
BUTTON = "M 79,88 L 87,88"
"""The parts of the icon, on the same field."""
