"""V2, the device authorization grant."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from simkl_simulator import ManualClock, Simulator

from .calling import DEVICE_GRANT, FULL_SCOPE, Changes, DeviceCaller
from .conftest import MakeSimulator

VERIFIER = "correct-horse-battery-staple-correct-horse-battery"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
S256: Changes = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}

DEVICE = ("/oauth2/device", {"scope": FULL_SCOPE})
TOKEN = ("/oauth2/token", {"grant_type": DEVICE_GRANT, "device_code": "x"})
REFRESH = ("/oauth2/token", {"grant_type": "refresh_token", "refresh_token": "x"})
REVOKE = ("/oauth2/revoke", {"token": "x"})
ENDPOINTS = pytest.mark.parametrize(
    ("path", "fields"), [DEVICE, TOKEN, REFRESH, REVOKE], ids=["device", "token", "refresh", "revoke"]
)


def test_a_code_comes_exactly_as_documented(v2: DeviceCaller) -> None:
    answer = v2.device()
    body = answer.json()
    user_code, device_code = body.pop("user_code"), body.pop("device_code")
    assert re.fullmatch(r"[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}", user_code)
    assert len(device_code) >= 43
    assert body == {
        "verification_uri": "https://simkl.com/pin",
        "verification_uri_complete": f"https://simkl.com/pin?user_code={user_code}",
        "expires_in": 900,
        "interval": 5,
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_approved_code_gives_tokens(v2: DeviceCaller, simkl: Simulator) -> None:
    codes = v2.device().json()
    simkl.approve(codes["user_code"])
    answer = v2.poll(codes["device_code"])
    body = answer.json()
    assert answer.status_code == 200
    assert re.fullmatch(r"simkl_at_[\w-]{43}", body.pop("access_token"))
    assert re.fullmatch(r"simkl_rt_[\w-]{43}", body.pop("refresh_token"))
    assert body == {"token_type": "bearer", "expires_in": 604800, "scope": "media:read media:write"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_issued_tokens_can_be_compared_with(v2: DeviceCaller, simkl: Simulator) -> None:
    tokens = v2.signed_in()
    (issued,) = simkl.issued
    assert (issued.access, issued.refresh) == (tokens["access_token"], tokens["refresh_token"])
    assert (issued.scope, issued.account.name, issued.client_id) == (FULL_SCOPE, "Ada", "id-v2")


def test_errors_have_the_envelope_of_oauth(v2: DeviceCaller) -> None:
    answer = v2.poll("unknown")
    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"


def test_an_undecided_code_is_pending(v2: DeviceCaller) -> None:
    code = v2.device().json()["device_code"]
    for _ in range(3):
        assert v2.poll(code).json()["error"] == "authorization_pending"


def test_a_poll_too_early_adds_five_seconds_each_time(v2: DeviceCaller) -> None:
    code = v2.device().json()["device_code"]
    waits = [4.0, 9.0, 14.0, 20.0, 19.0, 25.0]
    errors = [v2.poll(code, wait=wait).json()["error"] for wait in waits]
    assert errors == ["slow_down"] * 3 + ["authorization_pending", "slow_down", "authorization_pending"]


def test_a_refused_poll_rearms_the_timer(v2: DeviceCaller) -> None:
    code = v2.device().json()["device_code"]
    errors = [v2.poll(code, wait=wait).json()["error"] for wait in (4.0, 6.0, 15.0)]
    assert errors == ["slow_down", "slow_down", "authorization_pending"]


def test_an_approval_polled_too_early_is_not_lost(v2: DeviceCaller, simkl: Simulator) -> None:
    codes = v2.device().json()
    simkl.approve(codes["user_code"])
    assert v2.poll(codes["device_code"], wait=2.0).json()["error"] == "slow_down"
    assert v2.poll(codes["device_code"], wait=10.0).status_code == 200


def test_codes_slow_down_independently(v2: DeviceCaller) -> None:
    first, second = v2.device().json()["device_code"], v2.device().json()["device_code"]
    assert v2.poll(first, wait=2.0).json()["error"] == "slow_down"
    assert v2.poll(second, wait=3.0).json()["error"] == "authorization_pending"


def test_an_expired_code_says_so(v2: DeviceCaller, simkl: Simulator, clock: ManualClock) -> None:
    codes = v2.device().json()
    simkl.approve(codes["user_code"])
    clock.advance(895)
    for _ in range(2):
        assert v2.poll(codes["device_code"]).json()["error"] == "expired_token"


def test_a_denied_code_says_so(v2: DeviceCaller, simkl: Simulator) -> None:
    codes = v2.device().json()
    simkl.deny(codes["user_code"])
    for _ in range(2):
        assert v2.poll(codes["device_code"]).json()["error"] == "access_denied"


def test_a_server_may_keep_quiet_about_a_denial(make_simkl: MakeSimulator, clock: ManualClock) -> None:
    caller = DeviceCaller(make_simkl(denies=False), "id-v2", clock)
    codes = caller.device().json()
    caller.simkl.deny(codes["user_code"])
    assert caller.poll(codes["device_code"]).json()["error"] == "authorization_pending"


def test_a_device_code_works_once(v2: DeviceCaller, simkl: Simulator) -> None:
    codes = v2.device().json()
    simkl.approve(codes["user_code"])
    tokens = v2.poll(codes["device_code"]).json()
    assert v2.poll(codes["device_code"]).json()["error"] == "invalid_grant"
    assert v2.settings(tokens["access_token"]).status_code == 200


@pytest.mark.parametrize("field", ["user_code", None])
def test_an_unknown_device_code_is_refused(v2: DeviceCaller, field: str | None) -> None:
    codes = v2.device().json()
    assert v2.poll(codes[field] if field else "unknown").json()["error"] == "invalid_grant"


def test_another_clients_code_is_unknown(v2: DeviceCaller, simkl: Simulator, clock: ManualClock) -> None:
    codes = v2.device().json()
    simkl.approve(codes["user_code"])
    other = DeviceCaller(simkl, "other-v2", clock)
    assert other.poll(codes["device_code"]).json()["error"] == "invalid_grant"
    assert v2.poll(codes["device_code"]).status_code == 200


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("media:read media:write", "media:read media:write"),
        ("media:write media:read", "media:read media:write"),
        ("media:read", "media:read"),
        ("media:read media:wirte", "media:read"),
        ("media:read,media:write", "media:read"),
        ("MEDIA:WRITE", "media:read"),
        ("", "media:read"),
        (None, "media:read"),
    ],
)
def test_a_missing_or_misspelt_scope_gives_reading_alone(v2: DeviceCaller, asked: str | None, granted: str) -> None:
    assert v2.signed_in({"scope": asked})["scope"] == granted


@ENDPOINTS
@pytest.mark.parametrize("client_id", ["id-v1", "unknown"])
def test_only_v2_clients_are_served(v2: DeviceCaller, path: str, fields: dict[str, str], client_id: str) -> None:
    answer = v2.post(path, fields, {"client_id": client_id}, query={"client_id": client_id})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@ENDPOINTS
def test_the_form_names_the_client(v2: DeviceCaller, path: str, fields: dict[str, str]) -> None:
    answer = v2.post(path, fields, {"client_id": None})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert "client_id" in answer.json()["error_description"]


def test_the_query_need_not_name_the_client_again(v2: DeviceCaller) -> None:
    assert v2.post(*DEVICE, query={"client_id": None}).status_code == 200


def test_form_and_query_may_not_contradict(v2: DeviceCaller) -> None:
    assert v2.post(*DEVICE, query={"client_id": "other-v2"}).json()["error"] == "invalid_client"
    assert v2.post(*DEVICE, headers={"simkl-api-key": "other-v2"}).json()["error"] == "invalid_client"


@ENDPOINTS
@pytest.mark.parametrize("name", ["app-name", "app-version"])
def test_app_details_are_required(v2: DeviceCaller, path: str, fields: dict[str, str], name: str) -> None:
    answer = v2.post(path, fields, query={name: None})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert name in answer.json()["error_description"]


@ENDPOINTS
def test_json_is_refused(v2: DeviceCaller, path: str, fields: dict[str, str]) -> None:
    answer = v2.send("POST", path, json={"client_id": "id-v2", **fields})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_form_without_its_media_type_is_refused(v2: DeviceCaller) -> None:
    assert v2.send("POST", "/oauth2/device", data="client_id=id-v2").json()["error"] == "invalid_request"


def test_a_field_given_twice_is_refused(v2: DeviceCaller) -> None:
    answer = v2.send("POST", "/oauth2/device", data=[("client_id", "id-v2"), ("scope", "a"), ("scope", "b")])
    assert answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize("missing", ["grant_type", "device_code"])
def test_a_poll_needs_all_its_fields(v2: DeviceCaller, missing: str) -> None:
    answer = v2.poll("x", {missing: None})
    assert answer.json()["error"] == "invalid_request"
    assert missing in answer.json()["error_description"]


def test_other_grant_types_are_refused(v2: DeviceCaller) -> None:
    answer = v2.poll("x", {"grant_type": "device_code"})
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_device_codes_are_no_pins(v2: DeviceCaller, simkl: Simulator) -> None:
    code = v2.device().json()["user_code"]
    answer = v2.get(f"/oauth/pin/{code}", query={"client_id": "id-v1"}).json()
    assert answer["user_code"] != code


def test_the_right_verifier_gives_the_tokens(v2: DeviceCaller, simkl: Simulator) -> None:
    codes = v2.device(S256).json()
    assert v2.poll(codes["device_code"], {"code_verifier": VERIFIER}).json()["error"] == "authorization_pending"
    simkl.approve(codes["user_code"])
    assert v2.poll(codes["device_code"], {"code_verifier": VERIFIER}).status_code == 200


@pytest.mark.parametrize("verifier", [None, VERIFIER[:-1], CHALLENGE, "ü"])
def test_a_wrong_verifier_gives_nothing_and_costs_nothing(
    v2: DeviceCaller, simkl: Simulator, verifier: str | None
) -> None:
    codes = v2.device(S256).json()
    simkl.approve(codes["user_code"])
    assert v2.poll(codes["device_code"], {"code_verifier": verifier}).json()["error"] == "invalid_grant"
    assert v2.poll(codes["device_code"], {"code_verifier": VERIFIER}).status_code == 200


def test_a_verifier_without_a_challenge_is_refused(v2: DeviceCaller, simkl: Simulator) -> None:
    codes = v2.device().json()
    simkl.approve(codes["user_code"])
    assert v2.poll(codes["device_code"], {"code_verifier": VERIFIER}).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge": CHALLENGE + "="},
        {"code_challenge": "short"},
    ],
    ids=["plain", "no method", "no challenge", "padded", "short"],
)
def test_only_s256_challenges_are_accepted(v2: DeviceCaller, changes: Changes) -> None:
    answer = v2.device({**S256, **changes})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_server_may_refuse_challenges(make_simkl: MakeSimulator, clock: ManualClock) -> None:
    caller = DeviceCaller(make_simkl(pkce=False), "id-v2", clock)
    assert caller.device(S256).json()["error"] == "invalid_request"
    assert caller.device().status_code == 200
