"""Reading an account: ``/sync/activities``, ``/sync/all-items`` and ``/sync/playback`` (Simkl's sync guide)."""

from __future__ import annotations

from typing import Mapping

from .bodies import Json, refused
from .catalogue import ANIME, MOVIE, SHOW, Episode, Title
from .echo import episode_block, title_block
from .library import GROUPS, UNKNOWN_DATE, Entry, Library, Playback, from_text, to_text
from .messages import Refused, Request, Response, api_error, json_response
from .requirements import require_unlocked, require_user, require_writer
from .state import State

KINDS = {"shows": SHOW, "movies": MOVIE, "anime": ANIME}
FILM_ACTIVITIES = ("rated_at", "playback", "plantowatch", "completed", "dropped", "removed_from_list")
ACTIVITIES = ("rated_at", "playback", "plantowatch", "watching", "completed", "hold", "dropped", "removed_from_list")
FULL = ("full", "full_anime_seasons")
EXTENDED = ("", *FULL, "ids_only", "simkl_ids_only")


def activities(state: State, request: Request) -> Response:
    """When what changed last; null for never. Opens the gate to all-items."""
    library = state.media.library(require_user(state, request).account)
    library.gates.clear()
    body: Json = {"all": _latest(library, None), "settings": {"all": None}}
    for kind, group in GROUPS.items():
        names = FILM_ACTIVITIES if kind == MOVIE else ACTIVITIES
        times = {name: _text(library.activities.get((group, name))) for name in names}
        body[group] = {"all": _latest(library, group), **times}
    library.gates.add("open")
    return json_response(200, body, "activities")


def _latest(library: Library, group: str | None) -> str | None:
    return _text(max((at for (one, _), at in library.activities.items() if group in (None, one)), default=None))


def _text(at: float | None) -> str | None:
    return None if at is None else to_text(at)


def all_items(state: State, request: Request, name: str | None = None, status: str | None = None) -> Response:
    """The library, or what changed since ``date_from`` (that second included). Nothing is ``null``, of one kind ``{}``.

    Each kind may be pulled once for each reading of the activities, and once more for its ids; other pulls count as
    polls without the gate, for which Simkl suspends clients.
    """
    library = state.media.library(require_user(state, request).account)
    query = request.query
    since, extended = _since(query), _choice(query, "extended", EXTENDED)
    _choice(query, "include_all_episodes", ("", "yes", "original"))
    pull = (name, extended)
    if "open" not in library.gates or pull in library.gates:
        state.media.ungated_polls += 1
    library.gates.add(pull)
    body: Json = {}
    for group, kind in KINDS.items():
        entries = [e for e in library.entries.values() if e.title.kind == kind and e.changed >= since]
        entries = [e for e in entries if status in (None, e.status)]
        if entries and name in (None, group):
            body[group] = [_item(entry, extended, query) for entry in entries]
    return json_response(200, body or (None if name is None else {}), "items")


def _since(query: Mapping[str, str]) -> float:
    if "date_from" not in query:
        return 0.0
    try:
        return from_text(query["date_from"])
    except ValueError:
        raise refused("wrong_parameter", "date_from must be YYYY-MM-DDTHH:MM:SSZ") from None


def _choice(query: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = query.get(name, "")
    if value not in known:
        raise refused("wrong_parameter", f"{name} must be one of {', '.join(known[1:])}")
    return value


def _item(entry: Entry, extended: str, query: Mapping[str, str]) -> Json:
    title = entry.title
    key = "movie" if title.kind == MOVIE else "show"
    if extended == "simkl_ids_only":
        return {key: {"ids": {"simkl": title.simkl}}}
    if extended == "ids_only":
        return {key: {"ids": title_block(title)["ids"]}}
    item: Json = {
        "status": entry.status,
        "last_watched_at": entry.last_watched_at,
        "user_rating": entry.rating,
        "watched_episodes_count": 0 if title.kind == MOVIE else len(entry.marks),
        "total_episodes_count": 0 if title.kind == MOVIE else len([e for e in title.episodes if e.season > 0]),
        "not_aired_episodes_count": len([e for e in title.episodes if not e.aired]),
        key: title_block(title),
    }
    if title.kind == ANIME:
        item["anime_type"] = title.anime_type
    if title.kind != MOVIE and extended in FULL:
        seasons = _seasons(entry, extended, query)
        item.update({"seasons": seasons} if seasons else {})
    return item


def _seasons(entry: Entry, extended: str, query: Mapping[str, str]) -> list[Json]:
    """The watched episodes. A completed title has them only if all episodes are asked for: ``original`` gives those
    that are recorded, ``yes`` all that have aired, with the title's last date for the invented ones.
    """
    every = query.get("include_all_episodes", "")
    if entry.status == "completed" and not every:
        return []
    invents = entry.status == "completed" and every == "yes"
    seasons: dict[int, list[Json]] = {}
    for episode in entry.title.episodes:
        mark = (0, 0) if entry.title.is_film else episode.key
        if mark in entry.marks or (invents and episode in entry.title.aired):
            at = entry.marks.get(mark, entry.last_watched_at or UNKNOWN_DATE)
            seasons.setdefault(episode.season, []).append(_episode(entry.title, episode, at, extended, query))
    return [{"number": number, "episodes": episodes} for number, episodes in seasons.items()]


def _episode(title: Title, episode: Episode, at: str, extended: str, query: Mapping[str, str]) -> Json:
    block: Json = {"number": episode.number}
    if query.get("episode_watched_at") == "yes":
        block["watched_at"] = None if at == UNKNOWN_DATE else at
    if query.get("episode_tvdb_id") == "yes":
        block["ids"] = {"tvdb": str(episode.tvdb)}
    if title.kind == ANIME and extended == "full_anime_seasons":
        block["tvdb"] = {"season": episode.tvdb_season, "episode": episode.tvdb_number}
    return block


def playback(state: State, request: Request, name: str | None = None) -> Response:
    """Saved positions, of films or episodes alone if asked; of watched ones only with ``hide_watched=false``."""
    library = state.media.library(require_user(state, request).account)
    saved = [play for play in library.running(state.media.now) if play.action == "pause"]
    if name is not None:
        saved = [play for play in saved if (play.target[0].kind == MOVIE) == (name == "movies")]
    if request.query.get("hide_watched", "true") != "false":
        saved = [play for play in saved if not library.watched(play.target)]
    limit = request.query.get("limit", "10000")
    if not limit.isdigit() or not 1 <= int(limit) <= 10000:
        raise refused("wrong_parameter", "limit must be from 1 to 10000")
    return json_response(200, [_position(play) for play in saved[: int(limit)]], "playback")


def _position(play: Playback) -> Json:
    title, episode = play.target
    body: Json = {
        "id": play.id,
        "progress": play.progress,
        "paused_at": to_text(play.at),
        title.kind: title_block(title),
    }
    body["type"] = "movie" if title.kind == MOVIE else "episode"
    if episode is not None:
        numbers = episode_block(episode)
        body["episode"] = {"episode": numbers.pop("number"), **numbers}
    return body


def delete_playback(state: State, request: Request, number: str) -> Response:
    """Drop a running or saved playback: 204, or 404 if there is none with this number."""
    library = state.media.library(require_writer(state, request).account)
    require_unlocked(state)
    for play in library.running(state.media.now):
        if str(play.id) == number:
            del library.playbacks[play.target[0].simkl]
            library.touch(play.target[0].kind, "playback", library.new_stamp(state.media.now))
            return Response(204, outcome="deleted")
    raise Refused(api_error(404, "id_err", "no such playback"))
