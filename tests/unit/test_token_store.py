"""Token and account survive, in the order in which they were meant, and nothing stored breaks the reading."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Iterator

import pytest
from chances import steady
from fakes import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.errors import StorageFailed
from simkl_connect.models import Account, Secret, Token
from simkl_connect.storage.database import Database
from simkl_connect.storage.stored import NAMES, Stored
from simkl_connect.storage.token_store import BEGUN, TokenStore

TOKEN = Token(Secret("at"), Secret("rt"), 1_800_000_000.0, "media:read", "client-id")
NEWER = TOKEN._replace(access_token=Secret("at-2"), refresh_token=Secret("rt-2"))
PIN = Token(Secret("pin-token"), client_id="client-id")


class Disk(Database):
    """A database that refuses to be written while ``full``, to be opened while ``gone``, and was never there."""

    full = gone = missing = False

    @property
    def is_missing(self) -> bool:
        return self.missing

    def values(self) -> dict[str, str]:
        if self.gone:
            raise StorageFailed("gone")
        return super().values()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        if self.full or self.gone:
            raise StorageFailed("full")
        with super().transaction():
            yield


class Earlier:
    def __init__(self, **values: str) -> None:
        self.left = values
        self.forgotten = 0
        self.stays = False

    def values(self) -> dict[str, str]:
        return self.left

    def forget(self) -> None:
        self.forgotten += 1
        if self.stays:
            raise StorageFailed("it stays")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    database = Disk(str(tmp_path / "simkl.db"))
    yield database
    database.close()


@pytest.fixture
def store(disk: Disk, clock: FakeClock) -> TokenStore:
    return start(disk, clock)


def start(disk: Database, clock: FakeClock, earlier: Earlier | None = None) -> TokenStore:
    return TokenStore(disk, lambda: 1_700_000_000.6, clock, earlier)


@pytest.mark.parametrize("token", [TOKEN, PIN], ids=["device flow", "PIN"])
def test_a_token_is_there_after_a_restart(store: TokenStore, disk: Disk, clock: FakeClock, token: Token) -> None:
    store.save_token(token)
    after = start(disk, clock)
    assert (after.token(), after.account(), after.connected_at()) == (token, Account(""), 1_700_000_001.0)


def test_a_new_token_is_of_an_account_that_is_not_known_yet(store: TokenStore) -> None:
    store.save_token(TOKEN)
    store.save_account(Account("Ada", "1"), TOKEN)
    store.save_token(NEWER)
    assert store.account() == Account("")


def test_a_refreshed_token_is_of_the_same_account(store: TokenStore) -> None:
    store.save_token(TOKEN)
    store.save_account(Account("Ada", "1"), TOKEN)
    assert store.save_refreshed(NEWER, replaces=TOKEN.access_token)
    assert (store.token(), store.account()) == (NEWER, Account("Ada", "1"))


def test_a_refresh_that_comes_after_signing_out_is_dropped(store: TokenStore, disk: Disk, clock: FakeClock) -> None:
    store.save_token(TOKEN)
    store.clear()
    assert not store.save_refreshed(NEWER, replaces=TOKEN.access_token)
    assert store.token() is start(disk, clock).token() is None


def test_a_refresh_of_a_token_that_another_one_has_replaced_is_dropped(disk: Disk, clock: FakeClock) -> None:
    old_service, new_service = start(disk, clock), start(disk, clock)
    new_service.save_token(TOKEN)
    assert not old_service.save_refreshed(NEWER, replaces=PIN.access_token)
    assert start(disk, clock).token() == TOKEN


def test_the_name_of_an_account_that_has_gone_is_dropped(store: TokenStore) -> None:
    store.save_token(TOKEN)
    assert not store.save_account(Account("Ada", "1"), NEWER)
    assert not store.save_account(Account(""), NEWER)
    assert store.account() == Account("")


def test_a_token_that_the_server_has_ended_leaves_the_name(store: TokenStore) -> None:
    store.save_token(TOKEN)
    store.save_account(Account("Ada", "1"), TOKEN)
    store.end()
    assert (store.token(), store.account()) == (None, Account("Ada", "1"))


def test_signing_out_forgets_the_account(store: TokenStore, disk: Disk) -> None:
    store.save_token(TOKEN)
    store.save_account(Account("Ada", "1"), TOKEN)
    store.clear()
    assert (store.token(), store.account(), store.connected_at()) == (None, Account(""), None)
    assert disk.values() == {BEGUN: "1"}


def test_more_values_go_into_the_tokens_transaction(store: TokenStore, disk: Disk) -> None:
    disk.write({"sign_in.user_code": "CODE"})
    store.save_token(TOKEN, also={"sign_in.user_code": ""})
    assert disk.read("sign_in.user_code") == ""


def test_a_flow_is_remembered_for_its_client_id(store: TokenStore, disk: Disk, clock: FakeClock) -> None:
    store.save_flow("client-id", "device")
    assert (start(disk, clock).flow("client-id"), store.flow("another")) == ("device", "")


def test_a_reminder_and_an_offer_are_remembered(store: TokenStore, disk: Disk, clock: FakeClock) -> None:
    store.save_reminded_at(1_700_000_000.0)
    store.offer_reconnect(True)
    after = start(disk, clock)
    assert (after.reminded_at(), after.settings()["reconnect"]) == (1_700_000_000.0, "true")
    after.offer_reconnect(False)
    assert after.settings()["reconnect"] == "false"


def test_nothing_is_written_where_nothing_changes(store: TokenStore, disk: Disk) -> None:
    store.save_flow("client-id", "device")
    disk.full = True
    store.save_flow("client-id", "device")
    store.offer_reconnect(False)
    assert store.seconds_to_wait() is None


def test_what_a_full_disk_refuses_is_told_known_and_tried_again_ever_later(
    store: TokenStore, disk: Disk, clock: FakeClock
) -> None:
    disk.full = True
    with pytest.raises(StorageFailed):
        store.save_token(TOKEN)
    assert store.token() == TOKEN
    waits = []
    for _ in range(7):
        waits.append(store.seconds_to_wait() or 0.0)
        clock.advance(waits[-1])
        store.advance()
    assert waits == [2, 4, 8, 16, 32, 60, 60]
    disk.full = False
    clock.advance(59.0)
    store.advance()
    assert start(disk, clock).token() is None
    clock.advance(1.0)
    store.advance()
    assert (start(disk, clock).token(), store.seconds_to_wait()) == (TOKEN, None)


def test_a_full_disk_is_told_each_time_and_what_comes_later_wins(
    store: TokenStore, disk: Disk, clock: FakeClock
) -> None:
    disk.full = True
    for _ in range(2):
        with pytest.raises(StorageFailed):
            store.save_token(TOKEN)
    disk.full = False
    store.save_token(NEWER)
    assert store.token() == start(disk, clock).token() == NEWER


def test_a_refresh_of_another_token_is_dropped_on_a_full_disk_too(
    store: TokenStore, disk: Disk, clock: FakeClock
) -> None:
    store.save_token(TOKEN)
    disk.full = True
    assert not store.save_refreshed(NEWER, replaces=PIN.access_token)
    disk.full = False
    store.save_flow("client-id", "device")
    assert store.token() == TOKEN


def test_a_refresh_that_a_full_disk_refuses_is_not_tried_again_after_signing_out(
    store: TokenStore, disk: Disk, clock: FakeClock
) -> None:
    store.save_token(TOKEN)
    disk.full = True
    with pytest.raises(StorageFailed):
        store.save_refreshed(NEWER, replaces=TOKEN.access_token)
    with pytest.raises(StorageFailed):
        store.clear()
    disk.full = False
    clock.advance(10.0)
    store.advance()
    assert start(disk, clock).token() is None


def test_the_end_of_the_add_on_is_a_last_chance(store: TokenStore, disk: Disk, clock: FakeClock) -> None:
    disk.full = True
    with pytest.raises(StorageFailed):
        store.save_token(TOKEN)
    disk.full = False
    store.close(0.3)
    assert start(disk, clock).token() == TOKEN


def test_a_database_that_can_not_be_read_yet_is_no_reason_to_empty_the_settings(disk: Disk, clock: FakeClock) -> None:
    start(disk, clock).save_token(TOKEN)
    disk.gone = True
    store = start(disk, clock)
    assert (store.token(), store.settings()) == (None, {})
    disk.gone = False
    clock.advance(2.0)
    store.advance()
    assert (store.token(), store.settings()["access_token"]) == (TOKEN, "at")


def test_a_read_only_disk_is_read(disk: Disk, clock: FakeClock) -> None:
    start(disk, clock).save_token(TOKEN)
    disk.full = True
    store = start(disk, clock)
    assert (store.token(), store.seconds_to_wait()) == (TOKEN, None)


def test_a_sign_in_while_the_database_can_not_be_read_is_kept_later(disk: Disk, clock: FakeClock) -> None:
    start(disk, clock).save_flow("client-id", "device")
    disk.gone = True
    store = start(disk, clock)
    with pytest.raises(StorageFailed):
        store.save_token(TOKEN)
    disk.gone = False
    clock.advance(4.0)
    store.advance()
    after = start(disk, clock)
    assert (after.token(), after.flow("client-id")) == (TOKEN, "device")


def test_a_file_that_is_lost_while_the_add_on_runs_is_written_anew(
    store: TokenStore, disk: Disk, clock: FakeClock, tmp_path: Path
) -> None:
    store.save_token(TOKEN)
    disk.close()
    (tmp_path / "simkl.db").unlink()
    store.save_flow("client-id", "device")
    assert start(disk, clock).token() == TOKEN


def test_an_empty_database_takes_over_what_was_before_it(disk: Disk, clock: FakeClock) -> None:
    earlier = Earlier(access_token="at", **{"sign_in.user_code": "CODE"})
    store = start(disk, clock, earlier)
    assert store.token() == Token(Secret("at"))
    store.save_flow("client-id", "device")
    assert (disk.read("access_token"), disk.read("sign_in.user_code"), earlier.forgotten) == ("at", "CODE", 1)


def test_a_database_that_holds_something_takes_over_nothing(store: TokenStore, disk: Disk, clock: FakeClock) -> None:
    store.clear()
    earlier = Earlier(access_token="at")
    assert start(disk, clock, earlier).token() is None
    assert earlier.forgotten == 1


def test_what_was_before_is_forgotten_only_once_it_is_in_the_database(disk: Disk, clock: FakeClock) -> None:
    disk.full = True
    earlier = Earlier(access_token="at")
    store = start(disk, clock, earlier)
    assert (store.token(), earlier.forgotten) == (Token(Secret("at")), 0)
    disk.full = False
    clock.advance(2.0)
    store.advance()
    assert (disk.read("access_token"), earlier.forgotten) == ("at", 1)


def test_what_was_before_is_known_even_if_no_database_can_be_made(disk: Disk, clock: FakeClock) -> None:
    disk.gone = disk.missing = True
    assert start(disk, clock, Earlier(access_token="at")).token() == Token(Secret("at"))


def test_a_disk_that_was_not_mounted_yet_wins_over_what_was_before(disk: Disk, clock: FakeClock) -> None:
    start(disk, clock).save_token(TOKEN)
    disk.gone = disk.missing = True
    store = start(disk, clock, Earlier(access_token="older", scope=""))
    disk.gone = False
    clock.advance(2.0)
    store.advance()
    assert store.token() == start(disk, clock).token() == TOKEN


def test_old_files_that_stay_are_no_failure(disk: Disk, clock: FakeClock) -> None:
    earlier = Earlier(access_token="at")
    earlier.stays = True
    assert start(disk, clock, earlier).seconds_to_wait() is None


def test_a_thread_that_saves_and_one_that_reads_do_not_meet_half_a_token(store: TokenStore) -> None:
    tokens = [TOKEN, PIN]
    store.save_token(TOKEN)
    seen: list[Token | None] = []

    def save() -> None:
        for number in range(40):
            store.save_token(tokens[number % 2])

    writer = threading.Thread(target=save)
    writer.start()
    while writer.is_alive():
        seen.append(store.token())
    writer.join()
    assert [token for token in seen if token not in tokens] == []


numbers = st.sampled_from(["nan", "inf", "-1", "1e30", "²", "٣", "1_0", " 5 ", "9" * 400, "1.5", "2147483648", "0"])
stored = st.dictionaries(st.sampled_from([*NAMES, BEGUN]), st.one_of(numbers, st.text(st.characters(), max_size=40)))


@given(values=stored)
@steady(400)
def test_whatever_is_stored_can_be_read_and_shown(values: dict[str, str]) -> None:
    found = Stored(lambda name: values.get(name, ""))
    token, connected_at = found.token(), found.connected_at()
    if token is not None:
        assert all("!" <= char <= "~" for char in token.access_token.reveal())
        assert token.expires_at is None or 0 <= token.expires_at < 1e12
    assert connected_at is None or 0 <= connected_at < 2**31
    assert 0 <= found.reminded_at() < 1e12
    assert isinstance(found.flow("client-id"), str)
    assert all(text.isprintable() for text in (*found.account(), *found.settings().values()))


@pytest.mark.parametrize("expires_at", ["", "nan", "²", "1e30", "-5"])
def test_a_token_whose_end_is_lost_is_refreshed_if_it_can_be(expires_at: str) -> None:
    values = {"access_token": "at", "token_expires_at": expires_at}
    assert Stored(lambda name: values.get(name, "")).token() == Token(Secret("at"))
    values["refresh_token"] = "rt"
    assert Stored(lambda name: values.get(name, "")).token() == Token(Secret("at"), Secret("rt"), 0.0)
