"""From a round to an allocation problem and back: pool, affinity, limits; two runs side by side."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from trihelix.kernel.models import Record
from trihelix.registers.experts.affinity import Evidence, text_of, texts_of
from trihelix.registers.experts.models import Expert
from trihelix.registers.reviews import rulebook
from trihelix.registers.reviews.models import Conflict, Item, Round, Run, Seat

OPEN = ("invited", "accepted")
KEPT = ("same_on_panel", "count_waiver", "seat_short")  # cures that stay in the problem as granted
KNOWN, NOT_WOMEN = "known", "男性及未登记"
FULL_PAIRS = 400_000  # above this many pairs, those with neither a word nor a field in common are left out of academic seats


@dataclass(frozen=True)
class Rules:
    """The rules of a round: the book's, with what the round sets itself."""

    panel: int
    panel_min: int
    odd: bool
    finance_min: int
    enterprise_percent: int
    same_employer: int | None
    same_city: int | None
    newcomers_min: int
    newcomers_each: int
    women_min: int
    most_seats: int
    years: int
    drop_from: int | None
    cool_seats: int
    cool_days: int
    credit_min: int
    objective: str
    draw: tuple[int, int]
    affinity: Mapping[str, int]
    relief: Mapping[str, Any]
    unverified: bool


def rules_of(entry: Round) -> Rules:
    """The rules in force for a round."""
    book = rulebook.rules()[entry.rules]
    own = {
        k: getattr(entry, k)
        for k in (
            "panel",
            "finance_min",
            "enterprise_percent",
            "same_employer",
            "same_city",
            "newcomers_min",
            "newcomers_each",
            "women_min",
            "most_seats",
            "years",
            "drop_from",
        )
    }
    taken = {k: book[k] if v is None else v for k, v in own.items()}
    return Rules(
        **taken, panel_min=book["panel_min"], odd=book["odd"], cool_seats=book["cool_seats"], cool_days=book["cool_days"], credit_min=book["credit_min"],
        objective=entry.objective or book["objective"], draw=(book["draw"][0], book["draw"][1]), affinity=book["affinity"], relief=book["relief"], unverified=bool(book["unverified"]),
    )  # fmt: skip


def pool(entry: Round, today: dt.date) -> tuple[list[Expert], list[tuple[Expert, str]]]:
    """Experts who may be seated, and those left out with the reason (away, resting, credit)."""
    rules = rules_of(entry)
    until = entry.closes_on or today
    recent = Q(
        record__expert_seats__invited_on__gte=today - dt.timedelta(days=rules.cool_days),
        record__expert_seats__record__state__in=(*OPEN, "submitted"),
    )
    rows = Expert.objects.filter(record__state="active").annotate(
        recent=Count("record__expert_seats", filter=recent & ~Q(record__expert_seats__round=entry.record)),
        ever=Count("record__expert_seats", filter=~Q(record__expert_seats__round=entry.record)),
        busy=Count(
            "record__expert_seats", filter=Q(record__expert_seats__record__state__in=OPEN) & ~Q(record__expert_seats__round=entry.record)
        ),
    )
    able, left = [], []
    let_in = {number for number, _ in entry.admitted}
    for e in rows.order_by("record__number"):
        reason = _left_out(e, rules, today, until, e.record.number in let_in)
        if reason:
            left.append((e, reason))
        else:
            able.append(e)
    return able, left


def away(e: Any, today: dt.date, until: dt.date) -> bool:
    """Whether an expert cannot come: nobody lets in who is not there."""
    return bool(e.away_from and e.away_to and e.away_from <= until and e.away_to >= today)


def _left_out(e: Any, rules: Rules, today: dt.date, until: dt.date, let_in: bool) -> str:
    if away(e, today, until):
        return f"{e.away_from} 至 {e.away_to} 不可用"
    if let_in:
        return "" if e.max_load - e.busy > 0 else "在手评审已满"
    if e.rests_until and e.rests_until >= today:
        return f"轮休至 {e.rests_until}"
    if e.recent >= rules.cool_seats:
        return f"近 {rules.cool_days} 天已参评 {e.recent} 项，轮休"
    if e.credit < rules.credit_min:
        return f"信用分 {e.credit}，低于 {rules.credit_min}"
    return "" if e.max_load - e.busy > 0 else "在手评审已满"


def affinities(items: Sequence[Record], experts: Sequence[Expert], weights: Mapping[str, int]) -> dict[tuple[int, int], int]:
    """``(item, expert) → 1…10000``: the words of the expert's outputs in the item's text, the field in common, and a base."""
    evidence = Evidence(e.person_id for e in experts if e.person_id is not None)
    texts = texts_of(items)
    fields = _fields_of(items)
    full = len(items) * len(experts) <= FULL_PAIRS
    out: dict[tuple[int, int], int] = {}
    for item in items:
        shares = evidence.shares(texts.get(item.pk, item.title))
        best = max(shares.values(), default=0.0)
        for e in experts:
            share = shares.get(e.person_id, 0.0) / best if best and e.person_id else 0.0
            field = bool(fields.get(item.pk, frozenset()) & set(e.fields))
            if full or share or field or e.kind != "academic":
                out[item.pk, e.pk] = min(10_000, max(1, weights["base"] + round(weights["words"] * share) + weights["field"] * field))
    return out


def _fields_of(items: Sequence[Record]) -> dict[int, set[str]]:
    """Technical fields of items of any register, from a column ``fields`` or ``field`` where there is one, else of the owner body."""
    from trihelix.kernel.register import REGISTERS
    from trihelix.registers.parties.models import Body

    out: dict[int, set[str]] = {}
    owners: dict[int, int] = {r.pk: r.owner_id for r in items if r.owner_id is not None}
    for name in {r.register for r in items}:
        model = REGISTERS[name].model
        columns = {f.name for f in model._meta.concrete_fields} & {"fields", "field"}
        for column in sorted(columns):
            ids = [r.pk for r in items if r.register == name]
            for i in range(0, len(ids), 400):
                for pk, value in model._default_manager.filter(pk__in=ids[i : i + 400]).values_list("pk", column):
                    out.setdefault(pk, set()).update(value if isinstance(value, list) else [value] if value else [])
    bodies: dict[int, list[str]] = {}
    wanted = sorted(set(owners.values()))
    for i in range(0, len(wanted), 400):
        bodies.update(Body.objects.filter(pk__in=wanted[i : i + 400]).values_list("pk", "fields"))
    for pk, owner in owners.items():
        if not out.get(pk):
            out[pk] = set(bodies.get(owner, ()))
    return out


def problem(
    entry: Round,
    items: Sequence[Item],
    experts: Sequence[Expert],
    *,
    draw: bool = False,
    fixed: Iterable[tuple[str, str]] = (),
    without: Iterable[tuple[str, str]] = (),
) -> dict[str, Any]:
    """The problem file: ids are numbers of records, so that no name of a person ever enters a solver."""
    rules = rules_of(entry)
    records = [i.record for i in items]
    number = {e.pk: e.record.number for e in experts}
    names = {r.pk: r.number for r in records}
    raised = {c[1]: c[2] for c in entry.relief if c[0] == "expert_cap"}
    gone = set(without)
    women = _women(experts) if rules.women_min else set()
    scores = affinities(records, experts, rules.affinity)
    rows = [[names[i], number[e], s] for (i, e), s in sorted(scores.items()) if (names[i], number[e]) not in gone]
    hits = Conflict.objects.filter(round=entry.record, waived="").order_by("item_id", "expert_id", "kind")
    conflicts = [[names[i], number[e], k] for i, e, k in hits.values_list("item_id", "expert_id", "kind") if i in names and e in number]
    out: dict[str, Any] = {
        "experts": [_expert(e, rules, raised.get(e.record.number), woman=e.pk in women) for e in experts],
        "items": [_item(r, rules.panel) for r in records],
        "affinity": rows, "conflicts": conflicts, "limits": _limits(rules, draw, fixed, _apart(entry, number.values())), "objective": "max_expected_sum" if draw else rules.objective,
    }  # fmt: skip
    if granted := [list(c) for c in entry.relief if c[0] in KEPT and c[1] in set(names.values())]:
        out["granted"] = granted
    if not draw:
        out["relief_menu"] = {"prices": dict(rules.relief["prices"]), "waivable_reasons": list(rules.relief["waivable"])}
    return out


def _women(experts: Sequence[Expert]) -> set[int]:
    """Experts whose linked person is registered as a woman."""
    from trihelix.registers.parties.models import Person

    of = {e.person_id: e.pk for e in experts if e.person_id is not None}
    ids, out = sorted(of), set()
    for i in range(0, len(ids), 400):
        found = Person.objects.filter(pk__in=ids[i : i + 400], gender="f").values_list("pk", flat=True)
        out |= {of[pk] for pk in found}
    return out


def _apart(entry: Round, numbers: Iterable[str]) -> list[list[str]]:
    """Pairs of experts of the pool who must not sit together."""
    known = set(numbers)
    return [[a, b] for a, b, _ in entry.apart if a in known and b in known]


def _expert(e: Any, rules: Rules, cap: int | None, *, woman: bool) -> dict[str, Any]:
    """An expert as the engine sees him. A least number of a class on each panel is a largest number of the others, who alone carry a mark."""
    room = max(0, min(e.max_load - e.busy, rules.most_seats)) if cap is None else cap
    row = {"id": e.record.number, "cap": room, "type": e.kind}
    if e.ever or not rules.newcomers_each:
        row["group"] = KNOWN if e.ever else "newcomer"
    if rules.women_min and not woman:
        row["origin"] = NOT_WOMEN
    if e.record.owner_id is not None:
        row["employer"] = str(e.record.owner_id)
    if e.city:
        row["city"] = e.city
    return row


def _item(record: Record, need: int) -> dict[str, Any]:
    row: dict[str, Any] = {"id": record.number, "need": need}
    if record.owner_id is not None:
        row["applicant_employer"] = str(record.owner_id)
    return row


def _limits(rules: Rules, draw: bool, fixed: Iterable[tuple[str, str]], apart: Sequence[list[str]]) -> dict[str, Any]:
    same = {k: v for k, v in (("employer", rules.same_employer), ("city", rules.same_city)) if v}
    same |= {k: rules.panel - n for k, n in (("group", rules.newcomers_each), ("origin", rules.women_min)) if n}
    out: dict[str, Any] = {}
    # In a draw, rules that cross (class and employer) cannot hold in every draw: the classes stay, the page says so.
    if same and not (draw and (rules.finance_min or rules.enterprise_percent or len(same) > 1)):
        out["max_same_on_panel"] = same
    if apart and not draw:
        out["forbid_together"] = list(apart)
    if rules.finance_min:
        out["min_count_on_panel"] = {"finance": rules.finance_min}
    if rules.enterprise_percent:
        out["min_share_on_panel"] = {"enterprise": f"{rules.enterprise_percent}/100"}
    if rules.newcomers_min:
        out["total_by_expert"] = {"group": {"newcomer": [rules.newcomers_min, None]}}
    if pairs := [list(p) for p in fixed]:
        out["fixed"] = pairs
    if draw:
        out["max_probability"] = list(rules.draw)
    return out


def summary(run: Run, kinds: Mapping[str, str]) -> dict[str, Any]:
    """What of a run is compared: status, total, worst item, loads, seats by class."""
    answer = run.answer
    pairs = answer.get("pairs") or []
    loads = [n for n in (answer.get("loads") or {}).values() if n]
    classes = Counter(kinds.get(e, "") for _, e in pairs)
    return {
        "run": run, "status": answer["status"], "total": answer.get("objective"), "bound": answer.get("bound"), "gap": answer.get("gap"), "worst": answer.get("worst_item_total"),
        "seats": len(pairs), "experts": len(loads), "load_most": max(loads, default=0), "load_mean": round(len(pairs) / len(loads), 2) if loads else 0,
        "classes": dict(sorted(classes.items())), "enterprise": round(100 * classes["enterprise"] / len(pairs), 1) if pairs else None,
        "reason": (answer.get("reason") or {}).get("sentence", ""), "repairs": [{**r, "asks_experts": any(c[0] == "new_expert" for c in r["changes"])} for r in answer.get("repairs") or []],
    }  # fmt: skip


def evidence_for(item: Record, expert: Expert) -> list[Any]:
    """The words and outputs behind one pair."""
    if expert.person_id is None:
        return []
    return Evidence([expert.person_id]).reasons(text_of(item.entry), expert.person_id)


def answer_counts(seats: Iterable[Seat]) -> dict[str, int]:
    """Seats by state."""
    return dict(Counter(s.record.state for s in seats))
