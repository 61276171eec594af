"""Tables of applications, objections and integrity records."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record
from trihelix.registers.programmes.models.calls import link


class Application(Entry):
    """An application (申报书): the working draft, the facts computed from it, and where it stands. Versions are kept apart."""

    call = models.ForeignKey(Record, models.PROTECT, related_name="call_applications")
    scheme = models.CharField(max_length=60)
    scheme_version = models.CharField(max_length=20)
    class_id = models.CharField(max_length=40, blank=True)
    variant = models.CharField(max_length=40, blank=True)
    board = link("board_applications")
    need = link("need_applications")
    leader = link("led_applications")
    leader_name = models.CharField(max_length=60, blank=True)
    demand = link("demand_applications")
    provider = link("provider_applications")
    recommender = link("recommended_applications")
    payee = link("payee_applications")
    requested_fen = models.BigIntegerField(null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    stage = models.CharField(max_length=10, default="full")
    submitted_at = models.DateTimeField(null=True, blank=True)
    receipt = models.CharField(max_length=64, blank=True)
    sealed = models.TextField(blank=True)
    correction = models.JSONField(default=dict, blank=True, help_text="{round, fields, note, due, before}")
    checks = models.JSONField(default=list, blank=True)
    similar = models.JSONField(default=list, blank=True)
    priority = models.BooleanField(default=False)
    priority_reason = models.TextField(blank=True)
    score = models.DecimalField(max_digits=8, decimal_places=4, null=True, blank=True)
    rank = models.PositiveIntegerField(null=True, blank=True)
    ranking = models.JSONField(default=dict, blank=True)
    site_note = models.TextField(blank=True)
    decision = models.CharField(max_length=12, blank=True)
    decision_note = models.TextField(blank=True)
    grant_fen = models.BigIntegerField(null=True, blank=True)
    grant_won = models.CharField(max_length=60, blank=True)
    grant_trace = models.JSONField(default=dict, blank=True)
    publicity_to = models.DateField(null=True, blank=True)
    project = link("project_applications")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(grant_fen=None) | models.Q(grant_fen__gte=0), name="application_grant_not_negative"),
        )
        indexes = (models.Index(fields=["call", "rank"]), models.Index(fields=["scheme", "class_id"]))


class ApplicationVersion(models.Model):
    """A submitted version: never changed, named by its hash."""

    application = models.ForeignKey(Record, models.PROTECT, related_name="application_versions")
    number = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10)
    answers = models.JSONField()
    sha256 = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=20, default="submit")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["application", "number"], name="application_version_once"),)
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.application_id} v{self.number}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Insert only: a submitted version is evidence."""
        if self.pk is not None:
            raise ValueError("a submitted version is never changed")
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Objection(Entry):
    """An objection (异议) in real name against a listed case: grounds, evidence, answer, remedy, appeal."""

    target = models.ForeignKey(Record, models.PROTECT, related_name="objections")
    name = models.CharField(max_length=60)
    id_kind = models.CharField(max_length=20, blank=True)
    id_number = models.CharField(
        max_length=18, blank=True, help_text="the last four characters of an identity document, or a body's credit code"
    )
    unit = models.CharField(max_length=120, blank=True)
    contact = models.CharField(max_length=120)
    grounds = models.TextField()
    evidence = models.TextField()
    suspends = models.BooleanField(default=False)
    answer = models.TextField(blank=True)
    remedy = models.CharField(max_length=20, blank=True)
    appeal = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)


class Integrity(Entry):
    """A record of research integrity (科研诚信): a consequence with legal basis and period, for a person or a body."""

    subject = models.ForeignKey(Record, models.PROTECT, related_name="integrity_records")
    person = link("person_integrity")
    body = link("body_integrity")
    conduct = models.CharField(max_length=40)
    basis = models.CharField(max_length=200)
    bars = models.CharField(max_length=20, default="leader")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    project = link("project_sanctions")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")), name="integrity_dates"
            ),
        )
