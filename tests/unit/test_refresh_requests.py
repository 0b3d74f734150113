"""Other add-ons ask for a token that is good: one refresh for all who ask, and an answer for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping

import pytest
from fakes import FakeClock, FakeStore, MemoryDatabase, TimedWorker, environment
from flow_cases import CLIENT_ID, NOW, TOKEN_BODY, account, answer
from simkl_connect import Outdated, RefreshFailed, ServiceUnavailable
from simkl_connect.auth.refresh_client import LONGEST, SILENT_AFTER, RefreshClient
from simkl_connect.auth.refresh_requests import KEPT, RefreshRequests
from simkl_connect.auth.shared_state import PROTOCOL, Outcome, SharedState, fingerprint
from simkl_connect.auth.token_refresher import HURRIED_AFTER, TokenRefresher
from simkl_connect.http.messages import Response
from simkl_connect.models import Account, Secret, Token

REFRESHED = answer({**TOKEN_BODY, "access_token": "simkl_at_2", "refresh_token": None})
INVALID_GRANT = answer({"error": "invalid_grant"}, 400)
UNAUTHORIZED = answer({"error": "user_token_failed", "code": 401}, 401)
TROUBLE = answer({}, 503)
PIN_TOKEN = Token(Secret("a" * 64), client_id=CLIENT_ID)
TOKEN = Token(Secret("simkl_at_1"), Secret("simkl_rt_1"), NOW + 6 * 86400.0, "media:write", CLIENT_ID)
ONE, OTHER = "1" * 32, "2" * 32


@dataclass
class Service:
    """The refresher and what is asked of it."""

    clock: FakeClock
    token: Token | None = TOKEN
    store: FakeStore = field(default_factory=FakeStore)
    published: list[Mapping[str, Outcome]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store.stored, self.store.owner = self.token, Account("Ada")
        self.worker = TimedWorker(self.clock)
        shared = environment(self.clock, self.worker, self.store, MemoryDatabase(), FakeClock(NOW))
        self.refresher = TokenRefresher(shared, client_id=lambda: CLIENT_ID, notify=lambda _notice: None)
        self.requests = RefreshRequests(self.store, self.refresher, self.published.append)  # type: ignore[arg-type]
        self.advance()

    def ask(self, request: str, token: Token | None = None) -> None:
        self.requests.ask(request, fingerprint((token or self.token or TOKEN).access_token))
        self.advance()

    def advance(self) -> None:
        for _ in range(2):
            self.refresher.advance()
            self.requests.advance()

    def respond(self, response: Response) -> None:
        self.worker.answer(response)
        self.advance()

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.worker.requests]


def test_all_who_ask_wait_for_one_refresh(clock: FakeClock) -> None:
    service = Service(clock)
    service.ask(ONE)
    service.ask(OTHER)
    service.ask(ONE)
    assert service.published[-1] == {ONE: Outcome.RUNNING, OTHER: Outcome.RUNNING}
    service.respond(REFRESHED)
    assert service.published[-1] == {ONE: Outcome.CHANGED, OTHER: Outcome.CHANGED}
    assert service.paths == ["/oauth2/token"]


def test_who_asks_with_an_older_token_is_answered_without_a_request(clock: FakeClock) -> None:
    service = Service(clock)
    service.ask(ONE, PIN_TOKEN)
    assert (service.published[-1], service.paths) == ({ONE: Outcome.CHANGED}, [])


@pytest.mark.parametrize(
    ("token", "response", "outcome"),
    [
        (TOKEN, INVALID_GRANT, Outcome.ENDED),
        (TOKEN, TROUBLE, Outcome.FAILED),
        (PIN_TOKEN, UNAUTHORIZED, Outcome.ENDED),
        (PIN_TOKEN, account("Ada"), Outcome.VALID),
        (PIN_TOKEN, TROUBLE, Outcome.FAILED),
    ],
)
def test_the_outcome_is_told(clock: FakeClock, token: Token, response: Response, outcome: Outcome) -> None:
    service = Service(clock, token)
    service.ask(ONE)
    service.respond(response)
    assert service.published[-1] == {ONE: outcome}


def test_a_request_that_comes_twice_is_one(clock: FakeClock) -> None:
    service = Service(clock, PIN_TOKEN)
    service.ask(ONE)
    service.respond(account("Ada"))
    service.ask(ONE)
    assert (service.published[-1], service.paths) == ({ONE: Outcome.VALID}, ["/users/settings"])


def test_nobody_is_signed_in(clock: FakeClock) -> None:
    service = Service(clock, None)
    service.ask(ONE)
    assert service.published[-1] == {ONE: Outcome.ENDED}


def test_a_failed_refresh_is_tried_again_for_who_asks_but_not_at_once(clock: FakeClock) -> None:
    service = Service(clock)
    service.ask(ONE)
    service.respond(TROUBLE)
    service.ask(OTHER)
    assert service.published[-1] == {ONE: Outcome.FAILED, OTHER: Outcome.FAILED}
    clock.advance(HURRIED_AFTER)
    service.ask("3" * 32)
    service.respond(REFRESHED)
    assert service.published[-1]["3" * 32] is Outcome.CHANGED


def test_a_pause_that_simkl_asked_for_is_kept(clock: FakeClock) -> None:
    service = Service(clock)
    service.ask(ONE)
    service.respond(Response(429, {"retry-after": "600"}, b"{}"))
    clock.advance(599.0)
    service.ask(OTHER)
    assert (service.published[-1][OTHER], len(service.paths)) == (Outcome.FAILED, 1)


@pytest.mark.parametrize(
    ("request_", "refused"), [("", "a" * 64), ("Z" * 32, "a" * 64), (ONE, 5), (ONE, None), ("1" * 3000, "a" * 64)]
)
def test_an_odd_request_is_passed_over(clock: FakeClock, request_: str, refused: object) -> None:
    service = Service(clock)
    service.requests.ask(request_, refused)
    service.advance()
    assert (service.published, service.paths) == ([{}], [])


def test_only_the_last_are_answered(clock: FakeClock) -> None:
    service = Service(clock)
    for number in range(KEPT + 5):
        service.ask(f"{number:032x}")
    assert list(service.published[-1]) == [f"{number:032x}" for number in range(5, KEPT + 5)]


# What is published


def test_the_state_travels_as_it_is() -> None:
    state = SharedState(platform="Kodi 20.1; Linux", answers={ONE: Outcome.RUNNING})
    assert SharedState.from_json(state.to_json()) == state


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"protocol": "1"}', "[" * 200_000])
def test_what_no_service_publishes_is_no_state(text: str) -> None:
    assert SharedState.from_json(text) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"protocol": 1}',
        '{"protocol": 1, "platform": 5, "answers": []}',
        '{"protocol": 1, "platform": "Kodi 20\\r\\nx: y; Linux", "answers": {"a": [], "b": "no"}}',
    ],
)
def test_odd_values_are_passed_over(text: str) -> None:
    assert SharedState.from_json(text) == SharedState()


# The other side


@dataclass
class Talk:
    """A client, and a service that is what ``states`` say: by the seconds that have passed."""

    clock: FakeClock
    states: Mapping[float, SharedState | None]
    sent: list[float] = field(default_factory=list)
    ends_after: float = 1e9

    def ask(self) -> Outcome:
        started = self.clock()

        def passed() -> float:
            return self.clock() - started

        def read() -> SharedState | None:
            return next(state for at, state in sorted(self.states.items(), reverse=True) if passed() >= at)

        def pause(seconds: float) -> bool:
            self.clock.advance(seconds)
            return passed() > self.ends_after

        client = RefreshClient(lambda _request, _refused: self.sent.append(passed()), read, self.clock, pause)
        return client.ask(ONE, "a" * 64)


def answering(outcome: Outcome) -> SharedState:
    return SharedState(answers={ONE: outcome})


RUNNING, SILENT = answering(Outcome.RUNNING), SharedState()


def test_the_answer_is_waited_for(clock: FakeClock) -> None:
    talk = Talk(clock, {0: SILENT, 0.2: RUNNING, 30: answering(Outcome.CHANGED)})
    assert talk.ask() is Outcome.CHANGED
    assert talk.sent == [0.0]


def test_a_service_that_starts_is_asked_again(clock: FakeClock) -> None:
    talk = Talk(clock, {0: None, 1.2: SILENT, 1.6: answering(Outcome.ENDED)})
    assert talk.ask() is Outcome.ENDED
    assert len(talk.sent) == 4


@pytest.mark.parametrize("state", [None, SILENT])
def test_no_answer_is_an_error_within_two_seconds(clock: FakeClock, state: SharedState | None) -> None:
    started = clock()
    with pytest.raises(ServiceUnavailable, match="starting or stopping"):
        Talk(clock, {0: state}).ask()
    assert clock() - started <= 2.0


def test_a_service_that_goes_while_it_refreshes_is_missed_in_time(clock: FakeClock) -> None:
    started = clock()
    with pytest.raises(ServiceUnavailable):
        Talk(clock, {0: RUNNING, 10: None}).ask()
    assert clock() - started <= 10 + SILENT_AFTER + 0.1


def test_one_that_comes_back_is_asked_again(clock: FakeClock) -> None:
    talk = Talk(clock, {0: RUNNING, 10: None, 11: SILENT, 11.5: answering(Outcome.CHANGED)})
    assert talk.ask() is Outcome.CHANGED
    assert len([at for at in talk.sent if at > 10]) >= 2


def test_a_refresh_without_end_is_not_waited_for(clock: FakeClock) -> None:
    started = clock()
    with pytest.raises(RefreshFailed):
        Talk(clock, {0: RUNNING}).ask()
    assert clock() - started == pytest.approx(LONGEST, abs=0.1)


def test_another_protocol_is_told_apart(clock: FakeClock) -> None:
    with pytest.raises(Outdated, match="Restart Kodi"):
        Talk(clock, {0: SharedState(protocol=PROTOCOL + 1)}).ask()


def test_kodi_that_ends_is_not_held_up(clock: FakeClock) -> None:
    with pytest.raises(ServiceUnavailable, match="Kodi is ending"):
        Talk(clock, {0: RUNNING}, ends_after=5.0).ask()
