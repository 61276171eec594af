"""Valuations: the weights of the scenario are kept with the record, the score and the income value are computed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from trihelix.engines import patents as engine
from trihelix.engines.errors import Refused
from trihelix.engines.months import full_months
from trihelix.kernel.action import Run, action
from trihelix.kernel.standard import change_entry, create_entry
from trihelix.registers.patents.models import Patent, Valuation
from trihelix.registers.patents.settings_book import settings

WRITERS = ("owner", "officer", "operator")
FEN = 1_000_000


def compute(a: Run, made: Valuation) -> None:
    """Score by the scenario's weights, money by the income method; other methods carry the typed value."""
    chosen = settings().weight_set(made.scenario)
    if made.scores:
        if chosen is None:
            a.refuse("no_weights", "规则书没有该场景的权重；请先在规则书中添加", field="scenario", value=made.scenario)
            return
        scores = {_indicator(r["indicator"]): r["score"] for r in made.scores}
        a.require(len(scores) == len(made.scores), "indicator_twice", "同一指标填写了两次", field="scores")
        exact = engine.value_score(chosen.weights, scores)
        made.score, made.weights, made.weight_version = _rounded(exact), dict(chosen.weights), chosen.version
    else:
        made.score, made.weights, made.weight_version = None, {}, ""
    if made.method == "income":
        made.money_fen = _income(a, made)
    a.require(made.scores or made.method, "nothing_to_value", "请填写指标得分或货币评估方法", field="scores")
    a.require(not made.method or made.money_fen is not None, "required", "请填写评估值", field="money_wan")


def _indicator(name: str) -> str:
    """The indicator meant: by key or by name."""
    for key, words in settings().indicators.items():
        if name.strip() in (key, *words):
            return key
    raise Refused.one(
        "unknown_indicator",
        f"没有指标 “{name}”；可用：{'、'.join(w[0] for w in settings().indicators.values())}",
        field="scores",
        value=name,
    )


def _rounded(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.001"), ROUND_HALF_UP)


def _income(a: Run, made: Valuation) -> int:
    """``Σ R·k/(1+r)^t`` over no more years than the right still has."""
    a.require(
        made.flows and made.share_percent is not None and made.rate_percent is not None,
        "required",
        "收益法须填写逐年收益、分成率与折现率",
        field="flows",
    )
    try:
        flows = [int(Fraction(Decimal(str(f).replace(",", ""))) * FEN) for f in made.flows]
    except ArithmeticError:
        raise Refused.one("bad_number", "逐年收益应为数字（万元）", field="flows", value=made.flows) from None
    patent = Patent.objects.get(pk=made.patent_id)
    years = None if patent.expires_on is None else max(0, -(-full_months(made.valued_on, patent.expires_on) // 12))
    value = engine.income_value(
        flows, Fraction(Decimal(str(made.share_percent))) / 100, Fraction(Decimal(str(made.rate_percent))) / 100, years
    )
    return int(value + Fraction(1, 2))


@action("patent_valuations", "create", "新建评估", "New valuation", creates=True, roles=WRITERS)
def create(a: Run, made: Valuation, **values: Any) -> None:
    """Enter a valuation. Refuses scores outside 0 to 100, indicators that the scenario does not weigh, and missing ones."""
    create_entry(a, made, values)
    compute(a, made)
    a.record.visibility = "owner"
    a.on_saved.append(lambda: a.link(made.patent, "patent"))


@action("patent_valuations", "change", "修改", "Change", roles=WRITERS)
def change(a: Run, made: Valuation, **values: Any) -> None:
    """Change a draft and compute it again."""
    a.require(a.record.state == "draft", "not_editable", "已出具的评估不能修改", field="state", value=a.record.state)
    change_entry(a, made, values)
    compute(a, made)
