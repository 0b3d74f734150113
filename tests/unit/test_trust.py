"""Whose word counts: which file, loaded when, and how often."""

from __future__ import annotations

import ssl
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from real_kodi.waiting import wait_for
from simkl_connect import trust
from simkl_connect.trust import Trust
from simkl_simulator.certificates import Certificates, make_certificates

LIB = Path(__file__).parents[2] / "lib"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def shipped(certificates: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a certifi that comes first on the path."""
    file = tmp_path / "certifi" / "cacert.pem"
    file.parent.mkdir()
    file.write_bytes(Path(certificates.ca).read_bytes())
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return file


def authorities(context: ssl.SSLContext) -> int:
    return context.cert_store_stats()["x509_ca"]


def test_the_authorities_are_those_of_certifi(shipped: Path) -> None:
    assert authorities(Trust().context()) == 1


def test_certifi_itself_is_not_loaded_for_its_file() -> None:
    code = f"import sys; sys.path.insert(0, {str(LIB)!r}); from simkl_connect.trust import Trust; Trust().context()"
    code += "; sys.exit('certifi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_a_certifi_that_keeps_its_file_elsewhere_is_asked(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setitem(sys.modules, "certifi", SimpleNamespace(where=lambda: certificates.ca))  # type: ignore[arg-type]
    assert authorities(Trust().context()) == 1


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_user_may_name_others(certificates: Certificates, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, str(certificates.ca))
    assert authorities(Trust().context()) == 1


def test_they_are_loaded_once(shipped: Path) -> None:
    one = Trust()
    assert one.context() is one.context()


def test_a_file_that_could_not_be_read_is_tried_again(shipped: Path) -> None:
    content = shipped.read_bytes()
    shipped.write_bytes(b"")
    one = Trust()
    with pytest.raises(ssl.SSLError):
        one.context()
    shipped.write_bytes(content)
    assert authorities(one.context()) == 1


def test_loading_ahead_keeps_nobody_waiting_and_is_not_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[ssl.SSLContext] = []
    may_go_on = threading.Event()

    def load() -> ssl.SSLContext:
        assert may_go_on.wait(5.0)
        loads.append(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return loads[-1]

    monkeypatch.setattr(trust, "_load", load)
    one = Trust()
    one.load_ahead()
    may_go_on.set()
    one.context()
    one.load_ahead()
    assert len(loads) == 1


def test_what_goes_wrong_ahead_is_told_to_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    mistakes: list[object] = []
    monkeypatch.setattr(threading, "excepthook", mistakes.append)
    one, before = Trust(), threading.active_count()
    one.load_ahead()
    wait_for(lambda: threading.active_count() == before, "the thread to end")
    with pytest.raises(FileNotFoundError):
        one.context()
    assert mistakes == []
