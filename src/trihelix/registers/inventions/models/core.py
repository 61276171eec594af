"""Inventions, their transfers, share plans, receipts, parts and payouts."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record
from trihelix.registers.inventions.models.steps import Procedure


class Invention(Entry):
    """A service invention (职务科技成果) in the ledger of its body; ``separate_from`` marks the separate ledger (单列管理)."""

    result = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="result_inventions")
    kind = models.CharField(max_length=20)
    completers = models.JSONField(default=list, blank=True)
    source_project = models.CharField(max_length=200, blank=True)
    money_sources = models.CharField(max_length=20, blank=True)
    granted_on = models.DateField(null=True, blank=True)
    ip_no = models.CharField(max_length=60, blank=True)
    secrecy = models.CharField(max_length=20, default="none")
    title_clear = models.BooleanField(default=True)
    pledged = models.BooleanField(default=False)
    sole_licensed = models.BooleanField(default=False)
    stage = models.CharField(max_length=20, blank=True)
    summary = models.TextField(blank=True)
    disclosed_on = models.DateField(null=True, blank=True)
    registered_on = models.DateField(null=True, blank=True)
    decision = models.TextField(blank=True)
    ledger_no = models.CharField(max_length=60, blank=True)
    separate_from = models.DateField(null=True, blank=True)
    separate_to = models.DateField(null=True, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    value_method = models.CharField(max_length=40, blank=True)
    book_fen = models.BigIntegerField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)
    idle_flagged_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["registered_on"]), models.Index(fields=["separate_from"]))
        constraints = (models.UniqueConstraint(fields=["ledger_no"], condition=~models.Q(ledger_no=""), name="invention_ledger_no_once"),)


class Transfer(Entry):
    """A transfer (转化) of an invention: what was signed, what came in, who is paid."""

    invention = models.ForeignKey(Record, models.PROTECT, related_name="transfers")
    contract = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="contract_transfers")
    partner = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="partner_transfers")
    partner_name = models.CharField(max_length=200, blank=True)
    mechanism = models.CharField(max_length=30, default="income_share")
    way = models.CharField(max_length=20)
    price_way = models.CharField(max_length=20, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    amount_fen = models.BigIntegerField(default=0)
    rule = models.CharField(max_length=40, default="jilin")
    unit_kind = models.CharField(max_length=10, default="state")
    governance = models.CharField(max_length=10, default="province")
    related = models.BooleanField(default=False)
    opening_on = models.DateField(null=True, blank=True)
    opening_received_fen = models.BigIntegerField(default=0)
    opening_people_fen = models.BigIntegerField(default=0)
    received_fen = models.BigIntegerField(default=0)
    people_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    note = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["signed_on"]),)


class SharePlan(Procedure):
    """A share plan (收益分配方案) of a transfer: in force from ``since`` until the next one."""

    transfer = models.ForeignKey(Record, models.PROTECT, related_name="share_plans")
    p = models.CharField(max_length=40)
    office = models.CharField(max_length=40, blank=True)
    members = models.JSONField(default=list)
    since = models.DateField(null=True, blank=True)
    rights_besides = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["transfer", "since"], condition=~models.Q(effective_on=None), name="share_plan_one_in_force_a_day"
            ),
        )


class IncomeReceipt(models.Model):
    """Money of a transfer received (到账) or given back (negative), in fen, with its costs."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="receipts")
    key = models.CharField(max_length=80)
    date = models.DateField()
    amount_fen = models.BigIntegerField()
    taxes_fen = models.BigIntegerField(default=0)
    upkeep_fen = models.BigIntegerField(default=0)
    direct_fen = models.BigIntegerField(default=0)
    refund_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="refunds")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["transfer", "key"], name="income_receipt_once"),)
        ordering = ("date", "id")

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.date} {self.amount_fen}"


class SharePart(models.Model):
    """One party's part of one receipt; the parts of a receipt add up to its net. ``payable_fen`` is what is paid after set-off (冲抵)."""

    receipt = models.ForeignKey(IncomeReceipt, models.PROTECT, related_name="parts")
    role = models.CharField(max_length=10)  # member, office, unit
    member = models.CharField(max_length=120, blank=True)
    person = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="share_parts")
    name = models.CharField(max_length=120, blank=True)
    plan = models.ForeignKey(Record, models.PROTECT, related_name="+")
    earned_fen = models.BigIntegerField()
    payable_fen = models.BigIntegerField(default=0)
    due = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["receipt", "role", "member"], name="share_part_once"),
            models.CheckConstraint(condition=models.Q(payable_fen__gte=0), name="share_part_payable_not_negative"),
        )
        ordering = ("receipt", "id")

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.role} {self.member} {self.earned_fen}"


class Payout(models.Model):
    """An order to pay a part (兑付单): one live order a part, one payment a voucher."""

    part = models.ForeignKey(SharePart, models.PROTECT, related_name="payouts")
    number = models.CharField(max_length=40, unique=True)
    form = models.CharField(max_length=10, default="cash")
    amount_fen = models.BigIntegerField()
    ordered_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)
    voucher = models.CharField(max_length=80, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["part"], condition=models.Q(cancelled_on=None), name="payout_once_a_part"),
            models.UniqueConstraint(fields=["voucher"], condition=~models.Q(voucher=""), name="payout_voucher_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payout_above_zero"),
            models.CheckConstraint(condition=models.Q(cancelled_on=None) | models.Q(paid_on=None), name="payout_paid_or_cancelled"),
        )

    def __str__(self) -> str:
        return self.number
