"""Every state of the sign-in screen, reached as a person reaches it: a real Kodi, its keys, a simulated Simkl."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Callable, Mapping

from real_kodi.addon import Addon
from real_kodi.kodi import Kodi
from simkl_simulator import Body, Html, Simulator

PIN_APP, DEVICE_APP, NO_APP = "pin-app", "device-app", ""
"""Client ids: of the older kind, of the newer kind, and none at all."""

PIN, DEVICE, TOKEN = "/oauth/pin", "/oauth2/device", "/oauth2/token"
PIN_CODE, DEVICE_CODE = "5G6JA", "BDWP-HQPK"
SETTLED = 0.6
"""Seconds until the fade is over and the last change is drawn."""


@dataclass(frozen=True)
class Stage:
    """The add-on in a booted Kodi, and the Simkl it talks to."""

    addon: Addon
    simkl: Simulator

    @property
    def kodi(self) -> Kodi:
        """The Kodi."""
        return self.addon.kodi

    def open(self, phase: str) -> None:
        """Start a sign-in and wait until the screen shows ``phase``."""
        self.addon.run("authorize")
        self.wait_for(phase)

    def wait_for(self, phase: str) -> None:
        """Wait until the screen shows ``phase``, and has settled."""
        self.kodi.wait_for(self.addon_shows(phase), f"the phase {phase} on the screen", 15)
        time.sleep(SETTLED)
        for _ in range(2):  # a busy machine has drawn nothing meanwhile
            self.kodi.catch_up()

    def addon_shows(self, phase: str) -> Callable[[], bool]:
        """Whether the screen shows ``phase`` when this is called."""
        return lambda: self.addon.dialog_is_open and self.addon.shown.phase == phase

    def leave(self) -> None:
        """Press Back and wait until the screen is gone."""
        self.kodi.press("back")
        self.addon.wait_until_dialog_closed()

    def give_code(self, code: str, expires_in: float = 900, interval: float = 60, path: str = PIN) -> None:
        """Simkl's next answer to a request for a code."""
        self.simkl.fault(path, Body(json.dumps(_answer(code, expires_in, interval)).encode()))

    def give_token_answer(self, answer: Mapping[str, object], status: int = 200) -> None:
        """Simkl's next answer to a poll in the device flow."""
        self.simkl.fault(TOKEN, Body(json.dumps(answer).encode(), status=status))


def _answer(code: str, expires_in: float, interval: float) -> dict[str, object]:
    uri = "https://simkl.com/pin"
    return {
        "device_code": "a-device-code",
        "user_code": code,
        "verification_uri": uri,
        "verification_uri_complete": f"{uri}?user_code={code}",
        "expires_in": expires_in,
        "interval": interval,
    }


def starting(stage: Stage) -> None:
    """Simkl takes its time with the code."""
    stage.simkl.delay("/oauth", 2.0)
    stage.open("starting")
    stage.simkl.delay("/oauth", 0.0)


def waiting_pin(stage: Stage) -> None:
    """Five characters."""
    stage.give_code(PIN_CODE)
    stage.open("waiting")


def waiting_device(stage: Stage) -> None:
    """Eight characters and a hyphen."""
    stage.give_code(DEVICE_CODE, path=DEVICE)
    stage.open("waiting")


def last_minute(stage: Stage) -> None:
    """The code is about to run out: the end of a short one."""
    stage.give_code(PIN_CODE, expires_in=14)
    stage.open("waiting")
    stage.kodi.wait_for(lambda: stage.addon.shown.time_left == "0:06", "six seconds left", 15)
    time.sleep(0.3)


def retrying(stage: Stage) -> None:
    """The network wants something else first."""
    stage.simkl.fault(f"{PIN}/{PIN_CODE}", Html(), times=9)
    stage.give_code(PIN_CODE, interval=1)
    stage.open("retrying")


def expired(stage: Stage) -> None:
    """Nobody has entered the code."""
    stage.give_code(PIN_CODE, expires_in=1)
    stage.open("expired")


def denied(stage: Stage) -> None:
    """Somebody said no at Simkl."""
    stage.give_code(DEVICE_CODE, interval=1, path=DEVICE)
    stage.give_token_answer({"error": "access_denied"}, 400)
    stage.open("denied")


def failed(stage: Stage) -> None:
    """An app without a client id: the longest sentence there is."""
    stage.open("failed")


def connected(stage: Stage) -> None:
    """A real code, really approved."""
    stage.open("waiting")
    stage.simkl.approve(stage.addon.wait_for_code())
    stage.wait_for("connected")


def read_only(stage: Stage) -> None:
    """Connected, and nothing can be written."""
    stage.give_code(DEVICE_CODE, interval=1, path=DEVICE)
    stage.give_token_answer({"access_token": "a", "token_type": "bearer", "expires_in": 9, "scope": "media:read"})
    stage.open("connected")


Scene = Callable[[Stage], None]

SCENES: Mapping[str, tuple[Scene, ...]] = {
    PIN_APP: (starting, waiting_pin, last_minute, retrying, expired, connected),
    DEVICE_APP: (waiting_device, denied, read_only),
    NO_APP: (failed,),
}
"""By the client id that they need."""
