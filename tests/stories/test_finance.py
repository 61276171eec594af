"""Stories: the R&D subsidy list computed anew after one agency's correction; a statement consented, shared, withdrawn; a credit line drawn."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from trihelix.engines.codes import synthetic_credit_code
from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.actor import actor_for
from trihelix.kernel.models import Grant, Link, Record, User
from trihelix.kernel.register import register_of

pytestmark = pytest.mark.django_db
WAN = 1_000_000


def run(register: str, act: str, **values):
    return register_of(register).acts[act].run(**values)


def banker():
    user = User.objects.create(username="story-bank", display_name="示例银行客户经理", demo=True)
    bank = Record.objects.get(register="bodies", ref="b-01")
    Grant.objects.create(user=user, role="member", scope=bank, valid_from=dt.date(2020, 1, 1))
    return actor_for(user)


def test_the_subsidy_list_is_computed_anew_after_one_agencys_correction(op):
    codes = [synthetic_credit_code(n) for n in (900001, 900002)]
    made = run("subsidy_lists", "create", by=op, title="研发补助", scheme="rd-subsidy", year=2019)
    data = {
        "tax": [{"rd_last": 420, "rd_before": 300, "tax_arrears": 0}, {"rd_last": 500, "rd_before": 480, "tax_arrears": 0}],
        "science": [{"dishonest": 0}, {"dishonest": 0}], "finance": [{"fiscal_breach": 0}, {"fiscal_breach": 0}],
        "market": [{"abnormal": 0}, {"abnormal": 1}], "statistics": [{"large": 0, "rd_reported": 410}, {"large": 0, "rd_reported": 490}],
    }  # fmt: skip

    def supply(agency):
        rows = [{"credit_code": c, **row} for c, row in zip(codes, data[agency], strict=True)]
        run("subsidy_lists", "supply", by=op, record=made.uid, agency=agency, rows=json.dumps(rows), source="部门数据")

    for agency in data:
        supply(agency)
    first = run("subsidy_lists", "compute", by=op, record=made.uid)
    assert (first.listed, first.dropped) == (1, 1)
    before = first.digest
    run("subsidy_lists", "reopen", by=op, record=made.uid, reason="市场监管部门更正")
    data["market"][1]["abnormal"] = 0
    supply("market")
    second = run("subsidy_lists", "compute", by=op, record=made.uid)
    assert (second.listed, second.dropped) == (2, 0) and second.digest != before
    assert run("subsidy_lists", "compute", by=op, record=made.uid).digest == second.digest


def test_a_statement_is_consented_shared_and_withdrawn_and_a_credit_line_drawn(actor, op):
    firm, bank = actor("jicui"), banker()
    given = run("consents", "create", by=firm, purpose="points", recipients=["b-01"])
    paper = run("points_statements", "create", by=firm)
    run("points_statements", "share", by=firm, record=paper.uid, bank="b-01")
    product = run(
        "finance_products",
        "create",
        by=bank,
        title="科创贷",
        kind="credit_loan",
        conditions=[{"key": "staff", "op": "at_most", "value": "500"}],
    )
    run("finance_products", "publish", by=bank, record=product.uid)
    asked = run(
        "finance_requests", "create", by=firm, product=product.number, amount_wan=300 * WAN, purpose="中试设备", statement=paper.number
    )
    run("finance_requests", "accept", by=bank, record=asked.uid)
    granted = run("finance_requests", "grant", by=bank, record=asked.uid, limit_wan=300 * WAN)
    loan = run("loans", "create", by=bank, firm="firm-jicui", line=granted.credit.number, amount_wan=100 * WAN, drawn_on=clock.today())
    # The whole thread: request → credit line ← loan, each visible to the firm.
    assert Link.objects.filter(source=asked.record, target=granted.credit, kind="credit").exists()
    assert Link.objects.filter(source=loan.record, target=granted.credit, kind="line").exists()
    assert run("loans", "message", by=firm, record=loan.uid, text="已到账") is not None
    run("consents", "withdraw", by=firm, record=given.uid)
    with pytest.raises(Refused):
        run("points_statements", "message", by=bank, record=paper.uid, text="还能看吗")
    assert Record.objects.get(pk=loan.pk).state == "drawn"  # the credit stands; only the paper was taken back
