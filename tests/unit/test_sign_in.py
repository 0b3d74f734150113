"""The state machine, with nothing but states, events and times."""

from __future__ import annotations

import pytest
from simkl_connect.auth.events import CodeExpired, CodeIssued, Denied, Granted, Identified, Pending, SlowDown
from simkl_connect.auth.phases import Phase
from simkl_connect.auth.state_machine import LONGEST_BACKOFF, Cancelled, Event, Sent, SignIn, Step, Tick
from simkl_connect.errors import PermanentError, Problem, TransientError
from simkl_connect.models import Account, DeviceAuthorization, Secret, Token

CODE = DeviceAuthorization(Secret("5G6JA"), "https://simkl.com/pin", Secret("https://simkl.com/pin/5G6JA"), 900.0, 5.0)
GRANTED = Granted(Token(Secret("token")))
TROUBLE = TransientError(Problem.OFFLINE, "no network")
REFUSED = PermanentError(Problem.CLIENT_ID_REFUSED, "HTTP 412")
ENDS = {
    "code gone": (CodeExpired(), Phase.EXPIRED),
    "denied": (Denied(), Phase.DENIED),
    "refused": (REFUSED, Phase.FAILED),
    "cancelled": (Cancelled(), Phase.CANCELLED),
    "granted": (GRANTED, Phase.CONNECTED),
}


def waiting(asked_at: float = 0.0, answered_at: float = 1.0) -> SignIn:
    return SignIn().advance(Sent(), asked_at).advance(CodeIssued(CODE), answered_at)


def polled(state: SignIn, answer: Event, at: float, jitter: float = 0.0) -> SignIn:
    return state.advance(Sent(), at).advance(answer, at, jitter)


def test_a_new_sign_in_asks_for_a_code() -> None:
    assert SignIn().next_step(0.0) is Step.ASK


def test_the_first_poll_is_due_one_interval_after_the_code_came() -> None:
    state = waiting(answered_at=1.0)
    assert state.next_step(5.9) is Step.WAIT
    assert state.next_step(6.0) is Step.POLL


def test_a_poll_is_due_one_interval_after_the_answer_to_the_last() -> None:
    state = waiting().advance(Sent(), 6.0).advance(Pending(), 6.7)
    assert state.next_step(11.6) is Step.WAIT
    assert state.next_step(11.7) is Step.POLL


def test_nothing_is_sent_while_an_answer_is_awaited() -> None:
    assert waiting().advance(Sent(), 6.0).next_step(100.0) is Step.WAIT


def test_slow_down_adds_five_seconds_each_time_and_for_good() -> None:
    state = polled(polled(polled(waiting(), SlowDown(), 6.0), SlowDown(), 16.0), Pending(), 31.0)
    assert state.interval == 15.0
    assert state.due == 46.0


def test_the_code_expires_by_the_time_it_was_asked_for() -> None:
    state = waiting(asked_at=0.0, answered_at=3.0)
    assert state.advance(Tick(), 899.9).phase is Phase.WAITING
    assert state.advance(Tick(), 900.0).phase is Phase.EXPIRED


def test_no_poll_is_due_at_the_deadline_or_later() -> None:
    assert waiting().next_step(900.0) is Step.WAIT


def test_it_wakes_for_the_next_poll_or_the_deadline_whichever_comes_first() -> None:
    assert waiting().wake_at() == 6.0
    assert waiting().advance(Sent(), 6.0).wake_at() == 900.0
    assert polled(waiting(), TransientError(Problem.RATE_LIMITED, "", retry_after=5000.0), 6.0).wake_at() == 900.0


@pytest.mark.parametrize(("event", "phase"), ENDS.values(), ids=ENDS)
def test_an_end_is_reached_from_waiting(event: Event, phase: Phase) -> None:
    assert polled(waiting(), event, 6.0).phase is phase


@pytest.mark.parametrize(("event", "phase"), ENDS.values(), ids=ENDS)
def test_an_end_is_reached_from_retrying(event: Event, phase: Phase) -> None:
    assert polled(polled(waiting(), TROUBLE, 6.0), event, 60.0).phase is phase


@pytest.mark.parametrize("event", [event for event, phase in ENDS.values() if phase is not Phase.CONNECTED])
def test_after_an_end_nothing_is_sent(event: Event) -> None:
    ended = polled(waiting(), event, 6.0)
    if ended.in_flight:
        ended = ended.advance(Pending(), 7.0)
    assert ended.next_step(11.0) is Step.STOP


@pytest.mark.parametrize("event", [event for event, phase in ENDS.values() if phase is not Phase.CONNECTED])
def test_a_token_is_taken_after_every_end(event: Event) -> None:
    ended = waiting().advance(Sent(), 6.0).advance(event, 7.0)
    assert ended.advance(GRANTED, 8.0).phase is Phase.CONNECTED


def test_a_token_that_arrives_after_the_deadline_is_taken() -> None:
    late = waiting().advance(Sent(), 899.0).advance(Tick(), 901.0)
    assert late.phase is Phase.EXPIRED
    assert late.advance(GRANTED, 902.0).phase is Phase.CONNECTED


@pytest.mark.parametrize("event", [TROUBLE, REFUSED])
def test_a_code_that_can_not_be_had_is_a_failure(event: Event) -> None:
    failed = SignIn().advance(Sent(), 0.0).advance(event, 1.0)
    assert failed.phase is Phase.FAILED
    assert failed.problem is not None


def test_a_cancelled_request_for_a_code_shows_no_code_when_it_is_answered() -> None:
    state = SignIn().advance(Sent(), 0.0).advance(Cancelled(), 0.5).advance(CodeIssued(CODE), 1.0)
    assert state.phase is Phase.CANCELLED
    assert state.next_step(60.0) is Step.STOP


def test_trouble_keeps_the_code_and_its_deadline() -> None:
    state = polled(waiting(), TROUBLE, 6.0)
    assert (state.phase, state.authorization, state.deadline) == (Phase.RETRYING, CODE, 900.0)


def test_the_first_answer_after_trouble_ends_the_retrying() -> None:
    state = polled(polled(waiting(), TROUBLE, 6.0), Pending(), 20.0)
    assert (state.phase, state.problem, state.failures) == (Phase.WAITING, None, 0)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_retries_grow_apart_but_never_below_the_interval_nor_above_the_longest_backoff(jitter: float) -> None:
    state, waits = waiting(), []
    for _ in range(20):
        at = state.due
        state = polled(state, TROUBLE, at, jitter)
        waits.append(state.due - at)
    assert waits == sorted(waits)
    assert waits[0] >= 5.0
    assert waits[0] < waits[-1] <= LONGEST_BACKOFF


def test_an_interval_above_the_longest_backoff_is_kept_while_retrying() -> None:
    state = waiting()
    for _ in range(8):
        state = polled(state, SlowDown(), state.due)
    at = state.due
    assert polled(state, TROUBLE, at).due == at + 45.0


def test_retry_after_is_respected() -> None:
    assert polled(waiting(), TransientError(Problem.RATE_LIMITED, "", retry_after=120.0), 6.0).due == 126.0


def test_a_connected_account_is_identified_once() -> None:
    connected = polled(waiting(), GRANTED, 6.0)
    assert connected.next_step(6.0) is Step.IDENTIFY
    identified = polled(connected, Identified(Account("Ada", "1")), 6.0)
    assert identified.account == Account("Ada", "1")
    assert identified.next_step(6.0) is Step.STOP


@pytest.mark.parametrize("event", [TROUBLE, REFUSED])
def test_an_account_that_can_not_be_identified_stays_connected(event: Event) -> None:
    state = polled(polled(waiting(), GRANTED, 6.0), event, 6.0)
    assert state.phase is Phase.CONNECTED
    assert state.next_step(60.0) is Step.STOP
