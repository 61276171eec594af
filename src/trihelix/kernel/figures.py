"""Figure functions: each register's ``figures.py`` returns the records behind a number and how to count them, never a formatted text.

The measure decides: ``count`` counts rows, ``distinct`` counts different values of one path, ``sum`` adds one column.
Which formula, period and population a printed figure uses is data of the book (``figures/*.yaml``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, QuerySet, Sum

from trihelix.engines.errors import Refused
from trihelix.kernel.actor import Actor

MEASURES = ("count", "distinct", "sum")


@dataclass(frozen=True)
class Period:
    """From ``start`` (``None`` = from the beginning) to ``end``, both days included; ``end`` is also the as-of day of stocks."""

    start: dt.date | None
    end: dt.date


@dataclass(frozen=True)
class Counted:
    """What a formula returns: the queryset, the measure, and the path that is counted or added.

    ``scale`` turns the raw number into the unit: a sum in fen with unit 亿元 has ``Fraction(1, 10**10)``.
    ``subject`` is the path of the record shown for each row in lists (default: the row's own record).
    """

    rows: QuerySet[Any]
    measure: str = "count"
    path: str = ""
    subject: str = "record"

    def raw(self) -> int:
        """The exact integer behind the figure; one query."""
        if self.measure == "count":
            return self.rows.count()
        if self.measure == "distinct":
            return int(self.rows.aggregate(n=Count(self.path, distinct=True))["n"] or 0)
        return int(self.rows.aggregate(n=Sum(self.path))["n"] or 0)


Formula = Callable[..., Counted]


@dataclass(frozen=True)
class FormulaSpec:
    """A named, versioned formula. ``unit`` is the unit of the raw number: 项, 户, 人, 分 (fen) …"""

    name: str
    version: int
    unit: str
    zh: str
    en: str
    run: Formula

    @property
    def id(self) -> str:
        return f"{self.name}@{self.version}"


FORMULAS: dict[str, FormulaSpec] = {}


def formula(name: str, unit: str, zh: str, en: str, version: int = 1) -> Callable[[Formula], Formula]:
    """Register ``fn(by: Actor, period: Period, **params) -> Counted`` as ``register.name``."""

    def wrap(fn: Formula) -> Formula:
        spec = FormulaSpec(name, version, unit, zh, en, fn)
        if name in FORMULAS and FORMULAS[name].run.__module__ != fn.__module__:
            raise ValueError(f"formula {name} declared twice")
        FORMULAS[name] = spec
        return fn

    return wrap


def evaluate(name: str, by: Actor, period: Period, **params: Any) -> Counted:
    """Run a formula by name; unknown names are refused with what exists."""
    spec = FORMULAS.get(name)
    if spec is None:
        raise Refused.one(
            "unknown_formula", f"没有名为 “{name}” 的指标公式；可用：{'、'.join(sorted(FORMULAS))}", field="formula", value=name
        )
    return spec.run(by, period, **params)


def within(path: str, period: Period) -> dict[str, Any]:
    """Filter of a date column to a period, for ``queryset.filter(**within("signed_on", period))``."""
    out: dict[str, Any] = {f"{path}__lte": period.end}
    if period.start is not None:
        out[f"{path}__gte"] = period.start
    return out


def at(from_path: str, to_path: str, day: dt.date) -> Any:
    """Condition of valid time: in force on a day."""
    from django.db.models import Q

    return Q(**{f"{from_path}__lte": day}) & (Q(**{f"{to_path}": None}) | Q(**{f"{to_path}__gt": day}))


def scaled(raw: int, unit: str, wanted: str) -> Fraction:
    """A raw number in its unit as an exact value in another: fen (分) to 元, 万元, 亿元; counts to 万."""
    factors = {("分", "元"): 100, ("分", "万元"): 10**6, ("分", "亿元"): 10**10}
    if unit == wanted or unit != "分":
        return Fraction(raw)
    return Fraction(raw, factors[(unit, wanted)])
