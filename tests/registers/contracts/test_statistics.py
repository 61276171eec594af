"""Every list equals its total: each number of the statistics opens exactly the contracts it counts."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from tests.registers.contracts.deals import WAN
from trihelix.kernel import bulk
from trihelix.kernel.actor import entries
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import User
from trihelix.kernel.register import register_of
from trihelix.registers.contracts import queries
from trihelix.registers.contracts.figures import registered
from trihelix.registers.contracts.models import Contract
from trihelix.registers.contracts.pages import TABLES

pytestmark = pytest.mark.django_db
START, END = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
KINDS = ("DEV", "TRF", "LIC", "CON", "SER")


@pytest.fixture
def book_of_contracts(op):
    """Forty registrations: kinds, natures, plans, places and carriers mixed; two revoked later, three outside the year."""
    rows = []
    for i in range(45):
        day = dt.date(2024, 1 + i % 12, 1 + i % 28) if i < 42 else dt.date(2023, 6, 1)
        rows.append({
            "ref": f"ST-{i}", "title": f"统计合同 {i}", "owner": "u-tcm", "kind": KINDS[i % 5], "sign_date": day, "registered_on": day, "office": "JL",
            "parties": [
                {"side": "seller", "name": f"卖方{i % 7}", "division6": "220103" if i % 3 else "110108", "nature_code": ("022", "150")[i % 2]},
                {"side": "buyer", "name": f"买方{i % 5}", "division6": "220582" if i % 4 else "310104", "nature_code": ("150", "041")[i % 2]},
            ],
            "amount_items": [
                {"label": "技术", "kind": "technical", "amount_wan": (i + 1) * WAN + i}, {"label": "设备", "kind": "equipment", "amount_wan": i * 100 + 1},
                {"label": "样机", "kind": "part", "amount_wan": i, "is_reasonable_carrier": True},
            ],
            "plan_source": ("national", "province", "none")[i % 3], "field": ("01", "02")[i % 2],
        })  # fmt: skip
    bulk.import_rows(register_of("contracts"), rows, op, "统计")
    for ref in ("ST-3", "ST-8"):
        register_of("contracts").acts["revoke"].run(by=op, record=Contract.objects.get(record__ref=ref).uid, reason="虚假登记")


@pytest.mark.parametrize("division", ["22", "2201", "2205"])
def test_every_cell_lists_what_it_counts(book_of_contracts, op, division):
    found = queries.tables(op, START, END, division)
    cells = [("total", "", found.total)] + [(t, k, c) for t in TABLES for k, c in found.tables[t].items()]
    assert found.total.contracts > 5
    for table, key, cell in cells:
        rows = queries.cell_list(op, START, END, division, table, key)
        assert (len(rows), sum(r[1] for r in rows), sum(r[2] for r in rows)) == (cell.contracts, cell.turnover, cell.technical), (
            table,
            key,
        )
        assert len({r[0].pk for r in rows}) == len(rows)


def test_tables_of_one_key_a_contract_add_up_to_the_total(book_of_contracts, op):
    found = queries.tables(op, START, END)
    for table in ("kind", "field", "plan_source", "ip_form", "buyer_nature", "seller_nature"):
        cells = found.tables[table].values()
        assert sum(c.contracts for c in cells) == found.total.contracts, table
        assert (sum(c.turnover for c in cells), sum(c.technical for c in cells)) == (found.total.turnover, found.total.technical), table
    flow = found.tables["flow"]
    assert flow["output"].contracts + flow["intake"].contracts - flow["local"].contracts == found.total.contracts, (
        "a local contract counts once"
    )


def test_figures_equal_the_lists_they_open(book_of_contracts, op):
    year = Period(START, END)
    rows = registered(op, year)
    assert evaluate("contracts.registrations", op, year).raw() == rows.count() == len(set(rows.values_list("pk", flat=True)))
    assert evaluate("contracts.turnover", op, year).raw() == sum(rows.values_list("turnover_fen", flat=True))
    assert evaluate("contracts.technical", op, year).raw() == sum(rows.values_list("technical_fen", flat=True))
    assert not rows.filter(record__ref__in=("ST-3", "ST-8", "ST-43")).exists()


def test_a_viewer_counts_what_the_viewer_may_list(book_of_contracts, actor):
    for who in ("utcm-office", "jicui", "officer"):
        by = actor(who)
        seen = set(entries(by, Contract).values_list("pk", flat=True))
        rows = queries.cell_list(by, START, END, "22", "total", "")
        assert {r[0].pk for r in rows} <= seen and len(rows) == queries.tables(by, START, END).total.contracts


def test_the_pages_show_the_same_numbers(book_of_contracts):
    client = Client()
    client.force_login(User.objects.get(username="officer"))
    page = client.get("/contracts/statistics/?from=2024-01-01&to=2024-12-31").content.decode()
    links = re.findall(r'href="(/contracts/statistics/list/\?[^"]+)">(?:<b class="num">)?(\d+)<', page)
    assert len(links) > 15
    for address, number in links:
        shown = client.get(address.replace("&amp;", "&")).content.decode()
        assert len(re.findall(r'<td class="num"><a href="/contracts/', shown)) == int(number), address
    assert client.get("/contracts/statistics/list/?table=nonsense").status_code == 422
