"""Tags and filters of every template (built in by the settings)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from trihelix.kernel.register import REGISTERS, Register
from trihelix.site import display
from trihelix.site import help as helps

register = template.Library()


@register.filter
def label(thing: Any) -> str:
    """The name of a register, column, state or act in the current language."""
    return display.words(thing)


@register.filter
def money_fen(value: int | None, unit: str = "yuan") -> str:
    """Fen as money text in ``yuan`` or ``wan``."""
    return display.money_fen(value, unit)


@register.filter
def day(value: dt.date | None) -> str:
    """A date with its weekday."""
    return display.day(value)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A moment in Jilin's time."""
    return display.moment(value)


@register.filter
def register_of(register_id: str) -> Register | None:
    """The declaration of a register, if it is installed."""
    return REGISTERS.get(register_id)


@register.simple_tag
def state_chip(of: Register | str, state: str) -> SafeString | str:
    """The state of a record as a chip."""
    found = REGISTERS.get(of) if isinstance(of, str) else of
    return display.chip(found, state) if found else state


@register.simple_tag
def cell(column: Any, value: Any) -> SafeString | str:
    """A value of a sheet column as it reads on a page."""
    return display.value(column, value)


@register.simple_tag
def due(at: dt.datetime | None, confirmed: bool = True) -> SafeString | str:
    """A due day with the working days left; says when it rests on a calendar not yet announced."""
    if at is None:
        return _("无期限")
    left, urgency = display.days_left(at)
    doubt = "" if confirmed else format_html(' <span class="mark" title="{}">〔{}〕</span>', _("所依据年份的放假安排尚未公布"), _("待核实"))
    return format_html('<span class="due due-{}">{} <b>{}</b>{}</span>', urgency, display.day(at), left, doubt)


@register.filter
def has_item(container: Any, item: Any) -> bool:
    """Whether a list or set contains an item."""
    return item in (container or ())


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """``mapping[key]`` or nothing."""
    return mapping.get(key) if mapping else None


@register.inclusion_tag("trihelix/parts/field.html")
def field(field: Any) -> dict[str, Any]:
    """One field of a generated form."""
    return {"field": field}


@register.filter
def help_text(declared: Register) -> str:
    """What a register holds, in the current language."""
    return (declared.help_en if display.english() else "") or declared.help_zh


@register.filter
def page_help(route: str) -> str:
    """What a page is for, in the current language; empty where nothing is written."""
    held = helps.page(route)
    return str(held["what"]) if held else ""


@register.filter
def notice_text(notice: Any) -> str:
    """The text of a notice in the current language."""
    return (notice.text_en if display.english() else "") or notice.text


@register.filter
def marked(highlight: Any) -> SafeString | str:
    """A highlighted passage of a hit."""
    return display.highlighted(highlight)


@register.filter
def column(declared: Register, name: str) -> Any:
    """A column of a register by name, for ``{% cell %}`` in templates."""
    return declared.column(name)


@register.filter
def holds_here(area: Any, here: tuple[str, str]) -> bool:
    """Whether the present register or page belongs to a place of the navigation."""
    return bool(area.holds(*here))
