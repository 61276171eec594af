"""The technology contract as a record, parsed strictly from JSON; money in fen, dates as dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from trihelix.engines.contracts.book import ContractBook
from trihelix.engines.fields import Reader

SIDES = ("buyer", "seller", "third")
FORMS = ("paper", "e", "oral")
SIGNERS = ("legal_person", "department", "research_group")
PAY_FORMS = ("fixed", "royalty", "entry")
IP_STATES = ("valid", "expired", "pending", "lapsed")


@dataclass(frozen=True)
class Party:
    """A party; ``contributions`` says what it brings to a joint development."""

    side: str
    name: str
    credit_code: str = ""
    country3: str = ""
    division6: str = ""
    nature_code: str = ""
    industry: str = ""
    is_sme: bool | None = None
    is_related: bool | None = None
    contributions: tuple[str, ...] = ()
    signatory: str = ""
    shareholders: tuple[str, ...] = ()
    rd_staff: int | None = None

    @property
    def key(self) -> str:
        """Credit code where given, else the name: who this is."""
        return self.credit_code or self.name


@dataclass(frozen=True)
class AmountItem:
    """One line of the price table; ``tech_kind`` types the line of a mixed contract."""

    label: str
    kind: str
    amount: int
    is_reasonable_carrier: bool = False
    tech_kind: str = ""


@dataclass(frozen=True)
class Payment:
    """One line of the payment plan; a royalty line may have no amount."""

    form: str
    amount: int | None = None
    due: date | None = None
    trigger: str = ""


@dataclass(frozen=True)
class IpItem:
    """One intellectual property item; ``term`` is kept as written (years, a date, or open)."""

    ip_kind: str
    number: str = ""
    owner: str = ""
    proof_file: str = ""
    licence_kind: str = ""
    term: str = ""
    status: str = ""
    expires_on: date | None = None


@dataclass(frozen=True)
class Performance:
    """Money received on performance (履行到账), and its technical part."""

    date: date
    received: int
    technical_part: int | None = None
    cost: int = 0
    verified_income: int | None = None
    returned_to_payer: bool = False


@dataclass(frozen=True)
class BenefitUse:
    """A benefit already taken on the strength of the registration."""

    kind: str
    period: str = ""
    amount: int = 0
    notified_on_change: bool = False


@dataclass(frozen=True)
class Certificate:
    """One version of the registration certificate (登记证明)."""

    no: str
    version: int
    date: date
    turnover: int
    technical: int


@dataclass(frozen=True)
class Known:
    """An earlier registration known elsewhere."""

    fingerprint: str
    number: str = ""
    body: str = ""


@dataclass(frozen=True)
class Contract:
    """A technology contract as filed for recognition (技术合同认定登记)."""

    kind: str
    subkind: str = ""
    id: str = ""
    rule_set: str = ""
    title: str = ""
    sign_date: date | None = None
    effective_date: date | None = None
    term_from: date | None = None
    term_to: date | None = None
    form: str = ""
    language: str = ""
    secret_flag: bool = False
    price_text: str = ""
    text: str = ""
    turnover: int | None = None
    technical: int | None = None
    disputed: bool = False
    submissions: tuple[date, ...] = ()
    applicant: str = ""
    signed_by: str = ""
    government_project: bool | None = None
    needs_permit: bool | None = None
    papers: tuple[str, ...] = ()
    tests: Mapping[str, bool] = field(default_factory=dict)
    field_name: str = ""
    plan_source: str = ""
    registered_on: date | None = None
    parties: tuple[Party, ...] = ()
    items: tuple[AmountItem, ...] = ()
    payments: tuple[Payment, ...] = ()
    ip: tuple[IpItem, ...] = ()
    performance: tuple[Performance, ...] = ()
    benefit_use: tuple[BenefitUse, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    known: tuple[Known, ...] = ()

    def side(self, side: str) -> tuple[Party, ...]:
        """The parties of a side."""
        return tuple(p for p in self.parties if p.side == side)


def parse_contract(data: Any, book: ContractBook) -> Contract:
    """Parse a contract; every unknown key and every bad value is refused at once, by path."""
    top = Reader(data)
    kind, subkind = _kind(top, book)
    contract = Contract(
        kind=kind,
        subkind=subkind,
        id=top.text("id"),
        rule_set=top.text("rule_set", among=("", *book.rule_sets)),
        title=top.text("title"),
        sign_date=top.day("sign_date"),
        effective_date=top.day("effective_date"),
        term_from=top.day("term_from"),
        term_to=top.day("term_to"),
        form=top.text("form", among=("", *FORMS)),
        language=top.text("language"),
        secret_flag=top.flag("secret_flag") or False,
        price_text=top.text("price_text"),
        text=top.text("text"),
        turnover=top.money("turnover"),
        technical=top.money("technical"),
        disputed=top.flag("disputed") or False,
        submissions=top.days("submissions"),
        applicant=top.text("applicant", among=("", "buyer", "seller")),
        signed_by=top.text("signed_by", among=("", *SIGNERS)),
        government_project=top.flag("government_project"),
        needs_permit=top.flag("needs_permit"),
        papers=top.texts("papers"),
        tests=_tests(top, book),
        field_name=top.text("field"),
        plan_source=top.text("plan_source"),
        registered_on=top.day("registered_on"),
        parties=tuple(_party(r, book) for r in top.rows("parties")),
        items=tuple(_item(r, book) for r in top.rows("amount_items")),
        payments=tuple(_payment(r) for r in top.rows("payment_plan")),
        ip=tuple(_ip(r) for r in top.rows("ip_items")),
        performance=tuple(_performance(r) for r in top.rows("performance")),
        benefit_use=tuple(_benefit_use(r) for r in top.rows("benefit_use")),
        certificates=tuple(_certificate(r) for r in top.rows("certificate")),
        known=tuple(_known(r) for r in top.rows("known")),
    )
    top.text("parent_contract_id")
    top.raw("review")
    top.finish()
    return contract


def _kind(top: Reader, book: ContractBook) -> tuple[str, str]:
    word = top.text("kind", required=True)
    sub = top.text("subkind")
    kind = book.find_kind(word)
    if word and kind is None:
        known = "、".join(f"{k.code}（{k.name}）" for k in book.kinds.values())
        top.wrong("kind", "bad_choice", f"没有合同类型“{word}”，可用：{known}", word)
    if kind is None or not sub:
        return (kind.code if kind else ""), ""
    # A sub-kind of another kind is not a typing error but a wrong kind, which the check answers.
    for other in (kind, *book.kinds.values()):
        if sub in other.aliases:
            return kind.code, other.aliases[sub]
    options = "、".join(f"{code}（{name}）" for code, name in kind.subkinds.items())
    top.wrong("subkind", "bad_choice", f"{kind.name}没有子类“{sub}”，可用：{options}", sub)
    return kind.code, ""


def _tests(top: Reader, book: ContractBook) -> dict[str, bool]:
    answers = top.child("tests")
    if answers is None:
        return {}
    found = {t.id: answers.flag(t.id) for t in book.all_tests()}
    return {key: value for key, value in found.items() if value is not None}


def _party(row: Reader, book: ContractBook) -> Party:
    row.raw("contract_id")
    return Party(
        side=row.text("side", required=True, among=SIDES),
        name=row.text("name", required=True),
        credit_code=row.text("credit_code"),
        country3=row.text("country3"),
        division6=row.text("division6"),
        nature_code=row.text("nature_code"),
        industry=row.text("industry_gbt4754"),
        is_sme=row.flag("is_sme"),
        is_related=row.flag("is_related"),
        contributions=row.texts("contributions", among=book.passive | book.active),
        signatory=row.text("signatory"),
        shareholders=row.texts("shareholders"),
        rd_staff=row.whole("rd_staff"),
    )


def _item(row: Reader, book: ContractBook) -> AmountItem:
    row.raw("contract_id")
    return AmountItem(
        label=row.text("label"),
        kind=row.text("kind", required=True, among=book.amount_kinds),
        amount=row.money("amount", required=True) or 0,
        is_reasonable_carrier=row.flag("is_reasonable_carrier") or False,
        tech_kind=row.text("tech_kind", among=("", *book.kinds)),
    )


def _payment(row: Reader) -> Payment:
    for key in ("contract_id", "seq", "basis"):
        row.raw(key)
    form = row.text("form", among=PAY_FORMS, default="fixed")
    return Payment(form, row.money("amount", required=form != "royalty"), row.day("due"), row.text("trigger"))


def _ip(row: Reader) -> IpItem:
    for key in ("contract_id", "territory"):
        row.raw(key)
    term = row.raw("term")
    if term is not None and (isinstance(term, bool) or not isinstance(term, str | int)):
        row.wrong("term", "bad_type", "“term”应写成年数、日期或文字，如 5、2031-01-01、长期", str(term))
    return IpItem(
        ip_kind=row.text("ip_kind"),
        number=row.text("number"),
        owner=row.text("owner"),
        proof_file=row.text("proof_file"),
        licence_kind=row.text("licence_kind"),
        term="" if term is None else str(term).strip(),
        status=row.text("status", among=("", *IP_STATES)),
        expires_on=row.day("expires_on"),
    )


def _performance(row: Reader) -> Performance:
    for key in ("contract_id", "form_file"):
        row.raw(key)
    return Performance(
        row.day_or("date"),
        row.money("received", required=True, negative=True) or 0,
        row.money("technical_part"),
        row.money("cost") or 0,
        row.money("verified_income"),
        row.flag("returned_to_payer") or False,
    )


def _benefit_use(row: Reader) -> BenefitUse:
    row.raw("contract_id")
    kind = row.text("kind", required=True, among=("VAT", "CIT", "IIT", "RD", "grant", "reward"))
    return BenefitUse(kind, row.text("period"), row.money("amount") or 0, row.flag("notified_on_change") or False)


def _certificate(row: Reader) -> Certificate:
    for key in ("contract_id", "file"):
        row.raw(key)
    return Certificate(
        row.text("no", required=True),
        row.whole("version", default=1, least=1) or 1,
        row.day_or("date"),
        row.money("turnover", required=True) or 0,
        row.money("technical_amount", required=True) or 0,
    )


def _known(row: Reader) -> Known:
    return Known(row.text("fingerprint", required=True), row.text("number"), row.text("body"))
