"""From filled clauses to the text of a contract: numbered clauses, silence filled by the law, what is missing, differences by clause."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from trihelix.engines.contracts.record import AmountItem, Payment
from trihelix.engines.contracts.terms import Clause, KindTerms
from trihelix.engines.money import format_wan

_DIGITS = "零一二三四五六七八九"
FORMS = {"fixed": "定额", "royalty": "提成", "entry": "入门费"}


@dataclass(frozen=True)
class Party:
    """A party as the contract names it."""

    name: str
    credit_code: str = ""
    address: str = ""


@dataclass(frozen=True)
class Terms:
    """Everything a draft holds: the structured terms, and the text of each clause the parties wrote (by clause id). Sums in fen."""

    title: str
    subkind: str
    buyer: Party
    seller: Party
    items: tuple[AmountItem, ...]
    payments: tuple[Payment, ...]
    technical: int | None
    term_from: date | None
    term_to: date | None
    written: Mapping[str, str]

    @property
    def total(self) -> int:
        return sum(i.amount for i in self.items)


@dataclass(frozen=True)
class Line:
    """One clause as it stands. ``origin``: ``parties`` wrote it, ``terms`` built it, the ``law`` fills it, or it is ``missing``."""

    id: str
    title: str
    text: str
    origin: str
    need: str
    why: str
    article: str
    unverified: bool


@dataclass(frozen=True)
class Text:
    """A composed contract: its lines, the whole text in the documents' mark-up, and the SHA-256 of that text in UTF-8."""

    lines: tuple[Line, ...]
    text: str
    sha256: str


def ordinal(n: int) -> str:
    """第一条 … 第九十九条."""
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return f"第{head}{_DIGITS[ones] if ones else ''}条"


def lines(kind: KindTerms, terms: Terms) -> tuple[Line, ...]:
    """Each clause of the sub-kind with what it says now."""
    return tuple(_line(c, terms) for c in kind.of(terms.subkind))


def _line(clause: Clause, terms: Terms) -> Line:
    built = {"term": _term, "price": _price, "payment": _payment}[clause.built](terms) if clause.built else ""
    written = terms.written.get(clause.id, "").strip()
    text = "\n\n".join(t for t in (built, written) if t)
    rule = clause.rule(terms.subkind)
    origin = "terms" if built else "parties"
    article, unverified = clause.article, clause.unverified
    if rule is not None:
        article, unverified = rule.source, rule.unverified
    if not text and rule is not None:
        origin, text = "law", f"本条未作约定，依{rule.source}：{rule.fills}。"
    elif not text:
        origin, text = "missing", ""
    return Line(clause.id, clause.title, text, origin, clause.need, clause.why, article, unverified)


def missing(found: Sequence[Line]) -> list[Line]:
    """Clauses that say nothing and that the law does not fill, the required ones first."""
    order = {"required": 0, "advised": 1, "optional": 2}
    return sorted((x for x in found if x.origin == "missing"), key=lambda x: order[x.need])


def _term(terms: Terms) -> str:
    if terms.term_to is None:
        return ""
    start = f"自 {terms.term_from.isoformat()} 起" if terms.term_from else "自签订之日起"
    return f"本合同有效期{start}至 {terms.term_to.isoformat()} 止。"


def _price(terms: Terms) -> str:
    if not terms.items:
        return ""
    rows = [f"| {_cell(i.label)} | {_nature(i)} | {format_wan(i.amount)} |" for i in terms.items]
    technical = "" if terms.technical is None else f"，其中技术交易额 {format_wan(terms.technical)} 万元"
    head = f"合同总价 {format_wan(terms.total)} 万元{technical}，分项如下："
    return "\n\n".join([head, "\n".join(["| 名目 | 性质 | 金额（万元） |", "|---|---|---|", *rows])])


def _nature(item: AmountItem) -> str:
    if item.kind == "technical":
        return "技术性"
    return "合理数量载体" if item.is_reasonable_carrier else "非技术性"


def _payment(terms: Terms) -> str:
    if not terms.payments:
        return ""
    rows = [
        f"| {n} | {FORMS.get(p.form, p.form)} | {format_wan(p.amount) if p.amount is not None else '按约定计算'} "
        f"| {p.due.isoformat() if p.due else ''} | {_cell(p.trigger)} |"
        for n, p in enumerate(terms.payments, 1)
    ]
    return "\n".join(["| 期次 | 方式 | 金额（万元） | 付款日期 | 付款条件 |", "|---|---|---|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|")


def compose(kind: KindTerms, terms: Terms) -> Text:
    """The whole contract. Equal terms give the same text and hash; missing clauses are left out of the text, not of the lines."""
    buyer, seller = kind.named(kind.buyers, terms.subkind), kind.named(kind.sellers, terms.subkind)
    found = lines(kind, terms)
    parts = [*_parties(buyer, terms.buyer), *_parties(seller, terms.seller), kind.intro.format(title=terms.title)]
    for n, line in enumerate((x for x in found if x.text), 1):
        parts += [f"# {ordinal(n)} {line.title}", line.text]
    parts += [f">> {buyer}（签章）：{terms.buyer.name}", f">> {seller}（签章）：{terms.seller.name}"]
    text = "\n\n".join(parts) + "\n"
    return Text(found, text, sha256_of(text))


def _parties(word: str, party: Party) -> list[str]:
    details = "，".join(d for d in (f"统一社会信用代码 {party.credit_code}" if party.credit_code else "", party.address) if d)
    return [f"**{word}**：{party.name}{f'（{details}）' if details else ''}"]


def sha256_of(text: str) -> str:
    """The hash both sides confirm and sign: SHA-256 of the text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def heading(kind: KindTerms, terms: Terms) -> str:
    """The title of the document."""
    return f"{terms.title}{kind.named(kind.titles, terms.subkind)}"


def price_faults(terms: Terms) -> list[str]:
    """Why the sums do not hold together: negative items, a fixed payment plan that does not add up to the price."""
    found = [f"分项“{i.label}”的金额不能为负" for i in terms.items if i.amount < 0]
    fixed = [p.amount for p in terms.payments if p.amount is not None]
    if any(a < 0 for a in fixed):
        found.append("付款计划中的金额不能为负")
    closed = terms.payments and all(p.form != "royalty" for p in terms.payments)
    if terms.items and closed and sum(fixed) != terms.total:
        found.append(f"付款计划合计 {format_wan(sum(fixed))} 万元，与合同总价 {format_wan(terms.total)} 万元不一致")
    return found


@dataclass(frozen=True)
class Difference:
    """One clause in two versions. ``kind``: same, changed, added, removed. ``pieces`` are (same | added | removed, text)."""

    id: str
    title: str
    kind: str
    pieces: tuple[tuple[str, str], ...]


def compare(old: Sequence[tuple[str, str, str]], new: Sequence[tuple[str, str, str]]) -> list[Difference]:
    """Differences by clause between two versions given as ``(id, title, text)``, in the order of the new one, removed clauses last.

    Joining the pieces that are not ``removed`` gives the new text, those not ``added`` the old one.
    """
    before, after = {i: (t, x) for i, t, x in old}, {i: (t, x) for i, t, x in new}
    out = []
    for key, title, text in new:
        if key not in before:
            out.append(Difference(key, title, "added", (("added", text),)))
            continue
        was = before[key][1]
        out.append(Difference(key, title, "same" if was == text else "changed", _pieces(was, text)))
    out += [Difference(key, title, "removed", (("removed", text),)) for key, title, text in old if key not in after]
    return out


def _pieces(old: str, new: str) -> tuple[tuple[str, str], ...]:
    if old == new:
        return (("same", new),) if new else ()
    out: list[tuple[str, str]] = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            out.append(("same", new[c:d]))
            continue
        out += [("removed", old[a:b])] if b > a else []
        out += [("added", new[c:d])] if d > c else []
    return tuple(out)
