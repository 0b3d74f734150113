"""What holds for the owner of a sign-in, whoever presses what and whatever a server says: found by trying thousands."""

from __future__ import annotations

import logging
import math
from typing import Any, Callable

import pytest
from chances import CANARY, problems, responses, seconds, steady, words
from device import MemoryJournal
from fakes import FakeClock, FakeStore
from flow_cases import CLIENT_ID, DEVICE_BODY, NOW, PIN_BODY, TOKEN_BODY, account, answer
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from simkl_connect.auth.authorizer import Authorizer
from simkl_connect.auth.events import Answer, FlowNotSupported, Granted
from simkl_connect.auth.flow_choice import FlowChoice
from simkl_connect.auth.pending_sign_in import PendingSignIn
from simkl_connect.errors import Problem, TransientError
from simkl_connect.http.messages import Request, Response
from simkl_connect.models import Account, Secret, Token
from simkl_connect.ui.view import View
from watch import Watch


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

    def fail(self, trouble: TransientError) -> None:
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
            resumption=PendingSignIn(self.journal, self.clock, lambda: NOW + self.clock(), "boot"),
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
        self.pick(data).fail(TransientError(problem, "no network"))
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
        published = self.view._replace(account_name="", server_message=self.view.server_message).to_json()
        assert CANARY not in published.replace(self.view.server_message or "\0", "")
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
                    exchange.fail(TransientError(Problem.OFFLINE, ""))
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
    assert PendingSignIn(journal, FakeClock(), FakeClock(NOW), "boot").recall() is None
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
        if not isinstance(read, FlowNotSupported) or not choice.otherwise(read):
            break
    assert asked <= 3
