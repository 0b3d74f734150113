"""Asks Simkl which film or episode a file's name means, once for each name."""

from __future__ import annotations

from typing import Callable

from ..activity.reasons import Reason
from ..api.scrobble import Malformed, NotFound, RateLocked
from ..api.search import Found, SearchAnswer, file_request, read_search, words_request
from ..delivery.retry import Retry
from ..errors import PermanentError, TransientError
from ..http.worker import Job, Priority, Worker
from ..media import Media
from ..models import Token
from .file_names import AskSimkl, Judged, count_namesakes, judge, with_part

REMEMBERED = 100
"""Names whose meaning is remembered."""
_KINDS = ("tv", "anime")


class Lookup:
    """One question at a time. ``refused`` is called with a token that Simkl takes for no good one, and its answer."""

    def __init__(
        self, worker: Worker, retry: Retry, refused: Callable[[Token, object], None], priority: Priority
    ) -> None:
        self._worker = worker
        self._retry = retry
        self._refused = refused
        self._priority = priority
        self._known: dict[AskSimkl, tuple[Media, ...] | Reason] = {}
        self._asked: AskSimkl | None = None
        self._judged: Judged | None = None
        self._namesakes = 0
        self._kinds: list[str] = []
        self._token: Token | None = None
        self._job: Job[SearchAnswer] | None = None

    def answer(self, asked: AskSimkl) -> tuple[Media, ...] | Reason | None:
        """What it is, or why nobody knows; None: not asked yet."""
        return self._known.get(asked)

    def forget(self, asked: AskSimkl) -> None:
        """Simkl may know better by now."""
        self._known.pop(asked, None)

    @property
    def is_busy(self) -> bool:
        """Whether a question is out."""
        return self._job is not None

    def ask(self, asked: AskSimkl, token: Token) -> None:
        """Asks, unless another question is out, the answer is there, or a pause is to be kept."""
        if self._job is None and asked not in self._known and not self._retry.seconds_to_wait():
            self._asked, self._token, self._judged = asked, token, None
            self._job = self._worker.submit(file_request(asked.file, token), read_search, self._priority)

    def advance(self) -> bool:
        """Takes an answer that has come; true if a question is settled by it."""
        if self._job is None or not self._job.done or self._asked is None or self._token is None:
            return False
        answer, self._job = self._job.result, None
        if isinstance(answer, (NotFound, Malformed)):
            return self._settle(self._asked, Reason.UNKNOWN_SHOW if self._asked.numbers else Reason.UNKNOWN_MOVIE)
        if not isinstance(answer, Found):
            if isinstance(answer, (TransientError, PermanentError)):
                self._retry.fail(answer)
            elif isinstance(answer, RateLocked):
                self._retry.pause_while_locked()
            self._refused(self._token, answer)
            return False
        self._retry.retry_now()
        return self._judge(self._asked, self._token, answer.body)

    def _judge(self, asked: AskSimkl, token: Token, body: object) -> bool:
        if self._judged is None:
            judged = judge(asked, body)
            if isinstance(judged, Reason):
                return self._settle(asked, judged)
            self._judged, self._namesakes, self._kinds = judged, 0, list(_KINDS) if judged.namesake else []
        elif self._judged.more:
            self._judged = with_part(self._judged, body)
        else:
            self._namesakes += count_namesakes(self._judged.namesake, body)
        if self._namesakes > 1:
            return self._settle(asked, Reason.NAMESAKES)
        if self._judged.more:
            request = file_request(asked.file, token, part=len(self._judged.media) + 1)
        elif self._kinds:
            request = words_request(self._kinds.pop(0), self._judged.namesake, token)
        else:
            return self._settle(asked, self._judged.media)
        self._job = self._worker.submit(request, read_search, self._priority)
        return False

    def _settle(self, asked: AskSimkl, meaning: tuple[Media, ...] | Reason) -> bool:
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[asked] = meaning
        return True
