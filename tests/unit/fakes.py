"""Small recording stand-ins, shared by the unit tests."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterable, Iterator, Mapping, TypeVar

from fake_worker import FakeWorker
from simkl_connect.environment import Environment
from simkl_connect.errors import StorageFailed
from simkl_connect.http.messages import Request, Response
from simkl_connect.http.worker import Job, Priority
from simkl_connect.models import Account, Secret, Token

T = TypeVar("T")


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class MemoryDatabase:
    """Values and queues in memory; ``full`` makes every change fail."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.queued: dict[int, tuple[str, str]] = {}
        self.full = False
        self.commits = 0
        self._last = 0
        self._depth = 0

    def read(self, name: str) -> str:
        return self.values.get(name, "")

    def write(self, values: Mapping[str, str]) -> None:
        with self.transaction():
            self.values = {name: value for name, value in {**self.values, **values}.items() if value}

    def push(self, kind: str, item: str) -> int:
        with self.transaction():
            self._last += 1
            self.queued[self._last] = (kind, item)
            return self._last

    def rows(self, kind: str) -> list[tuple[int, str]]:
        return [(row, item) for row, (own, item) in sorted(self.queued.items()) if own == kind]

    def replace(self, row_id: int, item: str) -> None:
        with self.transaction():
            if row_id in self.queued:
                self.queued[row_id] = (self.queued[row_id][0], item)

    def remove(self, row_ids: Iterable[int]) -> None:
        with self.transaction():
            for row in row_ids:
                self.queued.pop(row, None)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        if self.full:
            raise StorageFailed("disk full")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
        self.commits += self._depth == 0


class FakeStore:
    """A token store in memory. ``full``: the disk takes nothing, and what it refuses is known all the same."""

    def __init__(self) -> None:
        self.stored: Token | None = None
        self.owner = Account("")
        self.since: float | None = None
        self.flows: dict[str, str] = {}
        self.full = False
        self.reminded = 0.0
        self.offers_reconnect = False

    def token(self) -> Token | None:
        return self.stored

    def account(self) -> Account:
        return self.owner

    def connected_at(self) -> float | None:
        return self.since

    def save_token(self, token: Token) -> None:
        self.stored, self.owner = token, Account("")
        self._check()

    def save_refreshed(self, token: Token, replaces: Secret) -> bool:
        if self.stored is None or self.stored.access_token != replaces:
            return False
        self.stored = token
        self._check()
        return True

    def save_account(self, account: Account, token: Token) -> None:
        if self.stored is not None and self.stored.access_token == token.access_token:
            self.owner = account
            self._check()

    def end(self) -> None:
        self.stored = None
        self._check()

    def clear(self) -> None:
        self.stored, self.owner = None, Account("")
        self._check()

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


class TimedWorker(FakeWorker):
    """``times``: when each request was handed in."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock
        self.times: list[float] = []

    def submit(self, request: Request, read: Callable[[Response], T], priority: Priority) -> Job[T]:
        self.times.append(self._clock())
        return super().submit(request, read, priority)

    @property
    def requests(self) -> list[Request]:
        return [request for request, _ in self.submitted]

    @property
    def is_busy(self) -> bool:
        return bool(self.waiting) or self.in_flight is not None


def environment(
    clock: FakeClock, worker: Any, store: FakeStore, database: MemoryDatabase, wall_clock: Callable[[], float]
) -> Environment:
    """What the tasks share, with jitter in the middle."""
    return Environment(clock, wall_clock, lambda: 0.5, worker, database, store)  # type: ignore[arg-type]


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
            self.values.update({name: value.split("\0")[0] for name, value in values.items()})  # as C strings

    def is_torn(self) -> bool:
        return self.torn

    def set_aside(self) -> None:
        self.torn, self.values = False, {"reconnect": "false"}

    def _check(self) -> None:
        if self.unknown:
            raise StorageFailed("Kodi does not know the add-on any more")
