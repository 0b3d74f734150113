"""What the user has decided on the activity page, for good: which title a video is, what is to be left alone, and
which marks have been taken back."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Callable, Collection, Dict, Iterable, Iterator, NamedTuple, Sequence

from ..activity.reasons import Reason
from ..errors import StorageFailed
from ..json_values import as_number, to_object
from ..media import Episode, Media, Movie, Show
from .exclusions import Preferences, is_excluded
from .file_names import AskSimkl
from .identify import Identified, PlayingItem, Skipped, identify, is_channel
from .media_json import dump_media, load_media
from .subjects import SHOW, Numbers, Origin, Subject, named, subject_of, title_keys

if TYPE_CHECKING:
    from ..storage.database import Database

CORRECTIONS, EXCLUSIONS, TAKEN_BACK = "correction", "exclusion", "taken_back"
"""The rows' kinds."""
_PART = " / "
"""Between a show's name, its season and its episode."""
KEPT = 500
"""Rows of each kind; the oldest are dropped."""
EXCLUSIONS_FOR = 5.0
"""Seconds for which the settings are not read again: a sync asks for each file."""

Times = Dict[str, Dict[Numbers, float]]
"""When marks were taken back, in Unix seconds: by each name of their show or film, and their numbers."""

_log = logging.getLogger(__name__)


class Correction(NamedTuple):
    """That a video is ``media``. ``season`` and ``number``: what it was called there, None where that tells nothing of
    other videos."""

    keys: tuple[str, ...]
    media: Media
    season: int | None = None
    number: int | None = None


class TakenBack(NamedTuple):
    """That ``owner`` has taken the marks of ``media`` back on Simkl, ``at`` a Unix time."""

    owner: str
    media: tuple[Media, ...]
    at: float


def correction(subject: Subject, media: Media) -> Correction:
    """What is to be remembered of it. A show is remembered for all its episodes, if they have the numbers that they
    have on Simkl. Other numbers hold for the season, if a file's name gave them, else for this episode alone."""
    if not subject.is_show:
        return Correction(subject.keys, media)
    season, number = subject.season, subject.numbers[0]
    if isinstance(media, Movie):
        return Correction(_of_episode(subject), media)
    if (media.season, media.number) == (season, number):
        return Correction(subject.keys, media, season, number)
    keys = _of_season(subject) if subject.is_named else _of_episode(subject)
    return Correction(keys, media, season, number)


def corrected(subject: Subject, known: Correction) -> tuple[Media, ...]:
    """What ``subject`` is by a correction of it or of another episode; empty where that would be an episode below 1."""
    media = known.media
    if isinstance(media, Movie) or known.season is None or known.number is None or not subject.is_show:
        return (media,)
    season = (subject.season or 0) + media.season - known.season
    numbers = [number + media.number - known.number for number in subject.numbers]
    if season < 0 or min(numbers) < 1:
        return ()
    return tuple(
        media if (season, number) == (media.season, media.number) else Episode(media.show, season, number)
        for number in numbers
    )


class Decisions:
    """Kept in memory and on the disk, beside the settings. One thread; raises nothing."""

    def __init__(self, database: Database, preferences: Callable[[], Preferences], clock: Callable[[], float]) -> None:
        self._database = database
        self._preferences = preferences
        self._clock = clock
        self._excluded: tuple[str, ...] = ()
        self._read_at = -EXCLUSIONS_FOR
        self._corrections: dict[int, Correction] = {}
        self._exclusions: dict[int, str] = {}
        self._taken_back: dict[int, TakenBack] = {}
        self._unsaved = 0
        self._load()

    def identify(self, playing: PlayingItem) -> Identified | Skipped | AskSimkl:
        """Which film or episode plays, by what the user has said, else as :func:`identify.identify` has it."""
        preferences = self._preferences()
        outcome = identify(playing, preferences._replace(excluded=self._all_excluded(preferences)))
        if isinstance(outcome, Skipped) and outcome.reason is not Reason.NAME_SAYS_TOO_LITTLE:
            return outcome
        subject = subject_of(playing)
        if self._excludes(subject.keys):
            return Skipped(Reason.EXCLUDED)
        media = self.media(subject)
        return Identified(media, is_channel(playing), chosen=True) if media else outcome

    def media(self, subject: Subject) -> tuple[Media, ...]:
        """What the user has said it is; empty if nothing."""
        for keys in (_of_episode(subject), _of_season(subject), subject.keys):
            for known in reversed(list(self._corrections.values())):
                if not set(keys).isdisjoint(known.keys):
                    return corrected(subject, known)
        return ()

    def corrections_of(self, keys: Iterable[str]) -> list[Media]:
        """What the show or film with one of ``keys``, or any of its episodes, is by the user's word."""
        names = set(keys)
        return [
            known.media
            for known in self._corrections.values()
            if any(key.partition(_PART)[0] in names for key in known.keys)
        ]

    def correct(self, subject: Subject, media: Media) -> tuple[Media, ...]:
        """It is ``media``, from now on. Returns all that it is: a file may hold several episodes."""
        new = correction(subject, media)
        if subject.keys:
            ways = {*_of_episode(subject), *_of_season(subject), *subject.keys}
            old = [row for row, known in self._corrections.items() if not ways.isdisjoint(known.keys)]
            old += [row for row in list(self._corrections)[: 1 - KEPT] if row not in old]
            fields = {"keys": new.keys, "media": dump_media(media), "season": new.season, "number": new.number}
            row = self._change(CORRECTIONS, json.dumps(fields), old)
            for gone in old:
                del self._corrections[gone]
            self._corrections[row] = new
        return corrected(subject, new) or (media,)

    def exclude(self, names: Iterable[str]) -> None:
        """Folders, plug-ins, or the keys of a show, which are left alone from now on."""
        for name in names:
            if name not in self._exclusions.values():
                old = list(self._exclusions)[: 1 - KEPT]
                row = self._change(EXCLUSIONS, name, old)
                for gone in old:
                    del self._exclusions[gone]
                self._exclusions[row] = name
        self._read_at = -EXCLUSIONS_FOR

    def allow(self, names: Iterable[str]) -> None:
        """Takes back what was excluded here; the settings are the user's own business."""
        wanted = set(names)
        rows = [row for row, one in self._exclusions.items() if one in wanted]
        self._remove(rows)
        for row in rows:
            del self._exclusions[row]
        self._read_at = -EXCLUSIONS_FOR

    def kept(self, origin: Origin) -> list[str]:
        """Which of folder, show and add-on are excluded here, beside the settings."""
        known = set(self._exclusions.values())
        return [what for what, names in origin.exclusions().items() if not known.isdisjoint(names)]

    def is_excluded(self, file: str) -> bool:
        """Whether the user wants what is in this file left alone, by a setting or by a press on the activity page."""
        now = self._clock()
        if now - self._read_at >= EXCLUSIONS_FOR:
            self._excluded, self._read_at = self._all_excluded(self._preferences()), now
        return is_excluded([file], self._excluded)

    def excludes_show(self, show: Show) -> bool:
        """Whether the user never wants it on Simkl."""
        return self._excludes(title_keys(SHOW, show.title, show.year, show.ids))

    def take_back(self, owner: str, media: Iterable[Media], at: float) -> None:
        """``owner`` does not want these marked on Simkl, although they may be watched in Kodi."""
        self._replace_taken_back(list(self._taken_back)[: 1 - KEPT], TakenBack(owner, tuple(media), at))

    def taken_back(self, owners: Collection[str]) -> Times:
        """What :meth:`take_back` got of ``owners`` and :meth:`want_back` did not."""
        times: Times = {}
        for taken in self._taken_back.values():
            for keys, numbers in map(named, taken.media if taken.owner in owners else ()):
                for key in keys:
                    times.setdefault(key, {})[numbers] = taken.at
        return times

    def want_back(self, owners: Collection[str], keys: Collection[str], numbers: Numbers) -> None:
        """It is marked again, or nobody has it marked: nothing stands against its next mark."""
        names = set(keys)
        for row, taken in list(self._taken_back.items()):
            if taken.owner not in owners:
                continue
            left = [one for one in taken.media if numbers != named(one)[1] or names.isdisjoint(named(one)[0])]
            if len(left) < len(taken.media):
                self._replace_taken_back([row], taken._replace(media=tuple(left)))

    def clear(self) -> None:
        """Forgets all of them."""
        self._remove((*self._corrections, *self._exclusions, *self._taken_back))
        self._corrections.clear()
        self._exclusions.clear()
        self._taken_back.clear()
        self._read_at = -EXCLUSIONS_FOR

    def _all_excluded(self, preferences: Preferences) -> tuple[str, ...]:
        """Folders and plug-ins."""
        own = (one for one in self._exclusions.values() if not one.startswith(f"{SHOW} "))
        return (*preferences.excluded, *own)

    def _excludes(self, keys: Iterable[str]) -> bool:
        return not set(keys).isdisjoint(self._exclusions.values())

    def _replace_taken_back(self, old: Sequence[int], new: TakenBack) -> None:
        if new.media:
            fields = {**new._asdict(), "media": [dump_media(one) for one in new.media]}
            row = self._change(TAKEN_BACK, json.dumps(fields), old)
            self._taken_back[row] = new
        else:
            self._remove(old)
        for gone in old:
            del self._taken_back[gone]

    def _remove(self, rows: Iterable[int]) -> None:
        try:
            self._database.remove([row for row in rows if row > 0])
        except StorageFailed as failed:
            _log.warning("decisions: %s", failed)

    def _change(self, kind: str, item: str, old: Iterable[int]) -> int:
        """The new row's id; a negative one if it could not be written, and holds until the service ends."""
        try:
            with self._database.transaction():
                self._database.remove([row for row in old if row > 0])
                return self._database.push(kind, item)
        except StorageFailed as failed:
            _log.warning("decisions: %s", failed)
            self._unsaved -= 1
            return self._unsaved

    def _load(self) -> None:
        try:
            corrections, exclusions = self._database.rows(CORRECTIONS), self._database.rows(EXCLUSIONS)
            taken_back = self._database.rows(TAKEN_BACK)
        except StorageFailed as failed:
            _log.warning("decisions: %s", failed)
            return
        self._corrections = dict(_corrections(corrections))
        self._exclusions = dict(exclusions)
        self._taken_back = dict(_taken_back(taken_back))


def _of_season(subject: Subject) -> tuple[str, ...]:
    return tuple(f"{key}{_PART}{subject.season}" for key in subject.keys) if subject.is_show else ()


def _of_episode(subject: Subject) -> tuple[str, ...]:
    if not subject.is_show:
        return ()
    return tuple(f"{key}{_PART}{subject.season}{_PART}{subject.numbers[0]}" for key in subject.keys)


def _corrections(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[int, Correction]]:
    for row, item in rows:
        fields = to_object(item)
        keys, media = fields.get("keys"), load_media(fields.get("media"))
        if media is not None and isinstance(keys, list) and all(isinstance(key, str) for key in keys):
            yield row, Correction(tuple(keys), media, as_number(fields.get("season")), as_number(fields.get("number")))


def _taken_back(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[int, TakenBack]]:
    for row, item in rows:
        fields = to_object(item)
        owner, found, at = fields.get("owner"), fields.get("media"), fields.get("at")
        media = [load_media(one) for one in found] if isinstance(found, list) else []
        known = tuple(one for one in media if one is not None)
        if isinstance(owner, str) and known and isinstance(at, (int, float)):
            yield row, TakenBack(owner, known, at)
