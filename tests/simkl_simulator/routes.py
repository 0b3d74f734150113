"""Which endpoint answers which path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable

from . import api, control, history, oauth2, pin, scrobble, search, sync, web
from .library import STATUSES
from .messages import Refused, Request, Response, error_for
from .requirements import require_rate
from .state import State


@dataclass(frozen=True)
class Route:
    """``pattern``: a regular expression for the whole path; its groups go to ``handler`` after state and request.

    ``limited``: the path belongs to the API and counts for the limits per second.
    """

    method: str
    pattern: str
    handler: Callable[..., Response]
    limited: bool = True


ROUTES = (
    Route("GET", r"/oauth/pin", pin.start),
    Route("GET", r"/oauth/pin/([^/]+)", pin.poll),
    Route("POST", r"/oauth2/device", oauth2.device),
    Route("POST", r"/oauth2/token", oauth2.token),
    Route("POST", r"/oauth2/revoke", oauth2.revoke),
    Route("POST", r"/users/settings", api.settings),
    Route("POST", r"/scrobble/(start|pause|stop)", scrobble.scrobble),
    Route("POST", r"/sync/history", history.add),
    Route("POST", r"/sync/history/remove", history.remove),
    Route("GET", r"/sync/activities", sync.activities),
    Route("POST", r"/sync/activities", sync.activities),
    Route(
        "GET",
        rf"/sync/all-items(?:/(shows|movies|anime)(?:/({'|'.join(STATUSES)}))?)?",
        sync.all_items,
    ),
    Route("GET", r"/sync/playback(?:/(movies|episodes))?", sync.playback),
    Route("DELETE", r"/sync/playback/(\d+)", sync.delete_playback),
    Route("POST", r"/search/file", search.by_file),
    Route("GET", r"/search/id", search.by_id),
    Route("GET", r"/search/(movie|tv|anime)", search.by_words),
    Route("GET", r"/(tv|anime)/episodes/(\d+)", search.episodes, limited=False),
    Route("GET", r"/(movies|tv|anime)/(\d+)", search.page, limited=False),
    Route("GET", r"/pin", web.show, limited=False),
    Route("GET", r"/pin/([^/]+)", web.show, limited=False),
    Route("POST", r"/pin", web.decide, limited=False),
    Route("GET", r"/_simulator/codes", control.codes, limited=False),
    Route("POST", r"/_simulator/approve", control.approve, limited=False),
    Route("POST", r"/_simulator/deny", control.deny, limited=False),
)


def respond(state: State, request: Request) -> Response:
    """The answer to one request, as one step: no other request changes the state meanwhile."""
    with state.lock:
        try:
            return _dispatch(state, request)
        except Refused as refusal:
            return refusal.response


def _dispatch(state: State, request: Request) -> Response:
    allowed: list[str] = []
    for route in ROUTES:
        match = re.fullmatch(route.pattern, request.path)
        if match and route.method == request.method:
            if route.limited:
                require_rate(state, request)
            return route.handler(state, request, *match.groups())
        if match:
            allowed.append(route.method)
    if allowed:
        allow = {"Allow": ", ".join(allowed)}
        raise Refused(error_for(request.path, 405, "method_failed", f"{request.method} is not for this path", allow))
    raise Refused(error_for(request.path, 404, "url_failed", "no such path"))
