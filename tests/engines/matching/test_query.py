"""Power words."""

from __future__ import annotations

import pytest

from trihelix.engines.errors import Refused
from trihelix.engines.matching.port import Filters, Span
from trihelix.engines.matching.query import parse, span

pytestmark = pytest.mark.nodb
FIELDS = ("field", "region", "holder")


def test_everything_at_once() -> None:
    asked = parse(
        '激光 field:光电,新材料 地区：长春 trl:>=6 year:2020..2024 -field:化工 "气凝胶" -汽车 -“燃料 电池” holder:"长春 光机所"', FIELDS
    )
    assert asked.text == "激光 气凝胶"
    assert asked.include == {"field": ("光电", "新材料"), "region": ("长春",), "holder": ("长春 光机所",)}
    assert asked.exclude == {"field": ("化工",)}
    assert asked.spans == {"trl": (Span(6),), "year": (Span(2020, 2024),)}
    assert asked.phrases == ("气凝胶",)
    assert asked.without == ("汽车", "燃料 电池")


@pytest.mark.parametrize("text", ["pH:7 缓冲液", "比例：3", "https://example.org/a", "MRP-2 控制", "1:3 混合", "温度 - 压力", "12:30"])
def test_ordinary_text_stays_text(text: str) -> None:
    asked = parse(text, FIELDS)
    assert asked.text == text.replace(" - ", " - ")
    assert not (asked.include or asked.exclude or asked.spans or asked.phrases or asked.without)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(">=6", Span(6)), (">6", Span(6, low_in=False)), ("<2020", Span(None, 2020, high_in=False)), ("≤9", Span(None, 9)), ("6", Span(6, 6)),
     ("4..7", Span(4, 7)), ("2020..", Span(2020)), ("..1.5", Span(None, 1.5))],
)  # fmt: skip
def test_spans(value: str, expected: Span) -> None:
    assert span("trl", value) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("feild:光电", "unknown_field"),
        ("trl:高", "bad_number"),
        ("trl:7..4", "empty_range"),
        ("-trl:6", "bad_exclusion"),
        ("kind:things", "unknown_kind"),
    ],
)
def test_mistakes_are_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(text, FIELDS)
    assert caught.value.problems[0].code == code


def test_conditions_only_narrow() -> None:
    base = Filters(scopes=frozenset({"public"}), kinds=("results", "patents"), include={"field": ("光电", "新材料")})
    asked = parse("kind:results field:光电 trl:6 -x", FIELDS).over(base)
    assert asked.scopes == base.scopes
    assert asked.kinds == ("results",)
    assert asked.include == {"field": ("光电",)}
    assert asked.without == ("x",)
    assert parse("field:化工", FIELDS).over(base).include["field"] == ("\x00",)
    assert parse("-kind:needs", FIELDS).over(Filters(scopes=None)).kinds == tuple(k for k in parse("-kind:needs", FIELDS).kinds)
    with pytest.raises(Refused):
        parse("kind:needs", FIELDS).over(base)
