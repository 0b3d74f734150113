"""How the add-on's parts talk: commands by NotifyAll, the state in a property of the Home window.

Both can be read by everything on the machine and by JSON-RPC clients: no token and no device code goes here.
"""

from __future__ import annotations

import json

import xbmc
import xbmcgui

from ..view import View
from ..viewer import Command
from . import ADDON_ID

HOME_WINDOW = 10000
STATE_PROPERTY = f"{ADDON_ID}.state"
DIALOG_PROPERTY = f"{ADDON_ID}.dialog"


def send(command: Command, request: str) -> None:
    """Sends ``command`` to the service, which gets it within about a tenth of a second."""
    xbmc.executeJSONRPC(
        json.dumps(
            {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "JSONRPC.NotifyAll",
                "params": {"sender": ADDON_ID, "message": command.value, "data": {"request": request}},
            }
        )
    )


def received(sender: str, method: str, data: str) -> tuple[Command, str] | None:
    """The command and request id in a notification, if it is one of ours."""
    if sender != ADDON_ID:
        return None
    try:
        command = Command(method.rpartition(".")[2])
        content = json.loads(data)
    except ValueError:
        return None
    request = content.get("request") if isinstance(content, dict) else None
    return command, request if isinstance(request, str) else ""


def publish(view: View) -> None:
    """Makes ``view`` what everyone sees."""
    xbmcgui.Window(HOME_WINDOW).setProperty(STATE_PROPERTY, view.to_json())


def published() -> View | None:
    """What the service shows; None if no service runs."""
    return View.from_json(xbmcgui.Window(HOME_WINDOW).getProperty(STATE_PROPERTY))


def withdraw() -> None:
    """Says that no service runs any more."""
    xbmcgui.Window(HOME_WINDOW).clearProperty(STATE_PROPERTY)


def claim_dialog(dialog: str) -> None:
    """``dialog`` is the one on screen from now on; any other that finds itself replaced closes."""
    xbmcgui.Window(HOME_WINDOW).setProperty(DIALOG_PROPERTY, dialog)


def owns_dialog(dialog: str) -> bool:
    """Whether ``dialog`` is still the one on screen."""
    return xbmcgui.Window(HOME_WINDOW).getProperty(DIALOG_PROPERTY) == dialog
