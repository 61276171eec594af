"""Reads of the check-up: all rules for one firm, one rule for all firms of a place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.models import Record
from trihelix.registers.policies import facts as known
from trihelix.registers.policies import report
from trihelix.registers.policies.models import Assessment, Recognition
from trihelix.registers.policies.rulebook import rules

COLUMNS = ("met", "near", "not_met", "unknown")
FIRM_GROUPS = ("enterprise", "tax", "finance")  # rules about a firm; those about a project, a carrier or one patent stand elsewhere
FIRM_RULES = ("rd-guidance-subsidy", "model-patent-firm")


def firm_rules() -> list[Any]:
    """The rules of the check-up."""
    return [r for r in rules().rules.values() if r.group in FIRM_GROUPS or r.id in FIRM_RULES]


def column_of(answer: Any) -> str:
    """Which column a rule stands in: met, one step away (one single change would do), not met, or information missing."""
    if answer.verdict != "not_met":
        return str(answer.verdict)
    return "near" if answer.combination is not None and len(answer.combination) == 1 else "not_met"


def check_up(firm: Record, on: dt.date, typed: Mapping[str, Any] | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every rule for firms at once, in four columns, each with benefit, deadline, evidence, office and the answer.

    ``typed`` facts apply to every rule that has such an input. A rule whose facts contradict each other stands under
    "information missing" with what is wrong.
    """
    out: dict[str, list[dict[str, Any]]] = {c: [] for c in COLUMNS}
    book = rules()
    held = {r.title_kind: r for r in Recognition.objects.filter(record__owner=firm).exclude(record__state="removed").order_by("valid_from")}
    for rule in firm_rules():
        if rule.on(on) is None:
            continue
        mine = {k: v for k, v in (typed or {}).items() if k in rule.inputs}
        row: dict[str, Any] = {"rule": rule, "recognition": held.get(rule.id), "problems": [], "answer": None, "missing": [], "failed": []}
        try:
            facts = known.of_firm(rule.id, firm, on, mine)
            row["answer"] = book.check(rule.id, facts, on)
            row["facts"] = facts
            row["missing"], row["failed"] = report.labels(rule, row["answer"].missing), report.clause_texts(rule, row["answer"])
            out[column_of(row["answer"])].append(row)
        except Refused as refusal:
            row["problems"] = refusal.problems
            out["unknown"].append(row)
    return out


def batch(rule_id: str, by: Actor, division: str, on: dt.date) -> list[dict[str, Any]]:
    """One rule over all firms of a place: verdict, failing clauses, missing inputs; one step away is marked.

    The verdicts come from the compiled rule in one run; only firms that fail are asked what would change it.
    """
    frame, bodies = known.frame(rule_id, by, division, on)
    if not frame.height:
        return []
    book, rows = rules(), []
    rule = book.rule(rule_id)
    version = rule.on(on)
    texts = {c.id: c.label.zh for c in (*version.gates, *version.scores, *version.passes, *version.direct)} if version else {}
    held = known.titles_on(bodies, on)
    for found in book.check_many(rule_id, frame, on, errors="mark").iter_rows(named=True):
        body = bodies[found["id"]]
        column, steps = found["verdict"], []
        if column == "not_met":
            facts = known.known(book.rule(rule_id), body, held.get(body.pk, set()))
            answer = book.check(rule_id, facts, on)
            column, steps = column_of(answer), answer.combination or []
        rows.append(
            {
                "body": body,
                "column": column,
                "failed": [texts.get(c, c) for c in found["failed"]],
                "missing": report.labels(rule, found["missing"]),
                "steps": steps,
                "errors": found.get("errors") or [],
            }
        )
    return rows


def previous(assessment: Assessment, by: Actor) -> list[Assessment]:
    """Earlier assessments of the same firm and rule that the viewer may see, newest first."""
    rows = entries(by, Assessment).filter(rule=assessment.rule, record__owner=assessment.record.owner).exclude(pk=assessment.pk)
    return list(rows.order_by("-on", "-pk")[:10])
