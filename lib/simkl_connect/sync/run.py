"""One sync, as a generator: it yields what it waits for and goes on when that is there.

From the state between any two yields a later run completes what is missing: a batch that is sent twice changes nothing
on Simkl, a row is written only if it was what the plan saw a moment ago, and the way back is on the disk before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Collection, Generator, NamedTuple, Sequence, TypeVar, Union

from ..api import all_items
from ..api.all_items import Activities, Name
from ..api.history import LARGEST_BATCH, HistoryAnswer, Watch, add_request, read_history
from ..api.scrobble import InsufficientScope, Malformed, NotFound, RateLocked, Refusal
from ..auth.events import GrantEnded
from ..errors import PermanentError, Problem, TransientError
from ..http.messages import Request, Response
from ..http.worker import Job, Priority, Worker
from ..media import Episode, Media, Movie, Show
from ..models import Secret, Token
from . import writing
from .corrections import Picker, corrected
from .library import Library, Reading, read_library
from .plan import Left, Plan, Reason, Send, make_plan
from .preview import Preview, preview_of
from .state import SyncState
from .titles import MOVIE, Entry, Title, numbers_of
from .writing import Rpc

if TYPE_CHECKING:
    from ..identification.decisions import Decisions

FULL_EVERY = 30 * 86400
"""Seconds between two pulls of everything. ``date_from`` is said to miss running shows, and Simkl wants full pulls to
be rare: such a miss lasts a month at most."""
LONGEST_RETRY = 900.0
"""Seconds. A wait that is longer ends the run, which is taken up again afterwards."""
FIRST_RETRY, LOCKED_RETRY = 10.0, 20.0
LONGEST_UNTIL_ASKED = 20.0
READING, READ_PAUSE = 0.3, 0.01
"""Seconds in which pages of the library are read, and of the pause then, in which the service hears what happens. A
pause may become a tenth of a second: so often Kodi looks, within a wait that has begun, for what it has to tell."""

T = TypeVar("T")


class Directions(NamedTuple):
    """What the user wants carried where."""

    to_simkl: bool
    to_kodi: bool


class RunFailed(Exception):
    """The run can't go on. ``retry_after``: seconds until it may, or None where a repetition changes nothing."""

    def __init__(self, problem: Problem, retry_after: float | None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.retry_after = retry_after


class Progress:
    """How far a run has come; ``status`` and the numbers are those of the sync property.

    ``planned``: how many marks are to be sent and written in all. ``not_found``: what Simkl has said it does not know,
    in this run.
    """

    def __init__(self) -> None:
        self.status = "reading"
        self.sent = self.written = self.left_alone = self.planned = 0
        self.left: list[Left] = []
        self.not_found: list[Media] = []


Wait = Union["Job[Any]", float, Preview]
"""A job to be done, seconds, or a question that wants Directions for an answer."""
Steps = Generator[Wait, Any, None]


class Environment(NamedTuple):
    """What a run works with.

    ``token``: the account's present one; ``grant_rejected`` gets one that Simkl has refused. ``clock``: seconds
    that never jump; ``wall_clock``: Unix seconds. ``decisions``: the user's, those about marks of ``owners``.
    """

    state: SyncState
    worker: Worker
    rpc: Rpc
    token: Callable[[], Token]
    grant_rejected: Callable[[Secret], None]
    clock: Callable[[], float]
    wall_clock: Callable[[], float]
    is_excluded: Callable[[str, Title], bool]
    decisions: Decisions
    owners: Callable[[], Collection[str]]


class Run:
    """``asks``: compare everything and ask before anything is changed; else only what moved, by ``directions``."""

    def __init__(self, environment: Environment, progress: Progress, directions: Directions, asks: bool) -> None:
        self._env = environment
        self._state = environment.state
        self._progress = progress
        self._directions = directions
        self._asks = asks

    def steps(self) -> Steps:
        """The whole run. Raises RunFailed, LibraryUnreadable and StorageFailed."""
        is_whole = self._asks or self._state.is_whole_due()
        changed = yield from self._pull()
        if is_whole or changed:
            library = yield from self._read(None if is_whole else changed)
            plan = self._plan(library, is_whole)
            if self._asks:
                self._progress.status = "asking"
                self._directions = yield preview_of(plan)
                self._state.need_whole()
            self._remember(plan)
            self._progress.planned = self._count(plan)
            if self._directions.to_simkl and plan.sends:
                self._progress.status = "sending"
                yield from self._send(plan.sends)
                yield from self._pull()
                plan = self._plan(library, is_whole)
                self._remember(plan)
            writes = [write for write in plan.writes if write.entry is not None]
            if self._directions.to_kodi and writes:
                self._progress.status = "writing"
                yield from writing.write(self._env.rpc, self._state, writes, self._progress, self._env.clock)
        self._state.finish()
        self._progress.status = "done"

    def _remember(self, plan: Plan) -> None:
        self._state.remember(plan.agreed)
        for keys, numbers in plan.wanted:
            self._env.decisions.want_back(self._env.owners(), keys, numbers)

    def _count(self, plan: Plan) -> int:
        to_simkl, to_kodi = self._directions
        writes = sum(to_simkl or write.entry is not None for write in plan.writes)
        return to_simkl * len(plan.sends) + to_kodi * writes

    def _pull(self) -> Generator[Wait, Any, set[Name]]:
        """Bring what is known of Simkl up to date; the titles that changed."""
        now = self._env.wall_clock()
        before, full_at = self._state.activities(), self._state.full_at()
        activities: Activities = yield from self._ask(all_items.activities_request, all_items.read_activities)
        has_moved = activities.latest != before.latest
        if not 0 <= now - full_at < FULL_EVERY or (has_moved and not before.latest):
            everything: list[Entry] = []
            for name in all_items.LISTS:
                request = _list_request(name)
                everything += yield from self._ask(request, all_items.read_entries)
            self._state.replace_entries(everything, activities, now)
            return {(entry.kind, entry.simkl) for entry in everything}
        if not has_moved:
            return set()
        changes: list[Entry] = yield from self._ask(
            lambda token: all_items.changes_request(token, before.latest), all_items.read_entries
        )
        listed = None
        if activities.removed != before.removed:
            listed = yield from self._ask(all_items.names_request, all_items.read_names)
        self._state.merge_entries(changes, activities, listed)
        return {(entry.kind, entry.simkl) for entry in changes}

    def _ask(
        self, request: Callable[[Token], Request], read: Callable[[Response], T | Refusal]
    ) -> Generator[Wait, Any, T]:
        """What ``read`` makes of the answer, asked again after failures that may pass. Raises RunFailed.

        Somebody who waits for the question hears of a failure soon.
        """
        retry = FIRST_RETRY
        while True:
            token = self._env.token()
            job = self._env.worker.submit(request(token), read, Priority.SYNC)
            yield job
            result: Any = job.result
            if isinstance(result, TransientError):
                wait = all_items.quota_wait(result)
                wait, retry = retry if wait is None else wait, min(retry * 2, LONGEST_RETRY)
                if wait > LONGEST_RETRY:
                    raise RunFailed(result.problem, wait)
                if self._asks and self._progress.status == "reading" and retry > LONGEST_UNTIL_ASKED:
                    raise RunFailed(result.problem, None)
                yield wait
            elif isinstance(result, RateLocked):
                yield LOCKED_RETRY
            elif isinstance(result, GrantEnded):
                self._env.grant_rejected(token.access_token)
                raise RunFailed(Problem.REFUSED, LONGEST_RETRY)  # by then it is refreshed, or known to have ended
            elif isinstance(result, _FINAL):
                raise RunFailed(_problem(result), None)
            else:
                answer: T = result
                return answer

    def _read(self, changed: set[Name] | None) -> Generator[Wait, Any, Library]:
        """The library, or what it has of the titles that changed."""
        only = None if changed is None else Picker(self._state.entries(), changed, self._env.decisions)
        reading: Reading = read_library(self._env.is_excluded, only)
        call = next(reading)
        pause_at = self._env.clock()
        while True:
            if self._env.clock() >= pause_at:
                yield READ_PAUSE
                pause_at = self._env.clock() + READING
            try:
                call = reading.send(self._env.rpc(*call))
            except StopIteration as ended:
                library: Library = ended.value
                return corrected(library, self._env.decisions)

    def _plan(self, library: Library, is_whole: bool) -> Plan:
        now = self._env.wall_clock()
        answers = self._state.answers(now)
        taken_back = self._env.decisions.taken_back(self._env.owners())
        entries, unmarked = self._state.entries(), self._state.unmarked
        plan = make_plan(library.titles, entries, answers, int(now), is_whole, taken_back, unmarked)
        self._progress.left = [*library.left, *plan.left]
        self._progress.left_alone = len(self._progress.left)
        return plan._replace(left=self._progress.left)

    def _send(self, sends: Sequence[Send]) -> Generator[Wait, Any, None]:
        """Send in batches; one that Simkl finds wrong is halved until the mark is alone that it stumbles over."""
        batches = [list(sends[start : start + LARGEST_BATCH]) for start in range(0, len(sends), LARGEST_BATCH)]
        while batches:
            batch = batches.pop(0)
            media = [media_of(send) for send in batch]
            watches = [Watch(one, send.watched_at or None) for one, send in zip(media, batch)]
            answer = yield from self._ask(_add_request(watches), _reader(media))
            now = self._env.wall_clock()
            if isinstance(answer, HistoryAnswer):
                missing = {send.key for one, send in zip(media, batch) if one in answer.not_found}
                taken = [send.key for send in batch if send.key not in missing]
                self._state.add_answers(now, Reason.NOT_FOUND, sorted(missing))
                self._progress.not_found += [one for one in media if one in answer.not_found]
                self._state.add_answers(now, Reason.NOT_TAKEN, taken)  # if the next pull has them, this is not asked
                self._progress.sent += len(taken)
            elif len(batch) > 1:
                batches[:0] = [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
            else:
                self._state.add_answers(now, Reason.NOT_FOUND, [batch[0].key])
                self._progress.not_found += media


class _BatchRejected:
    """Simkl finds a batch wrong as a whole."""


_FINAL = (NotFound, Malformed, InsufficientScope, PermanentError)


def _problem(refusal: Refusal) -> Problem:
    if isinstance(refusal, PermanentError):
        return refusal.problem
    return Problem.READ_ONLY if isinstance(refusal, InsufficientScope) else Problem.REFUSED


def media_of(send: Send) -> Media:
    """What is sent, in Simkl's terms."""
    title, row = send.title, send.row
    if title.kind == MOVIE:
        return Movie(title.title, title.year, send.ids)
    show, numbers = Show(title.title, title.year, send.ids), numbers_of(row.place)
    if numbers is None:
        return Episode(show, 0, row.number, ids={"tvdb": str(-row.place)})
    return Episode(show, *numbers)


def _reader(media: Sequence[Media]) -> Callable[[Response], HistoryAnswer | _BatchRejected | Refusal]:
    def read(response: Response) -> HistoryAnswer | _BatchRejected | Refusal:
        answer = read_history(response, media)
        return _BatchRejected() if isinstance(answer, (Malformed, NotFound)) else answer

    return read


def _add_request(watches: Sequence[Watch]) -> Callable[[Token], Request]:
    return lambda token: add_request(watches, token)


def _list_request(name: str) -> Callable[[Token], Request]:
    return lambda token: all_items.list_request(token, name)
