from __future__ import annotations

from typing import Callable

import pytest
from flow_cases import DEVICE, PIN, account, answer
from simkl_connect.api.parsing import clean_text, retry_after
from simkl_connect.api.users import read_account
from simkl_connect.auth.device_flow import DeviceFlow
from simkl_connect.auth.events import Event, Identified
from simkl_connect.errors import TransientError
from simkl_connect.http.messages import Response
from simkl_connect.models import Account, Secret, Token


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Ada", "Ada"),
        ("[B]Ada[/B]", "Ada"),
        ("[COLOR red]Ada[/COLOR]", "Ada"),
        ("[[B]B]Ada", "Ada"),
        ("[CR]A\nd\ta\x00\u202e", "A d a"),
        ("Ada [the first]", "Ada [the first]"),
        ("x $LOCALIZE[222] $INFO[System.BuildVersion]", "x LOCALIZE[222] INFO[System.BuildVersion]"),
        ("$IN$FO[a] $$VAR[x] $[B]ADDON[c 1]", "INFO[a] VAR[x] ADDON[c 1]"),
        ("[$B[x]I]Ada", "I]Ada"),
        ("$100 and A$AP", "$100 and A$AP"),
        ("x" * 100, "x" * 59 + "…"),
        (7, ""),
    ],
)
def test_text_from_the_server_is_made_fit_to_draw(raw: object, clean: str) -> None:
    assert clean_text(raw) == clean


def test_the_account_is_named_once_it_is_read() -> None:
    read = read_account(account("[B]Ada[/B]"))
    assert isinstance(read, Identified)
    assert (read.account.name, read.account.account_id) == ("Ada", "12345")


@pytest.mark.parametrize("body", [{}, {"user": None}, {"user": {"name": True}}, {"user": {"name": "[B][/B]"}}, []])
def test_an_account_without_a_name_is_trouble(body: object) -> None:
    assert isinstance(read_account(answer(body)), TransientError)


@pytest.mark.parametrize("number", [None, True, {}, [1]])
def test_an_account_without_an_id_is_known_by_name(number: object) -> None:
    read = read_account(answer({"user": {"name": "Ada"}, "account": {"id": number}}))
    assert isinstance(read, Identified)
    assert read.account.account_id == ""


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "Tue, 24 Nov 2026 10:01:00 GMT", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, 60.0),
        ({"retry-after": "Tue, 24 Nov 2026 09:00:00 GMT", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, None),
        ({"retry-after": "99999999"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_by_the_servers_own_clock(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(Response(429, headers)) == seconds


def test_a_name_of_digits_is_a_name_though_it_comes_as_a_number() -> None:
    assert read_account(answer({"user": {"name": 222}})) == Identified(Account("222", ""))


PAGE = (401, 403, 412, 429, 500, 503)
READERS = {
    "poll-pin": PIN.flow().read_token,
    "poll-device": DEVICE.flow().read_token,
    "code-pin": PIN.flow().read_device_authorization,
    "code-device": DEVICE.flow().read_device_authorization,
    "name": read_account,
    "refresh": lambda response: DeviceFlow("id", None).read_refresh(Token(Secret("a")), response),
}


@pytest.mark.parametrize("status", PAGE)
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_page_for_people_is_never_the_last_word(read: Callable[[Response], Event], status: int) -> None:
    page = Response(status, {"content-type": "text/html"}, b"<html>Blocked</html>")
    assert isinstance(read(page), TransientError)
