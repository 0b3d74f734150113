from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from simkl_connect.storage.journal import Journal

VALUES = {"access_token": "secret", "scope": ""}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "not there yet" / "unsaved.json"


def test_what_was_written_is_read(path: Path) -> None:
    Journal(str(path)).write(VALUES)
    assert Journal(str(path)).read() == VALUES


def test_only_the_owner_may_read_it(path: Path) -> None:
    old_umask = os.umask(0)
    try:
        Journal(str(path)).write(VALUES)
    finally:
        os.umask(old_umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_removing_leaves_nothing(path: Path) -> None:
    journal = Journal(str(path))
    journal.write(VALUES)
    journal.remove()
    assert list(path.parent.iterdir()) == []
    assert journal.read() == {}
    journal.remove()


def test_a_write_that_fails_leaves_the_old_values(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(str(path))
    journal.write(VALUES)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        journal.write({"access_token": "other"})
    assert journal.read() == VALUES


def test_the_file_and_its_name_are_on_the_disk_before_it_returns(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(
        os, "fsync", lambda fd: (steps.append("folder" if stat.S_ISDIR(os.fstat(fd).st_mode) else "file"), fsync(fd))
    )
    monkeypatch.setattr(os, "replace", lambda old, new: (steps.append("rename"), replace(old, new)))
    Journal(str(path)).write(VALUES)
    assert steps == ["file", "rename", "folder"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a": 5}'])
def test_a_file_that_makes_no_sense_is_nothing(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert Journal(str(path)).read() == {}
