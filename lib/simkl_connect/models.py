"""The values that travel through a sign-in: frozen, typed, and silent about their secrets."""

from __future__ import annotations

from typing import NamedTuple


class Secret:
    """A string that must never be seen by accident: only :meth:`reveal` gives it away.

    ``repr`` and ``str`` hide it, so that neither a log line, an exception nor a debugger's dump can carry it.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The string itself; call it only where it is sent, stored or drawn."""
        return self._value

    def __repr__(self) -> str:
        return "<secret>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class DeviceAuthorization(NamedTuple):
    """What the server answers to a device authorization request (RFC 8628, section 3.2).

    ``device_code`` is None in the PIN flow, which polls with the user code. Times are in seconds.
    """

    user_code: Secret
    verification_uri: str
    verification_uri_complete: Secret
    expires_in: float
    interval: float
    device_code: Secret | None = None


class Token(NamedTuple):
    """What authorizes later requests.

    ``expires_at`` is Unix time in seconds, or None if the server named no end. ``client_id`` is the app's id that
    the token was given to: it goes with no other.
    """

    access_token: Secret
    refresh_token: Secret | None = None
    expires_at: float | None = None
    scope: str = ""
    client_id: str = ""

    @property
    def is_pin(self) -> bool:
        """Whether it comes from the PIN flow, whose tokens have no end that the server would name."""
        return self.expires_at is None


def can_write(scope: str) -> bool:
    """Whether a token of this scope may change anything; Simkl gives a read-only one for a scope that is missing."""
    return "media:write" in scope.split()


class Account(NamedTuple):
    """Whose token it is, as the server names them. ``account_id`` is empty where the server gave none."""

    name: str
    account_id: str = ""
