"""What holds for the owner of a sign-in, whoever presses what and whatever a server says: found by trying thousands."""

from __future__ import annotations

import logging
import math
from typing import Any

import pytest
from chances import CANARY, problems, responses, seconds, steady, words
from fake_worker import FakeWorker
from fakes import FakeClock, FakeStore, MemoryDatabase, environment
from flow_cases import CLIENT_ID, DEVICE_BODY, NOW, PIN_BODY, TOKEN_BODY, account, answer
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from simkl_connect.auth.authorizer import Authorizer
from simkl_connect.auth.events import CodeIssued, FlowNotSupported, Granted
from simkl_connect.auth.flow_choice import FlowChoice
from simkl_connect.auth.pending_sign_in import PendingSignIn
from simkl_connect.errors import PermanentError, Problem, TransientError
from simkl_connect.http.messages import Request, Response
from simkl_connect.models import Account, Secret, Token
from simkl_connect.ui.view import View
from watch import Watch


class WatchedWorker(FakeWorker):
    """A worker whose requests wait for their turn as long as the test likes, and are refereed when they are sent."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock
        self.hold = False
        self.watch = Watch()
        self.watches: dict[str, Watch] = {}
        self.granted: list[Token] = []

    @property
    def kind(self) -> str:
        """What the request in flight asks: ``name``, or something of the flow ``pin`` or ``device``."""
        assert self.in_flight is not None
        path = self.in_flight.request.path
        return "name" if path == "/users/settings" else "device" if path.startswith("/oauth2/") else "pin"

    def flush(self) -> bool:
        """Whether a request is in flight now."""
        if self.in_flight is None and self.waiting and not self.hold:
            self.send()
        return self.in_flight is not None

    def send(self) -> Request:
        request = super().send()
        if request.path == "/users/settings":
            assert request.bearer in [token.access_token for token in self.granted], "whose account, without a token?"
        elif request.path in ("/oauth/pin", "/oauth2/device"):
            self.watch = Watch()
            self.watch.sent(poll=False, now=self._clock())
        else:
            self.watch = self.watches[code_of(request)]
            self.watch.sent(poll=True, now=self._clock())
        return request

    def answer(self, reply: Response | TransientError | PermanentError) -> Request:
        job = self.in_flight
        assert job is not None
        request = super().answer(reply)
        if request.path != "/users/settings":
            self.watch.answered(job.result, self._clock())
        if isinstance(job.result, Granted):
            self.granted.append(job.result.token)
        if isinstance(job.result, CodeIssued):
            authorization = job.result.authorization
            self.watches[(authorization.device_code or authorization.user_code).reveal()] = self.watch
        return request

    def no_more_polls(self) -> None:
        """Whatever is under way is the last of its sign-in."""
        assert all(job.request.path == "/users/settings" for job in self.waiting), "a request that nobody wants"
        for watch in (self.watch, *self.watches.values()):
            watch.over = True


def code_of(request: Request) -> str:
    """The code that a poll asks about."""
    return (request.form or {}).get("device_code") or request.path.rpartition("/")[2]


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
        self.database = MemoryDatabase()
        self.views: list[View] = []
        self.issued = 0
        self.start()

    def start(self) -> None:
        self.worker = WatchedWorker(self.clock)
        wall_clock = lambda: NOW + self.clock()  # noqa: E731
        self.authorizer = Authorizer(
            environment(self.clock, self.worker, self.store, self.database, wall_clock),
            PendingSignIn(self.database, self.clock, wall_clock, "boot"),  # type: ignore[arg-type]
            client_id=lambda: CLIENT_ID,
            publish=self.views.append,
            stored=lambda: None,
            finished=self.check_name,
        )

    def check_name(self, _name: str) -> None:
        assert self.store.stored is not None or self.store.full, "a sign-in ends well, and no token is there"

    @property
    def view(self) -> View:
        return self.views[-1]

    @property
    def running(self) -> bool:
        return self.view.phase in ("starting", "waiting", "retrying")

    def deliver(self, response: Response) -> None:
        before = len(self.worker.granted)
        self.worker.answer(response)
        is_granted = len(self.worker.granted) > before
        if is_granted:
            assert self.store.stored == self.worker.granted[-1], "a token is not saved where it is read"
        self.authorizer.advance()
        if is_granted and not self.store.full:
            assert self.view.phase == "connected"

    def say(self, what: str, took: float) -> None:
        """Answers in the words of the flow that asked."""
        self.clock.advance(took)
        kind, watch = self.worker.kind, self.worker.watch
        if kind != "name" and watch.deadline is None and what not in ("busy", "no", "other flow", "no PKCE"):
            what = "code"
        self.issued += 1
        if what == "token" and kind != "name":
            token = f"{CANARY}-{self.issued}"
            reply = answer({**TOKEN_BODY, "result": "OK", "access_token": token, "refresh_token": f"{token}-r"})
        elif what == "code" and kind == "pin":
            reply = answer({**PIN_BODY, "user_code": f"PIN{self.issued}"})
        elif what == "code" and kind == "device":
            reply = answer({**DEVICE_BODY, "device_code": f"{DEVICE_BODY['device_code']}-{self.issued}"})
        else:
            reply = SAID[kind].get(what, Response(503, {"retry-after": "60"}) if kind != "name" else account("Ada"))
        self.deliver(reply)

    @initialize(flow=st.sampled_from(["pin", "device"]), what=st.sampled_from(["code", "code", "code", "other flow"]))
    def ask_for_a_code(self, flow: str, what: str) -> None:
        """Most sign-ins get that far."""
        self.store.flows[CLIENT_ID] = flow
        self.press_authorize("first")
        self.worker.flush()
        self.say(what, 1.0)

    @rule(flow=st.sampled_from(["pin", "device"]))
    def start_again(self, flow: str) -> None:
        """As far as the code, if that can be had."""
        self.store.flows[CLIENT_ID] = flow
        self.press_authorize(f"start {len(self.views)}")
        if self.view.phase == "starting" and self.worker.flush() and self.worker.watch.deadline is None:
            self.say("code", 1.0)

    @rule(request=st.sampled_from(["", "r1", "r2", "r3"]))
    def press_authorize(self, request: str) -> None:
        asked, ran = len(self.worker.waiting), self.running
        self.authorizer.authorize(request)
        assert not ran or len(self.worker.waiting) <= asked + 1, "two sign-ins that a user sees"

    @rule(what=sayings, took=st.floats(0.0, 30.0))
    def the_next_request_is_answered(self, what: str, took: float) -> None:
        """What most of a sign-in consists of."""
        if not self.worker.flush():
            self.wait_for_what_is_planned()
        if self.worker.flush():
            self.say(what, took)

    @rule()
    def the_user_allows_it(self) -> None:
        self.the_next_request_is_answered("pending", 1.0)
        self.the_next_request_is_answered("token", 1.0)

    @precondition(lambda self: self.worker.flush())
    @rule(response=responses)
    def anything_is_answered(self, response: Response) -> None:
        self.deliver(response)

    @precondition(lambda self: self.worker.flush())
    @rule(problem=problems)
    def a_connection_fails(self, problem: Problem) -> None:
        self.worker.answer(TransientError(problem, "no network"))
        self.authorizer.advance()

    @rule(again=st.booleans())
    def press_cancel(self, again: bool) -> None:
        self.authorizer.cancel()
        self.worker.no_more_polls()
        assert not self.running
        if again:
            self.press_authorize(f"again {len(self.views)}")

    @rule()
    def sign_out(self) -> None:
        self.authorizer.reset(f"out {len(self.views)}")
        self.store.stored, self.store.owner = None, Account("")
        self.worker.no_more_polls()
        assert self.view.phase == "idle"

    @rule(full=st.booleans())
    def the_disk_is_full(self, full: bool) -> None:
        self.store.full = full

    @rule(hold=st.booleans())
    def another_post_comes_first(self, hold: bool) -> None:
        self.worker.hold = hold

    @rule(passed=seconds)
    def time_passes(self, passed: float) -> None:
        self.clock.advance(passed)
        self.authorizer.advance()
        watch = self.worker.watch
        if watch.deadline is not None and self.clock() >= watch.deadline:
            assert self.view.phase not in ("waiting", "retrying"), "it goes on after the deadline"

    @rule()
    def wait_for_what_is_planned(self) -> None:
        """Until something is asked, or the sign-in is over."""
        for _ in range(60):
            planned = self.authorizer.seconds_to_wait()
            if planned is None or self.worker.waiting:
                return
            self.time_passes(planned)

    @rule()
    def kodi_is_killed_and_started_again(self) -> None:
        running = self.view.phase in ("waiting", "retrying")
        self.start()
        self.authorizer.resume()
        assert (self.view.phase == "waiting") == running, "it is taken up again if it was under way, and only then"
        if running:
            values = self.database.values
            code = values.get("sign_in.device_code") or values["sign_in.user_code"]
            watch = Watch(self.clock(), float(values["sign_in.interval"]), self.view.deadline)
            self.worker.watches[code] = self.worker.watch = watch

    @invariant()
    def no_view_holds_a_secret(self) -> None:
        published = self.view._replace(account_name="", server_message=self.view.server_message).to_json()
        assert CANARY not in published.replace(self.view.server_message or "\0", "")
        assert str(DEVICE_BODY["device_code"]) not in published

    @invariant()
    def it_never_hangs(self) -> None:
        if self.running:
            planned = self.authorizer.seconds_to_wait()
            is_asked = self.worker.waiting or self.worker.in_flight
            assert is_asked or (planned is not None and math.isfinite(planned))

    @invariant()
    def a_name_stands_only_beside_a_token(self) -> None:
        assert self.store.stored is not None or not self.store.owner.name

    def teardown(self) -> None:
        """Whatever was left under way ends, and leaves no thread."""
        self.store.full = False
        self.another_post_comes_first(False)
        self.press_cancel(False)
        while self.worker.flush():
            self.worker.answer(TransientError(Problem.OFFLINE, ""))
            self.authorizer.advance()
        assert self.authorizer.seconds_to_wait() is None


AuthorizerRules.TestCase.settings = steady(150, steps=50)
TestAuthorizer = AuthorizerRules.TestCase


@pytest.fixture(autouse=True)
def only_errors_are_logged() -> Any:
    """Thousands of sign-ins would fill the report of a red test."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


STORED = ("request", "client_id", "flow", "verifier", "user_code", "device_code", "verification_uri", "expires_in")
STORED += ("verification_uri_complete", "interval", "deadline", "boot_id", "expires_at")
odd = st.one_of(words, st.sampled_from(["nan", "inf", "-1", "1e30", "²", "5", "900", "\0", "boot", "device", "pin"]))


@steady(300)
@given(st.dictionaries(st.sampled_from(STORED), odd, max_size=len(STORED)))
def test_whatever_is_stored_is_a_sign_in_that_can_go_on_or_is_forgotten(values: dict[str, str]) -> None:
    database, clock = MemoryDatabase(), FakeClock()
    database.write({f"sign_in.{name}": value for name, value in values.items()})
    recalled = PendingSignIn(database, clock, FakeClock(NOW), "boot").recall()  # type: ignore[arg-type]
    if recalled is None:
        assert database.values == {}
        return
    _, choice, state = recalled
    assert choice.client_id and state.authorization
    assert state.deadline is not None and clock() < state.deadline <= clock() + 3600
    assert clock() < state.due <= clock() + 300


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
        if not isinstance(read, FlowNotSupported) or not choice.try_next(read):
            break
    assert asked <= 3
