"""What the scrobbler asks of Kodi's side and tells it, and whose marks are whose."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Callable, Mapping, NamedTuple, Protocol

from ..identification.exclusions import Preferences
from ..identification.identify import PlayingItem
from ..models import Account, Secret, Token, can_write

if TYPE_CHECKING:
    from ..storage.token_store import TokenStore


class Notice(Enum):
    """What the user may be told about."""

    MARKED = "marked as watched"
    WAITING = "marks wait for the network or for Simkl"
    FAILED = "a mark could not be sent for good"
    READ_ONLY = "the sign-in is read-only"


class Notification(NamedTuple):
    """``title``: of the only, or first, of so many ``videos``; for the screen, never for the log."""

    notice: Notice
    title: str = ""
    videos: int = 1


def _no_room(_folder: str) -> bool:
    return False


class HasAccount(Protocol):
    """Knows who is signed in, and since when in Unix seconds."""

    def account(self) -> Account:
        """Whose token it is."""

    def connected_at(self) -> float | None:
        """None if that is not known."""


class Callbacks(NamedTuple):
    """Called on the service's thread; none may block for long.

    ``preferences``: the settings now. ``look_up`` gives a library row by type (``movie`` or ``episode``) and id as
    :class:`PlayingItem`, whose ``file`` is the row's own; None if it is gone. ``publish_activity`` gets the activity
    property. ``grant_rejected`` gets the access token that Simkl refused. ``exclude_folder`` writes a folder into a
    free setting; false if there is none.
    """

    preferences: Callable[[], Preferences]
    look_up: Callable[[str, int], PlayingItem | None]
    publish_activity: Callable[[Mapping[str, object]], None]
    notify: Callable[[Notification], None]
    grant_rejected: Callable[[Secret], None]
    exclude_folder: Callable[[str], bool] = _no_room


def may_write(token: Token) -> bool:
    """Whether the token's scope allows to mark anything."""
    return may_write_with(token.scope)


def may_write_with(scope: str) -> bool:
    """The same, by the scope."""
    return not scope or can_write(scope)


def owner_of(tokens: TokenStore) -> str:
    """Whose marks these are: the account's id, else the moment of its sign-in, else nobody's ("")."""
    account_id, connected_at = tokens.account().account_id, tokens.connected_at()
    if account_id:
        return account_id
    return f"since {connected_at:.0f}" if tokens.token() is not None and connected_at is not None else ""


def owners_of(tokens: HasAccount) -> frozenset[str]:
    """Whose marks may be sent with the stored token."""
    account_id, connected_at = tokens.account().account_id, tokens.connected_at()
    since = f"since {connected_at:.0f}" if connected_at is not None else ""
    return frozenset({account_id, since}) - {""}
