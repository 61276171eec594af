"""The letter made from records: every number is a figure, every sentence stands on a measure, result or commitment; what is missing is named."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

from trihelix.engines.documents import Block, Heading, Paragraph, Table
from trihelix.engines.documents.official import Official
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.register import REGISTERS, register_of
from trihelix.registers.figures import evaluation, numbers
from trihelix.registers.figures.evaluation import GAP, Answer
from trihelix.registers.figures.letterbook import FIGURE, PLACE, Clause, LetterBook, Sentence, letter, places
from trihelix.registers.figures.models import LetterClause
from trihelix.registers.governance.models import Commitment, Measure, OutgoingDocument, Proposal, ResultClause

# A figure's place travels through the blocks as private-use characters, so that pages can hang its definition on it.
OPEN, MID, CLOSE = "\ue000", "\ue001", "\ue002"
_LACK = re.compile("〔缺：[^〕]*〕")
_MARK = re.compile(f"{OPEN}([^{MID}]*){MID}([^{CLOSE}]*){CLOSE}")
LIVE = {Measure: ("in_force",), ResultClause: ("in_use",), Commitment: ("registered", "tracked", "fulfilled", "failed", "merged")}
PART_HEADS = {"M": "（一）", "R": "（二）", "N": "（三）"}


@dataclass
class Built:
    """A letter with what it stands on: the answers by figure, and each named gap."""

    official: Official
    answers: dict[str, Answer]
    gaps: list[dict[str, str]] = field(default_factory=list)
    seq: int | None = None


@dataclass
class _Desk:
    """What the building reads: figures already evaluated, records behind the sentences, edited wordings."""

    by: Actor
    as_of: dt.date
    answers: dict[str, Answer]
    records: dict[str, Any]
    edited: dict[str, str]
    gaps: list[dict[str, str]] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)

    def gap(self, place: str, kind: str, name: str, reason: str) -> str:
        row = {"place": place, "kind": kind, "name": name, "reason": reason}
        if row not in self.gaps:
            self.gaps.append(row)
        return f"〔缺：{name}〕"


def build(by: Actor, as_of: dt.date, *, footnotes: bool = False, annex: bool = True) -> Built:
    """The reply as of a day. Nothing is refused for want of records: each lack is printed by name and listed."""
    book = letter()
    wanted = {p for c in book.clauses.values() for s in c.sentences for p in places(s.text)} | {"F02", "F04", "F05", "F06"}
    edited = {c.clause: c.text for c in entries(by, LetterClause).filter(record__state="in_use").order_by("pk")}
    wanted |= {p for text in edited.values() for p in places(text)}
    answers = {x.figure.id: x for x in evaluation.evaluate_all(by, as_of, sorted(wanted, key=lambda f: int(f[1:])), whole=annex)}
    desk = _Desk(by, as_of, answers, _records(by), edited)
    proposal, document = _case(by, as_of)
    desk.words = {
        "Y": str(as_of.year), "Y-1": str(as_of.year - 1), "session": proposal.session if proposal else desk.gap("D", "record", "提案登记", "没有登记提案"),
        "proposal": proposal.record.title if proposal else desk.gap("D", "record", "提案题目", "没有登记提案"),
    }  # fmt: skip
    blocks = _blocks(book, desk, proposal)
    if footnotes:
        blocks = _footnoted(blocks, desk)
    number = _value(desk, "D", "F04", "") if document is None else document.doc_number
    synthetic = any(r.record.synthetic for r in desk.records.values()) or bool(proposal and proposal.record.synthetic)
    official = Official(
        sign=book.sign, number=_bare(number), addressee=_addressee(desk, proposal), title=_title(proposal, document), blocks=tuple(blocks),
        signature=book.signature, day=document.signed_on if document else as_of, note="合成数据（演示）" if synthetic else "",
        annex=tuple(_annex(desk)) if annex else (), annex_title="附：本件数字的定义、统计期与所据记录",
    )  # fmt: skip
    return Built(official, {k: answers[k] for k in desk.shown if k in answers}, desk.gaps, evaluation.last_seq())


def _case(by: Actor, as_of: dt.date) -> tuple[Proposal | None, OutgoingDocument | None]:
    """The proposal answered last, with the reply signed by the day."""
    rows = entries(by, OutgoingDocument).filter(kind="reply", signed_on__lte=as_of, proposal__isnull=False)
    document = rows.exclude(record__state__in=("draft", "void", "withdrawn")).order_by("-signed_on", "-pk").first()
    known = entries(by, Proposal).exclude(record__state="withdrawn")
    found = known.filter(record=document.proposal).first() if document else None
    return found or known.filter(received_on__lte=as_of).order_by("-received_on", "-pk").first(), document


def _records(by: Actor) -> dict[str, Any]:
    """Measures, results and commitments by their external key, those that stand."""
    out: dict[str, Any] = {}
    for model, states in LIVE.items():
        out |= {row.record.ref: row for row in entries(by, model).filter(record__state__in=states)}
    return out


def _title(proposal: Proposal | None, document: OutgoingDocument | None) -> str:
    if document is not None:
        return document.record.title
    return f"对{proposal.session}第{proposal.session_number}号提案的答复" if proposal else "对提案的答复"


def _addressee(desk: _Desk, proposal: Proposal | None) -> str:
    if proposal and proposal.proposers:
        return "、".join(proposal.proposers)
    return desk.gap("D", "record", "提案者", "没有登记提案者")


def _blocks(book: LetterBook, desk: _Desk, proposal: Proposal | None) -> list[Block]:
    out: list[Block] = [Paragraph(_fill(desk, "D", book.opening))]
    told = {s["number"]: s["text"] for s in (proposal.suggestions if proposal else [])}
    for chapter in book.chapters:
        quoted = told.get(chapter.suggestion) or chapter.heading
        out.append(Heading(1, f"{numbers.chinese(chapter.suggestion)}、关于“{quoted}”的建议"))
        for part in ("M", "R", "N"):
            clauses = [c for c in chapter.clauses if c.part == part]
            if clauses:
                out.append(Heading(2, PART_HEADS[part] + book.parts[part]))
            out += [Paragraph(f"**{i}.{c.heading}。**{_clause(desk, c)}") for i, c in enumerate(clauses, 1)]
    return [*out, Paragraph(_fill(desk, "D", book.closing))]


def _clause(desk: _Desk, clause: Clause) -> str:
    if clause.id in desk.edited:
        ks = tuple(dict.fromkeys(k for s in clause.sentences for k in s.ks))
        return _sentence(desk, clause.id, Sentence(desk.edited[clause.id], ks))
    return "".join(_sentence(desk, clause.id, s) for s in clause.sentences)


def _sentence(desk: _Desk, place: str, sentence: Sentence) -> str:
    """The sentence filled, or the named gap where nothing stands behind it."""
    held = [k for k in sentence.ks if k in desk.records]
    if not held:
        return desk.gap(place, "record", f"{'、'.join(sentence.ks)} 没有登记", "举措、成效或承诺没有登记") + "。"
    for k in held:
        row = desk.records[k]
        if isinstance(row, ResultClause) and not places(sentence.text) and not evidence(desk.by, row):
            return desk.gap(place, "evidence", f"{k} {row.record.title}", "没有活动、服务、文件或决定作证") + "。"
    return _fill(desk, place, sentence.text)


def evidence(by: Actor, row: ResultClause) -> list[Any]:
    """The records that a result without a number stands on; names of registers not installed find nothing."""
    found = []
    for text in row.evidence:
        register, _, ref = text.partition(":")
        if register in REGISTERS:
            hit = entries(by, register_of(register).model).filter(record__ref=ref).first()
            found += [hit] if hit is not None else []
    return found


def _fill(desk: _Desk, place: str, text: str) -> str:
    def one(match: re.Match[str]) -> str:
        name = FIGURE.match(match[1])
        return desk.words[match[1]] if name is None else _value(desk, place, name[1], name[2] or "")

    return PLACE.sub(one, text)


def _value(desk: _Desk, place: str, figure: str, form: str) -> str:
    """A figure's printed value, marked with its id; a gap is printed by the figure's name."""
    found = desk.answers[figure]
    if form in ("from", "to"):
        day = found.span.start if form == "from" else found.span.end
        return str(day.year) if day else desk.gap(place, "figure", found.figure.name(), "没有起始日")
    if found.status == GAP or found.text is None:
        return desk.gap(place, "figure", f"{figure} {found.figure.name()}", found.reason)
    if figure not in desk.shown:
        desk.shown.append(figure)
    return f"{OPEN}{figure}{MID}{_formed(found, form)}{CLOSE}"


def _formed(found: Answer, form: str) -> str:
    text = found.text or ""
    if form == "zh" and found.value is not None and found.value.denominator == 1:
        return numbers.chinese(int(found.value), counting=found.figure.unit in ("批", "名", "次") and int(found.value) == 2)
    if form == "over" and found.value is not None:
        printed = evaluation.Fraction(text)
        return ("超过" if found.value > printed else "近" if found.value < printed else "") + text
    if form == "month":
        return f"{int(text[:4])}年{int(text[5:7])}月"
    return text


def _bare(text: str) -> str:
    return _MARK.sub(r"\2", text)


def plain(official: Official) -> Official:
    """The letter without marks, for Word and PDF."""
    from dataclasses import replace

    return replace(official, blocks=tuple(_unmarked(official.blocks)), annex=tuple(_unmarked(official.annex)))


def _unmarked(blocks: Iterable[Block]) -> list[Block]:
    return [Paragraph(_bare(b.text), b.align) if isinstance(b, Paragraph) else b for b in blocks]


def hovered(page: str, answers: dict[str, Answer]) -> str:
    """The HTML page with each figure as a link that carries its definition, period and address."""

    def one(match: re.Match[str]) -> str:
        found = answers.get(unescape(match[1]))
        if found is None:
            return match[2]
        f, span = found.figure, found.span
        told = f"{f.name()}：{f.population}；统计期 {span.start or '—'} 至 {span.end}；{found.records} 条记录；公式 {found.formula or '外部数据'}"
        return (
            f'<data class="figure" value="{escape(found.exact or "")}" title="{escape(told)}">'
            f'<a href="/figures/{f.id}/?as_of={span.as_of.isoformat()}" data-figure="{f.id}">{match[2]}</a></data>'
        )

    return _LACK.sub(r'<span class="missing">\g<0></span>', _MARK.sub(one, page))


def _footnoted(blocks: list[Block], desk: _Desk) -> list[Block]:
    """Footnote mode: each figure gets a mark ［F29］ behind it; its definition stands in the annex."""
    out: list[Block] = []
    for b in blocks:
        out.append(Paragraph(_MARK.sub(lambda m: f"{m[0]}［{m[1]}］", b.text), b.align) if isinstance(b, Paragraph) else b)
    return out


def _annex(desk: _Desk) -> list[Block]:
    rows = []
    for figure in sorted(desk.shown, key=lambda f: int(f[1:])):
        found = desk.answers[figure]
        f, span = found.figure, found.span
        rows.append((
            figure, f"{f.name()}（{f.population}）", f"{found.text} {f.unit}", f"{span.start or '—'} 至 {span.end}", str(found.records), (found.digest or "")[:12],
        ))  # fmt: skip
    out: list[Block] = (
        [Table(("编号", "定义", "数值", "统计期", "记录数", "记录摘要"), tuple(rows), widths=(9, 36, 15, 17, 10, 13))] if rows else []
    )
    if desk.gaps:
        lacks = tuple((g["place"], g["name"], g["reason"]) for g in desk.gaps)
        out.append(Table(("条款", "缺项", "原因"), lacks, "尚缺的数据", widths=(10, 50, 40)))
    return out
