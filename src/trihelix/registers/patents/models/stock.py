"""Tables of the stock-taking: rounds, reports, colleges, forms, judgements of firms, pushes."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record
from trihelix.registers.patents.models.columns import day, items, text, to_record


class Round(Entry):
    """A round of the stock-taking (存量专利盘点) over universities and institutes."""

    basis = text(200)
    starts_on = models.DateField()
    ends_on = day()
    granted_until = day()
    report_by = day()
    summary = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")), name="stock_round_dates"
            ),
        )


class BodyReport(models.Model):
    """A body's word that it has taken stock of all its patents in a round, with how many."""

    round = models.ForeignKey(Record, models.PROTECT, related_name="stock_reports")
    body = models.ForeignKey(Record, models.PROTECT, related_name="+")
    patents = models.PositiveIntegerField()
    note = text(300)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "body"], name="stock_report_once"),)

    def __str__(self) -> str:
        return f"{self.body_id}: {self.patents}"


class College(Entry):
    """A college (学院) of a body and who approves its stock-taking forms."""

    reviewer = to_record("+")


class StockRecord(Entry):
    """One patent, one form (一专利一表) of a round: self-assessment, approvals, tier, outcome."""

    round = to_record("stock_forms", null=False)
    patent = to_record("stock_records", null=False)
    college = text(120)
    stars = models.PositiveSmallIntegerField(null=True, blank=True)
    prospect = text(12)
    trl = models.PositiveSmallIntegerField(null=True, blank=True)
    industries = items()
    modes = items()
    ask_fen = models.BigIntegerField(null=True, blank=True)
    price_rule = text(20)
    prior_use = text(12)
    contact = text(80)
    obstacle = models.TextField(blank=True)
    improvement = models.TextField(blank=True)
    self_assessed_on = day()
    college_on = day()
    pool_on = day()
    tier = text(2)
    tier_rule = text(20)
    willing = models.PositiveSmallIntegerField(default=0)
    outcome = text(12)
    outcome_on = day()
    outcome_number = text(80)
    exit_kind = text(20)
    result = to_record("+")
    listing = to_record("+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["round", "patent"], name="stock_record_once_a_round"),
            models.CheckConstraint(condition=models.Q(stars=None) | models.Q(stars__range=(1, 5)), name="stock_stars_1_5"),
            models.CheckConstraint(condition=models.Q(trl=None) | models.Q(trl__range=(1, 9)), name="stock_trl_1_9"),
        )
        indexes = (models.Index(fields=["round", "prospect"]), models.Index(fields=["round", "tier"]))


class FirmScore(models.Model):
    """A firm's judgement (企业评价) of a patent: prospect, need, wish to co-operate; the newest of a firm counts."""

    stock = models.ForeignKey(Record, models.PROTECT, related_name="firm_scores")
    firm = models.ForeignKey(Record, models.PROTECT, related_name="+")
    on = models.DateField()
    prospect = models.CharField(max_length=12)
    need = models.CharField(max_length=12)
    willing = models.BooleanField()
    note = text(300)

    class Meta:
        ordering = ("on", "id")
        constraints = (models.UniqueConstraint(fields=["stock", "firm"], name="firm_score_once"),)

    def __str__(self) -> str:
        return f"{self.firm_id}: {self.prospect}"


class Push(Entry):
    """A patent pushed to a firm (推送) that the matching engine found, with score and reasons; the firm answers."""

    stock = to_record("pushes", null=False)
    patent = to_record("+", null=False)
    firm = to_record("patent_pushes", null=False)
    need = to_record("+")
    score = models.FloatField(null=True, blank=True)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    reasons = items()
    sent_on = models.DateField()
    answered_on = day()
    prospect = text(12)
    need_level = text(12)
    answer_text = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["stock", "firm"], name="push_once_a_firm"),)
