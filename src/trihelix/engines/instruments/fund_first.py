"""Fund first, equity later (先投后股): money first, no shares and no registry entry until a round, a target or a date.

``price = pre × (1 − discount) / shares before``; ``new = funded / price``;
``own = new / (shares before + new + shares of the round)``. Shares beyond the cap are not issued: the rest of the money
stays a grant or becomes a debt, as the clause says. A buy-back pays ``A × (1 + r)^years``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from trihelix.engines.errors import Refused
from trihelix.engines.fields import Reader
from trihelix.engines.instruments.core import Clause, Event, Obligation, Once, When, after, on
from trihelix.engines.instruments.kinds import Built, read_when
from trihelix.engines.instruments.models import Models
from trihelix.engines.money import exact, format_decimal, format_wan, ratio_text, round_half_up
from trihelix.engines.months import full_months


@dataclass(frozen=True)
class Conversion:
    """Shares issued for the money: ``converted`` fen became ``shares`` at ``price`` fen a share; ``rest`` fen did not."""

    price: Fraction
    shares: Fraction
    round_shares: Fraction
    own: Fraction
    converted: int
    rest: int
    capped: bool


def convert(
    funded: int, pre_value: int, round_amount: int, shares_before: Fraction, discount: Fraction = Fraction(0), cap: Fraction | None = None
) -> Conversion:
    """Convert funded money at a round; the round itself buys at the full price.

    Refusals: ``bad_round`` (values not above zero), ``bad_discount`` (1 or more), ``bad_cap`` (cap of 1 or more).
    """
    if pre_value <= 0 or shares_before <= 0 or funded < 0 or round_amount < 0:
        raise Refused.one("bad_round", "融资前估值和原有股数须大于零，金额不得为负", field="round")
    if discount >= 1:
        raise Refused.one("bad_discount", "折扣须小于 1", field="discount", value=ratio_text(discount))
    if cap is not None and cap >= 1:
        raise Refused.one("bad_cap", "持股上限须小于 1", field="cap", value=ratio_text(cap))
    full_price = Fraction(pre_value) / shares_before
    price = full_price * (1 - discount)
    others = shares_before + round_amount / full_price
    shares = funded / price
    capped = cap is not None and shares / (others + shares) > cap
    if cap is not None and capped:
        shares = others * cap / (1 - cap)
    converted = round_half_up(shares * price) if capped else funded
    return Conversion(price, shares, round_amount / full_price, shares / (others + shares), converted, funded - converted, capped)


def buyback(funded: int, rate: Fraction, years: int) -> int:
    """Principal plus a fixed rate for whole years, fen rounded half up."""
    return round_half_up(funded * (1 + rate) ** years)


@dataclass(frozen=True)
class FundFirst:
    """The conversion clause with the two ways out: no trigger by the date, and buy-back by the founders."""

    tranches: tuple[Once, ...]
    discount: Fraction
    cap: Fraction
    deadline: When
    revenue_target: int | None
    on_no_trigger: str
    rest_as: str
    rate: Fraction
    parties: tuple[str, str, str, str]

    def obligations(self, events: Sequence[Event]) -> Iterator[Obligation]:
        """The shares at the trigger, what is repaid, what is bought back."""
        fund, firm, holder, founders = self.parties
        failed = next((e for e in events if e.type == "failed"), None)
        trigger = self._trigger(events)
        if failed and (trigger is None or failed.day < trigger.day):
            if failed.amount:
                yield Obligation("compensation", failed.day, firm, fund, failed.amount, "项目失败，按约定补偿")
            return
        if trigger is None:
            due = self.deadline.resolve(events)
            funded = self._funded(events, due)
            if due and funded and self.on_no_trigger == "repay":
                yield Obligation("repay", due, firm, fund, funded, f"到期未触发转股：{self.deadline.text()}")
            return
        done = self._convert(events, trigger)
        words = f"{trigger.day} 触发转股，每股 {format_decimal(done.price / 100, 4)} 元" + (
            "，超过持股上限部分不转股" if done.capped else ""
        )
        row = Obligation("convert", trigger.day, firm, holder, done.converted, words)
        yield replace(row, shares=done.shares, own=done.own)
        if done.rest and self.rest_as == "debt":
            yield Obligation("rest", trigger.day, firm, fund, done.rest, "超过持股上限的资金转为债权")
        out = next((e for e in events if e.type == "buyback" and e.day >= trigger.day), None)
        if out:
            years = full_months(trigger.day, out.day) // 12
            yield Obligation(
                "buyback", out.day, founders, holder, buyback(done.converted, self.rate, years), f"转股满 {years} 年，创始人回购"
            )

    def _trigger(self, events: Sequence[Event]) -> Event | None:
        deadline = self.deadline.resolve(events) or date.max
        for event in events:
            reached = self.revenue_target is not None and event.type == "revenue" and event.amount >= self.revenue_target
            if event.day <= deadline and (event.type == "round" or reached):
                return event
        return None

    def _funded(self, events: Sequence[Event], until: date | None) -> int:
        rows = (o for t in self.tranches for o in t.obligations(events))
        return sum(o.amount for o in rows if until is None or o.due <= until)

    def _convert(self, events: Sequence[Event], trigger: Event) -> Conversion:
        if trigger.pre_value is None or trigger.shares_before is None:
            raise Refused.one("no_value", f"{trigger.day} 的触发事件须写明估值（pre_wan）和原有股数（shares_before）", field="events")
        bought = trigger.amount if trigger.type == "round" else 0
        return convert(self._funded(events, trigger.day), trigger.pre_value, bought, trigger.shares_before, self.discount, self.cap)


def fund_first(terms: Reader, models: Models) -> Built:
    """Read the terms. Refused: ``not_team_firm``, a firm that is not the team's own."""
    names = tuple(terms.text(key, default=key) for key in ("fund", "firm", "holder", "founders"))
    fund, firm = names[0], names[1]
    if terms.flag("team_firm") is False:
        terms.wrong("team_firm", "not_team_firm", "先投后股只投成果团队自己的企业")
    rows = terms.rows("tranches", required=True)
    tranches = tuple(
        Once(f"tranche-{n}", read_when(r, "when"), r.money("amount", required=True) or 0, fund, firm, f"第 {n} 期投入")
        for n, r in enumerate(rows, 1)
    )
    start = terms.day_or("agreed")
    months = terms.whole("trigger_months", default=models.fund("trigger_months").value) or 0
    cap = terms.ratio("cap")
    clause = FundFirst(
        tranches=tranches,
        discount=terms.ratio("discount") or Fraction(0),
        cap=exact(models.fund("cap").value) if cap is None else cap,
        deadline=after(on(start), months),
        revenue_target=terms.money("revenue_target"),
        on_no_trigger=terms.text("on_no_trigger", among=("repay", "extend"), default="extend"),
        rest_as=terms.text("rest_as", among=("grant", "debt"), default="grant"),
        rate=terms.ratio("buyback_rate") or Fraction(0),
        parties=(fund, firm, names[2], names[3]),
    )
    most = models.fund("amount_wan")
    total = sum(t.amount for t in tranches)
    hints = (f"投入 {format_wan(total)} 万元，高于常见上限 {most.value} 万元（{most.source}）",)
    clauses: tuple[Clause, ...] = (*tranches, clause)
    return Built(clauses, fund, firm, hints=hints if total > exact(most.value) * 1_000_000 else ())
