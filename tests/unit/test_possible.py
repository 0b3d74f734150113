"""What the activity page offers for an entry."""

from __future__ import annotations

from typing import Any

import pytest
from chances import json_values, steady
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.activity.possible import possible

MEDIA = [{"movie": {"title": "Night Ferry", "year": 1998, "ids": {"simkl": "102"}}}]
SHOW = {"keys": ["show harbour lights"], "season": 1, "numbers": [2], "named": True}
FILM = {"keys": ["movie imdb:tt1"], "season": None, "numbers": [], "named": False}
WATCHED = {"subject": FILM, "media": MEDIA, "owner": "1", "watched_at": 5.0}
NEVER = ["never_folder", "never_show", "never_addon"]


def row(status: str, reason: str = "", **fields: object) -> dict[str, Any]:
    return {"status": status, "reason": reason, **fields}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(row("watching", subject=FILM, media=MEDIA), ["choose", "open"], id="plays"),
        pytest.param(row("paused", subject=FILM, media=MEDIA), ["choose", "open"], id="left early"),
        pytest.param(row("watched", **WATCHED), ["choose", "undo", "open"], id="on Simkl"),
        pytest.param(row("waiting", "offline", **WATCHED), ["choose", "undo", "open"], id="waits"),
        pytest.param(row("waiting", subject=FILM, asked={}, owner="1"), ["choose", "undo"], id="waits for its name"),
        pytest.param(row("failed", "unknown_movie", **WATCHED), ["choose", "send_again", "open"], id="failed"),
        pytest.param(row("skipped", undone=True, **WATCHED), ["choose", "send_again", "open"], id="taken back"),
        pytest.param(row("waiting", undone=True, **WATCHED), ["choose", "send_again", "open"], id="being taken back"),
        pytest.param(row("skipped", "unknown_show", subject=SHOW), ["choose", "never_show"], id="unknown, left early"),
        pytest.param(
            row("skipped", "unknown_show", subject=FILM, asked={}, owner="1"),
            ["choose", "send_again"],
            id="unknown, watched",
        ),
        pytest.param(row("skipped", "name_says_too_little", subject=FILM, owner="1"), ["choose"], id="nameless"),
        pytest.param(row("skipped", "disc", subject=FILM), ["choose"], id="a disc"),
        pytest.param(row("skipped", "live_tv", subject=FILM), [], id="live TV"),
        pytest.param(row("skipped", "too_short", subject=SHOW, file="/a/", addon="plugin.a"), NEVER, id="all nevers"),
        pytest.param(row("skipped", "excluded", subject=SHOW, file="/a/", addon="plugin.a"), [], id="excluded"),
        pytest.param(row("skipped", "too_short", file="/a/", never=["folder"]), [], id="done already"),
        pytest.param(row("skipped", "excluded", kept=["show"]), ["allow"], id="excluded from here"),
        pytest.param(row("watched", media=MEDIA), ["open"], id="nobody's"),
        pytest.param(row("watched", media=[]), [], id="nothing"),
        pytest.param({}, [], id="new"),
    ],
)
def test_what_can_be_done(fields: dict[str, Any], expected: list[str]) -> None:
    assert possible(fields) == expected


NAMES = st.sampled_from(
    ["status", "reason", "media", "subject", "owner", "asked", "undone", "never", "kept", "file", "addon"]
)


@steady(300)
@given(st.dictionaries(NAMES, json_values))
def test_odd_rows_are_taken(fields: dict[str, Any]) -> None:
    possible({"status": "watched", **fields})
