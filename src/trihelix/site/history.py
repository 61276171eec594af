"""The history of a record for reading: who did what when and why, old → new per field, without what the viewer may not read."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _

from trihelix.engines.sheets import Column
from trihelix.kernel import journal
from trihelix.kernel.actor import Actor, visible_to
from trihelix.kernel.models import JournalSeal, Record
from trihelix.kernel.register import Register, attribute
from trihelix.site import display, roles
from trihelix.site.listing import BASE

DATED = re.compile(r"\d{4}-\d\d-\d\d")
TEXT_LIMIT = 400
SILENT = ("merged_into_id", "record_id")
EMPTY = (None, "", [], {})


def events(register: Register, record: Record, actor: Actor, hide: frozenset[str]) -> list[dict[str, Any]]:
    """Events newest first, in a bounded number of queries."""
    rows = journal.history(record)
    seals = dict(JournalSeal.objects.filter(entry__in=[r["entry"].pk for r in rows]).values_list("entry_id", "seq"))
    titles = _titles(register, rows, actor)
    return [_event(register, row, hide, titles, seals) for row in rows]


def _event(register: Register, row: dict[str, Any], hide: frozenset[str], titles: dict[int, str], seals: dict[int, int]) -> dict[str, Any]:
    entry = row["entry"]
    name = entry.action.partition(".")[2]
    act = register.acts.get(name)
    word = display.words(act) if act else {"import": _("导入"), "create": _("新建"), "download": _("下载文件")}.get(name, name)
    changes = [_change(register, field, pair, hide, titles) for field, pair in row["changes"].items() if field not in SILENT]
    return {
        "act": word, "at": row["at"], "who": str(entry.actor) if entry.actor else _("系统"), "behalf": entry.on_behalf_of, "version": row["version"],
        "seq": seals.get(entry.pk), "reason": entry.reason, "changes": [c for c in changes if c is not None],
    }  # fmt: skip


def _column(register: Register, field: str) -> tuple[str, Column | None]:
    """The column that a journal field belongs to, and its label."""
    if field.startswith("link:"):
        name = next((c for c, (_target, kind) in register.links.items() if kind == field[5:]), None)
        column = register.column(name) if name else None
        return (display.words(column) if column else roles.link_word(field[5:])), column
    base = field.removesuffix("_id")
    for column in register.sheet.columns:
        if field in (column.name, attribute(column.name)) or base == column.name:
            return display.words(column), column
    if base in BASE:
        return display.words(BASE[base]), BASE[base]
    extra = {"visibility": _("公开范围"), "message": _("消息"), "file": _("文件"), "number": _("编号"), "rows": _("行数")}
    return extra.get(field, field), None


def _change(register: Register, field: str, pair: list[Any], hide: frozenset[str], titles: dict[int, str]) -> dict[str, Any] | None:
    label, column = _column(register, field)
    if column is not None and column.name in hide:
        return {"label": label, "hidden": True}
    if field == "ref" and pair[0] is None:
        return None  # the key that the system gave
    old, new = (_text(register, field, column, v, titles) for v in pair)
    return {"label": label, "hidden": False, "old": old, "new": new, "first": pair[0] in EMPTY}


def _text(register: Register, field: str, column: Column | None, value: Any, titles: dict[int, str]) -> Any:
    if value in EMPTY:
        return _("（空）")
    if isinstance(value, dict) and set(value) == {"hmac"}:
        return _("（个人信息，链中只存摘要）")
    if field == "visibility":
        return roles.visibility_word(value)
    if isinstance(value, str) and DATED.match(value) and (field.endswith("_at") or (column is not None and column.kind == "date")):
        return _dated(value)
    if field == "state":
        return register.state_label(value, "en" if display.english() else "zh")
    if field.endswith("_id") or field.startswith("link:"):
        ids = value if isinstance(value, list) else [value]
        return _("、").join(titles.get(i, _("（不可查看的记录）")) for i in ids)
    if isinstance(value, dict):
        return value.get("name") or " ".join(f"{k}={v}" for k, v in value.items())
    if isinstance(value, str) and len(value) > TEXT_LIMIT:
        return value[:TEXT_LIMIT] + "…"
    return display.value(column, value) if column is not None else display.value(None, value)


def _dated(value: str) -> str:
    """A stored date or moment as it reads on a page."""
    return display.moment(dt.datetime.fromisoformat(value)) if "T" in value else display.day(dt.date.fromisoformat(value))


def _titles(register: Register, rows: list[dict[str, Any]], actor: Actor) -> dict[int, str]:
    """Titles of the records that changes point to, as far as the viewer sees them: one query."""
    ids: set[int] = set()
    for row in rows:
        for field, pair in row["changes"].items():
            if field.endswith("_id") or field.startswith("link:"):
                for value in pair:
                    ids |= {v for v in (value if isinstance(value, list) else [value]) if isinstance(v, int)}
    return dict(visible_to(actor, Record.objects.filter(pk__in=ids)).values_list("pk", "title")) if ids else {}
