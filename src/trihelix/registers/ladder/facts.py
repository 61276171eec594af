"""What the registers know of firms over the years, as facts of the rules: each with day and source. Bounded queries for any number of firms."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from trihelix.kernel.models import Record
from trihelix.registers.ladder.models import FirmYear
from trihelix.registers.parties.models import Body
from trihelix.registers.policies import facts as base

if TYPE_CHECKING:
    from trihelix.engines.rules.model import Input, Rule

MONEY = ("revenue", "main_income", "ht_income", "assets", "liabilities", "cost", "rd_tax", "rd_ht", "rd_stat", "rd_acc", "equity_new")
COUNTS = ("staff", "tech_staff", "rd_staff", "ip1", "ip2")
# Names of the rules that mean the same column; no name stands for two definitions of R&D.
SAME = {"sales": "revenue", **{k: k for k in (*MONEY, *COUNTS)}}
R_AND_D = ("rd_tax", "rd_ht", "rd_stat", "rd_acc")
WINDOWS = {"近两年": 2, "近三年": 3}  # periods of the rules that ask for a sum over years
LOOK_BACK = 5


def wan_text(fen: int) -> str:
    """Fen in 万元 as the rules read it: every digit, no separators."""
    return format(Decimal(fen) / 1_000_000, "f")


def years_of(firms: Iterable[int], on: dt.date) -> dict[int, list[FirmYear]]:
    """Each firm's years that had ended by the day, oldest first, at most five, void rows left out. One query per 500 firms."""
    out: dict[int, list[FirmYear]] = defaultdict(list)
    ids = list(firms)
    last = on.year if (on.month, on.day) == (12, 31) else on.year - 1
    for i in range(0, len(ids), 500):
        rows = FirmYear.objects.filter(record__owner_id__in=ids[i : i + 500], year__lte=last, year__gt=last - LOOK_BACK)
        rows = rows.filter(Q(as_of=None) | Q(as_of__lte=on)).exclude(record__state="void").select_related("record")
        for row in rows.order_by("year"):
            if row.record.owner_id is not None:
                out[row.record.owner_id].append(row)
    return out


def value_of(row: FirmYear, key: str) -> Any:
    """A column in the rules' unit: money as text in 万元, counts as they are, ``None`` where not known."""
    if key in MONEY:
        fen = getattr(row, f"{key}_fen")
        return None if fen is None else wan_text(fen)
    return getattr(row, key)


def _tail(rows: list[FirmYear], key: str) -> list[FirmYear]:
    """The newest unbroken run of years in which the column is known."""
    run: list[FirmYear] = []
    for row in reversed(rows):
        if value_of(row, key) is None or (run and run[0].year != row.year + 1):
            break
        run.insert(0, row)
    return run


def _told(rows: list[FirmYear]) -> dict[str, Any]:
    last = rows[-1]
    span = f"{rows[0].year}—{last.year}" if len(rows) > 1 else str(last.year)
    source = f"年度数据 {span}" + (f"（{last.source}）" if last.source else "")
    return {"as_of": (last.as_of or dt.date(last.year, 12, 31)).isoformat(), "source": source}


def _from_years(one: Input, rows: list[FirmYear]) -> dict[str, Any] | None:
    for name in (one.key, *one.also):
        key = SAME.get(name)
        if key is None:
            continue
        run = _tail(rows, key)
        if not run or run[-1] is not rows[-1]:  # a year without this column is not filled from an older one
            return None
        if one.series:
            return {"value": [value_of(r, key) for r in run], **_told(run)}
        window = WINDOWS.get(one.period or "")
        if window:
            used = run[-window:]
            total = sum(getattr(r, f"{key}_fen") for r in used) if key in MONEY else None
            return {"value": wan_text(total), **_told(used)} if total is not None and len(used) == window else None
        return {"value": value_of(run[-1], key), **_told(run[-1:])}
    return None


def gather(rule: Rule, firms: Iterable[int], on: dt.date, typed: Mapping[str, Any] | None = None) -> dict[int, dict[str, Any]]:
    """Facts of many firms for one rule: register of bodies and recognitions first, the years over them, what was typed over all."""
    ids = list(firms)
    bodies = {
        b.pk: b for i in range(0, len(ids), 500) for b in Body.objects.filter(record_id__in=ids[i : i + 500]).select_related("record")
    }
    titles = base.titles_on(ids, on)
    years = years_of(ids, on)
    out: dict[int, dict[str, Any]] = {}
    for pk, body in bodies.items():
        facts: dict[str, Any] = dict(base.known(rule, body, titles.get(pk, set())))
        for key, one in rule.inputs.items():
            found = _from_years(one, years[pk]) if years.get(pk) else None
            if found is not None:
                facts[key] = found
        for key, value in (typed or {}).items():
            if key in rule.inputs:
                facts[key] = value if isinstance(value, dict) else {"value": value, "source": "填写"}
        out[pk] = facts
    return out


def of_firm(rule: Rule, firm: Record, on: dt.date, typed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Facts of one firm for one rule."""
    return gather(rule, [firm.pk], on, typed).get(firm.pk, {})
