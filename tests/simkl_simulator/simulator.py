"""The simulator as tests use it: a server in this process, and the hands of the person in front of it."""

from __future__ import annotations

import math
import ssl
import time
from types import TracebackType
from typing import Callable, Mapping, Tuple, Union

from .catalogue import Catalogue, Title
from .exchange import Exchange
from .faults import Fault
from .library import Session, Watched
from .media import Media, ScrobbleEvent, keys_of
from .messages import RequestRecord
from .model import Account, Behaviour, Grant, IssuedToken
from .server import Server
from .state import State
from .titles import standard_catalogue

Tls = Union[ssl.SSLContext, Tuple[str, str]]
"""A server context, or the paths of certificate and key."""


class Simulator:
    """A simulated Simkl on 127.0.0.1.

    ``clients``: client id -> "v1" or "v2". ``expires_in``, ``interval`` and ``latency`` (before each answer) are
    seconds. ``port`` 0 takes a free one. ``clock`` gives the server's time in seconds; ``latency`` and delays pass in
    real time. ``on_request`` is told of each logged request, in its connection's thread. ``catalogue``: the titles
    there are, the standard ones by default. ``utc_now``: the Unix time at the start, the real one by default; it moves
    with ``clock``.
    The switches are explained at :class:`~simkl_simulator.model.Behaviour`.
    """

    def __init__(
        self,
        clients: Mapping[str, str],
        *,
        expires_in: float = 900,
        interval: float = 5,
        account_name: str = "Ada",
        account_id: int = 12345,
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
        tls: Tls | None = None,
        latency: float = 0.0,
        rate_limits: bool = True,
        pin_retired: bool = False,
        pkce: bool = True,
        denies: bool = True,
        rotate: bool = False,
        repeats: bool = True,
        on_request: Callable[[RequestRecord], None] | None = None,
        catalogue: Catalogue | None = None,
        utc_now: float | None = None,
    ) -> None:
        behaviour = Behaviour(expires_in, interval, pin_retired, pkce, denies, rotate, repeats, rate_limits)
        self._media = Media(catalogue or standard_catalogue(), clock, utc_now)
        self._state = State(clients, Account(account_name, account_id), behaviour, clock, self._media)
        self._exchange = Exchange(self._state, latency, on_request)
        context = _context(tls)
        self._server = Server(self._exchange, port, context)
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> Simulator:
        """Begin to answer; the context manager does it by itself."""
        self._server.start()
        return self

    def close(self) -> None:
        """Stop everything at once, hanging faults too; no thread is left. May be called again."""
        self._server.close()

    # The person in front of the server

    def codes(self) -> list[str]:
        """User codes that wait for a decision, newest last."""
        with self._state.lock:
            return [code.user_code for code in self._state.waiting_codes()]

    def approve(self, user_code: str, account: Account | None = None) -> None:
        """Press Allow, as the usual account or another one. Raises UnknownCode."""
        with self._state.lock:
            self._state.allow(user_code, account)

    def deny(self, user_code: str) -> None:
        """Press Deny. Raises UnknownCode."""
        with self._state.lock:
            self._state.deny(user_code)

    def revoke(self, token: str) -> None:
        """Remove the app under Connected Apps: the grant of this token ends. Raises LookupError."""
        with self._state.lock:
            self._state.end(self._grant(token))

    def expire(self, access_token: str) -> None:
        """Let this access token die of age now; its refresh token lives on. Raises LookupError."""
        with self._state.lock:
            self._grant(access_token).access_expires_at = self._state.clock()

    def exhaust_quota(self, retry_after: float) -> None:
        """The account has used up its day: no API call and no refresh for ``retry_after`` seconds."""
        with self._state.lock:
            self._state.exhaust_quota(retry_after)

    def _grant(self, token: str) -> Grant:
        grant = self._state.by_any(token)
        if grant is None:
            raise LookupError("no live grant has this token")
        return grant

    # What can be watched

    @property
    def requests(self) -> list[RequestRecord]:
        """Every request so far, oldest first, in the log before its answer leaves."""
        return self._exchange.log

    @property
    def connections(self) -> int:
        """Number of TCP connections accepted so far."""
        return self._server.accepted

    @property
    def issued(self) -> list[IssuedToken]:
        """Every token answer so far, oldest first."""
        with self._state.lock:
            return list(self._state.issued)

    # What accounts have watched; the usual account unless another is given

    def now(self) -> float:
        """The server's Unix time, in seconds."""
        return self._media.now

    def watched(self, account: Account | None = None) -> list[Watched]:
        """All marks of an account, sorted by kind, title, year, season and number."""
        with self._state.lock:
            return self._media.watched(account or self._state.account)

    def statuses(self, account: Account | None = None) -> dict[tuple[str, int], str]:
        """The list that each title is on, by name and year."""
        with self._state.lock:
            return self._media.statuses(account or self._state.account)

    def sessions(self, account: Account | None = None) -> list[Session]:
        """Playbacks that run or are saved, oldest first."""
        with self._state.lock:
            return self._media.sessions(account or self._state.account)

    @property
    def scrobbles(self) -> list[ScrobbleEvent]:
        """Every scrobble with a valid token and body, refused ones too, oldest first."""
        with self._state.lock:
            return list(self._media.events)

    @property
    def ungated_polls(self) -> int:
        """Pulls of all-items without having read the activities before: what Simkl suspends clients for."""
        with self._state.lock:
            return self._media.ungated_polls

    def preset_watched(
        self,
        title: str,
        season: int | None = None,
        number: int | None = None,
        *,
        year: int | None = None,
        watched_at: str | None = None,
        account: Account | None = None,
    ) -> None:
        """As if marked on another device: a film, an episode, a season, or all of a show that has aired.

        ``watched_at`` as ``YYYY-MM-DDTHH:MM:SSZ``, now by default. Raises LookupError for what is not in the catalogue.
        """
        with self._state.lock:
            found = self._title(title, year)
            keys = keys_of(found, season, number)
            self._media.preset_watched(account or self._state.account, found, keys, watched_at)

    def preset_unwatched(
        self,
        title: str,
        season: int | None = None,
        number: int | None = None,
        *,
        year: int | None = None,
        account: Account | None = None,
    ) -> None:
        """As if taken away on the site: an episode, a season, or the whole title. Raises LookupError."""
        with self._state.lock:
            found = self._title(title, year)
            keys = None if season is None else keys_of(found, season, number)
            self._media.preset_unwatched(account or self._state.account, found, keys)

    def preset_status(
        self, title: str, status: str, *, year: int | None = None, account: Account | None = None
    ) -> None:
        """As if filed on the site under plantowatch, watching, completed, hold or dropped. Raises LookupError."""
        with self._state.lock:
            self._media.preset_status(account or self._state.account, self._title(title, year), status)

    def hide_title(self, title: str, *, year: int | None = None) -> None:
        """Simkl has never heard of it from here on. Raises LookupError."""
        with self._state.lock:
            self._media.catalogue = self._media.catalogue.without(self._title(title, year))

    def _title(self, name: str, year: int | None) -> Title:
        return self._media.catalogue.named(name, year)

    # Misbehaviour

    def hold_write_lock(self, seconds: float = math.inf) -> None:
        """Another write is under way for so long: every write gets 400 ``RATE_LIMIT``, without Simkl's long waiting."""
        with self._state.lock:
            self._media.hold_lock(seconds)

    def release_write_lock(self) -> None:
        """Writes pass again."""
        with self._state.lock:
            self._media.hold_lock(0)

    def fault(self, path_prefix: str, fault: Fault, times: int = 1, handled: bool = False) -> None:
        """The next ``times`` requests whose path starts so get ``fault``; faults queue up in the order of these calls.

        ``handled``: the request takes effect nevertheless, only its answer is lost, as when an approval is delivered
        into nothing.
        """
        self._exchange.plan_fault(path_prefix, fault, times, handled)

    def end_faults(self) -> None:
        """No fault that was planned strikes any more."""
        self._exchange.end_faults()

    def delay(self, path_prefix: str, seconds: float) -> None:
        """From now on, answers to paths that start so come that much later; the effect is immediate. 0 ends it."""
        self._exchange.plan_delay(path_prefix, seconds)


def _context(tls: Tls | None) -> ssl.SSLContext | None:
    if tls is None or isinstance(tls, ssl.SSLContext):
        return tls
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls)
    return context
