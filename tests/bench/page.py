"""From the press to the activity page with a hundred videos on it, beside an empty dialog of the same layout."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from statistics import median

from real_kodi.addon import PAGE, Addon
from real_kodi.kodi import Kodi

from .lab import Lab, close_dialog, database, open_floor, until
from .report import MS, Row, at_most_more, at_most_times

VIDEOS = 100
TIMES = 1.5
MORE = 0.15
"""Seconds until the videos are on it, which an empty dialog never shows."""


def measure(lab: Lab) -> list[Row]:
    """The rows."""
    floor: list[float] = []
    ours: list[float] = []
    filled: list[float] = []
    with lab.simkl() as simkl, lab.ours(simkl.url, "v2") as kodi:
        Addon(kodi).wait_for_phase("idle")  # the database is there by then
        _fill(kodi)
        for number in range(lab.times(15, 3) + 1):
            _press(kodi, floor, ours, filled)
            if number == 0:  # the very first of each has compiled everything
                for times in (floor, ours, filled):
                    times.clear()
    return [
        at_most_times("press → activity page", median(ours), median(floor), MS, TIMES, len(ours)),
        at_most_more(f"press → its {VIDEOS} videos", median(filled), median(floor), MS, MORE, len(filled)),
    ]


def _press(kodi: Kodi, floor: list[float], ours: list[float], filled: list[float]) -> None:
    pressed = open_floor(kodi, "list", page=True)
    _, shown = until(lambda: kodi.boolean(f"Window.IsVisible({PAGE})"), "the empty dialog")
    floor.append(shown - pressed)
    close_dialog(kodi, PAGE)
    pressed = time.monotonic()
    Addon(kodi).run("status")
    _, shown = until(lambda: kodi.boolean(f"Window.IsVisible({PAGE})"), "the page")
    ours.append(shown - pressed)
    _, shown = until(lambda: kodi.label("Container(50).NumItems") == str(VIDEOS), "the videos")
    filled.append(shown - pressed)
    close_dialog(kodi, PAGE)


def _fill(kodi: Kodi) -> None:
    with contextlib.closing(sqlite3.connect(database(kodi), timeout=5.0)) as connection, connection:
        for number in range(VIDEOS):
            video = {"title": f"Video {number}", "at": time.time(), "status": "skipped", "reason": "too_short"}
            connection.execute("INSERT INTO queued (kind, item) VALUES ('activity', ?)", (json.dumps(video),))
