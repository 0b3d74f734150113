"""The task that turns what happens in Kodi's player and library into what Simkl is told.

The Kodi side hands in events as they come, and samples once a second; nothing here asks the network in a callback.
"""

from __future__ import annotations

from typing import Mapping

from ..activity.possible import UNSURE
from ..activity.reasons import Reason, Status
from ..delivery.submitter import Submitter
from ..environment import Environment
from ..identification.decisions import Decisions
from ..identification.file_names import AskSimkl
from ..identification.hints import Seen
from ..identification.identify import (
    Identified,
    PlayingItem,
    Skipped,
    hint_subject,
    is_channel,
    is_same_video,
    media_title,
    shown_title,
)
from .callbacks import Callbacks, owner_of
from .marks import Marks
from .playback import (
    Aborted,
    Action,
    Event,
    Paused,
    Phase,
    Playback,
    Report,
    Resumed,
    Sampled,
    Sought,
    Started,
    Stopped,
)
from .session import Record, Session, cut_off, is_silent, is_unwanted, row_fields


class Scrobbler:
    """A task; all methods belong to one thread, block never, and raise nothing."""

    def __init__(self, environment: Environment, callbacks: Callbacks) -> None:
        self._environment = environment
        self._callbacks = callbacks
        self.decisions = Decisions(environment.database, callbacks.preferences, environment.clock)
        self._submitter = Submitter(environment, callbacks, self.decisions)
        self._activity, self._actions = self._submitter.activity, self._submitter.actions
        self.marks = Marks(environment, callbacks, self.decisions, self._owner_of_marks, self._submitter.mark_by_hand)
        self._playback = Playback()
        self._session = Session()
        self._is_ending = False
        self._record = Record(environment)
        self._hints = Seen()
        self._submitter.recover(*cut_off(environment.database, environment.wall_clock()))

    @property
    def _plays(self) -> bool:
        return self._playback.phase is not Phase.IDLE

    def started(self, playing: PlayingItem) -> None:
        """``onAVStarted``."""
        self._release()
        if playing.file == self._playback.file and not is_same_video(playing, self._session.playing):
            self._handle(Stopped())
        number = self._playback.session
        self._handle(Started(playing.file, is_channel(playing)))
        if self._playback.session != number:
            self._begin(self._fresh(playing))

    def described(self, playing: PlayingItem) -> None:
        """The same video, looked at again some seconds later: tags may come late."""
        unsure = Skipped(Reason.NAME_SAYS_TOO_LITTLE)
        is_open = self._plays and playing.file == self._playback.file
        if not is_open or not (self._session.outcome == unsure or isinstance(self._session.outcome, AskSimkl)):
            return
        for hint in (playing.trakt_ids, playing.player_info):
            self._hints.rename(hint, hint_subject(self._session.playing))
        outcome = self.decisions.identify(self._fresh(playing))
        if outcome != unsure and outcome != self._session.outcome:
            self._session = self._session._replace(playing=playing, title=shown_title(playing))
            self._activity.note(self._session.activity, row_fields(playing, outcome, self.decisions))
            self._learn(outcome)

    def sampled(self, file: str, position: float, length: float) -> None:
        """Once a second while something plays: ``getPlayingFile``, ``getTime``, ``getTotalTime``."""
        was_watched = self._playback.watched
        self._handle(Sampled(file, position, length))
        if self._playback.watched is not was_watched:
            self._record.write(self._session, self._playback)

    def paused(self, file: str) -> None:
        """``onPlayBackPaused``."""
        self._handle(Paused(file))

    def resumed(self, file: str) -> None:
        """``onPlayBackResumed``; ``file`` as ``getPlayingFile()`` has it then, "" if that raises."""
        self._handle(Resumed(file))

    def sought(self, file: str) -> None:
        """``onPlayBackSeek``."""
        self._handle(Sought(file))

    def stopped(self) -> None:
        """``onPlayBackStopped``, ``onPlayBackEnded``, ``onPlayBackError``."""
        self._release()
        self._handle(Stopped())

    def aborted(self) -> None:
        """Kodi quits: what is due goes to the disk, and is sent at the next start."""
        self._is_ending = True
        if self._plays and not self._playback.watched:
            self._record.write(self._session, self._playback)  # Simkl goes on taking it to be playing
        self._handle(Aborted())

    def library_updated(self, data: object) -> None:
        """``VideoLibrary.OnUpdate``, its data as parsed JSON."""
        self.marks.update(data, self._session.library_keys if self._plays else ())

    def retry_now(self) -> None:
        """The device has woken, somebody has signed in, another request got through, or the user wants it sent now."""
        self._submitter.retry_now()

    def waiting(self) -> int:
        """How many marks are still to be sent for this account."""
        return self._submitter.waiting()

    def drop_waiting(self) -> None:
        """Before a sign-out, if the user wants the waiting marks dropped."""
        self._submitter.drop_waiting()

    def clear(self) -> None:
        """Forgets what was watched and what the user has decided about it; a mark that waits is not sent."""
        self._submitter.clear()
        self.decisions.clear()

    def act(self, name: str, values: Mapping[str, object]) -> None:
        """What the user does on the activity page: a command and its values, as they were received."""
        media, session = self._actions.act(name, values), self._session
        if media and self._plays and values.get("row") == session.activity and session.owner:
            self._learn(Identified(media, chosen=True))
        else:
            self.settings_changed()

    def settings_changed(self) -> None:
        """What plays may be wanted no more, or again: Simkl is told so now, and not when it ends."""
        if self._plays and self._session.owner and (self._session.activity or self._session.media):
            outcome = self._outcome(self._session.playing)
            if is_unwanted(outcome) is not is_unwanted(self._session.outcome):
                self._learn(outcome)

    def advance(self) -> None:
        """Takes answers, and sends what is due."""
        self._submitter.advance(self._plays)
        if self._plays and isinstance(self._session.outcome, AskSimkl):
            meaning = self._submitter.ask(self._session.outcome)
            if meaning is not None:
                self._learn(Skipped(meaning) if isinstance(meaning, Reason) else Identified(meaning))
        if self._submitter.wants_report:
            self._report_again()
        self.marks.advance()
        if self._record.seconds_to_wait() == 0:
            self._record.write(self._session, self._playback)

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do by the clock alone; None: nothing is planned."""
        waits = [self._submitter.seconds_to_wait(), self.marks.seconds_to_wait(), self._record.seconds_to_wait()]
        return min((wait for wait in waits if wait is not None), default=None)

    def close(self, _timeout: float) -> None:
        """Puts on the disk what is due; sends nothing."""
        self.aborted()
        self.marks.close()
        self._submitter.close()

    def _release(self) -> None:
        """The open video ends: its library rows change because of it."""
        self.marks.played(self._session.library_keys if self._plays else ())

    def _handle(self, event: Event) -> None:
        before = self._playback
        self._playback, reports = before.advance(event, self._environment.clock())
        for one in reports:
            if one.session != self._session.number and self._session.number:
                self._begin(self._session.playing, one.session)  # the same file, opened over itself
            self._report(one, self._playback.length or before.length)

    def _owner_of_marks(self) -> str:
        """Whose the marks made by hand are; nobody's with a sign-in that may only read."""
        token = self._environment.tokens.token()
        is_read_only = token is not None and self._submitter.is_read_only(token)
        return "" if is_read_only else owner_of(self._environment.tokens)

    def _begin(self, playing: PlayingItem, number: int = 0) -> None:
        outcome = self._outcome(playing)
        title = media_title(outcome.media) if isinstance(outcome, Identified) else ""
        if not title or not (isinstance(outcome, Identified) and outcome.chosen):
            title = shown_title(playing) or title
        row = 0 if is_silent(outcome) else self._activity.begin(title, row_fields(playing, outcome, self.decisions))
        owner = owner_of(self._environment.tokens)
        self._session = Session(number or self._playback.session, playing, outcome, title, row, owner)
        if isinstance(outcome, Skipped) and not is_silent(outcome):
            self._activity.change(row, Status.SKIPPED, outcome.reason)

    def _outcome(self, playing: PlayingItem) -> Identified | Skipped | AskSimkl:
        store = self._environment.tokens
        if not self._callbacks.preferences().scrobble:
            return Skipped(Reason.SWITCHED_OFF)
        if not owner_of(store):
            return Skipped(Reason.NOT_SIGNED_IN)
        token = store.token()
        if token is not None and self._submitter.is_read_only(token):
            self._submitter.tell_read_only()
            return Skipped(Reason.READ_ONLY)
        outcome = self.decisions.identify(playing)
        if not isinstance(outcome, Skipped) and self._is_too_short(self._playback.length):
            return Skipped(Reason.TOO_SHORT)
        return outcome

    def _is_too_short(self, length: float) -> bool:
        return 0 < length < self._callbacks.preferences().minimum

    def _fresh(self, playing: PlayingItem) -> PlayingItem:
        """Without hints that were there when another video played."""
        subject = hint_subject(playing)
        trakt_ids = self._hints.fresh(playing.trakt_ids, subject)
        return playing._replace(trakt_ids=trakt_ids, player_info=self._hints.fresh(playing.player_info, subject))

    def _learn(self, outcome: Identified | Skipped | AskSimkl) -> None:
        """Now it is known what plays, or that nobody will know."""
        before = self._session
        title = media_title(outcome.media) if isinstance(outcome, Identified) else before.title
        self._session = before._replace(outcome=outcome, title=title)
        if not isinstance(outcome, Skipped):
            self._report_again()
            return
        self._activity.change(before.activity, Status.SKIPPED, outcome.reason)
        for media in before.media[:1]:
            self._submitter.take_back(media, self._playback.progress, before.owner)
        self._record.write(self._session, self._playback)  # at once: it may stand there as watched

    def _report_again(self) -> None:
        """Tells Simkl how things stand."""
        action = {Phase.PLAYING: Action.START, Phase.PAUSED: Action.PAUSE}.get(self._playback.phase)
        self._submitter.stop_reporting()
        if action is not None:
            self._report(Report(self._session.number, action, self._playback.progress), self._playback.length)

    def _report(self, report: Report, length: float) -> None:
        session = self._session
        if self._is_too_short(length) and not isinstance(session.outcome, Skipped):
            self._learn(Skipped(Reason.TOO_SHORT))
            return
        if isinstance(session.outcome, Skipped):
            self._note_end(session.outcome.reason, report, length)
            return
        if report.action is Action.WATCHED:
            self._mark(report, length)
            return
        if session.media:
            self._submitter.report(report.action, session.media[0], report.progress, session.owner)
        self._record.soon()
        if report.action is Action.STOP and not length:
            self._activity.change(session.activity, Status.SKIPPED, Reason.NO_LENGTH)
            return
        status = Status.WATCHING if report.action is Action.START else Status.PAUSED
        self._activity.change(session.activity, status, None, report.progress, session.media, session.title)

    def _note_end(self, reason: Reason, report: Report, length: float) -> None:
        """How far a video was watched that nobody knows yet: the user may name it later."""
        if reason not in UNSURE or length < self._callbacks.preferences().minimum:
            return
        row, owner = self._session.activity, self._session.owner
        self._activity.note(row, {"progress": report.progress})
        if report.action is Action.WATCHED and owner:
            self._activity.note_watched(row, owner, self._environment.wall_clock(), length)

    def _mark(self, report: Report, length: float) -> None:
        session = self._session
        if not owner_of(self._environment.tokens):
            self._learn(Skipped(Reason.NOT_SIGNED_IN))
            return
        entries = session.entries(self._environment.wall_clock(), length)
        self._submitter.mark(entries, report.progress, session.activity, session.title, not self._is_ending)
        self._record.was_replaced()
