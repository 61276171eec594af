"""A figure's value with its lineage: exact parts, period, the records behind it, and what is missing. Nothing is formatted twice.

A figure without records is a gap that says why; it is never zero. A target prints the target and its progress; an external figure
its source and person. Counting follows the formula's measure, so a distinct number lists distinct subjects.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import inspect
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, F
from django.db.models.functions import Cast

from trihelix.engines.errors import Refused
from trihelix.kernel import home
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.figures import FORMULAS, Counted, Period, scaled
from trihelix.kernel.models import JournalSeal, Record
from trihelix.registers.figures import numbers, periods
from trihelix.registers.figures.book import Figure, figures
from trihelix.registers.figures.models import ExternalFigure
from trihelix.registers.figures.periods import Span

COMPUTED, EXTERNAL, TARGET, GAP = "computed", "external", "target", "gap"
MIXED = "真实数据目录中混有合成记录，指标不予计算；请先清理合成记录"


@dataclass(frozen=True)
class Line:
    """One counted subject: its uid (hex), the raw summand (1 for counts), and the key of a distinct value that is no record."""

    uid: str
    raw: Any
    key: str = ""


@dataclass(frozen=True)
class Answer:
    """A figure evaluated. ``value`` is exact in the figure's unit; ``text`` is what is printed; ``None`` both for a gap."""

    figure: Figure
    span: Span
    status: str
    value: Fraction | None = None
    text: str | None = None
    lines: tuple[Line, ...] = ()
    formula: str = ""
    seq: int | None = None
    cautions: tuple[str, ...] = ()
    reason: str = ""
    progress: Answer | None = None
    base: Answer | None = None
    source: dict[str, str] = field(default_factory=dict)

    @property
    def exact(self) -> str | None:
        return numbers.exact(self.value) if self.value is not None else self.text

    @property
    def digest(self) -> str | None:
        """SHA-256 over figure, formula, period and the sorted subjects with their summands; ``None`` for a gap."""
        if self.status == GAP:
            return None
        period = {k: v for k, v in self.span.as_json().items() if k != "as_of"}
        content = [self.figure.id, self.formula, self.figure.params, period, self.text if not self.lines else None, self.pairs()]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()

    def pairs(self) -> list[list[Any]]:
        """``[[uid or key, raw]]``, sorted: what a frozen report keeps."""
        return sorted(([line.key or line.uid, line.raw] for line in self.lines), key=lambda p: (str(p[0]), str(p[1])))

    def as_json(self) -> dict[str, Any]:
        """The stable answer of ``trihelix figures``."""
        f = self.figure
        out: dict[str, Any] = {
            "id": f.id, "place": f.place, "phrase": f.name(), "value": self.text, "value_exact": self.exact, "unit": f.unit, "measure": f.measure,
            "subject": f.subject, "population": f.population, "measure_kind": f.measure_kind, "aspect": f.aspect or None,
            "period": self.span.as_json(), "formula": self.formula or None, "params": f.params, "records": len(self.lines),
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
                "value": p.text, "value_exact": p.exact, "records": len(p.lines), "status": p.status, "digest": p.digest, "period": p.span.as_json(),
            }  # fmt: skip
        if self.base is not None:
            out["base"] = {"value_exact": self.base.exact, "records": len(self.base.lines), "period": self.base.span.as_json()}
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


def answer(figure: Figure, by: Actor, as_of: dt.date, start: dt.date | None = None, end: dt.date | None = None) -> Answer:
    """Evaluate one figure. Refuses synthetic records in a folder of real data; a missing formula or records give a gap."""
    span = span_of(figure, as_of, start, end)
    cautions = (*figure.cautions, *(f"{c}〔待核实〕" for c in figure.choices))
    blank = Answer(figure, span, GAP, seq=last_seq(), cautions=cautions)
    if figure.external:
        return _external(blank, by)
    if figure.target is not None:
        progress = _computed(blank, by) if figure.formula else None
        text = numbers.rounded(figure.target, figure.digits)
        formula = progress.formula if progress else ""
        lines = progress.lines if progress else ()
        return replace(blank, status=TARGET, value=figure.target, text=text, formula=formula, progress=progress, lines=lines)
    return _computed(blank, by)


def quick(figure: Figure, by: Actor, as_of: dt.date) -> Answer:
    """The value alone, counted by the database without fetching its records; equal to :func:`answer` but for ``lines`` and ``digest``."""
    if figure.external or figure.operation != "value" or (figure.target is not None and not figure.formula):
        return answer(figure, by, as_of)
    span = span_of(figure, as_of)
    blank = Answer(figure, span, GAP, cautions=figure.cautions)
    told = _counted(blank, by)
    if figure.target is None:
        return told
    return replace(
        blank, status=TARGET, value=figure.target, text=numbers.rounded(figure.target, figure.digits), formula=told.formula, progress=told
    )


def _counted(blank: Answer, by: Actor) -> Answer:
    figure = blank.figure
    counted = run(figure.formula, by, blank.span, figure.params)
    if isinstance(counted, str):
        return replace(blank, reason=counted)
    spec = FORMULAS[figure.formula]
    lead = "" if counted.rows.model is Record else f"{_own_subject(counted).subject}__"
    if not home.is_demo() and counted.rows.filter(**{f"{lead}synthetic": True}).exists():
        raise Refused.one("mixed_population", MIXED, field="population")
    raw = counted.raw()
    if not raw and not counted.rows.exists():
        return replace(blank, formula=spec.id, reason="没有可计的记录")
    value = in_unit(raw, spec.unit, figure)
    return replace(blank, formula=spec.id, status=COMPUTED, value=value, text=numbers.rounded(value, figure.digits))


def reached(by: Actor, as_of: dt.date) -> dict[str, Fraction]:
    """How far each target figure is, from the records: ``{figure: value}``; those without records stand at nothing yet."""
    told = ((f.id, quick(f, by, as_of).progress) for f in figures().figures.values() if f.target is not None)
    return {name: found.value if found is not None and found.value is not None else Fraction(0) for name, found in told}


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
        lines=(Line(found.record.uid.hex, str(found.value.normalize())),),
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


def _computed(blank: Answer, by: Actor) -> Answer:
    figure = blank.figure
    params = {k: v for k, v in figure.params.items() if not (figure.operation == "latest" and k == "path")}
    counted = run(figure.formula, by, blank.span, params)
    if isinstance(counted, str):
        return replace(blank, reason=counted)
    spec = FORMULAS[figure.formula]
    blank = replace(blank, formula=spec.id)
    if figure.operation == "latest":
        return _latest(blank, counted)
    lines = tuple(fetch(counted))
    if figure.operation == "share":
        return _share(blank, by, lines, counted, params)
    if not lines:
        return replace(blank, reason="没有可计的记录")
    if figure.operation == "each":
        return _each(blank, lines, spec.unit)
    if figure.operation == "growth":
        return _growth(blank, by, lines, Fraction(total(lines, counted)), params)
    value = in_unit(total(lines, counted), spec.unit, figure)
    return replace(blank, status=COMPUTED, value=value, text=numbers.rounded(value, figure.digits), lines=lines)


def in_unit(raw: Any, unit: str, figure: Figure) -> Fraction:
    """A raw number in the figure's unit."""
    return Fraction(raw) * figure.scale if figure.scale is not None else scaled(raw, unit, figure.unit)


def total(lines: Iterable[Line], counted: Counted) -> int:
    """The number the lines make: their sum, or how many they are."""
    return sum(line.raw for line in lines) if counted.measure == "sum" else sum(1 for _ in lines)


def _each(blank: Answer, lines: tuple[Line, ...], unit: str) -> Answer:
    """A value that every record shares; where they differ there is no such value."""
    values = sorted({line.raw for line in lines})
    if values == [0]:  # the subjects stand, nothing was decided for them
        return replace(blank, reason="没有可计的记录")
    if len(values) != 1:
        shown = "、".join(numbers.exact(in_unit(v, unit, blank.figure)) for v in values[:6])
        return replace(blank, reason=f"各条记录的数值不一致（{shown}），不能写成“每个”")
    value = in_unit(values[0], unit, blank.figure)
    return replace(blank, status=COMPUTED, value=value, text=numbers.rounded(value, blank.figure.digits), lines=lines)


def _share(blank: Answer, by: Actor, lines: tuple[Line, ...], counted: Counted, params: dict[str, Any]) -> Answer:
    """The part in per cent of the whole, which the same formula counts with other params; the records told are those of the part."""
    figure = blank.figure
    whole = run(figure.formula, by, blank.span, {**params, **(figure.base_params or {})})
    every = tuple(fetch(whole)) if not isinstance(whole, str) else ()
    if isinstance(whole, str) or not total(every, whole):
        return replace(blank, reason="没有可作分母的记录", lines=lines)
    base = Fraction(total(every, whole))
    value = Fraction(total(lines, counted)) / base * 100
    told = replace(blank, status=COMPUTED, value=base, text=numbers.exact(base), lines=every)
    return replace(blank, status=COMPUTED, value=value, text=numbers.rounded(value, figure.digits), lines=lines, base=told)


def _growth(blank: Answer, by: Actor, lines: tuple[Line, ...], now: Fraction, params: dict[str, Any]) -> Answer:
    """Growth over the base in per cent, both by the same formula version; without a base it is not comparable."""
    figure = blank.figure
    span = blank.span if figure.base_params is not None else periods.shifted(blank.span)
    counted = run(figure.formula, by, span, {**params, **(figure.base_params or {})})
    before = tuple(fetch(counted)) if not isinstance(counted, str) else ()
    if isinstance(counted, str) or not before or not total(before, counted):
        return replace(blank, reason="上一期没有同一公式版本的数值，不可比", lines=lines)
    base = Fraction(total(before, counted))  # raw, as ``now``: a ratio needs no unit
    value = (now - base) / base * 100
    told = replace(blank, status=COMPUTED, span=span, value=base, text=numbers.exact(base), lines=before)
    return replace(blank, status=COMPUTED, value=value, text=numbers.rounded(value, figure.digits), lines=lines, base=told)


def _latest(blank: Answer, counted: Counted) -> Answer:
    """An attribute of the newest record: a date, a number, an identifier, or how many names a list holds."""
    row = counted.rows.first()
    if row is None:
        return replace(blank, reason="没有可计的记录")
    value = getattr(row, blank.figure.params["path"], None)
    if value in (None, "", []):
        return replace(blank, reason=f"记录 {row.record.number} 没有填写此项")
    lines: tuple[Line, ...] = (Line(row.record.uid.hex, 1),)
    if isinstance(value, list):
        value = len(value)
    if isinstance(value, int):
        exact = Fraction(value)
        return replace(blank, status=COMPUTED, value=exact, text=numbers.rounded(exact, blank.figure.digits), lines=lines)
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    return replace(blank, status=COMPUTED, text=text[:7] if blank.figure.unit == "月" else text, lines=lines)


def fetch(counted: Counted) -> Iterator[Line]:
    """The counted subjects in one query. Refuses synthetic records among real data."""
    counted = _own_subject(counted)
    lead = "" if counted.rows.model is Record else f"{counted.subject}__"
    uid, mark = Cast(F(f"{lead}uid"), CharField()), F(f"{lead}synthetic")
    raw = F(counted.path) if counted.path and counted.measure != "count" else F("pk")
    rows = counted.rows.order_by().annotate(_uid=uid, _mark=mark, _raw=raw).values_list("_uid", "_mark", "_raw")
    if not home.is_demo() and any(marked for _, marked, _ in rows):
        raise Refused.one("mixed_population", MIXED, field="population")
    if counted.measure == "sum":
        yield from (Line(_hex(u), r or 0) for u, _, r in rows.iterator(chunk_size=5000))
    elif counted.measure == "distinct":
        yield from _distinct(counted, rows)
    else:
        yield from (Line(_hex(u), 1) for u, _, _ in rows.iterator(chunk_size=5000))


def _own_subject(counted: Counted) -> Counted:
    """A distinct number over references to records lists those records, whatever the rows are."""
    if counted.measure != "distinct" or counted.subject != "record":
        return counted
    model: Any = counted.rows.model
    path = counted.path.removesuffix("_id")
    for part in path.split("__"):
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return counted
        model = found.related_model
    return replace(counted, path=path, subject=path) if model is Record else counted


def _distinct(counted: Counted, rows: Any) -> Iterator[Line]:
    """One line for each different value; the value is the key unless it is the subject itself."""
    same = counted.path in (counted.subject, f"{counted.subject}_id", f"{counted.subject}__pk")
    seen: dict[Any, str] = {}
    for u, _, r in rows.iterator(chunk_size=5000):
        if r is not None and (r not in seen or str(u) < seen[r]):
            seen[r] = str(u or "")
    yield from (Line(_hex(u), 1, "" if same else str(r)) for r, u in seen.items())


def _hex(text: Any) -> str:
    return str(text or "").replace("-", "")


def evaluate_all(
    by: Actor, as_of: dt.date, ids: Iterable[str] = (), start: dt.date | None = None, end: dt.date | None = None
) -> list[Answer]:
    """Every figure of the letter, or those named, in the book's order. Refuses unknown ids."""
    known = figures()
    chosen = [known.figure(i) for i in ids] or known.of_letter()
    return [answer(f, by, as_of, start, end) for f in chosen]


def listed(found: Answer, by: Actor) -> Iterator[dict[str, Any]]:
    """The records that make a number, one line each, in a total order; money also as integer fen."""
    wanted = sorted({line.uid for line in found.lines if line.uid})
    seen: dict[str, Record] = {}
    for i in range(0, len(wanted), 400):
        part = [uuid.UUID(h) for h in wanted[i : i + 400]]
        seen |= {r.uid.hex: r for r in visible_to(by, Record.objects.filter(uid__in=part).select_related("owner"))}
    spec = FORMULAS.get(found.figure.formula)
    money = spec is not None and spec.unit == "分"
    for line in sorted(found.lines, key=lambda x: (x.key, x.uid, str(x.raw))):
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
