"""Files that are there whole or not at all, whatever cuts the power."""

from __future__ import annotations

import os

DRAFT = ".new"
"""Ending of the name under which a file is written before it takes its place."""


def write_whole(path: str, content: bytes) -> None:
    """Replaces the file, mode 0600; when it returns, ``content`` survives a power cut. Raises OSError."""
    draft = path + DRAFT
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    sync_folder(os.path.dirname(path))


def sync_folder(folder: str) -> None:
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
