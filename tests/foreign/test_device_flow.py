"""Our side of AUTH V2 against Authlib's: a server whose authors read the same RFCs and have never heard of us.

Everything of ours is real: flows, authorizer, refresher, worker, session. Only time stands still.
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator

import pytest
from counting_worker import CountingWorker
from fakes import FakeClock, FakeStore, MemoryDatabase, environment
from simkl_connect.api.users import account_request, read_account
from simkl_connect.auth.authorizer import Authorizer
from simkl_connect.auth.device_flow import GRANT_TYPE, DeviceFlow, new_verifier
from simkl_connect.auth.events import CodeExpired, CodeIssued, Event, Granted, GrantEnded, Identified, Revoked
from simkl_connect.auth.pending_sign_in import PendingSignIn
from simkl_connect.auth.token_refresher import LOOK_EVERY, Notice, TokenRefresher
from simkl_connect.http.messages import ClientInfo, Request, Response, checked_base_url
from simkl_connect.http.session import Session
from simkl_connect.http.worker import POSTS_APART, Priority
from simkl_connect.models import Account, Secret, Token
from simkl_connect.ui.view import View

from .server import WEEK, Client, ForeignServer, running

CLIENT_ID = "tv"
DAY = 86400.0
LONGEST_WAIT = 30.0
"""Seconds for an answer over loopback, before a test fails."""


@dataclass
class Device:
    """Our side, whole, and the server it talks to."""

    server: ForeignServer
    clock: FakeClock
    store: FakeStore = field(default_factory=FakeStore)
    database: MemoryDatabase = field(default_factory=MemoryDatabase)
    views: list[View] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    client_id: str = CLIENT_ID

    def __post_init__(self) -> None:
        self.answers = threading.Event()
        client = ClientInfo(checked_base_url(self.server.url), "1.0.0", "simkl-connect/1.0.0")
        self.worker = CountingWorker(lambda: Session(client, proxy=lambda: ""), self.clock, self.answers.set)
        shared = environment(self.clock, self.worker, self.store, self.database, self.clock)
        self.refresher = TokenRefresher(shared, lambda: self.client_id, self.notices.append)
        self.authorizer = Authorizer(
            shared,
            PendingSignIn(self.database, self.clock, self.clock, "boot"),  # type: ignore[arg-type]
            client_id=lambda: self.client_id,
            publish=self.views.append,
            stored=self.refresher.look_again,
            finished=self.finished.append,
        )

    @property
    def view(self) -> View:
        return self.views[-1]

    @property
    def outcome(self) -> tuple[str, str | None]:
        return self.view.phase, self.view.problem

    @property
    def polls(self) -> list[float]:
        """When the server was polled."""
        return [seen.time for seen in self.server.seen if seen.path == "/oauth2/token"]

    @property
    def token(self) -> Token:
        assert self.store.stored is not None
        return self.store.stored

    def settle(self) -> None:
        """Does what is due and takes the answers, as the service does, until there is nothing more to do."""
        for _ in range(50):
            all_answered, submitted = not self.worker.is_busy, self.worker.submitted
            self.authorizer.advance()
            self.refresher.advance()
            if all_answered and self.worker.submitted == submitted and self.refresher.seconds_to_wait() != 0.0:
                return
            self.await_answers()
        raise AssertionError("there is no end to it")

    def await_answers(self) -> None:
        """Lets the time pass in which no second POST may be sent."""
        give_up_at = time.monotonic() + LONGEST_WAIT
        while self.worker.is_busy:
            assert time.monotonic() < give_up_at, "no answer came"
            self.answers.clear()
            if not self.answers.wait(0.002):
                planned = self.worker.seconds_to_wait()
                still_waiting = self.worker.is_busy  # asked last: the answer may have come since
                if still_waiting and planned is not None and planned <= 1.01 * POSTS_APART:
                    self.clock.advance(planned)
                self.worker.advance()

    def begin(self) -> str:
        """Asks for a code; gives the one on the screen."""
        self.authorizer.authorize("r1")
        self.settle()
        return self.view.user_code

    def poll(self) -> None:
        """Waits as long as planned, and asks; or until the code has run out."""
        polls = len(self.polls)
        while len(self.polls) == polls and self.authorizer.seconds_to_wait() is not None:
            self.pass_time(self.authorizer.seconds_to_wait() or 0.0)

    def poll_to_the_end(self) -> None:
        while self.authorizer.seconds_to_wait() is not None:
            self.poll()

    def sign_in(self) -> Token:
        """As Ada, and up to her name."""
        self.server.decide(self.begin(), "Ada", approved=True)
        self.poll()
        return self.token

    def pass_time(self, seconds: float) -> None:
        """And then does what is due."""
        self.clock.advance(seconds)
        self.settle()

    def close(self) -> None:
        assert self.worker.close(LONGEST_WAIT)

    def ask(self, request: Request, read: Callable[[Response], Event]) -> Event:
        """One request by itself."""
        job = self.worker.submit(request, read, Priority.SIGN_IN)
        self.await_answers()
        assert job.result is not None
        return job.result

    def works(self, token: Token) -> bool:
        """Whether the server takes the access token."""
        answer = self.ask(account_request(token), read_account)
        assert isinstance(answer, (Identified, GrantEnded))
        return isinstance(answer, Identified)


@pytest.fixture
def clock() -> FakeClock:
    """For both sides, and for Unix time too; it starts now, because the end of a token is told by the real one."""
    return FakeClock(time.time() // 1)


MakeDevice = Callable[..., Device]


@pytest.fixture
def make_device(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeDevice]:
    """A device beside a server set up as asked, where its client id is known."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ExitStack() as stack:

        def make(client: Client | None = None, **changes: Any) -> Device:
            server = stack.enter_context(running(clock, **changes))
            server.clients[CLIENT_ID] = client or Client(CLIENT_ID)
            device = Device(server, clock)
            stack.callback(device.close)
            return device

        yield make


@pytest.fixture
def device(make_device: MakeDevice) -> Device:
    return make_device()


def test_a_server_without_the_pin_flow_is_asked_for_a_device_code(device: Device) -> None:
    user_code = device.begin()
    assert [seen.path for seen in device.server.seen] == ["/oauth/pin", "/oauth2/device"]
    assert device.outcome == ("waiting", None)
    assert [code.user_code for code in device.server.codes.values()] == [user_code]
    assert device.view.verification_uri_complete == f"https://simkl.com/pin?user_code={user_code}"
    assert device.view.expires_in == 900.0
    assert device.store.flows == {CLIENT_ID: "device"}


def test_an_undecided_code_is_polled_at_the_interval(device: Device, clock: FakeClock) -> None:
    device.begin()
    begun = clock()
    for _ in range(4):
        device.poll()
    assert device.outcome == ("waiting", None)
    assert [at - begun for at in device.polls] == [5.0, 10.0, 15.0, 20.0]


def test_slow_down_adds_five_seconds_each_time_and_for_good(device: Device, clock: FakeClock) -> None:
    device.server.shortest_interval = 12.0
    device.begin()
    begun = clock()
    for _ in range(5):
        device.poll()
    assert device.outcome == ("waiting", None)
    assert [at - begun for at in device.polls] == [5.0, 15.0, 30.0, 45.0, 60.0]


def test_a_denied_code_ends_the_sign_in(device: Device) -> None:
    device.server.decide(device.begin(), "Ada", approved=False)
    device.poll_to_the_end()
    assert device.outcome == ("denied", None)
    assert len(device.polls) == 1


def test_a_code_that_the_server_ends_early_is_polled_no_more(device: Device, clock: FakeClock) -> None:
    device.begin()
    device.poll()
    (code,) = device.server.codes.values()
    code.expires_at = clock()
    device.poll_to_the_end()
    assert (device.outcome, device.view.user_code) == (("expired", None), "")
    assert len(device.polls) == 2


def test_a_code_that_nobody_decides_about_runs_out_on_both_sides_at_once(make_device: MakeDevice) -> None:
    device = make_device(codes_last=60)
    device.begin()
    (code,) = device.server.codes.values()
    device.poll_to_the_end()
    assert device.outcome == ("expired", None)
    assert device.polls[-1] == code.expires_at - 5
    assert device.clock() == code.expires_at


def test_a_code_that_the_server_does_not_know_any_more_ends_the_sign_in(device: Device) -> None:
    device.begin()
    device.server.codes.clear()
    device.poll_to_the_end()
    assert device.outcome == ("failed", "refused")
    assert len(device.polls) == 1


@pytest.mark.parametrize("pkce", [True, False], ids=["required", "unknown"])
def test_an_approved_code_gives_the_tokens_whether_the_server_knows_pkce_or_not(
    make_device: MakeDevice, pkce: bool
) -> None:
    device = make_device(pkce=pkce)
    before = time.time()
    token = device.sign_in()
    (issued,) = device.server.issued
    assert token.access_token == Secret(issued.access_token)
    assert token.refresh_token == Secret(issued.refresh_token)
    assert (token.scope, token.client_id) == ("media:read media:write", CLIENT_ID)
    assert token.expires_at is not None
    assert before + WEEK <= token.expires_at <= time.time() + WEEK
    assert device.outcome == ("connected", None)


def test_the_account_is_named(device: Device) -> None:
    device.sign_in()
    assert device.store.owner == Account("Ada", "12345")
    assert device.view.account_name == "Ada"


def test_a_sign_in_goes_on_after_a_restart(device: Device) -> None:
    user_code = device.begin()
    device.close()
    restarted = Device(device.server, device.clock, database=device.database)
    restarted.authorizer.resume()
    assert (restarted.view.user_code, restarted.outcome) == (user_code, ("waiting", None))
    device.server.decide(user_code, "Ada", approved=True)
    restarted.poll()
    assert restarted.finished == ["Ada"]
    assert restarted.works(restarted.token)
    restarted.close()


def test_the_tokens_are_only_for_who_asked_for_the_code(device: Device) -> None:
    thief, owner = (DeviceFlow(CLIENT_ID, new_verifier()) for _ in range(2))
    issued = device.ask(owner.device_authorization_request(), owner.read_device_authorization)
    assert isinstance(issued, CodeIssued)
    device.server.decide(issued.authorization.user_code.reveal(), "Ada", approved=True)
    polls = [device.ask(flow.token_request(issued.authorization), flow.read_token) for flow in (thief, owner)]
    assert [type(answer) for answer in polls] == [CodeExpired, Granted]


def test_an_app_that_may_not_write_says_so(make_device: MakeDevice) -> None:
    device = make_device(Client(CLIENT_ID, scopes=("media:read",)))
    assert device.sign_in().scope == "media:read"
    assert device.outcome == ("connected", "read_only")


def test_a_server_that_gives_no_refresh_token_connects_all_the_same(make_device: MakeDevice) -> None:
    device = make_device(Client(CLIENT_ID, grant_types=(GRANT_TYPE,)))
    assert device.sign_in().refresh_token is None
    assert device.outcome == ("connected", None)


def test_a_server_that_knows_no_such_scope_ends_the_sign_in(make_device: MakeDevice) -> None:
    device = make_device(known_scopes=("media:read",))
    device.begin()
    assert device.outcome == ("failed", "refused")


def test_an_unknown_client_id_ends_the_sign_in_with_its_name(device: Device) -> None:
    device.client_id = "nobody"
    device.begin()
    assert device.outcome == ("failed", "client_id_refused")


def test_the_client_id_of_an_app_with_a_secret_ends_the_sign_in_with_its_name(make_device: MakeDevice) -> None:
    device = make_device(Client(CLIENT_ID, public=False))
    device.begin()
    assert device.outcome == ("failed", "client_id_refused")


def test_the_client_id_of_an_app_for_other_grants_ends_the_sign_in_with_its_name(make_device: MakeDevice) -> None:
    device = make_device(Client(CLIENT_ID, grant_types=("authorization_code",)))
    device.begin()
    device.poll_to_the_end()
    assert device.outcome == ("failed", "client_id_refused")
    assert len(device.polls) == 1


@pytest.mark.parametrize("rotates", [False, True], ids=["the refresh token stays", "the refresh token rotates"])
def test_in_its_last_day_the_token_is_refreshed_and_the_old_one_ends(make_device: MakeDevice, rotates: bool) -> None:
    device = make_device(rotates=rotates)
    old = device.sign_in()
    device.pass_time(6 * DAY)
    assert device.token == old
    device.pass_time(DAY / 2)
    new = device.token
    assert (device.works(old), device.works(new)) == (False, True)
    assert (new.refresh_token != old.refresh_token, new.scope) == (rotates, old.scope)
    assert (device.notices, device.store.owner.name) == ([], "Ada")


@pytest.mark.parametrize("rotates", [False, True], ids=["the refresh token stays", "the refresh token rotates"])
def test_tokens_are_refreshed_week_after_week(make_device: MakeDevice, rotates: bool) -> None:
    device = make_device(rotates=rotates)
    device.sign_in()
    for _ in range(3):
        device.pass_time(WEEK)
    assert len(device.server.issued) == 4
    assert device.works(device.token)


def test_an_access_token_that_the_server_ended_early_is_refreshed_where_it_is_refused(device: Device) -> None:
    old = device.sign_in()
    device.server.issued[0].expires_at = device.clock()
    device.store.owner = Account("")
    device.pass_time(LOOK_EVERY)
    assert device.token.access_token != old.access_token
    assert device.store.owner.name == "Ada"
    assert device.notices == []


def test_a_refresh_after_the_user_has_revoked_the_app_ends_the_connection(device: Device) -> None:
    device.sign_in()
    device.server.issued[0].revoked = True
    device.pass_time(WEEK)
    assert device.store.stored is None
    assert device.store.owner.name == "Ada"
    assert device.notices == [Notice.ENDED]


def test_a_refresh_for_an_app_that_was_withdrawn_keeps_the_token(device: Device) -> None:
    token = device.sign_in()
    device.server.clients.clear()
    device.pass_time(WEEK)
    assert device.server.seen[-1].form["grant_type"] == "refresh_token"
    assert (device.token, device.notices) == (token, [])


def test_tokens_that_last_an_hour_are_refreshed_about_once_an_hour(make_device: MakeDevice) -> None:
    device = make_device(tokens_last=None)
    device.sign_in()
    for _ in range(180):
        device.pass_time(60)
    assert 3 <= len(device.server.issued) <= 12
    assert device.works(device.token)


def test_signing_out_ends_the_connection_there_as_well(device: Device) -> None:
    token = device.sign_in()
    device.refresher.sign_out()
    device.settle()
    assert device.notices == [Notice.SIGNED_OUT]
    assert not device.works(token)
    flow = DeviceFlow(CLIENT_ID, None)
    refreshed = device.ask(flow.refresh_request(token), lambda response: flow.read_refresh(token, response))
    assert isinstance(refreshed, GrantEnded)


def test_revoking_what_was_never_issued_is_fine(device: Device) -> None:
    flow = DeviceFlow(CLIENT_ID, None)
    token = Token(Secret("never"), Secret("issued"), client_id=CLIENT_ID)
    assert isinstance(device.ask(flow.revocation_request(token), flow.read_revocation), Revoked)
