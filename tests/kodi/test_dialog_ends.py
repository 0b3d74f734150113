"""The dialog when Kodi ends it, or the service that it shows: gone within a second in every phase, and not killed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Callable, Iterator

import pytest
from art import scenes
from art.scenes import Scene, Stage
from real_kodi.paths import ADDON_ID
from real_kodi.waiting import SLOWNESS
from test_dialog import pictures, staged

SCENES: tuple[Scene, ...] = (
    scenes.starting,
    scenes.waiting_pin,
    scenes.retrying,
    scenes.expired,
    scenes.connected,
)
SOON = 1.0
_SCRIPT_DONE = re.compile(r"onExecutionDone\(\d+, \S*default\.py\)")


@pytest.fixture(scope="module")
def shared(addon_zip: Path) -> Iterator[Stage]:
    with staged(addon_zip) as stage:
        yield stage


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """The Kodi that all tests share; the sign-in of each is cancelled after it."""
    yield shared
    shared.addon.wait_until_script_ended()
    shared.addon.run("authorize")
    shared.kodi.wait_for(lambda: shared.addon.dialog_is_open, "the dialog")
    shared.leave()
    shared.addon.wait_for_phase("cancelled")
    shared.addon.wait_until_script_ended()


def stop_script(stage: Stage) -> None:
    stage.kodi.builtin(f"StopScript({stage.kodi.profile.kodi_home}/addons/{ADDON_ID}/default.py)")


def set_enabled(stage: Stage, enabled: bool) -> None:
    stage.kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=enabled)


def check_end(stage: Stage, scene: Scene, end: Callable[[], object]) -> None:
    scene(stage)
    before = len(stage.kodi.log())
    end()
    stage.kodi.wait_for(lambda: _SCRIPT_DONE.search(stage.kodi.log()[before:]), "the script to end", SOON)
    stage.addon.wait_until_dialog_closed(SOON)
    assert pictures(stage) == []
    for trouble in ("let's kill it", "Traceback", "EXCEPTION"):
        assert trouble not in stage.kodi.log()[before:]


@pytest.mark.parametrize("scene", SCENES)
def test_a_script_that_kodi_stops(stage: Stage, scene: Scene) -> None:
    check_end(stage, scene, lambda: stop_script(stage))


@pytest.mark.parametrize("scene", SCENES)
def test_an_add_on_that_is_disabled(stage: Stage, scene: Scene) -> None:
    check_end(stage, scene, lambda: set_enabled(stage, False))
    stage.kodi.wait_for(lambda: not stage.kodi.python_runs(), "the service to end")
    set_enabled(stage, True)
    stage.addon.wait_for_phase("idle", "starting", "waiting", "retrying", "expired", "connected")


@pytest.mark.parametrize("scene", [scenes.starting, scenes.waiting_pin])
def test_kodi_that_ends(addon_zip: Path, scene: Scene) -> None:
    with staged(addon_zip) as stage:
        scene(stage)
        assert stage.kodi.quit() < 4 * SLOWNESS
        assert "let's kill it" not in stage.kodi.log()


def test_a_switch_of_the_profile(addon_zip: Path) -> None:
    """Kodi's main thread is busy for a second then, and no window closes meanwhile."""
    with staged(addon_zip) as stage:
        stage.kodi.quit()
        stage.kodi.profile.add_user("Other")
        stage.kodi.restart()
        stage.addon.wait_for_phase("idle")
        scenes.waiting_pin(stage)
        stage.kodi.builtin("LoadProfile(Other)")
        stage.kodi.wait_for(lambda: _SCRIPT_DONE.search(stage.kodi.log()), "the script to end", 5.0)
        stage.kodi.wait_for(lambda: stage.kodi.log().count("service started") == 2, "the other profile's service")
        assert pictures(stage) == []
        assert "let's kill it" not in stage.kodi.log()
