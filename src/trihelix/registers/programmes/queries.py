"""Reads of programmes used by more than one caller."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from trihelix.engines.schemes import Scheme, SchemeBook, from_texts, with_choice
from trihelix.engines.schemes import forms as form_engine
from trihelix.engines.schemes.quota import Ladder, Standing, is_overdue, places, standing
from trihelix.kernel import book
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.models import BookVersion, Link, Record
from trihelix.kernel.validity import in_force
from trihelix.registers.parties.models import Body, Membership
from trihelix.registers.programmes import overlay
from trihelix.registers.programmes.models import Application, Call, Integrity, Project, SubsidyRow

ENDED = ("archived", "stopped", "revoked", "removed", "expired", "follow_up")
WAN = 1_000_000


@functools.lru_cache(maxsize=8)
def _of_digest(digest: str) -> SchemeBook:
    held = BookVersion.objects.filter(digest=digest).first()
    return from_texts(held.files, strict=False) if held else scheme_book()


def scheme_book(digest: str | None = None) -> SchemeBook:
    """The schemes in force, or those of the book version that a case opened with."""
    return overlay.schemes() if digest in (None, "", book.current().digest) else _of_digest(str(digest))


def scheme_of(entry: Any) -> Scheme:
    """The scheme of a call or case in the version and book it opened with, with its class and variant laid over it."""
    table = scheme_book(entry.record.book_id)
    if entry.scheme_version not in {s.version.id for s in table.schemes.get(entry.scheme, ())}:
        table = scheme_book()  # the version was added by a confirmed file after that book
    held = table.scheme(entry.scheme, version=entry.scheme_version)
    return with_choice(held, getattr(entry, "class_id", "") or "", getattr(entry, "variant", "") or "")


def call_of(record: Record) -> Call:
    """The call of a record, read once for a record in hand."""
    found: Call = record.programmes_call  # type: ignore[attr-defined]
    return found


def form_of(application: Application, scheme: Scheme | None = None) -> form_engine.Form:
    """The form that applies now: the concept form in the first stage of a two-stage call."""
    scheme = scheme or scheme_of(application)
    return scheme.concept if application.stage == "concept" and scheme.concept else scheme.form


def ladder(scheme: Scheme) -> Ladder:
    """The overdue ladder of a scheme."""
    month, day = (int(x) for x in str(scheme.get("overdue.reference")).split("-"))
    return Ladder(
        month, day, Fraction(scheme.get("overdue.quota_cut")), scheme.get("overdue.quota_after_years"), scheme.get("overdue.lose_at"),
        scheme.get("overdue.forced_years"), scheme.get("overdue.bar_years"),
    )  # fmt: skip


def unit_standing(unit: int, scheme: Scheme, base: int, day: dt.date) -> Standing:
    """A unit's overdue projects on a day and the quota that is left."""
    held = Project.objects.filter(record__owner_id=unit, scheme=scheme.id, due_on__lt=day).exclude(record__state__in=ENDED)
    return standing(base, held.values_list("due_on", flat=True), day, ladder(scheme))


def overdue(scheme: Scheme, project: Project, day: dt.date) -> bool:
    return project.due_on is not None and is_overdue(project.due_on, day, ladder(scheme))


def quota_left(call: Call, unit: int, scheme: Scheme, day: dt.date) -> int | None:
    """Places a unit still has in a call with a quota; 0 where it lost the year."""
    stand = unit_standing(unit, scheme, call.quota if call.quota is not None else 10**6, day)
    if call.quota is None and stand.quota > 0:
        return None
    used = (
        Application.objects.filter(call=call.record, record__owner_id=unit)
        .exclude(record__state__in=("draft", "withdrawn", "form_refused"))
        .count()
    )
    return max(places(stand.quota) - used, 0)


def body_facts(body: Record | None, day: dt.date) -> dict[str, Any]:
    """What the register of bodies knows of an applicant, in the names of the scheme language."""
    held: Body | None = getattr(body, "parties_body", None)  # read once for a record in hand
    if held is None:
        return {}
    age = (
        None
        if held.established is None
        else Fraction(day.year - held.established.year - ((day.month, day.day) < (held.established.month, held.established.day)))
    )
    return {
        "kind": held.kind, "inside": held.inside, "age_years": age, "staff": None if held.staff is None else Fraction(held.staff),
        "sales": _wan(held.sales_fen), "rd": _wan(held.rd_fen),
    }  # fmt: skip


def _wan(fen: int | None) -> Fraction | None:
    return None if fen is None else Fraction(fen, WAN)


def case_facts(application: Application, scheme: Scheme, answers: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Every fact of an application that the scheme's conditions and money rule may read."""
    linked = list(application.record.links_out.values_list("kind", "target__parties_body__kind"))
    own = body_facts(application.record.owner, day)
    kinds = {k for k in {kind for _, kind in linked} | {own.get("kind")} if k}
    payee = application.payee_id or application.record.owner_id
    used = Project.objects.filter(payee_id=payee, scheme=scheme.id, approved_on__year=day.year).aggregate(
        s=Sum("approved_fen"), n=Count("pk")
    )
    live = ("published", "matching", "talking", "posted", "taker_chosen", "handed_over", "contracted", "listed")
    target = application.board or application.need
    return {
        **form_engine.facts_of(scheme.form, answers), **own, "used_this_year": Fraction(used["s"] or 0, WAN), "awards_this_year": Fraction(used["n"] or 0),
        "open_projects": Fraction(open_projects(application.leader_id)), "members": Fraction(1 + sum(kind == "partner" for kind, _ in linked)),
        "has_firm": "firm" in kinds, "has_university": bool(kinds & {"university", "institute"}), "class_id": application.class_id,
        "variant": application.variant, "need_listed": target is not None and target.state in live, "on": day, "granted": _wan(application.grant_fen),
    }  # fmt: skip


def rule_checks(application: Application, scheme: Scheme, answers: Mapping[str, Any], day: dt.date) -> list[dict[str, Any]]:
    """The rules of the book that the scheme names, each with its verdict and its clauses; an answer of the form counts where it names an input."""
    from trihelix.registers.policies import facts
    from trihelix.registers.policies.rulebook import rules

    out = []
    given = form_engine.facts_of(scheme.form, answers)
    for named in scheme.rules:
        inputs = rules().rule(named.rule).inputs
        typed = {k: _number(v) for k, v in given.items() if k in inputs and v is not None}
        answer = rules().check(named.rule, facts.of_firm(named.rule, application.record.owner, day, typed), day, change=False)
        out.append({
            "id": f"rule_{named.rule}", "text": named.zh, "source": scheme.source(named.source) or f"规则 {named.rule} {answer.version}", "outcome": answer.verdict,
            "figures": {k: v for k, v in (("failed", answer.failed), ("missing", answer.missing)) if v}, "unverified": named.unverified,
            "clauses": [{k: row[k] for k in ("clause", "text", "source", "outcome", "unverified")} for row in answer.trace],
        })  # fmt: skip
    return out


def _number(value: Any) -> Any:
    """A fraction as the rule engine takes it."""
    return value if not isinstance(value, Fraction) else int(value) if value.denominator == 1 else f"{float(value):.6f}"


def open_projects(leader: int | None) -> int:
    """A person's open projects as leader."""
    return Project.objects.filter(leader_id=leader).exclude(record__state__in=ENDED).count() if leader else 0


def bars(subjects: list[int | None], day: dt.date) -> QuerySet[Integrity]:
    """Integrity records in force against any of these people or bodies."""
    return Integrity.objects.filter(in_force(day), subject_id__in=[s for s in subjects if s], record__state="valid").exclude(bars="none")


TIES = {"equity": "存在股权关系", "controls": "存在控制关系", "legal_representative": "法定代表人相同", "affiliate": "登记为关联单位"}


def affiliated(first: Record | None, second: Record | None, posts: tuple[str, ...], day: dt.date, leader: int | None = None) -> str:
    """Why two bodies count as affiliated on a day, empty where they do not.

    The same body; under one owner; linked by equity, control or a common representative; led by one person, who holds one of
    ``posts`` (as words within the position) in both; or one of them led by the case's ``leader``, who belongs to the other.
    """
    if first is None or second is None:
        return ""
    if first.pk == second.pk:
        return "为同一单位"
    if first.owner_id and first.owner_id == second.owner_id:
        return "同属一个上级单位"
    hit = Link.objects.filter(Q(source=first, target=second) | Q(source=second, target=first), kind__in=TIES).first()
    if hit:
        return TIES[hit.kind]
    both = Q(links_out__target=first, links_out__kind="legal_representative") & Q(
        pk__in=Record.objects.filter(links_out__target=second, links_out__kind="legal_representative")
    )
    return "法定代表人相同" if Record.objects.filter(both).exists() else _shared_posts(first, second, posts, day, leader)


def _shared_posts(first: Record, second: Record, posts: tuple[str, ...], day: dt.date, leader: int | None) -> str:
    """A person who ties two bodies by membership on a day: in charge of both, or the case's leader in charge of one."""
    held = Membership.objects.filter(in_force(day), body__in=(first, second)).select_related("person").order_by("pk")
    charged: dict[int, set[int]] = {}  # person → bodies that the person has charge of
    for row in held.filter(functools.reduce(operator.or_, (Q(position__contains=p) for p in posts))) if posts else ():
        bodies = charged.setdefault(row.person_id, set())
        bodies.add(row.body_id)
        if len(bodies) == 2:
            return f"由同一人（{row.person.title}）任职负责"
    if leader is not None and charged.get(leader):
        return "存在任职关系：项目负责人在其中一方担任负责职务"
    return ""


def review_context(call: Record, by: Actor) -> dict[str, Any]:
    """What a review of a call's applications needs: phases, panel rules, score sheet, and the items in review."""
    held = entries(by, Call).get(record=call)
    scheme = scheme_of(held)
    items = entries(by, Application).filter(call=call, record__state="review").order_by("pk")
    return {
        "scheme": scheme.id, "version": scheme.version.id, "modes": list(scheme.get("review.modes")), "panel": scheme.get("review.panel"),
        "panel_min": scheme.get("review.panel_min"), "odd": scheme.get("review.odd"), "finance_min": scheme.get("review.finance_min"),
        "enterprise_share": str(scheme.get("review.enterprise_share")), "drop_from": scheme.get("review.drop_from"), "normalise": scheme.get("review.normalise"),
        "blind": scheme.get("review.blind"), "sheet": scheme.sheet.as_json(), "unverified": scheme.unverified("review"), "items": [a.record for a in items],
    }  # fmt: skip


def caption(application: Application) -> str:
    """The wording that similarity is measured on."""
    texts = [application.record.title, *(str(v) for k, v in sorted(application.answers.items()) if isinstance(v, str) and len(v) > 20)]
    return "\n".join(texts)


def year_count(scheme_id: str, year: int) -> dict[str, int]:
    """The year's count against the plan of the scheme."""
    scheme = scheme_book().scheme(scheme_id)
    done = Project.objects.filter(scheme=scheme_id, approved_on__year=year).count()
    return {"done": done, "planned": scheme.get("target.per_year")}


def strike_log(subsidy: Record) -> list[dict[str, Any]]:
    """Struck-out firms by agency and reason."""
    rows = SubsidyRow.objects.filter(list=subsidy).exclude(struck_by="")
    return [
        {"agency": r.struck_by, "reason": r.struck_reason, "credit_code": r.credit_code, "name": r.name}
        for r in rows.order_by("struck_by", "credit_code")
    ]
