"""What is on public notice now, and objecting to it by real name; without an account and without JavaScript."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, files, publicity
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS, Register
from trihelix.registers.programmes import objecting
from trihelix.site import forms, throttle
from trihelix.site.pages import common

HOUR, MOST = 3600, 1000


@dataclass(frozen=True)
class OnNotice:
    """A record on notice: until when, and whether objections are still taken. ``days``: left, today included."""

    register: Register
    record: Record
    ends: dt.date | None
    days: int | None

    @property
    def open(self) -> bool:
        return self.days is None or self.days > 0


def notice_of(register: Register, record: Record, entry: Any, today: dt.date) -> OnNotice | None:
    """The notice a record is on, over or not; none where it is on none."""
    if publicity.of(record) is None:
        return None
    ends = publicity.last_day(record, entry)
    return OnNotice(register, record, ends, None if ends is None else max(0, (ends - today).days + 1))


def on_notice(actor: Actor, today: dt.date) -> list[OnNotice]:
    """Everything on notice that the actor may see and still object to, what ends first in front.

    One query finds the registers that have any; the rows and their days are read of those only.
    """
    noticed = {r.id: r for r in REGISTERS.values() if r.notice is not None}
    where = Q(pk=None)
    for register in noticed.values():
        where |= Q(register=register.id, state__in=register.notice.states if register.notice else ())
    held: dict[str, list[int]] = {}
    rows = visible_to(actor, Record.objects.filter(where, merged_into=None)).order_by("-updated_at").values_list("register", "pk")
    for name, pk in rows[:MOST]:
        held.setdefault(name, []).append(pk)
    found = []
    for name, keys in held.items():
        register = noticed[name]
        for entry in entries(actor, register.model).filter(pk__in=keys):
            notice = notice_of(register, entry.record, entry, today)
            found += [notice] if notice is not None and notice.open else []
    return sorted(found, key=lambda n: (n.ends or dt.date.max, n.record.number))


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All notices on which objections are taken now."""
    return render(request, "trihelix/publicity.html", {"rows": on_notice(request.actor, clock.today()), "as_of": clock.now()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, register: Register, uid: uuid.UUID) -> HttpResponse:
    """Object to a record on notice by real name; the answer is a receipt with its number and the link by which it is followed."""
    record, entry = common.load(request, register, uid)
    notice = notice_of(register, record, entry, clock.today())
    if notice is None:
        raise Unseen(Problem("not_listed", _("此记录不在公示中，不能提出异议"), field="target", value=record.number))
    context: dict[str, Any] = {
        "register": register, "record": record, "notice": notice, "accept": ",".join(files.ALLOWED), "max_size": settings.FILE_MAX_BYTES,
    }  # fmt: skip
    if request.method != "POST":
        form = forms.build(objecting.asked(), {}) if notice.open else None
        return render(request, "trihelix/objection.html", {**context, "form": form, "problems": [], "labels": {}})
    form, values = forms.bind(objecting.asked(), request.POST)
    upload = request.FILES.get("file")
    if not form.problems:
        try:
            publicity.require_open(record, clock.today())
            _count(request)
            made, word = objecting.file(
                by=request.actor, target=record, values=forms.without_blanks(values),
                evidence=(upload.file, upload.name or "") if upload is not None else None,
            )  # fmt: skip
        except (throttle.TooMany, Denied):
            raise
        except Refused as refused:
            forms.place(form, refused.problems)
        else:
            return _receipt(request, made, word)
    return render(
        request, "trihelix/objection.html", {**context, "form": form, "problems": form.problems, "labels": form.labels}, status=422
    )


def _count(request: HttpRequest) -> None:
    """So many objections an hour from one address (visitors) or account."""
    most: int = settings.OBJECTIONS_AN_HOUR
    throttle.count(
        "objection",
        request,
        request.actor,
        most,
        HOUR,
        _("同一地址每小时最多提出 %(n)d 件异议，请稍后再试，或向公示单位书面提出") % {"n": most},
    )


def _receipt(request: HttpRequest, made: Any, word: str) -> HttpResponse:
    record = made.record
    text = _("异议已收到，回执编号 %(number)s。") % {"number": record.number}
    if not word:
        messages.success(request, text)
        return HttpResponseRedirect(reverse("record", args=[record.register, record.uid]))
    messages.success(request, text + _("请记下编号，并保存本页地址：办理情况和答复都在这里，只有您有这个地址。"))
    return HttpResponseRedirect(reverse("link", args=[word]))
