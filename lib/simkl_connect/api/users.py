"""Whose token it is: ``POST /users/settings`` (api.simkl.org, "get-user-settings"), once after each sign-in."""

from __future__ import annotations

from ..auth.events import Event, GrantEnded, Identified
from ..http.messages import Request, Response
from ..json_values import as_object
from ..models import Account, Token
from .parsing import BadAnswer, Body, clean_text, read, status_text


def account_request(token: Token) -> Request:
    """The request for the name behind ``token``."""
    return Request("POST", "/users/settings", token.client_id, json={}, bearer=token.access_token)


def read_account(response: Response) -> Event:
    """The account's name, made fit to draw, and its id; 401 means that the token is not good any more.

    A 401 with a page for people is not Simkl's: a grant must not end by the word of something in between.
    """
    if response.status == 401 and not response.is_web_page:
        return GrantEnded(status_text(response))
    return read(response, _identified)


def _identified(body: Body) -> Identified:
    """Raises BadAnswer."""
    name = clean_text(_text(as_object(body.get("user")).get("name")))
    if not name:
        raise BadAnswer("user.name is missing")
    return Identified(Account(name, clean_text(_text(as_object(body.get("account")).get("id")), 32)))


def _text(value: object) -> str:
    """A string, or a number as one; empty for anything else."""
    is_text = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value) if is_text else ""
