from __future__ import annotations

import pytest
from fakes import FakeClock
from simkl_connect.ui.commands import AUTHORIZE, CANCEL
from simkl_connect.ui.service_client import GONE_AFTER, SILENT_AFTER, ServiceClient
from simkl_connect.ui.view import View


class Service:
    """What the client sees of a service: the commands it got, the view it shows."""

    def __init__(self) -> None:
        self.commands: list[tuple[str, str]] = []
        self.shown: View | None = View()

    def send(self, command: str, request: str) -> None:
        self.commands.append((command, request))


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def client(service: Service, clock: FakeClock) -> ServiceClient:
    """It follows ``r1``, which has just been sent."""
    return ServiceClient("r1", service.send, lambda: service.shown, clock)


def test_it_starts_before_the_service_has_answered(client: ServiceClient, service: Service) -> None:
    assert service.commands == []
    assert client.view().phase == "starting"


def test_what_is_left_of_an_earlier_sign_in_is_not_shown(client: ServiceClient, service: Service) -> None:
    service.shown = View(request="r0", phase="expired")
    assert client.view().phase == "starting"


def test_it_shows_what_the_service_shows(client: ServiceClient, service: Service) -> None:
    service.shown = View(request="r1", phase="waiting", user_code="5G6JA")
    assert client.view() == service.shown


def test_it_follows_a_sign_in_that_another_press_has_taken_up(client: ServiceClient, service: Service) -> None:
    service.shown = View(request="r1", phase="waiting")
    client.view()
    service.shown = View(request="r9", phase="waiting", user_code="5G6JA")
    assert client.view() == service.shown


@pytest.mark.parametrize("shown", [None, View()])
def test_a_service_that_never_answers_is_a_failure(
    client: ServiceClient, service: Service, clock: FakeClock, shown: View | None
) -> None:
    service.shown = shown
    clock.advance(SILENT_AFTER)
    assert client.view().phase == "starting"
    clock.advance(0.1)
    assert (client.view().phase, client.view().problem) == ("failed", "service_silent")


@pytest.mark.parametrize("shown", [None, View()])
def test_a_service_that_has_gone_is_a_failure_within_seconds(
    client: ServiceClient, service: Service, clock: FakeClock, shown: View | None
) -> None:
    service.shown = View(request="r1", phase="waiting", user_code="5G6JA")
    client.view()
    service.shown = shown
    clock.advance(GONE_AFTER)
    assert client.view().user_code == "5G6JA"
    clock.advance(0.1)
    assert (client.view().phase, client.view().problem) == ("failed", "service_gone")


def test_a_service_that_comes_back_in_time_is_not_missed(
    client: ServiceClient, service: Service, clock: FakeClock
) -> None:
    waiting = View(request="r1", phase="waiting", user_code="5G6JA")
    for shown in (waiting, None, View(), waiting):
        service.shown = shown
        clock.advance(0.5)
        assert client.view() == waiting


def test_it_asks_again_until_it_is_answered_and_not_after(
    client: ServiceClient, service: Service, clock: FakeClock
) -> None:
    for _ in range(20):
        clock.advance(0.1)
        client.view()
    assert service.commands == [(AUTHORIZE, "r1")] * 2
    service.shown = View(request="r1", phase="waiting")
    clock.advance(60)
    client.view()
    assert len(service.commands) == 2


def test_trying_again_asks_again(client: ServiceClient, service: Service, clock: FakeClock) -> None:
    service.shown = None
    clock.advance(60)
    client.authorize("r2")
    assert service.commands[-1] == (AUTHORIZE, "r2")
    assert client.view().phase == "starting"


def test_cancel_is_sent(client: ServiceClient, service: Service) -> None:
    client.cancel()
    assert service.commands[-1] == (CANCEL, "r1")
