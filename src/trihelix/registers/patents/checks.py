"""What the sheets of the patent registers must fulfil, and what they fill by themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from trihelix.engines import patents
from trihelix.engines.codes import application_number
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel.checks import not_negative, past
from trihelix.registers.patents.keys import canonical
from trihelix.registers.patents.models import Patent, Product, StockRecord
from trihelix.registers.patents.settings_book import settings

Row = Mapping[str, Any]


def order(row: Row, first: str, last: str) -> Iterable[Problem]:
    """Two days in order."""
    if row.get(first) and row.get(last) and row[last] < row[first]:
        yield Problem("date_order", f"日期 {row[last]} 早于 {row[first]}，请核对", field=last, value=str(row[last]))


def span(row: Row, name: str, low: int, high: int, label: str) -> Iterable[Problem]:
    """A number between two."""
    if row.get(name) is not None and not low <= row[name] <= high:
        yield Problem("out_of_range", f"{label}应在 {low} 与 {high} 之间", field=name, value=str(row[name]))


def _number(text: str, field: str, ptype: str | None) -> Iterable[Problem]:
    try:
        number = application_number(text, field)
    except Refused as refusal:
        yield from refusal.problems
        return
    kind = patents.KIND_OF[number.kind]
    if ptype and ptype != kind:
        yield Problem("ptype_mismatch", f"申请号 {number} 的种类位是“{_PTYPE[kind]}”，与所填专利类型不符", field="ptype", value=ptype)


_PTYPE = {"invention": "发明", "utility": "实用新型", "design": "外观设计"}


def check_patent(row: Row, context: Row) -> Iterable[Problem]:
    """Number, kind, classification, publication number, days, shares."""
    if row.get("app_no"):
        yield from _number(str(row["app_no"]), "app_no", row.get("ptype"))
        number = canonical(row["app_no"])
        if number and not context.get("import"):
            held = Patent.objects.filter(app_no=number).first()
            if held is not None and str(held.uid) != str(row.get("uid") or ""):
                yield Problem("patent_taken", f"专利 {number} 已登记（{held.number}）", field="app_no", value=number)
        if number:
            ptype = patents.KIND_OF[application_number(number).kind]
            yield from patents.symbols(row.get("classes") or (), ptype, "classes")[1]
    if row.get("pub_no"):
        try:
            patents.publication_number(row["pub_no"], "pub_no")
        except Refused as refusal:
            yield from refusal.problems
    yield from past(row, "filing_date", "grant_date", "acquired_on")
    yield from order(row, "filing_date", "grant_date")
    yield from order(row, "filing_date", "fee_paid_to")
    yield from not_negative(row, "pledge_wan", "awards", "family_overseas")
    shares = [Decimal(str(h["share_percent"])) for h in row.get("holders") or () if h.get("share_percent") is not None]
    if any(s <= 0 for s in shares) or sum(shares) > 100:
        yield Problem("share_sum", "权利人份额应为正数，合计不超过 100%", field="holders", value=str(sum(shares)))


def prepare_patent(values: dict[str, Any]) -> None:
    """Store numbers and symbols in one form; kind, family and end day follow from them."""
    number = application_number(values["app_no"])
    values["app_no"], values["ptype"] = str(number), patents.KIND_OF[number.kind]
    values["classes"] = patents.symbols(values.get("classes") or (), values["ptype"], "classes")[0]
    values["pub_no"] = patents.publication_number(values["pub_no"]) if values.get("pub_no") else ""
    values["priority"] = canonical(values["priority"]) or str(values["priority"]).strip().upper() if values.get("priority") else ""
    values["family"] = str(values.get("family") or "").strip() or values["priority"] or values["app_no"]
    values["status"] = values.get("status") or ("in_force" if values.get("grant_date") else "published" if values["pub_no"] else "filed")
    values["funded"] = bool(values.get("funded")) or bool(values.get("funding"))
    if values.get("filing_date") and not values.get("expires_on"):
        values["expires_on"] = patents.ends_on(values["ptype"], values["filing_date"], settings().terms)


def imported_patent(patent: Patent, today: dt.date) -> None:
    """Published and granted patents are open to all; unpublished applications stay with their owner."""
    patent.record.visibility = "public" if patent.pub_no or patent.grant_date else "owner"


def check_round(row: Row, context: Row) -> Iterable[Problem]:
    """Days in order."""
    yield from order(row, "starts_on", "ends_on")
    yield from order(row, "starts_on", "report_by")


def check_stock(row: Row, context: Row) -> Iterable[Problem]:
    """Stars, readiness, price, days."""
    yield from span(row, "stars", 1, 5, "星级")
    yield from span(row, "trl", 1, 9, "技术成熟度")
    yield from not_negative(row, "ask_wan", "willing")
    yield from past(row, "self_assessed_on", "pool_on", "outcome_on")
    if context.get("import") and row.get("outcome") and not row.get("outcome_on"):
        yield Problem("required", "已转化的须填写转化日期", field="outcome_on")


def stock_state(row: Row) -> str:
    """The state of an imported form: its exit, its outcome, its tier, the pool, or the base."""
    if row.get("exit_kind"):
        return str(row["exit_kind"])
    if row.get("outcome"):
        return "recorded" if row.get("outcome_number") else str(row["outcome"])
    if row.get("stars") and row.get("prospect"):
        return "tiered"
    return "pool" if row.get("pool_on") else "registered"


def imported_stock(form: StockRecord, today: dt.date) -> None:
    """Forms imported as approved are in the pool from today, unless a day is given; the tier follows from the rule."""
    if form.record.state == "registered":
        return
    form.pool_on = form.pool_on or today
    if form.stars and form.prospect:
        rule = settings()
        form.tier, form.tier_rule = patents.tier(rule.tiers, form.stars, form.prospect, form.willing), rule.tier_version


def defaults(**fixed: Any) -> Any:
    """Fill blanks with fixed values."""

    def prepare(values: dict[str, Any]) -> None:
        for name, value in fixed.items():
            if values.get(name) in (None, ""):
                values[name] = value

    return prepare


def check_deal(row: Row, context: Row) -> Iterable[Problem]:
    """Days, term, counterpart, fee."""
    yield from past(row, "signed_on", "recorded_on")
    for first, last in (("signed_on", "effective_on"), ("signed_on", "recorded_on"), ("term_from", "term_to")):
        yield from order(row, first, last)
    yield from not_negative(row, "fee_wan")
    if not row.get("counterpart") and not row.get("counterpart_name"):
        yield Problem("required", "请填写受让方，或未登记单位的名称", field="counterpart")
    if row.get("counterpart") and row.get("counterpart") == row.get("owner"):
        yield Problem("same_party", "转让方与受让方不能是同一单位", field="counterpart", value=row["counterpart"])
    if row.get("fee_kind") == "free" and row.get("fee_wan"):
        yield Problem("fee_when_free", "免费许可不填费用", field="fee_wan", value=str(row["fee_wan"]))
    if row.get("kind") == "transfer" and row.get("term_to"):
        yield Problem("term_of_transfer", "转让没有许可期限", field="term_to", value=str(row["term_to"]))


def prepare_deal(values: dict[str, Any]) -> None:
    """The last day of recording follows from the day of effect; a transfer takes effect on registration only (Patent Law art. 10)."""
    if values.get("kind") == "transfer":
        values["effective_on"] = values.get("recorded_on")
    effective = values.get("effective_on")
    values["record_by"] = (
        patents.recording_due(effective, settings().record_months) if effective and values.get("kind") != "transfer" else None
    )


def deal_state(row: Row) -> str:
    """The state of an imported contract."""
    return "recorded" if row.get("recorded_on") else "effective" if row.get("effective_on") and row.get("kind") != "transfer" else "signed"


def check_recording(row: Row, context: Row) -> Iterable[Problem]:
    """A recording lies in the past and covers at least one patent."""
    yield from past(row, "recorded_on")
    if row.get("patents") is not None and row["patents"] < 1:
        yield Problem("out_of_range", "备案至少涉及一件专利", field="patents", value=row["patents"])
    if row.get("app_no"):
        yield from _number(str(row["app_no"]), "app_no", None)


def prepare_recording(values: dict[str, Any]) -> None:
    """One patent unless more are given; the number in its stored form."""
    values["patents"] = values.get("patents") or 1
    values["app_no"] = canonical(values["app_no"]) or "" if values.get("app_no") else ""


def check_open(row: Row, context: Row) -> Iterable[Problem]:
    """Days, rate, and a fee that can be computed."""
    yield from past(row, "declared_on", "announced_on")
    yield from order(row, "declared_on", "announced_on")
    yield from order(row, "period_from", "period_to")
    yield from not_negative(row, "base_wan", "floor_wan")
    yield from span(row, "rate_percent", 0, 100, "提成比例")
    kind = row.get("fee_kind")
    if kind in ("royalty", "entry_royalty") and row.get("rate_percent") is None:
        yield Problem("required", "提成付费须填写提成比例", field="rate_percent")
    if kind in ("lump", "entry_royalty") and row.get("base_wan") is None:
        yield Problem("required", "请填写固定费用", field="base_wan")


def check_valuation(row: Row, context: Row) -> Iterable[Problem]:
    """Days, shares; the money of the income method is computed."""
    yield from past(row, "valued_on")
    yield from order(row, "valued_on", "valid_to")
    yield from span(row, "share_percent", 0, 100, "分成率")
    yield from not_negative(row, "rate_percent", "money_wan")


def check_product(row: Row, context: Row) -> Iterable[Problem]:
    """Days, amounts, patents by valid numbers."""
    yield from past(row, "filed_on", "launched_on", "recognised_on", "updated_on")
    yield from order(row, "filed_on", "recognised_on")
    yield from not_negative(row, "sales_wan", "revenue_wan", "rd_wan")
    yield from span(row, "market_share_percent", 0, 100, "市场占有率")
    yield from span(row, "price_share_percent", 0, 100, "价格贡献")
    if row.get("sales_wan") is not None and row.get("revenue_wan") is not None and row["sales_wan"] > row["revenue_wan"]:
        yield Problem("sales_above_revenue", "产品销售额不能大于企业营业收入", field="sales_wan")
    for used in row.get("patents_used") or ():
        if used.get("app_no"):
            yield from _number(str(used["app_no"]), "patents_used", None)
    if context.get("import") and row.get("recognised_on") and not row.get("filed_on"):
        yield Problem("required", "已认定的产品须填写备案日期", field="filed_on")


def product_state(row: Row) -> str:
    """The state of an imported product."""
    return "recognised" if row.get("recognised_on") else "filed" if row.get("filed_on") else "draft"


def imported_product(product: Product, today: dt.date) -> None:
    """A filed product has a day of filing."""
    if product.record.state in ("filed", "recognised"):
        product.filed_on = product.filed_on or today


def check_centre(row: Row, context: Row) -> Iterable[Problem]:
    """Days in order."""
    yield from past(row, "applied_on", "recognised_on")
    yield from order(row, "recognised_on", "valid_to")


def check_call(row: Row, context: Row) -> Iterable[Problem]:
    """Days in order, no negative number of cases."""
    yield from order(row, "opens_on", "closes_on")
    yield from span(row, "wanted", 1, 100, "入选数量")


def check_case(row: Row, context: Row) -> Iterable[Problem]:
    """Amounts; what the selection decides is not typed."""
    yield from not_negative(row, "revenue_wan")
    yield from past(row, "selected_on")
