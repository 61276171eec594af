"""Tables of awarded cases: project or status, tranches, match money, changes, reports."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record
from trihelix.registers.programmes.models.calls import link


class Project(Entry):
    """An awarded case (立项): a grant, a status or a payment. Applicant (owner) and payee are different roles."""

    application = link("application_projects")
    call = link("call_projects")
    scheme = models.CharField(max_length=60)
    scheme_version = models.CharField(max_length=20)
    class_id = models.CharField(max_length=40, blank=True)
    variant = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    batch = models.PositiveSmallIntegerField(null=True, blank=True)
    leader = link("led_projects")
    leader_name = models.CharField(max_length=60, blank=True)
    payee = link("paid_projects")
    demand = link("demand_projects")
    taker = link("taken_projects")
    recommender = link("recommended_projects")
    line = link("line_projects")
    approved_fen = models.BigIntegerField(default=0)
    allotted_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    partner_fen = models.BigIntegerField(default=0, help_text="the joint funder's part of the approved money")
    match_committed_fen = models.BigIntegerField(default=0)
    match_paid_fen = models.BigIntegerField(default=0)
    approved_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    instrument = models.JSONField(default=dict, blank=True, help_text="{kind, text, signatures: [{role, name, at}], due}")
    contract_number = models.CharField(max_length=60, blank=True)
    indicators = models.JSONField(default=list, blank=True)
    pack = models.JSONField(default=dict, blank=True, help_text="acceptance pack: {document: reference}")
    comparison = models.JSONField(default=list, blank=True)
    panel = models.JSONField(default=dict, blank=True)
    conclusion = models.CharField(max_length=20, blank=True)
    ended_as = models.CharField(max_length=20, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    filed_on = models.DateField(null=True, blank=True)
    followup_to = models.DateField(null=True, blank=True)
    overdue_since = models.DateField(null=True, blank=True)
    recovery_due_fen = models.BigIntegerField(default=0)
    recovered_fen = models.BigIntegerField(default=0)
    dossier = models.JSONField(default=dict, blank=True)
    diligent = models.BooleanField(null=True, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    grades = models.JSONField(default=list, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    evaluate_on = models.DateField(null=True, blank=True)
    priority = models.BooleanField(default=False)
    priority_reason = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(application__isnull=False), name="one_project_an_application"
            ),
            models.CheckConstraint(
                condition=models.Q(paid_fen__gte=0, paid_fen__lte=models.F("allotted_fen"), allotted_fen__lte=models.F("approved_fen")),
                name="project_paid_within_allotted_within_approved",
            ),
            models.CheckConstraint(
                condition=models.Q(recovered_fen__lte=models.F("recovery_due_fen")), name="project_recovered_within_due"
            ),
            models.CheckConstraint(
                condition=models.Q(match_paid_fen__lte=models.F("match_committed_fen")), name="project_match_paid_within_committed"
            ),
        )
        indexes = (models.Index(fields=["scheme", "approved_on"]), models.Index(fields=["due_on"]))


class Tranche(models.Model):
    """One part of a grant, and how far it is: planned, released, ordered, paid, cancelled."""

    project = models.ForeignKey(Record, models.PROTECT, related_name="tranches")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    zh = models.CharField(max_length=80)
    trigger = models.CharField(max_length=20)
    condition = models.CharField(max_length=200, blank=True)
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=12, default="planned")
    released_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["project", "position"], name="tranche_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gte=0), name="tranche_not_negative"),
        )
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.project_id} {self.zh}"


class MatchMoney(models.Model):
    """Match money (匹配资金) of a party: committed and paid are separate rows, so both can be shown."""

    project = models.ForeignKey(Record, models.PROTECT, related_name="match_money")
    party = models.ForeignKey(Record, models.PROTECT, related_name="match_given")
    kind = models.CharField(max_length=10)
    source = models.CharField(max_length=12, default="enterprise")
    amount_fen = models.BigIntegerField()
    on = models.DateField()
    proof = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="match_positive"),)
        ordering = ("on", "id")

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind} {self.amount_fen}"


class ProjectChange(Entry):
    """A change (变更) of a running project, with the approver its kind asks for."""

    project = models.ForeignKey(Record, models.PROTECT, related_name="project_changes")
    kind = models.CharField(max_length=30)
    approver = models.CharField(max_length=12, blank=True)
    reason_text = models.TextField()
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    leader = link("new_leader_of")
    new_text = models.TextField(blank=True)
    document = models.CharField(max_length=200, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    before = models.JSONField(default=dict, blank=True)


class Report(Entry):
    """A report due on a project: progress, stage check, follow-up."""

    project = models.ForeignKey(Record, models.PROTECT, related_name="project_reports")
    kind = models.CharField(max_length=12)
    due_on = models.DateField()
    text = models.TextField(blank=True)
    problems = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    spent_fen = models.BigIntegerField(null=True, blank=True)
    output_fen = models.BigIntegerField(null=True, blank=True, help_text="income from use of the results")
    submitted_on = models.DateField(null=True, blank=True)
    result = models.CharField(max_length=12, blank=True)
    rectify_by = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["project", "kind", "due_on"], name="report_once"),
            models.CheckConstraint(condition=models.Q(percent=None) | models.Q(percent__lte=100), name="report_percent"),
        )
        indexes = (models.Index(fields=["due_on"]),)
