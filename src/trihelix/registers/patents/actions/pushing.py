"""Pushing patents to firms that the matching engine finds, and what they answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count

from trihelix.engines.sheets import Column
from trihelix.kernel import index
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.columns import options
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.patents import sheets
from trihelix.registers.patents.actions.stock import expiring, patent_of
from trihelix.registers.patents.models import Push, StockRecord
from trihelix.registers.patents.settings_book import settings

ANSWERS = options(
    ("interested", "有意合作", "Interested"), ("improve", "需改进后再议", "Needs improving"), ("declined", "不感兴趣", "Declined")
)
LIVE_NEEDS = ("published", "matching", "talking")
REASONS = 6


def candidates(form: StockRecord, most: int) -> list[dict[str, Any]]:
    """Firms for a patent, best first: owners of live needs its words meet, then firms whose own words they meet, each with reasons."""
    patent, rule = patent_of(form), settings()
    text = "\n".join(t for t in (patent.record.title, patent.summary, form.obstacle) if t)
    needs = index.match(text, by=SYSTEM, kind="needs", k=rule.push_candidates, include={"state": LIVE_NEEDS}).hits
    firms = index.match(text, by=SYSTEM, kind="bodies", k=rule.push_candidates, include={"kind_of": ("firm",)}).hits
    by_uid = {str(r.uid): r for r in Record.objects.filter(uid__in=[h["uid"] for h in (*needs, *firms)]).select_related("owner")}
    out: dict[int, dict[str, Any]] = {}
    for hit in (*needs, *firms):
        record = by_uid.get(hit["uid"])
        firm = record.owner if record is not None and record.register == "needs" else record
        if (
            firm is None
            or firm.pk == form.record.owner_id
            or firm.pk in out
            or firm.entry.kind != "firm"
            or firm.state in ("closed", "retired")
        ):
            continue
        need = record if record is not None and record.register == "needs" else None
        out[firm.pk] = {"firm": firm, "need": need, "score": hit["score"], "reasons": hit.get("reasons", [])[:REASONS]}
    return list(out.values())[:most]


def full_firms(firms: list[int], today: dt.date) -> set[int]:
    """Firms that had their yearly share of pushes, in the calendar year of today; pushes taken back do not count."""
    sent = Push.objects.filter(firm_id__in=firms, sent_on__year=today.year).exclude(record__state="withdrawn")
    counted = sent.order_by().values("firm_id").annotate(n=Count("pk")).filter(n__gte=settings().push_firm_year)
    return set(counted.values_list("firm_id", flat=True))


@action("stock_records", "push", "推送企业", "Push to firms", fields=(Column("most", "integer", "最多企业数", "At most", unit="户"),))
def push(a: Run, form: StockRecord, *, most: int | None = None) -> None:
    """Push to the best firms not yet asked, with reasons; firms that had their yearly share are passed over. Blocked, with a warning to the holder, where the right may end within 90 days."""
    soon = expiring(form, a.today)
    a.require(soon is None, "lapses_soon", f"该专利权将于 {soon} 到期或须缴年费，请先缴费再推送", field="patent", value=str(soon))
    a.require(most is None or 1 <= most <= 50, "out_of_range", "一次推送 1–50 户", field="most", value=most)
    asked = set(form.record.pushes.values_list("firm_id", flat=True))
    open_firms = [c for c in candidates(form, settings().push_candidates) if c["firm"].pk not in asked]
    full = full_firms([c["firm"].pk for c in open_firms], a.today)
    found = [c for c in open_firms if c["firm"].pk not in full][: most or settings().push_most]
    if full:
        a.extra["year_full"] = [None, len(full)]
    a.require(found, "no_firm_found", "匹配引擎没有找到新的合适企业；请补充摘要后再试", field="patent")
    create = register_of("stock_pushes").acts["create"].run
    for rank, c in enumerate(found, len(asked) + 1):
        create(
            by=SYSTEM, title=f"{a.record.title[:150]} → {c['firm'].title[:100]}", owner=str(a.record.owner.uid), stock=str(a.record.uid), patent=str(form.patent.uid),
            firm=str(c["firm"].uid), need=str(c["need"].uid) if c["need"] else None, score=c["score"], rank=rank, sent_on=a.today,
            reasons=[{k: r.get(k) for k in ("term", "kind", "part")} for r in c["reasons"]], now=a.now,
        )  # fmt: skip
    a.extra["pushed"] = [None, [c["firm"].number for c in found]]


@action("stock_pushes", "create", "推送", "Push", creates=True, hidden=True, roles=("system", "officer", "operator"))
def send(a: Run, sent: Push, **values: Any) -> None:
    """Send one push; the firm has it in the inbox and may read the form."""
    create_entry(a, sent, {k: v for k, v in values.items() if v is not None})
    a.record.visibility = "owner"
    a.on_saved.append(lambda: a.admit("firm", body=sent.firm))
    a.on_saved.append(lambda: a.link(sent.patent, "patent"))
    a.on_saved.append(
        lambda: a.notify(
            f"为贵企业推荐一件专利，请答复：{a.record.title}",
            bodies=(sent.firm_id,),
            en=f"A patent for your firm, please answer: {a.record.title}",
        )
    )


@action("stock_pushes", "answer", "答复", "Answer", fields=(
    Column("answer", "choice", "答复", "Answer", required=True, choices=ANSWERS), Column("prospect", "choice", "产业化前景", "Prospect", required=True, choices=sheets.PROSPECTS),
    Column("need_level", "choice", "需要程度", "Need", required=True, choices=sheets.NEEDS), Column("answer_text", "longtext", "说明", "Text"),
))  # fmt: skip
def answer(a: Run, sent: Push, *, answer: str, prospect: str, need_level: str, answer_text: str = "") -> None:
    """The firm answers; its judgement is counted and the patent graded again. Wanting an improvement or none needs a text."""
    a.require(answer == "interested" or answer_text, "text_required", "请说明需要改进之处或不感兴趣的原因", field="answer_text")
    sent.answered_on, sent.prospect, sent.need_level, sent.answer_text = a.today, prospect, need_level, answer_text or ""
    a.go(answer)
    form = sent.stock
    if form.state in ("pool", "assessed", "tiered", "pushed", "contacted"):
        register_of("stock_records").acts["regrade"].run(
            by=SYSTEM,
            record=form,
            firm=sent.firm,
            prospect=prospect,
            need_level=need_level,
            willing=answer == "interested",
            note=answer_text or "",
            now=a.now,
        )
    if answer == "interested" and form.state in ("tiered", "pushed"):
        register_of("stock_records").acts["contact"].run(by=SYSTEM, record=form, firm=str(sent.firm.uid), now=a.now)
    a.notify(
        f"企业答复推送：{ANSWERS[answer][0]} — {a.record.title}",
        roles=("owner",),
        en=f"Firm answered: {ANSWERS[answer][1]} — {a.record.title}",
    )


@action("stock_pushes", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw(a: Run, sent: Push) -> None:
    """Take a push back with the reason."""
