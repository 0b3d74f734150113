"""What other add-ons get, in their interpreters: who is signed in, a session, a sign-in.

Nothing waits in Kodi's ``waitForAbort`` here: the add-on's own callbacks would be called in the middle of its request.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Callable

import xbmc

from .. import NotConnected, RefreshFailed, ServiceUnavailable, clock
from ..auth.refresh_client import RefreshClient, require_same_protocol
from ..auth.shared_state import Outcome, SharedState, fingerprint
from ..errors import StorageFailed
from ..models import Account, Token
from ..storage.limits import SharedLimits
from ..storage.stored import Stored
from ..storage.stored_reader import read_sign_in
from ..ui.commands import AUTHORIZE, REFRESH
from . import ADDON_ID, files, ipc, preferences
from .connection import client_info
from .own_addon import AddonGone, own_addon
from .proxy import proxy
from .system import is_still_enabled, is_window_active, platform

if TYPE_CHECKING:
    from ..http.shared_session import SharedSession

OPENS_WITHIN = 10.0
"""Seconds from the start of the sign-in to its window, on a slow device."""
GONE_FOR = 1.5
"""Seconds without the window after which the sign-in is over; a reload of the skin takes less."""
LOOK_EVERY = 0.1
"""Seconds between two looks at the window."""
_ADDON_ID = re.compile(r"[A-Za-z0-9._!$-]{1,64}")
"""What an add-on's id is made of, as far as a User-Agent may hold it (RFC 9110, section 5.6.2)."""
_DISABLED = "Simkl Connect is disabled. Enable it among Kodi's add-ons."
_NOBODY = "Nobody is signed in to Simkl."


def account() -> Account | None:
    """See :func:`simkl_connect.account`."""
    stored = _stored()
    return stored.account() if stored.token() is not None else None


def session(addon_id: str) -> SharedSession:
    """See :func:`simkl_connect.session`."""
    if not isinstance(addon_id, str) or not _ADDON_ID.fullmatch(addon_id):
        raise ValueError("not an add-on's id")
    access = StoredSignIn()
    access.token()
    from ..http.shared_session import SharedSession  # a tenth of a second, for requests

    version, base_url = _version(), preferences.api_url()
    if not base_url:
        raise ServiceUnavailable("SIMKL_API_URL must be an https address, or http on this machine.")
    client = client_info(base_url, version, _platform(), addon_id)
    return SharedSession(client, access, SharedLimits(files.limits(), clock.now), proxy, _watch)


def authorize() -> bool:
    """See :func:`simkl_connect.authorize`."""
    account()  # raises what keeps the sign-in from opening
    is_ending = _watch()
    xbmc.executebuiltin(f"RunScript({ADDON_ID},{AUTHORIZE})")
    started = seen_at = time.monotonic()
    opened = False
    while not is_ending():
        now = time.monotonic()
        if is_window_active():
            opened, seen_at = True, now
        elif opened and (not ipc.is_dialog_claimed() or now - seen_at > GONE_FOR):
            break
        elif not opened and now - started > OPENS_WITHIN:
            raise ServiceUnavailable("The sign-in has not opened. Try again in a few seconds.")
        time.sleep(LOOK_EVERY)
    return account() is not None


class StoredSignIn:
    """The one sign-in, as it is stored at the moment of each call, in the profile of that moment."""

    def token(self) -> Token:
        """Raises NotConnected, ServiceUnavailable, Outdated."""
        token = _stored().token()
        if token is None:
            raise NotConnected(_NOBODY)
        return token

    def renewed(self, refused: Token) -> Token | None:
        """The token in the place of ``refused``, None if that is still good. Waits for a refresh that runs.

        Raises RefreshFailed, and what :meth:`token` raises.
        """
        token = self.token()
        if token.access_token != refused.access_token:
            return token
        outcome = _client().ask(ipc.new_request(), fingerprint(refused.access_token))
        if outcome is Outcome.VALID:
            return None
        if outcome is Outcome.ENDED:
            raise NotConnected(_NOBODY)
        if outcome is Outcome.CHANGED:
            for stored in (_stored, _mirrored):  # where the disk is full, it may be in the settings alone
                changed = stored().token()
                if changed is None:
                    raise NotConnected(_NOBODY)
                if changed.access_token != refused.access_token:
                    return changed
        raise RefreshFailed("The token has expired and could not be renewed now. Try again later.")


def _client() -> RefreshClient:
    is_ending = _watch()

    def send(request: str, refused: str) -> None:
        if not is_still_enabled():
            raise ServiceUnavailable(_DISABLED)
        ipc.send(REFRESH, request, refused=refused)

    def pause(seconds: float) -> bool:
        time.sleep(seconds)
        return is_ending()

    return RefreshClient(send, _shared, time.monotonic, pause)


def _stored() -> Stored:
    """What the database holds. The settings, its mirror, where that can't be read: on a share without locks, or before
    the service has begun one.

    Raises ServiceUnavailable, Outdated.
    """
    if not is_still_enabled():
        raise ServiceUnavailable(_DISABLED)
    require_same_protocol(_shared())
    try:
        values = read_sign_in(files.database())
    except StorageFailed:
        return _mirrored()
    return Stored(lambda name: values.get(name, ""))


def _mirrored() -> Stored:
    """Raises ServiceUnavailable."""
    try:
        return Stored(own_addon().getSetting)
    except AddonGone as error:
        raise ServiceUnavailable(_DISABLED) from error


def _version() -> str:
    """Raises ServiceUnavailable."""
    try:
        return own_addon().getAddonInfo("version")
    except AddonGone as error:
        raise ServiceUnavailable(_DISABLED) from error


def _platform() -> str:
    """As the service has found it out, because that takes frames."""
    shared = _shared()
    return (shared.platform if shared is not None else "") or platform()


def _shared() -> SharedState | None:
    return SharedState.from_json(ipc.shared())


def _watch() -> Callable[[], bool]:
    """Whether Kodi wants this interpreter to end, from now on."""
    return xbmc.Monitor().abortRequested
