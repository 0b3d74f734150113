"""Every state of the activity page, reached as a person reaches it; what was watched is put into the database."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from typing import Callable, Mapping, Sequence

from real_kodi import navigation
from real_kodi.addon import PAGE
from simkl_connect.identification.media_json import dump_media
from simkl_connect.media import Episode, Media, Movie, Show

from .scenes import DEVICE_APP, SETTLED, Stage

FILM: Media = Movie("Seven Lanterns", 2023, {"imdb": "tt9000105"})
EPISODE: Media = Episode(Show("Harbour Lights", 2009, {"tvdb": "300203"}), 1, 2)
KEYBOARD = "virtualkeyboard"

Fields = Mapping[str, object]

WATCHED: Fields = {
    "title": "Seven Lanterns",
    "status": "watched",
    "media": [dump_media(FILM)],
    "can": ["undo", "open", "never_folder"],
}
UNKNOWN: Fields = {
    "title": "The.Missing.S02E03.1080p.WEB.x264.mkv",
    "status": "failed",
    "reason": "namesakes",
    "can": ["choose", "send_again", "never_folder", "never_addon"],
}
WAITING: Fields = {
    "title": "Harbour Lights S01E02",
    "status": "waiting",
    "reason": "offline",
    "media": [dump_media(EPISODE)],
    "can": ["open", "never_show"],
}
VIDEOS: Sequence[Fields] = (
    {"title": "Copper Street S01E04", "status": "skipped", "reason": "live_tv"},
    {"title": "Trip to the lake", "status": "skipped", "reason": "name_says_too_little", "can": ["choose"]},
    {"title": "A Map of Salt", "status": "skipped", "reason": "too_short", "can": ["never_folder"]},
    WATCHED,
    UNKNOWN,
    WAITING,
    {"title": "Night Ferry", "status": "paused", "progress": 41.3, "media": [dump_media(FILM)]},
    {"title": "Ödland S01E01, a title that is much too long for its line, and goes on", "status": "watching"},
)
"""The oldest first, as they are stored."""


def connect(stage: Stage) -> None:
    """Sign in, if nobody is."""
    if stage.addon.settings.get("account_name"):
        return
    stage.addon.sign_in(stage.simkl)
    stage.leave()


def put(stage: Stage, videos: Sequence[Fields], marks: Sequence[Fields] = ()) -> list[int]:
    """Make these the stored videos, and marks of the signed-in account; the rows of the videos."""
    now = time.time()
    with closing(sqlite3.connect(stage.addon.database, timeout=5.0)) as database, database:
        database.execute("DELETE FROM queued")
        owner = stage.addon.stored().get("account_id", "")
        for mark in marks:
            item = json.dumps({"owner": owner, "watched_at": now - 7200, "media": dump_media(EPISODE), **mark})
            database.execute("INSERT INTO queued (kind, item) VALUES ('outbox', ?)", (item,))
        rows = []
        for age, video in zip(range(len(videos), 0, -1), videos):
            item = json.dumps({"at": now - 1500 * (age - 1), **video})
            row = database.execute("INSERT INTO queued (kind, item) VALUES ('activity', ?)", (item,)).lastrowid
            rows.append(row or 0)
    return rows


def add(stage: Stage, video: Fields) -> None:
    """One more that was watched just now."""
    with closing(sqlite3.connect(stage.addon.database, timeout=5.0)) as database, database:
        item = json.dumps({"at": time.time(), **video})
        database.execute("INSERT INTO queued (kind, item) VALUES ('activity', ?)", (item,))


def row_of(stage: Stage, video: Fields) -> int:
    """The row of a stored video."""
    with closing(sqlite3.connect(stage.addon.database, timeout=5.0)) as database:
        rows = database.execute("SELECT id, item FROM queued WHERE kind = 'activity'").fetchall()
    return next(int(row) for row, item in rows if json.loads(item)["title"] == video["title"])


def open_page(stage: Stage, mode: str = "list") -> None:
    """Open the page, or use the one that is open, and wait until it shows something of this kind."""
    stage.addon.run("status")
    navigation.wait_for_window(stage.kodi, PAGE)
    wait_for_mode(stage, mode)


def wait_for_mode(stage: Stage, mode: str) -> None:
    """Wait until the page shows something of this kind, and has settled."""
    stage.kodi.wait_for(lambda: stage.kodi.label("Window.Property(mode)") == mode, f"the mode {mode}")
    time.sleep(SETTLED)


def close_page(stage: Stage) -> None:
    """Back, as often as it takes."""

    def closed() -> bool:
        if not stage.kodi.boolean(f"Window.IsVisible({PAGE})"):
            return True
        stage.kodi.press("back")
        time.sleep(0.4)
        return False

    stage.kodi.wait_for(closed, "the page to close")


def press_row(stage: Stage, title: str) -> None:
    """Move down to the video, and press OK."""
    stage.kodi.wait_for(lambda: stage.kodi.label("System.CurrentControlID") == "50", "the focus on the list")

    def there() -> bool:
        if navigation.focused(stage.kodi) == title:
            return True
        stage.kodi.press("down")
        stage.kodi.catch_up()
        return False

    stage.kodi.wait_for(there, f"the row {title}")
    stage.kodi.press("select")


# --- scenes


def empty(stage: Stage) -> None:
    """Nothing was watched yet."""
    connect(stage)
    put(stage, ())
    open_page(stage, "message")


def videos(stage: Stage) -> None:
    """What usually is there."""
    put(stage, VIDEOS, marks=({},))
    open_page(stage)


def problem(stage: Stage) -> None:
    """Something could not be sent."""
    put(stage, VIDEOS, marks=({}, {"failed": "namesakes"}))
    open_page(stage)


def menu(stage: Stage) -> None:
    """What can be done about a video."""
    videos(stage)
    press_row(stage, str(UNKNOWN["title"]))
    wait_for_mode(stage, "menu")


def keyboard(stage: Stage) -> None:
    """Words to search for."""
    menu(stage)
    stage.kodi.press("select")
    stage.kodi.wait_for(lambda: stage.kodi.boolean(f"Window.IsVisible({KEYBOARD})"), "the keyboard")
    time.sleep(SETTLED)


def titles(stage: Stage) -> None:
    """What Simkl has found."""
    keyboard(stage)
    stage.kodi.rpc("Input.SendText", text="The Missing", done=True)  # in Estouchy no key has the focus at first
    stage.kodi.wait_for(lambda: navigation.focused(stage.kodi) == "The Missing", "the titles")
    time.sleep(SETTLED)


def episodes(stage: Stage) -> None:
    """The guess has the focus."""
    titles(stage)
    stage.kodi.press("down")
    stage.kodi.press("select")
    stage.kodi.wait_for(lambda: navigation.focused(stage.kodi) == "Season 2", "the seasons")
    stage.kodi.press("select")
    stage.kodi.wait_for(lambda: navigation.focused(stage.kodi) == "Episode 3", "the episodes")
    time.sleep(SETTLED)


def link(stage: Stage) -> None:
    """A QR code."""
    videos(stage)
    press_row(stage, str(WATCHED["title"]))
    wait_for_mode(stage, "menu")
    stage.kodi.press("select")
    wait_for_mode(stage, "picture")


PAGES: Mapping[str, Sequence[Callable[[Stage], None]]] = {
    DEVICE_APP: (empty, videos, problem, menu, keyboard, titles, episodes, link)
}
"""By the client id that they need."""
