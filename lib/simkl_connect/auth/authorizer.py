"""The owner of the sign-in: does what the state machine says, keeps the token, and says what may be seen of it."""

from __future__ import annotations

import logging
from typing import Callable

from ..api.users import account_request, read_account
from ..environment import Environment
from ..errors import PermanentError, Problem, StorageFailed, TransientError
from ..http.messages import Request, Response
from ..http.worker import Job, Priority
from ..models import Token
from ..ui.view import View, view_of
from .device_flow import new_verifier
from .events import CodeIssued, Event, FlowNotSupported, Granted, Identified
from .flow_choice import Flow, FlowChoice
from .pending_sign_in import PendingSignIn
from .phases import Phase
from .state_machine import Cancelled, Input, Sent, SignIn, Step, Tick

SHORTEST_QUOTE = 12
"""Characters of a secret that make a quote of it; the server may have cut its sentence in the middle."""
LONGEST_WAIT = 1.0
"""Seconds between two looks at the clock while a code is out: a device that wakes from sleep is not told so."""

_log = logging.getLogger(__name__)


class NotConfigured(Exception):
    """The add-on lacks something that no request can do without. ``problem`` names it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class _Attempt:
    """One sign-in: its state, its request in flight and, once it has one, its token."""

    def __init__(self, request: str, choice: FlowChoice, state: SignIn) -> None:
        self.request = request
        self.choice = choice
        self.state = state
        self.job: Job[Event] | None = None
        self.token: Token | None = None


class Authorizer:
    """A task that runs at most one sign-in that a user sees.

    ``client_id`` raises :class:`NotConfigured`. ``publish`` is called with each new :class:`View`, ``stored`` when the
    store has a new token, ``finished`` with the account's name (or "") when a sign-in has come to its good end.
    """

    def __init__(
        self,
        environment: Environment,
        pending: PendingSignIn,
        client_id: Callable[[], str],
        publish: Callable[[View], None],
        stored: Callable[[], None],
        finished: Callable[[str], None],
    ) -> None:
        self._environment = environment
        self._tokens = environment.tokens
        self._pending = pending
        self._client_id = client_id
        self._publish = publish
        self._stored = stored
        self._finished = finished
        self._current: _Attempt | None = None
        self._abandoned: list[_Attempt] = []
        self._shown: View | None = None
        self._show(View())

    def authorize(self, request: str) -> None:
        """Start a sign-in; where one is running, ``request`` joins it. A request that was answered changes nothing."""
        if request and self._shown is not None and request == self._shown.request:
            return
        if self._current is not None and self._current.state.running:
            self._current.request = request
            self.advance()
            return
        self._abandon()
        try:
            client_id = self._client_id()
        except NotConfigured as missing:
            _log.warning("sign-in not started: %s", missing)
            self._show(View(request=request, phase=Phase.FAILED.value, problem=missing.problem.value))
            return
        choice = FlowChoice(client_id, self._tokens.flow(client_id), new_verifier())
        self._current = _Attempt(request, choice, SignIn())
        self.advance()

    def resume(self) -> None:
        """Take up the sign-in that was cut off when Kodi or the add-on ended, if there was one."""
        recalled = self._pending.recall()
        if recalled is not None:
            self._current = _Attempt(*recalled)
            _log.info("sign-in: taken up again")
            self.advance()

    def cancel(self) -> None:
        """End the running sign-in: no further request is sent. A token in an answer under way is still taken."""
        if self._current is not None:
            self._apply(self._current, Cancelled())
            self.advance()

    def reset(self, request: str) -> None:
        """Back to where no sign-in has been; one that runs is cancelled."""
        self.cancel()
        self._abandon()
        self._show(View(request=request))

    def advance(self) -> None:
        """Do what is due: take an answer, let a code expire, send the next request."""
        for attempt in self._attempts():
            self._advance(attempt)
        self._abandoned = [attempt for attempt in self._abandoned if attempt.job is not None]
        self._show_current()

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do by the clock alone; None: nothing is planned."""
        moments = [moment for moment in (attempt.state.wake_at() for attempt in self._attempts()) if moment is not None]
        if not moments:
            return None
        return min(LONGEST_WAIT, max(0.0, min(moments) - self._environment.clock()))

    def close(self, _timeout: float) -> None:
        """Send nothing more; the worker ends what is in flight."""
        for attempt in self._attempts():
            if attempt.job is not None:
                attempt.job.cancel()

    def _attempts(self) -> list[_Attempt]:
        return [*self._abandoned, *([self._current] if self._current else [])]

    def _abandon(self) -> None:
        """Let the request of the last sign-in end by itself: its answer may carry the token.

        Where the token has come already, that request only asks for the name, and the token may not be kept any more.
        """
        attempt, self._current = self._current, None
        if attempt is None or attempt.job is None:
            return
        if attempt.token is None:
            self._abandoned.append(attempt)
        else:
            attempt.job.cancel()

    def _advance(self, attempt: _Attempt) -> None:
        self._apply(attempt, Tick())  # first: a poll that waits for its turn must not be sent after the deadline
        if attempt.job is not None and attempt.job.result is not None:
            event, attempt.job = attempt.job.result, None
            self._take(attempt, event)
            self._apply(attempt, Tick())
        step = attempt.state.next_step(self._environment.clock())
        if step in (Step.ASK, Step.POLL, Step.IDENTIFY):
            self._send(attempt, step)

    def _send(self, attempt: _Attempt, step: Step) -> None:
        request, read = self._request(attempt, step)
        attempt.job = self._environment.worker.submit(request, read, Priority.SIGN_IN)
        self._apply(attempt, Sent())

    def _request(self, attempt: _Attempt, step: Step) -> tuple[Request, Callable[[Response], Event]]:
        """What ``step`` asks, and how the answer is read."""
        flow, authorization, token = attempt.choice.flow, attempt.state.authorization, attempt.token
        if step is Step.POLL and authorization is not None:
            return flow.token_request(authorization), self._token_reader(flow)
        if step is Step.IDENTIFY and token is not None:
            return account_request(token), read_account
        return flow.device_authorization_request(), flow.read_device_authorization

    def _token_reader(self, flow: Flow) -> Callable[[Response], Event]:
        """Runs on the worker's thread: the token is on the disk before anything else happens with it."""

        def read(response: Response) -> Event:
            event = flow.read_token(response)
            if isinstance(event, Granted):
                try:
                    self._tokens.save_token(event.token)
                except StorageFailed as failed:  # it is kept in memory and written as soon as that goes
                    return event._replace(storage_failure=str(failed))
            return event

        return read

    def _take(self, attempt: _Attempt, event: Event) -> None:
        if isinstance(event, FlowNotSupported):
            event = self._try_next_flow(attempt, event)
        if isinstance(event, PermanentError):
            event = _without_quotes(event, attempt)
        if isinstance(event, Granted):
            event = self._take_token(attempt, event)
        elif isinstance(event, Identified) and attempt.token is not None:
            event = self._take_account(attempt.token, event)
        if isinstance(event, (TransientError, PermanentError)):
            _log.warning("%s: %s (%s)", attempt.state.phase.value, event.problem.value, event.detail)
        self._apply(attempt, event)
        if isinstance(event, CodeIssued):
            self._remember_flow(attempt.choice)
        if isinstance(event, Granted) and attempt in self._abandoned:
            self._promote(attempt)

    def _take_token(self, attempt: _Attempt, event: Granted) -> Event:
        attempt.token = event.token
        self._stored()
        return PermanentError(Problem.STORAGE, event.storage_failure) if event.storage_failure else event

    def _take_account(self, token: Token, event: Identified) -> Event:
        try:
            self._tokens.save_account(event.account, token)
        except StorageFailed as failed:
            return PermanentError(Problem.STORAGE, str(failed))
        return event

    def _try_next_flow(self, attempt: _Attempt, refusal: FlowNotSupported) -> Event:
        """The same event where another flow is left to ask, else the end of the sign-in."""
        if attempt.choice.try_next(refusal):
            _log.info("this client id goes with another flow (%s)", refusal.detail)
            return refusal
        reason = attempt.choice.refusal or refusal
        return PermanentError(reason.problem, reason.detail)

    def _remember_flow(self, choice: FlowChoice) -> None:
        try:
            self._tokens.save_flow(choice.client_id, choice.flow.name)
        except StorageFailed as failed:  # it saves one request next time, no more
            _log.warning("flow not remembered: %s", failed)

    def _promote(self, attempt: _Attempt) -> None:
        """A sign-in that was given up has come through after all: it is the one to show, and no other is needed."""
        self._abandoned.remove(attempt)
        if self._current is not None:
            attempt.request = self._current.request
            self._apply(self._current, Cancelled())
            self._abandon()
        self._current = attempt

    def _apply(self, attempt: _Attempt, event: Input) -> None:
        before = attempt.state
        attempt.state = after = before.advance(event, self._environment.clock(), self._environment.jitter())
        if after.polls and (not before.polls or after.interval != before.interval):
            self._show_current()  # first: what follows waits for the disk
            self._pending.remember(attempt.request, attempt.choice, after)
        elif before.polls and not after.polls and attempt is self._current:
            self._pending.forget()
        if after.phase is not before.phase:
            _log.info("sign-in: %s -> %s", before.phase.value, after.phase.value)
            if not after.running and attempt.job is not None and attempt.job.cancel():
                attempt.job = None
        if after.identified and not before.identified:
            self._finished(after.account.name if after.account else "")

    def _show_current(self) -> None:
        if self._current is not None:
            self._show(view_of(self._current.request, self._current.state))

    def _show(self, view: View) -> None:
        if view != self._shown:
            self._shown = view
            self._publish(view)


def _without_quotes(refusal: PermanentError, attempt: _Attempt) -> PermanentError:
    """Without the server's sentence if that quotes what was sent: it is published where all of Kodi can read it."""
    authorization = attempt.state.authorization
    sent = (authorization.device_code if authorization else None, attempt.choice.flow.verifier)
    quotes = any(secret.reveal()[:SHORTEST_QUOTE] in refusal.server_message for secret in sent if secret is not None)
    return refusal._replace(server_message="") if quotes else refusal
