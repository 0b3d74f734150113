"""What 0.1.0 has left on the disk is taken over: the sign-in, a code that waits, a token on its way, torn settings."""

from __future__ import annotations

import json
import time
import xml.etree.ElementTree as ElementTree
from typing import Callable

import pytest
from conftest import CLIENT_IDS, Boot
from real_kodi.addon import Addon
from simkl_connect.auth.events import CodeIssued
from simkl_connect.auth.flow_choice import FlowChoice
from simkl_connect.http.messages import ClientInfo
from simkl_connect.http.session import Session
from simkl_connect.models import Secret
from simkl_simulator import Simulator

DAY = 86400.0
FLOW_NAMES = {"v1": "pin", "v2": "device"}
VERIFIER = "7DcA5BWxBprbcQ2feTNnahEzYgqSX-LHKQbv3EM6OSM"

SETTINGS = """<settings version="2">
    <setting id="account_name">Ada</setting>
    <setting id="show_qr">false</setting>
    <setting id="client_id">{client_id}</setting>
    <setting id="reconnect" default="true">false</setting>
    <setting id="access_token">{access_token}</setting>
    <setting id="refresh_token">{refresh_token}</setting>
    <setting id="token_expires_at">{expires_at:.0f}</setting>
    <setting id="scope">media:read media:write</setting>
    <setting id="connected_at">1795760687</setting>
    <setting id="reminded_at" default="true" />
    <setting id="token_client_id">{client_id}</setting>
    <setting id="flow">{flow} {client_id}</setting>
    <setting id="account_id">12345</setting>
</settings>
"""
"""As 0.1.0 had Kodi write it while an account was connected."""
SIGNED_OUT = """<settings version="2">
    <setting id="account_name" default="true" />
    <setting id="show_qr">false</setting>
    <setting id="client_id">{client_id}</setting>
    <setting id="reconnect" default="true">false</setting>
    <setting id="access_token" default="true" />
    <setting id="refresh_token" default="true" />
    <setting id="token_expires_at" default="true" />
    <setting id="scope" default="true" />
    <setting id="connected_at" default="true" />
    <setting id="reminded_at" default="true" />
    <setting id="token_client_id" default="true" />
    <setting id="flow">{flow} {client_id}</setting>
    <setting id="account_id" default="true" />
</settings>
"""
"""The same, before."""

Updated = Callable[[dict[str, str]], Addon]


@pytest.fixture
def updated(boot: Boot, simkl: Simulator) -> Updated:
    """A Kodi with the new version that starts with these files in the add-on's folder."""

    def start(files: dict[str, str]) -> Addon:
        addon = boot(simkl.url, with_service=False)
        addon.kodi.quit()
        folder = addon.kodi.profile.addon_data()
        for path in folder.iterdir():
            path.unlink()
        for name, content in files.items():
            (folder / name).write_text(content)
        addon.kodi.restart()
        addon.kodi.wait_for(lambda: addon.state, "the service to run")
        return addon

    return start


def connected(flow: str) -> str:
    """settings.xml of a sign-in in that flow, with a token that needs no refresh."""
    lasting = flow == "v2"
    return SETTINGS.format(
        client_id=CLIENT_IDS[flow],
        access_token="simkl_at_KKRYMUCQwANFLSWkD2Pyi9pofI",
        refresh_token="simkl_rt_xoqLm9wRMPbv7" if lasting else "",
        expires_at=time.time() + 6 * DAY,
        flow=FLOW_NAMES[flow],
    )


def signed_out(flow: str) -> str:
    """settings.xml of a device that waits for a user's decision."""
    return SIGNED_OUT.format(client_id=CLIENT_IDS[flow], flow=FLOW_NAMES[flow])


def waiting(simkl: Simulator, flow: str) -> tuple[str, str]:
    """A code, and sign-in.json with it."""
    choice = FlowChoice(CLIENT_IDS[flow], FLOW_NAMES[flow], Secret(VERIFIER))
    session = Session(ClientInfo(simkl.url, "0.1.0", "simkl-connect/0.1.0 (Kodi 20.1; Linux)"), lambda: "")
    issued = choice.flow.read_device_authorization(session.send(choice.flow.device_authorization_request()))
    session.close()
    assert isinstance(issued, CodeIssued)
    authorization = issued.authorization
    code = authorization.user_code.reveal()
    values = {
        "request": "4c094bad730af5ab0630c38dc397e904",
        "client_id": CLIENT_IDS[flow],
        "flow": FLOW_NAMES[flow],
        "verifier": VERIFIER if flow == "v2" else "",
        "user_code": code,
        "device_code": authorization.device_code.reveal() if authorization.device_code else "",
        "verification_uri": "https://simkl.com/pin",
        "verification_uri_complete": f"https://simkl.com/pin?user_code={code}",
        "expires_in": "60.0",
        "interval": "1.0",
        "deadline": "10735.716590289",
        "boot_id": "e22f622d-da63-49ec-a57b-3e5310a87130",
        "expires_at": f"{time.time() + 55}",
    }
    return code, json.dumps(values)


def assert_signed_in(addon: Addon, settings: str) -> None:
    """In settings and database as in ``settings``, and nothing is left that no version reads any more."""
    expected = {item.get("id", ""): item.text or "" for item in ElementTree.fromstring(settings).iter("setting")}
    addon.wait_for_setting("access_token", expected["access_token"])
    addon.kodi.wait_for(lambda: addon.settings.items() >= expected.items(), "all of the settings")
    kept = ("access_token", "refresh_token", "token_expires_at", "account_name", "connected_at")
    assert {name: addon.stored().get(name, "") for name in kept} == {name: expected[name] for name in kept}
    assert_nothing_is_left(addon)


def assert_nothing_is_left(addon: Addon) -> None:
    """Of the files that no version reads any more."""
    left = {path.name for path in addon.kodi.profile.addon_data().iterdir()}
    assert left & {"unsaved.json", "sign-in.json", "settings.xml.kept"} == set()


def test_a_sign_in_is_taken_over(updated: Updated, simkl: Simulator, flow: str) -> None:
    settings = connected(flow)
    addon = updated({"settings.xml": settings, "settings.xml.kept": settings})
    assert_signed_in(addon, settings)
    assert simkl.requests == []


def test_a_sign_in_with_torn_settings_is_taken_over(updated: Updated, simkl: Simulator, flow: str) -> None:
    settings = connected(flow)
    addon = updated({"settings.xml": settings[:300], "settings.xml.kept": settings})
    assert_signed_in(addon, settings)
    assert simkl.requests == []


@pytest.mark.parametrize("end", [None, 300, 0], ids=["whole settings", "torn settings", "empty settings"])
def test_a_token_on_its_way_is_taken_over(updated: Updated, simkl: Simulator, end: int | None) -> None:
    before, after = signed_out("v2"), connected("v2")
    unsaved = {item.get("id"): item.text or "" for item in ElementTree.fromstring(after).iter("setting")}
    del unsaved["client_id"], unsaved["show_qr"]
    files = {"settings.xml": before[:end], "settings.xml.kept": before, "unsaved.json": json.dumps(unsaved)}
    assert_signed_in(updated(files), after)
    assert simkl.requests == []


def test_a_code_that_waits_goes_on_waiting(updated: Updated, simkl: Simulator, flow: str) -> None:
    code, sign_in = waiting(simkl, flow)
    settings = signed_out(flow)
    addon = updated({"settings.xml": settings, "settings.xml.kept": settings, "sign-in.json": sign_in})
    addon.wait_for_phase("waiting")
    assert addon.state["user_code"] == code
    simkl.approve(code)
    assert addon.wait_for_setting("access_token") == simkl.issued[-1].access
    addon.wait_for_setting("account_name", "Ada")
    assert_nothing_is_left(addon)
