"""What Simkl knows: titles, their ids and episodes, and how a client's description finds one of them.

How a title is found is documented: Simkl's own id, the external ids in order, title and year, and at last the title
alone, which may credit a namesake. Anime is numbered as AniDB does it: each cour is a title of its own, its episodes
restart at 1.
"""

from __future__ import annotations

from typing import Iterable, Mapping, NamedTuple

MOVIE, SHOW, ANIME = "movie", "show", "anime"

COUR_IDS = ("mal", "anidb", "anilist", "kitsu", "anisearch", "animeplanet", "livechart")
"""Ids that belong to one cour of an anime; its episodes are then counted within it."""

TITLE_IDS = ("simkl", *COUR_IDS, "imdb", "tmdb", "tvdb", "letterboxd", "netflix", "traktslug")
"""Ids that find a title, in the order in which they are tried; that a cour's come before a series', clients found out.
``slug`` is none of them."""

EPISODE_IDS = ("tvdb", "anidb")
"""Ids that find an episode; Simkl has no others."""

Ref = Mapping[str, object]
"""A client's description of a title: ``title``, ``year``, ``ids``."""


class Episode(NamedTuple):
    """One episode. ``tvdb_season`` and ``tvdb_number`` only in anime; season 0 holds the specials."""

    simkl: int
    season: int
    number: int
    tvdb: int
    anidb: int | None = None
    tvdb_season: int | None = None
    tvdb_number: int | None = None
    aired: bool = True

    @property
    def key(self) -> tuple[int, int]:
        """Season and number."""
        return self.season, self.number


class Title(NamedTuple):
    """A film, a show, or an anime (one cour, or a film of ``anime_type`` "movie"). ``runtime`` in minutes."""

    kind: str
    simkl: int
    title: str
    year: int
    ids: Mapping[str, str]
    runtime: int
    episodes: tuple[Episode, ...] = ()
    anime_type: str | None = None

    @property
    def is_film(self) -> bool:
        """Whether it is watched as a whole."""
        return self.kind == MOVIE or self.anime_type == "movie"

    @property
    def aired(self) -> list[Episode]:
        """What counts for having seen all of it: no specials, nothing that is still to come."""
        return [episode for episode in self.episodes if episode.aired and episode.season > 0]

    @property
    def slug(self) -> str:
        """The title as Simkl's addresses write it."""
        return "-".join("".join(char if char.isalnum() else " " for char in self.title.lower()).split())


class Found(NamedTuple):
    """Titles that fit a description, and whether a cour's own id (or Simkl's) named them."""

    titles: tuple[Title, ...]
    by_cour: bool = False


class Catalogue:
    """All titles, with an index for each way to find one."""

    def __init__(self, titles: Iterable[Title]) -> None:
        self.titles = list(titles)
        self._by_simkl = {title.simkl: title for title in self.titles}
        self._by_id: dict[tuple[str, str, bool], list[Title]] = {}
        self._by_name: dict[tuple[str, bool], list[Title]] = {}
        self._by_episode: dict[tuple[str, str], tuple[Title, Episode]] = {}
        for title in self.titles:
            self._index(title)

    def _index(self, title: Title) -> None:
        film = title.kind == MOVIE
        for name, value in title.ids.items():
            self._by_id.setdefault((name, value, film), []).append(title)
        self._by_name.setdefault((title.title.casefold(), film), []).append(title)
        for episode in title.episodes:
            self._by_episode["tvdb", str(episode.tvdb)] = title, episode
            if episode.anidb is not None:
                self._by_episode["anidb", str(episode.anidb)] = title, episode

    def without(self, hidden: Title) -> Catalogue:
        """A catalogue that has never heard of this title."""
        return Catalogue(title for title in self.titles if title is not hidden)

    def named(self, name: str, year: int | None = None) -> Title:
        """The title called so, of that year if one is given. Raises LookupError if there is none, or several."""
        found = [t for t in self.titles if t.title == name and year in (None, t.year)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} titles are called {name!r} (year: {year})")
        return found[0]

    def by_simkl(self, simkl: object) -> Title | None:
        """The title with Simkl's own id, a number or its digits."""
        text = str(simkl)
        return self._by_simkl.get(int(text)) if text.isascii() and text.isdigit() else None

    def find(self, kind: str, ref: Ref) -> Found:
        """The titles that a description of this kind means, best way first; several only for the cours of one anime.

        A show may be an anime; an anime is never a show, and an anime film is no movie (clients report that).
        """
        given = ref.get("ids")
        ids: Mapping[str, object] = given if isinstance(given, Mapping) else {}
        for name in TITLE_IDS:
            found = self._with_id(kind, name, ids[name]) if name in ids else []
            if found:
                return Found(tuple(found), name == "simkl" or name in COUR_IDS)
        return Found(tuple(self._with_name(kind, ref)))

    def _with_id(self, kind: str, name: str, value: object) -> list[Title]:
        if name == "simkl":
            title = self.by_simkl(value)
            return [title] if title is not None and _fits(kind, title) else []
        return [title for title in self._by_id.get((name, str(value), kind == MOVIE), []) if _fits(kind, title)]

    def _with_name(self, kind: str, ref: Ref) -> list[Title]:
        name = ref.get("title")
        if not isinstance(name, str):
            return []
        known = [
            title for title in self._by_name.get((name.strip().casefold(), kind == MOVIE), []) if _fits(kind, title)
        ]
        return [title for title in known if str(title.year) == str(ref.get("year"))][:1] or known[:1]

    def episode_by_id(self, ids: Mapping[str, object]) -> tuple[Title, Episode] | None:
        """The episode with one of these ids, and its title."""
        found = (self._by_episode.get((name, str(ids[name]))) for name in EPISODE_IDS if name in ids)
        return next((pair for pair in found if pair is not None), None)


def _fits(kind: str, title: Title) -> bool:
    return title.kind == kind or (kind == SHOW and title.kind == ANIME)


def find_episode(
    found: Found, season: int | None, number: int, tvdb_numbers: bool = True
) -> tuple[Title, Episode] | None:
    """The episode of these titles with this number.

    An anime found by ids of the whole series is searched by TVDB's numbers in all its cours (``tvdb_numbers``). Found
    by a cour's own id, it counts within that cour, whatever the season says: TVDB numbers mean a wrong one then.
    """
    across = tvdb_numbers and not found.by_cour
    for title in found.titles if across else found.titles[:1]:
        for episode in title.episodes:
            if _numbers(title, episode, across, season) == (season, number):
                return title, episode
    return None


def _numbers(title: Title, episode: Episode, across: bool, season: int | None) -> tuple[int | None, int | None]:
    """The numbers by which to look for this episode, with the season that is asked for where it plays no part."""
    if title.kind != ANIME:
        return episode.season, episode.number
    if across and season is not None:
        return episode.tvdb_season, episode.tvdb_number
    return (season if episode.season > 0 else 0), episode.number
