"""Declaration of the register of listings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel import book
from trihelix.kernel.register import PublicNotice, Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.inventions.procedure import notice_until
from trihelix.registers.listings import flow, models, sheets


def _check(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    for name in ("base_wan", "step_wan", "deposit_wan"):
        if row.get(name) is not None and row[name] < 0:
            yield Problem("negative_money", "金额不能为负", field=name)
    if not row.get("invention") and not row.get("result"):
        yield Problem("required", "请填写职务科技成果或成果", field="invention")
    least = book.current().clocks["listing.days"].days
    if row.get("listing_days") is not None and row["listing_days"] < least:
        yield Problem("listing_short", f"挂牌不得少于 {least} 日", field="listing_days", value=row["listing_days"])
    if row.get("way") == "agreement" and row.get("bid_form"):
        yield Problem("no_bidding", "协议定价不设竞价方式", field="bid_form")


def _prepare(values: dict[str, Any]) -> None:
    for name in ("appraised", "pledge_disclosed", "related"):
        values[name] = bool(values.get(name))
    for name in ("step_fen", "deposit_fen"):
        values[name] = values.get(name) or 0
    if not values.get("bid_form") and values.get("way") in ("listing", "auction", "tender"):
        values["bid_form"] = "sealed" if values["way"] == "tender" else "open"


LISTINGS = declare(
    Register(
        "listings", models.Listing, "挂牌交易", "Listing", "GP", flow.LISTING, sheets.LISTINGS, area="deals",
        notice=PublicNotice(
            ("listed", "suspended"), notice_until, handlers=("node", "owner"), stop=("object", {}), closing=("award", "certify"),
            remedies={"none": ("resolve", {"outcome": "resume"}), "correct": ("resolve", {"outcome": "again"}), "refuse": ("resolve", {"outcome": "again"})},
        ),
        help_zh="协议定价公示、挂牌、拍卖、招标：公示天数、优先受让权、密封报价、异议中止、保证金与结算、交易凭证。",
        help_en="Agreed price on notice, listing, auction, tender: days, first refusal, sealed bids, objections, deposits, certificate.",
        list_columns=("number", "title", "owner", "way", "kind", "base_wan", "state"), filters=("way", "kind", "owner"),
        create_roles=("owner", "node", "officer", "operator"), change_states=("draft",),
        refs={"invention": "inventions", "result": "results", "buyer": "bodies"}, check=_check, prepare=_prepare,
        facts=lambda entry, actor, values: {"way": entry.way}, panels=("listings/_lot.html",),
    )
)  # fmt: skip

from trihelix.registers.listings import actions  # noqa: E402, F401

standard_actions(LISTINGS)
