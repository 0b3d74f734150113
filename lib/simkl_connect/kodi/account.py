"""The account screen: who is connected, and what can be done about it."""

from __future__ import annotations

import time

import xbmc
import xbmcaddon
import xbmcgui

from ..api.parsing import clean_text
from ..storage.stored import Stored
from ..ui.commands import SIGN_OUT
from . import ADDON_ID, ipc, texts
from .texts import Texts

_YES, _CUSTOM = 1, 2
"""What ``yesnocustom`` returns for these buttons."""


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


def show() -> bool:
    """Who is connected and since when, and what can be done about it. True: another account is wanted."""
    stored, text = _stored(), Texts()
    lines = [text.connected_as(clean_text(stored.account().name))]  # stored by a version that took it as it was
    date = _date(stored.connected_at())
    if date:
        lines.append(text(texts.CONNECTED_SINCE).format(date=date))
    choice = xbmcgui.Dialog().yesnocustom(
        heading=_name(),
        message="\n".join(lines),
        customlabel=text(texts.SIGN_OUT),
        nolabel=text(texts.CLOSE),
        yeslabel=text(texts.SWITCH_ACCOUNT),
    )
    if choice == _CUSTOM:
        sign_out()
    return choice == _YES


def _stored() -> Stored:
    """As the settings mirror it; the database belongs to the service."""
    return Stored(xbmcaddon.Addon(ADDON_ID).getSetting)


def _date(seconds: float | None) -> str:
    """The day of a Unix time as Kodi writes it; empty if there is none, or it is no time."""
    try:
        return time.strftime(xbmc.getRegion("dateshort"), time.localtime(seconds)) if seconds else ""
    except (ValueError, OverflowError, OSError):  # nan; beyond the platform's calendar, in one of three ways
        return ""


def _name() -> str:
    return xbmcaddon.Addon(ADDON_ID).getAddonInfo("name")
