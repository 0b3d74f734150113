"""Sends what is in the outbox: a mark that is made now as ``/scrobble/stop``, all others as ``/sync/history``."""

from __future__ import annotations

import logging
from typing import Callable, NamedTuple, Union

from ..activity.reasons import Reason
from ..api.history import AddAnswer, HistoryAnswer, Watch, add_request, read_history, remove_request
from ..api.scrobble import (
    AlreadyWatched,
    InsufficientScope,
    Malformed,
    NotFound,
    RateLocked,
    ScrobbleAnswer,
    Scrobbled,
    read_scrobble,
    scrobble_request,
)
from ..auth.events import GrantEnded
from ..environment import Environment
from ..errors import PermanentError, Problem, TransientError
from ..http.messages import Response
from ..http.worker import Job, Priority
from ..identification.descriptions import candidates
from ..identification.lookup import Lookup
from ..media import Media, Movie
from ..models import Token
from ..scrobbling.callbacks import owners_of
from .outbox import Entry, Outbox
from .retry import Retry

BATCH = 50
"""Entries in one request."""
STOP_WITHIN = 15.0
"""Seconds in which a stop must be on its way; after that "now" is wrong, and the history takes it with its time."""

WRITE_AGAIN = 10.0
"""Seconds between attempts to put on the disk what could not be written."""

EARLIEST, LATEST_AHEAD = 1_577_836_800.0, 30 * 86_400.0
"""Unix time of 2020: what played before that played by the clock of a device that had not been told the time. So did
what lies more than so many seconds ahead; by TLS alone, a clock that is far off now sends nothing."""
_UNCERTAIN = (Problem.TIMEOUT, Problem.SERVER_TROUBLE, Problem.BAD_ANSWER)
"""After these, nobody knows whether the request took effect."""

_log = logging.getLogger(__name__)
Answer = Union[ScrobbleAnswer, AddAnswer]


class _Sent(NamedTuple):
    """Marks that are on their way; ``stop_until``: when a stop is too late, None for a history batch."""

    handles: tuple[int, ...]
    token: Token
    job: Job[Answer]
    stop_until: float | None = None


class Delivery:
    """Never blocks; one thread. ``settled`` is called with an entry and None if it is on Simkl, else why it never will.

    ``resolved`` is called with an entry and what its file's name means. ``refused`` is called with the token that was
    used and an answer that is about the token.
    """

    def __init__(
        self,
        environment: Environment,
        outbox: Outbox,
        lookup: Lookup,
        retry: Retry,
        settled: Callable[[Entry, Reason | None], None],
        resolved: Callable[[Entry, tuple[Media, ...]], None],
        refused: Callable[[Token, object], None],
    ) -> None:
        self._environment = environment
        self._outbox = outbox
        self._lookup = lookup
        self._retry = retry
        self._settled = settled
        self._resolved = resolved
        self._refused = refused
        self._sent: list[_Sent] = []
        self._batch = BATCH
        self._write_at = 0.0

    def is_on_its_way(self, handle: int) -> bool:
        """Whether the answer to it is still to come."""
        return any(handle in sent.handles for sent in self._sent)

    def send_now(self, handle: int, described: Media, progress: float, token: Token) -> None:
        """Sends a mark that was made this moment. If that fails, it goes with the others."""
        if self._retry.is_paused or self._is_to_be_removed(handle):
            return
        request = scrobble_request("stop", described, progress, token)
        job: Job[Answer] = self._environment.worker.submit(request, read_scrobble, Priority.SCROBBLE)
        self._sent.append(_Sent((handle,), token, job, self._environment.clock() + STOP_WITHIN))

    def advance(self, token: Token | None) -> None:
        """Takes answers, and sends the next batch if ``token`` may be used and it is time."""
        if self._outbox.is_behind and self._environment.clock() >= self._write_at:
            self._write_at = self._environment.clock() + WRITE_AGAIN  # a lock is waited for, which holds all else up
            self._outbox.save()
        for sent in list(self._sent):
            if sent.job.done:
                self._sent.remove(sent)
                self._take(sent)
            elif sent.stop_until is not None and self._environment.clock() >= sent.stop_until and sent.job.cancel():
                self._sent.remove(sent)
        if token is None or self._retry.seconds_to_wait() or self._batch_is_out:
            return
        self._resolve(token)
        self._send(token)

    def withdraw(self) -> None:
        """Takes back what is not on its way yet."""
        self._sent = [sent for sent in self._sent if not sent.job.cancel()]

    def seconds_to_wait(self, token: Token | None) -> float | None:
        """Seconds until the next attempt; None: nothing waits, or only an answer changes something."""
        waits = [max(0.5, sent.stop_until - self._environment.clock()) for sent in self._sent if sent.stop_until]
        if self._outbox.is_behind:
            waits.append(WRITE_AGAIN)
        if token is not None and not self._batch_is_out and self._due():
            waits.append(self._retry.seconds_to_wait())
        return min(waits, default=None)

    @property
    def is_sending(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._sent)

    @property
    def _batch_is_out(self) -> bool:
        return any(sent.stop_until is None for sent in self._sent)

    def _due(self) -> list[tuple[int, Entry]]:
        """What can be sent now: not failed, the signed-in account's, not on its way, not being asked about, and no
        removal of what is on its way."""
        busy = {handle for sent in self._sent for handle in sent.handles}
        coming = {entry.key for entry in map(self._outbox.get, busy) if entry is not None}
        owners = owners_of(self._environment.tokens)
        return [
            (handle, entry)
            for handle, entry in self._outbox.entries()
            if entry.failed is None
            and handle not in busy
            and entry.owner in owners
            and not (entry.media is None and self._lookup.is_busy)
            and not (entry.removal and entry.key in coming)
        ]

    def _is_to_be_removed(self, handle: int) -> bool:
        """Whether an older mark of it waits to be taken away, which must come first."""
        entry = self._outbox.get(handle)
        removals = (one.key for _, one in self._outbox.entries() if one.removal and one.failed is None)
        return entry is not None and entry.key in removals

    def _resolve(self, token: Token) -> None:
        """Puts films and episodes in the place of file names, as far as Simkl has been asked."""
        for handle, entry in self._due():
            if entry.asked is None or entry.media is not None:
                continue
            meaning = self._lookup.answer(entry.asked)
            if meaning is None:
                self._lookup.ask(entry.asked, token)
            elif isinstance(meaning, Reason):
                self._fail(handle, entry, meaning)
            else:
                first, *others = (entry._replace(media=one, asked=None) for one in meaning)
                self._outbox.add(others)
                self._outbox.change(handle, first)
                self._resolved(entry, meaning)

    def _send(self, token: Token) -> None:
        """The oldest ones, marks or removals: what is taken away after it was marked comes after it."""
        batch: dict[str, tuple[int, Entry]] = {}
        is_removal = False
        for handle, entry in self._due():
            if entry.media is None:
                continue
            is_removal = is_removal if batch else entry.removal
            if entry.removal is not is_removal or len(batch) >= self._batch:
                break
            batch.setdefault(entry.key, (handle, entry))
        watches = []
        for handle, entry in batch.values():
            ways = candidates(entry.media) if entry.media is not None else []
            if entry.candidate < len(ways):
                watches.append((handle, Watch(ways[entry.candidate], self._moment(entry))))
            else:
                self._fail(handle, entry, _unknown(entry))
        if not watches:
            return
        media = [watch.media for _, watch in watches]

        def read(response: Response) -> Answer:
            return read_history(response, media)

        request = remove_request(media, token) if is_removal else add_request([watch for _, watch in watches], token)
        job: Job[Answer] = self._environment.worker.submit(request, read, Priority.SCROBBLE)
        self._sent.append(_Sent(tuple(handle for handle, _ in watches), token, job))

    def _moment(self, entry: Entry) -> float | None:
        """When it was watched; None if nobody knows. A mark made by hand, which has no length, may be of long ago."""
        at, earliest = entry.watched_at, EARLIEST if entry.length else 0.0
        return at if at is not None and earliest <= at <= self._environment.wall_clock() + LATEST_AHEAD else None

    def _take(self, sent: _Sent) -> None:
        answer = sent.job.result
        if isinstance(answer, (AlreadyWatched, HistoryAnswer)) or (isinstance(answer, Scrobbled) and answer.watched):
            self._accept(sent, answer)
        elif isinstance(answer, NotFound):
            self._retry.retry_now()
            if sent.stop_until is None:
                self._try_otherwise(sent.handles)
        elif isinstance(answer, Malformed):
            if sent.stop_until is None:
                self._narrow(sent.handles)
        elif isinstance(answer, RateLocked):
            self._retry.pause_while_locked()
        elif isinstance(answer, (TransientError, PermanentError)):
            _log.info("marks not sent yet: %s (%s)", answer.problem.value, answer.detail)
            self._retry.fail(answer)
            if answer.problem in _UNCERTAIN:
                self._mark_uncertain(sent.handles)
            self._refused(sent.token, answer)
        elif isinstance(answer, (GrantEnded, InsufficientScope)):
            self._refused(sent.token, answer)

    def _accept(self, sent: _Sent, answer: Answer | None) -> None:
        self._retry.retry_now()
        missing = answer.not_found if isinstance(answer, HistoryAnswer) else ()
        accepted: list[tuple[int, Entry]] = []
        unknown: list[tuple[int, Entry]] = []
        for handle in sent.handles:
            entry = self._outbox.get(handle)
            if entry is None or entry.media is None:
                continue
            ways = candidates(entry.media)
            is_missing = entry.candidate < len(ways) and ways[entry.candidate] in missing
            (unknown if is_missing else accepted).append((handle, entry))
        self._outbox.remove([handle for handle, _ in accepted])
        for _, entry in accepted:
            self._settled(entry, None)
        self._try_otherwise([handle for handle, _ in unknown])
        self._batch = BATCH

    def _mark_uncertain(self, handles: tuple[int, ...]) -> None:
        for handle in handles:
            entry = self._outbox.get(handle)
            if entry is not None and not entry.uncertain:
                self._outbox.change(handle, entry._replace(uncertain=True))

    def _narrow(self, handles: tuple[int, ...]) -> None:
        """One wrong mark has a whole batch refused: halves of it, until the one is found."""
        if len(handles) > 1:
            self._batch = len(handles) // 2
        else:
            self._batch = BATCH
            self._try_otherwise(handles)

    def _try_otherwise(self, handles: tuple[int, ...] | list[int]) -> None:
        for handle in handles:
            entry = self._outbox.get(handle)
            if entry is not None and entry.media is not None:
                later = entry._replace(candidate=entry.candidate + 1)
                if later.candidate < len(candidates(entry.media)):
                    self._outbox.change(handle, later)
                else:
                    self._fail(handle, entry, _unknown(entry))

    def _fail(self, handle: int, entry: Entry, reason: Reason) -> None:
        failed = entry._replace(failed=reason)
        self._outbox.change(handle, failed)
        self._settled(failed, reason)


def _unknown(entry: Entry) -> Reason:
    return Reason.UNKNOWN_MOVIE if isinstance(entry.media, Movie) else Reason.UNKNOWN_EPISODE
