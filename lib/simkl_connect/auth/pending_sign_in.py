"""A sign-in that outlives the process: what is needed to go on polling for the same code after a restart."""

from __future__ import annotations

import logging
from typing import Callable

from ..models import DeviceAuthorization, Secret
from ..storage.journal import Journal
from .flow_choice import FlowChoice
from .phases import Phase
from .state_machine import SignIn

ONE_MORE_POLL = 5.0
"""Seconds beyond the interval for a code whose time seems to be over: only the server knows, the clock may be wrong."""

_log = logging.getLogger(__name__)


class PendingSignIn:
    """Remembers one sign-in in a journal of its own.

    ``clock`` gives seconds that can be compared within one ``boot_id``; ``wall_clock`` Unix seconds, which can be
    wrong by years on a box without a battery, and so never shortens or prolongs a code's life alone.
    """

    def __init__(
        self, journal: Journal, clock: Callable[[], float], wall_clock: Callable[[], float], boot_id: str
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._wall_clock = wall_clock
        self._boot_id = boot_id

    def remember(self, request: str, choice: FlowChoice, state: SignIn) -> None:
        """Remembers a sign-in that waits."""
        authorization = state.authorization
        if authorization is None or state.deadline is None:
            return
        values = {
            "request": request,
            "client_id": choice.client_id,
            "flow": choice.flow.name,
            "verifier": choice.flow.verifier.reveal() if choice.flow.verifier else "",
            "user_code": authorization.user_code.reveal(),
            "device_code": authorization.device_code.reveal() if authorization.device_code else "",
            "verification_uri": authorization.verification_uri,
            "verification_uri_complete": authorization.verification_uri_complete.reveal(),
            "expires_in": repr(authorization.expires_in),
            "interval": repr(state.interval),
            "deadline": repr(state.deadline),
            "boot_id": self._boot_id,
            "expires_at": repr(self._wall_clock() + state.deadline - self._clock()),
        }
        try:
            self._journal.write(values)
        except OSError as error:
            _log.warning("sign-in not remembered: %s", error.strerror or type(error).__name__)

    def forget(self) -> None:
        """The sign-in is over."""
        try:
            self._journal.remove()
        except OSError as error:
            _log.warning("sign-in not forgotten: %s", error.strerror or type(error).__name__)

    def recall(self) -> tuple[str, FlowChoice, SignIn] | None:
        """Request id, flow and state of the sign-in that was cut off, if there is one."""
        values = self._journal.read()
        if not values:
            return None
        try:
            authorization = DeviceAuthorization(
                user_code=Secret(values["user_code"]),
                verification_uri=values["verification_uri"],
                verification_uri_complete=Secret(values["verification_uri_complete"]),
                expires_in=float(values["expires_in"]),
                interval=float(values["interval"]),
                device_code=Secret(values["device_code"]) if values["device_code"] else None,
            )
            verifier = Secret(values["verifier"]) if values["verifier"] else None
            choice = FlowChoice(values["client_id"], values["flow"], verifier)
            left = self._seconds_left(values, authorization)
        except (KeyError, ValueError):  # written by another version of the add-on
            self.forget()
            return None
        now = self._clock()
        state = SignIn(
            phase=Phase.WAITING,
            asked_at=now + left - authorization.expires_in,
            authorization=authorization,
            interval=authorization.interval,
            due=now + authorization.interval,
            deadline=now + left,
        )
        return values["request"], choice, state

    def _seconds_left(self, values: dict[str, str], authorization: DeviceAuthorization) -> float:
        if self._boot_id and values["boot_id"] == self._boot_id:
            left = float(values["deadline"]) - self._clock()
        else:
            left = float(values["expires_at"]) - self._wall_clock()
        return min(max(left, authorization.interval + ONE_MORE_POLL), authorization.expires_in)
