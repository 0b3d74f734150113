"""What the scrobbler is given: clocks, the worker, what is stored, the settings, Kodi's library, and whom to tell."""

from __future__ import annotations

from enum import Enum
from typing import Callable, ContextManager, Iterable, Mapping, NamedTuple, Protocol, TypeVar

from ..http.messages import Request, Response
from ..http.worker import Job, Priority
from ..models import Account, Secret, Token
from .exclusions import Preferences
from .identify import PlayingItem

T = TypeVar("T")
WRITE_SCOPE = "media:write"


class Submits(Protocol):
    """The worker."""

    def submit(self, request: Request, read: Callable[[Response], T], priority: Priority) -> Job[T]:
        """Never blocks."""


class Database(Protocol):
    """Values by name and rows by kind. Every method raises StorageFailed."""

    def read(self, name: str) -> str:
        """The value, or an empty string."""

    def write(self, values: Mapping[str, str]) -> None:
        """All or none; an empty string deletes."""

    def push(self, kind: str, item: str) -> int:
        """The new row's id."""

    def rows(self, kind: str) -> list[tuple[int, str]]:
        """In order."""

    def replace(self, row_id: int, item: str) -> None:
        """Changes a row."""

    def remove(self, row_ids: Iterable[int]) -> None:
        """Removes rows."""

    def transaction(self) -> ContextManager[None]:
        """One commit."""


class TokenStore(Protocol):
    """Who is signed in."""

    def token(self) -> Token | None:
        """None: nobody, or Simkl has ended the grant."""

    def account(self) -> Account:
        """Stays when Simkl ends the grant, goes when the user signs out."""

    def connected_at(self) -> float | None:
        """When this account signed in, in Unix seconds."""


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


class Environment(NamedTuple):
    """``clock``: seconds that never jump. ``wall_clock``: Unix seconds. ``jitter``: from 0 to 1.

    ``look_up`` gives a library row by type (``movie`` or ``episode``) and id as :class:`PlayingItem`, without a file
    that plays; None if it is gone. ``publish_activity`` gets the activity property. ``grant_rejected`` is called with
    the access token that Simkl refused.
    """

    clock: Callable[[], float]
    wall_clock: Callable[[], float]
    jitter: Callable[[], float]
    worker: Submits
    database: Database
    token_store: TokenStore
    preferences: Callable[[], Preferences]
    look_up: Callable[[str, int], PlayingItem | None]
    publish_activity: Callable[[Mapping[str, object]], None]
    notify: Callable[[Notification], None]
    grant_rejected: Callable[[Secret], None]


def may_write(token: Token) -> bool:
    """Whether the token's scope allows to mark anything."""
    return not token.scope or WRITE_SCOPE in token.scope.split()


def owner_of(store: TokenStore) -> str:
    """Whose marks these are: the account's id, else the moment of its sign-in, else nobody's ("")."""
    account_id, connected_at = store.account().account_id, store.connected_at()
    if account_id:
        return account_id
    return f"since {connected_at:.0f}" if store.token() is not None and connected_at is not None else ""


def owners_of(store: TokenStore) -> frozenset[str]:
    """Whose marks may be sent with the stored token."""
    account_id, connected_at = store.account().account_id, store.connected_at()
    since = f"since {connected_at:.0f}" if connected_at is not None else ""
    return frozenset({account_id, since}) - {""}
