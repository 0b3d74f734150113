"""The texts on screen, by what they are for. The numbers are those of ``strings.po``."""

from __future__ import annotations

from functools import lru_cache

import xbmcaddon

from ..keeper import Notice
from ..problems import Problem
from ..screen import Button, Screen
from ..sign_in import Phase
from . import ADDON_ID

SIGN_OUT_QUESTION = 32011
SIGN_OUT = 32012
SWITCH_ACCOUNT = 32013
CONNECTED_AS = 32036
CONNECTED = 32037
CONNECTED_SINCE = 32038

BUTTONS = {
    Button.CANCEL: 32020,
    Button.NEW_CODE: 32021,
    Button.TRY_AGAIN: 32022,
    Button.CLOSE: 32023,
}
PHASES = {
    Phase.STARTING: 32030,
    Phase.WAITING: 32031,
    Phase.EXPIRED: 32033,
    Phase.DENIED: 32034,
    Phase.CANCELLED: 32035,
}
PROBLEMS = {
    Problem.CLIENT_ID_MISSING: 32050,
    Problem.CLIENT_ID_REFUSED: 32051,
    Problem.API_URL_REFUSED: 32052,
    Problem.OFFLINE: 32053,
    Problem.TIMEOUT: 32054,
    Problem.TLS: 32055,
    Problem.CAPTIVE_PORTAL: 32056,
    Problem.RATE_LIMITED: 32057,
    Problem.SERVER_TROUBLE: 32058,
    Problem.BAD_ANSWER: 32059,
    Problem.REFUSED: 32060,
    Problem.STORAGE: 32061,
    Problem.INTERNAL: 32062,
    Problem.SERVICE_SILENT: 32063,
    Problem.SERVICE_GONE: 32064,
    Problem.READ_ONLY: 32065,
    Problem.PROXY: 32066,
}
NOTICES = {
    Notice.ENDED: 32070,
    Notice.SIGNED_OUT: 32071,
    Notice.SIGNED_OUT_HERE: 32072,
    Notice.SIGNED_OUT_PIN: 32073,
    Notice.RECONNECT: 32074,
    Notice.SETTINGS_LOST: 32075,
}


def text(number: int) -> str:
    """The text in the viewer's language."""
    return _addon().getLocalizedString(number)


@lru_cache(maxsize=1)
def _addon() -> xbmcaddon.Addon:
    """Kept: a new one can't be had any more once the add-on is disabled or being replaced under an open dialog."""
    return xbmcaddon.Addon(ADDON_ID)


def message(screen: Screen) -> str:
    """Where the sign-in stands, in a line or two."""
    reason = text(PROBLEMS[Problem(screen.problem)]) if screen.problem is not None else ""
    if screen.phase is Phase.CONNECTED:
        lines = [connected_as(screen.account_name), reason]
    elif screen.phase in (Phase.FAILED, Phase.RETRYING):
        lines = [reason, screen.said]
    else:
        lines = [text(PHASES[screen.phase])]
    return "\n".join(line for line in lines if line)


def connected_as(name: str) -> str:
    """Whose account is connected; ``name`` may be empty."""
    return text(CONNECTED_AS).format(name=name) if name else text(CONNECTED)
