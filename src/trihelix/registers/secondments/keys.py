"""The natural key of imported appointments: person, host and first day. A row without an external key finds its appointment again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.values import lookup
from trihelix.registers.secondments.models import Secondment

PART = 400
Rows = list[tuple[int, dict[str, Any]]]
Key = tuple[int, int, dt.date]


def _parts(values: Iterable[int]) -> Iterator[list[int]]:
    wanted = sorted(set(values))
    for i in range(0, len(wanted), PART):
        yield wanted[i : i + PART]


def appointment_rows(rows: Rows, by: Actor) -> list[Problem]:
    """Point rows at the appointments they mean; two rows of one file with one key are told by number. Rows with a known name stay."""
    known = lookup("secondments", {str(r["ref"]) for _, r in rows if r.get("ref")}, by)
    open_rows = [(n, r) for n, r in rows if not r.get("uid") and not r.get("number") and not known.get(str(r.get("ref") or ""))]
    people = lookup("people", {str(r["person"]) for _, r in open_rows if r.get("person")}, by)
    hosts = lookup("bodies", {str(r["host"]) for _, r in open_rows if r.get("host")}, by)
    keys: dict[int, Key] = {}
    for n, row in open_rows:
        who, where = people.get(str(row.get("person") or ""), []), hosts.get(str(row.get("host") or ""), [])
        if len(who) == 1 and len(where) == 1 and isinstance(row.get("starts_on"), dt.date):
            keys[n] = (who[0].pk, where[0].pk, row["starts_on"])
    held = _held(keys.values(), by)
    first: dict[Key, int] = {}
    problems: list[Problem] = []
    for n, row in open_rows:
        key = keys.get(n)
        if key is None:
            continue
        if key in first:
            text = f"与第 {first[key]} 行是同一人员、接收单位和任期起日"
            problems.append(Problem("duplicate_row", text, field="starts_on", row=n, value=str(key[2])))
            continue
        first[key] = n
        if key not in held:
            row["ref"] = row.get("ref") or f"{row['person']}-{row['host']}-{key[2]:%Y%m%d}"[:80]
            continue
        uid, ref = held[key]
        row["uid"], row["ref"] = uid, row.get("ref") or ref
    return problems


def _held(keys: Iterable[Key], by: Actor) -> dict[Key, tuple[str, str]]:
    wanted = set(keys)
    out: dict[Key, tuple[str, str]] = {}
    for part in _parts(k[0] for k in wanted):
        found = entries(by, Secondment).filter(person_id__in=part, starts_on__isnull=False).order_by("pk")
        for person, host, starts, uid, ref in found.values_list("person_id", "host_id", "starts_on", "record__uid", "record__ref"):
            if (person, host, starts) in wanted:
                out.setdefault((person, host, starts), (str(uid), ref))
    return out
