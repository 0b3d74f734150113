"""What holds for every answer, whatever a server sends: found by trying thousands."""

from __future__ import annotations

import json
import re
from typing import Callable, get_args

import pytest
from chances import (
    CANARY,
    GOOD,
    OLD,
    header_values,
    json_values,
    likely_responses,
    numbers,
    responses,
    spoilt_bodies,
    steady,
    words,
)
from flow_cases import CLIENT_ID, NOW, answer
from hypothesis import event, given
from hypothesis import strategies as st
from simkl_connect.api import parsing as reading
from simkl_connect.api.parsing import LONGEST_RETRY_AFTER, clean_text, read_verification_uri, retry_after
from simkl_connect.api.users import read_account
from simkl_connect.auth import device_flow as oauth2
from simkl_connect.auth.device_flow import DeviceFlow
from simkl_connect.auth.events import CodeIssued, Event, Granted, GrantEnded, Identified, Refreshed
from simkl_connect.auth.phases import Phase
from simkl_connect.auth.pin_flow import PinFlow
from simkl_connect.errors import PermanentError, Problem, TransientError
from simkl_connect.http.messages import Response
from simkl_connect.models import Account, DeviceAuthorization, Secret, Token
from simkl_connect.storage.journal import Journal
from simkl_connect.ui.view import View

DEVICE = DeviceFlow(CLIENT_ID, Secret("verifier"), lambda: NOW)
PIN = PinFlow(CLIENT_ID)
READERS: dict[str, Callable[[Response], Event]] = {
    "code-pin": PIN.read_device_authorization,
    "code-device": DEVICE.read_device_authorization,
    "poll-pin": PIN.read_token,
    "poll-device": DEVICE.read_token,
    "refresh": lambda response: DEVICE.read_refresh(OLD, response),
    "revoke": DEVICE.read_revocation,
    "name": read_account,
}
MARKUP = re.compile(r"\[/?(?:B|I|LIGHT|UPPERCASE|LOWERCASE|CAPITALIZE|CR|TABS|COLOR)\b[^\]]*\]", re.IGNORECASE)
EVALUATED = re.compile(r"\$(INFO|ESCINFO|VAR|ESCVAR|LOCALIZE|NUMBER|ADDON|FEATURE|EXP|PARAM)\[")
"""What Kodi 19 to 22 replaces in a label (``xbmc/guilib/guiinfo/GUIInfoLabel.cpp``) and in a skin's includes."""
pieces = st.lists(
    st.sampled_from(
        ["$", "$", "IN", "FO", "INFO", "VAR", "ESC", "LOCALIZE", "[", "]", "[B]", "[/COLOR]", "x", " ", "\0"]
    ),
    max_size=20,
).map("".join)
SIMKL = re.compile(r"https://([a-z0-9-]+\.)*simkl\.com(:443)?:?([/?#][!-~]*)?", re.IGNORECASE)


def check_text(text: str, longest: int) -> None:
    """It can be drawn on one line, and has nothing in it that Kodi evaluates."""
    assert len(text) <= longest
    assert text.isprintable()
    assert not MARKUP.search(text)
    assert not EVALUATED.search(text)


def check_address(address: str) -> None:
    assert SIMKL.fullmatch(address), address
    assert len(address) <= 200 + len("?user_code=") + 16
    assert not set(address) & set("[]\\")


def check_token(token: Token) -> None:
    for secret in (token.access_token, token.refresh_token):
        assert secret is None or re.fullmatch(r"[!-~]{1,4096}", secret.reveal())
    assert token.client_id == CLIENT_ID
    assert token.expires_at is None or NOW + 1.0 <= token.expires_at <= NOW + oauth2.LONGEST_TOKEN_EXPIRES_IN
    check_text(token.scope, 200)


def check_authorization(code: DeviceAuthorization) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", code.user_code.reveal())
    assert len(code.user_code.reveal()) <= 16
    check_address(code.verification_uri)
    check_address(code.verification_uri_complete.reveal())
    assert 1.0 <= code.expires_in <= reading.LONGEST_EXPIRES_IN
    assert 1.0 <= code.interval <= reading.LONGEST_INTERVAL


def check_trouble(read: TransientError) -> None:
    assert isinstance(read.problem, Problem)
    assert read.retry_after is None or 0.0 <= read.retry_after <= LONGEST_RETRY_AFTER
    check_text(read.detail, 120)


def check_refusal(read: PermanentError) -> None:
    assert isinstance(read.problem, Problem)
    check_text(read.server_message, 120)
    check_text(read.detail, 120)


def check_account(found: Account) -> None:
    assert found.name
    check_text(found.name, 60)
    check_text(found.account_id, 32)


def check(read: Event) -> None:
    """What holds for every answer, whatever it was read from."""
    assert isinstance(read, get_args(Event))
    if isinstance(read, CodeIssued):
        check_authorization(read.authorization)
    elif isinstance(read, (Granted, Refreshed)):
        check_token(read.token)
    elif isinstance(read, TransientError):
        check_trouble(read)
    elif isinstance(read, PermanentError):
        check_refusal(read)
    elif isinstance(read, Identified):
        check_account(read.account)
    elif isinstance(read, GrantEnded):
        check_text(read.detail, 120)


def without_what_is_shown(read: Event) -> Event:
    """The answer without the server's words that are meant for the screen, or for nobody but are no secret."""
    if isinstance(read, PermanentError):
        return read._replace(server_message="")
    if isinstance(read, Identified):
        return Identified(Account(""))
    if isinstance(read, (Granted, Refreshed)):
        return read._replace(token=read.token._replace(scope=""))
    if isinstance(read, CodeIssued):
        return CodeIssued(read.authorization._replace(verification_uri=""))
    return read


def holds_its_tongue(reader: str, response: Response) -> None:
    read = READERS[reader](response)
    event(f"{reader}: {type(read).__name__}")
    check(read)
    silent = without_what_is_shown(read)
    assert CANARY not in f"{silent!r} {silent} {[silent]}"


@pytest.mark.parametrize("reader", READERS)
@steady(150)
@given(data=st.data())
def test_a_spoilt_response_is_read_as_an_answer_that_holds_its_tongue(reader: str, data: st.DataObject) -> None:
    holds_its_tongue(reader, data.draw(likely_responses(reader)))


codes_to_show = st.one_of(
    st.text("ABZ09-", max_size=30),
    st.text(st.characters(max_codepoint=255), max_size=20),
    st.sampled_from(["[B]A[/B]", "A/../B", "A\nB", "A" * 17, "A" * 5000, "\u0410"]),
)


@pytest.mark.parametrize("reader", ["code-pin", "code-device"])
@steady(200)
@given(code=codes_to_show)
def test_a_code_that_comes_out_can_be_shown(reader: str, code: str) -> None:
    read = READERS[reader](answer({**GOOD[reader][0], "user_code": code}))
    event(type(read).__name__)
    check(read)


@steady(200)
@given(st.one_of(numbers, numbers.map(str)))
def test_a_number_that_comes_out_is_within_bounds(number: object) -> None:
    for reader in ("code-pin", "code-device", "poll-device", "refresh"):
        read = READERS[reader](answer({**GOOD[reader][0], "interval": number, "expires_in": number}))
        assert isinstance(read, (CodeIssued, Granted, Refreshed))
        check(read)


@steady(250)
@given(responses)
def test_any_response_is_read_as_an_answer_that_holds_its_tongue(response: Response) -> None:
    for reader in READERS:
        holds_its_tongue(reader, response)


@steady(400)
@given(
    st.one_of(words, json_values, st.text(), st.text("[]/BICROLacr \x00\n", max_size=60), pieces), st.integers(1, 80)
)
def test_text_from_the_server_can_always_be_drawn(value: object, longest: int) -> None:
    check_text(clean_text(value, longest), longest)


hosts = st.one_of(
    st.sampled_from(["simkl.com", "tv.simkl.com", "evilsimkl.com", "simkl.com.evil.example", "simkl.com@evil.example"]),
    st.builds("{}{}simkl.com".format, st.text(max_size=10), st.sampled_from([".", "", ";.", "%2f.", "/", "@"])),
    st.builds("simkl.com{}".format, st.text(max_size=10)),
)
addresses = st.one_of(
    st.builds("{}://{}/{}".format, st.sampled_from(["https", "HTTPS", "http", "javascript"]), hosts, words),
    st.builds("https:{}{}".format, st.text("/\\@:.?#", max_size=6), hosts),
    json_values,
)


@steady(600)
@given(addresses)
def test_an_address_is_simkls_or_the_known_one(value: object) -> None:
    check_address(read_verification_uri(value))


@steady(600)
@given(header_values, header_values)
def test_a_pause_is_none_or_within_a_day(pause: str, date: str) -> None:
    seconds = retry_after(Response(429, {"retry-after": pause, "date": date}))
    assert seconds is None or 0.0 <= seconds <= LONGEST_RETRY_AFTER


@steady(300)
@given(st.one_of(st.text(), json_values.map(json.dumps), spoilt_bodies().map(json.dumps)))
def test_whatever_stands_where_the_view_is_published_is_a_view_or_none(text: str) -> None:
    view = View.from_json(text)
    assert view is None or isinstance(view, View)


views = st.builds(
    View,
    request=st.text(),
    phase=st.sampled_from([phase.value for phase in Phase]),
    user_code=words,
    verification_uri=words,
    expires_in=st.floats(0, 3600),
    deadline=st.one_of(st.none(), st.floats(0, 1e9)),
    account_name=words,
    problem=st.one_of(st.none(), st.sampled_from([problem.value for problem in Problem])),
    server_message=words,
)


@steady(200)
@given(views)
def test_a_view_travels_unchanged(view: View) -> None:
    assert View.from_json(view.to_json()) == view


@steady(150)
@given(st.one_of(st.binary(), json_values.map(lambda value: json.dumps(value).encode())))
def test_a_journal_reads_whatever_stands_in_its_file(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "journal.json"
    path.write_bytes(content)
    values = Journal(str(path)).read()
    assert all(isinstance(text, str) for pair in values.items() for text in pair)
