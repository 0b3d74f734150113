"""What version 0.1.0 has left is taken over, and its files go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chances import steady
from fakes import FakeClock, FakeSettings
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.errors import StorageFailed
from simkl_connect.models import Account, Secret, Token
from simkl_connect.storage.database import Database
from simkl_connect.storage.legacy import SIGN_IN_FIELDS, Legacy
from simkl_connect.storage.token_store import TokenStore

SETTINGS = {
    "access_token": "at",
    "refresh_token": "rt",
    "token_expires_at": "1800000000",
    "scope": "media:read",
    "token_client_id": "client-id",
    "account_name": "Ada",
    "account_id": "1",
    "connected_at": "1700000000",
    "flow": "device client-id",
}
TOKEN = Token(Secret("at"), Secret("rt"), 1_800_000_000.0, "media:read", "client-id")
WHOLE = b'<settings version="2"><setting id="access_token">at</setting></settings>'
TORN = b'<settings version="2"><setting id="acc'
OLD_FILES = ("unsaved.json", "unsaved.json.new", "sign-in.json", "sign-in.json.new", "settings.xml.kept")
OLD_DRAFTS = ("settings.xml.kept.new", "settings.xml.new")


def update(folder: Path, settings: FakeSettings) -> tuple[TokenStore, Database]:
    """The first start of the version with a database."""
    database = Database(str(folder / "simkl.db"))
    store = TokenStore(database, lambda: 0.0, FakeClock(), Legacy(bytes(folder), settings.read))
    return store, database


def test_a_sign_in_of_an_earlier_version_is_kept(tmp_path: Path) -> None:
    store, _ = update(tmp_path, FakeSettings(**SETTINGS))
    assert (store.token(), store.account(), store.connected_at()) == (TOKEN, Account("Ada", "1"), 1_700_000_000.0)
    assert store.flow("client-id") == "device"


def test_what_was_not_in_the_settings_yet_wins_over_them(tmp_path: Path) -> None:
    (tmp_path / "unsaved.json").write_text(json.dumps({"access_token": "newer", "account_name": ""}))
    store, _ = update(tmp_path, FakeSettings(**SETTINGS))
    assert (store.token(), store.account()) == (TOKEN._replace(access_token=Secret("newer")), Account("", "1"))


def test_a_code_on_the_screen_is_taken_over_field_by_field(tmp_path: Path) -> None:
    fields = {name: f"{name}'s value" for name in SIGN_IN_FIELDS}
    (tmp_path / "sign-in.json").write_text(json.dumps({**fields, "of another version": "x"}))
    _, database = update(tmp_path, FakeSettings())
    found = {name: value for name, value in database.values().items() if name.startswith("sign_in.")}
    assert found == {f"sign_in.{name}": value for name, value in fields.items()}


def test_the_old_files_go(tmp_path: Path) -> None:
    for name in (*OLD_FILES, *OLD_DRAFTS):
        (tmp_path / name).write_text("{}")
    (tmp_path / "settings.xml").write_bytes(WHOLE)
    update(tmp_path, FakeSettings(**SETTINGS))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["settings.xml", "simkl.db", "simkl.db-journal"]


def test_old_files_that_a_kill_has_left_go_at_the_next_start_and_are_not_read(tmp_path: Path) -> None:
    update(tmp_path, FakeSettings(**SETTINGS))[0].clear()
    (tmp_path / "unsaved.json").write_text(json.dumps({"access_token": "old"}))
    store, _ = update(tmp_path, FakeSettings(**SETTINGS))
    assert store.token() is None
    assert not (tmp_path / "unsaved.json").exists()


def test_torn_settings_are_replaced_by_the_kept_copy_before_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "settings.xml").write_bytes(TORN)
    (tmp_path / "settings.xml.kept").write_bytes(WHOLE)
    read: list[bytes] = []
    settings = FakeSettings()

    class Settings(FakeSettings):
        def read(self, names: object) -> dict[str, str]:
            read.append((tmp_path / "settings.xml").read_bytes())
            return settings.read(())

    update(tmp_path, Settings())
    assert read == [WHOLE]


@pytest.mark.parametrize(
    "left", [{"settings.xml": WHOLE, "settings.xml.kept": TORN}, {"settings.xml": TORN}, {"settings.xml.kept": WHOLE}]
)
def test_settings_that_are_whole_or_have_no_copy_are_left_alone(tmp_path: Path, left: dict[str, bytes]) -> None:
    for name, content in left.items():
        (tmp_path / name).write_bytes(content)
    before = left.get("settings.xml")
    update(tmp_path, FakeSettings())
    after = tmp_path / "settings.xml"
    assert (after.read_bytes() if after.exists() else None) == before


def test_settings_that_kodi_does_not_give_yet_are_taken_over_later(tmp_path: Path) -> None:
    settings = FakeSettings(**SETTINGS)
    settings.unknown = True
    clock = FakeClock()
    database = Database(str(tmp_path / "simkl.db"))
    store = TokenStore(database, lambda: 0.0, clock, Legacy(bytes(tmp_path), settings.read))
    assert (store.token(), store.settings()) == (None, {})
    settings.unknown = False
    clock.advance(2.0)
    store.advance()
    assert store.token() == TOKEN


def test_a_damaged_database_begins_with_what_the_settings_hold(tmp_path: Path) -> None:
    (tmp_path / "simkl.db").write_bytes(b"no database " * 100)
    store, database = update(tmp_path, FakeSettings(**SETTINGS))
    assert (store.token(), database.set_aside) == (TOKEN, True)


def test_a_file_that_can_not_be_removed_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "unsaved.json").mkdir()
    with pytest.raises(StorageFailed) as failed:
        Legacy(bytes(tmp_path), FakeSettings().read).forget()
    assert str(tmp_path) not in str(failed.value)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(st.characters(), max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(list(SETTINGS)), inner)),
    max_leaves=8,
)
contents = st.one_of(
    st.binary(max_size=40),
    json_values.map(lambda value: json.dumps(value).encode()),
    st.sampled_from([b"[" * 60_000, b"1" * 60_000, b'{"scope": "' + b"x" * 100_000 + b'"}', b"\xff\xfe{}"]),
)


@given(unsaved=contents, sign_in=contents, name=st.text(st.characters(), max_size=20))
@steady(80)
def test_whatever_the_files_hold_the_add_on_starts(
    tmp_path_factory: pytest.TempPathFactory, unsaved: bytes, sign_in: bytes, name: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "unsaved.json").write_bytes(unsaved)
    (folder / "sign-in.json").write_bytes(sign_in)
    store, database = update(folder, FakeSettings(**{**SETTINGS, "account_name": name}))
    assert store.settings()
    assert database.read("begun")
    database.close()
