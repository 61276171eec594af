"""Changes of the scheme book laid over the shipped files."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry


class SchemeChange(Entry):
    """A scheme file with a new version, or a new scheme (计划文件修改): proposed by one person, in force once a second one confirms it."""

    scheme = models.CharField(max_length=60)
    versions = models.JSONField(default=list, help_text="ids of the versions that are new in the file")
    effective_on = models.DateField(null=True, blank=True)
    text = models.TextField(blank=True)
    differences = models.JSONField(default=list, help_text="[{path, zh, old, new, unverified}] of the newest version")
    proposed_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    base_digest = models.CharField(max_length=64, blank=True)
