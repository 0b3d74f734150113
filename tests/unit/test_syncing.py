"""The sync as the service has it: commands, what Kodi announces, settings, accounts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Iterator, Mapping

import pytest
from fake_kodi import FakeKodi
from fake_worker import FakeWorker
from fakes import FakeClock
from simkl_connect.environment import Environment
from simkl_connect.identification.decisions import Decisions
from simkl_connect.kodi import ipc as channel
from simkl_connect.kodi import preferences
from simkl_connect.kodi.background.sync_task import Callbacks, SyncTask
from simkl_connect.models import Account, Secret, Token
from simkl_connect.storage.database import Database
from simkl_connect.storage.reader import Reader
from simkl_connect.storage.token_store import TokenStore
from simkl_connect.sync import OFFERED, PREVIEW
from simkl_connect.sync.preview import load_preview
from simkl_connect.sync.unmarked import UNMARKED, Unmarked
from simkl_connect.ui.commands import SYNC, SYNC_ANSWER, SYNC_CANCEL, SYNC_OFFERED, SYNC_UNDO, Command
from sync_world import NOW, Kodi, Simkl, episode, movie

TOKEN = Token(Secret("token"), client_id="app")
UNION = {("movie", 1): 1, ("movie", 2): 1, ("episode", 1): 1, ("episode", 2): 1}
ON, OFF = ("true", "true"), ("false", "false")


class House:
    """Film 1 and episode 1 are watched here, film 2 and episode 2 on Simkl."""

    def __init__(self, kodi: FakeKodi, database: Database) -> None:
        self.screen, self.database = kodi, database
        self.clock, self.worker = FakeClock(NOW), FakeWorker()
        self.library, self.simkl = Kodi(), Simkl()
        self.library.add(movie(1, 1), movie(2), episode(1, 1, 1), episode(2, 2))
        self.simkl.watch("movie", "tt0000002")
        self.simkl.watch("show", "11", (1, 2))
        self.tokens = TokenStore(database, self.clock, self.clock)
        self.plays = False
        self.echoes: list[tuple[str, int, int]] = []
        self.written_before_echo: list[int] = []
        self.rejected: list[Secret] = []
        self.start()

    def start(self) -> None:
        worker: Any = self.worker
        environment = Environment(self.clock, self.clock, lambda: 0.5, worker, self.database, self.tokens)
        self.decisions = Decisions(self.database, preferences.watching, self.clock)
        self.task = SyncTask(
            environment, Callbacks(lambda: self.plays, self._expect_echo, self.rejected.append, self.decisions)
        )

    def _expect_echo(self, kind: str, row_id: int, playcount: int) -> None:
        self.echoes.append((kind, row_id, playcount))
        self.written_before_echo.append(len(self.library.written))

    def sign_in(self, account_id: str = "5") -> None:
        self.tokens.save_token(TOKEN)
        self.tokens.save_account(Account("Ada", account_id), TOKEN)

    def switch(self, to_simkl: str, to_kodi: str) -> None:
        self.screen.settings.update(sync_to_simkl=to_simkl, sync_to_kodi=to_kodi)
        self.task.settings_changed()

    def send(self, name: str, **values: object) -> None:
        self.task.command(Command(name, "r1", values))
        self.task.advance()

    def run(self, seconds: float = 120.0) -> None:
        """Until ``seconds`` are over."""
        until = self.clock.now + seconds
        while self.clock.now < until:
            if self.worker.waiting:
                self.worker.answer(self.simkl.answer(self.worker.waiting[0].request))
            self.task.advance()
            if not self.worker.waiting:
                wait = self.task.seconds_to_wait()
                self.clock.advance(min(5.0 if wait is None else max(0.01, wait), until - self.clock.now + 0.001))

    @property
    def news(self) -> Mapping[str, Any]:
        return channel.sync_news()

    @property
    def settings(self) -> tuple[str, str]:
        return self.screen.settings.get("sync_to_simkl", ""), self.screen.settings.get("sync_to_kodi", "")


@pytest.fixture
def kodi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKodi:
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    return kodi


@pytest.fixture
def house(kodi: FakeKodi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    database = Database(str(tmp_path / "simkl.db"))
    house = House(kodi, database)
    monkeypatch.setattr(
        "simkl_connect.kodi.json_rpc.result_of", lambda method, values: house.library.rpc(method, {**values})
    )
    monkeypatch.setattr("simkl_connect.kodi.background.library.is_scanning", lambda: False)
    yield house
    house.task.close(0.0)
    database.close()


@pytest.fixture
def signed_in(house: House) -> House:
    house.sign_in()
    return house


@pytest.fixture
def synced(signed_in: House) -> House:
    """A run is over, and the service has been quiet for a while."""
    signed_in.switch(*ON)
    signed_in.run()
    signed_in.simkl.requests.clear()
    signed_in.library.calls.clear()
    return signed_in


@pytest.mark.parametrize(("is_signed_in", "switches"), [(False, ON), (True, OFF)], ids=["nobody signed in", "both off"])
def test_nothing_is_asked_nothing_read_and_nothing_loaded(
    house: House, is_signed_in: bool, switches: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "simkl_connect.kodi.background.syncing", raising=False)
    if is_signed_in:
        house.sign_in()
    house.switch(*switches)
    house.run(6 * 3600.0)
    assert (house.simkl.requests, house.library.calls, house.news) == ([], [], {})
    assert "simkl_connect.kodi.background.syncing" not in sys.modules


def test_once_it_is_on_it_runs_by_itself(synced: House) -> None:
    assert synced.library.playcounts() == UNION
    assert sorted(synced.simkl.posted) == [("11", 1, 1), ("tt0000001", 0, 0)]
    assert (synced.news["status"], synced.news["sent"], synced.news["written"]) == ("done", 2, 2)


def test_nothing_is_done_before_the_answer_and_the_answer_is_kept(signed_in: House) -> None:
    signed_in.send(SYNC, asks=True)
    signed_in.run(10.0)
    preview = load_preview(signed_in.database.rows(PREVIEW)[0][1])
    assert preview is not None
    assert preview[:4] == (1, 1, 1, 1)
    assert (signed_in.news["status"], signed_in.news["request"]) == ("asking", "r1")
    assert (signed_in.simkl.posted, signed_in.library.written) == ([], [])
    signed_in.send(SYNC_ANSWER, to_simkl=False, to_kodi=True)
    signed_in.run()
    assert (signed_in.simkl.posted, signed_in.library.playcounts()) == ([], UNION)
    assert signed_in.settings == ("false", "true")
    assert signed_in.database.rows(PREVIEW) == []


def test_what_is_asked_is_stored_before_the_status_says_so(signed_in: House, monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[int] = []
    monkeypatch.setattr(
        channel,
        "publish_sync",
        lambda news: stored.append(len(signed_in.database.rows(PREVIEW))) if news["status"] == "asking" else None,
    )
    signed_in.send(SYNC, asks=True)
    signed_in.run(10.0)
    assert stored == [1]


def test_an_answer_that_kodi_loses_is_written_again(signed_in: House) -> None:
    signed_in.send(SYNC, asks=True)
    signed_in.run(10.0)
    signed_in.screen.loses = {"sync_to_simkl", "sync_to_kodi"}
    signed_in.send(SYNC_ANSWER, to_simkl=True, to_kodi=True)
    signed_in.task.settings_changed()
    signed_in.run(20.0)
    signed_in.screen.loses = set()
    signed_in.run(10.0)
    signed_in.simkl.requests.clear()
    signed_in.run(5 * 3600.0)
    assert (signed_in.settings, signed_in.simkl.requests) == (ON, ["/sync/activities"])


@pytest.mark.parametrize("value", ["true", 1, None], ids=repr)
def test_an_answer_that_is_none_is_a_no(signed_in: House, value: object) -> None:
    signed_in.send(SYNC, asks=True)
    signed_in.run(10.0)
    signed_in.send(SYNC_ANSWER, to_simkl=value, to_kodi=value)
    signed_in.run()
    assert (signed_in.simkl.posted, signed_in.library.written) == ([], [])


def test_a_cancelled_question_leaves_no_titles_behind(signed_in: House) -> None:
    signed_in.send(SYNC, asks=True)
    signed_in.run(10.0)
    signed_in.send(SYNC_CANCEL)
    assert (signed_in.news["status"], signed_in.database.rows(PREVIEW)) == ("cancelled", [])


def test_a_question_that_nobody_answers_is_taken_back(signed_in: House) -> None:
    signed_in.send(SYNC, asks=True)
    signed_in.run(1000.0)
    assert (signed_in.news["status"], signed_in.database.rows(PREVIEW)) == ("cancelled", [])


def test_an_answer_that_comes_too_late_still_counts(signed_in: House) -> None:
    signed_in.send(SYNC, asks=True)
    signed_in.run(1000.0)
    signed_in.send(SYNC_ANSWER, to_simkl=True, to_kodi=True)
    signed_in.run()
    assert (signed_in.library.playcounts(), signed_in.settings) == (UNION, ON)


@pytest.mark.parametrize(
    ("switches", "posted", "written"), [(OFF, 2, 2), (("true", "false"), 2, 0), (("false", "true"), 0, 2)]
)
def test_without_a_question_it_goes_both_ways_unless_the_settings_say_one(
    signed_in: House, switches: tuple[str, str], posted: int, written: int
) -> None:
    signed_in.switch(*switches)
    signed_in.send(SYNC, asks=False)
    signed_in.run(20.0)
    assert (len(signed_in.simkl.posted), len(signed_in.library.written)) == (posted, written)
    assert signed_in.settings == switches


def test_undo_takes_back_what_was_set(synced: House) -> None:
    synced.send(SYNC_UNDO)
    synced.run()
    assert synced.library.playcounts() == {**UNION, ("movie", 2): 0, ("episode", 2): 0}


def test_a_question_is_not_begun_while_a_video_plays(signed_in: House) -> None:
    signed_in.plays = True
    signed_in.send(SYNC, asks=True)
    assert (signed_in.news["status"], signed_in.news["problem"]) == ("failed", "busy")


def announce(house: House, kind: str, row_id: int, playcount: int) -> None:
    """The user marks or unmarks a row, which Kodi announces."""
    house.library.rows[kind][row_id].update(playcount=playcount)
    said = {"item": {"id": row_id, "type": kind}, "playcount": playcount}
    house.task.heard("VideoLibrary.OnUpdate", json.dumps(said))


def test_what_is_unmarked_before_the_sync_has_seen_it_marked_stays_so(synced: House) -> None:
    synced.plays = True
    synced.library.add(movie(7, 1))
    synced.simkl.watch("movie", "tt0000007")
    announce(synced, "movie", 7, 0)
    synced.task.close(0.0)
    synced.start()
    synced.plays = False
    synced.run(600.0)
    assert synced.library.playcounts()["movie", 7] == 0
    announce(synced, "movie", 7, 1)
    synced.clock.advance(5.0)
    synced.task.advance()
    assert ("movie", 7) not in Unmarked(synced.database, synced.clock)


def test_a_show_that_is_unmarked_by_hand_is_not_taken_for_a_library_that_was_filled_again(signed_in: House) -> None:
    signed_in.library.add(*(episode(row_id, row_id - 100, 1) for row_id in range(101, 161)))
    signed_in.switch(*ON)
    signed_in.run()
    for row_id in signed_in.library.rows["episode"]:
        announce(signed_in, "episode", row_id, 0)
    signed_in.task.heard("VideoLibrary.OnUpdate", '{"added":true,"item":{"id":9,"type":"movie"}}')
    signed_in.run(600.0)
    assert not any(signed_in.library.playcounts()["episode", row_id] for row_id in range(101, 161))


@pytest.mark.parametrize(
    "value", ["{", "[" * 100_000, "5", '[5, ["movie"], ["song", 1], ["movie", 1.5], ["movie", 7]]']
)
def test_odd_unmarked_rows_on_the_disk_are_passed_over(synced: House, value: str) -> None:
    synced.database.write({UNMARKED: value})
    assert (("movie", 7) in Unmarked(synced.database, synced.clock)) is ('["movie", 7]' in value)


def test_that_a_video_plays_is_said_also_if_a_sync_waits_for_its_end(signed_in: House) -> None:
    signed_in.plays = True
    signed_in.send(SYNC, asks=False)
    signed_in.send(SYNC, asks=True)
    assert (signed_in.news["status"], signed_in.news["problem"]) == ("failed", "busy")


@pytest.mark.parametrize("what", ["Scan", "Clean"])
def test_nothing_is_read_while_the_library_changes(synced: House, what: str) -> None:
    synced.task.heard(f"VideoLibrary.On{what}Started", "null")
    synced.task.heard("VideoLibrary.OnUpdate", '{"added":true,"transaction":true,"item":{"id":9,"type":"movie"}}')
    synced.library.add(movie(9, 1))
    synced.run(600.0)
    assert synced.library.calls == []
    synced.task.heard(f"VideoLibrary.On{what}Finished", "null")
    synced.run()
    assert ("tt0000009", 0, 0) in synced.simkl.posted


def test_a_scan_that_finds_nothing_makes_nobody_read(synced: House) -> None:
    synced.task.heard("VideoLibrary.OnScanStarted", "null")
    synced.task.heard("VideoLibrary.OnScanFinished", "null")
    synced.run(5 * 3600.0)
    assert (synced.simkl.requests, synced.library.calls) == (["/sync/activities"], [])


@pytest.mark.parametrize("row_id", [7, 2])
def test_a_row_that_is_read_anew_is_compared_anew(synced: House, row_id: int) -> None:
    del synced.library.rows["movie"][2]
    synced.library.add(movie(row_id, uniqueid={"imdb": "tt0000002"}))
    synced.task.heard("VideoLibrary.OnRemove", '{"id":2,"type":"movie"}')
    synced.run()
    assert synced.library.playcounts()["movie", row_id] == 1


def test_after_a_play_simkl_is_asked_what_is_new(synced: House) -> None:
    synced.task.heard("Player.OnStop", '{"end":true,"item":{"id":1,"type":"movie"}}')
    synced.run()
    assert (synced.simkl.requests, synced.library.calls) == (["/sync/activities"], [])


@pytest.mark.parametrize(
    ("method", "data"),
    [
        ("Player.OnStop", '{"end":true,"item":{"type":"song"}}'),
        ("Player.OnStop", "{"),
        ("VideoLibrary.OnUpdate", "[]"),
        ("VideoLibrary.OnUpdate", '{"item":{"id":1,"type":"movie"},"playcount":1}'),
        ("VideoLibrary.OnUpdate", '{"item":5}'),
        ("VideoLibrary.OnRemove", '{"id":"1","type":"movie"}'),
        ("VideoLibrary.OnRemove", '{"id":1,"type":"set"}'),
    ],
)
def test_what_is_no_news_starts_nothing(synced: House, method: str, data: str) -> None:
    synced.task.heard(method, data)
    synced.run()
    assert synced.simkl.requests == []


def test_each_mark_is_announced_before_it_is_written(synced: House) -> None:
    assert synced.echoes == [("movie", 2, 1), ("episode", 2, 1)] or synced.echoes == [
        ("episode", 2, 1),
        ("movie", 2, 1),
    ]
    assert synced.written_before_echo == [0, 1]


def test_a_direction_that_is_switched_on_compares_everything(signed_in: House) -> None:
    signed_in.switch("false", "true")
    signed_in.run()
    assert signed_in.simkl.posted == []
    signed_in.switch(*ON)
    signed_in.run()
    assert sorted(signed_in.simkl.posted) == [("11", 1, 1), ("tt0000001", 0, 0)]


def test_a_folder_that_is_excluded_no_more_is_compared(signed_in: House) -> None:
    signed_in.screen.settings["exclude_folder_1"] = "/films/"
    signed_in.switch(*ON)
    signed_in.run()
    assert signed_in.simkl.posted == [("11", 1, 1)]
    signed_in.screen.settings["exclude_folder_1"] = ""
    signed_in.task.settings_changed()
    signed_in.run()
    assert ("tt0000001", 0, 0) in signed_in.simkl.posted


def test_a_show_that_is_never_wanted_is_left_alone_until_it_is_wanted_again(signed_in: House) -> None:
    signed_in.decisions.exclude(["show tvdb:11"])
    signed_in.switch(*ON)
    signed_in.run()
    assert signed_in.simkl.posted == [("tt0000001", 0, 0)]
    assert ("episode", 2, 1) not in signed_in.echoes
    signed_in.decisions.allow(["show tvdb:11"])
    signed_in.task.decisions_changed()
    signed_in.run()
    assert ("11", 1, 1) in signed_in.simkl.posted


def test_with_another_account_nothing_is_done_before_its_own_yes(synced: House) -> None:
    synced.sign_in("6")
    synced.run(6 * 3600.0)
    assert (synced.simkl.requests, synced.settings) == ([], OFF)
    synced.send(SYNC, asks=True)
    synced.run(10.0)
    assert synced.news["status"] == "asking"


@pytest.mark.parametrize("known_after", [0.0, 3.0])
def test_the_same_account_signed_in_again_goes_on(synced: House, known_after: float) -> None:
    synced.tokens.save_token(TOKEN)
    synced.run(known_after)
    synced.tokens.save_account(Account("Ada", "5"), TOKEN)
    synced.run(5 * 3600.0)
    assert (synced.simkl.requests, synced.settings) == (["/sync/activities"], ON)


def test_an_account_whose_id_comes_late_is_the_same(house: House) -> None:
    house.switch(*ON)
    house.tokens.save_token(TOKEN)
    house.run()
    house.tokens.save_account(Account("Ada", "5"), TOKEN)
    house.simkl.requests.clear()
    house.run(5 * 3600.0)
    assert (house.simkl.requests, house.settings) == (["/sync/activities"], ON)


def test_a_token_that_may_only_read_starts_nothing(house: House) -> None:
    house.tokens.save_token(TOKEN._replace(scope="media:read"))
    house.send(SYNC, asks=False)
    house.run()
    assert (house.simkl.requests, house.news["status"], house.news["problem"]) == ([], "failed", "read_only")


def test_what_simkl_does_not_know_is_told_by_title_once(signed_in: House) -> None:
    signed_in.library.add(*(movie(row, 1) for row in range(100, 130)))
    signed_in.simkl.unknown = {f"tt{row:07}" for row in range(100, 130)}
    signed_in.switch(*ON)
    signed_in.run()
    signed_in.task.heard("VideoLibrary.OnUpdate", '{"added":true,"item":{"id":9,"type":"movie"}}')
    signed_in.run()
    rows = [json.loads(item) for _, item in signed_in.database.rows("activity")]
    assert [row["title"] for row in rows] == ["Film 100 … (10)", *(f"Film {row}" for row in range(110, 130))]
    assert {(row["status"], row["reason"]) for row in rows} == {("failed", "unknown_movie")}


def test_the_offer_is_remembered_for_the_account(signed_in: House, tmp_path: Path) -> None:
    signed_in.send(SYNC_OFFERED)
    assert Reader(bytes(tmp_path / "simkl.db")).read(OFFERED + "5") == "1"


def test_a_run_goes_on_after_a_start_of_the_service(synced: House) -> None:
    synced.start()
    synced.run()
    assert synced.simkl.requests == ["/sync/activities"]
