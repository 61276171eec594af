"""Batches: one act for the whole list — publicity, then appointment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action
from trihelix.kernel.register import register_of
from trihelix.registers.secondments import terms
from trihelix.registers.secondments.models import Batch, Secondment


def _of(a: Run, state: str) -> list[Any]:
    return list(Secondment.objects.filter(batch=a.record, record__state=state).order_by("pk"))


@action("secondment_batches", "open", "开始征集", "Open", safe=True)
def open_(a: Run, batch: Batch) -> None:
    """Everybody may read the batch: hosts post needs, people offer, home bodies answer."""
    a.record.visibility = "public"


@action("secondment_batches", "publicise", "名单公示", "Publish the list", safe=True)
def publicise(a: Run, batch: Batch) -> None:
    """Put up the list of everybody who is qualified. Refuses an empty list."""
    rows = _of(a, "qualified")
    a.require(rows, "empty_list", "本批次没有资格审查通过的人选", field="state")
    rule = terms.terms()["publicity"]
    batch.publicity_from = a.today
    batch.publicity_to = book.current().calendar.add(a.today, rule["days"], kind=rule["kind"]).date
    act = register_of("secondments").acts["publicise"].run
    for row in rows:
        act(by=a.by, record=row.record, now=a.now)
    a.record.visibility = "public"
    a.extra["listed"] = [None, len(rows)]


@action("secondment_batches", "appoint", "整批聘任", "Appoint the batch", fields=(
    Column("starts_on", "date", "任期起", "From"), Column("document_no", "text", "文号", "Document"),
))  # fmt: skip
def appoint(a: Run, batch: Batch, *, starts_on: dt.date | None = None, document_no: str = "") -> None:
    """Appoint everybody whose publicity ended without objection; who was taken out waits for the next batch."""
    rows = _of(a, "publicity")
    a.require(rows, "empty_list", "本批次没有公示期满的人选", field="state")
    batch.appointed_on, batch.document_no = a.today, document_no or batch.document_no
    act = register_of("secondments").acts["appoint"].run
    for row in rows:
        act(by=a.by, record=row.record, now=a.now, **({"starts_on": starts_on} if starts_on else {}))
    a.extra["appointed"] = [None, len(rows)]
