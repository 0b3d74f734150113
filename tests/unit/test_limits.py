"""Simkl's limits hold for all who share the file, and never stop anybody for longer than five seconds."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from fakes import FakeClock
from simkl_connect.storage.limits import IN_FLIGHT, SharedLimits


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "addon_data" / "limits.db"


def limits(path: Path, clock: FakeClock) -> SharedLimits:
    return SharedLimits(str(path).encode(), clock)


def passed(several: SharedLimits, method: str, clock: FakeClock, times: int) -> int:
    """How many of ``times`` requests pass at this moment, each answered at once."""
    count = 0
    for _ in range(times):
        if several.reserve(method) == 0:
            count += 1
            several.answered()
    return count


@pytest.mark.parametrize(("method", "allowed", "window"), [("POST", 1, 1.1), ("DELETE", 1, 1.1), ("GET", 10, 1.0)])
def test_so_many_pass_and_the_next_when_the_first_are_old(
    path: Path, clock: FakeClock, method: str, allowed: int, window: float
) -> None:
    one, other = limits(path, clock), limits(path, clock)
    assert passed(one, method, clock, 1) + passed(other, method, clock, 20) == allowed
    assert one.reserve(method) == pytest.approx(window)
    clock.advance(window - 0.05)
    assert other.reserve(method) == pytest.approx(0.05)
    clock.advance(0.06)
    assert other.reserve(method) == 0


def test_gets_do_not_wait_for_a_post(path: Path, clock: FakeClock) -> None:
    assert passed(limits(path, clock), "POST", clock, 1) == 1
    assert passed(limits(path, clock), "GET", clock, 1) == 1


def test_a_post_counts_from_its_answer_on_because_it_reaches_simkl_before_that(path: Path, clock: FakeClock) -> None:
    one, other = limits(path, clock), limits(path, clock)
    assert one.reserve("POST") == 0
    clock.advance(1.5)
    one.answered()
    assert other.reserve("POST") == pytest.approx(1.1)


@pytest.mark.parametrize("later", [IN_FLIGHT, -500.0], ids=["one that was killed", "before the machine was restarted"])
def test_a_request_that_will_never_be_answered_is_not_waited_for(path: Path, clock: FakeClock, later: float) -> None:
    assert limits(path, clock).reserve("POST") == 0
    clock.advance(later)
    assert limits(path, clock).reserve("POST") == 0


def test_one_that_looked_at_the_clock_a_little_earlier_sees_the_request_of_the_other(
    path: Path, clock: FakeClock
) -> None:
    assert limits(path, clock).reserve("POST") == 0
    clock.advance(-0.01)
    assert limits(path, clock).reserve("POST") > 0


def test_of_many_at_once_one_passes(path: Path, clock: FakeClock) -> None:
    several = [limits(path, clock) for _ in range(8)]
    start, passed = threading.Barrier(8), []

    def reserve(one: SharedLimits) -> None:
        start.wait()
        for _ in range(20):
            passed.append(one.reserve("POST") == 0)

    threads = [threading.Thread(target=reserve, args=(one,)) for one in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (passed.count(True), len(passed)) == (1, 160)


def a_folder(path: Path) -> None:
    path.mkdir(parents=True)


def no_folder_to_make_it_in(path: Path) -> None:
    path.parent.write_text("")


def another_ones_database(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE request (a)")
    db.close()


@pytest.mark.parametrize("spoil", [a_folder, no_folder_to_make_it_in, another_ones_database])
def test_without_a_file_the_own_requests_count(
    path: Path, clock: FakeClock, spoil: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(spoil)
    spoil(path)
    own = limits(path, clock)
    assert passed(own, "POST", clock, 3) == 1
    assert caplog.text and str(path.parent) not in caplog.text
    clock.advance(1.2)
    assert passed(own, "POST", clock, 3) == 1


def test_a_torn_file_is_begun_anew(path: Path, clock: FakeClock) -> None:
    path.parent.mkdir()
    path.write_bytes(b"torn" * 1024)
    assert limits(path, clock).reserve("GET") == 0
    assert passed(limits(path, clock), "POST", clock, 1) + passed(limits(path, clock), "POST", clock, 1) == 1


def test_odd_rows_count_for_nothing(path: Path, clock: FakeClock) -> None:
    limits(path, clock).reserve("GET")
    with sqlite3.connect(path) as db:
        db.executemany("INSERT INTO request (kind, until) VALUES ('POST', ?)", [("soon",), (None,), (float("inf"),)])
    db.close()
    assert limits(path, clock).reserve("POST") == 0


def test_only_the_owner_may_read_the_file(path: Path, clock: FakeClock) -> None:
    limits(path, clock).reserve("GET")
    assert path.stat().st_mode & 0o777 == 0o600


def test_on_a_share_without_locks_the_own_requests_count(
    path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simkl_connect.storage.file_system.has_locks", lambda _folder: False)
    assert passed(limits(path, clock), "POST", clock, 2) == 1
    assert not path.exists()


def test_a_locked_file_is_waited_for_but_not_for_ever(path: Path, clock: FakeClock) -> None:
    own = limits(path, clock)
    assert passed(own, "POST", clock, 1) == 1
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        waits = []
        for _ in range(4):
            waits.append(own.reserve("POST"))
            clock.advance(1.2)
        other.execute("ROLLBACK")
    other.close()
    assert waits == [0.05, 0.05, 0.05, 0.0]
