"""Secrets stay secret, whatever is printed."""

from __future__ import annotations

import pytest
from simkl_connect.auth.events import CodeIssued, Granted
from simkl_connect.auth.state_machine import SignIn
from simkl_connect.http.messages import Request, Response
from simkl_connect.models import DeviceAuthorization, Secret, Token
from simkl_connect.ui.view import View

CANARY = "CANARY"
SECRET = Secret(CANARY)
AUTHORIZATION = DeviceAuthorization(SECRET, "https://simkl.com/pin", SECRET, 900.0, 5.0, SECRET)
TOKEN = Token(SECRET, SECRET, 0.0, "scope")


@pytest.mark.parametrize(
    "value",
    [
        SECRET,
        AUTHORIZATION,
        TOKEN,
        Granted(TOKEN),
        CodeIssued(AUTHORIZATION),
        SignIn(authorization=AUTHORIZATION),
        Request("GET", f"/oauth/pin/{CANARY}", {"device_code": CANARY}, {"token": CANARY}, SECRET),
        Response(200, {"x": CANARY}, CANARY.encode()),
        View(user_code=CANARY, verification_uri_complete=CANARY),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_way_of_printing_shows_a_secret(value: object) -> None:
    assert CANARY not in f"{value!r} {value} {[value]}"


def test_secrets_compare_by_what_they_hide() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != "a"
