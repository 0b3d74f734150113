"""The layer that knows Kodi, on a Kodi of a few lines."""

from __future__ import annotations

import json
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Iterator

import pytest
from fake_kodi import FakeKodi
from real_kodi.waiting import wait_for
from simkl_connect.auth.phases import Phase
from simkl_connect.auth.token_refresher import Notice
from simkl_connect.errors import ConnectionFailed, Problem
from simkl_connect.http.trust import Trust
from simkl_connect.kodi import account, notifications, preferences
from simkl_connect.kodi import ipc as channel
from simkl_connect.kodi.service import Service
from simkl_connect.kodi.texts import Texts
from simkl_connect.models import Account, Secret, Token
from simkl_connect.storage.journal import Journal
from simkl_connect.ui.commands import AUTHORIZE, WAKE
from simkl_connect.ui.view import View, screen_of

ADDON_ID = "script.simkl.connect"


@pytest.fixture
def kodi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKodi:
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    return kodi


@pytest.fixture
def service(kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Its log stays with the tests'."""
    monkeypatch.setattr("simkl_connect.kodi.engine.log_to_kodi", lambda: None)
    service = Service()
    yield service
    service.close()


TORN = [
    b"",
    b'<settings version="2"><setting id="acc',
    b'<settings version="2">\n<setting id="scope" default="true" />\n',
]


def test_the_users_client_id_comes_before_the_packaged_one(kodi: FakeKodi) -> None:
    assert preferences.client_id() == ""
    (kodi.path / "resources").mkdir()
    (kodi.path / "resources" / "client_id.txt").write_text("packaged\n", encoding="ascii")
    assert preferences.client_id() == "packaged"
    kodi.settings["client_id"] = " own "
    assert preferences.client_id() == "own"


def test_a_command_arrives_as_it_was_sent(kodi: FakeKodi) -> None:
    channel.send(AUTHORIZE, "r1")
    params = json.loads(kodi.calls[0])["params"]
    received = channel.received(params["sender"], f"Other.{params['message']}", json.dumps(params["data"]))
    assert received == (AUTHORIZE, "r1")


@pytest.mark.parametrize(
    ("sender", "method", "data"),
    [
        ("xbmc", "Other.authorize", '{"request":"r1"}'),
        (ADDON_ID, "Other.format_disk", '{"request":"r1"}'),
        (ADDON_ID, "Other.authorize", "{"),
    ],
)
def test_what_is_no_command_is_none(sender: str, method: str, data: str) -> None:
    assert channel.received(sender, method, data) is None


@pytest.mark.parametrize("data", ["null", "[]", "{}", '{"request":5}'])
def test_a_command_without_a_request_id_is_still_one(data: str) -> None:
    assert channel.received(ADDON_ID, "Other.authorize", data) == (AUTHORIZE, "")


def test_the_state_travels_through_the_home_window(kodi: FakeKodi) -> None:
    view = View(request="r1", phase="waiting", user_code="5G6JA")
    channel.publish(view.to_json())
    assert View.from_json(channel.published()) == view
    channel.withdraw()
    assert View.from_json(channel.published()) is None


def test_a_service_that_ends_takes_the_dialogs_claim(kodi: FakeKodi) -> None:
    channel.claim_dialog("r1")
    channel.withdraw()
    assert not channel.is_dialog_claimed()


def test_the_service_can_wake_itself(kodi: FakeKodi) -> None:
    channel.send(WAKE, "")
    params = json.loads(kodi.calls[0])["params"]
    received = channel.received(params["sender"], f"Other.{params['message']}", json.dumps(params["data"]))
    assert received == (WAKE, "")


def test_an_idle_service_shows_a_view_of_no_sign_in() -> None:
    assert View.from_json(channel.IDLE) == View()


def answered(kodi: FakeKodi, request: str) -> View:
    """What the service shows once it has taken up ``request``."""

    def look() -> View | None:
        view = View.from_json(channel.published())
        return view if view is not None and view.request == request else None

    return wait_for(look, "the service", 10.0)


def test_the_service_answers_a_command(kodi: FakeKodi, service: Service) -> None:
    service.onNotification(ADDON_ID, "Other.authorize", '{"request":"r1"}')
    view = answered(kodi, "r1")
    assert (view.phase, view.problem) == ("failed", "client_id_missing")


class RecordingEngine:
    """An engine that does nothing."""

    alive = True
    made = 0

    def __init__(self, _platform: str, _trust: Trust) -> None:
        type(self).made += 1

    def handle(self, _command: str, _request: str) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> type[RecordingEngine]:
    engine = type("Engine", (RecordingEngine,), {"made": 0})
    monkeypatch.setattr("simkl_connect.kodi.engine.Engine", engine)
    return engine


def test_a_service_with_nothing_to_do_loads_no_engine(kodi: FakeKodi, engines: type[RecordingEngine]) -> None:
    Service().run()
    kodi.settings.update(access_token="at", token_expires_at=f"{time.time() + 6 * 86400:.0f}", account_name="Ada")
    kodi.write_settings_file()
    Service().run()
    assert engines.made == 0


def test_the_authorities_are_loaded_beside_the_engine(
    kodi: FakeKodi, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    class BeforeTheEngine(Exception):
        pass

    def load_ahead(_self: Trust) -> None:
        raise BeforeTheEngine

    monkeypatch.delitem(sys.modules, "simkl_connect.kodi.engine")
    monkeypatch.setattr(Trust, "load_ahead", load_ahead)
    with pytest.raises(BeforeTheEngine):
        service.onNotification(ADDON_ID, f"Other.{AUTHORIZE}", "{}")
    assert "simkl_connect.kodi.engine" not in sys.modules


def test_all_connections_share_the_authorities(
    kodi: FakeKodi, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusts: list[Trust] = []

    class Unreachable:
        def __init__(self, _identity: object, trust: Trust) -> None:
            trusts.append(trust)
            raise ConnectionFailed(Problem.OFFLINE, "nobody there")

    monkeypatch.setattr("simkl_connect.http.session.Transport", Unreachable)
    kodi.settings["client_id"] = "an-id"
    for request in ("r1", "r2"):
        service.onNotification(ADDON_ID, f"Other.{AUTHORIZE}", json.dumps({"request": request}))
        answered(kodi, request)
        wait_for(lambda: '"failed"' in channel.published(), "the attempt to fail")
    assert trusts[0] is trusts[1]


@pytest.mark.parametrize("journal", ["unsaved.json", "sign-in.json"])
def test_what_was_begun_is_taken_up_at_the_start(kodi: FakeKodi, engines: type[RecordingEngine], journal: str) -> None:
    kodi.data_folder.mkdir(parents=True)
    (kodi.data_folder / journal).touch()
    Service().run()
    assert engines.made == 1


@pytest.mark.parametrize("content", TORN)
def test_a_torn_settings_file_is_seen_at_the_start(
    kodi: FakeKodi, engines: type[RecordingEngine], content: bytes
) -> None:
    kodi.data_folder.mkdir(parents=True)
    (kodi.data_folder / "settings.xml").write_bytes(content)
    Service().run()
    assert engines.made == 1


@pytest.mark.parametrize(("lasts", "name"), [(3600, "Ada"), (6 * 86400, "")])
def test_a_connection_that_needs_something_gets_it_at_the_start(
    kodi: FakeKodi, engines: type[RecordingEngine], lasts: float, name: str
) -> None:
    kodi.settings.update(access_token="at", token_expires_at=f"{time.time() + lasts:.0f}", account_name=name)
    Service().run()
    assert engines.made == 1


def test_a_service_whose_add_on_was_disabled_while_it_was_loaded_does_nothing(
    kodi: FakeKodi, engines: type[RecordingEngine]
) -> None:
    kodi.data_folder.mkdir(parents=True)
    (kodi.data_folder / "sign-in.json").touch()
    kodi.disabled = True
    Service().run()
    assert engines.made == 0
    assert not channel.published()


@pytest.mark.parametrize("stopped", [True, False])
def test_an_error_is_raised_unless_kodi_has_said_stop(
    kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, stopped: bool
) -> None:
    def refuse() -> bool:
        raise RuntimeError("Unknown addon id")

    monkeypatch.setattr("simkl_connect.kodi.service._needs_upkeep", refuse)
    monkeypatch.setattr(Service, "waitForAbort", lambda _service, _seconds: stopped)
    with nullcontext() if stopped else pytest.raises(RuntimeError):
        Service().run()
    assert not channel.published()


def test_the_service_passes_over_what_is_not_for_it(kodi: FakeKodi, service: Service) -> None:
    before = dict(kodi.properties)
    service.onNotification("xbmc", "System.OnWake", "null")
    assert kodi.properties == before


@pytest.mark.parametrize("url", ["http://api.simkl.com", "ftp://x"])
def test_the_service_asks_nobody_where_the_api_address_is_not_safe(
    kodi: FakeKodi, service: Service, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SIMKL_API_URL", url)
    kodi.settings["client_id"] = "client-id"
    service.onNotification(ADDON_ID, "Other.authorize", '{"request":"r1"}')
    assert answered(kodi, "r1").problem == "api_url_refused"


@pytest.mark.parametrize("seconds", [None, 0.0, float("nan"), float("inf"), 1e30, -1e30])
def test_a_time_that_is_none_has_no_date(monkeypatch: pytest.MonkeyPatch, seconds: float | None) -> None:
    monkeypatch.setattr("xbmc.getRegion", lambda _what: "%d/%m/%Y")
    assert account._date(seconds) == ""


def test_a_time_is_written_as_kodi_writes_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xbmc.getRegion", lambda _what: "%d/%m/%Y")
    assert account._date(1_800_000_000.0) == "15/01/2027"


def test_every_notice_reaches_the_screen(kodi: FakeKodi) -> None:
    for notice in Notice:
        notifications.notify(notice)
    assert len(set(kodi.toasts)) == len(Notice)


NEEDS_A_REASON = (Phase.FAILED, Phase.RETRYING)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in NEEDS_A_REASON])
def test_every_phase_has_a_message(kodi: FakeKodi, phase: Phase) -> None:
    assert Texts().message(screen_of(View(phase=phase.value), 0.0))


@pytest.mark.parametrize("phase", NEEDS_A_REASON)
@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_a_message(kodi: FakeKodi, phase: Phase, problem: Problem) -> None:
    assert Texts().message(screen_of(View(phase=phase.value, problem=problem.value), 0.0))


def test_what_falls_short_of_a_connection_is_told_with_it(kodi: FakeKodi) -> None:
    whole = Texts().message(screen_of(View(phase="connected"), 0.0))
    short = Texts().message(screen_of(View(phase="connected", problem="read_only"), 0.0))
    assert short.startswith(whole)
    assert len(short) > len(whole)


def test_the_servers_own_words_follow_ours(kodi: FakeKodi) -> None:
    message = Texts().message(screen_of(View(phase="failed", problem="refused", server_message="Go away"), 0.0))
    assert message.endswith("Go away")
