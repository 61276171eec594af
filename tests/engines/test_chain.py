"""The hash chain: canonical bytes, proofs, and every kind of tampering named at its place."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines.chain import GENESIS, Sealed, canonical, check_proof, digest, link, merkle_proof, merkle_root, token, verify

pytestmark = pytest.mark.nodb
leaf = st.integers(0, 2**256 - 1).map(lambda n: f"{n:064x}")


def seal(seq, content, previous):
    return Sealed(seq, content, digest(content), previous, link(previous, digest(content)))


def chain(n):
    out: list[Sealed] = []
    for i in range(1, n + 1):
        out.append(seal(i, {"act": f"第{i}步", "n": i}, out[-1].hash if out else GENESIS))
    return out


def named(entries, **more):
    return [(f.kind, f.seq) for f in verify(entries, **more)]


def test_canonical_bytes_do_not_depend_on_order():
    assert canonical({"b": 1, "a": "字"}) == '{"a":"字","b":1}'.encode()
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1}) != digest({"a": 2, "b": 1.5})
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(float("nan"))


def test_known_hashes():
    assert digest({}) == hashlib.sha256(b"{}").hexdigest()
    assert link(GENESIS, digest({})) == hashlib.sha256(bytes(32) + hashlib.sha256(b"{}").digest()).hexdigest()
    assert merkle_root([]) == hashlib.sha256(b"").hexdigest()
    assert merkle_root(["00" * 32]) == hashlib.sha256(b"\0" + bytes(32)).hexdigest()


def test_a_token_needs_salt_and_value():
    assert token("ab" * 16, "13800000000") == token("ab" * 16, "13800000000")
    assert len({token("ab" * 16, "13800000000"), token("ac" * 16, "13800000000"), token("ab" * 16, "13800000001")}) == 3
    assert token("ab" * 16, "13800000000") != hashlib.sha256(b"13800000000").hexdigest()


@given(st.lists(leaf, min_size=1, max_size=20, unique=True), st.data())
def test_a_proof_holds_for_its_leaf_only(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, proof = merkle_root(leaves), merkle_proof(leaves, index)
    assert check_proof(leaves[index], proof, root)
    other = data.draw(leaf.filter(lambda x: x != leaves[index]))
    assert not check_proof(other, proof, root)
    assert not check_proof(leaves[index], proof, merkle_root([*leaves, other]))


@given(st.lists(leaf, min_size=2, max_size=20, unique=True))
def test_order_and_count_change_the_root(leaves):
    assert merkle_root(leaves) != merkle_root(leaves[::-1])
    assert merkle_root(leaves) != merkle_root(leaves[:-1])


def test_a_node_never_passes_for_a_leaf():
    leaves = ["11" * 32, "22" * 32]
    inner = hashlib.sha256(b"\0" + bytes.fromhex(leaves[0])).hexdigest() + hashlib.sha256(b"\0" + bytes.fromhex(leaves[1])).hexdigest()
    assert merkle_root([inner]) != merkle_root(leaves)


def test_no_proof_outside_the_leaves():
    with pytest.raises(IndexError):
        merkle_proof(["11" * 32], 1)


@given(st.integers(0, 12))
def test_a_whole_chain_has_no_fault(n):
    entries = chain(n)
    assert named(entries) == []
    assert named(entries, head=(n, entries[-1].hash if entries else GENESIS)) == []
    assert named(entries[n // 2 :], start=(n // 2, entries[n // 2 - 1].hash if n // 2 else GENESIS)) == []


@given(st.integers(2, 10), st.data())
def test_an_altered_entry_is_named(n, data):
    entries, i = chain(n), data.draw(st.integers(0, n - 1))
    content = {**entries[i].content, "n": -1}
    entries[i] = replace(entries[i], content=content)
    assert named(entries) == [("altered", i + 1)]
    entries[i] = replace(entries[i], digest=digest(content))
    assert named(entries) == [("altered", i + 1)]


@given(st.integers(2, 10), st.data())
def test_a_replaced_entry_breaks_the_link_after_it(n, data):
    entries, i = chain(n), data.draw(st.integers(0, n - 2))
    entries[i] = seal(i + 1, {"act": "另一件事"}, entries[i].previous)
    assert named(entries) == [("altered", i + 1)]


@given(st.integers(2, 10), st.data())
def test_a_deleted_entry_is_named_and_renumbering_does_not_hide_it(n, data):
    entries, i = chain(n), data.draw(st.integers(0, n - 2))
    rest = entries[:i] + entries[i + 1 :]
    assert named(rest) == [("deleted", i + 1)]
    renumbered = [replace(e, seq=k + 1) for k, e in enumerate(rest)]
    assert named(renumbered) == [("altered", i or 1)]


@given(st.integers(2, 10), st.data())
def test_an_inserted_entry_is_named(n, data):
    entries, i = chain(n), data.draw(st.integers(1, n - 1))
    false = seal(i + 1, {"act": "伪造"}, entries[i - 1].hash)
    shifted = [*entries[:i], false, *(replace(e, seq=e.seq + 1) for e in entries[i:])]
    assert named(shifted) == [("inserted", i + 1)]
    doubled = [*entries[:i], false, *entries[i:]]
    assert ("inserted", i + 1) in named(doubled)


@given(st.integers(1, 10), st.data())
def test_a_cut_tail_and_a_rewritten_chain_show_against_the_head(n, data):
    entries, kept = chain(n), data.draw(st.integers(0, n - 1))
    head = (n, entries[-1].hash)
    assert named(entries[:kept]) == []
    assert named(entries[:kept], head=head) == [("cut", kept + 1)]
    rewritten: list[Sealed] = []
    for i in range(n + 2):
        rewritten.append(seal(i + 1, {"act": "重写", "n": i}, rewritten[-1].hash if rewritten else GENESIS))
    assert named(rewritten, head=head) == [("cut", n)]
