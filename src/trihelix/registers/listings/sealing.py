"""Sealed bids: one key a lot, its secret wrapped for each pair of three keepers by nested encryption. Pure; age format.

The secret exists only while the lot's key is made. A keeper takes off the outer layer with a private key that never reaches
the server, a second keeper the inner one. Any two of three can open; losing two keys loses the bids.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyrage

from trihelix.engines.errors import Refused
from trihelix.engines.money import parse_money

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
        raise Refused.one("bad_lot_key", "标段私钥无效；应为以 AGE-SECRET-KEY- 开头的一串字符", field="lot_key") from exc
    if str(found.to_public()) != public:
        raise Refused.one("wrong_lot_key", "标段私钥与本标段公钥不符", field="lot_key")
    return found


def sealed(text: str) -> bytes:
    """The bytes of a sealed bid sent as base64; refused unless encrypted in age format."""
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except ValueError as exc:
        raise Refused.one("not_sealed", "密封报价应为 age 加密后的 base64 文本", field="sealed") from exc
    if not raw.startswith(HEADER):
        raise Refused.one("not_sealed", "报价未加密；请先用标段公钥加密再提交", field="sealed")
    return raw


def price_in(raw: bytes, lot: pyrage.x25519.Identity) -> tuple[int | None, str]:
    """``(price in fen, "")``, or ``(None, why the bid is void)``. A bid is ``{"price_wan": …}`` or a money text such as 120万元."""
    try:
        text = pyrage.decrypt(raw, [lot]).decode("utf-8").strip()
        given: Any = json.loads(text) if text.startswith("{") else {"price_wan": text}
        if not isinstance(given, Mapping) or "price_wan" not in given:
            return None, "缺少 price_wan"
        return parse_money(
            given["price_wan"] if isinstance(given["price_wan"], str) else str(given["price_wan"]), "wan", field="price_wan"
        ), ""
    except (pyrage.DecryptError, UnicodeDecodeError):
        return None, "不能用标段密钥解密"
    except (Refused, ValueError) as fault:
        return None, fault.problems[0].message if isinstance(fault, Refused) else "内容无法读取"
