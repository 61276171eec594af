"""What the pages and acts read: fees by rule, fee calendars, progress of rounds, gates of products, high-value patents."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from trihelix.engines import patents as engine
from trihelix.kernel import clock
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.models import Record
from trihelix.registers.patents import flow, sheets
from trihelix.registers.patents.models import OpenLicence, Patent, Product, Push, StockRecord
from trihelix.registers.patents.settings_book import settings
from trihelix.registers.policies.rulebook import rules

FEN = 1_000_000  # fen of a 万元


@dataclass(frozen=True)
class Told:
    """An annual fee as the rule tells it: amounts in fen, the reduction in percent, the rule's version."""

    year: int
    due: dt.date
    full_fen: int
    percent: Decimal
    late_fen: int
    pay_fen: int
    rule: str


def open_on(patent: Patent, day: dt.date) -> bool:
    """Whether an open licence is announced and running on a day."""
    rows = OpenLicence.objects.filter(patent_id=patent.pk, announced_on__lte=day).exclude(record__state="discarded")
    return rows.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=day)).filter(Q(period_to=None) | Q(period_to__gte=day)).exists()


def fee_of(patent: Patent, year: int, due: dt.date, paid: dt.date | None = None, opened: bool | None = None) -> Told:
    """The fee of one year of term under the rule ``patent-fee``, asked on the day paid (or due)."""
    day = paid or min(due, clock.today())
    granted = patent.grant_date or due
    facts = {
        "ptype": patent.ptype, "year": year, "eligible": patent.fee_cut, "parties": max(1, len(patent.holders)),
        "years_since_grant": max(1, engine.years_from_grant(granted, patent.filing_date or granted, year)),
        "open_licence": open_on(patent, day) if opened is None else opened,
        "late_months": engine.late_months(due, paid, settings().grace_months) if paid else 0,
    }  # fmt: skip
    answer = rules().check("patent-fee", facts, day, change=False)
    out = answer.outputs
    percent = Decimal(str(out["reduction_rate"]).rstrip("%"))
    return Told(year, due, out["full_fee_fen"], percent, out["late_fee_fen"], out["pay_fen"], f"{answer.rule}@{answer.version}")


def calendar(patent: Patent, years: int = 5) -> list[Told]:
    """The coming annual fees of a patent, at most ``years``; empty where its days are not known or it is not in force."""
    from trihelix.engines.errors import Refused
    from trihelix.registers.patents.actions.fees import next_year

    if patent.status not in sheets.VALID:
        return []
    try:
        first = next_year(patent)
    except Refused:
        return []
    out: list[Told] = []
    opened = open_on(patent, clock.today())
    for year in range(first, first + years):
        due = engine.year_starts(patent.filing_date, year)  # type: ignore[arg-type]
        if patent.expires_on is not None and due >= patent.expires_on:
            break
        out.append(fee_of(patent, year, due, opened=opened))
    return out


def high_value(patent: Patent, on: dt.date) -> dict[str, Any]:
    """Whether an invention is of high value (高价值发明专利), with every kind that holds; by the rule ``high-value-patent``."""
    facts = {
        "ptype": patent.ptype, "status": "in_force" if patent.status in sheets.VALID else "lapsed", "sei": patent.sei, "family_overseas": patent.family_overseas,
        "filing_date": patent.filing_date.isoformat() if patent.filing_date else None, "pledge": str(Decimal(patent.pledge_fen) / FEN) if patent.pledge_fen is not None else None,
        "awards": patent.awards,
    }  # fmt: skip
    answer = rules().check("high-value-patent", {k: v for k, v in facts.items() if v is not None}, on, change=False)
    kinds = [k for k, v in answer.outputs.items() if v is True]
    return {"verdict": answer.verdict, "kinds": kinds, "missing": answer.missing}


def product_gate(product: Product, cutoff: dt.date | None, on: dt.date) -> dict[str, Any]:
    """Whether a filed product is complete and in time for a round; the national result itself is never computed."""
    facts = {
        "filed_on": product.filed_on.isoformat() if product.filed_on else None, "takes_part": product.takes_part, "data_year": product.data_year,
        "recognised_before": product.recognised_on is not None, "updated_on": product.updated_on.isoformat() if product.updated_on else None,
        "patents": len(product.patents_used), "product_sales": _wan(product.sales_fen), "revenue": _wan(product.revenue_fen),
        "cutoff_announced": cutoff.isoformat() if cutoff else None,
    }  # fmt: skip
    answer = rules().check("patent-intensive-product", {k: v for k, v in facts.items() if v is not None}, on, change=False)
    return {"verdict": answer.verdict, "failed": answer.failed, "missing": answer.missing, "version": answer.version}


def _wan(fen: int | None) -> str | None:
    return None if fen is None else str(Decimal(fen) / FEN)


def progress(made: Any, by: Actor) -> dict[str, Any]:
    """How a round stands, as the viewer may see it: by body, by tier, pushes and answers; a bounded number of queries."""
    forms = entries(by, StockRecord).filter(round=made.record)
    pool = Q(record__state__in=(*flow.POOL, *flow.OUTCOMES, "recorded"))
    rows = forms.order_by().values("record__owner_id", "record__owner__title").annotate(
        forms=Count("pk"), pool=Count("pk", filter=pool), promising=Count("pk", filter=pool & Q(prospect__in=settings().with_prospects)),
        waiting=Count("pk", filter=Q(record__state__in=("registered", "self_assessed", "college_ok"))),
    )  # fmt: skip
    by_body = {r["record__owner_id"]: r for r in rows}
    planned = list(made.record.links_out.filter(kind="stock_body").order_by("position").values_list("target_id", "target__title"))
    done = set(made.record.stock_reports.values_list("body_id", flat=True))
    listed = [
        {**by_body.get(pk, {"forms": 0, "pool": 0, "promising": 0, "waiting": 0}), "pk": pk, "title": title, "done": pk in done}
        for pk, title in planned
    ]
    named = {pk for pk, _ in planned}
    listed += [{**r, "pk": pk, "title": r["record__owner__title"], "done": pk in done} for pk, r in by_body.items() if pk not in named]
    tiers = dict(forms.exclude(tier="").order_by().values_list("tier").annotate(n=Count("pk")))
    stars = forms.aggregate(
        all=Count("pk"), three=Count("pk", filter=Q(stars__gte=3)), used=Count("pk", filter=Q(stars__gte=3, outcome__gt=""))
    )
    pushes = entries(by, Push).filter(stock__in=forms.values("pk"))
    answers = dict(pushes.order_by().values_list("record__state").annotate(n=Count("pk")))
    return {
        "bodies": listed,
        "tiers": [(t, tiers.get(t, 0)) for t in sheets.TIERS],
        "stars": stars,
        "pushes": sum(answers.values()),
        "answers": answers,
    }


def family_of(patent: Patent, by: Actor) -> list[Patent]:
    """The other members of a patent's family that the viewer may see."""
    return list(entries(by, Patent).filter(family=patent.family).exclude(pk=patent.pk).order_by("filing_date", "pk")[:50])


def centre_patents(owner: Record | None, by: Actor, on: dt.date) -> list[dict[str, Any]]:
    """The host's inventions in force with the kinds of high value that hold; at most 50."""
    rows = entries(by, Patent).filter(record__owner=owner, ptype="invention", status__in=sheets.VALID).order_by("-filing_date", "-pk")[:50]
    return [{"patent": p, **high_value(p, on)} for p in rows]
