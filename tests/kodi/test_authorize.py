"""The main job in a real Kodi, by both flows: from the Authorize button to a token in the settings."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import CLIENT_IDS, ROOT, Boot
from real_kodi import navigation, package
from real_kodi.addon import Addon
from real_kodi.paths import ADDON_ID
from real_kodi.waiting import SLOWNESS
from simkl_simulator import Simulator, Status

BACK = "back"


def said(addon: Addon) -> str:
    """Everything that the add-on could have let out: the log, and what every JSON-RPC client has heard."""
    return addon.kodi.log() + json.dumps([notification.__dict__ for notification in addon.kodi.notifications()])


def test_from_the_button_to_a_saved_token(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    addon.press_authorize()
    code = addon.wait_for_code()
    assert simkl.codes() == [code]
    assert addon.state["user_code"] == code
    assert addon.shown.address == "simkl.com/pin"
    assert addon.shown.phase == "waiting"
    simkl.approve(code)
    addon.wait_for_message("Connected as Ada")
    issued = simkl.issued[-1]
    assert addon.wait_for_setting("access_token") == issued.access
    assert addon.wait_for_setting("account_name") == "Ada"
    assert addon.settings["refresh_token"] == (issued.refresh or "")
    assert addon.settings["account_id"] == "12345"
    if flow == "v2":
        assert addon.settings["scope"] == "media:read media:write"
        assert int(addon.settings["token_expires_at"]) > 0
    addon.wait_until_dialog_closed()
    assert simkl.connections == 1
    secrets = [code, issued.access, *([issued.refresh] if issued.refresh else [])]
    assert [secret for secret in secrets if secret in said(addon)] == []


def test_every_request_says_who_is_asking_and_keeps_the_interval(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    addon.run("authorize")
    code = addon.wait_for_code()
    addon.kodi.wait_for(lambda: len(simkl.requests) >= 5, "some polls")
    simkl.approve(code)
    addon.wait_for_setting("account_name")
    for request in simkl.requests:
        assert request.query["client_id"] == CLIENT_IDS[flow]
        assert request.query["app-name"] == "simkl-connect"
        assert request.query["app-version"]
        assert request.headers["user-agent"].startswith(f"simkl-connect/{request.query['app-version']} (Kodi 2")
        assert request.headers["user-agent"].endswith("; Linux)")
    assert "slow_down" not in [request.outcome for request in simkl.requests]
    polls = [request.time for request in simkl.requests if request.outcome in ("pending", "authorization_pending")]
    assert all(1.0 <= later - earlier < 4.0 * SLOWNESS for earlier, later in pairwise(polls))


def test_a_code_that_nobody_approves_runs_out(boot: Boot, flow: str) -> None:
    with Simulator({CLIENT_IDS[flow]: flow}, interval=1, expires_in=4) as simkl:
        addon = boot(simkl.url, flow)
        addon.run("authorize")
        addon.wait_for_code()
        addon.kodi.wait_for(lambda: float(addon.shown.progress or 100) < 60, "the bar to run out")
        addon.wait_for_phase("expired")
        addon.wait_for_message("This code is no longer valid")
        polled = len(simkl.requests)
        assert [addon.shown.first_button, addon.shown.second_button] == ["New code", "Close"]
        addon.kodi.press("select")
        assert addon.wait_for_code() == simkl.codes()[-1]
        assert len(simkl.requests) == polled + 1


def test_a_code_that_the_server_has_forgotten_is_not_replaced_behind_the_users_back(
    boot: Boot, simkl: Simulator
) -> None:
    addon = boot(simkl.url)
    addon.run("authorize")
    code = addon.wait_for_code()
    simkl.approve(code)
    simkl.fault("/oauth/pin/", Status(503), times=1, handled=True)  # the token goes out and is lost on the way
    addon.wait_for_phase("expired")
    addon.wait_for_message("This code is no longer valid")
    fresh = simkl.codes()[-1]
    assert fresh not in addon.kodi.property("script.simkl.connect.state") + addon.shown.code + said(addon)


def test_a_no_on_the_phone_is_told(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url, "v2")
    addon.run("authorize")
    simkl.deny(addon.wait_for_code())
    addon.wait_for_message("The request was declined")
    assert addon.shown.phase == "denied"
    assert addon.shown.first_button == "Try again"


def test_cancel_and_start_again(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    addon.run("authorize")
    first = addon.wait_for_code()
    addon.kodi.press(BACK)
    addon.wait_until_dialog_closed()
    addon.wait_for_phase("cancelled")
    addon.run("authorize")
    second = addon.wait_for_code()
    assert second != first
    started_again = max(number for number, request in enumerate(simkl.requests) if request.outcome == "code")
    addon.kodi.wait_for(lambda: len(simkl.requests) >= started_again + 3, "two polls of the new code")
    after = simkl.requests[started_again + 1 :]
    polled = {(request.path, (request.form or {}).get("device_code", "")) for request in after}
    assert len(polled) == 1
    assert first not in repr(polled)


def test_three_presses_are_one_sign_in_and_one_dialog(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url)
    for _ in range(3):
        addon.run("authorize")
    code = addon.wait_for_code()
    addon.kodi.press(BACK)
    addon.wait_until_dialog_closed()
    addon.wait_for_phase("cancelled")
    assert simkl.codes() == [code]


def test_a_dialog_that_could_not_say_that_it_has_gone_keeps_no_other_away(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url)
    addon.kodi.builtin(f"SetProperty({ADDON_ID}.dialog,of-a-killed-script,10000)")
    addon.run("authorize")
    addon.wait_for_code()
    addon.kodi.press("back")
    addon.kodi.wait_for(lambda: not addon.kodi.label(f"Window(10000).Property({ADDON_ID}.dialog)"), "the claim to go")


def test_without_a_client_id_the_dialog_says_where_to_get_one(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url, flow="")
    addon.press_authorize()
    addon.wait_for_message("This copy of Simkl Connect has no client ID")
    assert "simkl.com/settings/developer" in addon.shown.message
    assert simkl.requests == []


def test_a_wrong_client_id_is_named(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url, settings={"client_id": "wrong"})
    addon.run("authorize")
    addon.wait_for_message("Simkl does not accept the client ID")


def test_trouble_keeps_the_code_and_passes(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    addon.run("authorize")
    code = addon.wait_for_code()
    simkl.fault("/oauth", Status(503), times=1)
    addon.wait_for_phase("retrying")
    addon.wait_for_message("Simkl has trouble right now")
    assert addon.shown.code == code
    addon.wait_for_phase("waiting")
    simkl.approve(code)
    addon.wait_for_message("Connected as Ada")


def test_a_service_that_is_not_there_is_told(boot: Boot, simkl: Simulator, tmp_path: Path) -> None:
    without_service = {**package.contents(ROOT, None), "service.py": b""}
    package.write_zip(tmp_path / "without-service.zip", ADDON_ID, without_service)
    addon = boot(simkl.url, built=tmp_path / "without-service.zip", with_service=False)
    addon.run("authorize")
    addon.wait_for_message("The add-on's service does not answer")
    assert addon.shown.first_button == "Try again"


def test_http_elsewhere_than_on_this_machine_is_refused(boot: Boot) -> None:
    addon = boot("http://simkl.example")
    addon.run("authorize")
    addon.wait_for_message("SIMKL_API_URL must be an https address")


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_sign_out_asks_once(boot: Boot, simkl: Simulator, answer: str, flow: str) -> None:
    addon = boot(simkl.url, flow)
    addon.sign_in(simkl)
    addon.wait_until_dialog_closed()
    addon.run("signout")
    navigation.wait_for_window(addon.kodi, "yesnodialog")
    navigation.press(addon.kodi, answer.capitalize())
    navigation.wait_until_closed(addon.kodi, "yesnodialog")
    token = simkl.issued[-1]
    if answer == "no":
        assert addon.settings["access_token"] == token.access
        return
    kept = ("access_token", "refresh_token", "account_name")  # Kodi writes them one after another
    addon.kodi.wait_for(lambda: not any(addon.settings[name] for name in kept), "token and name to go")
    if flow == "v2":
        addon.kodi.wait_for(lambda: simkl.requests[-1].outcome == "revoked", "the grant to be revoked")


def test_an_expired_access_token_is_refreshed_at_the_start(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url, "v2")
    addon.sign_in(simkl)
    old = simkl.issued[-1].access
    addon.restart_with(token_expires_at="1600000000")
    addon.kodi.wait_for(lambda: len(simkl.issued) == 2, "a refresh")
    new = simkl.issued[-1]
    addon.wait_for_setting("access_token", new.access)
    assert new.access != old
    assert addon.settings["account_name"] == "Ada"
    assert addon.settings["refresh_token"] == new.refresh
