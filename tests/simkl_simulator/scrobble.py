"""What is being watched right now: ``POST /scrobble/start``, ``/pause`` and ``/stop`` (Simkl's scrobble guide)."""

from __future__ import annotations

from typing import Mapping, NamedTuple

from .bodies import Json, check_title, episode_ids, json_object, known_fields, refused, whole
from .catalogue import ANIME, MOVIE, SHOW, Catalogue, find_episode
from .echo import episode_block, title_block
from .library import Library, Target, item_of, key_of, to_text
from .media import ScrobbleEvent
from .messages import Refused, Request, Response, api_error, json_response
from .requirements import require_unlocked, require_writer
from .state import State

WATCHED_FROM = 80.0
"""Percent from which a stop marks as watched."""

REPEAT = 3600.0
"""Seconds within which a second stop of the same item is refused."""

FIELDS = ("progress", MOVIE, SHOW, ANIME, "episode")


class Wanted(NamedTuple):
    """What a valid body says."""

    kind: str
    title: Json
    season: int | None
    number: int | None
    episode_ids: Mapping[str, object]
    progress: float


def scrobble(state: State, request: Request, action: str) -> Response:
    """One event of a player; ``action`` is the last part of the path."""
    account = require_writer(state, request).account
    body = json_object(request)
    wanted = _wanted(body)
    target = _target(state.media.catalogue, wanted)
    try:
        require_unlocked(state)
        answer = _act(state, state.media.library(account), action, wanted, target)
    except Refused as refusal:
        answer = refusal.response
    item = None if target is None else item_of(target)
    did = answer.outcome if answer.status == 201 else ""
    event = ScrobbleEvent(state.clock(), request.path, item, wanted.progress, answer.status, did, body)
    state.media.events.append(event)
    return answer


def _wanted(body: Json) -> Wanted:
    known_fields(body, FIELDS, "the body")
    kinds = [kind for kind in (MOVIE, SHOW, ANIME) if kind in body]
    if not kinds:
        raise refused("empty_field", "movie, show or anime is missing")
    if len(kinds) > 1:
        raise refused("wrong_parameter", "one item per request: movie, show or anime")
    kind = kinds[0]
    title = known_fields(body[kind], ("title", "year", "ids"), kind)
    check_title(title, kind)
    progress = _progress(body)
    season, number, ids = _episode(body, kind)
    return Wanted(kind, title, season, number, ids, progress)


def _progress(body: Json) -> float:
    if "progress" not in body:
        raise refused("empty_field", "progress is missing")
    value = body["progress"]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
        raise refused("wrong_parameter", "progress must be a number from 0 to 100")
    if round(value, 2) != value:
        raise refused("wrong_parameter", "progress has two decimals at most")
    return float(value)


def _episode(body: Json, kind: str) -> tuple[int | None, int | None, Json]:
    """Season, number and ids. A show needs both numbers unless ids name the episode; anime does without a season."""
    if "episode" not in body:
        if kind == SHOW:
            raise refused("empty_field", "episode is missing")
        return None, None, {}
    if kind == MOVIE:
        raise refused("wrong_parameter", "a movie has no episode")
    episode = known_fields(body["episode"], ("season", "number", "title", "ids"), "episode")
    ids = episode_ids(episode, "episode")
    for name in ("season", "number") if kind == SHOW else ("number",):
        if name not in episode and not ids:
            raise refused("empty_field", f"episode.{name} is missing")
    season = whole(episode["season"], "episode.season") if "season" in episode else None
    number = whole(episode["number"], "episode.number") if "number" in episode else None
    return season, number, ids


def _target(catalogue: Catalogue, wanted: Wanted) -> Target | None:
    """What the body means; None if Simkl doesn't know it."""
    by_id = catalogue.episode_by_id(wanted.episode_ids)
    if by_id is not None:
        return by_id
    found = catalogue.find(wanted.kind, wanted.title)
    if not found.titles:
        return None
    if found.titles[0].is_film:
        return (found.titles[0], None) if wanted.number in (None, 1) else None
    if wanted.number is None:
        if not wanted.episode_ids:
            raise refused("empty_field", "episode is missing")
        return None
    return find_episode(found, wanted.season, wanted.number)


def _act(state: State, library: Library, action: str, wanted: Wanted, target: Target | None) -> Response:
    if target is None:
        raise Refused(api_error(404, "id_err", "no such title or episode"))
    now, progress = state.media.now, wanted.progress
    if action != "start" and progress >= WATCHED_FROM:
        _require_first(library, target, now)
    title = target[0]
    if action == "stop" and progress >= WATCHED_FROM:
        library.playbacks.pop(title.simkl, None)
        library.stopped[(title.simkl, *key_of(target))] = now
        library.mark(title, [key_of(target)], to_text(now), library.new_stamp(now))
        return _answer(library.new_id(), "scrobble", progress, target)
    playback = library.play("start" if action == "start" else "pause", target, progress, now)
    library.touch(title.kind, "playback", library.new_stamp(now))
    return _answer(0 if action == "start" else playback.id, playback.action, progress, target)


def _require_first(library: Library, target: Target, now: float) -> None:
    """No completed stop of the same item within the hour, or 409."""
    stopped = library.stopped.get((target[0].simkl, *key_of(target)))
    if stopped is None or now - stopped >= REPEAT:
        return
    body = {
        "error": "already_watched",
        "code": 409,
        "message": "this was scrobbled within the last hour",
        "watched_at": to_text(stopped),
        "expires_at": to_text(stopped + REPEAT),
    }
    raise Refused(json_response(409, body, "already_watched"))


def _answer(session: int, action: str, progress: float, target: Target) -> Response:
    title, episode = target
    body: Json = {"id": session, "action": action, "progress": progress, title.kind: title_block(title)}
    if episode is not None:
        body["episode"] = episode_block(episode)
    return json_response(201, body, action)
