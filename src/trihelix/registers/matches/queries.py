"""Reads of matches used by more than one caller, scoped to the viewer."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from trihelix.engines.money import format_wan
from trihelix.kernel import index
from trihelix.kernel.actor import SYSTEM, Actor, entries
from trihelix.kernel.models import Link, Record
from trihelix.registers.experts.models import Expert
from trihelix.registers.matches.models import Match
from trihelix.registers.needs.models import Need
from trihelix.registers.needs.register import missing_items, need_text
from trihelix.registers.results.models import Result

ITEMS = {"indicators": "indicators", "budget_wan": "money", "ownership": "ownership", "deadline": "deadline"}


def given_items(need: Need) -> list[str]:
    """Which of the four items the form of a need holds (names of the wording help)."""
    values = {
        "kind": need.kind,
        "indicators": need.indicators,
        "budget_wan": need.budget_fen,
        "ownership": need.ownership,
        "deadline": need.deadline,
    }
    lacking = set(missing_items(values))
    return [item for column, item in ITEMS.items() if column not in lacking]


def ranked(need: Need, by: Actor, kind: str = "results", k: int = 10) -> tuple[list[dict[str, Any]], list[str]]:
    """Ranked results or experts for a need, each with its record row, the reasons as shares of the score, and any match already begun."""
    answer = index.match(
        need_text(need), by=by, kind=kind, k=k, indicators=[i.get("name", "") for i in need.indicators], given=given_items(need)
    )
    model = Expert if kind == "experts" else Result
    rows = {str(e.record.uid): e for e in entries(by, model).filter(record__uid__in=[h["uid"] for h in answer.hits])}
    begun = {m.result_id: m for m in entries(by, Match).filter(need=need.record)} if kind == "results" else {}
    cards = []
    for place, hit in enumerate(answer.hits, 1):
        entry = rows.get(hit["uid"])
        if entry is None:
            continue
        cards.append({**card(hit, entry), "place": place, "match": begun.get(entry.record.pk)})
    return cards, answer.missing


def card(hit: dict[str, Any], entry: Any) -> dict[str, Any]:
    """A hit prepared for a card: reasons with their share of the score, indicators spoken to."""
    total = hit["score"] or 1.0
    words = [r for r in hit["reasons"] if r["kind"] in ("word", "vector")][:8]
    price = getattr(entry, "price_fen", None)
    return {
        "entry": entry, "record": entry.record, "score": hit["score"], "highlights": hit.get("highlights", [])[:2],
        "reasons": [{**r, "share": max(0, round(100 * r["part"] / total))} for r in words],
        "indicators": [r["term"] for r in hit["reasons"] if r["kind"] == "indicator"], "price": format_wan(price) if price is not None else "",
    }  # fmt: skip


def reverse_ranked(result: Result, by: Actor, k: int = 10) -> list[dict[str, Any]]:
    """Needs that a result could serve, ranked the same way."""
    text = "\n".join(t for t in (result.record.title, result.summary, result.application) if t)
    answer = index.match(text, by=by, kind="needs", k=k)
    rows = {str(e.record.uid): e for e in entries(by, Need).filter(record__uid__in=[h["uid"] for h in answer.hits])}
    return [{**card(h, rows[h["uid"]]), "place": i} for i, h in enumerate(answer.hits, 1) if h["uid"] in rows]


def quality(since: dt.date | None = None) -> dict[str, Any]:
    """Live quality of matching with its denominators: answers, interest, days to answer, contracts per 100 needs; by field and node.

    Read by the system over everything: only counts leave this function.
    """
    matches = entries(SYSTEM, Match)
    if since is not None:
        matches = matches.filter(invited_at__date__gte=since)
    signed = Link.objects.filter(source__register="deals", source__state="signed", target=OuterRef("need_id"), kind="need")
    rows = list(
        matches.annotate(signed=Exists(signed)).values(
            "need_id", "answer", "invited_at", "answered_at", "signed", node=F("record__node__title"), fields=F("need__needs_need__fields")
        )
    )
    published = entries(SYSTEM, Need).filter(~Q(published_on=None))
    if since is not None:
        published = published.filter(published_on__gte=since)
    needs = list(published.values("record_id", "fields", node=F("record__node__title"), state=F("record__state")))
    by_field: dict[str, dict[str, list[Any]]] = defaultdict(lambda: {"matches": [], "needs": []})
    by_node: dict[str, dict[str, list[Any]]] = defaultdict(lambda: {"matches": [], "needs": []})
    for kind, items in (("matches", rows), ("needs", needs)):
        for row in items:
            for name in row["fields"] or ["—"]:
                by_field[name][kind].append(row)
            by_node[row["node"] or "—"][kind].append(row)
    return {
        "all": _rates(rows, needs),
        "by_field": {k: _rates(v["matches"], v["needs"]) for k, v in sorted(by_field.items())},
        "by_node": {k: _rates(v["matches"], v["needs"]) for k, v in sorted(by_node.items())},
    }


def _rates(matches: list[dict[str, Any]], needs: list[dict[str, Any]]) -> dict[str, Any]:
    """Numerators and denominators side by side; a rate over nothing is ``None``, never zero."""
    answered = [m for m in matches if m["answered_at"] is not None]
    interested = [m for m in answered if m["answer"] == "interested"]
    days = sorted((m["answered_at"] - m["invited_at"]).total_seconds() / 86400 for m in answered)
    contracted = [n for n in needs if n["state"] in ("contracted", "solved")]
    return {
        "invited": len(matches), "answered": len(answered), "interested": len(interested), "needs": len(needs), "contracted": len(contracted),
        "answer_rate": _percent(len(answered), len(matches)), "interest_rate": _percent(len(interested), len(answered)),
        "days_to_answer": round(days[len(days) // 2], 1) if days else None, "contracts_per_100": _percent(len(contracted), len(needs)),
    }  # fmt: skip


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def matches_of(record: Record, by: Actor) -> list[Match]:
    """The matches of a need or result that the viewer may see, newest first."""
    found = entries(by, Match).filter(Q(need=record) | Q(result=record)).select_related("need__owner", "result__owner")
    return list(found.order_by("-invited_at"))
