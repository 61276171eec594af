"""Partners abroad, agreements with them, and projects that the province recommends to the nation."""

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
from trihelix.registers.platforms.models import CooperationProject, ForeignAgreement, ForeignPartner


@action("foreign_partners", "create", "登记境外合作方", "New partner abroad", creates=True, roles=OWN)
def meet(a: Run, partner: ForeignPartner, **values: Any) -> None:
    """List a partner. Refuses one of the same country and name."""
    create_entry(a, partner, values)
    twin = ForeignPartner.objects.filter(country=partner.country, record__title=a.record.title).first()
    a.require(twin is None, "already_listed", f"该合作方已登记（{twin.number if twin else ''}）", field="title", value=a.record.title)
    a.record.visibility = "members"


@action("foreign_agreements", "create", "登记国际合作协议", "New agreement abroad", creates=True, roles=OWN)
def sign(a: Run, agreement: ForeignAgreement, **values: Any) -> None:
    """An agreement signed with a listed partner."""
    create_entry(a, agreement, values)
    a.require(agreement.partner.state == "listed", "partner_removed", "该合作方已移除", field="partner", value=agreement.partner.number)
    agreement.ended_on = None
    a.record.visibility = "members"


@action("foreign_agreements", "expire", "到期", "Expire", hidden=True)
def expire(a: Run, agreement: ForeignAgreement) -> None:
    """The term ended. Refuses one that still runs."""
    a.require(
        agreement.valid_to and agreement.valid_to < a.today,
        "still_valid",
        f"有效期至 {agreement.valid_to or '未限期'}，尚未到期",
        field="valid_to",
    )


@action("foreign_agreements", "renew", "续签", "Renew", fields=(Column("valid_to", "date", "新的有效期止", "Valid to", required=True),))
def renew(a: Run, agreement: ForeignAgreement, *, valid_to: dt.date) -> None:
    """A later end."""
    old = agreement.valid_to
    a.require(
        valid_to > (old or agreement.signed_on),
        "date_order",
        f"新的有效期应晚于 {old or agreement.signed_on}",
        field="valid_to",
        value=str(valid_to),
    )
    agreement.valid_to, agreement.renewals = valid_to, agreement.renewals + 1


@action("foreign_agreements", "end", "终止", "End", danger=True)
def end(a: Run, agreement: ForeignAgreement) -> None:
    """Ended before its term, with the reason."""
    agreement.ended_on = a.today


@tick("foreign_agreements_expire", every=3600)
def expire_agreements(now: dt.datetime) -> int:
    """Terms end by themselves."""
    due = list(ForeignAgreement.objects.filter(record__state="signed", valid_to__lt=clock.local_date(now))[:500])
    for agreement in due:
        register_of("foreign_agreements").acts["expire"].run(by=SYSTEM, record=agreement.record, now=now)
    return len(due)


@action("cooperation_projects", "create", "申报推荐项目", "New project", creates=True, roles=OWN)
def apply(a: Run, project: CooperationProject, **values: Any) -> None:
    """A project to recommend, in the applicant's name."""
    create_entry(a, project, values)
    a.require(a.record.owner is not None, "required", "请填写申报单位", field="owner")
    for name in ("recommended_on", "approved_on", "approved_fen"):
        setattr(project, name, None)
    a.record.visibility = "node"


@action("cooperation_projects", "recommend", "推荐", "Recommend", fields=(
    Column("recommendation_number", "text", "推荐文号", "Recommendation number", required=True), Column("recommended_on", "date", "推荐日期", "Recommended on", help="留空为今天"),
))  # fmt: skip
def recommend(a: Run, project: CooperationProject, *, recommendation_number: str, recommended_on: dt.date | None = None) -> None:
    """Recommend to the nation by a letter."""
    day = recommended_on or a.today
    a.require(day <= a.today, "date_future", "推荐日期不能在今天之后", field="recommended_on", value=str(day))
    project.recommended_on, project.recommendation_number = day, recommendation_number


@action("cooperation_projects", "approve", "登记立项", "Record the approval", fields=(
    Column("approved_on", "date", "立项日期", "Approved on", required=True), Column("approved_wan", "money_wan", "批准经费", "Money approved", unit="万元", required=True),
    Column("project_number", "text", "国家项目编号", "National number"), Column("ends_on", "date", "执行期止", "Ends on"),
))  # fmt: skip
def approve(
    a: Run,
    project: CooperationProject,
    *,
    approved_on: dt.date,
    approved_wan: int,
    project_number: str = "",
    ends_on: dt.date | None = None,
) -> None:
    """The nation approved it, with its money."""
    a.require(approved_on <= a.today, "date_future", "立项日期不能在今天之后", field="approved_on", value=str(approved_on))
    a.require(
        project.recommended_on is None or approved_on >= project.recommended_on, "date_order", "立项日期早于推荐日期", field="approved_on"
    )
    a.require(approved_wan >= 0, "negative", "数值不能为负", field="approved_wan")
    a.require(ends_on is None or ends_on > approved_on, "date_order", "执行期止应晚于立项日期", field="ends_on")
    project.approved_on, project.approved_fen, project.project_number, project.ends_on = approved_on, approved_wan, project_number, ends_on
    a.record.visibility = "members"


@action("cooperation_projects", "finish", "登记结题", "Finish", fields=(Column("outcome", "longtext", "成效", "Outcome", required=True),))
def finish(a: Run, project: CooperationProject, *, outcome: str) -> None:
    """Finished, with its outcome."""
    project.outcome, project.finished_on = outcome, a.today
