"""What the simulated server knows about: accounts, user codes and grants, and the switches of its behaviour."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

SLOW_DOWN_STEP = 5.0
"""Seconds added to a device code's interval by each ``slow_down`` (RFC 8628, section 3.5)."""


@dataclass(frozen=True)
class Account:
    """A person's Simkl account, as ``/users/settings`` tells of it."""

    name: str = "Ada"
    id: int = 12345
    avatar: str = "https://simkl.in/avatars/12345_100.jpg"
    timezone: str = "Europe/London"
    type: str = "free"


@dataclass(frozen=True)
class Behaviour:
    """How this server is set up. ``expires_in`` and ``interval`` in seconds.

    ``pin_retired``: V1 is switched off, ``/oauth/pin`` answers 410. ``pkce``: V2 accepts a code challenge. ``denies``:
    V2 says ``access_denied`` after a "no" instead of staying pending. ``rotate``: a refresh gives a new refresh token.
    ``repeats``: a refresh that gives no new one names the old one again (RFC 6749, section 6, leaves that open).
    """

    expires_in: float = 900
    interval: float = 5
    pin_retired: bool = False
    pkce: bool = True
    denies: bool = True
    rotate: bool = False
    repeats: bool = True
    rate_limits: bool = True


@dataclass
class UserCode:
    """A code that a person may type at ``/pin``, and what has become of it.

    ``device_code`` is V1's placeholder unless the code is a V2 one. Times are seconds of the server's clock.
    """

    client_id: str
    user_code: str
    device_code: str
    issued_at: float
    expires_in: float
    interval: float
    scope: str = ""
    challenge: str = ""
    last_poll: float | None = None
    denied: bool = False
    account: Account | None = None
    redeemed: bool = False

    def expired(self, now: float) -> bool:
        """Whether ``expires_in`` has run out."""
        return now >= self.issued_at + self.expires_in

    def waiting(self, now: float) -> bool:
        """Whether a person can still decide about it."""
        return not (self.denied or self.account or self.redeemed or self.expired(now))

    def polled_too_early(self, now: float) -> bool:
        """Note a poll at ``now``; tell whether it came before the interval had passed.

        Every poll re-arms the timer, a refused one too. Before the first poll the time counts from the issue.
        """
        since = self.issued_at if self.last_poll is None else self.last_poll
        self.last_poll = now
        return now - since < self.interval

    def verified_by(self, verifier: str | None) -> bool:
        """Whether ``verifier`` fits the challenge (RFC 7636, section 4.6); without a challenge there must be none."""
        if verifier is None:
            return not self.challenge
        digest = hashlib.sha256(verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.challenge


@dataclass
class Grant:
    """What a "yes" gave to one client. V1 grants have no refresh token. Times are seconds of the server's clock."""

    client_id: str
    account: Account
    scope: str
    access_token: str
    access_expires_at: float
    refresh_token: str = ""
    refresh_expires_at: float = 0.0


@dataclass(frozen=True)
class IssuedToken:
    """One token answer as it left the server. ``refresh`` and ``scope`` are empty in V1."""

    client_id: str
    access: str
    refresh: str
    scope: str
    account: Account
