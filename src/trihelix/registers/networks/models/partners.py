"""Tables of the partner directory, introductions, the shared client record and the prospect pipeline."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry
from trihelix.registers.networks.models.alliances import not_negative, to_record


class Partner(Entry):
    """A partner worth knowing (合作方): outside institute, finance, consultant, chain firm, central firm."""

    kind = models.CharField(max_length=20)
    body = to_record("partner_entries")
    place = models.CharField(max_length=120, blank=True)
    fields = models.JSONField(default=list, blank=True)
    offers = models.TextField(blank=True)
    looks_for = models.TextField(blank=True)
    contact = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=120, blank=True)


class Introduction(Entry):
    """An introduction (引荐): who was to meet whom, the answer, the result; the owner is the body introduced."""

    partner = to_record("partner_introductions", null=False)
    network = to_record("network_introductions")
    need = to_record("need_introductions")
    result = to_record("result_introductions")
    by_body = to_record("introductions_made")
    topic = models.TextField()
    asked_on = models.DateField(null=True, blank=True)
    met_on = models.DateField(null=True, blank=True)
    people = models.CharField(max_length=300, blank=True)
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    next_on = models.DateField(null=True, blank=True)
    contract = to_record("contract_introductions")


class Client(Entry):
    """One shared record of a client (客户) for market, operation centre, platforms and investors; the owner is the client itself."""

    body = models.OneToOneField("kernel.Record", models.PROTECT, null=True, blank=True, related_name="client")
    profile = models.TextField(blank=True)
    tags = models.JSONField(default=list, blank=True)
    consent_on = models.DateField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)


class ClientContact(Entry):
    """A contact of one institution with a client (联系记录), readable by the others; the owner is the institution's body."""

    client = to_record("client_contacts", null=False)
    line = models.CharField(max_length=16)
    contacted_on = models.DateField()
    subject = models.TextField()
    asked = models.TextField(blank=True)
    refer_to = to_record("contacts_referred")
    follow_up_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["client", "contacted_on"]),)


class Prospect(Entry):
    """A talk that may lead to money or a large partner (储备): joint fund, central firm, investor, project."""

    kind = models.CharField(max_length=16)
    counterpart = to_record("prospects")
    counterpart_name = models.CharField(max_length=200, blank=True)
    fields = models.JSONField(default=list, blank=True)
    expected_fen = models.BigIntegerField(null=True, blank=True)
    agreed_fen = models.BigIntegerField(null=True, blank=True)
    stage_note = models.TextField(blank=True)
    next_step = models.CharField(max_length=300, blank=True)
    next_on = models.DateField(null=True, blank=True)
    talks = models.JSONField(default=list, blank=True)
    agreed_on = models.DateField(null=True, blank=True)
    agreement = models.CharField(max_length=200, blank=True)
    outcome = to_record("prospect_outcomes")

    class Meta:
        constraints = (not_negative("prospect_amounts", "expected_fen", "agreed_fen"),)
