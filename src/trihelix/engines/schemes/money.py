"""The public money of a case, exactly: conditions first, then the formula, then every named cap; the lowest wins and is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import split
from trihelix.engines.schemes.expressions import figures, truth, value
from trihelix.engines.schemes.model import Clause, Scheme


@dataclass(frozen=True)
class Outcome:
    """One clause read against a case: met, not met or unknown, with the figures used."""

    id: str
    text: str
    source: str
    outcome: str
    figures: dict[str, Any]
    unverified: bool = False

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Granted:
    """The grant in fen, rounded down: what the formula gives, each cap, and which limit won (``formula`` where none cut)."""

    fen: int
    formula: Fraction
    caps: tuple[tuple[str, str, Fraction], ...]  # id, text, 万元
    won: str
    won_text: str

    def as_json(self) -> dict[str, Any]:
        """``{"grant_fen", "formula_fen", "caps": [{"id", "text", "amount_fen"}], "won", "won_text"}``."""
        return {
            "grant_fen": self.fen, "formula_fen": _fen(self.formula), "won": self.won, "won_text": self.won_text,
            "caps": [{"id": i, "text": t, "amount_fen": _fen(a)} for i, t, a in self.caps],
        }  # fmt: skip


def _fen(wan: Fraction) -> int:
    """万元 to fen, rounded down: public money is never rounded up."""
    return int(wan * 1_000_000 // 1)


def names_for(scheme: Scheme, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a case with the scheme's parameters and tables."""
    return {**facts, **{k: p.value for k, p in scheme.parameters.items()}, **scheme.tables}


def judge(scheme: Scheme, clauses: Iterable[Clause], facts: Mapping[str, Any], at: str | None = None) -> list[Outcome]:
    """Read clauses against a case; ``at`` keeps only those of a moment (submit, award, pay, acceptance)."""
    names = names_for(scheme, facts)
    out = []
    for clause in clauses:
        if at is not None and clause.at != at:
            continue
        found = truth(clause.when, names)
        word = "unknown" if found is None else "met" if found else "not_met"
        shown = {k: v for k, v in figures(clause.when, names).items() if k not in scheme.tables}
        out.append(Outcome(clause.id, clause.zh, scheme.source(clause.source), word, shown, clause.unverified))
    return out


def grant(scheme: Scheme, facts: Mapping[str, Any]) -> Granted:
    """The grant of a case. Refuses where a condition of the money rule fails, an input is missing, or a division by zero comes up."""
    if scheme.money is None:
        raise Refused.one("no_money", f"“{scheme.zh}” 不给予资金", field="money")
    broken = [o for o in judge(scheme, scheme.money.requires, facts) if o.outcome != "met"]
    if broken:
        raise Refused.of(
            Problem(
                o.id if o.outcome == "not_met" else "missing_input", o.text if o.outcome == "not_met" else f"缺少数值，无法判断：{o.text}", field=next(iter(o.figures), None),
                clause=o.source or o.text, value=o.figures,
            )
            for o in broken
        )  # fmt: skip
    names = names_for(scheme, facts)
    first = _amount(value(scheme.money.formula, names), scheme.money.formula.text)
    caps = tuple((c.id, c.zh, _amount(value(c.amount, names), c.amount.text)) for c in scheme.money.caps)
    won, text, lowest = "formula", scheme.money.zh or "按公式计算", first
    for cap_id, zh, amount in caps:
        if amount < lowest:
            won, text, lowest = cap_id, zh, amount
    return Granted(_fen(max(lowest, Fraction(0))), first, caps, won, text)


def _amount(number: Any, text: str) -> Fraction:
    if not isinstance(number, Fraction):
        raise Refused.one("missing_input", f"缺少数值，不能计算 “{text}”", field="money", value=text)
    return number


def parts_of(scheme: Scheme, fen: int) -> list[int]:
    """The tranches of a grant in fen; they add up to it."""
    return split(fen, [t.percent for t in scheme.tranches]) if scheme.tranches else [fen]
