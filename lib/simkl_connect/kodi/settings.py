"""The add-on's settings: the only place that reads or writes them."""

from __future__ import annotations

import os

import xbmcaddon
import xbmcvfs

from ..authorizer import StorageFailed
from ..values import Account, Secret, Token
from . import ADDON_ID

PACKAGED_CLIENT_ID = os.path.join("resources", "client_id.txt")
"""Written into the zip at build time from SIMKL_CLIENT_ID."""


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
        )

    def account(self) -> Account:
        """Whose token it is; the name is empty if that is not known."""
        addon = xbmcaddon.Addon(ADDON_ID)
        return Account(name=addon.getSetting("account_name"), account_id=addon.getSetting("account_id"))

    def save_token(self, token: Token) -> None:
        """The account's name goes first: it belongs to the token before."""
        self._write(
            account_name="",
            account_id="",
            refresh_token=token.refresh_token.reveal() if token.refresh_token else "",
            token_expires_at=f"{token.expires_at:.0f}" if token.expires_at is not None else "",
            scope=token.scope,
            access_token=token.access_token.reveal(),
        )

    def save_account(self, account: Account) -> None:
        """Remembers whose token it is."""
        self._write(account_name=account.name, account_id=account.account_id)

    def clear(self) -> None:
        """Forgets token and account."""
        self._write(access_token="", refresh_token="", token_expires_at="", scope="", account_name="", account_id="")

    def _write(self, **values: str) -> None:
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
