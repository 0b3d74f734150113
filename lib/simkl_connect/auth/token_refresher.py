"""Keeps the stored connection good: refreshes the token, finds out whose it is, ends it when asked to.

It is the only one that refreshes, and it does one thing at a time, because a refresh ends the token before it.
"""

from __future__ import annotations

import logging
from enum import Enum
from typing import Callable

from ..api.users import account_request, read_account
from ..errors import PermanentError, StorageFailed, TransientError
from ..http.worker import Exchange
from ..models import Secret, Token
from ..storage.token_store import Store
from .device_flow import DeviceFlow
from .events import Answer, GrantEnded, Identified, Refreshed, Revoked
from .retirement import reminder_due, should_reconnect
from .upkeep import LONGEST_TOKEN_EXPIRES_IN, LOOK_EVERY, REFRESH_WITHIN

FIRST_RETRY, LONGEST_RETRY = 60.0, 3600.0
"""Seconds after a failed attempt; doubled each time."""
NAME_ATTEMPTS = 3
"""How often the account's name is asked for before that is left to the next start."""

_log = logging.getLogger(__name__)


class Notice(Enum):
    """What the user is told without having asked."""

    ENDED = "Simkl has ended the connection"
    SIGNED_OUT = "signed out, here and at Simkl"
    SIGNED_OUT_HERE = "signed out here; Simkl could not be reached"
    SIGNED_OUT_PIN = "signed out here; a PIN token can only be ended on Simkl's site"
    SETTINGS_LOST = "Kodi has lost the settings"
    RECONNECT = "the connection will end with the PIN flow"


class _Task(Enum):
    REFRESH = "refresh"
    IDENTIFY = "identify"
    REVOKE = "revoke"


class TokenRefresher:
    """Never blocks; all methods belong to one thread.

    ``client_id`` gives the configured one, ``open_exchange`` takes a token's own. ``clock`` gives seconds that never
    jump, ``wall_clock`` Unix time in seconds, which may be wrong: it only decides when to refresh ahead of time and
    when to remind. ``jitter`` gives a number from 0 to 1.
    """

    def __init__(
        self,
        store: Store,
        client_id: Callable[[], str],
        open_exchange: Callable[[str], Exchange],
        notify: Callable[[Notice], None],
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._store = store
        self._client_id = client_id
        self._open_exchange = open_exchange
        self._notify = notify
        self._clock = clock
        self._wall_clock = wall_clock
        self._jitter = jitter
        self._exchange: Exchange | None = None
        self._task = _Task.IDENTIFY
        self._used = Token(Secret(""))
        self._look_at = clock()
        self._wants_to_look = True
        self.look_again()

    def look_again(self) -> None:
        """Something else is stored now: what was learnt of it before does not count any more."""
        self._failures = 0
        self._name_attempts = 0
        self._refused: Secret | None = None
        self._spread = REFRESH_WITHIN * (0.25 + 0.75 * self._jitter())
        self._look_by(self._clock())

    def advance(self) -> None:
        """Takes an answer, and does what is due."""
        if self._exchange is not None:
            answer = self._exchange.answer()
            if answer is not None:
                self._drop_exchange()
                self._take(answer)
        elif self._clock() >= self._look_at:
            self._look_at, self._wants_to_look = self._clock() + LOOK_EVERY, False
            self._look()

    @property
    def in_flight(self) -> bool:
        """Whether an answer may arrive at any moment."""
        return self._exchange is not None

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do by the clock alone; None: nothing is planned."""
        if self._exchange is not None:
            moment = self._exchange.wake_at()
        else:
            moment = self._look_at if self._wants_to_look else None
        return None if moment is None else max(0.0, moment - self._clock())

    def _look_by(self, moment: float) -> None:
        self._look_at, self._wants_to_look = moment, True

    def sign_out(self) -> None:
        """Forgets the account here at once, then asks the server to end the connection as well."""
        token = self._store.token()
        if token is not None or self._task is not _Task.REVOKE:  # signing out twice does not stop the revocation
            self._drop_exchange()
        try:
            self._store.clear()
        except StorageFailed as failed:  # it is tried again, and what is read counts as forgotten
            _log.error("not saved: %s", failed)
        self._look_by(self._clock())  # at what is offered to an account that has gone
        _log.info("signed out")
        if token is None:
            return
        if token.is_pin:
            self._notify(Notice.SIGNED_OUT_PIN)
            return
        flow = DeviceFlow(token.client_id, None, self._wall_clock)
        self._begin(_Task.REVOKE, token).start(flow.revocation_request(token), flow.read_revocation)

    def close(self, timeout: float) -> None:
        """Ends what is under way within about ``timeout`` seconds."""
        if self._exchange is not None and not self._exchange.close(timeout):
            _log.warning("a request did not end in time")

    def _look(self) -> None:
        token = self._store.token()
        self._remind(token)
        if token is None:
            return
        flow = DeviceFlow(token.client_id, None, self._wall_clock)
        if token.refresh_token is not None and (self._is_old(token) or token.access_token == self._refused):
            exchange = self._begin(_Task.REFRESH, token)
            exchange.start(
                flow.refresh_request(token), lambda response: self._note(flow.read_refresh(token, response), exchange)
            )
        elif not self._store.account().name and self._name_attempts < NAME_ATTEMPTS:
            self._name_attempts += 1
            self._begin(_Task.IDENTIFY, token).start(account_request(token), read_account)

    def _note(self, answer: Answer, exchange: Exchange) -> Answer:
        """Runs on the exchange's thread. A refresh that was dropped, as by signing out, must not come back."""
        if isinstance(answer, Refreshed):
            self._store.note_refreshed(answer.token, lambda: self._exchange is exchange)
        return answer

    def _is_old(self, token: Token) -> bool:
        """Less than a day left; a token that lives longer than any can means that the clock has gone back."""
        left = (token.expires_at or 0.0) - self._wall_clock()
        return left < self._spread or left > LONGEST_TOKEN_EXPIRES_IN + REFRESH_WITHIN

    def _remind(self, token: Token | None) -> None:
        now = self._wall_clock()
        offer = should_reconnect(token, self._client_id(), now)
        try:
            self._store.offer_reconnect(offer)
            if offer and reminder_due(self._store.reminded_at(), now):
                self._store.save_reminded_at(now)
                self._notify(Notice.RECONNECT)
        except StorageFailed as failed:
            _log.warning("reminder not remembered: %s", failed)

    def _begin(self, task: _Task, token: Token) -> Exchange:
        self._task, self._used = task, token
        self._exchange = self._open_exchange(token.client_id)
        return self._exchange

    def _drop_exchange(self) -> None:
        if self._exchange is not None:
            self._exchange.close()
            self._exchange = None

    def _take(self, answer: Answer) -> None:
        stored = self._store.token()
        if self._task is _Task.REVOKE:
            self._say_signed_out(answer)
        elif stored is None or stored.access_token != self._used.access_token:
            if isinstance(answer, Refreshed):
                self._store.strike(answer.token)
            self.look_again()  # another token has been stored meanwhile: this answer is not about it
        elif isinstance(answer, (TransientError, PermanentError)):
            self._try_later(answer)
        else:
            self._keep(answer, stored)

    def _say_signed_out(self, answer: Answer) -> None:
        if isinstance(answer, (TransientError, PermanentError)):
            _log.warning("not revoked: %s (%s)", answer.problem.value, answer.detail)
        self._notify(Notice.SIGNED_OUT if isinstance(answer, Revoked) else Notice.SIGNED_OUT_HERE)

    def _keep(self, answer: Answer, stored: Token) -> None:
        self._failures = 0
        try:
            if isinstance(answer, Refreshed):
                self._store.save_refreshed(answer.token)
                _log.info("connection refreshed")
                self._look_by(self._clock())
                left = (answer.token.expires_at or 0.0) - self._wall_clock()
                self._spread = min(self._spread, left / 2)  # a token that lives shorter than a day is not old when new
            elif isinstance(answer, Identified):
                self._store.save_account(answer.account)
                self._refused = None
            elif isinstance(answer, GrantEnded):
                self._doubt(answer, stored)
        except StorageFailed as failed:
            _log.error("not saved: %s", failed)

    def _doubt(self, ended: GrantEnded, stored: Token) -> None:
        """A first 401 has the token refreshed and the request repeated; a second, or a refused refresh, is the end."""
        if self._task is _Task.IDENTIFY and stored.refresh_token is not None and self._refused is None:
            self._refused = stored.access_token
            self._look_by(self._clock())
            return
        _log.warning("the connection has ended: %s", ended.detail)
        self._store.end()
        self._look_by(self._clock())
        self._notify(Notice.ENDED)

    def _try_later(self, answer: TransientError | PermanentError) -> None:
        _log.warning("%s: %s (%s)", self._task.value, answer.problem.value, answer.detail)
        backoff = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(self._failures, 10)) * (0.5 + 0.5 * self._jitter())
        asked = answer.retry_after if isinstance(answer, TransientError) else None
        self._failures += 1
        self._look_by(self._clock() + max(backoff, asked or 0.0))
