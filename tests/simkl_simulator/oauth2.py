"""V2: the device authorization grant (RFC 8628), refresh (RFC 6749, section 6) and revocation (RFC 7009).

What is Simkl's own (the scopes, token shapes, lives, and that refresh tokens don't rotate) comes from public clients of
Simkl's V2 sign-in.
"""

from __future__ import annotations

import re
from typing import Mapping

from .messages import Refused, Request, Response, json_response, oauth_error
from .model import SLOW_DOWN_STEP, Grant
from .pin import VERIFICATION_URI
from .requirements import WRITE, number, require_app_details, require_quota
from .state import ACCESS_TOKEN_LIFE, State

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
READ = "media:read"
S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def device(state: State, request: Request) -> Response:
    """Device authorization: a new pair of codes."""
    form = _require_form(request)
    client_id = _require_v2(state, request, form)
    code = state.new_device_code(client_id, _granted_scope(form), _challenge(state, form))
    body = {
        "device_code": code.device_code,
        "user_code": code.user_code,
        "verification_uri": VERIFICATION_URI,
        "verification_uri_complete": f"{VERIFICATION_URI}?user_code={code.user_code}",
        "expires_in": number(code.expires_in),
        "interval": number(code.interval),
    }
    return json_response(200, body, "code", NO_STORE)


def token(state: State, request: Request) -> Response:
    """A poll with the device code, or a refresh."""
    form = _require_form(request)
    client_id = _require_v2(state, request, form)
    grant_type = _field(form, "grant_type")
    if grant_type == DEVICE_GRANT:
        return _redeem(state, client_id, form)
    if grant_type == "refresh_token":
        return _refresh(state, request, client_id, form)
    raise _refused("unsupported_grant_type", f"grant_type must be {DEVICE_GRANT} or refresh_token")


def revoke(state: State, request: Request) -> Response:
    """End the whole grant, whichever of its tokens is given. 200 also for tokens that mean nothing (RFC 7009)."""
    form = _require_form(request)
    client_id = _require_v2(state, request, form)
    grant = state.by_any(_field(form, "token"))
    if grant is None or grant.client_id != client_id:
        return json_response(200, {}, "nothing_to_revoke", NO_STORE)
    state.end(grant)
    return json_response(200, {}, "revoked", NO_STORE)


def _require_form(request: Request) -> Mapping[str, str]:
    form = request.form()
    if form is None:
        raise _refused("invalid_request", "the body must be form-encoded and name each field once")
    return form


def _require_v2(state: State, request: Request, form: Mapping[str, str]) -> str:
    """The client id: in the form, and the same if the query or ``simkl-api-key`` repeats it."""
    client_id = _field(form, "client_id")
    elsewhere = {request.query.get("client_id", client_id), request.headers.get("simkl-api-key", client_id)}
    if state.clients.get(client_id) != "v2" or elsewhere != {client_id}:
        raise Refused(oauth_error(401, "invalid_client", "client_id is not that of an AUTH V2 app"))
    require_app_details(request, "invalid_request")
    return client_id


def _field(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise _refused("invalid_request", f"missing parameter {name}")
    return form[name]


def _granted_scope(form: Mapping[str, str]) -> str:
    """What was asked for and exists. Reading is always granted: a missing or misspelt scope is no error."""
    asked = form.get("scope", "").split(" ")
    return f"{READ} {WRITE}" if WRITE in asked else READ


def _challenge(state: State, form: Mapping[str, str]) -> str:
    """The PKCE challenge (RFC 7636, section 4.3); only S256, the method must be named."""
    challenge, method = form.get("code_challenge", ""), form.get("code_challenge_method", "")
    if not challenge and not method:
        return ""
    if not state.behaviour.pkce:
        raise _refused("invalid_request", "unknown parameter code_challenge")
    if method != "S256" or not S256_CHALLENGE.fullmatch(challenge):
        raise _refused("invalid_request", "code_challenge must be 43 base64url characters, its method S256")
    return challenge


def _redeem(state: State, client_id: str, form: Mapping[str, str]) -> Response:
    """One poll (RFC 8628, section 3.5).

    The order of the questions is this simulator's own, and harder on a client than it need be: a decided code that is
    polled too early gets ``slow_down`` here, where other servers answer at once.
    """
    code = state.device(client_id, _field(form, "device_code"))
    if code is None or code.redeemed:
        raise _refused("invalid_grant", "the device code is unknown or has been used")
    if code.expired(state.clock()):
        raise _refused("expired_token", "the device code has expired")
    if code.polled_too_early(state.clock()):
        code.interval += SLOW_DOWN_STEP
        raise _refused("slow_down", f"wait {number(code.interval)} seconds between polls")
    if code.denied and state.behaviour.denies:
        raise _refused("access_denied", "the user said no")
    if code.account is None:
        raise _refused("authorization_pending", "the user has not decided yet")
    if not code.verified_by(form.get("code_verifier")):
        raise _refused("invalid_grant", "the code verifier does not match the code challenge")
    return _tokens(state.grant(code, code.account), "granted")


def _refresh(state: State, request: Request, client_id: str, form: Mapping[str, str]) -> Response:
    grant = state.by_refresh(client_id, _field(form, "refresh_token"))
    if grant is None:
        raise _refused("invalid_grant", "the refresh token is unknown, expired or revoked")
    require_quota(state, request)
    state.refresh(grant)
    return _tokens(grant, "refreshed", names_refresh_token=state.behaviour.rotate or state.behaviour.repeats)


def _tokens(grant: Grant, outcome: str, names_refresh_token: bool = True) -> Response:
    body: dict[str, object] = {
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token,
        "token_type": "bearer",
        "expires_in": number(ACCESS_TOKEN_LIFE),
        "scope": grant.scope,
    }
    if not names_refresh_token:
        del body["refresh_token"]
    return json_response(200, body, outcome, NO_STORE)


def _refused(error: str, description: str) -> Refused:
    return Refused(oauth_error(400, error, description))
