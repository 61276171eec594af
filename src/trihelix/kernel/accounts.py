"""Accounts and grants: created, granted and ended under the journal like any other act."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, journal, outbox
from trihelix.kernel.actor import BODY_ROLES, NODE_ROLES, PROVINCE_ROLES, Actor, actor_for, system_user
from trihelix.kernel.errors import Denied
from trihelix.kernel.models import Grant, Record, User

OPERATOR = "operator"


def may_administer(by: Actor, scope: Record | None) -> bool:
    """Whether an actor manages accounts of a scope: the system's administrators, and a body's own."""
    if by.system or by.roles & {"admin", "operator"}:
        return True
    return scope is not None and "body_admin" in by.body_roles.get(scope.pk, ())


def create_account(
    *, by: Actor, username: str, display_name: str, email: str = "", password: str | None = None, encoded: str | None = None, language: str = "zh-hans",
    person: Record | None = None, demo: bool = False, scope: Record | None = None,
) -> User:  # fmt: skip
    """Create an account without rights. Refuses a taken name, a weak password, and creators without the right."""
    if not may_administer(by, scope):
        raise Denied(Problem("denied", "只有系统管理员或本单位管理员可以开设账号", field="username"))
    if User.objects.filter(username__iexact=username).exists():
        raise Refused.one("username_taken", f"账号名 {username} 已被使用，请换一个", field="username", value=username)
    user = User(username=username, display_name=display_name, email=email, language=language, person=person, demo=demo)
    if password is not None and not demo:
        try:
            validate_password(password, user)
        except ValidationError as exc:
            raise Refused.of(Problem("weak_password", message, field="password") for message in exc.messages) from exc
    if encoded is not None:
        user.password = encoded  # made before, with the project's own hasher
    elif password is not None:
        user.set_password(password)
    else:
        user.set_unusable_password()
    now = clock.now()
    with transaction.atomic():
        user.save()
        _note("accounts.create", by, now, {"username": [None, username], "display_name": [None, display_name]})
    return user


def grant(
    *, by: Actor, user: User, role: str, scope: Record | None = None, valid_from: dt.date | None = None, valid_to: dt.date | None = None
) -> Grant:
    """Grant a role over a scope with dates. Body administrators grant body roles in their own body only."""
    if not may_administer(by, scope):
        raise Denied(Problem("denied", "您不能授予此角色", field="role", value=role))
    known = PROVINCE_ROLES if scope is None else (NODE_ROLES if scope.register == "nodes" else BODY_ROLES)
    if role not in known:
        raise Refused.one("unknown_role", f"此范围内可授予的角色：{'、'.join(known)}", field="role", value=role)
    start, now = valid_from or clock.today(), clock.now()
    if valid_to is not None and valid_to < start:
        raise Refused.one("date_order", "止日早于起日", field="valid_to")
    with transaction.atomic():
        made, created = Grant.objects.get_or_create(user=user, role=role, scope=scope, valid_from=start, defaults={"valid_to": valid_to})
        if created:
            _note(
                "accounts.grant",
                by,
                now,
                {"user": [None, user.username], "role": [None, role], "scope": [None, scope.pk if scope else None]},
            )
    return made


def end_grant(*, by: Actor, held: Grant, on: dt.date | None = None, reason: str = "") -> None:
    """End a grant on a day."""
    if not may_administer(by, held.scope):
        raise Denied(Problem("denied", "您不能收回此角色", field="role", value=held.role))
    with transaction.atomic():
        held.valid_to = on or clock.today()
        held.save(update_fields=["valid_to"])
        _note("accounts.end_grant", by, clock.now(), {"user": [held.user.username, None], "role": [held.role, None]}, reason)


def note(action: str, by: Actor, changes: dict[str, list[object]], reason: str = "") -> None:
    """Put an act on accounts and desks, which belongs to no record, into the journal."""
    _note(action, by, clock.now(), changes, reason)


def _note(action: str, by: Actor, now: dt.datetime, changes: dict[str, list[object]], reason: str = "") -> None:
    journal.append(
        action=action,
        register="accounts",
        at=now,
        record=None,
        changes=changes,
        actor=by.user_id,
        on_behalf_of=by.on_behalf_of,
        reason=reason,
    )
    transaction.on_commit(outbox.wake)


def operator() -> Actor:
    """The actor of the command line when no ``--as`` is given: the operator account, made on first use."""
    user = User.objects.filter(username=OPERATOR).first()
    if user is None:
        system = system_user()
        by = Actor(system.pk, "系统", system=True)
        user = create_account(by=by, username=OPERATOR, display_name="运维操作员")
        grant(by=by, user=user, role="operator", valid_from=dt.date(2020, 1, 1))
    return actor_for(user)


def actor_named(username: str) -> Actor:
    """The actor of an account by name; unknown and inactive accounts are refused alike."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Refused.one("unknown_user", f"没有可用的账号 “{username}”", field="as", value=username)
    return actor_for(user)


def terminal_actor(username: str = "") -> Actor:
    """Who acts at the command line: the account of ``--as`` with its own rights, else the operator."""
    return actor_named(username) if username else operator()
