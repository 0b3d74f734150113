"""What is being watched right now: ``POST /scrobble/start``, ``/pause`` and ``/stop`` (api.simkl.org, "scrobble")."""

from __future__ import annotations

from typing import Callable, Mapping, NamedTuple, TypeVar, Union

from ..auth.events import GrantEnded
from ..errors import Failure
from ..http.messages import Request, Response
from ..media import Media, Movie
from ..models import Token
from .parsing import BadAnswer, Body, error_text, read_failure, read_object, status_text

T = TypeVar("T")


class Scrobbled(NamedTuple):
    """Simkl took it. ``watched``: it is in the history now (its action is ``scrobble``)."""

    watched: bool = False


class AlreadyWatched:
    """The same video was stopped at 80 % or more within the hour: it is in the history (409)."""


class NotFound:
    """Simkl doesn't know this title or episode (404)."""


class RateLocked:
    """Another write of this user is under way, and this one has waited for 20 seconds (400 ``RATE_LIMIT``)."""


class Malformed:
    """Simkl finds the request wrong (400): it is not to be repeated as it is."""


class InsufficientScope:
    """The token may only read (403 ``insufficient_scope``): a new sign-in helps."""


Refusal = Union[NotFound, RateLocked, Malformed, InsufficientScope, GrantEnded, Failure]
ScrobbleAnswer = Union[Scrobbled, AlreadyWatched, Refusal]


def scrobble_request(action: str, media: Media, progress: float, token: Token) -> Request:
    """``action``: start, pause or stop. ``progress``: percent, two decimals at most."""
    body: dict[str, object] = {"progress": progress}
    if isinstance(media, Movie):
        body["anime" if media.is_anime else "movie"] = title_fields(media.title, media.year, media.ids)
    else:
        body["show"] = title_fields(media.show.title, media.show.year, media.show.ids)
        episode: dict[str, object] = {"season": media.season, "number": media.number}
        body["episode"] = {**episode, "ids": dict(media.ids)} if media.ids else episode
    return Request("POST", f"/scrobble/{action}", client_id=token.client_id, json=body, bearer=token.access_token)


def read_scrobble(response: Response) -> ScrobbleAnswer:
    """What Simkl says to any of the three."""
    if response.status == 409:
        return AlreadyWatched()
    return read_answer(response, lambda body: Scrobbled(body.get("action") == "scrobble"))


def read_answer(response: Response, read_body: Callable[[Body], T]) -> T | Refusal:
    """What ``read_body`` makes of a success; a refusal as these endpoints word it. ``read_body`` may raise
    BadAnswer."""
    if response.status in (200, 201) and not response.is_web_page:
        try:
            body = read_object(response)
            if not error_text(response):  # a 200 may carry an error
                return read_body(body)
        except BadAnswer:
            pass
    return read_refusal(response)


def read_refusal(response: Response) -> Refusal:
    """Why it was not taken. A web page is not Simkl's word: it ends no sign-in and makes no title unknown."""
    if not response.is_web_page:
        if response.status == 401:
            return GrantEnded(status_text(response))
        if response.status == 404:
            return NotFound()
        if response.status == 400:
            return RateLocked() if error_text(response).lower() == "rate_limit" else Malformed()
        if response.status == 403 and error_text(response) == "insufficient_scope":
            return InsufficientScope()
    return read_failure(response)


def title_fields(title: str, year: int | None, ids: Mapping[str, str]) -> dict[str, object]:
    """A film or show as Simkl wants it described: everything known, nothing empty."""
    fields: dict[str, object] = {"title": title, "year": year, "ids": dict(ids)}
    return {name: value for name, value in fields.items() if value}
