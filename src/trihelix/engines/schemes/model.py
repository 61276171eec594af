"""What one scheme file (计划类别配置) holds once read. Data only; every value remembers whether it was verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from trihelix.engines.rules.model import Expr
from trihelix.engines.schemes.forms import Form
from trihelix.engines.schemes.sheets import ScoreSheet

Table = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Parameter:
    """A named number of the formulas, with its source."""

    id: str
    value: Fraction
    zh: str
    unit: str
    source: str
    unverified: bool


@dataclass(frozen=True)
class Clause:
    """A condition with its text and source: of eligibility, of money, of an acceptance paper."""

    id: str
    zh: str
    en: str
    when: Expr
    source: str = ""
    unverified: bool = False
    at: str = "submit"


@dataclass(frozen=True)
class NamedRule:
    """A rule of the book that an applicant must meet, such as ``tech-sme``; it is answered clause by clause by the rule engine."""

    rule: str
    zh: str
    en: str
    source: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Cap:
    """A named limit on the public money; all apply, the lowest wins."""

    id: str
    zh: str
    en: str
    amount: Expr
    source: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Money:
    """The money rule: conditions, the formula before caps, the caps. Amounts in 万元."""

    formula: Expr
    caps: tuple[Cap, ...]
    requires: tuple[Clause, ...]
    zh: str = ""
    source: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Tranche:
    """One part of the grant: what sets it free and which share it is."""

    id: str
    zh: str
    en: str
    trigger: str
    percent: Fraction
    condition: str = ""
    source: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Change:
    """A kind of change and who approves it."""

    kind: str
    zh: str
    en: str
    approver: str
    source: str = ""


@dataclass(frozen=True)
class Document:
    """A paper of the acceptance pack, due when its condition holds."""

    id: str
    zh: str
    en: str
    when: Expr | None
    source: str = ""


@dataclass(frozen=True)
class Limit:
    """A count that may not be passed (限项): per leader, unit, payee or call."""

    id: str
    zh: str
    en: str
    per: str
    within: str
    most: int
    source: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Sanction:
    """A consequence with legal basis and length."""

    id: str
    zh: str
    en: str
    on: str
    years: int
    source: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Agency:
    """A body that supplies or screens data of a data-led scheme, with the condition under which it strikes a firm out."""

    id: str
    zh: str
    en: str
    gives: tuple[str, ...]
    strike: Expr | None
    reason: str


@dataclass(frozen=True)
class Choice:
    """A class or variant of a scheme: parameters and settings that differ."""

    id: str
    zh: str
    en: str
    parameters: Mapping[str, Parameter]
    settings: Mapping[str, Any]
    note: str = ""


@dataclass(frozen=True)
class Setting:
    """One plain key with the value in force, where it comes from, and whether it is the house's default."""

    path: str
    value: Any
    source: str
    unverified: bool
    default: bool


@dataclass(frozen=True)
class Version:
    """A dated version of a scheme."""

    id: str
    since: date
    until: date | None
    source: str
    unverified: bool


@dataclass(frozen=True)
class Scheme:
    """A scheme in one version. ``settings`` holds every plain key by path; ``digest`` names the text it was read from."""

    id: str
    letter: str
    zh: str
    en: str
    shape: str
    award: str
    payee: str
    office: str
    version: Version
    digest: str
    file: str
    settings: Mapping[str, Setting]
    route: Mapping[str, str]
    life: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    tables: Mapping[str, Table]
    conditions: tuple[Clause, ...]
    money: Money | None
    tranches: tuple[Tranche, ...]
    changes: tuple[Change, ...]
    documents: tuple[Document, ...]
    limits: tuple[Limit, ...]
    sanctions: tuple[Sanction, ...]
    agencies: tuple[Agency, ...]
    classes: tuple[Choice, ...]
    variants: tuple[Choice, ...]
    affiliation_ban: tuple[tuple[str, str], ...]
    form: Form
    concept: Form | None
    sheet: ScoreSheet
    sources: Mapping[str, Mapping[str, Any]]
    about: str = ""
    about_en: str = ""
    priority: Clause | None = None
    rules: tuple[NamedRule, ...] = ()
    confidentiality: str = "unclassified"
    retention_years: int = 30
    opening: str = ""

    def get(self, path: str) -> Any:
        """The value of a plain key, such as ``publicity.days``."""
        return self.settings[path].value

    def unverified(self, section: str) -> bool:
        """Whether anything of a section rests on a value that was not verified."""
        return any(s.unverified for p, s in self.settings.items() if p.startswith(section + "."))

    def choice(self, class_id: str) -> Choice | None:
        """The class of an application, if the scheme has classes."""
        return next((c for c in self.classes if c.id == class_id), None)

    def variant(self, variant_id: str) -> Choice | None:
        """The variant chosen for a case (such as the military order inside the open bid)."""
        return next((c for c in self.variants if c.id == variant_id), None)

    def source(self, name: str) -> str:
        """The printed name of a source."""
        held = self.sources.get(name)
        return str(held.get("doc") or held.get("title") or name) if held else name
