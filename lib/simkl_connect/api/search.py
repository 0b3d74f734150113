"""Looking titles up: ``POST /search/file`` for one playing file, ``GET /search/{movie,tv,anime}`` by words, and
``GET /{tv,anime}/episodes/{id}`` for what a show consists of."""

from __future__ import annotations

import json
import re
from typing import NamedTuple, Union

from ..http.messages import Request, Response
from ..json_values import as_number, as_object, as_objects, as_year
from ..models import Token
from .parsing import clean_text
from .scrobble import Refusal, read_refusal

MOVIE, TV, ANIME = KINDS = ("movie", "tv", "anime")
LONGEST_LIST = 4 * 1024 * 1024
"""Bytes of a list of episodes: some shows have thousands."""
MOST_EPISODES = 5000
_LONGEST_TITLE = 120


class Found(NamedTuple):
    """What Simkl found, as it came: nothing of it is checked yet. No match is an empty list or null."""

    body: object


class FoundTitle(NamedTuple):
    """A title that was found by words. ``kind``: one of :data:`KINDS`. ``simkl``: its id, as digits."""

    kind: str
    title: str
    year: int | None
    simkl: str


class ListedEpisode(NamedTuple):
    """An episode of a show; season 0 holds the specials. An anime's is season 1."""

    season: int
    number: int
    title: str = ""


SearchAnswer = Union[Found, Refusal]


def file_request(file: str, token: Token, part: int = 1) -> Request:
    """``file``: a file's name, without any folder. ``part``: which of the episodes in it, from 1 on."""
    body: dict[str, object] = {"file": file} if part == 1 else {"file": file, "part": part}
    return Request("POST", "/search/file", client_id=token.client_id, json=body, bearer=token.access_token)


def words_request(kind: str, words: str, token: Token) -> Request:
    """``kind``: one of :data:`KINDS`. Halves of a surrogate pair, which JSON may hold and no URL, are left out."""
    query = {"q": words.encode("utf-8", "ignore").decode("utf-8")}
    return Request("GET", f"/search/{kind}", client_id=token.client_id, bearer=token.access_token, query=query)


def episodes_request(show: FoundTitle, client_id: str) -> Request:
    """All episodes of a show or an anime. This needs no token."""
    return Request("GET", f"/{show.kind}/episodes/{show.simkl}", client_id=client_id, largest_body=LONGEST_LIST)


def read_search(response: Response) -> SearchAnswer:
    """The answer to any of them."""
    if response.status == 200 and not response.is_web_page:
        try:
            value: object = json.loads(response.body.decode("utf-8"))
        except (ValueError, RecursionError):
            return read_refusal(response)
        if not (isinstance(value, dict) and "error" in value):
            return Found(value)
    return read_refusal(response)


def found_titles(kind: str, answer: Found) -> list[FoundTitle]:
    """The titles in an answer to :func:`words_request`, in Simkl's order, each once; what makes no sense is passed
    over."""
    titles: dict[str, FoundTitle] = {}
    for row in as_objects(answer.body):
        ids = as_object(row.get("ids"))
        simkl = ids.get("simkl_id", ids.get("simkl"))
        title = clean_text(row.get("title"), _LONGEST_TITLE)
        if title and re.fullmatch(r"[1-9]\d{0,11}", str(simkl), re.ASCII):
            titles.setdefault(str(simkl), FoundTitle(kind, title, as_year(row.get("year")), str(simkl)))
    return list(titles.values())


def listed_episodes(answer: Found) -> list[ListedEpisode]:
    """The episodes in an answer to :func:`episodes_request`, in order, each once; odd ones are passed over."""
    episodes: dict[tuple[int, int], ListedEpisode] = {}
    for row in as_objects(answer.body):
        number, season = as_number(row.get("episode")), as_number(row.get("season"))
        if season is None:
            season = 0 if row.get("type") == "special" else 1
        if number and season < 10_000 and len(episodes) < MOST_EPISODES:
            title = clean_text(row.get("title"), _LONGEST_TITLE)
            episodes.setdefault((season, number), ListedEpisode(season, number, title))
    return [episodes[key] for key in sorted(episodes)]
