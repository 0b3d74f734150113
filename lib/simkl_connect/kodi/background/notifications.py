"""Messages to the user outside the dialog."""

from __future__ import annotations

from typing import Mapping

import xbmcgui

from ...api.parsing import clean_text
from ...auth.token_refresher import Notice
from ...scrobbling.callbacks import Notice as ScrobbleNotice
from ...scrobbling.callbacks import Notification
from .. import texts
from ..own_addon import own_addon
from ..system import is_window_active
from ..texts import Texts

NOTICES = {
    Notice.ENDED: 32070,
    Notice.SIGNED_OUT: 32071,
    Notice.SIGNED_OUT_HERE: 32072,
    Notice.SIGNED_OUT_PIN: 32073,
    Notice.RECONNECT: 32074,
    Notice.SETTINGS_LOST: 32075,
}
SCROBBLE_NOTICES = {
    ScrobbleNotice.MARKED: 32240,
    ScrobbleNotice.WAITING: 32242,
    ScrobbleNotice.FAILED: 32243,
    ScrobbleNotice.READ_ONLY: 32244,
}
SEVERAL_MARKED = 32241
SYNC_DONE, SYNC_UNDONE = 32516, 32517
SHOWN_FOR = 8000
"""Milliseconds."""


def notify(notice: Notice) -> None:
    """Shows ``notice``."""
    _show(Texts()(NOTICES[notice]))


def notify_scrobble(notification: Notification) -> None:
    """Shows what became of the videos that were watched or marked here."""
    notice, title, videos = notification
    several = notice is ScrobbleNotice.MARKED and videos > 1
    text = Texts()(SEVERAL_MARKED if several else SCROBBLE_NOTICES[notice])
    _show(text.format(title=clean_text(title), count=videos - 1 if several else videos))


def notify_connected(name: str) -> None:
    """Says who is connected now, unless the sign-in dialog says it."""
    if not is_window_active():
        _show(Texts().connected_as(name))


def notify_sync(news: Mapping[str, object], is_undo: bool) -> None:
    """Says how a sync has ended, by what is published of it, or that the last one is undone."""
    text = Texts()
    if news["status"] == "failed":
        _show(text({**texts.PROBLEMS, texts.BUSY: texts.SYNC_BUSY}[str(news["problem"])]))
    else:
        _show(text(SYNC_UNDONE if is_undo else SYNC_DONE).format(sent=news["sent"], written=news["written"]))


def _show(message: str) -> None:
    """In Kodi's own style, with the add-on's icon."""
    addon = own_addon()
    xbmcgui.Dialog().notification(addon.getAddonInfo("name"), message, addon.getAddonInfo("icon"), SHOWN_FOR)
