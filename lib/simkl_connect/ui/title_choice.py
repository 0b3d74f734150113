"""Choosing the title of a video by hand: what to search for, in which order to offer what was found, what is sent."""

from __future__ import annotations

import re
from typing import Iterable, NamedTuple, Sequence

from ..api.search import ANIME, MOVIE, TV, FoundTitle, ListedEpisode
from ..identification.file_names import read_name
from ..media import Episode, Media, Movie, Show
from .activity_view import Video

MOST_TITLES = 40
"""Titles that are offered."""
_NOISE = re.compile(
    r"(?<![a-z0-9])(?:\d{3,4}[pi]|[48]k|uhd|hdr\d*|dv|x26[45]|h\.?26[45]|hevc|avc|xvid|divx|web(?:-?dl|-?rip)?"
    r"|blu-?ray|b[dr]rip|dvd(?:rip)?|hdtv|remux|proper|repack|extended|uncut|multi|dual|internal)(?![a-z0-9]).*",
    re.IGNORECASE | re.DOTALL,
)
_A_YEAR = r"[ ._(\[]+(?:19|20)\d\d(?![0-9a-z])"
_YEAR = re.compile(rf"{_A_YEAR}(?!.*{_A_YEAR}).*", re.IGNORECASE | re.DOTALL)
"""The last: others may belong to the title."""
_EPISODE = re.compile(r"(?:^|[ ._-]+)(?:s\d{1,2}[ ._-]?e\d|\d{1,2}x\d{2,3}(?!\d)).*", re.IGNORECASE | re.DOTALL)
_BRACKETS = re.compile(r"\[[^\]]*\]|\([^)]*\)|\{[^}]*\}")
_ENDING = re.compile(r"\.(?:[a-z][a-z0-9]{1,3}|3gp)$", re.IGNORECASE)


class Guess(NamedTuple):
    """What to search for at first, and where the lists of seasons and episodes are to begin."""

    words: str
    season: int | None = None
    number: int | None = None


def guess_of(video: Video) -> Guess:
    """By what is known of it; else by its title, which may be the name of a file."""
    media = video.media[0] if video.media else None
    if isinstance(media, Episode):
        return Guess(media.show.title or cleaned(video.title), media.season, media.number)
    if media is not None:
        return Guess(media.title or cleaned(video.title))
    name = read_name(video.title) or read_name(f"{video.title}.mkv")
    numbers = name.numbers if name is not None else ()
    return Guess(cleaned(video.title), name.season if name is not None else None, numbers[0] if numbers else None)


def cleaned(title: str) -> str:
    """A file's name without what is no part of a title: ending, numbers of episodes, year, resolution, source."""
    text = _ENDING.sub("", title.strip())
    is_name = " " not in text
    for noise in (_EPISODE, _NOISE, _YEAR):
        shorter = noise.sub("", text)
        text = shorter if shorter.strip(" ._-([") else text
    text = _BRACKETS.sub(" ", text) if _BRACKETS.sub("", text).strip(" ._-") else text
    if is_name:
        text = re.sub(r"[._]+", " ", text)
    return " ".join(text.split()).strip(" -([") or title.strip()


def kinds(guess: Guess) -> tuple[str, ...]:
    """In which order to search."""
    return (TV, ANIME, MOVIE) if guess.number is not None else (MOVIE, TV, ANIME)


def in_order(words: str, found: Iterable[FoundTitle]) -> list[FoundTitle]:
    """Those that are called exactly so first, otherwise as they came; so many as can be offered."""
    wanted = _comparable(words)
    return sorted(found, key=lambda title: _comparable(title.title) != wanted)[:MOST_TITLES]


def seasons(episodes: Iterable[ListedEpisode]) -> list[int]:
    """In order, the specials last."""
    return sorted({episode.season for episode in episodes}, key=lambda season: (season == 0, season))


def place_of(wanted: int | None, numbers: Sequence[int]) -> int:
    """Where ``wanted`` stands, else the first place."""
    return numbers.index(wanted) if wanted is not None and wanted in numbers else 0


def media_of(title: FoundTitle, episode: ListedEpisode | None) -> Media:
    """What is sent: by Simkl's own id alone, because with another id the numbers could mean another episode."""
    ids = {"simkl": title.simkl}
    if episode is None:
        return Movie(title.title, title.year, ids)
    return Episode(Show(title.title, title.year, ids), episode.season, episode.number, episode.title)


def _comparable(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
