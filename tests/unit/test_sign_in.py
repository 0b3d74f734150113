"""The state machine, with nothing but states, events and times."""

from __future__ import annotations

import pytest
from simkl_connect.auth.events import (
    CodeExpired,
    CodeIssued,
    Denied,
    Granted,
    GrantEnded,
    Identified,
    Pending,
    SlowDown,
)
from simkl_connect.auth.phases import Phase
from simkl_connect.auth.state_machine import Cancelled, Event, Sent, SignIn, Step, Tick
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


BEFORE_A_REQUEST = {
    "for a code": SignIn(),
    "for a token": waiting(),
    "for a token again": polled(waiting(), TROUBLE, 6.0),
    "for a name": polled(waiting(), GRANTED, 6.0),
}


@pytest.mark.parametrize("state", BEFORE_A_REQUEST.values(), ids=BEFORE_A_REQUEST)
def test_nothing_is_sent_while_an_answer_is_awaited(state: SignIn) -> None:
    sent = state.advance(Sent(), 60.0)
    assert (sent.next_step(100.0), sent.advance(Tick(), 61.0).next_step(100.0)) == (Step.WAIT, Step.WAIT)


def test_an_answer_that_means_nothing_here_begins_the_interval_anew() -> None:
    state = polled(waiting(), CodeIssued(CODE), 7.0)
    assert (state.next_step(11.9), state.next_step(12.0)) == (Step.WAIT, Step.POLL)


def test_slow_down_adds_five_seconds_each_time_and_for_good() -> None:
    state = polled(waiting(), SlowDown(), 6.0)
    assert (state.interval, state.due) == (10.0, 16.0)
    state = polled(polled(state, SlowDown(), 16.0), Pending(), 31.0)
    assert (state.interval, state.due) == (15.0, 46.0)


def test_slow_down_ends_the_retrying_too() -> None:
    state = polled(polled(waiting(), TROUBLE, 6.0), SlowDown(), 60.0)
    assert (state.phase, state.interval) == (Phase.WAITING, 10.0)


def test_the_code_expires_by_the_time_it_was_asked_for() -> None:
    state = waiting(asked_at=100.0, answered_at=103.0)
    retrying = polled(state, TROUBLE, 110.0)
    assert state.advance(Tick(), 999.9).phase is Phase.WAITING
    assert state.advance(Tick(), 1000.0).phase is Phase.EXPIRED
    assert retrying.advance(Tick(), 999.9).phase is Phase.RETRYING
    assert (retrying.advance(Tick(), 1000.0).phase, retrying.advance(Tick(), 1000.0).problem) == (Phase.EXPIRED, None)


def test_no_poll_is_due_at_the_deadline_or_later() -> None:
    assert waiting().next_step(900.0) is Step.WAIT


def test_it_wakes_for_the_next_poll_or_the_deadline_whichever_comes_first() -> None:
    assert waiting().wake_at() == 6.0
    assert waiting().advance(Sent(), 6.0).wake_at() == 900.0
    assert polled(waiting(), TransientError(Problem.RATE_LIMITED, "", retry_after=5000.0), 6.0).wake_at() == 900.0


@pytest.mark.parametrize("state", [SignIn(), SignIn(Phase.CONNECTED, identified=True), SignIn(Phase.DENIED)])
def test_it_wakes_for_nothing_where_only_an_answer_or_nothing_is_to_come(state: SignIn) -> None:
    assert state._replace(deadline=900.0).wake_at() is None


@pytest.mark.parametrize(("event", "phase"), ENDS.values(), ids=ENDS)
def test_an_end_is_reached_from_waiting(event: Event, phase: Phase) -> None:
    assert polled(waiting(), event, 6.0).phase is phase


@pytest.mark.parametrize(("event", "phase"), ENDS.values(), ids=ENDS)
def test_an_end_is_reached_from_retrying(event: Event, phase: Phase) -> None:
    ended = polled(polled(waiting(), TROUBLE, 6.0), event, 60.0)
    assert ended.phase is phase
    assert ended.problem is (REFUSED.problem if event is REFUSED else None)


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
def test_a_code_that_can_not_be_had_is_a_failure(event: TransientError | PermanentError) -> None:
    failed = SignIn().advance(Sent(), 0.0).advance(event, 1.0)
    assert (failed.phase, failed.server_message) == (Phase.FAILED, "")
    assert failed.problem is event.problem


def test_what_the_server_says_of_a_refusal_is_kept() -> None:
    refused = polled(waiting(), PermanentError(Problem.REFUSED, "", "Not with this app"), 6.0)
    assert refused.server_message == "Not with this app"


def test_what_a_token_may_not_do_is_kept() -> None:
    assert polled(waiting(), GRANTED._replace(problem=Problem.READ_ONLY), 6.0).problem is Problem.READ_ONLY


def test_a_cancelled_request_for_a_code_shows_no_code_when_it_is_answered() -> None:
    state = SignIn().advance(Sent(), 0.0).advance(Cancelled(), 0.5).advance(CodeIssued(CODE), 1.0)
    assert state.phase is Phase.CANCELLED
    assert state.next_step(60.0) is Step.STOP


def test_trouble_keeps_the_code_and_its_deadline() -> None:
    state = polled(waiting(), TROUBLE, 6.0)
    assert (state.phase, state.problem) == (Phase.RETRYING, Problem.OFFLINE)
    assert (state.authorization, state.deadline) == (CODE, 900.0)


def test_the_first_answer_after_trouble_ends_the_retrying() -> None:
    state = polled(polled(waiting(), TROUBLE, 6.0), Pending(), 20.0)
    assert (state.phase, state.problem, state.failures) == (Phase.WAITING, None, 0)


@pytest.mark.parametrize(
    ("interval", "jitter", "expected"),
    [
        (5.0, 0.0, [7.5, 12.5, 17.5, 17.5]),
        (5.0, 0.5, [8.75, 16.25, 23.75, 23.75]),
        (5.0, 1.0, [10, 20, 30, 30]),
        (1.0, 1.0, [2, 4, 8, 16, 30]),
    ],
)
def test_retries_grow_apart_from_the_interval_on_up_to_the_longest_backoff(
    interval: float, jitter: float, expected: list[float]
) -> None:
    state, waits = waiting()._replace(interval=interval), []
    for _ in expected:
        at = state.due
        state = polled(state, TROUBLE, at, jitter)
        waits.append(state.due - at)
    assert waits == expected


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


@pytest.mark.parametrize("event", [TROUBLE, REFUSED, GrantEnded("")])
def test_an_account_that_can_not_be_identified_stays_connected(event: Event) -> None:
    state = polled(polled(waiting(), GRANTED, 6.0), event, 6.0)
    assert state.phase is Phase.CONNECTED
    assert state.next_step(60.0) is Step.STOP
