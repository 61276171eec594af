"""An old version of a record restored as a new act: the sheet's values of then go through ``change`` like any other."""

from __future__ import annotations

from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import journal
from trihelix.kernel import values as vals
from trihelix.kernel.action import find
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.models import Record
from trihelix.kernel.register import Register, attribute
from trihelix.kernel.undo import original, typed


def values_at(register: Register, record: Record, version: int) -> dict[str, Any]:
    """What the sheet's columns held at a version, for the columns that differ from now. Refuses versions that never were."""
    if not 1 <= version < record.version:
        text = f"此记录现为第 {record.version} 版，可恢复第 1 至 {record.version - 1} 版"
        raise Refused.one("no_version", text, field="version", value=version)
    then: dict[str, Any] = {}
    for row in journal.history(record):  # newest first, so the oldest change after the version wins
        if (row["version"] or 0) > version:
            then |= {name: pair[0] for name, pair in row["changes"].items()}
    return _columns(register, record, then)


def _columns(register: Register, record: Record, then: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for column in vals.own_columns(register):
        name = column.name
        link = f"link:{register.links[name][1]}" if name in register.links else ""
        if link in then:
            held = Record.objects.in_bulk(list(then[link] or []))
            out[name] = [held[pk].number for pk in then[link] or [] if pk in held]
        elif name == register.title_column and "title" in then:
            out[name] = then["title"]
        elif name == register.owner_column or name == "ref":
            continue  # whose a record is and what others call it are not part of its wording
        elif name in register.refs and f"{name}_id" in then:
            target = Record.objects.filter(pk=then[f"{name}_id"]).first()
            out[name] = target.number if target else None
        elif attribute(name) in then:
            field = register.model._meta.get_field(attribute(name))
            value = typed(field, original(record, attribute(name), then[attribute(name)]))
            out[name] = vals.typed_rows(column, value) if column.kind == "rows" else value
    return out


def restore(*, by: Actor, register: Register, record: Any, version: int, key: str | None = None) -> Any:
    """Restore a version as a new one. Refuses when nothing differs, and whatever ``change`` refuses."""
    seen = find(register, record, by)
    entry = entries(by, register.model).get(record=seen)
    if vals.hidden_columns(register, by, seen):
        raise Refused.one("hidden_column", "您不能恢复看不到全部内容的记录；由所属单位或经办人办理", field="version")
    values = values_at(register, seen, version)
    kinds = [kind for _, kind in register.links.values()]
    now = vals.to_row(register, entry, vals.linked_refs([seen], kinds).get(seen.pk))
    values = {k: v for k, v in values.items() if v != now.get(k)}
    if not values or "change" not in register.acts:
        raise Refused(Problem("nothing_differs", f"第 {version} 版与现在的内容没有不同", field="version", value=version))
    return register.acts["change"].run(by=by, record=seen.uid, version=seen.version, key=key, reason=f"恢复到第 {version} 版", **values)
