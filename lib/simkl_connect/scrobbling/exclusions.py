"""Which videos the user wants left alone, and the settings that say so."""

from __future__ import annotations

from typing import Iterable, NamedTuple
from urllib.parse import unquote

STACK = "stack://"
_INNER = ("zip", "rar", "archive", "multipath", "iso9660", "udf", "bluray")
"""Schemes whose host is a whole address, percent-encoded (Kodi's URL.cpp)."""


class Preferences(NamedTuple):
    """The add-on's settings for what is watched. ``minimum``: seconds. ``excluded``: folders or plug-in ids."""

    scrobble: bool = True
    minimum: float = 300.0
    pvr: bool = False
    excluded: tuple[str, ...] = ()
    marks: bool = True
    notify: bool = True


def parts_of(path: str) -> list[str]:
    """The files of a stack, or ``path`` alone (Kodi's StackDirectory.cpp: joined by " , ", a comma in a name
    doubled)."""
    if not path.startswith(STACK):
        return [path]
    return [part.strip().replace(",,", ",") for part in path[len(STACK) :].split(" , ")]


def is_excluded(paths: Iterable[str], excluded: Iterable[str]) -> bool:
    """Whether one of ``paths`` lies in an excluded folder or is of an excluded plug-in.

    User and password, a trailing slash, and the case of scheme and host make no difference.
    """
    folders = [folder for folder in map(_comparable, excluded) if folder.strip("/")]
    files = [_comparable(part) for path in paths for part in parts_of(path) if part]
    return any(_is_in(file, folder) for file in files for folder in folders)


def _is_in(file: str, folder: str) -> bool:
    if "/" not in folder and folder.startswith(("plugin.", "script.")):
        folder = f"plugin://{folder}"
    return file == folder or file.startswith(f"{folder}/")


def _comparable(path: str) -> str:
    scheme, found, rest = path.strip().partition("://")
    if not found:
        scheme, rest = "", path.strip()
    scheme = scheme.lower()
    if scheme in _INNER:
        return _comparable(unquote(rest.partition("/")[0]))
    is_drive = (not scheme and rest[1:2] == ":") or rest.startswith("\\\\")
    rest = rest.replace("\\", "/") if is_drive else rest
    if scheme:
        host, slash, folder = rest.partition("/")
        rest = host.rpartition("@")[2].lower() + slash + folder
    rest = unquote(rest.partition("?")[0] if scheme == "plugin" else rest).rstrip("/")
    if is_drive or scheme == "smb":
        rest = rest.casefold()
    return f"{scheme}://{rest}" if scheme else rest
