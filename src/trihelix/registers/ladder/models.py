"""Tables of the growth ladder: yearly data, places, rankings, incubators with tenants and services, consents, implicit needs."""

from __future__ import annotations

from typing import Any

from django.db import models

from trihelix.kernel.models import Entry, Record


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


def money() -> Any:
    """An amount in fen; not known is not zero."""
    return models.BigIntegerField(null=True, blank=True)


def heads() -> Any:
    return models.PositiveIntegerField(null=True, blank=True)


class FirmYear(Entry):
    """One year of a firm (企业年度数据). Four R&D amounts by four definitions are four columns and are never added or exchanged.

    The reference of the record is the year, so a firm has one row a year.
    """

    year = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=12, default="self")
    as_of = models.DateField(null=True, blank=True)
    revenue_fen = money()
    main_income_fen = money()
    ht_income_fen = money()
    assets_fen = money()
    liabilities_fen = money()
    cost_fen = money()
    rd_tax_fen = money()
    rd_ht_fen = money()
    rd_stat_fen = money()
    rd_acc_fen = money()
    equity_new_fen = money()
    staff = heads()
    tech_staff = heads()
    rd_staff = heads()
    ip1 = heads()
    ip2 = heads()
    source = models.CharField(max_length=200, blank=True)
    checked_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(year__gte=1990, year__lte=2100), name="firm_year_range"),)
        indexes = (models.Index(fields=["year"]),)


class LadderPlace(Entry):
    """Where a firm stands on the ladder (梯度位置) on a day: official recognitions, and the verdict of each rule with its version."""

    on = models.DateField()
    place = models.CharField(max_length=30, blank=True)
    growth_place = models.CharField(max_length=30, blank=True)
    next_step = models.CharField(max_length=30, blank=True)
    official = models.JSONField(default=list, blank=True)
    trace = models.JSONField(default=list, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    book_digest = models.CharField(max_length=64, blank=True)
    replaces = to_record()


class Ranking(Entry):
    """A list of firms by a published method (榜单): population, indicators, weights, ties and what the weights do to it."""

    method = models.CharField(max_length=40)
    method_version = models.CharField(max_length=20, blank=True)
    year = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    size = models.PositiveIntegerField(null=True, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    listed = models.PositiveIntegerField(null=True, blank=True)
    tied = models.PositiveIntegerField(null=True, blank=True)
    left_out = models.JSONField(default=list, blank=True)
    sensitivity = models.JSONField(default=list, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    published_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["method", "as_of"]),)


class RankedFirm(Entry):
    """A firm on a ranking (上榜企业); it stands there once, whatever the key of the row."""

    ranking = to_record("ranked_firms", null=False)
    rank = models.PositiveIntegerField()
    tied = models.BooleanField(default=False)
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    best_rank = models.PositiveIntegerField(null=True, blank=True)
    worst_rank = models.PositiveIntegerField(null=True, blank=True)
    parts = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(rank__gte=1), name="rank_from_one"),)
        indexes = (models.Index(fields=["ranking", "rank"]),)


class Incubator(Entry):
    """An incubator, maker space, accelerator or base (孵化器、众创空间、加速器、基地). Grades are data: the national grades are changing."""

    kind = models.CharField(max_length=20)
    level = models.CharField(max_length=20, blank=True)
    grade = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=40, blank=True)
    professional = models.BooleanField(default=False)
    legal_person = models.BooleanField(null=True, blank=True)
    service_platform = models.BooleanField(null=True, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    stats_years = heads()
    space = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    tenant_space = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    fund_fen = money()
    fund_cases = heads()
    staff = heads()
    professional_staff = heads()
    mentors = heads()
    recognised_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    assessment = models.JSONField(default=dict, blank=True)


class Tenant(Entry):
    """A firm in an incubator (在孵企业)."""

    incubator = to_record("incubator_tenants", null=False)
    entered_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    area = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    field = models.CharField(max_length=40, blank=True)
    funded_fen = money()
    filed_patent = models.BooleanField(null=True, blank=True)
    valid_ip = models.BooleanField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("entered_on")), name="tenant_dates"),
        )
        indexes = (models.Index(fields=["incubator", "entered_on"]),)


class IncubatorService(Entry):
    """A service of an incubator to a tenant (孵化服务), confirmed by the tenant."""

    incubator = to_record("incubator_services", null=False)
    firm = to_record("incubation_received", null=False)
    kind = models.CharField(max_length=20)
    served_on = models.DateField()
    content = models.TextField(blank=True)
    confirmed_on = models.DateField(null=True, blank=True)


class Consent(Entry):
    """A firm's consent (授权同意): for what, to whom, until when; withdrawn at any time and then without effect."""

    purpose = models.CharField(max_length=20)
    scope = models.JSONField(default=list, blank=True)
    granted_on = models.DateField()
    valid_to = models.DateField()
    cap = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)
    evidence = models.CharField(max_length=200, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(valid_to__gte=models.F("granted_on")), name="consent_dates"),)
        indexes = (models.Index(fields=["purpose", "valid_to"]),)


class ImplicitNeed(Entry):
    """A result proposed to a firm that never asked (隐性需求推送), with the reasons, and the rank that mere popularity would give it."""

    result = to_record("implicit_needs", null=False)
    consent = to_record("consent_proposals", null=False)
    proposed_on = models.DateField()
    answer_by = models.DateField(null=True, blank=True)
    place = models.PositiveSmallIntegerField()
    score = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    reasons = models.JSONField(default=list, blank=True)
    profile = models.JSONField(default=list, blank=True)
    baseline_place = models.PositiveSmallIntegerField(null=True, blank=True)
    baseline_class = models.JSONField(default=list, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answer = models.TextField(blank=True)
    need = to_record("implicit_origin")
