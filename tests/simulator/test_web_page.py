"""The page where a person says yes or no."""

from __future__ import annotations

import pytest
import requests
from simkl_simulator import ManualClock, Simulator

from .calling import DeviceCaller, PinCaller
from .conftest import MakeSimulator


def press(simkl: Simulator, code: str, decision: str) -> requests.Response:
    return requests.post(f"{simkl.url}/pin", data={"code": code, "decision": decision}, timeout=5)


def test_allow_gives_the_token(v1: PinCaller, simkl: Simulator, clock: ManualClock) -> None:
    code = v1.new_code()
    page = press(simkl, code, "allow")
    assert page.status_code == 200
    assert "Allowed" in page.text
    clock.advance(5)
    assert v1.poll(code)["result"] == "OK"


def test_deny_ends_a_v2_code(v2: DeviceCaller, simkl: Simulator) -> None:
    codes = v2.device().json()
    assert "Denied" in press(simkl, codes["user_code"], "deny").text
    assert v2.poll(codes["device_code"]).json()["error"] == "access_denied"


@pytest.mark.parametrize("typed", ["{low}", " {code} ", "{half} {rest}", "{bare}"])
def test_codes_are_found_however_they_are_typed(v2: DeviceCaller, simkl: Simulator, typed: str) -> None:
    code = v2.device().json()["user_code"]
    text = typed.format(low=code.lower(), code=code, half=code[:4], rest=code[5:], bare=code.replace("-", ""))
    assert press(simkl, text, "allow").status_code == 200
    assert simkl.codes() == []


@pytest.mark.parametrize("typed", ["", "ABCDE", "-"])
def test_an_unknown_code_is_told(simkl: Simulator, typed: str) -> None:
    page = press(simkl, typed, "allow")
    assert page.status_code == 404
    assert "There is no code" in page.text


def test_a_code_is_decided_once(v1: PinCaller, simkl: Simulator) -> None:
    code = v1.new_code()
    assert press(simkl, code, "deny").status_code == 200
    assert press(simkl, code, "allow").status_code == 404


def test_a_form_without_a_decision_changes_nothing(v1: PinCaller, simkl: Simulator) -> None:
    code = v1.new_code()
    assert press(simkl, code, "maybe").status_code == 400
    assert simkl.codes() == [code]


@pytest.mark.parametrize("path", ["/pin/{}", "/pin?user_code={}"])
def test_the_address_can_fill_in_the_code(v1: PinCaller, simkl: Simulator, path: str) -> None:
    code = v1.new_code()
    page = requests.get(simkl.url + path.format(code), timeout=5).text
    assert f'value="{code}"' in page
    assert "id-v1 asks for access to the account of Ada." in page


def test_the_bare_page_asks_for_a_code(simkl: Simulator) -> None:
    page = requests.get(f"{simkl.url}/pin", timeout=5)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert 'value=""' in page.text
    assert "Type the code" in page.text


def test_no_html_comes_in_from_outside(make_simkl: MakeSimulator) -> None:
    simkl = make_simkl(account_name="<i>Ada</i>")
    mark = '"><script>alert(1)</script>'
    pages = [
        requests.get(f"{simkl.url}/pin", {"user_code": mark}, timeout=5).text,
        requests.get(f"{simkl.url}/pin/%22%3E%3Cscript%3E", timeout=5).text,
        press(simkl, mark, "allow").text,
        press(simkl, mark, mark).text,
    ]
    for page in pages:
        assert "<script" not in page
        assert "<i>" not in page


def test_the_page_needs_nothing_from_elsewhere(simkl: Simulator) -> None:
    page = requests.get(f"{simkl.url}/pin", timeout=5)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert not any(mark in page.text for mark in ("src=", "<link", "url(", "@import"))
    assert 'name="viewport"' in page.text
