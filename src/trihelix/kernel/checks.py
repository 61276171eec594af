"""Row checks and default values that many sheets share: each yields problems by column, or fills blanks before writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel import clock

Row = Mapping[str, Any]


def past(row: Row, *names: str) -> Iterable[Problem]:
    """Days that say what happened lie not in the future."""
    for name in names:
        if row.get(name) and row[name] > clock.today():
            yield Problem("date_future", f"日期 {row[name]} 在今天之后，请核对", field=name, value=str(row[name]))


def order(row: Row, first: str, last: str) -> Iterable[Problem]:
    """The later day may not lie before the earlier one."""
    if row.get(first) and row.get(last) and row[last] < row[first]:
        yield Problem("date_order", "止日早于起日", field=last, value=str(row[last]))


def not_negative(row: Row, *names: str) -> Iterable[Problem]:
    """Numbers may not be negative."""
    for name in names:
        if row.get(name) is not None and row[name] < 0:
            yield Problem("negative", "数值不能为负", field=name, value=str(row[name]))


def no_new_rows(row: Row, context: Row) -> Iterable[Problem]:
    """Records that come from acts cannot be imported; an export of them may come back."""
    if context.get("import") and not row.get("number"):
        yield Problem("not_importable", "此类记录由办理产生，不能导入新记录", field="ref")


def fill(*names: str, **defaults: Any) -> Callable[[dict[str, Any]], None]:
    """A ``prepare`` that makes unanswered yes/no columns no, and fills blanks with ``defaults``."""

    def prepare(values: dict[str, Any]) -> None:
        for name in names:
            values[name] = bool(values.get(name))
        for name, value in defaults.items():
            values[name] = values.get(name) or value

    return prepare
