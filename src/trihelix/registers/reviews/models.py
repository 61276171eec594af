"""Tables of review rounds: items, conflicts, runs of the allocation, seats, links."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from trihelix.kernel.models import Entry, Record


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


class Round(Entry):
    """A review of a set of records by panels (评审轮次): its rules, its score sheet, its phases, its outcome."""

    call = to_record("call_reviews")
    rules = models.CharField(max_length=40, default="default")
    panel = models.PositiveSmallIntegerField(null=True, blank=True)
    finance_min = models.PositiveSmallIntegerField(null=True, blank=True)
    enterprise_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    same_employer = models.PositiveSmallIntegerField(null=True, blank=True)
    same_city = models.PositiveSmallIntegerField(null=True, blank=True)
    newcomers_min = models.PositiveSmallIntegerField(null=True, blank=True)
    newcomers_each = models.PositiveSmallIntegerField(null=True, blank=True)
    women_min = models.PositiveSmallIntegerField(null=True, blank=True)
    most_seats = models.PositiveSmallIntegerField(null=True, blank=True)
    years = models.PositiveSmallIntegerField(null=True, blank=True)
    drop_from = models.PositiveSmallIntegerField(null=True, blank=True)
    normalise = models.BooleanField(default=False)
    blind = models.BooleanField(default=False)
    objective = models.CharField(max_length=40, blank=True)
    phases = models.JSONField(default=list, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    sheet_id = models.CharField(max_length=60, blank=True)
    sheet = models.JSONField(default=dict, blank=True)
    relief = models.JSONField(default=list, blank=True, help_text="cures granted: [kind, …, units]")
    admitted = models.JSONField(default=list, blank=True, help_text="experts let in though they rest: [number, why]")
    apart = models.JSONField(default=list, blank=True, help_text="experts not to sit together: [number, number, why]")
    seed_commit = models.CharField(max_length=64, blank=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    published_run = models.PositiveSmallIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    ranking = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(panel=None) | Q(panel__gte=1), name="round_panel"),
            models.CheckConstraint(condition=Q(enterprise_percent=None) | Q(enterprise_percent__lte=100), name="round_enterprise"),
        )


class Item(models.Model):
    """One record under review; ``redacted`` is what a blind reviewer reads, never the original."""

    round = models.ForeignKey(Record, models.CASCADE, related_name="review_items")
    record = models.ForeignKey(Record, models.PROTECT, related_name="reviewed_in")
    code = models.CharField(max_length=20)
    redacted = models.TextField(blank=True)
    redacted_file = models.ForeignKey("kernel.File", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["round", "record"], name="review_item_once"), models.UniqueConstraint(fields=["round", "code"], name="review_code_once"),
        )  # fmt: skip
        ordering = ("id",)

    def __str__(self) -> str:
        return self.code


class Conflict(models.Model):
    """Why an expert must not review an item (回避), and where that was found."""

    round = models.ForeignKey(Record, models.CASCADE, related_name="review_conflicts")
    item = models.ForeignKey(Record, models.PROTECT, related_name="+")
    expert = models.ForeignKey(Record, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)
    source = to_record("conflict_sources")
    waived = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "item", "expert", "kind"], name="review_conflict_once"),)
        indexes = (models.Index(fields=["round", "expert"]),)

    def __str__(self) -> str:
        return f"{self.item_id} × {self.expert_id} {self.kind}"


class Run(models.Model):
    """One run of the allocation: the whole problem and the whole answer, so that anyone can verify or replay it."""

    round = models.ForeignKey(Record, models.CASCADE, related_name="review_runs")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    problem = models.JSONField()
    answer = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "number"], name="review_run_once"),)
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.round_id} #{self.number} {self.kind}"


class Seat(Entry):
    """A seat of an expert on the panel of an item (评审席位): invited, accepted, scored. Seen by the office only."""

    round = to_record("round_seats", null=False)
    item = to_record("item_seats", null=False)
    expert = to_record("expert_seats", null=False)
    item_code = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    run = models.PositiveSmallIntegerField(default=0)
    invited_on = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)
    interest = models.TextField(blank=True)
    points = models.JSONField(default=dict, blank=True)
    gates = models.JSONField(default=dict, blank=True)
    texts = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    total = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    gate_failed = models.BooleanField(default=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    instead_of = to_record("seat_replacements")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "item", "expert"], name="review_seat_once"),)
        indexes = (
            models.Index(fields=["round", "item"]),
            models.Index(fields=["expert", "invited_on"]),
            models.Index(fields=["invited_on", "kind"]),
        )


class ReviewLink(models.Model):
    """The signed link of one expert in one round: expires, can be revoked, needs no account. Only officers may read the address."""

    round = models.ForeignKey(Record, models.CASCADE, related_name="review_links")
    expert = models.ForeignKey(Record, models.PROTECT, related_name="review_links_held")
    nonce = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "expert"], condition=Q(revoked_at=None), name="review_link_in_force_once"),)

    def __str__(self) -> str:
        return f"{self.round_id} {self.expert_id}"
