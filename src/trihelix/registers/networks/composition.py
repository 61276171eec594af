"""Who must be in a consortium, an alliance or a council: the book's dated rules over what the register holds that day.

Imported networks were filed elsewhere and are not refused; their page shows the clauses all the same.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.months import full_months
from trihelix.kernel import clock
from trihelix.registers.networks.models import CouncilSeat, Institute, Member, Network
from trihelix.registers.policies.rulebook import rules

if TYPE_CHECKING:
    from trihelix.engines.rules import Answer

RULES = {"consortium": "consortium-members", "alliance": "alliance-members"}  # other kinds have no rule
COUNCIL = "institute-council"
RESEARCH = ("university", "institute", "hospital")
SETTING = ("stage", "place")  # say which clauses apply; nothing that is counted
EVALUATED = ("filed", "running", "rectifying")


def member_facts(network: Network, stage: str, on: dt.date) -> dict[str, Any]:
    """Facts of a network's members on the register that day, for either rule of membership."""
    rows = Member.objects.filter(network=network.record, record__state="active").exclude(body=None)
    kinds = list(rows.values_list("body__parties_body__kind", flat=True))
    lead = network.record.owner
    out: dict[str, Any] = {
        "stage": stage, "members": len(kinds), "firms": kinds.count("firm"), "research": sum(k in RESEARCH for k in kinds),
        "agreement": network.agreement_signed_on is not None, "liable_body": network.liable_body_id is not None, "secretariat": bool(network.secretariat),
    }  # fmt: skip
    if lead is not None and lead.register == "bodies":
        out["lead_kind"] = lead.entry.kind
    if (since := network.founded_on or network.filed_on) is not None and since <= on:
        out["months_running"] = full_months(since, on)
    return out


def council_facts(institute: Institute) -> dict[str, Any]:
    """Facts of the serving council of an institute."""
    rows = CouncilSeat.objects.filter(institute=institute.record, organ="council", record__state="serving")
    senders = list(rows.values_list("record__owner_id", flat=True))
    sent = Counter(senders)
    return {
        "seats": len(senders), "bodies": len(sent), "chairs": rows.filter(position="chair").count(), "largest": max(sent.values(), default=0),
    }  # fmt: skip


def of_network(network: Network, stage: str, on: dt.date) -> Answer | None:
    """The answer of the rule for this kind of network; ``None`` where the book has none for the kind or the day."""
    return _answer(RULES.get(network.kind, ""), member_facts(network, stage, on), on)


def of_institute(institute: Institute, on: dt.date) -> Answer | None:
    """The answer of the rule on councils; professional institutes have no council."""
    return _answer(COUNCIL, council_facts(institute), on) if institute.kind == "provincial" else None


def _answer(rule: str, known: dict[str, Any], on: dt.date) -> Answer | None:
    table = rules()
    if rule not in table.rules or table.rule(rule).on(on) is None:
        return None
    wanted = {k: {"value": v, "source": "登记库", "as_of": on.isoformat()} for k, v in known.items() if k in table.rule(rule).inputs}
    return table.check(rule, wanted, on, change=False)


def require(answer: Answer | None, field: str) -> None:
    """Refuse what the rule does not find met: each failing clause with the figures found and its source."""
    if answer is None or answer.verdict == "met":
        return
    failing = [t for t in answer.trace if t["outcome"] == "not_met"]
    groups = {t["parent"] for t in failing}
    problems = [_problem(t, field) for t in failing if t["clause"] not in groups]
    problems += [Problem("composition_unknown", f"无法判断成员组成，缺少：{k}", field=field, value=k) for k in answer.missing]
    raise Refused.of(problems)


def _problem(told: dict[str, Any], field: str) -> Problem:
    found = "，".join(
        f"{f['label']} {f['value']}{f['unit'] or ''}" for f in told["figures"] if f["value"] is not None and f["key"] != "stage"
    )
    mark = "（门槛待核实）" if told["unverified"] else ""
    return Problem("composition", f"未满足：{told['text']}（{found}）{mark}", field=field, clause=told["source"], value=told["clause"])


def shown(entry: Network | Institute) -> Answer | None:
    """What the page shows: at filing for what is being prepared, at evaluation for what is filed. A clause that the rule names after another
    stage or place is left out."""
    today = clock.today()
    if isinstance(entry, Institute):
        return of_institute(entry, today)
    stage = "evaluation" if entry.record.state in EVALUATED else "filing"
    answer = of_network(entry, stage, today)
    if answer is None:
        return None
    rule = rules().rule(answer.rule)
    others = {c for key in SETTING for c in rule.inputs[key].choices} - {stage, rule.inputs["place"].default}
    return dataclasses.replace(answer, trace=[t for t in answer.trace if not {t["clause"], t["parent"]} & others])
