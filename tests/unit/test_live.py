"""What Simkl is told of the play that runs, and of those that it may still take to be playing."""

from __future__ import annotations

import pytest
from fake_worker import FakeWorker
from fakes import FakeClock
from scrobbling_device import OFFLINE, progress, reply
from simkl_connect.api.scrobble import NotFound
from simkl_connect.delivery.live import LONGEST_WAIT, MOST_STOPPED, Live
from simkl_connect.delivery.retry import LOCKED, Retry
from simkl_connect.errors import PermanentError, TransientError
from simkl_connect.http.messages import Response
from simkl_connect.media import Movie
from simkl_connect.models import Secret, Token
from simkl_connect.scrobbling.playback import Action

START, PAUSE, STOP = Action.START, Action.PAUSE, Action.STOP
TOKEN = Token(Secret("t"), client_id="app")
TAKEN, UNKNOWN, BUSY = (
    reply(201, {"action": "start"}),
    reply(404, {"error": "id_err"}),
    reply(400, {"error": "RATE_LIMIT"}),
)
FIRST, *OTHERS = [Movie(f"Film {number}", 2001, {"imdb": f"tt{number}"}) for number in range(1, 6)]
OTHER = OTHERS[0]


class Stage:
    """``answers``: what was handed on."""

    def __init__(self) -> None:
        self.clock, self.worker = FakeClock(), FakeWorker()
        self.retry = Retry(self.clock, lambda: 0.0)
        self.answers: list[object] = []
        self.live = Live(self.worker, self.clock, self.retry, lambda _token, answer: self.answers.append(answer))  # type: ignore[arg-type]

    def tell(self, action: Action, media: Movie = FIRST, percent: float = 10.0, owner: str = "1") -> None:
        self.live.report(action, media, percent, owner, TOKEN)

    def answer(self, answer: Response | TransientError | PermanentError = TAKEN) -> None:
        """To all that waits."""
        for _ in range(len(self.worker.waiting) + (self.worker.in_flight is not None)):
            self.worker.answer(answer)
        self.live.advance()

    @property
    def asked(self) -> list[tuple[str, str, float]]:
        """What waits: the end of the path, the film, percent."""
        requests = [job.request for job in self.worker.waiting]
        bodies = [request.json for request in requests if isinstance(request.json, dict)]
        names = ["anime" if "anime" in body else body["movie"]["title"] for body in bodies]
        return [(one.path.rpartition("/")[2], name, progress(one)) for one, name in zip(requests, names)]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_film_that_simkl_does_not_know_is_told_as_an_anime_from_then_on(stage: Stage) -> None:
    stage.tell(START)
    stage.answer(UNKNOWN)
    assert (stage.asked, stage.answers) == ([("start", "anime", 10.0)], [])
    stage.answer()
    stage.tell(PAUSE)
    assert stage.asked == [("pause", "anime", 10.0)]


def test_what_simkl_does_not_know_as_an_anime_either_is_left_at_that(stage: Stage) -> None:
    stage.tell(START)
    stage.answer(UNKNOWN)
    stage.answer(UNKNOWN)
    assert stage.asked == []
    assert [type(answer) for answer in stage.answers] == [NotFound]


def test_a_film_without_an_imdb_id_is_no_anime(stage: Stage) -> None:
    stage.tell(START, FIRST._replace(ids={"tmdb": "5"}))
    stage.answer(UNKNOWN)
    assert stage.asked == []


@pytest.mark.parametrize("is_late", [True, False], ids=["too late", "something newer is said already"])
def test_the_second_try_is_not_made_if_it_says_what_is_not_so_any_more(stage: Stage, is_late: bool) -> None:
    stage.tell(START)
    stage.worker.send()
    if is_late:
        stage.clock.advance(LONGEST_WAIT)
    else:
        stage.tell(PAUSE)
    stage.worker.answer(UNKNOWN)
    stage.live.advance()
    assert stage.asked == ([] if is_late else [("pause", "Film 1", 10.0)])


def leave_open(stage: Stage, media: Movie, percent: float = 10.0, owner: str = "1") -> None:
    """Simkl has heard that it plays, and not that it was stopped."""
    stage.tell(START, media, percent, owner)
    stage.answer()
    stage.tell(STOP, media, percent, owner)
    stage.answer(OFFLINE)


def test_of_the_videos_that_were_left_open_the_latest_are_stopped(stage: Stage) -> None:
    for one in (FIRST, *OTHERS[:2]):
        stage.live.left_open(one, 10.0, "1")
    stage.tell(START, OTHERS[2])
    assert MOST_STOPPED == 2
    assert stage.asked == [("stop", "Film 2", 10.0), ("stop", "Film 3", 10.0), ("start", "Film 4", 10.0)]
    stage.answer()
    stage.tell(START, OTHERS[3])
    assert stage.asked == [("stop", "Film 4", 10.0), ("start", "Film 5", 10.0)]


def test_a_video_that_goes_on_is_not_stopped(stage: Stage) -> None:
    leave_open(stage, FIRST)
    stage.tell(START)
    assert stage.asked == [("start", "Film 1", 10.0)]


@pytest.mark.parametrize(("percent", "told"), [(50.0, 50.0), (95.0, 79.99)])
def test_a_stop_that_is_made_good_marks_nothing(stage: Stage, percent: float, told: float) -> None:
    leave_open(stage, FIRST, percent)
    stage.tell(START, OTHER)
    assert stage.asked == [("stop", "Film 1", told), ("start", "Film 2", 10.0)]


def test_the_stop_is_made_good_where_the_video_was_last(stage: Stage) -> None:
    stage.tell(START, percent=10.0)
    stage.answer()
    stage.tell(STOP, percent=30.0)
    stage.answer(OFFLINE)
    stage.tell(START, OTHER)
    assert stage.asked[0] == ("stop", "Film 1", 30.0)


def test_an_answer_to_something_older_does_not_move_the_video_back(stage: Stage) -> None:
    stage.tell(START, percent=10.0)
    stage.answer()
    stage.tell(START, percent=20.0)
    stage.worker.send()
    stage.tell(PAUSE, percent=30.0)
    stage.clock.advance(LONGEST_WAIT)
    stage.worker.answer(TAKEN)
    stage.live.advance()
    stage.tell(START, OTHER)
    assert stage.asked[0] == ("stop", "Film 1", 30.0)


def test_only_a_start_stops_the_others_and_none_that_waits(stage: Stage) -> None:
    leave_open(stage, FIRST)
    stage.tell(PAUSE, OTHER)
    assert stage.asked == [("pause", "Film 2", 10.0)]
    stage.tell(PAUSE, FIRST)
    stage.tell(START, OTHERS[1])
    assert [name for _, name, _ in stage.asked] == ["Film 2", "Film 1", "Film 3"]


def test_another_accounts_video_is_not_stopped(stage: Stage) -> None:
    leave_open(stage, FIRST, owner="2")
    stage.tell(START, OTHER)
    assert stage.asked == [("start", "Film 2", 10.0)]


@pytest.mark.parametrize(
    ("action", "answer", "is_open"),
    [
        (PAUSE, TAKEN, False),
        (PAUSE, UNKNOWN, False),
        (PAUSE, OFFLINE, True),
        (STOP, TAKEN, False),
        (STOP, UNKNOWN, False),
        (STOP, reply(400, {"error": "empty_field"}), False),
        (STOP, OFFLINE, True),
        (STOP, BUSY, True),
    ],
)
def test_what_simkl_has_heard_decides_whether_a_video_is_open(
    stage: Stage, action: Action, answer: Response | TransientError, is_open: bool
) -> None:
    film = FIRST._replace(ids={"tmdb": "5"})
    stage.tell(START, film)
    stage.answer()
    stage.tell(action, film)
    stage.answer(answer)
    stage.clock.advance(LOCKED)
    stage.tell(START, OTHER)
    assert len(stage.asked) == 1 + is_open


def test_a_video_that_is_marked_by_other_means_is_forgotten(stage: Stage) -> None:
    stage.tell(START)
    stage.answer()
    stage.tell(PAUSE)
    stage.live.forget(FIRST)
    assert stage.asked == []
    stage.tell(START, OTHER)
    assert len(stage.asked) == 1


def test_a_video_that_was_left_before_simkl_heard_of_it_is_not_mentioned(stage: Stage) -> None:
    stage.tell(START)
    stage.tell(STOP)
    assert (stage.asked, stage.live.seconds_to_wait()) == ([], None)


@pytest.mark.parametrize("first", [START, PAUSE, None], ids=["a jump", "a pause that is the first word", "nothing"])
def test_a_video_of_which_simkl_may_have_heard_is_stopped(stage: Stage, first: Action | None) -> None:
    if first is START:
        stage.tell(START)
        stage.answer()
    if first is not None:
        stage.tell(first)
    stage.tell(STOP)
    assert stage.asked == [("stop", "Film 1", 10.0)]
    stage.answer(OFFLINE)
    stage.tell(START, OTHER)
    assert len(stage.asked) == (2 if first is START else 1)


def test_a_start_takes_the_place_of_a_pause_that_is_not_sent_yet_and_of_no_other_video(stage: Stage) -> None:
    stage.tell(PAUSE, OTHER)
    stage.tell(PAUSE)
    stage.tell(START, percent=20.0)
    assert stage.asked == [("pause", "Film 2", 10.0), ("start", "Film 1", 20.0)]
    stage.tell(PAUSE)
    assert stage.asked[-1] == ("pause", "Film 1", 10.0)


def test_while_simkl_wants_a_pause_nothing_is_said_and_only_what_goes_on_is_behind(stage: Stage) -> None:
    stage.tell(START)
    assert not stage.live.is_behind
    stage.answer(BUSY)
    assert (stage.live.is_behind, stage.retry.is_paused) == (True, True)
    stage.tell(STOP)
    assert (stage.live.is_behind, stage.asked) == (False, [])
    stage.tell(PAUSE)
    assert (stage.live.is_behind, stage.asked) == (True, [])
    stage.clock.advance(LOCKED)
    stage.tell(PAUSE)
    assert (stage.live.is_behind, len(stage.asked)) == (False, 1)


def test_an_answer_moves_what_waits_elsewhere(stage: Stage) -> None:
    stage.retry.fail(OFFLINE)
    stage.tell(START)
    stage.answer()
    assert stage.retry.seconds_to_wait() == 0
    stage.tell(PAUSE)
    stage.answer(reply(429, {"error": "rate_limit"}, retry_after="60"))
    assert stage.retry.seconds_to_wait() == 60
    assert len(stage.answers) == 2


def test_it_wakes_when_something_is_too_late(stage: Stage) -> None:
    assert stage.live.seconds_to_wait() is None
    stage.tell(START)
    stage.clock.advance(4.0)
    stage.tell(START, OTHER)
    assert stage.live.seconds_to_wait() == LONGEST_WAIT - 4.0
    stage.worker.send()
    stage.clock.advance(LONGEST_WAIT - 4.0)
    stage.live.advance()
    assert stage.live.seconds_to_wait() == 0.5, "what is on its way can't be taken back"
    stage.clock.advance(4.0)
    stage.live.advance()
    assert stage.asked == []
    stage.answer()
    assert stage.live.seconds_to_wait() is None
