"""Kodi's player, driven by JSON-RPC: opens, seeks, pauses, stops, and waits until it has done so."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from .collection import Item
from .kodi import Kodi
from .rpc import RpcError

VIDEO_PLAYLIST = 1
_STARTED = "Player.OnAVStart"
_START = 15.0
_NEAR = 3.0
"""Seconds that a seek may miss its target by."""

_REST = 2.0
"""Seconds that are left to be played out."""

_PROPERTIES = ("title", "showtitle", "season", "episode", "year", "file", "uniqueid", "customproperties", "mediapath")
_UNITS = {"hours": 3600.0, "minutes": 60.0, "seconds": 1.0, "milliseconds": 0.001}


@dataclass(frozen=True)
class Playing:
    """The player at one moment: ``time`` and ``total`` in seconds, ``position`` in the playlist (-1: none)."""

    player: int
    file: str
    time: float
    total: float
    paused: bool
    position: int
    item: Mapping[str, Any]

    @property
    def percentage(self) -> float:
        """Of the whole; 0 if the total is not known."""
        return 100 * self.time / self.total if self.total else 0.0


class Player:
    """The video player of a Kodi, whatever number Kodi gives it."""

    def __init__(self, kodi: Kodi) -> None:
        self._kodi = kodi

    # --- telling it things; each returns when it is so

    def play(self, item: Item, resume: bool = False) -> Playing:
        """Play a single thing, over whatever runs; ``resume``: from where it was left."""
        return self._open({**item}, {"resume": resume})

    def play_list(self, items: Sequence[Item], position: int = 0) -> Playing:
        """Play ``items`` one after another, from the one at ``position``."""
        self._kodi.rpc("Playlist.Clear", playlistid=VIDEO_PLAYLIST)
        self._kodi.rpc("Playlist.Add", playlistid=VIDEO_PLAYLIST, item=[dict(item) for item in items])
        return self._open({"playlistid": VIDEO_PLAYLIST, "position": position}, {})

    def seek(self, percentage: float) -> Playing:
        """Go to that share of the whole."""
        playing = self._now()
        return self._seek({"percentage": percentage}, playing.total * percentage / 100)

    def seek_to(self, seconds: float) -> Playing:
        """Go to that moment."""
        return self._seek(_moment(seconds), seconds)

    def pause(self) -> Playing:
        """Stand still."""
        return self._set_pace(play=False)

    def go_on(self) -> Playing:
        """Play again after a pause."""
        return self._set_pace(play=True)

    def next(self) -> Playing:
        """Go to the next item of the playlist."""
        return self._go_to("next", _STARTED)

    def previous(self) -> Playing:
        """Go to the item before; once this one has played for some seconds, Kodi goes back to its beginning."""
        return self._go_to("previous", _STARTED, "Player.OnSeek")

    def stop(self, timeout: float = 10.0) -> None:
        """Stop; returns when Kodi has said so and nothing plays. The library may take a moment more."""
        since = len(self._kodi.notifications())
        self._kodi.rpc("Player.Stop", playerid=self._now().player)
        self.wait_until_over(since, timeout)
        self._kodi.wait_for(lambda: self.playing() is None, "nothing to play")

    def play_out(self, timeout: float = 15.0) -> None:
        """Go almost to the end of what runs, and leave the rest to Kodi; returns when that one has ended."""
        since, now = len(self._kodi.notifications()), self._now()
        self._kodi.rpc("Player.Seek", playerid=now.player, value=_moment(max(0.0, now.total - _REST)))
        self.wait_until_over(since, timeout)

    # --- asking it things

    def playing(self) -> Playing | None:
        """What plays now; None if nothing does, or Kodi is between two things."""
        try:
            active = self._kodi.rpc("Player.GetActivePlayers")
            players = [player["playerid"] for player in active if player["type"] == "video"]
            return self._look(players[0]) if players else None
        except RpcError:  # it has ended between two questions
            return None

    def wait_until_playing(self, file: str = "", timeout: float = _START) -> Playing:
        """What plays once its length is known and its time goes on; ``file``: the end of its name.

        A stack's name is ``stack://…``, of all its parts.
        """

        def ready() -> Playing | None:
            playing = self.playing()
            if playing and playing.total > 0 and playing.file.endswith(file) and 0 <= playing.time <= playing.total:
                return playing
            return None

        first = self._kodi.wait_for(ready, f"{file or 'a video'} to play", timeout)

        def later() -> Playing | None:
            playing = ready()
            return playing if playing and (playing.paused or playing.time != first.time) else None

        return self._kodi.wait_for(later, f"the time of {file or 'the video'} to go on", timeout)

    def wait_until_over(self, since: int = 0, timeout: float = 15.0) -> None:
        """Wait for ``Player.OnStop`` among the notifications after the first ``since``."""
        self._wait_for_note(since, timeout, "Player.OnStop")

    # --- inside

    def _open(self, item: Mapping[str, object], options: Mapping[str, object]) -> Playing:
        since = len(self._kodi.notifications())
        self._kodi.rpc("Player.Open", item=item, options=options)
        return self._wait_for_start(since, _STARTED)

    def _wait_for_start(self, since: int, *signs: str) -> Playing:
        self._wait_for_note(since, _START, *signs)
        return self.wait_until_playing()

    def _wait_for_note(self, since: int, timeout: float, *methods: str) -> None:
        self._kodi.wait_for(
            lambda: any(note.method in methods for note in self._kodi.notifications()[since:]),
            " or ".join(methods),
            timeout,
        )

    def _now(self) -> Playing:
        return self._kodi.wait_for(self.playing, "a video to play")

    def _seek(self, value: Mapping[str, object], target: float) -> Playing:
        started = time.monotonic()

        def there() -> Playing | None:
            playing = self.playing()
            latest = target + _NEAR + time.monotonic() - started
            return playing if playing and target - _NEAR <= playing.time <= latest else None

        self._kodi.rpc("Player.Seek", playerid=self._now().player, value=value)
        return self._kodi.wait_for(there, f"the player to be at {target:g} s")

    def _set_pace(self, play: bool) -> Playing:
        def done() -> Playing | None:
            playing = self.playing()
            return playing if playing and playing.paused != play else None

        self._kodi.rpc("Player.PlayPause", playerid=self._now().player, play=play)
        return self._kodi.wait_for(done, "the player to play" if play else "the player to pause")

    def _go_to(self, where: str, *signs: str) -> Playing:
        since = len(self._kodi.notifications())
        self._kodi.rpc("Player.GoTo", playerid=self._now().player, to=where)
        return self._wait_for_start(since, *signs)

    def _look(self, player: int) -> Playing:
        names = ["time", "totaltime", "speed", "position"]
        properties = self._kodi.rpc("Player.GetProperties", playerid=player, properties=names)
        item = self._kodi.rpc("Player.GetItem", playerid=player, properties=list(_PROPERTIES))["item"]
        return Playing(
            player=player,
            file=item.get("file", ""),
            time=_seconds(properties["time"]),
            total=_seconds(properties["totaltime"]),
            paused=properties["speed"] == 0,
            position=properties["position"],
            item=item,
        )


def _moment(seconds: float) -> Mapping[str, object]:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return {"time": {"hours": hours, "minutes": minutes, "seconds": rest}}


def _seconds(clock: Mapping[str, int]) -> float:
    return sum(clock[unit] * seconds for unit, seconds in _UNITS.items())
