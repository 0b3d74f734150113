"""A sync from its first question to its last row, and whatever may come in between."""

from __future__ import annotations

import random
from typing import Any, cast

import pytest
from scrobbling_device import MemoryDatabase
from simkl_connect.api.all_items import Activities
from simkl_connect.errors import Problem, StorageFailed, TransientError
from simkl_connect.identification.subjects import Subject
from simkl_connect.media import Episode, Movie, Show
from simkl_connect.storage.database import Database
from simkl_connect.sync.plan import Reason
from simkl_connect.sync.run import READING, Directions
from simkl_connect.sync.state import SyncState
from simkl_connect.sync.titles import Entry
from simkl_connect.sync.writing import WRITING
from sync_world import NOW, TOKEN, Kodi, Simkl, World, episode, movie, response


@pytest.fixture
def database() -> Database:
    """In memory: a run that is cut off writes once more when Python collects it, at any later moment."""
    return cast(Database, MemoryDatabase())


@pytest.fixture
def world(database: Database) -> World:
    """Watched here: films 1 and 2, episode 1. Watched on Simkl: film 3, episodes 2 and 3."""
    world = World(database)
    world.kodi.add(movie(1, 1), movie(2, 2), movie(3), episode(1, 1, 1), episode(2, 2), episode(3, 3))
    world.simkl.watch("show", "11", (1, 2), (1, 3))
    world.simkl.watch("movie", "tt0000003")
    return world


UNION = {("movie", 1): 1, ("movie", 2): 2, ("movie", 3): 1, ("episode", 1): 1, ("episode", 2): 1, ("episode", 3): 1}


def test_both_sides_have_everything_afterwards(world: World) -> None:
    world.run()
    assert world.status == "done"
    assert world.kodi.playcounts() == UNION
    assert sorted(world.simkl.posted) == [("11", 1, 1), ("tt0000001", 0, 0), ("tt0000002", 0, 0)]
    assert set(world.simkl.dates) == {"1970-01-01T00:00:01Z"}


def test_the_next_run_asks_once_and_does_not_read_the_library(world: World) -> None:
    world.run()
    world.simkl.requests.clear(), world.kodi.calls.clear()
    world.sync.start(asks=False)
    world.run()
    assert (world.simkl.requests, world.kodi.calls) == (["/sync/activities"], [])


def test_a_whole_comparison_afterwards_finds_nothing(world: World) -> None:
    world.run()
    posted, written = list(world.simkl.posted), list(world.kodi.written)
    world.sync.library_changed()
    world.sync.start(asks=False)
    world.run()
    assert (world.simkl.posted, world.kodi.written) == (posted, written)


def test_a_new_account_is_pulled_whole_once_there_is_something(database: Database) -> None:
    world = World(database)
    lists = ["/sync/all-items/shows", "/sync/all-items/movies", "/sync/all-items/anime"]
    world.run()
    assert world.simkl.requests == ["/sync/activities", *lists]
    world.sync.start(asks=False)
    world.run()
    world.simkl.requests.clear()
    world.simkl.watch("show", "11", (1, 4))
    world.sync.start(asks=False)
    world.run()
    assert world.simkl.requests == ["/sync/activities", *lists]


def test_what_was_watched_elsewhere_comes_with_one_list_and_one_show(world: World) -> None:
    world.run()
    world.kodi.add(episode(4, 4))
    world.simkl.watch("show", "11", (1, 4))
    world.simkl.requests.clear(), world.kodi.calls.clear()
    world.sync.played()
    world.run(lambda: world.status == "done" and world.kodi.playcounts()["episode", 4] == 1)
    assert world.simkl.requests == ["/sync/activities", "/sync/all-items"]
    assert world.kodi.calls.count("GetEpisodes") == 1


def test_it_asks_first_and_says_what_it_would_do(world: World) -> None:
    world.directions = Directions(False, False)
    world.sync.start(asks=True)
    world.run()
    (preview,) = world.previews
    assert world.status == "asking"
    assert preview[:4] == (1, 2, 2, 1)
    assert preview.titles_to_kodi == ["Show 0 S01E02", "Show 0 S01E03", "Film 3"]
    assert not world.simkl.posted and not world.kodi.written


@pytest.mark.parametrize(
    ("directions", "posted", "written"),
    [(Directions(True, True), 3, 3), (Directions(True, False), 3, 0), (Directions(False, True), 0, 3)],
)
def test_only_what_the_user_allows_is_done(world: World, directions: Directions, posted: int, written: int) -> None:
    world.sync.start(asks=True)
    world.run()
    world.sync.answer(directions)
    world.run()
    assert (len(world.simkl.posted), len(world.kodi.written)) == (posted, written)


def test_both_directions_off_is_no_request_at_all(world: World) -> None:
    world.directions = Directions(False, False)
    world.run()
    world.sync.start(asks=False)
    world.run()
    assert not world.simkl.requests and not world.kodi.calls


def test_nobody_signed_in_is_no_request_at_all(world: World) -> None:
    world.account = None
    world.run()
    assert not world.simkl.requests


def test_a_video_that_plays_holds_the_run_up(world: World) -> None:
    world.run(lambda: world.status == "writing")
    written = len(world.kodi.written)
    world.is_busy = True
    for _ in range(50):
        world.step()
    assert len(world.kodi.written) == written
    world.is_busy = False
    world.run()
    assert world.kodi.playcounts() == UNION


def test_nothing_is_asked_of_simkl_while_a_video_plays(world: World) -> None:
    world.run(lambda: bool(world.worker.waiting))
    world.is_busy = True
    for _ in range(5):
        world.step()
    assert world.simkl.requests == ["/sync/activities"]


@pytest.mark.parametrize(("reads_take", "writes_take"), [(READING, 0.0), (0.0, WRITING)])
def test_a_row_that_is_watched_during_the_run_is_left_to_the_user(
    world: World, reads_take: float, writes_take: float
) -> None:
    world.reads_take, world.writes_take = reads_take, writes_take
    world.run(lambda: world.status == "writing")
    world.kodi.rows["movie"][3].update(playcount=5, lastplayed="2023-11-14 20:00:00")
    world.run()
    assert world.kodi.rows["movie"][3]["playcount"] == 5
    assert ("movie", 3) not in world.kodi.written


@pytest.mark.parametrize("status", ["reading", "sending", "writing"])
def test_an_account_that_is_switched_ends_the_run(world: World, status: str) -> None:
    world.run(lambda: world.status == status)
    posted, written = len(world.simkl.posted), len(world.kodi.written)
    world.account = "grace"
    world.sync.advance()
    assert world.status == "cancelled"
    assert (len(world.simkl.posted), len(world.kodi.written)) == (posted, written)


def test_another_account_is_asked_for_everything(world: World) -> None:
    world.run()
    world.account = "grace"
    world.simkl.requests.clear()
    world.sync.start(asks=False)
    world.run()
    assert "/sync/all-items/shows" in world.simkl.requests


def test_excluded_folders_are_neither_sent_nor_written(world: World) -> None:
    world.excluded = "/films/"
    world.run()
    assert [posted[0] for posted in world.simkl.posted] == ["11"]
    assert ("movie", 3) not in world.kodi.written


@pytest.mark.parametrize("status", ["reading", "asking", "sending", "writing"])
def test_a_cancelled_run_goes_on_later(world: World, status: str) -> None:
    if status == "asking":
        world.sync.start(asks=True)
    world.run(lambda: world.status == status)
    world.sync.cancel()
    assert world.status == "cancelled"
    world.sync.start(asks=False)
    world.run()
    assert world.kodi.playcounts() == UNION
    assert len(set(world.simkl.posted)) == len(world.simkl.posted) == 3


def test_what_was_approved_and_cancelled_is_completed_by_itself(world: World) -> None:
    world.directions = Directions(False, True)
    world.run()
    world.directions = Directions(True, True)
    world.sync.start(asks=True)
    world.run()
    world.sync.answer(world.directions)
    world.run(lambda: world.status == "sending")
    world.sync.cancel()
    world.sync.start(asks=False)
    world.run()
    assert len(world.simkl.posted) == 3


def test_killed_after_a_change_was_pulled_it_is_set_all_the_same(world: World) -> None:
    world.run()
    world.kodi.add(episode(4, 4))
    world.simkl.watch("show", "11", (1, 4))
    world.simkl.requests.clear()
    world.sync.start(asks=False)
    world.run(lambda: "/sync/all-items" in world.simkl.requests)
    world.start()
    world.run()
    assert world.kodi.playcounts()["episode", 4] == 1


def test_unwatched_here_since_stays_so(world: World) -> None:
    world.run()
    world.kodi.rows["movie"][3].update(playcount=0, lastplayed="")
    world.sync.library_changed()
    world.sync.start(asks=False)
    world.run()
    assert world.kodi.playcounts()["movie", 3] == 0
    assert [left.reason for left in world.sync.progress.left] == [Reason.UNWATCHED_HERE]


def test_removed_from_the_list_since_is_not_sent_again(world: World) -> None:
    world.run()
    posted = len(world.simkl.posted)
    world.simkl.remove("movie", "tt0000003")
    world.sync.library_changed()
    world.sync.start(asks=False)
    world.run()
    assert len(world.simkl.posted) == posted
    assert [left.reason for left in world.sync.progress.left] == [Reason.REMOVED_ON_SIMKL]


def compare(world: World) -> None:
    world.sync.library_changed()
    world.sync.start(asks=False)
    world.run()


SEEN = Movie("Film 1", 1999, {"imdb": "tt0000001"})


def test_what_was_taken_back_before_any_sync_is_not_sent(world: World) -> None:
    world.decisions.take_back("ada", [SEEN], NOW)
    world.run()
    world.start()
    compare(world)
    assert sorted(world.simkl.posted) == [("11", 1, 1), ("tt0000002", 0, 0)]
    assert (world.kodi.playcounts(), world.sync.progress.left_alone) == (UNION, 1)


def test_what_one_account_has_taken_back_is_sent_to_another(world: World) -> None:
    world.decisions.take_back("grace", [SEEN], NOW)
    world.run()
    assert ("tt0000001", 0, 0) in world.simkl.posted


def test_what_was_taken_back_is_sent_after_it_was_unmarked_and_marked_again(world: World) -> None:
    world.decisions.take_back("ada", [SEEN], NOW)
    world.run()
    for playcount in (0, 1):
        world.kodi.rows["movie"][1].update(playcount=playcount)
        compare(world)
    assert world.simkl.posted.count(("tt0000001", 0, 0)) == 1


def test_what_the_user_has_corrected_is_brought_together_as_that(world: World) -> None:
    """The library has show 12 for 11, film 3 for 4; episode 2 of show 12 is its third."""
    world.kodi.shows[0]["uniqueid"] = {"tvdb": "12"}
    world.simkl.watch("movie", "tt0000004")
    world.decisions.correct(Subject(("show tvdb:12",), 1, (1,)), Episode(Show("Right", None, {"simkl": "11"}), 1, 1))
    world.decisions.correct(Subject(("show tvdb:13",), 1, (1,)), Episode(Show("None", None, {"simkl": "9"}), 1, 1))
    world.decisions.correct(Subject(("movie imdb:tt0000001",)), Movie("Film 5", 1999, {"simkl": "1005"}))
    world.run()
    assert sorted(world.simkl.posted) == [("11", 1, 1), ("tt0000002", 0, 0), ("tt0000005", 0, 0)]
    assert world.kodi.playcounts() == UNION
    posted = list(world.simkl.posted)
    compare(world)
    assert world.simkl.posted == posted
    world.kodi.add(episode(4, 4))
    world.simkl.watch("show", "11", (1, 4))
    world.sync.start(asks=False)
    world.run()
    assert world.kodi.playcounts()["episode", 4] == 1
    world.simkl.remove("movie", "tt0000005")
    compare(world)
    assert world.simkl.posted == posted


@pytest.mark.parametrize("kind", ["show", "movie"])
def test_an_anime_film_stays_known_whatever_a_list_of_ids_calls_it(database: Database, kind: str) -> None:
    state, film = SyncState(database), Entry("movie", 9, True, "Film", None, {}, {0: 0})
    state.replace_entries([film], Activities("a", "b"), NOW)
    state.merge_entries([], Activities("b", "c"), {(kind, 9)})
    assert state.entries() == [film]


def test_rows_that_come_with_a_new_scraper_get_their_marks_back(world: World) -> None:
    world.run()
    posted = len(world.simkl.posted)
    world.kodi.rows = {"movie": {}, "episode": {}}
    world.kodi.add(movie(31, uniqueid={"imdb": "tt0000003"}), episode(32, 2), episode(33, 3))
    world.sync.library_changed()
    world.sync.start(asks=False)
    world.run()
    assert set(world.kodi.playcounts().values()) == {1} and len(world.simkl.posted) == posted


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_row_that_kodi_removed_is_not_the_next_one_with_its_number(world: World, is_announced: bool) -> None:
    world.run()
    world.kodi.rows["movie"][3].update(playcount=0, lastplayed="")
    if is_announced:
        world.sync.row_removed("movie", 3)
        world.step()
        world.start()
    world.sync.library_changed()
    world.run()
    assert world.kodi.playcounts()["movie", 3] == int(is_announced)


def test_what_was_unwatched_stays_so_if_a_row_goes_while_the_library_is_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simkl_connect.sync.library.PAGE", 3)
    world = World(database)
    world.kodi.add(*(movie(row_id, 1) for row_id in range(1, 9)))
    world.run()
    world.kodi.rows["movie"][4].update(playcount=0)
    answer = world.kodi.rpc

    def with_a_row_less(method: str, parameters: dict[str, Any]) -> object:
        page = answer(method, parameters)
        if method.endswith("GetMovies"):
            world.kodi.rows["movie"].pop(1, None)
        return page

    monkeypatch.setattr(world.kodi, "rpc", with_a_row_less)
    for _ in range(2):
        world.sync.library_changed()
        world.sync.start(asks=False)
        world.run()
    assert world.status == "done" and world.kodi.playcounts()["movie", 4] == 0


def test_a_file_with_two_episodes_is_marked_and_undone_as_one(world: World) -> None:
    world.kodi.add(episode(2, 2, file="/tv/2+3.mkv"), episode(3, 3, file="/tv/2+3.mkv"))
    before, _ = before_and_after(world)
    assert world.kodi.playcounts() == UNION
    world.sync.undo()
    world.run()
    assert world.kodi.rows == before


def test_a_file_with_two_episodes_keeps_the_date_of_the_first(world: World) -> None:
    world.kodi.add(episode(2, 2, file="/tv/2+3.mkv"), episode(3, 3, file="/tv/2+3.mkv"))
    world.simkl.watch("show", "11", (1, 3), at=None)
    world.reads_take = 0.0
    world.run()
    dates = {row["lastplayed"] for row_id, row in world.kodi.rows["episode"].items() if row_id in (2, 3)}
    assert len(dates) == 1 and "" not in dates


def test_a_mark_without_a_date_gets_none_in_the_library(world: World) -> None:
    world.simkl.watch("movie", "tt0000003", at=None)
    world.run()
    row = world.kodi.rows["movie"][3]
    assert (row["playcount"], row["lastplayed"]) == (1, "")
    world.sync.undo()
    world.run()
    assert (row["playcount"], row["lastplayed"]) == (0, "")


def test_what_simkl_does_not_know_is_not_sent_again(world: World) -> None:
    world.simkl.unknown = {"tt0000001"}
    world.run()
    world.sync.library_changed()
    world.sync.start(asks=False)
    world.run()
    assert world.simkl.posted.count(("tt0000001", 0, 0)) == 1
    assert [(left.reason, left.title) for left in world.sync.progress.left] == [(Reason.NOT_FOUND, "Film 1")]


def test_10_000_marks_from_simkl(database: Database) -> None:
    world = World(database, Kodi(shows=100))
    for show in range(100):
        world.kodi.add(*(episode(show * 100 + n, n, show=4 + show) for n in range(1, 101)))
        world.simkl.watch("show", str(11 + show), *((1, n) for n in range(1, 101)))
    world.run()
    assert world.published[-1]["written"] == 10_000 and world.simkl.requests.count("/sync/history") == 0
    assert set(world.kodi.playcounts().values()) == {1}


def test_marks_go_out_in_batches_of_100(database: Database) -> None:
    world = World(database)
    world.kodi.add(*(episode(n, n, 1) for n in range(1, 251)))
    world.run()
    assert world.simkl.requests.count("/sync/history") == 3 and len(world.simkl.posted) == 250


def test_a_batch_that_simkl_finds_wrong_loses_one_mark(database: Database) -> None:
    world = World(database)
    world.kodi.add(*(movie(n, 1) for n in range(1, 9)))
    answer = world.simkl.answer

    def picky(request):  # type: ignore[no-untyped-def]
        films = request.json["movies"] if request.method == "POST" else []
        return response({"error": "wrong_parameter"}, 400) if "Film 5" in str(films) else answer(request)

    world.simkl.answer = picky  # type: ignore[method-assign]
    world.run()
    assert sorted(name for name, _, _ in world.simkl.posted) == [f"tt{n:07}" for n in (1, 2, 3, 4, 6, 7, 8)]
    assert [left.title for left in world.sync.progress.left] == ["Film 5"]


def cut_off() -> object:
    return response({"shows": [{"show": {}}]})._replace(body=b'{"shows": [{"show": {"ids": {"simkl": 1')


@pytest.mark.parametrize(
    "reply",
    [
        response({"error": "server"}, 503),
        TransientError(Problem.OFFLINE, "no network"),
        response({"error": "RATE_LIMIT"}, 400),
        cut_off(),
    ],
    ids=["503", "offline", "write lock", "cut off"],
)
@pytest.mark.parametrize("place", range(9))
def test_trouble_that_passes_costs_time_alone(world: World, reply: object, place: int) -> None:
    answered = 0
    answer = world.simkl.answer

    def troubled(request):  # type: ignore[no-untyped-def]
        nonlocal answered
        answered += 1
        return reply if answered == place + 1 else answer(request)

    world.simkl.answer = troubled  # type: ignore[method-assign]
    world.run()
    assert world.status == "done" and world.kodi.playcounts() == UNION
    assert len(world.simkl.posted) == 3


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (response({"error": "user_limit_exceeded"}, 429, retry_after="30000"), 30000),
        (response({"error": "user_limit_exceeded"}, 429), 6 * 3600),
    ],
    ids=["hours", "no header"],
)
def test_a_quota_puts_the_rest_off_also_beyond_a_restart(world: World, reply: object, seconds: int) -> None:
    world.run(lambda: world.status == "sending")
    world.replies = [reply]
    world.run()
    assert world.published[-1]["status"] == "failed" and world.published[-1]["problem"] == "rate_limited"
    asked, until = len(world.simkl.requests), world.now + seconds
    world.start()
    world.run()
    assert len(world.simkl.requests) == asked
    world.now = until + 1
    world.run()
    assert world.status == "done" and world.kodi.playcounts() == UNION


def test_a_pause_until_a_time_that_a_wrong_clock_has_named_is_none(world: World) -> None:
    world.start()
    SyncState(world.database).begin("ada")
    SyncState(world.database).put_off(NOW + 10 * 365 * 86400)
    world.run()
    assert world.status == "done" and world.kodi.playcounts() == UNION


def test_a_token_that_simkl_ends_ends_the_run(world: World) -> None:
    world.replies = [response({"error": "user_token_failed"}, 401)]
    world.run(lambda: world.status == "failed")
    assert (world.simkl.requests, world.rejected) == ([], [TOKEN.access_token])


def before_and_after(world: World) -> tuple[object, object]:
    rows = {kind: {row: dict(values) for row, values in rows.items()} for kind, rows in world.kodi.rows.items()}
    world.run()
    return rows, world.kodi.rows


def test_an_undo_puts_exactly_the_old_values_back(world: World) -> None:
    before, _ = before_and_after(world)
    world.sync.undo()
    world.run()
    assert world.kodi.rows == before


@pytest.mark.parametrize("change", [{"playcount": 2}, {"lastplayed": "2023-11-14 20:00:00"}], ids=["count", "date"])
def test_an_undo_leaves_what_was_watched_since(world: World, change: dict[str, Any]) -> None:
    world.run()
    world.kodi.rows["movie"][3].update(change)
    world.sync.undo()
    world.run()
    assert world.kodi.playcounts()["movie", 3] > 0 and world.kodi.playcounts()["episode", 2] == 0


def test_what_was_undone_does_not_come_back(world: World) -> None:
    before, _ = before_and_after(world)
    world.sync.undo()
    world.run()
    world.sync.library_changed()
    world.sync.start(asks=False)
    world.run()
    assert world.kodi.rows == before


def test_a_large_undo_is_not_taken_for_a_library_that_was_filled_again(database: Database) -> None:
    world = World(database)
    world.kodi.add(*(episode(n, n) for n in range(1, 101)))
    world.simkl.watch("show", "11", *((1, n) for n in range(1, 101)))
    world.run()
    world.sync.undo()
    world.run()
    world.sync.library_changed()
    world.run()
    assert set(world.kodi.playcounts().values()) == {0}


def test_a_run_that_writes_nothing_leaves_the_way_back_as_it_is(world: World) -> None:
    before, _ = before_and_after(world)
    world.sync.library_changed()
    world.sync.start(asks=False)
    world.run()
    world.sync.undo()
    world.run()
    assert world.kodi.rows == before


def large_world(database: Database) -> World:
    kodi, simkl = Kodi(shows=3), Simkl()
    for show in range(3):
        for number in range(1, 121):
            here, there = number % 3 == 0, number % 3 == 1
            kodi.add(episode(show * 1000 + number, number, int(here), show=4 + show))
            if there:
                simkl.watch("show", str(11 + show), (1, number))
    return World(database, kodi, simkl)


@pytest.mark.parametrize("seed", range(20))
def test_killed_at_any_moment_the_next_run_completes_it(database: Database, seed: int) -> None:
    world = large_world(database)
    world.is_busy = False
    before = dict(world.kodi.playcounts())
    chance = random.Random(seed)
    for _ in range(3):
        stop = world.steps + chance.randrange(1, 400)
        world.run(lambda stop=stop: world.steps >= stop or world.status == "done")  # type: ignore[misc]
        if world.status == "done":
            break
        if world.worker.waiting and chance.random() < 0.5:
            world.simkl.answer(world.worker.waiting[0].request)  # Simkl has it, and nobody hears of that
        world.start()
    world.run()
    assert world.status == "done"
    assert all(count == (1 if row[1] % 1000 % 3 != 2 else 0) for row, count in world.kodi.playcounts().items())
    assert len(set(world.simkl.posted)) == len(world.simkl.posted) == 120
    assert len(set(world.kodi.written)) == len(world.kodi.written) == 120
    world.sync.undo()
    stop = world.steps + chance.randrange(1, 150)
    world.run(lambda: world.steps >= stop)
    world.start()
    world.run()
    assert world.kodi.playcounts() == before


def test_nothing_is_asked_of_simkl_before_the_service_has_started_up(world: World) -> None:
    world.sync.advance()
    assert not world.worker.submitted and world.sync.seconds_to_wait() == 30.0
    assert world.now == NOW


def test_somebody_who_waits_for_the_question_hears_soon_that_there_is_no_network(world: World) -> None:
    world.replies = [TransientError(Problem.OFFLINE, "no route")] * 9
    world.sync.start(asks=True)
    world.run(lambda: world.status == "failed")
    assert world.now - NOW < 60
    assert world.published[-1]["problem"] == "offline"


def test_without_a_question_the_network_is_waited_for(world: World) -> None:
    world.replies = [TransientError(Problem.OFFLINE, "no route")] * 9
    world.run()
    assert world.status == "done"


def test_rows_that_a_clean_removes_are_noted_once_it_is_over(world: World) -> None:
    world.run()
    world.is_busy = True
    for row_id in (1, 2):
        world.sync.row_removed("movie", row_id)
        world.sync.advance()
    assert world.database.rows("sync_removed") == []
    world.is_busy = False
    world.sync.advance()
    assert len(world.database.rows("sync_removed")) == 1


def test_what_changed_just_before_the_end_is_known_after_the_next_start(world: World) -> None:
    world.run()
    world.sync.row_removed("movie", 1)
    world.sync.library_changed()
    world.sync.close(0.0)
    assert world.database.rows("sync_removed")
    assert world.database.read("sync_whole") == "1"


def test_a_disk_that_is_full_at_the_end_stops_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_rows: object) -> None:
        raise StorageFailed

    world.run(lambda: bool(world.kodi.written))
    monkeypatch.setattr(SyncState, "remember_rows", refuse)
    world.sync.row_removed("movie", 3)
    world.sync.close(0.0)
    assert world.database.rows("sync_removed")


def test_a_fast_kodi_gets_several_rows_in_one_turn(world: World) -> None:
    world.reads_take = 0.06
    world.kodi.add(*(movie(row) for row in range(100, 120)))
    for row in range(100, 120):
        world.simkl.watch("movie", f"tt{row:07}")
    world.run(lambda: world.status == "writing")
    before = world.steps
    world.run(lambda: world.status == "done")
    assert len(world.kodi.written) == 23
    assert 4 <= world.steps - before <= 10
