"""The records behind a number (所据记录): counted and added by the database, many numbers a query; fetched only where they are shown or kept.

A :class:`Tally` is the number and how many subjects make it; a :class:`Line` is one of the subjects. Both come from the same
:class:`~trihelix.kernel.figures.Counted`, so a page can state the number without holding its records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BigIntegerField, CharField, Count, F, IntegerField, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, Replace

from trihelix.engines.errors import Refused
from trihelix.kernel import home
from trihelix.kernel.figures import Counted
from trihelix.kernel.models import Record

MIXED = "真实数据目录中混有合成记录，指标不予计算；请先清理合成记录"
A_QUERY = 60  # numbers counted by one query
FETCHED = 5000


class Line(NamedTuple):
    """One counted subject: its uid (hex), the raw summand (1 for counts), and the key of a distinct value that is no record."""

    uid: str
    raw: Any
    key: str = ""


class Tally(NamedTuple):
    """The raw number, how many subjects make it, and its least and greatest summand."""

    raw: int | Decimal
    records: int
    low: int | Decimal
    high: int | Decimal


def tallies(asked: Sequence[Counted]) -> list[Tally]:
    """Each number counted by the database, up to ``A_QUERY`` of them in one query, in the order asked. Refuses synthetic records among real data."""
    plain = [i for i, counted in enumerate(asked) if _combines(counted)]
    together = set(plain)  # one that cannot have rows gives no line in the union: it stays at nothing
    out = [Tally(0, 0, 0, 0) if i in together else _alone(counted) for i, counted in enumerate(asked)]
    for start in range(0, len(plain), A_QUERY):
        part = plain[start : start + A_QUERY]
        first, *rest = [_row(asked[i], i) for i in part]
        for place, *told in first.union(*rest, all=True) if rest else first:
            out[place] = _tally(dict(zip(_NAMES, told, strict=True)))
    return out


def tally_of(lines: Sequence[Line], counted: Counted) -> Tally:
    """The number that fetched lines make."""
    values = [line.raw for line in lines]
    raw = sum(values) if counted.measure == "sum" else len(lines)
    return Tally(raw, len(lines), min(values, default=0), max(values, default=0))


_NAMES = ("n", "raw", "low", "high", "marked")


def _tally(told: dict[str, Any]) -> Tally:
    if told["marked"]:
        raise Refused.one("mixed_population", MIXED, field="population")
    return Tally(told["raw"] or 0, told["n"] or 0, told["low"] or 0, told["high"] or 0)


def _aggregates(counted: Counted, whole: bool) -> dict[str, Any]:
    """The five aggregates of a number; ``whole`` casts them, so that rows of several tables agree in type."""
    sums = counted.measure == "sum"
    counts = Count(counted.path, distinct=True) if counted.measure == "distinct" else Count("pk")
    held = Coalesce(F(counted.path), 0) if whole else F(counted.path)
    zero = Value(0, output_field=IntegerField())
    marked = zero if home.is_demo() else Count("pk", filter=Q(**{f"{_lead(counted)}synthetic": True}))
    found = {
        "n": counts, "raw": Sum(counted.path) if sums else zero, "low": Min(held) if sums else zero, "high": Max(held) if sums else zero, "marked": marked,
    }  # fmt: skip
    return {k: Cast(Coalesce(v, 0), BigIntegerField()) if v is not zero and whole else v for k, v in found.items()}


def _row(counted: Counted, place: int) -> QuerySet[Any]:
    """One row: the place of the number and its aggregates."""
    counted = own_subject(counted)
    told = {f"_{k}": v for k, v in _aggregates(counted, whole=True).items()}
    if counted.measure != "sum":
        told["_raw"] = told["_n"].copy()
    rows: QuerySet[Any] = counted.rows.order_by().annotate(_place=Value(place, output_field=IntegerField())).values("_place")
    return rows.annotate(**told).values_list("_place", *(f"_{k}" for k in _NAMES))


def _alone(counted: Counted) -> Tally:
    """A number whose rows are cut, grouped or made distinct, or whose summands are no whole numbers: a query of its own."""
    counted = own_subject(counted)
    told = {f"_{k}": v for k, v in _aggregates(counted, whole=False).items() if not isinstance(v, Value)}
    found = {k[1:]: v for k, v in counted.rows.order_by().aggregate(**told).items()}
    found.setdefault("raw", found["n"])
    return _tally({"low": 0, "high": 0, "marked": 0, **found})


def _combines(counted: Counted) -> bool:
    query = counted.rows.query
    if query.distinct or query.combinator or query.is_sliced or query.group_by is not None:
        return False
    return counted.measure != "sum" or isinstance(Sum(counted.path).resolve_expression(query.clone()).output_field, IntegerField)


def own_subject(counted: Counted) -> Counted:
    """A distinct number over references to records lists those records, whatever the rows are."""
    if counted.measure != "distinct" or counted.subject != "record":
        return counted
    model: Any = counted.rows.model
    path = counted.path.removesuffix("_id")
    for part in path.split("__"):
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return counted
        model = found.related_model
    return replace(counted, path=path, subject=path) if model is Record else counted


def _lead(counted: Counted) -> str:
    return "" if counted.rows.model is Record else f"{counted.subject}__"


def fetch(counted: Counted) -> Iterator[Line]:
    """Every counted subject, in no order; one query, and one for the mark where data are real. Refuses synthetic records among real data."""
    counted = own_subject(counted)
    if not home.is_demo() and counted.rows.filter(**{f"{_lead(counted)}synthetic": True}).exists():
        raise Refused.one("mixed_population", MIXED, field="population")
    return _lines(counted, _rows(counted).iterator(chunk_size=FETCHED))


def page(counted: Counted, start: int, size: int) -> list[Line]:
    """``size`` subjects from ``start``, in the order of their uid (of the key for a distinct value), cut by the database."""
    counted = own_subject(counted)
    order = ("_key",) if counted.measure == "distinct" else ("_uid", "pk")
    return list(_lines(counted, _rows(counted).order_by(*order)[start : start + size]))


def _uid(counted: Counted) -> Any:
    """The uid as 32 hexadecimal digits on either database."""
    return Replace(Cast(F(f"{_lead(counted)}uid"), CharField()), Value("-"), Value(""))


def _rows(counted: Counted) -> Any:
    rows = counted.rows.order_by()
    if counted.measure == "distinct":
        keyed = rows.filter(**{f"{counted.path}__isnull": False}).annotate(_key=F(counted.path)).values("_key")
        return keyed.annotate(_uid=Min(_uid(counted))).values_list("_uid", "_key")
    rows = rows.annotate(_uid=_uid(counted))
    return (
        rows.annotate(_raw=F(counted.path)).values_list("_uid", "_raw") if counted.measure == "sum" else rows.values_list("_uid", flat=True)
    )


def _lines(counted: Counted, rows: Iterable[Any]) -> Iterator[Line]:
    if counted.measure == "sum":
        return (Line(u or "", r or 0) for u, r in rows)
    if counted.measure == "count":
        return (Line(u or "", 1) for u in rows)
    same = counted.path in (counted.subject, f"{counted.subject}_id", f"{counted.subject}__pk")
    return (Line(u or "", 1, "" if same else str(k)) for u, k in rows)
