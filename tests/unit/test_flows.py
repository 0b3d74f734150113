"""How each flow builds its requests and reads its server's answers."""

from __future__ import annotations

import pytest
from flow_cases import ACCESS_TOKEN, CLIENT_ID, DEVICE, PIN, TOKEN_BODY, FlowCase, answer
from simkl_connect.auth.events import CodeExpired, CodeIssued, Denied, Granted, Pending, SlowDown
from simkl_connect.auth.phases import Phase
from simkl_connect.auth.pin_flow import PinFlow
from simkl_connect.auth.state_machine import SignIn
from simkl_connect.errors import PermanentError, Problem, TransientError
from simkl_connect.models import DeviceAuthorization, Secret


def issued(case: FlowCase, **changed: object) -> DeviceAuthorization:
    read = case.flow().read_device_authorization(case.issued(**changed))
    assert isinstance(read, CodeIssued)
    return read.authorization


def test_a_code_is_read_with_its_address_life_and_interval(case: FlowCase) -> None:
    authorization = issued(case)
    assert authorization.user_code == Secret(case.user_code)
    assert authorization.verification_uri == "https://simkl.com/pin"
    assert authorization.verification_uri_complete == Secret(case.uri_complete)
    assert (authorization.expires_in, authorization.interval) == (900.0, 5.0)


@pytest.mark.parametrize("value", [-1, 0, "soon", None, True, [], {}, float("nan"), float("inf"), "-3", 10**400])
def test_a_number_that_can_not_be_meant_is_replaced_by_the_documented_one(case: FlowCase, value: object) -> None:
    authorization = issued(case, interval=value, expires_in=value)
    assert (authorization.expires_in, authorization.interval) == (900.0, 5.0)


def test_a_number_may_come_as_a_string(case: FlowCase) -> None:
    assert issued(case, interval="7").interval == 7.0


def test_huge_numbers_are_bounded(case: FlowCase) -> None:
    authorization = issued(case, interval=1e9, expires_in=1e9)
    assert (authorization.expires_in, authorization.interval) == (3600.0, 300.0)


def test_a_small_interval_is_at_least_a_second(case: FlowCase) -> None:
    assert issued(case, interval=0.01).interval == 1.0


@pytest.mark.parametrize(
    "code",
    ["", "[B]5G6JA[/B]", "5G\n6JA", "../oauth", "a/b", "A" * 10000, 12345, None, "5G6JA?x=1", "-5G6", "5G6-", "ÄÖ"],
)
def test_a_code_that_can_not_be_shown_is_no_code(case: FlowCase, code: object) -> None:
    read = case.flow().read_device_authorization(case.issued(user_code=code))
    assert isinstance(read, TransientError)
    assert read.problem is Problem.BAD_ANSWER


@pytest.mark.parametrize(
    "address",
    [
        "http://simkl.com/pin",
        "https://simkl.com.evil.example/pin",
        "https://evilsimkl.com/pin",
        "https://simkl.com@evil.example/pin",
        "https://simkl.com:8443/pin",
        "https://simkl.com\\@evil.example",
        "https://simkl.com/[B]pin",
        "https://\u017fimkl.com/pin",
        "https://simkl.com:443@evil.example/pin",
        "https://[::1/pin",
        "javascript:alert(1)",
        "https://simkl.com/" + "a" * 300,
        "",
        None,
        7,
    ],
)
def test_an_address_that_is_not_simkls_is_replaced_by_the_known_one(case: FlowCase, address: object) -> None:
    authorization = issued(case, verification_uri=address, verification_uri_complete=address)
    assert authorization.verification_uri == "https://simkl.com/pin"
    assert authorization.verification_uri_complete == Secret(case.uri_complete)


def test_an_address_on_a_subdomain_of_simkl_is_shown() -> None:
    assert issued(PIN, verification_uri="https://tv.simkl.com/pin/").verification_uri == "https://tv.simkl.com/pin"


def test_older_answers_name_the_address_verification_url() -> None:
    body = {"user_code": "5G6JA", "verification_url": "https://simkl.com/pin/", "expires_in": 900, "interval": 5}
    read = PinFlow(CLIENT_ID).read_device_authorization(answer(body))
    assert isinstance(read, CodeIssued)
    assert read.authorization.verification_uri == "https://simkl.com/pin"


def test_polls_are_read(case: FlowCase) -> None:
    read = case.flow().read_token
    assert isinstance(read(case.pending), Pending)
    assert isinstance(read(case.slow_down), SlowDown)
    assert isinstance(read(case.code_gone), CodeExpired)
    granted = read(case.granted)
    assert isinstance(granted, Granted)
    assert granted.token.access_token == Secret(ACCESS_TOKEN)


def test_a_refused_client_id_is_final(case: FlowCase) -> None:
    flow = case.flow()
    for read in (flow.read_device_authorization(case.client_refused), flow.read_token(case.client_refused)):
        assert isinstance(read, PermanentError)
        assert read.problem is Problem.CLIENT_ID_REFUSED


@pytest.mark.parametrize("body", [{}, {"result": "OK"}, {"result": "KO"}, {"result": "KO", "message": "Maybe"}])
def test_an_unknown_word_is_never_taken_for_pending(body: object) -> None:
    assert isinstance(PinFlow(CLIENT_ID).read_token(answer(body)), TransientError)


@pytest.mark.parametrize("token", ["", None, 5, "a b", "a\nb", "ü", "x" * 5000, ["x"]])
def test_a_token_that_can_not_be_sent_is_no_token(token: object) -> None:
    assert isinstance(PinFlow(CLIENT_ID).read_token(answer({"result": "OK", "access_token": token})), TransientError)


def test_the_code_is_polled_by_its_own_path() -> None:
    assert PinFlow(CLIENT_ID).token_request(issued(PIN)).path == "/oauth/pin/5G6JA"


ERROR_WORDS = {
    "authorization_pending": Pending,
    "slow_down": SlowDown,
    "access_denied": Denied,
    "expired_token": CodeExpired,
}


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429])
@pytest.mark.parametrize("word", ERROR_WORDS)
def test_the_word_in_error_counts_whatever_the_status(word: str, status: int) -> None:
    assert isinstance(DEVICE.flow().read_token(answer({"error": word}, status)), ERROR_WORDS[word])


@pytest.mark.parametrize(("interval", "becomes"), [(20, 20.0), (7, 10.0), (None, 10.0), ("nan", 10.0)])
def test_an_interval_in_a_slow_down_counts_where_it_is_the_longer(interval: object, becomes: float) -> None:
    event = DEVICE.flow().read_token(answer({"error": "slow_down", "interval": interval}, 400))
    state = SignIn(phase=Phase.WAITING, interval=5.0, deadline=900.0)
    assert state.advance(event, 100.0).interval == becomes


@pytest.mark.parametrize("scope", ["media:read,media:write", "media:write, media:read", ["media:read", "media:write"]])
def test_a_scope_that_is_not_separated_by_spaces_is_read(scope: object) -> None:
    granted = DEVICE.flow().read_token(answer({**TOKEN_BODY, "scope": scope}))
    assert isinstance(granted, Granted)
    assert granted.problem is None
