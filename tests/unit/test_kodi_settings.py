"""The add-on settings as Kodi keeps them, on a Kodi of a few lines."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from fake_kodi import FakeKodi
from simkl_connect.errors import StorageFailed
from simkl_connect.kodi import files
from simkl_connect.kodi.settings import KodiSettings

TORN = b'<settings version="2"><setting id="acc'


@pytest.fixture
def kodi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKodi:
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    return kodi


def test_what_was_written_is_read(kodi: FakeKodi) -> None:
    KodiSettings().write({"scope": "a", "access_token": "b"})
    assert KodiSettings().read(["access_token", "scope", "flow"]) == {"access_token": "b", "scope": "a", "flow": ""}


def test_the_file_is_the_owners_alone(kodi: FakeKodi) -> None:
    KodiSettings().write({"access_token": "b"})
    assert stat.S_IMODE((kodi.data_folder / "settings.xml").stat().st_mode) == 0o600


def test_a_torn_file_is_renamed(kodi: FakeKodi) -> None:
    kodi.data_folder.mkdir(parents=True)
    (kodi.data_folder / "settings.xml").write_bytes(TORN)
    settings = KodiSettings()
    assert settings.is_torn()
    settings.set_aside()
    assert not settings.is_torn()
    assert (kodi.data_folder / "settings.xml.torn").read_bytes() == TORN


@pytest.mark.parametrize("content", [None, b"<settings></settings>"], ids=["no file", "a whole file"])
def test_a_missing_or_whole_file_is_not_torn(kodi: FakeKodi, content: bytes | None) -> None:
    if content is not None:
        kodi.data_folder.mkdir(parents=True)
        (kodi.data_folder / "settings.xml").write_bytes(content)
    assert not KodiSettings().is_torn()


def test_a_disabled_add_on_is_a_storage_failure(kodi: FakeKodi) -> None:
    kodi.disabled = True
    with pytest.raises(StorageFailed):
        KodiSettings().read(["scope"])
    with pytest.raises(StorageFailed):
        KodiSettings().write({"scope": "a"})


def test_a_file_that_can_not_be_renamed_is_a_storage_failure_without_its_path(kodi: FakeKodi) -> None:
    with pytest.raises(StorageFailed) as failed:
        KodiSettings().set_aside()
    assert str(kodi.path) not in str(failed.value)


def test_paths_are_utf_8_in_every_locale(kodi: FakeKodi) -> None:
    assert files.local_path("/J\xfcrgen \u0416/\udcff") == b"/J\xc3\xbcrgen \xd0\x96/\xff"
    assert files.database() == bytes(kodi.data_folder / "simkl.db")
