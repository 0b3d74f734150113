"""Whose word counts: which file, loaded when, and how often."""

from __future__ import annotations

import ssl
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from real_kodi.waiting import wait_for
from simkl_connect.http import trust
from simkl_connect.http.trust import CERTIFI_MODULE, Trust
from simkl_simulator.certificates import Certificates, make_certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def shipped(certificates: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of Kodi's certifi."""
    folder = tmp_path / CERTIFI_MODULE / "lib"
    file = folder / "certifi" / "cacert.pem"
    file.parent.mkdir(parents=True)
    file.write_bytes(Path(certificates.ca).read_bytes())
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    return file


def authorities(context: ssl.SSLContext) -> int:
    return context.cert_store_stats()["x509_ca"]


def test_the_authorities_are_those_of_certifi(shipped: Path) -> None:
    assert authorities(Trust().context()) == 1


def test_certifi_itself_is_not_loaded_for_its_file(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "certifi", None)  # type: ignore[arg-type]  # to import it is an error now
    assert authorities(Trust().context()) == 1


def test_another_certifi_is_asked_where_its_file_is(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_loading_ahead_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[ssl.SSLContext] = []
    may_go_on = threading.Event()

    def load() -> ssl.SSLContext:
        assert may_go_on.wait(5.0)
        loads.append(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return loads[-1]

    monkeypatch.setattr(trust, "_load", load)
    one = Trust()
    one.load_ahead()
    assert not loads
    may_go_on.set()
    wait_for(lambda: loads, "the load ahead")
    assert one.context() is loads[0]


def test_what_is_there_is_not_loaded_ahead_again(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Trust()
    one.context()
    monkeypatch.setattr(threading, "Thread", None)  # to start one is an error now
    one.load_ahead()


def test_where_no_thread_is_to_be_had_it_is_loaded_when_asked_for(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    one = Trust()
    one.load_ahead()
    assert authorities(one.context()) == 1


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
