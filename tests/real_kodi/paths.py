"""Where things are in the work tree."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
"""The work tree: the folder with the add-on's ``addon.xml``."""

CACHE = PROJECT / "build" / "cache"
"""What takes long to make and depends on nothing in the work tree. May be deleted at any time."""

ADDON_ID = "script.simkl.connect"
