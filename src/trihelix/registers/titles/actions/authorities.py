"""Authorisations of firms to review titles, review committees, bodies of combined review, and the clock over them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.platforms.life import OWN
from trihelix.registers.titles.models import Authorisation, CombinedBody, Committee

UNTIL = Column("valid_to", "date", "有效期止", "Valid to", required=True)


def _period(a: Run, entry: Any, start: dt.date, until: dt.date) -> None:
    a.require(until >= start, "date_order", "有效期止早于有效期起", field="valid_to", value=str(until))
    entry.valid_to = until


@action("title_authorisations", "create", "申请评审授权", "Ask for authorisation", creates=True, roles=OWN)
def ask(a: Run, authorisation: Authorisation, **values: Any) -> None:
    """A firm asks to review titles itself. Refuses bodies that are no firm."""
    create_entry(a, authorisation, values)
    owner = a.record.owner
    a.require(owner is not None and owner.entry.kind == "firm", "not_a_firm", "只有企业可以申请自主评审授权", field="owner")
    authorisation.valid_from = authorisation.valid_to = authorisation.ended_on = None
    a.record.visibility = "node"


@action("title_authorisations", "authorise", "授权", "Authorise", fields=(
    Column("number_given", "text", "授权编号", "Authorisation number", required=True), Column("valid_from", "date", "有效期起", "Valid from", help="留空为今天"), UNTIL,
    Column("issuer", "text", "授权机关", "Issuer"), Column("doc_number", "text", "文号", "Document number"),
))  # fmt: skip
def authorise(
    a: Run,
    authorisation: Authorisation,
    *,
    number_given: str,
    valid_to: dt.date,
    valid_from: dt.date | None = None,
    issuer: str = "",
    doc_number: str = "",
) -> None:
    """Authorise for a time; public."""
    authorisation.valid_from = valid_from or a.today
    _period(a, authorisation, authorisation.valid_from, valid_to)
    authorisation.number_given, authorisation.issuer, authorisation.doc_number = number_given, issuer, doc_number
    authorisation.periods = [{"from": str(authorisation.valid_from), "to": str(valid_to), "basis": doc_number}]
    a.record.visibility = "public"


@action("title_authorisations", "renew", "续期", "Renew", fields=(UNTIL, Column("doc_number", "text", "文号", "Document number")))
def renew(a: Run, authorisation: Authorisation, *, valid_to: dt.date, doc_number: str = "") -> None:
    """A further period. Refuses an end that is not later."""
    old = authorisation.valid_to
    a.require(old is None or valid_to > old, "date_order", f"新的有效期应晚于 {old}", field="valid_to", value=str(valid_to))
    start = a.today if old is None or old < a.today else old
    _period(a, authorisation, start, valid_to)
    authorisation.periods = [*authorisation.periods, {"from": str(start), "to": str(valid_to), "basis": doc_number}]


@action("title_authorisations", "expire", "到期", "Expire", hidden=True)
def expire(a: Run, authorisation: Authorisation) -> None:
    """The period ended. Refuses one that still runs."""
    _over(a, authorisation)


def _over(a: Run, entry: Any) -> None:
    a.require(
        entry.valid_to and entry.valid_to < a.today, "still_valid", f"有效期至 {entry.valid_to or '未限期'}，尚未到期", field="valid_to"
    )


@action("title_authorisations", "revoke", "收回授权", "Revoke", danger=True)
def revoke(a: Run, authorisation: Authorisation) -> None:
    """Taken back, with the reason; committees under it stop routing."""
    authorisation.ended_on, authorisation.ended_why = a.today, a.reason


@action("review_committees", "create", "组建评审委员会", "Form a committee", creates=True, roles=OWN)
def form(a: Run, committee: Committee, **values: Any) -> None:
    """Form a committee. A firm's needs its own valid authorisation for series and levels."""
    create_entry(a, committee, values)
    a.require(a.record.owner is not None, "required", "请填写组建单位", field="owner")
    covered(a, committee)
    committee.valid_from = committee.valid_to = None
    a.record.visibility = "members"


def covered(a: Run, committee: Committee) -> None:
    """Refuses a firm's committee beyond its authorisation."""
    owner, paper = a.record.owner, committee.authorisation
    if owner is None or owner.entry.kind != "firm":
        return
    a.require(paper is not None, "authorisation_missing", "企业组建评审委员会须有自主评审授权", field="authorisation")
    if paper is not None:
        entry = paper.entry
        a.require(paper.owner_id == owner.pk, "other_firm", "授权不属于该企业", field="authorisation", value=paper.number)
        a.require(
            paper.state == "valid",
            "authorisation_not_valid",
            f"授权 {paper.number} 不在有效期内",
            field="authorisation",
            value=paper.number,
        )
        a.require(committee.series in entry.series, "series_not_authorised", "授权不含该系列", field="series", value=committee.series)
        more = sorted(set(committee.levels) - set(entry.levels))
        a.require(not more, "level_not_authorised", "授权不含所列级别", field="levels", value=more)


@action("review_committees", "approve", "核准备案", "Approve", fields=(
    Column("filing_number", "text", "备案编号", "Filing number", required=True), Column("valid_from", "date", "任期起", "Valid from", help="留空为今天"), UNTIL,
))  # fmt: skip
def approve(a: Run, committee: Committee, *, filing_number: str, valid_to: dt.date, valid_from: dt.date | None = None) -> None:
    """Approve for a term; a firm's committee does not outlive its authorisation."""
    covered(a, committee)
    committee.valid_from, committee.filing_number = valid_from or a.today, filing_number
    _term(a, committee, committee.valid_from, valid_to)


def _term(a: Run, committee: Committee, start: dt.date, until: dt.date) -> None:
    _period(a, committee, start, until)
    limit = committee.authorisation.entry.valid_to if committee.authorisation is not None else None
    a.require(
        limit is None or until <= limit, "beyond_authorisation", f"任期不得超过授权有效期（{limit}）", field="valid_to", value=str(until)
    )


@action("review_committees", "renew", "换届续期", "Renew", fields=(UNTIL, Column("filing_number", "text", "备案编号", "Filing number")))
def renew_committee(a: Run, committee: Committee, *, valid_to: dt.date, filing_number: str = "") -> None:
    """A further term."""
    a.require(
        committee.valid_to is None or valid_to > committee.valid_to,
        "date_order",
        f"新的任期应晚于 {committee.valid_to}",
        field="valid_to",
        value=str(valid_to),
    )
    covered(a, committee)
    _term(a, committee, a.today, valid_to)
    committee.filing_number = filing_number or committee.filing_number


@action("review_committees", "expire", "到期", "Expire", hidden=True)
def expire_committee(a: Run, committee: Committee) -> None:
    """The term ended. Refuses one that still runs."""
    _over(a, committee)


@action("combined_bodies", "create", "登记评聘结合单位", "List a body", creates=True, roles=("officer", "operator"))
def list_body(a: Run, entry: CombinedBody, **values: Any) -> None:
    """List a body. Refuses a credit code that is listed already."""
    create_entry(a, entry, values)
    twin = CombinedBody.objects.filter(credit_code=entry.credit_code, record__state="listed").first() if entry.credit_code else None
    a.require(
        twin is None, "already_listed", f"该单位已登记（{twin.number if twin else ''}）", field="credit_code", value=entry.credit_code
    )
    a.record.visibility = "public"


@action("combined_bodies", "end", "退出", "End", danger=True)
def end_body(a: Run, body: CombinedBody) -> None:
    """No longer combined, with the reason."""
    body.ended_on = a.today


@action("combined_bodies", "restore", "恢复", "Restore")
def restore_body(a: Run, body: CombinedBody) -> None:
    """Listed again, with the reason."""
    body.ended_on = None


@tick("title_periods", every=3600)
def run_periods(now: dt.datetime) -> int:
    """Authorisations and terms end by themselves."""
    today, count = clock.local_date(now), 0
    for name, state in (("title_authorisations", "valid"), ("review_committees", "standing"), ("talent_grades", "graded")):
        register = register_of(name)
        rows: Any = register.model._default_manager.filter(record__state=state, valid_to__lt=today)
        for entry in list(rows[:500]):
            register.acts["expire"].run(by=SYSTEM, record=entry.record, now=now)
            count += 1
    return count
