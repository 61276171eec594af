"""Demo content of finance: agreements, a list sent, a credit line with a loan, a statement, a fund, a product, a request, a tax check. All synthetic."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from trihelix.cli.demo.province import Context
from trihelix.kernel.register import register_of

WAN = 1_000_000


def act(register: str, name: str) -> Any:
    return register_of(register).acts[name].run


def load(ctx: Context) -> None:
    """A handful of records of each register, through the acts."""
    day = ctx.today - dt.timedelta(days=120)
    firm = ctx.actor("jicui")
    for n, bank in enumerate(("b-01", "b-02", "b-03"), 1):
        act("finance_agreements", "create")(
            by=ctx.by, title="战略合作协议（演示）", partner=bank, signed_on=day, valid_to=day.replace(year=day.year + 3, day=1), intended_wan=100_000 * WAN, ref=f"JRX-demo-{n}"
        )  # fmt: skip
    act("consents", "create")(by=firm, purpose="list", recipients=["b-01", "b-02", "b-03"], ref="SQX-demo-list")
    act("consents", "create")(by=firm, purpose="points", recipients=["b-01"], ref="SQX-demo-points")
    made = act("firm_lists", "create")(by=ctx.by, title="科技创新企业清单（演示）", kind="innovation", as_of=day, ref="MDJ-demo")
    act("firm_lists", "load")(by=ctx.by, record=made.uid, rows=[{"firm": "firm-jicui"}, {"firm": "firm-chiyu"}])
    act("firm_lists", "send")(by=ctx.by, record=made.uid)
    paper = act("points_statements", "create")(by=firm)
    act("points_statements", "share")(by=firm, record=paper.uid, bank="b-01")
    product = act("finance_products", "create")(
        by=ctx.by, owner="b-01", title="科创信用贷（演示）", kind="credit_loan", stages=["startup", "growth"], limit_wan=1000 * WAN, term_months=12, rate="演示利率", ref="JRC-demo",
        conditions=[{"key": "revenue", "op": "at_least", "value": "500"}, {"key": "tech_sme_valid", "op": "is", "value": "是"}],
    )  # fmt: skip
    act("finance_products", "publish")(by=ctx.by, record=product.uid)
    act("finance_requests", "create")(by=firm, product="JRC-demo", amount_wan=300 * WAN, purpose="采购中试设备（演示）", ref="RZS-demo")
    act("credit_lines", "create")(
        by=ctx.by, owner="b-01", firm="firm-jicui", list="MDJ-demo", product="JRC-demo", granted_on=day, valid_to=day + dt.timedelta(days=365), limit_wan=500 * WAN, ref="SXE-demo"
    )  # fmt: skip
    act("loans", "create")(
        by=ctx.by, owner="b-01", firm="firm-jicui", line="SXE-demo", drawn_on=day + dt.timedelta(days=10), due_on=day + dt.timedelta(days=300), amount_wan=200 * WAN,
        rate_percent=Decimal("3.45"), equipment_upgrade=True, ref="DKJ-demo",
    )  # fmt: skip
    _fund(ctx)
    facts = [{"key": "five", "value": "800"}, {"key": "other", "value": "100"}, {"key": "excluded_industry", "value": "否"}]
    tax = act("tax_referrals", "create")(by=firm, rule="rd-super-deduction", facts=facts, ref="SHZ-demo")
    act("tax_referrals", "refer")(by=firm, record=tax.uid, question="其他相关费用怎样计算限额（演示）")


def _fund(ctx: Context) -> None:
    start = dt.date(ctx.today.year - 4, 1, 1)
    fund = act("venture_funds", "create")(
        by=ctx.by, title="长白种子基金（演示）", owner="f-01", kind="seed", size_wan=20_000 * WAN, public_wan=8_000 * WAN, started_on=start, early_percent=Decimal(60),
        hard_percent=Decimal(50), ref="JJG-demo",
    )  # fmt: skip
    act("venture_funds", "report")(by=ctx.by, record=fund.uid, year=ctx.today.year - 1, paid_in_wan=12_000 * WAN, invested_wan=900 * WAN)
    first = act("investments", "create")(
        by=ctx.by, fund="JJG-demo", firm="firm-qiguang", round="angel", stage="seed", invested_on=start + dt.timedelta(days=200), amount_wan=300 * WAN, private_wan=500 * WAN,
        hard_technology=True, ref="TZX-demo-1",
    )  # fmt: skip
    act("investments", "create")(
        by=ctx.by, fund="JJG-demo", firm="firm-qiguang", round="a", stage="early", invested_on=start + dt.timedelta(days=900), amount_wan=600 * WAN, private_wan=1500 * WAN,
        hard_technology=True, follows=first.number, ref="TZX-demo-2",
    )  # fmt: skip
