"""``POST /sync/history`` and ``/sync/history/remove`` (Simkl's sync guide).

The shape is the meaning: a show with neither seasons nor episodes is all of its aired episodes, a season without
episodes is the whole season. Empty lists count as absent here, the more dangerous reading of what is not documented.
"""

from __future__ import annotations

from .batch import Batch, Entry, Part, read_batch
from .bodies import Json, json_object
from .catalogue import ANIME, MOVIE, Catalogue, Episode, Found, Title, find_episode
from .library import FILM, Library, to_text
from .messages import Request, Response, json_response
from .requirements import require_unlocked, require_writer
from .state import State


def add(state: State, request: Request) -> Response:
    """Mark as watched. 201 also if nothing was found: ``not_found`` tells."""
    library = state.media.library(require_writer(state, request).account)
    batch = read_batch(json_object(request))
    require_unlocked(state)
    adding = _Adding(state.media.catalogue, library, state.media.now)
    adding.run(batch)
    added = {**adding.counts, "statuses": adding.statuses}
    return json_response(201, {"added": added, "not_found": adding.not_found}, "added")


def remove(state: State, request: Request) -> Response:
    """Take marks away. ``anime`` is silently passed over: it belongs under ``shows`` here."""
    library = state.media.library(require_writer(state, request).account)
    batch = read_batch(json_object(request))
    require_unlocked(state)
    removing = _Removing(state.media.catalogue, library, state.media.now)
    removing.run(batch._replace(entries=[entry for entry in batch.entries if entry.kind != ANIME]))
    not_found = {name: removing.not_found[name] for name in ("movies", "shows")}
    return json_response(200, {"deleted": removing.counts, "not_found": not_found}, "deleted")


class _Walk:
    """Goes through a batch and finds what each entry means."""

    def __init__(self, catalogue: Catalogue, library: Library, now: float) -> None:
        self._catalogue = catalogue
        self.library = library
        self.now = now
        self.stamp = library.new_stamp(now)
        self.counts = {"movies": 0, "shows": 0, "episodes": 0}
        self.not_found: dict[str, list[Json]] = {"movies": [], "shows": [], "episodes": []}

    def run(self, batch: Batch) -> None:
        for entry in batch.entries:
            self._entry(entry)
        for part in batch.episodes:
            target = self._catalogue.episode_by_id(part.ids)
            if target is None:
                self.not_found["episodes"].append(part.sent)
            else:
                self.counts["episodes"] += self.episode(*target, part.watched_at)

    def _entry(self, entry: Entry) -> None:
        found = self._catalogue.find(entry.kind, entry.ref)
        if not found.titles:
            self.not_found["movies" if entry.kind == MOVIE else "shows"].append(entry.sent)
        elif found.titles[0].is_film:
            self.counts["movies"] += self.film(found.titles[0], entry.watched_at)
            self.done(entry, [found.titles[0]])
        elif entry.parts is None:
            whole = found.titles if entry.tvdb_numbers and not found.by_cour else found.titles[:1]
            for title in whole:
                self.count(self.whole(title, entry.watched_at))
            self.done(entry, list(whole))
        else:
            self._parts(entry, entry.parts, found)

    def _parts(self, entry: Entry, parts: list[Part], found: Found) -> None:
        titles: dict[int, Title] = {}
        missing, new = [], 0
        for part in parts:
            targets = self._targets(part, found, entry.tvdb_numbers)
            if not targets:
                missing.append(part)
            for title, episode in targets:
                titles[title.simkl] = title
                new += self.episode(title, episode, part.watched_at)
        self.count(new)
        if missing:
            self.not_found["shows"].append(_only(entry, missing))
        if titles:
            self.done(entry, list(titles.values()))

    def _targets(self, part: Part, found: Found, tvdb_numbers: bool) -> list[tuple[Title, Episode]]:
        by_id = self._catalogue.episode_by_id(part.ids)
        if by_id is not None:
            return [by_id]
        if part.number is not None:
            one = find_episode(found, part.season, part.number, tvdb_numbers)
            return [] if one is None else [one]
        numbers = sorted({episode.number for title in found.titles for episode in title.episodes if episode.aired})
        season = (find_episode(found, part.season, number, tvdb_numbers) for number in numbers)
        return [target for target in season if target is not None and target[1].aired]

    def count(self, new: int) -> None:
        """Note so many episodes of one show."""
        self.counts["episodes"] += new
        self.counts["shows"] += 1 if new else 0

    def film(self, title: Title, watched_at: str | None) -> int:
        """Do it to a film; how many marks changed."""
        raise NotImplementedError

    def episode(self, title: Title, episode: Episode, watched_at: str | None) -> int:
        """Do it to one episode; how many marks changed."""
        raise NotImplementedError

    def whole(self, title: Title, watched_at: str | None) -> int:
        """Do it to a whole show; how many marks changed."""
        raise NotImplementedError

    def done(self, entry: Entry, titles: list[Title]) -> None:
        """Something of this entry was found, in these titles."""


class _Adding(_Walk):
    def __init__(self, catalogue: Catalogue, library: Library, now: float) -> None:
        super().__init__(catalogue, library, now)
        self.statuses: list[Json] = []

    def film(self, title: Title, watched_at: str | None) -> int:
        return self.library.mark(title, [FILM], watched_at or to_text(self.now), self.stamp)

    def episode(self, title: Title, episode: Episode, watched_at: str | None) -> int:
        return self.library.mark(title, [episode.key], watched_at or to_text(self.now), self.stamp)

    def whole(self, title: Title, watched_at: str | None) -> int:
        keys = [episode.key for episode in title.aired]
        return self.library.mark(title, keys, watched_at or to_text(self.now), self.stamp)

    def done(self, entry: Entry, titles: list[Title]) -> None:
        for title in titles:
            if title.simkl not in self.library.entries:  # nothing of it has aired
                continue
            if entry.status is not None:
                self.library.put(title, entry.status, self.stamp)
            if entry.rating is not None:
                self.library.rate(title, entry.rating, self.stamp)
            status = self.library.entries[title.simkl].status
            answer = {"status": status, "simkl_type": title.kind, "anime_type": title.anime_type}
            self.statuses.append({"request": entry.sent, "response": answer})


class _Removing(_Walk):
    def film(self, title: Title, watched_at: str | None) -> int:
        return self.library.unmark(title, None, self.stamp)

    def episode(self, title: Title, episode: Episode, watched_at: str | None) -> int:
        return self.library.unmark(title, [episode.key], self.stamp)

    def whole(self, title: Title, watched_at: str | None) -> int:
        return self.library.unmark(title, None, self.stamp)


def _only(entry: Entry, missing: list[Part]) -> Json:
    """The entry as it was sent, with what is missing alone. How Simkl echoes single episodes is not documented."""
    seasons: dict[int, list[Json]] = {}
    for part in missing:
        seasons.setdefault(part.season, []).append(part.sent)
    kept = {name: value for name, value in entry.sent.items() if name not in ("seasons", "episodes")}
    return {
        **kept,
        "seasons": [{"number": n, "episodes": [one for one in sent if one]} for n, sent in seasons.items()],
    }
