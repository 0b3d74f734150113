from __future__ import annotations

import pytest
from fakes import FakeClock
from simkl_connect.delivery.retry import DAILY_QUOTA_PAUSE, LOCKED, LONGEST, Retry
from simkl_connect.errors import PermanentError, Problem, TransientError

OFFLINE = TransientError(Problem.OFFLINE, "gaierror")
MINUTE = TransientError(Problem.RATE_LIMITED, "rate_limit", retry_after=60.0)
QUOTA = TransientError(Problem.RATE_LIMITED, "user_limit_exceeded")
REFUSED = PermanentError(Problem.CLIENT_ID_REFUSED, "HTTP 412")


@pytest.fixture
def retry(clock: FakeClock) -> Retry:
    return Retry(clock, jitter=lambda: 0.0)


def test_a_wait_of_our_own_is_doubled_with_each_failure_up_to_15_minutes_and_no_pause(retry: Retry) -> None:
    waits = []
    for _ in range(9):
        retry.fail(OFFLINE)
        waits.append(retry.seconds_to_wait())
    assert waits == [10, 20, 40, 80, 160, 320, 640, LONGEST, LONGEST]
    assert not retry.is_paused


def test_devices_are_spread_over_a_tenth_of_the_wait(clock: FakeClock) -> None:
    retry = Retry(clock, jitter=lambda: 1.0)
    retry.fail(OFFLINE)
    assert retry.seconds_to_wait() == pytest.approx(11.0)


def test_a_thousand_failures_are_no_overflow(retry: Retry) -> None:
    for _ in range(2000):
        retry.fail(OFFLINE)
    assert retry.seconds_to_wait() == LONGEST


def test_a_success_ends_the_wait_and_begins_the_doubling_anew(retry: Retry, clock: FakeClock) -> None:
    retry.fail(OFFLINE)
    retry.fail(OFFLINE)
    retry.retry_now()
    assert retry.seconds_to_wait() == 0
    retry.fail(OFFLINE)
    assert retry.seconds_to_wait() == 10
    clock.advance(11.0)
    assert retry.seconds_to_wait() == 0


@pytest.mark.parametrize(
    ("failure", "seconds"),
    [
        (OFFLINE, 0.0),
        (MINUTE, 60.0),
        (QUOTA, DAILY_QUOTA_PAUSE),
        (QUOTA._replace(retry_after=60.0), 60.0),
        (REFUSED, LONGEST),
        (PermanentError(Problem.INTERNAL, "KeyError"), 0.0),
    ],
)
def test_a_pause_that_simkl_asks_for_is_kept_to_its_end_whatever_happens(
    retry: Retry, clock: FakeClock, failure: TransientError | PermanentError, seconds: float
) -> None:
    retry.keep_pause(failure)
    retry.retry_now()
    assert (retry.seconds_to_wait(), retry.is_paused) == (seconds, seconds > 0)
    clock.advance(seconds)
    assert not retry.is_paused


def test_the_longer_pause_counts(retry: Retry) -> None:
    retry.keep_pause(MINUTE)
    retry.pause_while_locked()
    retry.fail(OFFLINE)
    assert retry.seconds_to_wait() == 60.0


def test_another_write_of_this_user_is_waited_for(retry: Retry) -> None:
    retry.pause_while_locked()
    assert (retry.seconds_to_wait(), retry.is_paused) == (LOCKED, True)
    retry.keep_pause(MINUTE)
    assert retry.seconds_to_wait() == 60.0


def test_a_failure_keeps_the_pause_that_comes_with_it(retry: Retry) -> None:
    retry.fail(MINUTE)
    retry.retry_now()
    assert retry.seconds_to_wait() == 60.0
