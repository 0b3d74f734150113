"""A script's look at what the service has stored."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from simkl_connect.errors import StorageFailed
from simkl_connect.storage.database import Database
from simkl_connect.storage.reader import Reader


def test_it_sees_what_was_stored(tmp_path: Path) -> None:
    folder = tmp_path / "a#b?c%20d"
    database = Database(str(folder / "simkl.db"))
    database.write({"name": "value"})
    database.push("kind", "first")
    database.push("kind", "second")
    database.push("other", "third")
    reader = Reader(os.fsencode(folder / "simkl.db"))
    assert (reader.read("name"), reader.read("nothing"), reader.rows("kind")) == ("value", "", ["first", "second"])
    assert "simkl.db" in os.listdir(folder)
    database.close()


@pytest.mark.parametrize("content", [None, b"", b"no database" * 100])
def test_a_file_that_is_none_of_ours_is_a_failure(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "simkl.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StorageFailed):
        Reader(bytes(path)).read("name")
    assert path.exists() is (content is not None)


def test_a_value_that_is_no_text_is_passed_over(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "simkl.db"))
    database.close()
    with sqlite3.connect(tmp_path / "simkl.db") as connection:
        connection.execute("INSERT INTO value VALUES ('name', x'ff00')")
    connection.close()
    assert Reader(bytes(tmp_path / "simkl.db")).read("name") == ""
