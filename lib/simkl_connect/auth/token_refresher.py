"""Keeps the stored grant good: refreshes the token, finds out whose it is, ends it when asked to.

It is the only one that refreshes, and it does one thing at a time, because a refresh ends the token before it.
"""

from __future__ import annotations

import logging
from enum import Enum
from typing import Callable

from ..api.users import account_request, read_account
from ..environment import Environment
from ..errors import Failure, PermanentError, StorageFailed, TransientError
from ..http.messages import Request, Response
from ..http.worker import Job, Priority
from ..models import Secret, Token
from .device_flow import LONGEST_TOKEN_EXPIRES_IN, DeviceFlow
from .events import Event, GrantEnded, Identified, Refreshed, Revoked
from .reconnection import is_reminder_due, should_reconnect

LOOK_EVERY = 300.0
"""Seconds between two looks at the stored token."""
REFRESH_WITHIN = 86400.0
"""Seconds before the access token's end in which it is refreshed, at a moment drawn at random."""
FIRST_RETRY, LONGEST_RETRY = 60.0, 3600.0
"""Seconds after a failed attempt; doubled each time."""
NAME_ATTEMPTS = 3
"""How often the account's name is asked for before that is left to the next start."""
HURRIED_AFTER = 10.0
"""Seconds after a failed attempt in which a request that was refused does not bring the next one forward."""
REJECTED_AGAIN_WITHIN = 600.0
"""Seconds after a refresh in which a 401 means the end of the grant, not of the access token."""

_log = logging.getLogger(__name__)


class Notice(Enum):
    """What the user is told without having asked."""

    ENDED = "Simkl has ended the grant"
    SIGNED_OUT = "signed out, here and at Simkl"
    SIGNED_OUT_HERE = "signed out here; Simkl could not be reached"
    SIGNED_OUT_PIN = "signed out here; a PIN token can only be ended on Simkl's site"
    SETTINGS_LOST = "Kodi has lost the settings"
    RECONNECT = "the grant will end with the PIN flow"


class _Purpose(Enum):
    REFRESH = "refresh"
    IDENTIFY = "identify"
    REVOKE = "revoke"


class TokenRefresher:
    """A task. ``client_id`` gives the configured one, which may differ from the one the stored token was given to."""

    def __init__(
        self, environment: Environment, client_id: Callable[[], str], notify: Callable[[Notice], None]
    ) -> None:
        self._environment = environment
        self._tokens = environment.tokens
        self._client_id = client_id
        self._notify = notify
        self._job: Job[Event] | None = None
        self._purpose = _Purpose.IDENTIFY
        self._used: Token | None = None
        self._revokes_next = False
        self._after_revocation = Notice.SIGNED_OUT
        self._look_at, self._is_planned = 0.0, True
        self.look_again()

    def look_again(self, name_in: float = 0.0) -> None:
        """Something else is stored now: what was learnt of it before does not count any more.

        The account's name is not asked for within ``name_in`` seconds: a sign-in does that itself.
        """
        self._name_due = self._environment.clock() + name_in
        self._failures, self._not_before = 0, 0.0
        self._name_attempts = 0
        self._rejected: Secret | None = None
        self._refreshed_at: float | None = None
        self._spread = REFRESH_WITHIN * (0.25 + 0.75 * self._environment.jitter())
        self._plan_look(0.0)

    def grant_rejected(self, access_token: Secret) -> None:
        """Simkl answered 401 to a request with ``access_token``.

        It is refreshed, or, where that is impossible or has just been done, asked for its owner: a second 401 ends the
        grant. Nothing happens if another token is stored by now. An attempt that has failed is made again at once,
        unless that was just now or Simkl asked to wait: it can be reached.
        """
        stored = self._tokens.token()
        if stored is None or stored.access_token != access_token:
            return
        may_hurry = self.is_waiting_to_retry and self._environment.clock() >= self._not_before
        if self._rejected != access_token or may_hurry:
            self._rejected = access_token
            self._plan_look(0.0)

    @property
    def is_busy(self) -> bool:
        """Whether the stored token is about to change or to end: who needs it had better wait."""
        return self._job is not None or self._rejected is not None

    @property
    def is_waiting_to_retry(self) -> bool:
        """Whether the last attempt has failed, and the next is not due."""
        return self._job is None and self._failures > 0 and self._environment.clock() < self._look_at

    def advance(self) -> None:
        """Take an answer, and do what is due."""
        if self._job is not None:
            event = self._job.result
            if event is not None:
                self._job = None
                self._take(event)
        elif self._environment.clock() >= self._look_at:
            self._look_at, self._is_planned = self._environment.clock() + LOOK_EVERY, False
            self._look()

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do by the clock alone; None: nothing is planned."""
        if self._job is not None or not self._is_planned:
            return None
        return max(0.0, self._look_at - self._environment.clock())

    def sign_out(self) -> None:
        """Forget the account here at once, then ask the server to end the grant as well.

        A refresh that is under way is waited for: what it brings is the grant that is to be ended.
        """
        token = self._tokens.token()
        is_ending = self._revokes_next or self._purpose is _Purpose.REVOKE
        if self._job is not None and self._purpose is _Purpose.REFRESH and token == self._used:
            self._revokes_next = True
        elif self._job is not None and (token is not None or not is_ending):
            self._job.cancel()  # a second sign-out does not stop the revocation of the first
            self._job, self._revokes_next = None, False
        try:
            self._tokens.clear()
        except StorageFailed as failed:  # it is tried again, and what is read counts as forgotten
            _log.error("not saved: %s", failed)
        self._plan_look(0.0)  # at what is offered to an account that has gone
        _log.info("signed out")
        if token is None or self._revokes_next:
            return
        if token.is_pin:
            self._notify(Notice.SIGNED_OUT_PIN)
        else:
            self._revoke(token)

    def close(self, _timeout: float) -> None:
        """Send nothing more; the worker ends what is in flight."""
        if self._job is not None:
            self._job.cancel()

    def _revoke(self, token: Token, notice: Notice = Notice.SIGNED_OUT) -> None:
        """``notice``: what the user is told once that is done."""
        flow = self._flow(token)
        self._revokes_next, self._after_revocation = False, notice
        self._send(_Purpose.REVOKE, token, flow.revocation_request(token), flow.read_revocation)

    def _plan_look(self, seconds: float) -> None:
        self._look_at, self._is_planned = self._environment.clock() + seconds, True

    def _flow(self, token: Token) -> DeviceFlow:
        return DeviceFlow(token.client_id, None, self._environment.wall_clock)

    def _send(self, purpose: _Purpose, token: Token, request: Request, read: Callable[[Response], Event]) -> None:
        self._purpose, self._used = purpose, token
        self._job = self._environment.worker.submit(request, read, Priority.REFRESH)

    def _look(self) -> None:
        token = self._tokens.token()
        self._remind(token)
        if token is None:
            self._rejected = None
            return
        is_rejected = token.access_token == self._rejected
        to_be_refreshed = self._is_old(token) or (is_rejected and not self._has_just_refreshed)
        if token.refresh_token is not None and to_be_refreshed:
            self._send(_Purpose.REFRESH, token, self._flow(token).refresh_request(token), self._refresh_reader(token))
        elif is_rejected or (not self._tokens.account().name and self._name_attempts < NAME_ATTEMPTS):
            left = self._name_due - self._environment.clock()
            if left > 0 and not is_rejected:
                self._plan_look(left)
                return
            self._name_attempts += 1
            self._send(_Purpose.IDENTIFY, token, account_request(token), read_account)

    def _refresh_reader(self, old: Token) -> Callable[[Response], Event]:
        """Runs on the worker's thread: the answer has ended the old token, so the new one goes to the disk at once.

        Unless another token, or none, is stored by then: a refresh that a sign-out has overtaken must not come back.
        """
        flow = self._flow(old)

        def read(response: Response) -> Event:
            event = flow.read_refresh(old, response)
            if isinstance(event, Refreshed):
                try:
                    self._tokens.save_refreshed(event.token, replaces=old.access_token)
                except StorageFailed as failed:  # it is kept in memory and written as soon as that goes
                    _log.error("not saved: %s", failed)
            return event

        return read

    @property
    def _has_just_refreshed(self) -> bool:
        now = self._environment.clock()
        return self._refreshed_at is not None and now - self._refreshed_at < REJECTED_AGAIN_WITHIN

    def _is_old(self, token: Token) -> bool:
        """Less than a day left; a token that lives longer than any can means that the clock has gone back."""
        if token.expires_at is None:
            return False
        left = token.expires_at - self._environment.wall_clock()
        return left < self._spread or left > LONGEST_TOKEN_EXPIRES_IN + REFRESH_WITHIN

    def _remind(self, token: Token | None) -> None:
        """Before the PIN flow's end, offer a new sign-in to a PIN token that another client id could replace."""
        now = self._environment.wall_clock()
        offer = should_reconnect(token, self._client_id(), now)
        try:
            self._tokens.offer_reconnect(offer)
            if offer and is_reminder_due(self._tokens.reminded_at(), now):
                self._tokens.save_reminded_at(now)
                self._notify(Notice.RECONNECT)
        except StorageFailed as failed:
            _log.warning("reminder not remembered: %s", failed)

    def _take(self, event: Event) -> None:
        if self._purpose is _Purpose.REVOKE:
            self._tell_signed_out(event)
        elif self._revokes_next and self._used is not None:
            self._revoke_refreshed(event, self._used)
        elif self._used is None or not self._is_about_stored(event, self._used):
            self.look_again()  # another token has been stored meanwhile: this answer is not about it
        elif isinstance(event, (TransientError, PermanentError)):
            self._try_later(event)
        else:
            self._keep(event, self._used)

    def _revoke_refreshed(self, event: Event, used: Token) -> None:
        """Without an answer that can be read, nobody knows whether a newer grant lives at Simkl."""
        notice = Notice.SIGNED_OUT_HERE if isinstance(event, (TransientError, PermanentError)) else Notice.SIGNED_OUT
        self._revoke(event.token if isinstance(event, Refreshed) else used, notice)

    def _is_about_stored(self, event: Event, used: Token) -> bool:
        about = event.token if isinstance(event, Refreshed) else used
        stored = self._tokens.token()
        return stored is not None and stored.access_token == about.access_token

    def _tell_signed_out(self, event: Event) -> None:
        if isinstance(event, (TransientError, PermanentError)):
            _log.warning("not revoked: %s (%s)", event.problem.value, event.detail)
        self._notify(self._after_revocation if isinstance(event, Revoked) else Notice.SIGNED_OUT_HERE)

    def _keep(self, event: Event, used: Token) -> None:
        self._failures = 0
        try:
            if isinstance(event, Refreshed):
                self._take_refreshed(event.token)
            elif isinstance(event, Identified):
                self._tokens.save_account(event.account, used)
                self._rejected = None
            elif isinstance(event, GrantEnded):
                self._take_end(event, used)
        except StorageFailed as failed:
            _log.error("not saved: %s", failed)

    def _take_refreshed(self, token: Token) -> None:
        _log.info("token refreshed")
        self._rejected, self._refreshed_at = None, self._environment.clock()
        self._plan_look(0.0)
        left = (token.expires_at or 0.0) - self._environment.wall_clock()
        self._spread = min(self._spread, left / 2)  # a token that lives shorter than a day is not old when new

    def _take_end(self, ended: GrantEnded, used: Token) -> None:
        """A first 401 has the token refreshed and the request repeated; a second, or a refused refresh, is the end."""
        if self._purpose is _Purpose.IDENTIFY and used.refresh_token is not None and not self._has_just_refreshed:
            self._rejected = used.access_token
            self._plan_look(0.0)
            return
        _log.warning("the grant has ended: %s", ended.detail)
        self._rejected = None
        self._tokens.end()
        self._plan_look(0.0)
        self._notify(Notice.ENDED)

    def _try_later(self, failure: Failure) -> None:
        _log.warning("%s: %s (%s)", self._purpose.value, failure.problem.value, failure.detail)
        backoff = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(self._failures, 10))
        backoff *= 0.5 + 0.5 * self._environment.jitter()
        asked = failure.retry_after if isinstance(failure, TransientError) else None
        self._failures += 1
        self._not_before = self._environment.clock() + (asked or HURRIED_AFTER)
        self._plan_look(max(backoff, asked or 0.0))
