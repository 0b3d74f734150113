"""When a token of the PIN flow, which Simkl retires, is to be replaced by one that lasts."""

from __future__ import annotations

from ..models import Token

REMIND_FROM = 1803859200.0
"""Unix time of 1 March 2027: a month before Simkl ends the PIN flow, as it has announced."""
REMIND_EVERY = 7 * 86400.0
"""Seconds."""


def should_reconnect(token: Token | None, client_id: str, now: float) -> bool:
    """Whether a new sign-in would bring a lasting token in place of one that ends with the PIN flow.

    That is so once the add-on has another client id than the one the PIN token was given to. ``now``: Unix seconds.
    """
    if token is None or not token.is_pin or now < REMIND_FROM:
        return False
    return client_id not in ("", token.client_id)


def is_reminder_due(reminded_at: float, now: float) -> bool:
    """Whether a week has passed; a reminder in the future was given by a wrong clock."""
    return not 0 <= now - reminded_at < REMIND_EVERY
