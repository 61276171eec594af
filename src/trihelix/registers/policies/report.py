"""The check-up as a paper: every rule in its column with clause tree, figures and their sources, missing inputs, benefit, office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trihelix.engines.documents import Block, Document, Heading, Item, Paragraph, Table, html, pdf

if TYPE_CHECKING:
    from trihelix.engines.rules.model import Rule

NAMES = {"met": "符合", "near": "差一步", "not_met": "不符合", "unknown": "待补信息"}
OUTCOMES = {"met": "符合", "not_met": "不符合", "unknown": "未知", "scored": "计分"}
ABOUT = (("benefit", "好处"), ("deadline", "时限"), ("evidence", "所需材料"), ("office", "办理"), ("note", "说明"))


def labels(rule: Rule, keys: Iterable[str]) -> list[str]:
    """Chinese names of inputs, each with its usual evidence where the book names one."""
    out = []
    for key in keys:
        one = rule.inputs.get(key.split("[")[0])
        out.append(key if one is None else one.label.zh + (f"（{one.evidence}）" if one.evidence else ""))
    return out


def clause_texts(rule: Rule, answer: Any) -> list[str]:
    """The texts of the clauses that failed."""
    texts = {t["clause"]: t["text"] for t in answer.trace}
    return [texts.get(c, c) for c in answer.failed]


def stored_rows(columns: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """The columns of a check-up as plain values that are stored as they were: one row a rule, in the order of the columns."""
    out = []
    for column, rows in columns.items():
        for row in rows:
            rule, answer, held = row["rule"], row["answer"], row["recognition"]
            out.append(
                {
                    "column": column, "rule": rule.id, "title": rule.label.zh, "about": {k: rule.about[k].zh for k, _ in ABOUT if k in rule.about},
                    "recognition": None if held is None else {"number": held.number_given, "from": held.valid_from.isoformat(), "to": held.valid_to.isoformat() if held.valid_to else None},
                    "answer": None if answer is None else answer.as_json(), "missing": row["missing"], "failed": row["failed"],
                    "problems": [{"code": p.code, "message": p.message, "field": p.field} for p in row["problems"]],
                }
            )  # fmt: skip
    return out


def document(title: str, number: str, on: dt.date, rows: Sequence[Mapping[str, Any]], typed: Mapping[str, Any], note: str) -> Document:
    """The paper of one firm: an overview by column, then each rule by clause."""
    blocks: list[Block] = [
        Paragraph(f"{title}　{number}", "center"),
        Paragraph(f"评估日期：{on.year}年{on.month}月{on.day}日", "center"),
        Paragraph("本报告为企业自评，按所列规则版本和事实得出，不代替任何官方认定。"),
        Heading(1, "一、总览"),
        Table(("结论", "规则", "版本", "得分", "关键处"), tuple(_overview(r) for r in rows)),
    ]
    if typed:
        blocks.append(Paragraph("以下数值由填写人给出，不取自登记数据：" + "；".join(f"{k} = {v}" for k, v in typed.items())))
    blocks.append(Heading(1, "二、逐条依据"))
    for row in rows:
        blocks += _rule(row)
    return Document("政策体检报告", tuple(blocks), note, "zh", on)


def _points(answer: Mapping[str, Any] | None) -> str:
    total = (answer or {}).get("total")
    if not total:
        return ""
    return str(total["min"]) if total["min"] == total["max"] else f"{total['min']}–{total['max']}"


def _overview(row: Mapping[str, Any]) -> tuple[str, ...]:
    answer = row["answer"] or {}
    key = {
        "met": "已获认定" if row["recognition"] else "",
        "near": "；".join(change_text(c) for c in answer.get("combination") or ()),
        "not_met": "未过：" + "；".join(row["failed"][:3]),
        "unknown": "缺：" + "、".join(row["missing"][:4]) if row["missing"] else "；".join(p["message"] for p in row["problems"]),
    }[row["column"]]
    return (NAMES[row["column"]], row["title"], answer.get("version", ""), _points(row["answer"]), key)


def change_text(change: Mapping[str, Any]) -> str:
    """What one input would have to be."""
    now = "未填" if change["from"] is None else change["from"]
    return f"{change['label']}由 {now} 变为 {change['to']}{change['unit'] or ''}"


def _rule(row: Mapping[str, Any]) -> list[Block]:
    answer = row["answer"]
    out: list[Block] = [Heading(2, f"{row['title']}：{NAMES[row['column']]}")]
    out += [Paragraph(f"**{zh}**　{row['about'][k]}") for k, zh in ABOUT if row["about"].get(k)]
    if held := row["recognition"]:
        out.append(Paragraph(f"**已获认定**　{held['number']}　{held['from']} 至 {held['to'] or '今'}"))
    out += [Item(f"须更正：{p['message']}") for p in row["problems"]]
    if answer is None:
        return out
    out.append(Table(("条款", "结果", "所用数值与来源", "余量", "出处"), tuple(_clause(t, answer["trace"]) for t in answer["trace"])))
    if row["missing"]:
        out.append(Paragraph("**待补信息**　" + "、".join(row["missing"])))
    out += [Item(f"若要满足“{c['clause']}”：{change_text(c)}") for c in answer["change"]]
    if answer["combination"]:
        out.append(Paragraph("**最省力的改变**　" + "；".join(change_text(c) for c in answer["combination"])))
    return out


def _clause(entry: Mapping[str, Any], trace: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    parents, above = {t["clause"]: t["parent"] for t in trace}, 0
    at = entry["parent"]
    while at is not None:
        above, at = above + 1, parents.get(at)
    points = entry.get("points")
    outcome = OUTCOMES[entry["outcome"]]
    if points:
        span = str(points["min"]) if points["min"] == points["max"] else f"{points['min']}–{points['max']}"
        outcome = f"{span} / {points['max_points']} 分"
    figures = "；".join(
        f"{f['label'] or f['key']} = {'未知' if f['value'] is None else f['value']}{f['unit'] or ''}" + (f"〔{f['source']}〕" if f["source"] else "")
        for f in entry["figures"]
    )  # fmt: skip
    margin = entry["margin"] or {}
    held = " ".join(str(margin[k]) for k in ("value", "op", "limit") if k in margin)
    return ("　" * above + entry["text"], outcome, figures, held, entry["source"] + ("（待核实）" if entry["unverified"] else ""))


def paper(title: str, number: str, on: dt.date, rows: Sequence[Mapping[str, Any]], typed: Mapping[str, Any], note: str) -> bytes:
    """The PDF. Refused where the PDF component or a Chinese font is missing."""
    return pdf(html(document(title, number, on, rows, typed, note)))
