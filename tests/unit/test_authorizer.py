"""The owner of the sign-in, with the network, the clock and the store in the test's hands."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

import pytest
from fakes import FakeClock, FakeStore, MemoryDatabase, TimedWorker, environment
from flow_cases import ACCESS_TOKEN, CLIENT_ID, DEVICE, NOW, PIN, TOKEN_BODY, FlowCase, account, answer
from simkl_connect.auth.authorizer import Authorizer, NotConfigured
from simkl_connect.auth.pending_sign_in import PendingSignIn
from simkl_connect.errors import Problem, TransientError
from simkl_connect.http.messages import Response
from simkl_connect.models import Account, Secret, Token
from simkl_connect.ui.view import View


@dataclass
class Bench:
    """An authorizer and everything it can reach."""

    clock: FakeClock
    store: FakeStore = field(default_factory=FakeStore)
    database: MemoryDatabase = field(default_factory=MemoryDatabase)
    views: list[View] = field(default_factory=list)
    missing: Problem | None = None
    stored: list[Token | None] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.worker = TimedWorker(self.clock)
        self.authorizer = Authorizer(
            environment(self.clock, self.worker, self.store, self.database, lambda: NOW),
            PendingSignIn(self.database, self.clock, lambda: NOW, "boot"),  # type: ignore[arg-type]
            client_id=self._client_id,
            publish=self.views.append,
            stored=lambda: self.stored.append(self.store.stored),
            finished=self.finished.append,
        )

    def _client_id(self) -> str:
        if self.missing is not None:
            raise NotConfigured(self.missing)
        return CLIENT_ID

    @property
    def view(self) -> View:
        return self.views[-1]

    @property
    def codes(self) -> int:
        """How often a code was asked for."""
        return sum(request.path in ("/oauth/pin", "/oauth2/device") for request in self.worker.requests)

    def respond(self, *replies: Response | TransientError) -> None:
        """Gives the replies in turn, each as soon as the authorizer has asked."""
        for reply in replies:
            self.wait_for_request()
            self.worker.answer(reply)
            self.authorizer.advance()

    def wait_for_request(self) -> None:
        while not self.worker.is_busy:
            seconds = self.authorizer.seconds_to_wait()
            assert seconds is not None, "nothing is planned"
            self.clock.advance(seconds)
            self.authorizer.advance()


@pytest.fixture
def bench(clock: FakeClock, request: pytest.FixtureRequest) -> Bench:
    """The flow under test is the one that worked last for the client id."""
    bench = Bench(clock)
    if "case" in request.fixturenames:
        bench.store.flows[CLIENT_ID] = request.getfixturevalue("case").name
    return bench


def test_a_sign_in_from_nothing_to_a_named_account(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    assert bench.view.phase == "starting"
    bench.respond(case.issued())
    assert (bench.view.phase, bench.view.user_code) == ("waiting", case.user_code)
    bench.respond(case.pending, case.granted)
    assert bench.store.stored is not None
    assert bench.store.stored.access_token == Secret(ACCESS_TOKEN)
    assert bench.view.phase == "connected"
    bench.respond(account("Ada"))
    assert bench.store.owner == Account("Ada", "12345")
    assert (bench.view.request, bench.view.account_name) == ("r1", "Ada")
    assert bench.finished == ["Ada"]
    assert not bench.worker.is_busy


def test_polls_keep_the_interval(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(interval=7), case.pending, case.pending, case.pending)
    times = bench.worker.times
    assert [later - earlier for earlier, later in zip(times, times[1:])] == [7.0, 7.0, 7.0]


def test_slow_down_stretches_the_interval_for_good(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(), case.slow_down, case.pending, case.pending)
    times = bench.worker.times
    assert [later - earlier for earlier, later in zip(times, times[1:])] == [5.0, 10.0, 10.0]


def test_polling_stops_when_the_code_runs_out(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(expires_in=12), case.pending, case.pending)
    bench.clock.advance(2.0)
    bench.authorizer.advance()
    assert (bench.view.phase, bench.view.user_code) == ("expired", "")
    assert bench.authorizer.seconds_to_wait() is None
    assert not bench.worker.is_busy


def test_a_code_that_is_gone_ends_the_sign_in_and_the_new_one_is_not_shown(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(), case.code_gone)
    assert bench.view.phase == "expired"
    assert "NEW99" not in "".join(view.to_json() for view in bench.views)


def test_a_code_is_shown_before_the_disk_is_waited_for(
    bench: Bench, case: FlowCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_before: list[str] = []
    monkeypatch.setattr(bench.database, "write", lambda _values: shown_before.append(bench.view.phase))
    monkeypatch.setattr(bench.store, "save_flow", lambda _id, _flow: shown_before.append(bench.view.phase))
    bench.authorizer.authorize("r1")
    bench.respond(case.issued())
    assert shown_before == ["waiting", "waiting"]


def test_trouble_keeps_the_code_on_screen_and_passes(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(), answer({}, 503))
    assert (bench.view.phase, bench.view.problem) == ("retrying", "server_trouble")
    assert bench.view.user_code == case.user_code
    bench.respond(case.pending)
    assert (bench.view.phase, bench.view.problem) == ("waiting", None)


def test_a_client_id_that_no_flow_takes_ends_the_sign_in_with_its_name(bench: Bench) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(PIN.client_refused, DEVICE.client_refused)
    assert (bench.view.phase, bench.view.problem) == ("failed", "client_id_refused")


def test_a_client_id_refused_while_polling_ends_the_sign_in(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(), case.client_refused)
    assert (bench.view.phase, bench.view.problem) == ("failed", "client_id_refused")


def test_the_servers_own_words_are_shown_without_markup(bench: Bench) -> None:
    bench.store.flows[CLIENT_ID] = "device"
    bench.authorizer.authorize("r1")
    refusal = answer({"error": "policy_violation", "error_description": "[B]Go[/B]\naway"}, 400)
    bench.respond(DEVICE.issued(), refusal)
    assert (bench.view.phase, bench.view.problem, bench.view.server_message) == ("failed", "refused", "Go away")


def test_a_read_only_token_is_kept_and_told(bench: Bench) -> None:
    bench.store.flows[CLIENT_ID] = "device"
    bench.authorizer.authorize("r1")
    bench.respond(DEVICE.issued(), answer({**TOKEN_BODY, "scope": "media:read"}))
    assert (bench.view.phase, bench.view.problem) == ("connected", "read_only")
    assert bench.store.stored is not None


def test_a_v2_client_id_turns_to_the_device_flow_and_is_remembered(bench: Bench) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(answer({"error": "unauthorized_client", "code": 400}, 400), DEVICE.issued())
    assert (bench.view.phase, bench.view.user_code) == ("waiting", DEVICE.user_code)
    assert bench.store.flows[CLIENT_ID] == "device"


@pytest.mark.parametrize("status", [404, 410])
def test_a_retired_pin_flow_turns_to_the_device_flow(bench: Bench, status: int) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(Response(status, {"content-type": "text/html"}, b"<html>gone</html>"), DEVICE.issued())
    assert bench.view.user_code == DEVICE.user_code


def test_a_v1_client_id_turns_to_the_pin_flow(bench: Bench) -> None:
    bench.store.flows[CLIENT_ID] = "device"
    bench.authorizer.authorize("r1")
    bench.respond(DEVICE.client_refused, PIN.issued())
    assert bench.view.user_code == PIN.user_code
    assert bench.store.flows[CLIENT_ID] == "pin"


def test_pkce_that_is_refused_is_dropped_for_this_sign_in(bench: Bench) -> None:
    bench.store.flows[CLIENT_ID] = "device"
    bench.authorizer.authorize("r1")
    bench.respond(answer({"error": "invalid_request"}, 400), DEVICE.issued(), DEVICE.pending)
    forms = [request.form or {} for request in bench.worker.requests]
    assert ["code_challenge" in form for form in forms] == [True, False, False]
    assert "code_verifier" not in forms[2]


def test_the_code_verifier_goes_with_each_poll(bench: Bench) -> None:
    bench.store.flows[CLIENT_ID] = "device"
    bench.authorizer.authorize("r1")
    bench.respond(DEVICE.issued(), DEVICE.pending)
    forms = [request.form or {} for request in bench.worker.requests]
    digest = hashlib.sha256(forms[1]["code_verifier"].encode()).digest()
    assert forms[0]["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_a_no_on_the_phone_is_a_state_of_its_own(bench: Bench) -> None:
    bench.store.flows[CLIENT_ID] = "device"
    bench.authorizer.authorize("r1")
    bench.respond(DEVICE.issued(), answer({"error": "access_denied"}, 400))
    assert bench.view.phase == "denied"


def test_without_a_client_id_nothing_is_sent(bench: Bench) -> None:
    bench.missing = Problem.CLIENT_ID_MISSING
    bench.authorizer.authorize("r1")
    assert (bench.view.request, bench.view.phase, bench.view.problem) == ("r1", "failed", "client_id_missing")
    assert bench.worker.requests == []


def test_a_second_authorize_joins_the_running_sign_in(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued())
    bench.authorizer.authorize("r2")
    assert bench.codes == 1
    assert (bench.view.request, bench.view.user_code) == ("r2", case.user_code)


def test_a_request_that_is_repeated_starts_nothing_new(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(), case.code_gone)
    bench.authorizer.authorize("r1")
    assert bench.codes == 1
    assert bench.view.phase == "expired"


def test_authorize_after_an_end_starts_anew(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(), case.code_gone)
    bench.authorizer.authorize("r2")
    bench.respond(case.issued())
    assert (bench.view.request, bench.view.phase) == ("r2", "waiting")


def test_cancel_sends_nothing_more(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued())
    bench.authorizer.cancel()
    bench.clock.advance(60)
    bench.authorizer.advance()
    assert len(bench.worker.requests) == 1
    assert (bench.view.phase, bench.view.user_code) == ("cancelled", "")


def test_a_token_in_the_answer_under_way_when_cancelled_is_kept(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued())
    bench.wait_for_request()
    bench.worker.send()
    bench.authorizer.cancel()
    bench.respond(case.granted, account("Ada"))
    assert bench.store.stored is not None
    assert (bench.view.phase, bench.view.account_name) == ("connected", "Ada")


def test_a_late_token_of_a_cancelled_sign_in_connects_the_next_one(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued())
    bench.wait_for_request()
    bench.worker.send()
    bench.authorizer.cancel()
    bench.authorizer.authorize("r2")
    bench.worker.answer(case.granted)
    bench.authorizer.advance()
    assert bench.store.stored is not None
    assert (bench.view.request, bench.view.phase) == ("r2", "connected")
    bench.respond(account("Ada"))
    bench.clock.advance(60)
    bench.authorizer.advance()
    assert bench.view.account_name == "Ada"
    assert not bench.worker.is_busy


def test_a_token_that_can_not_be_saved_is_told(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued())
    bench.store.full = True
    bench.respond(case.granted)
    assert (bench.view.phase, bench.view.problem) == ("failed", "storage")
    assert len(bench.stored) == 1


def test_an_account_that_can_not_be_named_stays_connected(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(), case.granted, TransientError(Problem.TIMEOUT, "slow"))
    assert (bench.view.phase, bench.view.account_name) == ("connected", "")


def test_cancelling_a_switch_keeps_the_account(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(), case.granted, account("Ada"))
    bench.authorizer.authorize("r2")
    bench.respond(case.issued())
    bench.authorizer.cancel()
    assert bench.store.owner == Account("Ada", "12345")


def test_the_token_is_saved_where_it_is_read(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued())
    bench.wait_for_request()
    bench.worker.answer(case.granted)
    assert bench.store.stored is not None


def test_a_poll_that_was_not_sent_by_the_end_of_the_code_is_not_sent_any_more(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(expires_in=12))
    bench.wait_for_request()
    bench.clock.advance(12)
    bench.authorizer.advance()
    assert (bench.view.phase, bench.worker.is_busy) == ("expired", False)


def restarted(bench: Bench) -> Bench:
    """The same device after its process was killed."""
    again = Bench(bench.clock, bench.store, bench.database)
    again.authorizer.resume()
    return again


def test_a_sign_in_that_was_cut_off_is_taken_up_again(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(), case.slow_down)
    bench.clock.advance(3)
    again = restarted(bench)
    assert (again.view.request, again.view.phase, again.view.user_code) == ("r1", "waiting", case.user_code)
    assert again.view.deadline == bench.view.deadline
    resumed_at = bench.clock()
    again.respond(case.granted, account("Ada"))
    assert again.worker.times[0] == resumed_at + 10.0
    assert again.worker.requests[0].path == bench.worker.requests[1].path
    assert again.worker.requests[0].form == bench.worker.requests[1].form
    assert again.finished == ["Ada"]


@pytest.mark.parametrize("end", ["code gone", "granted", "cancelled", "refused", "expired"])
def test_a_sign_in_that_is_over_is_not_taken_up_again(bench: Bench, case: FlowCase, end: str) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued())
    if end == "cancelled":
        bench.authorizer.cancel()
    elif end == "expired":
        bench.clock.advance(900)
        bench.authorizer.advance()
    else:
        bench.respond({"code gone": case.code_gone, "granted": case.granted, "refused": case.client_refused}[end])
    again = restarted(bench)
    assert again.view.phase == "idle"
    assert again.worker.requests == []


def test_a_view_is_published_only_when_it_changes(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(), case.pending)
    for _ in range(10):
        bench.authorizer.advance()
    assert len(bench.views) == len(set(map(repr, bench.views))) == 3


def test_the_views_hold_no_token(bench: Bench, case: FlowCase) -> None:
    bench.authorizer.authorize("r1")
    bench.respond(case.issued(), case.granted, account("Ada"))
    assert ACCESS_TOKEN not in "".join(view.to_json() for view in bench.views)
