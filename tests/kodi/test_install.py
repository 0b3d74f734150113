"""Kodi's own installer, worked by remote: what a user's account and a sign-in go through when the add-on changes."""

from __future__ import annotations

import time
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from conftest import CLIENT_IDS
from real_kodi import installer, installing, navigation
from real_kodi.addon import Addon
from real_kodi.dependencies import QR_MODULE, stand_ins
from real_kodi.kodi import Kodi
from real_kodi.official import Official, official
from real_kodi.paths import ADDON_ID
from real_kodi.profile import Setup
from real_kodi.waiting import SLOWNESS
from simkl_simulator import Simulator

NAME = "Simkl Connect"
OLD, NOW, NEW = "0.0.1", "1.0.0", "99.0.0"
FIRST, FIRST_COMMIT = "0.1.0", "23a84de6eb7b4f94c2b132bd6a0903ce5ce39072"
MOMENTS = 60

Bare = Callable[..., Kodi]


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Official]:
    """Where Kodi finds what the add-on depends on."""
    with official(stand_ins(), tmp_path / "official") as served:
        yield served


@pytest.fixture
def bare(simkl: Simulator) -> Iterator[Bare]:
    """Boots a Kodi without the add-on, its settings from last time in place."""
    with ExitStack() as stack:

        def boot(*folders: Path, flow: str = "v2", **setup: Any) -> Kodi:
            settings = {"client_id": CLIENT_IDS[flow]}
            made = Setup(folders=folders, debug=True, addon_settings=settings, **setup)
            return stack.enter_context(Kodi(made, {"SIMKL_API_URL": simkl.url}))

        yield boot


@pytest.fixture
def installed(bare: Bare, tmp_path: Path, flow: str) -> Addon:
    """The add-on, installed from its zip; its dependencies were there."""
    kodi = bare(*stand_ins(), flow=flow)
    return install(kodi, tmp_path, NOW)


@pytest.fixture
def first(bare: Bare, tmp_path: Path, flow: str) -> Addon:
    """0.1.0, which kept its data in the settings and two files, installed from its own zip."""
    zip_file = installer.zip_of_commit(FIRST_COMMIT, FIRST, tmp_path)
    if zip_file is None:
        pytest.skip("this clone's history does not reach back to 0.1.0")
    kodi = bare(*stand_ins(), flow=flow)
    installing.install(kodi, zip_file, ADDON_ID, FIRST)
    addon = Addon(kodi)
    kodi.wait_for(lambda: addon.state, "the service of 0.1.0")
    return addon


def install(kodi: Kodi, folder: Path, version: str) -> Addon:
    """Install that version, or change to it; the add-on once its service runs."""
    installing.install(kodi, installer.zip_of(version, folder), ADDON_ID, version)
    addon = Addon(kodi)
    kodi.wait_for(lambda: addon.state, f"the service of {version}")
    return addon


def connect(addon: Addon, simkl: Simulator) -> str:
    """Sign in; the token."""
    addon.sign_in(simkl)
    addon.wait_until_dialog_closed()
    addon.wait_until_script_ended()
    return addon.wait_for_setting("access_token", simkl.issued[-1].access)


def assert_one_service(addon: Addon, ended: int) -> None:
    """One runs, and those before it have ended by themselves. The service and its worker are a thread each."""
    addon.wait_until_script_ended()
    addon.kodi.wait_for(lambda: 1 <= addon.kodi.python_runs() <= 2, "one service, with its worker")
    log = addon.kodi.log()
    assert (log.count("service started"), log.count("service ended")) == (ended + 1, ended)
    assert "let's kill it" not in log
    assert "Traceback" not in log
    assert "EXCEPTION" not in log


def test_a_fresh_installation_brings_what_it_needs(
    bare: Bare, repository: Official, simkl: Simulator, tmp_path: Path
) -> None:
    kodi = bare(repository.folder)
    repository.offer(kodi)
    addon = install(kodi, tmp_path, NOW)
    assert {folder.name for folder in stand_ins()} <= {
        path.name for path in (kodi.profile.kodi_home / "addons").iterdir()
    }
    token = connect(addon, simkl)
    assert_one_service(addon, ended=0)
    kodi.restart()
    kodi.wait_for(lambda: addon.state, "the service after a restart")
    assert addon.settings["access_token"] == token


@pytest.mark.parametrize("missing", ["script.module.requests", QR_MODULE])
def test_a_dependency_that_is_nowhere(bare: Bare, missing: str, tmp_path: Path) -> None:
    kodi = bare(*[folder for folder in stand_ins() if folder.name != missing])
    with pytest.raises(TimeoutError, match=f"{ADDON_ID} {NOW}"):
        installing.install(kodi, installer.zip_of(NOW, tmp_path), ADDON_ID, NOW, timeout=0.5)
    toast = kodi.wait_for(lambda: kodi.boolean("Window.IsVisible(notification)") and toast_text(kodi), "a toast", 5.0)
    assert toast.startswith(f"The dependency on {missing} version ")
    assert toast.endswith(" could not be satisfied.")
    assert not (kodi.profile.kodi_home / "addons" / ADDON_ID).exists()
    assert not kodi.python_runs()


def toast_text(kodi: Kodi) -> str:
    """What the notification says below its heading."""
    seen = [line for line in kodi.log().splitlines() if "could not be satisfied" in line]
    return seen[-1].partition("]: ")[2] if seen else ""


def test_a_sign_in_by_the_first_version_is_kept(first: Addon, simkl: Simulator, tmp_path: Path) -> None:
    token = connect(first, simkl)
    asked = len(simkl.requests)
    install(first.kodi, tmp_path, NOW)
    first.kodi.wait_for(lambda: first.stored().get("access_token") == token, "the token in the database")
    assert (first.settings["access_token"], first.settings["account_name"]) == (token, "Ada")
    assert len(simkl.requests) == asked


def test_a_code_shown_by_the_first_version_goes_on_waiting(first: Addon, simkl: Simulator, tmp_path: Path) -> None:
    first.run("authorize")
    code = first.wait_for_code()
    stop_dialog(first)
    install(first.kodi, tmp_path, NOW)
    first.wait_for_phase("waiting")
    assert first.state["user_code"] == code
    simkl.approve(code)
    assert first.wait_for_setting("access_token") == simkl.issued[-1].access


def test_a_sign_in_by_the_first_version_outlives_a_torn_settings_file(
    first: Addon, simkl: Simulator, tmp_path: Path
) -> None:
    token = connect(first, simkl)
    kodi = first.kodi
    kodi.quit()
    settings = kodi.profile.addon_data() / "settings.xml"
    settings.write_bytes(settings.read_bytes()[:300])
    with zipfile.ZipFile(installer.zip_of(NOW, tmp_path)) as archive:
        archive.extractall(kodi.profile.kodi_home / "addons")
    kodi.restart()
    kodi.wait_for(lambda: first.stored().get("access_token") == token, "the token in the database")
    first.wait_for_setting("access_token", token)


@pytest.mark.parametrize("version", [NEW, NOW, OLD], ids=["update", "same again", "downgrade"])
def test_a_change_of_version_keeps_account_and_settings(
    installed: Addon, simkl: Simulator, tmp_path: Path, version: str
) -> None:
    token = connect(installed, simkl)
    before = installed.settings
    asked = len(simkl.requests)
    install(installed.kodi, tmp_path, version)
    installed.wait_for_phase("idle")
    assert_one_service(installed, ended=1)
    assert installed.settings == before
    assert installed.settings["access_token"] == token
    assert len(simkl.requests) == asked
    assert connect(installed, simkl) != token


@pytest.mark.parametrize("version", [NEW, OLD], ids=["update", "downgrade"])
def test_a_code_that_waits_goes_on_waiting(installed: Addon, simkl: Simulator, tmp_path: Path, version: str) -> None:
    installed.run("authorize")
    code = installed.wait_for_code()
    request = installed.state["request"]
    stop_dialog(installed)  # with a dialog open, Kodi opens no add-on browser
    install(installed.kodi, tmp_path, version)
    installed.wait_for_phase("waiting")
    assert (installed.state["user_code"], installed.state["request"]) == (code, request)
    simkl.approve(code)
    assert installed.wait_for_setting("access_token") == simkl.issued[-1].access
    installed.wait_for_setting("account_name", "Ada")
    assert_one_service(installed, ended=1)


def stop_dialog(addon: Addon) -> None:
    addon.kodi.builtin(f"StopScript({addon.kodi.profile.kodi_home}/addons/{ADDON_ID}/default.py)")
    addon.wait_until_dialog_closed()


def test_disabled_and_enabled_in_the_add_on_browser(installed: Addon, simkl: Simulator) -> None:
    token = connect(installed, simkl)
    kodi = installed.kodi
    installer.open_information(kodi, NAME)
    installer.press_and_see(kodi, "Disable", "Enable")
    kodi.wait_for(lambda: not kodi.python_runs(), "the service to end")
    assert not installed.state
    installer.press_and_see(kodi, "Enable", "Disable")
    installed.wait_for_phase("idle")
    assert_one_service(installed, ended=1)
    assert installed.settings["access_token"] == token


def test_disabled_in_any_moment_it_says_nothing(installed: Addon) -> None:
    """Kodi forgets an add-on a little before it says stop, may say it before the service can hear it, and crashes where
    it says it to a service that is just ending. A refused ``Addon`` is in its log even if that was expected."""
    kodi = installed.kodi
    for moment in range(MOMENTS):
        kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=False)
        kodi.wait_for(lambda: not kodi.python_runs(), "the service to end")
        kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=True)
        kodi.wait_for_python()
        time.sleep(moment % 20 * 0.002)
    installed.wait_for_phase("idle")
    for trouble in ("Traceback", "EXCEPTION Thrown", "let's kill it"):
        assert trouble not in kodi.log()


@pytest.mark.parametrize("remove_data", [True, False], ids=["with its data", "without its data"])
@pytest.mark.parametrize("waiting", [False, True], ids=["connected", "a code waits"])
def test_uninstalled_it_leaves_what_the_user_says(
    installed: Addon, simkl: Simulator, waiting: bool, remove_data: bool
) -> None:
    connect(installed, simkl)
    if waiting:
        installed.run("authorize")
        installed.wait_for_code()
        stop_dialog(installed)
    kodi, data = installed.kodi, installed.kodi.profile.addon_data()
    installer.open_information(kodi, NAME)
    installer.uninstall(kodi, NAME, ADDON_ID, remove_data)
    kodi.wait_for(lambda: not kodi.python_runs(), "the service to end")
    assert not installed.state
    assert data.exists() is not remove_data
    log = kodi.log()
    assert "let's kill it" not in log
    assert "Traceback" not in log
    asked = len(simkl.requests)
    navigation.wait_for_window(kodi, "addonbrowser")
    assert kodi.quit() < 5 * SLOWNESS
    assert data.exists() is not remove_data
    assert len(simkl.requests) == asked
