"""What the user can do with an entry of the activity page."""

from __future__ import annotations

from typing import Any, Mapping

from .reasons import Reason, Status

CHOOSE, SEND_AGAIN, UNDO, OPEN, ALLOW = "choose", "send_again", "undo", "open", "allow"
NEVER = {"folder": "never_folder", "show": "never_show", "addon": "never_addon"}

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


def possible(row: Mapping[str, Any]) -> list[str]:
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
        CHOOSE: can_choose,
        SEND_AGAIN: can_send,
        **{NEVER[what]: _can_exclude(row, what) for what in NEVER},
        ALLOW: isinstance(row.get("kept"), list) and bool(row["kept"]),
        UNDO: is_sent and was_watched and (is_known or can_ask),
        OPEN: is_known,
    }
    return [name for name, is_so in found.items() if is_so]


def _can_exclude(row: Mapping[str, Any], what: str) -> bool:
    done, subject = row.get("never"), row.get("subject")
    if row.get("reason") == Reason.EXCLUDED.value or (isinstance(done, list) and what in done):
        return False
    if what == "show":
        return isinstance(subject, dict) and bool(subject.get("keys")) and bool(subject.get("numbers"))
    name = row.get("file" if what == "folder" else "addon")
    return isinstance(name, str) and bool(name)
