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


def is_connected() -> bool:
    """Whether a token is stored."""
    return _stored().token() is not None


def sign_out() -> None:
    """Asks once, then has the service forget the account."""
    if xbmcgui.Dialog().yesno(_name(), Texts()(texts.SIGN_OUT_QUESTION)):
        ipc.send(SIGN_OUT, ipc.new_request())


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
    if choice == 2:
        sign_out()
    return choice == 1


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
