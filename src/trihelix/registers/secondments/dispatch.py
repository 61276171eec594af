"""From a batch to an allocation problem and back: posts and people, two-sided wishes, floors and ceilings, cures, runs side by side."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import Q

from trihelix.kernel.actor import Actor
from trihelix.kernel.models import Link, Record
from trihelix.registers.experts.affinity import Evidence
from trihelix.registers.parties.models import Person
from trihelix.registers.secondments import queries, terms
from trihelix.registers.secondments.models import Batch, Dispatch, HomeAnswer, PostNeed, Secondment

SECONDS = 60.0
STABLE = ("stable", "stable_host", "min_blocking_pairs")
TRIED = 12  # softer options tried one after another when nothing fits


@dataclass(frozen=True)
class Options:
    """What a run is asked to keep. ``most`` people in all; floors and ceilings by city, home body and host; None leaves a rule out."""

    objective: str = "max_sum"
    most: int | None = None
    city_min: int | None = None
    city_most: int | None = None
    home_most: int | None = None
    host_most: int | None = None
    fill_all: bool = False
    field_fit: bool = False
    consent: str = "not_refused"

    def plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Case:
    """Posts and people of a batch with everything that speaks for or against a pair; ids are record ids."""

    posts: dict[int, PostNeed]
    people: dict[int, Person]
    places: dict[int, int]
    score: dict[tuple[int, int], int]
    why: dict[tuple[int, int], dict[str, Any]]
    against: dict[tuple[int, int], list[str]]
    left_out: list[tuple[Person, str]]
    offered: dict[int, list[int]]
    named: dict[int, list[int]]
    evidence: Evidence


def gather(entry: Batch, options: Options, by: Actor) -> Case:
    """Everything a run needs, from the registers."""
    posts, places = _posts(entry)
    people, left = _people(entry, by)
    offered, named = _wishes(posts)
    evidence = Evidence(people)
    score, why = _scores(posts, people, evidence, offered, named)
    return Case(posts, people, places, score, why, _against(entry, options, posts, people, score), left, offered, named, evidence)


def _posts(entry: Batch) -> tuple[dict[int, PostNeed], dict[int, int]]:
    """Checked posts of the batch's kind with places left."""
    rows = PostNeed.objects.filter(kind=entry.kind, record__state="checked").select_related("record__owner").order_by("record__number")
    places = {p.pk: p.posts - queries.taken(p.record) for p in rows}
    return {p.pk: p for p in rows if places[p.pk] > 0}, {k: n for k, n in places.items() if n > 0}


def _people(entry: Batch, by: Actor) -> tuple[dict[int, Person], list[tuple[Person, str]]]:
    """People who may be sent, and those left out with the reason."""
    busy = set(Secondment.objects.filter(record__state__in=queries.TAKEN).values_list("person_id", flat=True))
    refused = dict(HomeAnswer.objects.filter(batch=entry.record, agrees=False).values_list("person_id", "why"))
    able, left = {}, []
    for p in queries.people_for(entry.kind, by):
        if p.pk in busy:
            left.append((p, "已在选派或已选定"))
        elif p.pk in refused:
            left.append((p, f"派出单位不同意：{refused[p.pk]}".rstrip("：")))
        else:
            able[p.pk] = p
    return able, left


def _wishes(posts: Mapping[int, PostNeed]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Person → posts offered for, post → people named, in order of time."""
    offered, named = defaultdict(list), defaultdict(list)
    rows = Secondment.objects.filter(post_id__in=list(posts), record__state__in=("offered", "named")).order_by("pk")
    for post, person, state in rows.values_list("post_id", "person_id", "record__state"):
        if state == "offered":
            offered[person].append(post)
        else:
            named[post].append(person)
    return offered, named


def _scores(
    posts: Mapping[int, PostNeed], people: Mapping[int, Person], evidence: Evidence, offered: Mapping[int, Sequence[int]],
    named: Mapping[int, Sequence[int]],
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], dict[str, Any]]]:  # fmt: skip
    """``(post, person) → 1…10000`` where something speaks for the pair, with what does; a wish of either side adds the book's points."""
    wish = terms.terms()["dispatch"]["wish"]
    score: dict[tuple[int, int], int] = {}
    why: dict[tuple[int, int], dict[str, Any]] = {}
    for post in posts.values():
        shares = evidence.shares(queries.wording(post))
        for p in people.values():
            if p.record.owner_id == post.record.owner_id:
                continue
            part, agree = queries.fit(post, p, shares.get(p.pk, 0.0))
            wishes = (post.pk in offered.get(p.pk, ())) + (p.pk in named.get(post.pk, ()))
            if part > 0 or wishes:
                score[post.pk, p.pk] = min(10_000, max(1, round(10_000 * part) + wish * wishes))
                why[post.pk, p.pk] = {**agree, "offered": post.pk in offered.get(p.pk, ()), "named": p.pk in named.get(post.pk, ())}
    return score, why


def _against(
    entry: Batch, options: Options, posts: Mapping[int, PostNeed], people: Mapping[int, Person], pairs: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int], list[str]]:  # fmt: skip
    """What forbids a pair: a tie with the host, a refusal before, the office, and — where asked — field or missing consent."""
    tied = _tied({p.record.owner_id for p in posts.values() if p.record.owner_id}, people)
    before = set(
        Secondment.objects.filter(post_id__in=list(posts), record__state__in=("declined", "refused")).values_list("post_id", "person_id")
    )
    barred = {(x[0], x[1]) for x in entry.barred}
    waived = {(x[0], x[1]) for x in entry.waived}
    said_yes = set(HomeAnswer.objects.filter(batch=entry.record, agrees=True).values_list("person_id", flat=True))
    out: dict[tuple[int, int], list[str]] = {}
    for post_id, person_id in pairs:
        post, person = posts[post_id], people[person_id]
        names = (post.record.number, person.record.number)
        found = [
            *(["tie"] if (post.record.owner_id, person_id) in tied or (post.record.owner_id, person.record.owner_id) in tied else []),
            *(["declined"] if (post_id, person_id) in before else []), *(["office"] if names in barred else []),
        ]  # fmt: skip
        if names not in waived:
            found += ["field"] if options.field_fit and post.field and post.field not in person.fields else []
            found += ["no_consent"] if options.consent == "required" and person_id not in said_yes else []
        if found:
            out[post_id, person_id] = found
    return out


def _tied(hosts: set[int], people: Mapping[int, Person]) -> set[tuple[int, int]]:
    """``(host, person or home)`` with a tie of equity, control, post or advice, whichever way it was entered."""
    others = {*people, *(p.record.owner_id for p in people.values() if p.record.owner_id)}
    rows = Link.objects.filter(Q(source_id__in=hosts) | Q(target_id__in=hosts), kind__in=queries.TIES).values_list("source_id", "target_id")
    out = set()
    for a, b in rows:
        out |= {(x, y) for x, y in ((a, b), (b, a)) if x in hosts and y in others}
    return out


def problem(entry: Batch, options: Options, case: Case) -> dict[str, Any]:
    """The problem file: ids are numbers of records, so that no name of a person ever enters a solver."""
    post_no = {k: p.record.number for k, p in case.posts.items()}
    person_no = {k: p.record.number for k, p in case.people.items()}
    listed = sorted(case.score, key=lambda pair: (post_no[pair[0]], person_no[pair[1]]))
    used_posts, used_people = {a for a, _ in listed}, {b for _, b in listed}
    rule = terms.terms()["dispatch"]
    return {
        "experts": [_expert(p, case, options, post_no, listed) for k, p in sorted(case.people.items(), key=lambda x: person_no[x[0]]) if k in used_people],
        "items": [_item(p, case, options, person_no, listed) for k, p in case.posts.items() if k in used_posts],
        "affinity": [[post_no[a], person_no[b], case.score[a, b]] for a, b in listed],
        "conflicts": [[post_no[a], person_no[b], kind] for a, b in listed for kind in case.against.get((a, b), ())],
        "limits": _limits(entry, options, case, used_posts, used_people), "objective": options.objective,
        "relief_menu": {"prices": dict(rule["prices"]), "waivable_reasons": list(rule["waivable"])},
    }  # fmt: skip


def _expert(p: Person, case: Case, options: Options, post_no: Mapping[int, str], listed: Sequence[tuple[int, int]]) -> dict[str, Any]:
    row: dict[str, Any] = {"id": p.record.number, "cap": 1}
    if p.record.owner_id is not None:
        row["employer"] = str(p.record.owner_id)
    if options.objective in STABLE and (first := case.offered.get(p.pk)):
        rest = sorted((a for a, b in listed if b == p.pk and a not in first), key=lambda a: (-case.score[a, p.pk], post_no[a]))
        row["prefers"] = [post_no[a] for a in dict.fromkeys([*first, *rest])]
    return row


def _item(p: PostNeed, case: Case, options: Options, person_no: Mapping[int, str], listed: Sequence[tuple[int, int]]) -> dict[str, Any]:
    row: dict[str, Any] = {"id": p.record.number, "slots": case.places[p.pk], "group": p.kind}
    if options.fill_all:
        row["min"] = 1
    if p.record.owner_id is not None:
        row["applicant_employer"] = str(p.record.owner_id)
    if city := queries.city_of(p.record.owner):
        row["city"] = city
    if options.objective in STABLE and (first := [x for x in case.named.get(p.pk, ()) if x in person_no]):
        rest = sorted((b for a, b in listed if a == p.pk and b not in first), key=lambda b: (-case.score[p.pk, b], person_no[b]))
        row["prefers"] = [person_no[b] for b in dict.fromkeys([*first, *rest])]
    return row


def _limits(entry: Batch, options: Options, case: Case, posts: set[int], people: set[int]) -> dict[str, Any]:
    by_item: dict[str, dict[str, list[int | None]]] = {}
    if options.most is not None:
        by_item["group"] = {entry.kind: [0, options.most]}
    if options.city_min or options.city_most is not None:
        cities = sorted({c for k in posts if (c := queries.city_of(case.posts[k].record.owner))})
        by_item["city"] = {c: [options.city_min or 0, options.city_most] for c in cities}
    if options.host_most is not None:
        hosts = sorted({str(case.posts[k].record.owner_id) for k in posts})
        by_item["applicant_employer"] = {h: [0, options.host_most] for h in hosts}
    out: dict[str, Any] = {"total_by_item": by_item} if by_item else {}
    if options.home_most is not None:
        homes = sorted({str(case.people[k].record.owner_id) for k in people})
        out["total_by_expert"] = {"employer": {h: [0, options.home_most] for h in homes}}
    return out


def beside(raw: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """What a plain objective does not tell: total fit, pairs that would rather have each other, and what stability costs in fit."""
    from trihelix.engines import allocation
    from trihelix.engines.allocation.blocking import blocking_pairs
    from trihelix.engines.allocation.parse import parse

    if answer["status"] == "infeasible":
        return {}
    p = parse(raw)
    score = {(i, e): s for i, e, s in raw["affinity"]}
    pairs = {(p.items.index(i), p.experts.index(e)) for i, e in answer["pairs"]}
    out: dict[str, Any] = {"total": sum(score[i, e] for i, e in answer["pairs"]), "blocking": len(blocking_pairs(p, pairs))}
    if raw["objective"] in STABLE:
        best = allocation.solve({**raw, "objective": "max_sum"}, SECONDS)
        out |= {"best": best["objective"], "cost": best["objective"] - out["total"]}
    return out


def softer(raw_of: Any, options: Options) -> list[dict[str, Any]]:
    """Options changed one by one until the batch can be met, each proven by solving: the smallest step down of every rule that helps alone."""
    from trihelix.engines import allocation

    steps: list[dict[str, Any]] = []
    steps += [{"city_min": n} for n in range((options.city_min or 0) - 1, -1, -1)]
    steps += [{"fill_all": False}] if options.fill_all else []
    steps += [{k: None} for k in ("most", "home_most", "host_most", "city_most") if getattr(options, k) is not None]
    steps += [{"field_fit": False}] if options.field_fit else []
    steps += [{"consent": "not_refused"}] if options.consent == "required" else []
    steps += [{"objective": "min_blocking_pairs"}] if options.objective in ("stable", "stable_host") else []
    out: list[dict[str, Any]] = []
    for step in steps[:TRIED]:
        name = next(iter(step))
        if any(name in done for done in out):
            continue
        if allocation.solve(raw_of(replace(options, **step)), SECONDS)["status"] != "infeasible":
            out.append(step)
    return out


def summary(run: Dispatch) -> dict[str, Any]:
    """What of a run is compared: total, worst post, people, cities, homes, pairs that would rather have each other."""
    pairs = [tuple(p) for p in run.answer.get("pairs") or []]
    city = {i["id"]: i.get("city", "") for i in run.problem["items"]}
    home = {e["id"]: e.get("employer", "") for e in run.problem["experts"]}
    cities = Counter(city[i] for i, _ in pairs if city[i])
    return {
        "run": run, "status": run.answer["status"], "total": run.beside.get("total"), "blocking": run.beside.get("blocking"), "cost": run.beside.get("cost"),
        "bound": run.answer.get("bound"), "worst": run.answer.get("worst_item_total"), "people": len(pairs), "posts": len({i for i, _ in pairs}), "cities": sorted(cities.items()),
        "home_most": max(Counter(home[e] for _, e in pairs).values(), default=0), "reason": (run.answer.get("reason") or {}).get("sentence", ""),
        "repairs": run.answer.get("repairs") or [], "cures": run.cures,
    }  # fmt: skip


def rows_of(run: Dispatch, by: Actor) -> list[dict[str, Any]]:
    """The pairs of a run, each with its score and the outputs that support it."""
    pairs = [tuple(p) for p in run.answer.get("pairs") or []]
    score = {(i, e): s for i, e, s in run.problem["affinity"]}
    records = {r.number: r for r in Record.objects.filter(number__in={x for p in pairs for x in p}).select_related("owner")}
    evidence = Evidence(records[e].pk for _, e in pairs if e in records)
    out = []
    for i, e in sorted(pairs):
        post, person = records[i].entry, records[e].entry
        _, agree = queries.fit(post, person, 0.0)
        out.append(
            {
                "post": records[i],
                "person": records[e],
                "score": score[i, e],
                **agree,
                "reasons": evidence.reasons(queries.wording(post), person.pk, 3),
            }
        )
    return out


def room(entry: Batch, today: dt.date) -> int | None:
    """People still to be sent: the batch's plan, else the scheme's plan of the year, less those under way or appointed."""
    plan = entry.planned or terms.kind_terms(entry.kind).get("plan_per_year")
    if plan is None:
        return None
    mine = Secondment.objects.filter(kind=entry.kind)
    used = mine.filter(batch=entry.record, record__state__in=queries.TAKEN) if entry.planned else mine.filter(appointed_on__year=entry.year)
    return max(0, plan - used.count())


__all__ = ["Case", "Options", "beside", "gather", "problem", "room", "rows_of", "softer", "summary"]
