"""The video that plays, and its record on the disk, from which a killed service knows at its next start what was
due."""

from __future__ import annotations

import json
import logging
import math
from typing import TYPE_CHECKING, NamedTuple

from ..activity.reasons import Reason
from ..delivery.outbox import SESSION, Entry
from ..environment import Environment
from ..errors import StorageFailed
from ..identification.decisions import Decisions
from ..identification.file_names import AskSimkl
from ..identification.identify import Identified, PlayingItem, Skipped
from ..identification.media_json import dump_media, dump_question, load_media, load_question
from ..identification.subjects import dump_origin, origin_of
from ..json_values import as_amount, as_number, to_object
from ..media import Media
from .playback import Phase, Playback

if TYPE_CHECKING:
    from ..storage.database import Database

OPEN_FOR = 4 * 3600.0
"""Seconds in which Simkl may take a video to be playing that nobody has stopped: it gives up at the title's end."""
RECORD_EVERY, RECORD_WITHIN = 60.0, 0.5
"""Seconds between two records while a video plays, what a power cut can cost; and from a start, a pause or an end to
its record, which is written when there is nothing more urgent to do. That a video counts as watched from here on, or
does no more, is written at once."""
_SILENT = (Reason.MUSIC, Reason.SWITCHED_OFF)
_NOT_WANTED = (Reason.SWITCHED_OFF, Reason.EXCLUDED, Reason.LIVE_TV, Reason.RECORDING, Reason.TOO_SHORT)

_log = logging.getLogger(__name__)


class LeftOpen(NamedTuple):
    """A video that Simkl was told to be playing, at ``progress`` percent, and whose end nobody told it."""

    media: Media
    progress: float
    owner: str


class Session(NamedTuple):
    """A video from its start to its end. ``number``: the playback's. ``activity``: its row on the activity page.

    ``owner``: whose it is, see :func:`callbacks.owner_of`; it stays theirs if another account is connected meanwhile.
    """

    number: int = 0
    playing: PlayingItem = PlayingItem()
    outcome: Identified | Skipped | AskSimkl = Skipped(Reason.NAME_SAYS_TOO_LITTLE)
    title: str = ""
    activity: int = 0
    owner: str = ""

    @property
    def media(self) -> tuple[Media, ...]:
        """What plays, if that is known and not left alone."""
        return self.outcome.media if isinstance(self.outcome, Identified) else ()

    @property
    def library_keys(self) -> set[tuple[str, int]]:
        """Type and id of each library row that is this video."""
        item = self.playing.item
        kind, own = item.get("type"), as_number(item.get("id"))
        keys = {(str(kind), own)} if own is not None else set()
        for row in self.playing.season if kind == "episode" else ():
            other = as_number(row.get("episodeid")) if isinstance(row, dict) else None
            if other is not None and row.get("file") == item.get("file"):
                keys.add(("episode", other))
        return keys

    def entries(self, watched_at: float, length: float) -> list[Entry]:
        """A mark for each film or episode in it."""
        if isinstance(self.outcome, AskSimkl):
            return [Entry(None, watched_at, self.owner, self.outcome, length, activity=self.activity)]
        return [Entry(one, watched_at, self.owner, None, length, activity=self.activity) for one in self.media]


def is_silent(outcome: Identified | Skipped | AskSimkl) -> bool:
    """Whether the activity page says nothing about it."""
    return isinstance(outcome, Skipped) and outcome.reason in _SILENT


def is_unwanted(outcome: Identified | Skipped | AskSimkl) -> bool:
    """Whether the user has said so, in the settings or on the activity page, and can take it back."""
    return isinstance(outcome, Skipped) and outcome.reason in _NOT_WANTED


def row_fields(
    playing: PlayingItem, outcome: Identified | Skipped | AskSimkl, decisions: Decisions
) -> dict[str, object]:
    """What a row of the activity page keeps of it, so that the user can say what is to become of it."""
    origin = origin_of(playing)
    asked = {"asked": dump_question(outcome)} if isinstance(outcome, AskSimkl) else {}
    return {**dump_origin(origin), "kept": decisions.kept(origin), **asked}


def due_marks(text: str) -> list[Entry]:
    """The marks that a recorded session had earned when it was cut off."""
    fields = to_object(text)
    owner, at, found = fields.get("owner"), as_amount(fields.get("at")), fields.get("media")
    if fields.get("watched") is not True or at is None or not isinstance(owner, str) or not owner:
        return []
    length, row = as_amount(fields.get("length")) or 0.0, int(as_amount(fields.get("activity")) or 0)
    media = [load_media(one) for one in found] if isinstance(found, list) else []
    asked = load_question(fields.get("asked"))
    if asked is not None:
        return [Entry(None, at, owner, asked, length, activity=row)]
    return [Entry(one, at, owner, None, length, activity=row) for one in media if one is not None]


def left_open(text: str, now: float) -> LeftOpen | None:
    """The video of a recorded session that was not watched, if Simkl may still take it to be playing; ``now`` in Unix
    seconds.
    """
    fields = to_object(text)
    owner, at, progress = fields.get("owner"), as_amount(fields.get("at")), as_amount(fields.get("progress"))
    found = fields.get("media")
    media = load_media(found[0]) if isinstance(found, list) and found else None
    if fields.get("watched") is not False or media is None or not isinstance(owner, str) or not progress or at is None:
        return None
    return LeftOpen(media, progress, owner) if 0 <= progress <= 100 and abs(now - at) < OPEN_FOR else None


def cut_off(database: Database, now: float) -> tuple[list[Entry], LeftOpen | None]:
    """What the record that a service has left says: the marks that are due, and what Simkl may take to be playing."""
    text = read_record(database)
    return due_marks(text), left_open(text, now)


def read_record(database: Database) -> str:
    """The record that a service has left; "" for none."""
    try:
        return database.read(SESSION)
    except StorageFailed as failed:
        _log.warning("session: %s", failed)
        return ""


class Record:
    """The open session on the disk. One thread; raises nothing."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._due = math.inf

    def soon(self) -> None:
        """It is to be written with the next ones to come."""
        self._due = min(self._due, self._environment.clock() + RECORD_WITHIN)

    def was_replaced(self) -> None:
        """By the session's marks, in the same transaction."""
        self._due = math.inf

    def write(self, session: Session, state: Playback) -> None:
        """Writes it, or takes it away where nothing plays that is wanted."""
        is_open = state.phase is not Phase.IDLE and not isinstance(session.outcome, Skipped)
        text = _record(session, state, self._environment.wall_clock()) if is_open else ""
        try:
            self._environment.database.write({SESSION: text})
        except StorageFailed as failed:
            _log.warning("session: %s", failed)
        self._due = self._environment.clock() + RECORD_EVERY if is_open else math.inf

    def seconds_to_wait(self) -> float | None:
        """Seconds until it is to be written; None: nothing is planned."""
        return max(0.0, self._due - self._environment.clock()) if self._due < math.inf else None


def _record(session: Session, state: Playback, at: float) -> str:
    """The session as it stands at the Unix time ``at``."""
    asked = session.outcome if isinstance(session.outcome, AskSimkl) else None
    return json.dumps(
        {
            "media": [dump_media(one) for one in session.media],
            "asked": dump_question(asked) if asked is not None else None,
            "owner": session.owner,
            "at": at,
            "length": state.length,
            "progress": state.progress,
            "watched": state.watched,
            "activity": session.activity,
        }
    )
