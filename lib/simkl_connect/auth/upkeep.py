"""Whether a stored connection needs anything done: all that an idle service thinks about, every few minutes."""

from __future__ import annotations

LOOK_EVERY = 300.0
"""Seconds."""
REFRESH_WITHIN = 86400.0
"""Seconds before the access token's end in which it is refreshed, at a moment drawn at random."""
LONGEST_TOKEN_EXPIRES_IN = 30 * 86400.0
"""Seconds; no token is believed to live longer. One that does means that the clock has gone back."""
REMIND_FROM = 1803859200.0
"""Unix time of 1 March 2027: a month before Simkl ends the PIN flow, as it has announced."""


def is_needed(expires_at: float | None, name: str, now: float) -> bool:
    """Whether the token, which ends at ``expires_at`` or in the PIN flow never, is old or its owner unknown.

    ``expires_at`` and ``now`` are in Unix seconds.
    """
    if not name:
        return True
    if expires_at is None:
        return now >= REMIND_FROM
    return not REFRESH_WITHIN <= expires_at - now <= LONGEST_TOKEN_EXPIRES_IN + REFRESH_WITHIN
