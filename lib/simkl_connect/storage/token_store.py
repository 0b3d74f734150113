"""What the add-on remembers: the only place that knows how it is written down."""

from __future__ import annotations

from typing import Callable

from ..models import Account, Secret, Token
from .ledger import Ledger

_TOKEN_SETTINGS = ("refresh_token", "token_expires_at", "scope", "token_client_id", "access_token")
_NO_ACCOUNT = {"account_name": "", "account_id": "", "connected_at": ""}


class Store:
    """Tokens and what goes with them, in a ledger. ``wall_clock`` gives Unix seconds.

    Every method that changes something raises :class:`StorageFailed` if it could be kept nowhere;
    when it returns, the change is there after a restart. :meth:`note_token`, :meth:`note_refreshed` and :meth:`strike`
    raise nothing, and may be called from other threads.
    """

    def __init__(self, ledger: Ledger, wall_clock: Callable[[], float]) -> None:
        self._ledger = ledger
        self._wall_clock = wall_clock

    def advance(self) -> None:
        """Writes again what has not been kept."""
        self._ledger.advance()

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do; None: everything is kept."""
        return self._ledger.seconds_to_wait()

    def token(self) -> Token | None:
        """The stored token, or None."""
        read = self._ledger.read
        access_token, refresh_token = read("access_token"), read("refresh_token")
        if not access_token:
            return None
        return Token(
            access_token=Secret(access_token),
            refresh_token=Secret(refresh_token) if refresh_token else None,
            expires_at=_number(read("token_expires_at")),
            scope=read("scope"),
            client_id=read("token_client_id"),
        )

    def account(self) -> Account:
        """Whose token it is, or was last; the name is empty if that is not known."""
        return Account(name=self._ledger.read("account_name"), account_id=self._ledger.read("account_id"))

    def connected_at(self) -> float | None:
        """When the account was connected, in Unix seconds; None if that is not known."""
        return _number(self._ledger.read("connected_at"))

    def note_token(self, token: Token) -> None:
        """Journals a new account's token, where it is read; :meth:`save_token` follows."""
        self._ledger.note(self._new_connection(token))

    def note_refreshed(self, token: Token, wanted: Callable[[], bool]) -> None:
        """Journals a refreshed token, where it is read, if it is still ``wanted``."""
        self._ledger.note(_values(token), wanted)

    def strike(self, token: Token) -> None:
        """Takes back a note that turned out to be of no use."""
        self._ledger.strike(_values(token))

    def save_token(self, token: Token) -> None:
        """Replaces token and account."""
        self._ledger.write(self._new_connection(token))

    def save_refreshed(self, token: Token) -> None:
        """Replaces the token of the same account."""
        self._ledger.write(_values(token))

    def save_account(self, account: Account) -> None:
        """Remembers whose token it is."""
        self._ledger.write({"account_name": account.name, "account_id": account.account_id})

    def end(self) -> None:
        """Forgets the token, because the server has ended it; the account's name stays."""
        self._ledger.write(_values(None))

    def clear(self) -> None:
        """Forgets token and account."""
        self._ledger.write({**_values(None), **_NO_ACCOUNT})

    def flow(self, client_id: str) -> str:
        """The name of the flow that worked last for ``client_id``, or an empty string."""
        name, _, known_id = self._ledger.read("flow").partition(" ")
        return name if known_id == client_id else ""

    def save_flow(self, client_id: str, flow: str) -> None:
        """Remembers that ``flow`` works for ``client_id``."""
        if self.flow(client_id) != flow:
            self._ledger.write({"flow": f"{flow} {client_id}"})

    def reminded_at(self) -> float:
        """When the user was last reminded to reconnect, in Unix seconds; 0 if never."""
        return _number(self._ledger.read("reminded_at")) or 0.0

    def save_reminded_at(self, at: float) -> None:
        """Remembers a reminder."""
        self._ledger.write({"reminded_at": f"{at:.0f}"})

    def offer_reconnect(self, offer: bool) -> None:
        """Whether the settings page offers to reconnect."""
        value = "true" if offer else "false"
        if self._ledger.read("reconnect") != value:
            self._ledger.write({"reconnect": value})

    def _new_connection(self, token: Token) -> dict[str, str]:
        return {**_NO_ACCOUNT, "connected_at": f"{self._wall_clock():.0f}", **_values(token)}


def _values(token: Token | None) -> dict[str, str]:
    """A token as settings. The access token goes last: where it is new, the rest is too."""
    if token is None:
        return dict.fromkeys(_TOKEN_SETTINGS, "")
    values = (
        token.refresh_token.reveal() if token.refresh_token else "",
        f"{token.expires_at:.0f}" if token.expires_at is not None else "",
        token.scope,
        token.client_id,
        token.access_token.reveal(),
    )
    return dict(zip(_TOKEN_SETTINGS, values))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
