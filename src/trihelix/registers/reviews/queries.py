"""Reads of reviews used by more than one caller."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

from trihelix.kernel.models import Record
from trihelix.registers.experts.models import Expert, Invitation
from trihelix.registers.reviews import panels, rulebook, scoring
from trihelix.registers.reviews.models import Conflict, Item, ReviewLink, Round, Run, Seat

MOST_LEFT_OUT = 1_000_000  # reviewers × sheets up to which the order without each reviewer is worked out
LIVE = ("invited", "accepted", "submitted", "abstained")


def votes_of(entry: Round) -> list[scoring.Vote]:
    """Submitted sheets as votes, exact: totals are computed again from the points, not from the rounded column."""
    sheet = rulebook.from_json(entry.sheet)
    out = []
    for seat in Seat.objects.filter(round=entry.record, record__state="submitted").select_related("expert").order_by("pk"):
        total: Fraction | None = sheet.total(seat.points, seat.gates)
        out.append(scoring.Vote(seat.item_code, seat.expert.number, total))
    return out


def ranked(entry: Round) -> dict[str, Any]:
    """The ranking now: rows best first, with what each reviewer's absence would change."""
    codes = list(Item.objects.filter(round=entry.record).order_by("code").values_list("code", flat=True))
    how = {"drop_from": panels.rules_of(entry).drop_from, "normalise": entry.normalise}
    votes = votes_of(entry)
    placed = scoring.rank(codes, votes, **how)
    told = len({v.reviewer for v in votes}) * len(votes) <= MOST_LEFT_OUT
    moved = scoring.sensitivity(codes, votes, **how) if told else scoring.not_told(codes)
    return {"rows": scoring.as_json(placed, moved), "votes": len(votes), "sensitivity": told, **how}


def progress(round_: Record) -> dict[str, Any]:
    """Seats by state, items by sheets in, experts with open seats: the live progress."""
    seats = list(Seat.objects.filter(round=round_).values_list("item_code", "record__state", "expert__title", "expert__number", "kind"))
    per_item: dict[str, Counter[str]] = defaultdict(Counter)
    waiting: Counter[tuple[str, str]] = Counter()
    for code, state, title, number, _ in seats:
        per_item[code][state] += 1
        if state in panels.OPEN:
            waiting[title, number] += 1
    states = Counter(s for _, s, *_ in seats)
    live = [k for _, s, _, _, k in seats if s in LIVE]
    done = states["submitted"] + states["abstained"]
    return {
        "states": dict(states), "seats": len(live), "done": done, "percent": round(100 * done / len(live)) if live else 0, "waiting": sorted(waiting.items(), key=lambda x: (-x[1], x[0])),
        "items": {code: {"done": c["submitted"] + c["abstained"], "seats": sum(c[s] for s in LIVE)} for code, c in sorted(per_item.items())},
        "enterprise": sum(k == "enterprise" for k in live),
    }  # fmt: skip


def board(entry: Round, today: Any) -> dict[str, Any]:
    """What the page "assign" shows: pool by class and field, who is left out and why, conflicts with sources, runs side by side."""
    able, left = panels.pool(entry, today)
    kinds = {e.record.number: e.kind for e in Expert.objects.exclude(record__state="removed")}
    runs = list(Run.objects.filter(round=entry.record).defer("problem"))
    conflicts = (
        Conflict.objects.filter(round=entry.record).select_related("item", "expert", "source").order_by("item_id", "expert_id", "kind")
    )
    fields: Counter[str] = Counter(f for e in able for f in e.fields)
    return {
        "able": able, "left": left, "classes": dict(sorted(Counter(e.kind for e in able).items())), "fields": fields.most_common(), "runs": [panels.summary(r, kinds) for r in runs],
        "conflicts": list(conflicts[:300]), "conflict_count": conflicts.count(), "by_kind": dict(sorted(Counter(conflicts.values_list("kind", flat=True)).items())),
        "items": list(Item.objects.filter(round=entry.record).select_related("record", "record__owner")), "rules": panels.rules_of(entry), "kinds": kinds,
    }  # fmt: skip


def matrix(run: Run, kinds: dict[str, str]) -> dict[str, Any]:
    """Items by experts of a run: seats with their score, loads as parts of the cap."""
    score = {(i, e): s for i, e, s in run.problem["affinity"]}
    caps = {e["id"]: e["cap"] for e in run.problem["experts"]}
    pairs = [tuple(p) for p in run.answer.get("pairs") or []]
    loads = Counter(e for _, e in pairs)
    titles = dict(Record.objects.filter(number__in={e for _, e in pairs} | {i for i, _ in pairs}).values_list("number", "title"))
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for i, e in sorted(pairs):
        rows[i].append({"expert": e, "title": titles.get(e, e), "kind": kinds.get(e, ""), "score": score.get((i, e), 0)})
    return {
        "rows": [{"item": i, "title": titles.get(i, i), "total": sum(s["score"] for s in seats), "seats": seats} for i, seats in sorted(rows.items())],
        "loads": [
            {"expert": e, "title": titles.get(e, e), "kind": kinds.get(e, ""), "load": n, "cap": caps.get(e, n), "percent": min(100, round(100 * n / max(1, caps.get(e, n))))}
            for e, n in sorted(loads.items(), key=lambda x: (-x[1], x[0]))
        ],
    }  # fmt: skip


def shares() -> dict[str, dict[str, int]]:
    """Enterprise experts three ways: pool, seats drawn, planning groups."""
    pool = Expert.objects.filter(record__state__in=("active", "paused"))
    seats = Seat.objects.filter(record__state__in=LIVE)
    groups = Invitation.objects.exclude(record__state="cancelled")
    return {
        "pool": {"enterprise": pool.filter(kind="enterprise").count(), "all": pool.count()},
        "seats": {"enterprise": seats.filter(kind="enterprise").count(), "all": seats.count()},
        "groups": {"enterprise": groups.filter(expert_kind="enterprise").count(), "all": groups.count()},
    }  # fmt: skip


def my_seats(link: ReviewLink) -> list[Seat]:
    """The seats that a link opens, in order; replaced ones are gone."""
    rows = Seat.objects.filter(round=link.round, expert=link.expert).exclude(record__state="replaced")
    return list(rows.select_related("item").order_by("item_code"))
