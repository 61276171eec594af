"""Mail as one wants it: each notice by itself, gathered by day or week, or none; and the secret of the personal calendar."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db.models import Q

from trihelix.engines.errors import Refused
from trihelix.kernel import clock, letters, waits
from trihelix.kernel.actor import Actor, actor_for
from trihelix.kernel.models import Notice, Preference, User
from trihelix.kernel.ticks import tick

MAIL = ("each", "daily", "weekly", "none")
HOUR = 7  # the digest goes out from seven in the morning
SHOWN = 60


def of(user_id: int) -> Preference:
    """The preferences of an account; the usual ones where it chose none."""
    return Preference.objects.filter(user_id=user_id).first() or Preference(user_id=user_id)


def choose(*, by: Actor, mail: str) -> Preference:
    """Choose how mail comes. Refuses unknown ways."""
    if mail not in MAIL or by.user_id is None:
        raise Refused.one("unknown_choice", f"没有这种邮件方式；可用：{'、'.join(MAIL)}", field="mail", value=mail)
    held, _ = Preference.objects.update_or_create(user_id=by.user_id, defaults={"mail": mail, "digest_at": clock.now()})
    return held


def digest(secret: str) -> str:
    """The stored form of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_calendar(by: Actor) -> str:
    """A new secret address of the calendar feed; the old one stops."""
    secret = secrets.token_urlsafe(24)
    Preference.objects.update_or_create(user_id=by.account, defaults={"calendar": digest(secret)})
    return secret


def calendar_owner(secret: str) -> User | None:
    """The account of a calendar secret."""
    held = Preference.objects.select_related("user").filter(calendar=digest(secret), user__is_active=True).first() if secret else None
    return held.user if held else None


def _wanted(user: User, now: dt.datetime) -> bool:
    held = user.preference
    local = now.astimezone(clock.SHANGHAI)
    if local.hour < HOUR or not user.email:
        return False
    last = clock.local_date(held.digest_at) if held.digest_at else dt.date.min
    return last < local.date() if held.mail == "daily" else last <= local.date() - dt.timedelta(days=7)


@tick("digest", every=600)
def send_digests(now: dt.datetime) -> int:
    """Send what came since the last digest and how much waits; nothing is sent where nothing came."""
    count = 0
    people = User.objects.filter(Q(preference__mail="daily") | Q(preference__mail="weekly"), is_active=True).select_related("preference")
    for user in people:
        if not _wanted(user, now):
            continue
        since = user.preference.digest_at or user.date_joined
        notices = list(Notice.objects.filter(user=user, at__gt=since, at__lte=now).order_by("-at")[: SHOWN + 1])
        if notices:
            open_count = waits.mine(actor_for(user)).count()
            english = user.language == "en"
            lines = [f"- {(n.text_en if english else '') or n.text}" for n in notices[:SHOWN]]
            head = f"{len(lines)} new, {open_count} waiting for you" if english else f"新通知 {len(lines)} 条，待办 {open_count} 件"
            body = "\n".join([head, "", *lines, "", letters.address("/inbox/")])
            letters.send(user.email, f"三螺旋 Trihelix · {head}", body, f"digest:{user.pk}:{clock.local_date(now)}", now)
            count += 1
        Preference.objects.filter(user=user).update(digest_at=now)
    return count
