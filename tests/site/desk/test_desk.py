"""The desk: deputies, snoozes, saved searches, groups, batches, notes, restore, undo, links, people, keys, feeds."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.urls import reverse

from trihelix.engines.errors import Refused
from trihelix.kernel import (
    alerts,
    bulk,
    clock,
    deputies,
    digests,
    index,
    journal,
    links,
    mailboxes,
    outbox,
    people,
    reminders,
    teams,
    undo,
    waits,
)
from trihelix.kernel import restore as versions
from trihelix.kernel.actor import visible_to
from trihelix.kernel.models import ApiKey, Grant, JournalEntry, Message, Notice, Outbox, Record, SavedSearch, User, Wait
from trihelix.kernel.outbox import HANDLERS
from trihelix.kernel.register import register_of

pytestmark = pytest.mark.django_db


def user(name):
    return User.objects.get(username=name)


def run(register, act, **values):
    return register_of(register).acts[act].run(**values)


def drained():
    """Everything queued is sent, whatever the demo queued before."""
    while outbox.drain():
        pass


@pytest.fixture
def draft(actor):
    """A need that the firm's clerk entered and sent to its node."""
    firm = actor("chiyu-clerk")
    need = run(
        "needs", "create", by=firm, title="制动盘高频噪声的在线判别", problem="台架上无法稳定判别。", ownership="shared", deadline=dt.date(2035, 1, 1),
        budget_wan=1_000_000, indicators=[{"name": "判别率", "target": "95", "op": ">="}],
    )  # fmt: skip
    return need.record


def refused(code, call, **values):
    with pytest.raises(Refused) as found:
        call(**values)
    assert found.value.problems[0].code == code
    return found.value


# deputies


def test_a_deputy_acts_under_their_own_name_and_it_is_said_for_whom(actor, visit, draft):
    boss, clerk = actor("chiyu"), user("chiyu-clerk")
    today = clock.today()
    refused("not_colleague", deputies.appoint, by=boss, deputy=user("jicui"), since=today, until=today)
    refused("date_order", deputies.appoint, by=boss, deputy=clerk, since=today, until=today - dt.timedelta(days=1))
    refused("not_deputy", deputies.acting_for, user=clerk, principal=user("chiyu"))
    held = deputies.appoint(by=boss, deputy=clerk, since=today, until=today + dt.timedelta(days=3), reason="出差")
    by = deputies.acting_for(clerk, user("chiyu"))
    assert by.body_roles == boss.body_roles and by.user_id == clerk.pk and by.on_behalf_of == boss.user_id
    run("needs", "submit", by=by, record=draft.uid)
    entry = JournalEntry.objects.filter(record=draft, action="needs.submit").get()
    assert (entry.actor_id, entry.on_behalf_of_id) == (clerk.pk, boss.user_id)
    client = visit("chiyu-clerk")
    client.post(reverse("account-do", args=["behalf"]), {"user": "chiyu"})
    assert "您正在代" in client.get(reverse("inbox")).content.decode()
    assert (
        "（代" in client.get(reverse("record", args=["needs", draft.uid]), {"tab": "history"}).content.decode()
        or "代 " in client.get(reverse("record", args=["needs", draft.uid]), {"tab": "history"}).content.decode()
    )
    deputies.end(by=boss, held=held)
    assert "您正在代" not in client.get(reverse("inbox")).content.decode()


def test_hand_over_moves_everything_open_at_once(actor, draft):
    boss, clerk = actor("chiyu"), user("chiyu-clerk")
    other = User.objects.create(username="chiyu-new", display_name="新文员")
    Grant.objects.create(user=other, role="member", scope_id=next(iter(boss.bodies)), valid_from=clock.today())
    wait = Wait.objects.create(record=draft, act="submit", role="owner", scope=draft.owner, user=clerk, since=clock.now())
    refused("denied", deputies.hand_over, by=actor("jicui"), person=clerk, successor=other)
    moved = deputies.hand_over(by=boss, person=clerk, successor=other)
    wait.refresh_from_db()
    assert wait.user == other and moved["tasks"] >= 1 and moved["authored"] >= 1 and moved["roles"] == 1
    assert "author" in actor("chiyu-new").roles_on(draft)
    assert not actor("chiyu-clerk").bodies and draft.created_by_id == clerk.pk


# inbox


def test_snooze_never_past_the_limit_and_counters(actor, visit, draft):
    run("needs", "submit", by=actor("chiyu"), record=draft.uid)
    node = next(n for n in ("station-province", "station-tonghua", "station-jian") if waits.mine(actor(n)).filter(record=draft).exists())
    held = waits.mine(actor(node)).get(record=draft)
    due = clock.local_date(held.due_at)
    refused("past_due", teams.snooze, by=actor(node), wait=held.pk, until=due + dt.timedelta(days=1))
    refused("date_past", teams.snooze, by=actor(node), wait=held.pk, until=clock.today())
    refused("not_found", teams.snooze, by=actor("jicui"), wait=held.pk, until=due)
    client = visit(node)
    before = client.get(reverse("inbox")).content.decode()
    assert draft.title in before
    client.post(reverse("snooze"), {"wait": held.pk, "until": due.isoformat()})
    assert draft.title not in client.get(reverse("inbox")).content.decode()
    assert draft.title in client.get(reverse("inbox"), {"show": "snoozed"}).content.decode()


def test_an_assigned_task_stays_with_its_person(actor, visit, op):
    wait = Wait.objects.filter(role="officer", user=None).first() or Wait.objects.create(
        record=Record.objects.filter(register="needs").first(), act="accept", role="officer", since=clock.now()
    )
    colleague = User.objects.create(username="officer-2", display_name="第二经办")
    Grant.objects.create(user=colleague, role="officer", valid_from=clock.today())
    refused("not_colleague", teams.assign, by=actor("officer"), wait=wait.pk, to=user("jicui"))
    teams.assign(by=actor("officer"), wait=wait.pk, to=colleague)
    assert not waits.mine(actor("officer")).filter(pk=wait.pk).exists() and waits.mine(actor("officer-2")).filter(pk=wait.pk).exists()
    assert Notice.objects.filter(user=colleague, text__startswith="分派给您").exists()


def test_a_missed_limit_climbs_from_person_to_unit_to_node(actor, draft):
    firm = actor("chiyu")
    wait = Wait.objects.create(
        record=draft, act="submit", role="owner", scope_id=next(iter(firm.bodies)), since=clock.now(),
        due_at=dt.datetime(2026, 9, 1, 12, tzinfo=clock.SHANGHAI),
    )  # fmt: skip

    def told(key):
        return Notice.objects.filter(record=draft, key__contains=f":{key}:{wait.pk}").count()

    reminders.escalate(wait.due_at + dt.timedelta(hours=1))
    assert (told("late") > 0, told("unit"), told("escalate")) == (True, 0, 0)
    reminders.escalate(clock.end_of(dt.date(2026, 9, 2)))
    assert told("unit") > 0 and told("escalate") == 0
    reminders.escalate(clock.end_of(dt.date(2026, 9, 4)))
    count = told("escalate")
    reminders.escalate(clock.end_of(dt.date(2026, 9, 9)))
    assert count == told("escalate") and count > 0


def test_digest_gathers_mail(actor, draft):
    who = user("chiyu")
    digests.choose(by=actor("chiyu"), mail="daily")
    refused("unknown_choice", digests.choose, by=actor("chiyu"), mail="hourly")
    now = clock.now()
    who.preference.digest_at = now - dt.timedelta(days=2)
    who.preference.save()
    outbox.put_notice(draft, "有一条通知", now, users=[who.pk], key="digest-test")
    drained()
    assert not [m for m in mail.outbox if "有一条通知" in m.subject], "single mails stop"
    morning = dt.datetime.combine(clock.today() + dt.timedelta(days=1), dt.time(8), tzinfo=clock.SHANGHAI)
    assert digests.send_digests(morning) == 1 and digests.send_digests(morning) == 0
    letter = Outbox.objects.get(kind="letter", key=f"letter:digest:{who.pk}:{clock.local_date(morning)}")
    HANDLERS["letter"](letter)
    assert any("有一条通知" in m.body for m in mail.outbox)


# saved searches


def test_an_alert_tells_what_is_new_and_why_and_is_stopped_by_its_link(actor, visit, need):
    officer = actor("officer")
    user("officer").email or User.objects.filter(username="officer").update(email="o@demo.example")
    saved = alerts.keep(by=officer, name="在线识别", register="needs", query="q=在线&kind=technical", often="once")
    assert alerts.run(saved, clock.now()) == 0, "what was there when it was kept is not new"
    row = {
        "ref": "SITE-9", "title": "在线监测焊缝温度", "owner": need.owner.ref, "kind": "technical", "problem": "需要连续监测。", "ownership": "shared",
        "indicators": [{"name": "误差", "op": "<=", "target": "2", "unit": "℃"}], "budget_wan": 1_000_000, "deadline": dt.date(2031, 1, 1),
    }  # fmt: skip
    bulk.import_rows(register_of("needs"), [row], officer, "x")
    assert alerts.run(SavedSearch.objects.get(pk=saved.pk), clock.now()) == 1
    told = Notice.objects.filter(user=user("officer"), key__startswith=f"alert:{saved.uid}").get()
    assert "新登记" in told.text and "在线监测焊缝温度" in told.text
    drained()
    letter = next(m for m in mail.outbox if "在线监测焊缝温度" in m.body)
    stop = re.search(r"/saved/stop/\S+", letter.body)[0]
    visitor = visit()
    assert visitor.get(stop).status_code == 200 and SavedSearch.objects.get(pk=saved.pk).often == "once", "opening alone stops nothing"
    visitor.post(stop)
    assert SavedSearch.objects.get(pk=saved.pk).often == "never"
    assert visitor.get("/saved/stop/forged/").status_code == 404
    refused("not_found", alerts.own, by=actor("jicui"), uid=saved.uid)


def test_an_alert_on_change_names_the_fields(actor, need):
    since = clock.now()
    run("needs", "change", by=actor("officer"), record=need.uid, tried="换过两种相机")
    need.refresh_from_db()
    assert "改动后符合" in alerts.why(need, since)[0]


def test_search_facets_include_and_exclude(visit, need):
    index.flush()
    client = visit()
    text = client.get(reverse("search"), {"q": need.title}).content.decode()
    field = need.entry.fields[0]
    assert f"field%3A{field}" in text
    with_it = client.get(reverse("search"), {"q": need.title, "f": f"field:{field}"}).content.decode()
    without = client.get(reverse("search"), {"q": need.title, "x": f"field:{field}"}).content.decode()
    address = reverse("record", args=["needs", need.uid])
    assert address in with_it and address not in without


def test_palette_stars_and_recent(visit, need):
    client = visit("jicui")
    client.get(reverse("record", args=["needs", need.uid]))
    client.post(reverse("mark", args=["needs", need.uid, "star"]), {"on": "1"})
    text = client.get(reverse("palette")).content.decode()
    assert need.title in text and "最近打开" in text
    page = client.get(reverse("starred")).content.decode()
    assert page.count(need.title) >= 2
    need.visibility, need.owner = "owner", Record.objects.filter(register="bodies").exclude(pk=need.owner_id).first()
    need.node = None
    need.save()
    assert need.title not in client.get(reverse("starred")).content.decode(), "what one may no longer see is not told by a star"


# lists


def test_groups_have_counts_and_wrong_groups_are_refused(visit, need):
    client = visit("officer")
    text = client.get(reverse("list", args=["needs"]), {"group": "state"}).content.decode()
    assert 'class="group"' in text
    assert client.get(reverse("list", args=["needs"]), {"group": "tried"}).status_code == 422
    assert client.get(reverse("list", args=["needs"]), {"group": "owner"}).status_code == 422, "anonymous owners are not found by grouping"


def test_a_batch_confirms_a_count_and_reports_each_refusal(visit, need, draft):
    client = visit("officer")
    address = reverse("batch", args=["needs"])
    query = f"q={need.title}"
    assert "1 条记录" in client.get(f"{address}?{query}&act=label").content.decode()
    wrong = client.post(address, {"query": query, "act": "label", "count": "7", "word": "重点"})
    assert wrong.status_code == 409
    done = client.post(address, {"query": query, "act": "label", "count": "1", "word": "重点"}).content.decode()
    assert "已办理 1 条" in done
    assert need.title in client.get(reverse("list", args=["needs"]), {"label": "重点"}).content.decode()
    assert need.title not in visit("jicui").get(reverse("list", args=["needs"]), {"label": "重点"}).content.decode(), (
        "labels are a team's own"
    )
    one = visit("chiyu").post(address, {"query": f"q={draft.title}", "act": "accept", "count": "1"}).content.decode()
    assert "未办理 1 条" in one and draft.number in one
    assert visit().get(address).status_code == 302


# records


def test_mentions_tell_only_those_who_may_read(actor, need):
    need.visibility = "owner"
    need.save()
    run("needs", "message", by=actor("jicui"), record=need.uid, text="请 @officer 和 @utcm-office 看看")
    uid = Message.objects.latest("pk").uid
    told = set(Notice.objects.filter(key__contains=f"at:{uid}").values_list("user__username", flat=True))
    assert told == {"officer"}


def test_notes_are_a_teams_own(visit, need):
    visit("officer").post(reverse("mark", args=["needs", need.uid, "note"]), {"text": "内部看法：先看样品"})
    address = reverse("record", args=["needs", need.uid]) + "?tab=messages"
    assert "先看样品" in visit("officer").get(address).content.decode()
    assert "先看样品" not in visit("jicui").get(address).content.decode()


def test_an_old_version_is_restored_as_a_new_act(actor, visit, draft):
    boss = actor("chiyu")
    first = draft.version
    title = draft.title
    run("needs", "change", by=boss, record=draft.uid, title="改坏了的名称", budget_wan=5_000_000)
    draft.refresh_from_db()
    versions.restore(by=boss, register=register_of("needs"), record=draft.uid, version=first)
    draft.refresh_from_db()
    assert draft.title == title and draft.entry.budget_fen == 1_000_000 and draft.version == first + 2
    entry = JournalEntry.objects.filter(record=draft).latest("pk")
    assert entry.action == "needs.change" and f"第 {first} 版" in entry.reason
    refused("nothing_differs", versions.restore, by=boss, register=register_of("needs"), record=draft.uid, version=first)
    refused("no_version", versions.restore, by=boss, register=register_of("needs"), record=draft.uid, version=99)
    page = visit("chiyu").get(reverse("record", args=["needs", draft.uid]), {"tab": "history"}).content.decode()
    assert "恢复到第 1 版" in page


def test_two_editors_learn_of_each_other(visit, draft):
    visit("chiyu").get(reverse("edit", args=["needs", draft.uid]))
    assert "也打开了这张表" in visit("chiyu-clerk").get(reverse("edit", args=["needs", draft.uid])).content.decode()


def test_the_case_as_pdf(visit, need):
    from pypdf import PdfReader

    answer = visit("jicui").get(reverse("case-pdf", args=["needs", need.uid]))
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    import io

    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.content)).pages)
    assert "目录" in text and "附件清单" in text and need.number in text
    assert visit().get(reverse("case-pdf", args=["needs", need.uid])).status_code == 302


def test_an_import_is_undone_as_one_act_while_nothing_depends_on_it(actor, op, need):
    firm = need.owner
    row = {
        "ref": "UNDO-1", "title": "要撤销的需求", "owner": firm.ref, "kind": "technical", "problem": "x" * 20, "ownership": "shared",
        "indicators": [{"name": "误差", "op": "<=", "target": "2"}], "budget_wan": 1_000_000, "deadline": dt.date(2031, 1, 1),
    }  # fmt: skip
    changed = {"ref": need.ref, "owner": firm.ref, "title": "改过的名称"}
    entry = bulk.import_rows(register_of("needs"), [row, changed], op, "x")
    made = Record.objects.get(register="needs", ref="UNDO-1")
    officer = actor("officer")
    refused("not_found", undo.undo, by=actor("jicui"), uid=entry.uid)
    run("needs", "message", by=officer, record=made.uid, text="有人用了")
    assert refused("changed_since", undo.undo, by=officer, uid=entry.uid).status == 409
    second = bulk.import_rows(register_of("needs"), [{**row, "ref": "UNDO-2", "title": "第二条"}, {**changed, "title": "又改"}], op, "y")
    undo.undo(by=officer, uid=second.uid)
    need.refresh_from_db()
    assert need.title == "改过的名称"
    assert not visible_to(officer, Record.objects.filter(title="第二条")).exists() and Record.objects.filter(title="第二条").exists()
    assert not Record.objects.filter(register="needs", ref="UNDO-2").exists(), "the key is free again"
    refused("undone", undo.undo, by=officer, uid=second.uid)
    journal.seal_pending()
    assert journal.verify()["ok"]


# accounts


def test_a_signed_link_opens_one_record_until_revoked(actor, visit, need):
    need.visibility = "owner"
    need.save()
    other = Record.objects.filter(visibility="owner").exclude(pk=need.pk).first() or Record.objects.filter(visibility="members").first()
    firm = actor("jicui")
    needs = register_of("needs")
    refused("not_found", links.issue, by=actor("utcm-office"), register=needs, record=need.uid, name="某人")
    refused("bad_number", links.issue, by=firm, register=needs, record=need.uid, name="某人", days=999)
    made, word = links.issue(by=firm, register=needs, record=need.uid, name="外部评审", email="r@x.example")
    client = visit()
    address = reverse("link", args=[word])
    assert need.title in client.get(address).content.decode()
    client.post(address, {"text": "已阅，建议补充样本量"})
    assert Message.objects.filter(record=need, text__startswith="已阅", author=made.user).exists()
    assert client.get(reverse("record", args=["needs", need.uid])).status_code == 404, "the link signs nobody in"
    assert not visible_to(links.opened(word)[1], Record.objects.filter(pk=other.pk)).exists()
    links.revoke(by=firm, uid=made.uid)
    over, forged = client.get(address), client.get(reverse("link", args=["forged"]))
    assert over.status_code == forged.status_code == 404 and need.title not in over.content.decode()


def test_a_body_invites_its_own_people(actor, visit):
    boss = actor("chiyu")
    scope = Record.objects.get(pk=next(iter(boss.bodies)))
    refused("denied", people.invite, by=actor("chiyu-clerk"), scope=scope, name="甲", email="a@x.example", role="member")
    refused("unknown_role", people.invite, by=boss, scope=scope, name="甲", email="a@x.example", role="officer")
    refused("bad_mail", people.invite, by=boss, scope=scope, name="甲", email="a", role="member")
    _made, word = people.invite(by=boss, scope=scope, name="新同事", email="new@x.example", role="member", valid_to=dt.date(2030, 1, 1))
    drained()
    assert any(word in m.body for m in mail.outbox if m.to == ["new@x.example"])
    client = visit()
    address = reverse("invitation", args=[word])
    assert client.post(address, {"username": "x", "password": "long-enough-77"}).status_code == 422
    assert client.post(address, {"username": "newcomer", "password": "short"}).status_code == 422
    assert client.post(address, {"username": "newcomer", "password": "long-enough-77"}).status_code == 302
    grant = Grant.objects.get(user__username="newcomer")
    assert (grant.scope_id, grant.role, grant.valid_to) == (scope.pk, "member", dt.date(2030, 1, 1))
    assert visit().get(address).status_code == 404, "a word serves once"
    page = visit("chiyu").get(reverse("people-manage"))
    assert page.status_code == 200 and "新同事" in page.content.decode()
    assert visit("chiyu-clerk").get(reverse("people-manage")).status_code == 403
    count = people.invite_list(
        by=boss,
        scope=scope,
        rows=[
            (2, {"name": "乙", "email": "b@x.example", "role": "signer"}),
            (3, {"name": "新同事", "email": "new@x.example", "role": "member"}),
        ],
    )
    assert count == {"invited": 1, "unchanged": 1}


def test_double_accounts_become_one(actor, need):
    admin = actor("admin")
    old, new = user("chiyu-clerk"), User.objects.create(username="clerk-again", display_name="文员")
    refused("denied", people.merge_accounts, by=actor("jicui"), old=old, new=new)
    people.merge_accounts(by=admin, old=old, new=new)
    old.refresh_from_db()
    assert not old.is_active and Grant.objects.filter(user=new, role="member").exists()


def test_keys_sessions_and_throttling(visit, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/5m/key"}
    from django.core.cache import cache

    cache.clear()
    client = visit("jicui")
    page = client.post(reverse("account-do", args=["issue-key"]), {"name": "对接脚本", "scopes": ["read"], "days": "30"}).content.decode()
    token = re.search(r"thx_\w+_[\w-]+", page)[0]
    key = ApiKey.objects.get(user__username="jicui", name="对接脚本")
    assert visit().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    client.post(reverse("account-do", args=["revoke-key"]), {"prefix": key.prefix})
    assert visit().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    guess = visit()
    answers = [guess.post(reverse("login"), {"username": "jicui", "password": f"wrong{n}"}).content.decode() for n in range(5)]
    assert "账号或密码不对" in answers[0] and "次数过多" in answers[-1]
    unknown = visit().post(reverse("login"), {"username": "nobody-here", "password": "wrong"}).content.decode()
    assert "账号或密码不对" in unknown, "an unknown name is answered like a known one"
    cache.clear()


def test_a_session_is_listed_and_ended(visit):
    from trihelix.cli.demo.province import PASSWORD

    first, second = visit(), visit()
    for client in (first, second):
        assert client.post(reverse("login"), {"username": "jicui", "password": PASSWORD}).status_code == 302
    assert "登录的设备" in first.get(reverse("account")).content.decode()
    first.post(reverse("account-do", args=["end-session"]), {"session": "others"})
    assert second.get(reverse("inbox")).status_code == 302 and first.get(reverse("inbox")).status_code == 200


# feeds


def test_calendar_and_atom(visit, actor, draft, need):
    from icalendar import Calendar

    run("needs", "submit", by=actor("chiyu"), record=draft.uid)
    node = next(n for n in ("station-province", "station-tonghua", "station-jian") if waits.mine(actor(n)).filter(record=draft).exists())
    secret = digests.new_calendar(actor(node))
    answer = visit().get(reverse("calendar-feed", args=[secret]))
    found = Calendar.from_ical(answer.content)
    assert any(draft.title in str(e.get("summary")) for e in found.walk("VEVENT"))
    digests.new_calendar(actor(node))
    assert visit().get(reverse("calendar-feed", args=[secret])).status_code == 404
    feed = visit().get(reverse("atom", args=["needs"]), {"q": need.title})
    assert need.title in feed.content.decode() and "atom" in feed["Content-Type"]
    assert draft.title not in visit("chiyu").get(reverse("atom", args=["needs"])).content.decode()


def test_glossary_has_both_languages(visit):
    text = visit().get(reverse("glossary"), {"q": "pilot"}).content.decode()
    assert "中试" in text and "pilot-scale" in text


def test_map_and_charts_carry_a_table_with_the_same_numbers(visit, need):
    text = visit().get(reverse("map", args=["needs"])).content.decode()
    assert text.count("<svg") >= 3 and text.count("<table") >= 3 and "示意图" in text
    assert len(re.findall(r'<g class="tile', text)) >= 60, "nine units and sixty counties"
    assert visit().get(reverse("map", args=["deals"])).status_code == 404


def test_a_snooze_is_of_one_person_only(actor, visit, draft):
    run("needs", "submit", by=actor("chiyu"), record=draft.uid)
    node = next(n for n in ("station-province", "station-tonghua", "station-jian") if waits.mine(actor(n)).filter(record=draft).exists())
    held = waits.mine(actor(node)).get(record=draft)
    colleague = User.objects.create(username="station-second", display_name="第二人")
    Grant.objects.create(user=colleague, role="station", scope=held.scope, valid_from=clock.today())
    until = clock.today() + dt.timedelta(days=1)
    teams.snooze(by=actor(node), wait=held.pk, until=until)
    mine, theirs = (waits.with_snoozes(waits.mine(actor(n)), actor(n)).get(pk=held.pk) for n in (node, "station-second"))
    assert (mine.snoozed_until, theirs.snoozed_until) == (until, None)
    assert draft.title not in visit(node).get(reverse("inbox")).content.decode()
    assert draft.title in visit("station-second").get(reverse("inbox")).content.decode()
    teams.snooze(by=actor(node), wait=held.pk, until=None)
    assert draft.title in visit(node).get(reverse("inbox")).content.decode()


def test_messages_are_copied_to_the_fixed_mailbox_of_the_bodies_that_read_them(actor, visit, draft):
    boss = actor("chiyu")
    scope = Record.objects.get(pk=draft.owner_id)
    refused("denied", mailboxes.set_address, by=actor("jicui"), scope=scope, address="x@example.org")
    refused("bad_mail", mailboxes.set_address, by=boss, scope=scope, address="x")
    client = visit("chiyu")
    page = client.post(reverse("people-manage"), {"do": "mailbox", "address": "office@firm.example"}, follow=True)
    assert "office@firm.example" in page.content.decode()
    drained()
    mail.outbox.clear()
    run("needs", "message", by=actor("chiyu-clerk"), record=draft.uid, text="请补一份检测报告")
    run("needs", "message", by=actor("officer"), record=draft.uid, text="只给处里看", private=False)
    drained()
    copies = [m for m in mail.outbox if m.to == ["office@firm.example"]]
    assert sorted("请补一份检测报告" in m.body for m in copies) == [False, True] and all(draft.number in m.body for m in copies)
    assert len({m.extra_headers["Message-ID"] for m in copies}) == 2
    mailboxes.set_address(by=boss, scope=scope, address="")
    run("needs", "message", by=actor("officer"), record=draft.uid, text="再补一份")
    drained()
    assert len([m for m in mail.outbox if m.to == ["office@firm.example"]]) == 2
    assert JournalEntry.objects.filter(action="desk.mailbox").count() == 2


def test_every_form_says_who_else_has_it_open(actor, visit, draft):
    boss, clerk = visit("chiyu"), visit("chiyu-clerk")
    edit, act = reverse("edit", args=["needs", draft.uid]), reverse("act", args=["needs", draft.uid, "submit"])
    name = user("chiyu").display_name
    assert boss.get(act).status_code == 200
    assert name in clerk.get(edit).content.decode().split('id="main-form"')[0]
    other = user("chiyu-clerk").display_name
    beat = boss.post(reverse("editing", args=["needs", draft.uid]))
    assert beat.status_code == 200 and other in beat.content.decode()
    wrong = boss.post(edit, {"title": ""})
    assert wrong.status_code == 422 and other in wrong.content.decode().split('id="main-form"')[0]
    boss.post(act, {})
    assert name not in clerk.post(reverse("editing", args=["needs", draft.uid])).content.decode()
    assert visit("jicui").post(reverse("editing", args=["needs", draft.uid])).status_code == 404
