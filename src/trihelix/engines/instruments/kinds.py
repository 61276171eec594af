"""The kinds of instrument: each reads its terms and turns them into clauses.

``instalments`` 分期 · ``royalty`` 入门费加提成 · ``use-first`` 先使用后付费 · ``concession`` 权益让渡 · ``commission`` 经理人佣金 ·
``custom`` 自定义条款; ``fund-first`` 先投后股 lives in :mod:`trihelix.engines.instruments.fund_first`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from trihelix.engines.fields import Reader
from trihelix.engines.instruments.core import (
    Clause,
    Once,
    PerEvent,
    When,
    after,
    by_rate,
    by_tiers,
    earlier_of,
    happens,
    later_of,
    on,
)
from trihelix.engines.instruments.models import Models
from trihelix.engines.money import exact, format_wan, ratio_text, round_half_up, split, wan_to_fen


@dataclass(frozen=True)
class Built:
    """An instrument ready to run: its clauses, who pays by default, what ends it, and hints for an officer."""

    clauses: tuple[Clause, ...]
    payer: str
    payee: str
    stops: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def read_when(row: Reader, key: str, *, required: bool = True) -> When:
    """A *when* from JSON: an ISO date, or ``{"on"}``, ``{"event", "name"}``, ``{"after", "months", "days"}``, ``{"later_of"}``, ``{"earlier_of"}``."""
    value = row.raw(key, required=required)
    if isinstance(value, str | date):
        return on(row.day_or(key))
    nested = row.child(key)
    if nested is None:
        return on(date.max)
    given = [op for op in ("on", "event", "after", "later_of", "earlier_of") if nested.has(op)]
    if len(given) != 1:
        nested.wrong(None, "bad_when", "条件须恰好写一种：on、event、after、later_of、earlier_of", given)
        return on(date.max)
    if given[0] == "on":
        return on(nested.day_or("on"))
    if given[0] == "event":
        return happens(nested.text("event", required=True), nested.text("name"))
    if given[0] == "after":
        return after(read_when(nested, "after"), nested.whole("months", default=0) or 0, nested.whole("days", default=0) or 0)
    parts = tuple(read_when(row, "when") for row in nested.wrapped(given[0], "when"))
    return later_of(*parts) if given[0] == "later_of" else earlier_of(*parts)


def _sides(terms: Reader, payer: str, payee: str) -> tuple[str, str]:
    return terms.text("payer", default=payer), terms.text("payee", default=payee)


def instalments(terms: Reader, models: Models) -> Built:
    """One total in instalments (总额分期): by amounts that add up to the total, or by ratios (largest remainder)."""
    payer, payee = _sides(terms, "buyer", "seller")
    total = terms.money("total", required=True) or 0
    rows = terms.rows("parts", required=True)
    by_ratio = [r.ratio("ratio") for r in rows]
    by_amount = [r.money("amount") for r in rows]
    whens = [read_when(r, "when") for r in rows]
    labels = [r.text("label", default=f"第 {n} 期") for n, r in enumerate(rows, 1)]
    amounts: list[int] = []
    if rows and all(a is not None for a in by_amount) and not any(r is not None for r in by_ratio):
        amounts = [a or 0 for a in by_amount]
        if sum(amounts) != total:
            terms.wrong("parts", "instalments_total", f"各期合计 {format_wan(sum(amounts))} 万元，不等于总额 {format_wan(total)} 万元")
    elif rows and all(r is not None for r in by_ratio) and not any(a is not None for a in by_amount):
        ratios = [r or Fraction(0) for r in by_ratio]
        if sum(ratios) != 1:
            terms.wrong("parts", "ratios_not_one", f"各期比例之和为 {ratio_text(sum(ratios, Fraction(0)))}，应恰为 1")
        else:
            amounts = split(total, ratios)
    elif rows:
        terms.wrong("parts", "mixed_parts", "各期须统一用金额（amount_wan）或统一用比例（ratio）")
    clauses = tuple(
        Once(f"part-{n}", w, a, payer, payee, label) for n, (w, a, label) in enumerate(zip(whens, amounts, labels, strict=False), 1)
    )
    return Built(clauses, payer, payee, stops=("terminated",))


def _fee(terms: Reader) -> Callable[[Fraction], Fraction]:
    """``royalty_rate``, or ``tiers: [{up_to_wan, rate}]`` on the cumulated base, with an optional ``cap_wan``."""
    rate, rows, cap = terms.ratio("royalty_rate"), terms.rows("tiers"), terms.money("cap")
    tiers = [(r.money("up_to"), r.ratio("rate", required=True) or Fraction(0)) for r in rows]
    tops = [t for t, _ in tiers]
    if rate is not None and tiers:
        terms.wrong("tiers", "two_rates", "提成率与分段提成只能写一种")
    if tiers and (tops[-1] is not None or None in tops[:-1] or tops[:-1] != sorted({t for t in tops[:-1] if t is not None})):
        terms.wrong("tiers", "bad_tiers", "分段须从低到高，只有最后一段不写上限（up_to_wan）")
    return by_tiers(tiers, cap) if tiers else by_rate(rate or Fraction(0), cap)


def royalty(terms: Reader, models: Models) -> Built:
    """Entry fee and royalty (入门费加提成): each ``report`` event states the base of a period; a negative one corrects it."""
    payer, payee = _sides(terms, "licensee", "licensor")
    entry = terms.money("entry") or 0
    entry_when = read_when(terms, "entry_when", required=entry > 0)
    base = terms.text("base", among=("price", "output", "profit", "sales"), default="sales")
    fee = _fee(terms)
    pay_days = terms.whole("pay_days", default=0) or 0
    clauses: list[Clause] = [Once("entry", entry_when, entry, payer, payee, "入门费")] if entry else []
    clauses.append(PerEvent("royalty", "report", fee, payer, payee, f"按{_BASES[base]}提成", pay_days=pay_days))
    return Built(tuple(clauses), payer, payee)


_BASES = {"price": "价格", "output": "新增产值", "profit": "利润", "sales": "销售额"}


def use_first(terms: Reader, models: Models) -> Built:
    """Use first, pay later: nothing is due before the pay date, which hangs on a term or a revenue event fixed in advance.

    Refusals: ``not_granted``, ``not_separately_managed``, ``not_registered`` (as the model asks), ``sole_licensed``,
    ``pledged``, ``free_time_short``.
    """
    payer, payee = _sides(terms, "licensee", "licensor")
    start = terms.day_or("start")
    model = models.use_first.get(terms.text("model", among=models.use_first, default="jilin")) or next(iter(models.use_first.values()))
    months = _free_months(terms, model.value("min_free_months").value, model.name)
    _eligible(terms, model.value("must_be").value)
    pays_from = terms.text("pays_from", among=("later_of", "earlier_of", "term"), default=model.value("pays_from").value)
    term = after(on(start), months)
    income = earlier_of(happens("first_income"), happens("sales"))
    payable = {"term": term, "later_of": later_of(term, income), "earlier_of": earlier_of(term, income)}[pays_from]
    entry, fee = terms.money("entry") or 0, _fee(terms)
    pay_days = terms.whole("pay_days", default=0) or 0
    clauses: list[Clause] = [Once("entry", on(start), entry, payer, payee, "入门费")]
    fixed = entry
    for row in terms.rows("stages"):
        name, amount = row.text("name", required=True), row.money("amount", required=True) or 0
        fixed += amount
        clauses.append(Once(f"stage-{name}", later_of(payable, happens("stage", name)), amount, payer, payee, f"阶段款“{name}”"))
    deferred = terms.money("deferred_fee") or 0
    fixed += deferred
    clauses.append(Once("deferred", payable, deferred, payer, payee, "延期支付的许可费"))
    clauses.append(PerEvent("royalty", "sales", fee, payer, payee, "按净销售额提成", since=payable, pay_days=pay_days))
    return Built(tuple(clauses), payer, payee, stops=("returned", "terminated"), hints=_over_limits(fee, fixed, models))


def _free_months(terms: Reader, least: int, name: str) -> int:
    months = terms.whole("free_months", default=least)
    if months is not None and months < least:
        terms.wrong("free_months", "free_time_short", f"{name}要求先使用至少 {least} 个月", months)
    return months or 0


_MUST = {
    "granted": ("not_granted", "成果须已取得有效知识产权，尚未授权的不能先使用后付费"),
    "separately_managed": ("not_separately_managed", "成果须先纳入单列管理"),
    "registered": ("not_registered", "合同须先认定登记"),
}
_MUST_NOT = {"sole_licensed": "成果已独占许可，不能再先使用后付费", "pledged": "成果已质押，不能先使用后付费"}


def _eligible(terms: Reader, must_be: list[str]) -> None:
    for key, (code, message) in _MUST.items():
        if terms.flag(key) is not True and key in must_be:
            terms.wrong(key, code, message, terms.raw(key))
    for key, message in _MUST_NOT.items():
        if terms.flag(key):
            terms.wrong(key, key, message, True)


def _over_limits(fee: Callable[[Fraction], Fraction], fixed: int, models: Models) -> tuple[str, ...]:
    out = []
    rate = models.limit("royalty_rate")
    probe = Fraction(100)
    if fee(probe) / probe > exact(rate.value):
        out.append(f"提成率高于净销售额的 {ratio_text(exact(rate.value) * 100)}%（{rate.source}），请核对")
    most = models.limit("fixed_wan")
    if fixed > wan_to_fen(most.value):
        out.append(f"固定费用高于 {most.value} 万元（{most.source}），请核对")
    return tuple(out)


def concession(terms: Reader, models: Models) -> Built:
    """Concession of rights (权益让渡): the unit's part passes to the team, paid down and then out of income.

    Refusals: ``under_noticed_price``, ``third_party_behind``, ``down_over_price``.
    """
    payer, payee = _sides(terms, "team", "unit")
    value, part = terms.money("value", required=True) or 0, terms.ratio("unit_share", required=True) or Fraction(0)
    fair = round_half_up(value * part)
    price = terms.money("price")
    price = fair if price is None else price
    noticed = terms.money("noticed_price")
    if noticed is not None and price < noticed:
        terms.wrong("price_wan", "under_noticed_price", f"让渡价低于公示的 {format_wan(noticed)} 万元，须重新公示")
    if terms.flag("third_party_behind"):
        terms.wrong("third_party_behind", "third_party_behind", "受让团队背后另有第三方，不适用权益让渡")
    down = terms.money("down") or 0
    if down > price:
        terms.wrong("down_wan", "down_over_price", "首付超过让渡价")
    down_when = read_when(terms, "down_when", required=down > 0)
    rate = terms.ratio("income_rate") or Fraction(0)
    clauses = (
        Once("down", down_when, down, payer, payee, "权益让渡首付"),
        PerEvent("income", "income", by_rate(rate, price - down), payer, payee, "从转化收入中支付让渡价款"),
    )
    return Built(clauses, payer, payee)


def commission(terms: Reader, models: Models) -> Built:
    """A technology manager's commission (技术经理人佣金) by a local rule or by own terms; caps by case and by calendar year."""
    payer, payee = _sides(terms, "client", "manager")
    rule = models.commissions.get(terms.text("rule", among=("", *models.commissions)))
    rate = terms.ratio("rate", required=rule is None)
    case_cap, year_cap = terms.money("case_cap"), terms.money("year_cap")
    rate = rule.rate if rule and rate is None else rate or Fraction(0)
    case_cap = rule.case_cap if rule and case_cap is None else case_cap
    year_cap = rule.year_cap if rule and year_cap is None else year_cap
    base = terms.text("base", among=("paid", "contract", "technical"), default=rule.base if rule else "paid")
    clause = PerEvent("commission", base, by_rate(rate, case_cap), payer, payee, "经理人佣金", year_cap=year_cap)
    return Built((clause,), payer, payee)


def custom(terms: Reader, models: Models) -> Built:
    """Own clauses: ``{id, when, amount_wan}`` due once, or ``{id, per_event, rate, since?, pay_days?}`` for every event."""
    payer, payee = _sides(terms, "payer", "payee")
    clauses: list[Clause] = []
    for n, row in enumerate(terms.rows("clauses", required=True), 1):
        name, because = row.text("id", default=f"clause-{n}"), row.text("because", default=f"第 {n} 条")
        sides = row.text("from", default=payer), row.text("to", default=payee)
        if row.has("per_event"):
            event, rate = row.text("per_event", required=True), row.ratio("rate", required=True, most=None) or Fraction(0)
            since = read_when(row, "since") if row.has("since") else None
            clauses.append(
                PerEvent(name, event, by_rate(rate, row.money("cap")), *sides, because, since=since, pay_days=row.whole("pay_days") or 0)
            )
        else:
            clauses.append(Once(name, read_when(row, "when"), row.money("amount", required=True) or 0, *sides, because))
    return Built(tuple(clauses), payer, payee, stops=("terminated",))
