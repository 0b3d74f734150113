"""From the approval to a token on the disk."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from statistics import mean, median

from real_kodi.addon import Addon
from real_kodi.kodi import Kodi
from simkl_simulator import Simulator

from .lab import ROUND_TRIP, Lab, close_dialog, database, until
from .report import MS, Row, at_most_more

MEAN_MORE, WORST_MORE, HAND_OVER = 0.15, 0.3, 0.02
"""Seconds."""
INTERVAL = 5.0
"""Seconds between two polls, as Simkl has it. The service's loop may wait so long when a sign-in begins."""
_LOOK_EVERY = 0.001
"""Seconds between two looks at the file."""
_POLLS = ("/oauth/pin/", "/oauth2/token")


@dataclass(frozen=True)
class SignIn:
    """One sign-in: seconds from the approval, and from the server's answer, to the token in the database."""

    from_approval: float
    from_hand_over: float


def sign_in(kodi: Kodi, simkl: Simulator, approve_after: float) -> SignIn:
    """From the press to the account's name; approved so many seconds after the code came."""
    addon = Addon(kodi)
    issued = len(simkl.issued)
    addon.run("authorize")
    state = addon.wait_for_phase("waiting")
    time.sleep(approve_after)
    approved = time.monotonic()
    simkl.approve(state["user_code"])
    on_disk = token_on_disk(kodi, simkl, issued)
    asked = [request.time for request in simkl.requests if request.path.startswith(_POLLS)][-1]
    addon.wait_for_setting("account_name", "Ada")
    kodi.wait_for(lambda: addon.state["account_name"], "the name to be shown")
    close_dialog(kodi)
    return SignIn(on_disk - approved, on_disk - asked - ROUND_TRIP)


def measure(lab: Lab) -> list[Row]:
    """The rows."""
    count = lab.times(60, 6)
    with lab.simkl(interval=INTERVAL) as simkl, lab.ours(simkl.url) as kodi:
        done = [sign_in(kodi, simkl, moment) for moment in moments(count, INTERVAL)]
    taken, handed_over = [one.from_approval for one in done], [one.from_hand_over for one in done]
    name = f"approval → token on disk, interval {INTERVAL:g} s"
    return [
        at_most_more(f"{name}, mean", mean(taken), INTERVAL / 2 + ROUND_TRIP, MS, MEAN_MORE, count),
        at_most_more(f"{name}, worst", max(taken), INTERVAL + ROUND_TRIP, MS, WORST_MORE, count),
        at_most_more("hand-over → token on disk", median(handed_over), 0.0, MS, HAND_OVER, count),
    ]


def moments(count: int, interval: float) -> list[float]:
    """Random ones, evenly spread over the length of an interval in the middle of which a poll is sent."""
    spread = [(0.5 + (number + random.random()) / count) * interval for number in range(count)]
    random.shuffle(spread)
    return spread


def token_on_disk(kodi: Kodi, simkl: Simulator, issued: int) -> float:
    """The moment from which the database has a token that came after the first ``issued`` ones.

    The transaction is over, and synced, when its journal is empty.
    """
    file = database(kodi)
    journal = file.with_name(f"{file.name}-journal")

    def there() -> bool:
        new = simkl.issued[issued:]
        return bool(new) and new[-1].access.encode() in file.read_bytes() and journal.stat().st_size == 0

    return until(there, "the token on the disk", pause=_LOOK_EVERY)[1]
