"""Figures of governance: documents, proposals, policies, plans, commissions, meetings. The newest row stands first."""

from __future__ import annotations

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.kernel.register import register_of
from trihelix.registers.governance.models import ActionPlan, Commission, Commitment, Meeting, OutgoingDocument, Proposal


@formula("governance.reply_documents", "件", "对提案的答复", "Replies to proposals")
def reply_documents(by: Actor, period: Period) -> Counted:
    """Replies signed and not withdrawn (F01–F04)."""
    rows = entries(by, OutgoingDocument).filter(kind="reply", **within("signed_on", period))
    return Counted(rows.exclude(record__state__in=("draft", "void", "withdrawn")).order_by("-signed_on", "-pk"))


@formula("governance.proposals", "件", "提案与建议", "Proposals and motions")
def proposals(by: Actor, period: Period, kind: str = "proposal") -> Counted:
    """Proposals received (F05, F06); those answered last stand first."""
    rows = entries(by, Proposal).filter(kind=kind, **within("received_on", period)).exclude(record__state="withdrawn")
    return Counted(rows.order_by("-sent_on", "-received_on", "-pk"))


@formula("governance.policies", "件", "政策文件", "Policy documents")
def policies(by: Actor, period: Period, policy: str) -> Counted:
    """A policy by its external key, once issued (F94, F107)."""
    rows = (
        entries(by, register_of("policies").model).filter(record__ref=policy, **within("issued_on", period)).exclude(record__state="draft")
    )
    return Counted(rows.order_by("-issued_on", "-pk"))


@formula("governance.plans", "项", "行动计划", "Action plans")
def plans(by: Actor, period: Period, plan: str) -> Counted:
    """A plan by its external key, published (F28, F55, F56, F58, F108). A plan whose day is not known counts as published before."""
    rows = entries(by, ActionPlan).filter(record__ref=plan).exclude(record__state__in=("drafted", "stopped"))
    return Counted(rows.exclude(published_on__gt=period.end).order_by("-pk"))


@formula("governance.commission", "个", "科技委员会", "Commissions")
def commission(by: Actor, period: Period, level: str = "province") -> Counted:
    """Commissions at work on the day (F82 reads the heads)."""
    rows = entries(by, Commission).filter(level=level).exclude(established_on__gt=period.end).exclude(ended_on__lte=period.end)
    return Counted(rows.order_by("-established_on", "-pk"))


@formula("governance.meetings", "次", "委员会会议", "Meetings held")
def meetings(by: Actor, period: Period, level: str = "province") -> Counted:
    """Meetings of commissions of a level held in the period (F83). One whose day is not known counts as held before."""
    held = entries(by, Meeting).filter(
        kind="commission", commission__governance_commission__level=level, record__state__in=("held", "minuted")
    )
    rows = held.exclude(held_on__gt=period.end)
    return Counted(rows.exclude(held_on__lt=period.start) if period.start else rows)


@formula("governance.commitments", "项", "承诺事项", "Commitments")
def commitments(by: Actor, period: Period, state: str = "") -> Counted:
    """Distinct commitments: one told twice counts once (merged ones are left out)."""
    rows = entries(by, Commitment).filter(same_as=None).exclude(record__state="merged")
    return Counted(rows.filter(record__state__in=state.split(",")) if state else rows)
