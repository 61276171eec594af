"""Mail that belongs to no notice: invitations, links, digests, alerts. Sent at least once, always with the same Message-ID."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from trihelix.kernel import outbox
from trihelix.kernel.models import Outbox


def send(to: str, subject: str, text: str, key: str, now: dt.datetime, **headers: str) -> None:
    """Queue one letter; the same key is sent once."""
    payload: dict[str, Any] = {"to": to, "subject": subject[:120].replace("\n", " "), "text": text, "headers": headers}
    outbox.put("letter", key, payload, now)


@outbox.handler("letter")
def deliver(row: Outbox) -> None:
    """Send a queued letter."""
    p = row.payload
    EmailMessage(
        subject=p["subject"],
        body=p["text"],
        to=[p["to"]],
        headers={"Message-ID": f"<letter-{row.pk}@{settings.MAIL_DOMAIN}>", **p["headers"]},
    ).send()


def address(path: str) -> str:
    """A full address of the site for a mail."""
    return f"{settings.SITE_URL}{path}"
