"""Hash chain, Merkle tree and keyed hashes: the arithmetic under the journal.

Canonical form: JSON, keys sorted, no spaces, UTF-8. Hashes are SHA-256, lower-case hex. Merkle leaves and nodes carry
different prefixes (RFC 6962 §2.1), so that a node can never pass for a leaf.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


def canonical(value: Any) -> bytes:
    """The bytes that are hashed: equal values give equal bytes on every machine."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


def link(previous: str, entry_digest: str) -> str:
    """The hash of a link: over the previous hash and the entry's digest."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(entry_digest)).hexdigest()


def token(salt: str, value: str) -> str:
    """HMAC-SHA-256 of a personal value under its own random salt (hex): without salt and value it says nothing."""
    return hmac.new(bytes.fromhex(salt), value.encode(), hashlib.sha256).hexdigest()


def _leaf(item: str) -> bytes:
    return hashlib.sha256(b"\x00" + bytes.fromhex(item)).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _levels(leaves: Sequence[str]) -> list[list[bytes]]:
    levels = [[_leaf(x) for x in leaves]]
    while len(levels[-1]) > 1:
        row = levels[-1]
        nodes = [_node(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        levels.append(nodes + ([row[-1]] if len(row) % 2 else []))
    return levels


def merkle_root(leaves: Sequence[str]) -> str:
    """Root over leaf digests in order; the root of nothing is the hash of the empty string."""
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    return _levels(leaves)[-1][0].hex()


def merkle_proof(leaves: Sequence[str], index: int) -> list[tuple[str, str]]:
    """Steps ``(side, hash)`` that lead from leaf ``index`` to the root; ``side`` is where the sibling stands."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    proof: list[tuple[str, str]] = []
    for level in _levels(leaves)[:-1]:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(("left" if sibling < index else "right", level[sibling].hex()))
        index //= 2
    return proof


def check_proof(leaf: str, proof: Iterable[tuple[str, str]], root: str) -> bool:
    """Whether a leaf digest belongs under a root."""
    value = _leaf(leaf)
    for side, other in proof:
        value = _node(bytes.fromhex(other), value) if side == "left" else _node(value, bytes.fromhex(other))
    return hmac.compare_digest(value.hex(), root)


@dataclass(frozen=True)
class Sealed:
    """One sealed entry as exported: its place, its content, the digest and the two hashes that link it."""

    seq: int
    content: Any
    digest: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Fault:
    """What is wrong with the chain and where: altered, deleted, inserted or cut."""

    kind: str
    seq: int
    message: str


def verify(entries: Iterable[Sealed], head: tuple[int, str] | None = None, start: tuple[int, str] = (0, GENESIS)) -> list[Fault]:
    """Replay a chain from ``start``; ``head`` is the (seq, hash) noted elsewhere, so that a cut tail or a rewritten chain shows.

    An entry replaced together with its hashes cannot be told from one deleted with the rest renumbered; both are
    reported where the links part. Entries are read once and none is kept, so a chain of any length may be streamed.
    """
    faults: list[Fault] = []
    seq, previous = start
    before = ""  # the hash before the last entry: what a successor still names when the last entry was slipped in
    headless = head is not None and head[0] > 0
    for entry in entries:
        faults += _faults(entry, seq, previous, before)
        if head is not None and entry.seq == head[0] and entry.hash == head[1]:
            headless = False
        seq, previous, before = entry.seq, entry.hash, previous
    if head is not None and headless:
        faults.append(Fault("cut", min(seq + 1, head[0]), f"链与外部记录的链头（第 {head[0]} 号）不符：末尾被截断，或整链被改写"))
    return faults


def _faults(entry: Sealed, seq: int, previous: str, before: str) -> Iterator[Fault]:
    if entry.seq > seq + 1:
        yield Fault("deleted", seq + 1, f"第 {seq + 1} 至 {entry.seq - 1} 号条目缺失")
    elif entry.seq <= seq:
        yield Fault("inserted", entry.seq, f"第 {entry.seq} 号条目重复出现")
    elif entry.previous != previous and entry.previous == before:
        yield Fault("inserted", seq, f"第 {seq} 号条目是插入的：第 {entry.seq} 号仍接在它之前的条目上")
    elif entry.previous != previous and link(entry.previous, entry.digest) == entry.hash:
        yield Fault("altered", seq or entry.seq, f"第 {seq} 号与第 {entry.seq} 号条目不衔接：前者被替换，或两者之间有条目被删除")
    if digest(entry.content) != entry.digest:
        yield Fault("altered", entry.seq, f"第 {entry.seq} 号条目的内容被改动")
    if link(entry.previous, entry.digest) != entry.hash:
        yield Fault("altered", entry.seq, f"第 {entry.seq} 号条目的摘要与封条不符")
