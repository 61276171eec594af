"""Licences and transfers: signed, effective and recorded apart; each recording is an event that the statistics count."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.months import add_days
from trihelix.engines.patents import recording_due
from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.outbox import put_notice
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.patents import sheets
from trihelix.registers.patents.models import Deal, OpenLicence, Patent
from trihelix.registers.patents.settings_book import settings

WRITERS = ("owner", "officer", "operator")
CLOSED = ("exclusive", "sole")
PENDING = ("filed", "published", "substantive_exam")


@action("patent_deals", "create", "登记合同", "Record a deal", creates=True, roles=WRITERS)
def create(a: Run, deal: Deal, **values: Any) -> None:
    """Record a signed licence or transfer. Refuses patents not in force or not the licensor's, a licence beyond the term of the
    patents, an exclusive or sole licence beside an open one, and co-owned patents without consent (save an ordinary licence)."""
    create_entry(a, deal, values)
    deal.recorded_on, deal.recording_no = None, ""
    if deal.kind == "transfer":
        deal.effective_on = None
    deal.effective_on = None if deal.effective_on and deal.effective_on > a.today else deal.effective_on
    patents = [Patent.objects.get(pk=r.pk) for r in a.pending_links.get("patent", ())]
    check_patents(a, deal, patents)
    a.record.visibility = "owner"
    if deal.counterpart is not None:
        a.on_saved.append(lambda: a.admit("counterpart", body=deal.counterpart))
    if deal.contract is not None:
        a.on_saved.append(lambda: a.link(deal.contract, "contract"))
    if deal.effective_on is not None:
        a.record.state = "effective"
        a.on_saved.append(lambda: _after_effect(a, deal))


def check_patents(a: Run, deal: Deal, patents: list[Patent]) -> None:
    """The patents of a deal fit it."""
    a.require(patents, "required", "请填写专利", field="patents")
    usable = (*sheets.VALID, *PENDING) if deal.kind == "transfer" else sheets.VALID
    for patent in patents:
        a.require(
            patent.status in usable,
            "not_in_force",
            f"专利 {patent.app_no} 的法律状态为“{sheets.STATUSES[patent.status][0]}”",
            field="patents",
            value=patent.app_no,
        )
        others = set(patent.record.links_out.filter(kind="holder").values_list("target_id", flat=True)) - {patent.record.owner_id}
        mine = a.record.owner_id == patent.record.owner_id or a.record.owner_id in others
        a.require(mine, "not_the_holder", f"转让方（许可方）不是专利 {patent.app_no} 的权利人", field="owner", value=patent.app_no)
        free = deal.kind == "ordinary" or (not others and len(patent.holders) <= 1)
        a.require(
            free or deal.consents,
            "co_owners_consent",
            f"专利 {patent.app_no} 为共有，须全部共有权利人同意",
            field="consents",
            value=patent.app_no,
        )
        offered = OpenLicence.objects.filter(patent=patent.record, record__state__in=("filed", "announced")).exists()
        a.require(
            deal.kind not in CLOSED or not (offered or "open_licence" in patent.encumbrances),
            "open_licence_running",
            f"专利 {patent.app_no} 正在开放许可，不得给予独占或排他许可",
            field="kind",
            value=deal.kind,
        )
        taken = "licensed_exclusive" in patent.encumbrances and deal.kind not in ("transfer", "sub")
        a.require(not taken, "exclusive_running", f"专利 {patent.app_no} 已有独占许可", field="patents", value=patent.app_no)
    ends = [p.expires_on for p in patents if p.expires_on is not None]
    a.require(
        not deal.term_to or not ends or deal.term_to <= max(ends),
        "term_beyond_patent",
        "许可期限超过专利保护期",
        field="term_to",
        value=str(deal.term_to),
    )


def patents_in(record: Record) -> list[Patent]:
    """The patents of a deal, in order."""
    ids = list(record.links_out.filter(kind="patent").order_by("position").values_list("target_id", flat=True))
    found = {p.pk: p for p in Patent.objects.filter(pk__in=ids)}
    return [found[i] for i in ids if i in found]


def _after_effect(a: Run, deal: Deal) -> None:
    """From the day of effect the three months run; an exclusive or sole licence is marked on its patents."""
    deal.record_by = recording_due(deal.effective_on, settings().record_months)  # type: ignore[arg-type]
    if deal.kind in CLOSED:
        for patent in patents_in(a.record):
            register_of("patents").acts["mark"].run(
                by=SYSTEM, record=patent.record, encumbrance=f"licensed_{deal.kind}", held=True, now=a.now
            )


@action(
    "patent_deals",
    "take_effect",
    "登记生效",
    "Takes effect",
    fields=(Column("effective_on", "date", "生效日期", "Effective on", required=True),),
)
def take_effect(a: Run, deal: Deal, *, effective_on: dt.date) -> None:
    """The licence takes effect and is to be recorded within three months. A transfer has no such step: registration makes it effective."""
    a.require(deal.kind != "transfer", "effective_by_registration", "专利转让自登记之日起生效，请直接办理备案登记", field="effective_on")
    a.require(
        deal.signed_on <= effective_on <= a.today,
        "date_order",
        "生效日期应在签订日期与今天之间",
        field="effective_on",
        value=str(effective_on),
    )
    deal.effective_on = effective_on
    deal.record_by = recording_due(effective_on, settings().record_months)
    a.after_saved(lambda: _after_effect(a, deal))


@action("patent_deals", "record", "登记备案", "Recorded", fields=(
    Column("recorded_on", "date", "备案登记日期", "Recorded on", required=True), Column("recording_no", "text", "备案号", "Recording number", required=True),
))  # fmt: skip
def record(a: Run, deal: Deal, *, recorded_on: dt.date, recording_no: str) -> None:
    """The office recorded the licence, or registered the transfer, which then takes effect. One event a patent enters the statistics."""
    a.require(deal.kind == "transfer" or deal.effective_on, "not_effective", "许可合同生效后才能备案，请先登记生效", field="state")
    first = deal.effective_on or deal.signed_on
    a.require(
        first <= recorded_on <= a.today, "date_order", "备案日期应在生效（签订）日期与今天之间", field="recorded_on", value=str(recorded_on)
    )
    deal.recorded_on, deal.recording_no = recorded_on, recording_no
    if deal.kind == "transfer":
        deal.effective_on = recorded_on
    a.after_saved(lambda: _record_events(a, deal))


def _record_events(a: Run, deal: Deal) -> None:
    create = register_of("patent_recordings").acts["create"].run
    owner = a.record.owner
    kind = owner.entry.kind if owner is not None and owner.register == "bodies" else "other"
    other = deal.counterpart.title if deal.counterpart else deal.counterpart_name
    for i, patent in enumerate(patents_in(a.record), 1):
        create(
            by=SYSTEM, title=patent.record.title, owner=str(owner.uid) if owner else None, kind="transfer" if deal.kind == "transfer" else "licence",
            recorded_on=deal.recorded_on, recording_no=deal.recording_no, ref=f"{a.record.number}-{i}", app_no=patent.app_no, patents=1,
            holder_kind=kind if kind in sheets.HOLDERS else "other", holder_name=owner.title if owner else "", counterpart_name=other, deal=str(a.record.uid), now=a.now,
        )  # fmt: skip
        if deal.kind == "transfer" and deal.counterpart is not None:
            register_of("patents").acts["hand_over"].run(
                by=SYSTEM, record=patent.record, owner=deal.counterpart, on=deal.recorded_on, now=a.now
            )
    if deal.stock is not None and deal.stock.state in ("pool", "assessed", "tiered", "pushed", "contacted"):
        acts = register_of("stock_records").acts
        acts["settle"].run(
            by=SYSTEM,
            record=deal.stock,
            outcome="transferred" if deal.kind == "transfer" else "licensed",
            outcome_on=deal.recorded_on,
            now=a.now,
        )
        acts["record"].run(by=SYSTEM, record=deal.stock, outcome_number=deal.recording_no, now=a.now)


@action("patent_deals", "end", "终止", "End", danger=True)
def end(a: Run, deal: Deal) -> None:
    """The licence ends; its marks go."""
    if deal.kind in CLOSED:
        for patent in patents_in(a.record):
            register_of("patents").acts["mark"].run(
                by=SYSTEM, record=patent.record, encumbrance=f"licensed_{deal.kind}", held=False, now=a.now
            )


@action("patent_deals", "void", "作废", "Void", danger=True)
def void(a: Run, deal: Deal) -> None:
    """Signed, but never in effect."""


@action("patent_recordings", "create", "登记备案事件", "Record an event", creates=True, roles=("officer", "operator", "system"))
def create_recording(a: Run, made: Any, **values: Any) -> None:
    """A recorded event: by the desk from the office's list, or by a deal's recording."""
    create_entry(a, made, {k: v for k, v in values.items() if v is not None})
    a.record.visibility = "members"


@tick("patent_recording_due", every=86_400)
def remind_recording(now: dt.datetime) -> int:
    """Remind holders 60 days after effect that a licence is not recorded yet; once each. The inbox shows the legal day."""
    today, warn = clock.local_date(now), settings().warn_days
    late = Deal.objects.filter(record__state="effective", recorded_on=None, effective_on__lte=add_days(today, -warn)).exclude(
        kind="transfer"
    )
    count = 0
    for deal in late.order_by("pk")[:500]:
        text = f"专利许可合同须在 {deal.record_by} 前备案：{deal.record.title}"
        put_notice(
            deal.record,
            text,
            now,
            roles=("owner",),
            key=f"recording_due:{deal.pk}",
            en=f"Licence to be recorded by {deal.record_by}: {deal.record.title}",
        )
        count += 1
    return count
