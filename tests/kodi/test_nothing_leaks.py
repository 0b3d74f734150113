"""Canaries: with debug logging and a JSON-RPC listener on, no path leaves a secret anywhere but in addon_data."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import Boot
from real_kodi import navigation
from real_kodi.addon import Addon
from simkl_simulator import CloseEmpty, CutJson, Html, ResetMidBody, Simulator, Status


def places_outside_addon_data(addon: Addon, canaries: set[str]) -> list[str]:
    """Where a canary turned up: files of the profile, and what a JSON-RPC client has heard."""
    wanted = [canary.encode() for canary in canaries]
    own = addon.kodi.profile.addon_data()
    found = [
        str(path.relative_to(addon.kodi.profile.home))
        for path in addon.kodi.profile.home.rglob("*")
        if path.is_file() and own not in path.parents and holds(path, wanted)
    ]
    heard = json.dumps([notification.__dict__ for notification in addon.kodi.notifications()], default=str)
    return found + [canary for canary in canaries if canary in heard]


def holds(path: Path, wanted: list[bytes]) -> bool:
    content = path.read_bytes()
    return any(canary in content for canary in wanted)


def secrets_of(simkl: Simulator) -> set[str]:
    tokens = {token for issued in simkl.issued for token in (issued.access, issued.refresh) if token}
    forms = [request.form or {} for request in simkl.requests]
    names = ("device_code", "code_verifier", "refresh_token", "token")
    sent = {form[name] for form in forms for name in names if name in form}
    paths = {request.path.rpartition("/")[2] for request in simkl.requests if request.path.startswith("/oauth/pin/")}
    return tokens | sent | paths


def test_no_secret_leaves_the_add_ons_own_folder(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    codes = set()
    addon.run("authorize")
    codes.add(addon.wait_for_code())
    for fault in (Status(500, b"{}"), CutJson(), Html(), CloseEmpty(), ResetMidBody()):
        simkl.fault("/oauth", fault, times=1)
        addon.wait_for_phase("retrying", timeout=40.0)
        addon.wait_for_phase("waiting", timeout=40.0)
    addon.kodi.press("back")
    addon.wait_until_dialog_closed()
    addon.run("authorize")
    code = addon.wait_for_code()
    codes.add(code)
    simkl.approve(code)
    addon.wait_for_setting("account_name", "Ada")
    addon.wait_until_dialog_closed()
    addon.kodi.restart()
    addon.kodi.wait_for(lambda: addon.state, "the service to run")
    addon.run("signout")
    navigation.wait_for_window(addon.kodi, "yesnodialog")
    navigation.press(addon.kodi, "Yes")
    addon.kodi.wait_for(lambda: addon.settings["access_token"] == "", "the token to go")
    addon.kodi.quit()
    canaries = secrets_of(simkl) | codes
    assert len(canaries) >= 3
    assert places_outside_addon_data(addon, canaries) == []
    kept = b"".join(path.read_bytes() for path in addon.kodi.profile.addon_data().rglob("*") if path.is_file())
    assert [canary for canary in canaries if canary.encode() in kept] == []
