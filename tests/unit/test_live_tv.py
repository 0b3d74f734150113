"""Live TV: the programme is what plays, not the channel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_kodi import FakeKodi
from hypothesis import given
from hypothesis import strategies as st
from scrobbling_device import Device, reply
from simkl_connect.activity.reasons import Reason
from simkl_connect.identification.exclusions import Preferences
from simkl_connect.identification.file_names import AskSimkl
from simkl_connect.identification.identify import PlayingItem, Skipped, identify
from simkl_connect.identification.programme import Programme, read_programme
from simkl_connect.kodi.background.live_tv import Channel
from simkl_connect.kodi.background.player import WatchedPlayer

FILE = "pvr://channels/tv/All/0@pvr.x_1.pvr"
CHANNEL = {"type": "channel", "id": 1, "label": "Channel", "title": "Harbour Lights", "uniqueid": 17, "year": 0}
HOUR = {"starttime": "2026-11-27 20:00:00", "endtime": "2026-11-27 21:00:00"}
EPISODE = {**HOUR, "title": "Harbour Lights", "episodename": "Fog", "seasonnum": 1, "episodenum": 2}
NEXT = {**EPISODE, "episodenum": 3, "starttime": "2026-11-27 21:00:00", "endtime": "2026-11-27 22:00:00"}
FILM = {**HOUR, "title": "Night Ferry", "episodename": "", "seasonnum": -1, "episodenum": -1, "year": 1998}
PVR = Preferences(pvr=True)


def at(percent: object, broadcast: dict[str, Any]) -> dict[str, Any]:
    return {**broadcast, "progresspercentage": percent}


def test_the_guide_says_what_runs_how_long_it_is_and_how_far() -> None:
    programme = read_programme(CHANNEL, at(25.0, EPISODE))
    assert programme is not None
    assert (programme.begins, programme.position, programme.length) == (HOUR["starttime"], 900.0, 3600.0)
    assert {name: programme.item[name] for name in ("type", "id", "showtitle", "season", "episode", "title")} == {
        "type": "channel",
        "id": 1,
        "showtitle": "Harbour Lights",
        "season": 1,
        "episode": 2,
        "title": "Fog",
    }


@pytest.mark.parametrize(
    "broadcast",
    [
        pytest.param(None, id="nothing"),
        pytest.param(at(None, EPISODE), id="no progress"),
        pytest.param(at(101.0, EPISODE), id="beyond the end"),
        pytest.param(at(1.0, {**EPISODE, "title": ""}), id="no title"),
        pytest.param(at(1.0, {**EPISODE, "endtime": "soon"}), id="no end"),
        pytest.param(at(1.0, {**EPISODE, "endtime": HOUR["starttime"]}), id="no length"),
        pytest.param(at(1.0, {**EPISODE, "endtime": "2026-11-27T21:00:00+00:00"}), id="one time with a zone"),
    ],
)
def test_a_guide_that_does_not_know_is_none(broadcast: object) -> None:
    assert read_programme(CHANNEL, broadcast) is None


ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.integers())


@given(st.dictionaries(st.sampled_from([*EPISODE, "progresspercentage", "year"]), ODD))
def test_an_odd_guide_raises_nothing(broadcast: dict[str, object]) -> None:
    programme = read_programme(CHANNEL, {**at(5.0, EPISODE), **broadcast})
    if programme is not None:
        identify(PlayingItem(programme.item, FILE), PVR)


@pytest.mark.parametrize(
    ("broadcast", "expected"),
    [
        (EPISODE, AskSimkl("Harbour Lights S01E02.mkv", "harbour lights", 1, (2,))),
        ({**EPISODE, "title": "Nip/Tuck"}, AskSimkl("Nip Tuck S01E02.mkv", "nip tuck", 1, (2,))),
        (FILM, AskSimkl("Night Ferry (1998).mkv", "night ferry", None, (), (1998,))),
        ({**FILM, "year": 0}, Skipped(Reason.NAME_SAYS_TOO_LITTLE)),
        ({**EPISODE, "seasonnum": -1}, Skipped(Reason.NAME_SAYS_TOO_LITTLE)),
    ],
    ids=["an episode", "a slash in the title", "a film with its year", "a bare title", "no season"],
)
def test_simkl_is_asked_for_what_the_guide_names(broadcast: dict[str, Any], expected: object) -> None:
    programme = read_programme(CHANNEL, at(1.0, broadcast))
    assert isinstance(programme, Programme)
    assert identify(PlayingItem(programme.item, FILE), PVR) == expected


class Television:
    """A television of one channel, in front of a scrobbler."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kodi, self.device = kodi, Device()
        self.device.preferences = PVR
        kodi.settings["scrobble_pvr"] = "true"
        kodi.answers["Player.GetActivePlayers"] = {"result": [{"playerid": 1, "type": "video"}]}
        kodi.answers["Player.GetItem"] = {"result": {"item": CHANNEL}}
        self.player = WatchedPlayer(self.device.scrobbler, lambda: None, self.device.clock)
        for name, value in {"getPlayingFile": FILE, "isPlayingVideo": True, "getTotalTime": 1200.0}.items():
            monkeypatch.setattr(WatchedPlayer, name, lambda _self, value=value: value)
        monkeypatch.setattr(WatchedPlayer, "getTime", lambda _self: 5.0)

    def shows(self, percent: float, broadcast: dict[str, Any]) -> None:
        details = {"channeldetails": {"broadcastnow": at(percent, broadcast)}}
        self.kodi.answers["PVR.GetChannelDetails"] = {"result": details}

    def goes_on(self, seconds: int) -> None:
        """With what Simkl knows of it."""
        for _ in range(seconds):
            self.device.wait(1.0)
            self.player.advance()
            while self.device.worker.waiting:
                self.device.answer(answer_to(self.device))


def answer_to(device: Device) -> Any:
    request = device.worker.send()
    if request.path != "/search/file":
        return reply(200, []) if request.path.startswith("/search") else reply(201, {"action": "start"})
    assert isinstance(request.json, dict)
    number = int(request.json["file"][-5])
    show = {"title": "Harbour Lights", "year": 2009, "ids": {"simkl": 203}}
    return reply(200, {"type": "episode", "show": show, "episode": {"season": 1, "episode": number}})


@pytest.fixture
def television(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Television:
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    return Television(kodi, monkeypatch)


def titles(device: Device) -> list[str]:
    return [row["title"] for _, row in device.rows()]


def test_a_programme_seen_to_its_end_is_marked_when_the_next_one_begins(television: Television) -> None:
    television.shows(10.0, EPISODE)
    television.player.onAVStarted()
    television.goes_on(30)
    television.shows(99.0, EPISODE)
    television.goes_on(37)
    television.shows(0.5, NEXT)
    television.goes_on(40)
    device = television.device
    assert [one["media"]["episode"]["number"] for one in device.outbox()] == [2]
    assert titles(device) == ["Harbour Lights S01E02", "Harbour Lights S01E03"]
    television.player.onPlayBackStopped()
    assert len(device.outbox()) == 1


def test_a_programme_tuned_in_to_near_its_end_is_not(television: Television) -> None:
    television.shows(70.0, EPISODE)
    television.player.onAVStarted()
    television.goes_on(30)
    television.shows(99.0, EPISODE)
    television.goes_on(37)
    television.shows(0.5, NEXT)
    television.goes_on(5)
    assert television.device.outbox() == []


def test_without_the_setting_the_guide_is_not_asked(television: Television) -> None:
    television.kodi.settings["scrobble_pvr"] = "false"
    television.device.preferences = Preferences()
    television.player.onAVStarted()
    television.goes_on(60)
    assert television.device.said == ("skipped", "live_tv")
    assert not any("PVR." in call for call in television.kodi.calls)


def test_between_two_looks_the_position_goes_with_the_clock_and_no_further_than_the_end(television: Television) -> None:
    television.shows(50.0, {**EPISODE, "endtime": "2026-11-27 20:00:20"})
    clock = television.device.clock
    channel = Channel(PlayingItem(CHANNEL, FILE), clock)
    places = []
    for _ in range(3):
        places.append(channel.place)
        clock.advance(6.0)
    assert places == [(10.0, 20.0), (16.0, 20.0), (20.0, 20.0)]
