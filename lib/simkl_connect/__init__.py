"""Simkl Connect: signs a Kodi in to Simkl, and marks there what is watched.

For other add-ons, what is in ``__all__``: the one sign-in of this Kodi (``docs/api.md`` shows its use). All else in
this package is the add-on's own and changes without notice. Everything but the package ``kodi`` is plain Python that
knows neither Kodi nor a screen.

Nothing heavy is imported here: what a function needs is loaded when it is called.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's costs milliseconds where nobody has loaded it yet
if TYPE_CHECKING:
    from .http.shared_session import SharedSession
    from .models import Account

__all__ = (
    "NotConnected",
    "Outdated",
    "RefreshFailed",
    "ServiceUnavailable",
    "SimklError",
    "account",
    "authorize",
    "session",
)


class SimklError(Exception):
    """What keeps another add-on from Simkl and is no matter of the network. The text is a plain English sentence."""


class NotConnected(SimklError):
    """Nobody is signed in, or not any more: :func:`authorize` helps."""


class ServiceUnavailable(SimklError):
    """Simkl Connect is disabled, starting or stopping; the text says which."""


class RefreshFailed(SimklError):
    """The access token has expired and could not be renewed now. The sign-in stays: a later request may succeed."""


class Outdated(SimklError):
    """Simkl Connect was updated, and this interpreter still has the old module: it has to be started anew."""


def account() -> Account | None:
    """Who is signed in: a named tuple of ``name`` and ``account_id``, both text; None if nobody is.

    The name is empty for the seconds until Simkl has told it. Nothing is asked over the network. Raises
    ServiceUnavailable if Simkl Connect is disabled, Outdated.
    """
    from .kodi import public

    return public.account()


def session(addon_id: str) -> SharedSession:
    """A ``requests.Session`` to Simkl's API with everything set, for the add-on ``addon_id``.

    It takes paths, ``session.get("/sync/activities")``, and goes nowhere else. It is good as long as the interpreter
    lives, also after another account has signed in. Raises NotConnected, ServiceUnavailable, Outdated, and ValueError
    for what can't be an add-on's id. What its requests raise is in ``docs/api.md``.
    """
    from .kodi import public

    return public.session(addon_id)


def authorize() -> bool:
    """Open the sign-in and return when it is over, 15 minutes later at the most: whether an account is connected.

    Someone who is signed in already stays so until the new sign-in succeeds. Raises ServiceUnavailable, Outdated.
    """
    from .kodi import public

    return public.authorize()
