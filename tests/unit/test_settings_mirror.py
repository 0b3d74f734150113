"""The settings hold what the database holds, whatever Kodi does with what is written into them."""

from __future__ import annotations

from pathlib import Path

import pytest
from chances import steady
from fakes import FakeClock, FakeSettings
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.errors import StorageFailed
from simkl_connect.models import Account, Secret, Token
from simkl_connect.storage.database import Database
from simkl_connect.storage.settings_mirror import CHOICES, SettingsMirror, is_torn
from simkl_connect.storage.stored import NAMES
from simkl_connect.storage.token_store import TokenStore

TOKEN = Token(Secret("at"), Secret("rt"), 1_800_000_000.0, "media:read", "client-id")


class Device:
    """A store with its mirror; ``run`` lives until nothing is due any more."""

    def __init__(self, path: Path, settings: FakeSettings) -> None:
        self.clock = FakeClock()
        self.settings = settings
        self.database = Database(str(path / "simkl.db"))
        self.start()

    def start(self) -> None:
        self.store = TokenStore(self.database, lambda: 1_700_000_000.0, self.clock)
        self.mirror = SettingsMirror(self.store, self.database, self.settings, self.clock)

    def run(self) -> float | None:
        """Returns the next wait."""
        for _ in range(10):
            if self.mirror.seconds_to_wait() != 0.0:
                return self.mirror.seconds_to_wait()
            self.mirror.advance()
        raise AssertionError("it never comes to rest")

    def holds(self) -> bool:
        return all(self.settings.values.get(name, "") == value for name, value in self.store.settings().items())


@pytest.fixture
def settings() -> FakeSettings:
    return FakeSettings(client_id="own", show_qr="false", scrobble_minimum="7")


@pytest.fixture
def device(tmp_path: Path, settings: FakeSettings) -> Device:
    return Device(tmp_path, settings)


def test_a_change_of_the_store_is_written_with_the_access_token_last(device: Device, settings: FakeSettings) -> None:
    device.store.save_token(TOKEN)
    assert device.run() is None
    assert device.holds()
    assert list(settings.writes[-1])[-1] == "access_token"


def test_only_what_differs_is_written(device: Device, settings: FakeSettings) -> None:
    device.store.save_token(TOKEN)
    device.run()
    device.store.save_account(Account("Ada", "1"), TOKEN)
    device.run()
    assert settings.writes[1:] == [{"account_name": "Ada", "account_id": "1"}]


def test_nothing_is_written_where_nothing_differs(device: Device, settings: FakeSettings) -> None:
    device.store.save_token(TOKEN)
    device.run()
    device.start()
    device.mirror.look_again()
    device.run()
    assert len(settings.writes) == 1


def test_a_token_changed_by_hand_is_put_back(device: Device, settings: FakeSettings) -> None:
    device.store.save_token(TOKEN)
    device.run()
    settings.values["access_token"] = "by hand"
    device.mirror.look_again()
    device.run()
    assert device.holds()


def test_signing_out_empties_the_settings_but_for_the_users_choices(device: Device, settings: FakeSettings) -> None:
    device.store.save_token(TOKEN)
    device.run()
    device.store.clear()
    device.run()
    kept = {name: value for name, value in settings.values.items() if value}
    assert kept == {"client_id": "own", "show_qr": "false", "scrobble_minimum": "7", "reconnect": "false"}


def test_what_the_settings_page_swallows_is_written_again_ever_later_until_it_holds(
    device: Device, settings: FakeSettings
) -> None:
    settings.page_open = True
    device.store.save_token(TOKEN)
    waits = []
    for _ in range(11):
        waits.append(device.run() or 0.0)
        device.clock.advance(waits[-1])
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    settings.page_open = False
    assert device.run() is None
    assert device.holds()


def test_changes_that_kodi_reports_of_our_own_writes_cause_no_more_of_them(
    device: Device, settings: FakeSettings
) -> None:
    settings.page_open = True
    device.store.save_token(TOKEN)
    wait = device.run()
    for _ in range(5):
        device.mirror.look_again()
        assert device.run() == wait
    assert len(settings.writes) == 1


def test_a_settings_page_left_with_ok_ends_the_attempts(device: Device, settings: FakeSettings) -> None:
    settings.page_open = True
    device.store.save_token(TOKEN)
    device.run()
    settings.values.update(device.store.settings())
    device.mirror.look_again()
    assert device.run() is None


def test_an_add_on_that_kodi_does_not_know_is_tried_again(device: Device, settings: FakeSettings) -> None:
    settings.unknown = True
    device.store.save_token(TOKEN)
    assert device.run() == 2.0
    settings.unknown = False
    device.clock.advance(2.0)
    device.run()
    assert device.holds()


def test_the_settings_are_left_alone_as_long_as_the_database_can_not_be_read(
    tmp_path: Path, settings: FakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.values["access_token"] = "at"
    (tmp_path / "folder").write_text("a file where the folder should be")
    device = Device(tmp_path / "folder", settings)
    monkeypatch.setattr(Database, "is_missing", False)
    device.start()
    assert device.run() is None
    device.mirror.advance()
    assert (settings.writes, settings.values["access_token"]) == ([], "at")


def test_torn_settings_are_set_aside_and_written_anew_with_the_users_choices(
    device: Device, settings: FakeSettings
) -> None:
    device.store.save_token(TOKEN)
    device.run()
    settings.torn = True
    device.start()
    assert device.run() is None
    assert device.holds()
    choices = {name: settings.values[name] for name in ("client_id", "show_qr", "scrobble_minimum")}
    assert choices == {"client_id": "own", "show_qr": "false", "scrobble_minimum": "7"}


def test_choices_survive_a_tear_after_which_nothing_can_be_written_at_first(
    device: Device, settings: FakeSettings
) -> None:
    device.store.save_token(TOKEN)
    device.run()
    settings.torn = settings.page_open = True
    device.mirror.look_again()
    device.run()
    device.mirror.look_again()
    device.start()  # a restart in between
    device.run()
    settings.page_open = False
    device.clock.advance(900.0)
    assert device.run() is None
    assert settings.values["client_id"] == "own"


def test_a_damaged_choice_is_not_written_back(device: Device, settings: FakeSettings) -> None:
    device.run()
    device.database.write({"choice.client_id": "a\0b"})
    settings.torn = True
    device.start()
    assert device.run() is None
    assert "client_id" not in settings.values


def test_a_later_choice_is_the_one_that_is_kept(device: Device, settings: FakeSettings) -> None:
    device.run()
    settings.values.update(client_id="", scrobble="false")
    device.mirror.look_again()
    device.run()
    settings.torn = True
    device.mirror.look_again()
    device.run()
    assert (settings.values.get("client_id", ""), settings.values["scrobble"]) == ("", "false")


def test_a_file_that_tears_in_every_write_is_tried_again_ever_later(
    device: Device, settings: FakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "is_torn", lambda: True)
    device.store.save_token(TOKEN)
    waits = []
    for _ in range(3):
        waits.append(device.run())
        device.clock.advance(waits[-1] or 0.0)
    assert waits == [2.0, 4.0, 8.0]


def test_a_warning_names_the_setting_and_not_its_value(
    device: Device, settings: FakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.page_open = True
    device.store.save_token(TOKEN._replace(access_token=Secret("CANARY")))
    device.run()
    assert "access_token" in caplog.text
    assert "CANARY" not in caplog.text


@pytest.mark.parametrize(
    ("content", "torn"),
    [
        (b"", True),
        (b'<settings version="2"><setting id="acc', True),
        (b'<settings version="2">\n<setting id="scope" default="true" />\n', True),
        (b"<settings><\0\0</settings>", True),
        (bytes(4096), True),
        (b'<settings version="2"><setting id="scope" /></settings>\n', False),
        (b'<settings version="2" />', False),
    ],
)
def test_a_file_is_torn_if_its_end_is_missing(content: bytes, torn: bool) -> None:
    assert is_torn(content) is torn


texts = st.text(st.characters(), max_size=20)


@given(
    database=st.dictionaries(st.sampled_from([*NAMES, *(f"choice.{name}" for name in CHOICES)]), texts),
    settings=st.dictionaries(st.sampled_from([*NAMES, *CHOICES]), texts),
    torn=st.booleans(),
)
@steady(80)
def test_whatever_database_and_settings_hold_they_agree_in_the_end(
    tmp_path_factory: pytest.TempPathFactory, database: dict[str, str], settings: dict[str, str], torn: bool
) -> None:
    device = Device(tmp_path_factory.mktemp("any"), FakeSettings(**settings))
    device.database.write(database)
    device.settings.torn = torn
    device.start()
    assert device.run() is None
    assert device.holds()
    assert all(value.isprintable() for value in device.store.settings().values())
    device.database.close()


def test_a_disk_that_refuses_the_choices_is_tried_again(
    device: Device, settings: FakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_database: Database, _values: object) -> None:
        raise StorageFailed("database or disk is full")

    monkeypatch.setattr(Database, "write", refuse)
    assert device.run() == 2.0
