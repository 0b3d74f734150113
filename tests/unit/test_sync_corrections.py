"""What the user has named on the activity page is that for the sync, too."""

from __future__ import annotations

from typing import Callable

import pytest
from scrobbling_device import MemoryDatabase
from simkl_connect.identification.decisions import Decisions
from simkl_connect.identification.exclusions import Preferences
from simkl_connect.identification.subjects import Subject, title_keys
from simkl_connect.media import Episode, Media, Movie, Show
from simkl_connect.sync.corrections import Picker, corrected
from simkl_connect.sync.library import Library
from simkl_connect.sync.plan import Reason
from simkl_connect.sync.titles import FILM, Entry, Row, Title

RIGHT = Show("Right", 2009, {"simkl": "203"})
FERRY = Movie("Ferry", 1998, {"simkl": "102"})
SHOW_IDS = {"tvdb": "11"}
KEYS = {kind: title_keys(kind, "Wrong", 2001, SHOW_IDS) for kind in ("show", "movie")}


def right(season: int, number: int) -> Episode:
    return Episode(RIGHT, season, number)


def title(kind: str, *rows: Row, name: str = "Wrong", ids: dict[str, str] = SHOW_IDS) -> Title:
    return Title(kind, name, 2001, ids, list(rows))


def row(place: int, number: int = 0, file: int = 0) -> Row:
    return Row(abs(place) + 1, place, 1, 5, number, file)


@pytest.fixture
def decisions() -> Decisions:
    return Decisions(MemoryDatabase(), Preferences, lambda: 0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subject", "chosen", "rows", "named", "rest"),
    [
        pytest.param(Subject(KEYS["movie"]), FERRY, [row(FILM)], [FILM], [], id="film"),
        pytest.param(
            Subject(KEYS["show"], 1, (1,)), right(1, 1), [row(100_001), row(300_005)], [100_001, 300_005], [], id="show"
        ),
        pytest.param(
            Subject(KEYS["show"], 2, (1,)),
            right(1, 13),
            [row(200_001), row(200_002)],
            [100_013],
            [200_002],
            id="episode",
        ),
        pytest.param(
            Subject(("show wrong 2001",), 2, (1,), is_named=True),
            right(1, 13),
            [row(200_002), row(300_002)],
            [100_014],
            [300_002],
            id="season, as a file's name had it",
        ),
        pytest.param(
            Subject(KEYS["show"], 1, (4, 5)),
            right(2, 8),
            [row(100_005, file=1), row(100_004, file=1), row(100_006)],
            [200_009, 200_008],
            [100_006],
            id="file with two episodes",
        ),
        pytest.param(Subject(KEYS["show"], 1, (1,)), right(1, 1), [row(100_000)], [], [100_000], id="no number"),
        pytest.param(Subject(("show other 2001",), 1, (1,)), right(1, 1), [row(100_001)], [], [100_001], id="another"),
    ],
)
def test_rows_go_where_the_user_has_put_them(
    decisions: Decisions, subject: Subject, chosen: Media, rows: list[Row], named: list[int], rest: list[int]
) -> None:
    decisions.correct(subject, chosen)
    kind = "movie" if isinstance(chosen, Movie) else "show"
    library = corrected(Library([title(kind, *rows)], []), decisions)
    places = {one.title: [row.place for row in one.rows] for one in library.titles}
    chosen_title = "Ferry" if kind == "movie" else "Right"
    assert (places.get(chosen_title, []), places["Wrong"], library.left) == (named, rest, [])


@pytest.mark.parametrize(
    ("kind", "subject", "chosen", "one", "reason"),
    [
        pytest.param(
            "show", Subject(KEYS["show"], 0, (1,)), FERRY, row(-77, number=1), "other_kind", id="special, film"
        ),
        pytest.param("movie", Subject(KEYS["movie"]), right(1, 1), row(FILM), "other_kind", id="film, episode"),
        pytest.param(
            "show", Subject(KEYS["show"], 1, (1,)), right(1, 1), row(-77, number=2), "special", id="special of a show"
        ),
    ],
)
def test_what_cannot_be_compared_is_neither_the_wrong_nor_the_right_title(
    decisions: Decisions, kind: str, subject: Subject, chosen: Media, one: Row, reason: str
) -> None:
    decisions.correct(subject, chosen)
    library = corrected(Library([title(kind, one)], []), decisions)
    assert [(len(title.rows), left.reason) for title in library.titles for left in library.left] == [
        (0, Reason(reason))
    ]


@pytest.mark.parametrize("changed", ["Right", "Copy", "Wrong", "Other"])
@pytest.mark.parametrize("is_anime", [False, True])
def test_what_is_one_title_is_read_together(decisions: Decisions, changed: str, is_anime: bool) -> None:
    decisions.correct(Subject(KEYS["show"], 1, (1,)), right(1, 1))
    names = {"Right": 203, "Copy": 203, "Wrong": 9, "Other": 8}
    titles = [
        title("show"),
        title("show", name="Copy", ids={"tvdb": "12"}),
        title("show", name="Other", ids={"tvdb": "13"}),
    ]
    entries = [on_simkl(203, "12")._replace(is_anime=is_anime), on_simkl(9, "11"), on_simkl(8, "13")]
    pick: Callable[[list[Title]], list[Title]] = Picker(entries, {("show", names[changed])}, decisions)
    expected = ["Other"] if changed == "Other" else ["Wrong", "Copy"]
    assert [one.title for one in pick(titles)] == expected


def on_simkl(simkl: int, tvdb: str) -> Entry:
    return Entry("show", simkl, False, "", None, {"tvdb": tvdb}, {100_001: 5})
