"""Families (同族): patents that protect one invention are one hit of the search and one line of the family list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Min, QuerySet, Value, When

from trihelix.kernel.action import Run
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.outbox import put_many
from trihelix.kernel.search_docs import document
from trihelix.registers.patents import sheets
from trihelix.registers.patents.models import Patent

SHOWN = 30  # members of a family that enter its text


def members(family: str) -> QuerySet[Patent]:
    """The patents of a family, the one that stands for it first: public before closed, valid before ended, oldest first."""
    closed = Case(When(record__visibility="public", then=Value(0)), default=Value(1), output_field=IntegerField())
    ended = Case(
        When(status__in=(*sheets.VALID, "published", "substantive_exam"), then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    rows = Patent.objects.filter(family=family, record__merged_into=None).exclude(record__state="archived")
    return rows.annotate(closed=closed, ended=ended).order_by("closed", "ended", "filing_date", "pk")


def patent_doc(patent: Patent) -> dict[str, Any] | None:
    """The document of a family, written by the patent that stands for it; its other members have none.

    Only members that the same viewers may see add their words.
    """
    found = list(members(patent.family)[:SHOWN])
    if not found or found[0].pk != patent.pk:
        return None
    same = [p for p in found if p.record.visibility == patent.record.visibility and p.record.owner_id == patent.record.owner_id]
    titles = [p.record.title for p in same if p.pk != patent.pk]
    holders = [str(h.get("name", "")) for h in patent.holders]
    return document(
        patent, text=[patent.summary, *dict.fromkeys(titles), " ".join(p.app_no for p in same), " ".join(holders)],
        facets={"field": patent.fields, "region": [patent.division], "ip": sorted({p.ptype for p in same}), "kind_of": [patent.status]},
        numbers={"year": patent.filing_date.year if patent.filing_date else None},
    )  # fmt: skip


def reindex(a: Run, families: Iterable[str]) -> None:
    """Queue the other members of families for the index: who stands for them may have changed."""
    for pk, uid, version in (
        Patent.objects.filter(family__in=set(families)).exclude(pk=a.record.pk).values_list("pk", "record__uid", "record__version")
    ):
        a.after("index", f"{uid}:{version}:{a.record.uid}:{a.record.version}", record=pk)


def refresh_families(now: dt.datetime) -> int:
    """Queue the families that members of the last day joined or left, for imports write many rows without telling their families.

    A key a newest member and version, so run again it queues nothing twice.
    """
    fresh = Patent.objects.filter(record__updated_at__gte=now - dt.timedelta(days=1)).order_by().values("family")
    fresh = fresh.annotate(size=Count("pk"), newest=Max("record__updated_at"))
    marks = {f["family"]: f["newest"] for f in fresh}
    done = 0
    names = sorted(marks)
    for i in range(0, len(names), 400):
        rows = Patent.objects.filter(family__in=names[i : i + 400]).values_list("pk", "family", "record__uid", "record__version")
        held: dict[str, list[Any]] = {}
        for pk, name, uid, version in rows:
            held.setdefault(name, []).append((pk, uid, version))
        several = [(name, m) for name, group in held.items() if len(group) > 1 for m in group]
        put_many("index", ((f"{uid}:{version}:{marks[name].timestamp():.6f}", {"record": pk}) for name, (pk, uid, version) in several), now)
        done += len(several)
    return done


def families(by: Actor, text: str = "") -> QuerySet[Any]:
    """``{family, size, first}`` of the families a viewer may see, largest first; one query."""
    rows = entries(by, Patent).exclude(record__state="archived")
    if text:
        rows = rows.filter(record__title__icontains=text) | rows.filter(family__icontains=text)
    return rows.order_by().values("family").annotate(size=Count("pk"), first=Min("pk")).order_by("-size", "first")
