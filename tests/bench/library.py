"""The sync of a library of 12,000, beside the bare reading and writing of the same library by JSON-RPC."""

from __future__ import annotations

import json
import shutil
import sqlite3
import ssl
import threading
import time
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Callable, Iterator
from urllib.parse import urlencode

from real_kodi import navigation
from real_kodi.addon import Addon
from real_kodi.kodi import Kodi
from real_kodi.library import Episode, EpisodeFile, Film, Library, Show
from real_kodi.profile import ScannedLibrary
from real_kodi.scanned import scanned
from simkl_simulator import Catalogue, Simulator, large_catalogue

from . import procfs
from .lab import CLIENT_IDS, Lab, until
from .report import MIB, MS, SECONDS, Row, at_most_more, at_most_times

SHOWS, EPISODES_EACH, FILMS = 100, 100, 2_000
MARKS, FEW_MARKS = 1_000, 200
REQUESTS = 4
"""What moved, then the three lists."""
LONGEST = 600.0
"""Seconds."""
PING_EVERY, LOOK_EVERY = 0.02, 0.1
WATCHED_AT = "2023-01-01T20:00:00Z"
MENU = "selectdialog"
_TEMPLATE = Library(
    films=(Film("Film", 1990, {"imdb": "tt0000001"}),),
    shows=(Show("Show", 1990, {"tvdb": "1"}, [EpisodeFile([Episode(1, 1, "One")])]),),
)
_BARE = """
import json, sys, time, xbmc, xbmcgui
def call(method, **params):
    request = {"jsonrpc": "2.0", "id": 1, "method": "VideoLibrary." + method, "params": params}
    return json.loads(xbmc.executeJSONRPC(json.dumps(request)))["result"]
title, mark = ["title", "year", "uniqueid"], ["playcount", "lastplayed", "file"]
begun = time.monotonic()
if sys.argv[1] == "read":
    library = [
        call("GetTVShows", properties=title),
        call("GetMovies", properties=title + mark),
        call("GetEpisodes", properties=["season", "episode", "tvshowid"] + mark),
    ]
else:
    for row in range(1, 1 + int(sys.argv[2])):
        call("SetEpisodeDetails", episodeid=row, playcount=1, lastplayed="2023-01-01 20:00:00")
took = time.monotonic() - begun
xbmc.Monitor().waitForAbort(1)
xbmcgui.Window(10000).setProperty("bench.library." + sys.argv[1], str(took))
"""


def measure(lab: Lab) -> list[Row]:
    """The rows."""
    marks = lab.times(MARKS, FEW_MARKS)
    catalogue = large_catalogue(SHOWS, EPISODES_EACH, FILMS)
    library = _filled(lab.folder, catalogue, marks)
    script = lab.folder / "bare.py"
    script.write_text(_BARE, encoding="utf-8")
    with lab.ours("", library=library) as kodi:
        with _memory(kodi) as bare_memory:
            read = _bare(kodi, script, "read")
        with _pings(kodi) as bare_pings:
            write = _bare(kodi, script, "write", marks)
    clients = {client_id: flow for flow, client_id in CLIENT_IDS.items()}
    with Simulator(clients, interval=1, catalogue=catalogue, tls=lab.certificates.good) as simkl:
        for title in catalogue.titles:
            simkl.preset_watched(title.title, year=title.year, watched_at=WATCHED_AT)
        with lab.ours(simkl.url, "v2", library=library) as kodi:
            _sign_in(kodi, simkl)
            with _memory(kodi) as memory:
                plan, requests = _plan(kodi, simkl, lab)
            with _pings(kodi) as pings:
                written = _start(kodi)
            with _memory(kodi) as again:
                _plan(kodi, simkl, lab)
    what = f"library of {SHOWS * EPISODES_EACH + FILMS}"
    rows = [
        at_most_times(f"{what}: plan without the network; floor: bare read", plan, read, SECONDS, 2.5, 1),
        at_most_more(
            "… memory at its most; floor: 1.5 x the bare read's", memory[0], 1.5 * bare_memory[0], MIB, 30 * 2.0**20, 1
        ),
        at_most_more(
            "… memory at its most the second time; floor: the first", again[0], memory[0], MIB, 2 * 2.0**20, 1
        ),
        at_most_times(f"… {marks} marks written; floor: bare writes", written, write, SECONDS, 1.2, 1),
    ]
    longest, floor = max(pings), max(bare_pings)
    held = Row(
        "… longest hold-up of the interface meanwhile", MS(longest), MS(floor), "", "<= 500 ms", longest <= 0.5, 1
    )
    asked = Row("… requests of the first plan", str(requests), "", "", f"<= {REQUESTS}", requests <= REQUESTS, 1)
    return [*rows, held, asked]


def _filled(folder: Path, catalogue: Catalogue, unwatched: int) -> ScannedLibrary:
    """Rows like those of a scan for all titles, watched but for the first ``unwatched`` episodes."""
    template = scanned(_TEMPLATE)
    databases = Path(shutil.copytree(template.databases, folder / "databases"))
    newest = max(databases.glob("MyVideos*.db"), key=lambda path: int(path.stem[len("MyVideos") :]))
    with closing(sqlite3.connect(newest)) as connection, connection:
        connection.row_factory = sqlite3.Row
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        _Filler(connection, unwatched).fill(catalogue)
    return ScannedLibrary(template.media, databases)


class _Filler:
    """Copies the template's rows with other ids, so that it need not know the columns of each version of Kodi."""

    def __init__(self, connection: sqlite3.Connection, unwatched: int) -> None:
        self._connection = connection
        self._unwatched = unwatched
        tables = ("files", "movie", "tvshow", "seasons", "episode", "uniqueid", "tvshowlinkpath")
        self._rows = {name: dict(connection.execute(f"SELECT * FROM {name}").fetchall()[-1]) for name in tables}
        self._file_of = {
            kind: connection.execute(f"SELECT idPath FROM files JOIN {kind} USING (idFile)").fetchone()[0]
            for kind in ("movie", "episode")
        }
        for name in tables:
            connection.execute(f"DELETE FROM {name}")
        self._files = self._episodes = self._seasons = 0

    def fill(self, catalogue: Catalogue) -> None:
        counts = {"movie": 0, "tvshow": 0}
        for title in catalogue.titles:
            kind = "movie" if title.kind == "movie" else "tvshow"
            counts[kind] += 1
            row = counts[kind]
            if kind == "movie":
                names = {
                    "c00": title.title,
                    "c09": self._id(row, kind, "imdb", title.ids["imdb"]),
                    "premiered": title.year,
                }
                self._add("movie", idMovie=row, idFile=self._file(kind, True), **names)
                continue
            number = self._id(row, kind, "tvdb", title.ids["tvdb"])
            self._add("tvshow", idShow=row, c00=title.title, c05=f"{title.year}-01-01", c12=number)
            self._add("tvshowlinkpath", idShow=row)
            season = 0
            for episode in title.episodes:
                if episode.season != season:
                    season = episode.season
                    self._seasons += 1
                    self._add("seasons", idSeason=self._seasons, idShow=row, season=season)
                self._episodes += 1
                file = self._file("episode", self._episodes > self._unwatched)
                place = {"c12": str(season), "c13": str(episode.number), "idSeason": self._seasons}
                self._add("episode", idEpisode=self._episodes, idFile=file, idShow=row, **place)

    def _id(self, row: int, kind: str, name: str, value: str) -> int:
        unique = self._connection.execute("SELECT count(*) + 1 FROM uniqueid").fetchone()[0]
        self._add("uniqueid", uniqueid_id=unique, media_id=row, media_type=kind, type=name, value=value)
        return int(unique)

    def _file(self, kind: str, is_watched: bool) -> int:
        self._files += 1
        marks = {"playCount": 1, "lastPlayed": "2023-01-01 20:00:00"} if is_watched else {}
        name = f"{self._files}.mkv"
        self._add("files", idFile=self._files, idPath=self._file_of[kind], strFilename=name, **marks)
        return self._files

    def _add(self, table: str, **values: object) -> None:
        row = {**self._rows[table], **values}
        marks = ", ".join("?" * len(row))
        self._connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def _bare(kodi: Kodi, script: Path, what: str, *arguments: int) -> float:
    kodi.builtin(f"RunScript({script},{','.join(map(str, (what, *arguments)))})")
    took, _ = until(lambda: kodi.property(f"bench.library.{what}"), what, LONGEST, LOOK_EVERY)
    return float(took)


def _sign_in(kodi: Kodi, simkl: Simulator) -> None:
    addon = Addon(kodi)
    addon.sign_in(simkl)
    kodi.press("back")
    addon.decline_sync()
    addon.wait_until_script_ended()


def _plan(kodi: Kodi, simkl: Simulator, lab: Lab) -> tuple[float, int]:
    """Seconds from the first request to the question, without those that the same answers take; how many they are."""
    before = len(simkl.requests)
    Addon(kodi).run("sync")
    if _news(kodi):  # there is something to undo: a menu comes first
        navigation.wait_for_window(kodi, MENU)
        kodi.press("select")
    until(lambda: len(simkl.requests) > before, "the first request", LONGEST)
    begun = time.monotonic()
    _, asked = until(lambda: _news(kodi).get("status") == "asking", "the question", LONGEST, LOOK_EVERY)
    navigation.wait_for_window(kodi, MENU)
    requests = [request for request in simkl.requests[before:]]
    context = ssl.create_default_context(cafile=str(lab.certificates.ca))
    network = 0.0
    for request in requests:
        url = f"{simkl.url}{request.path}?{urlencode(request.query)}"
        headers = {"Authorization": f"Bearer {simkl.issued[-1].access}", "User-Agent": "bench"}
        sent = time.monotonic()
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), context=context) as answer:
            answer.read()
        network += time.monotonic() - sent
    return asked - begun - network, len(requests)


def _start(kodi: Kodi) -> float:
    """Seconds from the first mark to the last."""
    kodi.press("select")
    _, begun = until(lambda: _news(kodi).get("status") == "writing", "the first mark", LONGEST, 0.01)
    _, ended = until(lambda: _news(kodi).get("status") == "done", "the last mark", LONGEST, LOOK_EVERY)
    return ended - begun


def _news(kodi: Kodi) -> dict[str, object]:
    return dict(json.loads(kodi.property("script.simkl.connect.sync") or "{}"))


@contextmanager
def _memory(kodi: Kodi) -> Iterator[list[float]]:
    """By how many bytes Kodi grows at the most meanwhile: the first of the list, once it is over."""
    found: list[float] = []
    before = procfs.memory(kodi.pid)
    seen = [before]
    with _meanwhile(lambda: seen.append(procfs.memory(kodi.pid)), LOOK_EVERY):
        yield found
    found.append(max(seen) - before)


@contextmanager
def _pings(kodi: Kodi) -> Iterator[list[float]]:
    """Seconds that Kodi's main thread takes for each answer meanwhile."""
    found = [0.0]

    def ping() -> None:
        asked = time.monotonic()
        kodi.label("System.BuildVersion")
        found.append(time.monotonic() - asked)

    with _meanwhile(ping, PING_EVERY):
        yield found


@contextmanager
def _meanwhile(act: Callable[[], object], pause: float) -> Iterator[None]:
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(pause):
            act()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
