"""What stored values say. They can have been edited, damaged or written by another version: nothing is trusted."""

from __future__ import annotations

import re
from typing import Callable

from ..models import Account, Secret, Token

_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,20})?")
_LATEST_SHOWN = 2.0**31 - 1
"""Unix time in seconds; the last that ``time.localtime`` takes on every device that Kodi runs on."""
_SECRET = re.compile(r"[\x21-\x7e]{1,4096}")
"""Visible ASCII (RFC 6749, appendix A.12)."""
_LONGEST_TEXT = 200


class Stored:
    """Token, account and the rest, by a function that gives the value of a name, or an empty string.

    Raises nothing but what that function raises.
    """

    def __init__(self, value: Callable[[str], str]) -> None:
        self._value = value

    def token(self) -> Token | None:
        """The token, or None."""
        access_token, refresh_token = self._secret("access_token"), self._secret("refresh_token")
        if access_token is None:
            return None
        expires_at = self._number("token_expires_at")
        if expires_at is None and refresh_token is not None:
            expires_at = 0.0  # lost; to be refreshed
        return Token(access_token, refresh_token, expires_at, self._text("scope"), self._client_id())

    def account(self) -> Account:
        """Whose token it is, or was last; the name is empty if that is not known."""
        return Account(name=self._text("account_name"), account_id=self._text("account_id"))

    def connected_at(self) -> float | None:
        """When the account was connected, in Unix seconds; None if that is not known."""
        at = self._number("connected_at")
        return at if at is not None and at <= _LATEST_SHOWN else None

    def reminded_at(self) -> float:
        """When the user was last reminded to reconnect, in Unix seconds; 0 if never."""
        return self._number("reminded_at") or 0.0

    def flow(self, client_id: str) -> str:
        """The name of the flow that worked last for ``client_id``, or an empty string."""
        name, _, known_id = self._text("flow").partition(" ")
        return name if known_id == client_id else ""

    def settings(self) -> dict[str, str]:
        """The values as the add-on settings have to hold them. The access token is last: if it is new, all is."""
        return {
            "account_name": self._text("account_name"),
            "account_id": self._text("account_id"),
            "connected_at": whole_seconds(self.connected_at()),
            "flow": self._text("flow"),
            "reminded_at": whole_seconds(self._number("reminded_at")),
            "reconnect": "true" if self._value("reconnect") == "true" else "false",
            **token_values(self.token()),
        }

    def _number(self, name: str) -> float | None:
        text = self._value(name)
        return float(text) if _NUMBER.fullmatch(text) else None

    def _secret(self, name: str) -> Secret | None:
        text = self._value(name)
        return Secret(text) if _SECRET.fullmatch(text) else None

    def _client_id(self) -> str:
        secret = self._secret("token_client_id")
        return secret.reveal() if secret is not None else ""

    def _text(self, name: str) -> str:
        text = self._value(name)[:_LONGEST_TEXT]
        return "".join(char for char in text if char.isprintable()).strip()


def token_values(token: Token | None) -> dict[str, str]:
    """A token as it is stored."""
    return {
        "refresh_token": token.refresh_token.reveal() if token and token.refresh_token else "",
        "token_expires_at": whole_seconds(token.expires_at) if token else "",
        "scope": token.scope if token else "",
        "token_client_id": token.client_id if token else "",
        "access_token": token.access_token.reveal() if token else "",
    }


def whole_seconds(at: float | None) -> str:
    """A time as it is stored."""
    return f"{at:.0f}" if at is not None else ""


NAMES = tuple(Stored(lambda _name: "").settings())
"""Of everything that goes into the add-on settings."""
