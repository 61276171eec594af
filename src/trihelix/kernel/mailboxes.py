"""The fixed mailbox of a body or node: a copy of every message on its cases goes there, whoever is on duty."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, letters
from trihelix.kernel.accounts import may_administer, note
from trihelix.kernel.actor import Actor
from trihelix.kernel.errors import Denied
from trihelix.kernel.models import Mailbox, Message, Record
from trihelix.kernel.register import register_of


def set_address(*, by: Actor, scope: Record, address: str) -> Mailbox | None:
    """Set the mailbox of a body or node, or take it away with an empty address. Refuses a wrong address and whoever does not manage it."""
    if not may_administer(by, scope):
        raise Denied(Problem("denied", "固定邮箱由本单位管理员设置", field="address"))
    clean = address.strip()
    if clean:
        try:
            validate_email(clean)
        except ValidationError:
            raise Refused.one("bad_mail", "邮箱不正确", field="address", value=clean) from None
    held = Mailbox.objects.filter(scope=scope).first()
    with transaction.atomic():
        note("desk.mailbox", by, {"scope": [None, scope.pk], "address": [held.address if held else None, clean or None]})
        if not clean:
            Mailbox.objects.filter(scope=scope).delete()
            return None
        return Mailbox.objects.update_or_create(scope=scope, defaults={"address": clean, "by_id": by.account, "at": clock.now()})[0]


def parties(record: Record, message: Message) -> set[int]:
    """The bodies and nodes that read a message: the one side it is for, else the owner, the node in charge and the case's bodies."""
    if message.side_id is not None:
        return {message.side_id}
    bodies = set(record.participants.filter(until=None).exclude(body=None).values_list("body_id", flat=True))
    return {b for b in (*bodies, record.owner_id, record.node_id) if b}


def copy(record: Record, message: Message, to: Iterable[int]) -> None:
    """Queue the copies of a message. In an anonymous case the author is not named; a sealed case sends no text."""
    register = register_of(record.register)
    masked = register.owner_masked is not None and register.owner_masked(record.entry)
    who = "本案一方" if masked else str(message.author)
    text = "（密封事项，请登录查看）" if record.visibility == "sealed" else message.text
    where = letters.address(f"/{record.register}/{record.uid}/?tab=messages")
    body = f"{record.number} {record.title}\n{who}，{clock.local_date(message.at)}：\n\n{text}\n\n{where}\n"
    for box in Mailbox.objects.filter(scope_id__in=to).order_by("pk"):
        letters.send(box.address, f"留言：{record.title}", body, f"copy:{message.uid}:{box.scope_id}", message.at)
