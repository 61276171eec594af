"""Tables of consortia and alliances: one object with kind; members, commitments, posts, tasks, activities, reports, evaluations."""

from __future__ import annotations

from typing import Any

from django.db import models

from trihelix.kernel.models import Entry, Record


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


def not_negative(name: str, *fields: str) -> models.CheckConstraint:
    """Amounts that are known may not be negative."""
    condition = models.Q()
    for field in fields:
        condition &= models.Q(**{field: None}) | models.Q(**{f"{field}__gte": 0})
    return models.CheckConstraint(condition=condition, name=name)


class Network(Entry):
    """A consortium (联合体) or alliance (联盟) of any kind; the owner is the lead or chair body. It is filed, not approved."""

    kind = models.CharField(max_length=16)
    chain = models.CharField(max_length=80, blank=True)
    fields = models.JSONField(default=list, blank=True)
    division = models.CharField(max_length=12, blank=True)
    service_centre = to_record("served_networks")
    secretariat = models.CharField(max_length=200, blank=True)
    liable_body = to_record("liable_networks")
    agreement_signed_on = models.DateField(null=True, blank=True)
    agreement = models.TextField(blank=True)
    aims = models.TextField(blank=True)
    budget_fen = models.BigIntegerField(null=True, blank=True)
    batch = models.CharField(max_length=60, blank=True)
    filing_no = models.CharField(max_length=80, blank=True)
    filed_on = models.DateField(null=True, blank=True)
    founded_on = models.DateField(null=True, blank=True)
    grade = models.CharField(max_length=12, blank=True)
    evaluated_on = models.DateField(null=True, blank=True)
    fails = models.PositiveSmallIntegerField(default=0, help_text="failed evaluations in a row")
    rectify_until = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (not_negative("network_budget", "budget_fen"),)
        indexes = (models.Index(fields=["kind", "filed_on"]),)


class Evaluation(models.Model):
    """An evaluation of a network for a year (评估)."""

    network = models.ForeignKey(Record, models.CASCADE, related_name="network_evaluations")
    year = models.PositiveSmallIntegerField()
    grade = models.CharField(max_length=12)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    opinion = models.TextField(blank=True)
    decided_on = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["network", "year"], name="network_evaluated_once_a_year"),)
        ordering = ("-year",)

    def __str__(self) -> str:
        return f"{self.network_id} {self.year} {self.grade}"


class Member(Entry):
    """A body's membership (成员) with role, layer and time; the owner is the member body, ``body`` the same for the constraint."""

    network = to_record("network_members", null=False)
    body = to_record("network_memberships")
    role = models.CharField(max_length=16, default="member")
    layer = models.CharField(max_length=12, default="general")
    broker = to_record("broker_memberships")
    contribution = models.TextField(blank=True)
    contact = models.CharField(max_length=120, blank=True)
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    left_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["network", "body"], condition=models.Q(left_on=None, broker=None), name="member_once"),
            models.UniqueConstraint(
                fields=["network", "broker"], condition=models.Q(left_on=None, broker__isnull=False), name="member_broker_once"
            ),
            models.CheckConstraint(
                condition=models.Q(left_on=None) | models.Q(joined_on=None) | models.Q(left_on__gte=models.F("joined_on")),
                name="member_dates",
            ),
        )


class Commitment(Entry):
    """What a member promised to bring, by when, and what came (成员承诺与贡献)."""

    network = to_record("network_commitments", null=False)
    kind = models.CharField(max_length=16)
    promise = models.TextField()
    amount_fen = models.BigIntegerField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    delivered = models.TextField(blank=True)
    delivered_fen = models.BigIntegerField(null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (not_negative("commitment_amounts", "amount_fen", "delivered_fen"),)
        indexes = (models.Index(fields=["network", "due_on"]),)


class Post(Entry):
    """A need or an offer posted to the members of a network first, then raised to everybody (成员内发布)."""

    network = to_record("network_posts", null=False)
    kind = models.CharField(max_length=16)
    text = models.TextField()
    answer_by = models.DateField(null=True, blank=True)
    posted_on = models.DateField(null=True, blank=True)
    members_until = models.DateField(null=True, blank=True)
    answers = models.JSONField(default=list, blank=True)
    need = to_record("need_network_posts")
    solved_by = to_record()
    solved_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)


class Task(Entry):
    """A task of a network that leads from a need to a project (任务); the owner is the leading member."""

    network = to_record("network_tasks", null=False)
    post = to_record("post_tasks")
    need = to_record("need_tasks")
    plan = models.TextField()
    task_book = models.TextField(blank=True)
    budget_fen = models.BigIntegerField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    project = to_record("project_tasks")
    result = models.TextField(blank=True)
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            not_negative("task_budget", "budget_fen"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(starts_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="task_dates",
            ),
        )


class Activity(Entry):
    """An activity planned with and held by a network (活动): annual meeting, matching, roadshow, exposure, survey."""

    network = to_record("network_activities", null=False)
    kind = models.CharField(max_length=16)
    stage = models.CharField(max_length=60, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    event = to_record("event_activities")
    attendance = models.PositiveIntegerField(null=True, blank=True)
    projects = models.PositiveIntegerField(null=True, blank=True)
    report = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["held_on", "kind"]),)


class AnnualReport(Entry):
    """A network's report on a year (年度报告)."""

    network = to_record("network_reports", null=False)
    year = models.PositiveSmallIntegerField()
    work = models.TextField()
    rd_fen = models.BigIntegerField(null=True, blank=True)
    projects = models.PositiveIntegerField(null=True, blank=True)
    patents = models.PositiveIntegerField(null=True, blank=True)
    standards = models.PositiveIntegerField(null=True, blank=True)
    sales_fen = models.BigIntegerField(null=True, blank=True)
    problems = models.TextField(blank=True)
    plans = models.TextField(blank=True)
    submitted_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["network", "year"], name="network_reports_once_a_year"),
            not_negative("network_report_amounts", "rd_fen", "sales_fen"),
        )
