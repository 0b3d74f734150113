"""Kodi's own errands wait for nobody: whatever a request hangs in, quitting and disabling go on at once."""

from __future__ import annotations

import os
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Callable, Iterator

import pytest
from conftest import ROOT, Boot
from real_kodi import namespace, package
from real_kodi.addon import Addon
from real_kodi.paths import ADDON_ID
from real_kodi.waiting import SLOWNESS
from simkl_connect.ui.view import CONNECTED_STAYS
from simkl_simulator import Drip, Fault, Hang, Simulator, silent_listener

FAULTS: dict[str, Fault] = {
    "no answer": Hang(),
    "a byte a second": Drip(b"x" * 1000, 1.0),
    "a header byte a second": Drip(b"x", 1.0, head=True),
}
PHASES = ["no answer to SYN", "TLS handshake", *FAULTS]
PATIENCE = min(6.0 * SLOWNESS, 12.0)
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


LOOK_UP = 4.0
"""Seconds until the device's resolver gives up."""


@pytest.fixture
def looking_up(boot: Boot) -> Iterator[Addon]:
    """A Kodi whose only name server has been asked for Simkl, and says nothing."""
    if not namespace.allowed():
        pytest.skip("only root may give one process a name server of its own")
    low, high = divmod(os.getpid(), 250)
    address = f"127.53.{low % 250}.{high}"
    mounts = f"""
echo nameserver {address} > $HOME/resolv.conf
echo options timeout:{LOOK_UP:.0f} attempts:1 >> $HOME/resolv.conf
mount --bind $HOME/resolv.conf /etc/resolv.conf
"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        server.settimeout(15.0)
        addon = boot("https://simkl.example", mounts=mounts)
        addon.run("authorize")
        while b"\x05simkl" not in server.recv(512):
            continue
        yield addon


@pytest.mark.parametrize("phase", PHASES)
def test_kodi_quits_at_once(hanging: Hanging, phase: str) -> None:
    assert hanging(phase).kodi.quit() < PATIENCE


@pytest.mark.parametrize("phase", PHASES)
def test_the_add_on_is_disabled_at_once(hanging: Hanging, phase: str) -> None:
    addon = hanging(phase)
    started = time.monotonic()
    addon.kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=False)
    gone = f"{ADDON_ID}/service.py): script termination took"
    addon.kodi.wait_for(lambda: gone in addon.kodi.log(), "Kodi to be done with the service", 20.0)
    assert time.monotonic() - started < PATIENCE
    assert "let's kill it" not in addon.kodi.log()


def test_a_dialog_that_closes_while_kodi_stops_the_service_keeps_nobody_waiting(
    boot: Boot, simkl: Simulator, tmp_path: Path
) -> None:
    """Its time is over two seconds after the service has been told to stop, which takes four, as on a slow device."""
    files = package.contents(ROOT, None)
    name, last_word = "lib/simkl_connect/kodi/background/service.py", b"        ipc.withdraw()\n"
    assert last_word in files[name]
    slow = files[name].replace(last_word, b"        time.sleep(4)\n" + last_word)
    package.write_zip(tmp_path / "slow.zip", ADDON_ID, {**files, name: slow})
    addon = boot(simkl.url, built=tmp_path / "slow.zip")
    addon.run("authorize")
    simkl.approve(addon.wait_for_code())
    addon.wait_for_phase("connected")
    time.sleep(CONNECTED_STAYS - 2.0)
    addon.kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=False)
    addon.wait_until_dialog_closed()
    addon.kodi.wait_for(lambda: not addon.kodi.python_runs(), "the service to end")
    assert "let's kill it" not in addon.kodi.log()


@pytest.fixture
def starting(boot: Boot, simkl: Simulator, tmp_path: Path) -> Addon:
    """Its service has just been started, and takes two seconds to load, as on a slow device."""
    files = package.contents(ROOT, None)
    slow = b"import time, xbmc; xbmc.log('the service loads', xbmc.LOGINFO); time.sleep(2)\n" + files["service.py"]
    package.write_zip(tmp_path / "slow.zip", ADDON_ID, {**files, "service.py": slow})
    addon = boot(simkl.url, built=tmp_path / "slow.zip")
    addon.kodi.wait_for(lambda: addon.state, "the service")
    addon.kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=False)
    addon.kodi.wait_for(lambda: not addon.kodi.python_runs(), "the service to end")
    addon.kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=True)
    addon.kodi.wait_for(lambda: addon.kodi.log().count("the service loads") == 2, "the service to load again")
    return addon


def test_disabled_before_the_service_can_hear_it(starting: Addon) -> None:
    """Kodi says stop once, and not to a monitor that comes later."""
    starting.kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=False)
    starting.kodi.wait_for(lambda: not starting.kodi.python_runs(), "the service to end", PATIENCE)
    assert not starting.state
    assert "let's kill it" not in starting.kodi.log()


def test_quit_before_the_service_can_hear_it(starting: Addon) -> None:
    """Nothing tells it then but Kodi's own means, after five seconds."""
    assert starting.kodi.quit(30.0) < 2 * PATIENCE
    assert starting.kodi.exit_code == 0


def test_a_profile_is_loaded_at_once(hanging: Hanging) -> None:
    addon = hanging("no answer")
    started = time.monotonic()
    addon.kodi.builtin("LoadProfile(Master user)")
    addon.kodi.wait_for(lambda: addon.kodi.log().count("service ended") == 1, "the service to end")
    assert time.monotonic() - started < PATIENCE
    addon.kodi.wait_for(lambda: addon.kodi.log().count("service started") == 2, "the service to start again", 20.0)


def test_kodi_quits_as_soon_as_a_look_up_is_over(looking_up: Addon) -> None:
    """Nothing can end one earlier."""
    assert looking_up.kodi.quit() < LOOK_UP + PATIENCE
    assert looking_up.kodi.exit_code == 0


def test_cancel_works_while_a_look_up_hangs_and_a_new_start_as_well(looking_up: Addon) -> None:
    addon = looking_up
    addon.kodi.press("back")
    addon.wait_until_dialog_closed(2.0)
    addon.run("authorize")
    addon.wait_for_phase("starting")
    addon.wait_for_message("Simkl can't be reached.")


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
