"""A whole sync with a real database, worker and session, against the simulated Simkl."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Iterator

import pytest
from patient_worker import PatientWorker
from simkl_connect.http.messages import ClientInfo, Request
from simkl_connect.http.session import Session
from simkl_connect.models import Secret, Token
from simkl_connect.storage.database import Database
from simkl_simulator import Simulator
from sync_world import Kodi, World, episode, movie

SHOWS = {1: ("Harbour Lights", "300203"), 2: ("Hoshi no Umi", "600301"), 3: ("Paper Boats", "300207")}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator({"app": "v1"}, rate_limits=False, interval=0) as running:
        running.preset_watched("Harbour Lights", 2, 1, watched_at="2023-05-01T20:00:00Z")
        running.preset_watched("Harbour Lights", 0, 2)
        running.preset_watched("Hoshi no Umi", 1, 5)
        running.preset_watched("Hoshi no Umi: Second Cour", 1, 2)
        running.preset_watched("Paper Boats")
        running.preset_watched("Night Ferry", year=2019)
        yield running


@pytest.fixture
def world(tmp_path: Path, simulator: Simulator) -> Iterator[World]:
    session = Session(ClientInfo(simulator.url, "0.2.0", "simkl-connect/0.2.0 (Kodi 20.1; Linux)"), lambda: "")
    code = json.loads(session.send(Request("GET", "/oauth/pin", "app")).body)["user_code"]
    simulator.approve(code)
    access = json.loads(session.send(Request("GET", f"/oauth/pin/{code}", "app")).body)["access_token"]
    database = Database(str(tmp_path / "data.db"))
    worker: Any = PatientWorker(lambda: session)
    world = World(database, library(), token=Token(Secret(access), client_id="app"), worker=worker)
    yield world
    worker.close(1.0)
    session.close()
    database.close()


def library() -> Kodi:
    kodi = Kodi()
    kodi.shows = [
        {"tvshowid": n, "title": name, "year": 0, "uniqueid": {"tvdb": tvdb}} for n, (name, tvdb) in SHOWS.items()
    ]
    special = {"season": 0, "show": 1}
    kodi.add(
        episode(1, 1, 1, show=1),
        episode(2, 1, season=2, show=1),
        episode(3, 1, 1, **special, uniqueid={"tvdb": "5203000"}),
        episode(4, 2, **special, uniqueid={"tvdb": "5203001"}),
        episode(5, 5, show=2),
        episode(6, 2, season=2, show=2),
        episode(7, 3, 1, season=2, show=2),
        episode(8, 1, show=3),
        movie(1, 1, uniqueid={"imdb": "tt90000101"}),
        movie(2, uniqueid={"tmdb": "500103"}),
        movie(3, 1, uniqueid={"imdb": "tt7000303"}),
        movie(4, 1, uniqueid={"imdb": "tt0000999"}),
    )
    return kodi


def sync(world: World) -> None:
    deadline, before = time.monotonic() + 60.0, len(world.published)
    world.sync.start(asks=False)
    while not any(news["status"] in ("done", "failed") for news in world.published[before:]):
        assert time.monotonic() < deadline, world.published
        world.worker.advance()
        world.sync.advance()
        world.now += 0.02
        time.sleep(0.001)


def test_everything_is_on_both_sides(world: World, simulator: Simulator) -> None:
    sync(world)
    marks = {(one.title, one.season, one.number) for one in simulator.watched()}
    assert marks == {
        ("Harbour Lights", 1, 1),
        ("Harbour Lights", 2, 1),
        ("Harbour Lights", 0, 1),
        ("Harbour Lights", 0, 2),
        ("Hoshi no Umi", 1, 5),
        ("Hoshi no Umi: Second Cour", 1, 2),
        ("Hoshi no Umi: Second Cour", 1, 3),
        ("Paper Boats", 1, 1),
        ("The Quiet Orchard", None, None),
        ("Night Ferry", None, None),
    }
    assert set(world.kodi.playcounts().values()) == {1}
    assert [(left.reason.value, left.title) for left in world.sync.progress.left] == [
        ("not_found", "Film 3"),  # Simkl files an anime film among its shows
        ("not_found", "Film 4"),
    ]


def test_a_second_run_asks_once_and_no_list_is_pulled_without_its_gate(world: World, simulator: Simulator) -> None:
    sync(world)
    asked, written = len(simulator.requests), len(world.kodi.written)
    sync(world)
    assert [request.path for request in simulator.requests[asked:]] == ["/sync/activities"]
    assert len(world.kodi.written) == written and simulator.ungated_polls == 0


def test_a_title_that_left_the_lists_is_neither_sent_again_nor_unmarked(world: World, simulator: Simulator) -> None:
    sync(world)
    simulator.preset_unwatched("Night Ferry", year=2019)
    world.sync.library_changed()
    sync(world)
    assert "Night Ferry" not in {one.title for one in simulator.watched()}
    assert world.kodi.playcounts()["movie", 2] == 1
