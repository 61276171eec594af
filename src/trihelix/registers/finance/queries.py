"""Reads of finance: who has an agreement, what a line still allows, statements and their peers, the funds report, the tax guide."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum

from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.models import JournalEntry, Link, Record
from trihelix.kernel.validity import in_force
from trihelix.registers.finance import conditions
from trihelix.registers.finance.models import (
    CreditLine,
    FinanceAgreement,
    FinanceProduct,
    FirmList,
    Investment,
    ListedFirm,
    Loan,
    PointsStatement,
    VentureFund,
)
from trihelix.registers.ladder import facts
from trihelix.registers.ladder.models import Consent
from trihelix.registers.parties.models import Body
from trihelix.registers.policies.rulebook import rules

LIVE = ("drawn", "overdue", "repaid", "written_off")
PEERS = 5  # fewer firms of a stage are not compared: a neighbour could be recognised
STALE_MONTHS = 24


def agreed(on: dt.date) -> Any:
    """Agreements in force on a day."""
    rows = FinanceAgreement.objects.filter(in_force(on))
    return rows.filter(Q(ended_on=None) | Q(ended_on__gt=on))


def outstanding(line: Record) -> int:
    """What is drawn and not repaid on a line, in fen."""
    rows = Loan.objects.filter(line=line).exclude(record__state="void")
    return int(rows.aggregate(n=Sum(F("amount_fen") - F("repaid_fen")))["n"] or 0)


def line_state(line: CreditLine, by: Actor) -> dict[str, int]:
    """Limit, drawn, outstanding and left of a line: four numbers, never one."""
    rows = entries(by, Loan).filter(line=line.record).exclude(record__state="void")
    found = rows.aggregate(drawn=Sum("amount_fen"), repaid=Sum("repaid_fen"))
    drawn, repaid = int(found["drawn"] or 0), int(found["repaid"] or 0)
    return {"limit": line.limit_fen, "drawn": drawn, "outstanding": drawn - repaid, "left": line.limit_fen - drawn + repaid}


def on_lists(kinds: tuple[str, ...] = ("innovation",)) -> Any:
    """Firms on sent or closed lists of a kind, as record ids (a subquery)."""
    lists = FirmList.objects.filter(kind__in=kinds, record__state__in=("sent", "closed")).values("record_id")
    return ListedFirm.objects.filter(list__in=lists).values("firm_id")


def relending_facts(firm: Record, on: dt.date, loan: Loan | None = None) -> dict[str, Any]:
    """Facts for the re-lending rule beyond recognitions: stage by our reference rule, first loan as far as the register knows."""
    out: dict[str, Any] = {}
    stage = stage_of(firm, on)
    if stage:
        out["stage"] = {"value": stage, "source": "参考规则 jilin-points（待核实）", "as_of": on.isoformat()}
    earlier = Loan.objects.filter(firm=firm, drawn_on__lt=on).exclude(record__state="void")
    if loan is not None and loan.pk:
        earlier = earlier.exclude(pk=loan.pk)
    if earlier.exists():
        out["first_loan"] = {"value": False, "source": "贷款登记库已有更早的贷款"}
    elif loan is not None and loan.first_loan is not None:
        out["first_loan"] = {"value": loan.first_loan, "source": "银行填报"}
    if loan is not None and loan.equipment_upgrade is not None:
        out["equipment_upgrade"] = {"value": loan.equipment_upgrade, "source": "银行填报"}
    return out


def stage_of(firm: Record, on: dt.date) -> str:
    """Start-up, growth or stable by the reference rule; empty where the founding day is not known."""
    table = rules()
    rule = table.rule("jilin-points")
    known = facts.of_firm(rule, firm, on)
    founded = {"founded": known["founded"]} if "founded" in known else {}
    try:
        return str(table.check("jilin-points", founded, on, change=False).outputs.get("stage") or "") if founded else ""
    except Refused:
        return ""


def turnover(firm: Record, on: dt.date) -> int | None:
    """Registered turnover of last year's technology contracts in which the firm takes part, in fen; ``None`` without one."""
    from trihelix.registers.contracts.models import Contract

    mine = Contract.objects.filter(Q(record__owner=firm) | Q(record__participants__body=firm)).values("pk")
    rows = Contract.objects.filter(pk__in=mine, registered_on__year=on.year - 1, turnover_fen__isnull=False)
    values = list(rows.values_list("turnover_fen", flat=True))
    return sum(values) if values else None


def months(since: dt.date, until: dt.date) -> int:
    """Full months between two days, never negative."""
    return max(0, (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day))


def parts_of(answer: Any, rule: Any, on: dt.date) -> list[dict[str, Any]]:
    """The parts of an answer for people: interval, age of the oldest figure, sources, and the papers that are missing."""
    figures = {t["clause"]: t["figures"] for t in answer.trace}
    out = []
    for part in answer.parts:
        used = [f for f in figures.get(part["id"], []) if f["key"] in rule.inputs]
        days = [dt.date.fromisoformat(str(f["as_of"])) for f in used if f["as_of"] and f["value"] is not None]
        lacking = [f for f in used if f["value"] is None]
        open_ = part["min"] != part["max"]
        papers = [rule.inputs[f["key"]].evidence or f["label"] for f in lacking]
        out.append(
            {
                "part": part["label"], "low": str(part["min"]), "high": str(part["max"]), "most": str(part["max_points"]),
                "age_months": months(min(days), on) if days else None, "source": "；".join(dict.fromkeys(str(f["source"]) for f in used if f["source"])),
                "papers": "、".join(dict.fromkeys(papers or (["更早年度的同口径数据"] if open_ else []))), "stale": bool(days) and months(min(days), on) > STALE_MONTHS,
            }
        )  # fmt: skip
    return out


def peers(statement: PointsStatement, firm: Record, rule: str, stage: str, on: dt.date) -> dict[str, Any]:
    """How an interval stands among other firms of the same stage by the same rule version in the last year: counts only, none below five firms."""
    rows = PointsStatement.objects.filter(
        rule=rule, rule_version=statement.rule_version, stage=stage, on__gt=on - dt.timedelta(days=365), on__lte=on
    )
    rows = rows.exclude(record__state="withdrawn").exclude(record__owner=firm).order_by("record__owner_id", "-on", "-pk")
    latest: dict[int, tuple[Decimal, Decimal]] = {}
    for owner, low, high in rows.values_list("record__owner_id", "low", "high"):
        if low is not None:
            latest.setdefault(owner, (low, high))
    if len(latest) < PEERS or statement.low is None or statement.high is None:
        return {"stage": stage, "firms": len(latest), "enough": False}
    surely = sum(high < statement.low for _, high in latest.values())
    perhaps = sum(low < statement.high for low, _ in latest.values())
    return {"stage": stage, "firms": len(latest), "enough": True, "surely_above": surely, "perhaps_above": perhaps}


def products_for(firm: Record, by: Actor, on: dt.date) -> list[dict[str, Any]]:
    """Every product offered, checked for one firm; fitting ones first."""
    stage = stage_of(firm, on)
    out = []
    for product in entries(by, FinanceProduct).filter(record__state="offered").select_related("record__owner").order_by("pk"):
        try:
            answer = conditions.check(product, firm, on)
            trace, verdict = answer.trace, answer.verdict
        except Refused as refusal:
            trace, verdict = [{"text": refusal.problems[0].message, "outcome": "unknown"}], "unknown"
        stage_fits = None if not product.stages or not stage else stage in product.stages
        out.append({"product": product, "verdict": verdict, "trace": trace, "stage_fits": stage_fits, "stage": stage})
    order = {"met": 0, "unknown": 1, "not_met": 2}
    return sorted(out, key=lambda r: (order[r["verdict"]], r["stage_fits"] is False))


def held_years(one: Investment, on: dt.date) -> int:
    """Full years an investment was held, to its exit or the day."""
    return months(one.invested_on, min(one.exited_on or on, on)) // 12


def funds_report(by: Actor, on: dt.date, fund: str = "") -> dict[str, Any]:
    """Investments by stage, age of the firm at the investment, years held, hard technology; private money beside each, in fen.

    Ratios of private to fund money are exact text with two digits; early, small and long are read from this table.
    """
    rows = entries(by, Investment).filter(invested_on__lte=on).select_related("record", "fund")
    if fund:
        rows = rows.filter(Q(fund__ref=fund) | Q(fund__number=fund))
    held = list(rows)
    founded = {
        b.pk: b.established
        for i in range(0, len(held), 500)
        for b in Body.objects.filter(record_id__in={r.firm_id for r in held[i : i + 500]})
    }
    tables: dict[str, dict[str, list[int]]] = {k: defaultdict(lambda: [0, 0, 0]) for k in ("stage", "age", "held", "hard")}
    for one in held:
        born = founded.get(one.firm_id)
        age = None if born is None else months(born, one.invested_on) // 12
        keys = {
            "stage": one.stage, "age": _band(age, ((3, "≤3"), (5, "4—5"), (10, "6—10")), ">10"), "held": _band(held_years(one, on), ((2, "≤2"), (4, "3—4"), (6, "5—6")), ">6"),
            "hard": "yes" if one.hard_technology else "no",
        }  # fmt: skip
        for table, key in keys.items():
            row = tables[table][key]
            row[0], row[1], row[2] = row[0] + 1, row[1] + one.amount_fen, row[2] + (one.private_fen or 0)
    total = [len(held), sum(r.amount_fen for r in held), sum(r.private_fen or 0 for r in held)]
    follow = sum(1 for r in held if r.follows_id)
    return {
        "tables": {t: [{"key": k, "count": n, "amount": a, "private": p} for k, (n, a, p) in sorted(rows_.items())] for t, rows_ in tables.items()},
        "count": total[0], "amount": total[1], "private": total[2], "follow_on": follow, "firms": len({r.firm_id for r in held}),
        "leverage": f"{Decimal(total[2]) / Decimal(total[1]):.2f}" if total[1] else None, "on": on,
    }  # fmt: skip


def _band(value: int | None, bands: tuple[tuple[int, str], ...], over: str) -> str:
    if value is None:
        return "—"
    return next((name for limit, name in bands if value <= limit), over)


def promises(fund: VentureFund, by: Actor, on: dt.date) -> list[dict[str, Any]]:
    """What a fund promised and what its investments show: share of the money invested, in per cent."""
    rows = list(entries(by, Investment).filter(fund=fund.record, invested_on__lte=on).select_related("firm"))
    whole = sum(r.amount_fen for r in rows)
    inside = set(Body.objects.filter(record_id__in={r.firm_id for r in rows}, inside=True).values_list("pk", flat=True))
    parts = {
        "early": (fund.early_percent, sum(r.amount_fen for r in rows if r.stage in ("seed", "early"))),
        "hard": (fund.hard_percent, sum(r.amount_fen for r in rows if r.hard_technology)),
        "inside": (fund.inside_percent, sum(r.amount_fen for r in rows if r.firm_id in inside)),
    }  # fmt: skip
    out = []
    for name, (promised, part) in parts.items():
        actual = Decimal(part) * 100 / Decimal(whole) if whole else None
        out.append(
            {"id": name, "promised": promised, "actual": actual, "kept": None if promised is None or actual is None else actual >= promised}
        )
    return out


def tax_guide(on: dt.date) -> list[dict[str, Any]]:
    """The tax rules in force, as the guide shows them."""
    table = rules()
    return [{"rule": table.rule(r), "version": table.rule(r).on(on)} for r in conditions.tax_rules() if table.rule(r).on(on) is not None]


def rows_of(entry: FirmList, by: Actor) -> Any:
    """The firms of a list for a viewer: the department all, a finance body those whose consent is in force today, a firm itself."""
    rows = ListedFirm.objects.filter(list=entry.record).select_related("firm").order_by("firm__title", "pk")
    if by.sees_all:
        return rows
    if not entry.record.participants.filter(role="bank", body_id__in=by.bodies, until=None).exists():
        return rows.filter(firm_id__in=by.bodies)
    today = clock.today()
    consents = Consent.objects.filter(purpose="list", record__state="granted", granted_on__lte=today, valid_to__gte=today)
    named = Link.objects.filter(kind="recipient", target_id__in=by.bodies).values("source")
    return rows.filter(firm__in=consents.filter(record__in=named).values("record__owner_id"))


def readings(entry: PointsStatement) -> list[dict[str, Any]]:
    """Every reading of a statement by a bank, newest first: when, and who."""
    rows = JournalEntry.objects.filter(record=entry.record, action="points_statements.read").select_related("actor").order_by("-at", "-pk")
    return [{"at": r.at, "who": str(r.actor) if r.actor else ""} for r in rows]


def told(entry: PointsStatement) -> dict[str, Any]:
    """What a statement says, for a machine that reads it: the interval, points lost by paper and by merit, each part with its age in
    months and sources, the comparison within the stage, and the last day on which it may be used. Points are decimal text."""

    def points(value: Decimal | None) -> str | None:
        return None if value is None else format(value.normalize(), "f")

    firm = entry.record.owner
    return {
        "firm": {"title": firm.title, "credit_code": firm.entry.credit_code} if firm is not None else None, "stage": entry.stage or None,
        "rule": entry.rule, "rule_version": entry.rule_version, "on": entry.on.isoformat(), "valid_to": entry.valid_to.isoformat() if entry.valid_to else None,
        "points": {"low": points(entry.low), "high": points(entry.high)}, "lost_paper": points(entry.lost_paper), "lost_merit": points(entry.lost_merit),
        "parts": [dict(part) for part in entry.parts], "cohort": dict(entry.cohort), "synthetic": entry.record.synthetic,
        "note": "本报告不是全国“企业创新积分”，指标、分档与权重为省内默认值；不构成信用评级；企业可随时撤回，撤回或过期后不得再用",
    }  # fmt: skip
