"""The state that the service publishes (:class:`View`), and what the dialog draws of it (:class:`Screen`).

No Kodi here. A view travels as one JSON value that holds no secret but the user code, which is on the screen.
"""

from __future__ import annotations

import json
import math
from enum import Enum
from typing import TYPE_CHECKING, Mapping, NamedTuple

from ..auth.phases import Phase
from ..errors import Problem
from ..json_values import to_object

if TYPE_CHECKING:
    from ..auth.state_machine import SignIn

IDLE = "idle"
_PHASES = (IDLE, *(phase.value for phase in Phase))
_PROBLEMS = tuple(problem.value for problem in Problem)
_LONGEST_TIME = 1e12
"""Seconds; larger numbers are no time."""


class View(NamedTuple):
    """A snapshot of a sign-in. ``phase`` is :data:`IDLE` or a value of :class:`~simkl_connect.auth.phases.Phase`.

    ``deadline`` is in seconds on the clock that all parts of the add-on on one machine share
    (:func:`simkl_connect.clock.now`), ``expires_in`` the whole life of the code in seconds.
    """

    request: str = ""
    phase: str = IDLE
    user_code: str = ""
    verification_uri: str = ""
    verification_uri_complete: str = ""
    expires_in: float = 0.0
    deadline: float | None = None
    account_name: str = ""
    problem: str | None = None
    server_message: str = ""

    def __repr__(self) -> str:
        return f"<view {self.phase} {self.request}>"

    def to_json(self) -> str:
        """The text that travels."""
        return json.dumps(self._asdict())

    @classmethod
    def from_json(cls, text: str) -> View | None:
        """The snapshot in ``text``; None if there is none.

        A service of another version, or another add-on, may have written it: an unknown field is passed over, and a
        value of the wrong kind counts as missing.
        """
        fields = to_object(text)
        if fields.get("phase") not in _PHASES:
            return None
        return cls(**{name: value for name, value in fields.items() if name in cls._fields and _fits(name, value)})


def _fits(name: str, value: object) -> bool:
    """Whether ``value`` is of the kind that the field ``name`` of a view has."""
    if name == "problem":
        return value is None or value in _PROBLEMS
    if name == "expires_in":
        return _is_time(value) and value >= 0  # type: ignore[operator]
    if name == "deadline":
        return value is None or _is_time(value)
    return isinstance(value, str)


def _is_time(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LONGEST_TIME


def view_of(request: str, state: SignIn) -> View:
    """What may be seen of ``state``. The code is shown only while it can be used."""
    view = View(
        request=request,
        phase=state.phase.value,
        account_name=state.account.name if state.account else "",
        problem=state.problem.value if isinstance(state.problem, Problem) else None,
        server_message=state.server_message,
    )
    authorization = state.authorization
    if authorization is None or not state.polls:
        return view
    return view._replace(
        user_code=authorization.user_code.reveal(),
        verification_uri=authorization.verification_uri,
        verification_uri_complete=authorization.verification_uri_complete.reveal(),
        expires_in=authorization.expires_in,
        deadline=state.deadline,
    )


CONNECTED_STAYS = 5.0
"""Seconds that "Connected" is shown before the dialog closes by itself."""
LAST_MINUTE = 60.0
"""Seconds before its end from which the dialog says that a code is about to run out."""
PROGRESS_STEP = 0.1
"""Percent; about two pixels of a bar across 1920: a smaller step can't be seen."""


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
BUTTONS_IF_READ_ONLY = (Button.TRY_AGAIN, Button.CLOSE)
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
    last_minute: bool
    buttons: tuple[Button, ...]

    @property
    def closes_itself(self) -> bool:
        """Whether there is nothing left to read or to decide: the dialog may go after :data:`CONNECTED_STAYS`."""
        return self.phase is Phase.CONNECTED and self.problem is None


def screen_of(view: View, now: float) -> Screen:
    """The screen for ``view`` at ``now``, in seconds on the clock of ``view.deadline``."""
    phase = Phase.STARTING if view.phase == IDLE else Phase(view.phase)
    read_only = phase is Phase.CONNECTED and view.problem is not None
    seconds_left = None if view.deadline is None else max(0.0, view.deadline - now)
    whole_seconds = math.ceil(seconds_left or 0.0)
    return Screen(
        phase=phase,
        sign=READ_ONLY if read_only else _SIGNS.get(phase, phase.value),
        code=view.user_code,
        address=view.verification_uri.partition("://")[2],
        whole_address=view.verification_uri_complete,
        account_name=view.account_name,
        problem=view.problem,
        server_message=view.server_message,
        progress=_percent(seconds_left or 0.0, view.expires_in),
        time_left="" if seconds_left is None else f"{whole_seconds // 60}:{whole_seconds % 60:02d}",
        last_minute=seconds_left is not None and whole_seconds <= LAST_MINUTE,
        buttons=BUTTONS_IF_READ_ONLY if read_only else BUTTONS[phase],
    )


def _percent(seconds_left: float, expires_in: float) -> float:
    """What is left of a code's life, in steps that can be seen.

    If a second is a small step of the bar, the bar moves with the seconds beside it: then the screen is drawn once a
    second, not twice.
    """
    if not expires_in:
        return 0.0
    seconds = math.ceil(seconds_left) if 100.0 / expires_in < 3 * PROGRESS_STEP else seconds_left
    percent = 100.0 * min(1.0, seconds / expires_in)
    return round(round(percent / PROGRESS_STEP) * PROGRESS_STEP, 2)
