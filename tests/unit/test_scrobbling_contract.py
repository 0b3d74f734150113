"""The whole of the scrobbler with a real database, worker and session, against the simulated Simkl."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Callable, Iterator, Mapping

import pytest
from fakes import FakeClock
from patient_worker import PatientWorker
from scrobbling_device import film as any_film
from simkl_connect.environment import Environment
from simkl_connect.http.messages import ClientInfo, Request, Response
from simkl_connect.http.session import Session
from simkl_connect.models import Account, Secret, Token
from simkl_connect.scrobbling.callbacks import Callbacks
from simkl_connect.scrobbling.exclusions import Preferences
from simkl_connect.scrobbling.identify import PlayingItem
from simkl_connect.scrobbling.scrobbler import Scrobbler
from simkl_connect.storage.database import Database
from simkl_connect.storage.token_store import TokenStore
from simkl_simulator import DOUBLE_FILE, Simulator

LENGTH = 2700.0


class Box:
    """A device for which the second between two POSTs takes no time."""

    def __init__(self, folder: Path, simulator: Simulator) -> None:
        self.clock = FakeClock()
        self.activity: list[Mapping[str, object]] = [{}]
        self.session = Session(ClientInfo(simulator.url, "0.2.0", "simkl-connect/0.2.0 (Kodi 20.1; Linux)"), lambda: "")
        self.worker = PatientWorker(lambda: self.session)
        self.database = Database(str(folder / "simkl.db"))
        self.tokens = TokenStore(self.database, time.time)
        token = Token(Secret(_access_token(self.session, simulator)), client_id="app")
        self.tokens.save_token(token)
        self.tokens.save_account(Account("Ada", "12345"), token)
        self.scrobbler = Scrobbler(
            Environment(self.clock, time.time, lambda: 0.0, self.worker, self.database, self.tokens),
            Callbacks(Preferences, lambda kind, row: None, self.activity.append, lambda _: None, lambda _: None),
        )

    def until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60.0
        while not is_so():
            assert time.monotonic() < deadline, self.activity[-1]
            self.worker.advance()
            self.scrobbler.advance()
            time.sleep(0.002)

    def watch(self, playing: PlayingItem, percent: float) -> None:
        self.scrobbler.started(playing)
        for place in (0.0, percent):
            self.scrobbler.sampled(playing.file, place * LENGTH / 100, LENGTH)
        self.scrobbler.advance()

    def close(self) -> None:
        self.worker.close(1.0)
        self.session.close()
        self.database.close()


def _access_token(session: Session, simulator: Simulator) -> str:
    def body(response: Response) -> dict[str, str]:
        found: dict[str, str] = json.loads(response.body)
        return found

    code = body(session.send(Request("GET", "/oauth/pin", "app")))["user_code"]
    simulator.approve(code)
    return body(session.send(Request("GET", f"/oauth/pin/{code}", "app")))["access_token"]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator({"app": "v1"}, rate_limits=False, interval=0) as running:
        yield running


@pytest.fixture
def box(tmp_path: Path, simulator: Simulator) -> Iterator[Box]:
    opened = Box(tmp_path, simulator)
    yield opened
    opened.close()


def episode(title: str, year: int, season: int, number: int) -> PlayingItem:
    file = f"/{season}x{number}.mkv"
    item = {"id": number, "type": "episode", "showtitle": title, "season": season, "episode": number, "file": file}
    return PlayingItem(item, file, {"title": title, "year": year})


def marks(simulator: Simulator) -> list[tuple[str, int, int | None, int | None]]:
    return [(one.title, one.year, one.season, one.number) for one in simulator.watched()]


def test_a_film_is_watched_live(box: Box, simulator: Simulator) -> None:
    item = {"id": 1, "type": "movie", "title": "Night Ferry", "year": 2019, "file": "/n.mkv"}
    box.watch(PlayingItem(item, "/n.mkv"), 95.0)
    box.until(lambda: len(simulator.scrobbles) == 1)
    box.scrobbler.stopped()
    box.until(lambda: box.activity[-1].get("status") == "watched")
    assert [event.action for event in simulator.scrobbles] == ["start", "scrobble"]
    assert marks(simulator) == [("Night Ferry", 2019, None, None)]


def test_the_year_decides_between_shows_of_one_name(box: Box, simulator: Simulator) -> None:
    box.watch(episode("The Missing", 2014, 1, 2), 90.0)
    box.scrobbler.stopped()
    box.until(lambda: bool(simulator.watched()))
    assert marks(simulator) == [("The Missing", 2014, 1, 2)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/tv/The Missing (2014)/The Missing 1x01.mkv", [("The Missing", 2014, 1, 1)]),
        (f"/tv/{DOUBLE_FILE}", [("Harbour Lights", 2009, 2, 1), ("Harbour Lights", 2009, 2, 2)]),
        ("/films/Night Ferry (1998).mkv", [("Night Ferry", 1998, None, None)]),
    ],
)
def test_loose_files(box: Box, simulator: Simulator, path: str, expected: object) -> None:
    box.watch(PlayingItem({"type": "unknown"}, path), 90.0)
    box.scrobbler.stopped()
    box.until(lambda: len(simulator.watched()) == len(marks(simulator)) > 0 and box.scrobbler.waiting() == 0)
    assert marks(simulator) == expected


def test_a_loose_file_of_a_name_that_two_shows_have_is_nobodys(box: Box, simulator: Simulator) -> None:
    box.watch(PlayingItem({"type": "unknown"}, "/tv/The Missing 1x01.mkv"), 90.0)
    box.until(lambda: box.activity[-1].get("reason") == "namesakes")
    box.scrobbler.stopped()
    assert marks(simulator) == []


def test_marks_that_were_kept_arrive_with_their_time_and_the_unknown_one_is_named(
    box: Box, simulator: Simulator
) -> None:
    simulator.hold_write_lock(1e9)
    for number in (1, 2):
        box.watch(episode("Harbour Lights", 2009, 1, number), 90.0)
    box.watch(episode("Harbour Lights", 2009, 0, 1), 90.0)
    box.watch(any_film(7)._replace(item={"id": 7, "type": "movie", "title": "Nowhere", "year": 1901}), 90.0)
    box.scrobbler.stopped()
    for _ in range(20):
        box.scrobbler.advance()
        time.sleep(0.01)
    simulator.release_write_lock()
    box.clock.advance(1000.0)
    box.until(lambda: box.scrobbler.waiting() == 0)
    assert marks(simulator) == [
        ("Harbour Lights", 2009, 0, 1),
        ("Harbour Lights", 2009, 1, 1),
        ("Harbour Lights", 2009, 1, 2),
    ]
    box.until(lambda: (box.activity[-1]["status"], box.activity[-1]["reason"]) == ("failed", "unknown_movie"))
