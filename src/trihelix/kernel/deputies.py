"""Deputies and leave: acting on behalf of somebody, visibly; and the hand-over of everything open when somebody leaves."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.db.models import Q, QuerySet

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, outbox
from trihelix.kernel.accounts import note
from trihelix.kernel.actor import Actor, actor_for
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import Deputy, Grant, Participant, Record, User, Wait
from trihelix.kernel.register import REGISTERS
from trihelix.kernel.validity import in_force, not_over

LONGEST = 366


def active(on: dt.date) -> Q:
    """Deputations in force on a day."""
    return Q(since__lte=on, until__gte=on, ended_at=None)


def scopes_of(user: User, on: dt.date) -> set[int | None]:
    """The scopes in which an account holds a role; ``None`` is the province."""
    valid = Grant.objects.filter(in_force(on), user=user)
    return set(valid.values_list("scope_id", flat=True))


def appoint(*, by: Actor, deputy: User, since: dt.date, until: dt.date, reason: str = "", user: User | None = None) -> Deputy:
    """Name a colleague who acts for oneself between two days. Refuses strangers, oneself, past or endless times."""
    person = user or User.objects.filter(pk=by.account).first()
    if person is None or (user is not None and user.pk != by.user_id and not by.roles & {"admin", "operator"}):
        raise Denied(Problem("denied", "只能为自己指定代办人；他人的由系统管理员办理", field="user"))
    today = clock.today()
    problems = []
    if deputy.pk == person.pk:
        problems.append(Problem("same_person", "不能指定自己为代办人", field="deputy"))
    elif not deputy.is_active or not scopes_of(person, today) & scopes_of(deputy, today):
        problems.append(Problem("not_colleague", "代办人须是同一单位、站点或省级机关的在用账号", field="deputy", value=deputy.username))
    if until < since or until < today:
        problems.append(Problem("date_order", "止日不能早于起日或今天", field="until", value=str(until)))
    elif (until - since).days > LONGEST:
        problems.append(Problem("too_long", f"一次最多 {LONGEST} 天", field="until", value=str(until)))
    if problems:
        raise Refused.of(problems)
    with transaction.atomic():
        made = Deputy.objects.create(user=person, deputy=deputy, since=since, until=until, reason=reason.strip()[:120])
        note(
            "accounts.appoint_deputy", by, {"user": [None, person.username], "deputy": [None, deputy.username], "until": [None, str(until)]}
        )
    return made


def end(*, by: Actor, held: Deputy) -> None:
    """End a deputation now; by the absent person, the deputy, or an administrator."""
    if by.user_id not in (held.user_id, held.deputy_id) and not by.roles & {"admin", "operator"}:
        raise Unseen(Problem("not_found", "找不到该代办安排", field="deputy"))
    with transaction.atomic():
        Deputy.objects.filter(pk=held.pk, ended_at=None).update(ended_at=clock.now())
        note("accounts.end_deputy", by, {"deputy": [held.deputy.username, None]})


def principals(user_id: int | None, on: dt.date | None = None) -> QuerySet[User]:
    """Those for whom an account may act today."""
    return User.objects.filter(pk__in=Deputy.objects.filter(active(on or clock.today()), deputy_id=user_id).values("user"), is_active=True)


def acting_for(user: User, principal: User, on: dt.date | None = None) -> Actor:
    """The actor of a deputy in the place of another: the other's rights, the deputy's name; refused without a deputation in force."""
    day = on or clock.today()
    if not Deputy.objects.filter(active(day), user=principal, deputy=user).exists():
        raise Denied(Problem("not_deputy", "您现在不是这位同事的代办人；请由本人在“我的账号”中指定", field="behalf"))
    theirs = actor_for(principal, day)
    return replace(
        theirs, user_id=user.pk, name=str(user), on_behalf_of=principal.pk, demo=theirs.demo or user.demo, language=user.language
    )


def hand_over(*, by: Actor, person: User, successor: User, roles: bool = True) -> dict[str, int]:
    """Move everything open of one account to another at once: assigned tasks, case roles, authorship; with ``roles`` also the grants.

    The person keeps what was done under their name; only what is still open moves. Refuses other bodies' people.
    """
    today, now = clock.today(), clock.now()
    theirs = scopes_of(person, today)
    allowed = by.roles & {"admin", "operator"} or (
        theirs and all(s is not None and "body_admin" in by.body_roles.get(s, ()) for s in theirs)
    )
    if by.user_id != person.pk and not allowed:
        raise Denied(Problem("denied", "只有本人、本单位管理员或系统管理员可以移交", field="person"))
    if by.user_id == person.pk and not allowed:
        roles = False  # one hands over one's work; rights are granted by administrators
    if successor.pk == person.pk or not successor.is_active or not (theirs & scopes_of(successor, today) or allowed):
        raise Refused.one("not_colleague", "接手人须是同一单位、站点或省级机关的在用账号", field="successor", value=successor.username)
    with transaction.atomic():
        moved = {
            "roles": _move_grants(person, successor, today) if roles else 0, "parts": _move_parts(person, successor, now),
            "authored": _move_authorship(person, successor, now), "tasks": _move_waits(person, successor),
        }  # fmt: skip
        note(
            "accounts.hand_over",
            by,
            {"person": [person.username, successor.username], **{k: [None, n] for k, n in moved.items()}},
        )
        transaction.on_commit(outbox.wake)
    return moved


def _move_grants(person: User, successor: User, today: dt.date) -> int:
    held = Grant.objects.filter(not_over(today), user=person)
    count = 0
    for grant in held:
        Grant.objects.get_or_create(
            user=successor,
            role=grant.role,
            scope=grant.scope,
            valid_from=max(grant.valid_from, today),
            defaults={"valid_to": grant.valid_to},
        )
        if grant.valid_from >= today:
            grant.delete()
        else:
            grant.valid_to = today - dt.timedelta(days=1)
            grant.save(update_fields=["valid_to"])
        count += 1
    return count


def _move_parts(person: User, successor: User, now: dt.datetime) -> int:
    count = 0
    for part in Participant.objects.filter(user=person, until=None):
        other, created = Participant.objects.get_or_create(
            record=part.record,
            body=part.body,
            user=successor,
            role=part.role,
            defaults={"since": now, "confidential_at": part.confidential_at},
        )
        if not created and other.until is not None:
            Participant.objects.filter(pk=other.pk).update(until=None)
        Participant.objects.filter(pk=part.pk).update(until=now)
        count += 1
    return count


def _move_authorship(person: User, successor: User, now: dt.datetime) -> int:
    """Open records that the person entered get the successor as their second author; who entered them stays known."""
    ends = {r.id: [s.id for s in r.flow.states if s.kind in ("end", "failed")] for r in REGISTERS.values()}
    count = 0
    for record in Record.objects.filter(created_by=person, merged_into=None).only("pk", "register", "state"):
        if record.register in ends and record.state not in ends[record.register]:
            part, _ = Participant.objects.get_or_create(record=record, body=None, user=successor, role="author", defaults={"since": now})
            if part.until is not None:
                Participant.objects.filter(pk=part.pk).update(until=None)
            count += 1
    return count


def _move_waits(person: User, successor: User) -> int:
    count = 0
    for wait in Wait.objects.filter(user=person):
        if Wait.objects.filter(record=wait.record, act=wait.act, role=wait.role, scope=wait.scope, user=successor).exists():
            wait.delete()
        else:
            Wait.objects.filter(pk=wait.pk).update(user=successor)
        count += 1
    return count
