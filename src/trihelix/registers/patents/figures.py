"""Figure functions of patents: products, stock-taking, recordings, cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.registers.patents import flow, sheets
from trihelix.registers.patents.models import Case, Centre, OpenLicence, Patent, Product, Recording, Round, StockRecord
from trihelix.registers.patents.settings_book import settings

IN_POOL = (*flow.POOL, *flow.OUTCOMES, "recorded")


def _filed(by: Actor, period: Period, owner: str = "") -> QuerySet[Any]:
    rows = entries(by, Product).filter(**within("filed_on", period)).exclude(record__state__in=("draft", "submitted", "withdrawn"))
    return rows.filter(record__owner__ref=owner) if owner else rows


@formula("patents.product_firms", "户", "备案专利产品企业数", "Firms filing patented products")
def product_firms(by: Actor, period: Period, owner: str = "") -> Counted:
    """COUNT DISTINCT of firms with a product filed in the period."""
    return Counted(_filed(by, period, owner), "distinct", "record__owner", "record__owner")


@formula("patents.products", "件", "备案专利产品数", "Patented products filed")
def products(by: Actor, period: Period, owner: str = "") -> Counted:
    """COUNT of products filed in the period, recognised ones included."""
    return Counted(_filed(by, period, owner))


@formula("patents.products_recognised", "个", "国家认定产品数", "Products recognised nationally")
def products_recognised(by: Actor, period: Period, owner: str = "") -> Counted:
    """COUNT of products first recognised in the period; a product counts once, however often renewed."""
    rows = entries(by, Product).filter(**within("recognised_on", period)).exclude(record__state="withdrawn")
    return Counted(rows.filter(record__owner__ref=owner) if owner else rows)


@formula("patents.product_sales", "分", "专利产品销售额", "Sales of patented products")
def product_sales(by: Actor, period: Period, recognised: bool = False) -> Counted:
    """SUM of the latest year's sales of filed products, in fen; ``recognised`` limits to those recognised nationally."""
    rows = _filed(by, Period(None, period.end))
    return Counted(rows.exclude(recognised_on=None) if recognised else rows, "sum", "sales_fen")


def latest_round(by: Actor, day: dt.date) -> Any:
    """The round that began last by a day; planned and dropped ones do not count."""
    rows = entries(by, Round).filter(starts_on__lte=day).exclude(record__state__in=("planned", "dropped"))
    return rows.order_by("-starts_on", "-pk").first()


def _forms(by: Actor, period: Period, round: str, prospects: Iterable[str] | None) -> QuerySet[Any]:
    found = latest_round(by, period.end) if round in ("", "latest") else entries(by, Round).filter(record__ref=round).first()
    rows = entries(by, StockRecord).filter(record__state__in=IN_POOL)
    rows = rows.filter(round=found.record) if found is not None else rows.none()
    return rows.filter(prospect__in=tuple(prospects) if prospects is not None else settings().with_prospects)


@formula("patents.stock_bodies", "家", "盘点单位数", "Bodies in the stock-taking")
def stock_bodies(by: Actor, period: Period, round: str = "latest", prospects: Iterable[str] | None = None) -> Counted:
    """COUNT DISTINCT of bodies with patents of prospects in the pool of a round."""
    return Counted(_forms(by, period, round, prospects), "distinct", "record__owner", "record__owner")


@formula("patents.stock_prospects", "件", "有转化前景的专利数", "Patents with prospects")
def stock_prospects(by: Actor, period: Period, round: str = "latest", prospects: Iterable[str] | None = None) -> Counted:
    """COUNT DISTINCT of patents approved into the pool of a round and graded as having prospects."""
    return Counted(_forms(by, period, round, prospects), "distinct", "patent", "patent")


@formula("patents.recordings", "次", "转让许可备案次数", "Recorded transfers and licences")
def recordings(by: Actor, period: Period, kind: str = "", holder_kind: str = "") -> Counted:
    """COUNT of recorded events in the period; cancelled ones excepted. An event is neither a patent nor a contract."""
    rows = entries(by, Recording).filter(**within("recorded_on", period)).exclude(record__state="void")
    rows = rows.filter(kind=kind) if kind else rows
    return Counted(rows.filter(holder_kind=holder_kind) if holder_kind else rows)


@formula("patents.cases", "个", "入选典型案例数", "Cases selected")
def cases(by: Actor, period: Period, call: str = "") -> Counted:
    """COUNT of cases selected in the period."""
    rows = entries(by, Case).filter(**within("selected_on", period), record__state="selected")
    return Counted(rows.filter(call__ref=call) if call else rows)


@formula("patents.patents", "件", "有效专利数", "Patents in force")
def patents(by: Actor, period: Period, ptype: str = "") -> Counted:
    """COUNT of patents in force now and granted by the end of the period."""
    rows = entries(by, Patent).filter(status__in=sheets.VALID, grant_date__lte=period.end).exclude(record__state="archived")
    return Counted(rows.filter(ptype=ptype) if ptype else rows)


@formula("patents.families", "项", "专利同族数", "Patent families")
def families(by: Actor, period: Period) -> Counted:
    """COUNT DISTINCT of families filed by the end of the period."""
    return Counted(entries(by, Patent).filter(filing_date__lte=period.end).exclude(record__state="archived"), "distinct", "family")


@formula("patents.open_licences", "件", "开放许可声明数", "Open licences announced")
def open_licences(by: Actor, period: Period) -> Counted:
    """COUNT of open licences announced in the period."""
    return Counted(entries(by, OpenLicence).filter(**within("announced_on", period)).exclude(record__state="discarded"))


@formula("patents.centres", "个", "高价值专利培育中心数", "Cultivation centres")
def centres(by: Actor, period: Period, level: str = "") -> Counted:
    """COUNT of centres recognised by the end of the period and not removed."""
    rows = entries(by, Centre).filter(recognised_on__lte=period.end, record__state="recognised")
    return Counted(rows.filter(level=level) if level else rows)
