"""What a draw commits to: digests and the seed, without any solver, so that a checker can recompute them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

METHOD = "trihelix-draw-v1"


def marginals_of(answer: Mapping[str, Any]) -> str:
    """SHA-256 over the published probabilities."""
    return hashlib.sha256(
        json.dumps(answer["probabilities"], ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    ).hexdigest()


def seed_of(commit: str, problem: str, marginals: str, beacon: str) -> bytes:
    """The seed: the published commitment, the digests of problem and marginals, and the later public value, joined unambiguously."""
    parts = (METHOD, commit, problem, marginals, beacon)
    raw = [p.encode("utf-8", "surrogatepass") for p in parts]
    return hashlib.sha256(b"".join(len(p).to_bytes(8, "big") + p for p in raw)).digest()
