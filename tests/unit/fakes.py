"""Small recording stand-ins, shared by the unit tests."""

from __future__ import annotations

from typing import Callable, Iterable, Mapping

from simkl_connect.auth.events import Answer
from simkl_connect.errors import StorageFailed
from simkl_connect.http.messages import Request, Response
from simkl_connect.models import Account, Token


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class FakeExchange:
    """An exchange whose responses the test gives, one at a time."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._read: Callable[[Response], Answer] | None = None
        self._answer: Answer | None = None
        self.requests: list[tuple[float, Request]] = []
        self.closed = self.withdrawn = False

    @property
    def in_flight(self) -> bool:
        return self._read is not None or self._answer is not None

    def wake_at(self) -> float | None:
        return None

    def start(self, request: Request, read: Callable[[Response], Answer]) -> None:
        assert not self.in_flight, "two requests at once"
        assert not self.closed, "a request after the end"
        self.requests.append((self._clock(), request))
        self._read = read

    def answer(self) -> Answer | None:
        answer, self._answer = self._answer, None
        return answer

    def respond(self, response: Response) -> None:
        assert self._read is not None, "nothing was asked"
        self._answer, self._read = self._read(response), None

    def fail(self, answer: Answer) -> None:
        self._answer, self._read = answer, None

    def withdraw(self) -> None:
        self.withdrawn = True

    def close(self, timeout: float = 0.0) -> bool:
        self.closed = True
        return True


class FakeStore:
    """A store in memory; ``full`` makes every write fail."""

    def __init__(self) -> None:
        self.stored: Token | None = None
        self.owner = Account("")
        self.flows: dict[str, str] = {}
        self.full = False
        self.noted: list[Token] = []
        self.reminded = 0.0
        self.offers_reconnect = False

    def token(self) -> Token | None:
        return self.stored

    def account(self) -> Account:
        return self.owner

    def note_token(self, token: Token) -> None:
        self.noted.append(token)

    def note_refreshed(self, token: Token, wanted: Callable[[], bool]) -> None:
        if wanted():
            self.noted.append(token)

    def strike(self, token: Token) -> None:
        self.noted.remove(token)

    def save_token(self, token: Token) -> None:
        self._check()
        self.stored, self.owner = token, Account("")

    def save_refreshed(self, token: Token) -> None:
        self._check()
        self.stored = token

    def save_account(self, account: Account) -> None:
        self._check()
        self.owner = account

    def end(self) -> None:
        self._check()
        self.stored = None

    def clear(self) -> None:
        self._check()
        self.stored, self.owner = None, Account("")

    def flow(self, client_id: str) -> str:
        return self.flows.get(client_id, "")

    def save_flow(self, client_id: str, flow: str) -> None:
        self._check()
        self.flows[client_id] = flow

    def reminded_at(self) -> float:
        return self.reminded

    def save_reminded_at(self, at: float) -> None:
        self.reminded = at

    def offer_reconnect(self, offer: bool) -> None:
        self.offers_reconnect = offer

    def _check(self) -> None:
        if self.full:
            raise StorageFailed("disk full")


class FakeSettings:
    """Kodi's add-on settings in memory.

    ``page_open`` makes writes vanish, as the settings page does that is left with Back; ``torn`` is what a kill in
    mid-write does, ``unknown`` what Kodi says of a disabled add-on.
    """

    def __init__(self, **values: str) -> None:
        self.values = {"reconnect": "false", **values}
        self.writes: list[dict[str, str]] = []
        self.page_open = self.torn = self.unknown = False

    def read(self, names: Iterable[str]) -> dict[str, str]:
        self._check()
        return {name: "" if self.torn else self.values.get(name, "") for name in names}

    def write(self, values: Mapping[str, str]) -> None:
        self._check()
        self.writes.append(dict(values))
        if not self.page_open and not self.torn:
            self.values.update(values)

    def is_torn(self) -> bool:
        return self.torn

    def set_aside(self) -> None:
        self.torn, self.values = False, {"reconnect": "false"}

    def _check(self) -> None:
        if self.unknown:
            raise StorageFailed("Kodi does not know the add-on any more")
