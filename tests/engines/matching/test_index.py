"""The two adapters agree, visibility leaks nothing, and an acknowledged write survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.matching.samples import RESULTS, VERBOSE, result
from trihelix.engines.errors import Refused
from trihelix.engines.matching import weights
from trihelix.engines.matching.memory_index import MemoryIndex
from trihelix.engines.matching.port import Doc, Filters, Span, Term
from trihelix.engines.matching.tantivy_index import Reader, Writer

pytestmark = pytest.mark.nodb
ALL = Filters(scopes=None)
PUBLIC = Filters(scopes=frozenset({"public"}))
WORDS = ["激光", "焊接", "碳纤维", "人参", "皂苷", "提取", "石墨烯", "氢能", "电池", "收割机", "。", "，", "laser", "a", "叠叠叠", "烯"]

docs = st.builds(
    lambda i, kind, words, scope, field, trl: Doc(
        ref=str(i), kind=kind, text="".join(words), scopes=(scope,), facets={"field": (field,)} if field else {}, numbers={"trl": trl}
    ),
    st.integers(0, 6),
    st.sampled_from(["results", "needs"]),
    st.lists(st.sampled_from(WORDS), max_size=8),
    st.sampled_from(["public", "body:1"]),
    st.sampled_from(["甲", "乙", ""]),
    st.integers(1, 9),
)
steps = st.lists(st.one_of(docs, st.integers(0, 6)), max_size=12)
filters = st.builds(
    lambda scopes, kinds, inc, exc, low, phrase: Filters(
        scopes=scopes,
        kinds=kinds,
        include={"field": (inc,)} if inc else {},
        exclude={"field": (exc,)} if exc else {},
        spans={"trl": (Span(low),)} if low else {},
        phrases=(phrase,) if phrase else (),
    ),
    st.sampled_from([None, frozenset(), frozenset({"public"}), frozenset({"public", "body:1"})]),
    st.sampled_from([(), ("results",), ("needs", "results")]),
    st.sampled_from(["", "甲", "乙"]),
    st.sampled_from(["", "甲"]),
    st.sampled_from([None, 3, 6]),
    st.sampled_from(["", "碳纤维", "激光焊", "参皂", "烯", "laser", "接laser"]),
)


def _weighted(index: MemoryIndex | Reader, text: str) -> dict[Term, float]:
    found = weights.query_terms(text)
    return weights.weigh(found, index.stats(found), None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, filters, st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
def test_file_index_answers_as_the_reference(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Doc | int], asked: Filters, words: list[str]
) -> None:
    memory, folder = MemoryIndex(), tmp_path_factory.mktemp("ix")
    with Writer(folder) as writer:
        for n, step in enumerate(steps):
            if isinstance(step, Doc):
                assert memory.upsert([step]) == writer.upsert([step]) == 1
            else:
                assert memory.delete([f"results:{step}"]) == writer.delete([f"results:{step}"]) == 1
            if n % 3 == 0:
                writer.commit(n)
        writer.commit()
        reader = Reader(folder)
        text = "".join(words)
        terms = _weighted(memory, text)
        assert _weighted(reader, text) == terms
        expected = memory.search(terms, None, asked, 50)
        for _ in range(2):  # documents met for the first time, and met again
            got = reader.search(terms, None, asked, 50)
            assert [c.doc for c in got] == [c.doc for c in expected]
            assert [c.words for c in got] == pytest.approx([c.words for c in expected], abs=1e-9)
            assert [dict(c.parts) for c in got] == [dict(c.parts) for c in expected]
        for query in (terms, {}):
            assert reader.facets(query, asked, ["field", "trl", "kind"]) == memory.facets(query, asked, ["field", "trl", "kind"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Writer(tmp_path / "ix") as writer:
        writer.rebuild(RESULTS, last=7)
    return tmp_path / "ix"


def test_only_the_viewers_scopes_are_found_counted_or_faceted(folder: Path) -> None:
    reader = Reader(folder)
    terms = _weighted(reader, "收割机籽粒破碎监测")
    assert [c.doc.ref for c in reader.search(terms, None, PUBLIC, 10)] == []
    member = Filters(scopes=frozenset({"public", "body:12"}))
    assert [c.doc.ref for c in reader.search(terms, None, member, 10)] == ["R4"]
    assert "农机装备" not in reader.facets({}, PUBLIC, ["field"]).counts["field"]
    assert reader.facets({}, PUBLIC, ["field"]).total == 4
    assert reader.facets({}, Filters(scopes=frozenset()), ["field"]).total == 0


def test_numbers_include_exclude_and_phrases_narrow(folder: Path) -> None:
    reader = Reader(folder)

    def refs(**limits: object) -> set[str]:
        asked = Filters(scopes=None, **limits)  # type: ignore[arg-type]
        return {c.doc.ref for c in reader.search(_weighted(reader, "碳纤维 人参 石墨烯 玉米 燃料电池"), None, asked, 10)}

    assert refs() == {"R1", "R2", "R3", "R4", "R5"}
    assert refs(spans={"trl": (Span(6),)}) == {"R1", "R2", "R4"}
    assert refs(spans={"trl": (Span(6, low_in=False),)}) == {"R1", "R4"}
    assert refs(spans={"amount": (Span(None, 200),)}) == {"R5"}
    assert refs(include={"region": ("吉林",)}) == {"R2", "R3"}
    assert refs(include={"region": ("长春",)}, exclude={"field": ("新材料",)}) == {"R4"}
    assert refs(phrases=("气凝胶",)) == {"R3"}
    assert refs(phrases=("激光。连接",)) == set()
    assert refs(without=("大孔树脂", "双极板")) == {"R1", "R3", "R4"}
    assert refs(not_keys=("results:R1",)) == {"R2", "R3", "R4", "R5"}


def test_outbox_id_is_kept_with_the_commit_and_is_not_a_document(folder: Path) -> None:
    reader = Reader(folder)
    assert reader.last() == 7
    with Writer(folder) as writer:
        writer.upsert([result("R9", "新增一条关于激光雷达的成果")])
        assert reader.last() == 7
        writer.commit(9)
        assert reader.last() == 9
        writer.delete(["results:R9"])
        writer.commit()
    assert reader.last() == 9
    assert reader.stats([]).documents == len(RESULTS)
    assert reader.facets({}, ALL, ["kind"]).counts == {"kind": {"results": 5}}


def test_a_second_owner_is_refused_and_a_missing_index_is_named(folder: Path, tmp_path: Path) -> None:
    with Writer(folder), pytest.raises(Refused) as caught:
        Writer(folder)
    assert caught.value.problems[0].code == "index_owned"
    with pytest.raises(Refused) as caught:
        Reader(tmp_path / "none")
    assert caught.value.problems[0].code == "no_index"


def test_rebuild_swaps_under_a_reader_and_drops_what_is_gone(folder: Path) -> None:
    reader = Reader(folder)
    before = reader.search(_weighted(reader, VERBOSE), None, PUBLIC, 5)
    with Writer(folder) as writer:
        assert writer.rebuild([*RESULTS[:3], RESULTS[0]], last=11) == 3
        assert reader.stats([]).documents == 3
        assert reader.last() == 11
        writer.upsert(RESULTS[3:])
        writer.commit()
    after = reader.search(_weighted(reader, VERBOSE), None, PUBLIC, 5)
    assert [(c.doc, c.words) for c in after] == [(c.doc, pytest.approx(c.words)) for c in before]
    assert len(list(folder.glob("g*"))) == 1


def test_threads_share_a_reader(folder: Path) -> None:
    reader = Reader(folder)
    queries = ["碳纤维激光", "人参皂苷", "石墨烯气凝胶", "燃料电池双极板"] * 30

    def ask(text: str) -> list[tuple[str, float]]:
        return [(c.doc.ref, round(c.words, 9)) for c in reader.search(_weighted(reader, text), None, ALL, 5)]

    alone = [ask(q) for q in queries]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, queries)) == alone


_CHILD = """
import sys
from trihelix.engines.matching.port import Doc
from trihelix.engines.matching.tantivy_index import Writer
writer = Writer(sys.argv[1])
for i in range(100000):
    writer.upsert([Doc(ref=f"K{i}", kind="results", text=f"第{i}项水下机器人成果")])
    writer.commit(i)
    print(i, flush=True)
"""


def test_a_killed_owner_loses_no_acknowledged_write_and_other_processes_see_it_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "ix"
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(folder)], stdout=subprocess.PIPE, text=True, env=os.environ)
    assert child.stdout is not None
    acknowledged = int(child.stdout.readline())
    reader = Reader(folder)
    for _ in range(20):
        acknowledged = int(child.stdout.readline())
        assert reader.get(f"results:K{acknowledged}") is not None
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().split("\n")
    child.wait()
    acknowledged = max([acknowledged, *(int(line) for line in rest[:-1])])
    with Writer(folder) as writer:
        kept = Reader(folder)
        assert kept.last() is not None and kept.last() >= acknowledged  # type: ignore[operator]
        assert kept.stats([]).documents == kept.last() + 1  # type: ignore[operator]
        writer.upsert([result("R1", "之后仍可写入")])
        writer.commit()
        assert kept.get("results:R1") is not None


def test_documents_are_checked() -> None:
    for wrong, code in (
        ({"kind": "things"}, "unknown_kind"),
        ({"kind": "results", "numbers": {"weight": 1.0}}, "unknown_number"),
        ({"kind": "results", "numbers": {"trl": float("nan")}}, "not_finite"),
        ({"kind": "results", "facets": {"a:b": ("x",)}}, "bad_facet"),
    ):
        with pytest.raises(Refused) as caught:
            Doc(ref="1", text="文", **wrong)  # type: ignore[arg-type]
        assert caught.value.problems[0].code == code
