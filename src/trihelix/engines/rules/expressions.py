"""The small expression language of the books: arithmetic, comparisons, ``and/or/not``, a few functions. Parsed, never executed.

``30%`` is a number. Names are inputs, parameters, scores, ``on`` (the day of assessment). Functions: see ``FUNCTIONS``.
"""

from __future__ import annotations

import ast
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from trihelix.engines.bookfile import BookError
from trihelix.engines.errors import Problem
from trihelix.engines.rules.model import Expr

# name → number of arguments (least, most)
FUNCTIONS: Final[dict[str, tuple[int, int]]] = {
    "min": (2, 9),  # the smallest
    "max": (2, 9),  # the largest
    "sum": (1, 2),  # of a series; of its last n items
    "len": (1, 1),  # items of a series
    "floor": (1, 1),
    "ceil": (1, 1),
    "days": (2, 2),  # days from the first date to the second
    "add_months": (2, 2),  # calendar months, clamped to the month end
    "add_years": (2, 2),
    "year": (1, 1),
    "month": (1, 1),
    "lookup": (2, 2),  # value of the last row whose start is not above x
    "marginal": (2, 2),  # each slice of x at the rate of its row
    "known": (1, 1),  # whether the input was given
}
_PERCENT = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)%")
_ALLOWED: Final = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow,
    ast.Compare, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.List, ast.Constant, ast.Name, ast.Load,
    ast.Call, ast.Subscript, ast.IfExp,
)  # fmt: skip


def wrong(where: str, code: str, message: str) -> BookError:
    """A refusal of a book at ``file:line``."""
    return BookError(Problem(code, f"{where}: {message}"))


def parse(text: object, where: str) -> Expr:
    """Read one expression; anything outside the language is refused with file and line."""
    plain = {True: "True", False: "False"}[text] if isinstance(text, bool) else str(text)
    source = _PERCENT.sub(r"(\1/100)", plain).replace(" true", " True").replace(" false", " False")
    try:
        tree = ast.parse(f"({source})", mode="eval")
    except SyntaxError as exc:
        raise wrong(where, "bad_expression", f"表达式“{plain}”写法有误：{exc.msg}") from exc
    names: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise wrong(where, "bad_expression", f"表达式“{plain}”中不能使用 {type(node).__name__}")
        if isinstance(node, ast.Call):
            _check_call(node, plain, where)
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Constant) and not isinstance(node.value, int | float | str | bool):
            raise wrong(where, "bad_expression", f"表达式“{plain}”中有不认识的常数")
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    return Expr(plain, tree.body, where, frozenset(names - called))


def _check_call(node: ast.Call, text: str, where: str) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else "?"
    if name not in FUNCTIONS or node.keywords:
        raise wrong(where, "bad_expression", f"表达式“{text}”中没有函数“{name}”；可用：{'、'.join(sorted(FUNCTIONS))}")
    least, most = FUNCTIONS[name]
    if not least <= len(node.args) <= most:
        raise wrong(where, "bad_expression", f"表达式“{text}”中函数“{name}”的参数个数不对")


def constant(value: object) -> Fraction | str | bool:
    """A literal of the language as an exact value (a decimal keeps its written digits)."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return Fraction(value)
    return Fraction(Decimal(repr(value)))


def index(node: ast.Subscript) -> int | None:
    """The place from the end in ``sales[-2]`` (2), or None where it is not written so."""
    i = node.slice
    if isinstance(i, ast.UnaryOp) and isinstance(i.op, ast.USub) and isinstance(i.operand, ast.Constant) and type(i.operand.value) is int:
        return i.operand.value if i.operand.value > 0 else None
    return None


def add_months_years(fn: str, count: int) -> int:
    """Months of ``add_months`` or ``add_years``."""
    return count * (12 if fn == "add_years" else 1)


def as_date(text: object) -> date | None:
    """A date constant written as ``'2026-04-01'``."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
