"""The rule book as callers use it: list, describe, check one firm, check many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import polars as pl

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.rules.answer import Answer, json_number
from trihelix.engines.rules.change import changes
from trihelix.engines.rules.compile import POINTS, Compiled, base_terms, clause_columns, compile_version, parameters_on
from trihelix.engines.rules.facts import read_facts
from trihelix.engines.rules.frames import MOST_PROBLEMS, normalise, one_row
from trihelix.engines.rules.loader import read_rules
from trihelix.engines.rules.model import Clause, Rule, Score, Version
from trihelix.engines.rules.tabulate import answer_frame, rate_text
from trihelix.engines.rules.trace import Tracer
from trihelix.engines.rules.translate import Translator


def load_rules(path: Path) -> RuleBook:
    """Read ``<path>/rules/*.yaml`` of one region's book; every version is compiled once, so a bad book is refused here."""
    rules, digest = read_rules(path / "rules")
    return RuleBook(rules, digest)


class RuleBook:
    """An immutable set of rules named by its digest. Compiled versions are kept, one for each set of parameter values."""

    def __init__(self, rules: Mapping[str, Rule], digest: str) -> None:
        self.rules, self.digest = dict(rules), digest
        self._compiled: dict[tuple[str, str, tuple[tuple[str, date], ...]], Compiled] = {}
        for rule in self.rules.values():
            for version in rule.versions:
                self._compile(rule, version, version.since)

    def rule(self, rule_id: str) -> Rule:
        """A rule by id; an unknown id is refused with those at hand."""
        if rule_id not in self.rules:
            raise Refused.one("unknown_rule", f"没有规则“{rule_id}”；可用：{'、'.join(sorted(self.rules))}", field="rule", value=rule_id)
        return self.rules[rule_id]

    def version(self, rule_id: str, on: date) -> Version:
        """The version in force on a day; a day without one is refused with the dates there are."""
        rule = self.rule(rule_id)
        found = rule.on(on)
        if found is None:
            spans = "；".join(f"{v.id}：{v.since} 至 {v.until or '今'}" for v in rule.versions)
            raise Refused.one("no_version", f"{on} 没有生效的“{rule.label.zh}”版本；已有：{spans}", field="on", value=on.isoformat())
        return found

    def compiled(self, rule_id: str, on: date) -> Compiled:
        """The compiled version in force on a day."""
        return self._compile(self.rule(rule_id), self.version(rule_id, on), on)

    def _compile(self, rule: Rule, version: Version, on: date) -> Compiled:
        values = parameters_on(rule, on)
        key = (rule.id, version.id, tuple((k, v.since) for k, v in values.items()))
        if key not in self._compiled:
            self._compiled[key] = compile_version(rule, version, values)
        return self._compiled[key]

    def check(self, rule_id: str, facts: Mapping[str, Any], on: date, *, change: bool = True) -> Answer:
        """Assess one firm. ``facts``: key → value or ``{"value", "unit", "as_of", "source"}``. Refuses wrong or contradictory facts.

        ``change=False`` leaves out what would change it, which is the slower part.
        """
        compiled = self.compiled(rule_id, on)
        read = read_facts(compiled.rule, facts)
        frame = one_row(compiled.rule, read).with_columns(pl.lit(on).alias("on"))
        broken = _broken(compiled, frame, compiled.rule.checks)
        if broken:
            raise Refused.of(p for _, p in broken)
        ran = compiled.run(frame)
        row, answer = ran.row(0, named=True), answer_frame(compiled, ran).row(0, named=True)
        single, plan = changes(compiled, read, on, row) if change else ([], None)
        total = None if not compiled.version.scores else _points(row, "total")
        return Answer(rule_id, compiled.version.id, on, answer["verdict"], total, [_part(s, row) for s in compiled.version.scores], answer["route"],
                      answer["failed"], answer["missing"], _outputs(compiled, row, answer["outputs"]), Tracer(compiled, read, on, row).build(),
                      single, plan, [p.as_json() for _, p in _broken(compiled, frame, compiled.rule.plausible, "implausible")], self.digest)  # fmt: skip

    def check_many(
        self, rule_id: str, frame: pl.DataFrame, on: date, *, id_column: str = "id", errors: Literal["refuse", "mark"] = "refuse"
    ) -> pl.DataFrame:
        """Assess many firms, one row each, by the same compiled expressions.

        ``frame``: one column per input key, money in 万元, and optionally ``id``. Answer: ``id, rule, version, on, verdict,
        total, parts, route, failed, missing, outputs``. Rows with wrong facts are all named and refused, or with
        ``errors="mark"`` carried in a column ``errors`` with the verdict unknown.
        """
        compiled = self.compiled(rule_id, on)
        ids = frame[id_column].to_list() if id_column in frame.columns else list(range(1, frame.height + 1))
        columns, problems = normalise(compiled.rule, frame.drop(id_column, strict=False), ids)
        columns = columns.with_columns(pl.lit(on).alias("on"))
        problems += [(i, p.at(row=ids[i])) for i, p in _broken(compiled, columns, compiled.rule.checks)]
        if problems and errors == "refuse":
            raise Refused.of(p for _, p in sorted(problems, key=lambda x: x[0])[:MOST_PROBLEMS])
        answer = answer_frame(compiled, compiled.run(columns))
        head = [pl.Series("id", ids, strict=False), pl.Series("rule", [rule_id]).new_from_index(0, frame.height)]
        out = pl.DataFrame(head).with_columns(pl.lit(compiled.version.id).alias("version"), pl.lit(on).alias("on")).hstack(answer)
        return _marked(out, problems) if errors == "mark" else out


def _marked(out: pl.DataFrame, problems: list[tuple[int, Problem]]) -> pl.DataFrame:
    """Rows with wrong facts keep no verdict and name what is wrong."""
    texts: list[list[str]] = [[] for _ in range(out.height)]
    for i, problem in problems:
        texts[i].append(f"{problem.code}: {problem.message}")
    bad = pl.Series("errors", texts, dtype=pl.List(pl.String))
    wrong = pl.col("errors").list.len() > 0
    blank = [pl.when(~wrong).then(pl.col(c)).alias(c) for c in ("total", "parts", "route", "failed", "missing", "outputs")]
    return out.with_columns(bad).with_columns(pl.when(wrong).then(pl.lit("unknown")).otherwise("verdict").alias("verdict"), *blank)


def _broken(compiled: Compiled, frame: pl.DataFrame, clauses: tuple[Clause, ...], code: str = "contradiction") -> list[tuple[int, Problem]]:
    """Checks between inputs that surely fail, each with its row."""
    if not clauses:
        return []
    names = base_terms(compiled.rule, {k: v.value for k, v in compiled.values.items()})
    table = frame.select(clause_columns(clauses, Translator(names)))
    out = []
    for clause in clauses:
        first = min((n for n in _names(clause) if n in compiled.rule.inputs), key=lambda n: clause.when.text.index(n) if clause.when else 0)
        hits = (~table[f"c:{clause.id}"]).fill_null(False).arg_true().to_list()
        out += [(i, Problem(code, clause.label.zh, field=first, clause=clause.id)) for i in hits]
    return out


def _names(clause: Clause) -> frozenset[str]:
    return clause.when.names if clause.when else frozenset[str]().union(*(_names(c) for c in clause.children))


def _points(row: Mapping[str, Any], name: str) -> dict[str, int | float]:
    return {"min": json_number(Fraction(row[f"{name}:lo"], POINTS)), "max": json_number(Fraction(row[f"{name}:hi"], POINTS))}


def _part(score: Score, row: Mapping[str, Any]) -> dict[str, Any]:
    inner = {"of": [_part(c, row) for c in score.children]} if score.children else {}
    return {"id": score.id, **_points(row, f"s:{score.id}"), "max_points": json_number(score.max), "label": score.label.zh} | inner


def _outputs(compiled: Compiled, row: Mapping[str, Any], told: Mapping[str, Any] | None) -> dict[str, Any]:
    """Outputs of one firm: exact numbers where the frame has floats."""
    out: dict[str, Any] = {}
    for output in compiled.version.outputs:
        name = f"{output.id}_fen" if output.kind == "money" else output.id
        value = (told or {})[name]
        if output.kind in ("number", "rate"):
            num, den = row[f"o:{output.id}:num"], row[f"o:{output.id}:den"]
            exact = None if num is None or not den else Fraction(num, den)
            value = None if exact is None else rate_text(exact) if output.kind == "rate" else json_number(exact)
        out[name] = value.isoformat() if isinstance(value, date) else value
    return out
