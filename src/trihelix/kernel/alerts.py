"""Saved searches: kept under a name, run again by the worker, told with the reason why something is new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core import signing
from django.db import transaction
from django.http import QueryDict

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, index, letters, listing
from trihelix.kernel.actor import Actor, actor_for, visible_to
from trihelix.kernel.errors import Unseen
from trihelix.kernel.models import JournalChange, JournalEntry, Notice, Record, SavedSearch, SeenHit
from trihelix.kernel.register import REGISTERS, Register, attribute
from trihelix.kernel.ticks import tick

OFTEN = ("never", "once", "daily", "weekly")
EVERY = {"once": dt.timedelta(0), "daily": dt.timedelta(days=1), "weekly": dt.timedelta(days=7)}
MOST, HITS, TOLD = 60, 200, 40
NOT_FILTERS = ("q", "sort", "cols", "page", "whole", "group", "label", "f", "x", "kind", "alert")
SALT = "trihelix.alert"


def matching(search: SavedSearch, by: Actor, limit: int | None = None) -> list[Record]:
    """The records that a saved search finds now, as its owner sees them."""
    given = QueryDict(search.query)
    if search.register:
        register = REGISTERS.get(search.register)
        if register is None:
            return []
        filters = [(n, v) for n in given for v in given.getlist(n) if n not in NOT_FILTERS and v]
        found = listing.chosen(register, by, filters, given.get("q", ""))
        return [e.record for e in (found.order_by("-record__updated_at", "-pk")[:limit] if limit else found)]
    include, exclude = facets(given.getlist("f")), facets(given.getlist("x"))
    hits = index.search(given.get("q", ""), by=by, kinds=given.getlist("kind"), k=limit or HITS, include=include, exclude=exclude).hits
    return list(visible_to(by, Record.objects.filter(uid__in=[h["uid"] for h in hits])))


def facets(given: Iterable[str]) -> dict[str, list[str]]:
    """``field:value`` pairs by field, unknown fields left out."""
    out: dict[str, list[str]] = {}
    for pair in given:
        name, sign, value = pair.partition(":")
        if sign and value and name in index.FIELDS:
            out.setdefault(name, []).append(value)
    return out


def keep(*, by: Actor, name: str, register: str, query: str, often: str) -> SavedSearch:
    """Keep a search. What it finds now is known already; only later finds are told. Refuses bad names, too many, broken addresses."""
    problems = []
    if by.user_id is None:
        raise Refused.one("sign_in", "请先登录", field="user")
    if not name.strip():
        problems.append(Problem("required", "请给保存的检索起一个名称", field="name"))
    if often not in OFTEN:
        problems.append(Problem("unknown_choice", f"没有这种提醒方式；可用：{'、'.join(OFTEN)}", field="often", value=often))
    if register and register not in REGISTERS:
        problems.append(Problem("unknown_register", "没有这个列表", field="register", value=register))
    if SavedSearch.objects.filter(user_id=by.user_id).count() >= MOST:
        problems.append(Problem("too_many", f"最多保存 {MOST} 个检索，请先删除不用的", field="name"))
    if problems:
        raise Refused.of(problems)
    now = clock.now()
    made = SavedSearch(user_id=by.user_id, name=name.strip()[:80], register=register, query=query[:2000], often=often, at=now, run_at=now)
    found = matching(made, by)
    with transaction.atomic():
        made.save()
        SeenHit.objects.bulk_create([SeenHit(search=made, record=r) for r in found], batch_size=500, ignore_conflicts=True)
    return made


def change(*, by: Actor, uid: Any, often: str) -> SavedSearch:
    """Choose how often one's own search is told."""
    held = own(by, uid)
    if often not in OFTEN:
        raise Refused.one("unknown_choice", f"没有这种提醒方式；可用：{'、'.join(OFTEN)}", field="often", value=often)
    held.often, held.run_at = often, clock.now()
    held.save(update_fields=["often", "run_at"])
    return held


def own(by: Actor, uid: Any) -> SavedSearch:
    """A saved search of the actor."""
    held = SavedSearch.objects.filter(user_id=by.user_id, uid=uid).first() if by.user_id else None
    if held is None:
        raise Unseen(Problem("not_found", "找不到这个保存的检索", field="uid"))
    return held


def stop_token(search: SavedSearch) -> str:
    """The signed word of the link that stops an alert; it needs no sign-in."""
    return signing.dumps(str(search.uid), salt=SALT)


def by_token(token: str) -> SavedSearch:
    """The search of a stop link."""
    try:
        uid = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Unseen(Problem("not_found", "链接无效：请从最近一封提醒邮件中重新打开，或在“我的检索”中停止", field="token")) from None
    held = SavedSearch.objects.filter(uid=uid).first()
    if held is None:
        raise Unseen(Problem("not_found", "这个保存的检索已删除，不会再有提醒", field="token"))
    return held


@tick("alerts", every=60)
def run_alerts(now: dt.datetime) -> int:
    """Run the searches that are due and tell what is new."""
    count = 0
    for search in SavedSearch.objects.exclude(often="never").filter(user__is_active=True).select_related("user").order_by("run_at"):
        if now - search.run_at >= EVERY[search.often]:
            try:
                count += run(search, now)
            except Refused:  # its address no longer reads: told to nobody, kept for its owner to mend
                SavedSearch.objects.filter(pk=search.pk).update(run_at=now)
    return count


def run(search: SavedSearch, now: dt.datetime) -> int:
    """Tell one search's owner what is new since it last ran; returns how many records."""
    by = actor_for(search.user)
    known = set(SeenHit.objects.filter(search=search).values_list("record_id", flat=True))
    fresh = [r for r in matching(search, by) if r.pk not in known]
    reasons = {r.pk: why(r, search.run_at) for r in fresh[:TOLD]}
    with transaction.atomic():
        SeenHit.objects.bulk_create([SeenHit(search=search, record=r) for r in fresh], batch_size=500, ignore_conflicts=True)
        SavedSearch.objects.filter(pk=search.pk).update(run_at=now)
        if fresh:
            _tell(search, fresh, reasons, now)
    return len(fresh)


def _tell(search: SavedSearch, fresh: list[Record], reasons: dict[int, tuple[str, str]], now: dt.datetime) -> None:
    key = f"alert:{search.uid}:{now:%Y%m%d%H%M%S}"
    first = fresh[0] if len(fresh) == 1 else None
    text = f"“{search.name}” 有 {len(fresh)} 条新结果：" + "；".join(f"{r.title}（{reasons[r.pk][0]}）" for r in fresh[:3])
    english = f"“{search.name}”: {len(fresh)} new — " + "; ".join(f"{r.title} ({reasons[r.pk][1]})" for r in fresh[:3])
    Notice.objects.bulk_create(
        [Notice(user=search.user, record=first, key=key[:200], text=text[:400], text_en=english[:400], at=now)], ignore_conflicts=True
    )
    if search.user.email:
        en = search.user.language == "en"
        lines = [f"- {r.title} [{reasons[r.pk][1 if en else 0]}]\n  {letters.address(f'/{r.register}/{r.uid}/')}" for r in fresh[:TOLD]]
        stop = letters.address(f"/saved/stop/{stop_token(search)}/")
        tail = f"\nStop these alerts: {stop}" if en else f"\n不再接收此提醒：{stop}"
        letters.send(
            search.user.email, english if en else text, "\n".join([*lines, tail, ""]), key, now, **{"List-Unsubscribe": f"<{stop}>"}
        )


def why(record: Record, since: dt.datetime) -> tuple[str, str]:
    """Why a record is new to a search: entered since, or changed since and by what; in Chinese and English."""
    if record.created_at > since:
        return "新登记", "newly entered"
    register = REGISTERS[record.register]
    names: list[str] = []
    rows = [e.changes for e in JournalEntry.objects.filter(record=record, at__gt=since)]
    rows += [c.changes for c in JournalChange.objects.filter(record=record, entry__at__gt=since)]
    for changes in rows:
        names += [n for n in changes if n not in names]
    if not names:
        return "现在符合条件", "meets the conditions now"
    pairs = [_words(register, n) for n in names[:4]]
    return "改动后符合：" + "、".join(zh for zh, _ in pairs), "changed: " + ", ".join(en for _, en in pairs)


def _words(register: Register, name: str) -> tuple[str, str]:
    base = {
        "state": ("状态", "state"),
        "title": ("名称", "title"),
        "owner_id": ("所属单位", "owner"),
        "visibility": ("公开范围", "visibility"),
    }
    if name in base:
        return base[name]
    for column in register.sheet.columns:
        if name in (column.name, attribute(column.name), f"{column.name}_id"):
            return column.zh, column.en or column.zh
    return name, name
