"""Table of experts."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Link, Record

EVIDENCE = ("completer", "inventor")  # links from an output to the person who made it


class Expert(Entry):
    """A person in the expert pool (专家库); the record's owner is the employer, the evidence are the person's outputs."""

    person = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="expert_roles")
    kind = models.CharField(max_length=20, default="academic")
    fields = models.JSONField(default=list, blank=True)
    discipline = models.CharField(max_length=20, blank=True)
    rank = models.CharField(max_length=60, blank=True)
    city = models.CharField(max_length=12, blank=True)
    max_load = models.PositiveSmallIntegerField(default=10)
    away_from = models.DateField(null=True, blank=True)
    away_to = models.DateField(null=True, blank=True)
    email = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = (models.Index(fields=["kind", "city"]),)

    @property
    def outputs(self) -> list[Record]:
        """The public outputs of the expert's person, newest first: the only evidence that search reads."""
        if self.person_id is None:
            return []
        links = Link.objects.filter(target_id=self.person_id, kind__in=EVIDENCE, source__visibility="public")
        return [link.source for link in links.select_related("source").order_by("-at", "-id")[:40]]
