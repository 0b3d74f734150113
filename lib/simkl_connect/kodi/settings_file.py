"""The file that Kodi keeps the add-on's settings in.

Kodi writes it in place: a kill or a power cut in the middle leaves a torn file, and from then on Kodi neither reads nor
writes the add-on's settings, without a word. So a whole copy is kept beside it, and put back when that happens.
"""

from __future__ import annotations

import os

from ..storage.durable import write_whole

KEPT = ".kept"
"""Ending of the copy's name."""


def settle(path: str) -> dict[str, str]:
    """What the file says, once it would survive a power cut. Raises OSError, and SyntaxError if it is torn."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
        values = _parse(file.read())
    os.chmod(path, 0o600)
    _copy(path, path + KEPT)
    return values


def looks_torn(path: str) -> bool:
    """Whether the file lacks its end; :func:`mend` knows better, and takes longer."""
    try:
        with open(path, "rb") as file:
            content = file.read().rstrip()
    except OSError:  # no file yet; other causes are told when something is to be saved
        return False
    empty = content.endswith(b"/>") and b"<setting " not in content
    return not (empty or content.endswith(b"</settings>"))


def mend(path: str) -> bool:
    """Whether the file was torn and nothing could be put in its place. Raises OSError."""
    try:
        with open(path, "rb") as file:
            _parse(file.read())
    except FileNotFoundError:
        return False
    except SyntaxError:
        try:
            _copy(path + KEPT, path)
        except FileNotFoundError:
            os.unlink(path)  # Kodi starts a new one
            return True
    return False


def _parse(content: bytes) -> dict[str, str]:
    """Raises ParseError, a SyntaxError."""
    from xml.etree import ElementTree  # here, because a service with nothing to do does not need it

    root = ElementTree.fromstring(content)  # noqa: S314  # Kodi's own file
    return {setting.get("id", ""): setting.text or "" for setting in root.iter("setting")}


def _copy(source: str, target: str) -> None:
    with open(source, "rb") as original:
        write_whole(target, original.read())
