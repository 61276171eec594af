"""Builds the decision file of an approval: report, facts, journal, notices, verdict, rules of the day."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from trihelix.engines import bundle
from trihelix.engines.documents import web
from trihelix.engines.documents.blocks import Block, Document, Heading, Paragraph, Table
from trihelix.engines.errors import Refused
from trihelix.engines.money import exact, ratio_text
from trihelix.kernel import book, clock, journal
from trihelix.kernel.models import BookVersion, JournalEntry, Notice, Record, User
from trihelix.registers.inventions import sharing
from trihelix.registers.inventions.models import Publicity, SharePlan, Transfer
from trihelix.registers.inventions.procedure import STEPS

SHARE_RULES = "money/share-rules.yaml"


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None


def rules_of(record: Record) -> bytes:
    """The share rules of the book the case opened with; the current ones where that book is not stored."""
    stored = BookVersion.objects.filter(pk=record.book_id).first()
    if stored is not None and SHARE_RULES in stored.files:
        return str(stored.files[SHARE_RULES]).encode()
    return (book.current().path / "money" / "share-rules.yaml").read_bytes()


def _working_days(start: dt.date, end: dt.date) -> list[str]:
    days = (start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1))
    return [d.isoformat() for d in days if book.current().calendar.is_working(d).working]


def notices_of(record: Record) -> list[dict[str, Any]]:
    """Notices with proof of days: dates, days asked, source, text with hash, objections with answers."""
    out = []
    for n in Publicity.objects.filter(record=record):
        row = {
            "kind": n.kind, "scope": n.scope, "from": _iso(n.starts), "to": _iso(n.ends), "days": n.days, "calendar": n.calendar, "clause": n.clause,
            "text": n.text, "text_hash": n.text_hash, "proof": n.proof, "put_up_at": _iso(n.made_at), "superseded": n.superseded, "objections": n.objections,
        }  # fmt: skip
        if n.calendar == "working":
            row["working_days"] = _working_days(n.starts, n.ends)
        out.append(row)
    return out


def _check(id_: str, zh: str, op: str, left: Any, right: Any = None, kind: str = "text", clause: str = "") -> dict[str, Any]:
    row = {"id": id_, "zh": zh, "op": op, "left": left, "right": right, "type": kind, "clause": clause}
    return {**row, "holds": bundle.compare(row)}


def checks_of(entry: Any) -> list[dict[str, Any]]:
    """The verdict as comparisons with both sides, so that anyone can repeat them."""
    live = Publicity.objects.filter(record=entry.record, superseded=False).first()
    open_objections = sum(1 for o in live.objections if not o["outcome"]) if live else 0
    there = sorted({d["kind"] for d in entry.documents})
    rows = [
        _check("minutes", "有集体决策纪要", "filled", entry.minutes), _check("no_gain", "参会人声明没有谋取利益", "true", entry.no_gain),
        _check("noticed", "已公示", "filled", _iso(entry.notice_from)),
        _check("decided_first", "先决策后公示", "ge", _iso(entry.notice_from), _iso(entry.decided_on), "date"),
        _check("objections", "没有未处理的异议", "eq", str(open_objections), "0", "count"),
    ]  # fmt: skip
    if entry.effective_on:
        rows.append(_check("after_notice", "公示期满后生效", "gt", _iso(entry.effective_on), _iso(entry.notice_to), "date"))
    steps = STEPS.get(entry.record.register)
    rows += [_check(f"paper:{k}", f"有{steps.papers[k][0]}", "filled", k if k in there else "") for k in (steps.needed if steps else ())]
    if isinstance(entry, SharePlan):
        rows += _share_checks(entry)
    return rows


def _share_checks(plan: SharePlan) -> list[dict[str, Any]]:
    transfer = Transfer.objects.get(pk=plan.transfer_id)
    book_ = sharing.share_book()
    rule = book_.rule(transfer.rule)
    rule = rule.root() if transfer.governance == "central" else rule
    floor = rule.floor(transfer.way, plan.since or plan.decided_on)
    whole = sum((exact(str(m["ratio"])) for m in plan.members), exact(0))
    rows = [_check("whole", "各人比例之和为 1", "eq", ratio_text(whole), "1", "ratio")]
    if floor and transfer.unit_kind == "state":
        rows.append(_check("floor", "奖励比例不低于下限", "ge", ratio_text(exact(plan.p)), ratio_text(floor.value), "ratio", floor.source))
    leaders = [str(m["name"]) for m in plan.members if m.get("leader") or m["role"] == "leader"]
    rows += [_check(f"recused:{n}", f"{n} 已回避", "true", n in plan.recused) for n in leaders]
    return rows


def _journal(record: Record) -> list[dict[str, Any]]:
    return [{"content": journal.content(e), "digest": e.digest} for e in JournalEntry.objects.filter(record=record).order_by("id")]


def _knew(record: Record) -> list[dict[str, Any]]:
    """Who knew what when: the steps with their actors, and the notices delivered."""
    entries = list(JournalEntry.objects.filter(record=record).order_by("id"))
    names = dict(User.objects.filter(pk__in=[e.actor_id for e in entries if e.actor_id]).values_list("pk", "display_name"))
    rows = [{"at": _iso(e.at), "who": names.get(e.actor_id, "系统"), "what": e.action, "reason": e.reason} for e in entries]
    told = Notice.objects.filter(record=record).select_related("user")
    rows += [{"at": _iso(n.at), "who": str(n.user), "what": "notified", "reason": n.text} for n in told]
    return sorted(rows, key=lambda r: str(r["at"]))


def facts(entry: Any) -> dict[str, Any]:
    """``decision.json``."""
    record: Record = entry.record
    checks = checks_of(entry)
    out: dict[str, Any] = {
        "record": {
            "register": record.register, "uid": str(record.uid), "number": record.number, "title": record.title, "state": record.state, "version": record.version,
            "owner": record.owner.title if record.owner else None, "book": record.book_id, "synthetic": record.synthetic,
        },
        "decision": {
            "decided_on": _iso(entry.decided_on), "minutes": entry.minutes, "alternatives": entry.alternatives, "recused": entry.recused, "no_gain": entry.no_gain,
            "effective_on": _iso(entry.effective_on),
        },
        "documents": entry.documents, "notices": notices_of(record), "knew": _knew(record), "journal": _journal(record),
        "verdict": {"holds": all(c["holds"] for c in checks), "checks": checks},
    }  # fmt: skip
    if isinstance(entry, SharePlan) and entry.effective_on:
        transfer = Transfer.objects.get(pk=entry.transfer_id)
        receipts = [sharing.receipt_json(r) for r in transfer.receipts.select_related("refund_of")]
        if receipts:
            request = sharing.request_of(transfer, receipts, [sharing.plan_json(p) for p in sharing.plans_of(transfer)])
            out["money"] = {"request": request, "answer": bundle.answer(request, rules_of(record))}
    return out


def _report(entry: Any, found: dict[str, Any]) -> Document:
    record, decision = entry.record, found["decision"]
    blocks: list[Block] = [
        Paragraph(f"{record.number}　{record.owner.title if record.owner else ''}"), Heading(1, "一、决策"),
        Paragraph(f"决策日期 {decision['decided_on'] or '—'}；纪要 {decision['minutes'] or '—'}；回避 {'、'.join(decision['recused']) or '无'}；参会人无利益声明：{'有' if decision['no_gain'] else '无'}。"),
        Paragraph(f"比较过的其他方案：{decision['alternatives'] or '未记录'}"), Heading(1, "二、公示"),
        Table(("起", "止", "应公示天数", "范围", "异议"), tuple((n["from"], n["to"], str(n["days"]), "、".join(n["scope"]), str(len(n["objections"]))) for n in found["notices"])),
        Heading(1, "三、核对"), Table(("事项", "结论", "左", "右"), tuple((c["zh"], "是" if c["holds"] else "否", str(c["left"] or ""), str(c["right"] or "")) for c in found["verdict"]["checks"])),
        Heading(1, "四、经过"), Table(("时间", "何人", "何事"), tuple((str(k["at"])[:16], k["who"], f"{k['what']} {k['reason']}".strip()) for k in found["knew"])),
    ]  # fmt: skip
    return Document(f"{record.title} 决策档案", tuple(blocks), note="演示数据" if record.synthetic else "")


def build(entry: Any) -> bytes:
    """The decision file as a zip: PDF (where the extra is installed) and HTML, JSON, rules, hashes."""
    found = facts(entry)
    page = web.html(_report(entry, found))
    members = {
        "decision.json": json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode(), "report.html": page.encode(),
        bundle.RULES: rules_of(entry.record),
    }  # fmt: skip
    try:
        members["report.pdf"] = web.pdf(page)
    except Refused:
        pass  # the extra for PDF is not installed; the HTML twin says the same
    return bundle.write(members, f"{entry.record.register}:{entry.record.number}", clock.now().isoformat())
