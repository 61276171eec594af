"""Tables of market services, visits, researchers' services, brokers and the exchange with the national node."""

from __future__ import annotations

from typing import Any

from django.db import models

from trihelix.kernel.models import Entry, Record


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


class Offer(Entry):
    """An entry of a node's service catalogue (服务目录): what, for whom, at which price, in how many working days."""

    node = to_record("node_offers", null=False)
    kind = models.CharField(max_length=20)
    audience = models.JSONField(default=list, blank=True)
    pricing = models.CharField(max_length=12, default="free")
    price_fen = models.BigIntegerField(null=True, blank=True)
    price_text = models.CharField(max_length=200, blank=True)
    promise_days = models.PositiveSmallIntegerField()
    description = models.TextField(blank=True)
    papers = models.JSONField(default=list, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(price_fen=None) | models.Q(price_fen__gte=0), name="offer_price_not_negative"),
            models.CheckConstraint(
                condition=~models.Q(pricing="fixed") | models.Q(price_fen__isnull=False), name="offer_fixed_price_given"
            ),
        )


class ServiceRequest(Entry):
    """A request for a service (服务申请); the owner is the client. ``due_on`` is the promise, counted from the day of asking."""

    offer = to_record("offer_requests")
    node = to_record("node_requests", null=False)
    kind = models.CharField(max_length=20)
    wanted = models.TextField()
    need = to_record()
    result = to_record()
    asked_on = models.DateField()
    promise_days = models.PositiveSmallIntegerField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)


class Service(Entry):
    """One service done (服务记录): who served whom, with what outcome, confirmed by the client. The client kind is on the record."""

    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=12, default="window")
    organiser = to_record("organised_services")
    client_kind = models.CharField(max_length=20)
    client = to_record("services_received")
    client_name = models.CharField(max_length=200, blank=True)
    client_code = models.CharField(max_length=18, blank=True)
    request = models.OneToOneField(Record, models.PROTECT, null=True, blank=True, related_name="request_service")
    need = to_record("need_services")
    result = to_record("result_services")
    event = to_record("event_services")
    served_on = models.DateField()
    persons = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    outcome_text = models.TextField(blank=True)
    follow_up = models.TextField(blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    evidence = models.TextField(blank=True)
    price_fen = models.BigIntegerField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(satisfaction=None) | models.Q(satisfaction__gte=1, satisfaction__lte=5), name="satisfaction_one_to_five"
            ),
        )
        indexes = (models.Index(fields=["served_on", "kind"]), models.Index(fields=["organiser", "served_on"]))


class Campaign(Entry):
    """A campaign of visits (走访调研) of the owner body; planned firms are links."""

    owner_kind = models.CharField(max_length=20)
    purpose = models.TextField(blank=True)
    division = models.CharField(max_length=12, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    summary = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")), name="campaign_dates"),
        )


class Visit(Entry):
    """One visit to a firm; the needs raised are links of kind ``raised``."""

    campaign = to_record("campaign_visits")
    firm = to_record("visits_received", null=False)
    visited_on = models.DateField()
    way = models.CharField(max_length=12, default="on_site")
    visitors = models.CharField(max_length=200, blank=True)
    met = models.CharField(max_length=200, blank=True)
    findings = models.TextField(blank=True)
    problems = models.JSONField(default=list, blank=True)
    follow_up = models.TextField(blank=True)
    follow_up_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["campaign", "visited_on"]),)


class ResearcherService(Entry):
    """A researcher's service to a firm in one of four kinds; the owner is the university or joint laboratory."""

    kind = models.CharField(max_length=12)
    provider_kind = models.CharField(max_length=20)
    laboratory = to_record("laboratory_services")
    laboratory_name = models.CharField(max_length=120, blank=True, help_text="a laboratory that is on no register")
    researcher = to_record("researcher_services")
    team = models.CharField(max_length=200, blank=True)
    firm = to_record("researcher_services_received", null=False)
    contract = to_record("contract_services")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    content = models.TextField(blank=True)
    persons = models.PositiveIntegerField(null=True, blank=True)
    hours = models.DecimalField(max_digits=8, decimal_places=1, null=True, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("started_on")), name="researcher_service_dates"
            ),
        )


class Broker(Entry):
    """A technology manager (技术经理人), a person or a firm, with grade, training and membership of the alliance (科技经纪人联盟)."""

    kind = models.CharField(max_length=10, default="person")
    person = to_record("broker_of")
    grade = models.CharField(max_length=20, blank=True)
    certificate_no = models.CharField(max_length=60, blank=True)
    graded_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    division = models.CharField(max_length=12, blank=True)
    fields = models.JSONField(default=list, blank=True)
    training = models.JSONField(default=list, blank=True)
    alliance = models.BooleanField(default=False)
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=120, blank=True)
    introduction = models.TextField(blank=True)
    registered_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person"], condition=models.Q(person__isnull=False), name="person_broker_once"),
            models.UniqueConstraint(fields=["certificate_no"], condition=~models.Q(certificate_no=""), name="broker_certificate_once"),
        )


class BrokerageCase(Entry):
    """A broker's case (经纪业务): mandate of one or both sides, the thread it serves, its commission with the cap that bit."""

    broker = to_record("brokerage_cases", null=False)
    mandate = models.CharField(max_length=8)
    disclosed = models.BooleanField(default=False)
    buyer = to_record("brokered_purchases", null=False)
    seller = to_record("brokered_sales", null=False)
    need = to_record("need_brokerages")
    result = to_record("result_brokerages")
    match = to_record("match_brokerages")
    deal = to_record("deal_brokerages")
    contract = to_record("contract_brokerages")
    opened_on = models.DateField()
    rule = models.CharField(max_length=20, blank=True)
    rate_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    case_cap_fen = models.BigIntegerField(null=True, blank=True)
    year_cap_fen = models.BigIntegerField(null=True, blank=True)
    buyer_share_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    buyer_agreed_on = models.DateField(null=True, blank=True)
    seller_agreed_on = models.DateField(null=True, blank=True)
    contracted_on = models.DateField(null=True, blank=True)
    base_fen = models.BigIntegerField(null=True, blank=True)
    commission_before_fen = models.BigIntegerField(null=True, blank=True)
    commission_fen = models.BigIntegerField(null=True, blank=True)
    buyer_part_fen = models.BigIntegerField(null=True, blank=True)
    seller_part_fen = models.BigIntegerField(null=True, blank=True)
    capped_by = models.CharField(max_length=6, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    voucher = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(buyer=models.F("seller")), name="brokerage_two_parties"),
            models.CheckConstraint(
                condition=~models.Q(mandate="both") | models.Q(disclosed=True), name="brokerage_double_mandate_disclosed"
            ),
        )


class ExchangeAck(Entry):
    """An acknowledgement (回执) of a partner node for one change of the exchange feed; one per partner and change."""

    peer = models.CharField(max_length=60)
    seq = models.PositiveBigIntegerField()
    status = models.CharField(max_length=12)
    remote_id = models.CharField(max_length=120, blank=True)
    message = models.TextField(blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["peer", "seq"], name="exchange_ack_once"),)
