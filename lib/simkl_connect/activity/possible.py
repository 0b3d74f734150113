"""What the user can do with an entry of the activity page."""

from __future__ import annotations

from enum import Enum
from typing import Any, Mapping

from .reasons import Reason, Status


class Action(str, Enum):
    """What can be done about a video, in the order in which it is offered: first what changes nothing for good.

    The values stand in a row's ``can``.
    """

    CHOOSE = "choose"
    SEND_AGAIN = "send_again"
    OPEN = "open"
    UNDO = "undo"
    ALLOW = "allow"
    NEVER_FOLDER = "never_folder"
    NEVER_SHOW = "never_show"
    NEVER_ADDON = "never_addon"


NEVER = {"folder": Action.NEVER_FOLDER, "show": Action.NEVER_SHOW, "addon": Action.NEVER_ADDON}
"""By what is never wanted again, in the words of a command."""
UNSURE = frozenset(
    {
        Reason.NAME_SAYS_TOO_LITTLE,
        Reason.UNKNOWN_SHOW,
        Reason.UNKNOWN_EPISODE,
        Reason.UNKNOWN_MOVIE,
        Reason.NAMESAKES,
        Reason.DISC,
    }
)
"""Why nothing was sent of a video that the user may name."""
_NAMED = [status.value for status in Status if status is not Status.SKIPPED]


def possible(row: Mapping[str, Any]) -> list[Action]:
    """What can be done with the row as it stands; any field may be missing or odd."""
    status, is_undone, media = row.get("status"), row.get("undone") is True, row.get("media")
    is_unsure = status == Status.SKIPPED.value and any(row.get("reason") == reason.value for reason in UNSURE)
    is_sent = status in (Status.WATCHED.value, Status.WAITING.value) and not is_undone
    is_known = isinstance(media, list) and bool(media)
    was_watched, can_ask = bool(row.get("owner")), isinstance(row.get("asked"), dict)
    subject = row.get("subject")
    can_choose = isinstance(subject, dict) and (is_unsure or is_undone or status in _NAMED)
    can_send = (status == Status.FAILED.value or is_undone or is_unsure) and was_watched and (is_known or can_ask)
    found = {
        Action.CHOOSE: can_choose,
        Action.SEND_AGAIN: can_send,
        **{NEVER[what]: _can_exclude(row, what) for what in NEVER},
        Action.ALLOW: isinstance(row.get("kept"), list) and bool(row["kept"]),
        Action.UNDO: is_sent and was_watched and (is_known or can_ask),
        Action.OPEN: is_known,
    }
    return [action for action, is_so in found.items() if is_so]


def _can_exclude(row: Mapping[str, Any], what: str) -> bool:
    done, subject = row.get("never"), row.get("subject")
    if row.get("reason") == Reason.EXCLUDED.value or (isinstance(done, list) and what in done):
        return False
    if what == "show":
        return isinstance(subject, dict) and bool(subject.get("keys")) and bool(subject.get("numbers"))
    name = row.get("file" if what == "folder" else "addon")
    return isinstance(name, str) and bool(name)
