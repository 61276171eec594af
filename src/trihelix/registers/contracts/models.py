"""Tables of deals."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class Deal(Entry):
    """A deal (交易) between the two ends of a match; it carries need, result, parties and what they agree."""

    match = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="match_deals")
    need = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="need_deals")
    result = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="result_deals")
    buyer = models.ForeignKey(Record, models.PROTECT, related_name="bought")
    seller = models.ForeignKey(Record, models.PROTECT, related_name="sold")
    proposed_by = models.CharField(max_length=10)
    way = models.CharField(max_length=20, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)
    opened_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["match"], condition=models.Q(match__isnull=False), name="one_deal_a_match"),
            models.CheckConstraint(condition=~models.Q(buyer=models.F("seller")), name="deal_two_parties"),
        )


class Contract(Entry):
    """A technology contract filed for recognition and registration (技术合同认定登记); the owner is the applicant.

    ``turnover_fen``, ``technical_fen``, ``large``, ``fingerprint`` and ``rule_set`` are what the engine computed from the filed terms
    at the last complete submission; ``due`` and ``accepted_on`` are that submission's clock.
    """

    deal = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="deal_contracts")
    office = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="registered_contracts")
    kind = models.CharField(max_length=10)
    subkind = models.CharField(max_length=30, blank=True)
    rule_set = models.CharField(max_length=20, blank=True)
    sign_date = models.DateField()
    effective_date = models.DateField(null=True, blank=True)
    term_from = models.DateField(null=True, blank=True)
    term_to = models.DateField(null=True, blank=True)
    form = models.CharField(max_length=10, default="paper")
    parties = models.JSONField(default=list)
    amount_items = models.JSONField(default=list, blank=True)
    payment_plan = models.JSONField(default=list, blank=True)
    ip_items = models.JSONField(default=list, blank=True)
    price_text = models.TextField(blank=True)
    text = models.TextField(blank=True)
    signed_by = models.CharField(max_length=20, blank=True)
    papers = models.JSONField(default=list, blank=True)
    tests = models.JSONField(default=dict, blank=True)
    field = models.CharField(max_length=40, blank=True)
    plan_source = models.CharField(max_length=20, blank=True)
    government_project = models.BooleanField(null=True, blank=True)
    secret_flag = models.BooleanField(default=False)
    disputed = models.BooleanField(default=False)
    turnover_fen = models.BigIntegerField(null=True, blank=True)
    technical_fen = models.BigIntegerField(null=True, blank=True)
    large = models.BooleanField(default=False)
    fingerprint = models.CharField(max_length=64, blank=True)
    submissions = models.JSONField(default=list, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    first_officer = models.ForeignKey("kernel.User", models.PROTECT, null=True, blank=True, related_name="+")
    reason_codes = models.JSONField(default=list, blank=True)
    decision_text = models.TextField(blank=True)
    registered_on = models.DateField(null=True, blank=True)
    certificate_no = models.CharField(max_length=32, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["fingerprint"], condition=~models.Q(registered_on=None) & models.Q(ended_on=None), name="contract_registered_once"
            ),
            models.UniqueConstraint(fields=["certificate_no"], condition=~models.Q(certificate_no=""), name="certificate_no_once"),
            models.CheckConstraint(
                condition=models.Q(technical_fen=None)
                | models.Q(turnover_fen=None)
                | models.Q(technical_fen__lte=models.F("turnover_fen")),
                name="technical_not_above_turnover",
            ),
        )
        indexes = (models.Index(fields=["registered_on", "office"]), models.Index(fields=["sign_date"]))


class Certificate(models.Model):
    """One version of a registration certificate (登记证明); older versions are kept."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="certificates")
    version = models.PositiveSmallIntegerField()
    date = models.DateField()
    turnover_fen = models.BigIntegerField()
    technical_fen = models.BigIntegerField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["contract", "version"], name="certificate_version_once"),)

    def __str__(self) -> str:
        return f"{self.contract_id} v{self.version}"


class Receipt(models.Model):
    """Money received on performance (履行到账), with its technical part and the verified technical income."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="receipts")
    key = models.CharField(max_length=80)
    date = models.DateField()
    received_fen = models.BigIntegerField()
    technical_fen = models.BigIntegerField(null=True, blank=True)
    cost_fen = models.BigIntegerField(default=0)
    verified_fen = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["contract", "key"], name="receipt_once"),)
        ordering = ("date", "id")

    def __str__(self) -> str:
        return f"{self.contract_id} {self.date} {self.received_fen}"


class BenefitUse(models.Model):
    """A benefit taken on the strength of a registration (VAT, CIT, IIT, RD, grant, reward)."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="benefits")
    kind = models.CharField(max_length=10)
    period = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField()
    notified_on_change = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["contract", "kind", "period"], name="benefit_once_a_period"),)

    def __str__(self) -> str:
        return f"{self.contract_id} {self.kind} {self.period}"
