"""What version 0.1.0 has left: settings, and two files with what was not in the settings yet."""

from __future__ import annotations

import contextlib
import json
import os
from typing import Callable, Iterable

from . import file_system
from .settings_mirror import is_torn
from .stored import NAMES

SIGN_IN = "sign_in."
"""Begins the names of the values of a sign-in under way."""
SIGN_IN_FIELDS = (
    "request",
    "client_id",
    "flow",
    "verifier",
    "user_code",
    "device_code",
    "verification_uri",
    "verification_uri_complete",
    "expires_in",
    "interval",
    "deadline",
    "boot_id",
    "expires_at",
)
_SETTINGS, _KEPT, _DRAFT = b"settings.xml", b"settings.xml.kept", b".new"
_UNSAVED, _SIGN_IN_FILE = b"unsaved.json", b"sign-in.json"
_LARGEST = 64 * 1024
"""Bytes; a file of ours has a hundredth."""


class Legacy:
    """The files in ``folder``; ``read_settings`` gives settings by name, and raises StorageFailed."""

    def __init__(self, folder: bytes, read_settings: Callable[[Iterable[str]], dict[str, str]]) -> None:
        self._folder = folder
        self._read_settings = read_settings

    def values(self) -> dict[str, str]:
        """All of it as values for the database. Raises StorageFailed."""
        with file_system.translate_errors():
            self._replace_torn_settings()
        unsaved, sign_in = self._read(_UNSAVED), self._read(_SIGN_IN_FILE)
        return {
            **self._read_settings(NAMES),
            **{name: unsaved[name] for name in NAMES if name in unsaved},
            **{SIGN_IN + name: sign_in[name] for name in SIGN_IN_FIELDS if name in sign_in},
        }

    def forget(self) -> None:
        """Removes the files, which hold secrets. Raises StorageFailed."""
        found = False
        with file_system.translate_errors():
            for name in (_UNSAVED, _SIGN_IN_FILE, _KEPT, _SETTINGS):
                for path in (self._path(name + _DRAFT), self._path(name)):
                    if not path.endswith(_SETTINGS) and os.path.lexists(path):
                        os.unlink(path)
                        found = True
            if found:
                file_system.sync_folder(self._folder)

    def _replace_torn_settings(self) -> None:
        """By the copy that 0.1.0 kept; Kodi reads it at the next look."""
        try:
            with open(self._path(_SETTINGS), "rb") as file:
                torn = is_torn(file.read())
        except FileNotFoundError:
            return
        if torn:
            with contextlib.suppress(FileNotFoundError):
                os.replace(self._path(_KEPT), self._path(_SETTINGS))
                file_system.sync_folder(self._folder)

    def _read(self, name: bytes) -> dict[str, str]:
        """The strings in a JSON object; none if there is no such file, or none that can be read."""
        try:
            with open(self._path(name), "rb") as file:
                values = json.loads(file.read(_LARGEST).decode("utf-8"))
        except (OSError, ValueError, RecursionError):  # ValueError: not JSON, not UTF-8
            return {}
        found = values.items() if isinstance(values, dict) else ()
        return {name: value for name, value in found if isinstance(value, str)}

    def _path(self, name: bytes) -> bytes:
        return os.path.join(self._folder, name)
