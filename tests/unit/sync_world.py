"""A library and Simkl's lists in memory, and the loop of a service around a LibrarySync. The clock is the test's."""

from __future__ import annotations

import time
from typing import Any, Callable, Mapping
from urllib.parse import urlsplit

from fake_worker import FakeWorker
from flow_cases import answer as response
from simkl_connect.http.messages import Request, Response
from simkl_connect.identification.decisions import Decisions
from simkl_connect.identification.exclusions import Preferences
from simkl_connect.models import Secret, Token
from simkl_connect.storage.database import Database
from simkl_connect.sync.library_sync import LibrarySync, SignedIn
from simkl_connect.sync.preview import Preview
from simkl_connect.sync.run import READING, Directions
from simkl_connect.sync.state import SyncState
from simkl_connect.sync.writing import NO_DATE

NOW = 1_700_000_000.0
TODAY = "2023-11-14 22:13:20"
"""The date that Kodi gives to a mark that comes without one."""
FILMS_FROM = 1000
"""Simkl's id of a film is this much higher than its imdb number; that of a show is its tvdb id."""
TOKEN = Token(Secret("token"), client_id="app")


def episode(row_id: int, number: int, playcount: int = 0, show: int = 4, **more: Any) -> dict[str, Any]:
    marks = {
        "season": 1,
        "episode": number,
        "tvshowid": show,
        "playcount": playcount,
        "lastplayed": "",
        "file": f"/tv/{row_id}.mkv",
    }
    return {"episodeid": row_id, **marks, **more}


def movie(row_id: int, playcount: int = 0, **more: Any) -> dict[str, Any]:
    ids = {"imdb": f"tt{row_id:07}"}
    mark = {"playcount": playcount, "lastplayed": "", "file": f"/films/{row_id}.mkv"}
    return {"movieid": row_id, "title": f"Film {row_id}", "year": 1999, "uniqueid": ids, **mark, **more}


class Kodi:
    """Films and episodes by their ids; those of a file with a "+" in its name have one count.

    ``calls``: the methods called; ``written``: the rows, in order.
    """

    def __init__(self, shows: int = 1) -> None:
        self.shows = [
            {"tvshowid": 4 + n, "title": f"Show {n}", "year": 2001, "uniqueid": {"tvdb": str(11 + n)}}
            for n in range(shows)
        ]
        self.rows: dict[str, dict[int, dict[str, Any]]] = {"movie": {}, "episode": {}}
        self.calls: list[str] = []
        self.written: list[tuple[str, int]] = []

    def add(self, *rows: Mapping[str, Any]) -> None:
        for row in rows:
            kind = "movie" if "movieid" in row else "episode"
            self.rows[kind][row[f"{kind}id"]] = dict(row)

    def playcounts(self) -> dict[tuple[str, int], int]:
        return {(kind, row_id): row["playcount"] for kind, rows in self.rows.items() for row_id, row in rows.items()}

    def rpc(self, method: str, parameters: dict[str, Any]) -> object:
        self.calls.append(method.partition(".")[2])
        name = self.calls[-1]
        if name == "GetTVShows":
            return self._page("tvshows", self.shows, parameters)
        if name == "GetMovies":
            return self._page("movies", list(self.rows["movie"].values()), parameters)
        if name == "GetEpisodes":
            operator = parameters.get("filter", {}).get("operator")
            rows = [row for row in self.rows["episode"].values() if (row["season"] == 0) != (operator == "isnot")]
            rows = rows if operator else list(self.rows["episode"].values())
            rows = [row for row in rows if parameters.get("tvshowid", row["tvshowid"]) == row["tvshowid"]]
            return self._page("episodes", rows, parameters)
        kind = "movie" if "Movie" in name else "episode"
        row = self.rows[kind].get(parameters.pop(f"{kind}id"))
        if row is None:
            return None
        if name.startswith("Get"):
            return {f"{kind}details": dict(row)}
        self.written.append((kind, row[f"{kind}id"]))
        date = parameters.get("lastplayed", row["lastplayed"])
        if parameters["playcount"] > 0 and not date:
            date = TODAY
        sharing = (
            [one for one in self.rows[kind].values() if one["file"] == row["file"]] if "+" in row["file"] else [row]
        )
        for one in sharing:
            one.update(parameters, lastplayed="" if date == NO_DATE else date)
        return "OK"

    def _page(self, key: str, rows: list[Any], parameters: Mapping[str, Any]) -> object:
        limits = parameters["limits"]
        page = [dict(row) for row in rows[limits["start"] : limits["end"]]]
        told = {"limits": {**limits, "total": len(rows)}}
        return {key: page, **told} if page else told


class Simkl:
    """Lists of films and shows by their tvdb or imdb id, which Simkl's own follow from.

    ``requests``: paths asked for; ``posted``: each mark sent.
    """

    def __init__(self) -> None:
        self.marks: dict[tuple[str, str], dict[tuple[int, int], str | None]] = {}
        self.changed: dict[tuple[str, str], int] = {}
        self.unknown: set[str] = set()
        self.requests: list[str] = []
        self.posted: list[tuple[str, int, int]] = []
        self.dates: list[str] = []
        self.removed = 0
        self.tick = int(NOW) - 5000

    def watch(self, kind: str, name: str, *numbers: tuple[int, int], at: str | None = "2023-01-01T00:00:00Z") -> None:
        self.tick += 1
        self.changed[kind, name] = self.tick
        self.marks.setdefault((kind, name), {}).update({number: at for number in numbers or [(0, 0)]})

    def remove(self, kind: str, name: str) -> None:
        self.tick += 1
        self.removed = self.tick
        del self.marks[kind, name]

    def answer(self, request: Request) -> Response:
        path = urlsplit(request.path).path
        self.requests.append(path)
        if path == "/sync/activities":
            latest = utc(self.tick) if self.changed else None
            return response({"all": latest, "tv_shows": {"removed_from_list": utc(self.removed)}})
        if path == "/sync/history":
            return self._history(request.json)
        kinds = {"shows": "show", "movies": "movie", "anime": "anime"}
        group = path.rpartition("/")[2]
        since = request.query.get("date_from", "")
        body: dict[str, list[Any]] = {}
        for name, kind in kinds.items():
            items = [key for key in self.marks if key[0] == kind and utc(self.changed[key]) >= since]
            if items and group in (name, "all-items"):
                body[name] = [self._item(*key) for key in items]
        return response(body or None)

    def _item(self, kind: str, name: str) -> dict[str, Any]:
        ids = {
            "simkl": int(name.lstrip("t")) + FILMS_FROM * (kind == "movie"),
            "imdb" if kind == "movie" else "tvdb": name,
        }
        if kind == "movie":
            at = self.marks[kind, name][0, 0]
            return {"status": "completed", "last_watched_at": at, "movie": {"title": "F", "ids": ids}}
        seasons: dict[int, list[Any]] = {}
        for (season, number), at in self.marks[kind, name].items():
            seasons.setdefault(season, []).append({"number": number, "watched_at": at})
        listed = [{"number": number, "episodes": episodes} for number, episodes in seasons.items()]
        return {"status": "watching", "show": {"title": "S", "ids": ids}, "seasons": listed}

    def _history(self, body: Any) -> Response:
        missing: dict[str, list[Any]] = {"movies": [], "shows": []}
        for film in body.get("movies", ()):
            name = film["ids"].get("imdb") or f"tt{int(film['ids']['simkl']) - FILMS_FROM:07}"
            self._mark("movie", film, name, [(0, 0, film["watched_at"])], missing["movies"])
        for show in body.get("shows", ()):
            marks = [(s["number"], e["number"], e["watched_at"]) for s in show["seasons"] for e in s["episodes"]]
            name = show["ids"].get("tvdb") or show["ids"]["simkl"]
            self._mark("show", show, name, marks, missing["shows"])
        return response({"added": {}, "not_found": missing}, 201)

    def _mark(self, kind: str, sent: Any, name: str, marks: list[tuple[int, int, str]], missing: list[Any]) -> None:
        self.posted += [(name, season, number) for season, number, _ in marks]
        self.dates += [at for _, _, at in marks]
        if name in self.unknown:
            missing.append(sent)
            return
        for season, number, at in marks:
            self.watch(kind, name, (season, number), at=at)


def utc(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class World:
    """``steps`` counts turns and answers. ``replies``: responses that come before Simkl's own, one each."""

    def __init__(
        self,
        database: Database,
        kodi: Kodi | None = None,
        simkl: Simkl | None = None,
        token: Token = TOKEN,
        worker: Any = None,
    ) -> None:
        self.database, self.token = database, token
        self._real_worker = worker
        self.kodi, self.simkl = kodi or Kodi(), simkl or Simkl()
        self.now, self.steps = NOW, 0
        self.account: str | None = "ada"
        self.directions = Directions(True, True)
        self.is_busy = False
        self.excluded = "/nothing/"
        self.published: list[Mapping[str, Any]] = []
        self.previews: list[Preview] = []
        self.replies: list[Any] = []
        self.rejected: list[Secret] = []
        self.reads_take = READING  # slow enough for a turn of the service after each row and page
        self.writes_take = 0.0
        self.start()

    def start(self) -> None:
        """The service starts, or starts anew after a kill."""
        self.worker: Any = self._real_worker or FakeWorker()
        self.decisions = Decisions(self.database, Preferences, lambda: self.now)
        self.sync = LibrarySync(
            SyncState(self.database),
            self.worker,
            self._rpc,
            lambda: None if self.account is None else SignedIn(self.account, self.token, [self.account]),
            self.rejected.append,
            lambda: self.directions,
            lambda: self.is_busy,
            lambda file, _title: file.startswith(self.excluded),
            self.decisions,
            self.published.append,
            self.previews.append,
            lambda: self.now,
            lambda: self.now,
        )

    def _rpc(self, method: str, parameters: dict[str, Any]) -> object:
        self.now += self.reads_take if ".Get" in method else self.writes_take
        return self.kodi.rpc(method, parameters)

    @property
    def status(self) -> str:
        return str(self.published[-1]["status"]) if self.published else ""

    def step(self) -> bool:
        """One answer or one turn of the service; false if nothing is to be done before an hour is over."""
        self.steps += 1
        if self.worker.waiting:
            job = self.worker.waiting[0]
            reply = self.replies.pop(0) if self.replies else self.simkl.answer(job.request)
            if reply is not None:
                self.worker.answer(reply)
        self.sync.advance()
        if self.worker.waiting:
            return True
        wait = self.sync.seconds_to_wait()
        if wait is None or wait > 3600:
            return False
        self.now += wait
        return True

    def run(self, until: Callable[[], bool] = lambda: False, most: int = 20_000) -> None:
        """Turns until nothing is to be done, or ``until`` says so."""
        for _ in range(most):
            if not self.step() or until():
                return
        raise AssertionError("it never ends")
