"""Tables of finance: agreements, lists exchanged, credit lines, loans, points statements, funds, investments, products, requests, tax referrals."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from trihelix.kernel.models import Entry, Record


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


def rows() -> Any:
    """A JSON list; a function, for a field named ``list`` hides the type in its class."""
    return models.JSONField(default=list, blank=True)


def money() -> Any:
    """An amount in fen; not known is not zero."""
    return models.BigIntegerField(null=True, blank=True)


class FinanceAgreement(Entry):
    """A strategic agreement (战略合作协议) with a bank, insurer or fund."""

    partner = to_record("finance_agreements", null=False)
    signed_on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    intended_fen = money()
    content = models.TextField(blank=True)
    contact = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="finance_agreement_dates"),
        )
        indexes = (models.Index(fields=["valid_from", "valid_to"]),)


class FirmList(Entry):
    """A list of firms exchanged with finance bodies (名单推送): innovation list, or the candidates of central-bank re-lending."""

    kind = models.CharField(max_length=20)
    as_of = models.DateField()
    base = to_record("derived_lists")
    rule = models.CharField(max_length=40, blank=True)
    rule_version = models.CharField(max_length=20, blank=True)
    criteria = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)
    firms = models.PositiveIntegerField(null=True, blank=True)
    withheld = models.PositiveIntegerField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)


class ListedFirm(models.Model):
    """A firm on a list, with the rule's verdict where a rule made the list. Once a list and firm."""

    list = models.ForeignKey(Record, models.PROTECT, related_name="listed_firms")
    firm = models.ForeignKey(Record, models.PROTECT, related_name="lists_it_is_on")
    verdict = models.CharField(max_length=10, blank=True)
    clauses = rows()
    missing = rows()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["list", "firm"], name="listed_once"),)
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.list_id}: {self.firm_id}"


class CreditLine(Entry):
    """A credit granted (授信) by a bank to a firm: the limit. What is drawn are loans; the two are never one number."""

    firm = to_record("credit_lines", null=False)
    agreement = to_record("agreement_credits")
    list = to_record("list_credits")
    product = to_record("product_credits")
    statement = to_record("statement_credits")
    granted_on = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    limit_fen = models.BigIntegerField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(limit_fen__gt=0), name="credit_limit_positive"),)
        indexes = (models.Index(fields=["firm", "granted_on"]),)


class Loan(Entry):
    """A loan drawn (贷款发放), with or without a credit line; rate in per cent a year."""

    firm = to_record("loans", null=False)
    line = to_record("line_loans")
    product = to_record("product_loans")
    list = to_record("list_loans")
    drawn_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    amount_fen = models.BigIntegerField()
    repaid_fen = models.BigIntegerField(default=0)
    repaid_on = models.DateField(null=True, blank=True)
    rate_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    first_loan = models.BooleanField(null=True, blank=True)
    equipment_upgrade = models.BooleanField(null=True, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    relending = models.CharField(max_length=10, blank=True)
    relending_answer = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="loan_positive"),
            models.CheckConstraint(condition=Q(repaid_fen__gte=0, repaid_fen__lte=F("amount_fen")), name="loan_repaid_within"),
        )
        indexes = (models.Index(fields=["firm", "drawn_on"]),)


class PointsStatement(Entry):
    """A firm's statement of points for a bank (创新评价报告): an interval with parts, ages and sources, by one rule version, under one consent."""

    bank = to_record("statements_received")
    consent = to_record("consent_statements")
    rule = models.CharField(max_length=40)
    rule_version = models.CharField(max_length=20, blank=True)
    on = models.DateField()
    stage = models.CharField(max_length=20, blank=True)
    low = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    high = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    lost_paper = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    lost_merit = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    parts = models.JSONField(default=list, blank=True)
    cohort = models.JSONField(default=dict, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)


class VentureFund(Entry):
    """A venture fund under supervision (创投基金): size, public money, the shares it promised, a report a year."""

    kind = models.CharField(max_length=20)
    manager = to_record("managed_funds")
    size_fen = money()
    paid_in_fen = money()
    public_fen = money()
    started_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    early_percent = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    hard_percent = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    inside_percent = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    years = models.JSONField(default=list, blank=True)
    findings = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(public_fen=None) | Q(size_fen=None) | Q(public_fen__lte=F("size_fen")), name="fund_public_within_size"
            ),
        )


class Investment(Entry):
    """An investment of a fund in a firm (投资), perhaps following an earlier one; private money of the same round beside it."""

    fund = to_record("fund_investments", null=False)
    firm = to_record("investments_received", null=False)
    follows = to_record("followed_by")
    round = models.CharField(max_length=20, blank=True)
    stage = models.CharField(max_length=20)
    invested_on = models.DateField()
    amount_fen = models.BigIntegerField()
    private_fen = money()
    valuation_fen = money()
    share_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    hard_technology = models.BooleanField(default=False)
    field = models.CharField(max_length=40, blank=True)
    exited_on = models.DateField(null=True, blank=True)
    exit_way = models.CharField(max_length=20, blank=True)
    exit_fen = money()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="investment_positive"),
            models.CheckConstraint(condition=Q(exited_on=None) | Q(exited_on__gte=F("invested_on")), name="investment_dates"),
        )
        indexes = (models.Index(fields=["fund", "invested_on"]),)


class FinanceProduct(Entry):
    """A finance product (金融产品) of a bank: for which stages, and its conditions as clauses that a machine checks."""

    kind = models.CharField(max_length=20)
    stages = models.JSONField(default=list, blank=True)
    limit_fen = money()
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    rate = models.CharField(max_length=80, blank=True)
    conditions = models.JSONField(default=list, blank=True)
    papers = models.TextField(blank=True)
    contact = models.CharField(max_length=120, blank=True)


class FinanceRequest(Entry):
    """A firm asks a finance body (融资申请); the check against the product's conditions on that day goes with it."""

    product = to_record("product_requests")
    bank = to_record("requests_received", null=False)
    amount_fen = models.BigIntegerField()
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    purpose = models.TextField()
    asked_on = models.DateField()
    statement = to_record("statement_requests")
    verdict = models.CharField(max_length=10, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    credit = to_record("credit_request")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount_fen__gt=0), name="request_positive"),)


class TaxReferral(Entry):
    """A firm's question about a tax rule (税费政策转办): the check on the day, the referral to the tax office, its answer."""

    rule = models.CharField(max_length=40)
    rule_version = models.CharField(max_length=20, blank=True)
    on = models.DateField()
    facts = models.JSONField(default=dict, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    verdict = models.CharField(max_length=10, blank=True)
    office = to_record("tax_referrals")
    question = models.TextField(blank=True)
    referred_on = models.DateField(null=True, blank=True)
    reply = models.TextField(blank=True)
    replied_on = models.DateField(null=True, blank=True)
    enjoyed_fen = money()
