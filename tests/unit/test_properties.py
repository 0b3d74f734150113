"""What holds for every answer, every order of events and every pace of time: found by trying thousands.

The same thousands each time, so that a red run can be repeated: see ``steady``.
"""

from __future__ import annotations

import json
import logging
import math
import re
from dataclasses import dataclass
from typing import Any, Callable, get_args

import pytest
from device import MemoryJournal
from fakes import FakeClock, FakeStore
from flow_cases import CLIENT_ID, DEVICE_BODY, NOW, PIN_BODY, TOKEN_BODY, account, answer
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from simkl_connect import oauth2, reading
from simkl_connect.account import read_account
from simkl_connect.answers import (
    Answer,
    CodeGone,
    CodeIssued,
    Denied,
    Ended,
    Granted,
    Identified,
    Pending,
    Refreshed,
    Refused,
    Revoked,
    SlowDown,
    Trouble,
    Unsuited,
)
from simkl_connect.authorizer import Authorizer
from simkl_connect.flows import FlowChoice
from simkl_connect.journal import Journal
from simkl_connect.oauth2 import DeviceFlow
from simkl_connect.phases import Phase
from simkl_connect.pin import PinFlow
from simkl_connect.problems import Problem
from simkl_connect.reading import LONGEST_RETRY_AFTER, clean_text, read_verification_uri, retry_after
from simkl_connect.resumption import Resumption
from simkl_connect.sign_in import SLOW_DOWN_BY, Cancelled, Event, Sent, SignIn, Step, Tick
from simkl_connect.values import Account, DeviceAuthorization, Secret, Token
from simkl_connect.view import View
from simkl_connect.wire import Request, Response


def steady(examples: int, steps: int = 50) -> settings:
    """The same examples in every run, and none of Hypothesis's own limits of time: a slow machine is no mistake."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


# What can come from a server

CANARY = "CANARY-7"
"""Stands for a secret, wherever a server may put one."""

words = st.one_of(
    st.sampled_from(["", "OK", "KO", "bearer", "media:read media:write", "Authorization pending", "slow_down"]),
    st.sampled_from(["authorization_pending", "expired_token", "access_denied", "invalid_grant", "invalid_client"]),
    st.sampled_from(["5G6JA", "BDWP-HQPK", CANARY, f"[B]{CANARY}[/B]", f"x {CANARY}\n", "[[CR]B]Ada", "\u202eadA"]),
    st.sampled_from(["https://simkl.com/pin", "https://tv.simkl.com/pin/", "https://simkl.com.evil.example/"]),
    st.text(max_size=30),
)
numbers = st.one_of(
    st.sampled_from([math.nan, math.inf, 10**400, 0, -1, 5, 900, 604800, 1e308, -0.0, -math.inf]),
    st.one_of(st.integers(), st.floats()),
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, words),
    lambda children: st.one_of(st.lists(children, max_size=3), st.dictionaries(words, children, max_size=3)),
    max_leaves=4,
)
REFUSAL = {"error": "policy_violation", "error_description": "No", "code": 400, "message": "no"}
GOOD: dict[str, list[dict[str, Any]]] = {
    "code-pin": [PIN_BODY, REFUSAL],
    "code-device": [DEVICE_BODY, REFUSAL],
    "poll-pin": [{"result": "OK", "access_token": "c0ffee"}, {"result": "KO", "message": "Slow down"}],
    "poll-device": [TOKEN_BODY, REFUSAL],
    "refresh": [TOKEN_BODY, REFUSAL],
    "revoke": [{}, REFUSAL],
    "name": [{"user": {"name": "Ada"}, "account": {"id": 12345}}],
}
"""What each request is usually answered with."""
spoilt_values = st.one_of(
    numbers,
    numbers.map(str),
    st.sampled_from([CANARY, f"{CANARY}-" * 20, f"{CANARY} ", f"[B]{CANARY}[/B]", f"x\n{CANARY}", f"https://{CANARY}"]),
    st.sampled_from(["A" * 17, "a-b", "-", "A" * 5000, "", "https://simkl.com/pin?a=b", "https://simkl.com/[B]"]),
    st.text(st.characters(max_codepoint=127), max_size=20),
    st.fixed_dictionaries({"name": words, "id": json_values}),
    json_values,
)


@st.composite
def spoilt_bodies(draw: st.DrawFn, reader: str | None = None) -> dict[str, object]:
    """A good answer with a field gone, one or two changed, and one that nobody knows."""
    body = dict(draw(st.sampled_from(GOOD[reader] if reader else [good for goods in GOOD.values() for good in goods])))
    fields = [*body, "unknown"]
    for field in draw(st.lists(st.sampled_from(fields), min_size=1, max_size=2)):
        body[field] = draw(spoilt_values)
    if draw(st.integers(0, 4)) == 4:
        body.pop(draw(st.sampled_from(fields)), None)
    return body


EXTREMES = [b"", b"<html>CANARY-7</html>", b"[" * 5000, b'{"user":' * 5000, b"9" * 5000]
bodies = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda value: json.dumps(value).encode(), spoilt_bodies()),
    st.builds(lambda value: json.dumps(value).encode(), json_values),
    st.builds(lambda value, cut: json.dumps(value).encode()[:cut], spoilt_bodies(), st.integers(0, 60)),
    st.integers(0, 4).map(lambda number: EXTREMES[number]),
)
statuses = st.one_of(
    st.sampled_from([200, 200, 200, 400, 401, 403, 404, 408, 410, 412, 429, 500, 503, 511]), st.integers(100, 999)
)
dates = st.builds(
    "{}, {} {} {} {}:{}:{} {}".format,
    st.sampled_from(["Tue", "", "x"]),
    st.one_of(st.integers(0, 40), st.integers(0, 10**40)),
    st.sampled_from(["Nov", "nov", "13", ""]),
    st.one_of(st.integers(1900, 2100), st.integers(0, 10**40)),
    st.one_of(st.integers(0, 30), st.integers(0, 10**40)),
    st.integers(0, 70),
    st.integers(0, 70),
    st.one_of(
        st.sampled_from(["GMT", "", "EST", "-0000"]),
        st.builds("{:+05d}".format, st.integers(-(10**4), 10**4)),
        st.builds("{:+05d}".format, st.integers(-(10**40), 10**40)),
    ),
)
header_values = st.one_of(
    st.integers(-10, 10**6).map(str),
    st.integers().map(str),
    dates,
    words,
    st.sampled_from(["application/json", "text/html"]),
    st.text(st.characters(max_codepoint=255), max_size=30),
)
headers = st.dictionaries(
    st.sampled_from(["content-type", "retry-after", "date", "location", "x-token"]), header_values, max_size=4
)
responses = st.builds(Response, statuses, headers, bodies)


def likely_responses(reader: str) -> st.SearchStrategy[Response]:
    """What could come from a server that means well and has a mistake."""
    return st.builds(answer, spoilt_bodies(reader), st.sampled_from([200, 200, 200, 400, 401, 500]))


OLD = Token(Secret("simkl_at_old"), Secret("simkl_rt_old"), NOW, "media:read media:write", CLIENT_ID)
DEVICE = DeviceFlow(CLIENT_ID, Secret("verifier"), lambda: NOW)
PIN = PinFlow(CLIENT_ID)
READERS: dict[str, Callable[[Response], Answer]] = {
    "code-pin": PIN.read_device_authorization,
    "code-device": DEVICE.read_device_authorization,
    "poll-pin": PIN.read_token,
    "poll-device": DEVICE.read_token,
    "refresh": lambda response: DEVICE.read_refresh(OLD, response),
    "revoke": DEVICE.read_revocation,
    "name": read_account,
}
MARKUP = re.compile(r"\[/?(?:B|I|LIGHT|UPPERCASE|LOWERCASE|CAPITALIZE|CR|TABS|COLOR)\b[^\]]*\]", re.IGNORECASE)
SIMKL = re.compile(r"https://([a-z0-9-]+\.)*simkl\.com(:443)?:?([/?#][!-~]*)?", re.IGNORECASE)


def check_text(text: str, longest: int) -> None:
    """It can be drawn on one line, and says nothing in Kodi's markup."""
    assert len(text) <= longest
    assert text.isprintable()
    assert not MARKUP.search(text)


def check_address(address: str) -> None:
    assert SIMKL.fullmatch(address), address
    assert len(address) <= 200 + len("?user_code=") + 16
    assert not set(address) & set("[]\\")


def check_token(token: Token) -> None:
    for secret in (token.access_token, token.refresh_token):
        assert secret is None or re.fullmatch(r"[!-~]{1,4096}", secret.reveal())
    assert token.client_id == CLIENT_ID
    assert token.expires_at is None or NOW + 1.0 <= token.expires_at <= NOW + oauth2.LONGEST_TOKEN_EXPIRES_IN
    check_text(token.scope, 200)


def check_authorization(code: DeviceAuthorization) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", code.user_code.reveal())
    assert len(code.user_code.reveal()) <= 16
    check_address(code.verification_uri)
    check_address(code.verification_uri_complete.reveal())
    assert 1.0 <= code.expires_in <= reading.LONGEST_EXPIRES_IN
    assert 1.0 <= code.interval <= reading.LONGEST_INTERVAL


def check_trouble(read: Trouble) -> None:
    assert isinstance(read.problem, Problem)
    assert read.retry_after is None or 0.0 <= read.retry_after <= LONGEST_RETRY_AFTER
    check_text(read.detail, 120)


def check_refusal(read: Refused) -> None:
    assert isinstance(read.problem, Problem)
    check_text(read.said, 120)
    check_text(read.detail, 120)


def check_account(found: Account) -> None:
    assert found.name
    check_text(found.name, 60)
    check_text(found.account_id, 32)


def check(read: Answer) -> None:
    """What holds for every answer, whatever it was read from."""
    assert isinstance(read, get_args(Answer))
    if isinstance(read, CodeIssued):
        check_authorization(read.authorization)
    elif isinstance(read, (Granted, Refreshed)):
        check_token(read.token)
    elif isinstance(read, Trouble):
        check_trouble(read)
    elif isinstance(read, Refused):
        check_refusal(read)
    elif isinstance(read, Identified):
        check_account(read.account)
    elif isinstance(read, Ended):
        check_text(read.detail, 120)


def without_what_is_shown(read: Answer) -> Answer:
    """The answer without the server's words that are meant for the screen, or for nobody but are no secret."""
    if isinstance(read, Refused):
        return read._replace(said="")
    if isinstance(read, Identified):
        return Identified(Account(""))
    if isinstance(read, (Granted, Refreshed)):
        return read._replace(token=read.token._replace(scope=""))
    if isinstance(read, CodeIssued):
        return CodeIssued(read.authorization._replace(verification_uri=""))
    return read


def holds_its_tongue(reader: str, response: Response) -> None:
    read = READERS[reader](response)
    event(f"{reader}: {type(read).__name__}")
    check(read)
    silent = without_what_is_shown(read)
    assert CANARY not in f"{silent!r} {silent} {[silent]}"


@pytest.mark.parametrize("reader", READERS)
@steady(150)
@given(data=st.data())
def test_a_spoilt_response_is_read_as_an_answer_that_holds_its_tongue(reader: str, data: st.DataObject) -> None:
    holds_its_tongue(reader, data.draw(likely_responses(reader)))


codes_to_show = st.one_of(
    st.text("ABZ09-", max_size=30),
    st.text(st.characters(max_codepoint=255), max_size=20),
    st.sampled_from(["[B]A[/B]", "A/../B", "A\nB", "A" * 17, "A" * 5000, "\u0410"]),
)


@pytest.mark.parametrize("reader", ["code-pin", "code-device"])
@steady(200)
@given(code=codes_to_show)
def test_a_code_that_comes_out_can_be_shown(reader: str, code: str) -> None:
    read = READERS[reader](answer({**GOOD[reader][0], "user_code": code}))
    event(type(read).__name__)
    check(read)


@steady(200)
@given(st.one_of(numbers, numbers.map(str)))
def test_a_number_that_comes_out_is_within_bounds(number: object) -> None:
    for reader in ("code-pin", "code-device", "poll-device", "refresh"):
        read = READERS[reader](answer({**GOOD[reader][0], "interval": number, "expires_in": number}))
        assert isinstance(read, (CodeIssued, Granted, Refreshed))
        check(read)


@steady(250)
@given(responses)
def test_any_response_is_read_as_an_answer_that_holds_its_tongue(response: Response) -> None:
    for reader in READERS:
        holds_its_tongue(reader, response)


@steady(400)
@given(st.one_of(words, json_values, st.text(), st.text("[]/BICROLacr \x00\n", max_size=60)), st.integers(1, 80))
def test_text_from_the_server_can_always_be_drawn(value: object, longest: int) -> None:
    check_text(clean_text(value, longest), longest)


hosts = st.one_of(
    st.sampled_from(["simkl.com", "tv.simkl.com", "evilsimkl.com", "simkl.com.evil.example", "simkl.com@evil.example"]),
    st.builds("{}{}simkl.com".format, st.text(max_size=10), st.sampled_from([".", "", ";.", "%2f.", "/", "@"])),
    st.builds("simkl.com{}".format, st.text(max_size=10)),
)
addresses = st.one_of(
    st.builds("{}://{}/{}".format, st.sampled_from(["https", "HTTPS", "http", "javascript"]), hosts, words),
    st.builds("https:{}{}".format, st.text("/\\@:.?#", max_size=6), hosts),
    json_values,
)


@steady(600)
@given(addresses)
def test_an_address_is_simkls_or_the_known_one(value: object) -> None:
    check_address(read_verification_uri(value))


@steady(600)
@given(header_values, header_values)
def test_a_pause_is_none_or_within_a_day(pause: str, date: str) -> None:
    seconds = retry_after(Response(429, {"retry-after": pause, "date": date}))
    assert seconds is None or 0.0 <= seconds <= LONGEST_RETRY_AFTER


@steady(300)
@given(st.one_of(st.text(), json_values.map(json.dumps), spoilt_bodies().map(json.dumps)))
def test_whatever_stands_where_the_view_is_published_is_a_view_or_none(text: str) -> None:
    view = View.from_json(text)
    assert view is None or isinstance(view, View)


views = st.builds(
    View,
    request=st.text(),
    phase=st.sampled_from([phase.value for phase in Phase]),
    user_code=words,
    verification_uri=words,
    expires_in=st.floats(0, 3600),
    deadline=st.one_of(st.none(), st.floats(0, 1e9)),
    account_name=words,
    problem=st.one_of(st.none(), st.sampled_from([problem.value for problem in Problem])),
    said=words,
)


@steady(200)
@given(views)
def test_a_view_travels_unchanged(view: View) -> None:
    assert View.from_json(view.to_json()) == view


@steady(150)
@given(st.one_of(st.binary(), json_values.map(lambda value: json.dumps(value).encode())))
def test_a_journal_reads_whatever_stands_in_its_file(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "journal.json"
    path.write_bytes(content)
    values = Journal(str(path)).read()
    assert all(isinstance(text, str) for pair in values.items() for text in pair)


# The state machine


@dataclass
class Watch:
    """The rules of one sign-in, kept apart from the code that is to obey them."""

    answered_at: float = 0.0
    interval: float = 0.0
    deadline: float | None = None
    asked_at: float = 0.0
    over: bool = False

    def sent(self, poll: bool, now: float) -> None:
        if not poll:
            self.asked_at = now
            return
        assert not self.over, "a poll after the end"
        assert self.deadline is not None, "a poll without a code"
        assert now >= self.answered_at + self.interval, "a poll before its time"
        assert now < self.deadline, "a poll after the deadline"

    def answered(self, read: Event, now: float) -> None:
        self.answered_at = now
        if self.deadline is None:
            if isinstance(read, CodeIssued):
                self.interval = read.authorization.interval
                self.deadline = self.asked_at + read.authorization.expires_in
        elif isinstance(read, SlowDown):
            self.interval += SLOW_DOWN_BY
        elif isinstance(read, (CodeGone, Denied, Granted)) or type(read) is Refused:
            self.over = True


codes = st.builds(
    DeviceAuthorization,
    user_code=st.just(Secret("5G6JA")),
    verification_uri=st.just("https://simkl.com/pin"),
    verification_uri_complete=st.just(Secret("https://simkl.com/pin/5G6JA")),
    expires_in=st.one_of(st.sampled_from([900.0, 900.0, 900.0, 60.0]), st.floats(1.0, 3600.0)),
    interval=st.one_of(st.sampled_from([5.0, 5.0, 1.0]), st.floats(1.0, 300.0)),
)
problems = st.sampled_from(list(Problem))
granted = st.builds(Granted, st.just(Token(Secret(CANARY))), st.sampled_from([None, Problem.READ_ONLY]))
troubles = st.builds(Trouble, problems, st.just(""), st.one_of(st.none(), st.floats(0.0, LONGEST_RETRY_AFTER)))
answers: st.SearchStrategy[Event] = st.one_of(
    st.just(Pending()),
    st.just(SlowDown()),
    troubles,
    st.sampled_from([CodeGone(), Denied(), Ended(""), Revoked(), Refused(Problem.REFUSED, "", "No")]),
    granted,
    st.builds(CodeIssued, codes),
    st.sampled_from([Unsuited(Problem.REFUSED, ""), Identified(Account("Ada")), Refreshed(OLD)]),
)
seconds = st.one_of(st.floats(0.0, 20.0), st.sampled_from([0.0, 0.1, 1.0, 4.9, 5.0, 9.9, 30.0, 300.0, 900.0]))
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
        if isinstance(read, Trouble) and phase in POLLING:
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


# The authorizer


class WatchedExchange:
    """An exchange whose requests wait for their turn as long as the test likes, and whose answers it gives."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._waiting: tuple[Request, Callable[[Response], Answer]] | None = None
        self._sent: tuple[Request, Callable[[Response], Answer]] | None = None
        self._answer: Answer | None = None
        self.hold = False
        self.closed = self.cancelled = False
        self.watch = Watch()
        self.granted: list[Token] = []

    @property
    def in_flight(self) -> bool:
        return self._waiting is not None or self._sent is not None or self._answer is not None

    @property
    def awaits_an_answer(self) -> bool:
        return self._sent is not None

    @property
    def kind(self) -> str:
        """What it asks: ``name``, or something of the flow ``pin`` or ``device``."""
        assert self._sent is not None
        path = self._sent[0].path
        return "name" if path == "/users/settings" else "device" if path.startswith("/oauth2/") else "pin"

    def wake_at(self) -> float | None:
        return None

    def start(self, request: Request, read: Callable[[Response], Answer]) -> None:
        assert not self.in_flight, "two requests at once"
        assert not self.closed, "a request after the end"
        self._waiting = (request, read)
        self._send()

    def _send(self) -> None:
        if self._waiting is None or self.hold or self.closed:
            return
        self._sent, self._waiting = self._waiting, None
        request = self._sent[0]
        if request.path == "/users/settings":
            assert self.granted, "whose account, without a token?"
            assert request.bearer == self.granted[-1].access_token
        else:
            assert not self.cancelled, "a request after cancel"
            self.watch.sent(poll=request.path not in ("/oauth/pin", "/oauth2/device"), now=self._clock())

    def answer(self) -> Answer | None:
        self._send()
        read, self._answer = self._answer, None
        if read is not None:
            self.watch.answered(read, self._clock())
        return read

    def respond(self, response: Response) -> None:
        """The thread's part: reading."""
        assert self._sent is not None
        self._answer, self._sent = self._sent[1](response), None
        if isinstance(self._answer, Granted):
            self.granted.append(self._answer.token)

    def fail(self, trouble: Trouble) -> None:
        self._answer, self._sent = trouble, None

    def withdraw(self) -> None:
        self._waiting = None

    def close(self, timeout: float = 0.0) -> bool:
        self.closed = True
        self._waiting = self._sent = self._answer = None
        return True


SAID: dict[str, dict[str, Response]] = {
    "pin": {
        "code": answer(PIN_BODY),
        "pending": answer({"result": "KO", "message": "Authorization pending"}),
        "slow down": answer({"result": "KO", "message": "Slow down"}),
        "gone": answer(PIN_BODY),
        "no": Response(401),
        "other flow": answer({"error": "unauthorized_client"}, 400),
    },
    "device": {
        "code": answer(DEVICE_BODY),
        "pending": answer({"error": "authorization_pending"}, 400),
        "slow down": answer({"error": "slow_down"}, 400),
        "gone": answer({"error": "expired_token"}, 400),
        "no": answer({"error": "policy_violation", "error_description": f"not {DEVICE_BODY['device_code']}"}, 400),
        "denied": answer({"error": "access_denied"}, 400),
        "other flow": answer({"error": "invalid_client"}, 401),
        "no PKCE": answer({"error": "invalid_request"}, 400),
    },
    "name": {
        "name": account("Ada"),
        "no": answer({"error": "user_token_failed"}, 401),
    },
}
"""What a server says, by what it was asked."""
sayings = st.sampled_from(["code", "pending", "slow down", "token", "token", "gone", "no", "denied", "busy"])


class AuthorizerRules(RuleBasedStateMachine):
    """The authorizer, people who press whatever they like, a server that says anything, and a disk that may be full."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.store = FakeStore()
        self.journal = MemoryJournal()
        self.exchanges: list[WatchedExchange] = []
        self.views: list[View] = []
        self.issued = 0
        self.start()

    def start(self) -> None:
        self.authorizer = Authorizer(
            store=self.store,
            client_id=lambda: CLIENT_ID,
            open_exchange=self.open,  # type: ignore[arg-type]
            publish=self.views.append,
            stored=lambda: None,
            finished=self.check_name,
            resumption=Resumption(self.journal, self.clock, lambda: NOW + self.clock(), "boot"),
            clock=self.clock,
            jitter=lambda: 0.5,
        )

    def open(self, client_id: str) -> WatchedExchange:
        assert client_id == CLIENT_ID
        self.exchanges.append(WatchedExchange(self.clock))
        return self.exchanges[-1]

    def check_name(self, _name: str) -> None:
        assert self.store.stored is not None or self.store.full, "a sign-in ends well, and no token is there"

    @property
    def view(self) -> View:
        return self.views[-1]

    @property
    def waiting(self) -> list[WatchedExchange]:
        return [exchange for exchange in self.exchanges if exchange.awaits_an_answer]

    @property
    def running(self) -> bool:
        return self.view.phase in ("starting", "waiting", "retrying")

    def deliver(self, exchange: WatchedExchange, response: Response) -> None:
        before = len(exchange.granted)
        exchange.respond(response)
        if len(exchange.granted) > before:
            assert self.store.noted[-1] == exchange.granted[-1], "a token is not on the disk where it is read"
        self.authorizer.advance()
        if len(exchange.granted) > before and not self.store.full:
            assert self.store.stored == exchange.granted[-1], "a granted token is not saved"
            assert self.view.phase == "connected"

    def say(self, exchange: WatchedExchange, what: str, took: float) -> None:
        """Answers in the words of the flow that asked."""
        self.clock.advance(took)
        kind = exchange.kind
        if exchange.watch.deadline is None and what not in ("busy", "no", "other flow", "no PKCE"):
            what = "code"
        if what == "token" and kind != "name":
            self.issued += 1
            token = f"{CANARY}-{self.issued}"
            said = answer({**TOKEN_BODY, "result": "OK", "access_token": token, "refresh_token": f"{token}-r"})
        else:
            said = SAID[kind].get(what, Response(503, {"retry-after": "60"}) if kind != "name" else account("Ada"))
        self.deliver(exchange, said)

    @initialize(flow=st.sampled_from(["pin", "device"]), what=st.sampled_from(["code", "code", "code", "other flow"]))
    def ask_for_a_code(self, flow: str, what: str) -> None:
        """Most sign-ins get that far."""
        self.store.flows[CLIENT_ID] = flow
        self.press_authorize("first")
        self.say(self.exchanges[-1], what, 1.0)

    @rule(flow=st.sampled_from(["pin", "device"]))
    def start_again(self, flow: str) -> None:
        """As far as the code, if that can be had."""
        self.store.flows[CLIENT_ID] = flow
        self.press_authorize(f"start {len(self.views)}")
        if self.view.phase == "starting" and self.exchanges[-1].awaits_an_answer:
            self.say(self.exchanges[-1], "code", 1.0)

    @rule(request=st.sampled_from(["", "r1", "r2", "r3"]))
    def press_authorize(self, request: str) -> None:
        exchanges, ran = len(self.exchanges), self.running
        self.authorizer.authorize(request)
        assert not ran or len(self.exchanges) == exchanges, "two sign-ins that a user sees"

    @rule(what=sayings, took=st.floats(0.0, 30.0))
    def the_next_request_is_answered(self, what: str, took: float) -> None:
        """What most of a sign-in consists of."""
        if not self.exchanges:
            return
        if not self.exchanges[-1].awaits_an_answer:
            self.wait_for_what_is_planned()
        if self.exchanges[-1].awaits_an_answer:
            self.say(self.exchanges[-1], what, took)

    @rule()
    def the_user_allows_it(self) -> None:
        self.the_next_request_is_answered("pending", 1.0)
        self.the_next_request_is_answered("token", 1.0)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), what=sayings)
    def any_request_is_answered(self, data: st.DataObject, what: str) -> None:
        self.say(self.pick(data), what, 0.0)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), response=responses)
    def anything_is_answered(self, data: st.DataObject, response: Response) -> None:
        self.deliver(self.pick(data), response)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), problem=problems)
    def a_connection_fails(self, data: st.DataObject, problem: Problem) -> None:
        self.pick(data).fail(Trouble(problem, "no network"))
        self.authorizer.advance()

    def pick(self, data: st.DataObject) -> WatchedExchange:
        """One of this sign-in or of one that was left."""
        return self.waiting[data.draw(st.integers(0, len(self.waiting) - 1))]

    @rule(again=st.booleans())
    def press_cancel(self, again: bool) -> None:
        self.authorizer.cancel()
        self.no_more_polls()
        assert not self.running
        if again:
            self.press_authorize(f"again {len(self.views)}")

    @rule()
    def sign_out(self) -> None:
        self.authorizer.reset(f"out {len(self.views)}")
        self.store.stored, self.store.owner = None, Account("")
        self.no_more_polls()
        assert self.view.phase == "idle"

    def no_more_polls(self) -> None:
        for exchange in self.exchanges:
            exchange.cancelled = True

    @rule(full=st.booleans())
    def the_disk_is_full(self, full: bool) -> None:
        self.store.full = full

    @rule(hold=st.booleans())
    def another_post_comes_first(self, hold: bool) -> None:
        for exchange in self.exchanges:
            exchange.hold = hold

    @rule(passed=seconds)
    def time_passes(self, passed: float) -> None:
        self.clock.advance(passed)
        self.authorizer.advance()
        watch = self.exchanges[-1].watch if self.exchanges else Watch()
        if watch.deadline is not None and self.clock() >= watch.deadline:
            assert self.view.phase not in ("waiting", "retrying"), "it goes on after the deadline"

    @rule()
    def wait_for_what_is_planned(self) -> None:
        planned = self.authorizer.seconds_to_wait()
        self.time_passes(planned if planned is not None else 0.0)

    @rule()
    def kodi_is_killed_and_started_again(self) -> None:
        running = self.view.phase in ("waiting", "retrying")
        for exchange in self.exchanges:
            exchange.close()
        self.start()
        self.authorizer.resume()
        assert (self.view.phase == "waiting") == running, "it is taken up again if it was under way, and only then"
        if running:
            self.exchanges[-1].watch = self.watch_taken_up_again()

    def watch_taken_up_again(self) -> Watch:
        values = self.journal.read()
        return Watch(self.clock(), float(values["interval"]), self.view.deadline)

    @invariant()
    def no_view_holds_a_secret(self) -> None:
        published = self.view._replace(account_name="", said=self.view.said).to_json()
        assert CANARY not in published.replace(self.view.said or "\0", "")
        assert str(DEVICE_BODY["device_code"]) not in published

    @invariant()
    def it_never_hangs(self) -> None:
        if self.running:
            planned = self.authorizer.seconds_to_wait()
            assert self.authorizer.in_flight or (planned is not None and math.isfinite(planned))

    @invariant()
    def a_name_stands_only_beside_a_token(self) -> None:
        assert self.store.stored is not None or not self.store.owner.name

    def teardown(self) -> None:
        """Whatever was left under way ends, and leaves no thread."""
        self.store.full = False
        self.another_post_comes_first(False)
        self.press_cancel(False)
        for _ in range(3):
            for exchange in self.exchanges:
                if exchange.awaits_an_answer:
                    exchange.fail(Trouble(Problem.OFFLINE, ""))
            self.authorizer.advance()
        assert not self.authorizer.in_flight
        assert self.authorizer.seconds_to_wait() is None
        assert [exchange for exchange in self.exchanges if not exchange.closed] == []


AuthorizerRules.TestCase.settings = steady(150, steps=50)
TestAuthorizer = AuthorizerRules.TestCase


@pytest.fixture(autouse=True)
def only_errors_are_logged() -> Any:
    """Thousands of sign-ins would fill the report of a red test."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@steady(200)
@given(st.dictionaries(st.sampled_from(["request", "client_id", "flow", "user_code", "expires_in"]), words, max_size=5))
def test_a_half_written_sign_in_is_not_taken_up_again(values: dict[str, str]) -> None:
    journal = MemoryJournal()
    journal.write(values)
    assert Resumption(journal, FakeClock(), FakeClock(NOW), "boot").recall() is None
    assert journal.read() == {}


refusals = st.builds(
    lambda status, error: answer({"error": error}, status),
    st.sampled_from([400, 401, 404, 410, 412]),
    st.sampled_from(["invalid_request", "invalid_client", "unauthorized_client", "client_id_failed", ""]),
)


@steady(200)
@given(st.lists(refusals, min_size=5, max_size=5), st.sampled_from(["", "pin", "device"]))
def test_the_search_for_a_flow_ends_however_often_the_server_points_to_another(
    refused: list[Response], worked_last: str
) -> None:
    choice, asked = FlowChoice(CLIENT_ID, worked_last, Secret("verifier")), 0
    for refusal in refused:
        asked += 1
        read = choice.flow.read_device_authorization(refusal)
        if not isinstance(read, Unsuited) or not choice.otherwise(read):
            break
    assert asked <= 3
