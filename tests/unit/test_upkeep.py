from __future__ import annotations

import pytest
from simkl_connect.auth.upkeep import LONGEST_TOKEN_EXPIRES_IN, REFRESH_WITHIN, REMIND_FROM, is_needed

NOW = 1_790_000_000.0
"""Before 2027."""


@pytest.mark.parametrize("lasts", [REFRESH_WITHIN, 6 * 86400.0, LONGEST_TOKEN_EXPIRES_IN])
def test_a_young_token_of_a_known_owner_needs_nothing(lasts: float) -> None:
    assert not is_needed(NOW + lasts, "Ada", NOW)


@pytest.mark.parametrize("lasts", [-1000.0, 0.0, REFRESH_WITHIN - 1])
def test_a_token_in_its_last_day_needs_a_refresh(lasts: float) -> None:
    assert is_needed(NOW + lasts, "Ada", NOW)


def test_a_clock_that_has_gone_back_does_not_make_a_token_last(lasts: float = 20 * 365 * 86400.0) -> None:
    assert is_needed(NOW + lasts, "Ada", NOW)


@pytest.mark.parametrize("expires_at", [None, NOW + 6 * 86400.0])
def test_an_unknown_owner_is_asked_for(expires_at: float | None) -> None:
    assert is_needed(expires_at, "", NOW)


def test_a_pin_token_needs_nothing_before_the_reminders_begin() -> None:
    assert not is_needed(None, "Ada", REMIND_FROM - 1)
    assert is_needed(None, "Ada", REMIND_FROM)
