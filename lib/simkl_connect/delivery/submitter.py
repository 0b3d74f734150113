"""Everything on its way to Simkl, and what the user is told about it: live events, marks, questions about names.

It knows whose token may be used for what. A mark is on the disk before it is sent.
"""

from __future__ import annotations

from typing import Mapping, Sequence

from ..activity.actions import Actions
from ..activity.activity import Activity
from ..activity.notices import Notices
from ..activity.reasons import Reason, Status
from ..api.scrobble import InsufficientScope
from ..auth.events import GrantEnded
from ..environment import Environment
from ..errors import PermanentError, Problem, TransientError
from ..http.worker import Priority
from ..identification.decisions import Decisions
from ..identification.file_names import AskSimkl
from ..identification.identify import media_title
from ..identification.lookup import Lookup
from ..identification.subjects import named
from ..media import Media
from ..models import Secret, Token
from ..scrobbling.callbacks import Callbacks, Notice, Notification, may_write, owner_of, owners_of
from ..scrobbling.playback import Action
from ..scrobbling.session import LeftOpen
from .delivery import Delivery
from .live import Live
from .outbox import Entry, Outbox
from .retry import LONGEST, Retry

_REASONS: Mapping[Problem, Reason] = {
    Problem.RATE_LIMITED: Reason.RATE_LIMITED,
    Problem.CLIENT_ID_REFUSED: Reason.CLIENT_ID_REFUSED,
    Problem.SERVER_TROUBLE: Reason.SERVER_TROUBLE,
    Problem.BAD_ANSWER: Reason.SERVER_TROUBLE,
    Problem.INTERNAL: Reason.SERVER_TROUBLE,
    Problem.REFUSED: Reason.REFUSED,
}
"""All others are the network's."""
TAKEN_BACK = 50
"""Videos marked at once that can be taken back at once: their row holds them all."""


class Submitter:
    """All methods belong to one thread, block never, and raise nothing."""

    def __init__(self, environment: Environment, callbacks: Callbacks, decisions: Decisions) -> None:
        self._environment = environment
        self._callbacks = callbacks
        self._decisions = decisions
        self._retry = Retry(environment.clock, environment.jitter)
        self._outbox = Outbox(environment.database, environment.wall_clock)
        self._lookup = Lookup(environment.worker, self._retry, self._refused, Priority.SCROBBLE)
        self._live = Live(environment.worker, environment.clock, self._retry, self._refused)
        self._delivery = Delivery(
            environment, self._outbox, self._lookup, self._retry, self._settled, self._resolved, self._refused
        )
        self.activity = Activity(
            environment.database,
            callbacks.publish_activity,
            environment.clock,
            environment.wall_clock,
            self.waiting,
        )
        self.actions = Actions(
            self.activity,
            self._outbox,
            self._delivery,
            self._lookup,
            decisions,
            callbacks.exclude_folder,
            environment.wall_clock,
        )
        self._notices = Notices(environment.database, callbacks.notify)
        self._refused_token: Secret | None = None
        self._refused_until = 0.0
        self._is_read_only = False
        self._reason: Reason | None = None
        self._marked: list[str] = []
        self._failed: list[str] = []

    def usable_token(self) -> Token | None:
        """The stored token, if it may write and Simkl has not just refused it."""
        token = self._environment.tokens.token()
        if token is None or self.is_read_only(token):
            return None
        is_refused = token.access_token == self._refused_token and self._environment.clock() < self._refused_until
        return None if is_refused else token

    def is_read_only(self, token: Token) -> bool:
        """Whether nothing can be marked with it, by its scope or by Simkl's word."""
        return not may_write(token) or (self._is_read_only and token.access_token == self._refused_token)

    @property
    def wants_report(self) -> bool:
        """Whether the last live event was refused or kept back, and can be made good now."""
        return self._live.is_behind and not self._retry.is_paused

    def report(self, action: Action, media: Media, progress: float, owner: str) -> None:
        """Tells Simkl what plays, at once or not at all; nothing if ``owner`` is not the one who is signed in."""
        token = self._token_of(owner)
        if action is Action.STOP:
            self.stop_reporting()
        if token is not None:
            self._live.report(action, media, progress, owner, token)

    def take_back(self, media: Media, progress: float, owner: str) -> None:
        """Ends the session of a video at Simkl that the user does not want there any more, without a mark."""
        token = self._token_of(owner)
        self.stop_reporting()
        if token is not None:
            self._live.take_back(media, progress, owner, token)

    def stop_reporting(self) -> None:
        """Nothing plays any more: what was refused needs no repetition."""
        self._live.is_behind = False

    def mark(self, entries: Sequence[Entry], progress: float, row: int, title: str, send: bool = True) -> None:
        """Keeps the marks of a video that was watched just now, then sends them if there is time to ``send``."""
        media = [entry.media for entry in entries if entry.media is not None]
        self._note(entries)
        for one in media:
            self._live.forget(one)
        token = self._token_of(*(entry.owner for entry in entries))
        handles = self._outbox.add(entries, ends_session=True)
        reason = Reason.SIGN_IN_ENDED if token is None else self._reason
        reason = Reason.STORAGE if self._outbox.is_behind else reason
        status = Status.WAITING if handles else Status.WATCHED
        self.activity.change(row, status, reason if handles else None, progress, media, title)
        if token is None or not send:
            return
        for handle in handles:
            entry = self._outbox.get(handle)
            if entry is not None and entry.media is not None:
                self._delivery.send_now(handle, self._live.described(entry.media), progress, token)

    def mark_by_hand(self, entries: Sequence[Entry], origin: Mapping[str, object]) -> None:
        """Keeps marks that were made in the library; ``origin``: more for their row on the activity page."""
        media = [entry.media for entry in entries if entry.media is not None]
        titles = [media_title([one]) for one in media]
        row = self.activity.begin(titles[0] if len(titles) == 1 else f"{titles[0]} … ({len(titles)})", origin)
        entries = [entry._replace(activity=row) for entry in entries]
        handles = self._outbox.add(entries)
        self._note(entries)
        listed = media if len(media) <= TAKEN_BACK else ()
        self.activity.change(row, Status.WAITING if handles else Status.WATCHED, media=listed)

    def recover(self, entries: Sequence[Entry], left_open: LeftOpen | None) -> None:
        """Keeps the marks of a session that was cut off, and forgets that; Simkl may take it to be playing."""
        if left_open is not None:
            self._live.left_open(*left_open)
        self._note(entries)
        self._outbox.add(entries, ends_session=True)

    def ask(self, asked: AskSimkl) -> tuple[Media, ...] | Reason | None:
        """What Simkl says of a file's name; None: it is being asked, or can't be now."""
        answer, token = self._lookup.answer(asked), self.usable_token()
        if answer is None and token is not None:
            self._lookup.ask(asked, token)
        return answer

    def retry_now(self) -> None:
        """What waits may go at once, unless Simkl has asked for a pause."""
        self._retry.retry_now()

    def waiting(self) -> int:
        """How many marks are still to be sent for this account."""
        return self._outbox.waiting(owners_of(self._environment.tokens))

    def drop_waiting(self) -> None:
        """Removes the marks of this account, as the user wants it at a sign-out; what is on its way can't be."""
        self._delivery.withdraw()
        for entry in self._outbox.drop(owners_of(self._environment.tokens)):
            self.activity.change(entry.activity, Status.SKIPPED, Reason.NOT_SIGNED_IN)

    def clear(self) -> None:
        """Forgets what was watched, sent or not."""
        self.drop_waiting()
        self._outbox.forget_all()
        self.activity.clear()

    def tell_read_only(self) -> None:
        """Tells the user, once for each sign-in, that nothing can be marked with it."""
        self._notices.tell_once(Notice.READ_ONLY, f"{self._environment.tokens.connected_at()}")

    def advance(self, plays: bool) -> None:
        """Takes answers, sends what is due, and tells the user of all marks at once, not while a video ``plays``."""
        self._live.advance()
        self._lookup.advance()
        self._outbox.rename_owner(owner_of(self._environment.tokens), owners_of(self._environment.tokens))
        self._delivery.advance(self.usable_token())
        self.activity.advance()
        if plays or self._delivery.is_sending:
            return
        for notice, titles in ((Notice.MARKED, self._marked), (Notice.FAILED, self._failed)):
            if titles:
                self._callbacks.notify(Notification(notice, titles[0], len(titles)))
                titles.clear()

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do by the clock alone; None: nothing is planned."""
        waits = [self._live.seconds_to_wait(), self._delivery.seconds_to_wait(self.usable_token())]
        waits.append(self.activity.seconds_to_wait())
        if self._live.is_behind:
            waits.append(self._retry.seconds_to_wait())
        return min((wait for wait in waits if wait is not None), default=None)

    def close(self) -> None:
        """Writes what is not written."""
        self._outbox.save()
        self.activity.advance()
        self.activity.write()

    def _token_of(self, *owners: str) -> Token | None:
        """What may be used now for all that is theirs."""
        return self.usable_token() if owners_of(self._environment.tokens).issuperset(owners) else None

    def _note(self, entries: Sequence[Entry]) -> None:
        for entry in entries[:1]:
            self.activity.note_watched(entry.activity, entry.owner, entry.watched_at, entry.length)

    def _resolved(self, entry: Entry, media: Sequence[Media]) -> None:
        self.activity.change(entry.activity, Status.WAITING, None, None, media, media_title(media))

    def _settled(self, entry: Entry, reason: Reason | None) -> None:
        self._reason = None
        self._notices.forget(Notice.WAITING)
        done = Status.SKIPPED if entry.removal else Status.WATCHED
        self.activity.change(entry.activity, done if reason is None else Status.FAILED, reason)
        title = media_title([entry.media]) if entry.media is not None else ""
        if not entry.removal:
            self._note([entry])
            if reason is None and entry.activity and entry.media is not None:  # 0: taken back while it was on its way
                self._decisions.want_back(owners_of(self._environment.tokens), *named(entry.media))
        if reason is not None:
            if entry.removal:
                self.activity.note(entry.activity, {"undone": False})
            self._failed.append(title)
        elif entry.length and self._callbacks.preferences().notify:  # a mark made by hand is no news to the user
            self._marked.append(title)

    def _refused(self, token: Token, answer: object) -> None:
        """What is not about one mark, but about all of them."""
        before = self._reason
        if isinstance(answer, GrantEnded):
            self._refused_token, self._is_read_only = token.access_token, False
            self._refused_until = self._environment.clock() + LONGEST
            self._reason = Reason.SIGN_IN_ENDED
            self._callbacks.grant_rejected(token.access_token)
        elif isinstance(answer, InsufficientScope):
            self._refused_token, self._is_read_only = token.access_token, True
            self._reason = Reason.READ_ONLY
            self.tell_read_only()
        elif isinstance(answer, (TransientError, PermanentError)):
            self._reason = _REASONS.get(answer.problem, Reason.OFFLINE)
        else:
            return
        owners = owners_of(self._environment.tokens)
        waiting = [entry for _, entry in self._outbox.entries() if entry.failed is None and entry.owner in owners]
        if waiting and self._reason is not before:
            for entry in waiting:
                self.activity.change(entry.activity, Status.WAITING, self._reason)
        if waiting:
            self._notices.tell_once(Notice.WAITING, "", self.waiting())
