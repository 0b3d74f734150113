"""What the outbox keeps of a mark, which mark is a repetition, and whose are sent or dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes import MemoryDatabase
from simkl_connect.activity.reasons import Reason
from simkl_connect.delivery.outbox import KIND, REMEMBERED, SESSION, Entry, Outbox
from simkl_connect.errors import StorageFailed
from simkl_connect.identification.file_names import AskSimkl
from simkl_connect.media import Movie

NOW = 1_700_000_000.0
FILM, OTHER = Movie("Night Ferry", 1998, {"imdb": "tt1"}), Movie("Salt", 2010, {"imdb": "tt2"})
ASKED = AskSimkl("Show S01E02.mkv", "show", 1, (2,), (2014,))


def mark(media: Movie | None = FILM, at: float | None = NOW, owner: str = "1", **more: Any) -> Entry:
    return Entry(media, at, owner, **more)


def opened(database: MemoryDatabase) -> Outbox:
    return Outbox(database, lambda: NOW)  # type: ignore[arg-type]


@pytest.fixture
def database() -> MemoryDatabase:
    return MemoryDatabase()


@pytest.fixture
def outbox(database: MemoryDatabase) -> Outbox:
    return opened(database)


def kept(outbox: Outbox) -> list[Entry]:
    return [entry for _, entry in outbox.entries()]


FAILED = mark(OTHER, failed=Reason.UNKNOWN_MOVIE)


@pytest.mark.parametrize(
    "entry",
    [
        mark(),
        mark(at=None),
        mark(None, asked=ASKED, length=2700.0),
        mark(candidate=2, failed=Reason.UNKNOWN_MOVIE, activity=7),
        mark(removal=True),
        mark(uncertain=True),
    ],
)
def test_a_mark_is_read_back_whole(outbox: Outbox, database: MemoryDatabase, entry: Entry) -> None:
    outbox.add([entry])
    assert kept(opened(database)) == [entry]


MEDIA = {"media": {"movie": {"title": "Night Ferry", "year": 1998, "ids": {"imdb": "tt1"}}}}


@pytest.mark.parametrize(
    "row", [[], {}, {"owner": "1"}, MEDIA, {**MEDIA, "owner": ""}, {**MEDIA, "owner": 5}, {"owner": "1", "media": 7}]
)
def test_a_row_without_a_video_or_an_owner_is_passed_over(database: MemoryDatabase, row: object) -> None:
    for item in (json.dumps(row), "{", ""):
        database.push(KIND, item)
    assert kept(opened(database)) == []


@pytest.mark.parametrize("odd", [-3, True, "x", [], 1e11])
def test_an_odd_field_of_a_row_is_passed_over(database: MemoryDatabase, odd: object) -> None:
    names = ("watched_at", "length", "candidate", "failed", "asked", "activity")
    fields = {**dict.fromkeys(names, odd), "removal": 1, "uncertain": "x"}
    database.push(KIND, json.dumps({**MEDIA, "owner": "1", **fields}))
    assert kept(opened(database)) == [mark(FILM._replace(ids={"imdb": "tt1"}), at=None)]


REPETITIONS = {
    "at once": (mark(), mark()),
    "hardly later": (mark(), mark(at=NOW + 59)),
    "hardly earlier": (mark(), mark(at=NOW - 59)),
    "within its length": (mark(), mark(at=NOW + 2699, length=2700.0)),
    "without a date: now": (mark(at=None), mark(at=NOW + 59)),
    "the same file": (mark(None, asked=ASKED), mark(None, asked=ASKED)),
}
NEW = {
    "a minute later": (mark(), mark(at=NOW + 60)),
    "after its length": (mark(), mark(at=NOW + 2700, length=2700.0)),
    "another film": (mark(), mark(OTHER)),
    "another account's": (mark(), mark(owner="2")),
    "another file": (mark(None, asked=ASKED), mark(None, asked=ASKED._replace(file="Show S01E03.mkv"))),
    "removals": (mark(removal=True), mark(removal=True)),
}


@pytest.mark.parametrize(("first", "second"), REPETITIONS.values(), ids=REPETITIONS)
def test_a_repetition_is_no_mark_even_once_the_first_is_sent(
    outbox: Outbox, database: MemoryDatabase, first: Entry, second: Entry
) -> None:
    outbox.remove(outbox.add([first]))
    assert opened(database).add([second]) == []


@pytest.mark.parametrize(("first", "second"), NEW.values(), ids=NEW)
def test_what_is_no_repetition(outbox: Outbox, first: Entry, second: Entry) -> None:
    assert len(outbox.add([first, second])) == 2


def test_what_is_forgotten_may_be_marked_again(outbox: Outbox, database: MemoryDatabase) -> None:
    outbox.add([mark(), mark(OTHER)])
    outbox.forget(mark())
    assert [len(outbox.add([one])) for one in (mark(), mark(OTHER))] == [1, 0]
    outbox.forget_all()
    assert len(opened(database).add([mark(), mark(OTHER)])) == 2


def test_the_latest_marks_are_remembered(outbox: Outbox) -> None:
    films = [mark(Movie(f"Film {one}", 2001), at=NOW - one / 100) for one in range(REMEMBERED + 1)]
    outbox.add(films)
    assert [len(outbox.add([one])) for one in (films[0], films[-2], films[-1])] == [0, 0, 1]


def test_marks_are_found_by_their_row_on_the_activity_page(outbox: Outbox) -> None:
    outbox.add([mark(activity=7), mark(OTHER)])
    assert [entry for _, entry in outbox.of_row(7)] == [mark(activity=7)]
    assert outbox.of_row(0) == []


def test_a_change_is_kept(outbox: Outbox, database: MemoryDatabase) -> None:
    (handle,) = outbox.add([mark()])
    outbox.change(handle, mark(candidate=1))
    outbox.change(handle + 1, mark(OTHER))
    assert kept(outbox) == kept(opened(database)) == [mark(candidate=1)]
    assert outbox.get(handle) == mark(candidate=1)


def test_what_a_full_disk_refuses_is_done_when_it_takes_something_again(
    outbox: Outbox, database: MemoryDatabase
) -> None:
    database.write({SESSION: "a film"})
    sent, changed = outbox.add([mark(), FAILED])
    database.full = True
    outbox.remove([sent])
    outbox.change(changed, FAILED._replace(candidate=1))
    outbox.add([mark(owner="2")], ends_session=True)
    assert outbox.is_behind
    assert kept(opened(database)) == [mark(), FAILED]
    database.full = False
    outbox.save()
    assert not outbox.is_behind
    assert mark() not in kept(opened(database))
    assert mark(owner="2") in kept(opened(database))
    assert database.read(SESSION) == ""


def test_what_is_saved_is_not_saved_again(outbox: Outbox, database: MemoryDatabase) -> None:
    outbox.add([mark()])
    commits = database.commits
    outbox.save()
    assert database.commits == commits


@pytest.mark.parametrize("ends_session", [True, False])
def test_the_open_session_ends_with_its_mark_alone(
    outbox: Outbox, database: MemoryDatabase, ends_session: bool
) -> None:
    database.write({SESSION: "a film"})
    outbox.add([mark()], ends_session)
    assert database.read(SESSION) == ("" if ends_session else "a film")


def test_a_removal_that_comes_late_leaves_the_session_of_the_next_video(
    outbox: Outbox, database: MemoryDatabase
) -> None:
    handles = outbox.add([mark()])
    database.full = True
    outbox.remove(handles)
    database.full = False
    database.write({SESSION: "another film"})
    outbox.save()
    assert (database.read(SESSION), kept(opened(database))) == ("another film", [])


def test_what_failed_or_is_taken_back_does_not_wait(outbox: Outbox) -> None:
    outbox.add([mark(), FAILED, mark(removal=True), mark(owner="2"), mark(owner="3")])
    assert outbox.waiting(["1", "2"]) == 2


def test_the_marks_of_an_account_are_dropped_the_failed_ones_too(outbox: Outbox, database: MemoryDatabase) -> None:
    outbox.add([mark(), FAILED, mark(owner="2")])
    assert outbox.drop(["1"]) == [mark()]
    assert kept(outbox) == kept(opened(database)) == [mark(owner="2")]


def test_an_account_that_becomes_known_takes_its_marks_over(outbox: Outbox, database: MemoryDatabase) -> None:
    outbox.add([mark(owner="sign-in 5"), mark(OTHER), mark(OTHER, owner="2")])
    outbox.rename_owner("1", ["sign-in 5", "1"])
    assert kept(opened(database)) == [mark(), mark(OTHER), mark(OTHER, owner="2")]
    commits = database.commits
    outbox.rename_owner("1", ["sign-in 5", "1"])
    assert database.commits == commits


def test_a_database_that_can_not_be_read_leaves_an_outbox_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_database: object, _name: str) -> str:
        raise StorageFailed("locked")

    monkeypatch.setattr(MemoryDatabase, "read", refuse)
    outbox = opened(MemoryDatabase())
    outbox.add([mark()])
    assert kept(outbox) == [mark()]
