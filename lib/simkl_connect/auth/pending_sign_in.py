"""A sign-in that outlives the process: what is needed to go on polling for the same code after a restart."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Callable

from ..api.parsing import (
    EXPIRES_IN,
    INTERVAL,
    LONGEST_EXPIRES_IN,
    LONGEST_INTERVAL,
    BadAnswer,
    read_seconds,
    read_secret,
    read_user_code,
    read_verification_uri,
)
from ..errors import StorageFailed
from ..models import DeviceAuthorization, Secret
from .device_flow import DeviceFlow
from .flow_choice import FlowChoice
from .phases import Phase
from .state_machine import SignIn

if TYPE_CHECKING:
    from ..storage.database import Database

ONE_MORE_POLL = 5.0
"""Seconds beyond the interval for a code whose time seems to be over: only the server knows, the clock may be wrong."""
PREFIX = "sign_in."
"""What the names of its values in the database begin with."""
_NAMES = (
    "request",
    "client_id",
    "flow",
    "verifier",
    "user_code",
    "device_code",
    "verification_uri",
    "verification_uri_complete",
    "expires_in",
    "interval",
    "deadline",
    "boot_id",
    "expires_at",
)

_log = logging.getLogger(__name__)


class PendingSignIn:
    """Remembers one sign-in in the database.

    ``clock`` gives seconds that can be compared within one ``boot_id``; ``wall_clock`` Unix seconds, which can be
    wrong by years on a device without a battery, and so never shortens or prolongs a code's life alone.
    """

    def __init__(
        self, database: Database, clock: Callable[[], float], wall_clock: Callable[[], float], boot_id: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._wall_clock = wall_clock
        self._boot_id = boot_id

    def remember(self, request: str, choice: FlowChoice, state: SignIn) -> None:
        """Remembers a sign-in that waits for the user's decision."""
        authorization = state.authorization
        if authorization is None or state.deadline is None:
            return
        values = (
            request,
            choice.client_id,
            choice.flow.name,
            choice.flow.verifier.reveal() if choice.flow.verifier else "",
            authorization.user_code.reveal(),
            authorization.device_code.reveal() if authorization.device_code else "",
            authorization.verification_uri,
            authorization.verification_uri_complete.reveal(),
            repr(authorization.expires_in),
            repr(state.interval),
            repr(state.deadline),
            self._boot_id,
            repr(self._wall_clock() + state.deadline - self._clock()),
        )
        self._write(dict(zip(_NAMES, values)))

    def forget(self) -> None:
        """The sign-in is over."""
        self._write(dict.fromkeys(_NAMES, ""))

    def recall(self) -> tuple[str, FlowChoice, SignIn] | None:
        """Request id, flow and state of the sign-in that was cut off, if there is one that can be taken up.

        What is stored may come from another version of the add-on, or from a damaged disk: it is read as a response is.
        """
        try:
            values = {name: self._database.read(PREFIX + name) for name in _NAMES}
        except StorageFailed as failed:
            _log.warning("sign-in not recalled: %s", failed)
            return None
        if not any(values.values()):
            return None
        try:
            return self._recalled(values)
        except BadAnswer as bad:
            _log.warning("a stored sign-in is passed over: %s", bad)
            self.forget()
            return None

    def _recalled(self, values: dict[str, str]) -> tuple[str, FlowChoice, SignIn]:
        """Raises BadAnswer."""
        user_code = read_user_code(values)
        is_device_flow = values["flow"] == DeviceFlow.name
        uri = read_verification_uri(values["verification_uri"])
        authorization = DeviceAuthorization(
            user_code=user_code,
            verification_uri=uri,
            verification_uri_complete=Secret(read_verification_uri(values["verification_uri_complete"], uri)),
            expires_in=read_seconds(values, "expires_in", EXPIRES_IN, LONGEST_EXPIRES_IN),
            interval=read_seconds(values, "interval", INTERVAL, LONGEST_INTERVAL),
            device_code=read_secret(values, "device_code") if is_device_flow else None,
        )
        client_id = read_secret(values, "client_id").reveal()
        verifier = read_secret(values, "verifier") if values["verifier"] else None
        left, now = self._seconds_left(values, authorization), self._clock()
        state = SignIn(
            phase=Phase.WAITING,
            asked_at=now + left - authorization.expires_in,
            authorization=authorization,
            interval=authorization.interval,
            due=now + authorization.interval,
            deadline=now + left,
        )
        return values["request"], FlowChoice(client_id, values["flow"], verifier), state

    def _seconds_left(self, values: dict[str, str], authorization: DeviceAuthorization) -> float:
        if self._boot_id and values["boot_id"] == self._boot_id:
            left = _moment(values["deadline"]) - self._clock()
        else:
            left = _moment(values["expires_at"]) - self._wall_clock()
        return min(max(left, authorization.interval + ONE_MORE_POLL), authorization.expires_in)

    def _write(self, values: dict[str, str]) -> None:
        try:
            self._database.write({PREFIX + name: value for name, value in values.items()})
        except StorageFailed as failed:
            _log.warning("sign-in not remembered or forgotten: %s", failed)


def _moment(text: str) -> float:
    """0 for what is no moment: long ago."""
    try:
        moment = float(text)
    except ValueError:
        return 0.0
    return moment if math.isfinite(moment) else 0.0
