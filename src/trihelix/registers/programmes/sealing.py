"""Sealed applications: encrypted to the key of the call when submitted, opened only with its private key (age format)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pyrage

from trihelix.engines.errors import Refused


def sealed(answers: dict[str, Any], recipient: str) -> str:
    """Encrypted answers as text. Refuses a key that is none."""
    try:
        key = pyrage.x25519.Recipient.from_str(recipient.strip())
    except pyrage.RecipientError as exc:
        raise Refused.one("bad_recipient", "密封公钥无效，应以 age1 开头", field="recipient") from exc
    return base64.b64encode(pyrage.encrypt(json.dumps(answers, ensure_ascii=False, sort_keys=True).encode(), [key])).decode()


def opened(text: str, identity: str) -> dict[str, Any]:
    """The answers behind a sealed text. Refuses a wrong key."""
    try:
        key = pyrage.x25519.Identity.from_str(identity.strip())
        return dict(json.loads(pyrage.decrypt(base64.b64decode(text), [key])))
    except (pyrage.IdentityError, pyrage.DecryptError) as exc:
        raise Refused.one("wrong_key", "私钥无效或与密封公钥不符，不能开启", field="identity") from exc
