"""The rows of the database as the activity page shows them."""

from __future__ import annotations

import json
from typing import Any, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.activity.possible import Action
from simkl_connect.activity.reasons import Reason, Status
from simkl_connect.identification.media_json import dump_media
from simkl_connect.media import Episode, Movie, Show
from simkl_connect.storage.snapshots import Snapshot
from simkl_connect.ui.activity_view import LONGEST_TITLE, Alert, Page, Video, page_of

FILM = Movie("Night Ferry", 1998, {"imdb": "tt9000102"})
EPISODE = Episode(Show("Harbour Lights", 2009, {"tvdb": "300203"}), 1, 2)
ADA = {"account_name": "Ada", "account_id": "7"}


def page(
    *rows: object, marks: tuple[object, ...] = (), values: Mapping[str, str] = ADA, connected: bool = True
) -> Page:
    stored = [[(number, json.dumps(row)) for number, row in enumerate(kind, 1)] for kind in (rows, marks)]
    return page_of(Snapshot(values, connected, stored[0], stored[1]))


def mark(**fields: object) -> dict[str, object]:
    return {"owner": "7", "media": dump_media(EPISODE), "watched_at": 1000.0, **fields}


def video(**fields: object) -> Video:
    (found,) = page({"title": "A", **fields}).videos
    return found


def test_a_row_becomes_a_video() -> None:
    fields = {"at": 5.0, "status": "paused", "reason": "", "progress": 41.3, "media": [dump_media(FILM)]}
    assert video(**fields) == Video(1, "A", 5.0, Status.PAUSED, None, 41.3, (FILM,), False, (Action.OPEN,))


def test_the_newest_is_first() -> None:
    assert [one.title for one in page({"title": "old"}, {"title": "new"}).videos] == ["new", "old"]


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"at": "soon"}, "at", None),
        ({"at": float("inf")}, "at", None),
        ({"status": "lost"}, "status", None),
        ({"status": []}, "status", None),
        ({"reason": "because"}, "reason", None),
        ({"reason": "too_short"}, "reason", Reason.TOO_SHORT),
        ({"progress": -1}, "progress", None),
        ({"progress": 250}, "progress", None),
        ({"media": "a film"}, "media", ()),
        ({"media": [{}, dump_media(FILM), 7]}, "media", (FILM,)),
        ({"undone": "yes"}, "undone", False),
        ({"undone": True}, "undone", True),
        ({"title": "[B]x[/B]\n$INFO[System.Time]"}, "title", "x INFO[System.Time]"),
    ],
)
def test_an_odd_value_counts_as_missing(fields: dict[str, Any], name: str, value: object) -> None:
    assert getattr(video(**fields), name) == value


@pytest.mark.parametrize("row", [7, "text", [], {}, {"title": ""}, {"title": 5}, {"title": "[B][/B]"}])
def test_a_row_that_says_nothing_is_passed_over(row: object) -> None:
    assert page(row).videos == ()


@pytest.mark.parametrize(
    ("can", "with_media", "actions"),
    [
        (None, True, (Action.OPEN,)),
        (None, False, ()),
        ([], True, ()),
        (["undo", "open", "choose", "explode", 5], True, (Action.CHOOSE, Action.OPEN, Action.UNDO)),
        (["open", "never_addon"], False, (Action.NEVER_ADDON,)),
        ("undo", True, (Action.OPEN,)),
    ],
)
def test_what_can_be_done(can: object, with_media: bool, actions: tuple[Action, ...]) -> None:
    fields: dict[str, Any] = {} if can is None else {"can": can}
    assert video(**fields, media=[dump_media(FILM)] if with_media else []).actions == actions


def test_what_waits_is_the_accounts_own_and_as_old_as_the_oldest() -> None:
    marks = (mark(watched_at=2000.0), mark(watched_at=1000.0), mark(owner="8", watched_at=1.0), mark(failed="refused"))
    found = page(marks=marks)
    assert (found.waiting, found.since, found.failed) == (2, 1000.0, 1)


def test_a_mark_whose_date_nobody_knows_waits_too() -> None:
    found = page(marks=(mark(watched_at=None),))
    assert (found.waiting, found.since) == (1, None)


WAITING_READ_ONLY = {"title": "A", "status": "waiting", "reason": "read_only"}
WAITING_ENDED = {"title": "A", "status": "waiting", "reason": "sign_in_ended"}


@pytest.mark.parametrize(
    ("found", "alert"),
    [
        (page(), None),
        (page(values={}, connected=False), Alert.NOT_CONNECTED),
        (page(connected=False), Alert.SIGN_IN_ENDED),
        (page(WAITING_ENDED, marks=(mark(),)), Alert.SIGN_IN_ENDED),
        (page(WAITING_ENDED), None),
        (page(values={**ADA, "scope": "media:read"}), Alert.READ_ONLY),
        (page(values={**ADA, "scope": "media:read media:write"}), None),
        (page(WAITING_READ_ONLY, marks=(mark(),)), Alert.READ_ONLY),
        (page({"title": "A", "status": "failed", "reason": "read_only"}), None),
        (page(marks=(mark(failed="unknown_movie"),)), Alert.FAILED),
    ],
    ids=[
        *("fine", "nobody", "ended", "ended with marks", "ended, nothing waits", "read-only scope", "write scope"),
        *("read-only by Simkl's word", "read-only once", "failed"),
    ],
)
def test_the_problem_that_only_the_user_can_solve(found: Page, alert: Alert | None) -> None:
    assert found.alert is alert


odd_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([*Status, *Reason]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("title", "at", "status", "reason", "progress", "media", "undone", "can", "owner", "failed", "watched_at")
odd_rows = st.lists(
    st.tuples(
        st.integers(1, 10**9),
        st.text(max_size=20) | st.dictionaries(st.sampled_from(FIELDS), odd_values).map(json.dumps),
    ),
    max_size=6,
)
odd_texts = st.dictionaries(st.sampled_from(["account_name", "account_id", "connected_at", "scope"]), st.text())


@given(odd_texts, st.booleans(), odd_rows, odd_rows)
def test_whatever_is_stored_a_page_comes_of_it(
    values: dict[str, str], connected: bool, activity: list[tuple[int, str]], outbox: list[tuple[int, str]]
) -> None:
    found = page_of(Snapshot(values, connected, activity, outbox))
    assert len(found.videos) <= len(activity)
    for one in found.videos:
        assert 0 < len(one.title) <= LONGEST_TITLE
        assert one.title.isprintable()
        assert one.progress is None or 0 <= one.progress <= 100
        assert Action.OPEN not in one.actions or one.media
