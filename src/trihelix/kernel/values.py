"""From a sheet's values to a typed row and back: references, links, owner, node — shared by forms, API and imports."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import Q, QuerySet

from trihelix.engines.errors import Problem
from trihelix.engines.sheets import Column
from trihelix.kernel.actor import Actor, visible_to
from trihelix.kernel.models import Link, Record
from trihelix.kernel.register import Register, attribute, register_of

SYSTEM_COLUMNS = ("uid", "number", "version", "synthetic", "state")
NUMBERS = ("integer", "decimal", "money_wan", "money_yuan")
RANGES = BaseDatabaseOperations.integer_field_ranges
PRIVILEGED = frozenset({"officer", "operator", "admin"})


def own_columns(register: Register) -> list[Column]:
    """Columns that a form or API body may set: the sheet without what the system keeps."""
    return [c for c in register.sheet.columns if c.name not in SYSTEM_COLUMNS]


def names_of(value: Any) -> list[str]:
    """The reference names in a cell: one or several."""
    if value in (None, ""):
        return []
    return [str(v).strip() for v in value] if isinstance(value, list | tuple) else [str(value).strip()]


def lookup(register_id: str, names: Iterable[str], by: Actor) -> dict[str, list[Record]]:
    """Records by ref, number, uid or exact title, visible to the actor; several where ambiguous. Two queries at most."""
    wanted = sorted({n for n in names if n})
    out: dict[str, list[Record]] = defaultdict(list)
    for i in range(0, len(wanted), 400):
        part = wanted[i : i + 400]
        uids = [uuid.UUID(n) for n in part if len(n) in (32, 36) and _is_uuid(n)]
        scoped = visible_to(by, Record.objects.filter(register=register_id)).select_related("node", "owner", "merged_into")
        named = Q(ref__in=part) | Q(number__in=part)
        for record in scoped.filter(named | Q(uid__in=uids) if uids else named):
            target = record.merged_into or record
            for name in {record.ref, record.number, str(record.uid)} & set(part):
                out[name].append(target)
        titles = [n for n in part if n not in out]
        for record in scoped.filter(title__in=titles, merged_into=None) if titles else ():
            out[record.title].append(record)
    return out


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def reference_columns(register: Register) -> dict[str, str]:
    """Column → register it points to, for foreign keys, links and the owner."""
    out = {**register.refs, **{c: target for c, (target, _) in register.links.items()}}
    if register.column(register.owner_column) is not None and register.owner_column not in out:
        out[register.owner_column] = "bodies"
    return out


def load_context(register: Register, rows: Iterable[Mapping[str, Any]], by: Actor) -> dict[str, dict[str, list[Record]]]:
    """All records that the rows refer to, loaded before any decision: column → name → records."""
    rows = list(rows)
    wanted: dict[str, set[str]] = defaultdict(set)
    for column, target in reference_columns(register).items():
        for row in rows:
            wanted[target].update(names_of(row.get(column)))
    found = {target: lookup(target, names, by) for target, names in wanted.items()}
    return {column: found.get(target, {}) for column, target in reference_columns(register).items()}


def resolve(
    register: Register, row: Mapping[str, Any], context: Mapping[str, Mapping[str, list[Record]]]
) -> tuple[dict[str, list[Record]], list[Problem]]:
    """The records behind a row's reference cells, and a problem for each name that is unknown or ambiguous."""
    out: dict[str, list[Record]] = {}
    problems: list[Problem] = []
    for column, target in reference_columns(register).items():
        hits: list[Record] = []
        label = register_of(target).zh
        for name in names_of(row.get(column)):
            found = list(dict.fromkeys(context.get(column, {}).get(name, [])))
            if not found:
                problems.append(
                    Problem("unknown_reference", f"{label}中没有 “{name}”；请填编号、统一社会信用代码或全称", field=column, value=name)
                )
            elif len(found) > 1:
                numbers = "、".join(f.number for f in found[:5])
                problems.append(
                    Problem("ambiguous_reference", f"“{name}” 对应多条{label}（{numbers}），请填编号", field=column, value=name)
                )
            else:
                hits.append(found[0])
        out[column] = hits
    return out, problems


def decide_owner(register: Register, by: Actor, hits: Mapping[str, list[Record]]) -> tuple[Record | None, list[Problem]]:
    """Whose record it becomes: as named, else the actor's only body; a body's people write only for their own."""
    named = hits.get(register.owner_column) or []
    if named:
        owner = named[0]
        if by.sees_all or owner.pk in by.bodies or owner.pk == by.person_id or (owner.node_id in by.node_ids):
            return owner, []
        return None, [
            Problem("not_yours", f"您不能以 “{owner.title}” 的名义填报；请改为本单位", field=register.owner_column, value=owner.ref)
        ]
    if len(by.bodies) == 1:
        return Record.objects.select_related("node").get(pk=next(iter(by.bodies))), []
    column = register.column(register.owner_column)
    if column is not None and register.owner_required:
        return None, [Problem("required", f"请填写 “{column.zh}”", field=register.owner_column)]
    return None, []


def apply(
    register: Register, entry: Any, record: Record, values: Mapping[str, Any], hits: Mapping[str, list[Record]]
) -> dict[str, list[Record]]:
    """Set the given columns on a typed row; returns link kinds to write once the row is saved."""
    links: dict[str, list[Record]] = {}
    for name, value in values.items():
        if name in SYSTEM_COLUMNS or name in ("ref", register.owner_column):
            continue
        if name in register.links:
            links[register.links[name][1]] = hits.get(name, [])
        elif name in register.refs:
            setattr(entry, name, next(iter(hits.get(name) or ()), None))
        elif name == register.title_column:
            record.title = str(value or "").strip()
        else:
            column = register.column(name)
            if column is not None and column.kind == "rows":
                value, held = stored_rows(value), getattr(entry, attribute(name))
                if held and _row_values(column, value) == _row_values(column, held):
                    continue  # the same rows in another spelling: what acts keep beside the columns stays
            _set(entry, attribute(name), value)
    derived = {f.attname: getattr(entry, f.attname) for f in entry._meta.concrete_fields if not f.primary_key}  # references by their key
    derived["_title"] = record.title  # to be read: some columns are derived from it
    before = dict(derived)
    register.prepare(derived)
    for key, value in derived.items():
        if value != before.get(key):
            setattr(entry, key, value)
    return links


def misfits(register: Register, row: Mapping[str, Any]) -> list[Problem]:
    """Values that the table cannot hold (too long, out of range), told by column before the database would refuse them."""
    problems: list[Problem] = []
    for name, value in row.items():
        if value in (None, "", []) or name in SYSTEM_COLUMNS or name in register.links or name in register.refs:
            continue
        on_record = name in ("ref", register.title_column)
        try:
            field = (
                Record._meta.get_field("ref" if name == "ref" else "title")
                if on_record
                else register.model._meta.get_field(attribute(name))
            )
            field.run_validators(value)  # type: ignore[union-attr]
            low, high = RANGES.get(field.get_internal_type(), (None, None))
            if low is not None and not low <= value <= high:  # SQLite would hold what PostgreSQL refuses
                raise ValidationError("range", code="range")
        except FieldDoesNotExist:
            continue
        except ValidationError as exc:
            column = register.column(name)
            label = column.zh if column else name
            codes = {"max_length": ("too_long", f"“{label}”过长，最多 {getattr(field, 'max_length', None)} 个字符")}
            code, text = codes.get(exc.error_list[0].code or "", ("out_of_range", f"“{label}”的值超出允许的范围"))
            problems.append(Problem(code, text, field=name, value=str(value)[:60]))
    return problems


def _set(entry: Any, name: str, value: Any) -> None:
    field = entry._meta.get_field(name)
    if value is None and not field.null:
        value = [] if field.get_internal_type() == "JSONField" else field.get_default()
    setattr(entry, name, value)


def write_links(record: Record, links: Mapping[str, list[Record]], now: Any) -> dict[str, list[Any]]:
    """Make the record's links of the given kinds exactly these, in order; returns what changed for the journal."""
    changes: dict[str, list[Any]] = {}
    for kind, targets in links.items():
        old = list(record.links_out.filter(kind=kind).order_by("position").values_list("target_id", flat=True))
        new = [t.pk for t in targets]
        if old == new:
            continue
        record.links_out.filter(kind=kind).delete()
        Link.objects.bulk_create(Link(source=record, target_id=t, kind=kind, position=i, at=now) for i, t in enumerate(dict.fromkeys(new)))
        changes[f"link:{kind}"] = [old, new]
    return changes


def to_row(
    register: Register, entry: Any, linked: Mapping[str, list[str]] | None = None, hide: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The sheet row of a typed row: what an export writes and a form shows."""
    record = entry.record
    row: dict[str, Any] = {}
    for column in register.sheet.columns:
        name = column.name
        if name in hide:
            row[name] = None
        elif name in SYSTEM_COLUMNS or name == "ref":
            value = getattr(record, name)
            row[name] = str(value) if name == "uid" else value
        elif name in register.links:
            row[name] = list((linked or {}).get(register.links[name][1], ()))
        elif name == register.title_column:
            row[name] = record.title
        elif name == register.owner_column:
            row[name] = record.owner.ref if record.owner else None
        elif name in register.refs:
            target = getattr(entry, name)
            row[name] = target.ref if target else None
        else:
            value = getattr(entry, attribute(name))
            row[name] = typed_rows(column, value) if column.kind == "rows" else value
    return row


def _row_values(column: Column, rows: Any) -> list[dict[str, Any]] | None:
    """Repeated rows by what their columns say: blanks left out, numbers by value."""
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        return None
    kinds = {c.name: c.kind for c in column.rows}
    out = []
    for row in rows:
        kept = {name: row.get(name) for name in kinds if row.get(name) not in (None, "", [])}
        out.append({k: _number(v) if kinds[k] in NUMBERS else v for k, v in kept.items()})
    return out


def _number(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value


def stored_rows(rows: Any) -> Any:
    """Repeated rows as JSON holds them: dates as ISO text, decimals as text."""
    if not isinstance(rows, list):
        return rows
    return [{k: str(v) if isinstance(v, dt.date | Decimal) else v for k, v in row.items()} for row in rows]


def typed_rows(column: Column, rows: Any) -> Any:
    """Repeated rows as a sheet reads them: the inverse of :func:`stored_rows`."""
    readers: dict[str, Callable[[str], Any]] = {"date": dt.date.fromisoformat, "decimal": Decimal}
    kinds = {c.name: readers[c.kind] for c in column.rows if c.kind in readers}
    if not isinstance(rows, list) or not kinds:
        return rows
    return [{k: kinds[k](str(v)) if k in kinds and v is not None else v for k, v in row.items()} for row in rows]


def linked_refs(records: Iterable[Record], kinds: Iterable[str]) -> dict[int, dict[str, list[str]]]:
    """``{record id: {kind: [ref of target, in order]}}`` in one query per 500 records."""
    out: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    kinds = list(kinds)
    ids = list(dict.fromkeys(r.pk for r in records))  # a record named twice must not answer twice
    if not kinds:
        return out
    for i in range(0, len(ids), 500):
        links = Link.objects.filter(source_id__in=ids[i : i + 500], kind__in=kinds).order_by("position", "id")
        for source, kind, ref in links.values_list("source_id", "kind", "target__ref"):
            out[source][kind].append(ref)
    return out


def hidden_columns(register: Register, by: Actor, record: Record, roles: frozenset[str] | None = None) -> frozenset[str]:
    """Columns this viewer may not read on this record: confidential and personal parts."""
    if by.sees_all:
        return frozenset()
    roles = by.roles_on(record) if roles is None else roles
    if roles & {"owner", "node", "author"}:
        return frozenset()
    if (
        roles
        and record.participants.filter(Q(body_id__in=by.bodies) | Q(user_id__in=by.own_ids), until=None)
        .exclude(confidential_at=None)
        .exists()
    ):
        return frozenset()
    return register.confidential | register.personal | masked(register, record.entry if register.owner_masked else None)


def masked(register: Register, entry: Any) -> frozenset[str]:
    """The owner column where the record is anonymous."""
    hidden = register.owner_masked is not None and entry is not None and register.owner_masked(entry)
    return frozenset({register.owner_column}) if hidden else frozenset()


def unmasked(register: Register, by: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that may be found by their owner: anonymous ones only by those who know it anyway."""
    if register.owner_masked_q is None or by.sees_all:
        return queryset
    return queryset.exclude(register.owner_masked_q & ~Q(record__owner_id__in=by.bodies) & ~Q(record__node_id__in=by.node_ids))


def hidden_for_list(register: Register, by: Actor, entry: Any) -> frozenset[str]:
    """As :func:`hidden_columns` without a query a row, for lists and exports: case participants open the record page instead."""
    record = entry.record
    if by.sees_all or record.owner_id in by.bodies or record.pk in by.bodies or (record.node_id and record.node_id in by.node_ids):
        return frozenset()
    return register.confidential | register.personal | masked(register, entry)
