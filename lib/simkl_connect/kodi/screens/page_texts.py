"""The texts of the activity page and of the account screen, by what they are for. The numbers are those of
``strings.po``."""

from __future__ import annotations

import time
from typing import Mapping

import xbmc
import xbmcaddon

from ...activity.possible import Action
from ...activity.reasons import Reason, Status
from ...api.search import ANIME, MOVIE, TV
from ...ui.activity_view import Alert, Page, Video
from ..texts import Texts

AUTHORIZE = 32001
WAITING_SINCE = 32402
WAITING = 32403
SEND_NOW = 32404
BUG_REPORT = 32405
HINT = 32406
EMPTY = 32407
SENDING = 32408

PAUSED_AT = 32421
UNDONE = 32425

NOTHING_TO_DO = 32467
LEFT_ALONE = 32468
ASKED_FOR = 32469

KEYBOARD = 32470
SEARCHING = 32471
NOTHING_FOUND = 32472
OTHER_WORDS = 32473
WHICH_TITLE = 32474
WHICH_SEASON = 32475
WHICH_EPISODE = 32476
SEASON, SPECIALS, EPISODE = 32480, 32481, 32482
NOT_CONNECTED = 32104
BACK = 32483

SCAN = 32485
REPORT_SAVED = 32490
REPORT_NOT_SAVED = 32491

REASONS: Mapping[Reason, int] = {
    Reason.SWITCHED_OFF: 32430,
    Reason.NOT_SIGNED_IN: 32431,
    Reason.READ_ONLY: 32432,
    Reason.MUSIC: 32433,
    Reason.LIVE_TV: 32434,
    Reason.RECORDING: 32435,
    Reason.DISC: 32436,
    Reason.EXCLUDED: 32437,
    Reason.TRAILER: 32438,
    Reason.TOO_SHORT: 32439,
    Reason.NO_LENGTH: 32440,
    Reason.NAME_SAYS_TOO_LITTLE: 32441,
    Reason.UNKNOWN_SHOW: 32442,
    Reason.UNKNOWN_EPISODE: 32443,
    Reason.UNKNOWN_MOVIE: 32444,
    Reason.NAMESAKES: 32445,
    Reason.SIGN_IN_ENDED: 32446,
    Reason.OFFLINE: 32447,
    Reason.RATE_LIMITED: 32448,
    Reason.SERVER_TROUBLE: 32449,
    Reason.CLIENT_ID_REFUSED: 32450,
    Reason.REFUSED: 32451,
    Reason.STORAGE: 32452,
}
"""What the page says of a video that is not on Simkl, or not yet."""
STATUSES: Mapping[Status, int] = {
    Status.WATCHING: 32420,
    Status.PAUSED: 32422,
    Status.WATCHED: 32423,
    Status.WAITING: 32424,
    Status.SKIPPED: 32426,
    Status.FAILED: 32427,
}
"""Where there is no reason."""
ACTIONS: Mapping[Action, int] = {
    Action.CHOOSE: 32460,
    Action.SEND_AGAIN: 32461,
    Action.UNDO: 32465,
    Action.ALLOW: 32458,
    Action.NEVER_FOLDER: 32462,
    Action.NEVER_SHOW: 32463,
    Action.NEVER_ADDON: 32464,
    Action.OPEN: 32466,
}
ALERTS: Mapping[Alert, int] = {
    Alert.NOT_CONNECTED: NOT_CONNECTED,
    Alert.SIGN_IN_ENDED: 32070,
    Alert.READ_ONLY: 32244,
    Alert.FAILED: 32412,
}
KINDS: Mapping[str, int] = {MOVIE: 32477, TV: 32478, ANIME: 32479}


class PageTexts(Texts):
    """``minimum``: seconds; the setting for the shortest video that is sent."""

    def __init__(self, addon: xbmcaddon.Addon, minimum: float) -> None:
        super().__init__(addon)
        self._minimum = minimum
        self._pattern = times()

    def who(self, page: Page) -> str:
        """Whose account it is."""
        return self.connected_as(page.account) if page.connected else ""

    def waiting(self, page: Page) -> str:
        """How many marks wait, and since when."""
        if not page.waiting:
            return ""
        since = self.when(page.since)
        return self(WAITING_SINCE if since else WAITING).format(count=page.waiting, when=since)

    def alert(self, page: Page) -> str:
        """The problem that the user can solve."""
        return self(ALERTS[page.alert]).format(count=page.failed) if page.alert is not None else ""

    def what(self, video: Video) -> str:
        """What happened to it, in a few plain words."""
        if video.undone:
            return self(UNDONE)
        if video.status is Status.PAUSED and video.progress is not None:
            return self(PAUSED_AT).format(percent=f"{video.progress:.0f}")
        if video.status in (Status.WAITING, Status.SKIPPED, Status.FAILED) and video.reason is not None:
            return self(REASONS[video.reason]).format(minutes=f"{self._minimum / 60:.0f}")
        return self(STATUSES[video.status]) if video.status is not None else ""

    def when(self, at: float | None) -> str:
        """A Unix time as the user's region writes it; empty if there is none."""
        return formatted(at, self._pattern)


def times() -> str:
    """How the user's region writes day and time, without seconds, for ``strftime``."""
    return f"{xbmc.getRegion('dateshort')} {xbmc.getRegion('time').replace(':%S', '')}"


def formatted(seconds: float | None, pattern: str) -> str:
    """A Unix time by ``pattern``, which is ``strftime``'s; empty if there is none, or it is no time."""
    try:
        return time.strftime(pattern, time.localtime(seconds)) if seconds else ""
    except (ValueError, OverflowError, OSError):  # nan; beyond the platform's calendar, in one of three ways
        return ""
