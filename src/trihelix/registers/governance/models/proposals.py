"""Tables of proposals and motions and of the bodies that handle them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from trihelix.kernel.models import Entry, Record


class Proposal(Entry):
    """A proposal (政协提案) or motion (人大建议): what was asked, who handles it, what was answered, how it was received."""

    kind = models.CharField(max_length=12, default="proposal")
    subkind = models.CharField(max_length=16, blank=True)
    session = models.CharField(max_length=80)
    session_number = models.PositiveIntegerField()
    proposers = models.JSONField(default=list, blank=True)
    text = models.TextField(blank=True)
    suggestions = models.JSONField(default=list, blank=True, help_text="[{number, text}]")
    content_class = models.CharField(max_length=80, blank=True)
    public_range = models.CharField(max_length=8, default="full")
    key_item = models.BooleanField(default=False)
    leader = models.CharField(max_length=60, blank=True)
    received_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    lead = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="led_proposals")
    duty = models.JSONField(default=dict, blank=True, help_text="{head, deputy, division, standard}")
    contacts = models.JSONField(default=list, blank=True, help_text="[{on, way, person, note, satisfied}]")
    drafts = models.JSONField(default=list, blank=True, help_text="[{suggestion, text}]")
    result_class = models.CharField(max_length=1, blank=True)
    result_reason = models.TextField(blank=True)
    satisfaction = models.CharField(max_length=12, blank=True)
    feedback_note = models.TextField(blank=True)
    replies = models.JSONField(default=list, blank=True, help_text="[{document, number, on, round}]")
    rounds = models.PositiveSmallIntegerField(default=1)
    sent_on = models.DateField(null=True, blank=True)
    tracked = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["session", "kind", "session_number"], name="proposal_once_a_session"),)


class Handling(models.Model):
    """A body's part in a proposal: lead (主办), split (分办), co (会办), read (参阅), with its dates and opinion."""

    proposal = models.ForeignKey(Record, models.PROTECT, related_name="handlings")
    body = models.ForeignKey(Record, models.PROTECT, related_name="handled_proposals")
    role = models.CharField(max_length=8)
    sent_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    returned_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True)
    opinion = models.TextField(blank=True)
    opinion_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("sent_on", "pk")
        constraints = (
            models.UniqueConstraint(fields=["proposal", "body"], condition=Q(returned_on=None), name="handling_once_a_body"),
            models.UniqueConstraint(fields=["proposal"], condition=Q(role="lead", returned_on=None), name="one_lead_a_proposal"),
        )

    def __str__(self) -> str:
        return f"{self.body_id} {self.role} {self.proposal_id}"
