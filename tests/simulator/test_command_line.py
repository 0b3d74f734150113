"""python -m simkl_simulator"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest
import requests
from simkl_simulator import Simulator
from simkl_simulator.__main__ import main

from .calling import PinCaller

TESTS = Path(__file__).resolve().parent.parent


@pytest.fixture
def served() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "simkl_simulator", "serve", "--client", "a=b=v1", "--client", "tv=v2"]
    options = ["--name", "Grace", "--expires-in", "60", "--interval", "0.5"]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    with subprocess.Popen([*command, *options], env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_serve_says_where_it_is_and_stops_when_told(served: subprocess.Popen[str]) -> None:
    assert served.stdout is not None
    url = served.stdout.readline().strip()
    query = {"client_id": "a=b", "app-name": "test", "app-version": "1"}
    body = requests.get(f"{url}/oauth/pin", query, timeout=5).json()
    assert (body["expires_in"], body["interval"]) == (60, 0.5)
    assert "Grace" in requests.get(f"{url}/pin", timeout=5).text
    served.send_signal(signal.SIGTERM)
    rest = served.stdout.read()
    assert "a=b (v1), tv (v2)" in rest
    assert f"{url}/pin" in rest
    assert "GET /oauth/pin 200 code" in rest
    assert served.wait(timeout=5) == 0


def test_codes_are_listed(v1: PinCaller, simkl: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes", simkl.url]) == 0
    assert capsys.readouterr().out == ""
    codes = [v1.new_code(), v1.new_code()]
    assert main(["codes", f"{simkl.url}/"]) == 0
    assert capsys.readouterr().out.split() == codes


@pytest.mark.parametrize("command", ["approve", "deny"])
def test_a_code_can_be_decided_once(
    v1: PinCaller, simkl: Simulator, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = v1.new_code()
    assert main([command, simkl.url, code.lower()]) == 0
    assert simkl.codes() == []
    assert main([command, simkl.url, code]) == 1
    assert "no such code" in capsys.readouterr().err


def test_the_commands_leave_no_trace_in_the_log(simkl: Simulator) -> None:
    main(["codes", simkl.url])
    assert simkl.requests == []


def test_a_server_that_is_not_there_is_told(simkl: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    simkl.close()
    assert main(["codes", simkl.url]) == 1
    assert simkl.url in capsys.readouterr().err


def test_an_address_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["approve", "nonsense", "ABCDE"]) == 1
    assert "nonsense" in capsys.readouterr().err


@pytest.mark.parametrize("client", ["id", "id=v3", "=v1"])
def test_a_client_needs_an_id_and_a_version(client: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--client", client])
    assert "ID=v1" in capsys.readouterr().err
