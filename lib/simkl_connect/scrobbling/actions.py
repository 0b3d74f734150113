"""What the user does with an entry of the activity page: name it, send it again, take it back, never want it again.

Rows, media and words come from a command that anything on the machine may have sent: what can't be, is ignored.
"""

from __future__ import annotations

import json
import re
from typing import Any, Callable, Iterable, Mapping

from ..media import Episode, Media, Movie
from ..ui import commands
from .activity import Activity
from .decisions import Decisions
from .delivery import Delivery
from .identify import media_title
from .library_items import IDS
from .lookup import Lookup
from .media_json import load_media, load_question, media_key
from .outbox import Entry, Outbox, number
from .possible import CHOOSE, NEVER, SEND_AGAIN, UNDO, possible
from .reasons import Status
from .subjects import load_subject

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
    ) -> None:
        self._activity = activity
        self._outbox = outbox
        self._delivery = delivery
        self._lookup = lookup
        self._decisions = decisions
        self._exclude_folder = exclude_folder

    def act(self, name: str, values: Row) -> tuple[Media, ...]:
        """Carries out a command of the activity page that is about a row. Returns what was chosen, if anything was."""
        row, media = values.get("row"), read_choice(values.get("media"))
        if not isinstance(row, int) or isinstance(row, bool):
            return ()
        if name == commands.CHOOSE:
            return self.choose(row, media) if media is not None else ()
        if name == commands.SEND_AGAIN:
            self.send_again(row)
        elif name == commands.UNDO:
            self.undo(row)
        elif name == commands.NEVER:
            self.never(row, values.get("what"))
        return ()

    def choose(self, row: int, chosen: Media) -> tuple[Media, ...]:
        """The video is ``chosen``, and the next ones of its show accordingly. What was watched is sent with its time;
        a mark as something else is taken back. Returns what the video is; nothing if the row can't be named."""
        fields = self._row(row, CHOOSE)
        if fields is None:
            return ()
        media = self._decisions.correct(load_subject(fields.get("subject")), chosen)
        owner, title = _owner(fields), media_title(media)
        if not owner:
            self._activity.change(row, Status.PAUSED, None, None, media, title)
            return media
        wanted = {media_key(one) for one in media}
        others = {media_key(one) for one in self._marked_elsewhere(row, owner)}
        done = self._take_back(row, fields, wanted, others, 0)
        entries = [one for one in _entries(row, fields, media) if one.key not in done]
        handles = self._outbox.add(entries)
        self._activity.change(row, self._status(row, bool(handles)), None, None, media, title)
        self._activity.note(row, {"undone": False})
        return media

    def send_again(self, row: int) -> None:
        """What has failed is tried anew, by all ways; what was taken back, or was not known, is sent."""
        fields = self._row(row, SEND_AGAIN)
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
        """What waits is not sent; what is on Simkl is taken away there."""
        fields = self._row(row, UNDO)
        if fields is not None:
            self._take_back(row, fields, (), (), row)
            self._activity.change(row, Status.WAITING if self._outbox.of_row(row) else Status.SKIPPED)
            self._activity.note(row, {"undone": True})

    def never(self, row: int, what: object) -> None:
        """Leaves the folder, the show or the add-on of the video alone from now on."""
        fields = self._row(row, NEVER[what]) if isinstance(what, str) and what in NEVER else None
        if fields is None:
            return
        if what == "folder":
            if not self._exclude_folder(fields["file"]):
                self._decisions.exclude([fields["file"]])
        elif what == "addon":
            self._decisions.exclude([fields["addon"]])
        else:
            self._decisions.exclude(load_subject(fields["subject"]).keys)
        done = fields.get("never")
        self._activity.note(row, {"never": [*(done if isinstance(done, list) else []), what]})

    def _row(self, row: int, name: str) -> Row | None:
        fields = self._activity.rows().get(row)
        return fields if fields is not None and name in possible(fields) else None

    def _status(self, row: int, is_new: bool) -> Status:
        return Status.WAITING if is_new or self._outbox.of_row(row) else Status.WATCHED

    def _take_back(
        self, row: int, fields: Row, wanted: Iterable[str], others: Iterable[str], removal_row: int
    ) -> set[str]:
        """Drops what waits and queues the removal of what is on Simkl, but for ``wanted``, whose keys are returned if
        they are there. What is in ``others`` is on Simkl for another reason, and stays."""
        owner, left = _owner(fields), {media_key(one): one for one in _media(fields)}
        kept: set[str] = set()
        removed: list[Media] = []
        for handle, entry in self._outbox.of_row(row):
            is_coming = self._delivery.is_on_its_way(handle)
            may_be_there = is_coming or entry.uncertain
            if entry.removal and entry.failed is None:
                if entry.key in wanted and not may_be_there:
                    kept.add(entry.key)
                    self._outbox.remove([handle])
                else:
                    self._outbox.change(handle, entry._replace(activity=0))
                continue
            if not entry.removal:
                left.pop(entry.key, None)
                if entry.key in wanted and entry.failed is None:
                    kept.add(entry.key)
                    continue
                if entry.media is not None and may_be_there:
                    removed.append(entry.media)
            if is_coming:
                self._outbox.change(handle, entry._replace(activity=0))  # it arrives, and is taken away after that
            else:
                self._outbox.forget(entry)
                self._outbox.remove([handle])
        if fields.get("undone") is not True:
            kept.update(key for key in left if key in wanted)
            removed += [one for key, one in left.items() if key not in wanted]
        entries = [Entry(one, None, owner, activity=removal_row, removal=True) for one in removed]
        entries = [entry for entry in entries if entry.key not in others]
        for entry in entries:
            self._outbox.forget(entry)
        self._outbox.add(entries)
        return kept

    def _marked_elsewhere(self, row: int, owner: str) -> list[Media]:
        """What other rows have put on Simkl."""
        rows = self._activity.rows().items()
        marked = (fields for other, fields in rows if other != row and _owner(fields) == owner)
        return [one for fields in marked if UNDO in possible(fields) for one in _media(fields)]


def _owner(fields: Row) -> str:
    owner = fields.get("owner")
    return owner if isinstance(owner, str) else ""


def _media(fields: Row) -> list[Media]:
    found = fields.get("media")
    media = [load_media(one) for one in found] if isinstance(found, list) else []
    return [one for one in media if one is not None]


def _entries(row: int, fields: Row, media: Iterable[Media]) -> list[Entry]:
    """The marks of a row, as they were or are to be made; of what its file's name means, if nothing else is known."""
    owner, at, length = _owner(fields), number(fields.get("watched_at")), number(fields.get("length")) or 0.0
    entries = [Entry(one, at, owner, None, length, activity=row) for one in media]
    asked = load_question(fields.get("asked"))
    if entries or asked is None:
        return entries
    return [Entry(None, at, owner, asked, length, activity=row)]
