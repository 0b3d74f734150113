"""The session of other add-ons, against a simulated Simkl: where it goes, what it carries, what it gives away."""

from __future__ import annotations

import gc
import logging
import threading
import time
import weakref
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
import requests
from scripted_server import OK, scripted_server
from simkl_connect import NotConnected, clock
from simkl_connect.http import shared_session
from simkl_connect.http.messages import ClientInfo
from simkl_connect.http.shared_session import SharedSession
from simkl_connect.models import Secret, Token
from simkl_connect.storage.limits import SharedLimits
from simkl_simulator import ApiError, Drip, Hang, Html, Redirect, Simulator, Status

CANARY = "canary_7"
USER_AGENT = "simkl-connect/1.2.3 (Kodi 20.1; Linux) plugin.video.example"
Open = Callable[..., SharedSession]


@dataclass
class FakeAccess:
    """``tokens`` in turn, one more after each refusal; an exception is raised."""

    tokens: list[Token | Exception | None] = field(default_factory=lambda: [Token(Secret(CANARY), client_id="id")])
    refused: list[Token] = field(default_factory=list)

    def token(self) -> Token:
        token = self.tokens[0]
        assert isinstance(token, Token)
        return token

    def renewed(self, refused: Token) -> Token | None:
        self.refused.append(refused)
        token = self.tokens[len(self.refused)]
        if isinstance(token, Exception):
            raise token
        return token


@pytest.fixture
def access() -> FakeAccess:
    return FakeAccess()


@pytest.fixture
def open_session(access: FakeAccess, tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as opened:

        def open_one(url: str, is_ending: Callable[[], bool] = bool) -> SharedSession:
            limits = SharedLimits(str(tmp_path / "limits.db").encode(), clock.now)
            session = SharedSession(ClientInfo(url, "1.2.3", USER_AGENT), access, limits, str, lambda: is_ending)
            return opened.enter_context(session)

        yield open_one


@pytest.fixture
def simkl() -> Iterator[Simulator]:
    with Simulator({"id": "v1"}) as simulator:
        yield simulator


def test_a_request_carries_who_is_asking_whatever_the_caller_says(open_session: Open) -> None:
    with scripted_server([OK]) as server:
        session = open_session(server.url)
        answer = session.get(
            "/a", params=[("page", "2")], headers={"User-Agent": "x", "Authorization": "x"}, auth=("a", "b")
        )
    assert answer.json() == {}
    head = server.requests[0].decode()
    assert head.startswith("GET /a?page=2&client_id=id&app-name=simkl-connect&app-version=1.2.3 HTTP/1.1\r\n")
    assert [line for line in head.splitlines() if line.startswith(("User-Agent", "Authorization"))] == [
        f"User-Agent: {USER_AGENT}",
        f"Authorization: Bearer {CANARY}",
    ]


@pytest.mark.parametrize(
    "url", ["sync/activities", "", "//evil.example/a", "https://evil.example/a", "http:/a", b"/a", None]
)
def test_what_is_no_path_is_refused(open_session: Open, simkl: Simulator, url: str) -> None:
    with pytest.raises(ValueError, match="a path"):
        open_session(simkl.url).get(url)
    assert simkl.requests == []


def test_no_other_host_is_reached_by_a_prepared_request(open_session: Open, simkl: Simulator) -> None:
    session = open_session("https://api.simkl.com")
    with pytest.raises(requests.exceptions.InvalidSchema):
        session.send(session.prepare_request(requests.Request("GET", simkl.url + "/sync/activities")))
    assert simkl.requests == []


def test_a_redirect_is_an_answer_like_any_other(open_session: Open, simkl: Simulator) -> None:
    simkl.fault("/a", Redirect(simkl.url + "/b"))
    answer = open_session(simkl.url).get("/a", allow_redirects=True)
    assert (answer.is_redirect, len(simkl.requests)) == (True, 1)


@pytest.mark.parametrize("verify", [False, 0, ""])
def test_certificates_can_not_be_left_unchecked(open_session: Open, simkl: Simulator, verify: Any) -> None:
    with pytest.raises(ValueError, match="certificates"):
        open_session(simkl.url).get("/a", verify=verify)


def test_a_hook_may_make_a_request_of_its_own(open_session: Open, simkl: Simulator) -> None:
    session = open_session(simkl.url)
    thread = threading.Thread(
        target=lambda: session.get("/a", hooks={"response": lambda *_, **__: session.get("/b") and None}), daemon=True
    )
    thread.start()
    thread.join(10)
    assert not thread.is_alive() and len(simkl.requests) == 2


# After a 401


@pytest.mark.parametrize(
    ("renewed", "statuses"),
    [(Token(Secret("new"), client_id="id"), ["new"]), (None, [])],
    ids=["another token", "the same one"],
)
def test_the_request_is_made_once_more_with_another_token(
    open_session: Open, simkl: Simulator, access: FakeAccess, renewed: Token | None, statuses: list[str]
) -> None:
    access.tokens.append(renewed)
    answer = open_session(simkl.url).get("/sync/activities")
    assert answer.status_code == 401
    sent = [request.headers["authorization"].partition(" ")[2] for request in simkl.requests]
    assert (sent, len(access.refused)) == ([CANARY, *statuses], 1)


def test_a_grant_that_has_ended_is_told(open_session: Open, simkl: Simulator, access: FakeAccess) -> None:
    access.tokens.append(NotConnected("nobody"))
    with pytest.raises(NotConnected):
        open_session(simkl.url).get("/sync/activities")


def test_a_page_of_something_in_between_doubts_no_token(
    open_session: Open, simkl: Simulator, access: FakeAccess
) -> None:
    simkl.fault("/a", Html(status=401))
    assert open_session(simkl.url).get("/a").status_code == 401
    assert access.refused == []


@pytest.mark.parametrize("fault", [Status(503), ApiError(429, "rate_limit", 1), ApiError(412, "client_id_failed")])
def test_nothing_else_is_repeated(open_session: Open, simkl: Simulator, access: FakeAccess, fault: ApiError) -> None:
    simkl.fault("/a", fault)
    open_session(simkl.url).get("/a")
    assert (len(simkl.requests), access.refused) == (1, [])


# What goes wrong


def test_nothing_that_the_caller_can_print_holds_the_token(
    open_session: Open, simkl: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    session = open_session(simkl.url)
    with caplog.at_level(logging.DEBUG):
        answer = session.get("/a")
    simkl.close()
    with pytest.raises(requests.ConnectionError) as caught:
        session.get("/a")
    assert caught.value.request is not None
    seen = [
        session.headers,
        answer.request.headers,
        answer.url,
        caught.value.request.headers,
        caught.value,
        caplog.text,
    ]
    assert [what for what in map(repr, seen) if CANARY in what] == []


def test_an_answer_without_end_is_ended(open_session: Open, simkl: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_session, "LONGEST", 0.3)
    simkl.fault("/a", Drip(b"{}", 5.0))
    with pytest.raises(requests.Timeout):
        open_session(simkl.url).get("/a")


def test_a_request_does_not_hold_up_kodi(open_session: Open, simkl: Simulator) -> None:
    simkl.fault("/a", Hang())
    ending = threading.Event()
    threading.Timer(0.3, ending.set).start()
    started = time.monotonic()
    with pytest.raises(requests.Timeout):
        open_session(simkl.url, ending.is_set).get("/a")
    assert time.monotonic() - started < 2.0


def test_what_kodi_has_lent_for_a_request_does_not_outlive_it(access: FakeAccess, tmp_path: Path) -> None:
    lent: list[weakref.ref[Callable[[], bool]]] = []

    def watch() -> Callable[[], bool]:
        def is_ending() -> bool:
            return False

        lent.append(weakref.ref(is_ending))
        return is_ending

    limits = SharedLimits(str(tmp_path / "limits.db").encode(), clock.now)
    with scripted_server([OK]) as server:
        client = ClientInfo(server.url, "1.2.3", USER_AGENT)
        with SharedSession(client, access, limits, str, watch) as session:
            session.get("/a")
            gc.collect()
            assert [one() for one in lent] == [None]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", requests.RequestException),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Encoding: br\r\n\r\n{}", requests.RequestException),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + b"x" * 200, requests.RequestException),
        (b"nothing like HTTP\r\n\r\n", requests.ConnectionError),
    ],
    ids=["cut", "packed", "too large", "no HTTP"],
)
def test_a_body_that_can_not_be_taken_is_an_error_of_requests(
    open_session: Open, monkeypatch: pytest.MonkeyPatch, reply: bytes, error: type[Exception]
) -> None:
    monkeypatch.setattr(shared_session, "LARGEST_BODY", 100)
    with scripted_server([reply]) as server, pytest.raises(error):
        open_session(server.url).get("/a")


def test_posts_of_two_sessions_are_a_second_apart(open_session: Open, simkl: Simulator) -> None:
    for session in (open_session(simkl.url), open_session(simkl.url)):
        session.post("/a", json={})
    first, second = (request.time for request in simkl.requests)
    assert second - first >= 1.0


def test_who_gets_no_turn_is_told(open_session: Open, simkl: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_session, "LONGEST_TURN", 0.2)
    session = open_session(simkl.url)
    session.post("/a")
    with pytest.raises(requests.Timeout, match="no turn"):
        session.post("/a")
    assert len(simkl.requests) == 1


def test_another_thread_waits_for_the_request_in_flight(open_session: Open, simkl: Simulator) -> None:
    simkl.delay("/a", 0.2)
    session = open_session(simkl.url)
    threads = [threading.Thread(target=session.get, args=("/a",)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(simkl.requests), simkl.connections) == (3, 1)
