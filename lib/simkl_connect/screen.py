"""What stands on the sign-in screen, for every view and moment; no Kodi here, only what it is to draw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Mapping

from .sign_in import Phase
from .view import View

CONNECTED_STAYS = 5.0
"""Seconds that "Connected" is shown before the screen closes by itself."""


class Button(Enum):
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


@dataclass(frozen=True)
class Screen:
    """Everything that is drawn. ``progress`` runs from 100 to 0 (percent), ``time_left`` is m:ss."""

    phase: Phase
    code: str
    address: str
    account_name: str
    problem: str | None
    said: str
    progress: float
    time_left: str
    buttons: tuple[Button, ...]


def screen_of(view: View, now: float) -> Screen:
    """The screen for ``view`` at ``now``, in seconds on the clock of ``view.deadline``."""
    phase = Phase(view.phase)
    left = max(0.0, view.deadline - now) if view.deadline is not None else 0.0
    part = min(1.0, left / view.expires_in) if view.expires_in > 0 else 0.0
    seconds = math.ceil(left)
    return Screen(
        phase=phase,
        code=view.user_code,
        address=view.verification_uri.partition("://")[2],
        account_name=view.account_name,
        problem=view.problem,
        said=view.said,
        progress=round(100 * part, 1),
        time_left=f"{seconds // 60}:{seconds % 60:02d}" if view.deadline is not None else "",
        buttons=BUTTONS[phase],
    )
