"""The registration desk, the check of one contract, and the statistics of registrations."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import format_wan
from trihelix.kernel import book, clock
from trihelix.kernel.action import find
from trihelix.kernel.actor import entries
from trihelix.kernel.errors import Denied
from trihelix.kernel.register import register_of
from trihelix.registers.contracts import queries, recognition, wizard
from trihelix.registers.contracts.models import Contract

TABLES = ("kind", "field", "buyer_nature", "seller_nature", "ip_form", "plan_source", "flow", "foreign")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The queue of the registration desk, due first."""
    if not (request.actor.sees_all or request.actor.node_ids):
        raise Denied(Problem("denied", "登记台由登记机构经办人使用，请联系所属站点", field="page"))
    return render(
        request, "contracts/desk.html", {"rows": queries.queue(request.actor), "register": register_of("contracts"), "today": clock.today()}
    )


@require_safe
def check(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Every test of a contract with its outcome, the amounts, the clock, hints and benefits; the officer decides."""
    register = register_of("contracts")
    contract = entries(request.actor, Contract).get(record=find(register, uid, request.actor))
    found = queries.checked(contract)
    amounts = found.amounts
    context = {
        "register": register, "record": contract.record, "entry": contract, "found": found, "codes": recognition.contract_book().reasons,
        "rows": [("合同成交额", "Turnover", _wan(amounts.turnover)), ("技术交易额", "Technical amount", _wan(amounts.technical))],
        "deducted": [(i.label, _wan(i.amount)) for i in amounts.deducted], "kept": [(i.label, _wan(i.amount)) for i in amounts.kept],
    }  # fmt: skip
    return render(request, "contracts/check.html", context)


def _wan(fen: int | None) -> str:
    return "—" if fen is None else format_wan(fen)


def _day(text: str, default: dt.date, field: str) -> dt.date:
    if not text:
        return default
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refused.one("bad_date", f"“{text}” 不是日期，请写成 2025-12-31", field=field, value=text) from None


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Statistics of registrations in a period: kinds, fields, natures of both sides, IP form, plan source, flow."""
    year = clock.today().year - 1
    start, end = (
        _day(request.GET.get("from", ""), dt.date(year, 1, 1), "from"),
        _day(request.GET.get("to", ""), dt.date(year, 12, 31), "to"),
    )
    division = request.GET.get("division", "22")
    found = queries.tables(request.actor, start, end, division)
    tables = [
        {
            "name": name,
            "rows": [
                {"id": key, "key": _name(name, key), "cell": cell, "turnover": _wan(cell.turnover), "technical": _wan(cell.technical)}
                for key, cell in found.tables[name].items()
            ],
        }
        for name in TABLES
    ]
    context = {
        "total": found.total, "turnover": _wan(found.total.turnover), "technical": _wan(found.total.technical), "revision": found.revision,
        "tables": tables, "start": start, "end": end, "division": division, "divisions": _divisions(),
    }  # fmt: skip
    return render(request, "contracts/statistics.html", context)


@require_safe
def cell(request: HttpRequest) -> HttpResponse:
    """The list behind one number of the statistics: exactly the contracts it counts, with its sums."""
    year = clock.today().year - 1
    start = _day(request.GET.get("from", ""), dt.date(year, 1, 1), "from")
    end = _day(request.GET.get("to", ""), dt.date(year, 12, 31), "to")
    table, key, division = request.GET.get("table", "total"), request.GET.get("key", ""), request.GET.get("division", "22")
    if table not in ("total", *TABLES):
        raise Refused.one("unknown_table", f"没有统计表 “{table[:40]}”；可用：{'、'.join(TABLES)}", field="table", value=table[:40])
    rows = queries.cell_list(request.actor, start, end, division, table, key)
    context = {
        "rows": rows, "register": register_of("contracts"), "start": start, "end": end, "name": "" if table == "total" else _name(table, key),
        "turnover": _wan(sum(r[1] for r in rows)), "technical": _wan(sum(r[2] for r in rows)),
    }  # fmt: skip
    return render(request, "contracts/cell.html", context)


def _divisions() -> list[tuple[str, str]]:
    rows = book.current().codes["divisions"].active()
    return [("22", "吉林省"), *((r.code[:4], r.zh) for r in rows if r.code.endswith("00") and r.code != "220000")]


CODE_LISTS = {"buyer_nature": "party_natures", "seller_nature": "party_natures", "ip_form": "ip_forms", "plan_source": "plan_sources"}


def _name(table: str, key: str) -> str:
    if table == "kind":
        found = recognition.contract_book().kinds.get(key)
        return found.name if found else key or "—"
    row: Any = book.current().codes[CODE_LISTS[table]].get(key) if CODE_LISTS.get(table) in book.current().codes else None
    return row.zh if row is not None else key or "—"


urlpatterns = [
    *wizard.urlpatterns,
    path("contracts/desk/", desk, name="contracts-desk"),
    path("contracts/statistics/", statistics, name="contracts-statistics"),
    path("contracts/statistics/list/", cell, name="contracts-statistics-list"),
    path("contracts/<uuid:uid>/check/", check, name="contract-check"),
]
