"""Translate a book's expressions into Polars: once per version, for one firm and for 100,000 alike."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import reduce
from typing import Any, cast

import polars as pl

from trihelix.engines.rules import terms
from trihelix.engines.rules.columns import SCALES, SERIES_ITEMS
from trihelix.engines.rules.expressions import add_months_years, as_date, constant, index, wrong
from trihelix.engines.rules.model import Expr, Input, Scalar, Table
from trihelix.engines.rules.terms import Num, Op, Whole

OPS: Mapping[type[ast.cmpop], Op] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
FLIP: Mapping[Op, Op] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True)
class Flag:
    """A three-valued condition."""

    expr: pl.Expr


@dataclass(frozen=True)
class Day:
    """A date."""

    expr: pl.Expr


@dataclass(frozen=True)
class Word:
    """A text; constants keep their value, which may also be read as a date."""

    expr: pl.Expr
    const: str | None = None


@dataclass(frozen=True)
class Span:
    """A score known only between two bounds."""

    low: Num
    high: Num


@dataclass(frozen=True)
class Series:
    """A list of numbers, oldest first."""

    expr: pl.Expr
    one: Input


@dataclass(frozen=True)
class Rows:
    """A table parameter."""

    rows: Table


Term = Num | Flag | Day | Word | Span | Series | Rows


def column(one: Input) -> str:
    """The column of an input."""
    return f"i:{one.key}"


def input_term(one: Input) -> Term:
    """An input as a term."""
    expr = pl.col(column(one))
    if one.type in SCALES:
        if one.series:
            return Series(expr, one)
        return _units(expr, one, 1)
    if one.type == "date":
        return Day(expr)
    return Flag(expr) if one.type == "bool" else Word(expr)


def _units(expr: pl.Expr, one: Input, items: int) -> Num:
    scale, worth, limit = SCALES[one.type]
    ratio = worth / scale
    num = Whole(expr, items * limit * scale, one.least is None or one.least < 0)
    return Num(terms.times(num, Whole.of(ratio.numerator)), Whole.of(ratio.denominator))


def scalar_term(value: Scalar | Table) -> Term:
    """A constant as a term."""
    if isinstance(value, bool):
        return Flag(pl.lit(value))
    if isinstance(value, Fraction):
        return Num.of(value)
    if isinstance(value, date):
        return Day(pl.lit(value))
    return Word(pl.lit(value), value) if isinstance(value, str) else Rows(value)


class Translator:
    """Translates expressions over named terms; a type error is refused with the expression's file and line."""

    def __init__(self, names: Mapping[str, Term]) -> None:
        self.names = names
        self.expr: Expr | None = None

    def term(self, expr: Expr) -> Term:
        """Any term."""
        self.expr = expr
        try:
            return self._walk(expr.tree)
        except terms.TooLarge:
            raise wrong(expr.where, "too_large", f"表达式“{expr.text}”的结果可能超出精确整数的范围，请改写") from None
        except ZeroDivisionError:
            raise wrong(expr.where, "bad_expression", f"表达式“{expr.text}”除以零") from None

    def flag(self, expr: Expr) -> pl.Expr:
        """A condition."""
        return cast(Flag, self._as(self.term(expr), Flag, "条件")).expr

    def condition(self, node: ast.expr) -> pl.Expr:
        """A condition inside the current expression."""
        return cast(Flag, self._as(self._walk(node), Flag, "条件")).expr

    def number(self, expr: Expr) -> Num:
        """A number."""
        return cast(Num, self._as(self.term(expr), Num, "数"))

    def _fail(self, why: str) -> Any:
        assert self.expr is not None
        raise wrong(self.expr.where, "bad_type", f"表达式“{self.expr.text}”：{why}")

    def _as(self, term: Term, kind: type[Any], zh: str) -> Any:
        return term if isinstance(term, kind) else self._fail(f"此处应为{zh}")

    def _num(self, node: ast.expr) -> Num:
        return cast(Num, self._as(self._walk(node), Num, "数"))

    def _walk(self, node: ast.expr) -> Term:
        method: Callable[[Any], Term] = getattr(self, f"_{type(node).__name__.lower()}")
        return method(node)

    def _constant(self, node: ast.Constant) -> Term:
        return scalar_term(constant(node.value))

    def _name(self, node: ast.Name) -> Term:
        return self.names[node.id] if node.id in self.names else self._fail(f"没有“{node.id}”")

    def _boolop(self, node: ast.BoolOp) -> Term:
        parts = [self._as(self._walk(v), Flag, "条件").expr for v in node.values]
        return Flag(reduce(lambda a, b: a & b if isinstance(node.op, ast.And) else a | b, parts))

    def _unaryop(self, node: ast.UnaryOp) -> Term:
        if isinstance(node.op, ast.Not):
            return Flag(~self._as(self._walk(node.operand), Flag, "条件").expr)
        return terms.neg(self._num(node.operand))

    def _binop(self, node: ast.BinOp) -> Term:
        left, right = self._walk(node.left), self._walk(node.right)
        if isinstance(node.op, ast.Add) and isinstance(left, Span) and isinstance(right, Span):
            return Span(terms.add(left.low, right.low), terms.add(left.high, right.high))
        a, b = cast(Num, self._as(left, Num, "数")), cast(Num, self._as(right, Num, "数"))
        if isinstance(node.op, ast.Pow):
            power = b.const
            if power is None or power.denominator != 1 or not 1 <= power <= 12:
                return cast(Term, self._fail("指数须为 1 到 12 的整数"))
            return reduce(terms.mul, [a] * int(power))
        if isinstance(node.op, ast.Sub):
            return terms.add(a, terms.neg(b))
        return {ast.Add: terms.add, ast.Mult: terms.mul, ast.Div: terms.div}[type(node.op)](a, b)

    def _ifexp(self, node: ast.IfExp) -> Term:
        cond = self._as(self._walk(node.test), Flag, "条件").expr
        a, b = self._walk(node.body), self._walk(node.orelse)
        for kind in (Day, Flag):
            if isinstance(a, kind) and isinstance(b, kind):
                return kind(pl.when(cond).then(a.expr).when(~cond).then(b.expr).otherwise(None))
        return terms.select(cond, self._as(a, Num, "数"), self._as(b, Num, "数"))

    def _compare(self, node: ast.Compare) -> Term:
        items = [node.left, *node.comparators]
        parts = [self._pair(items[i], op, items[i + 1]) for i, op in enumerate(node.ops)]
        return Flag(reduce(lambda a, b: a & b, parts))

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> pl.Expr:
        if isinstance(op, ast.In | ast.NotIn):
            if not isinstance(right, ast.List):
                return cast(pl.Expr, self._fail("in 之后应为列表"))
            found = reduce(lambda a, b: a | b, [self._pair(left, ast.Eq(), e) for e in right.elts])
            return ~found if isinstance(op, ast.NotIn) else found
        a, b, sign = self._walk(left), self._walk(right), OPS[type(op)]
        if isinstance(a, Num) and isinstance(b, Num):
            return terms.test(a, b, sign)
        if isinstance(a, Span) and isinstance(b, Num):
            return _span(a, b, sign) if sign in ("<", "<=", ">", ">=") else cast(pl.Expr, self._fail("评分只能比大小"))
        if isinstance(a, Num) and isinstance(b, Span):
            return self._pair(right, {v: k for k, v in OPS.items()}[FLIP[sign]](), left)
        return self._plain(_dated(a, b), _dated(b, a), sign)

    def _plain(self, a: Term, b: Term, sign: Op) -> pl.Expr:
        same = isinstance(a, Day) and isinstance(b, Day)
        words = isinstance(a, Word) and isinstance(b, Word) and sign in ("==", "!=")
        if not (same or words or (isinstance(a, Flag) and isinstance(b, Flag) and sign in ("==", "!="))):
            return cast(pl.Expr, self._fail("两边不是可以比较的同类"))
        x, y = cast(Day, a).expr, cast(Day, b).expr
        return {"<": x.__lt__, "<=": x.__le__, ">": x.__gt__, ">=": x.__ge__, "==": x.__eq__, "!=": x.__ne__}[sign](y)

    def _subscript(self, node: ast.Subscript) -> Term:
        series, place = self._as(self._walk(node.value), Series, "逐年序列"), index(node)
        if place is None:
            return cast(Term, self._fail("序列只能写成 sales[-1] 的形式"))
        return _units(series.expr.list.get(-place, null_on_oob=True), series.one, 1)

    def _list(self, node: ast.List) -> Term:
        return cast(Term, self._fail("列表只能写在 in 之后"))

    def _call(self, node: ast.Call) -> Term:
        name = cast(ast.Name, node.func).id
        if name in ("add_months", "add_years"):
            return self._shift(name, node)
        handler: Callable[[list[ast.expr]], Term] = getattr(self, f"fn_{name}")
        return handler(node.args)

    def fn_min(self, args: list[ast.expr]) -> Term:
        return reduce(lambda a, b: extreme(a, b, "<="), [self._num(a) for a in args])

    def fn_max(self, args: list[ast.expr]) -> Term:
        return reduce(lambda a, b: extreme(a, b, ">="), [self._num(a) for a in args])

    def fn_floor(self, args: list[ast.expr]) -> Term:
        return terms.floor(self._num(args[0]))

    def fn_ceil(self, args: list[ast.expr]) -> Term:
        return terms.neg(terms.floor(terms.neg(self._num(args[0]))))

    def fn_len(self, args: list[ast.expr]) -> Term:
        series = self._as(self._walk(args[0]), Series, "逐年序列")
        return Num(Whole(series.expr.list.len().cast(pl.Int64), SERIES_ITEMS, False))

    def fn_sum(self, args: list[ast.expr]) -> Term:
        series = self._as(self._walk(args[0]), Series, "逐年序列")
        last = self._num(args[1]).const if len(args) == 2 else None
        items = series.expr if last is None else series.expr.list.tail(int(last))
        whole = items.list.len() == items.list.drop_nulls().list.len()
        return _units(pl.when(whole).then(items.list.sum()).otherwise(None), series.one, SERIES_ITEMS)

    def fn_known(self, args: list[ast.expr]) -> Term:
        term = self._walk(args[0])
        expr = term.num.expr if isinstance(term, Num) else getattr(term, "expr", None)
        return Flag(expr.is_not_null()) if expr is not None else cast(Term, self._fail("known 只能用于输入项"))

    def fn_days(self, args: list[ast.expr]) -> Term:
        a, b = (self._as(self._walk(x), Day, "日期").expr for x in args)
        return Num(Whole((b - a).dt.total_days(), 4 * 10**6, True))

    def fn_year(self, args: list[ast.expr]) -> Term:
        return Num(Whole(self._as(self._walk(args[0]), Day, "日期").expr.dt.year().cast(pl.Int64), 9999, False))

    def fn_month(self, args: list[ast.expr]) -> Term:
        return Num(Whole(self._as(self._walk(args[0]), Day, "日期").expr.dt.month().cast(pl.Int64), 12, False))

    def _shift(self, name: str, node: ast.Call) -> Term:
        day, n = self._as(self._walk(node.args[0]), Day, "日期").expr, self._num(node.args[1]).const
        if n is None or n.denominator != 1 or abs(n) > 2400:
            return cast(Term, self._fail("月数或年数须为整数常数"))
        return Day(day.dt.offset_by(f"{add_months_years(name, int(n))}mo"))

    def fn_lookup(self, args: list[ast.expr]) -> Term:
        x, rows = self._num(args[0]), self._as(self._walk(args[1]), Rows, "表格参数").rows
        out = Num.of(rows[0][1])
        for start, value in rows[1:]:
            out = terms.select(terms.test(x, Num.of(start), ">="), Num.of(value), out)
        low = terms.test(x, Num.of(rows[0][0]), "<")
        return Num(out.num, out.den, terms.either(low, x.undefined))

    def fn_marginal(self, args: list[ast.expr]) -> Term:
        x, rows = self._num(args[0]), self._as(self._walk(args[1]), Rows, "表格参数").rows
        total: Num | None = None
        for i, (start, rate) in enumerate(rows):
            top = extreme(x, Num.of(rows[i + 1][0]), "<=") if i + 1 < len(rows) else x
            part = terms.mul(extreme(terms.add(top, Num.of(-start)), Num.of(Fraction(0)), ">="), Num.of(rate))
            total = part if total is None else terms.add(total, part)
        assert total is not None
        return total


def extreme(a: Num, b: Num, op: Op) -> Num:
    """The smaller (``<=``) or larger (``>=``) of two; undefined if either is."""
    if a.const is not None and b.const is not None:
        return a if (a.const <= b.const) == (op == "<=") else b
    picked = terms.select(terms.test(a, b, op), a, b)
    most = Whole(picked.num.expr, picked.num.most, picked.num.signed and not _bounded_below(a, b, op))
    return Num(most, picked.den, terms.either(a.undefined, b.undefined))


def _bounded_below(a: Num, b: Num, op: Op) -> bool:
    """``max(x, 0)`` is never negative."""
    return op == ">=" and any(x.const is not None and x.const >= 0 for x in (a, b))


def _span(a: Span, b: Num, sign: Op) -> pl.Expr:
    sure, best = (a.low, a.high) if sign in (">", ">=") else (a.high, a.low)
    yes, maybe = terms.test(sure, b, sign), terms.test(best, b, sign)
    return pl.when(yes).then(True).when(~maybe).then(False).otherwise(None)


def _dated(a: Term, b: Term) -> Term:
    """A text constant beside a date is read as a date."""
    found = as_date(a.const) if isinstance(a, Word) and isinstance(b, Day) else None
    return Day(pl.lit(found)) if found else a
