"""Tells Simkl what plays right now. The latest counts; what can't be said at once is not said at all.

Simkl goes on counting by itself for what it takes to be playing, and marks that as watched if it stands at 80 % when
something else starts. So a video whose stop did not get through is stopped again before the next one starts.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

from ..api.scrobble import Malformed, NotFound, RateLocked, ScrobbleAnswer, Scrobbled, read_scrobble, scrobble_request
from ..errors import PermanentError, TransientError
from ..http.worker import Job, Priority, Worker
from ..identification.descriptions import as_anime, media_key
from ..media import Media
from ..models import Token
from ..scrobbling.playback import Action
from .retry import Retry

LONGEST_WAIT = 10.0
"""Seconds that an event may wait to be sent; after that it says what is not so any more."""
MOST_REPORTED = 20
"""Videos of which it is remembered that they were reported."""
MOST_STOPPED = 2
"""Videos whose stop did not get through that are stopped again, the latest; Simkl takes one of them to be playing."""
BELOW_WATCHED = 79.99
"""Percent: Simkl saves a stop there like a pause."""


class _Reported(NamedTuple):
    """What Simkl was told of a video, and not that it has stopped. ``plays``: Simkl may take it to be playing."""

    media: Media
    progress: float
    owner: str
    plays: bool


class _Waiting(NamedTuple):
    """``is_over``: the video was watched since, which is sent by other means and comes after this."""

    action: Action
    media: Media
    progress: float
    owner: str
    token: Token
    job: Job[ScrobbleAnswer]
    too_late_at: float
    is_over: bool = False


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
        self._reported: dict[str, _Reported] = {}
        """By :func:`media_key`."""
        self._anime: set[str] = set()
        """The films that Simkl does not know as films."""
        self.is_behind = False
        """Whether the last event was refused, or kept back, because Simkl has asked for a pause."""

    def report(self, action: Action, media: Media, progress: float, owner: str, token: Token) -> None:
        """Sends the event, in place of one of the same video that is not on its way yet.

        ``owner``: whose play it is, to whom ``token`` belongs.
        """
        self.is_behind = self._retry.is_paused and action is not Action.STOP
        replaced = self._withdraw(media)
        reported = self._reported.get(media_key(media))
        if reported is not None:
            self._reported[media_key(media)] = reported._replace(progress=progress)
        if self._retry.is_paused:
            return
        if action is Action.STOP and reported is None and replaced is not None and replaced.action is Action.START:
            return  # Simkl has not heard of it, and does not need to
        if action is Action.START:
            self._stop_others(media, owner, token)
        self._submit(action, media, progress, owner, token)

    def take_back(self, media: Media, progress: float, owner: str, token: Token) -> None:
        """The video goes on, but is not wanted on Simkl any more: its session is ended there, and is not marked."""
        key = media_key(media)
        if key in self._reported or any(media_key(one.media) == key for one in self._waiting):
            self.report(Action.STOP, media, min(progress, BELOW_WATCHED), owner, token)

    def left_open(self, media: Media, progress: float, owner: str) -> None:
        """A service before this one had told Simkl that this plays, and could not say that it was over."""
        self._reported[media_key(media)] = _Reported(media, progress, owner, plays=True)

    def described(self, media: Media) -> Media:
        """The same as Simkl knows it: a film that it has not found as one is an anime."""
        return (as_anime(media) if media_key(media) in self._anime else None) or media

    def forget(self, media: Media) -> None:
        """Drops what is not on its way yet: this video was watched, which is sent by other means."""
        self._withdraw(media)
        key = media_key(media)
        self._reported.pop(key, None)
        self._waiting = [one._replace(is_over=one.is_over or media_key(one.media) == key) for one in self._waiting]

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

    def _stop_others(self, media: Media, owner: str, token: Token) -> None:
        waiting = {media_key(one.media) for one in self._waiting}
        playing = [key for key, reported in self._reported.items() if reported.plays and key != media_key(media)]
        for key in playing[:-MOST_STOPPED]:
            del self._reported[key]
        for key in playing[-MOST_STOPPED:]:
            reported = self._reported[key]
            if reported.owner == owner and key not in waiting:
                self._submit(Action.STOP, reported.media, min(reported.progress, BELOW_WATCHED), owner, token)

    def _submit(self, action: Action, media: Media, progress: float, owner: str, token: Token) -> None:
        request = scrobble_request(action.value, self.described(media), progress, token)
        job = self._worker.submit(request, read_scrobble, Priority.SCROBBLE)
        self._waiting.append(_Waiting(action, media, progress, owner, token, job, self._clock() + LONGEST_WAIT))

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
        if isinstance(answer, NotFound) and self._is_worth_a_second_try(one) and not one.is_over:
            self._submit(one.action, one.media, one.progress, one.owner, one.token)
            return
        if not one.is_over:
            self._note(one, is_heard=isinstance(answer, (Scrobbled, NotFound, Malformed)))
        if isinstance(answer, Scrobbled):
            self._retry.retry_now()
        elif isinstance(answer, RateLocked):
            self._retry.pause_while_locked()
            self.is_behind = True
        elif isinstance(answer, (TransientError, PermanentError)):
            self._retry.keep_pause(answer)
        self._answered(one.token, answer)

    def _note(self, one: _Waiting, is_heard: bool) -> None:
        """What Simkl may believe now. An answer that is no answer leaves the worse of two possibilities."""
        key = media_key(one.media)
        reported = self._reported.pop(key, None)
        if one.action is Action.STOP:
            if reported is not None and not is_heard:
                self._reported[key] = reported
            return
        for oldest in list(self._reported)[: 1 - MOST_REPORTED]:
            del self._reported[oldest]
        progress = reported.progress if reported is not None else one.progress
        self._reported[key] = _Reported(
            one.media, progress, one.owner, plays=not (is_heard and one.action is Action.PAUSE)
        )

    def _is_worth_a_second_try(self, one: _Waiting) -> bool:
        """Whether the film, unknown as one, may be an anime. Not if something newer is said of it already."""
        key = media_key(one.media)
        if key in self._anime or as_anime(one.media) is None:
            return False
        self._anime.add(key)
        return self._clock() < one.too_late_at and all(media_key(other.media) != key for other in self._waiting)
