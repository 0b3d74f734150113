"""Every request, every fault: what the user sees, what goes on by itself, and that no log line holds a secret.

Whatever may pass, passes: a code that could not be had can be asked for again, polls go on while the code lives, and a
stored connection is kept. Only what Simkl means as its last word ends anything.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Callable, Iterator

import pytest
from device import ASKS, WEEK, Ask, Device, Ear, Network, Wire, Words
from flow_cases import ACCESS_TOKEN, DEVICE_BODY, PIN_BODY, TOKEN_BODY, answer
from simkl_connect.auth.phases import Phase
from simkl_connect.auth.token_refresher import FIRST_RETRY, Notice
from simkl_connect.errors import ConnectionFailed, Problem
from simkl_connect.http import session
from simkl_connect.http.messages import Response
from simkl_connect.models import Secret
from simkl_connect.ui.view import BUTTONS, Button
from simkl_simulator import (
    Body,
    CloseEmpty,
    CloseMidBody,
    Drip,
    Fault,
    GzipBomb,
    Hang,
    Html,
    Huge,
    Redirect,
    ResetBefore,
    ResetMidBody,
    Simulator,
    Status,
    silent_listener,
)
from simkl_simulator.certificates import Certificates, make_certificates
from simkl_simulator.faults import Wire as Peer

CANARY = "CANARY-7"
PORTAL = b"<!DOCTYPE html><html><body>Welcome to the hotel CANARY-7</body></html>"
HTML = {"content-type": "text/html"}

SAID = {CANARY, ACCESS_TOKEN, str(TOKEN_BODY["refresh_token"]), str(DEVICE_BODY["device_code"])}
"""Secrets that the server says in words."""

BY_NAME = {str(ask): ask for ask in ASKS}
CODE_PIN, POLL_PIN, CODE_DEVICE = BY_NAME["code-pin"], BY_NAME["poll-pin"], BY_NAME["code-device"]
POLL_DEVICE, REFRESH, REVOKE = BY_NAME["poll-device"], BY_NAME["refresh-device"], BY_NAME["revoke-device"]
NAME_PIN, NAME_DEVICE = BY_NAME["name-pin"], BY_NAME["name-device"]
every_ask = pytest.mark.parametrize("ask", ASKS, ids=str)


@contextmanager
def on(network: Network, worked_last: str) -> Iterator[Device]:
    """A device on ``network``; afterwards nothing runs, and no secret is in a log line or in a view."""
    with Ear() as ear, network:
        device = Device(network, worked_last)
        try:
            yield device
        finally:
            device.close()
        codes = {view.user_code for view in device.views} - {""}
        secrets = (network.secrets | SAID) - codes
    assert [secret for secret in secrets | codes if secret in ear.text] == []
    shown = "".join(view.to_json() for view in device.views)
    assert [secret for secret in secrets if secret in shown] == []


@pytest.fixture
def words(ask: Ask) -> Iterator[Device]:
    """A device and a server of the flow that ``ask`` belongs to."""
    with on(Words(ask.case), ask.case.name) as device:
        yield device


def server(device: Device) -> Words:
    assert isinstance(device.network, Words)
    return device.network


# What a fault may do to each of the five requests


def code_can_be_asked_for_again(device: Device, problem: Problem) -> None:
    device.authorizer.authorize("r1")
    device.run(lambda: device.view.phase == "failed")
    assert device.view.problem == problem.value
    assert Button.TRY_AGAIN in BUTTONS[Phase(device.view.phase)]
    device.authorizer.authorize("r2")
    device.run(lambda: device.view.phase == "waiting")


def polls_go_on(device: Device, problem: Problem) -> None:
    device.authorizer.authorize("r1")
    device.run(lambda: device.view.phase == "retrying")
    assert device.view.problem == problem.value
    assert device.view.user_code
    device.network.approve()
    device.run(lambda: device.view.account_name == "Ada")
    assert device.token is not None
    assert len(device.paths("code")) == 1


def account_is_named_later(device: Device, _problem: Problem) -> None:
    device.sign_in()
    assert (device.view.phase, device.view.account_name, device.finished) == ("connected", "", [""])
    token = device.token
    device.run(lambda: device.store.owner.name == "Ada")
    assert device.token == token is not None
    assert device.notices == []


def token_is_kept_and_refreshed_later(device: Device, _problem: Problem) -> None:
    device.sign_in()
    token = device.token
    device.wall.advance(WEEK)
    device.run(lambda: len(device.paths("refresh")) == 1 and not device.worker.is_busy)
    assert device.token == token is not None
    device.run(lambda: device.token != token)
    first, second = device.paths("refresh")
    assert second - first >= 0.5 * FIRST_RETRY
    assert device.token is not None
    assert device.notices == []


def account_is_forgotten_here(device: Device, _problem: Problem) -> None:
    device.sign_in()
    device.refresher.sign_out()
    device.run(lambda: bool(device.notices))
    assert (device.notices, device.token, device.store.owner.name) == ([Notice.SIGNED_OUT_HERE], None, "")


PASSES: dict[str, Callable[[Device, Problem], None]] = {
    "code": code_can_be_asked_for_again,
    "poll": polls_go_on,
    "name": account_is_named_later,
    "refresh": token_is_kept_and_refreshed_later,
    "revoke": account_is_forgotten_here,
}

# Answers

EVERYWHERE = {
    "DNS failure": (ConnectionFailed(Problem.OFFLINE, "gaierror"), Problem.OFFLINE),
    "time-out": (ConnectionFailed(Problem.TIMEOUT, "ReadTimeout"), Problem.TIMEOUT),
    "portal page": (Response(200, HTML, PORTAL), Problem.CAPTIVE_PORTAL),
    "portal page called JSON": (Response(200, {"content-type": "application/json"}, PORTAL), Problem.CAPTIVE_PORTAL),
    "redirect": (Response(302, {"location": "http://portal.example"}), Problem.CAPTIVE_PORTAL),
    "redirect to Simkl": (Response(301, {"location": "https://api.simkl.com/CANARY-7"}), Problem.CAPTIVE_PORTAL),
    "redirect with the method": (Response(307, {"location": "http://portal.example"}), Problem.CAPTIVE_PORTAL),
    "not modified": (Response(304), Problem.CAPTIVE_PORTAL),
    "sign in to the network": (Response(511, HTML, PORTAL), Problem.CAPTIVE_PORTAL),
    "no content": (Response(204), Problem.BAD_ANSWER),
    "created": (answer({"access_token": CANARY}, 201), Problem.BAD_ANSWER),
    "403": (Response(403), Problem.SERVER_TROUBLE),
    "403 page": (Response(403, HTML, PORTAL), Problem.SERVER_TROUBLE),
    "408": (Response(408), Problem.SERVER_TROUBLE),
    "408 with an error": (answer({"error": "timeout", "message": CANARY}, 408), Problem.SERVER_TROUBLE),
    "409": (Response(409), Problem.SERVER_TROUBLE),
    "425": (Response(425), Problem.SERVER_TROUBLE),
    "429": (Response(429), Problem.RATE_LIMITED),
    "429 with an error": (answer({"error": "user_limit_exceeded", "message": CANARY}, 429), Problem.RATE_LIMITED),
    "429 with a pause": (Response(429, {"retry-after": "20"}), Problem.RATE_LIMITED),
    "500": (Response(500), Problem.SERVER_TROUBLE),
    "500 with an error": (answer({"error": "server_error", "error_description": CANARY}, 500), Problem.SERVER_TROUBLE),
    "500 with an unknown error": (answer({"error": CANARY}, 500), Problem.SERVER_TROUBLE),
    "502": (Response(502), Problem.SERVER_TROUBLE),
    "503": (Response(503, HTML, PORTAL), Problem.SERVER_TROUBLE),
    "503 with a pause": (Response(503, {"retry-after": "20"}), Problem.SERVER_TROUBLE),
    "504": (Response(504), Problem.SERVER_TROUBLE),
    "599": (Response(599), Problem.SERVER_TROUBLE),
}
"""Whatever was asked."""
BODIES = {
    "empty body": b"",
    "blank body": b" \r\n",
    "cut JSON": b'{"result":"OK","access_token":"CANARY-7',
    "two values": b'{"result":"OK"}{"access_token":"CANARY-7"}',
    "not UTF-8": b'{"result":"\xff","access_token":"CANARY-7"}',
    "UTF-16": '{"access_token":"CANARY-7"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"access_token":"CANARY-7"}',
    "a list": b'[{"access_token":"CANARY-7"}]',
    "a string": b'"CANARY-7"',
    "a number": b"1e999",
    "null": b"null",
    "nested without end": b"[" * 60000,
    "a number without end": b'{"expires_in":' + b"9" * 60000 + b"}",
    "an empty object": b"{}",
    "another object": b'{"status":"fine","message":"CANARY-7"}',
}
"""With status 200. A revocation needs no body."""
BY_REQUEST = {
    POLL_PIN: {
        "400": Response(400),
        "404": Response(404),
        "410": Response(410),
        "pending with a 400": answer({"result": "KO", "message": "Authorization pending"}, 400),
        "an unknown message": answer({"result": "KO", "message": CANARY}),
    },
    POLL_DEVICE: {
        "400": Response(400),
        "404": Response(404),
        "400 that is no JSON": Response(400, {}, b"{"),
        "400 with an error that is none": answer({"error": ["CANARY-7"]}, 400),
        "temporarily unavailable": answer({"error": "temporarily_unavailable"}, 400),
        "server error": answer({"error": "server_error"}, 400),
    },
    NAME_PIN: {"400": Response(400), "401 page": Response(401, HTML, PORTAL), "412": Response(412)},
    NAME_DEVICE: {"404": Response(404), "401 page": Response(401, HTML, PORTAL), "412": Response(412)},
    REFRESH: {
        "400": Response(400),
        "400 that is no JSON": Response(400, {}, b"{"),
        "401": Response(401),
        "401 page": Response(401, HTML, PORTAL),
        "404": Response(404),
        "412": answer({"error": "client_id_failed"}, 412),
        "invalid client": answer({"error": "invalid_client"}, 401),
        "invalid request": answer({"error": "invalid_request"}, 400),
        "another type": answer({**TOKEN_BODY, "token_type": "mac"}),
    },
    REVOKE: {
        "400": Response(400),
        "401": answer({"error": "invalid_client"}, 401),
        "404": Response(404),
        "412": Response(412),
    },
}
"""What may pass, where it comes as an answer to this request."""


@every_ask
@pytest.mark.parametrize(("reply", "problem"), EVERYWHERE.values(), ids=EVERYWHERE)
def test_what_is_no_answer_passes(
    words: Device, ask: Ask, reply: Response | ConnectionFailed, problem: Problem
) -> None:
    server(words).strike(ask, reply)
    PASSES[ask.name](words, problem)


@pytest.mark.parametrize("ask", [ask for ask in ASKS if ask is not REVOKE], ids=str)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_says_nothing_passes(words: Device, ask: Ask, body: bytes) -> None:
    server(words).strike(ask, Response(200, {"content-type": "application/json"}, body))
    PASSES[ask.name](words, Problem.BAD_ANSWER)


@pytest.mark.parametrize(
    ("ask", "reply"),
    [(ask, reply) for ask, replies in BY_REQUEST.items() for reply in replies.values()],
    ids=[f"{ask}-{name}" for ask, replies in BY_REQUEST.items() for name in replies],
)
def test_a_no_that_is_not_simkls_last_word_passes(words: Device, ask: Ask, reply: Response) -> None:
    server(words).strike(ask, reply)
    PASSES[ask.name](words, Problem.BAD_ANSWER if reply.status == 200 else Problem.SERVER_TROUBLE)


LAST_WORDS: dict[Ask, dict[str, tuple[Response, str, Problem | None]]] = {
    CODE_PIN: {
        "401": (Response(401), "failed", Problem.CLIENT_ID_REFUSED),
        "404": (Response(404), "failed", Problem.CLIENT_ID_REFUSED),
        "412": (Response(412), "failed", Problem.CLIENT_ID_REFUSED),
    },
    CODE_DEVICE: {
        "400": (answer({"error": "invalid_scope"}, 400), "failed", Problem.CLIENT_ID_REFUSED),
        "404": (Response(404), "failed", Problem.CLIENT_ID_REFUSED),
        "412": (answer({"error": "client_id_failed"}, 412), "failed", Problem.CLIENT_ID_REFUSED),
    },
    POLL_PIN: {
        "401": (Response(401), "failed", Problem.REFUSED),
        "412": (answer({"error": "client_id_failed", "message": CANARY}, 412), "failed", Problem.CLIENT_ID_REFUSED),
        "another code": (answer({**PIN_BODY, "user_code": CANARY}), "expired", None),
    },
    POLL_DEVICE: {
        "401": (Response(401), "failed", Problem.REFUSED),
        "412": (answer({"error": "client_id_failed"}, 412), "failed", Problem.CLIENT_ID_REFUSED),
        "invalid client": (answer({"error": "invalid_client"}, 401), "failed", Problem.CLIENT_ID_REFUSED),
        "unauthorized client": (answer({"error": "unauthorized_client"}, 400), "failed", Problem.CLIENT_ID_REFUSED),
        "expired": (answer({"error": "expired_token", "error_description": CANARY}, 400), "expired", None),
        "unknown": (answer({"error": "invalid_grant"}, 400), "expired", None),
        "denied": (answer({"error": "access_denied"}, 400), "denied", None),
        "forbidden": (answer({"error": "access_denied"}, 403), "denied", None),
        "another error": (answer({"error": "policy_violation"}, 400), "failed", Problem.REFUSED),
    },
}
"""What is final, the phase it leads to, and its name on the screen."""


@pytest.mark.parametrize(
    ("ask", "reply", "phase", "problem"),
    [(ask, *row) for ask, rows in LAST_WORDS.items() for row in rows.values()],
    ids=[f"{ask}-{name}" for ask, rows in LAST_WORDS.items() for name in rows],
)
def test_a_last_word_ends_the_sign_in(
    words: Device, ask: Ask, reply: Response, phase: str, problem: Problem | None
) -> None:
    server(words).strike(ask, reply)
    words.authorizer.authorize("r1")
    words.run(lambda: words.view.phase == phase)
    assert words.view.problem == (problem.value if problem else None)
    requests = len(words.network.requests)
    words.clock.advance(60)
    words.authorizer.advance()
    assert len(words.network.requests) == requests
    words.authorizer.authorize("r2")
    words.run(lambda: words.view.phase == "waiting")


@pytest.mark.parametrize("ask", [POLL_DEVICE], ids=str)
@pytest.mark.parametrize("quoted", [str(DEVICE_BODY["device_code"]), "x" * 90 + " " + str(DEVICE_BODY["device_code"])])
def test_a_refusal_that_quotes_the_device_code_is_not_shown(words: Device, ask: Ask, quoted: str) -> None:
    server(words).strike(ask, answer({"error": "policy_violation", "error_description": f"No: {quoted}"}, 400))
    words.authorizer.authorize("r1")
    words.run(lambda: words.view.phase == "failed")
    assert (words.view.problem, words.view.server_message) == ("refused", "")


UNAUTHORIZED = answer({"error": "user_token_failed", "code": 401, "message": CANARY}, 401)


@pytest.mark.parametrize("ask", [NAME_PIN, NAME_DEVICE], ids=str)
def test_a_401_that_is_said_again_and_again_ends_the_connection(words: Device, ask: Ask) -> None:
    server(words).strike(ask, UNAUTHORIZED, times=3)
    words.sign_in()
    assert words.view.phase == "connected"
    words.run(lambda: bool(words.notices))
    assert (words.notices, words.token) == ([Notice.ENDED], None)
    assert len(words.paths("refresh")) == (0 if ask is NAME_PIN else 1)


@pytest.mark.parametrize("ask", [NAME_DEVICE], ids=str)
def test_a_401_that_a_refresh_puts_right_ends_nothing(words: Device, ask: Ask) -> None:
    server(words).strike(ask, UNAUTHORIZED, times=2)
    words.sign_in()
    words.run(lambda: words.store.owner.name == "Ada")
    assert words.notices == []
    assert words.token is not None
    assert words.token.access_token == Secret("simkl_at_2")


@pytest.mark.parametrize("ask", [REFRESH], ids=str)
@pytest.mark.parametrize("status", [400, 401])
def test_only_invalid_grant_ends_a_connection_that_is_refreshed(words: Device, ask: Ask, status: int) -> None:
    server(words).strike(ask, answer({"error": "invalid_grant", "error_description": CANARY}, status))
    words.sign_in()
    words.wall.advance(WEEK)
    words.run(lambda: bool(words.notices))
    assert (words.notices, words.token, words.store.owner.name) == ([Notice.ENDED], None, "Ada")


# Fields

WRONG: dict[str, object] = {
    "null": None,
    "true": True,
    "a number": -1,
    "an empty string": "",
    "a list": ["CANARY-7"],
    "an object": {"CANARY-7": "CANARY-7"},
    "a long string": "CANARY-7 " * 1000,
    "control characters": "CANARY-7\r\n\x00\x1b[31m",
}
GOOD_BODIES: dict[Ask, dict[str, object]] = {
    CODE_PIN: PIN_BODY,
    POLL_PIN: {"result": "OK", "access_token": ACCESS_TOKEN},
    NAME_PIN: {"user": {"name": "Ada"}, "account": {"id": 12345}},
    CODE_DEVICE: DEVICE_BODY,
    POLL_DEVICE: TOKEN_BODY,
    REFRESH: TOKEN_BODY,
}
NEEDED = {
    CODE_PIN: {"user_code"},
    POLL_PIN: {"result", "access_token"},
    NAME_PIN: {"user"},
    CODE_DEVICE: {"user_code", "device_code"},
    POLL_DEVICE: {"access_token", "token_type"},
    REFRESH: {"access_token", "token_type"},
}
"""Fields that nothing can be done without; ``token_type`` may be missing."""
FIELDS = [
    (ask, field, name)
    for ask, body in GOOD_BODIES.items()
    for field in body
    for name in ("missing", *WRONG)
    if (field, name) != ("token_type", "missing") and (ask, field, name) != (CODE_PIN, "device_code", "missing")
]


def spoilt(ask: Ask, field: str, name: str) -> Response:
    body = dict(GOOD_BODIES[ask])
    del body[field]
    return answer(body if name == "missing" else {**body, field: WRONG[name]})


@pytest.mark.parametrize(("ask", "field", "name"), [row for row in FIELDS if row[1] in NEEDED[row[0]]])
def test_a_field_that_is_needed_is_trouble_without_its_value(words: Device, ask: Ask, field: str, name: str) -> None:
    server(words).strike(ask, spoilt(ask, field, name))
    PASSES[ask.name](words, Problem.BAD_ANSWER)


@pytest.mark.parametrize(("ask", "field", "name"), [row for row in FIELDS if row[1] not in NEEDED[row[0]]])
def test_any_other_field_is_done_without(words: Device, ask: Ask, field: str, name: str) -> None:
    server(words).strike(ask, spoilt(ask, field, name))
    words.sign_in()
    assert [view.phase for view in words.views if view.phase in ("retrying", "failed")] == []
    assert words.view.account_name == "Ada"
    if ask is REFRESH:
        words.wall.advance(WEEK)
        words.run(lambda: len(words.paths("refresh")) == 1 and not words.worker.is_busy)
        assert words.token is not None
        assert (words.token.refresh_token, words.notices) == (Secret("simkl_rt_1"), [])


# How long a server may ask to wait

PAUSES = {
    "seconds": ({"retry-after": "120"}, 120.0),
    "a date": ({"retry-after": "Tue, 24 Nov 2026 10:02:00 GMT", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, 120.0),
    "none": ({}, 5.0),
    "nothing": ({"retry-after": "0"}, 5.0),
    "negative": ({"retry-after": "-120"}, 5.0),
    "a fraction": ({"retry-after": "120.5"}, 5.0),
    "a word": ({"retry-after": CANARY}, 5.0),
    "a date gone by": ({"retry-after": "Tue, 24 Nov 2020 10:02:00 GMT", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, 5.0),
    "a number without end": ({"retry-after": "9" * 5000}, 5.0),
    "years": ({"retry-after": "99999999"}, 5.0),
    "a year without end": ({"retry-after": f"Tue, 24 Nov {'9' * 30} 10:00:00 GMT"}, 5.0),
    "a day without end": ({"retry-after": f"Tue, {'9' * 30} Nov 2026 10:00:00 GMT"}, 5.0),
    "a zone without end": ({"retry-after": f"Tue, 24 Nov 2026 10:00:00 +{'9' * 30}"}, 5.0),
    "a date by a mad clock": ({"retry-after": "Tue, 24 Nov 2020 10:02:00 GMT", "date": f"24 Nov {'9' * 30}"}, 5.0),
}


@pytest.mark.parametrize("ask", [POLL_PIN, POLL_DEVICE], ids=str)
@pytest.mark.parametrize(
    ("status", "headers", "at_least"),
    [*((429, *row) for row in PAUSES.values()), *((status, *PAUSES["seconds"]) for status in (408, 503))],
    ids=[*PAUSES, "408", "503"],
)
def test_a_pause_that_can_be_meant_is_kept_while_polling(
    words: Device, ask: Ask, status: int, headers: dict[str, str], at_least: float
) -> None:
    server(words).strike(ask, Response(status, headers))
    words.authorizer.authorize("r1")
    words.run(lambda: len(words.paths("poll")) == 2)
    first, second = words.paths("poll")
    assert at_least <= round(second - first, 6) <= at_least + 15.0


@pytest.mark.parametrize("ask", [POLL_PIN, POLL_DEVICE], ids=str)
def test_a_pause_beyond_the_codes_life_polls_no_more(words: Device, ask: Ask) -> None:
    server(words).strike(ask, Response(429, {"retry-after": "3600"}))
    words.authorizer.authorize("r1")
    words.run(lambda: words.view.phase == "expired")
    assert len(words.paths("poll")) == 1


@pytest.mark.parametrize("ask", [REFRESH], ids=str)
@pytest.mark.parametrize(("headers", "at_least"), PAUSES.values(), ids=PAUSES)
def test_a_pause_that_can_be_meant_is_kept_before_the_next_refresh(
    words: Device, ask: Ask, headers: dict[str, str], at_least: float
) -> None:
    server(words).strike(ask, Response(429, headers))
    words.sign_in()
    words.wall.advance(WEEK)
    words.run(lambda: len(words.paths("refresh")) == 2)
    first, second = words.paths("refresh")
    assert max(at_least, 0.5 * FIRST_RETRY) <= round(second - first, 6) <= 300.0


# The wire


@dataclass(frozen=True)
class Raw(Fault):
    """These bytes, and then the end of the connection."""

    data: bytes

    def play(self, wire: Peer) -> None:
        wire.send(self.data)
        wire.hang_up()


FAULTS: dict[str, tuple[Fault, Problem]] = {
    "closed before the answer": (CloseEmpty(), Problem.OFFLINE),
    "reset before the answer": (ResetBefore(), Problem.OFFLINE),
    "closed in the middle": (CloseMidBody(b'{"access_token":"CANARY-7"}'), Problem.OFFLINE),
    "reset in the middle": (ResetMidBody(b'{"access_token":"CANARY-7"', pause=0.01), Problem.OFFLINE),
    "huge": (Huge(64 * 1024 + 1), Problem.BAD_ANSWER),
    "huge without a length": (Huge(10_000_000, declared=False), Problem.BAD_ANSWER),
    "gzip bomb": (GzipBomb(5_000_000), Problem.BAD_ANSWER),
    "not gzip": (Body(b"CANARY-7", {"Content-Encoding": "gzip"}), Problem.BAD_ANSWER),
    "portal": (Html(PORTAL.decode()), Problem.CAPTIVE_PORTAL),
    "redirect": (Redirect("http://portal.example/CANARY-7"), Problem.CAPTIVE_PORTAL),
    "500": (Status(500, b"CANARY-7"), Problem.SERVER_TROUBLE),
    "429 with a pause": (Status(429, headers={"Retry-After": "20"}), Problem.RATE_LIMITED),
    "not HTTP": (Raw(b"CANARY-7\r\n\r\n"), Problem.OFFLINE),
    "headers without end": (Raw(b"HTTP/1.1 200 OK\r\n" + b"x: CANARY-7\r\n" * 200), Problem.OFFLINE),
    "a header without end": (Raw(b"HTTP/1.1 200 OK\r\nx: " + b"CANARY-7" * 20000), Problem.OFFLINE),
}
ENDLESS: dict[str, Fault] = {
    "no answer": Hang(),
    "drip": Drip(b"x" * 1000, 1.0),
    "drip in the head": Drip(b"x", 1.0, head=True),
}
FLAWS = ("expired", "not_yet_valid", "wrong_name", "unknown_issuer")


@pytest.fixture
def wire(ask: Ask) -> Iterator[Device]:
    """A device and a simulated Simkl of the version that ``ask`` belongs to."""
    with on(Wire(ask.case), ask.case.name) as device:
        yield device


def line(device: Device) -> Wire:
    assert isinstance(device.network, Wire)
    return device.network


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def flawed(certificates: Certificates) -> Iterator[dict[str, Simulator]]:
    """Servers whose certificate has one thing wrong each; none of them may ever see a request."""
    simulators = {flaw: Simulator({}, tls=getattr(certificates, flaw)).start() for flaw in FLAWS}
    yield simulators
    for simulator in simulators.values():
        simulator.close()


@pytest.fixture(scope="session")
def nobody() -> str:
    with Simulator({}) as gone:
        return gone.url


@every_ask
@pytest.mark.parametrize(("fault", "problem"), FAULTS.values(), ids=FAULTS)
def test_a_fault_on_the_wire_passes(wire: Device, ask: Ask, fault: Fault, problem: Problem) -> None:
    line(wire).strike(ask, fault)
    PASSES[ask.name](wire, problem)


@every_ask
@pytest.mark.parametrize("fault", ENDLESS.values(), ids=ENDLESS)
def test_an_answer_without_end_is_ended(wire: Device, ask: Ask, fault: Fault) -> None:
    line(wire).strike(ask, fault, endless=True)
    PASSES[ask.name](wire, Problem.TIMEOUT)


@every_ask
@pytest.mark.parametrize("accepts", [False, True], ids=["connecting", "TLS handshake"])
def test_a_connection_that_does_not_come_about_is_ended(wire: Device, ask: Ask, accepts: bool) -> None:
    with silent_listener(accepts) as silent:
        line(wire).strike(ask, silent.https, endless=True)
        PASSES[ask.name](wire, Problem.TIMEOUT)


@every_ask
@pytest.mark.parametrize("where", ["no such host", "nobody there", "not HTTPS"])
def test_a_server_that_can_not_be_reached_passes(wire: Device, ask: Ask, where: str, nobody: str) -> None:
    addresses = {
        "no such host": ("https://does-not-exist.invalid", Problem.OFFLINE),
        "nobody there": (nobody, Problem.OFFLINE),
        "not HTTPS": (line(wire).simkl.url.replace("http:", "https:"), Problem.TLS),
    }
    address, problem = addresses[where]
    line(wire).strike(ask, address)
    PASSES[ask.name](wire, problem)


@every_ask
@pytest.mark.parametrize("flaw", FLAWS)
def test_a_certificate_that_is_not_simkls_passes_and_sees_nothing(
    wire: Device,
    ask: Ask,
    flaw: str,
    flawed: dict[str, Simulator],
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.ca))
    line(wire).strike(ask, flawed[flaw].url)
    PASSES[ask.name](wire, Problem.TLS)
    assert flawed[flaw].requests == []


@pytest.mark.parametrize("ask", [POLL_DEVICE], ids=str)
@pytest.mark.parametrize("phase", ["connecting", "TLS handshake", "no answer", "drip"])
def test_the_limits_of_the_connection_itself_are_time_outs(
    wire: Device, ask: Ask, phase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody interrupts here: the socket gives up by itself."""
    wire.authorizer.authorize("r1")
    wire.run(lambda: wire.view.phase == "waiting")
    monkeypatch.setattr(session, "CONNECT_TIMEOUT", 0.1)
    monkeypatch.setattr(session, "READ_TIMEOUT", 0.1)
    endless: dict[str, Fault] = {"no answer": Hang(), "drip": Drip(b"x" * 10, 2.0)}
    with silent_listener(accepts=phase == "TLS handshake") as silent:
        line(wire).strike(ask, endless.get(phase, silent.https))
        wire.run(lambda: wire.view.phase == "retrying")
    assert wire.view.problem == Problem.TIMEOUT.value
