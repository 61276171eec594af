"""First steps by role: which pages to open first, from ``tours.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import load_file
from trihelix.kernel.actor import Actor


@cache
def tours() -> dict[str, list[dict[str, str]]]:
    """``{role: [{path, zh, en}]}``."""
    path = Path(__file__).with_name("tours.yaml")
    return dict(load_file(path, path.parent)["tours"])


def kind_of(actor: Actor) -> str:
    """Whose first steps an actor is shown: the role that decides what waits for them."""
    if not actor.signed_in:
        return "visitor"
    for role in ("admin", "leader"):
        if role in actor.roles:
            return role
    if actor.sees_all:
        return "officer"
    if actor.node_ids:
        return "station"
    held = {r for found in actor.body_roles.values() for r in found}
    if "transfer_office" in held:
        return "office"
    if "researcher" in held:
        return "researcher"
    return "firm" if held else "reviewer"


def tour(actor: Actor, english: bool) -> list[dict[str, Any]]:
    """The steps of an actor in their language."""
    return [{"path": s["path"], "text": s["en"] if english else s["zh"]} for s in tours()[kind_of(actor)]]
