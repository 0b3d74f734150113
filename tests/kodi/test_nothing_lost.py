"""The token survives what happens in living rooms: the settings page left open, the plug pulled, the dialog gone."""

from __future__ import annotations

import os
import random
import signal
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
import os, signal

def die_before(owner, name, count):
    """The process is killed at the ``count``-th call."""
    original = getattr(owner, name)
    calls = []
    def dying(*arguments, **named):
        if armed():
            calls.append(name)
            if len(calls) == count:
                os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **named)
    setattr(owner, name, dying)

def armed():
    return os.path.exists({flag!r})
'''
STEPS = {
    "before the journal is synced": ("os", "fsync", 1),
    "before the journal is renamed": ("os", "replace", 1),
    "before the journal's folder is synced": ("os", "fsync", 2),
    "before settings.xml is synced": ("os", "chmod", 1),
    "before the journal is removed": ("os", "unlink", 1),
    "after the journal is removed": ("os", "unlink", 2),
}
TOO_EARLY = ("before the journal is synced", "before the journal is renamed")
"""The token is still on its way to the disk: it can be lost, and nothing may be broken by it."""


def token_on_disk(addon: Addon) -> str:
    """The saved token, once the next start has finished what was begun."""
    addon.kodi.wait_for(lambda: not journal(addon).exists(), "the journal to be finished")
    return addon.settings.get("access_token", "")


def journal(addon: Addon) -> Path:
    return addon.kodi.profile.addon_data() / "unsaved.json"


def assert_connected(addon: Addon, simkl: Simulator) -> None:
    """With the token that was issued last, and nothing owed."""
    addon.wait_for_setting("access_token", simkl.issued[-1].access)
    addon.wait_for_setting("account_name", "Ada")
    assert token_on_disk(addon) == simkl.issued[-1].access


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
def test_a_kill_at_any_step_of_saving_loses_nothing_that_was_journaled(
    boot: Boot, simkl: Simulator, tmp_path: Path, step: str
) -> None:
    module, name, count = STEPS[step]
    flag = tmp_path / "armed"
    files = package.contents(ROOT, None)
    prelude = DIE_AT.format(flag=str(flag)) + f"import {module}\ndie_before({module}, {name!r}, {count})\n"
    files["service.py"] = prelude.encode() + files["service.py"]
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
    if step in TOO_EARLY:
        addon.kodi.wait_for(lambda: addon.state, "the service to run")
        return
    assert_connected(addon, simkl)


@pytest.mark.parametrize("moment", range(KILLS))
def test_a_kill_around_the_answer_loses_no_token_that_was_journaled(boot: Boot, flow: str, moment: int) -> None:
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
        assert token_on_disk(addon) in ("", simkl.issued[-1].access)


def where_the_token_is(addon: Addon, simkl: Simulator) -> str:
    """Kodi stands still from here on, so that what is found is so when it is killed.

    "read": on its way from the network to the disk. That gap can't be closed, because the server gives a token once.
    """
    os.kill(addon.kodi.pid, signal.SIGSTOP)
    addon.kodi.wait_for(after(0.1), "what the simulator still sends")
    if any(request.path == "/users/settings" for request in simkl.requests):
        return "in use"
    settings_file = addon.kodi.profile.addon_data() / "settings.xml"
    if journal(addon).exists() or simkl.issued[-1].access in settings_file.read_text("utf-8"):
        return "on the disk"
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
    assert not (addon.kodi.profile.addon_data() / "sign-in.json").exists()


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


def test_a_service_that_has_gone_is_told_within_seconds(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url)
    addon.run("authorize")
    addon.wait_for_code()
    addon.kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=False)
    addon.wait_for_message("The add-on was restarted meanwhile", timeout=8.0)


@pytest.mark.parametrize("damage", ["settings.xml empty", "folder missing", "folder read-only", "folder is a file"])
def test_damage_on_the_disk_crashes_nothing(boot: Boot, simkl: Simulator, damage: str) -> None:
    addon = boot(simkl.url)
    addon.kodi.quit()
    folder = addon.kodi.profile.addon_data()
    if damage == "settings.xml empty":
        (folder / "settings.xml").write_bytes(b"")
    else:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        if damage == "folder is a file":
            folder.write_bytes(b"")
    addon.kodi.restart({"SIMKL_API_URL": simkl.url})
    addon.run("authorize")
    addon.wait_for_message("This copy of Simkl Connect has no client ID")
