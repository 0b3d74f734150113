"""Kodi's video library and player by JSON-RPC: what plays, and what a row says."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ...identification.identify import PlayingItem
from ...identification.programme import Programme, read_programme
from ...json_values import as_object, as_objects
from ..ipc import home_property
from ..json_rpc import call, result_of
from ..system import condition

TRAKT_IDS = "script.trakt.ids"
PLAYER_INFO = "TMDbHelper.PlayerInfoString"
"""Home properties in which other add-ons say what they play."""
_PLAYING = [
    "title",
    "showtitle",
    "season",
    "episode",
    "year",
    "file",
    "tvshowid",
    "imdbnumber",
    "uniqueid",
    "playcount",
]
_PLAYING_IN_DETAIL = [*_PLAYING, "runtime", "customproperties", "mediapath", "dynpath"]
"""One name that a version of Kodi does not know fails the whole call; then the shorter list is asked for."""
_SHOW = ["title", "year", "uniqueid"]
_EPISODE = ["episode", "season", "file", "title", "uniqueid"]
_ROW = ["title", "file", "uniqueid", "lastplayed"]


def is_scanning() -> bool:
    """Whether Kodi looks for new videos."""
    return condition("Library.IsScanningVideo")


def playing_item(file: str) -> PlayingItem:
    """What Kodi and other add-ons say of the video that plays; ``file`` is the player's."""
    player = _video_player()
    item: Mapping[str, Any] = {}
    if player is not None:
        item = as_object(_details(player).get("item"))
    return PlayingItem(
        item, file, *_show_and_season(item), trakt_ids=home_property(TRAKT_IDS), player_info=home_property(PLAYER_INFO)
    )


def programme(channel: Mapping[str, Any]) -> Programme | None:
    """What runs on the channel that this ``Player.GetItem`` speaks of; None if the guide does not say."""
    params = {"channelid": channel.get("id"), "properties": ["broadcastnow"]}
    details = as_object(call("PVR.GetChannelDetails", params).get("channeldetails"))
    return read_programme(channel, details.get("broadcastnow"))


def look_up(kind: str, row: int) -> PlayingItem | None:
    """A row of the library, by ``movie`` or ``episode`` and id; None if there is none."""
    if kind == "movie":
        answer = call("VideoLibrary.GetMovieDetails", {"movieid": row, "properties": [*_ROW, "year"]})
        item = as_object(answer.get("moviedetails"))
    else:
        properties = [*_ROW, "season", "episode", "showtitle", "tvshowid"]
        answer = call("VideoLibrary.GetEpisodeDetails", {"episodeid": row, "properties": properties})
        item = as_object(answer.get("episodedetails"))
    if not item:
        return None
    file = item.get("file")
    row_item = {**item, "id": row, "type": kind}
    return PlayingItem(row_item, file if isinstance(file, str) else "", *_show_and_season(row_item))


def _video_player() -> int | None:
    """The number of the player of type video: not always 1 (measured on Kodi 20.1)."""
    players = result_of("Player.GetActivePlayers", {})
    found = (player.get("playerid") for player in as_objects(players) if player.get("type") == "video")
    return next((number for number in found if isinstance(number, int)), None)


def _details(player: int) -> Mapping[str, Any]:
    params = {"playerid": player, "properties": _PLAYING_IN_DETAIL}
    return call("Player.GetItem", params) or call("Player.GetItem", {**params, "properties": _PLAYING})


def _show_and_season(item: Mapping[str, Any]) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    """The show of a library episode, and the episodes of its season that are in the same file, with their own ids.

    Those ids are Kodi's slowest answer (measured), and hardly a file holds two episodes: they are asked for apart.
    """
    show_id, season = item.get("tvshowid"), item.get("season")
    if item.get("type") != "episode" or not isinstance(show_id, int) or show_id < 1:
        return {}, ()
    answer = call("VideoLibrary.GetTVShowDetails", {"tvshowid": show_id, "properties": _SHOW})
    show = as_object(answer.get("tvshowdetails"))
    if item.get("showtitle") != show.get("title"):  # a video that began in another profile has that one's numbers
        return {}, ()
    params = {"tvshowid": show_id, "season": season, "properties": ["file"]}
    episodes = call("VideoLibrary.GetEpisodes", params).get("episodes")
    same = [row.get("episodeid") for row in as_objects(episodes) if row.get("file") == item.get("file")]
    return show, [_episode(row) for row in same] if len(same) > 1 else ()


def _episode(row: object) -> Mapping[str, Any]:
    details = call("VideoLibrary.GetEpisodeDetails", {"episodeid": row, "properties": _EPISODE})
    return as_object(details.get("episodedetails"))
