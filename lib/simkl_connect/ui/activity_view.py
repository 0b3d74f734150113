"""What the activity page shows: the rows of the database go in, what is on the screen comes out.

No Kodi and no clock here. Rows can have been edited, damaged or written by another version: one that makes no sense
is passed over, a value that makes none counts as missing.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Mapping, NamedTuple, TypeVar

from ..activity.possible import Action
from ..activity.reasons import Reason, Status
from ..api.parsing import clean_text
from ..identification.media_json import load_media
from ..json_values import as_amount, to_object
from ..media import Media
from ..scrobbling.callbacks import may_write_with, owners_of
from ..storage.snapshots import Rows, Snapshot
from ..storage.stored import Stored

LONGEST_TITLE = 120
"""Letters."""
MOST_ROWS = 100

E = TypeVar("E", bound=Enum)


class Alert(Enum):
    """A problem that only the user can solve, the most urgent first."""

    NOT_CONNECTED = "nobody is signed in"
    SIGN_IN_ENDED = "Simkl has ended the sign-in"
    READ_ONLY = "nothing can be marked with this sign-in"
    FAILED = "some marks could not be sent for good"


class Video(NamedTuple):
    """One that was watched, or not. ``row``: its id in the database. ``at``: Unix seconds of the last change.

    ``progress``: percent. ``actions``: in the order in which they are offered.
    """

    row: int
    title: str
    at: float | None = None
    status: Status | None = None
    reason: Reason | None = None
    progress: float | None = None
    media: tuple[Media, ...] = ()
    undone: bool = False
    actions: tuple[Action, ...] = ()


class Page(NamedTuple):
    """``videos``: the newest first. ``waiting``: marks still to be sent, the oldest watched at ``since``, in Unix
    seconds. ``failed``: marks that will never be sent by themselves."""

    account: str = ""
    connected: bool = False
    videos: tuple[Video, ...] = ()
    waiting: int = 0
    since: float | None = None
    failed: int = 0
    alert: Alert | None = None


def page_of(snapshot: Snapshot) -> Page:
    """The page for what is stored."""
    stored = Stored(lambda name: snapshot.values.get(name, ""))
    videos = tuple(_videos(snapshot.activity))
    marks = [to_object(item) for _, item in snapshot.outbox]
    owners = owners_of(stored)
    own = [mark for mark in marks for owner in owners if mark.get("owner") == owner]
    waiting = [mark for mark in own if not mark.get("failed")]
    times = [at for at in (as_amount(mark.get("watched_at")) for mark in waiting) if at]
    page = Page(
        account=clean_text(stored.account().name),
        connected=snapshot.connected,
        videos=videos,
        waiting=len(waiting),
        since=min(times, default=None),
        failed=len(own) - len(waiting),
    )
    return page._replace(alert=_alert(page, snapshot.values.get("scope", "")))


def _alert(page: Page, scope: str) -> Alert | None:
    reasons = {video.reason for video in page.videos if video.status is Status.WAITING} if page.waiting else set()
    if not page.connected:
        return Alert.SIGN_IN_ENDED if page.account else Alert.NOT_CONNECTED
    if Reason.SIGN_IN_ENDED in reasons:
        return Alert.SIGN_IN_ENDED
    if not may_write_with(scope) or Reason.READ_ONLY in reasons:
        return Alert.READ_ONLY
    return Alert.FAILED if page.failed else None


def _videos(rows: Rows) -> list[Video]:
    """The newest first."""
    found = (_video(row, to_object(item)) for row, item in reversed(rows))
    return [video for video in found if video is not None][:MOST_ROWS]


def _video(row: int, fields: Mapping[str, Any]) -> Video | None:
    title = clean_text(fields.get("title"), LONGEST_TITLE)
    if not title:
        return None
    loaded = [load_media(one) for one in fields["media"]] if isinstance(fields.get("media"), list) else []
    media = tuple(one for one in loaded if one is not None)
    progress = as_amount(fields.get("progress"))
    return Video(
        row=row,
        title=title,
        at=as_amount(fields.get("at")),
        status=_one_of(Status, fields.get("status")),
        reason=_one_of(Reason, fields.get("reason")),
        progress=progress if progress is not None and progress <= 100 else None,
        media=media,
        undone=fields.get("undone") is True,
        actions=_actions(fields.get("can"), media),
    )


def _actions(can: object, media: tuple[Media, ...]) -> tuple[Action, ...]:
    """Those in ``can``; where it is missing, a title that is known can at least be looked at."""
    allowed = can if isinstance(can, list) else [Action.OPEN.value]
    return tuple(action for action in Action if action.value in allowed and (action is not Action.OPEN or media))


def _one_of(values: type[E], value: object) -> E | None:
    return next((one for one in values if one.value == value), None)
