"""A scrobbler with everything around it: a database in memory, a fake worker, clocks that the test moves."""

from __future__ import annotations

import json
from typing import Any, Mapping, cast

from fake_worker import FakeWorker
from fakes import FakeClock, FakeStore, MemoryDatabase
from flow_cases import answer
from simkl_connect.environment import Environment
from simkl_connect.errors import PermanentError, Problem, TransientError
from simkl_connect.http.messages import Request, Response
from simkl_connect.identification.exclusions import Preferences
from simkl_connect.identification.identify import PlayingItem
from simkl_connect.identification.media_json import dump_media
from simkl_connect.media import Media
from simkl_connect.models import Account, Secret, Token
from simkl_connect.scrobbling.callbacks import Callbacks, Notification
from simkl_connect.scrobbling.scrobbler import Scrobbler

OFFLINE = TransientError(Problem.OFFLINE, "gaierror")
SHOW = {"title": "Harbour Lights", "year": 2009, "uniqueid": {"tvdb": "1111"}}


class Device:
    """What outlives the service stays here: :meth:`restart` makes a new scrobbler on the same database."""

    def __init__(self) -> None:
        self.clock, self.wall = FakeClock(), FakeClock(1_700_000_000.0)
        self.database, self.tokens = MemoryDatabase(), FakeStore()
        self.tokens.stored = Token(Secret("t1"), expires_at=9e9, scope="media:read media:write", client_id="app")
        self.tokens.owner, self.tokens.since = Account("Ada", "1"), 5.0
        self.preferences = Preferences()
        self.library: dict[tuple[str, int], PlayingItem] = {}
        self.activity: list[Mapping[str, object]] = []
        self.notifications: list[Notification] = []
        self.rejected: list[Secret] = []
        self.excluded_folders: list[str] = []
        self.free_settings = 5
        self.restart()

    def restart(self) -> None:
        """The service is killed and starts anew."""
        self.worker = FakeWorker()
        self.scrobbler = Scrobbler(
            Environment(
                clock=self.clock,
                wall_clock=self.wall,
                jitter=lambda: 0.0,
                worker=cast(Any, self.worker),
                database=cast(Any, self.database),
                tokens=cast(Any, self.tokens),
            ),
            Callbacks(
                preferences=lambda: self.preferences,
                look_up=lambda kind, row: self.library.get((kind, row)),
                publish_activity=self.activity.append,
                notify=self.notifications.append,
                grant_rejected=self.rejected.append,
                exclude_folder=self._exclude_folder,
            ),
        )

    def _exclude_folder(self, folder: str) -> bool:
        if len(self.excluded_folders) == self.free_settings:
            return False
        self.excluded_folders.append(folder)
        self.preferences = self.preferences._replace(excluded=tuple(self.excluded_folders))
        return True

    def wait(self, seconds: float = 0.0) -> None:
        """Time passes, and the service does what it has to."""
        self.clock.advance(seconds)
        self.wall.advance(seconds)
        self.scrobbler.advance()

    def play(self, playing: PlayingItem, *percents: float, length: float = 2700.0) -> None:
        """A video starts and is sampled at these places."""
        self.scrobbler.started(playing)
        for percent in percents:
            self.clock.advance(1.0)
            self.wall.advance(1.0)
            self.scrobbler.sampled(playing.file, percent * length / 100, length)

    def watch(self, playing: PlayingItem, percent: float = 95.0, length: float = 2700.0) -> None:
        """From the start to there."""
        self.play(playing, 0.0, percent, length=length)
        self.scrobbler.stopped()

    def answer(self, reply: Response | TransientError | PermanentError) -> Request:
        request = self.worker.answer(reply)
        self.scrobbler.advance()
        return request

    def asked(self) -> list[str]:
        """The paths of everything that was submitted and not taken back."""
        return [job.request.path for job in self.worker.waiting]

    def answer_all(self) -> list[Request]:
        """Simkl takes everything, whatever it takes."""
        self.wait()
        done = []
        while self.worker.waiting or self.worker.in_flight:
            done.append(self.answer(taken(self.worker.send())))
            self.wait()
        return done

    @property
    def said(self) -> tuple[object, object]:
        """Status and reason of the activity property."""
        self.scrobbler.advance()
        return self.activity[-1]["status"], self.activity[-1]["reason"]

    def act(self, name: str, row: object = None, **values: object) -> None:
        """A command of the activity page about a row, the last one if none is named."""
        self.scrobbler.act(name, {"row": self.rows()[-1][0] if row is None else row, **values})
        self.wait()

    def choose(self, media: Media, row: object = None) -> None:
        """The user names what a row is."""
        self.act("choose", row, media=json.dumps(dump_media(media)))

    def rows(self) -> list[tuple[int, dict[str, Any]]]:
        """The rows of the activity page, once they are written."""
        self.wait(0.5)
        return [(row, json.loads(item)) for row, item in self.database.rows("activity")]

    @property
    def row(self) -> dict[str, Any]:
        """The newest of them."""
        return self.rows()[-1][1]

    def outbox(self) -> list[dict[str, Any]]:
        return [json.loads(item) for _, item in self.database.rows("outbox")]


def taken(request: Request) -> Response:
    """Simkl's answer when all is well."""
    if request.path == "/sync/history/remove":
        return reply(200, {"deleted": {}, "not_found": {"movies": [], "shows": []}})
    if request.path == "/sync/history":
        return reply(201, {"added": {}, "not_found": {"movies": [], "shows": [], "episodes": []}})
    action = request.path.rpartition("/")[2]
    return reply(201, {"id": 1, "action": "scrobble" if action == "stop" and progress(request) >= 80 else action})


def progress(request: Request) -> float:
    assert isinstance(request.json, dict)
    value = request.json["progress"]
    assert isinstance(value, float)
    return value


def reply(status: int, body: object, **headers: str) -> Response:
    return answer(body, status, **headers)


def episode(number: int, season: int = 1, file: str = "") -> PlayingItem:
    name = file or f"/tv/{season}x{number}.mkv"
    item = {
        "id": 100 * season + number,
        "type": "episode",
        "title": f"Episode {number}",
        "showtitle": "Harbour Lights",
        "season": season,
        "episode": number,
        "file": name,
    }
    return PlayingItem(item, name, SHOW)


def film(number: int = 1) -> PlayingItem:
    name = f"/films/{number}.mkv"
    return PlayingItem({"id": number, "type": "movie", "title": f"Film {number}", "year": 2001, "file": name}, name)


def numbers_sent(request: Request) -> list[tuple[int, str]]:
    """Number and time of each episode in a history request."""
    assert isinstance(request.json, dict)
    return [
        (one["number"], one["watched_at"])
        for show in request.json["shows"]
        for season in show["seasons"]
        for one in season["episodes"]
    ]


def updated(kind: str, row: int, playcount: int | None = None, **more: object) -> dict[str, object]:
    """``VideoLibrary.OnUpdate``'s data."""
    if playcount is None:
        return {"id": row, "type": kind, **more}
    return {"item": {"id": row, "type": kind}, "playcount": playcount, **more}
