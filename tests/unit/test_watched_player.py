"""The player is not asked where nothing plays: Kodi logs an error for each answer that it refuses."""

from __future__ import annotations

from typing import Any, Callable
from unittest.mock import Mock

import pytest
from fakes import FakeClock
from scrobbling_device import Device
from simkl_connect.identification.identify import PlayingItem
from simkl_connect.kodi.background import library
from simkl_connect.kodi.background.player import SAMPLE_EVERY, WatchedPlayer


class Asked(Exception):
    """Kodi would have logged an error."""


class Heard:
    """A scrobbler that says yes to everything."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments: None


def refuse(_player: object) -> Any:
    raise Asked


@pytest.fixture
def stopped(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> WatchedPlayer:
    """A film has ended, and the callback that tells is on its way."""
    monkeypatch.setattr("xbmc.Player.getPlayingFile", lambda _player: "/film.mkv")
    monkeypatch.setattr(library, "playing_item", lambda file: PlayingItem({"type": "movie"}, file))
    player = WatchedPlayer(Heard(), lambda: None, clock)  # type: ignore[arg-type]
    player.onAVStarted()
    player.advance()
    for question in ("getPlayingFile", "getTime", "getTotalTime"):
        monkeypatch.setattr(f"xbmc.Player.{question}", refuse)
    monkeypatch.setattr("xbmc.Player.isPlaying", lambda _player: False)
    clock.advance(SAMPLE_EVERY)
    return player


@pytest.mark.parametrize(
    ("position", "is_paused", "told"),
    [(59.0, False, ["started"]), (59.0, True, ["started", "paused"]), (60.0, False, [])],
)
def test_what_plays_when_the_service_starts_is_followed_if_it_has_just_begun(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, position: float, is_paused: bool, told: list[str]
) -> None:
    scrobbler = Mock()
    for name, answer in {"getPlayingFile": "/film.mkv", "getTime": position, "isPlayingVideo": True}.items():
        monkeypatch.setattr(f"xbmc.Player.{name}", lambda _player, answer=answer: answer)
    monkeypatch.setattr(library, "playing_item", lambda file: PlayingItem({"type": "movie", "title": "Film"}, file))
    monkeypatch.setattr("simkl_connect.kodi.background.player.condition", lambda _name: is_paused)
    WatchedPlayer(scrobbler, lambda: None, clock).begin()
    assert [name for name, _, _ in scrobbler.method_calls if "." not in name] == told


def test_no_sample_is_taken_and_the_next_look_is_a_second_away(stopped: WatchedPlayer) -> None:
    stopped.advance()
    assert stopped.seconds_to_wait() == SAMPLE_EVERY


@pytest.mark.parametrize("callback", ["onPlayBackPaused", "onPlayBackResumed"])
def test_a_late_callback_asks_nothing(stopped: WatchedPlayer, callback: str) -> None:
    getattr(stopped, callback)()


def test_a_video_at_the_address_of_the_last_one_takes_no_mark_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Next is pressed at 96 %; add-ons with a proxy of their own give each video the same address."""
    device, playing = Device(), {"number": 1, "time": 0.0}

    def item(file: str) -> PlayingItem:
        fields = {"type": "episode", "showtitle": "Harbour Lights", "season": 1, "uniqueid": {"tvshow.tvdb": "1111"}}
        return PlayingItem({**fields, "episode": playing["number"]}, file)

    monkeypatch.setattr(library, "playing_item", item)
    for name, value in (("isPlaying", True), ("isPlayingVideo", True), ("getPlayingFile", "http://127.0.0.1:5000/")):
        monkeypatch.setattr(f"xbmc.Player.{name}", lambda _player, value=value: value)
    monkeypatch.setattr("xbmc.Player.getTime", lambda _player: playing["time"])
    monkeypatch.setattr("xbmc.Player.getTotalTime", lambda _player: 2700.0)
    player = WatchedPlayer(device.scrobbler, lambda: None, device.clock)
    player.onPlayBackStarted()
    player.onAVStarted()
    playing["time"] = 2600.0
    device.wait(1.0)
    player.advance()
    playing.update(number=2, time=0.1)
    player.onPlayBackStarted()
    player.onAVChange()
    player.advance()
    player.onAVStarted()
    assert [entry["media"]["episode"]["number"] for entry in device.outbox()] == [1]
