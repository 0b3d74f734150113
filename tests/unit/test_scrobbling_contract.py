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
from simkl_connect.identification.exclusions import Preferences
from simkl_connect.identification.identify import PlayingItem
from simkl_connect.models import Account, Secret, Token
from simkl_connect.scrobbling.callbacks import Callbacks
from simkl_connect.scrobbling.scrobbler import Scrobbler
from simkl_connect.storage.database import Database
from simkl_connect.storage.token_store import TokenStore
from simkl_simulator import DOUBLE_FILE, Simulator, Status

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

    def until(self, is_so: Callable[[], bool], step: float = 0.0) -> None:
        """``step``: seconds by which the clock goes on at each look."""
        deadline = time.monotonic() + 60.0
        while not is_so():
            assert time.monotonic() < deadline, self.activity[-1]
            self.worker.advance()
            self.scrobbler.retry_now()  # on a busy machine a request may outlast what is left of its time here
            self.scrobbler.advance()
            self.clock.advance(step)
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
        pytest.param(
            "/tv/Harbour Lights (2009) S02E01-02.mkv",
            [("Harbour Lights", 2009, 2, 1), ("Harbour Lights", 2009, 2, 2)],
            id="two episodes as we read them",
        ),
        pytest.param(
            "/tv/Harbour Lights (2009) 2x01x02x03.mkv",
            [("Harbour Lights", 2009, 2, number) for number in (1, 2, 3)],
            id="three episodes as Simkl reads them",
        ),
        ("/films/Night Ferry (1998).mkv", [("Night Ferry", 1998, None, None)]),
    ],
)
def test_loose_files(box: Box, simulator: Simulator, path: str, expected: object) -> None:
    box.watch(PlayingItem({"type": "unknown"}, path), 90.0)
    box.scrobbler.stopped()
    box.until(lambda: len(simulator.watched()) == len(marks(simulator)) > 0 and box.scrobbler.waiting() == 0)
    assert marks(simulator) == expected


ANIME = {
    "title": "Hoshi no Umi",
    "uniqueid": {"tvdb": "600301", "tmdb": "700301", "imdb": "tt7000301", "anidb": "50301"},
}
ANIME_FILM = {"id": 9, "type": "movie", "title": "Hoshi no Umi: The Film", "year": 2022, "file": "/h.mkv"}


def anime(season: int, number: int, **ids: str) -> PlayingItem:
    """As a library has it: with the series' ids, those of its first cour too, and TVDB's numbers."""
    playing = episode("Hoshi no Umi", 2020, season, number)
    return playing._replace(item={**playing.item, "uniqueid": ids}, show=ANIME)


@pytest.mark.parametrize("way", ["live", "history"])
@pytest.mark.parametrize(
    ("playing", "expected"),
    [
        pytest.param(anime(1, 3), ("Hoshi no Umi", 2020, 1, 3), id="first cour"),
        pytest.param(anime(2, 3), ("Hoshi no Umi: Second Cour", 2021, 1, 3), id="second cour by the series' numbers"),
        pytest.param(
            anime(2, 3, tvdb="5301015", anidb="6301001"),
            ("Hoshi no Umi: Second Cour", 2021, 1, 3),
            id="second cour, with ids of the episode",
        ),
        pytest.param(
            PlayingItem({"type": "unknown"}, "/Hoshi no Umi: Second Cour (2021) S01E03.mkv"),
            ("Hoshi no Umi: Second Cour", 2021, 1, 3),
            id="loose file of the second cour",
        ),
        pytest.param(
            PlayingItem({**ANIME_FILM, "uniqueid": {"tmdb": "700303", "imdb": "tt7000303"}}, "/h.mkv"),
            ("Hoshi no Umi: The Film", 2022, None, None),
            id="film",
        ),
    ],
)
def test_anime_is_credited_to_the_right_cour(
    box: Box, simulator: Simulator, playing: PlayingItem, expected: object, way: str
) -> None:
    box.watch(playing, 90.0)
    box.until(lambda: "start" in [event.action for event in simulator.scrobbles])
    if way == "history":
        simulator.fault("/scrobble", Status(500), times=99)
    box.scrobbler.stopped()
    box.until(lambda: box.scrobbler.waiting() == 0, step=0.0 if way == "live" else 0.1)
    assert marks(simulator) == [expected]
    assert ("scrobble" in [event.action for event in simulator.scrobbles]) is (way == "live")


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


def last_row(box: Box) -> int:
    return box.database.rows("activity")[-1][0]


def test_a_video_excluded_at_95_percent_is_paused_below_the_mark_and_stays_unmarked(
    box: Box, simulator: Simulator
) -> None:
    box.watch(PlayingItem({"type": "unknown"}, "/films/Night Ferry (1998).mkv"), 95.0)
    box.until(lambda: len(simulator.scrobbles) == 1)
    box.scrobbler.act("never", {"row": last_row(box), "what": "folder"})
    box.until(lambda: len(simulator.scrobbles) == 2)
    box.watch(PlayingItem({"type": "unknown"}, "/shorts/Night Ferry (2019).mkv"), 1.0)
    box.until(lambda: len(simulator.scrobbles) == 3)
    assert [event.action for event in simulator.scrobbles] == ["start", "pause", "start"]
    assert marks(simulator) == []


def test_undo_takes_exactly_both_episodes_of_a_file_away(box: Box, simulator: Simulator) -> None:
    simulator.preset_watched("Harbour Lights", 2, 3)
    box.watch(PlayingItem({"type": "unknown"}, f"/tv/{DOUBLE_FILE}"), 90.0)
    box.scrobbler.stopped()
    box.until(lambda: len(simulator.watched()) == 3 and box.scrobbler.waiting() == 0)
    box.scrobbler.act("undo", {"row": last_row(box)})
    box.until(lambda: len(simulator.watched()) == 1)
    assert marks(simulator) == [("Harbour Lights", 2009, 2, 3)]


def test_undo_of_an_anime_finds_the_season_of_the_library(box: Box, simulator: Simulator) -> None:
    for season in (1, 2):
        show = {"title": "Hoshi no Umi", "year": 2020, "uniqueid": {"tvdb": "600301"}}
        fields = {"id": season, "type": "episode", "showtitle": show["title"], "season": season, "episode": 3}
        box.watch(PlayingItem(fields, f"/tv/{season}.mkv", show), 90.0)
        box.scrobbler.stopped()
        box.until(lambda: box.scrobbler.waiting() == 0)
    assert len(marks(simulator)) == 2
    box.scrobbler.act("undo", {"row": last_row(box)})
    box.until(lambda: len(simulator.watched()) == 1)
    assert marks(simulator) == [("Hoshi no Umi", 2020, 1, 3)]


def test_a_wrong_title_is_taken_back_and_the_right_one_marked(box: Box, simulator: Simulator) -> None:
    box.watch(PlayingItem({"type": "unknown"}, "/films/Night Ferry (1998).mkv"), 90.0)
    box.scrobbler.stopped()
    box.until(lambda: marks(simulator) == [("Night Ferry", 1998, None, None)])
    box.until(lambda: box.scrobbler.waiting() == 0)
    right = {"movie": {"title": "Night Ferry", "year": 2019, "ids": {"simkl": "103"}}}
    box.scrobbler.act("choose", {"row": last_row(box), "media": json.dumps(right)})
    box.until(lambda: marks(simulator) == [("Night Ferry", 2019, None, None)])
