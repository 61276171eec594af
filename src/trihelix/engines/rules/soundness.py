"""Refuse a rule that cannot be right: bands with holes, clauses nobody can reach, names nobody supplies, inputs nobody uses."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from trihelix.engines.rules.expressions import constant, wrong
from trihelix.engines.rules.model import Band, Clause, Expr, Parameter, Rule, Score, Version


def check_rule(rule: Rule) -> None:
    """All checks that need no compiled form."""
    used: set[str] = set()
    for version in rule.versions:
        names = known_names(rule, version)
        _unique(version)
        if version.total is not None:
            used.add(version.total)
        for score in walk_scores(version.scores):
            _check_score(score, rule)
            used |= {score.given} if score.given else set()
        for expr in expressions(version):
            used |= _resolve(expr, names, rule, version)
        for clause in (*walk(version.gates), *walk(version.direct), *walk(version.passes)):
            _not_constant(clause, rule, names)
        for output in version.outputs:
            _check_cases([w for w, _ in output.cases], output.id, output.where)
        if version.passes and not version.scores:
            raise wrong(version.where, "unreachable", f"版本“{version.id}”有通过条件（pass）却没有评分项")
    for clause in (*walk(rule.checks), *walk(rule.plausible)):
        if clause.when is not None:
            _resolve(clause.when, set(rule.inputs) | set(rule.parameters), rule, rule.versions[0])
    for key, one in rule.inputs.items():
        if key not in used:
            raise wrong(one.where, "unused_input", f"输入项“{key}”没有任何条款、评分项或结果用到")
    for key, parameter in rule.parameters.items():
        if key not in used:
            raise wrong(parameter.where, "unused_parameter", f"参数“{key}”没有任何条款用到")


def known_names(rule: Rule, version: Version) -> set[str]:
    """Names an expression of a version may read."""
    return {*rule.inputs, *rule.parameters, "on", "total", *(s.id for s in walk_scores(version.scores))}


def walk(clauses: Iterable[Clause]) -> Iterator[Clause]:
    """Clauses and their children, depth first."""
    for clause in clauses:
        yield clause
        yield from walk(clause.children)


def walk_scores(scores: Iterable[Score]) -> Iterator[Score]:
    """Scores and their children, depth first."""
    for score in scores:
        yield score
        yield from walk_scores(score.children)


def expressions(version: Version) -> Iterator[Expr]:
    """Every expression of a version."""
    for clause in walk((*version.gates, *version.passes, *version.direct)):
        if clause.when is not None:
            yield clause.when
    for score in walk_scores(version.scores):
        yield from (e for e in (score.of, *(b.when for b in score.bands)) if e is not None)
    for output in version.outputs:
        yield from (e for e in (output.value, *(w for w, _ in output.cases)) if e is not None)


def _resolve(expr: Expr, names: set[str], rule: Rule, version: Version) -> set[str]:
    for name in sorted(expr.names):
        if name not in names:
            raise wrong(expr.where, "unknown_name", f"表达式“{expr.text}”中的“{name}”既不是输入项，也不是参数或评分项")
        if name in rule.parameters and (gap := _gap(rule.parameters[name], version)):
            raise wrong(expr.where, "parameter_gap", f"参数“{name}”在 {gap} 没有取值，而版本“{version.id}”要用到")
    return set(expr.names)


def _gap(parameter: Parameter, version: Version) -> date | None:
    """The first day of a version on which a parameter has no value."""
    days = [version.since, *(v.until + timedelta(days=1) for v in parameter.values if v.until is not None)]
    held = (d for d in days if version.since <= d and (version.until is None or d <= version.until))
    return next((d for d in held if parameter.on(d) is None), None)


def _unique(version: Version) -> None:
    seen: set[str] = set()
    items: list[Clause | Score] = [*walk((*version.gates, *version.passes, *version.direct)), *walk_scores(version.scores)]
    for item in items:
        if item.id in seen:
            raise wrong(item.where, "duplicate_id", f"条款编号“{item.id}”重复")
        seen.add(item.id)
    outputs: set[str] = set()
    for output in version.outputs:
        if output.id in outputs:
            raise wrong(output.where, "duplicate_id", f"结果编号“{output.id}”重复")
        outputs.add(output.id)


def _not_constant(clause: Clause, rule: Rule, names: set[str]) -> None:
    if clause.when is not None and not (clause.when.names & (names - set(rule.parameters))):
        raise wrong(clause.where, "unreachable", f"条款“{clause.id}”不取决于任何输入项，永远成立或永远不成立")


def _check_score(score: Score, rule: Rule) -> None:
    if score.given is not None and (score.given not in rule.inputs or rule.inputs[score.given].series):
        raise wrong(score.where, "unknown_name", f"评分项“{score.id}”的 given “{score.given}”不是单值输入项")
    if score.given is not None and rule.inputs[score.given].most != score.max:
        raise wrong(score.where, "bad_points", f"输入项“{score.given}”的上限（max）应等于评分项“{score.id}”的满分 {score.max}")
    if score.kind in ("best", "sum") and len(score.children) < 2:
        raise wrong(score.where, "bad_shape", f"评分项“{score.id}”至少要有两个分项")
    if score.kind == "expert" and score.least > score.max:
        raise wrong(score.where, "bad_points", f"评分项“{score.id}”的最低分高于满分")
    for band in score.bands:
        if band.high > score.max:
            raise wrong(score.where, "bad_points", f"评分项“{score.id}”有一档高于满分 {score.max}")
    if score.kind == "cases":
        _check_cases([b.when for b in score.bands], score.id, score.where)
    if score.kind == "bands":
        _check_cover(score)
        if not min(b.low for b in score.bands) <= score.undefined <= max(b.high for b in score.bands):
            raise wrong(score.where, "bad_points", f"评分项“{score.id}”在分母为零时的分值 undefined 超出各档范围")


def _check_cases(whens: list[Expr | None], name: str, where: str) -> None:
    if not whens:
        return
    if whens[-1] is not None:
        raise wrong(where, "band_hole", f"“{name}”的最后一档须写 else，否则有情形无档可落")
    for i, when in enumerate(whens[:-1]):
        if when is None:
            raise wrong(where, "unreachable", f"“{name}”的 else 之后还有档次，永远不会用到")
        if any(e is not None and _covers(e, when) for e in whens[:i]):
            raise wrong(when.where, "unreachable", f"“{name}”的档次“{when.text}”已被前面的档次包含，永远不会用到")


def _covers(first: Expr, later: Expr) -> bool:
    """Whether every case of ``later`` already falls under ``first`` (equal texts, or one-sided limits on the same measure)."""
    if ast.dump(first.tree) == ast.dump(later.tree):
        return True
    a, b = first.tree, later.tree
    if not (isinstance(a, ast.Compare) and isinstance(b, ast.Compare) and len(a.ops) == len(b.ops) == 1):
        return False
    right = (a.comparators[0], b.comparators[0])
    if ast.dump(a.left) != ast.dump(b.left) or not all(isinstance(r, ast.Constant) for r in right):
        return False
    x, y = (constant(r.value) for r in right if isinstance(r, ast.Constant))
    if isinstance(x, str) or isinstance(y, str):
        return False
    up, down = (ast.Gt, ast.GtE), (ast.Lt, ast.LtE)
    tighter = isinstance(a.ops[0], ast.GtE | ast.LtE) or not isinstance(b.ops[0], ast.GtE | ast.LtE)
    for ops, beyond in ((up, y > x), (down, y < x)):
        if isinstance(a.ops[0], ops) and isinstance(b.ops[0], ops):
            return beyond or (x == y and tighter)
    return False


def _check_cover(score: Score) -> None:
    """Bands must cover every value once; a table that claims an edge twice must store its tie-break."""
    bands = sorted(score.bands, key=lambda b: (b.start is not None, b.start.value if b.start else 0, not (b.start and b.start.closed)))
    if not bands or bands[0].start is not None or bands[-1].end is not None:
        raise wrong(score.where, "band_hole", f"评分项“{score.id}”的分档没有覆盖全部取值：最低档不应有下限，最高档不应有上限")
    twice = False
    for low, high in itertools.pairwise(bands):
        twice |= _join(low, high, score)
    if twice and score.tie not in ("better", "worse"):
        raise wrong(score.where, "tie_missing", f"评分项“{score.id}”有界点被两档同时占用，须写明 tie: better 或 worse")
    if score.tie is not None and not twice:
        raise wrong(score.where, "tie_unused", f"评分项“{score.id}”写了 tie，但没有重复占用的界点")


def _join(low: Band, high: Band, score: Score) -> bool:
    a, b = low.end, high.start
    if a is None or b is None or a.value > b.value:
        raise wrong(score.where, "band_overlap", f"评分项“{score.id}”的两档（{low.text}；{high.text}）重叠")
    if a.value < b.value or not (a.closed or b.closed):
        raise wrong(score.where, "band_hole", f"评分项“{score.id}”的两档（{low.text}；{high.text}）之间有空缺")
    return a.closed and b.closed
