"""From the approval to a token on the disk, and what a sign-in sends."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from statistics import mean

from real_kodi.addon import Addon
from real_kodi.kodi import Kodi
from simkl_simulator import Simulator

from .lab import ROUND_TRIP, Lab, close_dialog, until
from .report import MS, Row, at_most_more, no_more

MEAN_MORE, WORST_MORE = 0.15, 0.3
"""Seconds."""
_LOOK_EVERY = 0.002
"""Seconds between two looks at the file."""


@dataclass(frozen=True)
class SignIn:
    """One sign-in: seconds from the approval to the token in settings.xml, and what the server saw."""

    to_disk: float
    requests: int
    connections: int


def sign_in(kodi: Kodi, simkl: Simulator, approve_after: float) -> SignIn:
    """From the press to the account's name; approved so many seconds after the code came."""
    addon = Addon(kodi)
    requests, connections, issued = len(simkl.requests), simkl.connections, len(simkl.issued)
    addon.run("authorize")
    state = addon.wait_for_phase("waiting")
    time.sleep(approve_after)
    approved = time.monotonic()
    simkl.approve(state["user_code"])
    on_disk = token_on_disk(kodi, simkl, issued)
    addon.wait_for_setting("account_name", "Ada")
    kodi.wait_for(lambda: addon.state["account_name"], "the name to be shown")
    close_dialog(kodi)
    return SignIn(on_disk - approved, len(simkl.requests) - requests, simkl.connections - connections)


def measure(lab: Lab) -> list[Row]:
    """The rows."""
    interval = 1.0 if lab.short else 5.0
    with lab.simkl(interval=interval) as simkl:
        with lab.ours(simkl.url) as kodi:
            rows = _delays(kodi, simkl, interval, lab.times(60, 6))
            rows += _traffic(kodi, simkl, interval, "V1", (2.4,) if lab.short else (7.5, 26.5))
        with lab.ours(simkl.url, flow="v2") as kodi:
            rows += _traffic(kodi, simkl, interval, "V2", (2.4,) if lab.short else (7.5, 26.5))
    return rows


def moments(count: int, interval: float) -> list[float]:
    """Random ones, evenly spread over the length of an interval in the middle of which a poll is sent."""
    spread = [(0.5 + (number + random.random()) / count) * interval for number in range(count)]
    random.shuffle(spread)
    return spread


def _delays(kodi: Kodi, simkl: Simulator, interval: float, count: int) -> list[Row]:
    taken = [sign_in(kodi, simkl, moment).to_disk for moment in moments(count, interval)]
    name = f"approval → token on disk, interval {interval:g} s"
    return [
        at_most_more(f"{name}, mean", mean(taken), interval / 2 + ROUND_TRIP, MS, MEAN_MORE, count),
        at_most_more(f"{name}, worst", max(taken), interval + ROUND_TRIP, MS, WORST_MORE, count),
    ]


def _traffic(kodi: Kodi, simkl: Simulator, interval: float, flow: str, after: tuple[float, ...]) -> list[Row]:
    done = [sign_in(kodi, simkl, seconds) for seconds in after]
    least = [2 + math.ceil(seconds / interval) for seconds in after]
    name = f"{flow}, approved after {' and '.join(f'{seconds:g}' for seconds in after)} s"
    return [
        no_more(f"TLS connections of a sign-in, {name}", [one.connections for one in done], [1] * len(done)),
        no_more(f"requests of a sign-in, {name}", [one.requests for one in done], least),
    ]


def token_on_disk(kodi: Kodi, simkl: Simulator, issued: int) -> float:
    """The moment from which settings.xml has a token that came after the first ``issued`` ones."""
    file = kodi.profile.addon_data() / "settings.xml"

    def there() -> bool:
        new = simkl.issued[issued:]
        return bool(new) and new[-1].access.encode() in file.read_bytes()

    return until(there, "the token on the disk", pause=_LOOK_EVERY)[1]
