"""What a token is for: ``POST /users/settings``, which tells whose token it is (Simkl's API reference)."""

from __future__ import annotations

from .bodies import json_object
from .messages import Request, Response, json_response
from .requirements import require_user
from .state import State


def settings(state: State, request: Request) -> Response:
    """The account behind the token."""
    account = require_user(state, request).account
    json_object(request)
    body = {
        "user": {"name": account.name, "avatar": account.avatar},
        "account": {"id": account.id, "timezone": account.timezone, "type": account.type},
    }
    return json_response(200, body, "identified")
