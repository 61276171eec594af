"""One's own desk: account page, keys, sessions, deputies, mail, calendar; saved searches, stars, recent records, long work."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import alerts, clock, deputies, digests, jobs, keys, waits
from trihelix.kernel.actor import visible_to
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import ApiKey, Deputy, Grant, Record, SavedSearch, Star, User
from trihelix.kernel.register import REGISTERS
from trihelix.site import display, roles
from trihelix.site.pages import common
from trihelix.site.words import often_words

BEHALF = "behalf"  # the key in the session that says for whom one acts
RECENT = "recent"  # the cookie with the records last opened: kept in the browser, nowhere else
RECENT_SHOWN = 12


def signed_in(request: HttpRequest) -> Any:
    """The actor, who must be signed in."""
    if not request.actor.signed_in:
        raise Denied(Problem("sign_in", "请先登录"))
    return request.actor


def day_of(request: HttpRequest, name: str) -> dt.date | None:
    """A date of a form; empty is none, anything else is refused by name."""
    text = request.POST.get(name, "").strip()
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused.one("bad_date", f"“{text}” 不是日期，请写成 2026-05-28", field=name, value=text) from None


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What belongs to one's account: roles with their ends, deputies, keys, sessions, mail, calendar, second factor."""
    return _account(request)


def _account(request: HttpRequest, **shown: Any) -> HttpResponse:
    actor, today = signed_in(request), clock.today()
    user = User.objects.get(pk=actor.user_id)
    grants = Grant.objects.filter(user=user).select_related("scope").order_by("valid_from", "pk")
    context = {
        "user": user, "today": today, "grants": [{"grant": g, "role": roles.word(g.role), "over": g.valid_to is not None and g.valid_to < today} for g in grants],
        "deputies": Deputy.objects.filter(user=user, ended_at=None, until__gte=today).select_related("deputy").order_by("since"),
        "principals": deputies.principals(user.pk), "colleagues": _colleagues(user, today), "preference": digests.of(user.pk), "mail_ways": mail_words(),
        "keys": ApiKey.objects.filter(user=user).order_by("-created_at"), "scopes": keys.SCOPES, "sessions": _sessions(request, user), "now": clock.now(), **shown,
    }  # fmt: skip
    return render(request, "trihelix/account.html", context)


def mail_words() -> list[tuple[str, str]]:
    """The ways of mail in words."""
    words = {"each": _("每条通知一封"), "daily": _("每天汇总一封"), "weekly": _("每周汇总一封"), "none": _("不发邮件")}
    return [(m, words[m]) for m in digests.MAIL]


def _colleagues(user: User, today: dt.date) -> list[User]:
    scopes = deputies.scopes_of(user, today)
    held = Grant.objects.filter(scope__in=[s for s in scopes if s is not None])
    if None in scopes:
        held = held | Grant.objects.filter(scope=None)
    return list(
        User.objects.filter(pk__in=held.values("user"), is_active=True, system=False).exclude(pk=user.pk).order_by("display_name")[:200]
    )


def _sessions(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    from allauth.usersessions.models import UserSession

    held = UserSession.objects.filter(user=user).order_by("-last_seen_at")
    live = set(
        Session.objects.filter(session_key__in=held.values("session_key"), expire_date__gt=clock.now()).values_list(
            "session_key", flat=True
        )
    )
    return [{"session": s, "here": s.session_key == request.session.session_key} for s in held if s.session_key in live]


def _end_session(request: HttpRequest) -> None:
    from allauth.usersessions.models import UserSession

    held = UserSession.objects.filter(user_id=request.actor.user_id)
    which = request.POST.get("session", "")
    chosen = held.exclude(session_key=request.session.session_key) if which == "others" else held.filter(pk=which if which.isdigit() else 0)
    for session in chosen:
        session.end()


def _issue_key(request: HttpRequest) -> HttpResponse:
    days = request.POST.get("days", "365")
    key, token = keys.issue(
        by=request.actor, name=request.POST.get("name", ""), scopes=request.POST.getlist("scopes"), days=int(days) if days.isdigit() else 0
    )
    return _account(request, fresh_key=key, token=token)


def _revoke_key(request: HttpRequest) -> None:
    keys.revoke(by=request.actor, prefix=request.POST.get("prefix", ""))


def _appoint(request: HttpRequest) -> None:
    deputy = User.objects.filter(username=request.POST.get("deputy", ""), is_active=True).first()
    since, until = day_of(request, "since") or clock.today(), day_of(request, "until")
    if deputy is None or until is None:
        raise Refused.one("required", "请选择代办人并填写止日", field="deputy")
    deputies.appoint(by=request.actor, deputy=deputy, since=since, until=until, reason=request.POST.get("reason", ""))


def _end_deputy(request: HttpRequest) -> None:
    pk = request.POST.get("pk", "")
    held = Deputy.objects.select_related("deputy").filter(pk=pk if pk.isdigit() else 0).first()
    if held is None:
        raise Unseen(Problem("not_found", "找不到该代办安排", field="deputy"))
    deputies.end(by=request.actor, held=held)


def _behalf(request: HttpRequest) -> None:
    """Begin or end acting for another; the session remembers it, every page says so."""
    name = request.POST.get("user", "")
    request.session.pop(BEHALF, None)
    if name:
        principal = deputies.principals(request.user.pk).filter(username=name).first()
        if principal is None:
            raise Denied(Problem("not_deputy", "您现在不是这位同事的代办人", field="user"))
        request.session[BEHALF] = principal.pk


def _mail(request: HttpRequest) -> None:
    digests.choose(by=request.actor, mail=request.POST.get("mail", ""))


def _calendar(request: HttpRequest) -> HttpResponse:
    secret = digests.new_calendar(request.actor)
    return _account(request, calendar_url=request.build_absolute_uri(reverse("calendar-feed", args=[secret])))


def _password(request: HttpRequest) -> None:
    from django.contrib.auth import update_session_auth_hash
    from django.contrib.auth.forms import PasswordChangeForm

    form = PasswordChangeForm(request.user, request.POST)
    if not form.is_valid():
        raise Refused.of(Problem("bad_password", str(e), field="password") for errors in form.errors.values() for e in errors)
    update_session_auth_hash(request, form.save())


DOINGS: dict[str, Callable[[HttpRequest], HttpResponse | None]] = {
    "issue-key": _issue_key, "revoke-key": _revoke_key, "end-session": _end_session, "appoint": _appoint, "end-deputy": _end_deputy,
    "behalf": _behalf, "mail": _mail, "calendar": _calendar, "password": _password,
}  # fmt: skip


@require_POST
def account_do(request: HttpRequest, what: str) -> HttpResponse:
    """One change of one's own account."""
    signed_in(request)
    if what not in DOINGS:
        raise Unseen(Problem("not_found", "没有这个操作", field="what", value=what))
    if what not in ("behalf", "end-deputy") and request.actor.on_behalf_of:
        raise Denied(Problem("on_behalf", "代办时不能改账号设置；请先结束代办", field="what"))
    answer = DOINGS[what](request)
    if answer is not None:
        return answer
    messages.success(request, _("已保存。"))
    return HttpResponseRedirect(common.back(request, reverse("account")))


@require_http_methods(["GET", "HEAD", "POST"])
def saved(request: HttpRequest) -> HttpResponse:
    """One's saved searches with their alerts; keeping another."""
    actor = signed_in(request)
    if request.method == "POST":
        made = alerts.keep(
            by=actor, name=request.POST.get("name", ""), register=request.POST.get("register", ""), query=request.POST.get("query", ""),
            often=request.POST.get("often", "never"),
        )  # fmt: skip
        messages.success(request, _("已保存检索：%(name)s") % {"name": made.name})
        return HttpResponseRedirect(reverse("saved"))
    rows = [
        {"search": s, "url": address_of(s), "where": where_of(s)}
        for s in SavedSearch.objects.filter(user_id=actor.user_id).order_by("name", "pk")
    ]
    return render(request, "trihelix/saved.html", {"rows": rows, "often": often_words()})


def address_of(search: SavedSearch) -> str:
    """The page that a saved search stands for."""
    base = reverse("list", args=[search.register]) if search.register in REGISTERS else reverse("search")
    return f"{base}?{search.query}" if search.query else base


def where_of(search: SavedSearch) -> str:
    """What a saved search looks through."""
    return display.words(REGISTERS[search.register]) if search.register in REGISTERS else _("全部类别")


@require_POST
def saved_change(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Change how often, or drop, one's own saved search."""
    actor = signed_in(request)
    if request.POST.get("do") == "drop":
        alerts.own(actor, uid).delete()
        messages.success(request, _("已删除保存的检索。"))
    else:
        alerts.change(by=actor, uid=uid, often=request.POST.get("often", ""))
        messages.success(request, _("已保存。"))
    return HttpResponseRedirect(reverse("saved"))


@require_http_methods(["GET", "HEAD", "POST"])
def saved_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop an alert from its mail, without signing in; opening the link alone changes nothing, so that mail scanners do not stop it."""
    held = alerts.by_token(token)
    if request.method == "POST":
        SavedSearch.objects.filter(pk=held.pk).update(often="never")
        held.often = "never"
    return render(request, "trihelix/saved_stop.html", {"search": held})


@require_safe
def starred(request: HttpRequest) -> HttpResponse:
    """Records one marked, and those last opened in this browser."""
    actor = signed_in(request)
    marked = (
        Star.objects.filter(user_id=actor.user_id, record__in=visible_to(actor, Record.objects.all()))
        .select_related("record")
        .order_by("-at")
    )
    rows = [s.record for s in marked if s.record.register in REGISTERS]
    return render(request, "trihelix/starred.html", {"rows": rows, "recent": recent_records(request)})


def recent_ids(request: HttpRequest) -> list[uuid.UUID]:
    """The records last opened in this browser, newest first."""
    out = []
    for part in request.COOKIES.get(RECENT, "").split("."):
        try:
            out.append(uuid.UUID(part))
        except ValueError:
            continue
    return out[:RECENT_SHOWN]


def recent_records(request: HttpRequest) -> list[Record]:
    """Those records, as far as the viewer still sees them."""
    ids = recent_ids(request)
    if not ids:
        return []
    found = {r.uid: r for r in visible_to(request.actor, Record.objects.filter(uid__in=ids))}
    return [found[u] for u in ids if u in found and found[u].register in REGISTERS]


def remember(request: HttpRequest, response: HttpResponse, record: Record) -> HttpResponse:
    """Put a record first among those last opened: in a cookie of the browser, so that reading writes nothing here."""
    if request.actor.signed_in:
        ids = [record.uid, *(u for u in recent_ids(request) if u != record.uid)][:RECENT_SHOWN]
        response.set_cookie(
            RECENT, ".".join(u.hex for u in ids), max_age=90 * 86400, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    return response


@require_safe
def job(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """How far a piece of long work is, and what came of it; it may be left and found again from the notices."""
    held = jobs.own(signed_in(request), uid)
    template = "trihelix/parts/job.html" if getattr(request, "htmx", False) else "trihelix/job.html"
    return render(
        request,
        template,
        {"job": held, "register": REGISTERS.get(held.payload.get("register", "")), "running": held.state in ("waiting", "running")},
    )


def inbox_sources(request: HttpRequest) -> list[dict[str, Any]]:
    """One's own tasks, and those of the people one deputises for, each said on whose behalf."""
    actor = request.actor
    sources = [{"actor": actor, "for": None}]
    if actor.on_behalf_of is None:
        sources += [{"actor": deputies.acting_for(request.user, p), "for": p} for p in deputies.principals(actor.user_id)]
    return [{**s, "waits": waits.mine(s["actor"])} for s in sources]
