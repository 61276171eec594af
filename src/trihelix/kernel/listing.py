"""One way to choose records for list, API and export: filters by name, a total order, pages by cursor. Bounded, scoped, no guesses.

Filters are ``column=value`` (repeated: any of them) or ``column__op=value`` with op ``gte``, ``lte``, ``contains``, ``not`` or
``empty`` (true/false). Columns are those of the sheet and of the base record; money columns also under their ``…_fen`` name.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import parse
from trihelix.kernel import values as vals
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.bulk import columns_attribute
from trihelix.kernel.errors import Denied
from trihelix.kernel.register import Register, attribute

OPERATORS = ("gte", "lte", "contains", "not", "empty")
BASE: Mapping[str, str] = {
    "uid": "text", "number": "text", "ref": "text", "title": "text", "state": "text", "visibility": "text", "synthetic": "boolean",
    "version": "integer", "created_at": "moment", "updated_at": "moment", "owner": "record", "node": "record",
}  # fmt: skip
ORDERED = ("integer", "decimal", "date", "moment", "money_wan", "money_yuan")
UNSORTABLE = ("list", "rows", "longtext")
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Page:
    """One page of typed rows and the cursor of the next (empty: none)."""

    entries: list[Any]
    next: str


def filterable(register: Register) -> dict[str, str]:
    """Name → kind of everything one may filter by."""
    out = dict(BASE)
    if register.column(register.owner_column) is None:
        del out["owner"]  # a register that does not name its owner is not searched by it either
    for column in register.sheet.columns:
        if (
            column.name in vals.SYSTEM_COLUMNS
            or column.name in ("ref", register.title_column, register.owner_column)
            or column.kind == "rows"
        ):
            continue
        out[column.name] = column.kind
        if column.kind in ("money_wan", "money_yuan"):
            out[attribute(column.name)] = "integer"
    return out


def sortable(register: Register) -> list[str]:
    """Names one may sort by; each also with a leading ``-``."""
    linked = set(register.links)
    return [n for n, kind in filterable(register).items() if kind not in UNSORTABLE and n not in linked]


def hidden(register: Register, name: str, by: Actor) -> bool:
    """Whether filtering or sorting by a column would tell more than the viewer may read."""
    secret = register.confidential | register.personal
    return not by.sees_all and (name in secret or any(attribute(c) == name for c in secret))


def foreign(register: Register) -> list[str]:
    """Sheet columns that are foreign keys of the register's own table (the owner is one of the base record)."""
    return [c for c in register.refs if c != register.owner_column]


def _split(name: str) -> tuple[str, str]:
    column, sign, operator = name.rpartition("__")
    return (column, operator) if sign and operator in OPERATORS else (name, "")


def chosen(register: Register, by: Actor, filters: Iterable[tuple[str, str]], q: str = "") -> models.QuerySet[Any]:
    """The visible rows that meet all filters. Refuses unknown names and wrong values, each by name."""
    grouped: dict[str, list[str]] = {}
    for name, value in filters:
        grouped.setdefault(name, []).append(value)
    known, problems = filterable(register), []
    found = entries(by, register.model).filter(record__register=register.id)
    for name, given in grouped.items():
        column, operator = _split(name)
        if column not in known:
            problems.append(Problem("unknown_filter", f"没有筛选项 “{name}”；可用：{'、'.join(known)}", field=name))
        elif hidden(register, column, by):
            raise Denied(Problem("hidden_column", f"您不能按 “{column}” 筛选：它含保密或个人信息", field=name))
        else:
            try:
                if column in ("owner", register.owner_column):
                    found = vals.unmasked(register, by, found)
                found = _apply(found, register, column, operator, given, known[column], by)
            except Refused as refusal:
                problems += [p.at(field=name) for p in refusal.problems]
    if problems:
        raise Refused.of(problems)
    if q.strip():
        for word in q.split()[:8]:
            found = found.filter(Q(record__title__icontains=word) | Q(record__number__icontains=word) | Q(record__ref__icontains=word))
    return found


def _apply(
    found: models.QuerySet[Any], register: Register, column: str, operator: str, given: Sequence[str], kind: str, by: Actor
) -> models.QuerySet[Any]:
    if operator == "empty":
        return _empty(found, register, column, kind, given[-1])
    if kind == "record" or column in register.refs or column in register.links:
        return _by_record(found, register, column, operator, given, by)
    path = columns_attribute(register, column)
    if kind == "list":
        return _by_list(found, path, operator, given)
    if operator == "contains":
        if kind not in ("text", "longtext", "code"):
            raise Refused.one("bad_operator", f"“{column}” 不能用 contains 筛选", field=column)
        condition = Q()
        for text in given:
            condition |= Q(**{f"{path}__icontains": _clean(text, column)})
        return found.filter(condition)
    if operator in ("gte", "lte") and kind not in ORDERED:
        raise Refused.one("bad_operator", f"“{column}” 不能比较大小", field=column)
    values = [read(register, column, kind, text) for text in given]
    if operator in ("gte", "lte"):
        return found.filter(**{f"{path}__{operator}": values[-1]})
    condition = Q(**{f"{path}__in": values})
    return found.exclude(condition) if operator == "not" else found.filter(condition)


def _empty(found: models.QuerySet[Any], register: Register, column: str, kind: str, text: str) -> models.QuerySet[Any]:
    wanted = read_boolean(text, column)
    if column in register.links:
        linked = Q(record__links_out__kind=register.links[column][1])
        return (found.exclude(linked) if wanted else found.filter(linked)).distinct()
    path = f"record__{column}" if kind == "record" else column if column in foreign(register) else columns_attribute(register, column)
    field = field_at(register.model, path)
    blank = Q(**{f"{path}__isnull": True})
    if kind == "list":
        blank |= Q(**{path: []})
    elif isinstance(field, models.CharField | models.TextField):
        blank |= Q(**{path: ""})
    return found.filter(blank) if wanted else found.exclude(blank)


def _by_record(
    found: models.QuerySet[Any], register: Register, column: str, operator: str, given: Sequence[str], by: Actor
) -> models.QuerySet[Any]:
    target = "nodes" if column == "node" and column not in foreign(register) else vals.reference_columns(register).get(column, "bodies")
    names = [_clean(n, column) for n in given]
    hits = vals.lookup(target, names, by)
    ids = [r.pk for n in names for r in hits.get(n, [])]
    if column in register.links:
        condition = Q(record__links_out__kind=register.links[column][1], record__links_out__target_id__in=ids)
    elif column in foreign(register):
        condition = Q(**{f"{column}_id__in": ids})
    else:
        condition = Q(**{f"record__{'node' if column == 'node' else 'owner'}_id__in": ids})
    if operator not in ("", "not"):
        raise Refused.one("bad_operator", f"“{column}” 只能按编号筛选", field=column)
    chosen_rows = found.exclude(condition) if operator == "not" else found.filter(condition)
    return chosen_rows.distinct() if column in register.links else chosen_rows


def _by_list(found: models.QuerySet[Any], path: str, operator: str, given: Sequence[str]) -> models.QuerySet[Any]:
    if operator not in ("", "not", "contains"):
        raise Refused.one("bad_operator", f"“{path}” 是列表，不能比较大小", field=path)
    name, condition = f"text_of_{path}", Q()
    found = found.annotate(**{name: Cast(path, models.TextField())})
    for value in given:  # a JSON list holds the quoted value, in either spelling of non-ASCII text
        for spelling in {json.dumps(value), json.dumps(value, ensure_ascii=False)}:
            condition |= Q(**{f"{name}__contains": spelling})
    return found.exclude(condition) if operator == "not" else found.filter(condition)


def read(register: Register, column: str, kind: str, text: str) -> Any:
    """A filter's value from its text. Refuses by name."""
    declared = register.column(column)
    if declared is not None and column not in BASE:
        value = parse(declared, text)
        if value is None:
            raise Refused.one("bad_value", "请给出筛选值", field=column)
        return value
    if kind == "boolean":
        return read_boolean(text, column)
    if kind == "integer":
        return _integer(text, column)
    if kind == "moment":
        return _moment(text, column)
    if column == "uid":
        try:
            return UUID(text)
        except ValueError:
            raise Refused.one("bad_value", f"“{text}” 不是 UUID", field=column, value=text) from None
    return _clean(text, column)


def _clean(text: str, column: str) -> str:
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise Refused.one("bad_value", "含有不能储存的字符", field=column)
    return text.strip()


def _integer(text: str, column: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise Refused.one("bad_number", f"“{text}” 应为整数", field=column, value=text) from None
    if not -LARGEST <= number <= LARGEST:
        raise Refused.one("bad_number", f"“{text}” 超出范围", field=column, value=text)
    return number


def _moment(text: str, column: str) -> dt.datetime:
    from trihelix.kernel.clock import SHANGHAI

    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Refused.one("bad_date", f"“{text}” 应写成 2026-05-28 或 2026-05-28T09:00:00+08:00", field=column, value=text) from None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def read_boolean(text: str, column: str) -> bool:
    """``true`` or ``false`` (also 1/0, 是/否)."""
    known = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}
    if text.strip().lower() not in known:
        raise Refused.one("bad_boolean", f"“{text}” 应为 true 或 false", field=column, value=text)
    return known[text.strip().lower()]


def field_at(model: type[models.Model], path: str) -> models.Field[Any, Any]:
    """The field that a query path ends in."""
    here: Any = model
    field: Any = None
    for step in path.split("__"):
        field = here._meta.get_field(step)
        here = field.related_model
    return field  # type: ignore[no-any-return]


def nullable(model: type[models.Model], path: str) -> bool:
    """Whether the value at a query path may be empty."""
    here: Any = model
    for step in path.split("__"):
        field = here._meta.get_field(step)
        if field.null:
            return True
        here = field.related_model
    return False


def page(found: models.QuerySet[Any], register: Register, by: Actor, *, sort: str = "", cursor: str = "", limit: int = 50) -> Page:
    """One page in a total order (the sort column, empty values last, then the key). Refuses unknown columns and broken cursors."""
    name = sort or "-created_at"
    column, down = name.removeprefix("-"), name.startswith("-")
    if column not in sortable(register):
        raise Refused.one("unknown_sort", f"不能按 “{column}” 排序；可用：{'、'.join(sortable(register))}", field="sort", value=sort)
    if hidden(register, column, by):
        raise Denied(Problem("hidden_column", f"您不能按 “{column}” 排序：它含保密或个人信息", field="sort"))
    path = (
        f"record__{column}__title"
        if column in ("owner", "node") and column not in foreign(register)
        else columns_attribute(register, column)
    )
    last = True if nullable(register.model, path) else None  # only then: a plain order can be read from the index
    order = F(path).desc(nulls_last=last) if down else F(path).asc(nulls_last=last)
    if column in ("owner", register.owner_column):
        found = vals.unmasked(register, by, found)
    if cursor:
        found = found.filter(_after(register, path, down, name, cursor))
    rows = list(found.order_by(order, "pk")[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, _cursor(name, _value_at(rows[-1], path), rows[-1].pk) if more else "")


def _value_at(entry: Any, path: str) -> Any:
    value = entry
    for step in path.split("__"):
        value = getattr(value, step) if value is not None else None
    return value


def _cursor(name: str, value: Any, pk: int) -> str:
    plain = value.isoformat() if isinstance(value, dt.date) else str(value) if isinstance(value, UUID | Decimal) else value
    return base64.urlsafe_b64encode(json.dumps([name, plain, pk], ensure_ascii=False).encode()).decode().rstrip("=")


def _after(register: Register, path: str, down: bool, name: str, cursor: str) -> Q:
    try:
        held, plain, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        value = None if plain is None else field_at(register.model, path).to_python(plain)
        if held != name or type(pk) is not int or abs(pk) > LARGEST or (isinstance(value, int) and abs(value) > LARGEST):
            raise ValueError(cursor)
    except (ValueError, TypeError, binascii.Error, UnicodeError, ValidationError, FieldDoesNotExist, OverflowError, RecursionError):
        raise Refused.one("bad_cursor", "游标无效或与排序不符，请从第一页重新读取", field="cursor") from None
    if value is None:
        return Q(**{f"{path}__isnull": True, "pk__gt": pk})
    beyond = "lt" if down else "gt"
    rest = Q(**{f"{path}__{beyond}": value}) | Q(**{path: value, "pk__gt": pk})
    return rest | Q(**{f"{path}__isnull": True}) if nullable(register.model, path) else rest
