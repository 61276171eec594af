"""Tables of calls: the call, topics collected before it, boards of the open bid, questions, outages."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


def link(name: str, **more: object) -> models.ForeignKey:
    """A reference to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name=name, **more)  # type: ignore[arg-type]


class Call(Entry):
    """A call (申报通知) of a scheme in one version; it keeps that version whatever the book says later."""

    scheme = models.CharField(max_length=60)
    scheme_version = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    batch = models.PositiveSmallIntegerField(default=1)
    text = models.TextField(blank=True)
    contact = models.CharField(max_length=200, blank=True)
    opens_on = models.DateField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    unit_closes_on = models.DateField(null=True, blank=True)
    planned_count = models.PositiveIntegerField(null=True, blank=True)
    planned_fen = models.BigIntegerField(null=True, blank=True)
    line = link("line_calls")
    agreement = link("agreement_calls")
    quota = models.PositiveIntegerField(null=True, blank=True, help_text="applications a unit may file; null = no quota")
    lot_key = models.CharField(max_length=80, blank=True, help_text="public key of a sealed call")
    keepers = models.JSONField(default=list, blank=True, help_text="[{user, username, public_key}], three")
    wrapped = models.JSONField(default=dict, blank=True, help_text="{pair: secret key, encrypted to both keepers}")
    peeled = models.JSONField(default=dict, blank=True, help_text="{pair: {layer, by, at}}")
    unsealed_at = models.DateTimeField(null=True, blank=True)
    opened_early = models.BooleanField(default=False)
    opening = models.JSONField(default=list, blank=True, help_text="[{n, number, owner, sha256, intact, valid}]")
    announced_on = models.DateField(null=True, blank=True)
    publicity_to = models.DateField(null=True, blank=True)
    minutes = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(opens_on=None) | models.Q(closes_on=None) | models.Q(closes_on__gte=models.F("opens_on")),
                name="call_dates",
            ),
        )
        indexes = (models.Index(fields=["scheme", "year"]),)


class Topic(Entry):
    """A topic suggestion (指南建议): its own form, limit and outcome."""

    call = link("call_topics")
    text = models.TextField()
    band = models.CharField(max_length=10, blank=True)
    trend = models.TextField(blank=True)
    product = models.TextField(blank=True)
    technology = models.TextField(blank=True)
    need = link("need_topics")
    outcome = models.CharField(max_length=20, blank=True)
    guide_text = models.TextField(blank=True)


class Board(Entry):
    """A board (榜单) of the open bid: the demand party's need, its money, its takers, with the rule version it was posted under."""

    call = link("call_boards")
    need = link("need_boards")
    scheme = models.CharField(max_length=60, default="open-bid")
    scheme_version = models.CharField(max_length=20, blank=True)
    problem = models.TextField()
    indicators = models.JSONField(default=list, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    ownership = models.CharField(max_length=20, blank=True)
    deadline = models.DateField(null=True, blank=True)
    conditions = models.TextField(blank=True)
    tried = models.TextField(blank=True)
    variant = models.CharField(max_length=40, blank=True)
    batch = models.PositiveSmallIntegerField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    posted_on = models.DateField(null=True, blank=True)
    taker = link("taken_boards")
    contract_number = models.CharField(max_length=60, blank=True)
    choice_reason = models.TextField(blank=True)
    argued = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["need"], condition=models.Q(need__isnull=False), name="board_once_a_need"),)


class Question(Entry):
    """A question on a call, answered in public."""

    call = models.ForeignKey(Record, models.PROTECT, related_name="call_questions")
    text = models.TextField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)


class Outage(Entry):
    """An outage of the service (系统中断): the evidence behind a moved deadline."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    cause = models.TextField(blank=True)
    moved = models.JSONField(default=list, blank=True, help_text="[{call, from, to}]")

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(ended_at__gt=models.F("started_at")), name="outage_order"),)
