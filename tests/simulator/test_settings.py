"""POST /users/settings."""

from __future__ import annotations

from typing import Any

import pytest
from simkl_simulator import ManualClock, Simulator

from .calling import Caller, PinCaller
from .conftest import MakeSimulator

FIVE_YEARS = 5 * 365 * 86400.0


def test_a_token_tells_whose_it_is(make_simkl: MakeSimulator, clock: ManualClock) -> None:
    caller = PinCaller(make_simkl(account_name="Grace Höpper", account_id=7), "id-v1")
    body = caller.settings(caller.signed_in(clock)).json()
    assert body["user"]["name"] == "Grace Höpper"
    assert set(body["user"]) == {"name", "avatar"}
    assert body["account"]["id"] == 7
    assert set(body["account"]) == {"id", "timezone", "type"}


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer", "Bearer "])
def test_a_request_without_a_token_is_told_so(v1: PinCaller, header: str | None) -> None:
    answer = v1.send("POST", "/users/settings", headers={"Authorization": header}, json={})
    assert (answer.status_code, answer.json()["error"]) == (401, "user_token_required")


def test_an_unknown_token_fails(v1: PinCaller) -> None:
    answer = v1.settings("0" * 64)
    assert (answer.status_code, answer.json()["error"]) == (401, "user_token_failed")


def test_a_revoked_token_fails(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    token = v1.signed_in(clock)
    simkl.revoke(token)
    assert v1.settings(token).json()["error"] == "user_token_failed"
    with pytest.raises(LookupError):
        simkl.revoke(token)


def test_an_expired_token_fails(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    token = v1.signed_in(clock)
    simkl.expire(token)
    assert v1.settings(token).json()["error"] == "user_token_failed"


def test_a_v1_token_lives_about_five_years(v1: PinCaller, clock: ManualClock) -> None:
    token = v1.signed_in(clock)
    clock.advance(FIVE_YEARS - 1)
    assert v1.settings(token).status_code == 200
    clock.advance(1)
    assert v1.settings(token).status_code == 401


def test_a_token_works_for_its_own_client_only(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    answer = Caller(simkl, "other-v1").settings(v1.signed_in(clock))
    assert answer.json()["error"] == "user_token_failed"


def test_the_client_is_checked_before_the_token(v1: PinCaller) -> None:
    assert v1.settings("x", query={"client_id": "unknown"}).status_code == 412


def test_app_details_are_checked(v1: PinCaller) -> None:
    assert v1.settings("x", query={"app-name": None}).json()["error"] == "missing_parameter"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": b""},
        {"json": []},
        {"data": "{}"},
        {"data": {"a": "b"}},
        {"data": b"{", "type": "application/json"},
        {"data": b"\xff", "type": "application/json"},
    ],
    ids=["none", "empty", "a list", "no type", "a form", "cut", "no text"],
)
def test_the_body_must_be_a_json_object(v1: PinCaller, clock: ManualClock, body: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {v1.signed_in(clock)}", "Content-Type": body.pop("type", None)}
    answer = v1.send("POST", "/users/settings", headers=headers, **body)
    assert (answer.status_code, answer.json()["error"]) == (400, "body_failed")


def test_no_call_passes_beyond_the_daily_quota(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    token = v1.signed_in(clock)
    simkl.exhaust_quota(retry_after=7200)
    clock.advance(0.5)
    answer = v1.settings(token)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7200")
    assert answer.json()["error"] == "user_limit_exceeded"
    clock.advance(7199.5)
    assert v1.settings(token).status_code == 200
