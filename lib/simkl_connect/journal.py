"""A small file that is there whole or not at all, whatever cuts the power."""

from __future__ import annotations

import json
import os

DRAFT = ".new"
"""Ending of the name under which a file is written before it takes its place."""


class Journal:
    """One file with strings by name, mode 0600. Any thread may use it, one at a time."""

    def __init__(self, path: str) -> None:
        self._path = path

    def write(self, values: dict[str, str]) -> None:
        """When it returns, ``values`` survive a power cut. Raises OSError, and leaves what was there before."""
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
        write_whole(self._path, json.dumps(values).encode("utf-8"))

    def read(self) -> dict[str, str]:
        """What was written last; empty if there is nothing, or nothing that can be read. Raises no error."""
        try:
            with open(self._path, encoding="utf-8") as file:
                values = json.load(file)
        except (OSError, ValueError):  # ValueError: not JSON, not UTF-8
            return {}
        return (
            {name: value for name, value in values.items() if isinstance(value, str)}
            if isinstance(values, dict)
            else {}
        )

    def remove(self) -> None:
        """Forgets everything. Raises OSError."""
        for path in (self._path, self._path + DRAFT):
            try:
                os.unlink(path)
            except FileNotFoundError:
                continue
        _sync_folder(os.path.dirname(self._path))


def write_whole(path: str, content: bytes) -> None:
    """Replaces the file, mode 0600; when it returns, ``content`` survives a power cut. Raises OSError."""
    draft = path + DRAFT
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    _sync_folder(os.path.dirname(path))


def _sync_folder(folder: str) -> None:
    """Makes new, renamed and deleted entries of ``folder`` permanent, where the system knows how. Raises OSError."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows keeps folders in order by itself
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
