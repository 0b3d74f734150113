"""The main job, shown: a real Kodi and a simulated Simkl, from the Authorize button to a film watched on Simkl.

``python -m real_kodi.demo``; with ``HOLD=1`` Kodi stays open and a person approves the code in a browser; with
``LIVE=1`` and ``SIMKL_CLIENT_ID`` the same Kodi talks to the real Simkl.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack

from simkl_simulator import Simulator

from . import navigation, package
from .addon import Addon
from .collection import Collection
from .dependencies import stand_ins
from .kodi import Kodi
from .library import Film, Library
from .paths import ADDON_ID, PROJECT
from .player import Player
from .profile import Setup
from .scanned import scanned

PICTURES = PROJECT / "build" / "demo"
CLIENT_ID = "demo-client-id"
FILM = Film("Seven Lanterns", 2023, {"imdb": "tt9000105"})
LIBRARY = Library(films=(FILM,), shows=())
"""What is in Kodi's library; the simulated Simkl knows it."""
PERSON = 900.0
"""Seconds that a person gets to enter the code."""


class Steps:
    """Says each step with the time since the start, and takes its picture."""

    def __init__(self) -> None:
        self._started_at = time.monotonic()
        self._number = 0

    def say(self, text: str) -> None:
        """One line."""
        print(f"{time.monotonic() - self._started_at:6.1f} s  {text}", flush=True)

    def picture(self, addon: Addon, name: str) -> None:
        """A screenshot once the screen is still."""
        self._number += 1
        path = PICTURES / f"{self._number}-{name}.png"
        addon.kodi.still_picture().save(path)
        self.say(f"         picture: {path.relative_to(PROJECT)}")


def demo(live: bool, hold: bool) -> None:
    """Raises TimeoutError where a step does not come about."""
    steps = Steps()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with ExitStack() as stack:
        environment, simkl = {}, None
        client_id = os.environ.get("SIMKL_CLIENT_ID", "") if live else CLIENT_ID
        if not live:
            simkl = stack.enter_context(Simulator({CLIENT_ID: os.environ.get("FLOW", "v2")}))
            environment = {"SIMKL_API_URL": simkl.url}
            steps.say(f"simulated Simkl at {simkl.url}")
        zip_path = package.build(PROJECT, PROJECT / "build", {"SIMKL_CLIENT_ID": client_id})
        steps.say(f"add-on built: {zip_path.relative_to(PROJECT)}")
        library = None if live else scanned(LIBRARY)
        setup = Setup(zips=[zip_path], folders=stand_ins(), width=1920, height=1080, library=library)
        on_screen = bool(os.environ.get("DISPLAY"))
        addon = Addon(stack.enter_context(Kodi(setup, environment, on_screen=on_screen, wait_for_service=True)))
        steps.say(f"Kodi is up after {addon.kodi.boot_seconds:.1f} s{'' if on_screen else ', on an invisible screen'}")
        _sign_in(addon, simkl, steps, person=live or hold)
        if simkl is not None:
            _watch(addon, simkl, steps)
        if hold:
            steps.say("Kodi stays open: close it, or press Ctrl-C here")
            addon.kodi.wait_for(lambda: not addon.kodi.alive, "the end", timeout=float("inf"))
        else:
            steps.say(f"Kodi has quit within {addon.kodi.quit():.1f} s; nothing is left running")


def _sign_in(addon: Addon, simkl: Simulator | None, steps: Steps, person: bool) -> None:
    navigation.open_settings(addon.kodi, ADDON_ID)
    navigation.move_to(addon.kodi, "Authorize")
    steps.say("add-on settings open, Authorize has the focus")
    steps.picture(addon, "settings")
    addon.kodi.press("select")
    code = addon.wait_for_code()
    steps.say(f"Authorize pressed; on the screen: {addon.shown.address}, code {code}")
    steps.picture(addon, "code")
    if person or simkl is None:
        where = f"{simkl.url}/pin" if simkl is not None else "https://simkl.com/pin"
        steps.say(f"now enter {code} at {where}")
    else:
        simkl.approve(code)
        steps.say("code entered at the simulated Simkl, access allowed")
    token = addon.wait_for_setting("access_token", timeout=PERSON)
    steps.say(f"token saved in settings.xml, {len(token)} characters")
    addon.wait_for_message("Connected as ")
    steps.say(f"on the screen: {addon.shown.message}")
    steps.picture(addon, "connected")
    if simkl is not None and token != simkl.issued[-1].access:
        raise SystemExit("the token in settings.xml is not the one that the server issued")
    addon.wait_until_dialog_closed()
    steps.say("the dialog has closed by itself")
    if simkl is not None:
        addon.decline_sync()
        steps.say("asked whether to bring library and Simkl together: not now")


def _watch(addon: Addon, simkl: Simulator, steps: Steps) -> None:
    player, film = Player(addon.kodi), Collection(addon.kodi).find(FILM)
    addon.kodi.rpc("GUI.ActivateWindow", window="home")
    player.play(film.item)
    addon.kodi.wait_for(simkl.sessions, f"{FILM.title} to be watched live on Simkl")
    steps.say(f"{FILM.title} plays; on Simkl: watching")
    player.seek(85)
    player.stop()
    steps.say("jumped to 85 % and stopped")
    (mark,) = addon.kodi.wait_for(simkl.watched, f"{FILM.title} to be watched on Simkl", timeout=20.0)
    addon.kodi.wait_for(lambda: addon.kodi.boolean("Window.IsVisible(notification)"), "the notification")
    steps.picture(addon, "watched")
    steps.say(f"watched on Simkl: {mark.title} ({mark.year}), {mark.watched_at}")


def main() -> int:
    """Exit code 0 if the main job was done."""
    live, hold = (os.environ.get(name, "") not in ("", "0") for name in ("LIVE", "HOLD"))
    if live and not os.environ.get("SIMKL_CLIENT_ID"):
        print("demo: LIVE=1 needs SIMKL_CLIENT_ID, the client id of an app at simkl.com/settings/developer")
        return 2
    try:
        demo(live, hold)
    except KeyboardInterrupt:
        return 130
    except TimeoutError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
