"""Setting marks in Kodi's library, and taking back what was set."""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Dict, Generator, Iterable, Iterator, Protocol, Sequence

from . import dates
from .plan import Write
from .state import SyncState, Undo
from .titles import MOVIE

Rpc = Callable[[str, Dict[str, object]], object]
"""Calls a method of Kodi's JSON-RPC; returns its ``result``, None if there is an error instead. Raises nothing."""
LOOKING, WRITING, PAUSE = 0.15, 0.8, 0.01
"""Seconds in which rows are looked at, in which those are written then, and of the pause in which the service hears
what happens. Where Kodi gets a pause after each row, or reads one, it refreshes what it shows of its library each time,
and that takes longer than the write (measured on Kodi 20.1: a look takes 3 ms, a write 10)."""
NO_DATE = "9999-12-31 24:00:00"
"""Leaves a marked row without a date. For "" and for no date at all Kodi takes the present moment; this one becomes
the first of the year 10,000, which it can't read back and sorts before all others (measured on Kodi 20.1)."""
CHUNK = 100
"""Rows for which the way back is written down at once."""


class Counts(Protocol):
    """Where it is counted."""

    written: int


def write(
    rpc: Rpc, state: SyncState, writes: Sequence[Write], counts: Counts, clock: Callable[[], float]
) -> Generator[float, Any, None]:
    """Set the marks. A row that changed since the plan read it is the user's, and is left as it is."""
    writes = list(_one_of_each_file(writes))
    for start in range(0, len(writes), CHUNK):
        rows = [_undo(one) for one in writes[start : start + CHUNK]]
        state.add_undo(rows)
        done: list[Undo] = []
        try:
            for row in _in_bursts(rows, lambda row: _marks(rpc, row.kind, row.row_id) == (0, row.old_date), clock):
                if row is None:
                    yield PAUSE
                    continue
                date = row.new_date or row.old_date or NO_DATE
                if _set(rpc, row.kind, row.row_id, {"playcount": 1, "lastplayed": date}):
                    done.append(row)
                    counts.written += 1
        finally:
            state.remember_rows(done)


def undo(rpc: Rpc, state: SyncState, counts: Counts, clock: Callable[[], float]) -> Generator[float, Any, None]:
    """Take back what the last sync set, where nobody has changed it since."""

    def is_ours(row: Undo) -> bool:
        count, date = _marks(rpc, row.kind, row.row_id) or (0, "")
        return count == 1 and date == (row.new_date or row.old_date or date)

    state.set_undoing(True)
    for chunk, rows in state.undo():
        state.remember_rows(rows, is_undone=True)  # before: else the next sync would set them again
        for row in _in_bursts(rows, is_ours, clock):
            if row is None:
                yield PAUSE
            elif _set(rpc, row.kind, row.row_id, {"playcount": 0, "lastplayed": row.old_date}):
                counts.written += 1
        state.undone(chunk)
    state.set_undoing(False)


def _in_bursts(
    rows: Iterable[Undo], is_unchanged: Callable[[Undo], bool], clock: Callable[[], float]
) -> Iterator[Undo | None]:
    """The rows that are to be written, each at once, and None where the service is to hear what happens.

    A row that was not taken within :data:`WRITING` is looked at once more.
    """
    waiting = deque(rows)
    while waiting:
        burst: deque[Undo] = deque()
        looking_until = clock() + LOOKING
        while waiting:
            row = waiting.popleft()
            if is_unchanged(row):
                burst.append(row)
            if clock() >= looking_until:
                break
        writing_until = clock() + WRITING
        while burst:
            yield burst.popleft()
            if clock() >= writing_until:
                break
        waiting.extendleft(reversed(burst))
        yield None


def _one_of_each_file(writes: Iterable[Write]) -> Iterator[Write]:
    """Kodi keeps one mark for a file: the first row's is that of all."""
    files: set[int] = set()
    for one in writes:
        if not one.row.file or one.row.file not in files:
            files.add(one.row.file)
            yield one


def _undo(one: Write) -> Undo:
    simkl = one.entry[1] if one.entry else 0
    old, new = dates.to_kodi(one.row.last_played), dates.to_kodi(one.last_played)
    return Undo(one.title.kind, one.row.row_id, old, new, simkl, one.row.place)


def _names(kind: str) -> tuple[str, str]:
    return ("Movie", "movie") if kind == MOVIE else ("Episode", "episode")


def _marks(rpc: Rpc, kind: str, row_id: int) -> tuple[int, str] | None:
    """Count and date of a row as they are now; None if it is gone."""
    method, name = _names(kind)
    properties = ["playcount", "lastplayed"]
    answer = rpc(f"VideoLibrary.Get{method}Details", {f"{name}id": row_id, "properties": properties})
    details = answer.get(f"{name}details") if isinstance(answer, dict) else None
    if not isinstance(details, dict) or not isinstance(details.get("playcount"), int):
        return None
    return details["playcount"], dates.to_kodi(dates.from_kodi(details.get("lastplayed")))


def _set(rpc: Rpc, kind: str, row_id: int, values: dict[str, object]) -> bool:
    method, name = _names(kind)
    return rpc(f"VideoLibrary.Set{method}Details", {f"{name}id": row_id, **values}) is not None
