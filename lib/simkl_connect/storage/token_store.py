"""Token, account and what goes with them: read into memory once, written to the database with each change."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import Callable, Mapping, Protocol

from .. import clock as device_clock
from ..errors import StorageFailed
from ..models import Account, Secret, Token
from .backoff import Backoff
from .database import Database
from .stored import NAMES, Stored, token_values, whole_seconds

BEGUN = "begun"
"""Name of the value that says that the database holds the truth, even where that is nothing."""
LONGEST_RETRY = 60.0
"""Seconds between two attempts to save what the disk has refused: until then a power cut loses it."""
_NO_ACCOUNT = {"account_name": "", "account_id": "", "connected_at": ""}

_log = logging.getLogger(__name__)


class Predecessor(Protocol):
    """What a database that holds nothing yet begins with."""

    def values(self) -> dict[str, str]:
        """Values by name. Raises StorageFailed."""

    def forget(self) -> None:
        """Removes what is in the database now. Raises StorageFailed."""


class TokenStore:
    """Any thread may use it, but not within a transaction of the database.

    ``wall_clock`` gives Unix seconds, ``clock`` seconds that never jump. ``predecessor`` is asked by an empty file.
    Reading raises nothing. What changes something raises :class:`StorageFailed` if the disk refused it, and survives a
    power cut when it returns. What was refused is known all the same, and tried again as long as the add-on runs.
    """

    def __init__(
        self,
        database: Database,
        wall_clock: Callable[[], float],
        clock: Callable[[], float] = device_clock.now,
        predecessor: Predecessor | None = None,
    ) -> None:
        self._database = database
        self._wall_clock = wall_clock
        self._predecessor = predecessor
        self._backoff = Backoff(clock, longest=LONGEST_RETRY)
        self._lock = threading.RLock()
        self._saved: dict[str, str] | None = None
        """What the database holds under NAMES; None until it could be read."""
        self._earlier: dict[str, str] = {}
        """What a database that holds nothing is to begin with."""
        self._unsaved: dict[str, str] = {}
        self._stored = Stored(self._value)
        self._settings: dict[str, str] | None = None
        """What :meth:`settings` has given since the last change."""
        with contextlib.suppress(StorageFailed):
            self._save({})

    def advance(self) -> None:
        """Tries again what the disk has refused."""
        if self._backoff.is_due:
            with contextlib.suppress(StorageFailed):
                self._save({})

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do; None: everything is kept."""
        return self._backoff.seconds_to_wait()

    def close(self, timeout: float) -> None:
        """Tries a last time."""
        if self._unsaved:
            with contextlib.suppress(StorageFailed):
                self._save({})

    def token(self) -> Token | None:
        """The stored token, or None."""
        with self._lock:
            return self._stored.token()

    def account(self) -> Account:
        """Whose token it is, or was last; the name is empty if that is not known."""
        with self._lock:
            return self._stored.account()

    def connected_at(self) -> float | None:
        """When the account was connected, in Unix seconds; None if that is not known."""
        return self._stored.connected_at()

    def settings(self) -> dict[str, str]:
        """What the add-on settings have to hold; empty as long as the database could not be read. Not to be changed."""
        with self._lock:
            if self._settings is None:
                self._settings = self._stored.settings() if self._value(BEGUN) else {}
            return self._settings

    def save_token(self, token: Token, also: Mapping[str, str] | None = None) -> None:
        """Replaces token and account; writes ``also`` to the database in the same transaction."""
        connected_at = whole_seconds(self._wall_clock())
        self._save({**(also or {}), **_NO_ACCOUNT, "connected_at": connected_at, **token_values(token)})

    def save_refreshed(self, token: Token, replaces: Secret) -> bool:
        """Replaces the token of the same account, if its access token still is ``replaces``; False otherwise."""
        return self._save(token_values(token), only_for=replaces)

    def save_account(self, account: Account, token: Token) -> bool:
        """Remembers whose token it is, if ``token`` is still stored; False otherwise."""
        values = {"account_name": account.name, "account_id": account.account_id}
        return self._save(values, only_for=token.access_token)

    def end(self) -> None:
        """Forgets the token, because the server has ended it; the account's name stays."""
        self._save(token_values(None))

    def clear(self) -> None:
        """Forgets token and account."""
        self._save({**token_values(None), **_NO_ACCOUNT})

    def flow(self, client_id: str) -> str:
        """The name of the flow that worked last for ``client_id``, or an empty string."""
        return self._stored.flow(client_id)

    def save_flow(self, client_id: str, flow: str) -> None:
        """Remembers that ``flow`` works for ``client_id``."""
        self._save({"flow": f"{flow} {client_id}"})

    def reminded_at(self) -> float:
        """When the user was last reminded to reconnect, in Unix seconds; 0 if never."""
        return self._stored.reminded_at()

    def save_reminded_at(self, at: float) -> None:
        """Remembers a reminder."""
        self._save({"reminded_at": whole_seconds(at)})

    def offer_reconnect(self, offer: bool) -> None:
        """Whether the settings page offers to reconnect."""
        self._save({"reconnect": "true" if offer else ""})

    def _value(self, name: str) -> str:
        with self._lock:
            saved = self._earlier if self._saved is None else self._saved
            return self._unsaved.get(name, saved.get(name, ""))

    def _save(self, values: Mapping[str, str], only_for: Secret | None = None) -> bool:
        """Writes ``values`` and what was refused before. False, and nothing done: another token is stored by now."""
        with self._lock:
            self._settings = None
            unchanged = all(self._value(name) == value for name, value in values.items())
            if values and unchanged and only_for is None and not self._unsaved:
                return True
            try:
                if self._saved is None:
                    self._read()  # before a transaction, which a read-only disk refuses
                if not (self._earlier or self._unsaved or values):
                    self._took({})
                    return True
                with self._database.transaction():
                    self._read()
                    if not self._holds(only_for):
                        return False
                    pending = {**self._earlier, **self._unsaved, **values}
                    self._database.write(pending)
            except StorageFailed as failed:
                _log.warning("not saved yet: %s", failed)
                self._backoff.failed()
                if not self._holds(only_for):
                    return False
                self._unsaved.update(values)
                raise
            self._took(pending)
            return True

    def _holds(self, access_token: Secret | None) -> bool:
        return access_token is None or self._value("access_token") == access_token.reveal()

    def _read(self) -> None:
        """Raises StorageFailed."""
        try:
            found = self._database.values()
        except StorageFailed:
            if self._database.is_missing:  # and can't be made
                self._begin()
            raise
        if BEGUN in found:
            self._saved, self._earlier = {name: found.get(name, "") for name in (*NAMES, BEGUN)}, {}
        else:
            self._begin()

    def _begin(self) -> None:
        """With what was known if the file was lost while the add-on ran, or else with the predecessor's values."""
        if self._saved is not None:
            self._earlier, self._saved = self._saved, None
        elif not self._earlier:
            values = self._predecessor.values() if self._predecessor is not None else {}
            self._earlier = {**values, BEGUN: "1"}

    def _took(self, written: Mapping[str, str]) -> None:
        known = {**(self._saved or {}), **written}
        self._saved = {name: known.get(name, "") for name in (*NAMES, BEGUN)}
        self._earlier, self._unsaved = {}, {}
        self._backoff.succeeded()
        if self._predecessor is not None:
            try:
                self._predecessor.forget()
            except StorageFailed as failed:
                _log.warning("what an earlier version has left stays: %s", failed)
            self._predecessor = None
