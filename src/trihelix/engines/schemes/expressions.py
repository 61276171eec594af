"""Exact evaluation and static checks of the expressions of a scheme: unknown names, wrong kinds, division by zero.

The language is that of the rule books; values are fractions, texts, dates and truth values, ``None`` where unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.rules.exact import UNDEFINED, Reading
from trihelix.engines.rules.expressions import constant
from trihelix.engines.rules.model import Expr

Span = tuple[Fraction | None, Fraction | None]  # least, most; None = no bound
NAMES = Mapping[str, Span | None]
FREE: Span = (None, None)


def value(expr: Expr, names: Mapping[str, Any]) -> Any:
    """The exact value, ``None`` where an input is unknown. Refuses a division by zero with the place in the book."""
    try:
        found = Reading(names).of(expr)
    except TypeError as exc:
        raise Refused.one("bad_expression", f"{expr.where}: 表达式 “{expr.text}” 中的值类型不一致", clause=expr.where) from exc
    if found is UNDEFINED:
        raise Refused.one("division_by_zero", f"{expr.where}: 表达式 “{expr.text}” 的除数为零，请核对相关数值", clause=expr.where)
    return found


def truth(expr: Expr, names: Mapping[str, Any]) -> bool | None:
    """Met, not met or unknown; comparisons with an undefined ratio do not hold."""
    found = value(expr, names)
    return found if found is None or isinstance(found, bool) else None


def figures(expr: Expr, names: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs behind an outcome, as plain values."""
    return {n: plain(names.get(n)) for n in sorted(expr.names)}


def plain(number: Any) -> Any:
    """A value for people and JSON."""
    if isinstance(number, Fraction):
        return int(number) if number.denominator == 1 else float(number) if len(str(number)) < 18 else str(number)
    return number.isoformat() if isinstance(number, date) else number


# Static checks -----------------------------------------------------------------------------------------------------------


def check(expr: Expr, names: NAMES, kind: str) -> Iterator[Problem]:
    """What is wrong with an expression before it ever runs; ``kind`` is ``number`` or ``truth``."""
    for name in sorted(expr.names - set(names)):
        yield _problem(expr, "unknown_name", f"表达式 “{expr.text}” 提到未知的名称 “{name}”")
    if expr.names - set(names):
        return
    found = _kind(expr.tree, names)
    if found not in (kind, "any"):
        want = "一个数" if kind == "number" else "一个条件"
        yield _problem(expr, "wrong_kind", f"表达式 “{expr.text}” 应得到{want}")
    for node in ast.walk(expr.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _guarded(expr.tree, node, names):
            low, high = bounds(node.right, names)
            if (low is None or low <= 0) and (high is None or high >= 0):
                text = ast.unparse(node.right)
                yield _problem(
                    expr, "division_by_zero", f"表达式 “{expr.text}” 可能除以零：“{text}” 可以为 0；请设下限，或写成 … if {text} > 0 else …"
                )


def _problem(expr: Expr, code: str, text: str) -> Problem:
    return Problem(code, f"{expr.where}: {text}", value=expr.text)


def _kind(node: ast.expr, names: NAMES) -> str:
    if isinstance(node, ast.Compare | ast.BoolOp) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
        return "truth"
    if isinstance(node, ast.Constant):
        held = constant(node.value)
        return "truth" if isinstance(held, bool) else "number" if isinstance(held, Fraction) else "text"
    if isinstance(node, ast.Name):
        return "number" if names.get(node.id) is not None else "any"
    if isinstance(node, ast.IfExp):
        kinds = {_kind(node.body, names), _kind(node.orelse, names)} - {"any"}
        return kinds.pop() if len(kinds) == 1 else "any" if not kinds else "mixed"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return {"known": "truth", "add_months": "any", "add_years": "any"}.get(node.func.id, "number")
    return "number"


def _guarded(tree: ast.expr, division: ast.BinOp, names: NAMES) -> bool:
    """Whether a division stands in the branch of an ``if`` that tests its divisor against zero."""
    divisor = ast.unparse(division.right)
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp) and any(n is division for n in ast.walk(node.body)):
            test = ast.unparse(node.test)
            if test in (f"{divisor} > 0", f"{divisor} != 0", f"0 < {divisor}", f"{divisor} >= 1"):
                return True
    return False


def bounds(node: ast.expr, names: NAMES) -> Span:
    """The interval in which a numeric expression surely lies."""
    if isinstance(node, ast.Constant):
        held = constant(node.value)
        return (held, held) if isinstance(held, Fraction) else FREE
    if isinstance(node, ast.Name):
        return names.get(node.id) or FREE
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        low, high = bounds(node.operand, names)
        return (None if high is None else -high, None if low is None else -low)
    if isinstance(node, ast.BinOp):
        return _binary(node.op, bounds(node.left, names), bounds(node.right, names))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
        spans = [bounds(a, names) for a in node.args]
        lows, highs = [s[0] for s in spans], [s[1] for s in spans]
        if node.func.id == "max":
            return (
                max((x for x in lows if x is not None), default=None),
                None if None in highs else max(x for x in highs if x is not None),
            )
        return (None if None in lows else min(x for x in lows if x is not None), min((x for x in highs if x is not None), default=None))
    return FREE


def _binary(op: ast.operator, a: Span, b: Span) -> Span:
    if isinstance(op, ast.Add):
        return (None if a[0] is None or b[0] is None else a[0] + b[0], None if a[1] is None or b[1] is None else a[1] + b[1])
    if isinstance(op, ast.Sub):
        return (None if a[0] is None or b[1] is None else a[0] - b[1], None if a[1] is None or b[0] is None else a[1] - b[0])
    if isinstance(op, ast.Mult) and a[0] is not None and b[0] is not None and a[0] >= 0 and b[0] >= 0:
        return (a[0] * b[0], None if a[1] is None or b[1] is None else a[1] * b[1])
    if isinstance(op, ast.Div) and a[0] is not None and a[0] >= 0 and b[0] is not None and b[0] > 0:
        return (Fraction(0), None if a[1] is None else a[1] / b[0])
    return FREE
