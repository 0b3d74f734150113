"""What Simkl's answer to a request can mean, whichever flow asked.

The flows read responses into these; the state machine takes them as its events.
"""

from __future__ import annotations

from typing import NamedTuple, Union

from ..errors import PermanentError, Problem, TransientError
from ..models import Account, DeviceAuthorization, Token


class CodeIssued(NamedTuple):
    """A code to show; the answer to a device authorization request."""

    authorization: DeviceAuthorization


class Pending:
    """The user has not decided yet: poll again after the interval."""


class SlowDown(NamedTuple):
    """Polled too fast: the interval grows by 5 s for good (RFC 8628, section 3.5).

    ``interval``: seconds that the server asks for besides, or 0. It counts where it is longer.
    """

    interval: float = 0.0


class Granted(NamedTuple):
    """The user said yes. This token is delivered once: whoever loses it has lost the approval.

    ``problem``: what the token falls short of, or None. ``storage_failure``: why it is not on the disk
    yet, for the log.
    """

    token: Token
    problem: Problem | None = None
    storage_failure: str = ""


class CodeExpired:
    """The code polled exists no more: expired, used or unknown to the server."""


class Denied:
    """The user said no (RFC 8628, section 3.5, ``access_denied``)."""


class Identified(NamedTuple):
    """The account that the token belongs to."""

    account: Account


class FlowNotSupported(PermanentError):
    """This client id goes with another flow, or the flow is no more."""


class PkceNotSupported(FlowNotSupported):
    """The server takes no PKCE."""


class Refreshed(NamedTuple):
    """A new access token in place of the old one, which has ended."""

    token: Token


class GrantEnded(NamedTuple):
    """The server has ended the grant: only a new sign-in helps. ``detail`` is for the log."""

    detail: str


class Revoked:
    """The grant has ended because we asked for it."""


Event = Union[
    CodeIssued,
    Pending,
    SlowDown,
    Granted,
    CodeExpired,
    Denied,
    Identified,
    TransientError,
    PermanentError,
    Refreshed,
    GrantEnded,
    Revoked,
]
