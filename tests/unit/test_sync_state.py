"""What a sync remembers from one run to the next, and what it makes of rows that are damaged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes import MemoryDatabase
from simkl_connect.api.all_items import Activities
from simkl_connect.sync import UNDO
from simkl_connect.sync.plan import Reason
from simkl_connect.sync.state import ANSWERS_LAST, SyncState, Undo
from simkl_connect.sync.titles import FILM, MOVIE, SHOW, Entry

NOW = 1_700_000_000.0
SEEN = Activities("latest", "removed")
FERRY = Entry(MOVIE, 7, False, "Night Ferry", 1998, {"imdb": "tt0000001"}, {FILM: 5})
LIGHTS = Entry(SHOW, 8, True, "Lights", None, {}, {100_001: 0, -4001: 6}, 2, True)
ROW = Undo(MOVIE, 1, "", "2023-11-14 22:13:20", 7, FILM)


@pytest.fixture
def database() -> MemoryDatabase:
    return MemoryDatabase()


@pytest.fixture
def state(database: MemoryDatabase) -> SyncState:
    state = SyncState(database)  # type: ignore[arg-type]
    state.begin("ada")
    return state


def agreed(entry: Entry, *rows: int) -> Entry:
    """``entry`` with these rows agreed on, at its first mark."""
    return entry._replace(agreed={next(iter(entry.watched)): rows})


def pull(state: SyncState, *entries: Entry) -> None:
    state.replace_entries(entries, SEEN, NOW)


def agree(state: SyncState, *entries: Entry) -> None:
    state.remember({(entry.kind, entry.simkl): dict(entry.agreed) for entry in entries})


def test_titles_are_read_back_whole(state: SyncState) -> None:
    entries = [agreed(FERRY, 1, -2), agreed(LIGHTS)]
    pull(state, *entries)
    assert state.entries() == entries


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, "song"), (1, "7"), (1, True), (3, None), (7, "x"), (10, 5), (10, [1, "x"])]
    + [(11, odd) for odd in (5, [5], [[]], [[1, "x"]])],
)
def test_a_damaged_title_is_passed_over(state: SyncState, database: MemoryDatabase, place: int, value: object) -> None:
    pull(state, FERRY, LIGHTS)
    ((row, text), _) = database.rows("sync_title")
    fields = json.loads(text)
    fields[place] = value
    database.replace(row, json.dumps(fields))
    assert state.entries() == [LIGHTS]


@pytest.mark.parametrize("text", ["", "{", "5", "[]", "[" * 100_000])
def test_a_title_that_is_none_is_passed_over(state: SyncState, database: MemoryDatabase, text: str) -> None:
    database.push("sync_title", text)
    assert state.entries() == []


def fill(state: SyncState) -> None:
    pull(state, FERRY)
    state.add_answers(NOW, Reason.NOT_FOUND, ["key"])
    state.add_removed([(MOVIE, 1)])
    state.add_undo([ROW])
    state.finish()
    state.put_off(NOW + 60.5)


def all_of(state: SyncState) -> tuple[object, ...]:
    texts = (state.activities(), state.full_at(), state.put_off_until(), state.is_whole_due())
    return state.entries(), state.answers(NOW), *texts


def test_all_is_known_for_the_same_account(state: SyncState) -> None:
    fill(state)
    state.begin("ada")
    assert all_of(state) == ([FERRY], {"key": Reason.NOT_FOUND}, SEEN, NOW, NOW + 60, False)


def test_another_account_begins_anew_and_can_undo(state: SyncState, database: MemoryDatabase) -> None:
    fill(state)
    state.begin("bob")
    assert all_of(state) == ([], {}, Activities("", ""), 0.0, 0.0, True)
    assert [rows for _, rows in state.undo()] == [[ROW]]
    assert database.rows("sync_removed") == []


def test_what_was_pulled_is_compared_as_a_whole_until_a_run_has_ended(state: SyncState) -> None:
    state.finish()
    state.need_whole()
    assert state.is_whole_due()
    state.put_off(NOW)
    state.finish()
    assert (state.is_whole_due(), state.put_off_until()) == (False, 0.0)
    state.merge_entries([], SEEN, None)
    assert (state.is_whole_due(), state.activities(), state.full_at()) == (True, SEEN, 0.0)


@pytest.mark.parametrize("text", ["x", "-5", "²", "1e30", "9" * 20])
def test_an_odd_time_is_none(state: SyncState, database: MemoryDatabase, text: str) -> None:
    database.write({"sync_full_at": text})
    assert state.full_at() == 0.0


class TestPulled:
    NEWER = FERRY._replace(title="The Night Ferry", watched={FILM: 9})

    def test_what_is_agreed_stays(self, state: SyncState) -> None:
        pull(state, agreed(FERRY, 1))
        pull(state, self.NEWER)
        assert state.entries() == [agreed(self.NEWER, 1)]

    @pytest.mark.parametrize("is_all", [True, False])
    def test_what_is_gone_from_simkl_leaves_what_was_agreed(self, state: SyncState, is_all: bool) -> None:
        pull(state, agreed(FERRY, 1), agreed(LIGHTS, 2), FERRY._replace(simkl=9))
        if is_all:
            pull(state)
        else:
            state.merge_entries([], SEEN, set())
        gone = [entry._replace(watched={}, unplaced=0, is_complete_unlisted=False) for entry in state.entries()]
        assert state.entries() == gone
        assert [(entry.simkl, list(entry.agreed.values())) for entry in gone] == [(7, [(1,)]), (8, [(2,)])]

    def test_what_did_not_change_stays(self, state: SyncState) -> None:
        pull(state, FERRY, LIGHTS)
        state.merge_entries([self.NEWER], SEEN, None)
        assert state.entries() == [self.NEWER, LIGHTS]

    def test_an_anime_is_listed_among_the_shows(self, state: SyncState) -> None:
        anime_film = FERRY._replace(simkl=9, is_anime=True)
        pull(state, FERRY, LIGHTS, anime_film)
        state.merge_entries([], SEEN, {(MOVIE, 7), (SHOW, 8), (SHOW, 9)})
        assert state.entries() == [FERRY, LIGHTS, anime_film]

    def test_what_is_the_same_is_not_written_again(self, state: SyncState, database: MemoryDatabase) -> None:
        pull(state, FERRY, agreed(LIGHTS, 2))
        written = dict(database.queued)
        database.replace = None  # type: ignore[assignment, method-assign]
        pull(state, FERRY, LIGHTS)
        assert database.queued == written


def test_only_what_is_named_is_remembered(state: SyncState) -> None:
    pull(state, FERRY, LIGHTS)
    agree(state, agreed(FERRY, 1))
    assert state.entries() == [agreed(FERRY, 1), LIGHTS]


def test_a_row_that_was_written_is_agreed_and_one_that_was_undone_is_not_wanted(state: SyncState) -> None:
    pull(state, agreed(FERRY, 3), LIGHTS)
    state.remember_rows([ROW, ROW._replace(row_id=2)])
    assert state.entries() == [agreed(FERRY, 1, 2, 3), LIGHTS]
    state.remember_rows([ROW], is_undone=True)
    assert state.entries() == [agreed(FERRY, -1, 2, 3), LIGHTS]


def test_rows_that_left_the_library_are_agreed_no_more(state: SyncState, database: MemoryDatabase) -> None:
    pull(state, agreed(FERRY, -2, 1, 3), agreed(LIGHTS, 1, 2))
    state.add_removed([(MOVIE, 1), (MOVIE, 2)])
    state.add_removed([(SHOW, 9)])
    for text in ("{", "5", '[5, ["movie", [3]]]'):
        database.push("sync_removed", text)
    state.forget_removed()
    assert state.entries() == [agreed(FERRY, 3), agreed(LIGHTS, 1, 2)]
    agree(state, agreed(FERRY, 1))
    state.forget_removed()
    assert state.entries()[0] == agreed(FERRY, 1), "forgotten once"


def test_an_answer_of_simkl_lasts_a_month(state: SyncState, database: MemoryDatabase) -> None:
    state.add_answers(NOW, Reason.NOT_FOUND, ["a", "b"])
    state.add_answers(NOW + 10, Reason.NOT_TAKEN, ["b"])
    state.add_answers(NOW, Reason.NOT_TAKEN, [])
    assert state.answers(NOW + 10) == {"a": Reason.NOT_FOUND, "b": Reason.NOT_TAKEN}
    assert state.answers(NOW + ANSWERS_LAST) == {"b": Reason.NOT_TAKEN}
    assert len(database.queued) == 1


@pytest.mark.parametrize(
    "row",
    [
        5,
        [],
        [NOW + 1, "not_found", ["a"]],
        ["x", "not_found", ["a"]],
        [int(NOW), "x", ["a"]],
        [int(NOW), "not_found", 5],
    ],
)
def test_an_odd_answer_or_one_of_the_future_is_forgotten(state: SyncState, database: MemoryDatabase, row: Any) -> None:
    database.push("sync_answer", json.dumps(row))
    assert state.answers(NOW) == {}
    assert database.queued == {}


class TestUndo:
    def test_the_last_rows_come_first_and_those_of_the_run_before_can_not_be_undone(self, state: SyncState) -> None:
        others = [ROW._replace(row_id=number) for number in (2, 3, 4)]
        state.add_undo([ROW])
        state.finish()
        state.add_undo(others[:2])
        state.add_undo(others[2:])
        chunks = state.undo()
        assert [rows for _, rows in chunks] == [others[2:], others[:2]]
        state.undone(chunks[0][0])
        assert [rows for _, rows in state.undo()] == [others[:2]]

    @pytest.mark.parametrize("ends", [True, False])
    def test_it_is_known_to_have_begun_and_ends_the_run(self, state: SyncState, ends: bool) -> None:
        state.add_undo([ROW])
        state.set_undoing(not ends)
        assert state.is_undoing() == (not ends)
        state.add_undo([ROW._replace(row_id=2)])
        assert len(state.undo()) == 1

    @pytest.mark.parametrize(
        "row",
        [
            5,
            [],
            ROW._replace(kind="song"),
            ROW._replace(row_id=True),
            ROW._replace(old_date=5),  # type: ignore[arg-type]
            ROW._replace(new_date=None),  # type: ignore[arg-type]
            ROW._replace(place="x"),  # type: ignore[arg-type]
        ],
    )
    def test_an_odd_row_is_passed_over(self, state: SyncState, database: MemoryDatabase, row: Any) -> None:
        database.push(UNDO, json.dumps([row, ROW]))
        database.push(UNDO, "{")
        assert [rows for _, rows in state.undo()] == [[], [ROW]]
