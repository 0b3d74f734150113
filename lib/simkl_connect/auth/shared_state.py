"""What the service tells other add-ons, in a property of the Home window, and what they may ask it for.

Everything on the machine can read and write the property: it holds no token, and nothing in it is trusted.
"""

from __future__ import annotations

import hashlib
import json
import re
from enum import Enum
from typing import Mapping, NamedTuple

from ..json_values import as_object, to_object
from ..models import Secret

PROTOCOL = 1
"""Of the talk between this package in another add-on's interpreter and the service: the same number, or none."""
_REQUEST = re.compile(r"[0-9a-f]{32}")
_PLATFORM = re.compile(r"Kodi [\w.-]{1,20}; \w{1,20}", re.ASCII)


class Outcome(Enum):
    """What became of a token that Simkl has refused."""

    RUNNING = "running"
    CHANGED = "changed"
    """Another one is stored by now."""
    VALID = "valid"
    """Simkl knows whose it is: the request was refused for another reason."""
    ENDED = "ended"
    """Nobody is signed in any more."""
    FAILED = "failed"
    """It could not be refreshed now."""


class SharedState(NamedTuple):
    """``platform`` as in ``Kodi 20.1; Linux``, or empty. ``answers``: the last outcomes by request id."""

    protocol: int = PROTOCOL
    platform: str = ""
    answers: Mapping[str, Outcome] = {}

    def to_json(self) -> str:
        """As it is published."""
        answers = {request: outcome.value for request, outcome in self.answers.items()}
        return json.dumps({"protocol": self.protocol, "platform": self.platform, "answers": answers})

    @classmethod
    def from_json(cls, text: str) -> SharedState | None:
        """What was published; None if that is nothing, or nothing that a service publishes."""
        found = to_object(text)
        if not isinstance(found.get("protocol"), int):
            return None
        platform, answers = found.get("platform"), as_object(found.get("answers"))
        known = {outcome.value: outcome for outcome in Outcome}
        return cls(
            found["protocol"],
            platform if isinstance(platform, str) and _PLATFORM.fullmatch(platform) else "",
            {request: known[value] for request, value in answers.items() if isinstance(value, str) and value in known},
        )


def fingerprint(access_token: Secret) -> str:
    """By which an access token is named where it must not be seen: 256 random bits can't be found from it."""
    return hashlib.sha256(access_token.reveal().encode()).hexdigest()


def is_request(text: str) -> bool:
    """Whether it has the form of a request id."""
    return _REQUEST.fullmatch(text) is not None
