"""Tables of title review, combined bodies, talent carriers and their years, enclaves, and talent classes."""

from __future__ import annotations

from typing import Any

from django.db import models

from trihelix.kernel.models import Entry, Record
from trihelix.registers.platforms.models import StatusLife


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


class Authorisation(Entry):
    """The right of a firm to review titles itself (职称自主评审授权): series, levels, validity; the owner is the firm."""

    series = models.JSONField(default=list, blank=True)
    levels = models.JSONField(default=list, blank=True)
    number_given = models.CharField(max_length=60, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    doc_number = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.TextField(blank=True)
    periods = models.JSONField(default=list, blank=True)
    capacity = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_from=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="authorisation_period",
            ),
        )
        indexes = (models.Index(fields=["valid_from", "valid_to"]),)


class Committee(Entry):
    """A review committee (评审委员会) of a body, for a series, specialities and levels, for a time."""

    authorisation = to_record("authorisation_committees")
    series = models.CharField(max_length=20)
    specialities = models.JSONField(default=list, blank=True)
    levels = models.JSONField(default=list, blank=True)
    size = models.PositiveSmallIntegerField()
    chair = models.CharField(max_length=60, blank=True)
    members = models.JSONField(default=list, blank=True)
    filing_number = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["series", "valid_to"]),)


class TitleCase(Entry):
    """An application for a title (职称申报) through one channel; the owner is the employer. The votes decide, not a clerk."""

    channel = models.CharField(max_length=12)
    applicant = to_record("title_cases")
    applicant_name = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    series = models.CharField(max_length=20)
    speciality = models.CharField(max_length=80, blank=True)
    level = models.CharField(max_length=20)
    current_title = models.CharField(max_length=60, blank=True)
    works = models.JSONField(default=list, blank=True)
    statement = models.TextField(blank=True)
    originals_checked = models.BooleanField(default=False)
    unit_notice_from = models.DateField(null=True, blank=True)
    unit_notice_to = models.DateField(null=True, blank=True)
    committee = to_record("committee_cases")
    reviewed_on = models.DateField(null=True, blank=True)
    defence = models.BooleanField(null=True, blank=True)
    attended = models.PositiveSmallIntegerField(null=True, blank=True)
    agreed = models.PositiveSmallIntegerField(null=True, blank=True)
    conclusion = models.TextField(blank=True)
    publicity_from = models.DateField(null=True, blank=True)
    publicity_to = models.DateField(null=True, blank=True)
    objection = models.TextField(blank=True)
    objector = models.CharField(max_length=120, blank=True)
    finding = models.TextField(blank=True)
    granted_on = models.DateField(null=True, blank=True)
    certificate_no = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["certificate_no"], condition=~models.Q(certificate_no=""), name="title_certificate_once"),
            models.CheckConstraint(condition=models.Q(agreed=None) | models.Q(agreed__lte=models.F("attended")), name="title_votes"),
        )
        indexes = (models.Index(fields=["year", "channel"]), models.Index(fields=["granted_on"]))


class CombinedBody(Entry):
    """A body that reviews and appoints in one (评聘结合单位). It need not be a registered body; the credit code tells bodies apart."""

    credit_code = models.CharField(max_length=18, blank=True)
    body = to_record("combined_review")
    kind = models.CharField(max_length=16, blank=True)
    division = models.CharField(max_length=12, blank=True)
    since = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    doc_number = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("since")), name="combined_body_dates"
            ),
        )
        indexes = (models.Index(fields=["credit_code"]), models.Index(fields=["since"]))


class Carrier(StatusLife):
    """A talent carrier (人才载体): post-doctoral station or base, skill base, master studio, training base; the owner is the host."""

    leader = models.CharField(max_length=60, blank=True)
    has_rd_unit = models.BooleanField(default=False)
    has_supervisors = models.BooleanField(default=False)
    has_plan = models.BooleanField(default=False)
    has_living = models.BooleanField(default=False)
    parent = to_record("carrier_branches")
    upgraded_from = to_record("upgraded_carriers")
    capacity = models.PositiveIntegerField(null=True, blank=True)
    trades = models.CharField(max_length=200, blank=True)
    project = to_record("project_carriers")
    introduction = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(recognised_on=None) | models.Q(valid_to__gte=models.F("recognised_on")),
                name="carrier_period",
            ),
        )
        indexes = (models.Index(fields=["kind", "recognised_on"]),)


class CarrierYear(Entry):
    """A carrier's year (载体年度): people in, out, trained; one a carrier and year."""

    carrier = to_record("carrier_years", null=False)
    year = models.PositiveSmallIntegerField()
    entered = models.PositiveIntegerField(null=True, blank=True)
    left = models.PositiveIntegerField(null=True, blank=True)
    present = models.PositiveIntegerField(null=True, blank=True)
    trained = models.PositiveIntegerField(null=True, blank=True)
    certified = models.PositiveIntegerField(null=True, blank=True)
    projects = models.PositiveIntegerField(null=True, blank=True)
    spent_fen = models.BigIntegerField(null=True, blank=True)
    report = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["carrier", "year"], name="carrier_year_once"),)
        indexes = (models.Index(fields=["year"]),)


class Enclave(Entry):
    """A remote post (人才飞地、科创飞地): home place, host place outside, services, the people there."""

    kind = models.CharField(max_length=12, default="talent")
    home = models.CharField(max_length=12, blank=True)
    host_place = models.CharField(max_length=120)
    operator = models.CharField(max_length=120, blank=True)
    services = models.JSONField(default=list, blank=True)
    area_m2 = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    people = models.JSONField(default=list, blank=True)
    agreement = models.TextField(blank=True)


class TalentGrade(Entry):
    """A talent class (人才分类认定) of a person: class, issuer, version of the standard, period; the owner is the employer."""

    person = to_record("talent_grades")
    person_name = models.CharField(max_length=60)
    talent_class = models.CharField(max_length=2)
    issuer = models.CharField(max_length=120, blank=True)
    delegated = models.BooleanField(default=False)
    standard = models.CharField(max_length=60, blank=True)
    basis = models.TextField(blank=True)
    graded_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["talent_class", "graded_on"]),)
