"""Signed texts (签名合同文本): a text, its hash, and the detached signatures over it, in one zip that is checked off-line.

An envelope is ``{"provider", "payload", "signature", "certificate", "chain"}``. ``payload`` says what was signed (kind, document,
version, text_sha256, side, party, signer, at); its canonical JSON is what the signature covers. The local provider signs with
Ed25519 under an X.509 certificate that the house's own authority issued for this one signature. ``paper`` envelopes carry no
signature: they attest that originals with this hash were signed by hand.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from trihelix.engines import chain, packing

KIND = "trihelix-signed-text"
SIDES = ("buyer", "seller")
PAYLOAD = ("kind", "document", "version", "text_sha256", "side", "party", "signer", "at")
_LIMIT = 50 * 1024 * 1024


def covered(payload: Mapping[str, Any]) -> bytes:
    """The bytes that a signature covers."""
    return chain.canonical(dict(payload))


def fingerprint(pem: str) -> str:
    """SHA-256 fingerprint of a certificate, to compare with the one the house publishes."""
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex()


def fault_of(envelope: Mapping[str, Any], text_sha256: str) -> str:
    """Why an envelope does not hold for a text; empty when it does. Certificates are judged at the moment of signing."""
    try:
        payload = envelope["payload"]
        if set(payload) != set(PAYLOAD) or payload["kind"] != KIND:
            return "签名内容不完整"
        if payload["text_sha256"] != text_sha256:
            return "签名所指的文本不是这一份"
        if envelope["provider"] == "paper":
            return ""
        certificate = x509.load_pem_x509_certificate(envelope["certificate"].encode())
        root = x509.load_pem_x509_certificate(envelope["chain"][0].encode())
        at = datetime.fromisoformat(payload["at"])
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            return "签名时间不在证书有效期内"
        certificate.verify_directly_issued_by(root)
        named = certificate.subject.rfc4514_string()
        if payload["party"][:60] not in str([a.value for a in certificate.subject]):
            return f"证书的主体（{named}）不是签名方"
        key = certificate.public_key()
        if not isinstance(key, Ed25519PublicKey):
            return "不支持的密钥类型"
        key.verify(base64.b64decode(envelope["signature"], validate=True), covered(payload))
    except InvalidSignature:
        return "签名或证书链与内容不符"
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as exc:
        return f"签名不可读：{exc!r}"
    return ""


def write(text: str, envelopes: Sequence[Mapping[str, Any]], document: Mapping[str, Any], extra: Mapping[str, bytes]) -> bytes:
    """The zip: ``text.md``, ``signatures.json``, what ``extra`` adds (the Word file), and a manifest of hashes. Deterministic."""
    members = {"text.md": text.encode(), "signatures.json": chain.canonical(list(envelopes)), **extra}
    return packing.pack(KIND, members, document=dict(document))


def is_signed_text(raw: bytes) -> bool:
    """Whether bytes look like a signed text."""
    return packing.is_kind(raw, KIND)


def verify(raw: bytes) -> dict[str, Any]:
    """``{"ok", "subject", "text_sha256", "signers", "roots", "faults": [{"fault", "where", "message"}]}``.

    Refused (``bad_bundle``) when it is no signed text at all; every other finding is a fault. ``roots`` are fingerprints to
    compare with those published by the house: whoever can swap the whole file could also swap its authority.
    """
    members, manifest = packing.unpack(raw, KIND, "签名合同包", _LIMIT)
    faults = list(packing.altered(members, manifest))
    digest = hashlib.sha256(members.get("text.md", b"")).hexdigest()
    try:
        envelopes = json.loads(members.get("signatures.json", b"null"))
    except ValueError:
        envelopes = None
    signers, roots = [], set()
    for n, envelope in enumerate(envelopes if isinstance(envelopes, list) else []):
        if message := fault_of(envelope, digest):
            faults.append(packing.fault("signature_invalid", f"signatures[{n}]", message))
            continue
        payload = envelope["payload"]
        signers.append({k: payload[k] for k in ("side", "party", "signer", "at")} | {"provider": envelope["provider"]})
        roots |= {fingerprint(c) for c in envelope.get("chain") or ()}
    for side in SIDES:
        if side not in {s["side"] for s in signers}:
            faults.append(packing.fault("side_unsigned", side, f"缺少有效的{'受让方' if side == 'buyer' else '让与方'}签名"))
    document = manifest.get("document") or {}
    return {
        "ok": not faults, "subject": f"{document.get('number')} v{document.get('version')} {document.get('title')}", "text_sha256": digest,
        "signers": signers, "roots": sorted(roots), "faults": faults,
    }  # fmt: skip
