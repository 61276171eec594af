"""Sealed submissions: one key a lot, its secret wrapped for each pair of three keepers by nested encryption. Pure; age format.

The secret exists only while the lot's key is made. A keeper takes off the outer layer with a private key that never reaches
the server, a second keeper the inner one. Any two of three can open; losing two keys loses what was submitted. Sealed bids and
sealed applications are the same to this module: bytes to a public key, a digest as the receipt, a text after the opening.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Sequence

import pyrage

from trihelix.engines.errors import Refused

HEADER = b"age-encryption.org/v1"
KEEPERS = 3


def recipient(text: str, field: str = "keepers") -> pyrage.x25519.Recipient:
    """A public key; refused unless it is an age X25519 key."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as exc:
        raise Refused.one("bad_recipient", "公钥无效；应为以 age1 开头的一串字符", field=field, value=text) from exc


def new_lot(keepers: Sequence[str]) -> tuple[str, dict[str, str]]:
    """``(public key of the lot, {"0+1": wrapped, …})`` for exactly three different keepers' public keys."""
    keys = [recipient(k) for k in keepers]
    if len(keys) != KEEPERS or len({str(k) for k in keys}) != KEEPERS:
        raise Refused.one("three_keepers", "须指定三位不同保管人的公钥", field="keepers", value=len(keys))
    lot = pyrage.x25519.Identity.generate()
    wrapped = {}
    for i, j in itertools.combinations(range(KEEPERS), 2):
        inner = pyrage.encrypt(str(lot).encode(), [keys[i]])
        wrapped[f"{i}+{j}"] = base64.b64encode(pyrage.encrypt(inner, [keys[j]])).decode()
    return str(lot.to_public()), wrapped


def peel(blob: str, secret: str) -> str:
    """Take one layer off with a keeper's private key: base64 in; the inner layer, or at last the lot's secret key, out."""
    try:
        identity = pyrage.x25519.Identity.from_str(secret.strip())
        plain = pyrage.decrypt(base64.b64decode(blob), [identity])
    except (pyrage.IdentityError, pyrage.DecryptError, ValueError) as exc:
        raise Refused.one("cannot_open", "此私钥打不开这一层，请核对保管人与顺序", field="secret") from exc
    return plain.decode() if plain.startswith(b"AGE-SECRET-KEY-") else base64.b64encode(plain).decode()


def identity_of(secret: str, public: str) -> pyrage.x25519.Identity:
    """The lot's secret key, checked against its public key."""
    try:
        found = pyrage.x25519.Identity.from_str(secret.strip())
    except pyrage.IdentityError as exc:
        raise Refused.one("bad_lot_key", "密封私钥无效；应为以 AGE-SECRET-KEY- 开头的一串字符", field="lot_key") from exc
    if str(found.to_public()) != public:
        raise Refused.one("wrong_lot_key", "密封私钥与公布的密封公钥不符", field="lot_key")
    return found


def sealed(text: str) -> tuple[bytes, str]:
    """``(bytes, SHA-256)`` of a sealed submission sent as base64; refused unless encrypted in age format."""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except ValueError as exc:
        raise Refused.one("not_sealed", "密封内容应为 age 加密后的 base64 文本", field="sealed") from exc
    if not raw.startswith(HEADER):
        raise Refused.one("not_sealed", "内容未加密；请先用公布的密封公钥加密（trihelix seal）再提交", field="sealed")
    return raw, digest(raw)


def digest(raw: bytes) -> str:
    """SHA-256 of what was submitted, the receipt."""
    return hashlib.sha256(raw).hexdigest()


def text_in(raw: bytes, lot: pyrage.x25519.Identity) -> tuple[str, str]:
    """``(text, "")``, or ``("", why it cannot be read)``."""
    try:
        return pyrage.decrypt(raw, [lot]).decode("utf-8").strip(), ""
    except pyrage.DecryptError:
        return "", "不能用密封私钥解密"
    except UnicodeDecodeError:
        return "", "内容不是 UTF-8 文本"
