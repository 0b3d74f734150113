"""The commands that reach the service: the words that travel. Each comes with a request id, and some with values."""

from __future__ import annotations

TYPE_CHECKING = False  # that of ``typing`` would be loaded before the first window opens
if TYPE_CHECKING:
    from typing import Mapping

AUTHORIZE = "authorize"
CANCEL = "cancel"
SIGN_OUT = "signout"
SEND_NOW, SEND_AGAIN, NEVER, UNDO, CHOOSE = "send_now", "send_again", "never", "undo", "choose"
ALLOW = "allow"
"""From the activity page. All but the first with ``row``, an entry's id; NEVER with ``what``, "folder", "show" or
"addon", and ALLOW to take that back; CHOOSE with ``media``, a film or episode as JSON (see media_json.py)."""
ACTIONS = (SEND_NOW, SEND_AGAIN, NEVER, ALLOW, UNDO, CHOOSE)
SYNC = "sync"
"""Bring library and Simkl together; with ``asks``, show first what would be done."""
SYNC_ANSWER = "sync_answer"
"""Go on, with ``to_simkl`` and ``to_kodi``: what is to be carried where, from now on by itself too."""
SYNC_CANCEL = "sync_cancel"
SYNC_UNDO = "sync_undo"
SYNC_OFFERED = "sync_offered"
"""The user was asked whether library and Simkl are to be brought together."""
SYNC_COMMANDS = (SYNC, SYNC_ANSWER, SYNC_CANCEL, SYNC_UNDO, SYNC_OFFERED)
WAKE = "wake"
"""From the service to itself: a thread of its own has finished something."""
REFRESH = "refresh"
"""From another add-on. ``refused``: the fingerprint of the access token that Simkl has refused."""
COMMANDS = (AUTHORIZE, CANCEL, SIGN_OUT, WAKE, REFRESH, *ACTIONS, *SYNC_COMMANDS)


STATUS = "status"
"""None of them: ``RunScript(script.simkl.connect,status)`` opens the activity page."""


class Command:
    """One as it was received. Anything on the machine may have sent it: ``values`` are whatever they are."""

    def __init__(self, name: str, request: str, values: Mapping[str, object]) -> None:
        self.name, self.request, self.values = name, request, values
