"""What a rule book (规则书) holds once read: sources, dated parameters, inputs, clauses, scores, outputs. Data only.

A rule has one shape for every scheme: gates (all must hold) → score from bands → pass condition → direct routes (直通).
Versions are dated; the version in force on the day of assessment is used.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

InputType = Literal["int", "decimal", "money", "percent", "ratio", "date", "bool", "text"]
Scalar = Fraction | date | str | bool
Table = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Text:
    """Chinese is required, English optional."""

    zh: str
    en: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """``{"zh", "en"}``."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Source:
    """A legal source: document number, title, date, public address where there is one."""

    id: str
    doc: str
    title: str | None = None
    date: date | None = None
    url: str | None = None
    status: str = "in_force"


@dataclass(frozen=True)
class Citation:
    """A source with its article, the day it was last confirmed, and whether it still waits for verification."""

    source: Source
    article: str | None
    confirmed: date
    unverified: bool = False

    def __str__(self) -> str:
        return " ".join(x for x in (self.source.doc, self.article) if x)


@dataclass(frozen=True)
class Expr:
    """One expression of the book: its text, its checked syntax tree, where it stands and the names it reads."""

    text: str
    tree: ast.expr
    where: str
    names: frozenset[str]


@dataclass(frozen=True)
class Dated:
    """One value of a parameter, in force from ``since`` to ``until`` (both included; ``None`` = open)."""

    value: Scalar | Table
    since: date
    until: date | None
    cite: Citation


@dataclass(frozen=True)
class Parameter:
    """A parameter as a dated series of values."""

    key: str
    label: Text
    unit: str
    values: tuple[Dated, ...]
    where: str

    def on(self, day: date) -> Dated | None:
        """The value in force on a day."""
        return next((v for v in reversed(self.values) if v.since <= day and (v.until is None or day <= v.until)), None)


@dataclass(frozen=True)
class Input:
    """An input of a rule (输入项): what it is called, measured in, taken from, and whether the firm can change it.

    ``series``: a list, oldest first (years, or projects to be added up). ``change`` says which way the firm can move it;
    ``cost`` weighs a relative change of it against others.
    """

    key: str
    label: Text
    type: InputType
    unit: str
    where: str
    series: bool = False
    least: Fraction | None = None
    most: Fraction | None = None
    choices: tuple[str, ...] = ()
    default: Scalar | None = None
    also: tuple[str, ...] = ()
    period: str | None = None
    basis: str | None = None
    evidence: str | None = None
    change: Literal["up", "down", "any", "no"] = "no"
    cost: int = 1
    expert: bool = False


@dataclass(frozen=True)
class Clause:
    """A clause (条款) that is met, not met or unknown: a leaf with an expression, or ``all``/``any`` of others."""

    id: str
    label: Text
    cite: Citation
    where: str
    when: Expr | None = None
    mode: Literal["leaf", "all", "any"] = "leaf"
    children: tuple[Clause, ...] = ()


@dataclass(frozen=True)
class Edge:
    """One edge of a band and whether the band includes it."""

    value: Fraction
    closed: bool


@dataclass(frozen=True)
class Band:
    """Points ``low..high`` where the measure lies between the edges (``None`` = open end), or where ``when`` holds."""

    low: Fraction
    high: Fraction
    start: Edge | None = None
    end: Edge | None = None
    when: Expr | None = None
    text: str = ""


@dataclass(frozen=True)
class Score:
    """A score (评分项): ``bands`` of a measure, ``cases`` by condition, ``expert`` range, ``best`` or ``sum`` of others, ``formula``.

    ``given`` names an input that, where known, replaces the computed points (a panel's or an imported result).
    """

    id: str
    label: Text
    cite: Citation
    where: str
    kind: Literal["bands", "cases", "expert", "best", "sum", "formula"]
    max: Fraction
    of: Expr | None = None
    bands: tuple[Band, ...] = ()
    children: tuple[Score, ...] = ()
    given: str | None = None
    undefined: Fraction = Fraction(0)
    tie: str | None = None
    least: Fraction = Fraction(0)


@dataclass(frozen=True)
class Output:
    """An answer besides the verdict: money in fen, a rate or ratio as text, a number, a date, a text or a flag."""

    id: str
    label: Text
    kind: Literal["money", "rate", "number", "date", "text", "flag"]
    cite: Citation
    where: str
    value: Expr | None = None
    cases: tuple[tuple[Expr | None, str], ...] = ()
    needs_met: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Version:
    """A dated version of a rule."""

    id: str
    since: date
    until: date | None
    cite: Citation
    where: str
    gates: tuple[Clause, ...] = ()
    scores: tuple[Score, ...] = ()
    passes: tuple[Clause, ...] = ()
    direct: tuple[Clause, ...] = ()
    outputs: tuple[Output, ...] = ()
    supersedes: str | None = None
    note: Text | None = None
    total: str | None = None


@dataclass(frozen=True)
class Rule:
    """A rule with its inputs, parameters and dated versions."""

    id: str
    label: Text
    file: str
    inputs: Mapping[str, Input]
    parameters: Mapping[str, Parameter]
    versions: tuple[Version, ...]
    sources: Mapping[str, Source]
    checks: tuple[Clause, ...] = ()
    plausible: tuple[Clause, ...] = ()
    group: str = "enterprise"
    about: Mapping[str, Text] = field(default_factory=dict)

    def on(self, day: date) -> Version | None:
        """The version in force on a day."""
        return next((v for v in reversed(self.versions) if v.since <= day and (v.until is None or day <= v.until)), None)
