"""The port for electronic signatures (电子签名): any provider that turns what is signed into an envelope others can check.

``local`` is the working default: the house's own authority issues a certificate for one signature (Ed25519, the key is
thrown away after it), and the envelope is checked off-line. ``paper`` attests originals signed by hand. A trust service is
added by registering another :class:`Provider`.
"""

from __future__ import annotations

import base64
import datetime as dt
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from trihelix.engines.contracts import signed_text
from trihelix.engines.errors import Refused
from trihelix.kernel.home import home

AUTHORITY = "signing-authority.pem"
YEARS = 20
MINUTES = 10


class Provider(Protocol):
    """Signs a payload (see ``engines.contracts.signed_text``) and gives its envelope; refuses with a reason when it cannot."""

    id: str
    zh: str
    en: str

    def sign(self, payload: Mapping[str, Any]) -> dict[str, Any]: ...


class Local:
    """The house's own authority: a certificate for each signature, in the name of the party and the signer."""

    id, zh, en = "local", "本系统证书签名", "Certificate of this system"

    def sign(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """An envelope with a detached signature over the payload, the certificate, and the authority's."""
        key, root = authority()
        at = dt.datetime.fromisoformat(payload["at"])
        mine = Ed25519PrivateKey.generate()
        name = x509.Name([
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, payload["party"][:60]), x509.NameAttribute(NameOID.COMMON_NAME, payload["signer"][:60]),
        ])  # fmt: skip
        certificate = _issue(name, root.subject, mine, key, at - dt.timedelta(minutes=MINUTES), at + dt.timedelta(minutes=MINUTES), False)
        signature = mine.sign(signed_text.covered(payload))
        return {
            "provider": self.id, "payload": dict(payload), "signature": base64.b64encode(signature).decode(), "certificate": _pem(certificate),
            "chain": [_pem(root)],
        }  # fmt: skip


class Paper:
    """Originals signed by hand; the envelope attests the hash of the text they carry."""

    id, zh, en = "paper", "纸质签署", "Signed on paper"

    def sign(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        return {"provider": self.id, "payload": dict(payload), "signature": "", "certificate": "", "chain": []}


PROVIDERS: dict[str, Provider] = {p.id: p for p in (Local(), Paper())}


def provider(name: str) -> Provider:
    """The provider of a name; refused with the known ones."""
    if name not in PROVIDERS:
        raise Refused.one("unknown_provider", f"没有签名服务 “{name}”；可用：{'、'.join(PROVIDERS)}", field="provider", value=name)
    return PROVIDERS[name]


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _issue(
    subject: x509.Name, issuer: x509.Name, key: Ed25519PrivateKey, by: Ed25519PrivateKey, start: dt.datetime, end: dt.datetime, root: bool
) -> x509.Certificate:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(uuid.uuid4().int >> 1).not_valid_before(start).not_valid_after(end)
    builder = builder.add_extension(x509.BasicConstraints(ca=root, path_length=0 if root else None), critical=True)
    return builder.sign(by, None)


def authority() -> tuple[Ed25519PrivateKey, x509.Certificate]:
    """The authority's key and certificate, made at first use and kept among the secrets of the data folder, readable by its owner only."""
    path = home() / "secrets" / AUTHORITY
    if not path.exists():
        _make(path)
    raw = path.read_bytes()
    key = serialization.load_pem_private_key(raw, None)
    if not isinstance(key, Ed25519PrivateKey):
        raise Refused.one("bad_authority", f"{AUTHORITY} 不是可用的签名根密钥，请从保管处恢复", field="provider")
    return key, x509.load_pem_x509_certificate(raw[raw.index(b"-----BEGIN CERTIFICATE") :])


def _make(path: Path) -> None:
    """Write a new authority whole; of several processes at once, the first one's is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Trihelix signing authority {uuid.uuid4().hex[:8]}")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    certificate = _issue(name, name, key, key, start, start + dt.timedelta(days=366 * (YEARS + 6)), True)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    part = path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(secret + certificate.public_bytes(serialization.Encoding.PEM))
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def root_pem() -> str:
    """The authority's certificate, for publication."""
    return _pem(authority()[1])


def root_fingerprint() -> str:
    """Its SHA-256 fingerprint."""
    return authority()[1].fingerprint(hashes.SHA256()).hex()
