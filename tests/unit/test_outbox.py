"""The marks on a disk whose file is damaged, or lost, while the service runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

import pytest
from simkl_connect.delivery.outbox import Entry, Outbox
from simkl_connect.media import Movie
from simkl_connect.storage.database import Database

NOW = 1_700_000_000.0


def damaged(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"garbage!" * 512)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "simkl.db"


@pytest.fixture
def outbox(path: Path) -> Outbox:
    outbox = Outbox(Database(str(path)), lambda: NOW)
    outbox.add([mark("before")])
    return outbox


def mark(title: str) -> Entry:
    return Entry(Movie(title, 2001), NOW, "1")


def kept(path: Path) -> list[str]:
    """What the next start finds."""
    found = Outbox(Database(str(path)), lambda: NOW)
    return [entry.media.title for _, entry in found.entries() if isinstance(entry.media, Movie)]


@pytest.mark.parametrize("spoil", [damaged, os.unlink])
def test_marks_of_a_file_that_was_lost_are_written_to_the_next(
    outbox: Outbox, path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(path)
    outbox.add([mark("after")])
    outbox.save()
    assert kept(path) == ["before", "after"]


def test_what_is_sent_after_that_is_taken_out_of_the_next_file_and_nothing_else(outbox: Outbox, path: Path) -> None:
    damaged(path)
    outbox.add([mark("after")])
    outbox.save()
    outbox.remove([1])
    assert kept(path) == ["after"]
