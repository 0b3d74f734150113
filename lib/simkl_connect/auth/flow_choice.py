"""Simkl's two ways to sign in a device, and which of them a client id goes with.

A client id belongs to one of the two. Nothing in it tells which: the server does, by refusing the other.
"""

from __future__ import annotations

from typing import Union

from ..errors import Problem
from ..models import Secret
from .device_flow import DeviceFlow
from .events import FlowNotSupported, PkceNotSupported
from .pin_flow import PinFlow

Flow = Union[PinFlow, DeviceFlow]


class FlowChoice:
    """The flow for one sign-in: the one that worked last for ``client_id`` first, the PIN flow for an unknown id.

    ``verifier`` is for PKCE, None to do without. ``refusal`` is the most telling of those met on the way.
    """

    def __init__(self, client_id: str, worked_last: str, verifier: Secret | None = None) -> None:
        self.client_id = client_id
        self.refusal: FlowNotSupported | None = None
        flows: list[Flow] = [PinFlow(client_id), DeviceFlow(client_id, verifier)]
        self.flow = flows.pop(1 if worked_last == DeviceFlow.name else 0)
        self._others = flows

    def try_next(self, refusal: FlowNotSupported) -> bool:
        """Turn to the next flow after ``refusal``; false if there is none left."""
        if isinstance(refusal, PkceNotSupported):
            self.flow = DeviceFlow(self.client_id, verifier=None)
            return True
        if self.refusal is None or refusal.problem is Problem.CLIENT_ID_REFUSED:
            self.refusal = refusal
        if not self._others:
            return False
        self.flow = self._others.pop()
        return True
