from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from simkl_connect.kodi.pictures import Pictures


def test_each_picture_has_a_name_of_its_own_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    pictures = Pictures(str(tmp_path / "not" / "there" / "yet"))
    first, second = Path(pictures.add(b"one")), Path(pictures.add(b"two"))
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")
    assert stat.S_IMODE(second.stat().st_mode) == 0o600


def test_clearing_deletes_them_all(tmp_path: Path) -> None:
    pictures = Pictures(str(tmp_path))
    pictures.add(b"one")
    pictures.add(b"two")
    pictures.clear()
    assert list(tmp_path.iterdir()) == []


def test_no_picture_is_no_file(tmp_path: Path) -> None:
    assert Pictures(str(tmp_path)).add(b"") == ""
    assert list(tmp_path.iterdir()) == []


def test_what_an_earlier_run_left_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    for name in ("shown-1.png", "settings.xml", "shown-code.txt"):
        (tmp_path / name).touch()
    Pictures(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["settings.xml", "shown-code.txt"]


def test_a_full_disk_costs_the_picture_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = Pictures(str(tmp_path))
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(os, "open", lambda *_arguments: full)
    assert pictures.add(b"x") == ""
    assert list(tmp_path.iterdir()) == []
