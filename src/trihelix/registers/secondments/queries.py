"""Reads of secondments used by more than one caller, scoped to the viewer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Q, Sum

from trihelix.kernel import clock
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.models import Link, Record
from trihelix.kernel.validity import not_over
from trihelix.registers.experts.affinity import Evidence
from trihelix.registers.experts.models import EVIDENCE
from trihelix.registers.parties.models import Membership, Person
from trihelix.registers.secondments import terms
from trihelix.registers.secondments.flow import SERVING
from trihelix.registers.secondments.models import Batch, Log, Output, PostNeed, Secondment

OPEN = ("listed", "named", "offered", "agreed", "home_consented", "recommended", "qualified", "publicity", *SERVING)
TAKEN = ("agreed", "home_consented", "recommended", "qualified", "publicity", *SERVING)
TIES = {
    "equity": "存在股权关系",
    "controls": "存在控制关系",
    "legal_representative": "担任法定代表人",
    "affiliate": "登记为关联单位",
    "adviser": "担任顾问",
}


def city_of(body: Record | None) -> str:
    """The city or prefecture of a body's address (six digits), or nothing."""
    division = getattr(body.entry, "division", "") if body is not None and body.register == "bodies" else ""
    return f"{division[:4]}00" if division else ""


def checks_of(row: Secondment) -> list[dict[str, Any]]:
    """The tests of a qualification: each with what was found; ``ok`` false asks for a reason before it is passed over."""
    rule, out = terms.kind_terms(row.kind), []

    def test(id_: str, zh: str, ok: bool, found: str, source: str = "") -> None:
        out.append(
            {"id": id_, "zh": zh, "ok": ok, "found": found, "source": source or str(rule["source"]), "unverified": bool(rule["unverified"])}
        )

    home, host = row.record.owner, row.host
    test("home_kind", "派出单位类型相符", home is not None and home.entry.kind in rule["homes"], home.title if home else "")
    test("host_kind", "接收单位类型相符", host.entry.kind in rule["hosts"], host.title)
    test("at_home", "人员属派出单位", row.person.owner_id == row.record.owner_id, row.person.owner.title if row.person.owner else "")
    tie = tie_between(host, home, row.person)
    test("no_affiliation", "接收单位非本人或派出单位举办、控股", tie == "", tie or "未发现", "参照其他省份做法")
    others = overlapping(row)
    test("no_overlap", "同期没有其他选派", not others, "、".join(o.number for o in others) or "未发现", "本系统默认值")
    wanted = rule.get("days_per_year") or rule.get("hours_per_year") or 0
    given = row.days_per_year if rule.get("days_per_year") else row.hours_per_year
    test(
        "service_time",
        f"每年服务不少于 {wanted} {'天' if rule.get('days_per_year') else '学时'}",
        (given or 0) >= wanted,
        str(given or "未填"),
    )
    return out + person_checks(row)


def person_checks(row: Secondment) -> list[dict[str, Any]]:
    """The book's conditions on the person, by kind of secondment; what is not on record fails and is told as such."""
    out = []
    for rule in terms.terms()["person_checks"]:
        if row.kind in rule["kinds"]:
            ok, found = PERSON_TESTS[rule["test"]](row, rule["value"])
            out.append(
                {
                    "id": rule["id"],
                    "zh": rule["zh"],
                    "ok": ok,
                    "found": found,
                    "source": str(rule["source"]),
                    "unverified": bool(rule["unverified"]),
                }
            )
    return out


def _degree_or_rank(row: Secondment, value: Any) -> tuple[bool, str]:
    rank = row.rank or row.person.entry.rank
    return row.degree in value["degrees"] or rank in value["ranks"], "、".join(x for x in (row.degree, rank) if x) or "未登记"


def _years_at_home(row: Secondment, value: int) -> tuple[bool, str]:
    """Years since the earliest membership of the home body that still runs."""
    since = (
        Membership.objects.filter(not_over(clock.today()), person=row.person, body=row.record.owner)
        .order_by("valid_from").values_list("valid_from", flat=True).first()
    )  # fmt: skip
    if since is None:
        return False, "未登记入职日期"
    years = (clock.today() - since).days // 365
    return years >= value, f"{since} 起，{years} 年（要求 {value} 年）"


def _host_age(row: Secondment, value: int) -> tuple[bool, str]:
    founded = row.host.entry.established
    if founded is None:
        return False, "未登记成立日期"
    years = (clock.today() - founded).days // 365
    return years >= value, f"成立 {years} 年（要求 {value} 年）"


def _terms_before(row: Secondment, value: int) -> tuple[bool, str]:
    before = Secondment.objects.filter(person_id=row.person_id, host_id=row.host_id, appointed_on__isnull=False).exclude(pk=row.pk).count()
    return before <= value, f"{before} 任（上限 {value}）"


def _outputs(row: Secondment, value: int) -> tuple[bool, str]:
    held = Link.objects.filter(target_id=row.person_id, kind__in=EVIDENCE).values("source_id").distinct().count()
    return held >= value, f"{held} 项（要求 {value} 项）"


PERSON_TESTS = {
    "degree_or_rank": _degree_or_rank, "years_at_home": _years_at_home, "host_age": _host_age, "terms_before": _terms_before, "outputs": _outputs,
}  # fmt: skip


def tie_between(host: Record, home: Record | None, person: Record) -> str:
    """A tie of equity, control or post between the host and the home body or person, in words; empty where none is known."""
    others = [r.pk for r in (home, person) if r is not None]
    hit = (
        Link.objects.filter(Q(source=host, target_id__in=others) | Q(target=host, source_id__in=others), kind__in=TIES)
        .order_by("pk")
        .first()
    )
    return TIES[hit.kind] if hit else ""


def overlapping(row: Secondment) -> list[Secondment]:
    """Other running secondments of the person whose term meets this one."""
    others = Secondment.objects.filter(person_id=row.person_id, record__state__in=SERVING).exclude(pk=row.pk)
    if row.previous_id:
        others = others.exclude(pk=row.previous_id)
    if row.starts_on and row.ends_on:
        others = others.filter(Q(starts_on=None) | Q(starts_on__lte=row.ends_on), Q(ends_on=None) | Q(ends_on__gte=row.starts_on))
    return list(others.order_by("pk"))


def people_for(kind: str, by: Actor) -> list[Person]:
    """Active people whose home body is of a kind that the scheme sends."""
    rows = entries(by, Person).filter(record__state="active", record__owner__parties_body__kind__in=terms.kind_terms(kind)["homes"])
    return list(rows.select_related("record__owner").order_by("pk"))


def wording(post: PostNeed) -> str:
    """What a post asks for, in its own words."""
    return "\n".join((post.title, post.problem, post.indicators, post.wished))


def fit(post: PostNeed, person: Person, share: float) -> tuple[float, dict[str, bool]]:
    """How well a person fits a post (0 to 1) by the book's weights, and which of field, discipline, rank agree."""
    w = terms.terms()["fit"]
    why = {
        "field": bool(post.field) and post.field in person.fields, "discipline": bool(post.discipline) and person.discipline == post.discipline,
        "rank": bool(post.wished_rank) and person.rank == post.wished_rank,
    }  # fmt: skip
    return (w["words"] * share + sum(w[k] for k, held in why.items() if held)) / 100, why


def candidates(post: PostNeed, by: Actor, most: int = 10) -> list[dict[str, Any]]:
    """People for a post, best first, each with the reasons: words of the outputs, field, discipline, rank; the host's own are left out."""
    rows = [p for p in people_for(post.kind, by) if p.record.owner_id != post.record.owner_id]
    evidence = Evidence(p.pk for p in rows)
    text = wording(post)
    shares = evidence.shares(text)
    busy = set(Secondment.objects.filter(record__state__in=SERVING).values_list("person_id", flat=True))
    scored = []
    for p in rows:
        score, why = fit(post, p, shares.get(p.pk, 0.0))
        if score > 0:
            scored.append((score, p, {**why, "busy": p.pk in busy}))
    scored.sort(key=lambda x: (-x[0], x[1].pk))
    return [
        {"person": p, "score": round(score * 100), **why, "reasons": evidence.reasons(text, p.pk, 5)} for score, p, why in scored[:most]
    ]  # fmt: skip


def taken(post: Record) -> int:
    """Places of a post that somebody holds or both sides have agreed on."""
    return Secondment.objects.filter(post=post, record__state__in=TAKEN).count()


def service(row: Secondment) -> dict[str, Any]:
    """Days, problems, outputs and money of a term; only logs that the host confirmed count."""
    logs = Log.objects.filter(secondment=row.record, record__state="confirmed")
    sums = logs.aggregate(days=Sum("days"), hours=Sum("hours"), stars=Avg("satisfaction"), n=Count("pk"))
    outputs = list(Output.objects.filter(secondment=row.record).select_related("record"))
    return {
        "days": sums["days"] or Decimal(0), "hours": sums["hours"] or Decimal(0), "logs": sums["n"], "solved": logs.filter(solved=True).count(),
        "satisfaction": None if sums["stars"] is None else Decimal(str(sums["stars"])), "outputs": outputs, "paid_fen": sum(_money(o) for o in outputs if o.kind == "contract"),
        "kinds": sum(o.kind != "contract" for o in outputs), "agreed_days": agreed_days(row),
    }  # fmt: skip


def _money(output: Output) -> int:
    """What a linked contract paid so far; a contract without a link counts as stated."""
    if output.record is not None and output.record.register == "contracts":
        return int(output.record.entry.receipts.aggregate(n=Sum("received_fen"))["n"] or 0)
    return output.amount_fen or 0


def agreed_days(row: Secondment) -> Decimal:
    """Days (or teaching hours) agreed for the part of the term that has passed."""
    yearly = row.days_per_year or row.hours_per_year or 0
    if not row.starts_on or not row.ends_on:
        return Decimal(yearly)
    end = min(row.ended_on or row.ends_on, row.ends_on)
    return (Decimal(yearly) * max(0, (end - row.starts_on).days + 1) / Decimal(365)).quantize(Decimal("0.1"))


def score_of(row: Secondment) -> dict[str, Decimal]:
    """The default score by part, from what is recorded."""
    s = service(row)
    time = s["hours"] if row.hours_per_year and not row.days_per_year else s["days"]
    return terms.default_score(
        days=time,
        agreed=s["agreed_days"],
        solved=s["solved"],
        contract_fen=s["paid_fen"],
        outputs=s["kinds"],
        satisfaction=s["satisfaction"],
    )


def overview(by: Actor, kind: str = "commissioner", until: dt.date | None = None) -> dict[str, Any]:
    """People, appointments, hosts, bodies inside and outside, cities, fields; the plan against appointments and people by year."""
    day = until or clock.today()
    rows = entries(by, Secondment).filter(kind=kind, appointed_on__isnull=False, appointed_on__lte=day)
    homes = rows.values("record__owner").distinct()
    rule = terms.kind_terms(kind)
    years = []
    first = rule.get("plan_from")
    for year in range(first, first + rule["plan_years"]) if first else ():
        held = rows.filter(appointed_on__year=year)
        years.append(
            {"year": year, "plan": rule["plan_per_year"], "appointments": held.count(), "people": held.values("person").distinct().count()}
        )
    return {
        "kind": kind, "until": day, "appointments": rows.count(), "people": rows.values("person").distinct().count(), "hosts": rows.values("host").distinct().count(),
        "homes": homes.count(), "outside": homes.filter(record__owner__parties_body__inside=False).count(), "batches": rows.exclude(batch=None).values("batch").distinct().count(),
        "cities": list(rows.exclude(city="").values("city").annotate(n=Count("pk"), firms=Count("host", distinct=True)).order_by("city")),
        "fields": list(rows.exclude(field="").values("field").annotate(n=Count("pk")).order_by("-n", "field")),
        "serving": rows.filter(record__state__in=SERVING).count(), "ending": list(ending(by, day)[:50]), "years": years, "unverified": bool(rule["unverified"]),
    }  # fmt: skip


def ending(by: Actor, day: dt.date) -> Any:
    """Terms that end within the book's number of days, soonest first."""
    last = day + dt.timedelta(days=terms.terms()["ending_days"])
    return (
        entries(by, Secondment)
        .filter(record__state__in=SERVING, ends_on__lte=last)
        .select_related("person", "host")
        .order_by("ends_on", "pk")
    )


def mine(by: Actor) -> dict[str, Any]:
    """One's own secondments by role: as the person sent, as host, as home body, as recommending office."""
    rows = entries(by, Secondment).select_related("person", "host", "batch").order_by("-appointed_on", "-pk")
    own = by.bodies
    return {
        "person": list(rows.filter(person_id=by.person_id)[:50]) if by.person_id else [], "host": list(rows.filter(host_id__in=own)[:200]),
        "home": list(rows.filter(record__owner_id__in=own)[:200]), "city": list(rows.filter(Q(recommender_id__in=own) | Q(record__node_id__in=by.node_ids))[:200]),
        "logs": list(entries(by, Log).filter(secondment__secondments_secondment__host_id__in=own, record__state="written").order_by("on")[:50]),
    }  # fmt: skip


def evaluation(batch: Batch, by: Actor) -> dict[str, Any]:
    """The evaluation of a batch: counts, grades, days, problems, outputs by kind, contract money, subsidy, early ends by reason."""
    rows = entries(by, Secondment).filter(batch=batch.record)
    ids = rows.values("record_id")
    logs = Log.objects.filter(secondment__in=ids, record__state="confirmed")
    outputs = Output.objects.filter(secondment__in=ids)
    money = rows.aggregate(approved=Sum("approved_fen"), allotted=Sum("allotted_fen"), paid=Sum("paid_fen"))
    return {
        "appointments": rows.filter(appointed_on__isnull=False).count(), "people": rows.filter(appointed_on__isnull=False).values("person").distinct().count(),
        "hosts": rows.filter(appointed_on__isnull=False).values("host").distinct().count(), "grades": dict(rows.exclude(grade="").values_list("grade").annotate(n=Count("pk"))),
        "ends": dict(rows.exclude(end_kind="").values_list("end_kind").annotate(n=Count("pk"))), "renewed": rows.filter(record__state="renewed").count(),
        "days": logs.aggregate(n=Sum("days"))["n"] or 0, "logs": logs.count(), "solved": logs.filter(solved=True).count(),
        "outputs": dict(outputs.values_list("kind").annotate(n=Count("pk"))), "contract_fen": sum(_money(o) for o in outputs.filter(kind="contract").select_related("record")),
        "score": rows.aggregate(n=Avg("score"))["n"], **{k: v or 0 for k, v in money.items()},
    }  # fmt: skip
