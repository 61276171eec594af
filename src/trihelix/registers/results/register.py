"""Declaration of the register of results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.codes import application_number
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.results import flow, models, sheets

PATENTS = ("invention", "utility", "design")


def _check(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    maturity = row.get("maturity")
    if maturity is not None and not 1 <= maturity <= 9:
        yield Problem("range", "技术就绪度应为 1 至 9 级", field="maturity", value=maturity)
    if row.get("price_wan") is not None and row["price_wan"] < 0:
        yield Problem("negative", "意向价格不能为负", field="price_wan", value=row["price_wan"])
    if row.get("ip_kind") in PATENTS:
        for number in row.get("ip_numbers") or ():
            try:
                application_number(number, "ip_numbers")
            except Refused as refusal:
                yield from refusal.problems


def _doc(result: models.Result) -> dict[str, Any]:
    return document(
        result, text=[result.summary, result.application, " ".join(result.completers)],
        facets={"field": result.fields, "region": [result.division], "way": result.transfer_ways, "ip": [result.ip_kind]},
        numbers={"trl": result.maturity, "amount": result.price_fen},
    )  # fmt: skip


def _imported(result: models.Result, today: dt.date) -> None:
    """Imported as listed: since when, and until when it stands."""
    if result.record.state in ("listed", "talking"):
        result.listed_at = result.listed_at or clock.now()
        result.expires_on = actions.live_until(today)


RESULTS = declare(
    Register(
        "results", models.Result, "成果", "Result", "CG", flow.FLOW, sheets.RESULTS, area="results",
        help_zh="高校、院所与企业可转化的成果。公开简介供检索，保密部分只在双方接受约定后开放。",
        help_en="Results of universities, institutes and firms. The summary is searchable; the confidential part opens after both sides agree.",
        list_columns=("number", "title", "owner", "fields", "maturity", "price_wan", "state"),
        filters=("fields", "division", "maturity", "transfer_ways", "ip_kind", "owner"),
        create_roles=("owner", "node", "officer", "operator"), change_states=("draft", "submitted", "listed", "talking"),
        personal=frozenset({"contact_name", "contact_phone", "contact_email"}), confidential=frozenset({"confidential_part"}),
        links={"holders": ("bodies", "holder"), "people": ("people", "completer")},
        import_state="listed", import_visibility="public", check=_check, imported=_imported, search_doc=_doc, panels=("results/_needs.html",),
    )
)  # fmt: skip

from trihelix.registers.results import actions  # noqa: E402

standard_actions(RESULTS)
