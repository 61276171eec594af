"""Documents for the search index, built from records; confidential columns never enter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.kernel.models import Record


def scopes(record: Record) -> list[str]:
    """The tokens under which viewers find a record: its visibility, owner, node, and those who see all."""
    tokens = ["all", f"body:{record.pk}"]
    if record.visibility == "public":
        tokens.append("public")
    if record.visibility in ("public", "members"):
        tokens.append("members")
    if record.owner_id:
        tokens.append(f"body:{record.owner_id}")
    if record.node_id and record.visibility != "sealed":
        tokens.append(f"node:{record.node_id}")
    return tokens


def document(
    entry: Any, *, text: Iterable[str], facets: Mapping[str, Iterable[str]] | None = None, numbers: Mapping[str, float | None] | None = None,
    holder: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A search document of a typed row: reference, title, text, facets (texts), numbers, scopes."""
    record = entry.record
    named = {"state": [record.state], "holder": [holder or (record.owner.title if record.owner_id else "")], **(facets or {})}
    return {
        "kind": record.register, "uid": str(record.uid), "ref": record.ref, "title": record.title, "text": "\n".join(t for t in text if t),
        "facets": {k: [str(v) for v in values if v] for k, values in named.items()},
        "numbers": {k: float(v) for k, v in (numbers or {}).items() if v is not None}, "scopes": scopes(record),
    }  # fmt: skip
