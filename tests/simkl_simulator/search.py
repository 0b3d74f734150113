"""Looking titles up: ``/search/*``, and the unmetered pages of titles and their episodes."""

from __future__ import annotations

import re

from .bodies import Json, json_object, known_fields, refused, whole
from .catalogue import ANIME, MOVIE, SHOW, TITLE_IDS, Catalogue, Episode, Title
from .echo import title_block
from .messages import Request, Response, json_response
from .requirements import require_app_details, require_client, require_user
from .state import State

KINDS = {"movie": MOVIE, "movies": MOVIE, "tv": SHOW, "show": SHOW, "anime": ANIME}
EPISODES_IN_NAME = re.compile(
    r"^(?P<name>.+?)[ ._-]+(?:s(?P<s>\d{1,2})(?P<e>(?:-?e\d{1,3})+)|(?P<x>\d{1,2})x(?P<xe>\d{2,3}(?:x\d{2,3})*))",
    re.IGNORECASE,
)
YEAR_IN_NAME = re.compile(r"^(?P<name>.+?)[ ._-]*\(?(?P<year>(?:19|20)\d\d)\)?\b")
ENDING = re.compile(r"\.(?=[a-z0-9]*[a-z])[a-z0-9]{2,4}$", re.IGNORECASE)


def by_file(state: State, request: Request) -> Response:
    """What a file name means. ``part`` n asks for the n-th episode in it; ``multipart`` is 1 while there is another."""
    require_user(state, request)
    body = known_fields(json_object(request), ("file", "part"), "the body")
    name = body.get("file")
    if not isinstance(name, str) or not name.strip():
        raise refused("empty_field", "file is missing")
    part = whole(body.get("part", 1), "part")
    last = re.split(r"[\\/]", name)[-1]
    found = _by_name(state.media.catalogue, ENDING.sub("", last), part)
    return json_response(200, [] if found is None else found, "found" if found else "nothing")


def _by_name(catalogue: Catalogue, name: str, part: int) -> Json | None:
    numbers = EPISODES_IN_NAME.match(name)
    if numbers is None:
        movie = _titled(catalogue, MOVIE, name)
        if movie is not None:
            return {"type": "movie", "movie": title_block(movie)}
        show = _titled(catalogue, SHOW, name)
        return None if show is None else {"type": "show", "show": title_block(show)}
    show = _titled(catalogue, SHOW, numbers["name"])
    if show is None:
        return None
    season = int(numbers["s"] or numbers["x"])
    episodes = [int(number) for number in re.findall(r"\d+", numbers["e"] or numbers["xe"])]
    wanted = (season, episodes[part - 1]) if 1 <= part <= len(episodes) else None
    episode = next((one for one in show.episodes if one.key == wanted), None)
    return None if episode is None else _episode_found(show, episode, part < len(episodes))


def _episode_found(show: Title, episode: Episode, more: bool) -> Json:
    block = {
        "title": f"Episode {episode.number}",
        "season": episode.season,
        "episode": episode.number,
        "multipart": int(more),
        "ids": {"simkl": episode.simkl},
    }
    return {"type": "episode", "show": title_block(show), "episode": block}


def _titled(catalogue: Catalogue, kind: str, name: str) -> Title | None:
    dated = YEAR_IN_NAME.match(name)
    plain = re.sub(r"[._]+", " ", dated["name"] if dated else name).strip(" -(")
    found = catalogue.find(kind, {"title": plain, "year": dated["year"] if dated else None})
    return found.titles[0] if found.titles else None


def by_words(state: State, request: Request, kind: str) -> Response:
    """Titles of a kind with ``q`` in their name."""
    require_user(state, request)
    words = request.query.get("q", "").strip().casefold()
    if not words:
        raise refused("empty_field", "q is missing")
    titles = [t for t in state.media.catalogue.titles if t.kind == KINDS[kind] and words in t.title.casefold()]
    return json_response(200, [_short(title) for title in titles], "found" if titles else "nothing")


def by_id(state: State, request: Request) -> Response:
    """Titles with an external id; TMDB's says nothing without ``type``, because films and shows share its numbers."""
    require_user(state, request)
    query = request.query
    name = next((one for one in TITLE_IDS if query.get(one)), None)
    if name is None:
        raise refused("empty_field", "an id is missing")
    kind = query.get("type", "")
    if kind not in ("", *KINDS) or (name == "tmdb" and not kind):
        raise refused("wrong_parameter", "type must be movie, tv or anime")
    catalogue = state.media.catalogue
    found = [catalogue.find(one, {"ids": {name: query[name]}}) for one in (SHOW, MOVIE)]
    titles = [title for one in found for title in one.titles if not kind or title.kind == KINDS[kind]]
    return json_response(200, [_short(title) for title in titles], "found" if titles else "nothing")


def _short(title: Title) -> Json:
    ids = {"simkl_id": title.simkl, "slug": title.slug, "tmdb": title.ids.get("tmdb")}
    return {"type": _type(title), "title": title.title, "year": title.year, "ids": ids}


def _type(title: Title) -> str:
    return "tv" if title.kind == SHOW else title.kind


def page(state: State, request: Request, kind: str, number: str) -> Response:
    """One title, without a token and free of any limit. An unknown one is ``[]``."""
    title = _of_kind(state, request, kind, number)
    if title is None:
        return json_response(200, [], "nothing")
    return json_response(200, {**title_block(title), "type": _type(title), "runtime": title.runtime}, "found")


def episodes(state: State, request: Request, kind: str, number: str) -> Response:
    """All episodes of a title, without a token and free of any limit."""
    title = _of_kind(state, request, kind, number)
    return json_response(200, [] if title is None else [_listed(one) for one in title.episodes], "episodes")


def _listed(episode: Episode) -> Json:
    return {
        "title": f"Episode {episode.number}",
        "season": episode.season,
        "episode": episode.number,
        "type": "episode" if episode.season else "special",
        "aired": episode.aired,
        "ids": {"simkl_id": episode.simkl, "tvdb": str(episode.tvdb)},
    }


def _of_kind(state: State, request: Request, kind: str, number: str) -> Title | None:
    require_client(state, request)
    require_app_details(request)
    title = state.media.catalogue.by_simkl(number)
    return title if title is not None and title.kind == KINDS[kind] else None
