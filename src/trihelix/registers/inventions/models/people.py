"""Tables of evaluation, trusteeship, brokers' mandates and diligence files."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record
from trihelix.registers.inventions.models.steps import Procedure


class Evaluation(Entry):
    """An evaluation of a result (科技成果评价): experts' sheets, weighted score, readiness, conclusion."""

    invention = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="evaluations")
    result = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="result_evaluations")
    client = models.CharField(max_length=200, blank=True)
    research_class = models.CharField(max_length=20)
    purpose = models.TextField(blank=True)
    standard = models.CharField(max_length=80, blank=True)
    weights = models.JSONField(default=list, blank=True)
    fee_fen = models.BigIntegerField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    trl = models.PositiveSmallIntegerField(null=True, blank=True)
    score = models.CharField(max_length=40, blank=True)
    conclusion = models.TextField(blank=True)
    limits = models.TextField(blank=True)
    issued_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)


class ExpertSheet(models.Model):
    """One expert on a panel, with declared relations and the scores given alone."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="sheets")
    expert = models.CharField(max_length=120)
    unit = models.CharField(max_length=200)
    technical = models.BooleanField()
    head = models.BooleanField(default=False)
    scores = models.JSONField(default=dict, blank=True)
    opinion = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["evaluation", "expert"], name="expert_sheet_once"),)

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.expert}"


class Trusteeship(Entry):
    """IP trusteeship (知识产权托管): a mandate with secrecy; title stays with the client."""

    trustee = models.ForeignKey(Record, models.PROTECT, related_name="trusteeships")
    scope = models.CharField(max_length=10)
    items = models.JSONField(default=list, blank=True)
    powers = models.JSONField(default=list, blank=True)
    fee_fen = models.BigIntegerField(null=True, blank=True)
    success_share = models.CharField(max_length=40, blank=True)
    secrecy = models.BooleanField(default=True)
    term_from = models.DateField(null=True, blank=True)
    term_to = models.DateField(null=True, blank=True)
    report_months = models.PositiveSmallIntegerField(default=6)
    consents = models.JSONField(default=list, blank=True)
    reports = models.JSONField(default=list, blank=True)
    sales = models.JSONField(default=list, blank=True)


class BrokerMandate(Entry):
    """A technology manager's mandate (技术经理人委托) and commission."""

    invention = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="mandates")
    manager = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="mandates_held")
    manager_name = models.CharField(max_length=120)
    certificate_no = models.CharField(max_length=60, blank=True)
    both_sides = models.BooleanField(default=False)
    disclosed = models.BooleanField(default=False)
    exclusive = models.BooleanField(default=False)
    rule = models.CharField(max_length=20, blank=True)
    rate = models.CharField(max_length=40, blank=True)
    base = models.CharField(max_length=10, blank=True)
    case_cap_fen = models.BigIntegerField(null=True, blank=True)
    year_cap_fen = models.BigIntegerField(null=True, blank=True)
    term_from = models.DateField()
    term_to = models.DateField(null=True, blank=True)
    base_fen = models.BigIntegerField(null=True, blank=True)
    fee_fen = models.BigIntegerField(null=True, blank=True)
    fee_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    invoice = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(both_sides=False) | models.Q(disclosed=True), name="double_mandate_disclosed"),
            models.UniqueConstraint(fields=["invoice"], condition=~models.Q(invoice=""), name="mandate_invoice_once"),
        )


class DiligenceFile(Procedure):
    """A diligence file (尽职免责): evidence of procedure, care and no gain, and the finding on it."""

    invention = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="diligence_files")
    transfer = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="transfer_diligence_files")
    subject = models.CharField(max_length=20)
    event = models.TextField()
    happened_on = models.DateField()
    loss_fen = models.BigIntegerField(null=True, blank=True)
    price_way = models.CharField(max_length=20, blank=True)
    notice_scope = models.JSONField(default=list, blank=True)
    gain = models.BooleanField(default=False)
    hidden_conflict = models.BooleanField(default=False)
    forged_paper = models.BooleanField(default=False)
    ban_ignored = models.BooleanField(default=False)
    evidence = models.JSONField(default=list, blank=True)
    finding = models.CharField(max_length=20, blank=True)
    relief = models.TextField(blank=True)
