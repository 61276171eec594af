"""Measures, results and commitments of the published reply, plans, commission, meetings, the proposal and its answer, as records.

Texts are written anew; dates that were not found are marked. The facts of the reply carry over, its sentences do not.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from trihelix.cli.demo.province import Context, content
from trihelix.kernel import bulk
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of

ORDER = ("commissions", "meetings", "plans", "commitments", "rulemakings", "measures", "results")
NAMES = {"plans": "action_plans", "results": "result_clauses"}


def load(ctx: Context) -> None:
    """Load everything by imports; a folder that has it already stays as it is."""
    data = content("governance")
    _put(ctx, "policies", data["policies"])
    for name, told in data["evidence"].items():
        _put(ctx, name, told)
    rows = {
        "measures": [_measure(r) for r in data["measures"]], "results": [_result(r) for r in data["results"]],
        "commitments": list(_commitments(data)), **{k: [dict(r) for r in data[k]] for k in ("commissions", "meetings", "plans", "rulemakings")},
    }  # fmt: skip
    for name in ORDER:
        _put(ctx, NAMES.get(name, name), rows[name])
    _put(ctx, "proposals", [data["proposal"] | {"state": "closed"}])
    _put(
        ctx,
        "number_series",
        [{"ref": "XL-2025", "title": "吉科发成〔2025〕", "org_code": "吉科发", "division_code": "成", "year": 2025, "last": 71}],
    )
    _put(ctx, "documents", [data["reply"] | {"proposal": data["proposal"]["ref"]}])
    if "external_figures" in _registers():
        _put(ctx, "external_figures", data["external"])


def _registers() -> set[str]:
    from trihelix.kernel.register import REGISTERS

    return set(REGISTERS)


def _put(ctx: Context, name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Rows as a sheet would bring them: values parsed by the columns, problems refused."""
    register = register_of(name)
    held = set(Record.objects.filter(register=name).values_list("ref", flat=True))
    parsed = []
    for row in rows:
        values = {
            k: _plain(v)
            for k, v in row.items()
            if (register.column(k) is not None or k == "state") and not (k == "state" and row["ref"] in held)
        }
        parsed.append({**values, "synthetic": True})
    bulk.import_rows(register, parsed, ctx.by, f"演示：{register.zh}")


def _plain(value: Any) -> Any:
    """Book values as the sheet's reader gives them: numbers with decimals exact, groups as plain rows."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, list):
        return [dict(v) if isinstance(v, dict) else v for v in value]
    return value


def _measure(row: list[Any]) -> dict[str, Any]:
    ref, place, lead, title, carried, *co = row
    return {
        "ref": ref,
        "place": place,
        "suggestion": int(place[0]),
        "lead_office": lead,
        "title": title,
        "text": title,
        "carried_by": carried,
        "co_offices": co,
    }


def _result(row: list[Any]) -> dict[str, Any]:
    ref, place, lead, title, figures, evidence = row
    return {
        "ref": ref, "place": place, "suggestion": int(place[0]), "lead_office": lead, "title": title, "text": title, "figures": figures, "evidence": evidence,
    }  # fmt: skip


def _commitments(data: dict[str, Any]) -> Iterable[dict[str, Any]]:
    import datetime as dt

    signed = data["reply"]["signed_on"]
    for ref, place, lead, title, carried, due_kind, *co in data["commitments"]:
        measured = dict(data["measured"].get(ref) or {})
        if "target" in measured:
            measured["target"] = Decimal(str(measured["target"]))
        yield {
            "ref": ref, "place": place, "suggestion": int(place[0]), "lead_office": lead, "title": title, "text": title, "carried_by": carried, "co_offices": co,
            "due_kind": due_kind, "source": data["reply"]["title"], "starts_on": signed if isinstance(signed, dt.date) else None, **measured,
        }  # fmt: skip
