"""The account screen: who is connected, and what can be done about it."""

from __future__ import annotations

from enum import Enum

import xbmc
import xbmcaddon
import xbmcgui

from ...api.parsing import clean_text
from ...models import Token
from ...storage.stored import Stored
from ...ui.commands import SIGN_OUT
from .. import ADDON_ID, ipc, texts
from ..texts import Texts
from . import page_texts
from .page_texts import formatted

_YES, _CUSTOM = 1, 2
"""What ``yesnocustom`` returns for these buttons."""


class Choice(Enum):
    """What can be done, in the order in which it is offered."""

    ACTIVITY = "activity"
    SYNC = "sync"
    SWITCH = "switch account"
    SIGN_OUT = "sign out"


_LABELS = {
    Choice.ACTIVITY: page_texts.ACTIVITY,
    Choice.SYNC: texts.SYNC_NOW,
    Choice.SWITCH: texts.SWITCH_ACCOUNT,
    Choice.SIGN_OUT: texts.SIGN_OUT,
}


def is_connected() -> bool:
    """Whether a token is stored."""
    return _stored().token() is not None


def sign_out() -> None:
    """Asks once, then has the service forget the account; what waits to be sent is kept or dropped as the user says."""
    text, waiting = Texts(), ipc.marks_waiting()
    if not waiting:
        if xbmcgui.Dialog().yesno(_name(), text(texts.SIGN_OUT_QUESTION)):
            ipc.send(SIGN_OUT, ipc.new_request())
        return
    count = text(texts.VIDEOS_WAIT).format(count=waiting)
    choice = xbmcgui.Dialog().yesnocustom(
        heading=_name(),
        message="\n".join((text(texts.SIGN_OUT_QUESTION), count, text(texts.SEND_AFTER_SIGN_IN))),
        customlabel=text(texts.DO_NOT_SEND),
        nolabel=text(texts.CANCEL),
        yeslabel=text(texts.SEND_LATER),
    )
    if choice in (_YES, _CUSTOM):
        ipc.send(SIGN_OUT, ipc.new_request(), drop=choice == _CUSTOM)


def token() -> Token | None:
    """The stored token. Whoever uses it leaves it to the service to refresh it."""
    return _stored().token()


def show() -> Choice | None:
    """Who is connected and since when, and what can be done about it; None: nothing."""
    stored, text = _stored(), Texts()
    heading = text.connected_as(clean_text(stored.account().name))  # stored by a version that took it as it was
    date = formatted(stored.connected_at(), xbmc.getRegion("dateshort"))
    if date:
        heading = f"{heading}  {text(texts.CONNECTED_SINCE).format(date=date)}"
    chosen = xbmcgui.Dialog().select(heading, [text(number) for number in _LABELS.values()])
    return list(_LABELS)[chosen] if 0 <= chosen < len(_LABELS) else None


def _stored() -> Stored:
    """As the settings mirror it; the database belongs to the service."""
    return Stored(xbmcaddon.Addon(ADDON_ID).getSetting)


def _name() -> str:
    return xbmcaddon.Addon(ADDON_ID).getAddonInfo("name")
