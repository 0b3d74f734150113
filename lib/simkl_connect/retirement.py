"""The end of the PIN flow: when it is, and who is asked to reconnect before it."""

from __future__ import annotations

from datetime import datetime, timezone

from .values import Token

PIN_FLOW_ENDS = datetime(2027, 3, 31, tzinfo=timezone.utc)
"""As Simkl has announced it."""
REMIND_FROM = datetime(2027, 3, 1, tzinfo=timezone.utc)
REMIND_EVERY = 7 * 86400.0
"""Seconds."""


def should_reconnect(token: Token | None, client_id: str, now: float) -> bool:
    """Whether a new sign-in would bring a lasting token in place of one that ends with the PIN flow.

    That is so once the add-on has another client id than the one the PIN token was given to. ``now``: Unix seconds.
    """
    if token is None or not token.is_pin or now < REMIND_FROM.timestamp():
        return False
    return client_id not in ("", token.client_id)


def reminder_due(reminded_at: float, now: float) -> bool:
    """Whether a week has passed; a reminder in the future was given by a wrong clock."""
    return not 0 <= now - reminded_at < REMIND_EVERY
