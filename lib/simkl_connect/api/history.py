"""What was watched: ``POST /sync/history`` and ``/sync/history/remove`` (api.simkl.org, "sync").

The shape is the meaning there: a show without seasons and episodes is all of it. Every show in a request made here has
explicit seasons, and every season explicit episodes; an anime film is one, too, and its only episode is S01E01.

An anime's episodes are sent by TVDB's numbers, which are a library's, and ``use_tvdb_anime_seasons`` says so. With
Simkl's own id they are counted within the cour that it names, and the flag would have them moved to another.
"""

from __future__ import annotations

import time
from typing import Any, Iterable, Iterator, Mapping, NamedTuple, Sequence, Union

from ..http.messages import Request, Response
from ..json_values import as_object, as_objects
from ..media import Episode, Media, Movie
from ..models import Token
from .parsing import Body
from .scrobble import Refusal, read_answer, title_fields

DATE_UNKNOWN = "1970-01-01T00:00:01Z"
"""Simkl's way to say "watched, nobody knows when"."""
LARGEST_BATCH = 100
"""Entries in one request. No limit is documented; clients send 50 to 100."""


class Watch(NamedTuple):
    """That something was watched, at a Unix time in seconds, or None where nobody knows when."""

    media: Media
    watched_at: float | None = None


class HistoryAnswer(NamedTuple):
    """What a batch came to. ``not_found``: of what was sent, what Simkl doesn't know; empty for a removal's deleted."""

    not_found: tuple[Media, ...] = ()


AddAnswer = Union[HistoryAnswer, Refusal]


def watched_at_text(watched_at: float | None) -> str:
    """UTC as Simkl wants it, the date unknown for None and for times before 1970."""
    if watched_at is None or not 1 < watched_at < 253_402_300_800:  # the year 10,000
        return DATE_UNKNOWN
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(watched_at))


def add_request(watches: Sequence[Watch], token: Token) -> Request:
    """Adds all of ``watches``, films and episodes, to the history."""
    return _request("/sync/history", _body(watches, with_dates=True), token)


def remove_request(media: Sequence[Media], token: Token) -> Request:
    """Takes exactly these films and episodes out of the history."""
    return _request("/sync/history/remove", _body(map(Watch, media), with_dates=False), token)


def read_history(response: Response, sent: Sequence[Media]) -> AddAnswer:
    """The answer to either request; ``sent`` is what was in it. 201 comes also where nothing was found."""
    return read_answer(response, lambda body: HistoryAnswer(tuple(_not_found(body, sent))))


def _request(path: str, body: Mapping[str, object], token: Token) -> Request:
    return Request("POST", path, client_id=token.client_id, json=body, bearer=token.access_token)


def _body(watches: Iterable[Watch], with_dates: bool) -> dict[str, object]:
    movies: list[dict[str, object]] = []
    anime: list[dict[str, object]] = []
    shows: dict[str, dict[str, Any]] = {}
    for media, watched_at in watches:
        date = {"watched_at": watched_at_text(watched_at)} if with_dates else {}
        if isinstance(media, Movie):
            film = {**title_fields(media.title, media.year, media.ids), **date}
            only = {"seasons": [{"number": 1, "episodes": [{"number": 1, **date}]}]}
            (anime if media.is_anime else movies).append({**film, **(only if media.is_anime else {})})
            continue
        fields = title_fields(media.show.title, media.show.year, media.show.ids)
        flag = {} if "simkl" in media.show.ids else {"use_tvdb_anime_seasons": True}
        show = shows.setdefault(repr(sorted(fields.items(), key=str)), {**fields, **flag, "seasons": {}})
        ids = {"ids": dict(media.ids)} if media.ids else {}
        show["seasons"].setdefault(media.season, []).append({"number": media.number, **ids, **date})
    listed = [
        {**show, "seasons": [{"number": number, "episodes": episodes} for number, episodes in show["seasons"].items()]}
        for show in shows.values()
    ]
    if not with_dates:  # a removal passes over what is under "anime"
        listed, anime = [*listed, *anime], []
    return {name: value for name, value in (("movies", movies), ("shows", listed), ("anime", anime)) if value}


def _not_found(body: Body, sent: Sequence[Media]) -> Iterator[Media]:
    """Simkl echoes what it doesn't know: a film, a whole show, or a show with some of its episodes. Raises
    BadAnswer."""
    echoed = body.get("not_found")
    if not isinstance(echoed, dict):
        if "added" not in body and "deleted" not in body:  # "{}", seen where nothing matched
            yield from sent
        return
    movies = as_objects(echoed.get("movies"))
    shows = [*as_objects(echoed.get("shows")), *as_objects(echoed.get("anime"))]
    alone = as_objects(echoed.get("episodes"))
    for media in sent:
        if isinstance(media, Movie):
            listed = shows if media.is_anime else movies
            is_missing = any(_is_same(one, media.title, media.year, media.ids) for one in listed)
        else:
            is_missing = any(_is_in(media, one) for one in shows) or any(_names(one, media) for one in alone)
        if is_missing:
            yield media


def _is_in(episode: Episode, echo: Mapping[str, Any]) -> bool:
    show = episode.show
    if not _is_same(echo, show.title, show.year, show.ids):
        return False
    seasons = as_objects(echo.get("seasons"))
    if not seasons:
        return True
    for season in seasons:
        episodes = as_objects(season.get("episodes"))
        numbers = [str(one.get("number")) for one in episodes]
        if str(season.get("number")) == str(episode.season) and (not numbers or str(episode.number) in numbers):
            return True
    return False


def _names(echo: Mapping[str, Any], episode: Episode) -> bool:
    ids = as_object(echo.get("ids"))
    return any(str(ids.get(name)) == value for name, value in episode.ids.items())


def _is_same(echo: Mapping[str, Any], title: str, year: int | None, ids: Mapping[str, str]) -> bool:
    """By any id that both have; by title and year where they have none in common."""
    inner = next((echo[name] for name in ("movie", "show", "anime") if isinstance(echo.get(name), dict)), echo)
    theirs = as_object(inner.get("ids"))
    common = [name for name in ids if name in theirs]
    if common:
        return any(str(theirs[name]) == ids[name] for name in common)
    return inner.get("title") == title and str(inner.get("year") or "") == str(year or "")
