"""Open licences (开放许可): declared, announced, accepted by notice and payment, withdrawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.patents import sheets
from trihelix.registers.patents.models import Acceptance, Fee, OpenLicence, Patent

WRITERS = ("owner", "officer", "operator")


@action("open_licences", "create", "拟定开放许可", "Draft an open licence", creates=True, roles=WRITERS)
def create(a: Run, offer: OpenLicence, **values: Any) -> None:
    """Draft an offer for one's own patent in force."""
    create_entry(a, offer, values)
    offer.announced_on = offer.withdrawn_on = None
    patent = Patent.objects.get(pk=offer.patent_id)
    a.require(
        a.record.owner_id == patent.record.owner_id, "not_the_holder", "只能对本单位的专利声明开放许可", field="patent", value=patent.app_no
    )
    _open_to_all(a, offer, patent)


def _open_to_all(a: Run, offer: OpenLicence, patent: Patent) -> None:
    """What bars an open licence: a right not in force, an exclusive or sole licence, a fee unpaid, a missing evaluation report."""
    a.require(patent.status in sheets.VALID, "not_in_force", f"专利 {patent.app_no} 不在有效状态", field="patent", value=patent.status)
    closed = {"licensed_exclusive", "licensed_sole"} & set(patent.encumbrances)
    a.require(not closed, "exclusive_running", "专利在独占或排他许可期内，不能开放许可", field="patent", value=patent.app_no)
    owing = Fee.objects.filter(patent=patent.record, record__state="grace").exists() or patent.status == "fee_grace"
    a.require(not owing, "fee_unpaid", "年费未缴清，不能开放许可", field="patent", value=patent.app_no)
    a.require(patent.ptype == "invention" or offer.report_no, "report_required", "实用新型、外观设计须附专利权评价报告", field="report_no")
    other = OpenLicence.objects.filter(patent=patent.record, record__state__in=("filed", "announced")).exclude(pk=offer.pk).exists()
    a.require(not other, "offer_there", "该专利已有开放许可声明", field="patent", value=patent.app_no)


@action("open_licences", "file", "提交声明", "File")
def file(a: Run, offer: OpenLicence) -> None:
    """File the declaration with the office."""
    _open_to_all(a, offer, Patent.objects.get(pk=offer.patent_id))


@action(
    "open_licences",
    "announce",
    "登记公告",
    "Announced",
    fields=(Column("announced_on", "date", "公告日期", "Announced on", required=True),),
)
def announce(a: Run, offer: OpenLicence, *, announced_on: dt.date) -> None:
    """The office announced it: from now on anyone may accept, and the annual fee is cut."""
    a.require(
        offer.declared_on <= announced_on <= a.today,
        "date_order",
        "公告日期应在声明日期与今天之间",
        field="announced_on",
        value=str(announced_on),
    )
    offer.announced_on = announced_on
    a.record.visibility = "public"
    _mark(a, offer, True)


def _mark(a: Run, offer: OpenLicence, held: bool) -> None:
    register_of("patents").acts["mark"].run(by=SYSTEM, record=offer.patent, encumbrance="open_licence", held=held, now=a.now)


@action("open_licences", "accept", "接受开放许可", "Accept", fields=(
    Column("notified_on", "date", "书面通知日期", "Notified on", required=True), Column("licensee", "ref", "被许可方", "Licensee", help="留空为本单位"),
))  # fmt: skip
def accept(a: Run, offer: OpenLicence, *, notified_on: dt.date, licensee: Any = None) -> None:
    """Notify the holder of one's wish to use the patent; licensed once also paid."""
    body = _licensee(a, licensee)
    a.require(body.pk != a.record.owner_id, "same_party", "权利人不能接受自己的开放许可", field="licensee")
    a.require(
        (offer.announced_on or notified_on) <= notified_on <= a.today,
        "date_order",
        "通知日期应在公告日期与今天之间",
        field="notified_on",
        value=str(notified_on),
    )
    a.require(
        not Acceptance.objects.filter(offer=a.record, licensee=body).exists(), "accepted_twice", "贵单位已接受此开放许可", field="licensee"
    )
    Acceptance.objects.create(offer=a.record, licensee=body, notified_on=notified_on)
    a.extra["acceptance"] = [None, body.number]
    a.admit("licensee", body=body)
    a.notify(
        f"有单位接受开放许可：{body.title} — {a.record.title}",
        roles=("owner",),
        key=body.number,
        en=f"Open licence accepted by {body.title}: {a.record.title}",
    )


def _licensee(a: Run, name: Any) -> Record:
    if name:
        body = find(register_of("bodies"), name, a.by)
        a.require(a.by.sees_all or body.pk in a.by.bodies, "not_yours", f"您不能代 “{body.title}” 接受", field="licensee", value=body.ref)
        return body
    a.require(len(a.by.bodies) == 1, "required", "请填写被许可方", field="licensee")
    return Record.objects.get(pk=next(iter(a.by.bodies)))


@action("open_licences", "confirm_payment", "确认付费", "Confirm payment", roles=WRITERS, fields=(
    Column("licensee", "ref", "被许可方", "Licensee", required=True), Column("paid_on", "date", "付费日期", "Paid on", required=True),
))  # fmt: skip
def confirm_payment(a: Run, offer: OpenLicence, *, licensee: Any, paid_on: dt.date) -> None:
    """The fee came in as announced: notified and paid, the licensee holds an ordinary licence. Earlier licences outlive a withdrawal."""
    body = find(register_of("bodies"), licensee, a.by)
    found = Acceptance.objects.filter(offer=a.record, licensee=body).first()
    if found is None:
        a.refuse("not_notified", "该单位尚未书面通知接受", field="licensee")
        return
    a.require(found.paid_on is None, "paid_already", "该单位已付费", field="licensee")
    a.require(
        found.notified_on <= paid_on <= a.today or paid_on <= a.today,
        "date_future",
        "付费日期在今天之后",
        field="paid_on",
        value=str(paid_on),
    )
    found.paid_on = paid_on
    found.save(update_fields=["paid_on"])
    a.extra["licensed"] = [None, body.number]
    a.notify(f"开放许可已生效：{a.record.title}", bodies=(body.pk,), key=f"paid{body.pk}", en=f"Open licence in effect: {a.record.title}")


@action("open_licences", "withdraw", "撤回声明", "Withdraw", danger=True)
def withdraw(a: Run, offer: OpenLicence) -> None:
    """Withdraw the offer; licences already given stay valid."""
    offer.withdrawn_on = a.today
    _mark(a, offer, False)


@action("open_licences", "end", "期满", "End")
def end(a: Run, offer: OpenLicence) -> None:
    """The period is over."""
    _mark(a, offer, False)


@tick("open_licences_end", every=86_400)
def end_over(now: dt.datetime) -> int:
    """End the offers whose period is over."""
    over = OpenLicence.objects.filter(record__state="announced", period_to__lt=clock.local_date(now)).order_by("pk")[:500]
    return sum(1 for offer in list(over) if end(by=SYSTEM, record=offer.record, now=now))
