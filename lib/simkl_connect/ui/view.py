"""What the service shows of a sign-in to whoever displays it: one JSON value that holds no secret but the user code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from ..auth.phases import Phase
from ..errors import Problem

if TYPE_CHECKING:
    from ..auth.state_machine import SignIn

IDLE = "idle"
_PHASES = (IDLE, *(phase.value for phase in Phase))


class View(NamedTuple):
    """A snapshot. ``phase`` is :data:`IDLE` or a value of :class:`~simkl_connect.auth.phases.Phase`.

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

        A service of another version may have written it: what it says beyond this version's words is passed over.
        """
        try:
            fields = json.loads(text)
        except ValueError:
            return None
        if not isinstance(fields, dict) or fields.get("phase") not in _PHASES:
            return None
        return cls(**{name: value for name, value in fields.items() if name in cls._fields})


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
    return View(
        request=view.request,
        phase=view.phase,
        problem=view.problem,
        user_code=authorization.user_code.reveal(),
        verification_uri=authorization.verification_uri,
        verification_uri_complete=authorization.verification_uri_complete.reveal(),
        expires_in=authorization.expires_in,
        deadline=state.deadline,
    )
