"""The owner of the sign-in: does what the state machine says, keeps the token, and says what may be seen of it."""

from __future__ import annotations

import logging
from typing import Callable

from ..api.users import account_request, read_account
from ..errors import PermanentError, Problem, StorageFailed, TransientError
from ..http.worker import Exchange
from ..models import Token
from ..storage.token_store import Store
from ..ui.view import View, view_of
from .device_flow import new_verifier
from .events import Answer, CodeIssued, FlowNotSupported, Granted, Identified
from .flow_choice import FlowChoice
from .pending_sign_in import PendingSignIn
from .phases import Phase
from .state_machine import Cancelled, Event, Sent, SignIn, Step, Tick

QUOTED = 12
"""Characters by which a secret is known again; the sentence may have been cut in the middle of it."""

_log = logging.getLogger(__name__)


class NotConfigured(Exception):
    """The add-on lacks something that no request can do without. ``problem`` names it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class _Attempt:
    """One sign-in under way: its state, its connection and, once it has one, its token."""

    def __init__(self, request: str, choice: FlowChoice, exchange: Exchange) -> None:
        self.request = request
        self.choice = choice
        self.exchange = exchange
        self.state = SignIn()
        self.token: Token | None = None


class Authorizer:
    """Runs at most one sign-in that a user sees. Never blocks; all methods belong to one thread.

    ``client_id`` raises :class:`NotConfigured`; ``open_exchange`` takes what it gives. ``publish`` is called with each
    new :class:`View`, ``stored`` when the store has a new token, ``finished`` with the account's name (or none) when a
    sign-in has come to its good end. ``jitter`` gives a number from 0 to 1.
    """

    def __init__(
        self,
        store: Store,
        client_id: Callable[[], str],
        open_exchange: Callable[[str], Exchange],
        publish: Callable[[View], None],
        stored: Callable[[], None],
        finished: Callable[[str], None],
        resumption: PendingSignIn,
        clock: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._store = store
        self._client_id = client_id
        self._open_exchange = open_exchange
        self._publish = publish
        self._stored = stored
        self._finished = finished
        self._resumption = resumption
        self._clock = clock
        self._jitter = jitter
        self._current: _Attempt | None = None
        self._leaving: list[_Attempt] = []
        self._shown: View | None = None
        self._show(View())

    def authorize(self, request: str) -> None:
        """Starts a sign-in; where one is running, ``request`` joins it. A request that was answered changes nothing."""
        if request and self._shown is not None and request == self._shown.request:
            return
        if self._current is not None and self._current.state.running:
            self._current.request = request
            self.advance()
            return
        self._leave()
        try:
            client_id = self._client_id()
        except NotConfigured as missing:
            _log.warning("sign-in not started: %s", missing)
            self._show(View(request=request, phase=Phase.FAILED.value, problem=missing.problem.value))
            return
        choice = FlowChoice(client_id, self._store.flow(client_id), new_verifier())
        self._current = _Attempt(request, choice, self._open_exchange(client_id))
        self.advance()

    def resume(self) -> None:
        """Takes up the sign-in that was cut off when Kodi or the add-on ended, if there was one."""
        recalled = self._resumption.recall()
        if recalled is None:
            return
        request, choice, state = recalled
        self._current = _Attempt(request, choice, self._open_exchange(choice.client_id))
        self._current.state = state
        _log.info("sign-in: taken up again")
        self.advance()

    def cancel(self) -> None:
        """Ends the running sign-in: no further request is sent. A token in an answer under way is still taken."""
        if self._current is not None:
            self._apply(self._current, Cancelled())
            self.advance()

    def reset(self, request: str) -> None:
        """Back to where no sign-in has been; one that runs is cancelled."""
        self.cancel()
        self._leave()
        self._show(View(request=request))

    def advance(self) -> None:
        """Does what is due: takes an answer, lets a code expire, sends the next request."""
        for attempt in self._attempts():
            self._advance(attempt)
        self._leaving = [attempt for attempt in self._leaving if attempt.exchange.in_flight]
        self._show_current()

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do by the clock alone; None: nothing is planned."""
        attempts = self._attempts()
        moments = [attempt.state.wake_at() for attempt in attempts] + [
            attempt.exchange.wake_at() for attempt in attempts
        ]
        planned = [moment for moment in moments if moment is not None]
        return max(0.0, min(planned) - self._clock()) if planned else None

    @property
    def in_flight(self) -> bool:
        """Whether an answer may arrive at any moment."""
        return any(attempt.exchange.in_flight for attempt in self._attempts())

    def close(self, timeout: float) -> None:
        """Ends everything within about ``timeout`` seconds."""
        for attempt in self._attempts():
            if not attempt.exchange.close(timeout):
                _log.warning("a request did not end in time")

    def _attempts(self) -> list[_Attempt]:
        return [*self._leaving, *([self._current] if self._current else [])]

    def _leave(self) -> None:
        """Lets the request of the last sign-in end by itself: its answer may carry the token.

        Where the token has come already, that request only asks for the name, and the token may not be kept any more.
        """
        if self._current is None:
            return
        if self._current.token is None:
            self._leaving.append(self._current)
        else:
            self._current.exchange.close()
        self._current = None

    def _advance(self, attempt: _Attempt) -> None:
        self._apply(attempt, Tick())  # first: a poll that waits for its turn must not be sent after the deadline
        answer = attempt.exchange.answer()
        if answer is not None:
            self._take(attempt, answer)
            self._apply(attempt, Tick())
        step = attempt.state.next_step(self._clock())
        if step in (Step.ASK, Step.POLL, Step.IDENTIFY):
            self._send(attempt, step)
        elif not attempt.state.running and not attempt.exchange.in_flight:
            attempt.exchange.close()

    def _send(self, attempt: _Attempt, step: Step) -> None:
        flow, authorization, token = attempt.choice.flow, attempt.state.authorization, attempt.token
        if step is Step.ASK:
            attempt.exchange.start(flow.device_authorization_request(), flow.read_device_authorization)
        elif step is Step.POLL and authorization is not None:
            attempt.exchange.start(
                flow.token_request(authorization), lambda response: self._note(flow.read_token(response))
            )
        elif token is not None:
            attempt.exchange.start(account_request(token), read_account)
        self._apply(attempt, Sent())

    def _note(self, answer: Answer) -> Answer:
        """Runs on the exchange's thread: from here on the token is on the disk, whatever comes."""
        if isinstance(answer, Granted):
            self._store.note_token(answer.token)
        return answer

    def _take(self, attempt: _Attempt, answer: Answer) -> None:
        if isinstance(answer, FlowNotSupported):
            answer = self._turn(attempt, answer)
        if isinstance(answer, PermanentError):
            answer = _unquoted(answer, attempt)
        if isinstance(answer, (TransientError, PermanentError)):
            _log.warning("%s: %s (%s)", attempt.state.phase.value, answer.problem.value, answer.detail)
        try:
            self._keep(attempt, answer)
        except StorageFailed as failed:
            _log.error("not saved: %s", failed)
            answer = PermanentError(Problem.STORAGE, str(failed))
        self._apply(attempt, answer)
        if isinstance(answer, CodeIssued):
            self._remember_flow(attempt.choice)
        if isinstance(answer, Granted) and attempt in self._leaving:
            self._promote(attempt)

    def _turn(self, attempt: _Attempt, refusal: FlowNotSupported) -> Answer:
        """The same event where another flow is left to ask, else the end of the sign-in."""
        if attempt.choice.otherwise(refusal):
            _log.info("this client id goes with another flow (%s)", refusal.detail)
            return refusal
        told = attempt.choice.refusal or refusal
        return PermanentError(told.problem, told.detail)

    def _remember_flow(self, choice: FlowChoice) -> None:
        try:
            self._store.save_flow(choice.client_id, choice.flow.name)
        except StorageFailed as failed:  # it saves one request next time, no more
            _log.warning("flow not remembered: %s", failed)

    def _keep(self, attempt: _Attempt, answer: Answer) -> None:
        """Raises StorageFailed."""
        if isinstance(answer, Granted):
            attempt.token = answer.token
            try:
                self._store.save_token(answer.token)
            finally:  # what could not be saved is known all the same, and saved as soon as it can be: with its name
                self._stored()
        elif isinstance(answer, Identified):
            self._store.save_account(answer.account)

    def _promote(self, attempt: _Attempt) -> None:
        """A sign-in that was given up has come through after all: it is the one to show, and no other is needed."""
        self._leaving.remove(attempt)
        if self._current is not None:
            attempt.request = self._current.request
            self._apply(self._current, Cancelled())
            self._leave()
        self._current = attempt

    def _apply(self, attempt: _Attempt, event: Event) -> None:
        before = attempt.state
        attempt.state = after = before.advance(event, self._clock(), self._jitter())
        if after.polls and (not before.polls or after.interval != before.interval):
            self._show_current()  # first: what follows waits for the disk
            self._resumption.remember(attempt.request, attempt.choice, after)
        elif before.polls and not after.polls and attempt is self._current:
            self._resumption.forget()
        if after.phase is not before.phase:
            _log.info("sign-in: %s -> %s", before.phase.value, after.phase.value)
            if not after.running:
                attempt.exchange.withdraw()
        if after.identified and not before.identified:
            self._finished(after.account.name if after.account else "")

    def _show_current(self) -> None:
        if self._current is not None:
            self._show(view_of(self._current.request, self._current.state))

    def _show(self, view: View) -> None:
        if view != self._shown:
            self._shown = view
            self._publish(view)


def _unquoted(refusal: PermanentError, attempt: _Attempt) -> PermanentError:
    """Without the server's sentence if that quotes what was sent: it is published where all of Kodi can read it."""
    authorization = attempt.state.authorization
    sent = (authorization.device_code if authorization else None, attempt.choice.flow.verifier)
    quotes = any(secret.reveal()[:QUOTED] in refusal.server_message for secret in sent if secret is not None)
    return refusal._replace(server_message="") if quotes else refusal
