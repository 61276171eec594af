"""Signed links for people without an account, such as reviewers: one record, one role, an end, and a way to revoke."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.core import signing
from django.db import transaction

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, letters
from trihelix.kernel.accounts import note
from trihelix.kernel.action import find as find_record
from trihelix.kernel.actor import Actor, actor_for
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import Participant, Record, SignedLink, User
from trihelix.kernel.register import Register

SALT = "trihelix.link"
ROLES = ("reader", "reviewer")
MOST_DAYS = 180
ISSUERS = frozenset({"owner", "node", "officer", "operator", "admin", "reviewer_office"})
USED_EVERY = dt.timedelta(hours=1)


def visitor(name: str, demo: bool = False) -> User:
    """An account without sign-in, under which somebody acts who has no account: it holds no rights of its own."""
    user = User(username=f"link-{secrets.token_hex(8)}", display_name=name.strip()[:80], email="", demo=demo)
    user.set_unusable_password()
    user.save()
    return user


def follow(*, record: Record, user: User, email: str = "") -> str:
    """The word of a link by which a visitor follows the record they filed themselves; mailed where there is an address."""
    now = clock.now()
    link = SignedLink.objects.create(
        record=record, role="author", name=user.display_name, email=email, user=user, by=user, at=now, expires_at=now + dt.timedelta(days=MOST_DAYS)
    )  # fmt: skip
    word = signing.dumps(str(link.uid), salt=SALT)
    if email:
        text = f"{record.number} 已收到。办理情况和答复见下面的链接，有效至 {clock.local_date(link.expires_at)}；请勿转发。\n\n{letters.address(f'/link/{word}/')}\n"
        letters.send(email, f"已收到：{record.number}", text, f"link:{link.uid}", now)
    return word


def issue(
    *, by: Actor, register: Register, record: Any, name: str, email: str = "", role: str = "reader", days: int = 14
) -> tuple[SignedLink, str]:
    """A link to one record for a named person, and its word, shown once. Refuses strangers to the case, odd roles, over half a year."""
    seen = find_record(register, record, by)
    if not (by.roles_on(seen) | by.roles) & ISSUERS:
        raise Denied(Problem("denied", "只有所属单位、经办站点和主管处室可以发出链接", field="record"))
    problems = []
    if not name.strip():
        problems.append(Problem("required", "请填写收件人姓名", field="name"))
    if role not in ROLES:
        problems.append(Problem("unknown_role", f"链接可用的身份：{'、'.join(ROLES)}", field="role", value=role))
    if not 1 <= days <= MOST_DAYS:
        problems.append(Problem("bad_number", f"有效天数应为 1 至 {MOST_DAYS}", field="days", value=days))
    if problems:
        raise Refused.of(problems)
    now = clock.now()
    with transaction.atomic():
        user = visitor(name, by.demo)
        Participant.objects.create(record=seen, user=user, role=role, since=now)
        link = SignedLink.objects.create(
            record=seen, role=role, name=name.strip()[:80], email=email.strip(), user=user, by_id=by.account, at=now,
            expires_at=now + dt.timedelta(days=days),
        )  # fmt: skip
        word = signing.dumps(str(link.uid), salt=SALT)
        note("links.issue", by, {"record": [None, seen.pk], "link": [None, str(link.uid)], "role": [None, role]})
        if link.email:
            text = (
                f"{link.name}：\n\n请打开下面的链接查看“{seen.title}”，有效至 {clock.local_date(link.expires_at)}，不需要账号。"
                f"请勿转发。\n\n{letters.address(f'/link/{word}/')}\n"
            )
            letters.send(link.email, f"请查看：{seen.title}", text, f"link:{link.uid}", now)
    return link, word


def revoke(*, by: Actor, uid: Any) -> SignedLink:
    """End a link now; by who issued it or the desks of its record."""
    held = SignedLink.objects.select_related("record").filter(uid=uid).first()
    if held is None or not (held.by_id == by.user_id or (by.roles_on(held.record) | by.roles) & ISSUERS):
        raise Unseen(Problem("not_found", "找不到这个链接", field="link"))
    now = clock.now()
    with transaction.atomic():
        if SignedLink.objects.filter(pk=held.pk, revoked_at=None).update(revoked_at=now):
            Participant.objects.filter(user=held.user, until=None).update(until=now)
            note("links.revoke", by, {"link": [str(held.uid), None]})
    held.refresh_from_db()
    return held


def opened(word: str) -> tuple[SignedLink, Actor]:
    """The live link of a word and its actor. Wrong, expired and revoked words are refused alike, so that nothing is learnt from them."""
    gone = Unseen(Problem("link_over", "链接无效、已到期或已收回；请向发给您链接的人索取新的链接", field="link"))
    try:
        uid = signing.loads(word, salt=SALT)
    except signing.BadSignature:
        raise gone from None
    held = SignedLink.objects.select_related("record", "user").filter(uid=uid).first()
    now = clock.now()
    if held is None or held.revoked_at is not None or held.expires_at <= now:
        raise gone
    if held.last_used_at is None or held.last_used_at < now - USED_EVERY:
        SignedLink.objects.filter(pk=held.pk).update(last_used_at=now)
    return held, actor_for(held.user)


def of_record(record: Record) -> Any:
    """The links of a record, newest first."""
    return SignedLink.objects.filter(record=record).select_related("by").order_by("-at")
