"""What the add-on remembers in its settings: the only place that reads or writes that."""

from __future__ import annotations

import time
from typing import Callable, Mapping

import xbmcaddon

from .. import clock
from ..journal import Journal
from ..ledger import Ledger
from ..store import StorageFailed
from ..values import Account, Secret, Token
from . import ADDON_ID, files, settings_file

_TOKEN_SETTINGS = ("refresh_token", "token_expires_at", "scope", "token_client_id", "access_token")
_NO_ACCOUNT = {"account_name": "", "account_id": "", "connected_at": ""}


class Settings:
    """Every method that changes something raises :class:`StorageFailed` if it could be kept nowhere.

    Only :meth:`note` and :meth:`strike` may be called from other threads.
    """

    def __init__(self) -> None:
        self._ledger = Ledger(Journal(files.unsaved()), _KodiSettings(), clock.now)

    def mend(self) -> bool:
        """Puts a torn settings.xml right; true if what was in it is lost, and not owed by the journal either."""
        path = files.settings()
        try:
            return settings_file.looks_torn(path) and settings_file.mend(path) and self.token() is None
        except OSError:  # it is told when something is to be saved
            return False

    def advance(self) -> None:
        """Writes again what Kodi has not kept."""
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
        """Journals a new account's token, where it is read."""
        self._ledger.note(_new_connection(token))

    def note_refreshed(self, token: Token, wanted: Callable[[], bool]) -> None:
        """Journals a refreshed token, where it is read, if it is still ``wanted``."""
        self._ledger.note(_values(token), wanted)

    def strike(self, token: Token) -> None:
        """Takes back a note that turned out to be of no use."""
        self._ledger.strike(_values(token))

    def save_token(self, token: Token) -> None:
        """Replaces token and account."""
        self._ledger.write(_new_connection(token))

    def save_refreshed(self, token: Token) -> None:
        """Replaces the token of the same account."""
        self._ledger.write(_values(token))

    def save_account(self, account: Account) -> None:
        """Remembers whose token it is."""
        self._ledger.write({"account_name": account.name, "account_id": account.account_id})

    def end(self) -> None:
        """Forgets the token; the account's name stays."""
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


class _KodiSettings:
    """Reads and writes through a fresh ``Addon`` each time: an old one may answer with old values."""

    def read(self, name: str) -> str:
        return xbmcaddon.Addon(ADDON_ID).getSetting(name)

    def write(self, values: Mapping[str, str]) -> None:
        try:
            try:
                self._write(values)
            except StorageFailed:
                settings_file.mend(files.settings())  # a torn file is the one cause that does not pass by itself
                raise
        except RuntimeError as error:  # the add-on is disabled or being replaced
            raise StorageFailed("Kodi does not know the add-on any more") from error
        except (OSError, SyntaxError) as error:  # SyntaxError: the file is no XML
            raise StorageFailed(f"settings.xml: {type(error).__name__}") from error

    def _write(self, values: Mapping[str, str]) -> None:
        addon = xbmcaddon.Addon(ADDON_ID)
        for name, value in values.items():
            addon.setSetting(name, value)
        written = xbmcaddon.Addon(ADDON_ID)
        self._check(values, {name: written.getSetting(name) for name in values}, "Kodi")
        self._check(values, settings_file.settle(files.settings()), "settings.xml")

    def _check(self, wanted: Mapping[str, str], found: Mapping[str, str], where: str) -> None:
        lost = [name for name, value in wanted.items() if found.get(name, "") != value]
        if lost:
            raise StorageFailed(f"{where} did not keep {', '.join(sorted(lost))}")


def _new_connection(token: Token) -> dict[str, str]:
    return {**_NO_ACCOUNT, "connected_at": f"{time.time():.0f}", **_values(token)}


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
