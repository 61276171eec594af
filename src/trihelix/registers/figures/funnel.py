"""The way from need to report in numbers: what each step counts, what was lost at it and why, and the exact records behind each number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.models import Record, Wait
from trihelix.kernel.register import REGISTERS, Register
from trihelix.kernel.waits import mine

HEADLINES = ("F29", "F30", "F19", "F20", "F21", "F11", "F77", "F79", "F95", "F52", "F44", "F45")


@dataclass(frozen=True)
class Step:
    """One step: the register, the states that have not reached it, those that dropped out of it, and the day that places a record in time.

    A record without that day counts from the day it was entered. ``why`` is the column that tells the reason of a drop-out; ``only``
    narrows the records, ``money`` is a column in fen that is added up beside the count.
    """

    id: str
    register: str
    zh: str
    en: str
    told_zh: str
    told_en: str
    before: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    day: str = ""
    why: str = ""
    only: tuple[tuple[str, Any], ...] = ()


STEPS = (
    Step(
        "needs", "needs", "发布的需求", "Needs published", "审核后发布过的需求；流失为无法解决、到期与撤回。",
        "Needs published after the check; lost: not solvable, expired, withdrawn.", ("draft", "submitted", "refining", "merged"),
        ("unclear", "cross_field", "long_term", "no_supplier", "expired", "withdrawn", "discarded"), "published_on",
    ),
    Step(
        "matches", "matches", "对接", "Matches", "需求与成果的对接邀请；流失为不适合与关闭，附答复原因。",
        "Needs and results brought together; lost: not suitable or closed, with the reason given.", (), ("unsuitable", "closed"), "invited_at__date", "answer_reason",
    ),
    Step("deals", "deals", "交易", "Deals", "双方确认进入谈判的交易；流失为未成交。", "Deals both sides agreed to negotiate; lost: failed.", ("proposed",), ("failed",), "opened_on"),
    Step(
        "contracts", "contracts", "登记的合同", "Contracts registered", "认定登记的技术合同；流失为不予受理、不予登记、逾期未补正、注销与撤销。",
        "Technology contracts registered; lost: refused, lapsed, cancelled, revoked.", ("draft", "submitted", "correction", "accepted", "expert"),
        ("refused", "rejected", "lapsed", "cancelled", "revoked", "discarded"), "registered_on",
    ),
    Step(
        "money", "contracts", "有到账的合同", "Contracts with money received", "登记了履行到账的技术合同。", "Contracts on which a receipt was entered.",
        ("draft", "submitted", "correction", "accepted", "expert"), ("cancelled", "revoked"), "receipts__date", "", (("receipts__isnull", False),),
    ),
    Step(
        "reports", "reports", "固化的统计报告", "Frozen reports", "固化或发布的统计报告；流失为撤回。", "Reports frozen or published; lost: withdrawn.", ("open",), ("withdrawn",), "as_of",
    ),
)  # fmt: skip


def step_of(name: str) -> Step:
    """The step of that name, or a refusal that names the range."""
    found = next((s for s in STEPS if s.id == name), None)
    if found is None:
        raise Refused.one("unknown_step", f"没有环节 “{name[:40]}”；可用：{'、'.join(s.id for s in STEPS)}", field="step", value=name[:40])
    return found


def all_of(step: Step, by: Actor, day: dt.date) -> QuerySet[Any]:
    """Every record of the step's register known by the day, merged ones left out."""
    rows = entries(by, REGISTERS[step.register].model).filter(record__register=step.register, record__merged_into=None, **dict(step.only))
    at = f"{step.day}__lte" if step.day else ""
    entered = Q(record__created_at__lte=clock.end_of(day))
    within = (
        Q(**{at: day}) | (Q(**{step.day: None}) & entered) if step.day and "__" not in step.day else Q(**{at: day}) if step.day else entered
    )
    return rows.filter(within).distinct() if step.only else rows.filter(within)


def rows_of(step: Step, by: Actor, day: dt.date, state: str = "", why: str | None = None) -> QuerySet[Any]:
    """The records behind one number: those that reached the step, or those that dropped out in a state (for a reason)."""
    rows = all_of(step, by, day)
    if not state:
        return rows.exclude(record__state__in=(*step.before, *step.dropped))
    if state not in step.dropped:
        raise Refused.one(
            "unknown_state", f"“{state[:40]}” 不是此环节的流失状态；可用：{'、'.join(step.dropped)}", field="state", value=state[:40]
        )
    rows = rows.filter(record__state=state)
    return rows.filter(**{step.why: why}) if step.why and why is not None else rows


def address(step: Step, day: dt.date, **more: str) -> str:
    """The page with exactly the records of a number."""
    return reverse("funnel-list", args=[step.id]) + "?" + urlencode({"as_of": day.isoformat(), **more})


def steps(by: Actor, day: dt.date) -> list[dict[str, Any]]:
    """Each step: how many records reached it by the day, how many dropped out there, in which state and why; each with its list."""
    out: list[dict[str, Any]] = []
    for step in STEPS:
        if step.register not in REGISTERS:
            continue
        out.append(
            {"step": step, "zh": step.zh, "en": step.en, "told": {"zh": step.told_zh, "en": step.told_en}, "url": address(step, day), **_counted(step, by, day)}
        )  # fmt: skip
    most = max([s["count"] for s in out], default=0) or 1
    return [s | {"width": round(100 * s["count"] / most, 1)} for s in out]


def _counted(step: Step, by: Actor, day: dt.date) -> dict[str, Any]:
    """How many reached the step and how many dropped out of it, in one query over states (and reasons)."""
    register = REGISTERS[step.register]
    keys = ["record__state", *([step.why] if step.why else [])]
    rows = list(
        all_of(step, by, day).exclude(record__state__in=step.before).order_by().values(*keys).annotate(n=Count("pk", distinct=True))
    )
    lost = [r for r in rows if r["record__state"] in step.dropped]
    choices = getattr(register.column(step.why), "choices", {}) if step.why else {}
    found = []
    for r in sorted(lost, key=lambda r: (-r["n"], str(r["record__state"]))):
        why = r[step.why] if step.why else None
        more = {"state": r["record__state"]} | ({"why": why} if why is not None else {})
        found.append({
            "n": r["n"], "label": register.state_label(r["record__state"]), "why": choices.get(why) if why else None, "url": address(step, day, **more),
        })  # fmt: skip
    return {"count": sum(r["n"] for r in rows) - sum(r["n"] for r in lost), "dropped": found}


def waiting(by: Actor, register: Register | None = None, late: dt.date | None = None) -> QuerySet[Wait]:
    """Work that waits: all of it for those who see the province, one's own inbox for others; ``late`` keeps what was due before a day."""
    rows = mine(by)
    if by.sees_all:
        seen = visible_to(by, Record.objects.all()).values("pk")
        rows = Wait.objects.filter(record__in=seen).select_related("record", "scope").order_by("due_at", "since", "pk")
    rows = rows.filter(record__register=register.id) if register is not None else rows
    return rows.filter(due_at__lt=clock.end_of(late - dt.timedelta(days=1))) if late is not None else rows


def load(by: Actor, day: dt.date) -> list[dict[str, Any]]:
    """Waiting work by register: how much, how much past due, and since when the oldest waits."""
    late = Count("pk", filter=Q(due_at__lt=clock.end_of(day - dt.timedelta(days=1))))
    rows = waiting(by).order_by().values("record__register").annotate(n=Count("pk"), late=late).order_by("-n", "record__register")
    known = [r for r in rows if r["record__register"] in REGISTERS]
    most = max([r["n"] for r in known], default=0) or 1
    return [
        {"register": REGISTERS[r["record__register"]], "n": r["n"], "late": r["late"], "width": round(100 * r["n"] / most, 1), "late_width": round(100 * r["late"] / most, 1)}
        for r in known
    ]  # fmt: skip
