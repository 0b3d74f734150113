"""The task that brings Kodi's library and Simkl together: when a run begins, waits, goes on and ends."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Callable, Collection, Generator, Mapping, NamedTuple

from ..api.parsing import LONGEST_RETRY_AFTER
from ..errors import Problem, StorageFailed
from ..http.worker import Job, Worker
from ..models import Secret, Token
from . import writing
from .library import LibraryUnreadable
from .preview import Preview
from .run import Directions, Environment, Progress, Run, RunFailed
from .state import SyncState
from .titles import SHOW, Title
from .writing import Rpc

if TYPE_CHECKING:
    from ..identification.decisions import Decisions

AFTER_START, AFTER_PLAY, AFTER_CHANGE = 30.0, 60.0, 30.0
"""Seconds from the service's start, the end of a play, the library's last change, to a run."""
EVERY = 4 * 3600.0
"""Seconds between two looks at Simkl's activities: 6 of a day's 500 requests."""
RETRY = 300.0
"""Seconds after a disk or a library that could not be read."""
BUSY_LOOK = 5.0
"""Seconds between two looks whether the video, the scan or the clean is over."""
PUBLISH_EVERY = 0.5


class SignedIn(NamedTuple):
    """Whose lists, by something that tells accounts apart, and with which token, which may write.

    ``owners``: by which names the user's decisions know the account.
    """

    account: str
    token: Token
    owners: Collection[str]


class LibrarySync:
    """A task: see the service. All methods belong to its thread; none waits for the network or raises.

    ``rpc`` calls Kodi's JSON-RPC, for up to a second in a turn of :meth:`advance`; what Kodi announces of a row that
    was written so is no mark of the user's. ``is_busy``: a video plays, or the library is scanned or cleaned.
    ``directions``: the settings. ``publish`` gets the sync property; in a failure, ``problem`` is in it too. ``ask``
    gets what a run would do, before the status says so; :meth:`answer` or :meth:`cancel` follows.
    """

    def __init__(
        self,
        state: SyncState,
        worker: Worker,
        rpc: Rpc,
        signed_in: Callable[[], SignedIn | None],
        grant_rejected: Callable[[Secret], None],
        directions: Callable[[], Directions],
        is_busy: Callable[[], bool],
        is_excluded: Callable[[str, Title], bool],
        decisions: Decisions,
        publish: Callable[[Mapping[str, object]], None],
        ask: Callable[[Preview], None],
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        self._state, self._worker, self._rpc = state, worker, rpc
        self._signed_in, self._grant_rejected, self._get_directions = signed_in, grant_rejected, directions
        self._is_busy, self._is_excluded, self._decisions = is_busy, is_excluded, decisions
        self._publish, self._ask = publish, ask
        self._clock, self._wall_clock = clock, wall_clock
        self._progress = Progress()
        self._steps: Generator[Any, Any, None] | None = None
        self._account: str | None = None
        self._job: Job[Any] | None = None
        self._resume_at: float | None = 0.0
        self._reply: Directions | None = None
        self._wanted: bool | None = None
        self._wanted_directions: Directions | None = None
        self._undo_wanted = self._library_changed = False
        self._removed: set[tuple[str, int]] = set()
        self._next_at = clock() + AFTER_START
        self._published: tuple[object, ...] = ()
        self._published_at = 0.0

    @property
    def progress(self) -> Progress:
        """Of this run, or of the last one: the numbers, and what was left alone and why."""
        return self._progress

    def start(self, asks: bool, directions: Directions | None = None) -> None:
        """Begin a run at once; ``asks``: compare everything, say what would be done, and wait for :meth:`answer`.

        ``directions``: of this run, if they are not to be the settings'.
        """
        self.cancel()
        self._wanted, self._wanted_directions = asks, directions

    def answer(self, directions: Directions) -> None:
        """Go on with what was asked. The settings are the caller's to write."""
        if self._progress.status == "asking":
            self._reply = directions

    def cancel(self) -> None:
        """End a run where it is; the next one goes on there."""
        if self._steps is not None:
            self._end("cancelled")

    def undo(self) -> None:
        """Take back what the last sync set in the library."""
        self.cancel()
        self._undo_wanted = True

    def played(self) -> None:
        """A play has ended: Simkl may know more, of this device and of others."""
        self._next_at = min(self._next_at, self._clock() + AFTER_PLAY)

    def library_changed(self) -> None:
        """A scan or a clean has ended, or a row was added: the library is compared as a whole by the next run."""
        self._library_changed = True
        self._next_at = min(self._next_at, self._clock() + AFTER_CHANGE)

    def row_removed(self, kind: str, row_id: int) -> None:
        """Kodi has removed a "movie" or an "episode": a new one with its number was never unmarked by the user."""
        self._removed.add((SHOW if kind == "episode" else kind, row_id))

    def advance(self) -> None:
        """One step, if it is time."""
        try:
            self._advance()
        except (StorageFailed, LibraryUnreadable):
            self._end("failed", Problem.STORAGE)
            self._next_at = self._clock() + RETRY
        except RunFailed as failed:
            self._end("failed", failed.problem)
            self._put_off(failed.retry_after)

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do by the clock alone; None: nothing."""
        now = self._clock()
        wait: float | None
        if self._steps is None:
            is_wanted = self._wanted is not None or self._undo_wanted
            wait = 0.0 if is_wanted else max(0.0, self._next_at - now)
        elif self._job is not None:
            wait = 0.0 if self._job.done else None
        elif self._resume_at is None:
            wait = 0.0 if self._reply is not None else None
        else:
            wait = max(0.0, self._resume_at - now)
        return BUSY_LOOK if wait is not None and wait < BUSY_LOOK and self._is_busy() else wait

    def close(self, timeout: float) -> None:
        """End. What is missing is done after the next start."""
        with suppress(StorageFailed):  # of rows just written: the next run finds them marked
            self._stop()
        with suppress(StorageFailed):  # the library is read anew the next time that everything is compared
            self._note_changes(is_last=True)

    def _advance(self) -> None:
        if self._steps is None:
            self._note_changes()
            self._begin()
        if self._steps is None:
            return
        signed_in = self._signed_in()
        if self._account is not None and (signed_in is None or signed_in.account != self._account):
            self._end("cancelled")
        elif self._is_ready():
            self._step(self._steps)

    def _note_changes(self, is_last: bool = False) -> None:
        if self._library_changed:
            self._state.need_whole()
            self._library_changed = False
        if self._removed and (is_last or not self._is_busy()):  # a clean may remove thousands, one by one
            self._state.add_removed(self._removed)
            self._removed.clear()

    def _begin(self) -> None:
        is_due = self._next_at <= self._clock()
        if not is_due and self._wanted is None and not self._undo_wanted:
            return
        if self._is_busy():
            self._next_at = max(self._next_at, self._clock() + BUSY_LOOK)
            return
        if self._undo_wanted or (is_due and self._state.is_undoing()):
            self._undo_wanted = False
            self._account = None
            self._start_steps(writing.undo(self._rpc, self._state, self._new_progress("writing"), self._clock))
            return
        asks, signed_in = self._wanted, self._signed_in()
        directions = self._wanted_directions or self._get_directions()
        self._wanted = self._wanted_directions = None
        self._next_at = self._clock() + EVERY
        if signed_in is None or not (asks or any(directions)):
            if asks is not None:
                self._new_progress("done" if signed_in else "failed")
                self._tell(is_due=True, problem=None if signed_in else Problem.READ_ONLY)
            return
        self._account = signed_in.account
        self._state.begin(signed_in.account)
        wait = self._state.put_off_until() - self._wall_clock()
        if 0 < wait <= LONGEST_RETRY_AFTER:  # a later moment is a wrong clock's
            self._new_progress("failed")
            self._next_at = self._clock() + wait
            self._tell(is_due=True, problem=Problem.RATE_LIMITED)
            return
        self._state.forget_removed()
        environment = Environment(
            self._state,
            self._worker,
            self._rpc,
            lambda: self._present().token,
            self._grant_rejected,
            self._clock,
            self._wall_clock,
            self._is_excluded,
            self._decisions,
            lambda: self._present().owners,
        )
        self._start_steps(Run(environment, self._new_progress("reading"), directions, bool(asks)).steps())

    def _present(self) -> SignedIn:
        signed_in = self._signed_in()
        if signed_in is None:
            raise RunFailed(Problem.REFUSED, None)
        return signed_in

    def _new_progress(self, status: str) -> Progress:
        self._progress = Progress()
        self._progress.status = status
        return self._progress

    def _start_steps(self, steps: Generator[Any, Any, None]) -> None:
        self._steps, self._job, self._reply = steps, None, None
        self._resume_at = self._clock()
        self._tell(is_due=True)

    def _is_ready(self) -> bool:
        if self._job is not None:
            return self._job.done and not self._is_busy()
        if self._resume_at is None:
            return self._reply is not None and not self._is_busy()
        return self._clock() >= self._resume_at and not self._is_busy()

    def _step(self, steps: Generator[Any, Any, None]) -> None:
        reply, self._reply, self._job = self._reply, None, None
        try:
            wait = steps.send(reply)
        except StopIteration:
            self._end("done")
            return
        self._resume_at = None
        if isinstance(wait, Job):
            self._job = wait
        elif isinstance(wait, Preview):
            self._ask(wait)  # first: who sees the status looks for what is asked
        else:
            self._resume_at = self._clock() + wait
        self._tell()

    def _stop(self) -> None:
        steps, self._steps = self._steps, None
        if self._job is not None:
            self._job.cancel()
        self._job = None
        if steps is not None:
            steps.close()

    def _end(self, status: str, problem: Problem | None = None) -> None:
        self._stop()
        self._progress.status = status
        self._tell(is_due=True, problem=problem)

    def _put_off(self, seconds: float | None) -> None:
        if seconds is None:
            return
        self._next_at = self._clock() + seconds
        try:
            self._state.put_off(self._wall_clock() + seconds)
        except StorageFailed:
            return  # it is asked again after the next start, and gets the same answer

    def _tell(self, is_due: bool = False, problem: Problem | None = None) -> None:
        progress, now = self._progress, self._clock()
        news = (progress.status, progress.sent, progress.written, progress.left_alone)
        if news == self._published and problem is None:
            return
        if is_due or news[:1] != self._published[:1] or now - self._published_at >= PUBLISH_EVERY:
            self._published, self._published_at = news, now
            names = ("status", "sent", "written", "left_alone")
            also = {} if problem is None else {"problem": problem.value}
            self._publish({**dict(zip(names, news)), "at": int(self._wall_clock()), **also})
