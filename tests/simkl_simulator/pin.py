"""V1: the PIN flow, ``/oauth/pin`` and ``/oauth/pin/{user_code}``.

Facts from Simkl's API reference (api.simkl.org, "PIN" pages) unless said otherwise.
"""

from __future__ import annotations

from .messages import Refused, Request, Response, api_error, json_response
from .model import UserCode
from .requirements import number, require_app_details, require_client
from .state import State

VERIFICATION_URI = "https://simkl.com/pin"


def start(state: State, request: Request) -> Response:
    """Step 1: a new code."""
    client_id = _require_v1(state, request)
    return _code(state.new_pin(client_id), "code")


def poll(state: State, request: Request, user_code: str) -> Response:
    """Step 3: has somebody approved the code?

    V1 knows no denial: a denied code stays pending until it expires. A code that is used, expired or unknown gets a new
    one that nobody asked for. An approved one is answered once and deleted.
    """
    client_id = _require_v1(state, request)
    code = state.pin(client_id, user_code)
    if code is None:
        return _code(state.new_pin(client_id), "fresh_code")
    if code.polled_too_early(state.clock()):
        return _not_yet("Slow down", "slow_down")
    if code.account is None:
        return _not_yet("Authorization pending", "pending")
    grant = state.grant(code, code.account)
    state.delete(code)
    return json_response(200, {"result": "OK", "access_token": grant.access_token}, "granted")


def _require_v1(state: State, request: Request) -> str:
    if state.behaviour.pin_retired:
        raise Refused(api_error(410, "gone", "the PIN flow has been retired"))
    client_id = require_client(state, request)
    if state.clients[client_id] != "v1":
        raise Refused(api_error(400, "unauthorized_client", "this client_id signs in at /oauth2/device"))
    require_app_details(request)
    return client_id


def _code(code: UserCode, outcome: str) -> Response:
    body = {
        "result": "OK",
        "device_code": code.device_code,
        "user_code": code.user_code,
        "verification_uri": VERIFICATION_URI,
        "verification_url": VERIFICATION_URI,
        "expires_in": number(code.expires_in),
        "interval": number(code.interval),
    }
    return json_response(200, body, outcome)


def _not_yet(message: str, outcome: str) -> Response:
    return json_response(200, {"result": "KO", "message": message}, outcome)
