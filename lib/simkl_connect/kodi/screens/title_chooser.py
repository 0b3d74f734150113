"""Choosing the title of a video by hand: words, titles, seasons, episodes, one screen each; Back leads to the one
before."""

from __future__ import annotations

from typing import Callable, NamedTuple

from ... import clock
from ...api.search import (
    MOVIE,
    Found,
    FoundTitle,
    ListedEpisode,
    SearchAnswer,
    episodes_request,
    found_titles,
    listed_episodes,
    read_search,
    words_request,
)
from ...auth.events import GrantEnded
from ...errors import PermanentError, Problem, TransientError
from ...http.messages import Request
from ...http.worker import Job, Priority, Worker
from ...media import Media
from ...models import Token
from ...storage.limits import SharedLimits
from ...ui.activity_view import Video
from ...ui.page_screen import Button, Press, Row, Screen
from ...ui.title_choice import guess_of, in_order, kinds, media_of, place_of, seasons
from .. import connection, files, preferences, texts
from ..own_addon import own_addon
from ..system import platform
from . import keyboard, page_texts
from .page_texts import PageTexts

CLOSING = 0.3
"""Seconds that the end is held up at the most for a request that does not end."""


class Context(NamedTuple):
    """What the page has for the chooser. A keyboard stays open as long as the page ``is_wanted``.

    ``redraw`` says that the screen has changed, ``chosen`` gets the result, ``leave`` goes back to the page.
    """

    text: PageTexts
    token: Token
    is_wanted: Callable[[], bool]
    redraw: Press
    chosen: Callable[[Media], None]
    leave: Press


def open_worker() -> Worker:
    """One of its own: the service's belongs to another interpreter."""
    version, base = own_addon().getAddonInfo("version"), preferences.api_url()
    limits = SharedLimits(files.limits(), clock.now)
    return Worker(lambda: connection.open_session(base, version, platform()), clock.now, lambda: None, limits)


class TitleChooser:
    """:meth:`begin` asks for words. All requests are made on the worker's thread; :meth:`advance` takes the answers."""

    def __init__(self, context: Context, video: Video) -> None:
        self._context = context
        self._worker = open_worker()
        self._guess = guess_of(video)
        self._words = self._guess.words
        self._kinds: list[str] = []
        self._job: Job[SearchAnswer] | None = None
        self._problem = ""
        self._titles: list[FoundTitle] = []
        self._title: FoundTitle | None = None
        self._episodes: list[ListedEpisode] = []
        self._season: int | None = None

    def begin(self) -> None:
        """Asks for words and searches, or leaves if there are none."""
        words = keyboard.ask_words(self._context.text(page_texts.KEYBOARD), self._words, self._context.is_wanted)
        if not words:
            if not (self._titles or self._problem):
                self._context.leave()
            return
        self._words = words
        self._titles, self._title, self._problem = [], None, ""
        self._kinds = list(kinds(self._guess))
        self._search_next()
        self._context.redraw()

    def advance(self) -> None:
        """Takes an answer that has come."""
        self._worker.advance()
        job = self._job
        if job is None or not job.done:
            return
        self._job = None
        answer = job.result
        if not isinstance(answer, Found):
            self._kinds = []
            self._problem = self._context.text(_sentence(answer))
        elif self._title is not None:
            self._take_episodes(self._title, listed_episodes(answer))
        else:
            self._titles += found_titles(self._kinds.pop(0), answer)
            self._search_next()
        self._context.redraw()

    def close(self) -> None:
        """Ends a request that is under way."""
        self._worker.close(CLOSING)

    def screen(self) -> Screen:
        """What is to be shown now."""
        if self._job is not None:
            return self._message(page_texts.SEARCHING, "starting", "good")
        if self._problem:
            return self._message(self._problem, "failed", "bad", again=True)
        if self._title is None:
            return self._title_list()
        return self._season_list() if self._season is None else self._episode_list(self._season)

    def _back(self) -> None:
        """One screen back."""
        if self._job is not None:
            self._job.cancel()
        if self._title is None:
            self._context.leave()
        elif self._season is not None and len(seasons(self._episodes)) > 1:
            self._season = None
        else:
            self._title = None
        self._job, self._problem, self._kinds = None, "", []
        self._context.redraw()

    def _search_next(self) -> None:
        """The next kind of title; once all have been asked for, the list is complete."""
        if self._kinds:
            self._submit(words_request(self._kinds[0], self._words, self._context.token))
            return
        self._titles = in_order(self._words, self._titles)
        if not self._titles:
            self._problem = self._context.text(page_texts.NOTHING_FOUND).format(words=self._words)

    def _submit(self, request: Request) -> None:
        self._job = self._worker.submit(request, read_search, Priority.SCROBBLE)

    def _press_title(self, place: int) -> None:
        title = self._titles[place]
        if title.kind == MOVIE:
            self._context.chosen(media_of(title, None))
            return
        self._title, self._season, self._episodes = title, None, []
        self._submit(episodes_request(title, self._context.token.client_id))
        self._context.redraw()

    def _take_episodes(self, title: FoundTitle, episodes: list[ListedEpisode]) -> None:
        self._episodes = episodes
        known = seasons(episodes)
        if len(known) == 1:
            self._season = known[0]
        elif not known:
            self._ask_for_numbers(title)

    def _ask_for_numbers(self, title: FoundTitle) -> None:
        """Simkl lists no episodes for it: the user knows them."""
        text, is_wanted = self._context.text, self._context.is_wanted
        number = None
        season = keyboard.ask_number(text(page_texts.WHICH_SEASON), self._guess.season or 1, is_wanted)
        if season is not None:
            number = keyboard.ask_number(text(page_texts.WHICH_EPISODE), self._guess.number or 1, is_wanted)
        if season is None or not number:
            self._title = None
        else:
            self._context.chosen(media_of(title, ListedEpisode(season, number)))

    def _press_season(self, place: int) -> None:
        self._season = seasons(self._episodes)[place]
        self._context.redraw()

    def _title_list(self) -> Screen:
        rows = [
            Row(found.title, f"{self._context.text(page_texts.KINDS[found.kind])} {found.year or ''}".strip())
            for found in self._titles
        ]
        return self._list(page_texts.WHICH_TITLE, rows, 0, self._press_title, again=True)

    def _season_list(self) -> Screen:
        text, known = self._context.text, seasons(self._episodes)
        rows = [
            Row(text(page_texts.SEASON).format(number=season) if season else text(page_texts.SPECIALS))
            for season in known
        ]
        place = place_of(self._guess.season, known)
        return self._list(page_texts.WHICH_SEASON, rows, place, self._press_season)

    def _episode_list(self, season: int) -> Screen:
        text, title = self._context.text, self._title
        episodes = [episode for episode in self._episodes if episode.season == season]
        labels = [text(page_texts.EPISODE).format(number=one.number) for one in episodes]
        rows = [Row(label, "" if one.title == label else one.title) for label, one in zip(labels, episodes)]
        wanted = self._guess.number if self._guess.season in (None, season) else None

        def press(place: int) -> None:
            assert title is not None
            self._context.chosen(media_of(title, episodes[place]))

        place = place_of(wanted, [episode.number for episode in episodes])
        return self._list(page_texts.WHICH_EPISODE, rows, place, press)

    def _list(
        self, question: int, rows: list[Row], selected: int, press: Callable[[int], None], again: bool = False
    ) -> Screen:
        name = self._title.title if self._title is not None else ""
        strip = f"{self._context.text(question)}  {name}".rstrip()
        return Screen(
            "list", self._back, strip=strip, rows=rows, selected=selected, press_row=press, buttons=self._buttons(again)
        )

    def _message(self, sentence: int | str, sign: str, tone: str, again: bool = False) -> Screen:
        message = sentence if isinstance(sentence, str) else self._context.text(sentence)
        return Screen("message", self._back, message=message, sign=sign, tone=tone, buttons=self._buttons(again))

    def _buttons(self, again: bool) -> list[Button]:
        text = self._context.text
        back = Button(text(page_texts.BACK), self._back)
        return [Button(text(page_texts.OTHER_WORDS), self.begin), back] if again else [back]


def _sentence(answer: object) -> int:
    """Why there is no answer."""
    if isinstance(answer, (TransientError, PermanentError)):
        return texts.PROBLEMS[answer.problem.value]
    return page_texts.NOT_CONNECTED if isinstance(answer, GrantEnded) else texts.PROBLEMS[Problem.BAD_ANSWER.value]
