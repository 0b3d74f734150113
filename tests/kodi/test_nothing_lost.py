"""The token survives what happens in living rooms: the settings page left open, the plug pulled, the dialog gone."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
import time
from pathlib import Path
from typing import Callable
from urllib.parse import urlsplit

import pytest
from conftest import CLIENT_IDS, ROOT, Boot
from real_kodi import navigation, package
from real_kodi.addon import Addon
from real_kodi.navigation import ADDON_SETTINGS
from real_kodi.paths import ADDON_ID
from real_kodi.tcp import connections_to
from real_kodi.waiting import wait_for
from simkl_simulator import Simulator

KILLS = int(os.environ.get("KILLS", "4"))
"""How many moments of the hand-over are tried at random; ``make kills`` tries many."""

HAND_OVER = 0.1
"""Seconds in which a token goes from the server into the settings, and the name is asked for."""

DIE_AT = '''
import functools, os, signal, sqlite3, xbmcaddon

def reached(step):
    """The process is killed at the step that is called so."""
    if step == {step!r} and os.path.exists({flag!r}):
        os.kill(os.getpid(), signal.SIGKILL)

class Connection(sqlite3.Connection):
    def execute(self, statement, *parameters):
        is_commit = statement == "COMMIT"
        if is_commit:
            reached("before the commit")
        result = super().execute(statement, *parameters)
        if is_commit:
            reached("after the commit")
        return result

class Addon(xbmcaddon.Addon):
    def setSetting(self, name, value):
        reached("before the setting " + name)
        result = super().setSetting(name, value)
        reached("after the setting " + name)
        return result

sqlite3.connect = functools.partial(sqlite3.connect, factory=Connection)
xbmcaddon.Addon = Addon
'''
TOO_EARLY = "before the commit"
"""The token is still on its way to the disk: it can be lost, and nothing may be broken by it."""
STEPS = (
    TOO_EARLY,
    "after the commit",
    "before the setting connected_at",
    "before the setting refresh_token",
    "before the setting access_token",
    "after the setting access_token",
)


def assert_connected(addon: Addon, simkl: Simulator) -> None:
    """With the token that was issued last, in the database and in the settings."""
    addon.wait_for_setting("access_token", simkl.issued[-1].access)
    addon.wait_for_setting("account_name", "Ada")
    assert addon.stored()["access_token"] == simkl.issued[-1].access


def connect_under_the_settings_page(addon: Addon, simkl: Simulator) -> None:
    """What is written while it is open reaches the page's own copy only."""
    addon.run("authorize")
    code = addon.wait_for_code()
    addon.kodi.builtin(f"Addon.OpenSettings({ADDON_ID})")
    navigation.wait_for_window(addon.kodi, ADDON_SETTINGS)
    simkl.approve(code)
    addon.wait_for_phase("connected")
    assert addon.settings.get("access_token", "") == ""


def test_the_settings_page_left_with_back_swallows_nothing(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    connect_under_the_settings_page(addon, simkl)
    addon.kodi.press("back")
    navigation.wait_until_closed(addon.kodi, ADDON_SETTINGS)
    assert_connected(addon, simkl)


def test_a_kill_while_the_settings_page_is_open_loses_nothing(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    connect_under_the_settings_page(addon, simkl)
    addon.kodi.kill()
    addon.kodi.restart()
    assert_connected(addon, simkl)


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_of_saving_loses_nothing_that_was_committed(
    boot: Boot, simkl: Simulator, tmp_path: Path, step: str
) -> None:
    flag = tmp_path / "armed"
    files = package.contents(ROOT, None)
    files["service.py"] = DIE_AT.format(step=step, flag=str(flag)).encode() + files["service.py"]
    package.write_zip(tmp_path / "dying.zip", ADDON_ID, files)
    addon = boot(simkl.url, "v2", built=tmp_path / "dying.zip")
    addon.run("authorize")
    code = addon.wait_for_code()
    wait_for(lambda: simkl.requests[-1].path == "/oauth2/token", "a poll: what comes with a code is written by then")
    flag.touch()
    simkl.approve(code)
    wait_for(lambda: not addon.kodi.alive, "the kill")
    flag.unlink()
    addon.kodi.restart()
    if step == TOO_EARLY:
        addon.kodi.wait_for(lambda: addon.state, "the service to run")
        return
    assert_connected(addon, simkl)


@pytest.mark.parametrize("moment", range(KILLS))
def test_a_kill_around_the_answer_loses_no_token_that_was_committed(boot: Boot, flow: str, moment: int) -> None:
    pause = random.Random(f"{flow} {moment}").uniform(0.0, HAND_OVER)  # no secret
    clients = {client_id: flow for flow, client_id in CLIENT_IDS.items()}
    granted = threading.Event()
    with Simulator(
        clients, interval=1, expires_in=60, on_request=lambda _: granted.set() if simkl.issued else None
    ) as simkl:
        addon = boot(simkl.url, flow)
        addon.run("authorize")
        simkl.approve(addon.wait_for_code())
        assert granted.wait(10.0)
        time.sleep(pause)
        whereabouts = where_the_token_is(addon, simkl)
        print(f"killed {pause * 1000:.0f} ms after the server gave the token, with it {whereabouts}")
        addon.kodi.kill()
        addon.kodi.restart()
        addon.kodi.wait_for(lambda: addon.state, "the service to run")
        if whereabouts in ("on the disk", "in use"):
            addon.wait_for_setting("access_token", simkl.issued[-1].access)
        assert addon.stored().get("access_token", "") in ("", simkl.issued[-1].access)


def where_the_token_is(addon: Addon, simkl: Simulator) -> str:
    """Kodi stands still from here on, so that what is found is so when it is killed.

    "read": on its way from the network to the disk. That gap can't be closed, because the server gives a token once.
    """
    os.kill(addon.kodi.pid, signal.SIGSTOP)
    addon.kodi.wait_for(after(0.1), "what the simulator still sends")
    if any(request.path == "/users/settings" for request in simkl.requests):
        return "in use"
    try:
        if addon.stored().get("access_token") == simkl.issued[-1].access:
            return "on the disk"
    except sqlite3.OperationalError:  # locked
        return "being written"
    (connection,) = connections_to(urlsplit(simkl.url).port or 0)
    return "unread" if connection.unread else "read"


def after(seconds: float) -> Callable[[], bool]:
    moment = time.monotonic() + seconds
    return lambda: time.monotonic() >= moment


def test_a_kill_while_waiting_costs_nothing(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    addon.run("authorize")
    code = addon.wait_for_code()
    addon.kodi.kill()
    simkl.approve(code)
    addon.kodi.restart()
    addon.kodi.wait_for(lambda: addon.kodi.boolean("Window.IsVisible(notification)"), "a notification", 15.0)
    assert addon.wait_for_setting("access_token") == simkl.issued[-1].access
    assert addon.settings["account_name"] == "Ada"
    assert [name for name in addon.stored() if name.startswith("sign_in.")] == []


def test_the_service_goes_on_when_the_dialog_is_killed(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    addon.run("authorize")
    code = addon.wait_for_code()
    addon.kodi.builtin(f"StopScript({addon.kodi.profile.kodi_home}/addons/{ADDON_ID}/default.py)")
    addon.wait_until_dialog_closed()
    simkl.approve(code)
    addon.wait_for_setting("access_token")
    addon.wait_for_setting("account_name", "Ada")


def test_a_skin_reload_keeps_the_sign_in(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url)
    addon.run("authorize")
    code = addon.wait_for_code()
    addon.kodi.builtin("ReloadSkin()")
    simkl.approve(code)
    addon.wait_for_setting("account_name", "Ada")


def test_disabling_and_enabling_the_add_on_keeps_the_sign_in(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    addon.run("authorize")
    code = addon.wait_for_code()
    for enabled in (False, True):
        addon.kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=enabled)
        addon.kodi.wait_for(lambda enabled=enabled: bool(addon.state) is enabled, f"the service, enabled: {enabled}")
    addon.wait_for_phase("waiting")
    assert addon.state["user_code"] == code
    simkl.approve(code)
    addon.wait_for_setting("account_name", "Ada")


def test_the_dialog_closes_with_the_service(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url)
    addon.run("authorize")
    addon.wait_for_code()
    addon.kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=False)
    addon.wait_until_dialog_closed(2.0)


TORN: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "never filled": lambda content: bytes(len(content)),
}


@pytest.mark.parametrize("damage", ["folder missing", "folder read-only", "folder is a file"])
def test_damage_on_the_disk_crashes_nothing(boot: Boot, simkl: Simulator, damage: str) -> None:
    addon = boot(simkl.url)
    addon.kodi.quit()
    folder = addon.kodi.profile.addon_data()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    if damage == "folder is a file":
        folder.write_bytes(b"")
    addon.kodi.restart({"SIMKL_API_URL": simkl.url})
    addon.run("authorize")
    addon.wait_for_message("This copy of Simkl Connect has no client ID")


@pytest.mark.parametrize("damage", TORN)
def test_torn_settings_come_back_with_token_and_choices(boot: Boot, simkl: Simulator, damage: str) -> None:
    """Kodi neither reads nor writes such a file."""
    addon = boot(simkl.url, "v2", settings={"show_qr": "false"})
    addon.sign_in(simkl)
    addon.wait_until_dialog_closed()  # by itself, and nothing is written any more
    whole = addon.settings
    addon.kodi.kill()
    settings = addon.kodi.profile.addon_data() / "settings.xml"
    settings.write_bytes(TORN[damage](settings.read_bytes()))
    addon.kodi.restart()
    addon.wait_for_setting("access_token", simkl.issued[-1].access)
    addon.kodi.wait_for(lambda: addon.settings == whole, "all of the settings")
    assert whole["show_qr"] == "false"
    addon.run("authorize")
    addon.wait_for_code()
