"""Kodi's own errands wait for nobody: whatever a request hangs in, quitting and disabling go on at once."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Callable, Iterator

import pytest
from conftest import Boot
from real_kodi.addon import Addon
from real_kodi.paths import ADDON_ID
from simkl_simulator import Drip, Fault, Hang, Simulator, silent_listener

FAULTS: dict[str, Fault] = {
    "no answer": Hang(),
    "a byte a second": Drip(b"x" * 1000, 1.0),
    "a header byte a second": Drip(b"x", 1.0, head=True),
}
PHASES = ["no answer to SYN", "TLS handshake", *FAULTS]
PATIENCE = 6.0
"""Seconds. Kodi alone takes one or two, a request that nobody ends 15 and more; ``make bench`` has exact figures."""

Hanging = Callable[[str], Addon]


@pytest.fixture
def hanging(boot: Boot, simkl: Simulator) -> Iterator[Hanging]:
    """Boots a Kodi in which a sign-in hangs in the given phase."""
    with ExitStack() as stack:

        def hang(phase: str) -> Addon:
            url = simkl.url
            if phase in FAULTS:
                simkl.fault("/oauth", FAULTS[phase])
            else:
                silent = stack.enter_context(silent_listener(accepts=phase != "no answer to SYN"))
                url = silent.https if phase == "TLS handshake" else silent.http
            addon = boot(url)
            addon.run("authorize")
            addon.wait_for_phase("starting")
            addon.kodi.wait_for(lambda: not (phase in FAULTS and not simkl.requests), "the request to be sent")
            return addon

        yield hang


@pytest.mark.parametrize("phase", PHASES)
def test_kodi_quits_at_once(hanging: Hanging, phase: str) -> None:
    assert hanging(phase).kodi.quit() < PATIENCE


@pytest.mark.parametrize("phase", PHASES)
def test_the_add_on_is_disabled_at_once(hanging: Hanging, phase: str) -> None:
    addon = hanging(phase)
    started = time.monotonic()
    addon.kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=False)
    addon.kodi.wait_for(lambda: "service ended" in addon.kodi.log(), "the service to end")
    assert time.monotonic() - started < PATIENCE
    assert "let's kill it" not in addon.kodi.log()


def test_a_profile_is_loaded_at_once(hanging: Hanging) -> None:
    addon = hanging("no answer")
    started = time.monotonic()
    addon.kodi.builtin("LoadProfile(Master user)")
    addon.kodi.wait_for(lambda: addon.kodi.log().count("service ended") == 1, "the service to end")
    assert time.monotonic() - started < PATIENCE
    addon.kodi.wait_for(lambda: addon.kodi.log().count("service started") == 2, "the service to start again", 20.0)


def test_cancel_works_while_a_request_hangs_and_a_new_start_as_well(boot: Boot, simkl: Simulator, flow: str) -> None:
    addon = boot(simkl.url, flow)
    addon.run("authorize")
    first = addon.wait_for_code()
    simkl.fault("/oauth", Hang())
    addon.kodi.wait_for(lambda: simkl.requests[-1].outcome.startswith("fault"), "a poll that hangs")
    addon.kodi.press("back")
    addon.wait_until_dialog_closed()
    addon.run("authorize")
    second = addon.wait_for_code()
    assert second != first
    simkl.approve(second)
    addon.wait_for_setting("account_name", "Ada")
