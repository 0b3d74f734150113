"""The command line's way into a running server: ``/_simulator/...``, for callers on the same machine only."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Callable

from .messages import Refused, Request, Response, error_for, json_response
from .state import State, UnknownCode


def codes(state: State, request: Request) -> Response:
    """The user codes that wait for a decision, newest last."""
    _require_loopback(request)
    return json_response(200, [code.user_code for code in state.waiting_codes()], "codes")


def approve(state: State, request: Request) -> Response:
    """Say yes to the form's ``code``."""
    return _decide(request, state.allow)


def deny(state: State, request: Request) -> Response:
    """Say no to the form's ``code``."""
    return _decide(request, state.deny)


def _decide(request: Request, decide: Callable[[str], None]) -> Response:
    _require_loopback(request)
    try:
        decide((request.form() or {}).get("code", ""))
    except UnknownCode:
        raise Refused(error_for(request.path, 404, "unknown_code", "no such code waits for a decision")) from None
    return json_response(200, {"result": "OK"}, "decided")


def _require_loopback(request: Request) -> None:
    if not ip_address(request.peer).is_loopback:
        raise Refused(error_for(request.path, 404, "url_failed", "no such path"))
