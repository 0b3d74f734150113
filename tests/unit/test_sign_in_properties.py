"""What holds for the state machine at every order of events and every pace of time: found by trying thousands."""

from __future__ import annotations

import math

from chances import CANARY, OLD, problems, seconds, steady
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from simkl_connect.api.parsing import LONGEST_RETRY_AFTER
from simkl_connect.auth.events import (
    CodeExpired,
    CodeIssued,
    Denied,
    FlowNotSupported,
    Granted,
    GrantEnded,
    Identified,
    Pending,
    Refreshed,
    Revoked,
    SlowDown,
)
from simkl_connect.auth.phases import Phase
from simkl_connect.auth.state_machine import Cancelled, Event, Sent, SignIn, Step, Tick
from simkl_connect.errors import PermanentError, Problem, TransientError
from simkl_connect.models import Account, DeviceAuthorization, Secret, Token
from watch import Watch

codes = st.builds(
    DeviceAuthorization,
    user_code=st.just(Secret("5G6JA")),
    verification_uri=st.just("https://simkl.com/pin"),
    verification_uri_complete=st.just(Secret("https://simkl.com/pin/5G6JA")),
    expires_in=st.one_of(st.sampled_from([900.0, 900.0, 900.0, 60.0]), st.floats(1.0, 3600.0)),
    interval=st.one_of(st.sampled_from([5.0, 5.0, 1.0]), st.floats(1.0, 300.0)),
)
granted = st.builds(Granted, st.just(Token(Secret(CANARY))), st.sampled_from([None, Problem.READ_ONLY]))
troubles = st.builds(TransientError, problems, st.just(""), st.one_of(st.none(), st.floats(0.0, LONGEST_RETRY_AFTER)))
answers: st.SearchStrategy[Event] = st.one_of(
    st.just(Pending()),
    st.just(SlowDown()),
    troubles,
    st.sampled_from([CodeExpired(), Denied(), GrantEnded(""), Revoked(), PermanentError(Problem.REFUSED, "", "No")]),
    granted,
    st.builds(CodeIssued, codes),
    st.sampled_from([FlowNotSupported(Problem.REFUSED, ""), Identified(Account("Ada")), Refreshed(OLD)]),
)
ENDS = (Phase.EXPIRED, Phase.CONNECTED, Phase.DENIED, Phase.FAILED, Phase.CANCELLED)
POLLING = (Phase.WAITING, Phase.RETRYING)


class SignInRules(RuleBasedStateMachine):
    """The state machine, its owner doing what it says, a server that says anything, and time that passes unevenly."""

    def __init__(self) -> None:
        super().__init__()
        self.state = SignIn()
        self.now = 1000.0
        self.watch = Watch()
        self.granted = False

    def advance(self, happening: Event, jitter: float = 0.5) -> None:
        before = self.state
        self.state = before.advance(happening, self.now, jitter)
        if before.phase in ENDS and not isinstance(happening, Granted):
            assert self.state.phase is before.phase, "an end is left only by a token"

    @initialize(code=codes, took=st.floats(0.0, 30.0))
    def get_a_code(self, code: DeviceAuthorization, took: float) -> None:
        """Most sign-ins get that far."""
        self.do_what_is_due()
        self.now += took
        self.answer(CodeIssued(code), 0.0)

    @precondition(lambda self: not self.state.running and not self.state.in_flight)
    @rule(code=codes, took=st.floats(0.0, 30.0), asks=st.booleans())
    def start_again(self, code: DeviceAuthorization, took: float, asks: bool) -> None:
        self.state, self.watch, self.granted = SignIn(), Watch(), False
        if asks:
            self.get_a_code(code, took)

    @rule(passed=seconds)
    def time_passes(self, passed: float) -> None:
        self.now += passed
        self.advance(Tick())
        if self.watch.deadline is not None and self.now >= self.watch.deadline:
            assert not self.state.running, "it goes on after the deadline"

    def sleep_until_something_is_due(self) -> None:
        wake_at = self.state.wake_at()
        self.time_passes(max(0.0, wake_at - self.now) if wake_at is not None else 0.0)

    @precondition(lambda self: self.state.polls and not self.state.in_flight)
    @rule(late=seconds)
    def wake_up_late(self, late: float) -> None:
        """The machine was busy, or asleep: nobody has told the time."""
        self.now += late
        self.do_what_is_due()

    @precondition(lambda self: not self.state.in_flight)
    @rule()
    def do_what_is_due(self) -> None:
        step = self.state.next_step(self.now)
        if step in (Step.WAIT, Step.STOP):
            return
        assert not self.state.in_flight, "two requests at once"
        if step is Step.IDENTIFY:
            assert self.state.phase is Phase.CONNECTED
        else:
            self.watch.sent(step is Step.POLL, self.now)
        self.advance(Sent())
        assert self.state.in_flight

    @precondition(lambda self: self.state.in_flight)
    @rule(read=answers, jitter=st.floats(0.0, 1.0))
    def answer(self, read: Event, jitter: float) -> None:
        phase = self.state.phase
        self.advance(read, jitter)
        assert not self.state.in_flight
        self.watch.answered(read, self.now)
        if isinstance(read, Granted) and phase is not Phase.STARTING:
            self.granted = True
        if isinstance(read, TransientError) and phase in POLLING:
            assert self.state.due >= self.now + max(self.watch.interval, read.retry_after or 0.0)

    @precondition(lambda self: self.state.running)
    @rule(read=answers, took=st.floats(0.0, 30.0))
    def poll_and_answer(self, read: Event, took: float) -> None:
        """What most of a sign-in consists of."""
        self.sleep_until_something_is_due()
        self.do_what_is_due()
        if self.state.in_flight:
            self.now += took
            self.answer(read, 0.5)

    @precondition(lambda self: self.state.running)
    @rule()
    def cancel(self) -> None:
        self.advance(Cancelled())
        self.watch.over = True
        assert self.state.phase is Phase.CANCELLED

    @invariant()
    def a_token_is_never_lost(self) -> None:
        assert not self.granted or self.state.phase is Phase.CONNECTED

    @invariant()
    def a_secret_is_never_printed(self) -> None:
        assert CANARY not in repr(self.state)

    @invariant()
    def it_never_hangs(self) -> None:
        """While it runs, a request is under way or due, or the time is known when something will be."""
        if self.state.running and not self.state.in_flight:
            due = self.state.next_step(self.now) is not Step.WAIT
            wake_at = self.state.wake_at()
            assert due or (wake_at is not None and math.isfinite(wake_at))


SignInRules.TestCase.settings = steady(150, steps=40)
TestSignIn = SignInRules.TestCase


@steady(400)
@given(st.lists(st.tuples(st.one_of(answers, st.sampled_from([Sent(), Tick(), Cancelled()])), seconds), max_size=30))
def test_any_events_in_any_order_are_taken(events: list[tuple[Event, float]]) -> None:
    state, now = SignIn(), 0.0
    for happening, passed in events:
        now += passed
        before, state = state, state.advance(happening, now, 0.5)
        assert before.phase not in ENDS or state.phase is before.phase or isinstance(happening, Granted)
        assert isinstance(state.next_step(now), Step)
        assert state.interval >= 0.0
    assert CANARY not in repr(state)
