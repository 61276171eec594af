"""Reads of the ladder: the firm over time, candidates of a ranking, the verdict of an incubator, profile and proposals."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q

from trihelix.engines.errors import Refused
from trihelix.kernel import index
from trihelix.kernel.actor import SYSTEM, Actor, entries
from trihelix.kernel.models import Link, Participant, Record
from trihelix.kernel.register import REGISTERS
from trihelix.kernel.validity import in_force
from trihelix.registers.ladder import data, facts
from trihelix.registers.ladder.models import Consent, ImplicitNeed, Incubator, LadderPlace, RankedFirm, Tenant
from trihelix.registers.ladder.ranking import Years
from trihelix.registers.parties.models import Body
from trihelix.registers.policies.models import Recognition
from trihelix.registers.policies.rulebook import rules
from trihelix.registers.results.models import Result


def official(firm: Record) -> list[dict[str, Any]]:
    """All recognitions of a firm, newest first: kind, number, issuer, period, source."""
    rows = Recognition.objects.filter(record__owner=firm).select_related("record").order_by("-valid_from")
    return [
        {
            "kind": r.title_kind, "title": r.record.title, "number": r.number_given, "issuer": r.issuer, "from": r.valid_from.isoformat(),
            "to": r.valid_to.isoformat() if r.valid_to else None, "source": r.source, "state": r.record.state, "record": r.record.number,
        }
        for r in rows
    ]  # fmt: skip


def place(firm: Record, on: dt.date) -> dict[str, Any]:
    """Where a firm stands: the highest step of each track with a recognition in force, and every rule's verdict with its version.

    The place rests on recognitions only; a verdict "met" without recognition is a step to apply for, named ``next_step``.
    """
    held = official(firm)
    live = {
        r["kind"]
        for r in held
        if r["from"] <= on.isoformat() and (r["to"] is None or r["to"] >= on.isoformat()) and r["state"] != "removed"
    }
    standing, trace, used, next_step = {"quality": "", "growth": ""}, [], {}, ""
    for step in data.steps():
        if live & set(step["titles"]):
            standing[step["track"]] = step["id"]
        verdicts = [_verdict(rule, firm, on, used) for rule in step["rules"]]
        trace += [{"step": step["id"], "official": bool(live & set(step["titles"])), **v} for v in verdicts]
        if not next_step and not live & set(step["titles"]) and any(v["verdict"] == "met" for v in verdicts):
            next_step = step["id"]
    return {
        "place": standing["quality"],
        "growth_place": standing["growth"],
        "next_step": next_step,
        "official": held,
        "trace": trace,
        "facts": used,
    }


def _verdict(rule_id: str, firm: Record, on: dt.date, used: dict[str, Any]) -> dict[str, Any]:
    table = rules()
    rule = table.rule(rule_id)
    row: dict[str, Any] = {"rule": rule_id, "zh": rule.label.zh, "en": rule.label.en or rule.label.zh}
    if rule.on(on) is None:
        return {**row, "version": "", "verdict": "unknown", "failed": [], "missing": [], "problem": "该日没有有效版本"}
    found = facts.of_firm(rule, firm, on)
    try:
        answer = table.check(rule_id, found, on, change=False)
    except Refused as refusal:
        return {**row, "version": "", "verdict": "unknown", "failed": [], "missing": [], "problem": refusal.problems[0].message}
    used.update({k: v for k, v in found.items() if k not in used})
    labels = {t["clause"]: t["text"] for t in answer.trace}
    missing = [rule.inputs[k].label.zh for k in answer.missing if k in rule.inputs]
    return {
        **row, "version": answer.version, "verdict": answer.verdict, "failed": [labels.get(c, c) for c in answer.failed], "missing": missing,
        "total": answer.total, "problem": "",
    }  # fmt: skip


def profile(firm: Record, by: Actor) -> dict[str, Any]:
    """A firm over time for the page: years with the four R&D amounts apart, recognitions, places, rankings."""
    own = entries(by, facts.FirmYear).filter(record__owner=firm).exclude(record__state="void").order_by("-year")
    return {
        "years": list(own[:12]), "official": official(firm),
        "places": list(entries(by, LadderPlace).filter(record__owner=firm).order_by("-on", "-pk")[:6]),
        "ranked": list(entries(by, RankedFirm).filter(record__owner=firm, record__state="listed").select_related("ranking").order_by("-ranking__created_at")[:10]),
    }  # fmt: skip


def candidates(method: data.Method, as_of: dt.date) -> tuple[dict[int, Years], list[dict[str, Any]]]:
    """Firms of a method's population with their years as exact numbers, and how many were left out for which reason."""
    held = Recognition.objects.filter(in_force(as_of), title_kind__in=method.titles).exclude(record__state="removed")
    firms = set(held.values_list("record__owner_id", flat=True)) - {None}
    inside = {
        pk
        for i in _parts(firms)
        for pk in Body.objects.filter(record_id__in=i, kind="firm", inside=True, record__state="active").values_list("pk", flat=True)
    }
    years = facts.years_of(inside, as_of)
    out: dict[int, Years] = {}
    for pk in inside:
        rows = years.get(pk, [])
        if len(rows) >= method.years and rows[-1].year - rows[-method.years].year == method.years - 1:
            out[pk] = [{k: getattr(r, f"{k}_fen" if k in facts.MONEY else k) for k in data.SERIES} for r in rows[-method.years :]]
    left = [("不在省内或非企业", len(firms) - len(inside)), (f"缺少连续 {method.years} 年数据", len(inside) - len(out))]
    return out, [{"reason": text, "firms": n} for text, n in left if n]


def _parts(ids: Iterable[int], size: int = 500) -> list[list[int]]:
    whole = sorted(ids)
    return [whole[i : i + size] for i in range(0, len(whole), size)]


def incubator_facts(incubator: Incubator, on: dt.date) -> dict[str, Any]:
    """Facts of an incubator for the rule: its own figures, and its tenants counted from the register."""
    inside = Tenant.objects.filter(incubator=incubator.record, entered_on__lte=on).filter(Q(ended_on=None) | Q(ended_on__gt=on))
    n = inside.aggregate(
        tenants=Count("pk"), funded=Count("pk", filter=Q(funded_fen__gt=0)), filed=Count("pk", filter=Q(filed_patent=True)), ip=Count("pk", filter=Q(valid_ip=True))
    )  # fmt: skip
    fields = Counter(inside.exclude(field="").values_list("field", flat=True))
    graduates = Tenant.objects.filter(incubator=incubator.record, record__state="graduated", ended_on__lte=on).count()
    own = {
        "legal_person": incubator.legal_person, "years_running": _full_years(incubator.opened_on, on), "stats_years": incubator.stats_years,
        "space": incubator.space, "tenant_space": incubator.tenant_space, "fund": None if incubator.fund_fen is None else Fraction(incubator.fund_fen, 1_000_000),
        "fund_cases": incubator.fund_cases, "staff": incubator.staff, "professional_staff": incubator.professional_staff, "mentors": incubator.mentors,
        "professional": incubator.professional, "service_platform": incubator.service_platform,
    }  # fmt: skip
    facts_ = {
        k: {"value": str(v) if isinstance(v, Fraction) or k in ("space", "tenant_space") else v, "source": "孵化器登记"}
        for k, v in own.items()
        if v is not None
    }
    counted = {
        "tenants": n["tenants"], "funded_tenants": n["funded"], "tenants_applied": n["filed"], "tenants_with_ip": n["ip"], "graduates": graduates,
        "same_field_tenants": max(fields.values(), default=0),
    }  # fmt: skip
    return facts_ | {k: {"value": v, "source": "在孵企业登记"} for k, v in counted.items()}


def _full_years(start: dt.date | None, on: dt.date) -> int | None:
    return None if start is None else on.year - start.year - ((on.month, on.day) < (start.month, start.day))


def consent_for(firm: Record, purpose: str, on: dt.date, recipient: Record | None = None) -> Consent | None:
    """The consent in force for a purpose and, where given, a recipient named in it."""
    rows = Consent.objects.filter(record__owner=firm, record__state="granted", purpose=purpose, granted_on__lte=on, valid_to__gte=on)
    if recipient is not None:
        rows = rows.filter(record__in=Link.objects.filter(kind="recipient", target=recipient).values("source"))
    return rows.order_by("-valid_to", "-pk").first()


def own_records(firm: Record, consent: Consent) -> list[Record]:
    """The firm's own records in the registers that it consented to, newest first: owned, or taking part."""
    setting = data.content()["implicit"]
    scope = consent.scope or list(setting["scope"])
    wanted = sorted({r for s in scope for r in setting["scope"][s]["registers"]})
    part = Participant.objects.filter(body=firm, until=None).values("record_id")
    rows = Record.objects.filter(register__in=wanted, merged_into=None).filter(Q(owner=firm) | Q(pk__in=part))
    return list(rows.order_by("-created_at", "-pk")[: setting["records"]])


def profile_text(firm: Record, records: list[Record], with_summary: bool) -> str:
    """The words of a firm: its summary and its records' documents, as the search index reads them."""
    texts = [firm.title]
    if with_summary:
        texts.append(Body.objects.get(record=firm).summary)
    by_register: dict[str, list[int]] = {}
    for record in records:
        texts.append(record.title)
        by_register.setdefault(record.register, []).append(record.pk)
    for name, ids in by_register.items():
        register = REGISTERS.get(name)
        if register is not None and register.search_doc is not None:
            for entry in register.model._default_manager.filter(record_id__in=ids):
                texts.append((register.search_doc(entry) or {}).get("text", ""))
    return "\n".join(t for t in texts if t)


def popular(fields: list[str], k: int) -> list[int]:
    """The baseline: public results of the firm's fields by how often anybody was matched with them; what a list without a profile gives."""
    rows = entries(SYSTEM, Result).filter(record__visibility="public")
    ids = (
        [r.record_id for r in rows.only("record_id", "fields") if set(r.fields) & set(fields)]
        if fields
        else list(rows.values_list("record_id", flat=True))
    )
    asked: Counter[int] = Counter()
    for part in _parts(ids):
        for target, n in Record.objects.filter(pk__in=part).annotate(n=Count("links_in")).values_list("pk", "n"):
            asked[target] = n
    return sorted(ids, key=lambda pk: (-asked[pk], pk))[:k]


def proposals(firm: Record, text: str, k: int) -> list[dict[str, Any]]:
    """Public results ranked for a firm's own words, its own results and those already proposed left out. Reads as the public does."""
    from trihelix.kernel.actor import VISITOR

    done = set(ImplicitNeed.objects.filter(record__owner=firm).values_list("result__uid", flat=True))
    own = set(Record.objects.filter(register="results", owner=firm).values_list("uid", flat=True))
    answer = index.match(text, by=VISITOR, kind="results", k=k, without=tuple(str(u) for u in done | own))
    records = {str(r.uid): r for r in Record.objects.filter(register="results", uid__in=[h["uid"] for h in answer.hits])}
    out = []
    for hit in answer.hits:
        if hit["uid"] not in records:
            continue
        total = hit["score"] or 1.0
        words = [r for r in hit["reasons"] if r["kind"] == "word"][:6]
        out.append(
            {
                "record": records[hit["uid"]],
                "score": hit["score"],
                "reasons": [{"term": str(r["term"]), "share": max(0, round(100 * r["part"] / total))} for r in words],
            }
        )
    return out


def used_this_year(firm: Record, on: dt.date) -> int:
    """Proposals that count towards the firm's cap of the year."""
    return ImplicitNeed.objects.filter(record__owner=firm, proposed_on__year=on.year).exclude(record__state="recalled").count()


def funnel(by: Actor) -> dict[str, Any]:
    """How proposals fared beside the baseline: answered with interest, of all; and of those that popularity would also have named."""
    rows = entries(by, ImplicitNeed)
    near = Q(baseline_place__isnull=False, baseline_place__lte=data.content()["implicit"]["cap"])
    answered = Q(record__state__in=("interested", "declined"))
    return rows.aggregate(
        proposed=Count("pk"), answered=Count("pk", filter=answered), interested=Count("pk", filter=Q(record__state="interested")),
        base_answered=Count("pk", filter=answered & near), base_interested=Count("pk", filter=Q(record__state="interested") & near),
    )  # fmt: skip
