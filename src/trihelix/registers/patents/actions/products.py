"""Patented products: filed, updated every year, recognised nationally by imported results."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.standard import create_entry
from trihelix.registers.patents import sheets
from trihelix.registers.patents.keys import canonical, patents_of
from trihelix.registers.patents.models import Patent, Product, ProductYear, Recognition
from trihelix.registers.patents.queries import product_gate

WRITERS = ("owner", "officer", "operator")
RESULTS = {"recognised": ("认定", "Recognised"), "not_recognised": ("未认定", "Not recognised"), "not_renewed": ("未续认", "Not renewed")}
AMOUNTS = ("sales_wan", "revenue_wan", "profit_wan", "rd_wan")
COLUMNS = {c.name: c for c in sheets.PRODUCTS.columns}


@action("patent_products", "create", "新建专利产品", "New product", creates=True, roles=WRITERS)
def create(a: Run, product: Product, **values: Any) -> None:
    """Draft a filing by a maker or seller. Filing and recognition are dated by their own acts."""
    create_entry(a, product, values)
    product.filed_on = product.recognised_on = product.updated_on = None
    product.certificate_no = ""
    a.record.visibility = "owner"


@action("patent_products", "submit", "提交备案", "Submit")
def submit(a: Run, product: Product) -> None:
    """Send to the desk. Refuses no patent, patents on the register that are not in force, and missing figures."""
    a.require(product.patents_used, "no_patent", "产品至少使用一件有效专利", field="patents_used")
    a.require(product.sales_fen is not None and product.data_year, "required", "请填写数据年度与产品销售额", field="sales_wan")
    numbers = [n for r in product.patents_used if (n := canonical(r["app_no"]))]
    found = patents_of(numbers)
    for number, record in found.items():
        status = Patent.objects.get(pk=record.pk).status
        a.require(
            status in sheets.VALID,
            "not_in_force",
            f"专利 {number} 的法律状态为“{sheets.STATUSES[status][0]}”",
            field="patents_used",
            value=number,
        )
    for record in found.values():
        a.link(record, "patent")


@action("patent_products", "file", "登记备案", "File", fields=(Column("filed_on", "date", "备案日期", "Filed on", required=True),))
def file(a: Run, product: Product, *, filed_on: dt.date) -> None:
    """The filing was accepted; the product and its patents are public."""
    a.require(filed_on <= a.today, "date_future", "备案日期在今天之后", field="filed_on", value=str(filed_on))
    product.filed_on = filed_on
    a.record.visibility = "public"
    _note_year(a, product)


def _note_year(a: Run, product: Product) -> None:
    if product.data_year is None or product.sales_fen is None:
        return
    ProductYear.objects.update_or_create(
        product=a.record, year=product.data_year,
        defaults={"sales_fen": product.sales_fen, "revenue_fen": product.revenue_fen, "profit_fen": product.profit_fen, "updated_on": a.today},
    )  # fmt: skip
    a.extra["year"] = [None, {"year": product.data_year, "sales_fen": product.sales_fen}]


@action("patent_products", "update", "年度更新", "Yearly update", fields=(
    Column("data_year", "integer", "数据年度", "Data year", required=True), Column("sales_wan", "money_wan", "产品销售额", "Product sales", unit="万元", required=True),
    *(COLUMNS[n] for n in AMOUNTS[1:]), COLUMNS["takes_part"],
))  # fmt: skip
def update(a: Run, product: Product, *, data_year: int, sales_wan: int, **values: Any) -> None:
    """The numbers of another year. Refuses years ahead, and sales above the firm's revenue."""
    a.require(2000 <= data_year <= a.today.year, "out_of_range", "数据年度不在允许范围", field="data_year", value=data_year)
    revenue = values.get("revenue_wan")
    a.require(revenue is None or sales_wan <= revenue, "sales_above_revenue", "产品销售额不能大于企业营业收入", field="sales_wan")
    a.require(sales_wan >= 0, "negative", "数值不能为负", field="sales_wan")
    newest = product.data_year is None or data_year >= product.data_year
    if newest:
        product.data_year, product.sales_fen, product.updated_on = data_year, sales_wan, a.today
        for name in AMOUNTS[1:]:
            setattr(product, f"{name[:-4]}_fen", values.get(name))
        if values.get("takes_part") is not None:
            product.takes_part = values["takes_part"]
        _note_year(a, product)
        return
    ProductYear.objects.update_or_create(
        product=a.record,
        year=data_year,
        defaults={"sales_fen": sales_wan, "revenue_fen": revenue, "profit_fen": values.get("profit_wan"), "updated_on": a.today},
    )
    a.extra["year"] = [None, {"year": data_year, "sales_fen": sales_wan}]


@action("patent_products", "recognise", "登记认定结果", "Record recognition", fields=(
    Column("year", "integer", "认定年度", "Round", required=True), Column("answer", "choice", "官方结果", "Official result", required=True, choices=RESULTS),
    Column("on", "date", "公布日期", "Announced on", required=True), Column("basis", "text", "依据", "Basis", help="团体标准 T/PPAC 402—2022 或 GB/T 46961—2025"),
    Column("certificate_no", "text", "证书号", "Certificate"),
))  # fmt: skip
def recognise(a: Run, product: Product, *, year: int, answer: str, on: dt.date, basis: str = "", certificate_no: str = "") -> None:
    """Enter the national result of a round as announced. Refuses a second result of the same round, and days before the filing."""
    a.require(
        on <= a.today and (product.filed_on is None or on >= product.filed_on),
        "date_order",
        "公布日期应在备案日期与今天之间",
        field="on",
        value=str(on),
    )
    a.require(
        not Recognition.objects.filter(product=a.record, year=year).exists(),
        "recognised_twice",
        f"{year} 年度的结果已登记",
        field="year",
        value=year,
    )
    if answer == "not_renewed" and a.record.state != "recognised":
        raise Refused.one("not_recognised", "未认定的产品没有续认", field="answer")
    Recognition.objects.create(
        product=a.record, year=year, basis=basis or "", recognised=answer == "recognised", on=on, certificate_no=certificate_no or ""
    )
    a.extra["recognition"] = [None, {"year": year, "answer": answer}]
    if answer == "recognised":
        product.recognised_on, product.certificate_no = product.recognised_on or on, certificate_no or product.certificate_no
        a.notify(f"专利产品获国家认定：{a.record.title}", roles=("owner",), en=f"Recognised nationally: {a.record.title}")
    kept = a.record.state if answer == "not_recognised" else answer
    a.go(kept)


@action("patent_products", "self_check", "按批次自查", "Self-check for a round", roles=WRITERS, fields=(
    Column("cutoff", "date", "当年公布的截止日期", "Announced cut-off", help="2025 年起以当年通知为准；缺填则结论未知"), Column("on", "date", "自查日期", "On"),
))  # fmt: skip
def self_check(a: Run, product: Product, *, cutoff: dt.date | None = None, on: dt.date | None = None) -> None:
    """Whether the filing is complete and in time for the round with that cut-off, clause by clause; the national result is never computed."""
    day = on or a.today
    a.require(
        cutoff is None or abs(cutoff.year - day.year) <= 1,
        "date_order",
        "截止日期与自查日期应为同一批次",
        field="cutoff",
        value=str(cutoff),
    )
    found = product_gate(product, cutoff, day)
    product.gate = {**found, "on": day.isoformat(), "cutoff": cutoff.isoformat() if cutoff else None}
