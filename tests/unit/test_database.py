"""What was written is there after a kill, and a file that can't be used costs nobody the add-on."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from chances import steady
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.errors import StorageFailed
from simkl_connect.storage import database as database_module
from simkl_connect.storage.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "not there yet" / "simkl.db"


def reopened(path: Path) -> Database:
    database = Database(str(path))
    assert not database.set_aside
    return database


def test_what_was_written_is_read_by_the_next_start(path: Path) -> None:
    Database(str(path)).write({"access_token": "secret", "scope": "a"})
    assert reopened(path).values() == {"access_token": "secret", "scope": "a"}


def test_an_empty_string_deletes(path: Path) -> None:
    database = Database(str(path))
    database.write({"access_token": "secret"})
    database.write({"access_token": "", "scope": ""})
    assert (database.read("access_token"), database.values()) == ("", {})


def test_rows_come_in_order_and_by_kind(path: Path) -> None:
    database = Database(str(path))
    first, _, second = database.push("outbox", "1"), database.push("activity", "x"), database.push("outbox", "2")
    database.replace(first, "one")
    assert reopened(path).rows("outbox") == [(first, "one"), (second, "2")]


def test_an_id_is_never_used_again(path: Path) -> None:
    database = Database(str(path))
    first = database.push("outbox", "1")
    database.remove([first])
    assert database.push("outbox", "2") > first


def test_replacing_a_row_that_has_gone_does_nothing(path: Path) -> None:
    database = Database(str(path))
    database.replace(5, "x")
    assert database.rows("outbox") == []


def test_a_transaction_that_an_exception_leaves_has_done_nothing(path: Path) -> None:
    database = Database(str(path))
    with pytest.raises(KeyError), database.transaction():
        database.write({"a": "1"})
        database.push("outbox", "x")
        raise KeyError
    assert (database.values(), database.rows("outbox")) == ({}, [])


def test_nothing_of_a_transaction_is_kept_if_a_part_of_it_failed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(str(path))
    with pytest.raises(StorageFailed), database.transaction():
        database.write({"a": "1"})
        with pytest.raises(StorageFailed), database._use() as connection:
            connection.execute("no SQL")
        database.write({"b": "2"})
    assert database.values() == {}


def test_threads_lose_nothing_to_each_other(path: Path) -> None:
    database = Database(str(path))

    def push() -> None:
        for number in range(20):
            database.push("outbox", str(number))

    threads = [threading.Thread(target=push) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(database.rows("outbox")) == 80


def test_two_that_have_it_open_see_each_others_writes(path: Path) -> None:
    one, other = Database(str(path)), Database(str(path))
    one.write({"a": "1"})
    other.write({"b": "2"})
    assert one.values() == other.values() == {"a": "1", "b": "2"}


def test_only_the_owner_may_read_the_files(path: Path) -> None:
    old_umask = os.umask(0)
    try:
        Database(str(path)).write({"a": "1"})
    finally:
        os.umask(old_umask)
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_nothing_that_was_deleted_stays_in_the_files(path: Path) -> None:
    database = Database(str(path))
    database.write({"access_token": "CANARY", "flow": "pin"})
    database.push("outbox", "CANARY")
    database.write({"access_token": ""})
    database.remove([1])
    assert [file.name for file in path.parent.iterdir() if b"CANARY" in file.read_bytes()] == []


def test_a_file_of_the_first_version_is_brought_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database(str(path)).write({"a": "1"})
    steps = (*database_module._MIGRATIONS, ("INSERT INTO queued (kind, item) VALUES ('new', 'x')",))
    monkeypatch.setattr(database_module, "_MIGRATIONS", steps)
    database = reopened(path)
    assert (database.read("a"), database.rows("new")) == ("1", [(1, "x")])
    assert reopened(path).rows("new") == [(1, "x")]


def a_newer_version(path: Path) -> None:
    Database(str(path)).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 1000")
    db.close()


def another_ones_database(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE films (title TEXT)")
    db.close()


def a_lost_table(path: Path) -> None:
    Database(str(path)).close()
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE value")
    db.close()


def grown(path: Path) -> bytes:
    database = Database(str(path))
    for number in range(50):
        database.push("outbox", str(number) * 500)
    database.close()
    return path.read_bytes()


def torn(path: Path) -> None:
    path.write_bytes(grown(path)[:-6000])


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(len(grown(path))))


def damaged_in_the_middle(path: Path) -> None:
    content = grown(path)
    path.write_bytes(content[:5000] + os.urandom(6000) + content[11000:])


def a_folder(path: Path) -> None:
    path.mkdir()


def a_text(path: Path) -> None:
    path.write_text("no database " * 200)


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "gone")


def a_folder_for_a_journal(path: Path) -> None:
    Database(str(path)).close()
    (path.parent / "simkl.db-journal").unlink()
    (path.parent / "simkl.db-journal").mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        a_newer_version,
        another_ones_database,
        a_lost_table,
        torn,
        zeroed,
        damaged_in_the_middle,
        a_folder,
        a_text,
        a_link_to_nothing,
        a_folder_for_a_journal,
    ],
)
def test_a_file_that_can_not_be_used_is_renamed_and_a_new_one_begun(path: Path, damage: object) -> None:
    path.parent.mkdir()
    assert callable(damage)
    damage(path)
    content = path.read_bytes() if path.is_file() else None
    database = Database(str(path))
    database.write({"a": "1"})
    aside = path.parent / "simkl.db.unusable-1"
    assert database.set_aside
    assert os.path.lexists(aside)
    assert content is None or aside.read_bytes() == content
    assert reopened(path).values() == {"a": "1"}


def test_a_second_file_that_can_not_be_used_does_not_replace_the_first(path: Path) -> None:
    path.parent.mkdir()
    for number in (1, 2):
        path.write_text(f"no database {number}")
        Database(str(path)).close()
    asides = sorted(file for file in path.parent.iterdir() if ".unusable-" in file.name and "journal" not in file.name)
    assert [file.read_text() for file in asides] == ["no database 1", "no database 2"]


def test_damage_while_it_runs_is_an_error_once(path: Path) -> None:
    database = Database(str(path))
    database.write({"a": "1"})
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(StorageFailed):
        database.write({"b": "2"})
    database.write({"b": "2"})
    assert (database.values(), database.set_aside) == ({"b": "2"}, True)


@given(content=st.one_of(st.binary(max_size=200), st.binary(max_size=100).map(lambda end: b"SQLite format 3\0" + end)))
@steady(60)
def test_whatever_the_file_holds_it_can_be_written_afterwards(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "simkl.db"
    path.write_bytes(content)
    database = Database(str(path))
    database.write({"a": "1"})
    assert database.values() == {"a": "1"}


@given(values=st.dictionaries(st.text(max_size=8), st.text(st.characters(), max_size=20)))
@steady(60)
def test_any_text_can_be_stored(tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]) -> None:
    database = Database(str(tmp_path_factory.mktemp("any") / "simkl.db"))
    database.write(values)
    found = database.values()
    clean = {name: value for name, value in values.items() if (name + value).isprintable()}
    assert {name: found.get(name, "") for name in clean} == clean


@pytest.mark.parametrize("value", ["x'ff00'", "5", "CAST(x'fffe' AS TEXT)"], ids=["blob", "number", "not UTF-8"])
def test_values_of_another_type_are_passed_over(path: Path, value: str) -> None:
    Database(str(path)).write({"a": "1"})
    with sqlite3.connect(path) as db:
        db.execute(f"INSERT INTO value VALUES ('odd', {value})")
        db.execute(f"INSERT INTO queued (kind, item) VALUES ('outbox', {value})")
    db.close()
    database = reopened(path)
    assert database.values()["a"] == "1"
    assert len(database.rows("outbox")) <= 1


def test_a_file_that_can_not_be_opened_is_told_in_words_and_tried_again(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    database = Database(str(path))
    with pytest.raises(StorageFailed) as failed:
        database.read("a")
    assert str(path.parent) not in str(failed.value)
    path.parent.unlink()
    database.write({"a": "1"})
    assert database.read("a") == "1"
