"""A figure's value with its lineage: exact parts, period, the records behind it, and what is missing. Nothing is formatted twice.

A figure without records is a gap that says why; it is never zero. A target prints the target and its progress; an external figure
its source and person. Counting follows the formula's measure, so a distinct number lists distinct subjects.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import inspect
import json
import uuid
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.kernel import home
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.figures import FORMULAS, Counted, Period, scaled
from trihelix.kernel.models import JournalSeal, Record
from trihelix.registers.figures import lineage, numbers, periods
from trihelix.registers.figures.book import Figure, figures
from trihelix.registers.figures.lineage import MIXED, Line, Tally
from trihelix.registers.figures.models import ExternalFigure
from trihelix.registers.figures.periods import Span

COMPUTED, EXTERNAL, TARGET, GAP = "computed", "external", "target", "gap"
NONE = "没有可计的记录"


@dataclass(frozen=True)
class Answer:
    """A figure evaluated. ``value`` is exact in the figure's unit; ``text`` is what is printed; ``None`` both for a gap.

    ``records`` says how many subjects make it. They are fetched when ``lines`` is first read, unless the answer was asked whole: then
    the value was made from the very lines it holds, which is what a report keeps.
    """

    figure: Figure
    span: Span
    status: str
    value: Fraction | None = None
    text: str | None = None
    records: int = 0
    formula: str = ""
    seq: int | None = None
    cautions: tuple[str, ...] = ()
    reason: str = ""
    progress: Answer | None = None
    base: Answer | None = None
    source: dict[str, str] = field(default_factory=dict)
    counted: Counted | None = field(default=None, compare=False, repr=False)
    held: tuple[Line, ...] | None = field(default=None, repr=False)

    @functools.cached_property
    def lines(self) -> tuple[Line, ...]:
        """The subjects that make the number, in no order."""
        if self.held is not None:
            return self.held
        return tuple(lineage.fetch(self.counted)) if self.counted is not None else ()

    @property
    def exact(self) -> str | None:
        return numbers.exact(self.value) if self.value is not None else self.text

    @functools.cached_property
    def digest(self) -> str | None:
        """SHA-256 over figure, formula, period and the sorted subjects with their summands; ``None`` for a gap."""
        if self.status == GAP:
            return None
        period = {k: v for k, v in self.span.as_json().items() if k != "as_of"}
        content = [self.figure.id, self.formula, self.figure.params, period, self.text if not self.lines else None, self.pairs()]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()

    def pairs(self) -> list[list[Any]]:
        """``[[uid or key, raw]]``, sorted: what a frozen report keeps."""
        return sorted(([line.key or line.uid, line.raw] for line in self.lines), key=lambda p: (p[0], str(p[1])))

    def page(self, start: int, size: int) -> list[Line]:
        """``size`` of the subjects from ``start``, in a total order, cut by the database."""
        if self.held is None and self.counted is not None and "lines" not in self.__dict__:
            return lineage.page(self.counted, start, size)
        return sorted(self.lines, key=_order)[start : start + size]

    def as_json(self) -> dict[str, Any]:
        """The stable answer of ``trihelix figures``."""
        f = self.figure
        out: dict[str, Any] = {
            "id": f.id, "place": f.place, "phrase": f.name(), "value": self.text, "value_exact": self.exact, "unit": f.unit, "measure": f.measure,
            "subject": f.subject, "population": f.population, "measure_kind": f.measure_kind, "aspect": f.aspect or None,
            "period": self.span.as_json(), "formula": self.formula or None, "params": f.params, "records": self.records,
            "digest": self.digest, "seq": self.seq, "status": self.status, "cautions": list(self.cautions), "owner": f.owner,
            "choices": list(f.choices),
        }  # fmt: skip
        if self.reason:
            out["gap"] = self.reason
        if self.source:
            out["source"] = self.source
        if f.target is not None:
            p = self.progress
            out["progress"] = None if p is None else {
                "value": p.text, "value_exact": p.exact, "records": p.records, "status": p.status, "digest": p.digest, "period": p.span.as_json(),
            }  # fmt: skip
        if self.base is not None:
            out["base"] = {"value_exact": self.base.exact, "records": self.base.records, "period": self.base.span.as_json()}
        return out


def last_seq() -> int | None:
    """The last sealed place of the journal."""
    found: int | None = JournalSeal.objects.order_by("-seq").values_list("seq", flat=True).first()
    return found


def span_of(figure: Figure, as_of: dt.date, start: dt.date | None = None, end: dt.date | None = None) -> Span:
    """The figure's period on a day; flows may be asked for another period. Refuses a period that ends before it starts."""
    if start and end and end < start:
        raise Refused.one("date_order", "止日早于起日，请改正 --from 与 --to", field="to", value=end.isoformat())
    span = periods.resolve(figure.period, as_of)
    if (start is None and end is None) or not periods.is_flow(figure.period):
        return span
    found = replace(span, start=start or span.start, end=end or (as_of if start else span.end))
    if found.start and found.end < found.start:
        raise Refused.one(
            "date_order", f"{figure.id} 的统计期止日早于起日，请同时给出 --from 与 --to", field="to", value=found.end.isoformat()
        )
    return found


class Lines(Sequence[Line]):
    """The subjects of an answer as a list that is counted and cut by the database, for pages."""

    def __init__(self, found: Answer) -> None:
        self.found = found

    def __len__(self) -> int:
        return self.found.records

    def __getitem__(self, part: Any) -> Any:
        start, end, _ = part.indices(len(self))
        return self.found.page(start, max(0, end - start))


# A figure asks for numbers and gets their tallies back, with the lines where the answer is wanted whole.
Told = tuple[Tally, tuple[Line, ...] | None]
Asking = Generator[list[Counted], list[Told], Answer]


def answers(asked: Sequence[tuple[Figure, Span]], by: Actor, whole: bool = False) -> list[Answer]:
    """Evaluate figures, each over its period; their numbers are counted together, in a few queries however many they are.

    ``whole`` makes each value from its fetched records. Refuses synthetic records in a folder of real data; a missing formula or
    records give a gap.
    """
    seq = last_seq()
    works = [_evaluated(figure, span, by, seq) for figure, span in asked]
    out: dict[int, Answer] = {}
    told: dict[int, list[Told] | None] = dict.fromkeys(range(len(works)))
    while told:
        wanted: dict[int, list[Counted]] = {}
        for i, given in told.items():
            try:
                wanted[i] = next(works[i]) if given is None else works[i].send(given)
            except StopIteration as done:
                out[i] = done.value
        every = iter(_told([c for counted in wanted.values() for c in counted], whole))
        told = {i: [next(every) for _ in counted] for i, counted in wanted.items()}
    return [out[i] for i in range(len(works))]


def _told(asked: list[Counted], whole: bool) -> list[Told]:
    if not whole:
        return [(tally, None) for tally in lineage.tallies(asked)]
    held = [tuple(lineage.fetch(counted)) for counted in asked]
    return [(lineage.tally_of(lines, counted), lines) for lines, counted in zip(held, asked, strict=True)]


def answer(
    figure: Figure, by: Actor, as_of: dt.date, start: dt.date | None = None, end: dt.date | None = None, *, whole: bool = False
) -> Answer:
    """Evaluate one figure on a day; :func:`answers` says how."""
    return answers([(figure, span_of(figure, as_of, start, end))], by, whole)[0]


def evaluate_all(
    by: Actor, as_of: dt.date, ids: Iterable[str] = (), start: dt.date | None = None, end: dt.date | None = None, *, whole: bool = False
) -> list[Answer]:
    """Every figure of the letter, or those named, in the book's order. Refuses unknown ids."""
    known = figures()
    chosen = [known.figure(i) for i in ids] or known.of_letter()
    return answers([(f, span_of(f, as_of, start, end)) for f in chosen], by, whole)


def reached(by: Actor, as_of: dt.date) -> dict[str, Fraction]:
    """How far each target figure is, from the records: ``{figure: value}``; those without records stand at nothing yet."""
    return progress_of(evaluate_all(by, as_of, [f.id for f in figures().figures.values() if f.target is not None]))


def progress_of(found: Iterable[Answer]) -> dict[str, Fraction]:
    """The progress of those answers that are targets."""
    return {
        a.figure.id: a.progress.value if a.progress is not None and a.progress.value is not None else Fraction(0)
        for a in found
        if a.figure.target is not None
    }


def _evaluated(figure: Figure, span: Span, by: Actor, seq: int | None) -> Asking:
    cautions = (*figure.cautions, *(f"{c}〔待核实〕" for c in figure.choices))
    blank = Answer(figure, span, GAP, seq=seq, cautions=cautions)
    if figure.external:
        return _external(blank, by)
    if figure.target is None:
        return (yield from _computed(blank, by))
    progress = (yield from _computed(blank, by)) if figure.formula else None
    blank = replace(blank, status=TARGET, value=figure.target, text=numbers.rounded(figure.target, figure.digits))
    if progress is None:
        return blank
    return replace(
        blank, formula=progress.formula, progress=progress, records=progress.records, counted=progress.counted, held=progress.held
    )


def _external(blank: Answer, by: Actor) -> Answer:
    rows = entries(by, ExternalFigure).filter(figure=blank.figure.id, as_of__lte=blank.span.as_of, record__state="confirmed")
    found = rows.order_by("-as_of", "-pk").first()
    if found is None:
        return replace(blank, reason="尚未登记外部数据")
    if found.unit != blank.figure.unit:
        return replace(blank, reason=f"外部数据的单位是 {found.unit}，应为 {blank.figure.unit}")
    value = Fraction(found.value)
    source = {"source": found.source, "person": found.person, "as_of": found.as_of.isoformat(), "address": found.address}
    cautions = (*blank.cautions, f"来源：{found.source}；填报：{found.person}；截止 {found.as_of.isoformat()}")
    return replace(
        blank, status=EXTERNAL, value=value, text=numbers.rounded(value, blank.figure.digits), source=source, cautions=cautions,
        records=1, held=(Line(found.record.uid.hex, str(found.value.normalize())),),
    )  # fmt: skip


def run(name: str, by: Actor, span: Span, params: dict[str, Any]) -> Counted | str:
    """What a formula counts, or why it cannot be asked (missing, or a parameter it does not know)."""
    spec = FORMULAS.get(name)
    if spec is None:
        return f"指标公式 {name} 尚未提供"
    known = inspect.signature(spec.run).parameters
    open_ended = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in known.values())
    if not open_ended and (unknown := [p for p in params if p not in known]):
        return f"指标公式 {name} 没有参数 {'、'.join(unknown)}"
    return spec.run(by, Period(span.start, span.end), **params)


def _computed(blank: Answer, by: Actor) -> Asking:
    figure = blank.figure
    params = {k: v for k, v in figure.params.items() if not (figure.operation == "latest" and k == "path")}
    counted = run(figure.formula, by, blank.span, params)
    if isinstance(counted, str):
        return replace(blank, reason=counted)
    spec = FORMULAS[figure.formula]
    blank = replace(blank, formula=spec.id)
    if figure.operation == "latest":
        return _latest(blank, counted)
    if figure.operation in ("growth", "share"):
        return (yield from _ratio(blank, by, counted, params))
    tally, lines = (yield [counted])[0]
    if not tally.records:
        return replace(blank, reason=NONE)
    blank = replace(blank, records=tally.records, counted=counted, held=lines)
    if figure.operation == "each":
        return _each(blank, tally, spec.unit)
    value = in_unit(tally.raw, spec.unit, figure)
    return replace(blank, status=COMPUTED, value=value, text=numbers.rounded(value, figure.digits))


def in_unit(raw: Any, unit: str, figure: Figure) -> Fraction:
    """A raw number in the figure's unit."""
    return Fraction(raw) * figure.scale if figure.scale is not None else scaled(raw, unit, figure.unit)


def _each(blank: Answer, tally: Tally, unit: str) -> Answer:
    """A value that every record shares; where they differ there is no such value."""
    if tally.low == tally.high == 0:  # the subjects stand, nothing was decided for them
        return replace(blank, reason=NONE)
    if tally.low != tally.high:
        values = sorted({line.raw for line in blank.lines})
        shown = "、".join(numbers.exact(in_unit(v, unit, blank.figure)) for v in values[:6])
        return replace(blank, reason=f"各条记录的数值不一致（{shown}），不能写成“每个”")
    value = in_unit(tally.low, unit, blank.figure)
    return replace(blank, status=COMPUTED, value=value, text=numbers.rounded(value, blank.figure.digits))


def _ratio(blank: Answer, by: Actor, counted: Counted, params: dict[str, Any]) -> Asking:
    """Growth over the base, or the part of the whole, in per cent. The base is the same formula version with other params, or the same
    period a year before; without it there is nothing to compare with. The records told are those of the part, or of the period itself.
    """
    figure, grows = blank.figure, blank.figure.operation == "growth"
    span = periods.shifted(blank.span) if grows and figure.base_params is None else blank.span
    other = run(figure.formula, by, span, {**params, **(figure.base_params or {})})
    told = yield [counted] if isinstance(other, str) else [counted, other]
    (part, lines), base = told[0], told[1] if len(told) > 1 else None
    if grows and not part.records:
        return replace(blank, reason=NONE)
    blank = replace(blank, records=part.records, counted=counted, held=lines)
    if isinstance(other, str) or base is None or not base[0].raw:
        return replace(blank, reason="上一期没有同一公式版本的数值，不可比" if grows else "没有可作分母的记录")
    now, whole = Fraction(part.raw), Fraction(base[0].raw)  # raw both: a ratio needs no unit
    value = ((now - whole) if grows else now) / whole * 100
    beside = replace(
        blank, status=COMPUTED, span=span, value=whole, text=numbers.exact(whole), records=base[0].records, counted=other, held=base[1]
    )
    return replace(blank, status=COMPUTED, value=value, text=numbers.rounded(value, figure.digits), base=beside)


def _latest(blank: Answer, counted: Counted) -> Answer:
    """An attribute of the newest record: a date, a number, an identifier, or how many names a list holds."""
    row = counted.rows.first()
    if row is None:
        return replace(blank, reason=NONE)
    if row.record.synthetic and not home.is_demo():
        raise Refused.one("mixed_population", MIXED, field="population")
    value = getattr(row, blank.figure.params["path"], None)
    if value in (None, "", []):
        return replace(blank, reason=f"记录 {row.record.number} 没有填写此项")
    blank = replace(blank, records=1, held=(Line(row.record.uid.hex, 1),))
    if isinstance(value, list):
        value = len(value)
    if isinstance(value, int):
        exact = Fraction(value)
        return replace(blank, status=COMPUTED, value=exact, text=numbers.rounded(exact, blank.figure.digits))
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    return replace(blank, status=COMPUTED, text=text[:7] if blank.figure.unit == "月" else text)


def _order(line: Line) -> tuple[str, str, str]:
    return line.key, line.uid, str(line.raw)


def listed(found: Answer, by: Actor, lines: Iterable[Line] | None = None) -> Iterator[dict[str, Any]]:
    """The records that make a number, one line each, in a total order; money also as integer fen. ``lines`` takes one page of them."""
    told = sorted(found.lines, key=_order) if lines is None else list(lines)
    spec = FORMULAS.get(found.figure.formula)
    money = spec is not None and spec.unit == "分"
    for start in range(0, len(told), 400):
        part = told[start : start + 400]
        wanted = {uuid.UUID(line.uid) for line in part if line.uid}
        seen = {r.uid.hex: r for r in visible_to(by, Record.objects.filter(uid__in=wanted).select_related("owner"))}
        for line in part:
            record = seen.get(line.uid)
            row: dict[str, Any] = {
                "figure": found.figure.id, "uid": str(uuid.UUID(line.uid)) if line.uid else None, "register": record.register if record else None,
                "number": record.number if record else None, "ref": record.ref if record else None, "title": record.title if record else None,
                "state": record.state if record else None, "owner": record.owner.ref if record and record.owner else None,
            }  # fmt: skip
            row["value_fen" if money else "value"] = line.raw
            if line.key:
                row["key"] = line.key
            yield row
