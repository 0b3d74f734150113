"""A small file that is there whole or not at all, whatever cuts the power."""

from __future__ import annotations

import json
import os

from .durable import DRAFT, sync_folder, write_whole


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
        sync_folder(os.path.dirname(self._path))
