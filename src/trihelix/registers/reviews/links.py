"""Signed links for reviewers without an account: made from a row, so that they expire and can be revoked."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, outbox
from trihelix.kernel.models import Outbox, Record
from trihelix.registers.reviews.models import ReviewLink

SALT = "trihelix.reviews.link"


class NoLink(Refused):
    """The link opens nothing (410); its holder has no account to sign in with."""

    status = 410


def token_of(link: ReviewLink) -> str:
    """The signed token of a link."""
    return signing.dumps([link.pk, link.nonce[:24]], salt=SALT)


def address_of(link: ReviewLink) -> str:
    """The whole address to send."""
    return f"{settings.SITE_URL}/r/{token_of(link)}/"


def make(round_: Record, expert: Record, expires_at: dt.datetime, now: dt.datetime) -> ReviewLink:
    """The link in force of an expert in a round; made once."""
    held = ReviewLink.objects.filter(round=round_, expert=expert, revoked_at=None).first()
    return held or ReviewLink.objects.create(round=round_, expert=expert, nonce=secrets.token_hex(32), expires_at=expires_at, made_at=now)


def open_link(token: str, now: dt.datetime | None = None) -> ReviewLink:
    """The link behind a token. Refuses forged, revoked and expired ones alike in form, each with what to do."""
    try:
        pk, nonce = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise NoLink(Problem("bad_link", "链接无效，请核对邮件中的完整地址，或向组织方索取新链接", field="token")) from None
    link = ReviewLink.objects.select_related("round", "expert").filter(pk=pk).first()
    if link is None or not secrets.compare_digest(link.nonce[:24], str(nonce)) or link.revoked_at is not None:
        raise NoLink(Problem("link_revoked", "链接已停用，请使用组织方发来的最新链接", field="token"))
    if link.expires_at < (now or clock.now()):
        raise NoLink(Problem("link_expired", "链接已过期，如需延长请联系组织方", field="token"))
    return link


def send(link: ReviewLink, why: str, now: dt.datetime) -> None:
    """Queue the mail with the link."""
    outbox.put("review_mail", f"{link.pk}:{why}", {"link": link.pk, "why": why}, now)


@outbox.handler("review_mail")
def _send(row: Outbox) -> None:
    """Send an invitation or a reminder; nothing is sent for a link no longer in force or an expert without an address."""
    link = ReviewLink.objects.select_related("round", "expert").filter(pk=row.payload["link"], revoked_at=None).first()
    email = link.expert.entry.email if link is not None else ""
    if link is None or not email:
        return
    subject = "评审邀请" if row.payload["why"] == "invite" else "评审提醒"
    body = f"{link.expert.title}：\n\n{link.round.title}\n请在 {clock.local_date(link.expires_at)} 前打开以下链接答复并评分，无需账号，请勿转发：\n\n{address_of(link)}\n"
    EmailMessage(
        subject=f"{subject}：{link.round.title}", body=body, to=[email], headers={"Message-ID": f"<review-{row.pk}@{settings.MAIL_DOMAIN}>"}
    ).send()
