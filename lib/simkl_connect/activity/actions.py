"""What the user does with an entry of the activity page: name it, send it again, take it back, never want it again.

Rows, media and words come from a command that anything on the machine may have sent: what can't be, is ignored.
"""

from __future__ import annotations

import json
import re
from typing import Any, Callable, Iterable, Mapping, Sequence

from ..delivery.delivery import Delivery
from ..delivery.outbox import Entry, Outbox
from ..identification.decisions import Decisions
from ..identification.identify import media_title
from ..identification.library_items import IDS
from ..identification.lookup import Lookup
from ..identification.media_json import load_media, load_question
from ..identification.subjects import Numbers, load_origin, load_subject, named
from ..json_values import as_amount
from ..media import Episode, Media, Movie
from ..ui import commands
from .activity import Activity
from .possible import NEVER, Action, possible
from .reasons import Status

LONGEST_CHOICE = 4000
"""Characters of a title that was chosen, as JSON."""
_IDS = {**IDS, "simkl": re.compile(r"[1-9]\d{0,11}")}
Row = Mapping[str, Any]


def read_choice(text: object) -> Media | None:
    """A film or episode with its numbers and an id, as :func:`media_json.dump_media` has it in JSON; None else."""
    if not isinstance(text, str) or len(text) > LONGEST_CHOICE:
        return None
    try:
        media = load_media(json.loads(text))
    except (ValueError, RecursionError):
        return None
    if isinstance(media, Movie):
        movie = media._replace(ids=_known(media.ids))
        return movie if movie.ids and movie.title else None
    if media is None or not media.number:
        return None
    show = media.show._replace(ids=_known(media.show.ids))
    return Episode(show, media.season, media.number, media.title) if show.ids and show.title else None


def _known(ids: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in ids.items() if name in _IDS and _IDS[name].fullmatch(value)}


class Actions:
    """One thread; nothing blocks or raises. ``exclude_folder`` writes a folder into the settings, if there is room."""

    def __init__(
        self,
        activity: Activity,
        outbox: Outbox,
        delivery: Delivery,
        lookup: Lookup,
        decisions: Decisions,
        exclude_folder: Callable[[str], bool],
        wall_clock: Callable[[], float],
    ) -> None:
        self._activity = activity
        self._outbox = outbox
        self._delivery = delivery
        self._lookup = lookup
        self._decisions = decisions
        self._exclude_folder = exclude_folder
        self._wall_clock = wall_clock

    def act(self, name: str, values: Row) -> tuple[Media, ...]:
        """Carries out a command of the activity page that is about a row. Returns what was chosen, if anything was."""
        row, media = values.get("row"), read_choice(values.get("media"))
        if not isinstance(row, int) or isinstance(row, bool):
            return ()
        chosen: tuple[Media, ...] = ()
        if name == commands.CHOOSE and media is not None:
            chosen = self.choose(row, media)
        elif name == commands.SEND_AGAIN:
            self.send_again(row)
        elif name == commands.UNDO:
            self.undo(row)
        elif name == commands.NEVER:
            self.never(row, values.get("what"))
        elif name == commands.ALLOW:
            self.allow(row)
        self._activity.write()  # the user looks at it
        return chosen

    def choose(self, row: int, chosen: Media) -> tuple[Media, ...]:
        """The video is ``chosen``, and the next ones of its show accordingly. What was watched is sent with its time;
        a mark as something else is taken back. Returns what the video is; nothing if the row can't be named."""
        fields = self._row(row, Action.CHOOSE)
        if fields is None:
            return ()
        media = self._decisions.correct(load_subject(fields.get("subject")), chosen)
        owner, title = _owner(fields), media_title(media)
        if not owner:
            self._activity.change(row, Status.PAUSED, None, None, media, title)
            return media
        done = self._take_back(row, fields, media, self._marked_elsewhere(row, owner), 0)
        for one in done:  # a removal of it may have waited
            self._decisions.want_back([owner], *named(one))
        handles = self._outbox.add(_entries(row, fields, [one for one in media if not _is_among(one, done)]))
        self._activity.change(row, self._status(row, bool(handles)), None, None, media, title)
        self._activity.note(row, {"undone": False})
        return media

    def send_again(self, row: int) -> None:
        """What has failed is tried anew, by all ways; what was taken back, or was not known, is sent."""
        fields = self._row(row, Action.SEND_AGAIN)
        if fields is None:
            return
        own = self._outbox.of_row(row)
        failed = [(handle, entry) for handle, entry in own if entry.failed is not None]
        for handle, entry in own:
            if entry.removal and entry.failed is None:
                self._outbox.change(handle, entry._replace(activity=0))  # it comes first, and says nothing of the row
        for handle, entry in failed:
            if entry.asked is not None:
                self._lookup.forget(entry.asked)
            self._outbox.change(handle, entry._replace(failed=None, candidate=0))
        if not failed:
            asked = load_question(fields.get("asked"))
            if asked is not None:
                self._lookup.forget(asked)
            entries = _entries(row, fields, _media(fields))
            for entry in entries:
                self._outbox.forget(entry)
            self._outbox.add(entries)
        self._activity.change(row, Status.WAITING)
        self._activity.note(row, {"undone": any(entry.removal for _, entry in failed)})

    def undo(self, row: int) -> None:
        """What waits is not sent; what is on Simkl is taken away there, and the sync does not bring it back."""
        fields = self._row(row, Action.UNDO)
        if fields is not None:
            self._decisions.take_back(_owner(fields), _media(fields), self._wall_clock())
            self._take_back(row, fields, (), (), row)
            self._activity.change(row, Status.WAITING if self._outbox.of_row(row) else Status.SKIPPED)
            self._activity.note(row, {"undone": True})

    def never(self, row: int, what: object) -> None:
        """Leaves the folder, the show or the add-on of the video alone from now on."""
        if not isinstance(what, str) or what not in NEVER:
            return
        fields = self._row(row, NEVER[what])
        if fields is None:
            return
        names = load_origin(fields).exclusions().get(what, ())
        kept, done = _words(fields.get("kept")), _words(fields.get("never"))
        if what != "folder" or not self._exclude_folder(names[0]):
            self._decisions.exclude(names)
            kept = [*kept, what]
        self._activity.note(row, {"never": [*done, what], "kept": kept})

    def allow(self, row: int) -> None:
        """Takes back what :meth:`never` has excluded here; a folder in the settings stays there."""
        fields = self._row(row, Action.ALLOW)
        if fields is not None:
            kept = _words(fields.get("kept"))
            excluded = load_origin(fields).exclusions()
            self._decisions.allow(name for what in kept for name in excluded.get(what, ()))
            left = [what for what in _words(fields.get("never")) if what not in kept]
            self._activity.note(row, {"never": left, "kept": []})

    def _row(self, row: int, action: Action) -> Row | None:
        fields = self._activity.rows().get(row)
        return fields if fields is not None and action in possible(fields) else None

    def _status(self, row: int, is_new: bool) -> Status:
        return Status.WAITING if is_new or self._outbox.of_row(row) else Status.WATCHED

    def _take_back(
        self, row: int, fields: Row, wanted: Sequence[Media], others: Sequence[Media], removal_row: int
    ) -> list[Media]:
        """Drops what waits and queues the removal of what is on Simkl, but for those of ``wanted`` that are there or
        on their way, which are returned. ``others`` are on Simkl for another reason, and stay."""
        owner, left = _owner(fields), _media(fields)
        kept: list[Media] = []
        removed: list[Media] = []
        for handle, entry in self._outbox.of_row(row):
            is_coming = self._delivery.is_on_its_way(handle)
            may_be_there = is_coming or entry.uncertain
            is_wanted = entry.media is not None and _is_among(entry.media, wanted)
            if entry.removal and entry.failed is None:
                if entry.media is not None and is_wanted and not may_be_there:
                    kept.append(entry.media)
                    self._outbox.remove([handle])
                else:
                    self._outbox.change(handle, entry._replace(activity=0))
                continue
            if entry.media is not None and not entry.removal:
                left = [one for one in left if not _is_among(one, [entry.media])]
                if is_wanted and entry.failed is None:
                    kept.append(entry.media)
                    continue
                if may_be_there:
                    removed.append(entry.media)
            if is_coming:
                self._outbox.change(handle, entry._replace(activity=0))  # it arrives, and is taken away after that
            else:
                self._outbox.forget(entry)
                self._outbox.remove([handle])
        if fields.get("undone") is not True and owner:
            kept += [one for one in left if _is_among(one, wanted)]
            removed += [one for one in left if not _is_among(one, wanted)]
        removals = [Entry(one, None, owner, activity=removal_row, removal=True) for one in removed]
        removals = [entry for entry in removals if entry.media is not None and not _is_among(entry.media, others)]
        for entry in removals:
            self._outbox.forget(entry)
        self._outbox.add(removals)
        return kept

    def _marked_elsewhere(self, row: int, owner: str) -> list[Media]:
        """What other rows have put on Simkl."""
        rows = self._activity.rows().items()
        marked = (fields for other, fields in rows if other != row and _owner(fields) == owner)
        return [one for fields in marked if Action.UNDO in possible(fields) for one in _media(fields)]


def _is_among(media: Media, others: Iterable[Media]) -> bool:
    """Whether it is one of them, by any id or by title and year: a film that is taken back loses its rating, too."""
    names = _names(media)
    return any(not names.isdisjoint(_names(one)) for one in others)


def _names(media: Media) -> set[tuple[str, Numbers]]:
    keys, numbers = named(media)
    return {(key, numbers) for key in keys}


def _words(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _owner(fields: Row) -> str:
    owner = fields.get("owner")
    return owner if isinstance(owner, str) else ""


def _media(fields: Row) -> list[Media]:
    found = fields.get("media")
    media = [load_media(one) for one in found] if isinstance(found, list) else []
    return [one for one in media if one is not None]


def _entries(row: int, fields: Row, media: Iterable[Media]) -> list[Entry]:
    """The marks of a row, as they were or are to be made; of what its file's name means, if nothing else is known."""
    owner, at, length = _owner(fields), as_amount(fields.get("watched_at")), as_amount(fields.get("length")) or 0.0
    entries = [Entry(one, at, owner, None, length, activity=row) for one in media]
    asked = load_question(fields.get("asked"))
    if entries or asked is None:
        return entries
    return [Entry(None, at, owner, asked, length, activity=row)]
