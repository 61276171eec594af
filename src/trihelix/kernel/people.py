"""A body's own people: invitations by mail, staff lists, roles with an end, passwords reset, double accounts merged."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel import clock, letters
from trihelix.kernel.accounts import create_account, grant, may_administer, note
from trihelix.kernel.actor import BODY_ROLES, NODE_ROLES, PROVINCE_ROLES, SYSTEM, Actor
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import ApiKey, Deputy, Grant, Invitation, Notice, Participant, Record, SavedSearch, Star, User, Wait
from trihelix.kernel.validity import not_over

DAYS = 14
USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,29}")
STAFF = Sheet(
    "staff",
    (
        Column("name", "text", "姓名", "Name", required=True, example="张某"),
        Column("email", "text", "邮箱", "Mail", required=True, example="zhang@unit.example"),
        Column(
            "role", "choice", "角色", "Role", required=True, example="member",
            choices={
                "member": ("单位成员", "Member"), "body_admin": ("单位管理员", "Administrator"), "transfer_office": ("成果转化机构", "Transfer office"),
                "researcher": ("科研人员", "Researcher"), "signer": ("签署人", "Signer"), "body_finance": ("单位财务", "Finance"), "station": ("站点人员", "Station"),
            },
        ),
        Column("valid_to", "date", "止日", "Until", example=dt.date(2027, 12, 31)),
    ),
    zh="人员名单",
)  # fmt: skip


def roles_for(scope: Record | None) -> tuple[str, ...]:
    """The roles that can be held in a scope."""
    return PROVINCE_ROLES if scope is None else NODE_ROLES if scope.register == "nodes" else BODY_ROLES


def admit(by: Actor, scope: Record | None) -> None:
    """Refuse who may not manage the people of a scope; what exists is not told."""
    if not may_administer(by, scope):
        raise Denied(Problem("denied", "本单位的账号由本单位管理员管理；请联系管理员或所属站点", field="scope"))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _checked(scope: Record | None, row: Mapping[str, Any], number: int | None = None) -> list[Problem]:
    problems = []
    try:
        validate_email(str(row.get("email") or ""))
    except ValidationError:
        problems.append(Problem("bad_mail", "邮箱不正确", field="email", row=number, value=str(row.get("email"))[:80]))
    if not str(row.get("name") or "").strip():
        problems.append(Problem("required", "请填写姓名", field="name", row=number))
    if row.get("role") not in roles_for(scope):
        text = f"此范围内可授予的角色：{'、'.join(roles_for(scope))}"
        problems.append(Problem("unknown_role", text, field="role", row=number, value=str(row.get("role"))))
    if row.get("valid_to") is not None and row["valid_to"] < clock.today():
        problems.append(Problem("date_past", "止日已过", field="valid_to", row=number, value=str(row["valid_to"])))
    return problems


def invite(
    *, by: Actor, scope: Record | None, name: str, email: str, role: str, valid_to: dt.date | None = None, language: str = "zh-hans"
) -> tuple[Invitation, str]:
    """Invite a person by mail to one role; returns the invitation and its word. A person with an account gets the role at acceptance."""
    admit(by, scope)
    if problems := _checked(scope, {"name": name, "email": email, "role": role, "valid_to": valid_to}):
        raise Refused.of(problems)
    now, word = clock.now(), secrets.token_urlsafe(24)
    with transaction.atomic():
        made = Invitation.objects.create(
            email=email.strip(), name=name.strip()[:80], role=role, scope=scope, valid_to=valid_to, hash=_digest(word), by_id=by.user_id, at=now,
            expires_at=now + dt.timedelta(days=DAYS),
        )  # fmt: skip
        note("accounts.invite", by, {"role": [None, role], "scope": [None, scope.pk if scope else None], "invitation": [None, made.pk]})
        where = scope.title if scope else "省级机关"
        text = (
            f"{made.name}：\n\n{by.name} 邀请您以“{where}”的身份使用三螺旋。请在 {clock.local_date(made.expires_at)} 前打开下面的链接开设账号：\n\n"
            f"{letters.address(f'/invitation/{word}/')}\n\n若您不认识邀请人，请不要打开。\n"
        )
        letters.send(made.email, f"邀请：{where}", text, f"invite:{made.pk}", now)
    return made, word


def invite_list(*, by: Actor, scope: Record | None, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> dict[str, int]:
    """Invite a staff list, all or none. Who holds the role already, or is invited, is passed over."""
    admit(by, scope)
    rows, problems, seen = list(rows), [], set()
    for number, row in rows:
        problems += _checked(scope, row, number)
        key = (str(row.get("email")).lower(), row.get("role"))
        if key in seen:
            problems.append(Problem("duplicate_row", "同一邮箱和角色重复", field="email", row=number, value=str(row.get("email"))))
        seen.add(key)
    if problems:
        raise Refused.of(problems)
    count = {"invited": 0, "unchanged": 0}
    with transaction.atomic():
        for _number, row in rows:
            held = current(scope).filter(user__email__iexact=row["email"], role=row["role"])
            waiting = Invitation.objects.filter(
                scope=scope, email__iexact=row["email"], role=row["role"], accepted_at=None, revoked_at=None
            )
            if held.exists() or waiting.filter(expires_at__gt=clock.now()).exists():
                count["unchanged"] += 1
                continue
            invite(by=by, scope=scope, name=row["name"], email=row["email"], role=row["role"], valid_to=row.get("valid_to"))
            count["invited"] += 1
    return count


def invitation(word: str) -> Invitation:
    """The open invitation of a word; wrong, used, revoked and expired words are refused alike."""
    held = Invitation.objects.select_related("scope", "by").filter(hash=_digest(word)).first()
    if held is None or held.accepted_at or held.revoked_at or held.expires_at <= clock.now():
        raise Unseen(Problem("invitation_over", "邀请无效、已使用或已到期；请向邀请您的单位管理员索取新的邀请", field="invitation"))
    return held


def accept(*, word: str, username: str, password: str, user: User | None = None) -> User:
    """Open the account of an invitation, or give its role to the account that is signed in."""
    with transaction.atomic():
        held = invitation(word)
        held = Invitation.objects.select_for_update(of=("self",)).get(pk=held.pk)
        if user is None:
            if not USERNAME.fullmatch(username):
                raise Refused.one(
                    "bad_username", "账号名用 3 至 30 个小写字母、数字、点或横线，以字母开头", field="username", value=username
                )
            user = create_account(
                by=SYSTEM, username=username, display_name=held.name, email=held.email, password=password, scope=held.scope
            )
        grant(by=SYSTEM, user=user, role=held.role, scope=held.scope, valid_to=held.valid_to)
        Invitation.objects.filter(pk=held.pk).update(accepted_at=clock.now(), user=user)
        note("accounts.accept_invitation", SYSTEM, {"invitation": [None, held.pk], "user": [None, user.username]})
    return user


def revoke(*, by: Actor, pk: int, scope: Record | None) -> None:
    """Take an invitation back."""
    admit(by, scope)
    with transaction.atomic():
        if Invitation.objects.filter(pk=pk, scope=scope, accepted_at=None, revoked_at=None).update(revoked_at=clock.now()):
            note("accounts.revoke_invitation", by, {"invitation": [pk, None]})


def current(scope: Record | None) -> QuerySet[Grant]:
    """The grants of a scope that hold today or later."""
    held = Grant.objects.filter(not_over(clock.today()), scope=scope).select_related("user")
    return held.exclude(user__system=True).order_by("user__display_name", "role", "pk")


def reset_password(*, by: Actor, user: User, scope: Record | None) -> str:
    """A new first password for an account of the scope, shown once to the administrator; all its sessions end."""
    admit(by, scope)
    if not current(scope).filter(user=user).exists():
        raise Unseen(Problem("not_found", "本单位没有这个账号", field="user"))
    if not by.roles & {"admin", "operator"} and Grant.objects.filter(user=user).exclude(scope=scope).exists():
        raise Denied(Problem("denied", "该账号还有其他单位的角色，请由系统管理员重设", field="user"))
    word = secrets.token_urlsafe(12)
    with transaction.atomic():
        user.set_password(word)
        user.save(update_fields=["password"])
        note("accounts.reset_password", by, {"user": [None, user.username]})
    end_sessions(user)
    return word


def end_sessions(user: User) -> None:
    """End every session of an account."""
    for session in Session.objects.filter(expire_date__gt=clock.now()):
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


def merge_accounts(*, by: Actor, old: User, new: User) -> dict[str, int]:
    """Make two accounts of one person one: rights, case roles, tasks and stars move, the old account is closed and its keys end.

    Acts done under the old account keep its name in the journal. Administrators only; a body's own where both belong to it alone.
    """
    if old.pk == new.pk:
        raise Refused.one("same_person", "请选择两个不同的账号", field="new")
    scopes = set(Grant.objects.filter(user__in=(old, new)).values_list("scope_id", flat=True))
    own = scopes and all(s is not None and "body_admin" in by.body_roles.get(s, ()) for s in scopes)
    if not (by.roles & {"admin", "operator"} or by.system or own):
        raise Denied(Problem("denied", "合并账号由系统管理员办理；两个账号都只属于本单位时可由单位管理员办理", field="old"))
    if old.person_id and new.person_id and old.person_id != new.person_id:
        raise Refused.one("different_people", "两个账号登记为不同的人员，请先合并人员记录", field="old")
    now = clock.now()
    with transaction.atomic():
        moved = {"grants": _grants(old, new), "parts": 0, "tasks": 0}
        for part in Participant.objects.filter(user=old):
            if not Participant.objects.filter(record=part.record, body=part.body, user=new, role=part.role).exists():
                Participant.objects.filter(pk=part.pk).update(user=new)
                moved["parts"] += 1
        for wait in Wait.objects.filter(user=old):
            if not Wait.objects.filter(record=wait.record, act=wait.act, role=wait.role, scope=wait.scope, user=new).exists():
                Wait.objects.filter(pk=wait.pk).update(user=new)
                moved["tasks"] += 1
        for star in Star.objects.filter(user=old).exclude(record__in=Star.objects.filter(user=new).values("record")):
            Star.objects.filter(pk=star.pk).update(user=new)
        SavedSearch.objects.filter(user=old).update(user=new)
        Notice.objects.filter(user=old).update(user=new)
        Deputy.objects.filter(Q(user=old) | Q(deputy=old), ended_at=None).update(ended_at=now)
        ApiKey.objects.filter(user=old, revoked_at=None).update(revoked_at=now)
        if new.person_id is None and old.person_id is not None:
            User.objects.filter(pk=new.pk).update(person=old.person_id)
        User.objects.filter(pk=old.pk).update(is_active=False)
        note("accounts.merge", by, {"user": [old.username, new.username], **{k: [None, n] for k, n in moved.items()}})
    end_sessions(old)
    return moved


def _grants(old: User, new: User) -> int:
    count = 0
    for held in Grant.objects.filter(user=old):
        if not Grant.objects.filter(user=new, role=held.role, scope=held.scope, valid_from=held.valid_from).exists():
            Grant.objects.filter(pk=held.pk).update(user=new)
            count += 1
        else:
            held.delete()
    return count
