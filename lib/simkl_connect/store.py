"""What the add-on remembers, as the parts that know no Kodi see it."""

from __future__ import annotations

from typing import Protocol

from .values import Account, Token


class StorageFailed(Exception):
    """What was to be kept could not be written, or was not there when read back."""


class Store(Protocol):
    """Where tokens live. Each method that changes something raises :class:`StorageFailed`."""

    def token(self) -> Token | None:
        """The stored token, or None."""

    def account(self) -> Account:
        """Whose token it is, or was last; the name is empty if that is not known."""

    def save_token(self, token: Token) -> None:
        """Replaces token and account; when it returns, the token is there after a restart."""

    def save_refreshed(self, token: Token) -> None:
        """Replaces the token of the same account."""

    def save_account(self, account: Account) -> None:
        """Remembers whose token it is."""

    def end(self) -> None:
        """Forgets the token, because the server has ended it; the account's name stays."""

    def clear(self) -> None:
        """Forgets token and account."""

    def flow(self, client_id: str) -> str:
        """The name of the flow that worked last for ``client_id``, or an empty string."""

    def save_flow(self, client_id: str, flow: str) -> None:
        """Remembers that ``flow`` works for ``client_id``."""
