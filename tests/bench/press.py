"""From the press to the dialog, and to a code that can be read."""

from __future__ import annotations

import http.client
import ssl
import time
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlsplit

from real_kodi.addon import CODE, DIALOG
from real_kodi.kodi import Kodi

from .lab import CLIENT_IDS, Lab, close_dialog, forget_sign_in, open_floor, open_ours, restart, until
from .report import MS, Row, at_most_more, at_most_times

TIMES = 1.25
MORE_AT_FIRST, MORE_LATER = 0.4, 0.15
"""Seconds. At the first press, requests is loaded."""


@dataclass
class _Times:
    """Seconds, of the first press after a start of Kodi and of later ones."""

    floor: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    code: list[float] = field(default_factory=list)


def measure(lab: Lab) -> list[Row]:
    """The rows, of first presses and of later ones."""
    first, later = _Times(), _Times()
    with lab.simkl() as simkl:
        request = median(_request(lab, simkl.url) for _ in range(5))
        with lab.ours(simkl.url) as kodi:
            for number in range(lab.times(7, 1)):
                restart(kodi)  # the very first start has compiled everything
                for times in (first, later):
                    _press_both(kodi, times, ours_first=number % 2 == 1)
                kodi.quit()
                forget_sign_in(kodi)
    return [
        *_rows("first press after a start of Kodi", first, request, MORE_AT_FIRST),
        *_rows("later presses", later, request, MORE_LATER),
    ]


def _press_both(kodi: Kodi, times: _Times, ours_first: bool) -> None:
    for ours in (ours_first, not ours_first):
        pressed = open_ours(kodi) if ours else open_floor(kodi, "starting")
        _, shown = until(lambda: kodi.boolean(f"Window.IsVisible({DIALOG})"), "the dialog")
        (times.ours if ours else times.floor).append(shown - pressed)
        if ours:
            _, readable = until(lambda: kodi.control(CODE), "a code on the screen")
            times.code.append(readable - pressed)
        close_dialog(kodi)


def _request(lab: Lab, url: str) -> float:
    """Seconds for one request of a bare Python: TCP, TLS, the request and its answer."""
    address = urlsplit(url)
    context = ssl.create_default_context(cafile=lab.certificates.ca)
    started = time.monotonic()
    connection = http.client.HTTPSConnection(address.hostname or "", address.port, context=context, timeout=10)
    path = f"/oauth/pin?client_id={CLIENT_IDS['v1']}&app-name=bench&app-version=1"
    connection.request("GET", path, headers={"User-Agent": "bench"})
    connection.getresponse().read()
    taken = time.monotonic() - started
    connection.close()
    return taken


def _rows(when: str, times: _Times, request: float, more: float) -> list[Row]:
    floor, runs = median(times.floor), len(times.floor)
    return [
        at_most_times(f"press → dialog, {when}", median(times.ours), floor, MS, TIMES, runs),
        at_most_more(f"press → code readable, {when}", median(times.code), floor + request, MS, more, runs),
    ]
