"""V1, the PIN flow."""

from __future__ import annotations

import re

import pytest
from simkl_simulator import Account, ManualClock, Simulator, UnknownCode

from .calling import PinCaller
from .conftest import MakeSimulator

PENDING = {"result": "KO", "message": "Authorization pending"}
SLOW_DOWN = {"result": "KO", "message": "Slow down"}


def outcomes(simkl: Simulator) -> list[str]:
    return [record.outcome for record in simkl.requests]


def test_a_code_comes_exactly_as_documented(v1: PinCaller) -> None:
    body = v1.get("/oauth/pin").json()
    code = body.pop("user_code")
    assert re.fullmatch(r"[A-HJKMNP-Z2-9]{5}", code)
    assert body == {
        "result": "OK",
        "device_code": "DEVICE_CODE",
        "verification_uri": "https://simkl.com/pin",
        "verification_url": "https://simkl.com/pin",
        "expires_in": 900,
        "interval": 5,
    }


def test_seconds_are_whole_numbers_where_they_can_be(make_simkl: MakeSimulator) -> None:
    text = PinCaller(make_simkl(expires_in=600.0, interval=0.25), "id-v1").get("/oauth/pin").text
    assert '"expires_in": 600,' in text
    assert '"interval": 0.25' in text


def test_an_undecided_code_is_pending(v1: PinCaller, clock: ManualClock) -> None:
    code = v1.new_code()
    for _ in range(3):
        clock.advance(5)
        assert v1.poll(code) == PENDING


def test_an_approved_code_gives_its_token_once_and_then_a_fresh_code(
    v1: PinCaller, simkl: Simulator, clock: ManualClock
) -> None:
    code = v1.new_code()
    simkl.approve(code)
    clock.advance(5)
    body = v1.poll(code)
    assert re.fullmatch(r"[0-9a-f]{64}", body["access_token"])
    assert body == {"result": "OK", "access_token": body["access_token"]}
    clock.advance(5)
    again = v1.poll(code)
    assert again["device_code"] == "DEVICE_CODE"
    assert again["user_code"] != code
    assert outcomes(simkl) == ["code", "granted", "fresh_code"]


def test_issued_tokens_can_be_compared_with(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    token = v1.signed_in(clock)
    (issued,) = simkl.issued
    assert (issued.access, issued.refresh, issued.scope, issued.client_id) == (token, "", "", "id-v1")
    assert issued.account == Account("Ada", 12345)


def test_a_fresh_code_really_exists(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    fresh = v1.poll("WR0NG")["user_code"]
    assert simkl.codes() == [fresh]
    simkl.approve(fresh)
    clock.advance(5)
    assert v1.poll(fresh)["result"] == "OK"


def test_an_expired_code_is_unknown(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    code = v1.new_code()
    clock.advance(895)
    assert v1.poll(code) == PENDING
    clock.advance(5)
    assert simkl.codes() == []
    assert v1.poll(code)["user_code"] != code


def test_an_approval_is_lost_when_the_code_expires(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    code = v1.new_code()
    simkl.approve(code)
    clock.advance(900)
    assert "access_token" not in v1.poll(code)


@pytest.mark.parametrize("seconds", [0.0, 4.9])
def test_the_first_poll_waits_for_the_interval_too(v1: PinCaller, clock: ManualClock, seconds: float) -> None:
    code = v1.new_code()
    clock.advance(seconds)
    assert v1.poll(code) == SLOW_DOWN


def test_every_poll_rearms_the_timer_a_refused_one_too(v1: PinCaller, clock: ManualClock) -> None:
    code = v1.new_code()
    answers = []
    for seconds in (4.0, 4.0, 4.9, 5.0):
        clock.advance(seconds)
        answers.append(v1.poll(code))
    assert answers == [SLOW_DOWN, SLOW_DOWN, SLOW_DOWN, PENDING]


def test_an_approval_polled_too_early_is_not_lost(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    code = v1.new_code()
    simkl.approve(code)
    assert v1.poll(code) == SLOW_DOWN
    clock.advance(5)
    assert v1.poll(code)["result"] == "OK"


def test_a_denied_code_stays_pending(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    code = v1.new_code()
    simkl.deny(code)
    clock.advance(5)
    assert v1.poll(code) == PENDING
    assert simkl.codes() == []


def test_another_clients_code_is_unknown(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    code = v1.new_code()
    simkl.approve(code)
    clock.advance(5)
    other = PinCaller(simkl, "other-v1").poll(code)
    assert other["user_code"] != code
    assert v1.poll(code)["result"] == "OK"


def test_a_code_in_lower_case_is_another_code(v1: PinCaller, simkl: Simulator) -> None:
    v1.poll(v1.new_code().lower())
    assert outcomes(simkl) == ["code", "fresh_code"]


def test_a_v2_client_may_not_use_pins(simkl: Simulator) -> None:
    answer = PinCaller(simkl, "id-v2").get("/oauth/pin")
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


@pytest.mark.parametrize("path", ["/oauth/pin", "/oauth/pin/ABCDE"])
def test_retired_pins_are_gone(make_simkl: MakeSimulator, path: str) -> None:
    answer = PinCaller(make_simkl(pin_retired=True), "id-v1").get(path)
    assert (answer.status_code, answer.json()["error"]) == (410, "gone")


def test_codes_are_listed_newest_last(v1: PinCaller, simkl: Simulator) -> None:
    codes = [v1.new_code() for _ in range(3)]
    assert simkl.codes() == codes
    simkl.approve(codes[1])
    assert simkl.codes() == [codes[0], codes[2]]


def test_nobody_can_decide_twice_or_about_nothing(v1: PinCaller, simkl: Simulator) -> None:
    code = v1.new_code()
    simkl.approve(code)
    with pytest.raises(UnknownCode):
        simkl.deny(code)
    with pytest.raises(UnknownCode):
        simkl.approve("ABCDE")


def test_another_person_may_approve(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    code = v1.new_code()
    simkl.approve(code, Account("Grace", 99))
    clock.advance(5)
    token = v1.poll(code)["access_token"]
    assert v1.settings(token).json()["user"]["name"] == "Grace"
