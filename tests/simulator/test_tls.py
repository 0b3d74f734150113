"""HTTPS, good and bad certificates, and listeners that never speak."""

from __future__ import annotations

import socket
import ssl
import time
from pathlib import Path

import pytest
import requests
from simkl_simulator import CloseEmpty, Hang, ResetBefore, Simulator, silent_listener
from simkl_simulator.certificates import Certificates, make_certificates

from .calling import PinCaller
from .conftest import MakeSimulator


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def secure(simkl: Simulator, certificates: Certificates) -> PinCaller:
    caller = PinCaller(simkl, "id-v1")
    caller.session.verify = certificates.ca
    return caller


def test_a_good_certificate_is_trusted(make_simkl: MakeSimulator, certificates: Certificates) -> None:
    simkl = make_simkl(tls=certificates.good)
    assert simkl.url.startswith("https://127.0.0.1:")
    caller = secure(simkl, certificates)
    assert [len(caller.new_code()) for _ in range(2)] == [5, 5]
    assert simkl.connections == 1


def test_a_good_certificate_satisfies_the_strictest_check(
    make_simkl: MakeSimulator, certificates: Certificates
) -> None:
    context = ssl.create_default_context(cafile=certificates.ca)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    port = int(make_simkl(tls=certificates.good).url.rsplit(":", 1)[1])
    for host in ("127.0.0.1", "localhost"):
        with socket.create_connection(("127.0.0.1", port)) as plain:
            context.wrap_socket(plain, server_hostname=host).close()


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("expired", "certificate has expired"),
        ("not_yet_valid", "certificate is not yet valid"),
        ("wrong_name", "127.0.0.1"),
        ("unknown_issuer", "unable to get local issuer certificate"),
    ],
)
def test_a_bad_certificate_is_bad_in_one_way(
    make_simkl: MakeSimulator, certificates: Certificates, kind: str, reason: str
) -> None:
    simkl = make_simkl(tls=getattr(certificates, kind))
    with pytest.raises(requests.exceptions.SSLError, match=reason):
        secure(simkl, certificates).new_code()
    assert (simkl.connections, simkl.requests) == (1, [])


def test_a_ready_context_will_do(make_simkl: MakeSimulator, certificates: Certificates) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificates.good)
    assert secure(make_simkl(tls=context), certificates).get("/pin").status_code == 200


@pytest.mark.parametrize("fault", [ResetBefore(), CloseEmpty()], ids=repr)
def test_faults_work_under_tls(
    make_simkl: MakeSimulator, certificates: Certificates, fault: ResetBefore | CloseEmpty
) -> None:
    simkl = make_simkl(tls=certificates.good)
    simkl.fault("/", fault)
    caller = secure(simkl, certificates)
    with pytest.raises(requests.ConnectionError):
        caller.get("/pin")
    assert caller.get("/pin").status_code == 200


def test_an_unfinished_handshake_holds_up_nobody(make_simkl: MakeSimulator, certificates: Certificates) -> None:
    simkl = make_simkl(tls=certificates.good)
    simkl.fault("/hang", Hang())
    port = int(simkl.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as mute:
        assert secure(simkl, certificates).get("/pin").status_code == 200
        before = time.monotonic()
        simkl.close()
        assert time.monotonic() - before < 5.0
        assert mute.recv(1) == b""


def test_plain_http_to_a_tls_port_fails(make_simkl: MakeSimulator, certificates: Certificates) -> None:
    simkl = make_simkl(tls=certificates.good)
    with pytest.raises(requests.ConnectionError):
        requests.get(simkl.url.replace("https", "http"), timeout=5)
    assert simkl.requests == []


def test_a_silent_listener_accepts_and_never_speaks() -> None:
    with silent_listener() as silence:
        for url in (silence.http, silence.https):
            with pytest.raises(requests.ReadTimeout):
                requests.get(url, timeout=0.1)


def test_a_full_listener_does_not_even_accept() -> None:
    with silent_listener(accepts=False) as silence, pytest.raises(requests.ConnectTimeout):
        requests.get(silence.https, timeout=0.3)


def test_a_silent_listener_ends() -> None:
    with silent_listener() as silence:
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((silence.host, silence.port))


def test_keys_and_certificates_are_files(certificates: Certificates) -> None:
    for path in (certificates.ca, *certificates.good):
        assert Path(path).read_bytes().startswith(b"-----BEGIN ")
