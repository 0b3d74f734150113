"""How the add-on's parts talk: commands by NotifyAll, the state in a property of the Home window.

Both can be read by everything on the machine and by JSON-RPC clients: no token and no device code goes here.
"""

from __future__ import annotations

import json
import os

import xbmcgui

from ..json_values import to_object
from ..ui.commands import COMMANDS, Command
from . import ADDON_ID
from .json_rpc import call

TYPE_CHECKING = False  # that of ``typing`` would be loaded before the first window opens
if TYPE_CHECKING:
    from typing import Mapping

HOME_WINDOW = 10000
STATE_PROPERTY = f"{ADDON_ID}.state"
ACTIVITY_PROPERTY = f"{ADDON_ID}.activity"
SYNC_PROPERTY = f"{ADDON_ID}.sync"
DIALOG_PROPERTY = f"{ADDON_ID}.dialog"
SHARED_PROPERTY = f"{ADDON_ID}.shared"


def new_request() -> str:
    """An id that nothing else has."""
    return os.urandom(16).hex()


def send(command: str, request: str, **values: str | int | bool) -> None:
    """Sends ``command``, a word of :data:`COMMANDS`, to the service, which gets it within about a tenth of a second."""
    data = {**values, "request": request}
    call("JSONRPC.NotifyAll", {"sender": ADDON_ID, "message": command, "data": data})


def received(sender: str, method: str, data: str) -> Command | None:
    """The command in a notification, if it is one of ours."""
    name = method.rpartition(".")[2]
    if sender != ADDON_ID or name not in COMMANDS:
        return None
    values = to_object(data)
    request = values.get("request")
    return Command(name, request if isinstance(request, str) else "", values)


def home_property(name: str) -> str:
    """A property of the Home window, ours or another add-on's; empty if it is not set."""
    return xbmcgui.Window(HOME_WINDOW).getProperty(name)


def publish(state: str) -> None:
    """Makes ``state`` what everyone sees of the sign-in."""
    _set(STATE_PROPERTY, state)


def published() -> str:
    """What the service shows of the sign-in; empty if no service runs."""
    return home_property(STATE_PROPERTY)


def publish_activity(activity: Mapping[str, object]) -> None:
    """Makes ``activity`` what skins and other add-ons see of the last video."""
    _set(ACTIVITY_PROPERTY, json.dumps(activity))


def marks_waiting() -> int:
    """How many watched marks the service has still to send; 0 where it does not say."""
    waiting = to_object(home_property(ACTIVITY_PROPERTY)).get("waiting")
    return waiting if isinstance(waiting, int) and waiting > 0 else 0


def publish_sync(news: Mapping[str, object]) -> None:
    """Makes ``news`` what skins, other add-ons and our script see of the sync."""
    _set(SYNC_PROPERTY, json.dumps(news))


def sync_news() -> Mapping[str, object]:
    """What the service says of the sync; empty if there was none since it started."""
    return to_object(home_property(SYNC_PROPERTY))


def publish_shared(state: str) -> None:
    """Makes ``state`` what other add-ons' interpreters see of the service."""
    _set(SHARED_PROPERTY, state)


def shared() -> str:
    """What the service says to other add-ons; empty if no service runs."""
    return home_property(SHARED_PROPERTY)


def withdraw() -> None:
    """Says that the service ends: the last thing that it does. A dialog that is open closes.

    It is told by the loss of its claim: after an update the next service may publish within milliseconds, and a look at
    the state could miss the gap.
    """
    window = xbmcgui.Window(HOME_WINDOW)
    for name in (SHARED_PROPERTY, STATE_PROPERTY, ACTIVITY_PROPERTY, SYNC_PROPERTY, DIALOG_PROPERTY):
        window.clearProperty(name)


def claim_dialog(dialog: str) -> None:
    """``dialog`` is the one on screen from now on; any other that finds itself replaced closes."""
    _set(DIALOG_PROPERTY, dialog)


def is_dialog_claimed() -> bool:
    """Whether there is a dialog that the service has not closed, or was one that was killed."""
    return bool(home_property(DIALOG_PROPERTY))


def release_dialog(dialog: str) -> None:
    """``dialog`` is about to close."""
    if owns_dialog(dialog):
        xbmcgui.Window(HOME_WINDOW).clearProperty(DIALOG_PROPERTY)


def owns_dialog(dialog: str) -> bool:
    """Whether ``dialog`` is still the one on screen."""
    return home_property(DIALOG_PROPERTY) == dialog


def _set(name: str, value: str) -> None:
    xbmcgui.Window(HOME_WINDOW).setProperty(name, value)
