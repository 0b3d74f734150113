"""What is asked of every request to the API."""

from __future__ import annotations

import pytest
from simkl_simulator import ManualClock, Simulator

from .calling import Caller, DeviceCaller, PinCaller
from .conftest import MakeSimulator


@pytest.mark.parametrize("client_id", [None, "", "unknown"])
def test_a_missing_or_unknown_client_id_is_refused(v1: PinCaller, client_id: str | None) -> None:
    answer = v1.get("/oauth/pin", query={"client_id": client_id})
    body = answer.json()
    assert answer.status_code == 412
    assert (body["error"], body["code"]) == ("client_id_failed", 412)
    assert isinstance(body["message"], str)


def test_the_client_id_may_come_as_a_header(v1: PinCaller) -> None:
    answer = v1.get("/oauth/pin", query={"client_id": None}, headers={"simkl-api-key": "id-v1"})
    assert answer.status_code == 200


def test_two_different_client_ids_are_refused(v1: PinCaller) -> None:
    assert v1.get("/oauth/pin", headers={"simkl-api-key": "other-v1"}).status_code == 412


@pytest.mark.parametrize("name", ["app-name", "app-version"])
@pytest.mark.parametrize("value", [None, ""])
def test_app_details_are_required(v1: PinCaller, name: str, value: str | None) -> None:
    answer = v1.get("/oauth/pin", query={name: value})
    assert (answer.status_code, answer.json()["error"]) == (400, "missing_parameter")
    assert name in answer.json()["message"]


def test_a_user_agent_is_required(v1: PinCaller) -> None:
    answer = v1.get("/oauth/pin", headers={"User-Agent": ""})
    assert (answer.status_code, answer.json()["error"]) == (400, "missing_parameter")
    assert "User-Agent" in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/oauth/pin", "GET"),
        ("DELETE", "/oauth/pin/ABCDE", "GET"),
        ("GET", "/users/settings", "POST"),
        ("GET", "/oauth2/token", "POST"),
        ("PUT", "/pin", "GET, POST"),
    ],
)
def test_a_wrong_method_is_refused(v1: PinCaller, method: str, path: str, allowed: str) -> None:
    answer = v1.send(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/", "/oauth/pins", "/oauth/pin/", "/oauth/pin/AB/CD", "/oauth2", "/users"])
def test_an_unknown_path_is_not_found(v1: PinCaller, path: str) -> None:
    assert v1.get(path).status_code == 404


def test_eleven_gets_a_second_are_one_too_many(v1: PinCaller, clock: ManualClock) -> None:
    statuses = [v1.get("/oauth/pin").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    clock.advance(1)
    assert v1.get("/oauth/pin").status_code == 200


def test_the_window_slides(v1: PinCaller, clock: ManualClock) -> None:
    for _ in range(10):
        v1.get("/oauth/pin")
        clock.advance(0.0625)
    clock.advance(0.375)
    assert [v1.get("/oauth/pin").status_code for _ in range(2)] == [200, 429]


def test_too_fast_says_when_to_come_again(v1: PinCaller, clock: ManualClock) -> None:
    v1.settings("whatever")
    clock.advance(0.5)
    answer = v1.settings("whatever")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert (answer.json()["error"], answer.json()["code"]) == ("rate_limit", 429)


def test_refused_requests_do_not_count(v1: PinCaller, clock: ManualClock) -> None:
    v1.settings("whatever")
    clock.advance(0.9)
    assert v1.settings("whatever").status_code == 429
    clock.advance(0.1)
    assert v1.settings("whatever").status_code == 401


def test_clients_have_limits_of_their_own(v1: PinCaller, simkl: Simulator) -> None:
    for _ in range(10):
        v1.get("/oauth/pin")
    assert PinCaller(simkl, "other-v1").get("/oauth/pin").status_code == 200


def test_an_unknown_client_has_no_limit_to_reach(v1: PinCaller) -> None:
    assert {v1.get("/oauth/pin", query={"client_id": "unknown"}).status_code for _ in range(15)} == {412}


def test_v2_posts_share_a_limit_and_are_refused_in_their_own_way(v2: DeviceCaller) -> None:
    v2.device()
    answer = v2.send("POST", "/oauth2/revoke", data={"client_id": "id-v2", "token": "x"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert set(answer.json()) == {"error", "error_description"}


def test_a_form_alone_names_the_client_that_is_counted(v2: DeviceCaller) -> None:
    v2.device()
    answer = v2.send("POST", "/oauth2/device", query={"client_id": None}, data={"client_id": "id-v2"})
    assert answer.status_code == 429


def test_asking_for_the_account_right_after_the_token_is_no_hurry(v2: DeviceCaller) -> None:
    token = v2.signed_in()["access_token"]
    assert v2.settings(token).status_code == 200


def test_the_web_page_has_no_limit(v1: PinCaller) -> None:
    assert {v1.get("/pin").status_code for _ in range(15)} == {200}


def test_limits_can_be_switched_off(make_simkl: MakeSimulator) -> None:
    caller = Caller(make_simkl(rate_limits=False), "id-v1")
    assert {caller.get("/oauth/pin").status_code for _ in range(15)} == {200}
