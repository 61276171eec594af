"""The declaration of a register: one object that pages, API, command line, import, export and search all read.

A new register fills the rooms (models, flow, actions, sheets …) and declares itself once; everything generic
(list, record page, form, API, Excel in and out, inbox, history) follows from the declaration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.flow import Flow
from trihelix.engines.sheets import Column, Sheet

if TYPE_CHECKING:
    from django.db import models

    from trihelix.kernel.actor import Actor

NO_PROBLEMS: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Act:
    """One act on a record of a register, as registered by ``@action``."""

    register: str
    act: str
    zh: str
    en: str
    run: Callable[..., Any]
    fields: tuple[Column, ...] = ()
    roles: tuple[str, ...] = ()  # for acts that are no transition of the flow
    danger: bool = False  # asks for confirmation
    safe: bool = False  # may be done from the inbox row
    creates: bool = False
    hidden: bool = False  # done by the system or by other acts, never offered on screen
    tells: bool = False  # returns what was asked for; checked and journalled anew each time, never answered from an idempotency key

    @property
    def name(self) -> str:
        return f"{self.register}.{self.act}"


@dataclass(frozen=True)
class PublicNotice:
    """The notice (公示) of a register's records: whoever can see one may object to it by real name until its last day.

    ``states``: those in which a record is on notice. ``last_day``: of a typed row; none where the notice has no end yet.
    ``handlers``: whose people take objections up: the ``owner`` body's office, the ``node``'s people; the province's desks always may.
    ``stop``: the act that suspends the case once an objection is taken up, with its values. ``remedies``: what an answer (``none``,
    ``correct``, ``refuse``) does to the case: an act with its values, done where the case's state allows it. In values ``{number}``
    stands for the objection's number and ``{answer}`` for the answer. ``closing``: acts refused while an objection is not dealt with.
    """

    states: tuple[str, ...]
    last_day: Callable[[Any], dt.date | None]
    handlers: tuple[str, ...] = ()
    stop: tuple[str, Mapping[str, Any]] | None = None
    remedies: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    closing: tuple[str, ...] = ()


@dataclass
class Register:
    """A register: its table, its flow, its sheet, and how it shows itself.

    ``links`` names sheet columns that point to other registers: column → (register, link kind); kept as ``Link`` rows with order.
    ``refs`` names sheet columns that are foreign keys to ``Record``: column → register.
    ``personal`` and ``confidential`` name columns: personal values enter the journal only as keyed hashes,
    confidential ones are shown to owner, officers and participants who accepted the terms, and never indexed publicly.
    """

    id: str
    model: type[models.Model]
    zh: str
    en: str
    prefix: str
    flow: Flow
    sheet: Sheet
    area: str = "data"  # place in the navigation: needs, results, deals, programmes, people, platforms, finance, governance, data
    help_zh: str = ""
    help_en: str = ""
    list_columns: tuple[str, ...] = ("number", "title", "state", "owner", "updated_at")
    filters: tuple[str, ...] = ()
    computed: tuple[Column, ...] = ()  # what acts set: shown and filtered in lists, written by no sheet
    facts_shown: tuple[str, ...] = ()  # key facts on the record page; empty = the whole sheet
    public: bool = True
    create_roles: tuple[str, ...] = ("owner", "node", "officer", "operator")
    change_states: tuple[str, ...] | None = None  # states in which the owner may change the sheet; None = all but ends
    personal: frozenset[str] = frozenset()
    confidential: frozenset[str] = frozenset()
    owner_masked: Callable[[Any], bool] | None = None  # anonymous records: strangers do not learn the owner
    owner_masked_q: Q | None = None  # the same as a condition, so that nobody finds them by filtering on the owner
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    refs: Mapping[str, str] = field(default_factory=dict)
    owner_column: str = "owner"
    owner_required: bool = True  # who has one body need not name it; others must
    title_column: str = "title"
    import_state: str | Callable[[Mapping[str, Any]], str] = (
        ""  # the state of imported rows when the importer may put them there; default: the flow's initial
    )
    import_visibility: str = ""
    check: Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[Problem]] = lambda row, context: NO_PROBLEMS
    # what the flow's guards read; the action adds ``today``, its own day
    facts: Callable[[Any, Actor, Mapping[str, Any]], dict[str, Any]] = lambda entry, actor, values: {}
    scheme: Callable[[Any], Any] | None = None  # the scheme that a record of this register runs under, for registers beside it
    prepare: Callable[[dict[str, Any]], None] = lambda values: None  # fills derived columns before writing
    keyed: Callable[[list[tuple[int, dict[str, Any]]], Actor], Iterable[Problem]] = lambda rows, by: (
        NO_PROBLEMS
    )  # finds the records behind imported rows by a natural key: fills ``uid``, or ``ref`` of a new one, in place
    # tasks that do not wait now though the state has them, as act and role (or body): who has said its word, steps not open yet
    rests: Callable[[Any], Collection[tuple[str, str | int]]] | None = None
    # act → the record's own day that its task is due on, a column or a function of the entry (with whether the calendar is known); before the book's clock
    deadlines: Mapping[str, str | Callable[[Any], dt.date | tuple[dt.date, bool] | None]] = field(default_factory=dict)
    admits: Mapping[str, str] = field(default_factory=dict)  # role → sheet column: bodies named there take part in imported records
    imported: Callable[[Any, dt.date], None] = lambda entry, today: None  # what reaching an imported row's state sets beside it
    node_of: Callable[[Any], Any] | None = None  # the market node in charge of a new record; default: the owner's
    search_doc: Callable[[Any], dict[str, Any] | None] | None = None
    notice: PublicNotice | None = None
    panels: tuple[str, ...] = ()  # extra templates on the record page
    acts: dict[str, Act] = field(default_factory=dict)

    def column(self, name: str) -> Column | None:
        return next((c for c in self.sheet.columns if c.name == name), None)

    def state_label(self, state: str, lang: str = "zh") -> str:
        found = next((s for s in self.flow.states if s.id == state), None)
        return getattr(found, "en" if lang.startswith("en") else "zh") if found else state

    def label(self, lang: str = "zh") -> str:
        return self.en if lang.startswith("en") else self.zh


REGISTERS: dict[str, Register] = {}


def declare(register: Register) -> Register:
    """Enter a register into the house; ids are unique."""
    if register.id in REGISTERS and REGISTERS[register.id].model is not register.model:
        raise ValueError(f"register {register.id} declared twice")
    REGISTERS[register.id] = register
    return register


def declare_row(
    register_id: str, model: Any, zh: str, en: str, prefix: str, flow: Flow, sheet: Sheet, columns: tuple[str, ...], help_: tuple[str, str],
    **more: Any,
) -> Register:  # fmt: skip
    """Declare a register from one row of a table: lists show number, title, ``columns`` and state; ``help_`` is Chinese, English."""
    return declare(
        Register(
            register_id, model, zh, en, prefix, flow, sheet, list_columns=("number", "title", *columns, "state"), help_zh=help_[0], help_en=help_[1], **more
        )
    )  # fmt: skip


def register_of(register_id: str) -> Register:
    """The declared register, or a refusal that lists what exists."""
    try:
        return REGISTERS[register_id]
    except KeyError:
        known = "、".join(sorted(REGISTERS))
        raise Refused.one(
            "unknown_register", f"没有名为 “{register_id}” 的登记库；可用：{known}", field="register", value=register_id
        ) from None


def attribute(column: str) -> str:
    """Model attribute of a sheet column: money columns store integer fen."""
    for unit in ("_wan", "_yuan"):
        if column.endswith(unit):
            return column[: -len(unit)] + "_fen"
    return column
