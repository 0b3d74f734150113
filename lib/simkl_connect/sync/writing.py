"""Setting marks in Kodi's library, one row at a time, and taking back what was set."""

from __future__ import annotations

from typing import Any, Callable, Dict, Generator, Iterable, Iterator, Protocol, Sequence

from . import dates
from .plan import Write
from .state import SyncState, Undo
from .titles import MOVIE

Rpc = Callable[[str, Dict[str, object]], object]
"""Calls a method of Kodi's JSON-RPC; returns its ``result``, None if there is an error instead. Raises nothing."""
LOOKING, PAUSE = 0.15, 0.01
"""Seconds in which rows are looked at, to be written then without a pause, which takes four times as long; and of the
pause in which the service hears what happens. Where Kodi gets one after each row, or reads one, it refreshes what it
shows of its library each time, and that takes longer than the write (measured on Kodi 20.1)."""
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
    for start in range(0, len(writes), CHUNK):
        rows = [_undo(one) for one in writes[start : start + CHUNK]]
        state.add_undo(rows)
        done: list[Undo] = []
        try:
            for burst in _bursts(rows, lambda row: _marks(rpc, row.kind, row.row_id) == (0, row.old_date), clock):
                for row in burst:
                    date = row.new_date or row.old_date or NO_DATE
                    if _set(rpc, row.kind, row.row_id, {"playcount": 1, "lastplayed": date}):
                        done.append(row)
                        counts.written += 1
                yield PAUSE
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
        for burst in _bursts(rows, is_ours, clock):
            for row in burst:
                counts.written += _set(rpc, row.kind, row.row_id, {"playcount": 0, "lastplayed": row.old_date})
            yield PAUSE
        state.undone(chunk)
    state.set_undoing(False)


def _bursts(
    rows: Iterable[Undo], is_unchanged: Callable[[Undo], bool], clock: Callable[[], float]
) -> Iterator[list[Undo]]:
    """The rows that are to be written, as many at once as can be looked at in :data:`LOOKING`; at least one is."""
    burst: list[Undo] = []
    end = clock() + LOOKING
    for row in rows:
        if is_unchanged(row):
            burst.append(row)
        if clock() >= end:
            yield burst
            burst, end = [], clock() + LOOKING
    yield burst


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
