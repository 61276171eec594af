"""Tokens, need recognition, weights, and what a wording lacks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.matching.samples import VERBOSE
from trihelix.engines.matching import weights, wording
from trihelix.engines.matching.port import Stats, Term, anchors
from trihelix.engines.matching.text import BREAK, CHAR, PAIR, WORD, normalise, positions, tokens

pytestmark = pytest.mark.nodb


def test_three_streams() -> None:
    found = tokens("石墨烯气凝胶，ＭＲＰ-２")
    assert found.pairs == ("石墨", "墨烯", "烯气", "气凝", "凝胶", BREAK, "mrp", BREAK, "2")
    assert found.chars == tuple("石墨烯气凝胶")
    assert "凝胶" in found.words and "mrp" in "".join(found.words)
    assert found.counts()[PAIR][BREAK] == 0
    assert tokens("中国科学院").words == ("中国", "科学", "学院", "科学院", "中国科学院")


@given(st.text(max_size=60))
def test_streams_hold_no_spaces_and_full_width_is_the_same_text(text: str) -> None:
    found = tokens(text)
    assert found == tokens(normalise(text)) or normalise(normalise(text)) != normalise(text)
    assert all(t and not any(c.isspace() for c in t) for t in (*found.words, *found.pairs, *found.chars))


@given(st.text(max_size=60))
def test_positions_point_into_the_raw_text(text: str) -> None:
    normal, places = positions(text)
    assert len(normal) == len(places)
    assert all(0 <= p < len(text) for p in places) and places == sorted(places)


@pytest.mark.parametrize(
    "text",
    [
        VERBOSE,
        "我公司主要生产汽车零部件，现有焊接工艺变形大、返修率高，希望寻求一种低变形的铝合金焊接工艺，拟投入资金80万元，合作方式可为委托开发或联合研发，具体面议。",
        "企业现有烘干设备能耗高，亟需开发人参低温烘干装置，要求含水率控制在12%以下，18个月内通过验收并实现量产，知识产权归企业所有，费用双方协商。",
    ],
)
def test_needs_are_recognised(text: str) -> None:
    assert weights.recognised(text)


@pytest.mark.parametrize(
    "text",
    [
        "碳纤维 铝合金 激光连接",
        "急需碳纤维激光连接技术，希望合作",
        "采用修正的Rodrigues参数建立了飞行器姿态控制系统的数学模型，利用刚体姿态动力学方程和运动学方程建立了非线性控制系统模型，减少了迭代次数，"
        "提出了基于平方和方法的一种新的设计方法，仿真结果表明该方法有效。",
        "为解决企业在产学研合作中知识产权归属不清的问题，本文构建了博弈模型，分析了技术转让与专利许可的收益分配，结果表明利益分配系数与投入正相关，具有参考价值。",
        "",
    ],
)
def test_queries_and_abstracts_are_not_needs(text: str) -> None:
    assert not weights.recognised(text)


def test_weight_is_field_times_idf_times_count_and_a_needs_wording_is_damped() -> None:
    term = Term(PAIR, "激光")
    stats = Stats(1000, 100, {term: 10}, {term: 3})
    plain = weights.weigh({term: 2}, stats, None)[term]
    assert plain == pytest.approx(2 * weights.idf(1000, 10))
    assert weights.weigh({term: 2}, stats, weights.shares_for(stats))[term] == pytest.approx(plain * 0.7)
    assert weights.weigh({Term(WORD, "没有"): 1}, stats, None) == {}
    assert [weights.need_factor(s) for s in (0, 0.05, 0.099, 0.5)] == pytest.approx([1, 0.5, 0.02, 0.02])


def test_need_weights_learn_from_the_index_then_the_batch_then_what_is_shipped() -> None:
    word, content = Term(WORD, "公司"), Term(WORD, "激光")
    few = Stats(10, weights.ENOUGH_NEEDS - 1, {}, {word: 1, content: 50})
    shipped = weights.shares_for(few)
    assert shipped(word) >= 0.1 and shipped(content) == 0
    assert 0 < shipped(Term(CHAR, "厂")) < 0.1
    many = Stats(10, 100, {}, {word: 4})
    assert weights.shares_for(many)(word) == 0.04
    batch = weights.Shares(["我公司需要激光"] * weights.ENOUGH_NEEDS)
    assert weights.shares_for(many, batch)(word) == 1.0
    assert weights.shares_for(few, batch)(content) == 1.0
    assert weights.shares_for(many, weights.Shares(["我公司"] * 3))(word) == 0.04


def test_the_essence_of_a_need_is_its_content() -> None:
    read = weights.essence(VERBOSE, weights.shipped_share)
    assert "碳纤维复合材料与铝合金激光连接" in read
    assert "员工" not in read and "合作方式" not in read and len(read) < len(VERBOSE) / 2
    assert weights.essence("我公司希望合作", lambda term: 1.0) == "我公司希望合作"


def test_lone_function_words_are_no_query_and_anchors_prefer_words_and_pairs() -> None:
    assert Term(CHAR, "的") not in weights.query_terms("激光的焊接")
    terms = {Term(CHAR, "光"): 9.0, Term(PAIR, "激光"): 2.0, Term(WORD, "激光"): 3.0, Term(WORD, "无"): 0.0}
    assert anchors(terms) == [Term(WORD, "激光"), Term(PAIR, "激光")]
    assert anchors(terms, 1) == [Term(WORD, "激光")]
    assert anchors({Term(CHAR, "光"): 9.0}) == [Term(CHAR, "光")]


COMPLETE = (
    "现用铝合金焊接工艺变形大，需开发汽车车身低变形激光焊接设备，抗拉强度不低于260MPa，变形量≤0.5mm，用于新能源汽车生产线，降低返修率。"
    "企业拟投入80万元，知识产权归双方共有，12个月内完成。"
)


def test_a_complete_need_lacks_nothing() -> None:
    assert wording.missing(COMPLETE) == []
    assert wording.stated_indicators(COMPLETE) == ["抗拉强度", "变形量"]


@pytest.mark.parametrize(
    ("cut", "item"),
    [
        ("抗拉强度不低于260MPa，变形量≤0.5mm，", "indicators"),
        ("拟投入80万元，", "money"),
        ("知识产权归双方共有，", "ownership"),
        ("12个月内完成", "deadline"),
    ],
)
def test_each_mandatory_item_left_out_is_named(cut: str, item: str) -> None:
    assert cut in COMPLETE
    assert wording.missing(COMPLETE.replace(cut, "")) == [item]
    assert wording.missing(COMPLETE.replace(cut, ""), given=[item]) == []
    assert len(wording.advice([item])) == 1


def test_money_time_and_size_of_the_firm_are_no_indicators() -> None:
    assert "indicators" in wording.missing("我公司现有员工300人，投资超过200万元，希望在12个月内解决难题")
    assert wording.missing("希望合作") == list(wording.ITEMS)


def test_change_of_a_hit_list() -> None:
    before, after = [{"ref": r} for r in "abc"], [{"ref": r} for r in "bda"]
    assert wording.changed(before, after) == {"came": ["d"], "went": ["c"], "moved": [["b", 2, 1], ["a", 1, 3]]}
