"""Dates between Kodi, which names no zone, and Simkl, which speaks UTC."""

from __future__ import annotations

import os
import time
from typing import Iterator

import pytest
from simkl_connect.sync import dates


@pytest.fixture(params=["Europe/Madrid", "UTC", "America/New_York"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    yield from in_zone(request.param, monkeypatch)


@pytest.fixture
def madrid(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    yield from in_zone("Europe/Madrid", monkeypatch)


def in_zone(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", name)
    time.tzset()
    yield name
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2024-07-01 01:30:00", "2024-06-30T23:30:00Z"),
        ("2024-01-01 00:30:00", "2023-12-31T23:30:00Z"),
        ("2024-03-31 01:59:59", "2024-03-31T00:59:59Z"),
        ("2024-03-31 03:00:00", "2024-03-31T01:00:00Z"),
        ("2024-10-27 03:00:00", "2024-10-27T02:00:00Z"),
    ],
)
def test_madrid_in_summer_and_in_winter(madrid: str, local: str, utc: str) -> None:
    assert dates.to_simkl(dates.from_kodi(local)) == utc
    assert dates.to_kodi(dates.from_simkl(utc)) == local


def test_any_moment_survives_the_way_to_kodi_and_back(zone: str) -> None:
    for seconds in range(1_600_000_000, 1_700_000_000, 86_400 * 3 + 777):
        assert dates.from_kodi(dates.to_kodi(seconds)) == seconds


@pytest.mark.parametrize(
    "text",
    ["", None, 5, "yesterday", "2024-13-01 00:00:00", "2024-02-30 00:00:00", "2024-01-01", "1601-01-01 00:00:00"],
)
def test_what_is_no_date_of_kodis_is_unknown(text: object) -> None:
    assert dates.from_kodi(text) == dates.UNKNOWN


@pytest.mark.parametrize(
    "text",
    ["", None, 5, "2024-01-01T00:00:00", "2024-01-01T00:00:00+02:00", "1970-01-01T00:00:01Z", "0000-00-00T00:00:00Z"],
)
def test_what_is_no_date_of_simkls_is_unknown(text: object) -> None:
    assert dates.from_simkl(text) == dates.UNKNOWN


def test_unknown_is_said_in_simkls_words_and_not_at_all_to_kodi() -> None:
    assert (dates.to_simkl(dates.UNKNOWN), dates.to_kodi(dates.UNKNOWN)) == ("1970-01-01T00:00:01Z", "")
