"""Off-line Excel of county stations: several filled workbooks of one register merged in one go.

Right rows are written, wrong rows come back by file and row with what to correct; a row that two stations sent alike is taken once.
A workbook sent again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from trihelix.engines import sheets
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import bulk
from trihelix.kernel.actor import Actor
from trihelix.kernel.register import Register

REGISTERS = ("services", "service_offers", "visits", "events", "event_registrations", "event_outcomes", "researcher_services")


def merge(register: Register, files: Mapping[str, Path], by: Actor, *, dry_run: bool = False) -> dict[str, Any]:
    """Merge workbooks: ``{"read", "created", "updated", "unchanged", "refused", "doubles", "errors": [{"file", "row", …}], "journal"}``."""
    if not files:
        raise Refused.one("required", "请选择要合并的文件", field="files")
    rows, places, errors = [], {}, []
    for name, path in files.items():
        try:
            found, wrong = sheets.read(register.sheet, path)
        except Refused as refusal:
            errors += [{"file": name, **p.as_json()} for p in refusal.problems]
            continue
        errors += [{"file": name, **p.as_json()} for p in wrong]
        bad = {p.row for p in wrong}
        for number, row in found:
            if number not in bad:
                places[len(rows) + 1] = (name, number)
                rows.append((len(rows) + 1, row))
    read = len(rows) + len({(e["file"], e["row"]) for e in errors})
    rows, doubles = _once(rows)
    decision = bulk.decide(register, rows, (), by)
    while decision.problems:
        errors += [_placed(p, places) for p in decision.problems]
        bad = {p.row for p in decision.problems}
        rows = [(n, r) for n, r in rows if n not in bad]
        decision = bulk.decide(register, rows, (), by)
    entry = None if dry_run else bulk.apply(register, decision, by, name="；".join(files))
    refused = len({(e["file"], e["row"]) for e in errors})
    return {
        "read": read, "created": len(decision.creates), "updated": len(decision.updates), "unchanged": decision.unchanged, "refused": refused, "doubles": doubles,
        "errors": errors, "journal": str(entry.uid) if entry else None, "dry_run": dry_run,
    }  # fmt: skip


def _once(rows: list[tuple[int, dict[str, Any]]]) -> tuple[list[tuple[int, dict[str, Any]]], int]:
    """Rows sent twice word for word are kept once; different rows under one key are left to the import's own refusal."""
    kept: list[tuple[int, dict[str, Any]]] = []
    seen: set[str] = set()
    for number, row in rows:
        text = repr(sorted((k, repr(v)) for k, v in row.items()))
        if row.get("ref") and text in seen:
            continue
        seen.add(text)
        kept.append((number, row))
    return kept, len(rows) - len(kept)


def _placed(problem: Problem, places: Mapping[int, tuple[str, int]]) -> dict[str, Any]:
    name, row = places[problem.row] if isinstance(problem.row, int) else ("", None)
    return {"file": name, **problem.as_json(), "row": row}


def mergeable(by: Actor, installed: Iterable[str]) -> list[str]:
    """The registers whose workbooks the actor may merge."""
    return [r for r in REGISTERS if r in installed] if by.node_ids or by.roles & {"officer", "operator"} else []
