"""How long Kodi takes to quit in the middle of something."""

from __future__ import annotations

import time
from contextlib import ExitStack
from statistics import median

from real_kodi.addon import Addon
from real_kodi.guisettings import set_values
from real_kodi.kodi import Kodi
from simkl_simulator import Drip, Fault, Hang, Simulator, silent_listener

from .lab import Lab, forget_sign_in, restart
from .report import SECONDS, Row, at_most_more

MORE = 0.5
"""Seconds."""
FAULTS: dict[str, Fault] = {
    "no answer": Hang(),
    "a byte a second": Drip(b"x" * 1000, 1.0),
    "a header byte a second": Drip(b"x", 1.0, head=True),
}
SILENT = {"no answer to SYN": False, "TLS handshake hangs": True}
"""Whether connections are accepted."""
PROXIES = {"HTTP proxy does not answer": 0, "SOCKS proxy does not answer": 3}
"""Kodi's numbers for their types."""
WAITING = "code shown"
CONNECTING = 1.0
"""Seconds from the press until the add-on has loaded what it needs, and waits for a connection."""


def measure(lab: Lab) -> list[Row]:
    """A row for each phase; ``lives`` has the one for an idle service."""
    floors: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in (WAITING, *SILENT, *FAULTS, *PROXIES)}
    with lab.simkl() as simkl, lab.bare() as bare, lab.ours(simkl.url, with_socks=True) as ours:
        bare.quit()
        ours.quit()
        for _ in range(lab.times(3, 1)):
            restart(bare)
            floors.append(bare.quit())
            for phase, seconds in taken.items():
                seconds.append(_quit_in(lab, ours, phase))
    return [
        at_most_more(f"quit, {phase}", median(seconds), median(floors), SECONDS, MORE, len(seconds))
        for phase, seconds in taken.items()
    ]


def _quit_in(lab: Lab, kodi: Kodi, phase: str) -> float:
    with ExitStack() as stack:
        simkl = stack.enter_context(lab.simkl(latency=0.0))
        url = simkl.url
        if phase in SILENT:
            url = stack.enter_context(silent_listener(accepts=SILENT[phase])).https
        proxy = stack.enter_context(silent_listener())
        set_values(kodi.profile.userdata / "guisettings.xml", _proxy_settings(phase, proxy.port))
        restart(kodi, lab.environment(url))
        _bring_to(Addon(kodi), simkl, phase)
        seconds = kodi.quit()
        forget_sign_in(kodi)
    return seconds


def _proxy_settings(phase: str, port: int) -> dict[str, str]:
    """Settings of Kodi's own."""
    return {
        "network.usehttpproxy": "true" if phase in PROXIES else "false",
        "network.httpproxytype": str(PROXIES.get(phase, 0)),
        "network.httpproxyserver": "127.0.0.1",
        "network.httpproxyport": str(port),
    }


def _bring_to(addon: Addon, simkl: Simulator, phase: str) -> None:
    if phase in FAULTS:
        simkl.fault("/oauth", FAULTS[phase])
    addon.run("authorize")
    if phase == WAITING:
        addon.wait_for_code()
    elif phase in FAULTS:
        addon.kodi.wait_for(lambda: simkl.requests, "the request")
    else:
        addon.wait_for_phase("starting")
        time.sleep(CONNECTING)
