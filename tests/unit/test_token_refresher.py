"""The stored connection: refreshed in time, named, doubted after a 401, ended when asked; never lost over trouble."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from fakes import FakeClock, FakeStore, MemoryDatabase, TimedWorker, environment
from flow_cases import CLIENT_ID, NOW, TOKEN_BODY, account, answer
from simkl_connect.auth.token_refresher import LONGEST_RETRY, NAME_ATTEMPTS, Notice, TokenRefresher
from simkl_connect.http.messages import Request, Response
from simkl_connect.models import Account, Secret, Token

DAY = 86400.0
REFRESHED = answer({**TOKEN_BODY, "access_token": "simkl_at_2", "refresh_token": None})
INVALID_GRANT = answer({"error": "invalid_grant"}, 400)
UNAUTHORIZED = answer({"error": "user_token_failed", "code": 401}, 401)
V1_TOKEN = Token(Secret("a" * 64), client_id=CLIENT_ID)


def v2_token(days_left: float = 6.0) -> Token:
    return Token(Secret("simkl_at_1"), Secret("simkl_rt_1"), NOW + days_left * DAY, "media:read media:write", CLIENT_ID)


@dataclass
class Bench:
    """A refresher and everything it can reach."""

    clock: FakeClock
    store: FakeStore = field(default_factory=FakeStore)
    notices: list[Notice] = field(default_factory=list)
    configured: str = CLIENT_ID
    wall: FakeClock = field(default_factory=lambda: FakeClock(NOW))

    def start(self, token: Token | None, name: str = "Ada") -> None:
        self.store.stored, self.store.owner = token, Account(name)
        self.worker = TimedWorker(self.clock)
        self.refresher = TokenRefresher(
            environment(self.clock, self.worker, self.store, MemoryDatabase(), self.wall),
            client_id=lambda: self.configured,
            notify=self.notices.append,
        )
        self.refresher.advance()

    def respond(self, response: Response) -> None:
        self.worker.answer(response)
        self.refresher.advance()
        self.refresher.advance()

    def pass_time(self, seconds: float) -> None:
        """In steps of a minute."""
        for _ in range(int(seconds // 60)):
            self.clock.advance(60)
            self.wall.advance(60)
            self.refresher.advance()

    @property
    def requests(self) -> list[Request]:
        return self.worker.requests

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]


@pytest.fixture
def bench(clock: FakeClock) -> Bench:
    return Bench(clock)


def test_nothing_is_asked_while_nothing_is_stored(bench: Bench) -> None:
    bench.start(None)
    bench.pass_time(3600)
    assert bench.requests == []


def test_a_young_token_with_a_known_owner_is_left_alone(bench: Bench) -> None:
    bench.start(v2_token(days_left=6))
    bench.pass_time(3600)
    assert bench.requests == []


def test_a_pin_token_with_a_known_owner_is_left_alone(bench: Bench) -> None:
    bench.start(V1_TOKEN)
    bench.pass_time(3600)
    assert bench.requests == []


def test_a_token_is_refreshed_in_its_last_day(bench: Bench) -> None:
    bench.start(v2_token(days_left=1.1))
    bench.pass_time(0.6 * DAY)
    assert bench.paths == ["/oauth2/token"]
    bench.respond(REFRESHED)
    assert bench.store.stored is not None
    assert bench.store.stored.access_token == Secret("simkl_at_2")


def test_a_token_that_ended_while_the_device_was_off_is_refreshed_at_the_start(bench: Bench) -> None:
    bench.start(v2_token(days_left=-20))
    assert bench.paths == ["/oauth2/token"]
    form = bench.requests[0].form or {}
    assert (form["grant_type"], form["refresh_token"]) == ("refresh_token", "simkl_rt_1")


def test_the_refresh_token_is_kept_where_the_answer_has_none(bench: Bench) -> None:
    bench.start(v2_token(days_left=-1))
    bench.respond(REFRESHED)
    assert bench.store.stored is not None
    assert bench.store.stored.refresh_token == Secret("simkl_rt_1")


def test_a_rotated_refresh_token_replaces_the_old_one(bench: Bench) -> None:
    bench.start(v2_token(days_left=-1))
    bench.respond(answer({**TOKEN_BODY, "refresh_token": "simkl_rt_2"}))
    assert bench.store.stored is not None
    assert bench.store.stored.refresh_token == Secret("simkl_rt_2")


@pytest.mark.parametrize("name", ["Ada", ""])
def test_refreshing_keeps_the_accounts_name(bench: Bench, name: str) -> None:
    bench.start(v2_token(days_left=-1), name)
    bench.respond(REFRESHED)
    assert bench.store.owner.name == name


def test_a_clock_set_back_by_years_has_the_token_refreshed_once(bench: Bench) -> None:
    bench.wall.now = 0.0
    bench.start(v2_token(days_left=6))
    assert bench.paths == ["/oauth2/token"]


@pytest.mark.parametrize(
    "response",
    [
        answer({"error": "server_error"}, 500),
        answer({"error": "user_limit_exceeded"}, 429),
        Response(200, {"content-type": "text/html"}, b"<html>hotel</html>"),
        Response(302),
        answer({"error": "invalid_client"}, 401),
        answer({"error": "invalid_request"}, 400),
        answer({"access_token": None}),
        Response(200, {}, b"{"),
    ],
)
def test_trouble_never_signs_out_and_is_tried_again_later(bench: Bench, response: Response) -> None:
    bench.start(v2_token(days_left=-1))
    bench.respond(response)
    assert bench.store.stored == v2_token(days_left=-1)
    assert bench.notices == []
    bench.pass_time(120)
    assert len(bench.requests) == 2


def test_retries_grow_apart_up_to_an_hour(bench: Bench) -> None:
    bench.start(v2_token(days_left=-1))
    waits = []
    for _ in range(10):
        bench.respond(answer({}, 503))
        failed_at = bench.clock()
        while not bench.worker.is_busy:
            bench.pass_time(60)
        waits.append(bench.clock() - failed_at)
    assert waits == sorted(waits)
    assert 30.0 <= waits[0] <= 120.0
    assert 1800.0 <= waits[-1] <= LONGEST_RETRY


def test_a_retry_after_of_hours_is_respected(bench: Bench) -> None:
    bench.start(v2_token(days_left=-1))
    bench.respond(answer({"error": "user_limit_exceeded"}, 429, retry_after="18000"))
    bench.pass_time(17940)
    assert len(bench.requests) == 1
    bench.pass_time(120)
    assert len(bench.requests) == 2


def test_invalid_grant_ends_the_connection_once_and_keeps_the_name(bench: Bench) -> None:
    bench.start(v2_token(days_left=-1))
    bench.respond(INVALID_GRANT)
    bench.pass_time(DAY)
    assert bench.store.stored is None
    assert bench.store.owner.name == "Ada"
    assert bench.notices == [Notice.ENDED]
    assert len(bench.requests) == 1


def test_a_connection_without_a_name_is_named(bench: Bench) -> None:
    bench.start(V1_TOKEN, name="")
    assert bench.requests[0].bearer == V1_TOKEN.access_token
    bench.respond(account("Ada"))
    assert bench.store.owner == Account("Ada", "12345")
    bench.pass_time(3600)
    assert bench.paths == ["/users/settings"]


def test_the_name_is_left_to_the_sign_in_for_a_while(bench: Bench) -> None:
    bench.start(None)
    bench.store.stored, bench.store.owner = V1_TOKEN, Account("")
    bench.refresher.look_again(name_in=120.0)
    bench.pass_time(60)
    assert bench.paths == []
    assert bench.refresher.seconds_to_wait() == 60.0
    bench.pass_time(60)
    assert bench.paths == ["/users/settings"]


def test_a_name_that_can_not_be_had_is_given_up(bench: Bench) -> None:
    bench.start(V1_TOKEN, name="")
    for _ in range(NAME_ATTEMPTS):
        bench.respond(answer({}, 500))
        bench.pass_time(3600)
    assert len(bench.requests) == NAME_ATTEMPTS


def test_an_expired_token_is_refreshed_before_the_next_request(bench: Bench) -> None:
    bench.start(v2_token(days_left=-1), name="")
    bench.respond(REFRESHED)
    assert bench.paths == ["/oauth2/token", "/users/settings"]
    assert bench.requests[1].bearer == Secret("simkl_at_2")


def test_after_a_401_the_token_is_refreshed_once_and_the_request_repeated_once(bench: Bench) -> None:
    bench.start(v2_token(), name="")
    bench.respond(UNAUTHORIZED)
    bench.respond(REFRESHED)
    bench.respond(account("Ada"))
    assert bench.paths == ["/users/settings", "/oauth2/token", "/users/settings"]
    assert bench.store.owner.name == "Ada"


def test_a_second_401_ends_the_connection(bench: Bench) -> None:
    bench.start(v2_token(), name="")
    bench.respond(UNAUTHORIZED)
    bench.respond(REFRESHED)
    bench.respond(UNAUTHORIZED)
    assert bench.store.stored is None
    assert bench.notices == [Notice.ENDED]


def test_a_401_about_a_token_that_has_been_replaced_meanwhile_is_no_reason_to_refresh(bench: Bench) -> None:
    bench.start(v2_token(), name="")
    bench.store.stored = v2_token()._replace(access_token=Secret("simkl_at_new"))
    bench.respond(UNAUTHORIZED)
    assert bench.paths == ["/users/settings", "/users/settings"]
    assert bench.requests[1].bearer == Secret("simkl_at_new")


def test_a_401_ends_a_pin_connection(bench: Bench) -> None:
    bench.start(V1_TOKEN, name="")
    bench.respond(UNAUTHORIZED)
    assert bench.store.stored is None
    assert bench.notices == [Notice.ENDED]


def test_an_answer_for_an_account_that_was_switched_away_is_dropped(bench: Bench) -> None:
    bench.start(v2_token(days_left=-1))
    new = v2_token()._replace(access_token=Secret("other"), refresh_token=Secret("other_rt"))
    bench.store.stored = new
    bench.respond(REFRESHED)
    assert bench.store.stored == new


def test_signing_out_forgets_at_once_and_revokes(bench: Bench) -> None:
    bench.start(v2_token())
    bench.refresher.sign_out()
    assert bench.store.stored is None
    assert bench.store.owner.name == ""
    form = bench.requests[0].form or {}
    assert (bench.paths, form["token"]) == (["/oauth2/revoke"], "simkl_rt_1")
    bench.respond(Response(200))
    assert bench.notices == [Notice.SIGNED_OUT]


def test_signing_out_where_simkl_can_not_be_reached_says_so(bench: Bench) -> None:
    bench.start(v2_token())
    bench.refresher.sign_out()
    bench.respond(answer({}, 503))
    assert bench.store.stored is None
    assert bench.notices == [Notice.SIGNED_OUT_HERE]


def test_signing_out_of_a_pin_connection_says_where_it_is_ended(bench: Bench) -> None:
    bench.start(V1_TOKEN)
    bench.refresher.sign_out()
    assert bench.store.stored is None
    assert (bench.notices, bench.requests) == ([Notice.SIGNED_OUT_PIN], [])


def test_signing_out_during_a_refresh_ends_the_grant_that_it_brings(bench: Bench) -> None:
    bench.start(v2_token(days_left=-1))
    bench.worker.send()
    bench.refresher.sign_out()
    bench.respond(answer({**TOKEN_BODY, "access_token": "simkl_at_2", "refresh_token": "simkl_rt_2"}))
    assert bench.store.stored is None
    form = bench.requests[-1].form or {}
    assert (bench.paths, form["token"]) == (["/oauth2/token", "/oauth2/revoke"], "simkl_rt_2")
    bench.respond(Response(200))
    assert bench.notices == [Notice.SIGNED_OUT]


@pytest.mark.parametrize(
    ("refusal", "told"), [(answer({}, 503), Notice.SIGNED_OUT_HERE), (INVALID_GRANT, Notice.SIGNED_OUT)]
)
def test_signing_out_during_a_refresh_that_fails_ends_the_grant_that_was(
    bench: Bench, refusal: Response, told: Notice
) -> None:
    bench.start(v2_token(days_left=-1))
    bench.worker.send()
    bench.refresher.sign_out()
    bench.refresher.sign_out()
    bench.respond(refusal)
    assert (bench.requests[-1].form or {})["token"] == "simkl_rt_1"
    bench.respond(Response(200))
    assert bench.notices == [told]


def test_a_refreshed_token_that_the_disk_refuses_is_used_all_the_same(bench: Bench) -> None:
    bench.start(v2_token(days_left=-1))
    bench.store.full = True
    bench.respond(REFRESHED)
    assert bench.store.stored is not None
    assert bench.store.stored.access_token == Secret("simkl_at_2")
    assert bench.notices == []


def test_a_refreshed_token_is_saved_where_it_is_read(bench: Bench) -> None:
    bench.start(v2_token(days_left=-1))
    bench.worker.answer(REFRESHED)
    assert bench.store.stored is not None
    assert bench.store.stored.access_token == Secret("simkl_at_2")


def test_a_401_that_another_request_met_has_the_token_refreshed_once(bench: Bench) -> None:
    bench.start(v2_token())
    for _ in range(2):
        bench.refresher.grant_rejected(Secret("simkl_at_1"))
        bench.refresher.advance()
    assert bench.paths == ["/oauth2/token"]
    bench.respond(REFRESHED)
    bench.refresher.grant_rejected(Secret("simkl_at_1"))
    bench.refresher.advance()
    assert (bench.paths, bench.refresher.is_busy) == (["/oauth2/token"], False)


def test_a_401_right_after_a_refresh_is_believed_once_it_is_repeated(bench: Bench) -> None:
    bench.start(v2_token())
    bench.refresher.grant_rejected(Secret("simkl_at_1"))
    bench.refresher.advance()
    bench.respond(REFRESHED)
    bench.refresher.grant_rejected(Secret("simkl_at_2"))
    bench.refresher.advance()
    assert bench.paths == ["/oauth2/token", "/users/settings"]
    bench.respond(UNAUTHORIZED)
    assert (bench.store.stored, bench.notices) == (None, [Notice.ENDED])


def test_a_pin_token_that_another_request_met_a_401_with_is_asked_about(bench: Bench) -> None:
    bench.start(V1_TOKEN)
    bench.refresher.grant_rejected(V1_TOKEN.access_token)
    bench.refresher.advance()
    bench.respond(account("Ada"))
    assert (bench.store.stored, bench.refresher.is_busy) == (V1_TOKEN, False)


FEBRUARY_2027, MARCH_2027 = 1_803_000_000.0, 1_803_859_200.0
WEEK = 7 * DAY


def reminders(bench: Bench) -> int:
    return bench.notices.count(Notice.RECONNECT)


def test_a_pin_connection_is_reminded_once_a_week_once_the_add_on_has_a_new_client_id(bench: Bench) -> None:
    bench.configured, bench.wall.now = "new-client-id", MARCH_2027
    bench.start(V1_TOKEN)
    assert (reminders(bench), bench.store.offers_reconnect) == (1, True)
    bench.pass_time(WEEK - 120)
    assert reminders(bench) == 1
    bench.pass_time(300)
    assert reminders(bench) == 2


def test_a_restart_does_not_remind_again(bench: Bench) -> None:
    bench.configured, bench.wall.now = "new-client-id", MARCH_2027
    bench.start(V1_TOKEN)
    bench.start(V1_TOKEN)
    assert reminders(bench) == 1


@pytest.mark.parametrize(
    ("token", "configured", "now"),
    [
        (V1_TOKEN, "new-client-id", FEBRUARY_2027),
        (V1_TOKEN, CLIENT_ID, MARCH_2027),
        (V1_TOKEN, "", MARCH_2027),
        (v2_token()._replace(expires_at=MARCH_2027 + 5 * DAY), "new-client-id", MARCH_2027),
        (None, "new-client-id", MARCH_2027),
    ],
    ids=["before March", "same client id", "no client id", "device flow", "not connected"],
)
def test_nobody_else_is_reminded(bench: Bench, token: Token | None, configured: str, now: float) -> None:
    bench.configured, bench.wall.now = configured, now
    bench.start(token)
    assert (reminders(bench), bench.store.offers_reconnect) == (0, False)


def test_who_signs_out_is_offered_no_reconnection_any_more(bench: Bench) -> None:
    bench.configured, bench.wall.now = "new-client-id", MARCH_2027
    bench.start(V1_TOKEN)
    bench.refresher.sign_out()
    assert bench.refresher.seconds_to_wait() == 0.0
    bench.refresher.advance()
    assert not bench.store.offers_reconnect
