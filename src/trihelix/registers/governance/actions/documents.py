"""Outgoing documents: numbers without gaps or doubles, and disclosure with secrecy check, three reviewers and its clock."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.governance.models import NumberSeries, OutgoingDocument, ReservedNumber
from trihelix.registers.governance.sheets import papers

NUMBER = re.compile(r"^(?P<head>\D+)〔(?P<year>\d{4})〕(?P<number>[1-9]\d*)号$")
_NAME = (Column("name", "text", "审核人", "Reviewer", required=True),)


def printed(org_code: str, division_code: str, year: int, number: int) -> str:
    """吉科发成〔2025〕71号: body code, division code, year in six-cornered brackets, running number without zeros."""
    return f"{org_code}{division_code}〔{year}〕{number}号"


def locked_series(a: Run, org_code: str, division_code: str, year: int) -> NumberSeries:
    """The series row under lock; opened on first use."""
    found = NumberSeries.objects.filter(org_code=org_code, division_code=division_code, year=year).first()
    if found is None:
        made = (
            register_of("number_series")
            .acts["create"]
            .run(
                by=a.by,
                now=a.now,
                title=f"{org_code}{division_code}〔{year}〕",
                org_code=org_code,
                division_code=division_code,
                year=year,
                last=0,
            )
        )
        found = made
    Record.objects.select_for_update().get(pk=found.pk)
    fresh: NumberSeries = NumberSeries.objects.get(pk=found.pk)
    if fresh.record.state != "open":
        raise Refused.one("series_closed", f"文号序列 {fresh.record.title} 已停用", field="division_code")
    return fresh


def reserve(a: Run, document: OutgoingDocument, wanted: int | None, day: dt.date) -> str:
    """Take the next number, or a named one that is free; the series row stays locked to the end of the transaction."""
    series = locked_series(a, document.org_code, document.division_code, day.year)
    number = wanted or series.last + 1
    taken = ReservedNumber.objects.filter(series=series.record, number=number).first()
    if taken is not None or (wanted and wanted <= series.last):
        raise Refused.one(
            "number_taken",
            f"文号 {printed(document.org_code, document.division_code, day.year, number)} 已被使用",
            field="doc_number",
            value=number,
        )
    if wanted and wanted > series.last + 1 and ReservedNumber.objects.filter(series=series.record).exists():
        raise Refused.one("number_gap", f"跳号：下一个文号是 {series.last + 1}", field="doc_number", value=number)
    ReservedNumber.objects.create(series=series.record, number=number, document=a.record, reserved_at=a.now)
    NumberSeries.objects.filter(pk=series.pk).update(last=number)
    return printed(document.org_code, document.division_code, day.year, number)


@action("documents", "sign", "签发并编号", "Sign and number", fields=(
    Column("signer", "text", "签发人", "Signer", required=True), Column("signed_on", "date", "成文日期", "Signed on"),
    Column("doc_number", "text", "发文字号", "Document number", help="留空取下一个号"), Column("index_number", "text", "索引号", "Index number"),
))  # fmt: skip
def sign(
    a: Run, document: OutgoingDocument, *, signer: str, signed_on: dt.date | None = None, doc_number: str = "", index_number: str = ""
) -> None:
    """Sign: the number is taken and the twenty working days of disclosure begin. Refuses taken or skipped numbers, a wrong index number."""
    day = signed_on or a.today
    a.require(day <= a.today, "future_date", "成文日期不能晚于今天", field="signed_on", value=str(day))
    document.signer, document.signed_on = signer, day
    document.doc_number = reserve(a, document, _wanted(document, doc_number, day), day)
    if index_number:
        problems = list(a.register.check({"index_number": index_number}, {"by": a.by}))
        if problems:
            raise Refused.of(problems)
        taken = OutgoingDocument.objects.filter(index_number=index_number).exclude(pk=document.pk).exists()
        a.require(not taken, "index_taken", f"索引号 {index_number} 已被使用", field="index_number", value=index_number)
        document.index_number = index_number
    document.publish_due, document.publish_confirmed = book.current().due("disclosure.publish", day)


def _wanted(document: OutgoingDocument, text: str, day: dt.date) -> int | None:
    if not text:
        return None
    found = NUMBER.match(text.strip())
    if found is None or found["head"] != document.org_code + document.division_code or int(found["year"]) != day.year:
        example = printed(document.org_code, document.division_code, day.year, 71)
        raise Refused.one("bad_number", f"发文字号 “{text}” 不合格式，应形如 {example}", field="doc_number", value=text)
    return int(found["number"])


@action("documents", "check_secrecy", "保密审查", "Check secrecy", fields=(
    Column("name", "text", "审查人", "Checked by", required=True), Column("secret", "boolean", "含不宜公开内容", "Holds what must not be published"),
))  # fmt: skip
def check_secrecy(a: Run, document: OutgoingDocument, *, name: str, secret: bool = False) -> None:
    """Before any publication; what must not be published can then only be kept back."""
    document.secrecy_by = name
    document.disclosure = "closed" if secret else ""


@action("documents", "decide", "决定公开方式", "Decide disclosure", fields=(
    Column("disclosure", "choice", "公开方式", "Disclosure", required=True, choices=papers.DISCLOSURE), Column("disclosure_reason", "longtext", "理由", "Reason"),
))  # fmt: skip
def decide(a: Run, document: OutgoingDocument, *, disclosure: str, disclosure_reason: str = "") -> None:
    """Open, on request or not open. Refuses opening what the secrecy check held back, and keeping back without a reason."""
    a.require(document.disclosure != "closed" or disclosure == "closed", "secret", "保密审查认为不宜公开，不能主动公开", field="disclosure")
    a.require(
        disclosure == "open" or (disclosure_reason or "").strip(), "reason_required", "不主动公开的须说明理由", field="disclosure_reason"
    )
    document.disclosure, document.disclosure_reason = disclosure, disclosure_reason or ""
    a.go("decided" if disclosure == "open" else "kept")


def _another(a: Run, document: OutgoingDocument, name: str) -> None:
    before = {document.first_review, document.second_review} - {""}
    a.require(name not in before, "same_reviewer", f"“{name}” 已审过前一道，三审须由不同的人", field="name", value=name)


@action("documents", "first_review", "初审", "First review", fields=_NAME)
def first_review(a: Run, document: OutgoingDocument, *, name: str) -> None:
    """First of three reviewers, by name."""
    document.first_review = name


@action("documents", "second_review", "复审", "Second review", fields=_NAME)
def second_review(a: Run, document: OutgoingDocument, *, name: str) -> None:
    """Second of three reviewers; another person."""
    _another(a, document, name)
    document.second_review = name


@action("documents", "publish", "终审并发布", "Final review, publish", fields=_NAME)
def publish(a: Run, document: OutgoingDocument, *, name: str) -> None:
    """Third reviewer; the document is public from today. The day is kept beside the due day, late or not."""
    _another(a, document, name)
    document.final_review, document.published_on = name, a.today
    a.record.visibility = "public"


@action("documents", "correct", "更正", "Correct", fields=(Column("text", "longtext", "更正后的正文", "Text", required=True),))
def correct(a: Run, document: OutgoingDocument, *, text: str) -> None:
    """A corrected version; the earlier ones stay readable."""
    document.versions = [
        *document.versions, {"version": len(document.versions) + 1, "on": a.today.isoformat(), "text": document.text, "reason": a.reason},
    ]  # fmt: skip
    document.text = text


@action("documents", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw(a: Run, document: OutgoingDocument) -> None:
    """Withdraw from publication with the reason."""
    a.record.visibility = "members"


@action("documents", "void", "作废", "Void", danger=True)
def void(a: Run, document: OutgoingDocument) -> None:
    """Void; its number stays listed as void and is never given again."""
    ReservedNumber.objects.filter(document=a.record).update(void=True, reason=a.reason[:200])


@action("number_series", "close", "停用", "Close")
def close_series(a: Run, series: NumberSeries) -> None:
    """No further numbers are taken."""


@action("number_series", "void_number", "注销空号", "Void a number", roles=("officer", "operator"), fields=(
    Column("number", "integer", "号", "Number", required=True), Column("why", "text", "原因", "Why", required=True),
))  # fmt: skip
def void_number(a: Run, series: NumberSeries, *, number: int, why: str) -> None:
    """Skip a number on purpose: it is listed as void, so that none is missing without a record. Only the next number can be skipped."""
    a.require(number == series.last + 1, "not_next", f"只能注销下一个号 {series.last + 1}", field="number", value=number)
    ReservedNumber.objects.create(series=a.record, number=number, document=None, reserved_at=a.now, void=True, reason=why[:200])
    series.last = number
    a.extra["void"] = [None, number]


def numbers_of(series: NumberSeries) -> list[dict[str, Any]]:
    """Every number taken, with its document or why it is void."""
    rows = ReservedNumber.objects.filter(series=series.record).select_related("document")
    return [{"number": r.number, "document": r.document, "void": r.void, "reason": r.reason} for r in rows]
