"""A rule in words and in plain data: what it asks for, what it weighs, where each number comes from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from trihelix.engines.money import ratio_text
from trihelix.engines.rules.answer import json_number
from trihelix.engines.rules.model import Citation, Clause, Dated, Edge, Input, Output, Parameter, Rule, Score, Version
from trihelix.engines.rules.tabulate import keys_of, output_name
from trihelix.engines.rules.trace import number_text

_MODE = {"all": "以下各项均须满足", "any": "满足以下任一项"}


def cite_json(cite: Citation) -> dict[str, Any]:
    """Document, article, date, address, day of confirmation."""
    s = cite.source
    return {"doc": s.doc, "title": s.title, "article": cite.article, "date": s.date, "url": s.url, "status": s.status,
            "confirmed": cite.confirmed, "unverified": cite.unverified}  # fmt: skip


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [[number_text(a), number_text(b)] for a, b in value]
    if isinstance(value, Fraction):
        text = ratio_text(value)
        return text if "/" in text else json_number(value)
    return value


def input_json(one: Input) -> dict[str, Any]:
    """An input for forms: key, labels, unit, type, where it comes from."""
    return {"key": one.key, **one.label.as_json(), "unit": one.unit, "type": one.type, "series": one.series, "nullable": True,
            "period": one.period, "basis": one.basis, "evidence": one.evidence, "min": _value(one.least), "max": _value(one.most),
            "choices": list(one.choices), "default": _value(one.default), "aliases": list(one.also), "change": one.change,
            "expert": one.expert}  # fmt: skip


def parameter_json(parameter: Parameter) -> dict[str, Any]:
    """A parameter with all its dated values."""
    values = [{"from": v.since, "to": v.until, "value": _value(v.value), "source": cite_json(v.cite)} for v in parameter.values]
    return {"key": parameter.key, **parameter.label.as_json(), "unit": parameter.unit, "values": values}


def clause_json(clause: Clause) -> dict[str, Any]:
    """A clause with its condition or its children."""
    body: dict[str, Any] = {"when": clause.when.text} if clause.when else {clause.mode: [clause_json(c) for c in clause.children]}
    return {"id": clause.id, **clause.label.as_json(), **body, "source": cite_json(clause.cite)}


def _edge(edge: Edge | None) -> dict[str, Any] | None:
    return None if edge is None else {"value": _value(edge.value), "included": edge.closed}


def score_json(score: Score) -> dict[str, Any]:
    """A score with its bands or its children."""
    bands = [
        {
            "text": b.text,
            "start": _edge(b.start),
            "end": _edge(b.end),
            "when": b.when.text if b.when else None,
            "points": {"min": json_number(b.low), "max": json_number(b.high)},
        }
        for b in score.bands
    ]
    return {"id": score.id, **score.label.as_json(), "kind": score.kind, "max": json_number(score.max), "of": score.of.text if score.of else None,
            "bands": bands, "parts": [score_json(c) for c in score.children], "given": score.given, "tie": score.tie,
            "source": cite_json(score.cite)}  # fmt: skip


def output_json(output: Output) -> dict[str, Any]:
    """An output's key, label and type."""
    return {
        "id": output_name(output),
        **output.label.as_json(),
        "type": output.kind,
        "needs_met": output.needs_met,
        "source": cite_json(output.cite),
    }


def version_json(version: Version) -> dict[str, Any]:
    """One version, whole."""
    return {"version": version.id, "from": version.since, "to": version.until, "supersedes": version.supersedes, "source": cite_json(version.cite),
            "note": version.note.zh if version.note else None, "reads": sorted(keys_of(version)),
            "gates": [clause_json(c) for c in version.gates], "scores": [score_json(s) for s in version.scores],
            "pass": [clause_json(c) for c in version.passes], "direct": [clause_json(c) for c in version.direct],
            "outputs": [output_json(o) for o in version.outputs]}  # fmt: skip


def rule_json(rule: Rule) -> dict[str, Any]:
    """A rule, whole: inputs, parameters, versions."""
    return {"rule": rule.id, **rule.label.as_json(), "group": rule.group, "about": {k: t.zh for k, t in rule.about.items()},
            "inputs": [input_json(i) for i in rule.inputs.values()], "parameters": [parameter_json(p) for p in rule.parameters.values()],
            "checks": [clause_json(c) for c in rule.checks], "versions": [version_json(v) for v in rule.versions]}  # fmt: skip


def summary_json(rule: Rule) -> dict[str, Any]:
    """A line of the list."""
    spans = [{"version": v.id, "from": v.since, "to": v.until, "unverified": v.cite.unverified} for v in rule.versions]
    return {"rule": rule.id, **rule.label.as_json(), "group": rule.group, "versions": spans}


def catalogue(rules: Iterable[Rule]) -> str:
    """A Markdown table of the rules: versions with their sources, inputs, parameters, and how much still waits for verification."""
    lines = ["| Rule | 中文 | Versions (from) | Source | Inputs | Parameters | Unverified values |", "|---|---|---|---|---|---|---|"]
    for rule in rules:
        values = [v for p in rule.parameters.values() for v in p.values]
        versions = ", ".join(f"{v.id} ({v.since})" for v in rule.versions)
        sources = "; ".join(dict.fromkeys(v.cite.source.doc for v in rule.versions))
        waiting = sum(v.cite.unverified for v in values) + sum(v.cite.unverified for v in rule.versions)
        lines.append(
            f"| `{rule.id}` | {rule.label.zh} | {versions} | {sources} | {len(rule.inputs)} | {len(rule.parameters)} | {waiting} |"
        )
    return "\n".join(lines)


def explain(rule: Rule, version: Version, on: date) -> str:
    """The version in force on a day in Chinese, as a lawyer would read it."""
    lines = [
        f"{rule.label.zh}（{rule.id}），版本 {version.id}，{version.since} 起{f'，至 {version.until}' if version.until else ''}",
        f"依据：{_cite(version.cite)}",
    ]
    lines += [
        f"{zh}：{rule.about[k].zh}"
        for k, zh in (("benefit", "可享受"), ("office", "受理"), ("deadline", "时限"), ("evidence", "材料"), ("note", "说明"))
        if k in rule.about
    ]
    if version.note:
        lines.append(f"说明：{version.note.zh}")
    lines += _section("一、门槛（须全部满足）", _clauses(version.gates, 1))
    lines += _section("二、评分", [line for s in version.scores for line in _score(s, 1)])
    lines += _section("三、通过条件（评分路线）", _clauses(version.passes, 1))
    lines += _section("四、直通条件（满足其一，门槛仍须满足）", _clauses(version.direct, 1))
    lines += _section("五、结果", [f"  {o.label.zh}（{output_name(o)}）〔{_cite(o.cite)}〕" for o in version.outputs])
    used = keys_of(version)
    values = [(p, v) for p in rule.parameters.values() if p.key in used and (v := p.on(on)) is not None]
    return "\n".join(lines + _section(f"六、{on} 的参数", [_parameter(p, v) for p, v in values]))


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *lines] if lines else []


def _cite(cite: Citation) -> str:
    return f"{cite}，{cite.confirmed} 核对{'，待核实' if cite.unverified else ''}"


def _parameter(parameter: Parameter, value: Dated) -> str:
    text = "；".join(f"{a} 起 {b}" for a, b in _value(value.value)) if isinstance(value.value, tuple) else str(_value(value.value))
    return f"  {parameter.label.zh}：{text}{parameter.unit}（{value.since} 起）〔{_cite(value.cite)}〕"


def _clauses(clauses: Iterable[Clause], depth: int) -> list[str]:
    out = []
    for clause in clauses:
        tail = f"：{_MODE[clause.mode]}" if clause.children else f"  〔{clause.when.text if clause.when else ''}〕"
        out += [f"{'  ' * depth}· {clause.label.zh}{tail}〔{_cite(clause.cite)}〕", *_clauses(clause.children, depth + 1)]
    return out


def _score(score: Score, depth: int) -> list[str]:
    how = {"best": "（取最高一项）", "sum": "（各项相加，以满分为限）", "expert": "（专家评分）"}.get(score.kind, "")
    of = f"  〔{score.of.text}〕" if score.of else ""
    out = [f"{'  ' * depth}· {score.label.zh}，满分 {json_number(score.max)}{how}{of}〔{_cite(score.cite)}〕"]
    for band in score.bands:
        low, high = json_number(band.low), json_number(band.high)
        out.append(f"{'  ' * (depth + 1)}{band.text}：{low if low == high else f'{low}–{high}'} 分")
    return out + [line for c in score.children for line in _score(c, depth + 1)]
