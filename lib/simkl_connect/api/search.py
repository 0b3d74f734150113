"""Looking titles up: ``POST /search/file`` for one playing file, ``GET /search/{movie,tv,anime}`` by words."""

from __future__ import annotations

import json
from typing import NamedTuple, Union

from ..http.messages import Request, Response
from ..models import Token
from .parsing import looks_like_a_web_page
from .scrobble import Refusal, read_refusal


class Found(NamedTuple):
    """What Simkl found, as it came: nothing of it is checked yet. No match is an empty list or null."""

    body: object


SearchAnswer = Union[Found, Refusal]


def file_request(file: str, token: Token, part: int = 1) -> Request:
    """``file``: a file's name, without any folder. ``part``: which of the episodes in it, from 1 on."""
    body: dict[str, object] = {"file": file} if part == 1 else {"file": file, "part": part}
    return Request("POST", "/search/file", client_id=token.client_id, json=body, bearer=token.access_token)


def words_request(kind: str, words: str, token: Token) -> Request:
    """``kind``: movie, tv or anime."""
    return Request("GET", f"/search/{kind}", client_id=token.client_id, bearer=token.access_token, query={"q": words})


def read_search(response: Response) -> SearchAnswer:
    """The answer to either."""
    if response.status == 200 and not looks_like_a_web_page(response):
        try:
            value: object = json.loads(response.body.decode("utf-8"))
        except (ValueError, RecursionError):
            return read_refusal(response)
        if not (isinstance(value, dict) and "error" in value):
            return Found(value)
    return read_refusal(response)
