"""What a plan does in the cases that users meet."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar, NamedTuple, Sequence

import pytest
from simkl_connect.identification.decisions import Times
from simkl_connect.sync.plan import Plan, Reason, make_plan
from simkl_connect.sync.titles import FILM, MOVIE, SHOW, Entry, Row, Title, numbers_of, place_of

NOW = 1_700_000_000
THEN = NOW - 86400


def film(*rows: Row, ids: dict[str, str] | None = None) -> Title:
    return Title(MOVIE, "Film", 2001, {"imdb": "tt0000001"} if ids is None else ids, list(rows))


def show(*rows: Row, ids: dict[str, str] | None = None) -> Title:
    return Title(SHOW, "Show", 2001, {"tvdb": "11"} if ids is None else ids, list(rows))


def on_simkl(kind: str, *places: int, at: int = THEN, anime: bool = False) -> Entry:
    ids = {"imdb": "tt0000001"} if kind == MOVIE else {"tvdb": "11"}
    name = "Film" if kind == MOVIE else "Show"
    return Entry(kind, 7, anime, name, 2001, ids, {place: at for place in places})


S1E1, S1E2, SPECIAL = 100_001, 100_002, -4001


class Case(NamedTuple):
    name: str
    titles: list[Title]
    entries: list[Entry]
    sent: Sequence[tuple[int, int]] = ()
    written: Sequence[tuple[int, int]] = ()
    left: Sequence[Reason] = ()


CASES = [
    Case("film watched here", [film(Row(1, FILM, 2, THEN))], [], sent=[(FILM, THEN)]),
    Case("film planned on Simkl", [film(Row(1, FILM, 1, THEN))], [on_simkl(MOVIE)], sent=[(FILM, THEN)]),
    Case("film watched on Simkl", [film(Row(1, FILM, 0, 0))], [on_simkl(MOVIE, FILM)], written=[(1, THEN)]),
    Case("watched on both sides", [film(Row(1, FILM, 1, THEN))], [on_simkl(MOVIE, FILM)]),
    Case("mark without a date, here", [film(Row(1, FILM, 1, 0))], [], sent=[(FILM, 0)]),
    Case("without a date, on Simkl", [film(Row(1, FILM, 0, 0))], [on_simkl(MOVIE, FILM, at=0)], written=[(1, 0)]),
    Case("date in the future, here", [film(Row(1, FILM, 1, NOW + 9))], [], sent=[(FILM, NOW)]),
    Case("future, Simkl", [film(Row(1, FILM, 0, 0))], [on_simkl(MOVIE, FILM, at=NOW + 9)], written=[(1, NOW)]),
    Case("begun here later", [film(Row(1, FILM, 0, NOW))], [on_simkl(MOVIE, FILM)], written=[(1, 0)]),
    Case(
        "one episode on each side",
        [show(Row(1, S1E1, 1, THEN), Row(2, S1E2, 0, 0))],
        [on_simkl(SHOW, S1E2)],
        sent=[(S1E1, THEN)],
        written=[(2, THEN)],
    ),
    Case("show without episodes here", [show()], [on_simkl(SHOW, S1E1)]),
    Case(
        "two copies of an episode, one watched",
        [show(Row(1, S1E1, 1, THEN), Row(2, S1E1, 0, 0))],
        [],
        sent=[(S1E1, THEN)],
        written=[(2, THEN)],
    ),
    Case(
        "one file with two episodes, one of them watched on Simkl",
        [show(Row(1, S1E1, 0, 0, file=5), Row(2, S1E2, 0, 0, file=5))],
        [on_simkl(SHOW, S1E1)],
        left=[Reason.SHARED_FILE],
    ),
    Case(
        "one file with two episodes, both watched on Simkl",
        [show(Row(1, S1E1, 0, 0, file=5), Row(2, S1E2, 0, 0, file=5))],
        [on_simkl(SHOW, S1E1, S1E2)],
        written=[(1, THEN), (2, THEN)],
    ),
    Case("special by its TVDB id", [show(Row(1, SPECIAL, 1, THEN))], [], sent=[(SPECIAL, THEN)]),
    Case("no ids", [film(Row(1, FILM, 1, THEN), ids={})], [], left=[Reason.NO_IDS]),
    Case(
        "no ids, same title and year", [film(Row(1, FILM, 0, 0), ids={})], [on_simkl(MOVIE, FILM)], written=[(1, THEN)]
    ),
    Case(
        "no ids, two of that title and year",
        [film(Row(1, FILM, 0, 0), ids={})],
        [on_simkl(MOVIE, FILM), on_simkl(MOVIE, FILM)._replace(simkl=8, ids={"imdb": "tt0000002"})],
    ),
    Case(
        "another imdb id, same title and year",
        [film(Row(1, FILM, 1, THEN), ids={"imdb": "tt0000009"})],
        [on_simkl(MOVIE, FILM)],
        sent=[(FILM, THEN)],
    ),
    Case(
        "ids of two films",
        [film(Row(1, FILM, 1, THEN), ids={"imdb": "tt0000001", "tmdb": "5"})],
        [on_simkl(MOVIE), on_simkl(MOVIE)._replace(simkl=8, ids={"tmdb": "5"})],
        left=[Reason.AMBIGUOUS],
    ),
    Case(
        "ids of two shows",
        [show(Row(1, S1E1, 1, THEN), ids={"tvdb": "11", "tmdb": "5"})],
        [on_simkl(SHOW), on_simkl(SHOW, anime=True)._replace(simkl=8, ids={"tmdb": "5"})],
        left=[Reason.AMBIGUOUS],
    ),
    Case(
        "anime in two parts on Simkl, one show here",
        [show(Row(1, S1E1, 0, 0), Row(2, S1E2, 0, 0))],
        [on_simkl(SHOW, S1E1, anime=True), on_simkl(SHOW, S1E2, anime=True)._replace(simkl=8)],
        written=[(1, THEN), (2, THEN)],
    ),
    Case(
        "anime of which Simkl names no TVDB numbers",
        [show(Row(1, S1E1, 0, 0), Row(2, S1E2, 0, 0))],
        [on_simkl(SHOW, anime=True)._replace(unplaced=1)],
        left=[Reason.ANIME_NUMBERING],
    ),
    Case(
        "completed on Simkl, which names no episodes",
        [show(Row(1, S1E1, 1, THEN), Row(2, S1E2, 0, 0))],
        [on_simkl(SHOW)._replace(is_complete_unlisted=True)],
        left=[Reason.EPISODES_UNKNOWN, Reason.EPISODES_UNKNOWN],
    ),
    Case(
        "unwatched here since",
        [film(Row(1, FILM, 0, 0))],
        [on_simkl(MOVIE, FILM)._replace(agreed={FILM: (1,)})],
        left=[Reason.UNWATCHED_HERE],
    ),
    Case(
        "unwatched here since, a copy added",
        [film(Row(1, FILM, 0, 0), Row(2, FILM, 0, 0))],
        [on_simkl(MOVIE, FILM)._replace(agreed={FILM: (1,)})],
        written=[(2, THEN)],
        left=[Reason.UNWATCHED_HERE],
    ),
    Case(
        "a new row for an agreed film",
        [film(Row(9, FILM, 0, 0))],
        [on_simkl(MOVIE, FILM)._replace(agreed={FILM: (1,)})],
        written=[(9, THEN)],
    ),
    Case(
        "removed on Simkl since",
        [film(Row(1, FILM, 1, THEN))],
        [on_simkl(MOVIE)._replace(agreed={FILM: (1,)})],
        left=[Reason.REMOVED_ON_SIMKL],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_plan(case: Case) -> None:
    plan = make_plan(case.titles, case.entries, {}, NOW)
    assert (sent(plan), written(plan)) == (list(case.sent), list(case.written))
    assert [left.reason for left in plan.left] == list(case.left)


def series(first_row: int, count: int, playcount: int) -> list[Title]:
    rows = [Row(first_row + n, 100_001 + n, playcount, THEN if playcount else 0) for n in range(count)]
    return [show(*rows)]


def agreed_series(count: int) -> Entry:
    places = range(100_001, 100_001 + count)
    agreed = {place: (row,) for row, place in enumerate(places, 1)}
    return on_simkl(SHOW, *places)._replace(agreed=agreed)


def sent(plan: Plan) -> list[tuple[int, int]]:
    return [(send.row.place, send.watched_at) for send in plan.sends]


def written(plan: Plan) -> list[tuple[int, int]]:
    return [(write.row.row_id, write.last_played) for write in plan.writes]


def reasons(plan: Plan) -> Counter[Reason]:
    return Counter(left.reason for left in plan.left)


@pytest.mark.parametrize("first_row", [1, 5000], ids=["numbered as before", "numbered anew"])
def test_a_library_that_is_filled_again_gets_its_marks_back_and_simkl_stays_as_it_is(first_row: int) -> None:
    plan = make_plan(series(first_row, 12_000, 0), [agreed_series(12_000)], {}, NOW)
    assert (len(plan.sends), len(plan.writes), len(plan.left)) == (0, 12_000, 0)


def test_a_season_that_was_unmarked_by_hand_stays_unmarked() -> None:
    plan = make_plan(series(1, 49, 0), [agreed_series(49)], {}, NOW)
    assert not plan.writes and reasons(plan) == {Reason.UNWATCHED_HERE: 49}


@pytest.mark.parametrize(("lost", "expected"), [(45, (45, 0)), (44, (0, 44))], ids=["nine in ten", "fewer"])
def test_a_library_was_filled_again_if_nine_rows_in_ten_lost_their_marks(lost: int, expected: tuple[int, int]) -> None:
    (before,), (after,) = series(1, lost, 0), series(1, 50, 1)
    plan = make_plan([show(*before.rows, *after.rows[lost:])], [agreed_series(50)], {}, NOW)
    assert (len(plan.writes), len(plan.left)) == expected


def test_marks_that_an_undo_took_away_are_never_taken_for_a_library_filled_again() -> None:
    entry = agreed_series(500)
    undone = entry._replace(agreed={place: (-rows[0],) for place, rows in entry.agreed.items()})
    plan = make_plan(series(1, 500, 0), [undone], {}, NOW)
    assert not plan.writes and reasons(plan) == {Reason.UNWATCHED_HERE: 500}


def test_what_simkl_did_not_find_is_not_sent_again() -> None:
    titles = [film(Row(1, FILM, 1, THEN))]
    (sent,) = make_plan(titles, [], {}, NOW).sends
    plan = make_plan(titles, [], {sent.key: Reason.NOT_FOUND}, NOW)
    assert not plan.sends and reasons(plan) == {Reason.NOT_FOUND: 1}


def test_what_is_watched_on_both_sides_is_remembered_with_its_rows() -> None:
    titles = [show(Row(1, S1E1, 1, THEN), Row(2, S1E1, 1, THEN))]
    assert make_plan(titles, [on_simkl(SHOW, S1E1)], {}, NOW).agreed == {(SHOW, 7): {S1E1: (1, 2)}}


def test_what_is_watched_on_neither_side_any_more_is_forgotten() -> None:
    entry = on_simkl(SHOW)._replace(agreed={S1E1: (1,)})
    assert make_plan([show(Row(1, S1E1, 0, 0))], [entry], {}, NOW).agreed == {(SHOW, 7): {}}


def test_that_the_user_unmarked_a_row_is_remembered() -> None:
    entry = on_simkl(MOVIE, FILM)._replace(agreed={FILM: (1,)})
    assert make_plan([film(Row(1, FILM, 0, 0))], [entry], {}, NOW).agreed == {(MOVIE, 7): {FILM: (-1,)}}


def test_of_what_is_left_alone_it_is_said_which_episode_it_is() -> None:
    ambiguous = [on_simkl(SHOW), on_simkl(SHOW)._replace(simkl=8, ids={"tmdb": "5"})]
    titles = [
        show(Row(1, S1E1, 1, THEN), Row(2, S1E2, 0, 0), ids={"tvdb": "11", "tmdb": "5"}),
        film(Row(1, FILM, 1, THEN), ids={}),
    ]
    left = make_plan(titles, ambiguous, {}, NOW).left
    assert sorted(left) == [(Reason.AMBIGUOUS, "Show", S1E1), (Reason.NO_IDS, "Film", None)]


def test_of_several_copies_the_latest_play_is_sent() -> None:
    rows = Row(1, FILM, 1, THEN), Row(2, FILM, 1, THEN + 5), Row(3, FILM, 0, THEN + 9)
    assert [send.watched_at for send in make_plan([film(*rows)], [], {}, NOW).sends] == [THEN + 5]


@pytest.mark.parametrize(
    ("before", "after"),
    [({S1E1: (1,), S1E2: ()}, {(SHOW, 7): {S1E1: (), S1E2: ()}}), ({S1E1: ()}, {}), ({}, {})],
    ids=["some rows", "no row any more", "nothing"],
)
def test_the_rows_of_a_show_that_left_the_library_are_forgotten_once(
    before: dict[int, tuple[int, ...]], after: object
) -> None:
    assert make_plan([], [on_simkl(SHOW, S1E1)._replace(agreed=before)], {}, NOW).agreed == after


def test_a_row_that_left_the_library_is_forgotten_and_its_mark_is_not() -> None:
    entry = on_simkl(MOVIE, FILM)._replace(agreed={FILM: (1,)})
    assert make_plan([], [entry], {}, NOW).agreed == {(MOVIE, 7): {FILM: ()}}


def test_a_show_that_was_unmarked_is_not_taken_for_a_library_filled_again_where_the_rest_was_not_looked_at() -> None:
    plan = make_plan(series(1, 500, 0), [agreed_series(500)], {}, NOW, is_whole=False)
    assert not plan.writes and reasons(plan) == {Reason.UNWATCHED_HERE: 500}


def test_what_was_removed_on_simkl_stays_agreed() -> None:
    entry = on_simkl(MOVIE)._replace(agreed={FILM: (1,)})
    assert make_plan([film(Row(1, FILM, 1, THEN))], [entry], {}, NOW).agreed == {}


def test_a_mark_is_agreed_once_it_is_written_and_not_when_it_is_planned() -> None:
    assert make_plan([film(Row(1, FILM, 0, 0))], [on_simkl(MOVIE, FILM)], {}, NOW).agreed == {}


def test_a_place_stays_agreed_when_its_row_is_another_or_gone() -> None:
    entry = on_simkl(SHOW, S1E1, S1E2)._replace(agreed={S1E1: (1,), S1E2: (2,)})
    assert make_plan([show(Row(9, S1E1, 0, 0))], [entry], {}, NOW).agreed == {(SHOW, 7): {S1E1: (), S1E2: ()}}


def test_the_rest_of_a_file_is_marked_where_an_episode_of_it_is() -> None:
    rows = Row(1, S1E1, 1, THEN, file=5), Row(2, S1E2, 0, 0, file=5)
    assert len(make_plan([show(*rows)], [on_simkl(SHOW, S1E1, S1E2)], {}, NOW).writes) == 1


def test_a_part_of_the_library_says_nothing_of_the_rest() -> None:
    entry = on_simkl(MOVIE, FILM)._replace(agreed={FILM: (1,)})
    assert make_plan([], [entry], {}, NOW, is_whole=False).agreed == {}


class TestTakenBack:
    """The user has taken a mark back on Simkl, at NOW, under one of the names that the library knows."""

    TIMES: ClassVar[Times] = {"movie imdb:tt0000001": {(0, 0): NOW}, "show show 2001": {(1, 2): NOW, (0, 3): NOW}}

    @pytest.mark.parametrize(
        "case",
        [
            Case("film", [film(Row(1, FILM, 1, THEN))], [], left=[Reason.REMOVED_ON_SIMKL]),
            Case("another film", [film(Row(1, FILM, 1, THEN), ids={"imdb": "tt0000002"})], [], sent=[(FILM, THEN)]),
            Case(
                "one episode of two, by title and year",
                [show(Row(1, S1E1, 1, THEN), Row(2, S1E2, 1, THEN))],
                [],
                sent=[(S1E1, THEN)],
                left=[Reason.REMOVED_ON_SIMKL],
            ),
            Case("a special", [show(Row(1, SPECIAL, 1, THEN, 3))], [], left=[Reason.REMOVED_ON_SIMKL]),
            Case("another special", [show(Row(1, SPECIAL, 1, THEN, 4))], [], sent=[(SPECIAL, THEN)]),
            Case(
                "by the list's name for what the library calls otherwise",
                [show(Row(1, S1E2, 1, THEN), ids={"tvdb": "11"})._replace(title="Zeigen")],
                [on_simkl(SHOW)],
                left=[Reason.REMOVED_ON_SIMKL],
            ),
            Case(
                "a copy is not marked by a mark that is still there",
                [film(Row(1, FILM, 1, THEN), Row(2, FILM, 0, 0))],
                [on_simkl(MOVIE, FILM)],
                left=[Reason.REMOVED_ON_SIMKL],
            ),
        ],
        ids=lambda case: case.name,
    )
    def test_it_is_carried_nowhere(self, case: Case) -> None:
        plan = make_plan(case.titles, case.entries, {}, NOW, taken_back=self.TIMES)
        assert (sent(plan), written(plan)) == (list(case.sent), list(case.written))
        assert reasons(plan) == Counter(case.left)
        assert plan.wanted == []

    def test_unmarked_here_too_it_is_forgotten(self) -> None:
        plan = make_plan([show(Row(1, S1E2, 0, 0), Row(2, S1E1, 0, 0))], [], {}, NOW, taken_back=self.TIMES)
        ((keys, numbers),) = plan.wanted
        assert ("show show 2001" in keys, numbers, reasons(plan)) == (True, (1, 2), Counter())

    def test_a_newer_mark_on_simkl_counts(self) -> None:
        entries = [on_simkl(MOVIE, FILM, at=NOW + 5)]
        plan = make_plan([film(Row(1, FILM, 0, 0))], entries, {}, NOW + 9, taken_back=self.TIMES)
        assert (written(plan), [numbers for _, numbers in plan.wanted]) == ([(1, NOW + 5)], [(0, 0)])


class TestNamedByTheUser:
    """Titles with Simkl's own id alone."""

    def test_it_is_the_title_with_that_id_whatever_others_are_called(self) -> None:
        named = show(Row(1, S1E1, 1, THEN), Row(2, S1E2, 0, 0), ids={"simkl": "7"})
        plan = make_plan([named], [on_simkl(SHOW, S1E2), on_simkl(SHOW)._replace(simkl=8, ids={})], {}, NOW)
        assert (sent(plan), written(plan)) == ([(S1E1, THEN)], [(2, THEN)])

    def test_a_namesake_on_the_lists_is_another(self) -> None:
        plan = make_plan([film(Row(1, FILM, 0, 0), ids={"simkl": "9"})], [on_simkl(MOVIE, FILM)], {}, NOW)
        assert not plan.writes

    def test_beside_its_copies_it_is_sent_by_their_ids(self) -> None:
        titles = [show(Row(1, S1E1, 1, THEN)), show(Row(2, S1E2, 1, THEN), ids={"simkl": "7"})]
        plan = make_plan(titles, [on_simkl(SHOW)], {}, NOW)
        assert [send.ids for send in plan.sends] == [{"tvdb": "11"}] * 2

    def test_an_anime_is_left_alone_and_its_copies_are_not(self) -> None:
        """Simkl counts an anime's episodes otherwise than its lists say here."""
        titles = [show(Row(1, S1E1, 1, THEN), Row(2, S1E2, 0, 0), ids={"simkl": "7"}), show(Row(3, S1E2, 0, 0))]
        entry = on_simkl(SHOW, S1E2, anime=True)
        plan = make_plan(titles, [entry], {}, NOW)
        assert (sent(plan), written(plan), reasons(plan)) == ([], [(3, THEN)], {Reason.ANIME_NUMBERING: 1})
        alone = make_plan(titles[:1], [entry], {}, NOW)
        assert (sent(alone), written(alone), reasons(alone)) == ([], [], {Reason.ANIME_NUMBERING: 1})

    def test_an_anime_film_that_was_named_as_an_episode_is_one(self) -> None:
        """Simkl lists its only episode, and shows it among the films."""
        entry = on_simkl(MOVIE, FILM, anime=True)
        plan = make_plan([show(Row(1, S1E1, 1, THEN), ids={"simkl": "7"})], [entry], {}, NOW)
        assert (sent(plan), reasons(plan)) == ([], {Reason.ANIME_NUMBERING: 1})

    def test_an_anime_that_was_taken_off_the_lists_is_not_sent_anew(self) -> None:
        entry = on_simkl(SHOW, S1E2, anime=True)
        named = show(Row(1, S1E1, 1, THEN), ids={"simkl": "7"})
        agreed = make_plan([named], [entry], {}, NOW).agreed[SHOW, 7]
        assert agreed, "what has nothing agreed is forgotten with the list"
        plan = make_plan([named], [entry._replace(watched={}, agreed=agreed)], {}, NOW)
        assert (sent(plan), plan.agreed) == ([], {})


@pytest.mark.parametrize(
    ("numbers", "place"),
    [
        ((1, 3, None), 100_003),
        ((2, 0, None), 200_000),
        ((0, 5, "4001"), -4001),
        ((0, 5, "0"), None),
        ((0, 5, None), None),
        ((-1, 5, None), None),
        ((1, -1, None), None),
        ((None, 1, None), None),
        (("1", 1, None), None),
        ((True, 1, None), None),
        ((1, 100_000, None), None),
    ],
)
def test_places(numbers: tuple[object, object, object], place: int | None) -> None:
    assert place_of(*numbers) == place


def test_an_episode_is_read_from_its_place() -> None:
    assert numbers_of(1_200_034) == (12, 34)
