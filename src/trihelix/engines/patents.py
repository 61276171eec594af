"""Arithmetic of patents: symbols, terms, tiers of a stock-taking, annual fees, recording of licences, valuation. Pure.

Sources: patent numbering and classification rules, Patent Law art. 42–52, its Implementing Rules (recording within three
months), the fee tables; the tier rule is a default of this product and lies in the book.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.months import add_days, add_months, full_months

IPC = re.compile(r"^[A-H]\d{2}[A-Z]\d{1,4}/\d{2,6}$")
LOCARNO = re.compile(r"^(\d{2})-(\d{2})$")
PUBLICATION = re.compile(r"^CN(\d{7}|\d{9})([ABUSCY]\d?)$")
KIND_OF = {1: "invention", 2: "utility", 3: "design", 8: "invention", 9: "utility"}
LOCARNO_CLASSES = 32


def _tidy(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


def ipc(text: str, field: str | None = None) -> str:
    """The stored form of an IPC symbol (国际专利分类号), ``G06F17/30``; refused ``ipc_form``."""
    symbol = _tidy(text)
    if not IPC.match(symbol):
        raise Refused.one("ipc_form", f"“{text}” 不是国际专利分类号，应如 H01L 21/02", field=field, value=text)
    return symbol


def locarno(text: str, field: str | None = None) -> str:
    """A Locarno class of designs (外观设计分类号), ``14-02``; refused ``locarno_form``."""
    symbol = _tidy(text)
    found = LOCARNO.match(symbol)
    if not found or not 1 <= int(found[1]) <= LOCARNO_CLASSES:
        raise Refused.one("locarno_form", f"“{text}” 不是外观设计分类号，应如 14-02，大类 01–32", field=field, value=text)
    return symbol


def symbols(values: Iterable[str], ptype: str, field: str) -> tuple[list[str], list[Problem]]:
    """Classification symbols of one patent: IPC, or Locarno for designs; each once, in order, and what is wrong."""
    out: list[str] = []
    problems: list[Problem] = []
    for value in values:
        try:
            out.append(locarno(value, field) if ptype == "design" else ipc(value, field))
        except Refused as refusal:
            problems += refusal.problems
    return list(dict.fromkeys(out)), problems


def publication_number(text: str, field: str | None = None) -> str:
    """A publication number (公开（公告）号) ``CN`` + 7 or 9 digits + kind code; refused ``publication_form``."""
    number = _tidy(text)
    if not PUBLICATION.match(number):
        raise Refused.one("publication_form", f"“{text}” 不是公开（公告）号，应如 CN107123456B", field=field, value=text)
    return number


@dataclass(frozen=True)
class Terms:
    """Years of protection from filing; designs filed up to ``design_until`` have ``design_before`` years."""

    years: Mapping[str, int]
    design_until: dt.date
    design_before: int


def ends_on(ptype: str, filed: dt.date, terms: Terms) -> dt.date:
    """The last day of protection: the anniversary of filing. A design of 31 May 2021 ends in 2031, one of 1 June in 2036."""
    years = terms.design_before if ptype == "design" and filed <= terms.design_until else terms.years[ptype]
    return add_months(filed, 12 * years)


@dataclass(frozen=True)
class TierStep:
    """One step of the tier rule: least stars, admitted prospects (empty: any), least firms willing to co-operate."""

    tier: str
    stars: int = 0
    prospects: tuple[str, ...] = ()
    willing: int = 0

    def holds(self, stars: int, prospect: str, willing: int) -> bool:
        """Whether a patent reaches this step."""
        return stars >= self.stars and (not self.prospects or prospect in self.prospects) and willing >= self.willing


def tier(steps: Sequence[TierStep], stars: int, prospect: str, willing: int) -> str:
    """The first step that holds; the last one should hold for all. Stars 1 to 5."""
    for step in steps:
        if step.holds(stars, prospect, willing):
            return step.tier
    raise Refused.one("no_tier", "分层规则没有适用的一档；请在规则书中补一个兜底档", field="tier")


def fee_year(filed: dt.date, paid_to: dt.date) -> int:
    """The year of term (counted from filing) that begins on ``paid_to``: 7 when six years are paid."""
    return full_months(filed, paid_to) // 12 + 1


def year_starts(filed: dt.date, year: int) -> dt.date:
    """The first day of a year of term: its annual fee is due by then."""
    return add_months(filed, 12 * (year - 1))


def late_months(due: dt.date, paid: dt.date, grace: int) -> int:
    """Months of late fee: none within the first month after the day due, then one for each month begun, never above ``grace - 1``."""
    if paid <= due:
        return 0
    months = full_months(due, add_days(paid, -1))
    return min(months, grace - 1)


def in_grace(due: dt.date, day: dt.date, grace: int) -> bool:
    """Whether a fee due may still be paid with a late fee."""
    return due < day <= add_months(due, grace)


def years_from_grant(granted: dt.date, filed: dt.date, year: int) -> int:
    """The how-manieth year of term ``year`` is, counted from the year of term in which the patent was granted (that one is 1)."""
    return year - (full_months(filed, granted) // 12 + 1) + 1


def recording_due(effective: dt.date, months: int = 3) -> dt.date:
    """The last day to have a licence contract recorded (许可合同备案): 31 January → 30 April; 30 November → 28 or 29 February."""
    return add_months(effective, months)


def weights(values: Mapping[str, Any], field: str = "weights") -> dict[str, Fraction]:
    """Weights of a valuation by indicator; they must add up to 100 exactly (``weight_sum``)."""
    out = {k: Fraction(Decimal(str(v))) for k, v in values.items()}
    total = sum(out.values(), Fraction(0))
    if total != 100:
        raise Refused.one("weight_sum", f"权重之和应为 100，现为 {float(total):g}", field=field, value=float(total))
    return out


def value_score(weight: Mapping[str, Any], scores: Mapping[str, Any]) -> Fraction:
    """Weighted score 0–100: ``Σ w·s / 100``. Refuses weights that miss 100, missing or foreign indicators, scores out of range."""
    ready = weights(weight)
    problems = [Problem("missing_score", f"缺少指标 “{k}” 的得分", field="scores", value=k) for k in ready if scores.get(k) is None]
    problems += [
        Problem("unknown_indicator", f"没有指标 “{k}”；可用：{'、'.join(ready)}", field="scores", value=k) for k in scores if k not in ready
    ]
    exact = {k: Fraction(Decimal(str(v))) for k, v in scores.items() if v is not None}
    problems += [Problem("out_of_range", "得分应在 0 与 100 之间", field="scores", value=k) for k, v in exact.items() if not 0 <= v <= 100]
    if problems:
        raise Refused.of(problems)
    return sum((ready[k] * exact[k] for k in ready), Fraction(0)) / 100


def income_value(flows: Sequence[int], share: Fraction, rate: Fraction, most_years: int | None = None) -> Fraction:
    """Income method (收益法): ``Σ R_t · k / (1+r)^t`` in the unit of the flows; at most ``most_years`` years count."""
    if rate <= -1 or not 0 <= share <= 1:
        raise Refused.one("out_of_range", "分成率应在 0 与 1 之间，折现率应大于 -1", field="share_percent")
    years = flows if most_years is None else flows[: max(most_years, 0)]
    return sum((r * share / (1 + rate) ** (t + 1) for t, r in enumerate(years)), Fraction(0))
