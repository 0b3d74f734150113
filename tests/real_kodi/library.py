"""Films and shows as files of a video library: tiny videos, each with an NFO file beside it that says what it is."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path
from typing import Mapping, Sequence

from .videos import copy_video

FILMS, SHOWS = "films", "shows"
"""The folders of a library."""

TEN_MINUTES = 600


@dataclass(frozen=True)
class Film:
    """A film. Of ``ids`` (imdb, tmdb …) the first is the default one. With several ``parts`` Kodi makes a stack of it.

    ``seconds`` is the length of each part.
    """

    title: str
    year: int
    ids: Mapping[str, str] = field(default_factory=dict)
    seconds: int = TEN_MINUTES
    parts: int = 1

    @property
    def files(self) -> list[Path]:
        """From the library's folder, in their order."""
        name = f"{self.title} ({self.year})"
        numbers = [f"-part{number + 1}" for number in range(self.parts)] if self.parts > 1 else [""]
        return [Path(FILMS, name, f"{name}{number}.mkv") for number in numbers]

    def write(self, folder: Path) -> None:
        """Make its files, in the library's ``folder``."""
        for file in self.files:
            copy_video(self.seconds, folder / file)
        nfo = _nfo("movie", {"title": self.title, "year": str(self.year)}, self.ids)
        (folder / self.files[0]).with_name("movie.nfo").write_bytes(nfo)


@dataclass(frozen=True)
class Episode:
    """An episode; season 0 has the specials. ``ids`` are the episode's own."""

    season: int
    number: int
    title: str
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EpisodeFile:
    """A video of ``seconds`` with one episode or more."""

    episodes: Sequence[Episode]
    seconds: int = TEN_MINUTES


@dataclass(frozen=True)
class Show:
    """A show. Of ``ids`` (tvdb, tmdb, imdb …) the first is the default one."""

    title: str
    year: int
    ids: Mapping[str, str] = field(default_factory=dict)
    videos: Sequence[EpisodeFile] = ()

    @property
    def folder(self) -> Path:
        """From the library's folder."""
        return Path(SHOWS, f"{self.title} ({self.year})")

    @property
    def episodes(self) -> list[Episode]:
        """All of them."""
        return [episode for video in self.videos for episode in video.episodes]

    def file(self, video: EpisodeFile) -> Path:
        """From the library's folder: ``… S01E04E05.mkv``."""
        season = video.episodes[0].season
        numbers = "".join(f"E{episode.number:02}" for episode in video.episodes)
        within = "Specials" if season == 0 else f"Season {season}"
        return self.folder / within / f"{self.title} S{season:02}{numbers}.mkv"

    def write(self, folder: Path) -> None:
        """Make its files, in the library's ``folder``."""
        for video in self.videos:
            path = folder / self.file(video)
            copy_video(video.seconds, path)
            path.with_suffix(".nfo").write_bytes(b"\n".join(_episode_nfo(self, episode) for episode in video.episodes))
        about = {"title": self.title, "year": str(self.year), "premiered": f"{self.year}-01-01"}
        (folder / self.folder / "tvshow.nfo").write_bytes(_nfo("tvshow", about, self.ids))


@dataclass(frozen=True)
class Library:
    """What a library holds."""

    films: Sequence[Film] = ()
    shows: Sequence[Show] = ()

    @property
    def episodes(self) -> list[Episode]:
        """All of them."""
        return [episode for show in self.shows for episode in show.episodes]

    def write(self, folder: Path) -> None:
        """Make the files."""
        for name in (FILMS, SHOWS):
            (folder / name).mkdir(parents=True)
        for film in self.films:
            film.write(folder)
        for show in self.shows:
            show.write(folder)


def _episode_nfo(show: Show, episode: Episode) -> bytes:
    """Several of them in one file are several elements without a root: so Kodi wants it."""
    about = {
        "title": episode.title,
        "showtitle": show.title,
        "season": str(episode.season),
        "episode": str(episode.number),
        "aired": f"{show.year}-01-{episode.number:02}",
    }
    return _nfo("episodedetails", about, episode.ids)


def _nfo(kind: str, about: Mapping[str, str], ids: Mapping[str, str]) -> bytes:
    root = ElementTree.Element(kind)
    for name, value in about.items():
        ElementTree.SubElement(root, name).text = value
    for position, (name, value) in enumerate(ids.items()):
        default = {"default": "true"} if position == 0 else {}
        ElementTree.SubElement(root, "uniqueid", {"type": name, **default}).text = value
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode").encode()


EXAMPLE = Library(
    films=(
        Film("Die Brücke", 1959, {"imdb": "tt0052654", "tmdb": "11046"}),
        Film("Short Film", 2001, {"tmdb": "2001"}, seconds=140),
        Film("Two Discs", 1985, {"imdb": "tt0089218", "tmdb": "9340"}, seconds=300, parts=2),
    ),
    shows=(
        Show(
            "Ærø & Þórr",
            2015,
            {"tvdb": "70001", "tmdb": "60001", "imdb": "tt7000001"},
            (
                EpisodeFile([Episode(0, 1, "Before It All", {"tvdb": "700100"})]),
                EpisodeFile([Episode(1, 1, "Øne", {"tvdb": "700101"})]),
                EpisodeFile([Episode(1, 2, "Two", {"tvdb": "700102"})]),
                EpisodeFile([Episode(1, 3, "Three", {"tvdb": "700103", "imdb": "tt7000103"})], seconds=140),
                EpisodeFile([Episode(1, 4, "Four", {"tvdb": "700104"}), Episode(1, 5, "Five", {"tvdb": "700105"})]),
                EpisodeFile([Episode(2, 1, "Anew", {"tvdb": "700201"})]),
            ),
        ),
        Show("Without Ids", 1999, {}, (EpisodeFile([Episode(1, 1, "Nameless")]),)),
    ),
)
"""Films and episodes of every kind that this module knows."""
