"""Lawful pricing of results: agreed price (协议定价), listing (挂牌交易), auction (拍卖); first refusal of the inventor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from trihelix.engines.contracts.book import ContractBook
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import format_wan
from trihelix.engines.months import add_days, add_months
from trihelix.engines.workdays import Calendar, Due

SCOPES = frozenset({"own_unit", "market"})


@dataclass(frozen=True)
class PriceNotice:
    """A price publicity (价格公示): scope is any of ``own_unit`` (本单位) and ``market`` (技术市场)."""

    scope: frozenset[str]
    begins: date
    ends: date
    price: int
    open_objections: int = 0


@dataclass(frozen=True)
class Sale:
    """A priced disposal of a result. ``answer``: the completer's word on first refusal, ``waived``, ``taken`` or None."""

    way: str
    price: int
    signed_on: date | None = None
    notice: PriceNotice | None = None
    is_transfer: bool = True
    service_result: bool = True
    rofr_asked_on: date | None = None
    rofr_answer_by: date | None = None
    rofr_answer: str | None = None
    related_buyer: bool = False
    related_labelled: bool = False
    secret: bool = False
    secret_approved: bool = False


def problems(sale: Sale, book: ContractBook) -> Iterator[Problem]:
    """Why a sale may not be signed: notice short or missing, under the noticed price, unlabelled buyer, secret result."""
    if sale.way not in book.price_ways:
        yield Problem("unknown_way", f"没有定价方式“{sale.way}”", "way", value=sale.way)
    if sale.secret and not sale.secret_approved:
        yield Problem("secret_not_approved", "涉密成果须先经批准", "secret_approved")
    if sale.related_buyer and not sale.related_labelled:
        yield Problem("related_not_labelled", "受让方与完成人有关联，公示中须注明", "related_labelled")
    if sale.way == "agreement":
        yield from _agreement(sale, book)
    if first_refusal_open(sale):
        yield Problem(
            "first_refusal_open", "须先书面询问完成人是否行使优先受让权，并记录其答复或放弃", "rofr_answer", clause="民法典第八百四十七条"
        )


def _agreement(sale: Sale, book: ContractBook) -> Iterator[Problem]:
    notice = sale.notice
    if notice is None:
        yield Problem("no_notice", "协议定价须公示成果名称和拟交易价格", "notice", clause="促进科技成果转化法第十八条")
        return
    days = book.price("notice_days", notice.begins)
    last = Calendar({}).add(notice.begins, days.value, kind="calendar").date
    if notice.ends < last:
        yield Problem("notice_short", f"公示不足 {days.value} 日（开始当日不计），最早到 {last}", "notice", clause=days.source)
    if sale.signed_on and sale.signed_on <= notice.ends:
        yield Problem("signed_in_notice", "公示期满后才能签约", "signed_on", value=sale.signed_on.isoformat())
    if sale.price < notice.price:
        yield Problem("under_noticed_price", f"价格低于公示的 {format_wan(notice.price)} 万元，须重新公示", "price", value=sale.price)
    if notice.open_objections:
        yield Problem("objection_open", "公示异议尚未处理完毕", "notice")


def first_refusal_open(sale: Sale) -> bool:
    """A transfer of a service result waits for the completer's answer; silence is not an answer."""
    return sale.is_transfer and sale.service_result and sale.rofr_answer not in ("waived", "taken")


def award(sale: Sale, bidder: str, completer: str, book: ContractBook) -> str:
    """Who gets the lot: the completer who takes it on equal terms, else the bidder. Refused while anything is open."""
    found = list(problems(sale, book))
    if found:
        raise Refused.of(found)
    return completer if sale.is_transfer and sale.rofr_answer == "taken" else bidder


def immunity_ready(sale: Sale) -> bool:
    """Whether the way of pricing lets the leader claim immunity (免责): listing, auction, or notice in unit and on a market."""
    if sale.way in ("listing", "auction"):
        return True
    return sale.notice is not None and sale.notice.scope >= SCOPES


def listing_ends(begins: date, book: ContractBook) -> date:
    """First day on which a listing (挂牌) may close: the book's calendar days, the first one not counted."""
    return Calendar({}).add(begins, book.price("listing_days", begins).value, kind="calendar").date


def deposit_due(confirmed_on: date, book: ContractBook, calendar: Calendar) -> Due:
    """Last day to give the losers' deposits (保证金) back after the result is confirmed."""
    return calendar.add(confirmed_on, book.price("deposit_return_working_days", confirmed_on).value)


def licence_record_due(effective_on: date, book: ContractBook) -> date:
    """Last day to record a patent licence (专利实施许可合同备案): three calendar months, clamped to the month's end."""
    return add_months(effective_on, book.price("record_months", effective_on).value)


def licence_record_state(effective_on: date, recorded_on: date | None, on: date, book: ContractBook) -> str:
    """``recorded``, ``recorded_late``, ``open``, ``warn`` (from the book's day on) or ``overdue``."""
    due = licence_record_due(effective_on, book)
    if recorded_on is not None and recorded_on <= on:
        return "recorded" if recorded_on <= due else "recorded_late"
    if on > due:
        return "overdue"
    return "warn" if on >= add_days(effective_on, book.price("record_warn_days", effective_on).value) else "open"
