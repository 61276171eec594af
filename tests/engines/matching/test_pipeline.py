"""The whole way: ranked, explained, in one total order."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.matching.samples import RESULTS, VERBOSE, result
from trihelix.engines.errors import Refused
from trihelix.engines.matching import explain, fusion, pipeline, weights
from trihelix.engines.matching.memory_index import MemoryIndex
from trihelix.engines.matching.pipeline import PUBLIC, Matcher
from trihelix.engines.matching.port import Candidate, Filters, Term, Vector
from trihelix.engines.matching.text import CHAR, PAIR, WORD
from trihelix.engines.matching.vectors import VectorStore

pytestmark = pytest.mark.nodb
EVERYBODY = Filters(scopes=frozenset({"public", "body:12"}))


@pytest.fixture
def matcher(tmp_path: Path) -> Matcher:
    pipeline.build(RESULTS, tmp_path / "ix", last=1)
    return pipeline.open_folder(tmp_path / "ix")


def test_a_verbose_need_finds_its_result_and_the_parts_are_the_score(matcher: Matcher) -> None:
    answer = matcher.search(VERBOSE, k=3)
    assert answer.hits[0]["ref"] == "R1" and answer.hits[0]["title"] == "碳纤维与铝合金激光连接技术"
    for hit in answer.hits:
        assert math.fsum(r["part"] for r in hit["reasons"]) == pytest.approx(hit["score"], abs=1e-9)
    body = RESULTS[0].body
    terms = [r["term"] for r in answer.hits[0]["reasons"] if r["kind"] == "word"]
    assert {"碳纤维", "激光", "铝合金"} <= set(terms[:4])
    assert all(t in VERBOSE and t in body for t in terms)
    assert answer.missing == ["indicators", "ownership", "effect", "product", "application"]


def test_highlights_point_at_the_words(matcher: Matcher) -> None:
    hit = matcher.search("激光连接碳纤维").hits[0]
    fields = {h["field"]: h for h in hit["highlights"]}
    assert set(fields) == {"title", "text"}
    for name, h in fields.items():
        raw = getattr(RESULTS[0], name)
        assert raw[h["start"] : h["end"]] == h["snippet"]
        marked = [h["snippet"][s:e] for s, e in h["marks"]]
        assert any("碳纤维" in m for m in marked) and all(set(m) <= set("激光连接碳纤维复合") for m in marked)
    assert explain.marks("ＡＢ laser、lasers 激光", ["laser", "ab"]) == [(0, 2), (3, 8)]


def test_a_long_text_is_shown_where_it_speaks() -> None:
    text = "无关文字" * 100 + "激光焊接碳纤维" + "其他内容" * 100
    shown = explain.highlights(result("1", text), ["激光", "碳纤维"])[0]
    assert "激光焊接碳纤维" in shown["snippet"] and len(shown["snippet"]) == explain.SNIPPET


def test_power_words_filters_and_facets(matcher: Matcher) -> None:
    answer = matcher.search("材料 field:新材料 trl:>=6", filters=EVERYBODY, power=True, facets=("field", "trl"))
    assert [h["ref"] for h in answer.hits] == ["R1"]
    assert [r["term"] for r in answer.hits[0]["reasons"] if r["kind"] == "filter"] == ["field:新材料", "trl:>=6"]
    assert answer.facets is not None and answer.facets.total == 1 and answer.facets.counts == {"field": {"新材料": 1}, "trl": {"7": 1}}
    assert set(answer.as_json()) == {"hits", "missing", "facets", "total"}
    assert [h["ref"] for h in matcher.search("新材料 激光 -field:新材料", power=True).hits] == []


def test_facets_without_words_count_the_filter_and_with_unknown_words_nothing(matcher: Matcher) -> None:
    only = matcher.search("region:吉林", power=True, facets=("field",)).facets
    assert only is not None and only.counts == {"field": {"人参医药": 1, "新材料": 1}}
    none = matcher.search("zeppelin", power=True, facets=("field",)).facets
    assert none is not None and none.total == 0 and none.counts == {"field": {}}


def test_a_need_is_not_read_for_power_words(matcher: Matcher) -> None:
    assert matcher.search("feild:光电 激光焊接").hits[0]["ref"] == "R1"


def test_indicators_spoken_to_are_reasons_without_weight(matcher: Matcher) -> None:
    hit = matcher.search("碳纤维连接", indicators=["焊缝抗拉强度", "盐雾试验时间"]).hits[0]
    assert [r for r in hit["reasons"] if r["kind"] == "indicator"] == [{"kind": "indicator", "term": "焊缝抗拉强度", "part": 0.0}]
    stated = matcher.search("碳纤维连接，抗拉强度不低于200MPa").hits[0]
    assert [r["term"] for r in stated["reasons"] if r["kind"] == "indicator"] == ["抗拉强度"]


def test_kinds_and_k(matcher: Matcher) -> None:
    assert matcher.search("碳纤维", kind="patents").hits == []
    for wrong in ({"k": 0}, {"k": 1001}, {"kind": "things"}):
        with pytest.raises(Refused):
            matcher.search("碳纤维", **wrong)  # type: ignore[arg-type]
    assert matcher.search("").hits == [] and matcher.search("的").hits == []


def test_batch_is_search_in_order_and_learns_from_its_own_needs(matcher: Matcher) -> None:
    rows = [("a", "人参皂苷提取"), ("b", VERBOSE), ("c", "不存在的词汇")]
    out = list(matcher.batch(rows, k=2, explain=True))
    assert [r["id"] for r in out] == ["a", "b", "c"]
    assert [h["ref"] for h in out[0]["hits"]] == [h["ref"] for h in matcher.search("人参皂苷提取", k=2).hits]
    assert all(set(h) == {"ref", "score", "reasons"} for r in out for h in r["hits"])
    needs = [
        (
            str(i),
            f"我公司地处高新区，急需解决第{i}项难题，希望产学研合作，拟投入资金50万元，要求12个月内完成验收，方向为碳纤维回收利用技术研究开发，请专家联系洽谈",
        )
        for i in range(weights.ENOUGH_NEEDS)
    ]
    assert all(weights.recognised(t) for _, t in needs)
    learnt = next(matcher.batch(needs, k=1))["hits"][0]["score"]
    assert learnt < matcher.search(needs[0][1], k=1).hits[0]["score"]


def test_ties_fall_by_ref() -> None:
    index = MemoryIndex()
    index.upsert([result(r, "激光焊接") for r in ("b", "a", "c")])
    assert [h["ref"] for h in Matcher(index).search("激光").hits] == ["a", "b", "c"]


def _pool(values: list[tuple[float, float | None]]) -> list[Candidate]:
    def candidate(i: int, words: float, cosine: float | None) -> Candidate:
        return Candidate(result(str(i), "文"), words, lambda: {Term(WORD, "文"): words} if words else {}, cosine)

    return [candidate(i, w, c) for i, (w, c) in enumerate(values)]


pools = st.lists(st.tuples(st.floats(0, 50), st.one_of(st.none(), st.floats(-1, 1))), min_size=1, max_size=8)


@given(pools, st.sampled_from([fusion.z_scores, fusion.reciprocal_ranks]))
def test_fused_parts_are_the_score_and_the_order_is_total(values: list[tuple[float, float | None]], fuse: object) -> None:
    fused = fuse(_pool(values))  # type: ignore[operator]
    assert sorted(h.candidate.doc.ref for h in fused) == sorted(str(i) for i in range(len(values)))
    assert fused == fuse(_pool(values[:]))  # type: ignore[operator]
    for hit in fused:
        parts = explain.reasons(hit, "文", PUBLIC)
        assert math.fsum(r["part"] for r in parts) == pytest.approx(hit.score, abs=1e-9)
        assert hit.vector_part >= 0
    assert [h.score for h in fused] == sorted((h.score for h in fused), reverse=True) or len({round(h.score, 9) for h in fused}) < len(
        fused
    )


def test_z_fusion_orders_as_the_sum_of_halved_z_scores() -> None:
    values = [(10.0, 0.8), (2.0, 0.9), (7.0, 0.85), (1.0, 0.7)]
    words, meaning = np.array([v[0] for v in values]), np.array([v[1] for v in values], float)
    z = 0.5 * (words - words.mean()) / words.std() + 0.5 * (meaning - meaning.mean()) / meaning.std()
    fused = fusion.z_scores(_pool(values))  # type: ignore[arg-type]
    assert [int(h.candidate.doc.ref) for h in fused] == list(np.argsort(-z))


def test_reciprocal_ranks_are_the_published_formula() -> None:
    fused = fusion.reciprocal_ranks(_pool([(10.0, 0.1), (5.0, 0.9), (0.0, 0.5)]))
    assert {h.candidate.doc.ref: round(h.score, 12) for h in fused} == {
        "0": round(1 / 61 + 1 / 63, 12),
        "1": round(1 / 62 + 1 / 61, 12),
        "2": round(1 / 62, 12),
    }


@given(
    st.lists(
        st.tuples(st.sampled_from([WORD, PAIR, CHAR]), st.text("激光焊接工艺碳", min_size=1, max_size=3), st.floats(0.01, 9)), max_size=12
    )
)
def test_crediting_words_keeps_the_sum(parts: list[tuple[str, str, float]]) -> None:
    split = {Term(f, t): v for f, t, v in parts}
    shown = explain.word_parts(split, "激光焊接工艺碳")
    assert math.fsum(v for _, v in shown) == pytest.approx(math.fsum(split.values()), abs=1e-9)
    assert {t for t, _ in shown} <= {t.token for t in split}


def test_a_pair_across_two_words_is_credited_to_both() -> None:
    parts = {Term(WORD, "激光"): 1.0, Term(WORD, "焊接"): 1.0, Term(PAIR, "光焊"): 0.5, Term(CHAR, "光"): 0.25}
    assert explain.word_parts(parts, "激光焊接") == [("激光", 1.5), ("焊接", 1.25)]


def _toy_embed(text: str) -> Vector:
    """A direction by topic, as a model would give it: animals that share no word with the query."""
    v = np.array([any(c in text for c in "电池氢燃"), any(c in text for c in "人参药苷"), 0.1], np.float32)
    return np.asarray(v / np.linalg.norm(v), np.float32)


@pytest.mark.parametrize("file_index", [True, False])
def test_vectors_find_what_words_cannot_and_respect_visibility(tmp_path: Path, file_index: bool) -> None:
    store = VectorStore(tmp_path / "v", width=3)
    docs = [*RESULTS, result("R6", "锂离子储能装置安全预警", scopes=("body:9",))]
    store.add([d.body for d in docs], np.stack([_toy_embed(d.body) for d in docs]))
    if file_index:
        pipeline.build(docs, tmp_path / "ix")
        matcher = pipeline.open_folder(tmp_path / "ix", _toy_embed, None)
        assert matcher.embed is None
        from trihelix.engines.matching.tantivy_index import Reader

        matcher = Matcher(Reader(tmp_path / "ix", store), _toy_embed)
    else:
        index = MemoryIndex(store)
        index.upsert(docs)
        matcher = Matcher(index, _toy_embed)
    hits = matcher.search("药材", k=5).hits
    assert hits[0]["ref"] == "R2"
    assert [r["kind"] for r in hits[0]["reasons"]][-1] == "vector"
    assert math.fsum(r["part"] for r in hits[0]["reasons"]) == pytest.approx(hits[0]["score"], abs=1e-9)
    assert "R6" not in {h["ref"] for h in matcher.search("电瓶", k=10).hits}
