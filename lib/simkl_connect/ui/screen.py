"""What stands on the sign-in screen, for every view and moment; no Kodi here, only what it is to draw."""

from __future__ import annotations

import math
from enum import Enum
from typing import Mapping, NamedTuple

from ..auth.phases import Phase
from .view import View

CONNECTED_STAYS = 5.0
"""Seconds that "Connected" is shown before the screen closes by itself."""
LAST_MINUTE = 60.0
"""Seconds before its end from which the screen says that a code is about to run out."""
PROGRESS_STEP = 0.1
"""Percent; about two pixels of a bar across 1920: a smaller step is drawn for nobody."""


class Button(str, Enum):
    """What a press asks for."""

    CANCEL = "cancel"
    NEW_CODE = "new_code"
    TRY_AGAIN = "try_again"
    CLOSE = "close"


BUTTONS: Mapping[Phase, tuple[Button, ...]] = {
    Phase.STARTING: (Button.CANCEL,),
    Phase.WAITING: (Button.CANCEL,),
    Phase.RETRYING: (Button.CANCEL,),
    Phase.EXPIRED: (Button.NEW_CODE, Button.CLOSE),
    Phase.DENIED: (Button.TRY_AGAIN, Button.CLOSE),
    Phase.FAILED: (Button.TRY_AGAIN, Button.CLOSE),
    Phase.CONNECTED: (Button.CLOSE,),
    Phase.CANCELLED: (Button.NEW_CODE, Button.CLOSE),
}
"""By phase; the first is focused, and Back means the last."""
BUTTONS_IF_FALLING_SHORT = (Button.TRY_AGAIN, Button.CLOSE)
"""Connected, but with less than was asked for."""

READ_ONLY = "read_only"
_SIGNS = {Phase.CANCELLED: Phase.EXPIRED.value}
"""The pictures for phases that have none of their own name."""


class Screen(NamedTuple):
    """Everything that is drawn. ``progress`` runs from 100 to 0 (percent), ``time_left`` is m:ss.

    ``whole_address`` holds the code, for the QR picture. ``sign`` names the picture for the phase.
    """

    phase: Phase
    sign: str
    code: str
    address: str
    whole_address: str
    account_name: str
    problem: str | None
    server_message: str
    progress: float
    time_left: str
    hurry: bool
    buttons: tuple[Button, ...]

    @property
    def closes_itself(self) -> bool:
        """Whether there is nothing left to read or to decide: the screen may go after :data:`CONNECTED_STAYS`."""
        return self.phase is Phase.CONNECTED and self.problem is None


def screen_of(view: View, now: float) -> Screen:
    """The screen for ``view`` at ``now``, in seconds on the clock of ``view.deadline``."""
    phase = Phase(view.phase)
    left = max(0.0, view.deadline - now) if view.deadline is not None else 0.0
    seconds = math.ceil(left)
    part = (
        min(1.0, (seconds if _a_second_is_a_small_step(view) else left) / view.expires_in) if view.expires_in else 0.0
    )
    falls_short = phase is Phase.CONNECTED and view.problem is not None
    return Screen(
        phase=phase,
        sign=READ_ONLY if falls_short else _SIGNS.get(phase, phase.value),
        code=view.user_code,
        address=view.verification_uri.partition("://")[2],
        whole_address=view.verification_uri_complete,
        account_name=view.account_name,
        problem=view.problem,
        server_message=view.server_message,
        progress=round(round(100 * part / PROGRESS_STEP) * PROGRESS_STEP, 2),
        time_left=f"{seconds // 60}:{seconds % 60:02d}" if view.deadline is not None else "",
        hurry=view.deadline is not None and seconds <= LAST_MINUTE,
        buttons=BUTTONS_IF_FALLING_SHORT if falls_short else BUTTONS[phase],
    )


def _a_second_is_a_small_step(view: View) -> bool:
    """Then the bar may move with the time, and the screen is drawn once a second, not twice."""
    return 100.0 / view.expires_in < 3 * PROGRESS_STEP
