"""Setting marks in Kodi's library, one row at a time, and taking back what was set."""

from __future__ import annotations

from typing import Any, Callable, Dict, Generator, Protocol, Sequence

from . import dates
from .plan import Write
from .state import SyncState, Undo
from .titles import MOVIE

Rpc = Callable[[str, Dict[str, object]], object]
"""Calls a method of Kodi's JSON-RPC; returns its ``result``, None if there is an error instead. Raises nothing."""
BURST, PAUSE = 0.2, 0.01
"""Seconds of writing without a pause, and of a pause, in which the service hears what happens. A row takes 60 ms, and
where Kodi gets a pause after each one, it refreshes what it shows of its library each time (measured on Kodi 20.1)."""
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
    pause_at = clock() + BURST
    for start in range(0, len(writes), CHUNK):
        chunk = writes[start : start + CHUNK]
        undo = [_undo(one) for one in chunk]
        state.add_undo(undo)
        done: list[Undo] = []
        try:
            for one, way_back in zip(chunk, undo):
                if _marks(rpc, one.title.kind, one.row.row_id) == (0, way_back.old_date):
                    date = way_back.new_date or way_back.old_date or NO_DATE
                    if _set(rpc, one.title.kind, one.row.row_id, {"playcount": 1, "lastplayed": date}):
                        done.append(way_back)
                        counts.written += 1
                if clock() >= pause_at:
                    yield PAUSE
                    pause_at = clock() + BURST
        finally:
            state.remember_rows(done)


def undo(rpc: Rpc, state: SyncState, counts: Counts, clock: Callable[[], float]) -> Generator[float, Any, None]:
    """Take back what the last sync set, where nobody has changed it since."""
    state.set_undoing(True)
    pause_at = clock() + BURST
    for chunk, rows in state.undo():
        state.remember_rows(rows, is_undone=True)  # before: else the next sync would set them again
        for row in rows:
            count, date = _marks(rpc, row.kind, row.row_id) or (0, "")
            is_ours = count == 1 and date == (row.new_date or row.old_date or date)
            if is_ours and _set(rpc, row.kind, row.row_id, {"playcount": 0, "lastplayed": row.old_date}):
                counts.written += 1
            if clock() >= pause_at:
                yield PAUSE
                pause_at = clock() + BURST
        state.undone(chunk)
    state.set_undoing(False)


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
