"""Ranking for one record of any searched register: its own document is the question."""

from __future__ import annotations

from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel import index
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.errors import Conflict
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of

# Attribute of a typed row → the item of a need's wording that it states in a column of its own.
STATED = {"indicators": "indicators", "budget_fen": "money", "ownership": "ownership", "deadline": "deadline"}


def for_record(record: Record, by: Actor, kind: str, k: int) -> dict[str, Any]:
    """Hits of ``kind`` for a record, with reasons and what its wording lacks. Refuses registers that are not searched."""
    register = register_of(record.register)
    entry = entries(by, register.model).get(record=record)
    doc = index.doc_of(entry)
    if doc is None:
        raise Conflict(Problem("not_searched", f"{register.zh}“{record.title}”没有可供匹配的公开文字", field="id", value=record.number))
    rows = getattr(entry, "indicators", None) or []
    names = [str(r["name"]) for r in rows if isinstance(r, dict) and r.get("name")]
    given = [item for attribute, item in STATED.items() if getattr(entry, attribute, None) not in (None, "", [])]
    return index.match(doc.body, by=by, kind=kind, k=k, indicators=names, given=given, without=(str(record.uid),)).as_json()
