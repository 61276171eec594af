"""What a person's desk holds: deputies, invitations, links, saved searches, stars, notes, labels, presence, preferences, long work."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from trihelix.kernel.models.record import Record, new_uid

USER = settings.AUTH_USER_MODEL


class Deputy(models.Model):
    """While one is away (代办), a colleague acts on one's behalf; every act names both."""

    user = models.ForeignKey(USER, models.CASCADE, related_name="deputies")
    deputy = models.ForeignKey(USER, models.CASCADE, related_name="deputises")
    since = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="deputy_dates_in_order"),
            models.CheckConstraint(condition=~Q(user=F("deputy")), name="deputy_is_another"),
        )
        indexes = (models.Index(fields=["deputy", "until"]),)

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.user_id}"


class Invitation(models.Model):
    """A mail that lets its reader open an account with one role; only the hash of its secret is kept."""

    email = models.EmailField()
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=30)
    scope = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="invitations")
    valid_to = models.DateField(null=True, blank=True)
    hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.email} {self.role}"


class SignedLink(models.Model):
    """A link that opens one record to somebody without an account: signed, expiring, revocable."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    record = models.ForeignKey(Record, models.CASCADE, related_name="signed_links")
    role = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    user = models.ForeignKey(USER, models.PROTECT, related_name="+", help_text="the account without sign-in under which its acts are noted")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} → {self.record_id}"


class SavedSearch(models.Model):
    """A list or search kept under a name (订阅), perhaps with alerts."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    user = models.ForeignKey(USER, models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=80)
    register = models.CharField(max_length=40, blank=True, help_text="empty: the search over all kinds")
    query = models.CharField(max_length=2000, blank=True)
    often = models.CharField(
        max_length=8, default="never", choices=[("never", "不提醒"), ("once", "即时"), ("daily", "每日"), ("weekly", "每周")]
    )
    at = models.DateTimeField()
    run_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["often", "run_at"]),)

    def __str__(self) -> str:
        return self.name


class SeenHit(models.Model):
    """A record that a saved search has already told, or found when it was made."""

    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="seen")
    record = models.ForeignKey(Record, models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["search", "record"], name="seen_once"),)

    def __str__(self) -> str:
        return f"{self.search_id} {self.record_id}"


class Star(models.Model):
    """A record somebody marked to find it again."""

    user = models.ForeignKey(USER, models.CASCADE, related_name="stars")
    record = models.ForeignKey(Record, models.CASCADE, related_name="stars")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "record"], name="star_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.record_id}"


class Note(models.Model):
    """A note of one team on a record, never shown to the other parties. ``scope``: a body or node; empty: the province's desks."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="notes")
    scope = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text[:40]


class Label(models.Model):
    """A word that one team put on a record; ``scope`` as in :class:`Note`."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="labels")
    scope = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="+")
    word = models.CharField(max_length=30)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["record", "scope", "word"], name="label_once"),
            models.UniqueConstraint(fields=["record", "word"], condition=Q(scope=None), name="label_of_the_province_once"),
        )
        indexes = (models.Index(fields=["scope", "word"]),)

    def __str__(self) -> str:
        return self.word


class Editing(models.Model):
    """Who opened a record's form, so that a second person is told."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="editing")
    user = models.ForeignKey(USER, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["record", "user"], name="editing_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.record_id}"


class Preference(models.Model):
    """How an account wants its mail, and its calendar's secret."""

    user = models.OneToOneField(USER, models.CASCADE, related_name="preference")
    mail = models.CharField(
        max_length=8, default="each", choices=[("each", "逐条"), ("daily", "每日汇总"), ("weekly", "每周汇总"), ("none", "不发邮件")]
    )
    digest_at = models.DateTimeField(null=True, blank=True)
    calendar = models.CharField(max_length=64, blank=True, help_text="hash of the secret in the address of the calendar feed")
    tour_done = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.user_id} {self.mail}"


class Mailbox(models.Model):
    """The fixed mailbox (固定邮箱) of a body or node, which gets a copy of every message on its cases."""

    scope = models.OneToOneField(Record, models.PROTECT, related_name="mailbox")
    address = models.EmailField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.scope_id} {self.address}"


class Job(models.Model):
    """Work too long for a request: done by the worker, watched on a page, left and found again."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    user = models.ForeignKey(USER, models.CASCADE, related_name="jobs")
    on_behalf_of = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, default="waiting")
    result = models.JSONField(default=dict)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
