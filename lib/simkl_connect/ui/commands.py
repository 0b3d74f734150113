"""The commands that reach the service: the words that travel. Each comes with a request id, and some with values."""

from __future__ import annotations

from typing import Mapping, NamedTuple

AUTHORIZE = "authorize"
CANCEL = "cancel"
SIGN_OUT = "signout"
SEND_NOW, SEND_AGAIN, NEVER, UNDO, CHOOSE = "send_now", "send_again", "never", "undo", "choose"
ALLOW = "allow"
"""From the activity page. All but the first with ``row``, an entry's id; NEVER with ``what``, "folder", "show" or
"addon", and ALLOW to take that back; CHOOSE with ``media``, a film or episode as JSON (see media_json.py)."""
WAKE = "wake"
"""From the service to itself: a thread of its own has finished something."""
ACTIONS = (SEND_NOW, SEND_AGAIN, NEVER, ALLOW, UNDO, CHOOSE)
COMMANDS = (AUTHORIZE, CANCEL, SIGN_OUT, WAKE, *ACTIONS)


class Command(NamedTuple):
    """One as it was received. Anything on the machine may have sent it: ``values`` are whatever they are."""

    name: str
    request: str
    values: Mapping[str, object]
