"""The same behaviour, as each flow's server words it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Callable

from simkl_connect.pin import PinFlow
from simkl_connect.wire import Response

ACCESS_TOKEN = "c0ffee" * 10 + "cafe"


def answer(body: object, status: int = 200, **headers: str) -> Response:
    return Response(status, {"content-type": "application/json", **headers}, json.dumps(body).encode())


def account(name: object = "Ada") -> Response:
    return answer({"user": {"name": name}, "account": {"id": 12345, "type": "free"}})


@dataclass(frozen=True)
class FlowCase:
    """One flow and its server's words."""

    name: str
    flow: Callable[[], PinFlow]
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
    flow=PinFlow,
    user_code="5G6JA",
    uri_complete="https://simkl.com/pin/5G6JA",
    pending=answer({"result": "KO", "message": "Authorization pending"}),
    slow_down=answer({"result": "KO", "message": "Slow down"}),
    granted=answer({"result": "OK", "access_token": ACCESS_TOKEN}),
    code_gone=answer({**PIN_BODY, "user_code": "NEW99"}),
    client_refused=answer({"error": "client_id_failed", "code": 412, "message": "no"}, 412),
    _issued=PIN_BODY,
)
FLOWS = [PIN]
