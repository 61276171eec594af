"""Tables of listings, intents, bids, awards, payments."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Record
from trihelix.registers.inventions.models.steps import Procedure


class Listing(Procedure):
    """A lot (标的) offered by agreement, listing, auction or tender; amounts in fen, ``closes_at`` is the last moment for bids."""

    invention = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="listings")
    result = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="result_listings")
    way = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    base_fen = models.BigIntegerField()
    price_basis = models.TextField(blank=True)
    appraised = models.BooleanField(default=False)
    conditions = models.TextField(blank=True)
    pledge_disclosed = models.BooleanField(default=False)
    bid_form = models.CharField(max_length=10, blank=True)
    step_fen = models.BigIntegerField(default=0)
    deposit_fen = models.BigIntegerField(default=0)
    listing_days = models.PositiveSmallIntegerField(null=True, blank=True)
    buyer = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="agreed_listings")
    buyer_name = models.CharField(max_length=200, blank=True)
    related = models.BooleanField(default=False)
    contact = models.CharField(max_length=200, blank=True)
    noticed_fen = models.BigIntegerField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    lot_key = models.CharField(max_length=80, blank=True)
    keepers = models.JSONField(default=list, blank=True)
    wrapped = models.JSONField(default=dict, blank=True)
    peeled = models.JSONField(default=dict, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_early = models.BooleanField(default=False)
    opening = models.JSONField(default=list, blank=True)
    suspended_from = models.CharField(max_length=20, blank=True)
    proposed = models.ForeignKey("Bid", models.PROTECT, null=True, blank=True, related_name="+")
    proposed_fen = models.BigIntegerField(null=True, blank=True)
    refusal_asked_on = models.DateField(null=True, blank=True)
    refusal_by = models.DateField(null=True, blank=True)
    refusals = models.JSONField(default=list, blank=True)
    contract = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="contract_listings")
    contract_no = models.CharField(max_length=60, blank=True)
    certificate_no = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(base_fen__gte=0), name="listing_base_not_negative"),
            models.UniqueConstraint(fields=["certificate_no"], condition=~models.Q(certificate_no=""), name="listing_certificate_once"),
        )
        indexes = (models.Index(fields=["closes_at"]),)


class Intent(models.Model):
    """An applicant (意向受让方) of a lot, with deposit and qualification."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="intents")
    applicant = models.ForeignKey(Record, models.PROTECT, related_name="intents")
    account = models.CharField(max_length=20)
    filed_at = models.DateTimeField()
    deposit_paid_on = models.DateField(null=True, blank=True)
    qualified = models.BooleanField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["listing", "applicant"], name="intent_once"),)
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.listing_id} {self.applicant_id}"


class Bid(models.Model):
    """A bid (报价), never changed: open with its price, sealed with its ciphertext; a later sealed one replaces it."""

    intent = models.ForeignKey(Intent, models.PROTECT, related_name="bids")
    at = models.DateTimeField()
    price_fen = models.BigIntegerField(null=True, blank=True)
    sealed = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    superseded = models.BooleanField(default=False)
    void = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["intent"], condition=models.Q(superseded=False) & ~models.Q(sealed=""), name="bid_one_sealed_in_force"
            ),
        )

    def __str__(self) -> str:
        return f"{self.intent_id} {self.at}"


class Award(models.Model):
    """The award (成交) of a lot: at most one; ``sold`` is the result assigned by it, which no other lot can assign again."""

    sold = models.OneToOneField(Record, models.PROTECT, null=True, blank=True, related_name="sold_by")
    listing = models.OneToOneField(Listing, models.PROTECT, related_name="award")
    bid = models.ForeignKey(Bid, models.PROTECT, null=True, blank=True, related_name="awards")
    winner = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="awards_won")
    winner_name = models.CharField(max_length=200)
    first_refusal = models.BooleanField(default=False)
    price_fen = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.listing_id} {self.winner_name}"


class Payment(models.Model):
    """Money of a lot as a record: approved, due, paid — deposit, its return, the price."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="payments")
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    party = models.CharField(max_length=200)
    amount_fen = models.BigIntegerField()
    approved_on = models.DateField()
    due_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["listing", "key"], name="listing_payment_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="listing_payment_above_zero"),
        )
        ordering = ("due_on", "id")

    def __str__(self) -> str:
        return f"{self.listing_id} {self.kind} {self.amount_fen}"
