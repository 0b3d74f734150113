"""The texts on screen, by what they are for. The numbers are those of ``strings.po``."""

from __future__ import annotations

from .own_addon import own_addon

TYPE_CHECKING = False  # that of ``typing`` would be loaded before the first window opens
if TYPE_CHECKING:
    import xbmcaddon

    from ..ui.view import Screen

SIGN_OUT_QUESTION = 32011
SIGN_OUT = 32012
SWITCH_ACCOUNT = 32013
CANCEL = 32020
CLOSE = 32023
STARTING = 32030
CONNECTED_AS = 32036
CONNECTED = 32037
CONNECTED_SINCE = 32038
VIDEOS_WAIT = 32242
SEND_AFTER_SIGN_IN = 32250
SEND_LATER = 32251
DO_NOT_SEND = 32252
CLEAR_TOO = 32253
ACTIVITY = 32400

BUTTONS = {
    "cancel": CANCEL,
    "new_code": 32021,
    "try_again": 32022,
    "close": CLOSE,
}
"""By the values of :class:`~simkl_connect.ui.view.Button`."""
PHASES = {
    "starting": STARTING,
    "waiting": 32031,
    "expired": 32033,
    "denied": 32034,
    "cancelled": 32035,
}
"""By the values of :class:`~simkl_connect.auth.phases.Phase`; the others have more to say."""
PROBLEMS = {
    "client_id_missing": 32050,
    "client_id_refused": 32051,
    "api_url_refused": 32052,
    "offline": 32053,
    "timeout": 32054,
    "tls": 32055,
    "captive_portal": 32056,
    "rate_limited": 32057,
    "server_trouble": 32058,
    "bad_answer": 32059,
    "refused": 32060,
    "storage": 32061,
    "internal": 32062,
    "service_silent": 32063,
    "service_gone": 32064,
    "read_only": 32065,
    "proxy": 32066,
}
"""By the values of :class:`~simkl_connect.errors.Problem`."""

BUSY = "busy"
"""The sync property's ``problem`` while a video plays or the library is scanned: nothing is compared then."""
SYNC_BUSY = 32518
SYNC_OFFER = 32504
SYNC_PROGRESS = {"reading": 32505, "sending": 32506, "writing": 32507}
"""By the sync property's ``status``."""
SYNC_UNDER_WAY = 32515
SYNC_START, SYNC_TITLES = 32508, 32512
SYNC_TO_SIMKL, SYNC_TO_KODI, SYNC_LEFT = 32509, 32510, 32513
SYNC_NUMBERS = 32511
SYNC_UNDO, SYNC_UNDO_QUESTION, SYNC_NO_UNDO = 32501, 32519, 32520
SYNC_NOW = 32500
LEFT_ALONE = {
    "unwatched_here": 32530,
    "removed_on_simkl": 32531,
    "no_ids": 32532,
    "ambiguous": 32533,
    "no_number": 32534,
    "special": 32535,
    "anime_numbering": 32536,
    "episodes_unknown": 32537,
    "not_found": 32538,
    "not_taken": 32539,
    "excluded": 32540,
    "shared_file": 32541,
    "other_kind": 32521,
}
"""By the values of :class:`~simkl_connect.sync.plan.Reason`."""


class Texts:
    """The texts in the user's language.

    ``addon`` is for a dialog: a new one can't be had any more once the add-on is disabled or replaced under it.
    """

    def __init__(self, addon: xbmcaddon.Addon | None = None) -> None:
        self._addon = addon or own_addon()

    def __call__(self, number: int) -> str:
        """The text of this number."""
        return self._addon.getLocalizedString(number)

    def connected_as(self, name: str) -> str:
        """Whose account is connected; ``name`` may be empty."""
        return self(CONNECTED_AS).format(name=name) if name else self(CONNECTED)

    def message(self, screen: Screen) -> str:
        """Where the sign-in stands, in a line or two."""
        phase = screen.phase.value
        reason = self(PROBLEMS[screen.problem]) if screen.problem is not None else ""
        if phase == "connected":
            lines = [self.connected_as(screen.account_name), reason]
        elif phase in PHASES:
            lines = [self(PHASES[phase])]
        else:
            lines = [reason, screen.server_message]
        return "\n".join(line for line in lines if line)
