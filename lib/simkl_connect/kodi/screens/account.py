"""The account screen: who is connected, and what can be done about it."""

from __future__ import annotations

import xbmc
import xbmcgui

from ...api.parsing import clean_text
from ...models import Token
from ...storage.stored import Stored
from ...ui.commands import AUTHORIZE, SIGN_OUT, STATUS, SYNC
from .. import ipc, texts
from ..own_addon import addon_name, own_addon
from ..texts import Texts
from .page_texts import formatted

_YES, _CUSTOM = 1, 2
"""What ``yesnocustom`` returns for these buttons."""
_LABELS = {
    STATUS: texts.ACTIVITY,
    SYNC: texts.SYNC_NOW,
    AUTHORIZE: texts.SWITCH_ACCOUNT,
    SIGN_OUT: texts.SIGN_OUT,
}
"""What can be done, by command, in the order in which it is offered."""


def is_connected() -> bool:
    """Whether a token is stored."""
    return _stored().token() is not None


def sign_out() -> None:
    """Asks once, then has the service forget the account.

    What waits to be sent is kept or dropped as the user says; where nothing does, the activity page's list is.
    """
    text, waiting = Texts(), ipc.marks_waiting()
    question = [text(texts.SIGN_OUT_QUESTION)]
    if waiting:
        question += [text(texts.VIDEOS_WAIT).format(count=waiting), text(texts.SEND_AFTER_SIGN_IN)]
    choice = xbmcgui.Dialog().yesnocustom(
        heading=addon_name(),
        message="\n".join(question),
        customlabel=text(texts.DO_NOT_SEND if waiting else texts.CLEAR_TOO),
        nolabel=text(texts.CANCEL) if waiting else "",  # Kodi's own No and Yes
        yeslabel=text(texts.SEND_LATER) if waiting else "",
    )
    gives_up = choice == _CUSTOM
    if choice == _YES or gives_up:
        ipc.send(SIGN_OUT, ipc.new_request(), drop=gives_up and waiting > 0, clear=gives_up and not waiting)


def token() -> Token | None:
    """The stored token. Whoever uses it leaves it to the service to refresh it."""
    return _stored().token()


def show() -> str:
    """Shows who is connected and since when, and what can be done about it. Returns the command for that, or ""."""
    stored, text = _stored(), Texts()
    heading = text.connected_as(clean_text(stored.account().name))  # stored by a version that took it as it was
    date = formatted(stored.connected_at(), xbmc.getRegion("dateshort"))
    if date:
        heading = f"{heading}  {text(texts.CONNECTED_SINCE).format(date=date)}"
    chosen = xbmcgui.Dialog().select(heading, [text(number) for number in _LABELS.values()])
    return list(_LABELS)[chosen] if 0 <= chosen < len(_LABELS) else ""


def _stored() -> Stored:
    """As the settings mirror it; the database belongs to the service."""
    return Stored(own_addon().getSetting)
