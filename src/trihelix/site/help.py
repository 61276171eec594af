"""Help for every main page: written for pages of their own (``help.yaml``), generated from the declaration for registers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from trihelix.engines.bookfile import load_file
from trihelix.engines.flow import Transition
from trihelix.kernel import book
from trihelix.kernel.register import REGISTERS, Act, Register
from trihelix.site import display, roles

SHARED = {"station": "stations", "object": "publicity", "task": "inbox", "saved-stop": "saved"}  # pages explained with another


@cache
def texts() -> dict[str, Any]:
    """``{pages: {route: {zh, en}}, kinds: {kind: {zh, en}}}``."""
    path = Path(__file__).with_name("help.yaml")
    return dict(load_file(path, path.parent))


def address(route: str, register: Register | None, path: str = "") -> str:
    """The help of a page by its route: its own, else that of its register (also of a register's further pages), else the general one."""
    page = SHARED.get(route, route)
    if page in texts()["pages"]:
        return reverse("help-page", args=[page])
    held = register or REGISTERS.get(path.strip("/").split("/")[0])
    return reverse("help-register", args=[held]) if held is not None else reverse("help")


def page(route: str) -> dict[str, Any] | None:
    """What a page is for and how it is used, in the viewer's language."""
    held = texts()["pages"].get(route)
    return held["en" if display.english() else "zh"] if held else None


def kinds() -> list[str]:
    """How the generic pages work."""
    return [k["en" if display.english() else "zh"] for k in texts()["kinds"].values()]


def states(register: Register) -> list[dict[str, Any]]:
    """Each state with what can be done in it and by whom."""
    return [
        {"state": s, "steps": [_step(register, t) for t in register.flow.transitions if s.id in t.sources]}
        for s in register.flow.states
        if not s.retired
    ]


def _step(register: Register, step: Transition) -> dict[str, Any]:
    rule = book.current().clocks.get(step.clock) if step.clock else None
    kind = {"working": _("个工作日"), "calendar": _("个自然日")}.get(rule.kind, "") if rule else ""
    return {
        "label": display.words(step),
        "who": roles.listed(step.roles),
        "clock": f"{rule.days} {kind}" if rule else "",
        "reason": step.reason_required,
    }


def beginnings(register: Register) -> list[dict[str, str]]:
    """By which acts a record begins, and who may begin it."""
    acts: list[Act] = [a for a in register.acts.values() if a.creates and not a.hidden]
    return [{"label": display.words(a), "who": roles.listed(a.roles)} for a in acts]


def columns(register: Register) -> list[dict[str, Any]]:
    """The sheet's columns with what each asks for and who may read it."""
    kept = set(register.sheet.kept)
    return [
        {
            "column": c, "choices": [display.words(v) for v in list(c.choices.values())[:12]], "more": len(c.choices) > 12,
            "personal": c.name in register.personal, "confidential": c.name in register.confidential,
        }
        for c in register.sheet.columns
        if c.name not in kept
    ]  # fmt: skip
