"""What may stand in the body of a scrobble or a history request. Unknown fields are refused: Simkl may be milder."""

from __future__ import annotations

import json
from typing import Collection, Dict, Mapping

from .catalogue import EPISODE_IDS, TITLE_IDS
from .library import from_text
from .messages import Refused, Request, api_error

Json = Dict[str, object]
REF_FIELDS = ("title", "year", "ids")


def refused(error: str, message: str) -> Refused:
    """A 400 of the API: ``empty_field`` or ``wrong_parameter``."""
    return Refused(api_error(400, error, message))


def json_object(request: Request) -> Json:
    """The body as a JSON object, or 400. The error's name is this simulator's own."""
    problem = api_error(400, "body_failed", "the body must be a JSON object, sent as application/json")
    if request.content_type != "application/json":
        raise Refused(problem)
    try:
        value = json.loads(request.body)
    except ValueError:  # neither JSON nor Unicode
        raise Refused(problem) from None
    if not isinstance(value, dict):
        raise Refused(problem)
    return value


def known_fields(value: object, names: Collection[str], what: str) -> Json:
    """``value`` as an object with these fields at most."""
    if not isinstance(value, dict):
        raise refused("wrong_parameter", f"{what} must be an object")
    unknown = sorted(set(value) - set(names))
    if unknown:
        raise refused("wrong_parameter", f"{what} has unknown fields: {', '.join(unknown)}")
    return value


def objects(value: object, what: str) -> list[object]:
    """``value`` as a list; absent is empty."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise refused("wrong_parameter", f"{what} must be a list")
    return value


def check_title(value: Mapping[str, object], what: str) -> None:
    """A title is described by a name or an id at least."""
    title, year, ids = (value.get(name) for name in REF_FIELDS)
    if title is not None and not isinstance(title, str):
        raise refused("wrong_parameter", f"{what}.title must be text")
    if year is not None:
        whole(year, f"{what}.year")
    if ids is not None:
        check_ids(ids, TITLE_IDS, f"{what}.ids")
    if not title and not ids:
        raise refused("empty_field", f"{what} needs a title or ids")


def check_ids(value: object, names: Collection[str], what: str) -> Json:
    """Ids are numbers or text, quoted numbers are fine."""
    ids = known_fields(value, names, what)
    for name, one in ids.items():
        if isinstance(one, bool) or not isinstance(one, (int, str)) or one == "":
            raise refused("wrong_parameter", f"{what}.{name} must be a number or text")
    return ids


def episode_ids(value: Mapping[str, object], what: str) -> Json:
    """An episode's own ids; only TVDB's and AniDB's exist."""
    return check_ids(value.get("ids", {}), EPISODE_IDS, f"{what}.ids")


def whole(value: object, what: str) -> int:
    """A whole number from 0 on; digits as text are fine."""
    digits = isinstance(value, str) and value.isascii() and value.isdigit()
    number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if not digits and not number:
        raise refused("wrong_parameter", f"{what} must be a whole number")
    return int(str(value))


def when(value: object) -> str | None:
    """``watched_at``: UTC as ``YYYY-MM-DDTHH:MM:SSZ``, or absent. Another form refuses the whole batch."""
    if value is None:
        return None
    try:
        from_text(str(value))
    except ValueError:
        raise refused("wrong_parameter", "watched_at must be YYYY-MM-DDTHH:MM:SSZ") from None
    return str(value)
