"""The only writers of assessments, check-ups, recognitions, policies and rule changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book, clock
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.policies import facts as known
from trihelix.registers.policies import queries, report, rulebook, sheets
from trihelix.registers.policies.models import Assessment, CheckUp, Policy, Recognition, RuleChange

# A node reads what its bodies own; a self-check is the firm's own until it shares it.
UNSHARED = "sealed"


@action("assessments", "create", "政策自评", "Self-check", creates=True, roles=("owner", "node", "officer", "operator"), fields=(
    Column("owner", "ref", "企业", "Firm"), Column("rule", "choice", "规则", "Rule", required=True, choices=sheets.RULES),
    Column("on", "date", "评估日期", "On"),
    Column("facts", "rows", "填写的事实", "Facts", rows=(Column("key", "text", "项目", "Key", required=True), Column("value", "text", "值", "Value", required=True))),
))  # fmt: skip
def assess(
    a: Run, assessment: Assessment, *, rule: str, owner: Any = None, on: dt.date | None = None, facts: Any = None, replaces: Any = None
) -> None:
    """Check a firm against a rule and store facts, answer and version; official recognition is another register. Refuses wrong facts by name."""
    firm = _firm(a, owner)
    day = on or a.today
    typed = {row["key"]: _typed(row["value"]) for row in facts or ()} if not isinstance(facts, dict) else facts
    gathered = known.of_firm(rule, firm, day, typed)
    answer = rulebook.rules().check(rule, gathered, day)
    _store(a, assessment, firm, rule, day, gathered, answer)


def _firm(a: Run, owner: Any) -> Any:
    """The firm named, or one's own. Refuses firms of strangers."""
    firm = find(register_of("bodies"), owner, a.by) if owner else None
    if firm is None:
        a.require(len(a.by.bodies) == 1, "required", "请填写企业", field="owner")
        firm = find(register_of("bodies"), _own(a), a.by)
    may = a.by.sees_all or firm.pk in a.by.bodies or firm.node_id in a.by.node_ids
    a.require(may, "not_yours", f"您不能为 “{firm.title}” 做自评", field="owner")
    return firm


def _own(a: Run) -> Any:
    from trihelix.kernel.models import Record

    return Record.objects.get(pk=next(iter(a.by.bodies)))


def _typed(text: Any) -> Any:
    """A typed value: 是/否 as truth, a list split at ;, else as written."""
    if not isinstance(text, str):
        return text
    word = text.strip()
    if word in ("是", "true", "True"):
        return True
    if word in ("否", "false", "False"):
        return False
    return [w.strip() for w in word.replace("；", ";").split(";")] if ";" in word.replace("；", ";") else word


def _store(a: Run, assessment: Assessment, firm: Any, rule: str, day: dt.date, gathered: dict[str, Any], answer: Any) -> None:
    assessment.rule, assessment.on, assessment.facts, assessment.verdict = rule, day, gathered, answer.verdict
    assessment.rule_version, assessment.book_digest, assessment.answer = answer.version, answer.book[:64], answer.as_json()
    a.record.title = f"{sheets.RULES[rule][0]} — {firm.title}"
    a.record.owner, a.record.node = firm, firm.node
    a.record.visibility = UNSHARED if firm.pk in a.by.bodies else "owner"  # one made by the node or the desk is read by both


@action(
    "assessments",
    "recompute",
    "按现行规则重算",
    "Recompute",
    roles=("owner", "node", "officer", "operator"),
    fields=(Column("on", "date", "评估日期", "On"),),
)
def recompute(a: Run, assessment: Assessment, *, on: dt.date | None = None) -> None:
    """A new assessment from the same facts by the rules in force; the old one stays and the two are shown side by side."""
    typed = {k: v for k, v in assessment.facts.items() if v.get("source") == "填写"}
    new = register_of("assessments").acts["again"].run(by=a.by, old=assessment, on=on or a.today, typed=typed, now=a.now)
    a.extra["recomputed_as"] = [None, new.number]


@action("assessments", "again", "重算结果", "Recomputed", creates=True, hidden=True)
def again(a: Run, assessment: Assessment, *, old: Assessment, on: dt.date, typed: dict[str, Any]) -> None:
    """The new assessment of a recomputation; done by ``recompute`` only."""
    gathered = known.of_firm(old.rule, old.record.owner, on, typed)
    _store(a, assessment, old.record.owner, old.rule, on, gathered, rulebook.rules().check(old.rule, gathered, on))
    assessment.replaces = old.record
    a.after_saved(lambda: a.link(old.record, "recomputes"))


@action("assessments", "share", "共享给站点", "Share with the node", safe=True)
def share(a: Run, assessment: Assessment) -> None:
    """Let the node in charge read it."""
    a.record.visibility = "owner"


@action("assessments", "unshare", "收回共享", "Stop sharing", safe=True)
def unshare(a: Run, assessment: Assessment) -> None:
    """Take it back."""
    a.record.visibility = UNSHARED


@action("assessments", "void", "作废", "Void", danger=True)
def void(a: Run, assessment: Assessment) -> None:
    """Void an assessment made by mistake; the node no longer reads it."""
    a.record.visibility = UNSHARED


@action("check_ups", "create", "保存政策体检", "Keep a check-up", creates=True, roles=("owner", "node", "officer", "operator"), fields=(
    Column("owner", "ref", "企业", "Firm"), Column("on", "date", "评估日期", "On"), Column("ref", "text", "外部编号", "External key"),
    Column("facts", "rows", "填写的事实", "Facts", rows=(Column("key", "text", "项目", "Key", required=True), Column("value", "text", "值", "Value", required=True))),
))  # fmt: skip
def keep(a: Run, kept: CheckUp, *, owner: Any = None, on: dt.date | None = None, facts: Any = None, ref: str = "") -> None:
    """Keep a check-up as a report: all rules of that day, the facts, where each came from. Refuses facts that no rule asks for, by name."""
    firm, day = _firm(a, owner), on or a.today
    a.require(firm.entry.kind == "firm", "not_a_firm", "政策体检只用于企业", field="owner", value=firm.number)
    typed = {row["key"]: _typed(row["value"]) for row in facts or ()} if not isinstance(facts, dict) else dict(facts)
    asked = {k for rule in queries.firm_rules() for k in rule.inputs}
    if strange := sorted(set(typed) - asked):
        a.refuse("unknown_key", f"没有项目 “{strange[0]}”", field="facts", value=strange[0])
    columns = queries.check_up(firm, day, typed)
    kept.on, kept.typed, kept.rows, kept.book_digest = day, typed, report.stored_rows(columns), rulebook.rules().digest[:64]
    for column in queries.COLUMNS:
        setattr(kept, column, len(columns[column]))
    a.record.title = f"政策体检 {day} — {firm.title}"[:400]
    a.record.owner, a.record.node, a.record.visibility, a.record.ref = firm, firm.node, "owner", ref or ""
    if firm.pk in a.by.bodies:  # one made by the node or the desk is read by both
        a.record.visibility = UNSHARED


@action("check_ups", "share", "共享给站点", "Share with the node", safe=True)
def share_report(a: Run, kept: CheckUp) -> None:
    """Let the node in charge read the report; its people are told. Refuses a firm without a node."""
    a.require(a.record.node_id, "no_node", "企业没有所属站点，无法共享", field="node")
    a.record.visibility = "owner"
    a.notify(f"企业共享了政策体检：{a.record.title}", bodies=(a.record.node_id,), en=f"A check-up was shared: {a.record.title}")


@action("check_ups", "unshare", "收回共享", "Stop sharing", safe=True)
def unshare_report(a: Run, kept: CheckUp) -> None:
    """Take the report back."""
    a.record.visibility = UNSHARED


@action("check_ups", "void", "作废", "Void", danger=True)
def void_report(a: Run, kept: CheckUp) -> None:
    """Void a report made by mistake; the node no longer reads it."""
    a.record.visibility = UNSHARED


@action("recognitions", "create", "登记资格", "New recognition", creates=True, roles=("officer", "operator"))
def recognise(a: Run, recognition: Recognition, **values: Any) -> None:
    """Record an official recognition; public."""
    create_entry(a, recognition, values)
    a.record.visibility = "public"


@action("recognitions", "expire", "到期", "Expire", hidden=True)
def expire(a: Run, recognition: Recognition) -> None:
    """The period ended."""


@action("recognitions", "renew", "续期", "Renew", fields=(Column("valid_to", "date", "新的有效期止", "Valid to", required=True),))
def renew(a: Run, recognition: Recognition, *, valid_to: dt.date) -> None:
    """Renew. Refuses an end before the start."""
    a.require(valid_to >= recognition.valid_from, "date_order", "有效期止早于有效期起", field="valid_to")
    recognition.valid_to = valid_to


@action("recognitions", "remove", "取消资格", "Remove", danger=True)
def remove(a: Run, recognition: Recognition) -> None:
    """Remove a recognition with the reason; it ends today."""
    recognition.valid_to = max(a.today, recognition.valid_from)


@tick("recognitions_expire", every=3600)
def expire_due(now: dt.datetime) -> int:
    """Expire recognitions whose period ended."""
    due = Recognition.objects.filter(record__state="valid", valid_to__lt=clock.local_date(now))
    return sum(1 for r in due.iterator() if expire(by=SYSTEM, record=r.record, now=now))


@action("policies", "publish", "发布", "Publish")
def publish(a: Run, policy: Policy) -> None:
    """Publish; the document it replaces is marked replaced."""
    a.record.visibility = "public"
    if policy.replaces is not None and policy.replaces.state == "in_force":
        replace(by=SYSTEM, record=policy.replaces, now=a.now, reason=f"由 {policy.title} 替代")
    for rule in policy.rules:
        a.extra.setdefault("rules", [None, []])[1].append(rule)


@action("policies", "replace", "被替代", "Replaced", hidden=True)
def replace(a: Run, policy: Policy) -> None:
    """A newer document took its place."""


@action("policies", "repeal", "废止", "Repeal", danger=True)
def repeal(a: Run, policy: Policy) -> None:
    """Repeal with the reason."""
    policy.ends_on = a.today


@action("rule_changes", "create", "提出参数修改", "Propose a change", creates=True, roles=("officer", "operator"), fields=(
    Column("rule", "choice", "规则", "Rule", required=True, choices=sheets.RULES), Column("parameter", "text", "参数", "Parameter", required=True),
    Column("value", "text", "新值", "New value", required=True), Column("effective_on", "date", "生效日期", "Effective on", required=True),
    Column("source_doc", "text", "依据文号", "Source number", required=True), Column("source_title", "text", "依据名称", "Source title"),
    Column("article", "text", "条款", "Article"), Column("unverified", "boolean", "待核实", "Unverified"), Column("ref", "text", "外部编号", "External key"),
))  # fmt: skip
def propose(
    a: Run, change: RuleChange, *, rule: str, parameter: str, value: Any, effective_on: dt.date, source_doc: str, source_title: str = "",
    article: str = "", unverified: bool = False, ref: str = "",
) -> None:  # fmt: skip
    """Propose a parameter value with source and date. The book with the change is read at once, so a bad value is refused here,
    and the firms whose verdict would change are listed before anybody confirms."""
    change.rule, change.parameter, change.value, change.effective_on = rule, parameter, number(value), effective_on
    change.source_doc, change.source_title, change.article, change.unverified = (
        source_doc,
        source_title or "",
        article or "",
        bool(unverified),
    )
    change.proposed_by_id, change.base_digest = a.by.user_id, book.current().digest
    change.preview = preview(change, a)
    a.record.title, a.record.ref, a.record.visibility = (
        f"{sheets.RULES[rule][0]}：{parameter} → {value}（{effective_on} 起）",
        ref or "",
        "owner",
    )


def number(value: Any) -> Any:
    """A typed parameter value as the book writes it: whole numbers and decimals as numbers, the rest as text."""
    if not isinstance(value, str):
        return value
    text = value.strip().replace(",", "")
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return value


def preview(change: RuleChange, a: Run) -> dict[str, Any]:
    """Old and new value, and the firms in the register whose verdict changes on the effective day."""
    from trihelix.engines.rules import affected

    old = rulebook.rules()
    new = rulebook.with_changes([*rulebook.confirmed(), change])
    rule = old.rule(change.rule)
    before = rule.parameters[change.parameter].on(change.effective_on) if change.parameter in rule.parameters else None
    frame, bodies = known.frame(change.rule, a.by, "", change.effective_on)
    rows: list[dict[str, Any]] = []
    if frame.height:
        found = affected(old, new, change.rule, frame, (change.effective_on, change.effective_on))
        rows = [
            {
                "number": bodies[r["id"]].record.number,
                "title": bodies[r["id"]].record.title,
                "old": r["old_verdict"],
                "new": r["new_verdict"],
            }
            for r in found.iter_rows(named=True)
        ]
    return {
        "old": str(before.value) if before else None,
        "new": str(change.value),
        "affected": rows[:200],
        "affected_count": len(rows),
        "firms": frame.height,
    }


@action("rule_changes", "confirm", "复核确认", "Confirm")
def confirm(a: Run, change: RuleChange) -> None:
    """A second person confirms; the change becomes part of the rules in force. Refuses the proposer, and a change no longer fitting the book."""
    a.require(change.proposed_by_id != a.by.user_id, "second_person", "参数修改须由另一人复核确认", field="confirm", clause="双人复核")
    change.preview = preview(change, a)
    change.confirmed_at = a.now
    a.record.visibility = "public"


@action("rule_changes", "drop", "不采纳", "Drop")
def drop(a: Run, change: RuleChange) -> None:
    """Drop a proposal with the reason."""
