"""What is owed to the settings stays in the journal until they hold it, on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping

import pytest
from fakes import FakeClock
from simkl_connect.errors import StorageFailed
from simkl_connect.storage.journal import Journal
from simkl_connect.storage.ledger import RETRY_EVERY, Ledger

TOKEN = {"access_token": "new", "account_name": ""}


class FakeSettings:
    """Settings in memory; ``open_page`` makes every write vanish, as Kodi's settings page does."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.open_page = False

    def read(self, name: str) -> str:
        return self.values.get(name, "")

    def write(self, values: Mapping[str, str]) -> None:
        if self.open_page:
            raise StorageFailed("Kodi did not keep it")
        self.values.update(values)


class FullDisk(Journal):
    """A journal that can't be written."""

    def write(self, values: dict[str, str]) -> None:
        raise OSError(28, "No space left on device")


@pytest.fixture
def settings() -> FakeSettings:
    return FakeSettings()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(str(tmp_path / "unsaved.json"))


@pytest.fixture
def ledger(journal: Journal, settings: FakeSettings, clock: FakeClock) -> Ledger:
    return Ledger(journal, settings, clock)


def test_what_is_written_is_in_the_settings_and_the_journal_is_gone(
    ledger: Ledger, journal: Journal, settings: FakeSettings
) -> None:
    ledger.write(TOKEN)
    assert settings.values == TOKEN
    assert journal.read() == {}
    assert ledger.seconds_to_wait() is None


def test_a_note_is_in_the_journal_at_once(ledger: Ledger, journal: Journal, settings: FakeSettings) -> None:
    ledger.note(TOKEN)
    assert journal.read() == TOKEN
    assert settings.values == {}


def test_an_unrelated_write_keeps_the_note(ledger: Ledger, journal: Journal) -> None:
    ledger.note(TOKEN)
    ledger.write({"flow": "device id"})
    assert journal.read() == TOKEN


def test_a_note_that_is_not_wanted_any_more_is_not_taken(ledger: Ledger, journal: Journal) -> None:
    ledger.note(TOKEN, wanted=lambda: False)
    assert journal.read() == {}


def test_a_note_that_was_struck_is_gone(ledger: Ledger, journal: Journal) -> None:
    ledger.note(TOKEN)
    ledger.strike(TOKEN)
    assert journal.read() == {}


def test_writing_over_a_note_replaces_it(ledger: Ledger, journal: Journal, settings: FakeSettings) -> None:
    ledger.note(TOKEN)
    settings.open_page = True
    ledger.write({"access_token": "", "account_name": ""})
    assert journal.read() == {"access_token": "", "account_name": ""}


def test_a_restart_finishes_what_the_journal_says(journal: Journal, settings: FakeSettings, clock: FakeClock) -> None:
    journal.write(TOKEN)
    ledger = Ledger(journal, settings, clock)
    assert ledger.read("access_token") == "new"
    ledger.advance()
    assert settings.values == TOKEN
    assert journal.read() == {}


def test_what_the_settings_page_swallows_is_written_again_until_it_holds(
    ledger: Ledger, journal: Journal, settings: FakeSettings, clock: FakeClock
) -> None:
    settings.values["access_token"] = "old"
    settings.open_page = True
    ledger.write(TOKEN)
    assert ledger.read("access_token") == "new"
    clock.advance(RETRY_EVERY)
    ledger.advance()
    assert journal.read() == TOKEN
    settings.open_page = False
    clock.advance(RETRY_EVERY - 0.1)
    ledger.advance()
    assert settings.values["access_token"] == "old"
    clock.advance(0.1)
    ledger.advance()
    assert settings.values == TOKEN
    assert journal.read() == {}


def test_a_full_disk_alone_loses_nothing(tmp_path: Path, settings: FakeSettings, clock: FakeClock) -> None:
    ledger = Ledger(FullDisk(str(tmp_path / "unsaved.json")), settings, clock)
    ledger.note(TOKEN)
    ledger.write(TOKEN)
    assert settings.values == TOKEN


def test_what_nothing_takes_is_told_and_kept_in_memory(
    tmp_path: Path, settings: FakeSettings, clock: FakeClock
) -> None:
    ledger = Ledger(FullDisk(str(tmp_path / "unsaved.json")), settings, clock)
    settings.open_page = True
    with pytest.raises(StorageFailed):
        ledger.write(TOKEN)
    assert ledger.read("access_token") == "new"
    settings.open_page = False
    clock.advance(RETRY_EVERY)
    ledger.advance()
    assert settings.values == TOKEN
