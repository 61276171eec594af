"""A product's conditions as a rule of the rule engine: which firm fits, clause by clause, by the same engine as the policy rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import yaml

from trihelix.engines import chain
from trihelix.engines.bookfile import load_text
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import book
from trihelix.kernel.columns import options
from trihelix.kernel.models import Record
from trihelix.registers.ladder import facts

if TYPE_CHECKING:
    from trihelix.engines.rules import Answer, RuleBook
    from trihelix.registers.finance.models import FinanceProduct

OPS = options(("at_least", "不低于", "At least"), ("at_most", "不超过", "At most"), ("is", "为", "Is"))
SIGNS = {"at_least": ">=", "at_most": "<=", "is": "=="}
# Item → (Chinese, English, inputs it reads, expression, unit). Inputs carry the rules' own names, so the registers fill them.
ITEMS: dict[str, tuple[str, str, tuple[str, ...], str, str]] = {
    "revenue": ("上年营业收入", "Revenue", ("revenue",), "revenue[-1]", "万元"),
    "revenue_growth": ("营业收入增长率", "Revenue growth", ("revenue",), "revenue[-1] / revenue[-2] - 1", "%"),
    "rd_tax": ("上年研发费用（加计扣除口径）", "R&D by tax definition", ("rd_tax",), "rd_tax[-1]", "万元"),
    "rd_ratio": ("研发费用占营业收入", "R&D ratio", ("rd_tax", "revenue"), "rd_tax[-1] / revenue[-1]", "%"),
    "staff": ("职工总数", "Staff", ("staff",), "staff", "人"),
    "debt_ratio": ("资产负债率", "Debt ratio", ("liabilities", "assets"), "liabilities / assets", "%"),
    "ip1": ("Ⅰ类知识产权", "Class I IP", ("ip1",), "ip1", "项"),
    "age": ("成立年数", "Years since founded", ("founded",), "founded", "年"),
    "hnte_valid": ("有效的高新技术企业", "High-tech enterprise", ("hnte_valid",), "hnte_valid", ""),
    "tech_sme_valid": ("有效的科技型中小企业", "Technology SME", ("tech_sme_valid",), "tech_sme_valid", ""),
    "specialised_valid": ("有效的专精特新中小企业", "Specialised SME", ("specialised_valid",), "specialised_valid", ""),
    "blacklisted": ("列入失信名单", "On a dishonest list", ("blacklisted",), "blacklisted", ""),
}
TYPES = {
    "revenue": {"type": "money", "series": True}, "rd_tax": {"type": "money", "series": True}, "liabilities": {"type": "money"}, "assets": {"type": "money"},
    "staff": {"type": "int"}, "ip1": {"type": "int"}, "founded": {"type": "date"},
}  # fmt: skip
TRUE, FALSE = ("是", "true", "True", "yes"), ("否", "false", "False", "no")


def choices() -> dict[str, tuple[str, str]]:
    """The items a condition may name."""
    return {k: (zh, en) for k, (zh, en, *_) in ITEMS.items()}


def tax_rules() -> list[str]:
    """Ids of the book's rules about taxes, from the heads of their files."""
    folder = book.current().path / "rules"
    heads = {p.stem: load_text(p.read_text(encoding="utf-8").split("\ninputs:")[0], p.name) for p in sorted(folder.glob("*.yaml"))}
    return [k for k, head in heads.items() if head.get("group") == "tax"]


def problems(rows: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """What is wrong with a product's conditions, by row."""
    out = []
    for n, row in enumerate(rows or (), 1):
        try:
            expression(row)
        except Refused as refusal:
            out += [p.at(row=n) for p in refusal.problems]
    return out


def expression(row: Mapping[str, Any]) -> str:
    """One condition as an expression of the rule engine. Refuses unknown items and values that do not fit them."""
    key, op, text = row.get("key"), row.get("op"), str(row.get("value") or "").strip()
    if key not in ITEMS or op not in SIGNS:
        raise Refused.one("bad_condition", "条件应由项目、比较与值组成", field="conditions", value=str(key))
    _, _, _, what, unit = ITEMS[key]
    if unit == "":
        if op != "is" or text not in TRUE + FALSE:
            raise Refused.one("bad_condition", f"“{ITEMS[key][0]}” 只能写 “为 是/否”", field="conditions", value=text)
        return what if text in TRUE else f"not {what}"
    number = text.rstrip("%％")
    if op == "is" or not re.fullmatch(r"-?\d+(\.\d+)?", number):
        raise Refused.one("bad_condition", f"“{ITEMS[key][0]}” 的值应为数，用 “不低于” 或 “不超过”", field="conditions", value=text)
    if key == "age":
        if not re.fullmatch(r"\d{1,3}", number):
            raise Refused.one("bad_condition", "成立年数应为整数", field="conditions", value=text)
        return f"on {SIGNS[op]} add_years(founded, {number})"
    return f"{what} {SIGNS[op]} {number}{'%' if unit == '%' else ''}"


def sentence(row: Mapping[str, Any]) -> str:
    """One condition for people."""
    zh, _, _, _, unit = ITEMS[row["key"]]
    value = str(row["value"]).rstrip("%％") if unit == "%" else str(row["value"])
    return f"{zh}{OPS[row['op']][0]} {value}{unit}" + (f"（{row['note']}）" if row.get("note") else "")


def rule_of(product: FinanceProduct) -> RuleBook:
    """The product as a book of one rule named ``product``; the digest names its conditions."""
    from trihelix.engines.rules import RuleBook
    from trihelix.engines.rules.loader import read_rule

    rows = product.conditions or []
    keys = sorted({i for row in rows for i in ITEMS[row["key"]][2]}) or ["founded"]
    inputs = {k: {"zh": _label(k), **TYPES.get(k, {"type": "bool"})} for k in keys}
    gates = [{"id": f"c{n}", "zh": sentence(row), "when": expression(row)} for n, row in enumerate(rows, 1)]
    content = {
        "rule": "product", "zh": product.record.title, "group": "finance", "confirmed": dt.date(2000, 1, 1),
        "sources": {"bank": {"doc": product.record.number or "产品条件", "title": product.record.title}}, "inputs": inputs,
        "versions": [{
            "version": str(product.record.version or 1), "from": dt.date(2000, 1, 1), "source": "bank",
            "gates": gates or [{"id": "none", "zh": "未设准入条件", "when": "founded <= on"}],
        }],
    }  # fmt: skip
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    return RuleBook({"product": read_rule(text, "product.yaml")}, chain.digest(text)[:64])


def _label(key: str) -> str:
    names = {"liabilities": "负债总额", "assets": "资产总额", "founded": "成立日期", "revenue": "营业收入"}
    return names.get(key) or ITEMS[key][0]


def check(product: FinanceProduct, firm: Record, on: dt.date, typed: Mapping[str, Any] | None = None) -> Answer:
    """One firm against one product on a day, clause by clause."""
    table = rule_of(product)
    return table.check("product", facts.of_firm(table.rule("product"), firm, on, typed), on, change=False)


def fitting(product: FinanceProduct, firms: list[Record], on: dt.date) -> list[dict[str, Any]]:
    """Many firms against one product: verdict, failing and missing clauses; facts in bounded queries."""
    table = rule_of(product)
    rule = table.rule("product")
    known = facts.gather(rule, [f.pk for f in firms], on)
    out = []
    for firm in firms:
        try:
            answer = table.check("product", known.get(firm.pk, {}), on, change=False)
        except Refused as refusal:
            out.append({"firm": firm, "verdict": "unknown", "failed": [], "missing": [refusal.problems[0].message]})
            continue
        texts = {t["clause"]: t["text"] for t in answer.trace}
        out.append(
            {
                "firm": firm, "verdict": answer.verdict, "failed": [texts.get(c, c) for c in answer.failed],
                "missing": [rule.inputs[k].label.zh for k in answer.missing if k in rule.inputs],
            }
        )  # fmt: skip
    return out
