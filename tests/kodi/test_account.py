"""The account after the sign-in: who it is, switching, being signed out by Simkl, the settings page."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from conftest import Boot
from real_kodi import navigation
from real_kodi.addon import PAGE, Addon
from real_kodi.navigation import ADDON_SETTINGS
from real_kodi.paths import ADDON_ID
from simkl_simulator import Account, Simulator

SCREEN, HEADING = "selectdialog", 1


def connect(addon: Addon, simkl: Simulator) -> str:
    """Signs in; the access token."""
    addon.sign_in(simkl)
    addon.kodi.press("select")
    addon.wait_until_dialog_closed()
    return simkl.issued[-1].access


def test_the_account_screen_says_who_is_connected_and_since_when(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url)
    connect(addon, simkl)
    addon.run()
    navigation.wait_for_window(addon.kodi, SCREEN)
    assert re.fullmatch(r"Connected as Ada  Since \d+/\d+/\d+", addon.kodi.control(HEADING))
    assert navigation.focused(addon.kodi) == "Activity"
    addon.kodi.press("back")
    navigation.wait_until_closed(addon.kodi, SCREEN)
    assert addon.settings["account_name"] == "Ada"


HOSTILE = "x $LOCALIZE[222] $INFO[System.BuildVersion] $VAR[Any] [B]y[/B]"
HARMLESS = "x LOCALIZE[222] INFO[System.BuildVersion] VAR[Any] y"


def test_a_name_that_kodi_would_evaluate_is_shown_as_it_is(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url)
    addon.run("authorize")
    simkl.approve(addon.wait_for_code(), Account(HOSTILE, 7))
    addon.wait_for_message(f"Connected as {HARMLESS}")
    addon.kodi.press("select")
    addon.wait_until_dialog_closed()
    addon.run()
    navigation.wait_for_window(addon.kodi, SCREEN)
    addon.kodi.wait_for(
        lambda: addon.kodi.control(HEADING).startswith(f"Connected as {HARMLESS}"), "the account's name"
    )


@pytest.mark.parametrize("odd", ["1e30", "nan", "-1e30", "soon", "99999999999999"])
def test_what_is_stored_can_be_anything(boot: Boot, simkl: Simulator, odd: str) -> None:
    token = {"access_token": "a-token", "account_name": HOSTILE, "account_id": "7", "connected_at": odd}
    addon = boot(simkl.url, settings=token)
    addon.run()
    navigation.wait_for_window(addon.kodi, SCREEN)
    addon.kodi.wait_for(
        lambda: addon.kodi.control(HEADING).startswith(f"Connected as {HARMLESS}"), "the account's name"
    )


@pytest.mark.parametrize(("button", "kept"), [("Yes", 1), ("Yes, clear list", 0)])
def test_the_account_screen_leads_to_the_activity_page_and_signs_out(
    boot: Boot, simkl: Simulator, button: str, kept: int
) -> None:
    addon = boot(simkl.url)
    connect(addon, simkl)
    addon.kodi.quit()
    with closing(sqlite3.connect(addon.database)) as database, database:
        database.execute("INSERT INTO queued (kind, item) VALUES ('activity', '{}')")
    addon.kodi.restart()
    addon.kodi.wait_for(lambda: addon.state, "the service to run")
    addon.run()
    navigation.wait_for_window(addon.kodi, SCREEN)
    addon.kodi.press("select")
    navigation.wait_for_window(addon.kodi, PAGE)
    addon.kodi.press("back")
    navigation.wait_until_closed(addon.kodi, PAGE)
    addon.run()
    navigation.wait_for_window(addon.kodi, SCREEN)
    navigation.press(addon.kodi, "Sign out")
    navigation.wait_for_window(addon.kodi, "yesnodialog")
    navigation.press(addon.kodi, button)
    addon.kodi.wait_for(lambda: addon.settings["access_token"] == "", "the token to go")
    assert len(addon.rows("activity")) == kept


def test_switching_keeps_the_old_account_until_the_new_one_is_saved(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    old = connect(addon, simkl)
    addon.run()
    navigation.wait_for_window(addon.kodi, SCREEN)
    navigation.press(addon.kodi, "Switch account")
    code = addon.wait_for_code()
    assert addon.settings["access_token"] == old
    simkl.approve(code, Account("Grace", 7))
    addon.wait_for_setting("account_name", "Grace")
    assert addon.settings["access_token"] == simkl.issued[-1].access != old


def test_cancelling_a_switch_changes_nothing(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url)
    old = connect(addon, simkl)
    addon.run("authorize")
    addon.wait_for_code()
    addon.kodi.press("back")
    addon.wait_for_phase("cancelled")
    assert (addon.settings["access_token"], addon.settings["account_name"]) == (old, "Ada")


def test_a_connection_that_simkl_has_ended_is_told_once_and_keeps_the_name(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url, "v2")
    simkl.revoke(connect(addon, simkl))
    addon.restart_with(token_expires_at="1600000000")
    addon.kodi.wait_for(lambda: addon.kodi.boolean("Window.IsVisible(notification)"), "a notification")
    tokens = ("access_token", "refresh_token")  # Kodi writes them one after another
    addon.kodi.wait_for(lambda: not any(addon.settings[name] for name in tokens), "the tokens to go")
    assert addon.settings["account_name"] == "Ada"
    asked = len(simkl.requests)
    addon.kodi.restart()
    addon.kodi.wait_for(lambda: addon.state, "the service to run")
    assert len(simkl.requests) == asked


def test_a_revoked_token_that_is_used_ends_the_connection(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    simkl.revoke(connect(addon, simkl))
    addon.restart_with(account_name="")
    addon.kodi.wait_for(lambda: addon.kodi.boolean("Window.IsVisible(notification)"), "a notification")
    addon.kodi.wait_for(lambda: addon.settings["access_token"] == "", "the token to go")


def test_the_settings_page_offers_what_can_be_done(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url)
    navigation.open_settings(addon.kodi, ADDON_ID)
    assert "Sign out" not in labels_of_the_page(addon)
    addon.kodi.press("back")
    navigation.wait_until_closed(addon.kodi, ADDON_SETTINGS)
    connect(addon, simkl)
    navigation.open_settings(addon.kodi, ADDON_ID)
    assert {"Authorize", "Sign out", "Show a QR code"} <= labels_of_the_page(addon)


def labels_of_the_page(addon: Addon) -> set[str]:
    """The labels that the focus comes by."""
    found = set()
    navigation.move_to(addon.kodi, "Authorize")
    last = ""
    for _ in range(4):
        last = addon.kodi.wait_for(lambda last=last: {navigation.focused(addon.kodi)} - {"", last}, "a focus").pop()
        found.add(last)
        addon.kodi.press("down")
    return found


def test_the_settings_page_comes_back_after_a_sign_in_begun_there(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url)
    addon.press_authorize()
    simkl.approve(addon.wait_for_code())
    addon.wait_for_message("Connected as Ada")
    addon.kodi.press("select")
    navigation.wait_for_window(addon.kodi, ADDON_SETTINGS)
