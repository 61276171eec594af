"""Tables of platforms, their decisions, milestones, years, evaluations and batches; foreign partners, agreements and co-operation projects."""

from __future__ import annotations

from typing import Any

from django.db import models

from trihelix.kernel.models import Entry, Record


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


class StatusLife(Entry):
    """Abstract: a status (认定) with level, issuer, period, evaluation, renewal and end. ``periods`` keeps every period granted."""

    kind = models.CharField(max_length=24)
    level = models.CharField(max_length=12, default="provincial")
    issuer = models.CharField(max_length=120, blank=True)
    doc_number = models.CharField(max_length=80, blank=True)
    number_given = models.CharField(max_length=60, blank=True)
    division = models.CharField(max_length=12, blank=True)
    fields = models.JSONField(default=list, blank=True)
    build_until = models.DateField(null=True, blank=True)
    recognised_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    grade = models.CharField(max_length=12, blank=True)
    evaluated_on = models.DateField(null=True, blank=True)
    fails = models.PositiveSmallIntegerField(default=0, help_text="failed evaluations in a row")
    rectify_until = models.DateField(null=True, blank=True)
    renewal_asked_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.TextField(blank=True)
    support_fen = models.BigIntegerField(null=True, blank=True)
    periods = models.JSONField(default=list, blank=True)

    class Meta(Entry.Meta):
        abstract = True


class Platform(StatusLife):
    """A platform (创新平台): laboratory, centre, designation or carrier; the owner is the host body."""

    batch = models.PositiveSmallIntegerField(null=True, blank=True)
    head = to_record("platforms_headed")
    deputy = models.CharField(max_length=60, blank=True)
    academic_chair = models.CharField(max_length=60, blank=True)
    countries = models.JSONField(default=list, blank=True)
    agreement_signed_on = models.DateField(null=True, blank=True)
    agreement_to = models.DateField(null=True, blank=True)
    agreement_terms = models.TextField(blank=True)
    firm_cash_fen = models.BigIntegerField(null=True, blank=True)
    firm_equipment_fen = models.BigIntegerField(null=True, blank=True)
    staff = models.PositiveIntegerField(null=True, blank=True)
    address = models.CharField(max_length=200, blank=True)
    goals = models.TextField(blank=True)
    project = to_record("project_platforms")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(recognised_on=None) | models.Q(valid_to__gte=models.F("recognised_on")),
                name="platform_period",
            ),
            models.CheckConstraint(
                condition=models.Q(support_fen=None) | models.Q(support_fen__gte=0), name="platform_support_not_negative"
            ),
        )
        indexes = (models.Index(fields=["kind", "recognised_on"]), models.Index(fields=["valid_to"]))


class Decision(Entry):
    """A decision on a platform (批复事项): building plan, site, yearly money, posts, director, standard; in force between two days."""

    platform = to_record("platform_decisions", null=False)
    kind = models.CharField(max_length=16)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    doc_number = models.CharField(max_length=80, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    count = models.PositiveIntegerField(null=True, blank=True)
    payer = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=200, blank=True)
    area_m2 = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    text = models.TextField(blank=True)
    replaces = to_record("replaced_decisions")
    policy = to_record("policy_decisions")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(starts_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="platform_decision_dates",
            ),
            models.CheckConstraint(condition=models.Q(amount_fen=None) | models.Q(amount_fen__gte=0), name="platform_decision_money"),
        )
        indexes = (models.Index(fields=["platform", "kind", "starts_on"]),)


class Milestone(Entry):
    """A milestone of works or move-in (工程节点) of a platform."""

    platform = to_record("platform_milestones", null=False)
    kind = models.CharField(max_length=16)
    planned_on = models.DateField()
    first_planned_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    evidence = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["platform", "kind"]), models.Index(fields=["planned_on"]))


class PlatformYear(Entry):
    """A platform's year (年度计划与报告): plan, report and openness indicators; one a platform and year."""

    platform = to_record("platform_years", null=False)
    year = models.PositiveSmallIntegerField()
    plan = models.TextField(blank=True)
    goals = models.JSONField(default=list, blank=True)
    planned_fen = models.BigIntegerField(null=True, blank=True)
    report = models.TextField(blank=True)
    outside_users = models.PositiveIntegerField(null=True, blank=True)
    shared_hours = models.PositiveIntegerField(null=True, blank=True)
    firms_served = models.PositiveIntegerField(null=True, blank=True)
    open_projects = models.PositiveIntegerField(null=True, blank=True)
    contracts_signed = models.PositiveIntegerField(null=True, blank=True)
    contract_fen = models.BigIntegerField(null=True, blank=True)
    spent_fen = models.BigIntegerField(null=True, blank=True)
    staff = models.PositiveIntegerField(null=True, blank=True)
    director_days = models.PositiveSmallIntegerField(null=True, blank=True)
    reported_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["platform", "year"], name="platform_year_once"),)
        indexes = (models.Index(fields=["year"]),)


class Evaluation(Entry):
    """An evaluation of a platform (评估): yearly, mid-term, final, or its own; the grade lands on the platform when settled."""

    platform = to_record("platform_evaluations", null=False)
    kind = models.CharField(max_length=12)
    evaluated_on = models.DateField()
    standard = models.CharField(max_length=120, blank=True)
    panel = models.TextField(blank=True)
    scores = models.JSONField(default=list, blank=True)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    grade = models.CharField(max_length=12, blank=True)
    aim_met = models.BooleanField(null=True, blank=True)
    conclusion = models.TextField(blank=True)
    rectify_until = models.DateField(null=True, blank=True)
    support_fen = models.BigIntegerField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["platform", "kind", "evaluated_on"], name="platform_evaluation_once"),)


class Batch(Entry):
    """A batch of a laboratory's own projects (自主项目批次): each row sets a technical and an industrial indicator."""

    platform = to_record("platform_batches", null=False)
    year = models.PositiveSmallIntegerField()
    batch = models.PositiveSmallIntegerField()
    launched_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    projects = models.JSONField(default=list, blank=True)
    project_count = models.PositiveIntegerField(default=0)
    amount_fen = models.BigIntegerField(default=0)
    summary = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["platform", "year", "batch"], name="platform_batch_once"),)


class ForeignPartner(Entry):
    """A partner abroad (境外合作方)."""

    country = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    name_local = models.CharField(max_length=200, blank=True)
    website = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    fields = models.JSONField(default=list, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["country"]),)


class ForeignAgreement(Entry):
    """An agreement with a partner abroad (国际合作协议); the owner is the side in the province."""

    partner = to_record("partner_agreements", null=False)
    platform = to_record("platform_agreements")
    kind = models.CharField(max_length=12, default="body")
    fields = models.JSONField(default=list, blank=True)
    signed_on = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    terms = models.TextField(blank=True)
    renewals = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("signed_on")), name="foreign_agreement_dates"
            ),
        )
        indexes = (models.Index(fields=["valid_to"]),)


class CooperationProject(Entry):
    """A project that the province recommends to the nation, or an exchange (国家国际合作专项、交流项目); the owner is the applicant."""

    kind = models.CharField(max_length=24)
    year = models.PositiveSmallIntegerField()
    country = models.CharField(max_length=60, blank=True)
    partner = to_record("partner_projects")
    platform = to_record("platform_cooperation")
    leader = to_record("cooperation_led")
    fields = models.JSONField(default=list, blank=True)
    no_secrets = models.BooleanField(default=False)
    integrity = models.BooleanField(default=False)
    in_hand = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    asked_fen = models.BigIntegerField(null=True, blank=True)
    recommended_on = models.DateField(null=True, blank=True)
    recommendation_number = models.CharField(max_length=80, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    approved_fen = models.BigIntegerField(null=True, blank=True)
    project_number = models.CharField(max_length=80, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(approved_fen=None) | models.Q(approved_fen__gte=0), name="cooperation_money_not_negative"
            ),
        )
        indexes = (models.Index(fields=["kind", "approved_on"]),)
