"""The pages of ``docs`` say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from doc_tables import DOCS, PAGES, errors
from real_kodi.paths import PROJECT
from simkl_connect.activity.reasons import Reason
from simkl_connect.errors import Problem
from simkl_connect.scrobbling.callbacks import Notice as ScrobbleNotice
from simkl_connect.sync.plan import Reason as LeftAlone

THREATS = (DOCS / "threats.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:lib|tests)/[\w/.]+)(?:::(\w+))?`", THREATS)))


@pytest.mark.parametrize("name", PAGES)
def test_a_drawn_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), f"docs/{name} is out of date: run `make docs`"


def test_every_problem_has_a_cause() -> None:
    assert set(errors.CAUSES) == set(Problem)


def test_every_notification_about_videos_has_a_cause() -> None:
    assert set(errors.SCROBBLE_NOTICE_CAUSES) == set(ScrobbleNotice)


def test_every_reason_has_a_meaning() -> None:
    assert set(errors.REASONS) == set(Reason)


def test_every_reason_to_leave_a_title_alone_has_a_cause() -> None:
    assert set(errors.LEFT_CAUSES) == set(LeftAlone)


@pytest.mark.parametrize(("path", "name"), NAMED, ids=["::".join(filter(None, pair)) for pair in NAMED])
def test_a_stop_is_where_the_page_on_threats_says(path: str, name: str) -> None:
    content = (PROJECT / path).read_text(encoding="utf-8")
    assert not name or f"\ndef {name}(" in content


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_a_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
