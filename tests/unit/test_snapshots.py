"""Scripts look at the database while the service writes it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Iterator

import pytest
from simkl_connect.storage.database import Database
from simkl_connect.storage.snapshots import Snapshot, Snapshots


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder ? #%" / "simkl.db"


@pytest.fixture
def reader(path: Path) -> Iterator[Snapshots]:
    reader = Snapshots(os.fsencode(path))
    yield reader
    reader.close()


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(str(path))
    yield database
    database.close()


def test_where_there_is_no_file_there_is_nothing_and_none_is_made(reader: Snapshots, path: Path) -> None:
    assert reader.read() == Snapshot()
    assert reader.read() is None
    assert not path.exists()


def test_what_was_written_is_read_once(reader: Snapshots, database: Database) -> None:
    database.write({"account_name": "Ada", "refresh_token": "secret", "access_token": "secret"})
    row = database.push("activity", "{}")
    mark = database.push("outbox", "[]")
    assert reader.read() == Snapshot({"account_name": "Ada"}, True, [(row, "{}")], [(mark, "[]")])
    assert reader.read() is None


def test_each_change_is_seen(reader: Snapshots, database: Database) -> None:
    reader.read()
    database.push("activity", "1")
    first = reader.read()
    database.push("activity", "2")
    second = reader.read()
    assert first is not None
    assert second is not None
    assert [item for _, item in first.activity] == ["1"]
    assert [item for _, item in second.activity] == ["1", "2"]


def test_a_file_in_place_of_the_old_one_is_read(reader: Snapshots, database: Database, path: Path) -> None:
    database.push("activity", "1")
    reader.read()
    database.close()
    path.rename(path.with_name("aside"))
    assert reader.read() == Snapshot()
    database.push("activity", "2")
    found = reader.read()
    assert found is not None
    assert [item for _, item in found.activity] == ["2"]


def test_while_the_service_writes_nothing_new_is_read_and_afterwards_all(
    reader: Snapshots, database: Database, path: Path
) -> None:
    database.push("activity", "1")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        writer.execute("INSERT INTO queued (kind, item) VALUES ('activity', '2')")
        assert reader.read() is None
        writer.execute("COMMIT")
    found = reader.read()
    assert found is not None
    assert [item for _, item in found.activity] == ["1", "2"]


def test_nothing_can_be_written_through_it(reader: Snapshots, database: Database) -> None:
    reader.read()
    assert reader._connection is not None
    with pytest.raises(sqlite3.OperationalError):
        reader._connection.execute("DELETE FROM queued")


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 2000])
def test_a_file_that_makes_no_sense_is_an_empty_page(reader: Snapshots, path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert reader.read() in (None, Snapshot())
    assert reader.read() is None


def test_text_that_is_no_utf8_and_values_of_another_type_are_survived(
    reader: Snapshots, database: Database, path: Path
) -> None:
    database.push("activity", "1")
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("INSERT INTO queued (kind, item) VALUES ('activity', CAST(x'ff' AS TEXT))")
        other.execute("INSERT INTO queued (kind, item) VALUES ('activity', x'ff')")
        other.execute("INSERT INTO value VALUES ('account_name', x'ff')")
    found = reader.read()
    assert found is not None
    assert [item for _, item in found.activity] == ["1", "�"]
    assert found.values == {}
