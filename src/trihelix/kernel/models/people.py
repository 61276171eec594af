"""Accounts and the rights granted to them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from trihelix.kernel.models.record import Record, new_uid


class User(AbstractUser):
    """An account. Rights come only from grants with dates, never from flags (``is_staff`` is unused)."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    display_name = models.CharField(max_length=80)
    language = models.CharField(max_length=8, default="zh-hans")
    person = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="accounts")
    demo = models.BooleanField(default=False)
    system = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.display_name or self.username


class Grant(models.Model):
    """A role of an account over a scope (a body, a node, or the province when empty), with dates."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30)
    scope = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="grants")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "role", "scope", "valid_from"], name="grant_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")), name="grant_dates_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.scope or '*'}"


class ApiKey(models.Model):
    """A key of an account for programs: only its hash is kept; it never has more rights than the account."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="kept to the hour, so that reading never writes per request")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["user", "revoked_at"]),)

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"
