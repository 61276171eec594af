"""After registration: change, cancellation, revocation — certificate versions and who must be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from trihelix.engines.contracts.record import BenefitUse, Certificate
from trihelix.engines.errors import Refused

Event = Literal["change", "cancel", "revoke"]
_WORDS = {"change": "变更", "cancel": "注销", "revoke": "撤销"}


@dataclass(frozen=True)
class NoticeTask:
    """The applicant must report a change to the authority that gave a benefit; tax sees it."""

    benefit: str
    period: str
    amount: int
    to: str
    text: str


@dataclass(frozen=True)
class Effect:
    """All certificate versions after the event (older ones kept), the current one if any, and the notices it causes."""

    certificates: tuple[Certificate, ...]
    current: Certificate | None
    notices: tuple[NoticeTask, ...]


_AUTHORITY = {"VAT": "tax", "CIT": "tax", "IIT": "tax", "RD": "tax", "grant": "funder", "reward": "funder"}


def after_registration(
    event: Event,
    on: date,
    certificates: Sequence[Certificate],
    used: Sequence[BenefitUse],
    turnover: int | None = None,
    technical: int | None = None,
) -> Effect:
    """What a change (with its new amounts), a cancellation or a revocation of a registered contract leads to.

    Refusals: ``not_registered``, ``no_amounts``, ``technical_over_turnover``, ``date_order``.
    """
    if not certificates:
        raise Refused.one("not_registered", "合同尚未登记，没有登记证明可以变更", field="certificates")
    last = max(certificates, key=lambda c: c.version)
    if on < last.date:
        raise Refused.one("date_order", f"{_WORDS[event]}日 {on} 早于现有登记证明的日期 {last.date}", field="on", value=on.isoformat())
    notices = tuple(_notice(event, b) for b in used if not b.notified_on_change)
    if event != "change":
        return Effect(tuple(certificates), None, notices)
    if turnover is None or technical is None:
        raise Refused.one("no_amounts", "变更金额须同时给出成交额和技术交易额", field="turnover")
    if not 0 < technical <= turnover:
        raise Refused.one("technical_over_turnover", "技术交易额须大于零且不超过成交额", field="technical", value=technical)
    new = Certificate(last.no, last.version + 1, on, turnover, technical)
    return Effect((*certificates, new), new, notices)


def _notice(event: Event, use: BenefitUse) -> NoticeTask:
    text = f"合同已{_WORDS[event]}，请向主管机关报告已享受的优惠（{use.kind} {use.period}）"
    return NoticeTask(use.kind, use.period, use.amount, _AUTHORITY[use.kind], text)
