"""Kodi's video library while Kodi runs: what is in it, how often it was played, marks set as by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

from .kodi import Kodi
from .library import Episode, Film

Item = Mapping[str, object]
"""What to play, as ``Player.Open`` and ``Playlist.Add`` take it."""

_PROPERTIES = ("title", "file", "playcount", "lastplayed", "resume", "uniqueid")
_DETAILS = {"movie": ("Movie", "year"), "episode": ("Episode", "season")}


@dataclass(frozen=True)
class Entry:
    """A film or an episode in a library: ``kind`` is ``movie`` or ``episode``, ``id`` Kodi's own."""

    kind: str
    id: int

    @property
    def item(self) -> Item:
        """To be played."""
        return {f"{self.kind}id": self.id}


def file_item(path: Path | str) -> Item:
    """A file or a ``plugin://`` URL, to be played."""
    return {"file": str(path)}


class Collection:
    """The library of one Kodi."""

    def __init__(self, kodi: Kodi) -> None:
        self._kodi = kodi

    def films(self) -> list[dict[str, Any]]:
        """All of them, with the id as ``movieid``."""
        found = self._kodi.rpc("VideoLibrary.GetMovies", properties=[*_PROPERTIES, "year"])
        return list(found.get("movies", []))

    def episodes(self) -> list[dict[str, Any]]:
        """All of them, with the id as ``episodeid``."""
        properties = [*_PROPERTIES, "showtitle", "tvshowid", "season", "episode"]
        return list(self._kodi.rpc("VideoLibrary.GetEpisodes", properties=properties).get("episodes", []))

    def shows(self) -> list[dict[str, Any]]:
        """All of them, with the id as ``tvshowid``."""
        found = self._kodi.rpc("VideoLibrary.GetTVShows", properties=["title", "year", "uniqueid", "file"])
        return list(found.get("tvshows", []))

    def find(self, wanted: Film | Episode) -> Entry:
        """The entry with this title; LookupError if there is none."""
        kind = "movie" if isinstance(wanted, Film) else "episode"
        for entry in self.films() if kind == "movie" else self.episodes():
            if entry["title"] == wanted.title:
                return Entry(kind, entry[f"{kind}id"])
        raise LookupError(f"Kodi's library has no {kind} {wanted.title!r}")

    def details(self, entry: Entry) -> dict[str, Any]:
        """What the library says of it: playcount, lastplayed, resume, uniqueid, file …"""
        method, more = _DETAILS[entry.kind]
        answer = self._kodi.rpc(
            f"VideoLibrary.Get{method}Details", **{f"{entry.kind}id": entry.id}, properties=[*_PROPERTIES, more]
        )
        return dict(answer[f"{entry.kind}details"])

    def playcount(self, entry: Entry) -> int:
        """How often it was played to the end, as far as Kodi knows."""
        return int(self.details(entry)["playcount"])

    def mark(self, entry: Entry, **values: object) -> None:
        """Set ``playcount``, ``lastplayed``, ``resume`` … of it, as a person or another program does."""
        method, _ = _DETAILS[entry.kind]
        self._kodi.rpc(f"VideoLibrary.Set{method}Details", **{f"{entry.kind}id": entry.id}, **values)
