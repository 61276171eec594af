"""Tables of deals: their terms, meetings, texts and obligations; and of technology contracts."""

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
    confidentiality = models.CharField(max_length=10, default="mutual")
    nda_text = models.TextField(blank=True)
    nda_until = models.DateField(null=True, blank=True)
    buyer_nda_on = models.DateField(null=True, blank=True)
    seller_nda_on = models.DateField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)
    draft = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="draft_deals")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["match"], condition=models.Q(match__isnull=False), name="one_deal_a_match"),
            models.CheckConstraint(condition=~models.Q(buyer=models.F("seller")), name="deal_two_parties"),
        )


class TermSheet(models.Model):
    """One version of the term sheet (条款清单); both sides accept the same version, older ones are kept."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="term_sheets")
    version = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=10)
    terms = models.JSONField(help_text="[[column, value], …] as proposed")
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")
    buyer_on = models.DateField(null=True, blank=True)
    seller_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["deal", "version"], name="term_sheet_version_once"),)
        ordering = ("version",)

    def __str__(self) -> str:
        return f"{self.deal_id} v{self.version}"


class Meeting(models.Model):
    """A meeting of a deal (洽谈记录): when, who, what was said, what comes next."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="meetings")
    held_on = models.DateField()
    way = models.CharField(max_length=10)
    place = models.CharField(max_length=120, blank=True)
    people = models.CharField(max_length=400)
    minutes = models.TextField()
    next_step = models.CharField(max_length=400, blank=True)
    next_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("held_on", "id")

    def __str__(self) -> str:
        return f"{self.deal_id} {self.held_on}"


class DealBroker(models.Model):
    """A broker (技术经理人) who takes part in a deal for a side, or for both."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="brokers")
    broker = models.ForeignKey(Record, models.PROTECT, related_name="broker_deals")
    side = models.CharField(max_length=10)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    nda_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["deal", "broker"], condition=models.Q(until=None), name="deal_broker_once"),)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.broker_id}"


class ContractDraft(Entry):
    """The text of a contract under negotiation (合同文本): structured terms, clauses, versions; its versions are never changed."""

    deal = models.ForeignKey(Record, models.PROTECT, related_name="drafts")
    kind = models.CharField(max_length=10)
    subkind = models.CharField(max_length=30, blank=True)
    term_from = models.DateField(null=True, blank=True)
    term_to = models.DateField(null=True, blank=True)
    amount_items = models.JSONField(default=list, blank=True)
    payment_plan = models.JSONField(default=list, blank=True)
    ip_items = models.JSONField(default=list, blank=True)
    clauses = models.JSONField(default=list, blank=True, help_text="[{clause, text}] as the parties wrote them")
    field = models.CharField(max_length=40, blank=True)
    plan_source = models.CharField(max_length=20, blank=True)
    turnover_fen = models.BigIntegerField(null=True, blank=True)
    technical_fen = models.BigIntegerField(null=True, blank=True)
    text_version = models.PositiveSmallIntegerField(null=True, blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)
    signed_on = models.DateField(null=True, blank=True)


class DraftVersion(models.Model):
    """One version of a contract's text, named by the hash both sides confirm; never changed."""

    draft = models.ForeignKey(ContractDraft, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=400)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    lines = models.JSONField(help_text="[{id, title, text, origin}]")
    terms = models.JSONField(help_text="the structured terms of this version")
    turnover_fen = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    side = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")
    buyer_on = models.DateField(null=True, blank=True)
    seller_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["draft", "version"], name="draft_version_once"),)
        ordering = ("version",)

    def __str__(self) -> str:
        return f"{self.draft_id} v{self.version}"


class Signature(models.Model):
    """A side's signature over the hash of a version: an envelope that anybody can check off-line."""

    version = models.ForeignKey(DraftVersion, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=10)
    provider = models.CharField(max_length=20)
    signer = models.CharField(max_length=60)
    envelope = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["version", "side"], name="one_signature_a_side"),)
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.version_id} {self.side}"


class Obligation(Entry):
    """Who owes whom what until when under a deal (履约义务); it enters the debtor's inbox when its day comes near."""

    deal = models.ForeignKey(Record, models.PROTECT, related_name="obligations")
    contract = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="contract_obligations")
    kind = models.CharField(max_length=20)
    debtor = models.ForeignKey(Record, models.PROTECT, related_name="owes")
    creditor = models.ForeignKey(Record, models.PROTECT, related_name="is_owed")
    due_on = models.DateField(null=True, blank=True)
    trigger = models.CharField(max_length=200, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)
    done_on = models.DateField(null=True, blank=True)
    evidence = models.TextField(blank=True)
    confirmed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(debtor=models.F("creditor")), name="obligation_two_parties"),
            models.CheckConstraint(condition=models.Q(amount_fen=None) | models.Q(amount_fen__gte=0), name="obligation_not_negative"),
        )
        indexes = (models.Index(fields=["due_on"]),)


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
