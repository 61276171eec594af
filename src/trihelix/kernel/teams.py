"""What teams and persons keep on records beside the case: notes, labels, stars, snoozes, assignments, who is editing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, outbox, waits
from trihelix.kernel.accounts import note
from trihelix.kernel.actor import OWNER, Actor
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import Editing, Grant, Label, Note, Record, Snooze, Star, User, Wait
from trihelix.kernel.validity import in_force

WORD = 30
EDITING = dt.timedelta(minutes=15)


def team(by: Actor, record: Record) -> int | None:
    """The team on whose behalf the actor writes: the province's desks, the node in charge, or one's own body."""
    if by.sees_all:
        return None
    if by.node_ids:
        return record.node_id if record.node_id in by.node_ids else min(by.node_ids)
    if by.bodies:
        return record.owner_id if record.owner_id in by.bodies else min(by.bodies)
    raise Denied(Problem("no_team", "内部备注和标签属于单位、站点或省级机关；您的账号不在任何一个之内", field="scope"))


def of_teams(by: Actor) -> Q:
    """The notes and labels that the actor may read: those of its own teams."""
    own = Q(scope__in=by.bodies | by.node_ids)
    return own | Q(scope=None) if by.sees_all else own


def write_note(*, by: Actor, record: Record, text: str) -> Note:
    """Write a note for one's own team. Refuses an empty one."""
    _signed_in(by)
    if not text.strip():
        raise Refused.one("required", "请填写备注", field="text")
    with transaction.atomic():
        made = Note.objects.create(record=record, scope_id=team(by, record), by_id=by.account, text=text.strip(), at=clock.now())
        note("desk.note", by, {"record": [None, record.pk], "note": [None, made.pk]})
    return made


def put_label(*, by: Actor, record: Record, word: str) -> Label:
    """Put a word on a record for one's own team; putting it twice changes nothing."""
    _signed_in(by)
    clean = " ".join(word.split())
    if not 1 <= len(clean) <= WORD:
        raise Refused.one("bad_label", f"标签应为 1 至 {WORD} 个字", field="label", value=word[:60])
    with transaction.atomic():
        made, created = Label.objects.get_or_create(
            record=record, scope_id=team(by, record), word=clean, defaults={"by_id": by.account, "at": clock.now()}
        )
        if created:
            note("desk.label", by, {"record": [None, record.pk], "label": [None, clean]})
    return made


def drop_label(*, by: Actor, record: Record, word: str) -> None:
    """Take a label of one's own team off."""
    _signed_in(by)
    with transaction.atomic():
        count, _ = Label.objects.filter(of_teams(by), record=record, word=word).delete()
        if count:
            note("desk.label", by, {"record": [record.pk, None], "label": [word, None]})


def star(*, by: Actor, record: Record, on: bool) -> None:
    """Mark a record for oneself, or take the mark off."""
    _signed_in(by)
    if on:
        Star.objects.get_or_create(user_id=by.account, record=record, defaults={"at": clock.now()})
    else:
        Star.objects.filter(user_id=by.account, record=record).delete()


def _signed_in(by: Actor) -> None:
    if by.user_id is None:
        raise Denied(Problem("sign_in", "请先登录"))


def my_wait(by: Actor, pk: Any) -> Wait:
    """A task in the actor's inbox."""
    held = waits.mine(by).filter(pk=pk).first() if str(pk).isdigit() else None
    if held is None:
        raise Unseen(Problem("not_found", "这件事已办完，或不在您的收件箱里", field="wait"))
    return held


def snooze(*, by: Actor, wait: Any, until: dt.date | None) -> Wait:
    """Put a task aside for oneself until a day, never past its limit; ``None`` takes it back. Colleagues keep it in their inbox."""
    held = my_wait(by, wait)
    today = clock.today()
    if until is not None:
        if until <= today:
            raise Refused.one("date_past", "请选今天以后的日期", field="until", value=str(until))
        if held.due_at is not None and until > clock.local_date(held.due_at):
            text = f"不能晚于办理期限 {clock.local_date(held.due_at)}"
            raise Refused.one("past_due", text, field="until", value=str(until))
    who = by.on_behalf_of or by.account
    with transaction.atomic():
        before = Snooze.objects.filter(wait=held, user_id=who).values_list("until", flat=True).first()
        if until is None:
            Snooze.objects.filter(wait=held, user_id=who).delete()
        else:
            Snooze.objects.update_or_create(wait=held, user_id=who, defaults={"until": until})
        note("desk.snooze", by, {"record": [None, held.record_id], "until": [str(before or ""), str(until or "")]})
    return held


def colleagues(by: Actor, scope: int | None, role: str = "") -> QuerySet[User]:
    """The accounts of a scope today, except the actor's own; for a function inside a body, those who may act for it."""
    today = clock.today()
    held = Grant.objects.filter(in_force(today), scope=scope)
    if scope is None and role:
        held = held.filter(role=role)
    elif role in waits.FUNCTIONS:
        held = held.filter(role__in=(role.removeprefix(OWNER), "body_admin"))
    return User.objects.filter(pk__in=held.values("user"), is_active=True, system=False).exclude(pk=by.account).order_by("display_name")


def assign(*, by: Actor, wait: Any, to: User) -> Wait:
    """Give a task to one colleague of the body, node or desk it waits for; the colleague is told."""
    held = my_wait(by, wait)
    if not colleagues(by, held.scope_id, held.role).filter(pk=to.pk).exists() and to.pk != by.user_id:
        raise Refused.one("not_colleague", "只能分派给同一单位、站点或处室的在用账号", field="to", value=to.username)
    if Wait.objects.filter(record=held.record, act=held.act, role=held.role, scope=held.scope, user=to).exclude(pk=held.pk).exists():
        raise Refused.one("assigned", "这件事已经在该同事的收件箱里", field="to", value=to.username)
    now = clock.now()
    with transaction.atomic():
        Wait.objects.filter(pk=held.pk).update(user=to)
        note("desk.assign", by, {"record": [None, held.record_id], "act": [None, held.act], "user": [held.user_id, to.pk]})
        outbox.put_notice(
            held.record, f"分派给您：{held.record.title}", now, users=[to.pk], key=f"assign:{held.pk}:{to.pk}:{now:%Y%m%d%H%M}",
            en=f"Assigned to you: {held.record.title}",
        )  # fmt: skip
    return held


def remind(*, by: Actor, record: Record) -> int:
    """Remind those for whom something waits on a record, at most once a day; returns how many tasks."""
    now, count = clock.now(), 0
    with transaction.atomic():
        for wait in Wait.objects.filter(record=record):
            key = f"asked:{wait.pk}:{clock.local_date(now)}"
            outbox.put_notice(record, f"请办理：{record.title}", now, key=key, en=f"Please act: {record.title}", **outbox.addressees(wait))
            count += 1
        if count:
            note("desk.remind", by, {"record": [None, record.pk], "tasks": [None, count]})
    return count


def editors(by: Actor, record: Record) -> list[User]:
    """Others who opened the form of a record in the last quarter of an hour."""
    since = clock.now() - EDITING
    return [e.user for e in Editing.objects.filter(record=record, at__gt=since).exclude(user=by.user_id).select_related("user")]


def opened(by: Actor, record: Record) -> None:
    """Note that the actor opened the form of a record."""
    Editing.objects.update_or_create(record=record, user_id=by.account, defaults={"at": clock.now()})


def closed(by: Actor, record: Record) -> None:
    """The actor saved or left the form."""
    Editing.objects.filter(record=record, user_id=by.account).delete()
