"""The layer that knows Kodi, on a Kodi of a few lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Iterator

import pytest
from fake_kodi import FakeKodi
from real_kodi.waiting import wait_for
from simkl_connect.auth.phases import Phase
from simkl_connect.auth.token_refresher import Notice
from simkl_connect.errors import Problem
from simkl_connect.kodi import ipc as channel
from simkl_connect.kodi import preferences
from simkl_connect.kodi.background import library, notifications
from simkl_connect.kodi.background.service import Service
from simkl_connect.kodi.background.tasks import TaskLoop
from simkl_connect.kodi.own_addon import AddonGone
from simkl_connect.kodi.screens import page_texts
from simkl_connect.kodi.texts import Texts
from simkl_connect.scrobbling.callbacks import Notice as ScrobbleNotice
from simkl_connect.scrobbling.callbacks import Notification
from simkl_connect.ui.commands import AUTHORIZE, WAKE
from simkl_connect.ui.view import View, screen_of

ADDON_ID = "script.simkl.connect"


@pytest.fixture
def kodi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKodi:
    """The service's log stays with the tests'."""
    monkeypatch.setattr("simkl_connect.kodi.background.service.log_to_kodi", lambda: None)
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    return kodi


@pytest.fixture
def service(kodi: FakeKodi) -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


def test_the_users_client_id_comes_before_the_packaged_one(kodi: FakeKodi) -> None:
    assert preferences.client_id() == ""
    (kodi.path / "resources").mkdir()
    (kodi.path / "resources" / "client_id.txt").write_text("packaged\n", encoding="ascii")
    assert preferences.client_id() == "packaged"
    kodi.settings["client_id"] = " own "
    assert preferences.client_id() == "own"


def test_an_excluded_folder_goes_into_the_first_free_setting(kodi: FakeKodi) -> None:
    kodi.settings.update({"exclude_folder_1": "/a/", "exclude_folder_3": "/c/"})
    assert preferences.exclude_folder("/b/")
    assert preferences.watching().excluded == ("/a/", "/b/", "/c/")
    assert preferences.exclude_folder("/d/")
    assert preferences.exclude_folder("/e/")
    assert not preferences.exclude_folder("/f/")
    assert preferences.watching().excluded == ("/a/", "/b/", "/c/", "/d/", "/e/")


def test_a_folder_that_kodi_does_not_keep_is_not_in_the_settings(kodi: FakeKodi) -> None:
    kodi.loses.add("exclude_folder_1")
    assert not preferences.exclude_folder("/b/")


def test_a_command_arrives_as_it_was_sent(kodi: FakeKodi) -> None:
    channel.send(AUTHORIZE, "r1", number=5)
    params = json.loads(kodi.calls[0])["params"]
    received = channel.received(params["sender"], f"Other.{params['message']}", json.dumps(params["data"]))
    assert received is not None
    assert (received.name, received.request, received.values) == (AUTHORIZE, "r1", {"request": "r1", "number": 5})


@pytest.mark.parametrize(
    ("sender", "method", "data"),
    [
        ("xbmc", "Other.authorize", '{"request":"r1"}'),
        (ADDON_ID, "Other.format_disk", '{"request":"r1"}'),
    ],
)
def test_what_is_no_command_is_none(sender: str, method: str, data: str) -> None:
    assert channel.received(sender, method, data) is None


@pytest.mark.parametrize("data", ["null", "[]", "{}", '{"request":5}', "{", "[" * 100_000])
def test_a_command_without_a_request_id_is_still_one(data: str) -> None:
    received = channel.received(ADDON_ID, "Other.authorize", data)
    assert received is not None
    assert (received.name, received.request) == (AUTHORIZE, "")


def test_the_state_travels_through_the_home_window(kodi: FakeKodi) -> None:
    view = View(request="r1", phase="waiting", user_code="5G6JA")
    channel.publish(view.to_json())
    assert View.from_json(channel.published()) == view
    channel.withdraw()
    assert View.from_json(channel.published()) is None


def test_a_service_that_ends_leaves_no_video_on_show(kodi: FakeKodi) -> None:
    channel.publish_activity({"title": "Film", "waiting": 2})
    assert channel.marks_waiting() == 2
    channel.withdraw()
    assert channel.marks_waiting() == 0
    assert channel.home_property(channel.ACTIVITY_PROPERTY) == ""


def test_what_is_left_alone_stays_so_once_kodi_has_forgotten_the_add_on(
    kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise AddonGone

    kodi.settings["exclude_folder_1"] = "/kids/"
    known = preferences.LastKnown()
    assert known().excluded == ("/kids/",)
    monkeypatch.setattr(preferences, "own_addon", gone)
    assert known().excluded == ("/kids/",)


def test_a_service_that_ends_takes_the_dialogs_claim(kodi: FakeKodi) -> None:
    channel.claim_dialog("r1")
    channel.withdraw()
    assert not channel.is_dialog_claimed()


def test_the_service_can_wake_itself(kodi: FakeKodi) -> None:
    channel.send(WAKE, "")
    params = json.loads(kodi.calls[0])["params"]
    received = channel.received(params["sender"], f"Other.{params['message']}", json.dumps(params["data"]))
    assert received is not None
    assert (received.name, received.request) == (WAKE, "")


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


def test_a_service_whose_add_on_was_disabled_while_it_was_loaded_does_nothing(kodi: FakeKodi) -> None:
    kodi.disabled = True
    with pytest.raises(RuntimeError):
        Service()
    assert not channel.published()


class Advanced:
    """A task that counts how often it is advanced; ``mistake`` is one of ours."""

    def __init__(self, mistake: bool) -> None:
        self.advanced = 0
        self._mistake = mistake

    def advance(self) -> None:
        self.advanced += 1
        if self._mistake:
            raise KeyError("CANARY-7")

    def seconds_to_wait(self) -> float | None:
        return 0.0

    def close(self, _timeout: float) -> None:
        self.advance()


def test_a_mistake_at_the_end_of_one_task_does_not_leave_the_others_open() -> None:
    sound, mistaken = Advanced(mistake=False), Advanced(mistake=True)
    TaskLoop((sound, mistaken), lambda _task: None).close(0.1)
    assert (mistaken.advanced, sound.advanced) == (1, 1)


def test_a_mistake_in_one_task_does_not_end_the_others_and_is_not_repeated_at_each_turn(
    caplog: pytest.LogCaptureFixture,
) -> None:
    mistaken, sound = Advanced(mistake=True), Advanced(mistake=False)
    heard: list[object] = []
    loop = TaskLoop((mistaken, sound), heard.append)
    for _ in range(3):
        loop.advance()
    assert (mistaken.advanced, sound.advanced, heard) == (1, 3, [mistaken])
    assert "KeyError" in caplog.text
    assert "CANARY-7" not in caplog.text


@pytest.mark.parametrize(
    ("sender", "method", "data"),
    [
        ("xbmc", "GUI.OnScreensaverActivated", "null"),
        ("xbmc", "nodot", "{"),
        (ADDON_ID, "nodot", "{}"),
        ("", "", ""),
        ("xbmc", "VideoLibrary.OnUpdate", "{"),
        ("xbmc", "VideoLibrary.OnUpdate", "[7]"),
        ("xbmc", "VideoLibrary.OnUpdate", '{"item": 7, "playcount": []}'),
    ],
)
def test_the_service_passes_over_what_is_not_for_it(
    kodi: FakeKodi, service: Service, sender: str, method: str, data: str
) -> None:
    before = dict(kodi.properties)
    service.onNotification(sender, method, data)
    assert {name: text for name, text in kodi.properties.items() if name != channel.ACTIVITY_PROPERTY} == before


AUDIO, VIDEO = {"playerid": 1, "type": "audio"}, {"playerid": 0, "type": "video"}


@pytest.mark.parametrize(
    ("players", "title"),
    [
        pytest.param({"result": [AUDIO, VIDEO]}, "Volcano", id="the video's player is number 0"),
        pytest.param({"result": [AUDIO]}, "", id="no video"),
        pytest.param({"result": []}, "", id="between two items"),
        pytest.param({"error": {}}, "", id="an error"),
        pytest.param({"result": "odd"}, "", id="odd"),
        pytest.param({"result": [7, {"type": "video", "playerid": "0"}]}, "", id="odd players"),
        pytest.param([], "", id="no object"),
    ],
)
def test_what_plays_is_asked_of_the_player_of_type_video(kodi: FakeKodi, players: object, title: str) -> None:
    kodi.answers["Player.GetActivePlayers"] = players
    kodi.answers["Player.GetItem"] = {"result": {"item": {"title": "Volcano"}}}
    assert library.playing_item("/v.mkv").item.get("title", "") == title
    asked = [call["params"]["playerid"] for call in map(json.loads, kodi.calls) if call["method"] == "Player.GetItem"]
    assert asked == [0] * bool(title)


@pytest.mark.parametrize("url", ["http://api.simkl.com", "ftp://x"])
def test_the_service_asks_nobody_where_the_api_address_is_not_safe(
    kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, url: str
) -> None:
    monkeypatch.setenv("SIMKL_API_URL", url)
    service: Service = request.getfixturevalue("service")
    kodi.settings["client_id"] = "client-id"
    service.onNotification(ADDON_ID, "Other.authorize", '{"request":"r1"}')
    assert answered(kodi, "r1").problem == "api_url_refused"


@pytest.mark.parametrize(
    ("published", "waiting"),
    [('{"waiting": 2}', 2), ("", 0), ("[]", 0), ('{"waiting": "2"}', 0), ('{"waiting": -1}', 0), ("{}", 0)],
)
def test_the_marks_that_wait_are_known_from_what_the_service_publishes(
    kodi: FakeKodi, published: str, waiting: int
) -> None:
    kodi.properties[channel.ACTIVITY_PROPERTY] = published
    assert channel.marks_waiting() == waiting


EPISODE = {"type": "episode", "id": 4, "tvshowid": 9, "season": 1, "episode": 4, "file": "/tv/45.mkv"}


@pytest.mark.parametrize(
    ("rows", "details"),
    [
        pytest.param([{"episodeid": 4, "file": "/tv/45.mkv"}, {"episodeid": 5, "file": "/tv/6.mkv"}], 0, id="one"),
        pytest.param([{"episodeid": n, "file": "/tv/45.mkv"} for n in (4, 5)], 2, id="two in a file"),
        pytest.param([7, {"file": "/tv/45.mkv"}], 0, id="odd rows"),
        pytest.param("odd", 0, id="odd"),
    ],
)
def test_the_ids_of_a_season_are_asked_for_only_where_a_file_holds_several(
    kodi: FakeKodi, rows: object, details: int
) -> None:
    kodi.answers["Player.GetActivePlayers"] = {"result": [VIDEO]}
    kodi.answers["Player.GetItem"] = {"result": {"item": EPISODE}}
    kodi.answers["VideoLibrary.GetEpisodes"] = {"result": {"episodes": rows}}
    kodi.answers["VideoLibrary.GetEpisodeDetails"] = {"result": {"episodedetails": {"episodeid": 5}}}
    assert list(library.playing_item("/tv/45.mkv").season) == [{"episodeid": 5}] * details
    asked = [call["method"] for call in map(json.loads, kodi.calls)]
    assert asked.count("VideoLibrary.GetEpisodeDetails") == details


@pytest.mark.parametrize("seconds", [None, 0.0, float("nan"), float("inf"), 1e30, -1e30])
def test_a_time_that_is_none_has_no_date(seconds: float | None) -> None:
    assert page_texts.formatted(seconds, "%d/%m/%Y") == ""


def test_a_time_is_written_as_kodi_writes_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xbmc.getRegion", {"dateshort": "%d/%m/%Y", "time": "%H:%M:%S"}.get)
    assert page_texts.times() == "%d/%m/%Y %H:%M"
    assert page_texts.formatted(1_800_000_000.0, "%d/%m/%Y") == "15/01/2027"


def test_every_notice_reaches_the_screen(kodi: FakeKodi) -> None:
    for notice in Notice:
        notifications.notify(notice)
    assert len(set(kodi.toasts)) == len(Notice)


MARKED, WAITING = ScrobbleNotice.MARKED, ScrobbleNotice.WAITING


@pytest.mark.parametrize(
    ("notification", "shown"),
    [
        pytest.param(Notification(MARKED, "Heat"), "marked Heat", id="one marked"),
        pytest.param(Notification(MARKED, "Heat", 3), "marked Heat and 2", id="several marked"),
        pytest.param(Notification(MARKED, "[B]$INFO[x]{count}"), "marked INFO[x]{count}", id="an odd title"),
        pytest.param(Notification(WAITING, "", 2), "waiting 2", id="several wait"),
    ],
)
def test_a_notification_names_the_title_or_the_number(kodi: FakeKodi, notification: Notification, shown: str) -> None:
    kodi.texts = {32240: "marked {title}", 32241: "marked {title} and {count}", 32242: "waiting {count}"}
    notifications.notify_scrobble(notification)
    assert kodi.toasts == [shown]


def test_every_scrobble_notice_reaches_the_screen(kodi: FakeKodi) -> None:
    for notice in ScrobbleNotice:
        notifications.notify_scrobble(Notification(notice))
    assert len(set(kodi.toasts)) == len(ScrobbleNotice)


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


@pytest.mark.parametrize(("title", "is_known"), [("Harbour Lights", True), ("Copper Street", False)])
def test_a_row_of_another_profile_gets_no_show_of_this_one(
    monkeypatch: pytest.MonkeyPatch, title: str, is_known: bool
) -> None:
    answers = {
        "VideoLibrary.GetEpisodeDetails": {"episodedetails": {"tvshowid": 7, "showtitle": "Harbour Lights"}},
        "VideoLibrary.GetTVShowDetails": {"tvshowdetails": {"title": title, "uniqueid": {"tvdb": "300203"}}},
    }
    monkeypatch.setattr(library, "call", lambda method, _params: answers.get(method, {}))
    found = library.look_up("episode", 5)
    assert found is not None
    assert bool(found.show) is is_known
