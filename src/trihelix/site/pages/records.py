"""The record page: one pattern for every register, with its parts as tabs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trihelix.engines.errors import Problem
from trihelix.engines.flow import Flow, Transition
from trihelix.kernel import book, clock, files, links, teams
from trihelix.kernel import values as vals
from trihelix.kernel.actor import Actor, visible_to
from trihelix.kernel.errors import Unseen
from trihelix.kernel.models import File, Label, Link, Note, Record, Star
from trihelix.kernel.register import REGISTERS, Register, attribute
from trihelix.site import diagrams, display, forms, roles
from trihelix.site.history import events
from trihelix.site.listing import own_field
from trihelix.site.pages import common, desk, objections

TABS = {
    "content": gettext_lazy("内容"), "files": gettext_lazy("文件"), "messages": gettext_lazy("往来"), "flow": gettext_lazy("流程"),
    "history": gettext_lazy("历史"), "thread": gettext_lazy("线索"),
}  # fmt: skip
NOT_FACTS = ("uid", "version", "synthetic", "state", "number", "title", "ref")
WIDE = ("longtext", "rows")


@require_safe
def show(request: HttpRequest, register: Register, uid: uuid.UUID) -> HttpResponse:
    """The record with one of its parts."""
    record, entry = common.load(request, register, uid)
    tab = request.GET.get("tab", "content")
    if tab not in TABS:
        raise Unseen(Problem("not_found", f"没有名为 “{tab}” 的部分；可用：{'、'.join(TABS)}", field="tab", value=tab))
    actor: Actor = request.actor
    mine = actor.roles_on(record)
    hide = vals.hidden_columns(register, actor, record, mine)
    context = {
        "register": register, "record": record, "entry": entry, "tab": tab, "tabs": _tabs(record, actor), "tab_template": f"trihelix/tabs/{tab}.html",
        "visibility": roles.visibility_word(record.visibility), "waits": _waits(register, record, actor, mine), "acts": common.offers(register, actor, record, mine),
        "can_edit": common.may_change(register, actor, record, mine), "key": uuid.uuid4().hex, "notice": objections.notice_of(register, record, entry, clock.today()), "outer_ref": record.ref if record.ref != str(record.uid) else "", "owner_hidden": register.owner_column in hide,
        "owner_visible": record.owner_id is not None and visible_to(actor, Record.objects.filter(pk=record.owner_id)).exists(),
        **PARTS[tab](register, record, entry, actor, mine, hide),
    }  # fmt: skip
    context |= _team_part(record, actor, mine) if actor.signed_in else {}
    return desk.remember(request, render(request, "trihelix/record.html", context), record)


def _team_part(record: Record, actor: Actor, mine: frozenset[str]) -> dict[str, Any]:
    """What one's team and oneself keep on the record."""
    labels = list(Label.objects.filter(teams.of_teams(actor), record=record).order_by("word").values_list("word", flat=True).distinct())
    return {
        "starred": Star.objects.filter(user_id=actor.user_id, record=record).exists(),
        "team_labels": labels,
        "may_link": bool(mine & links.ISSUERS),
    }


def _tabs(record: Record, actor: Actor) -> list[dict[str, Any]]:
    counts = {"files": record.files.filter(void_reason="", newer=None).count(), "thread": _links(record, actor).count()}
    if actor.signed_in:
        counts["messages"] = readable_messages(record, actor).count()
    return [{"id": t, "label": label, "count": counts.get(t), "first": t == "content"} for t, label in TABS.items()]


def _waits(register: Register, record: Record, actor: Actor, mine: frozenset[str]) -> list[dict[str, Any]]:
    """Who has it, since when, until when; strangers read the role only."""
    inside = bool(mine) or actor.sees_all
    out = []
    for wait in record.waits.select_related("scope", "user").order_by("due_at", "pk"):
        who = str(wait.user or wait.scope.title if wait.scope or wait.user else "") if inside else ""
        act = register.acts.get(wait.act) or next((t for t in register.flow.transitions if t.act == wait.act), wait.act)
        out.append(
            {
                "act": act,
                "who": who or roles.word(wait.role),
                "since": wait.since,
                "due_at": wait.due_at,
                "due_confirmed": wait.due_confirmed,
            }
        )
    return out


def _content(register: Register, record: Record, entry: Any, actor: Actor, mine: frozenset[str], hide: frozenset[str]) -> dict[str, Any]:
    names = register.facts_shown or tuple(c.name for c in register.sheet.columns)
    columns = [c for c in (register.column(n) for n in names) if c is not None and c.name not in NOT_FACTS]
    targets = _targets(register, record, entry, actor, {c.name for c in columns} - hide)
    facts = []
    for column in columns:
        value = getattr(entry, attribute(column.name), None) if own_field(register, attribute(column.name)) is not None else None
        found = targets.get(column.name, [])
        if column.name in hide:
            value = None
        elif not found and value in (None, "", [], {}):
            continue
        facts.append({"column": column, "value": value, "records": found, "hidden": column.name in hide, "wide": column.kind in WIDE})
    return {"facts": facts, "panels": [[p, "trihelix/parts/nothing.html"] for p in register.panels]}


def _targets(register: Register, record: Record, entry: Any, actor: Actor, columns: set[str]) -> dict[str, list[dict[str, str]]]:
    """Records behind reference columns; those the viewer may not see stay without a name: two queries."""
    found: dict[str, list[Record]] = {}
    kinds = {kind: column for column, (_target, kind) in register.links.items() if column in columns}
    for link in record.links_out.filter(kind__in=kinds).select_related("target").order_by("position", "pk") if kinds else ():
        found.setdefault(kinds[link.kind], []).append(link.target)
    for column in columns & set(register.refs):
        target = getattr(entry, column, None) if own_field(register, column) is not None else record.owner
        if target is not None:
            found[column] = [target]
    if register.owner_column in columns and register.owner_column not in register.refs and record.owner is not None:
        found[register.owner_column] = [record.owner]
    ids = [r.pk for records in found.values() for r in records]
    seen = set(visible_to(actor, Record.objects.filter(pk__in=ids)).values_list("pk", flat=True)) if ids else set()
    return {
        column: [
            {"title": r.title, "url": reverse("record", args=[r.register, r.uid]) if r.register in REGISTERS else ""}
            if r.pk in seen
            else {"title": _("（不可查看的记录）"), "url": ""}
            for r in records
        ]
        for column, records in found.items()
    }


def _files(register: Register, record: Record, entry: Any, actor: Actor, mine: frozenset[str], hide: frozenset[str]) -> dict[str, Any]:
    attach = register.acts.get("attach")
    shown = [
        {"file": f, "open": files.may_read(register, f, actor), "part": part_word(f.part), "marked": files.is_marked(f)}
        for f in files.current_files(record)
    ]
    return {
        "files": shown, "can_upload": attach is not None and actor.signed_in and common.can(register, attach, actor, record, mine),
        "max_size": settings.FILE_MAX_BYTES, "parts": [(value, part_word(value)) for value, _label in File._meta.get_field("part").choices],
        "accept": ",".join(files.ALLOWED),
    }  # fmt: skip


def part_word(part: str) -> str:
    """Open or confidential, in words."""
    return {"open": _("公开部分"), "confidential": _("保密部分")}.get(part, part)


def readable_messages(record: Record, actor: Actor) -> Any:
    """Messages the actor may read: those to all, and those to the actor's own body."""
    own = set(actor.bodies) | set(actor.node_ids)
    return record.messages.filter(Q(side=None) | Q(side_id__in=own) | Q(author_id__in=actor.own_ids)).select_related("author", "side")


def _thread(register: Register, record: Record, entry: Any, actor: Actor, mine: frozenset[str], hide: frozenset[str]) -> dict[str, Any]:
    spec = register.acts.get("message")
    form = forms.build(spec.fields, {}) if spec else None
    allowed = spec is not None and actor.signed_in and common.can(register, spec, actor, record, mine)
    masked = register.owner_column in hide
    return {
        "thread": [_message(m, actor, masked) for m in readable_messages(record, actor)] if actor.signed_in else [], "can_message": allowed, "message_act": spec, "message_form": form,
        "notes": Note.objects.filter(teams.of_teams(actor), record=record).select_related("by") if actor.signed_in else [],
    }  # fmt: skip


def _message(message: Any, actor: Actor, masked: bool) -> dict[str, Any]:
    """A message with its author; in an anonymous case names are not shown to strangers."""
    who = _("本案一方") if masked and message.author_id != actor.user_id else str(message.author)
    return {"author": who, "at": message.at, "side": message.side, "text": message.text}


def _flow(register: Register, record: Record, entry: Any, actor: Actor, mine: frozenset[str], hide: frozenset[str]) -> dict[str, Any]:
    title = _("%(name)s的流程，现为“%(state)s”") % {
        "name": display.words(register),
        "state": register.state_label(record.state, "en" if display.english() else "zh"),
    }
    steps = [_step(register.flow, t, record.state) for t in register.flow.transitions]
    return {"diagram": diagrams.svg(register.flow, record.state, title), "steps": sorted(steps, key=lambda s: not s["now"])}


def _step(flow: Flow, t: Transition, state: str) -> dict[str, Any]:
    by_id = {s.id: s for s in flow.states}
    rule = book.current().clocks.get(t.clock) if t.clock else None
    kind = {"working": _("个工作日"), "calendar": _("个自然日")}.get(rule.kind, "") if rule else ""
    return {
        "transition": t, "now": state in t.sources, "sources": [by_id[s] for s in t.sources], "targets": [by_id[s] for s in dict.fromkeys((t.target, *t.targets))],
        "roles": roles.listed(t.roles), "guards": t.guards, "clock": f"{rule.days} {kind}" if rule else "", "unverified": rule.unverified if rule else False,
        "source": rule.source if rule else "",
    }  # fmt: skip


def _history(register: Register, record: Record, entry: Any, actor: Actor, mine: frozenset[str], hide: frozenset[str]) -> dict[str, Any]:
    open_to = actor.sees_all or bool(mine & {"owner", "node", "author"}) or bool(mine - actor.roles)
    return {"history_open": open_to, "events": events(register, record, actor, hide) if open_to else []}


def _links(record: Record, actor: Actor) -> Any:
    seen = visible_to(actor, Record.objects.all())
    return Link.objects.filter(Q(source=record, target__in=seen) | Q(target=record, source__in=seen))


def _threads(register: Register, record: Record, entry: Any, actor: Actor, mine: frozenset[str], hide: frozenset[str]) -> dict[str, Any]:
    """What this record leads to and comes from: its links in both directions."""
    rows = list(_links(record, actor).select_related("source", "target").order_by("-at", "pk")[:400])
    out = [_link(li, li.target, register) for li in rows if li.source_id == record.pk and li.target.register in REGISTERS]
    into = [
        _link(li, li.source, REGISTERS.get(li.source.register))
        for li in rows
        if li.target_id == record.pk and li.source.register in REGISTERS
    ]
    return {
        "sides": [
            {"label": _("由此引出与引用"), "links": out, "empty": _("还没有引用其他记录")},
            {"label": _("引用此记录的"), "links": into, "empty": _("还没有其他记录引用它")},
        ]
    }


def _link(link: Link, other: Record, source: Register | None) -> dict[str, Any]:
    column = next((c for c, (_target, kind) in source.links.items() if kind == link.kind), None) if source else None
    kind = display.words(source.column(column)) if source and column and source.column(column) else roles.link_word(link.kind)
    return {"record": other, "register": REGISTERS[other.register], "kind": kind, "at": link.at}


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "content": _content, "files": _files, "messages": _thread, "flow": _flow, "history": _history, "thread": _threads,
}  # fmt: skip
