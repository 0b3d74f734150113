"""Which videos the user wants left alone, and the settings that say so."""

from __future__ import annotations

import re
from typing import Iterable, NamedTuple
from urllib.parse import unquote

STACK, PLUGIN = "stack://", "plugin://"
_ADDON_ID = re.compile(r"(?:plugin|script)\.[a-z0-9_.-]{1,100}")
_INNER = ("zip", "rar", "archive", "multipath", "iso9660", "udf", "bluray")
"""Schemes whose host is a whole address, percent-encoded (Kodi's URL.cpp)."""
_WITH_FOLDERS = ("", "smb", "nfs", "ftp", "ftps", "sftp", "dav", "davs")
"""Schemes whose addresses are files in folders; elsewhere a folder's name may be a secret, or be another each time."""


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


def folder_of(path: str) -> str:
    """The folder of a (first) file, to be excluded; without user and password. "" where there is none to speak of."""
    scheme, found, rest = _comparable(parts_of(path)[0]).rpartition("://")
    folder = rest.rpartition("/")[0]
    if scheme not in _WITH_FOLDERS or not folder.strip("/"):
        return ""
    folder = folder if unquote(folder) == folder else folder.replace("%", "%25")
    return f"{scheme}{found}{folder}/"


def addon_of(paths: Iterable[str]) -> str:
    """The id of the plug-in that one of ``paths`` is of, or ""."""
    found = (path[len(PLUGIN) :].partition("/")[0].lower() for path in paths if path.lower().startswith(PLUGIN))
    return next((addon for addon in found if _ADDON_ID.fullmatch(addon)), "")


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
