"""Natural keys of imported rows: a patent is found by its application number, a form by round and patent. Two queries per 400 rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F, Q

from trihelix.engines.codes import application_number
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.models import Record
from trihelix.kernel.values import lookup
from trihelix.registers.patents.models import StockRecord

PART = 400
Rows = list[tuple[int, dict[str, Any]]]


def canonical(text: Any) -> str | None:
    """The stored form of an application number, ``None`` where it is none (the check says why)."""
    try:
        return str(application_number(str(text)))
    except Refused:
        return None


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    wanted = sorted(set(values))
    for i in range(0, len(wanted), PART):
        yield wanted[i : i + PART]


def patents_of(numbers: Iterable[str]) -> dict[str, Record]:
    """``{application number: record}`` of whatever is registered."""
    found: dict[str, Record] = {}
    for part in _parts(numbers):
        rows = Record.objects.filter(patents_patent__app_no__in=part).annotate(number_of=F("patents_patent__app_no"))
        found.update({r.number_of: r for r in rows})
    return found


def patent_rows(rows: Rows, by: Actor) -> list[Problem]:
    """Point rows at the patents they mean; a number twice in one file, or held by somebody else, is told."""
    numbers = {n: c for n, row in rows if row.get("app_no") and (c := canonical(row["app_no"])) is not None}
    seen: dict[str, int] = {}
    problems: list[Problem] = []
    found = patents_of(numbers.values())
    held_ids = [str(r.pk) for r in found.values()]
    mine = {pk for part in _parts(held_ids) for pk in visible_to(by, Record.objects.filter(pk__in=part)).values_list("pk", flat=True)}
    for n, row in rows:
        number = numbers.get(n)
        if number is None:
            continue
        row["app_no"] = number
        if number in seen:
            problems.append(Problem("duplicate_row", f"申请号与第 {seen[number]} 行相同", field="app_no", row=n, value=number))
            continue
        seen[number] = n
        held = found.get(number)
        if held is None:
            row["ref"] = row.get("ref") or number
        elif held.pk in mine:
            row["uid"] = row.get("uid") or str(held.uid)
        else:
            text = f"专利 {number} 已由其他单位登记；如为共有专利，请由该单位列入共有权利人"
            problems.append(Problem("patent_taken", text, field="app_no", row=n, value=number))
    return problems


def stock_rows(rows: Rows, by: Actor) -> list[Problem]:
    """Point forms at their patents by number, take title and body from there, and find the form of the same round and patent."""
    numbers = {n: c for n, row in rows if row.get("patent") and (c := canonical(row["patent"])) is not None}
    found = patents_of(numbers.values())
    named = lookup("patents", {str(row["patent"]) for n, row in rows if row.get("patent") and numbers.get(n) not in found}, by)
    rounds = lookup("stock_rounds", {str(row["round"]) for _, row in rows if row.get("round")}, by)
    pairs: dict[int, tuple[int, int]] = {}
    owners = dict(Record.objects.filter(pk__in={r.owner_id for r in found.values() if r.owner_id}).values_list("pk", "uid"))
    for n, row in rows:
        hits = named.get(str(row.get("patent") or ""), [])
        patent = found.get(numbers.get(n, "")) or (hits[0] if len(hits) == 1 else None)
        held = rounds.get(str(row.get("round") or ""), [])
        if patent is None:
            continue
        row["patent"], row["title"] = str(patent.uid), row.get("title") or patent.title
        if not row.get("owner") and patent.owner_id:
            row["owner"] = str(owners.get(patent.owner_id) or Record.objects.get(pk=patent.owner_id).uid)
        if len(held) == 1:
            pairs[n] = (held[0].pk, patent.pk)
    forms = _forms(pairs.values(), by)
    for n, row in rows:
        if (pair := pairs.get(n)) and (form := forms.get(pair)):
            row["uid"] = row.get("uid") or form
    return []


def _forms(pairs: Iterable[tuple[int, int]], by: Actor) -> dict[tuple[int, int], str]:
    out: dict[tuple[int, int], str] = {}
    by_round: dict[int, list[int]] = {}
    for round_id, patent_id in pairs:
        by_round.setdefault(round_id, []).append(patent_id)
    for round_id, patents in by_round.items():
        for i in range(0, len(patents), PART):
            rows = entries(by, StockRecord).filter(Q(round_id=round_id) & Q(patent_id__in=patents[i : i + PART]))
            out.update({(round_id, p): str(uid) for p, uid in rows.values_list("patent_id", "record__uid")})
    return out
