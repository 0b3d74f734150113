"""What Simkl asks of every request to its API: who is calling, and how often."""

from __future__ import annotations

import math

from .messages import Refused, Request, api_error, error_for
from .model import Grant
from .state import State

WRITE = "media:write"
"""The scope that a V2 token needs to change anything; V1 tokens have no scopes and may do all."""


def presented_client_id(request: Request) -> str:
    """The client id of the query, or of the header ``simkl-api-key``; empty if there is none or they contradict."""
    given = {request.query.get("client_id", ""), request.headers.get("simkl-api-key", "")} - {""}
    return given.pop() if len(given) == 1 else ""


def require_client(state: State, request: Request) -> str:
    """The known client id of the request, or 412."""
    client_id = presented_client_id(request)
    if client_id not in state.clients:
        raise Refused(error_for(request.path, 412, "client_id_failed", "client_id is missing or wrong"))
    return client_id


def require_app_details(request: Request, error: str = "missing_parameter") -> None:
    """Name, version and User-Agent of the app, or 400 with the name of what is missing.

    Simkl's reference calls all three required. Whether the real server refuses without them is not known: here it does.
    """
    given = {
        "app-name": request.query.get("app-name"),
        "app-version": request.query.get("app-version"),
        "User-Agent": request.headers.get("user-agent"),
    }
    for name, value in given.items():
        if not value:
            raise Refused(error_for(request.path, 400, error, f"missing parameter {name}"))


def require_rate(state: State, request: Request) -> None:
    """Within the limits per second, or 429 with ``Retry-After``. Unknown clients have nothing to count by."""
    client_id = presented_client_id(request) or (request.form() or {}).get("client_id", "")
    if not state.behaviour.rate_limits or client_id not in state.clients:
        return
    wait = state.limits.seconds_to_wait(client_id, request.method, request.path, state.clock())
    if wait > 0:
        message = f"too many {request.method} requests per second"
        raise Refused(error_for(request.path, 429, "rate_limit", message, retry_after(wait)))


def require_quota(state: State, request: Request) -> None:
    """Within the account's daily quota, or 429 with ``Retry-After``."""
    wait = state.seconds_without_quota()
    if wait > 0:
        message = "daily limit of this user reached"
        raise Refused(error_for(request.path, 429, "user_limit_exceeded", message, retry_after(wait)))


def require_user(state: State, request: Request) -> Grant:
    """A known client, its details, its user's live token, and calls left for today."""
    client_id = require_client(state, request)
    require_app_details(request)
    grant = _require_grant(state, request, client_id)
    require_quota(state, request)
    return grant


def require_writer(state: State, request: Request) -> Grant:
    """As require_user, with a token that may write, or 403."""
    grant = require_user(state, request)
    if grant.scope and WRITE not in grant.scope.split(" "):
        raise Refused(api_error(403, "insufficient_scope", f"this needs the scope {WRITE}"))
    return grant


def require_unlocked(state: State) -> None:
    """No other write of this user under way, or 400: Simkl lets them queue and gives up after about 20 seconds."""
    if state.media.locked:
        raise Refused(api_error(400, "RATE_LIMIT", "another write of this user is under way"))


def _require_grant(state: State, request: Request, client_id: str) -> Grant:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused(api_error(401, "user_token_required", "this request needs a user's token"))
    grant = state.by_access(client_id, token.strip())
    if grant is None:
        raise Refused(api_error(401, "user_token_failed", "the token is invalid, expired or revoked"))
    return grant


def retry_after(seconds: float) -> dict[str, str]:
    """The header, in whole seconds, rounded up."""
    return {"Retry-After": str(math.ceil(seconds))}


def number(seconds: float) -> float:
    """Seconds for a JSON body: whole ones without a decimal point, as Simkl writes them."""
    return int(seconds) if seconds == int(seconds) else seconds
