"""The titles of the simulated Simkl, all invented, and a generator for large libraries."""

from __future__ import annotations

from typing import Iterator, Sequence

from .catalogue import ANIME, MOVIE, SHOW, Catalogue, Episode, Title

DOUBLE_FILE = "Harbour Lights S02E01E02.mkv"
"""A file that holds two episodes of the standard catalogue."""


def standard_catalogue() -> Catalogue:
    """Six films, seven shows (two called The Missing), one anime in two cours, and one anime film."""
    return Catalogue([*_films(), *_shows(), *_anime()])


def large_catalogue(shows: int, episodes: int, films: int = 0) -> Catalogue:
    """``shows`` titles "Show 00001" and so on with ``episodes`` each, in seasons of ten, and films "Film 00001"."""
    seasons = [10] * (episodes // 10) + ([episodes % 10] if episodes % 10 else [])
    titles = [show(1_000_000 + n, f"Show {n:05}", 1990 + n % 30, seasons) for n in range(1, shows + 1)]
    titles += [film(2_000_000 + n, f"Film {n:05}", 1990 + n % 30) for n in range(1, films + 1)]
    return Catalogue(titles)


def film(simkl: int, title: str, year: int, runtime: int = 90) -> Title:
    """A film with ids made of Simkl's: imdb ``tt9`` and seven digits, tmdb that plus 500000."""
    return Title(MOVIE, simkl, title, year, {"imdb": f"tt9{simkl:07}", "tmdb": str(simkl + 500_000)}, runtime)


def show(
    simkl: int, title: str, year: int, seasons: Sequence[int], specials: int = 0, unaired: int = 0, runtime: int = 45
) -> Title:
    """A show with so many episodes in each season, the last ``unaired`` still to come.

    Ids are made of Simkl's: imdb ``tt8`` and seven digits, tmdb that plus 500000, tvdb plus 300000.
    """
    keys = [(0, n) for n in range(1, specials + 1)]
    keys += [(season, n) for season, count in enumerate(seasons, 1) for n in range(1, count + 1)]
    first = simkl * 1000
    episodes = tuple(
        Episode(first + at, season, number, first + 5_000_000 + at, aired=at < len(keys) - unaired)
        for at, (season, number) in enumerate(keys)
    )
    ids = {"imdb": f"tt8{simkl:07}", "tmdb": str(simkl + 500_000), "tvdb": str(simkl + 300_000)}
    return Title(SHOW, simkl, title, year, ids, runtime, episodes)


def _films() -> Iterator[Title]:
    yield film(101, "The Quiet Orchard", 2011, 104)
    yield film(102, "Night Ferry", 1998, 97)
    yield film(103, "Night Ferry", 2019, 121)
    yield film(104, "Änglarnas väg", 2007, 88)
    yield film(105, "Seven Lanterns", 2023, 132)
    yield film(106, "A Map of Salt", 2016, 110)


def _shows() -> Iterator[Title]:
    yield show(201, "The Missing", 2003, [6])
    yield show(202, "The Missing", 2014, [8, 8])
    yield show(203, "Harbour Lights", 2009, [10, 10, 8], specials=2)
    yield show(204, "The Long Field", 2020, [6, 6], specials=1, unaired=2)
    yield show(205, "Copper Street", 1987, [22, 22, 24], runtime=25)
    yield show(206, "Ödland", 2021, [8])
    yield show(207, "Paper Boats", 2018, [1], runtime=30)


def _anime() -> Iterator[Title]:
    yield _cour(301, "Hoshi no Umi", 2020, season=1, first=0)
    yield _cour(302, "Hoshi no Umi: Second Cour", 2021, season=2, first=12)
    ids = {"imdb": "tt7000303", "tmdb": "700303", "mal": "40303", "anidb": "50303"}
    yield Title(ANIME, 303, "Hoshi no Umi: The Film", 2022, ids, 95, (Episode(303_001, 1, 1, 5_303_001),), "movie")


def _cour(simkl: int, title: str, year: int, season: int, first: int) -> Title:
    """Twelve episodes that TVDB knows as one season; TVDB's, TMDB's and IMDb's ids are those of the whole series."""
    own = simkl * 1000
    episodes = tuple(
        Episode(own + n, 1, n, 5_301_000 + first + n, 6_301_000 + first + n, season, n) for n in range(1, 13)
    )
    whole = {"imdb": "tt7000301", "tmdb": "700301", "tvdb": "600301"}
    cour = {"mal": str(simkl + 40_000), "anidb": str(simkl + 50_000), "anilist": str(simkl + 60_000)}
    return Title(ANIME, simkl, title, year, {**whole, **cour}, 25, episodes, "tv")
