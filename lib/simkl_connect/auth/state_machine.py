"""The sign-in as a state machine: what to do next, from a state, an event and the time.

Theory. A device authorization (RFC 8628) is a conversation with three clocks: the code lives ``expires_in`` seconds
from the moment it was asked for, a poll may follow the last answer after ``interval`` seconds and not before, and a
"slow down" makes that interval longer for good. A machine that answers "what now?" from (state, event, now) holds all
three, and knows neither network nor clock nor screen: 900 seconds of polling pass in a millisecond in a test.

The rules: a code is asked for once, polled never before its time and never after its deadline, one request at a time;
and a token that arrives is taken in every phase, because the server delivers it only once. ``TRANSITIONS`` holds the
whole of it, by (phase, type of event). An event that has no row changes no phase, but every answer ends the request in
flight and begins the interval anew.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Callable, NamedTuple, Union

from ..errors import PermanentError, Problem, TransientError
from ..models import Account, DeviceAuthorization
from .events import CodeExpired, CodeIssued, Denied, Event, Granted, GrantEnded, Identified, Pending, SlowDown
from .phases import Phase

SLOW_DOWN_BY = 5.0
"""Seconds that "slow down" adds to the interval (RFC 8628, section 3.5)."""
LONGEST_BACKOFF = 30.0
"""Seconds between polls at the most while the network fails, unless the server's interval is longer."""


class Step(Enum):
    """What the owner of a sign-in is to do now."""

    ASK = "ask for a code"
    POLL = "ask whether the user has decided"
    IDENTIFY = "ask whose account it is"
    WAIT = "nothing before wake_at()"
    STOP = "nothing any more"


class Sent:
    """The step's request is under way. ``now``-based times count from the answer."""


class Tick:
    """Time has passed."""


class Cancelled:
    """The user wants no more of it."""


class SignIn(NamedTuple):
    """The state. Times are in seconds on the owner's clock, which must not jump.

    ``asked_at`` is when the code was asked for: its life is counted from there, so that it ends here
    no later than at the server. ``due`` is when the next request may be sent.
    """

    phase: Phase = Phase.STARTING
    in_flight: bool = False
    asked_at: float = 0.0
    authorization: DeviceAuthorization | None = None
    interval: float = 0.0
    due: float = 0.0
    deadline: float | None = None
    failures: int = 0
    problem: Problem | None = None
    server_message: str = ""
    account: Account | None = None
    identified: bool = False

    @property
    def polls(self) -> bool:
        """Whether a code is out that the user can still approve."""
        return self.phase in (Phase.WAITING, Phase.RETRYING)

    @property
    def running(self) -> bool:
        """Whether the user is still in the middle of it."""
        return self.polls or self.phase is Phase.STARTING

    def next_step(self, now: float) -> Step:
        """What is to be done at ``now``."""
        if self.in_flight:
            return Step.WAIT
        if self.phase is Phase.STARTING:
            return Step.ASK
        if self.phase is Phase.CONNECTED and not self.identified:
            return Step.IDENTIFY
        if not self.polls:
            return Step.STOP
        over = self.deadline is not None and now >= self.deadline
        return Step.POLL if now >= self.due and not over else Step.WAIT

    def wake_at(self) -> float | None:
        """The next moment at which time alone changes something; None if only an answer can."""
        if not self.polls or self.deadline is None:
            return None
        return self.deadline if self.in_flight else min(self.due, self.deadline)

    def advance(self, event: Input, now: float, jitter: float = 0.0) -> SignIn:
        """The state after ``event``. ``jitter`` from 0 to 1 spreads the retries of many devices."""
        answered = self
        if not isinstance(event, (Sent, Tick, Cancelled)):
            answered = self._replace(in_flight=False, due=now + self.interval)
        handler = TRANSITIONS.get((self.phase, type(event)))
        return handler(answered, event, now, jitter) if handler else answered


Input = Union[Sent, Tick, Cancelled, Event]


def _send(state: SignIn, _event: Sent, now: float, _jitter: float) -> SignIn:
    asked_at = now if state.phase is Phase.STARTING else state.asked_at
    return state._replace(in_flight=True, asked_at=asked_at)


def _show(state: SignIn, event: CodeIssued, now: float, _jitter: float) -> SignIn:
    authorization = event.authorization
    return state._replace(
        phase=Phase.WAITING,
        authorization=authorization,
        interval=authorization.interval,
        due=now + authorization.interval,
        deadline=state.asked_at + authorization.expires_in,
    )


def _wait(state: SignIn, _event: Pending, now: float, _jitter: float) -> SignIn:
    return state._replace(phase=Phase.WAITING, due=now + state.interval, failures=0, problem=None)


def _slow_down(state: SignIn, event: SlowDown, now: float, jitter: float) -> SignIn:
    interval = max(state.interval + SLOW_DOWN_BY, event.interval)
    return _wait(state._replace(interval=interval), Pending(), now, jitter)


def _retry(state: SignIn, event: TransientError, now: float, jitter: float) -> SignIn:
    """Exponential backoff (RFC 8628, section 3.5): from the interval upwards, each wait up to twice the last."""
    failures = state.failures + 1
    ceiling = max(state.interval, min(LONGEST_BACKOFF, state.interval * 2.0 ** min(failures, 10)))
    backoff = state.interval + (ceiling - state.interval) * (0.5 + 0.5 * jitter)
    wait = max(backoff, event.retry_after or 0.0)
    return state._replace(phase=Phase.RETRYING, due=now + wait, failures=failures, problem=event.problem)


def _expire_on_time(state: SignIn, _event: Tick, now: float, _jitter: float) -> SignIn:
    over = state.deadline is not None and now >= state.deadline
    return state._replace(phase=Phase.EXPIRED, problem=None) if over else state


def _expire(state: SignIn, _event: CodeExpired, _now: float, _jitter: float) -> SignIn:
    return state._replace(phase=Phase.EXPIRED, problem=None)


def _deny(state: SignIn, _event: Denied, _now: float, _jitter: float) -> SignIn:
    return state._replace(phase=Phase.DENIED, problem=None)


def _fail(state: SignIn, event: TransientError | PermanentError, _now: float, _jitter: float) -> SignIn:
    message = event.server_message if isinstance(event, PermanentError) else ""
    return state._replace(phase=Phase.FAILED, problem=event.problem, server_message=message)


def _cancel(state: SignIn, _event: Cancelled, _now: float, _jitter: float) -> SignIn:
    return state._replace(phase=Phase.CANCELLED, problem=None)


def _connect(state: SignIn, event: Granted, _now: float, _jitter: float) -> SignIn:
    return state._replace(phase=Phase.CONNECTED, problem=event.problem)


def _identify(state: SignIn, event: Identified, _now: float, _jitter: float) -> SignIn:
    return state._replace(account=event.account, identified=True)


def _stay_nameless(state: SignIn, _event: TransientError | PermanentError, _now: float, _jitter: float) -> SignIn:
    return state._replace(identified=True)


Handler = Callable[[SignIn, Any, float, float], SignIn]

_WHILE_A_CODE_IS_OUT: dict[type[Input], Handler] = {
    Sent: _send,
    Tick: _expire_on_time,
    Pending: _wait,
    SlowDown: _slow_down,
    Granted: _connect,
    CodeExpired: _expire,
    Denied: _deny,
    TransientError: _retry,
    PermanentError: _fail,
    Cancelled: _cancel,
}
_BY_PHASE: dict[Phase, dict[type[Input], Handler]] = {
    Phase.STARTING: {Sent: _send, CodeIssued: _show, TransientError: _fail, PermanentError: _fail, Cancelled: _cancel},
    Phase.WAITING: _WHILE_A_CODE_IS_OUT,
    Phase.RETRYING: _WHILE_A_CODE_IS_OUT,
    Phase.CONNECTED: {
        Sent: _send,
        Identified: _identify,
        TransientError: _stay_nameless,
        PermanentError: _stay_nameless,
        GrantEnded: _stay_nameless,
    },
    Phase.EXPIRED: {Granted: _connect},
    Phase.DENIED: {Granted: _connect},
    Phase.FAILED: {Granted: _connect},
    Phase.CANCELLED: {Granted: _connect},
}
TRANSITIONS: dict[tuple[Phase, type[Input]], Handler] = {
    (phase, event): handler for phase, row in _BY_PHASE.items() for event, handler in row.items()
}
