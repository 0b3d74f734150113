"""V2 tokens after the sign-in: refresh, age, revocation, quota."""

from __future__ import annotations

import pytest
from simkl_simulator import ManualClock, Simulator

from .calling import DeviceCaller
from .conftest import MakeSimulator

DAY = 86400.0


def works(caller: DeviceCaller, access_token: str) -> bool:
    """Whether the server takes the token."""
    caller.clock.advance(1)
    answer = caller.settings(access_token)
    assert answer.status_code == 200 or answer.json()["error"] == "user_token_failed"
    return answer.status_code == 200


def test_an_access_token_lives_seven_days(v2: DeviceCaller, clock: ManualClock) -> None:
    token = v2.signed_in()["access_token"]
    clock.advance(7 * DAY - 2)
    assert works(v2, token)
    assert not works(v2, token)


def test_a_refresh_replaces_the_access_token_at_once(v2: DeviceCaller, simkl: Simulator) -> None:
    old = v2.signed_in()
    new = v2.refresh(old["refresh_token"]).json()
    assert new["access_token"] != old["access_token"]
    assert {**new, "access_token": ""} == {**old, "access_token": ""}
    assert not works(v2, old["access_token"])
    assert works(v2, new["access_token"])
    assert [token.access for token in simkl.issued] == [old["access_token"], new["access_token"]]


def test_a_refresh_keeps_the_scope(v2: DeviceCaller) -> None:
    tokens = v2.signed_in({"scope": "media:read"})
    assert v2.refresh(tokens["refresh_token"], {"scope": "media:write"}).json()["scope"] == "media:read"


def test_refresh_tokens_may_rotate(make_simkl: MakeSimulator, clock: ManualClock) -> None:
    caller = DeviceCaller(make_simkl(rotate=True), "id-v2", clock)
    old = caller.signed_in()["refresh_token"]
    new = caller.refresh(old).json()["refresh_token"]
    assert new != old
    assert caller.refresh(old).json()["error"] == "invalid_grant"
    assert caller.refresh(new).status_code == 200


def test_a_refresh_may_leave_the_refresh_token_out(make_simkl: MakeSimulator, clock: ManualClock) -> None:
    caller = DeviceCaller(make_simkl(repeats=False), "id-v2", clock)
    token = caller.signed_in()["refresh_token"]
    assert "refresh_token" not in caller.refresh(token).json()
    assert caller.refresh(token).status_code == 200


def test_a_refresh_token_lives_180_days_from_its_last_use(v2: DeviceCaller, clock: ManualClock) -> None:
    token = v2.signed_in()["refresh_token"]
    for _ in range(2):
        clock.advance(180 * DAY - 2)
        assert v2.refresh(token).status_code == 200
    clock.advance(180 * DAY)
    assert v2.refresh(token).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("kind", ["access_token", None])
def test_an_unknown_refresh_token_is_refused(v2: DeviceCaller, kind: str | None) -> None:
    tokens = v2.signed_in()
    answer = v2.refresh(tokens[kind] if kind else "unknown")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_another_clients_refresh_token_is_unknown(v2: DeviceCaller, simkl: Simulator, clock: ManualClock) -> None:
    tokens = v2.signed_in()
    other = DeviceCaller(simkl, "other-v2", clock)
    assert other.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    other.revoke(tokens["refresh_token"])
    assert works(v2, tokens["access_token"])


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_revocation_ends_the_whole_grant(v2: DeviceCaller, kind: str) -> None:
    tokens, others = v2.signed_in(), v2.signed_in()
    assert v2.revoke(tokens[kind]).status_code == 200
    assert not works(v2, tokens["access_token"])
    assert v2.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert works(v2, others["access_token"])


def test_revoking_nothing_is_fine(v2: DeviceCaller, simkl: Simulator) -> None:
    token = v2.signed_in()["refresh_token"]
    assert [v2.revoke(token).status_code for _ in range(2)] == [200, 200]
    assert [record.outcome for record in simkl.requests[-2:]] == ["revoked", "nothing_to_revoke"]


def test_a_user_can_revoke(v2: DeviceCaller, simkl: Simulator) -> None:
    tokens = v2.signed_in()
    simkl.revoke(tokens["access_token"])
    assert not works(v2, tokens["access_token"])
    assert v2.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_expired_access_token_can_be_refreshed(v2: DeviceCaller, simkl: Simulator) -> None:
    tokens = v2.signed_in()
    simkl.expire(tokens["access_token"])
    assert not works(v2, tokens["access_token"])
    assert works(v2, v2.refresh(tokens["refresh_token"]).json()["access_token"])


def test_the_daily_quota_stops_refreshes_too(v2: DeviceCaller, simkl: Simulator, clock: ManualClock) -> None:
    tokens = v2.signed_in()
    simkl.exhaust_quota(retry_after=3600)
    answer = v2.refresh(tokens["refresh_token"])
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3599")
    assert answer.json()["error"] == "user_limit_exceeded"
    assert v2.settings(tokens["access_token"]).status_code == 429
    clock.advance(3599)
    assert works(v2, tokens["access_token"])


def test_a_sign_in_passes_without_quota(v2: DeviceCaller, simkl: Simulator) -> None:
    simkl.exhaust_quota(retry_after=3600)
    assert "access_token" in v2.signed_in()
