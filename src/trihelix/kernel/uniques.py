"""What a table's uniqueness would refuse, told by row before a bulk write: a bounded number of queries for each constraint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models

from trihelix.engines.errors import Problem
from trihelix.kernel.register import Register

CHUNK = 400


def _named(condition: Any) -> set[str]:
    """The fields that a condition speaks of."""
    if isinstance(condition, models.Q):
        return {name for child in condition.children for name in _named(child)}
    return {str(condition[0]).split("__")[0]}


def unique_sets(model: Any) -> Iterator[tuple[tuple[str, ...], bool]]:
    """``(columns, blanks allowed)`` of every plain uniqueness; conditions on other columns are left to the database."""
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key:
            yield (field.attname,), False
    for constraint in model._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint) or not constraint.fields:
            continue
        if constraint.condition is None or _named(constraint.condition) <= set(constraint.fields):
            yield tuple(model._meta.get_field(f).attname for f in constraint.fields), constraint.condition is not None


def clashes(register: Register, placed: Sequence[tuple[int, Any]]) -> list[Problem]:
    """A problem for each row whose typed values another row of the file or another record holds; ``placed`` is row number and typed row.

    Two records cannot change places in one import: SQLite looks at each row as it is written.
    """
    problems: list[Problem] = []
    model: Any = register.model
    for columns, conditional in unique_sets(model):
        wanted: dict[tuple[Any, ...], tuple[int, Any]] = {}
        for number, entry in placed:
            values = tuple(getattr(entry, c) for c in columns)
            if None in values or (conditional and "" in values):
                continue
            if values in wanted:
                problems.append(_problem(register, columns, number, f"与第 {wanted[values][0]} 行"))
            wanted.setdefault(values, (number, entry.pk))
        firsts = sorted({v[0] for v in wanted}, key=str)
        for i in range(0, len(firsts), CHUNK):
            held = model._base_manager.filter(**{f"{columns[0]}__in": firsts[i : i + CHUNK]}).values_list("pk", *columns)
            for pk, *values in held:
                number, own = wanted.get(tuple(values), (0, pk))
                if own != pk:
                    problems.append(_problem(register, columns, number, "与已有记录"))
    return problems


def _problem(register: Register, columns: tuple[str, ...], number: int, whom: str) -> Problem:
    names = [c.removesuffix("_id") for c in columns]
    found = [register.column(n) or register.column(f"{n.removesuffix('_fen')}_wan") for n in names]
    labels = "、".join(c.zh if c else n for c, n in zip(found, names, strict=True))
    return Problem("value_taken", f"{whom}的“{labels}”相同，不能重复", field=names[-1], row=number)
