"""Errors quote what they trip over: no such text reaches a log line, an answer or the screen."""

from __future__ import annotations

import logging
import threading
from typing import Iterator

import pytest
from device import ASKS, WEEK, Ask, Device, Ear, Line, Wire, Words, kind_of
from fakes import FakeStore
from flow_cases import CLIENT_ID, DEVICE
from simkl_connect.api.users import account_request, read_account
from simkl_connect.auth.events import Identified
from simkl_connect.errors import PermanentError, Problem, StorageFailed
from simkl_connect.http.messages import Request, Response
from simkl_connect.http.worker import Priority, Worker
from simkl_connect.models import Secret, Token

CANARY = "CANARY-7"
ERRORS: dict[str, Exception] = {
    "a header that can't be sent": ValueError(f"Invalid header value b'Bearer {CANARY}'"),
    "a letter that can't be sent": UnicodeEncodeError("latin-1", CANARY, 0, 1, CANARY),
    "a name that is not there": KeyError(CANARY),
    "a file": OSError(5, CANARY, CANARY),
    "an assertion": AssertionError(f"'{CANARY}' is not what it should be"),
    "an error in an error": RuntimeError(CANARY, ValueError(CANARY)),
    "too deep": RecursionError(CANARY),
    "no memory": MemoryError(CANARY),
}


class Stumbling(Words):
    """A line that raises ``error`` at the first request of one kind, or when it is opened."""

    def __init__(self, ask: Ask, error: Exception, opening: bool = False) -> None:
        super().__init__(ask.case)
        self.ask = ask
        self.error: Exception | None = error
        self.opening = opening

    def open(self) -> Line:
        if self.opening:
            self.stumble()
        return super().open()

    def send(self, request: Request) -> Response:
        if not self.opening and kind_of(request) == self.ask.name:
            self.stumble()
        return super().send(request)

    def stumble(self) -> None:
        error, self.error = self.error, None
        if error is not None:
            raise error from ValueError(CANARY)


@pytest.fixture(autouse=True)
def ear() -> Iterator[Ear]:
    """Whatever a test here does, nothing of it is heard."""
    with Ear() as ear:
        yield ear
    assert CANARY not in ear.text


def live(device: Device, ask: Ask) -> None:
    """Until the request has been made, and what follows from its failure has happened."""
    device.authorizer.authorize("r1")
    device.network.approve()
    if ask.name in ("code", "poll"):
        device.run(lambda: device.view.phase == "failed")
        assert device.view.problem == "internal"
        return
    device.run(lambda: bool(device.finished))
    if ask.name == "refresh":
        device.wall.advance(WEEK)
        device.run(lambda: len(device.paths("refresh")) == 2)
        assert device.token is not None
    elif ask.name == "revoke":
        device.refresher.sign_out()
        device.run(lambda: bool(device.notices))


@pytest.mark.parametrize("ask", ASKS, ids=str)
@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_an_error_in_any_request_is_told_by_its_kind_alone(ask: Ask, error: Exception, ear: Ear) -> None:
    device = Device(Stumbling(ask, error), ask.case.name)
    live(device, ask)
    assert f"a mistake in the add-on: {type(error).__name__} at _perform:" in ear.text
    assert CANARY not in "".join(f"{view!r}{view.to_json()}" for view in device.views)
    device.close()


def test_an_error_while_a_connection_is_prepared_is_told_by_its_kind_alone(ear: Ear) -> None:
    device = Device(Stumbling(ASKS[0], ImportError(CANARY), opening=True), "pin")
    live(device, ASKS[0])
    assert "a mistake in the add-on: ImportError at _perform:" in ear.text
    device.close()


class Leaky(FakeStore):
    """A store whose errors come from errors that quote the token."""

    def _check(self) -> None:
        if self.full:
            raise StorageFailed("settings.xml did not keep access_token") from ValueError(CANARY)


def test_a_token_that_can_not_be_saved_is_not_told(ear: Ear) -> None:
    network = Words(DEVICE)
    device = Device(network, "device", store=Leaky())
    device.authorizer.authorize("r1")
    device.run(lambda: device.view.phase == "waiting")
    device.store.full = True
    network.approve()
    device.run(lambda: device.view.phase == "failed")
    assert device.view.problem == "storage"
    assert "storage (settings.xml did not keep access_token)" in ear.text
    device.close()


@pytest.mark.parametrize("token", [f"{CANARY}\r\nx: y", f"{CANARY}\n", f"{CANARY} \u2603", CANARY])
def test_a_token_that_somebody_has_spoilt_in_the_settings_is_neither_told_nor_sent_as_two_headers(token: str) -> None:
    network = Wire(DEVICE)
    with network:
        done = threading.Event()
        worker = Worker(network.open, network.clock, done.set)  # type: ignore[arg-type]
        request = account_request(Token(Secret(token), client_id=CLIENT_ID))
        answer = worker.submit(request, read_account, Priority.REFRESH)
        assert done.wait(30.0)
        assert worker.close(5.0)
    assert CANARY not in f"{answer.result!r} {answer.result}"
    assert not isinstance(answer.result, Identified)
    if token != CANARY:
        assert isinstance(answer.result, PermanentError)
        assert answer.result.problem is Problem.INTERNAL
    assert ["x" in request.headers for request in network.simkl.requests] in ([], [False])


def test_the_ear_hears() -> None:
    """Or all of this would prove nothing."""
    with Ear() as ear:
        logging.getLogger("simkl_connect.anything").debug("a word")
    assert ear.lines == ["DEBUG simkl_connect.anything a word"]
