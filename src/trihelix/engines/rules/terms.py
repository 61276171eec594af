"""Exact numbers as Polars expressions: a fraction of two integer columns, with proven bounds so that nothing can overflow.

Every value is ``num / den`` with ``den > 0`` wherever it is defined. Growth and ratios are compared by cross-multiplication;
no float takes part. Bounds are carried along: results within 62 bits use Int64, within 126 bits Int128, beyond that the
rule is refused when the book is loaded.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import polars as pl

_SMALL, _LARGE = 2**62, 2**126
Op = Literal["<", "<=", ">", ">=", "==", "!="]


class TooLarge(Exception):
    """A product could leave 126 bits."""


@dataclass(frozen=True)
class Whole:
    """An integer column or constant with the largest absolute value it can take; ``signed`` when it may be negative."""

    expr: pl.Expr
    most: int
    signed: bool
    const: int | None = None

    @staticmethod
    def of(value: int) -> Whole:
        """A constant."""
        return Whole(_literal(value), abs(value), value < 0, value)


def _literal(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.Int64 if abs(value) <= _SMALL else pl.Int128)


def _combine(a: Whole, b: Whole, most: int, signed: bool, op: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> Whole:
    if most > _LARGE:
        raise TooLarge
    wide = most > _SMALL
    left, right = (x.expr.cast(pl.Int128) if wide else x.expr for x in (a, b))
    return Whole(op(left, right), most, signed)


def times(a: Whole, b: Whole) -> Whole:
    """Product."""
    if a.const is not None and b.const is not None:
        return Whole.of(a.const * b.const)
    for one, other in ((a, b), (b, a)):
        if one.const == 1:
            return other
    return _combine(a, b, a.most * b.most, a.signed or b.signed, lambda x, y: x * y)


def plus(a: Whole, b: Whole) -> Whole:
    """Sum."""
    if a.const is not None and b.const is not None:
        return Whole.of(a.const + b.const)
    return _combine(a, b, a.most + b.most, a.signed or b.signed, lambda x, y: x + y)


def negative(a: Whole) -> Whole:
    """The opposite."""
    return Whole.of(-a.const) if a.const is not None else Whole(-a.expr, a.most, True)


def choose(cond: pl.Expr, a: Whole, b: Whole) -> Whole:
    """``a`` where the condition is true, ``b`` where false, unknown where unknown."""
    most = max(a.most, b.most)
    left, right = (x.expr.cast(pl.Int128) if most > _SMALL else x.expr for x in (a, b))
    return Whole(pl.when(cond).then(left).when(~cond).then(right).otherwise(None), most, a.signed or b.signed)


def compare(a: Whole, b: Whole, op: Op) -> pl.Expr:
    """Three-valued comparison of two integers."""
    wide = max(a.most, b.most) > _SMALL
    x, y = (w.expr.cast(pl.Int128) if wide else w.expr for w in (a, b))
    table = {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y, "==": x == y, "!=": x != y}
    return table[op]


ONE = Whole.of(1)


@dataclass(frozen=True)
class Num:
    """A fraction; ``undefined`` is true where a denominator is zero (then no comparison holds)."""

    num: Whole
    den: Whole = ONE
    undefined: pl.Expr | None = None

    @staticmethod
    def of(value: Fraction) -> Num:
        """A constant."""
        return Num(Whole.of(value.numerator), Whole.of(value.denominator))

    @property
    def const(self) -> Fraction | None:
        """The constant value, if it is one."""
        return None if self.num.const is None or self.den.const is None else Fraction(self.num.const, self.den.const)


def either(a: pl.Expr | None, b: pl.Expr | None) -> pl.Expr | None:
    """Undefined if one of them is."""
    return b if a is None else a if b is None else a | b


def add(a: Num, b: Num) -> Num:
    """Sum; constant denominators go to their least common multiple."""
    if a.const is not None and b.const is not None:
        return Num.of(a.const + b.const)
    bad = either(a.undefined, b.undefined)
    if a.den.const is not None and b.den.const is not None:
        den = math.lcm(a.den.const, b.den.const)
        left, right = (times(x.num, Whole.of(den // x.den.const)) for x in (a, b) if x.den.const)
        return Num(plus(left, right), Whole.of(den), bad)
    return Num(plus(times(a.num, b.den), times(b.num, a.den)), times(a.den, b.den), bad)


def neg(a: Num) -> Num:
    """The opposite."""
    return Num(negative(a.num), a.den, a.undefined)


def mul(a: Num, b: Num) -> Num:
    """Product; constants are reduced."""
    if a.const is not None and b.const is not None:
        return Num.of(a.const * b.const)
    num, den = times(a.num, b.num), times(a.den, b.den)
    for one, other in ((a, b), (b, a)):
        c = one.const
        if c is not None and other.den.const is not None:
            g = math.gcd(c.numerator, other.den.const)
            num = times(other.num, Whole.of(c.numerator // g))
            den = Whole.of(c.denominator * (other.den.const // g))
    return Num(num, den, either(a.undefined, b.undefined))


def div(a: Num, b: Num) -> Num:
    """Quotient; a zero divisor makes it undefined, a negative one moves its sign to the numerator."""
    if b.const is not None:
        if b.const == 0:
            raise ZeroDivisionError
        return mul(a, Num.of(1 / b.const))
    left, right = a.den, b.den
    if left.const is not None and right.const is not None:  # a common scale cancels, which keeps the bounds small
        g = math.gcd(left.const, right.const)
        left, right = Whole.of(left.const // g), Whole.of(right.const // g)
    num, den = times(a.num, right), times(left, b.num)
    if b.num.signed:
        minus = compare(b.num, Whole.of(0), "<")
        num, den = choose(minus, negative(num), num), choose(minus, negative(den), den)
        den = Whole(den.expr, den.most, False)
    zero = compare(b.num, Whole.of(0), "==")
    return Num(num, den, either(either(a.undefined, b.undefined), zero))


def select(cond: pl.Expr, a: Num, b: Num) -> Num:
    """``a`` where true, ``b`` where false, unknown where unknown."""
    bad = None
    if a.undefined is not None or b.undefined is not None:
        no = pl.lit(False)
        bad = (cond & (no if a.undefined is None else a.undefined)) | (~cond & (no if b.undefined is None else b.undefined))
    if a.den.const is not None and b.den.const is not None:
        den = math.lcm(a.den.const, b.den.const)
        left, right = (times(x.num, Whole.of(den // x.den.const)) for x in (a, b) if x.den.const)
        return Num(choose(cond, left, right), Whole.of(den), bad)
    return Num(choose(cond, a.num, b.num), choose(cond, a.den, b.den), bad)


def test(a: Num, b: Num, op: Op) -> pl.Expr:
    """Three-valued comparison by cross-multiplication; false where a side is undefined."""
    bad = either(a.undefined, b.undefined)
    if a.den.const is not None and b.den.const is not None:
        g = math.gcd(a.den.const, b.den.const)
        result = compare(times(a.num, Whole.of(b.den.const // g)), times(b.num, Whole.of(a.den.const // g)), op)
    else:
        result = compare(times(a.num, b.den), times(b.num, a.den), op)
    return result if bad is None else result & ~bad


def floor(a: Num) -> Num:
    """The largest integer not above."""
    if a.const is not None:
        return Num.of(Fraction(math.floor(a.const)))
    if a.den.const == 1:
        return a
    wide = max(a.num.most, a.den.most) > _SMALL
    x, y = (w.expr.cast(pl.Int128) if wide else w.expr for w in (a.num, a.den))
    return Num(Whole(x // y, a.num.most + 1, a.num.signed), ONE, a.undefined)
