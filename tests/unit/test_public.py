"""What another add-on gets when it imports the package, on a Kodi of a few lines."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import simkl_connect
from fake_kodi import ADDON_ID, FakeKodi
from simkl_connect.auth.shared_state import PROTOCOL, Outcome, SharedState, fingerprint
from simkl_connect.kodi import ipc, public
from simkl_connect.models import Account, Secret, Token
from simkl_connect.storage.database import Database
from simkl_connect.storage.token_store import TokenStore

LIB = Path(__file__).parents[2] / "lib"
OLD, NEW = (Token(Secret(name), Secret("refresh"), 2e9, "", "id") for name in ("old", "new"))
MEASURE = """
import sys, time
sys.path.insert(0, sys.argv[1])
before, started = set(sys.modules), time.process_time()
import simkl_connect
print(time.process_time() - started, sorted(set(sys.modules) - before - {"__future__"}))
"""


@pytest.fixture
def kodi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKodi:
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    monkeypatch.setattr("xbmc.Monitor.abortRequested", lambda _self: False)
    publish(SharedState(platform="Kodi 20.1; Linux"))
    return kodi


def publish(state: SharedState) -> None:
    ipc.publish_shared(state.to_json())


def store(kodi: FakeKodi, token: Token, name: str = "Ada") -> None:
    database = Database(str(kodi.data_folder / "simkl.db"))
    tokens = TokenStore(database, time.time)
    tokens.save_token(token)
    tokens.save_account(Account(name, "12345"), token)
    database.close()


def test_the_import_costs_next_to_nothing_and_loads_nothing_else() -> None:
    command = [sys.executable, "-c", MEASURE, str(LIB)]
    found = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(" ", 1) for _ in range(5)]
    assert {loaded.strip() for _, loaded in found} == {"['simkl_connect']"}
    assert min(float(seconds) for seconds, _ in found) < 0.005


def test_who_is_signed_in_is_asked_without_requests() -> None:
    code = "import sys; sys.path[:0] = sys.argv[1:]; import simkl_connect.kodi.public; print('requests' in sys.modules)"
    command = [sys.executable, "-c", code, str(LIB)]
    assert subprocess.run(command, capture_output=True, text=True).stdout.strip() == "False"


def test_every_name_that_is_promised_is_there() -> None:
    errors = [name for name in simkl_connect.__all__ if name[0].isupper()]
    assert all(issubclass(getattr(simkl_connect, name), simkl_connect.SimklError) for name in errors)
    assert sorted(set(simkl_connect.__all__) - set(errors)) == ["account", "authorize", "session"]


def test_nobody_is_signed_in(kodi: FakeKodi) -> None:
    assert simkl_connect.account() is None
    with pytest.raises(simkl_connect.NotConnected):
        simkl_connect.session("plugin.video.example")


def test_the_account_is_a_named_tuple(kodi: FakeKodi) -> None:
    store(kodi, OLD)
    assert simkl_connect.account() == ("Ada", "12345")


def test_the_settings_tell_before_there_is_a_database(kodi: FakeKodi) -> None:
    kodi.settings.update(access_token="a" * 64, account_name="Ada")
    assert simkl_connect.account() == ("Ada", "")


def test_each_call_looks_into_the_profile_of_that_moment(kodi: FakeKodi, tmp_path: Path) -> None:
    store(kodi, OLD)
    assert simkl_connect.account() is not None
    kodi.path = tmp_path / "other"
    assert simkl_connect.account() is None


def test_a_session_says_who_is_asking(kodi: FakeKodi) -> None:
    store(kodi, OLD)
    with simkl_connect.session("plugin.video.example") as session:
        assert session.headers["User-Agent"] == "simkl-connect/1.2.3 (Kodi 20.1; Linux) plugin.video.example"


@pytest.mark.parametrize("addon_id", ["", "a b", "a\r\nx: y", "a/1.0 (x)", "a" * 65, None, 5, b"a"])
def test_what_is_no_add_ons_id_is_refused(kodi: FakeKodi, addon_id: Any) -> None:
    with pytest.raises(ValueError, match="id"):
        simkl_connect.session(addon_id)


def test_a_disabled_simkl_connect_is_named(kodi: FakeKodi) -> None:
    store(kodi, OLD)
    kodi.disabled = True
    with pytest.raises(simkl_connect.ServiceUnavailable, match="Enable it"):
        simkl_connect.session("plugin.video.example")


def test_a_service_of_another_protocol_is_told_apart(kodi: FakeKodi) -> None:
    store(kodi, OLD)
    publish(SharedState(protocol=PROTOCOL + 1))
    with pytest.raises(simkl_connect.Outdated):
        simkl_connect.account()


def test_an_address_that_no_token_may_be_sent_to_is_refused(kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    store(kodi, OLD)
    monkeypatch.setenv("SIMKL_API_URL", "http://evil.example")
    with pytest.raises(simkl_connect.ServiceUnavailable, match="SIMKL_API_URL"):
        simkl_connect.session("plugin.video.example")


# A token that was refused


def answer_with(monkeypatch: pytest.MonkeyPatch, outcome: Outcome) -> list[str]:
    """The service answers at once; what it was asked."""
    asked: list[str] = []

    def send(_command: str, request: str, refused: str) -> None:
        asked.append(refused)
        publish(SharedState(answers={request: outcome}))

    monkeypatch.setattr(ipc, "send", send)
    return asked


def test_a_token_that_was_replaced_meanwhile_is_used_without_asking(
    kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(kodi, NEW)
    asked = answer_with(monkeypatch, Outcome.FAILED)
    assert (public.StoredSignIn().renewed(OLD), asked) == (NEW, [])


def test_the_service_is_told_the_tokens_fingerprint_and_no_more(
    kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(kodi, OLD)
    asked = answer_with(monkeypatch, Outcome.VALID)
    assert (public.StoredSignIn().renewed(OLD), asked) == (None, [fingerprint(OLD.access_token)])


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        (Outcome.ENDED, simkl_connect.NotConnected),
        (Outcome.FAILED, simkl_connect.RefreshFailed),
        (Outcome.CHANGED, simkl_connect.RefreshFailed),
    ],
    ids=["ended", "failed", "changed, and written nowhere"],
)
def test_what_became_of_it_is_raised(
    kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, error: type[Exception]
) -> None:
    store(kodi, OLD)
    kodi.settings["access_token"] = "old"
    answer_with(monkeypatch, outcome)
    with pytest.raises(error):
        public.StoredSignIn().renewed(OLD)


def test_a_token_that_a_full_disk_kept_out_of_the_database_is_in_the_settings(
    kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(kodi, OLD)
    kodi.settings.update(access_token="new", token_client_id="id")
    answer_with(monkeypatch, Outcome.CHANGED)
    renewed = public.StoredSignIn().renewed(OLD)
    assert renewed is not None
    assert renewed.access_token == NEW.access_token


# The sign-in


class Window:
    """Is on the screen at the looks in ``shown``; the claim goes with it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, shown: range) -> None:
        self.looks = 0
        self.shown = shown
        self.started: list[str] = []
        monkeypatch.setattr(public, "is_window_active", self.look)
        monkeypatch.setattr(ipc, "is_dialog_claimed", lambda: self.looks < self.shown.stop)
        monkeypatch.setattr("xbmc.executebuiltin", self.started.append)
        monkeypatch.setattr(public, "LOOK_EVERY", 0.001)

    def look(self) -> bool:
        self.looks += 1
        return self.looks in self.shown


@pytest.mark.parametrize("signed_in", [True, False])
def test_the_sign_in_is_over_when_its_window_has_gone(
    kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, signed_in: bool
) -> None:
    window = Window(monkeypatch, range(5, 20))
    if signed_in:
        store(kodi, OLD)
    assert simkl_connect.authorize() is signed_in
    assert (window.looks, window.started) == (20, [f"RunScript({ADDON_ID},authorize)"])


def test_a_window_that_does_not_open_is_an_error(kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    Window(monkeypatch, range(0))
    monkeypatch.setattr(public, "OPENS_WITHIN", 0.05)
    with pytest.raises(simkl_connect.ServiceUnavailable, match="not opened"):
        simkl_connect.authorize()


def test_a_window_that_was_killed_is_not_waited_for(kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    Window(monkeypatch, range(5, 20))
    monkeypatch.setattr(ipc, "is_dialog_claimed", lambda: True)
    monkeypatch.setattr(public, "GONE_FOR", 0.05)
    assert simkl_connect.authorize() is False
