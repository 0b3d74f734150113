"""The same behaviour, as each flow's server words it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Callable

from simkl_connect.auth.device_flow import DeviceFlow
from simkl_connect.auth.flow_choice import Flow
from simkl_connect.auth.pin_flow import PinFlow
from simkl_connect.http.messages import Response
from simkl_connect.models import Secret

CLIENT_ID = "client-id"
NOW = 1_800_000_000.0
ACCESS_TOKEN = "c0ffee" * 10 + "cafe"


def answer(body: object, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"content-type": "application/json", **named}, json.dumps(body).encode())


def account(name: object = "Ada") -> Response:
    return answer({"user": {"name": name}, "account": {"id": 12345, "type": "free"}})


@dataclass(frozen=True)
class FlowCase:
    """One flow and its server's words."""

    name: str
    flow: Callable[[], Flow]
    user_code: str
    uri_complete: str
    pending: Response
    slow_down: Response
    granted: Response
    code_gone: Response
    client_refused: Response
    _issued: dict[str, object]

    def issued(self, **changed: object) -> Response:
        return answer({**self._issued, **changed})


PIN_BODY: dict[str, object] = {
    "result": "OK",
    "device_code": "DEVICE_CODE",
    "user_code": "5G6JA",
    "verification_uri": "https://simkl.com/pin",
    "verification_url": "https://simkl.com/pin",
    "expires_in": 900,
    "interval": 5,
}
PIN = FlowCase(
    name="pin",
    flow=lambda: PinFlow(CLIENT_ID),
    user_code="5G6JA",
    uri_complete="https://simkl.com/pin/5G6JA",
    pending=answer({"result": "KO", "message": "Authorization pending"}),
    slow_down=answer({"result": "KO", "message": "Slow down"}),
    granted=answer({"result": "OK", "access_token": ACCESS_TOKEN}),
    code_gone=answer({**PIN_BODY, "user_code": "NEW99"}),
    client_refused=answer({"error": "client_id_failed", "code": 412, "message": "no"}, 412),
    _issued=PIN_BODY,
)
DEVICE_BODY: dict[str, object] = {
    "device_code": "a-device-code-nobody-may-see",
    "user_code": "BDWP-HQPK",
    "verification_uri": "https://simkl.com/pin",
    "verification_uri_complete": "https://simkl.com/pin?user_code=BDWP-HQPK",
    "expires_in": 900,
    "interval": 5,
}
TOKEN_BODY: dict[str, object] = {
    "access_token": ACCESS_TOKEN,
    "refresh_token": "simkl_rt_1",
    "token_type": "bearer",
    "expires_in": 604800,
    "scope": "media:read media:write",
}
DEVICE = FlowCase(
    name="device",
    flow=lambda: DeviceFlow(CLIENT_ID, Secret("verifier"), lambda: NOW),
    user_code="BDWP-HQPK",
    uri_complete="https://simkl.com/pin?user_code=BDWP-HQPK",
    pending=answer({"error": "authorization_pending"}, 400),
    slow_down=answer({"error": "slow_down"}, 400),
    granted=answer(TOKEN_BODY),
    code_gone=answer({"error": "expired_token"}, 400),
    client_refused=answer({"error": "invalid_client"}, 401),
    _issued=DEVICE_BODY,
)
FLOWS = [PIN, DEVICE]
