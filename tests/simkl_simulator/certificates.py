"""Good and bad server certificates. The only module that needs the ``cryptography`` package."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import Tuple

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # cryptography announces on import that it will leave Python 3.8
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Pair = Tuple[str, str]
"""Paths of a certificate and its key, as the simulator's ``tls`` takes them."""

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Certificates:
    """``ca``: path of the authority to trust. ``good`` is for localhost and 127.0.0.1, and valid now.

    The others have one thing wrong each; ``unknown_issuer`` comes from an authority outside ``ca``.
    """

    ca: str
    good: Pair
    expired: Pair
    not_yet_valid: Pair
    wrong_name: Pair
    unknown_issuer: Pair


def make_certificates(folder: Path) -> Certificates:
    """Write fresh certificates and keys into ``folder``."""
    now = datetime.now(timezone.utc)
    ca, stranger = _Authority("Simulated CA"), _Authority("Unknown CA")
    path = folder / "ca.pem"
    path.write_bytes(ca.pem)
    current = (now - DAY, now + 30 * DAY)
    return Certificates(
        ca=str(path),
        good=ca.issue(folder / "good", "localhost", current),
        expired=ca.issue(folder / "expired", "localhost", (now - 30 * DAY, now - DAY)),
        not_yet_valid=ca.issue(folder / "not_yet_valid", "localhost", (now + DAY, now + 30 * DAY)),
        wrong_name=ca.issue(folder / "wrong_name", "elsewhere.example", current),
        unknown_issuer=stranger.issue(folder / "unknown_issuer", "localhost", current),
    )


class _Authority:
    """A certificate authority with its key."""

    def __init__(self, name: str) -> None:
        now = datetime.now(timezone.utc)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        public = self._key.public_key()
        self._certificate = (
            _builder(self._name, self._name, public, (now - 60 * DAY, now + 60 * DAY))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, stem: Path, host: str, valid: tuple[datetime, datetime]) -> Pair:
        """A server certificate in ``<stem>.pem`` and its key in ``<stem>.key``."""
        key = ec.generate_private_key(ec.SECP256R1())
        public, authority = key.public_key(), self._key.public_key()
        certificate = (
            _builder(_name(host), self._name, public, valid)
            .add_extension(x509.SubjectAlternativeName(_alternatives(host)), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        paths = stem.with_suffix(".pem"), stem.with_suffix(".key")
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(_key_pem(key))
        return str(paths[0]), str(paths[1])


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, valid: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number(), *valid)


def _alternatives(host: str) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [x509.DNSName(host)]
    return [*names, x509.IPAddress(ip_address("127.0.0.1"))] if host == "localhost" else names


def _key_usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
