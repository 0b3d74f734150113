"""What the add-on remembers, as the parts that know no Kodi see it."""

from __future__ import annotations

from typing import Callable, Protocol

from .values import Account, Token


class StorageFailed(Exception):
    """What was to be kept could not be written, or was not there when read back."""


class Store(Protocol):
    """Where tokens live. Each method that saves or forgets raises :class:`StorageFailed`."""

    def token(self) -> Token | None:
        """The stored token, or None."""

    def account(self) -> Account:
        """Whose token it is, or was last; the name is empty if that is not known."""

    def note_token(self, token: Token) -> None:
        """Journals a new account's token, where it is read; any thread. :meth:`save_token` follows. Raises nothing."""

    def note_refreshed(self, token: Token, wanted: Callable[[], bool]) -> None:
        """Journals a refreshed token, where it is read, if it is still ``wanted``; any thread. Raises nothing."""

    def strike(self, token: Token) -> None:
        """Takes back a note that turned out to be of no use. Raises nothing."""

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

    def reminded_at(self) -> float:
        """When the user was last reminded to reconnect, in Unix seconds; 0 if never."""

    def save_reminded_at(self, at: float) -> None:
        """Remembers a reminder."""

    def offer_reconnect(self, offer: bool) -> None:
        """Whether the settings page offers to reconnect."""
