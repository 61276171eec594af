"""Tables of batches, needs, secondments, service logs, outputs, assessments."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from trihelix.kernel.models import Entry, Record, User


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


class Batch(Entry):
    """A batch (选派批次) of one kind of secondment: its number, its plan, its publicity and the day of appointment."""

    kind = models.CharField(max_length=20, default="commissioner")
    number_in_line = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField()
    planned = models.PositiveIntegerField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    publicity_from = models.DateField(null=True, blank=True)
    publicity_to = models.DateField(null=True, blank=True)
    appointed_on = models.DateField(null=True, blank=True)
    document_no = models.CharField(max_length=80, blank=True)
    waived = models.JSONField(default=list, blank=True, help_text="pairs let through in the dispatch: [post, person, why]")
    barred = models.JSONField(default=list, blank=True, help_text="pairs kept apart by the office: [post, person, why]")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "number_in_line"], name="secondment_batch_once"),)


class HomeAnswer(models.Model):
    """Whether the home body lets one of its people go with a batch (派出单位意见), before any choice is made."""

    batch = models.ForeignKey(Record, models.CASCADE, related_name="home_answers")
    person = models.ForeignKey(Record, models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    why = models.CharField(max_length=200, blank=True)
    on = models.DateField()
    by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["batch", "person"], name="home_answer_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {'yes' if self.agrees else 'no'}"


class Dispatch(models.Model):
    """One run of the dispatch (选派方案): what was asked, the whole problem and answer, what lies beside it, cures when impossible."""

    batch = models.ForeignKey(Record, models.CASCADE, related_name="dispatches")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    options = models.JSONField(default=dict)
    problem = models.JSONField()
    answer = models.JSONField()
    beside = models.JSONField(default=dict, help_text="total, blocking pairs, what stability costs")
    cures = models.JSONField(default=list, help_text="options changed, each proven to make it possible")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["batch", "number"], name="dispatch_once"),)

    def __str__(self) -> str:
        return f"{self.batch_id} #{self.number} {self.kind}"


class PostNeed(Entry):
    """A host's need (岗位需求): the problem, the field, and the person wished for."""

    kind = models.CharField(max_length=20, default="commissioner")
    problem = models.TextField()
    field = models.CharField(max_length=40, blank=True)
    indicators = models.TextField(blank=True)
    discipline = models.CharField(max_length=20, blank=True)
    wished_rank = models.CharField(max_length=60, blank=True)
    wished = models.TextField(blank=True)
    posts = models.PositiveSmallIntegerField(default=1)
    days_per_year = models.PositiveSmallIntegerField(null=True, blank=True)
    pay_fen = models.BigIntegerField(null=True, blank=True)
    support = models.TextField(blank=True)
    duties = models.JSONField(default=list, blank=True)
    place = models.CharField(max_length=120, blank=True)
    need = to_record("need_posts")
    recommender = to_record("recommended_posts")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(pay_fen=None) | Q(pay_fen__gte=0), name="post_pay"),
            models.CheckConstraint(condition=Q(posts__gte=1), name="post_at_least_one"),
        )


class Secondment(Entry):
    """A person sent from a home body to a host (选派): from choice to the end of the term. The owner is the home body."""

    kind = models.CharField(max_length=20, default="commissioner")
    person = to_record("secondments", null=False)
    host = to_record("secondments_received", null=False)
    post = to_record("post_secondments")
    batch = to_record("batch_secondments")
    recommender = to_record("secondments_recommended")
    previous = to_record("later_terms")
    successor = to_record("replaced_terms")
    term_no = models.PositiveSmallIntegerField(default=1)
    city = models.CharField(max_length=12, blank=True)
    field = models.CharField(max_length=40, blank=True)
    discipline = models.CharField(max_length=20, blank=True)
    degree = models.CharField(max_length=20, blank=True)
    rank = models.CharField(max_length=60, blank=True)
    post_title = models.CharField(max_length=60, blank=True)
    duties = models.JSONField(default=list, blank=True)
    days_per_year = models.PositiveSmallIntegerField(null=True, blank=True)
    hours_per_year = models.PositiveSmallIntegerField(null=True, blank=True)
    pay_fen = models.BigIntegerField(null=True, blank=True)
    payer = models.CharField(max_length=20, blank=True)
    ip_terms = models.TextField(blank=True)
    exit_terms = models.TextField(blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    appointed_on = models.DateField(null=True, blank=True)
    letter_no = models.CharField(max_length=60, blank=True)
    signatures = models.JSONField(default=list, blank=True)
    checks = models.JSONField(default=list, blank=True)
    publicity_to = models.DateField(null=True, blank=True)
    mid_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_kind = models.CharField(max_length=20, blank=True)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    subsidy_basis = models.CharField(max_length=200, blank=True)
    approved_fen = models.BigIntegerField(default=0)
    allotted_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")), name="secondment_term"),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0, paid_fen__lte=F("allotted_fen"), allotted_fen__lte=F("approved_fen")), name="secondment_subsidy_in_order"
            ),
            models.UniqueConstraint(fields=["letter_no"], condition=~Q(letter_no=""), name="secondment_letter_once"),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["kind", "appointed_on"]), models.Index(fields=["ends_on"]), models.Index(fields=["host"]), models.Index(fields=["person"]),
        )  # fmt: skip

    @property
    def person_signs(self) -> bool:
        """Whether the person has an account to sign with; else the home body signs for them."""
        return User.objects.filter(person_id=self.person_id, is_active=True).exists()


class Output(models.Model):
    """What came of it (产出): a contract, patent, product, standard, platform, training or joint project."""

    secondment = models.ForeignKey(Record, models.PROTECT, related_name="secondment_outputs")
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=80, blank=True)
    record = to_record("output_of_secondments")
    on = models.DateField()
    amount_fen = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("on", "id")
        constraints = (
            models.UniqueConstraint(fields=["secondment", "kind", "number"], condition=~Q(number=""), name="secondment_output_once"),
            models.CheckConstraint(condition=Q(amount_fen=None) | Q(amount_fen__gte=0), name="secondment_output_amount"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"


class Assessment(models.Model):
    """An assessment (评估) of one phase by one side: points by part, and a text."""

    secondment = models.ForeignKey(Record, models.PROTECT, related_name="secondment_assessments")
    phase = models.CharField(max_length=4)
    side = models.CharField(max_length=10)
    parts = models.JSONField(default=dict)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    grade = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    on = models.DateField()
    by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("on", "id")
        constraints = (models.UniqueConstraint(fields=["secondment", "phase", "side"], name="secondment_assessed_once"),)

    def __str__(self) -> str:
        return f"{self.phase} {self.side} {self.score}"


class Log(Entry):
    """A day of service (服务记录): where, how long, what problem, with what result; confirmed by the host."""

    secondment = to_record("service_logs", null=False)
    on = models.DateField()
    place = models.CharField(max_length=120, blank=True)
    days = models.DecimalField(max_digits=4, decimal_places=1, default=1)
    hours = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    problem = models.TextField()
    result = models.TextField(blank=True)
    solved = models.BooleanField(default=False)
    confirmed_on = models.DateField(null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(days__gt=0), name="log_days"),
            models.CheckConstraint(condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=5), name="log_satisfaction"),
        )
        indexes = (models.Index(fields=["secondment", "on"]),)
