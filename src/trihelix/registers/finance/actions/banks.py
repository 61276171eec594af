"""Acts on agreements with finance bodies and on the lists exchanged with them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines import chain
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.kernel.values import lookup
from trihelix.registers.finance import queries, sheets
from trihelix.registers.finance.models import FinanceAgreement, FirmList, ListedFirm
from trihelix.registers.ladder import facts
from trihelix.registers.ladder.models import Consent
from trihelix.registers.policies.rulebook import rules

DESK = ("officer", "operator")


@action("finance_agreements", "create", "登记合作协议", "New agreement", creates=True, roles=DESK)
def sign(a: Run, entry: FinanceAgreement, **values: Any) -> None:
    """Record an agreement. Refuses bodies that are no bank, fund or intermediary."""
    values["valid_from"] = values.get("valid_from") or values.get("signed_on")
    create_entry(a, entry, values)
    kind = entry.partner.entry.kind
    a.require(
        kind in ("bank", "fund", "intermediary"), "not_finance_body", f"“{entry.partner.title}” 不是金融机构", field="partner", value=kind
    )
    a.record.visibility = "members"


@action("finance_agreements", "renew", "续签", "Renew", fields=(Column("valid_to", "date", "新的有效期止", "Valid to", required=True),))
def renew(a: Run, entry: FinanceAgreement, *, valid_to: dt.date) -> None:
    """Renew. Refuses an end that is not later."""
    a.require(valid_to >= max(entry.valid_from, entry.valid_to or entry.valid_from), "date_order", "新的止日应晚于原止日", field="valid_to")
    entry.valid_to = valid_to


@action("finance_agreements", "end", "终止", "End", danger=True)
def end(a: Run, entry: FinanceAgreement) -> None:
    """End with the reason."""
    entry.ended_on = a.today


@tick("finance_agreements_expire", every=3600)
def expire_due(now: dt.datetime) -> int:
    """Expire agreements whose last day is over."""
    due = FinanceAgreement.objects.filter(record__state="in_force", valid_to__lt=clock.local_date(now)).select_related("record")
    return sum(1 for x in due.iterator() if register_of("finance_agreements").acts["expire"].run(by=SYSTEM, record=x.record, now=now))


@action("firm_lists", "create", "新建名单", "New list", creates=True, roles=DESK)
def open_list(a: Run, entry: FirmList, **values: Any) -> None:
    """Open a list."""
    create_entry(a, entry, values)
    if entry.kind == "relending":
        entry.rule = entry.rule or "tech-relending"
    a.record.visibility = "owner"


@action("firm_lists", "load", "装入企业", "Load firms", fields=(
    Column("rows", "rows", "企业", "Firms", required=True, rows=sheets.LISTED_ROWS), Column("replace", "boolean", "替换原有企业", "Replace"),
))  # fmt: skip
def load(a: Run, entry: FirmList, *, rows: list[dict[str, Any]], replace: bool = False) -> None:
    """Load firms by reference, credit code or name; every wrong row is named and nothing is written then. Loaded again, none doubles."""
    firms = resolve_rows(a, rows)
    if replace:
        ListedFirm.objects.filter(list=a.record).exclude(firm_id__in=[f.pk for f in firms]).delete()
    held = set(ListedFirm.objects.filter(list=a.record).values_list("firm_id", flat=True))
    fresh = [ListedFirm(list=a.record, firm=f) for f in firms if f.pk not in held]
    ListedFirm.objects.bulk_create(fresh, batch_size=500)
    _count(a, entry)
    a.extra["loaded"] = [len(held), entry.firms]


def resolve_rows(a: Run, rows: list[dict[str, Any]]) -> list[Record]:
    """The firms of uploaded rows; refused by row: empty, unknown, ambiguous, no firm, given twice."""
    names = [str(r.get("firm") or "").strip() for r in rows]
    found = lookup("bodies", names, a.by)
    codes = {b.credit_code: b.record for b in _by_code([n for n in names if n and not found.get(n)])}
    out, problems, seen = [], [], dict[int, int]()
    for n, name in enumerate(names, 2):
        hits = list(dict.fromkeys(found.get(name, []))) or ([codes[name]] if name in codes else [])
        if len(hits) != 1:
            code = "unknown_reference" if not hits else "ambiguous_reference"
            problems.append(Problem(code, f"单位库中{'没有' if not hits else '有多个'} “{name}”", field="firm", row=n, value=name))
            continue
        if hits[0].pk in seen:
            problems.append(Problem("duplicate_row", f"与第 {seen[hits[0].pk]} 行重复", field="firm", row=n, value=name))
            continue
        seen[hits[0].pk] = n
        out.append(hits[0])
    if problems:
        raise Refused.of(problems)
    return out


def _by_code(codes: list[str]) -> Any:
    from trihelix.registers.parties.models import Body

    return Body.objects.filter(credit_code__in=[c for c in codes if len(c) == 18]).select_related("record")


def _count(a: Run, entry: FirmList) -> None:
    ids = list(ListedFirm.objects.filter(list=a.record).order_by("firm_id").values_list("firm_id", "verdict"))
    a.require(ids, "empty", "名单中没有企业", field="rows")
    entry.firms = len(ids)
    entry.digest = chain.digest("\n".join(f"{f}:{v}" for f, v in ids))[:64]


@action("firm_lists", "compute", "按规则筛选", "Select by rule")
def compute(a: Run, entry: FirmList) -> None:
    """Check every firm of the base list by the rule on the day of the list; those that do not meet it are left out, those with facts missing
    stay and say which. The verdict, its clauses and the rule's version are kept. Refuses without a base list or a rule in force."""
    base = entry.base
    if base is None:
        a.refuse("required", "请先填写 “取自名单”", field="base")
        return
    rule_id = entry.rule or "tech-relending"
    table = rules()
    rule = table.rule(rule_id)
    version = rule.on(entry.as_of)
    if version is None:
        a.refuse("no_version", f"{rule.label.zh} 在 {entry.as_of} 没有有效版本", field="as_of")
        return
    firms = list(Record.objects.filter(lists_it_is_on__list=base).order_by("pk"))
    a.require(firms, "empty", "所取名单中没有企业", field="base")
    known = facts.gather(rule, [f.pk for f in firms], entry.as_of)
    kept = [row for row in (_listed(a, table, rule, rule_id, f, known.get(f.pk, {}), entry.as_of) for f in firms) if row is not None]
    ListedFirm.objects.filter(list=a.record).delete()
    ListedFirm.objects.bulk_create(kept, batch_size=500)
    entry.rule, entry.rule_version = rule_id, version.id
    _count(a, entry)
    a.extra["selected"] = [len(firms), len(kept)]


def _listed(a: Run, table: Any, rule: Any, rule_id: str, firm: Record, known: dict[str, Any], on: dt.date) -> ListedFirm | None:
    extra = queries.relending_facts(firm, on) if rule_id == "tech-relending" else {}
    try:
        answer = table.check(rule_id, {**known, **extra}, on, change=False)
    except Refused as refusal:
        return ListedFirm(list=a.record, firm=firm, verdict="unknown", missing=[p.message for p in refusal.problems])
    if answer.verdict == "not_met":
        return None
    clauses = [t["text"] for t in answer.trace if t["outcome"] == "met"]
    missing = [rule.inputs[k].label.zh for k in answer.missing if k in rule.inputs]
    return ListedFirm(list=a.record, firm=firm, verdict=answer.verdict, clauses=clauses, missing=missing)


@action("firm_lists", "send", "推送金融机构", "Send to finance bodies")
def send(a: Run, entry: FirmList) -> None:
    """Send to every finance body with an agreement in force; firms without a consent to lists in force are withheld and counted.

    Refuses where no agreement is in force, or nobody consented.
    """
    banks = list(Record.objects.filter(pk__in=queries.agreed(a.today).values("partner")).order_by("pk"))
    a.require(banks, "no_agreement", "没有有效期内的合作协议，不能推送", field="state")
    consents = Consent.objects.filter(purpose="list", record__state="granted", granted_on__lte=a.today, valid_to__gte=a.today)
    rows = ListedFirm.objects.filter(list=a.record)
    entry.withheld = rows.exclude(firm__in=consents.values("record__owner_id")).count()
    a.require(rows.count() > entry.withheld, "no_consent", "名单中的企业均未同意列入推送名单", field="state")
    entry.sent_on = a.today
    for bank in banks:
        a.admit("bank", body=bank)
    a.notify(f"收到企业名单：{a.record.title}", bodies=[b.pk for b in banks], en=f"A list of firms: {a.record.title}")


@action("firm_lists", "answer", "反馈", "Answer", fields=(
    Column("contacted", "integer", "已对接企业", "Contacted", required=True), Column("granted", "integer", "已授信企业", "Granted", required=True), Column("note", "longtext", "说明", "Note"),
))  # fmt: skip
def answer(a: Run, entry: FirmList, *, contacted: int, granted: int, note: str = "") -> None:
    """A finance body's answer to a list; the credit itself is returned line by line. Refuses more firms than the list holds."""
    a.require(
        0 <= granted <= contacted <= (entry.firms or 0), "out_of_range", f"应为 0 ≤ 已授信 ≤ 已对接 ≤ {entry.firms}", field="contacted"
    )
    a.extra["answer"] = [None, {"bodies": sorted(a.by.bodies), "contacted": contacted, "granted": granted, "note": note or ""}]
    a.notify(
        f"名单反馈：{a.record.title}（对接 {contacted}，授信 {granted}）",
        roles=("officer",),
        en=f"List answered: {a.record.title}",
        key=str(a.record.version),
    )
