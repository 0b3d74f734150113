"""The add-on's settings: the only place that reads or writes them."""

from __future__ import annotations

import os
from typing import Mapping

import xbmcaddon
import xbmcvfs

from ..store import StorageFailed
from ..values import Account, Secret, Token
from . import ADDON_ID

PACKAGED_CLIENT_ID = os.path.join("resources", "client_id.txt")
"""Written into the zip at build time from SIMKL_CLIENT_ID."""

_TOKEN_SETTINGS = ("refresh_token", "token_expires_at", "scope", "token_client_id", "access_token")


class Settings:
    """Reads and writes through a fresh ``Addon`` each time: an old one may answer with old values.

    Every method that writes raises :class:`StorageFailed`.
    """

    def client_id(self) -> str:
        """The user's own client id, else the packaged one, else an empty string."""
        addon = xbmcaddon.Addon(ADDON_ID)
        return addon.getSetting("client_id").strip() or _packaged_client_id(addon)

    def token(self) -> Token | None:
        """The stored token, or None."""
        values = xbmcaddon.Addon(ADDON_ID)
        access_token = values.getSetting("access_token")
        if not access_token:
            return None
        refresh_token = values.getSetting("refresh_token")
        return Token(
            access_token=Secret(access_token),
            refresh_token=Secret(refresh_token) if refresh_token else None,
            expires_at=_unix_time(values.getSetting("token_expires_at")),
            scope=values.getSetting("scope"),
            client_id=values.getSetting("token_client_id"),
        )

    def account(self) -> Account:
        """Whose token it is; the name is empty if that is not known."""
        addon = xbmcaddon.Addon(ADDON_ID)
        return Account(name=addon.getSetting("account_name"), account_id=addon.getSetting("account_id"))

    def save_token(self, token: Token) -> None:
        """The account's name goes as well: it belongs to the token before."""
        self._write({**_values(token), "account_name": "", "account_id": ""})

    def save_refreshed(self, token: Token) -> None:
        """Replaces the token of the same account."""
        self._write(_values(token))

    def save_account(self, account: Account) -> None:
        """Remembers whose token it is."""
        self._write({"account_name": account.name, "account_id": account.account_id})

    def end(self) -> None:
        """Forgets the token; the account's name stays."""
        self._write(_values(None))

    def clear(self) -> None:
        """Forgets token and account."""
        self._write({**_values(None), "account_name": "", "account_id": ""})

    def flow(self, client_id: str) -> str:
        """The name of the flow that worked last for ``client_id``, or an empty string."""
        name, _, known_id = xbmcaddon.Addon(ADDON_ID).getSetting("flow").partition(" ")
        return name if known_id == client_id else ""

    def save_flow(self, client_id: str, flow: str) -> None:
        """Remembers that ``flow`` works for ``client_id``."""
        if self.flow(client_id) != flow:
            self._write({"flow": f"{flow} {client_id}"})

    def _write(self, values: Mapping[str, str]) -> None:
        try:
            addon = xbmcaddon.Addon(ADDON_ID)
            for name, value in values.items():
                addon.setSetting(name, value)
            written = xbmcaddon.Addon(ADDON_ID)
        except RuntimeError as error:  # the add-on is disabled or being replaced
            raise StorageFailed("Kodi does not know the add-on any more") from error
        lost = [name for name, value in values.items() if written.getSetting(name) != value]
        if lost:
            raise StorageFailed(f"{', '.join(lost)} did not hold")


def _values(token: Token | None) -> dict[str, str]:
    """A token as settings. The access token goes last: where it is new, the rest is too."""
    if token is None:
        return dict.fromkeys(_TOKEN_SETTINGS, "")
    return dict(
        zip(
            _TOKEN_SETTINGS,
            (
                token.refresh_token.reveal() if token.refresh_token else "",
                f"{token.expires_at:.0f}" if token.expires_at is not None else "",
                token.scope,
                token.client_id,
                token.access_token.reveal(),
            ),
        )
    )


def _packaged_client_id(addon: xbmcaddon.Addon) -> str:
    path = os.path.join(xbmcvfs.translatePath(addon.getAddonInfo("path")), PACKAGED_CLIENT_ID)
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:  # built without one
        return ""


def _unix_time(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
