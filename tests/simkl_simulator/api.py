"""What a token is for: ``POST /users/settings``, which tells whose token it is (Simkl's API reference)."""

from __future__ import annotations

import json

from .messages import Refused, Request, Response, api_error, json_response
from .model import Grant
from .requirements import require_app_details, require_client, require_quota
from .state import State


def settings(state: State, request: Request) -> Response:
    """The account behind the token."""
    client_id = require_client(state, request)
    require_app_details(request)
    grant = _require_grant(state, request, client_id)
    require_quota(state, request)
    _require_json_object(request)
    account = grant.account
    body = {
        "user": {"name": account.name, "avatar": account.avatar},
        "account": {"id": account.id, "timezone": account.timezone, "type": account.type},
    }
    return json_response(200, body, "identified")


def _require_grant(state: State, request: Request, client_id: str) -> Grant:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused(api_error(401, "user_token_required", "this request needs a user's token"))
    grant = state.by_access(client_id, token.strip())
    if grant is None:
        raise Refused(api_error(401, "user_token_failed", "the token is invalid, expired or revoked"))
    return grant


def _require_json_object(request: Request) -> None:
    """The body is a JSON object, ``{}``. The error's name is this simulator's own."""
    problem = api_error(400, "body_failed", "the body must be a JSON object, sent as application/json")
    if request.content_type != "application/json":
        raise Refused(problem)
    try:
        value = json.loads(request.body)
    except ValueError:  # neither JSON nor Unicode
        raise Refused(problem) from None
    if not isinstance(value, dict):
        raise Refused(problem)
