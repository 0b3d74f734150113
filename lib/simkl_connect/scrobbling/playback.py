"""A playback as a state machine: what to report, from a state, an event and the time. It knows neither Kodi nor a
clock.

Kodi says that a video began, but not reliably that it ended: another one opened over it, and Kodi's own end, come
without a callback, and in a callback the player may already speak of the next video (measured on Kodi 20.1). So a
session is a video between its ``Started`` and whatever comes first: ``Stopped``, the ``Started`` of another file,
``Aborted``. Where it stands is known from samples alone, each tied to the file that it was taken of; the last good one
counts. A sample is good if the length is known and the position lies within it: at the end Kodi gives 0.0 of 0.000001,
between the files of a stack 1.8e16.

The rule: a session whose last good position is at 80 % or more when it ends is reported as ``WATCHED``, once, and any
other as ``STOP``. The position at the end decides, as at Simkl and in Kodi's own library: who jumps to 85 % and stops
has watched it; who reaches 95 %, goes back to 10 % and stops there is watching it again, and has not. TRANSITIONS
holds the whole of it; an event without a row changes nothing.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import Any, Callable, NamedTuple, Tuple, Union

WATCHED_PERCENT = 80
"""Simkl's own threshold, fixed there (its scrobble guide)."""
LARGE_SEEK = 60.0
"""Seconds between where Simkl believes the video is and where it is, from which a seek is reported. Kodi's small
steps, 10 and 30 seconds, stay below it, and several in a row add up; a minute is what an estimate by a rounded runtime
is off anyway."""
LENGTH_WAIT = 30.0
"""Seconds after the start in which the length may still become known (streams take up to 20, measured)."""
SHORTEST_LENGTH, LONGEST_LENGTH = 1.0, 1e6
"""Seconds; a length outside is Kodi's way to say that it doesn't know one (0, 0.000001)."""
BEYOND_THE_END = 60.0
"""Seconds by which a position may exceed the length and is still meant: it counts as the end."""
LIVE_SHARE = 0.5
"""Of a live programme's length, how much must have been seen: its position is the clock's, whenever one tunes in."""


class Action(str, Enum):
    """What to report. The first three are Simkl's names; a WATCHED video goes to the outbox first."""

    START = "start"
    PAUSE = "pause"
    STOP = "stop"
    WATCHED = "watched"


class Report(NamedTuple):
    """Something to report of the session with this number; ``progress`` in percent, two decimals."""

    session: int
    action: Action
    progress: float


class Phase(str, Enum):
    """What the player does, as far as it is known. OPENING: it plays, but nothing was reported, the length is
    unknown."""

    IDLE = "idle"
    OPENING = "opening"
    PLAYING = "playing"
    PAUSED = "paused"


class Started(NamedTuple):
    """A video is on the screen (``onAVStarted``), or the next part of a stack. ``live``: the programme runs by
    itself."""

    file: str
    live: bool = False


class Sampled(NamedTuple):
    """The player was asked for position and length of this file, in seconds."""

    file: str
    position: float
    length: float


class Paused(NamedTuple):
    """This file was paused."""

    file: str


class Resumed(NamedTuple):
    """This file plays on; a stray one names a file that is not the session's."""

    file: str


class Sought(NamedTuple):
    """The user jumped in this file. Where to, the next samples tell."""

    file: str


class Stopped(NamedTuple):
    """The video was stopped, or came to its end."""


class Aborted(NamedTuple):
    """Kodi quits, or the profile goes: nothing more will be heard."""


Event = Union[Started, Sampled, Paused, Resumed, Sought, Stopped, Aborted]


class Playback(NamedTuple):
    """The state. Positions and lengths in seconds, a length of 0 is unknown; times on the owner's clock.

    ``session`` counts up with each video. ``held``: paused before anything was reported. ``seeking``: a seek since the
    last good sample; ``sought``: one since the last report. ``again``: the same file was started anew in mid-session.
    """

    phase: Phase = Phase.IDLE
    session: int = 0
    file: str = ""
    live: bool = False
    opened_at: float = 0.0
    first_position: float | None = None
    position: float = 0.0
    length: float = 0.0
    held: bool = False
    seeking: bool = False
    sought: bool = False
    again: bool = False
    reported_position: float = 0.0
    reported_at: float = 0.0

    @property
    def progress(self) -> float:
        """Percent, rounded down to two decimals, so that rounding never crosses a threshold; 0 without a length."""
        if not self.length:
            return 0.0
        percent = math.floor(self.position / self.length * 10_000) / 100
        return max(percent, float(WATCHED_PERCENT)) if self._far_enough else min(percent, 79.99)

    @property
    def watched(self) -> bool:
        """Whether it counts as watched, should it end here."""
        seen = self.position - (self.first_position or 0.0)
        return self._far_enough and (not self.live or seen >= LIVE_SHARE * self.length)

    @property
    def _far_enough(self) -> bool:
        return self.length > 0 and self.position * 100 >= self.length * WATCHED_PERCENT

    def advance(self, event: Event, now: float) -> Step:
        """The state after ``event``, and what is to be reported because of it, in order."""
        handler = TRANSITIONS.get((self.phase, type(event)))
        return handler(self, event, now) if handler else (self, ())


Step = Tuple[Playback, Tuple[Report, ...]]


def _report(state: Playback, action: Action, now: float) -> Step:
    known = state._replace(sought=False, reported_position=state.position, reported_at=now)
    return known, (Report(state.session, action, state.progress),)


def _open(state: Playback, event: Started, now: float) -> Step:
    return Playback(Phase.OPENING, state.session + 1, event.file, event.live, opened_at=now), ()


def _start(state: Playback, event: Started, now: float) -> Step:
    """Another file ends the session. The same one is the next part of a stack, or the video opened over itself."""
    if event.file != state.file:
        ended, reports = _stop(state, Stopped(), now)
        return _open(ended, event, now)[0], reports
    again = state._replace(again=not state.seeking)  # a jump across the parts of a stack starts them anew as well
    if state.phase is Phase.PAUSED:
        return _report(again._replace(phase=Phase.PLAYING), Action.START, now)
    return again, ()


def _stop(state: Playback, _event: Stopped, _now: float) -> Step:
    idle = Playback(session=state.session)
    if state.phase is Phase.OPENING:
        return idle, ()
    if state.watched:
        return idle, (Report(state.session, Action.WATCHED, state.progress),)
    return idle, (Report(state.session, Action.STOP, min(state.progress, 79.99)),)


def _abort(state: Playback, _event: Aborted, now: float) -> Step:
    """Below the threshold there is nothing to keep, and no time left to send."""
    idle, reports = _stop(state, Stopped(), now)
    return idle, tuple(report for report in reports if report.action is Action.WATCHED)


def _with(state: Playback, sample: Sampled) -> Playback | None:
    """The state with a good sample, or None: of another file, without a length, outside of it."""
    if sample.file != state.file or not SHORTEST_LENGTH <= sample.length <= LONGEST_LENGTH:
        return None
    if not -1.0 <= sample.position <= sample.length + BEYOND_THE_END:
        return None
    position = min(max(sample.position, 0.0), sample.length)
    first = position if state.first_position is None else state.first_position
    return state._replace(position=position, length=sample.length, first_position=first, seeking=False, again=False)


def _sample_opening(state: Playback, event: Sampled, now: float) -> Step:
    sampled = _with(state, event)
    if sampled is None:
        late = event.file == state.file and now - state.opened_at >= LENGTH_WAIT
        if not late:
            return state, ()
        sampled = state
    if state.held:
        return _report(sampled._replace(phase=Phase.PAUSED), Action.PAUSE, now)
    return _report(sampled._replace(phase=Phase.PLAYING), Action.START, now)


def _sample(state: Playback, event: Sampled, now: float) -> Step:
    sampled = _with(state, event)
    if sampled is None:
        return state, ()
    if state.again and state.watched and not sampled.watched:  # opened over itself: the first play was watched
        _, reports = _stop(state, Stopped(), now)
        anew = Playback(Phase.PLAYING, state.session + 1, state.file, state.live)
        begun, start = _report(_with(anew, event) or anew, Action.START, now)
        return begun, reports + start
    if state.phase is Phase.PAUSED:
        return sampled, ()
    believed = state.reported_position + (now - state.reported_at)
    jumped = state.sought and abs(sampled.position - believed) >= LARGE_SEEK
    return _report(sampled, Action.START, now) if jumped or not state.length else (sampled, ())


def _pause(state: Playback, event: Paused, now: float) -> Step:
    if event.file != state.file:
        return state, ()
    if state.phase is Phase.OPENING:
        return state._replace(held=True), ()
    paused = state._replace(phase=Phase.PAUSED)
    return _report(paused, Action.PAUSE, now) if state.length else (paused, ())


def _resume(state: Playback, event: Resumed, now: float) -> Step:
    if event.file != state.file:
        return state, ()
    if state.phase is Phase.OPENING:
        return state._replace(held=False), ()
    playing = state._replace(phase=Phase.PLAYING)
    return _report(playing, Action.START, now) if state.length else (playing, ())


def _seek(state: Playback, event: Sought, _now: float) -> Step:
    return (state._replace(seeking=True, sought=True) if event.file == state.file else state), ()


Handler = Callable[[Playback, Any, float], Step]

_BY_PHASE: dict[Phase, dict[type[Event], Handler]] = {
    Phase.IDLE: {Started: _open},
    Phase.OPENING: {
        Started: _start,
        Sampled: _sample_opening,
        Paused: _pause,
        Resumed: _resume,
        Stopped: _stop,
        Aborted: _abort,
    },
    Phase.PLAYING: {
        Started: _start,
        Sampled: _sample,
        Paused: _pause,
        Sought: _seek,
        Stopped: _stop,
        Aborted: _abort,
    },
    Phase.PAUSED: {
        Started: _start,
        Sampled: _sample,
        Resumed: _resume,
        Sought: _seek,
        Stopped: _stop,
        Aborted: _abort,
    },
}
TRANSITIONS: dict[tuple[Phase, type[Event]], Handler] = {
    (phase, event): handler for phase, row in _BY_PHASE.items() for event, handler in row.items()
}
