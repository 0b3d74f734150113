"""Tells Simkl what plays right now. The latest counts; what can't be said at once is not said at all."""

from __future__ import annotations

from typing import Callable, NamedTuple

from ..api.scrobble import NotFound, RateLocked, ScrobbleAnswer, Scrobbled, read_scrobble, scrobble_request
from ..errors import PermanentError, TransientError
from ..http.worker import Job, Priority, Worker
from ..media import Media
from ..models import Token
from .media_json import as_anime, media_key
from .playback import Action
from .retry import Retry

LATEST = 10.0
"""Seconds that an event may wait to be sent; after that it says what is not so any more."""


class _Waiting(NamedTuple):
    action: Action
    media: Media
    progress: float
    token: Token
    job: Job[ScrobbleAnswer]
    too_late_at: float


class Live:
    """``answered`` is called with the token that was used, and the answer. Never blocks; one thread."""

    def __init__(
        self,
        worker: Worker,
        clock: Callable[[], float],
        retry: Retry,
        answered: Callable[[Token, object], None],
    ) -> None:
        self._worker = worker
        self._clock = clock
        self._retry = retry
        self._answered = answered
        self._waiting: list[_Waiting] = []
        self._heard_of: set[str] = set()
        """The videos that Simkl has been told about and that have not been stopped since."""
        self._anime: set[str] = set()
        """The films that Simkl does not know as films."""
        self.is_behind = False
        """Whether the last event was refused, or kept back, because Simkl has asked for a pause."""

    def report(self, action: Action, media: Media, progress: float, token: Token) -> None:
        """Sends the event, in place of one of the same video that is not on its way yet."""
        self.is_behind = self._retry.is_paused and action is not Action.STOP
        replaced = self._withdraw(media)
        if self._retry.is_paused:
            return
        is_new = media_key(media) not in self._heard_of
        if action is Action.STOP and is_new and replaced is not None and replaced.action is Action.START:
            return  # Simkl has not heard of it, and does not need to
        self._submit(action, media, progress, token)

    def described(self, media: Media) -> Media:
        """The same as Simkl knows it: a film that it has not found as one is an anime."""
        return (as_anime(media) if media_key(media) in self._anime else None) or media

    def forget(self, media: Media) -> None:
        """Drops what is not on its way yet: this video was watched, which is sent by other means."""
        self._withdraw(media)
        self._heard_of.discard(media_key(media))

    def advance(self) -> None:
        """Takes answers, and drops what has waited too long."""
        for one in list(self._waiting):
            if one.job.done:
                self._waiting.remove(one)
                self._take(one)
            elif self._clock() >= one.too_late_at and one.job.cancel():
                self._waiting.remove(one)

    def seconds_to_wait(self) -> float | None:
        """Seconds until something is too late; None: nothing waits."""
        if not self._waiting:
            return None
        earliest = min(one.too_late_at for one in self._waiting)
        return max(0.5, earliest - self._clock())  # a job in flight can't be taken back, however late it is

    def _submit(self, action: Action, media: Media, progress: float, token: Token) -> None:
        request = scrobble_request(action.value, self.described(media), progress, token)
        job = self._worker.submit(request, read_scrobble, Priority.SCROBBLE)
        self._waiting.append(_Waiting(action, media, progress, token, job, self._clock() + LATEST))

    def _withdraw(self, media: Media) -> _Waiting | None:
        key, withdrawn = media_key(media), None
        for one in list(self._waiting):
            if media_key(one.media) == key and one.job.cancel():
                self._waiting.remove(one)
                withdrawn = one
        return withdrawn

    def _take(self, one: _Waiting) -> None:
        answer = one.job.result
        if answer is None:
            return
        if isinstance(answer, NotFound) and self._is_worth_a_second_try(one):
            self._submit(one.action, one.media, one.progress, one.token)
            return
        (self._heard_of.discard if one.action is Action.STOP else self._heard_of.add)(media_key(one.media))
        if isinstance(answer, Scrobbled):
            self._retry.hurry()
        elif isinstance(answer, RateLocked):
            self._retry.lock()
            self.is_behind = True
        elif isinstance(answer, (TransientError, PermanentError)):
            self._retry.keep_pause(answer)
        self._answered(one.token, answer)

    def _is_worth_a_second_try(self, one: _Waiting) -> bool:
        """Whether the film, unknown as one, may be an anime. Not if something newer is said of it already."""
        key = media_key(one.media)
        if key in self._anime or as_anime(one.media) is None:
            return False
        self._anime.add(key)
        return self._clock() < one.too_late_at and all(media_key(other.media) != key for other in self._waiting)
