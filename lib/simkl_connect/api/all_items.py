"""What is on the user's lists: ``/sync/activities`` first, then ``/sync/all-items`` if something moved (sync guide).

Lists can be megabytes. Their items are decoded one after another and kept as small values, never as one tree.
"""

from __future__ import annotations

import json
from typing import Any, Callable, Iterator, Mapping, NamedTuple, Tuple, TypeVar

from ..errors import Problem, TransientError
from ..http.messages import Request, Response
from ..json_values import as_object, as_objects
from ..models import Token
from ..sync import dates
from ..sync.titles import FILM, MOVIE, SHOW, Entry, clean_ids, clean_year, is_number, place_of
from .parsing import BadAnswer, read_object
from .scrobble import Refusal, read_refusal

LARGEST_LIST = 64 * 1024 * 1024
"""Bytes. A mark takes about 60, a title about 400."""
LONGEST = 180.0
"""Seconds for one list."""
QUOTA_WAIT = 6 * 3600.0
"""Seconds to wait once the day's requests are used up and no header says for how long."""
LISTS = ("shows", "movies", "anime")
"""The parts of all-items, in the order of Simkl's guide."""
_QUERY = {
    "extended": "full_anime_seasons",
    "episode_watched_at": "yes",
    "include_all_episodes": "original",
    "episode_tvdb_id": "yes",
}
"""Episodes of completed titles too, but only recorded ones; TVDB's numbers for anime, TVDB's ids for specials."""
_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"

T = TypeVar("T")
Name = Tuple[str, int]
"""Kind and Simkl id of a title."""


class Activities(NamedTuple):
    """When something changed last: on any list, and by removal. Simkl's own words, to be compared and sent back."""

    latest: str
    removed: str


def activities_request(token: Token) -> Request:
    """The gate: nothing else may be read before it says that something moved."""
    return Request("GET", "/sync/activities", token.client_id, bearer=token.access_token)


def list_request(token: Token, name: str) -> Request:
    """All of one of :data:`LISTS`."""
    return _large(token, f"/sync/all-items/{name}", _QUERY)


def changes_request(token: Token, since: str) -> Request:
    """What changed on any list since ``since``, that second included; removals are not among it."""
    return _large(token, "/sync/all-items", {**_QUERY, "date_from": since})


def names_request(token: Token) -> Request:
    """The ids of everything that is still on a list."""
    return _large(token, "/sync/all-items", {"extended": "simkl_ids_only"})


def _large(token: Token, path: str, query: Mapping[str, str]) -> Request:
    return Request(
        "GET",
        path,
        token.client_id,
        bearer=token.access_token,
        query=query,
        largest_body=LARGEST_LIST,
        longest=LONGEST,
    )


def read_activities(response: Response) -> Activities | Refusal:
    """For :func:`activities_request`."""
    return _read(response, _activities)


def read_entries(response: Response) -> list[Entry] | Refusal:
    """For :func:`list_request` and :func:`changes_request`. Odd items are passed over, a torn answer is a failure."""
    return _read(response, lambda answer: [entry for entry in map(_entry, _named_items(answer)) if entry is not None])


def read_names(response: Response) -> set[Name] | Refusal:
    """For :func:`names_request`. An anime film counts as a show: without its details nothing tells them apart."""
    return _read(response, lambda answer: {name for name in map(_name, _named_items(answer)) if name is not None})


def quota_wait(failure: TransientError) -> float | None:
    """Seconds until it makes sense to ask again; None if neither the server nor the day's quota says so."""
    if failure.retry_after is None and failure.problem is Problem.RATE_LIMITED and "limit_exceeded" in failure.detail:
        return QUOTA_WAIT
    return failure.retry_after


def _read(response: Response, read: Callable[[Response], T]) -> T | Refusal:
    if response.status != 200 or response.is_web_page:
        return read_refusal(response)
    try:
        return read(response)
    except BadAnswer as bad:
        return TransientError(Problem.BAD_ANSWER, str(bad))


def _activities(response: Response) -> Activities:
    body = read_object(response)
    removed = [as_object(body.get(group)).get("removed_from_list") for group in ("tv_shows", "anime", "movies")]
    if "all" not in body:
        raise BadAnswer("activities without all")
    return Activities(_text(body["all"]), " ".join(map(_text, removed)))


def _named_items(response: Response) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each item of each list, with the list's name. Raises BadAnswer, also after some items."""
    try:
        text = response.body.decode("utf-8")
        if text.strip(_SPACE) in ("null", "[]"):
            return
        yield from _members(text)
    except (ValueError, IndexError, RecursionError):
        raise BadAnswer("the list is torn, or no JSON") from None


def _members(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects in the arrays of one object. Raises ValueError or IndexError if it is not well formed."""
    at = _expect(text, 0, "{")
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        at = _expect(text, at, ":")
        if text[at] != "[":
            _, at = _DECODER.raw_decode(text, at)
            if name == "error":
                raise ValueError("an error with a success's status")
        else:
            at = _expect(text, at, "[")
            while text[at] != "]":
                item, at = _DECODER.raw_decode(text, at)
                if isinstance(name, str) and isinstance(item, dict):
                    yield name, item
                at = _comma(text, at, "]")
            at += 1
        at = _comma(text, _skip(text, at), "}")
    if text[at + 1 :].strip(_SPACE):
        raise ValueError("more than one value")


def _expect(text: str, at: int, char: str) -> int:
    at = _skip(text, at)
    if text[at] != char:
        raise ValueError("not what must stand here")
    return _skip(text, at + 1)


def _comma(text: str, at: int, end: str) -> int:
    at = _skip(text, at)
    return at if text[at] == end else _expect(text, at, ",")


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in _SPACE:
        at += 1
    return at


def _entry(named: tuple[str, Mapping[str, Any]]) -> Entry | None:
    name = _name(named)
    if name is None:
        return None
    kind, simkl = name
    item = named[1]
    title = _title(item)
    is_anime = named[0] == "anime"
    watched, unplaced = _film_marks(item) if kind == MOVIE else _episode_marks(item, is_anime)
    has_marks = item.get("status") == "completed" or _count(item.get("watched_episodes_count")) > 0
    is_unlisted = kind == SHOW and has_marks and not isinstance(item.get("seasons"), list)
    year = clean_year(title.get("year"))
    return Entry(
        kind,
        simkl,
        is_anime,
        _text(title.get("title"))[:200],
        year,
        clean_ids(title.get("ids")),
        watched,
        unplaced,
        is_unlisted,
    )


def _name(named: tuple[str, Mapping[str, Any]]) -> Name | None:
    group, item = named
    ids = as_object(_title(item).get("ids"))
    simkl = ids.get("simkl", ids.get("simkl_id"))
    if isinstance(simkl, str) and simkl.isascii() and simkl.isdigit() and len(simkl) < 12:
        simkl = int(simkl)
    if group not in LISTS or not is_number(simkl) or simkl <= 0:
        return None
    # an anime film is one title among the anime; by its ids alone it can't be told from a series
    is_film = group == "movies" or "movie" in item or item.get("anime_type") == "movie"
    return (MOVIE if is_film else SHOW), simkl


def _title(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_object(item.get("movie")) or as_object(item.get("show")) or as_object(item.get("anime"))


def _film_marks(item: Mapping[str, Any]) -> tuple[dict[int, int], int]:
    return ({FILM: dates.from_simkl(item.get("last_watched_at"))} if item.get("status") == "completed" else {}), 0


def _episode_marks(item: Mapping[str, Any], is_anime: bool) -> tuple[dict[int, int], int]:
    """Times by place, and how many have none. An anime's own numbers are another count than a library's."""
    marks: dict[int, int] = {}
    unplaced = 0
    for season in as_objects(item.get("seasons")):
        for episode in as_objects(season.get("episodes")):
            numbers = as_object(episode.get("tvdb"))
            ids = as_object(episode.get("ids"))
            tvdb_id = ids.get("tvdb", ids.get("tvdb_id", episode.get("tvdb_id")))
            if is_anime:
                place = place_of(numbers.get("season"), numbers.get("episode"), tvdb_id)
            else:
                place = place_of(season.get("number"), episode.get("number"), tvdb_id)
            if place is None:
                unplaced += season.get("number") != 0
            else:
                marks[place] = dates.from_simkl(episode.get("watched_at"))
    return marks, unplaced


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if is_number(value) else 0
