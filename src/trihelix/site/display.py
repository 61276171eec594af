"""How values read on a page: dates with weekday, money with unit, choices by their words, states as chips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from trihelix.engines import money
from trihelix.kernel import book, clock
from trihelix.kernel.register import Register

EMPTY = mark_safe('<span class="none">—</span>')
WEEKDAYS_ZH = "一二三四五六日"
SHAPES = {"initial": "○", "normal": "◐", "end": "●", "failed": "✕"}  # a state never differs by colour alone


def english() -> bool:
    """Whether the page is shown in English."""
    return (get_language() or "").startswith("en")


def words(thing: Any) -> str:
    """The Chinese or English name of a thing that carries both; Chinese where English is missing."""
    if isinstance(thing, Mapping):
        return str((thing.get("en") if english() else None) or thing.get("zh", ""))
    if isinstance(thing, tuple | list) and len(thing) == 2:
        return str((thing[1] if english() else None) or thing[0])
    return str((getattr(thing, "en", None) if english() else None) or getattr(thing, "zh", thing))


def day(value: dt.date | None) -> str:
    """``2025年5月28日（周三）`` or ``Wed 28 May 2025``."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = clock.local_date(value)
    if english():
        return f"{value:%a} {value.day} {value:%b} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日（周{WEEKDAYS_ZH[value.weekday()]}）"


def moment(value: dt.datetime | None) -> str:
    """Date and time in Jilin: ``2025年5月28日 14:03``."""
    if value is None:
        return ""
    local = value.astimezone(clock.SHANGHAI)
    date = f"{local.day} {local:%b} {local.year}" if english() else f"{local.year}年{local.month}月{local.day}日"
    return f"{date} {local:%H:%M}"


def days_left(due: dt.datetime | dt.date, today: dt.date | None = None) -> tuple[str, str]:
    """What is left until a due day in working days, and how urgent it is: ``late``, ``today``, ``soon`` or ``later``."""
    last = clock.local_date(due) if isinstance(due, dt.datetime) else due
    today = today or clock.today()
    if last == today:
        return _("今天到期"), "today"
    count = book.current().calendar.working_days_between(today, last).days
    if last < today:
        late = abs(count)
        return ngettext("已逾期 %(n)d 个工作日", "已逾期 %(n)d 个工作日", late) % {"n": late}, "late"
    text = ngettext("还有 %(n)d 个工作日", "还有 %(n)d 个工作日", count) % {"n": count}
    return text, "soon" if count <= 3 else "later"


def money_fen(value: int | None, unit: str = "yuan") -> str:
    """Fen in the unit of its column: ``1,234.56 元`` or ``120 万元``."""
    if value is None:
        return ""
    if unit == "wan":
        return f"{money.format_wan(int(value))} {_('万元')}"
    return f"{money.format_fen(int(value))} {_('元')}"


def number(value: Any) -> str:
    """A number with thousands separators and the digits it has."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{value:,}"


def chip(register: Register, state: str) -> SafeString:
    """The state as a chip: a shape and a word."""
    found = next((s for s in register.flow.states if s.id == state), None)
    kind = found.kind if found else "normal"
    return format_html(
        '<span class="chip chip-{}"><span aria-hidden="true">{}</span> {}</span>', kind, SHAPES.get(kind, "○"), words(found or state)
    )


def choice_word(column: Any, value: Any) -> str:
    """The word of a choice, or the value itself when the list no longer has it."""
    found = column.choices.get(value) if column is not None else None
    return words(found) if found else str(value)


def table(rows: list[Mapping[str, Any]], columns: Mapping[str, Any]) -> SafeString:
    """Rows kept in one column (such as core indicators) as a small table."""
    names = list(columns) or list(dict.fromkeys(k for row in rows for k in row))
    cells = [[value(columns.get(n), row.get(n)) for n in names] for row in rows]
    head = format_html_join("", '<th scope="col">{}</th>', ((words(columns.get(n, n)),) for n in names))
    body = format_html_join("", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((c,) for c in line)),) for line in cells))
    return format_html(
        '<div class="scroll" tabindex="0"><table class="inner"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>', head, body
    )


def value(column: Any, raw: Any) -> SafeString | str:
    """Any value of a sheet column as it reads on a page."""
    if raw is None or raw in ("", [], {}):
        return EMPTY
    kind = column.kind if column is not None else ""
    if isinstance(raw, bool):
        return _("是") if raw else _("否")
    if kind.startswith("money"):
        return format_html('<span class="num">{}</span>', money_fen(raw, "wan" if kind.endswith("wan") else "yuan"))
    if isinstance(raw, dt.datetime):
        return moment(raw)
    if isinstance(raw, dt.date):
        return day(raw)
    if isinstance(raw, list | tuple):
        return _several(column, list(raw))
    if isinstance(raw, int | float | Decimal | Fraction):
        unit = f" {column.unit}" if column is not None and column.unit else ""
        return format_html('<span class="num">{}{}</span>', number(raw), unit)
    if isinstance(raw, Mapping):
        return table([raw], {})
    if column is not None and column.choices:
        return choice_word(column, raw)
    if kind == "longtext":
        return format_html('<span class="prose">{}</span>', raw)
    return str(raw)


def _several(column: Any, raw: list[Any]) -> SafeString:
    if isinstance(raw[0], Mapping):
        return table(raw, {c.name: c for c in column.rows} if column is not None else {})
    return format_html_join("", '<span class="tag">{}</span> ', ((choice_word(column, v),) for v in raw))


def highlighted(highlight: Mapping[str, Any]) -> SafeString:
    """A snippet with its marked words."""
    text, parts, at = highlight["snippet"], [], 0
    for start, end in highlight["marks"]:
        if start >= at:
            parts.append(format_html("{}<mark>{}</mark>", text[at:start], text[start:end]))
            at = end
    return format_html("{}{}", format_html_join("", "{}", ((p,) for p in parts)), text[at:])
