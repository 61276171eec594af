"""Every page for every kind of viewer: it answers, says what it should, hides what it must, and asks a bounded number of queries."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from trihelix.kernel import index
from trihelix.kernel.actor import actor_for
from trihelix.kernel.models import Notice, Record, User
from trihelix.kernel.register import REGISTERS

VIEWERS = (None, "jicui", "utcm-office", "station-jian", "officer")
GENERIC = {"list", "new", "import", "template"}
RECORD_TABS = ("content", "files", "messages", "flow", "history", "thread")


def first_seen(register, username):
    from trihelix.kernel.actor import visible_to

    actor = actor_for(User.objects.get(username=username) if username else None)
    return visible_to(actor, Record.objects.filter(register=register)).first()


@pytest.mark.parametrize("username", VIEWERS)
@pytest.mark.parametrize("register", sorted(REGISTERS))
def test_lists_and_records_answer(visit, username, register):
    client = visit(username)
    assert client.get(reverse("list", args=[register])).status_code == 200
    if username == VIEWERS[sorted(REGISTERS).index(register) % len(VIEWERS)]:  # the file is the same for everybody, and takes its time
        assert client.get(reverse("template", args=[register])).status_code == 200
    for name in ("new", "import"):
        assert client.get(reverse(name, args=[register])).status_code in ((302,) if username is None else (200, 403))
    record = first_seen(register, username)
    if record is None:
        return
    for tab in RECORD_TABS:
        page = client.get(reverse("record", args=[register, record.uid]), {"tab": tab})
        assert page.status_code == 200, tab
        assert record.title in page.content.decode()


@pytest.mark.parametrize("username", VIEWERS)
def test_pages_of_the_site_answer(visit, username):
    client = visit(username)
    for name in ("home", "help", "health", "search", "palette", "login"):
        assert client.get(reverse(name)).status_code == 200, name
    for name in ("inbox", "notices"):
        assert client.get(reverse(name)).status_code == (302 if username is None else 200), name


def test_a_record_one_may_not_see_looks_like_none_at_all(visit):
    hidden = Record.objects.filter(visibility="owner").exclude(owner__grants__user__username="jicui").first()
    hidden = hidden or Record.objects.filter(visibility="members").first()
    seen = visit().get(reverse("record", args=[hidden.register, hidden.uid]))
    absent = visit().get(reverse("record", args=[hidden.register, "01941d72-0000-7000-8000-000000000000"]))
    assert seen.status_code == absent.status_code == 404
    assert hidden.title not in seen.content.decode()


def test_an_undeclared_register_has_no_address(visit):
    assert visit().get("/nothing/").status_code == 404
    assert visit().get("/needs/export.exe").status_code == 404
    assert "没有这个地址" in visit().get("/nothing/").content.decode()


def test_an_expired_form_and_a_fault_say_what_happened(visit, monkeypatch):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("language"), {"language": "en"})
    assert answer.status_code == 403 and "这张表单已过期" in answer.content.decode()

    def fault(*args):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("trihelix.site.pages.home.regions.counts", fault)
    careless = Client(raise_request_exception=False)
    answer = careless.get("/")
    assert answer.status_code == 500 and "系统出错" in answer.content.decode() and "broken on purpose" not in answer.content.decode()


def test_confidential_and_personal_values_are_not_shown_to_strangers(visit, need):
    entry = need.entry
    entry.tried, entry.contact_phone = "只给合作方看的尝试", "0431-00000000"
    entry.save()
    for username, shown in ((None, False), ("utcm-office", False), ("jicui", True), ("officer", True)):
        text = visit(username).get(reverse("record", args=["needs", need.uid])).content.decode()
        assert ("只给合作方看的尝试" in text) is shown, username
        assert ("0431-00000000" in text) is shown, username
    exported = b"".join(visit("utcm-office").get("/needs/export.jsonl", {"whole": "1"}).streaming_content).decode()
    assert need.number in exported and "0431-00000000" not in exported


def test_an_anonymous_owner_stays_unknown_to_strangers(visit, need):
    entry = need.entry
    entry.anonymous = True
    entry.save()
    name = need.owner.title
    for username, shown in ((None, False), ("utcm-office", False), ("jicui", True), ("officer", True)):
        client = visit(username)
        for address in (reverse("record", args=["needs", need.uid]), reverse("list", args=["needs"]) + f"?number={need.number}"):
            text = client.get(address).content.decode()
            assert need.title in text
            assert (name in text) is shown, (username, address)


def test_history_is_for_the_parties(visit, need):
    address = reverse("record", args=["needs", need.uid]) + "?tab=history"
    assert "历史对本案各方开放" in visit().get(address).content.decode()
    assert "历史对本案各方开放" in visit("utcm-office").get(address).content.decode()
    for username in ("jicui", "station-jian", "auditor"):
        assert "site tests" in visit(username).get(address).content.decode(), username


@pytest.mark.parametrize("register", sorted(REGISTERS))
def test_lists_ask_a_bounded_number_of_queries(visit, register, django_assert_max_num_queries):
    client = visit("officer")
    with django_assert_max_num_queries(12):
        client.get(reverse("list", args=[register]))


def test_a_record_page_asks_a_bounded_number_of_queries(visit, need, django_assert_max_num_queries):
    client = visit("jicui")
    for tab in RECORD_TABS:
        with django_assert_max_num_queries(26):
            client.get(reverse("record", args=["needs", need.uid]), {"tab": tab})


def test_no_request_writes_the_session(visit, need, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = visit("jicui")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(reverse("inbox"))
        client.get(reverse("record", args=["needs", need.uid]))
    assert not [q["sql"] for q in queries if re.match(r"\s*(INSERT|UPDATE|DELETE)", q["sql"], re.I)]


def test_pages_are_small_and_carry_no_inline_code(visit, need):
    for address in (
        reverse("home"),
        reverse("list", args=["needs"]),
        reverse("record", args=["needs", need.uid]),
        reverse("new", args=["needs"]),
    ):
        page = visit("jicui").get(address)
        text = page.content.decode()
        assert len(page.content) < 60_000, address
        assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)|<style", text), address
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), "nothing is fetched from elsewhere"
        assert "演示数据（合成）" in text
        assert "script-src 'self'" in page["Content-Security-Policy"]


def test_english_pages_are_english(visit, need):
    client = visit("jicui")
    client.cookies["django_language"] = "en"
    text = client.get(reverse("inbox")).content.decode()
    assert '<html lang="en"' in text
    seen = re.sub(r"<[^>]+>", " ", client.get(reverse("help")).content.decode())
    assert not set(re.findall(r"[\u4e00-\u9fff]{3,}", seen)) - {"集翠参业", "技术部", "（演示）", "中文"}, "no Chinese sentence is left"


def test_the_language_is_kept(visit):
    client = visit("jicui")
    answer = client.post(reverse("language"), {"language": "en", "next": "/needs/"})
    assert answer.status_code == 302 and answer["Location"] == "/needs/"
    assert User.objects.get(username="jicui").language == "en"
    assert client.post(reverse("language"), {"language": "xx"}).status_code == 422
    assert client.post(reverse("language"), {"language": "en", "next": "https://elsewhere.example/"})["Location"] == "/"


def test_signing_in(visit, settings):
    client = visit()
    assert "选用演示账号" in client.get(reverse("login")).content.decode()
    assert client.post(reverse("login"), {"username": "jicui", "password": "wrong"}).status_code == 422
    assert client.get(reverse("inbox")).status_code == 302
    answer = client.post(reverse("login"), {"demo": "jicui", "next": "/needs/"})
    assert answer["Location"] == "/needs/" and client.get(reverse("inbox")).status_code == 200
    client.post(reverse("logout"))
    assert client.get(reverse("inbox")).status_code == 302


def test_demo_accounts_exist_in_a_demo_only(visit, monkeypatch):
    monkeypatch.setattr("trihelix.site.pages.accounts.is_demo", lambda: False)
    client = visit()
    assert "选用演示账号" not in client.get(reverse("login")).content.decode()
    client.post(reverse("login"), {"demo": "jicui"})
    assert client.get(reverse("inbox")).status_code == 302


def test_notices_are_ones_own(visit, need):
    from trihelix.kernel import clock

    mine, other = User.objects.get(username="jicui"), User.objects.get(username="officer")
    for user, text in ((mine, "给企业的通知"), (other, "给处室的通知")):
        Notice.objects.create(user=user, record=need, key=f"t:{user.pk}", text=text, text_en="", at=clock.now())
    client = visit("jicui")
    text = client.get(reverse("notices")).content.decode()
    assert "给企业的通知" in text and "给处室的通知" not in text
    client.post(reverse("notices-read"))
    assert not Notice.objects.filter(user=mine, read_at=None).exists() and Notice.objects.filter(user=other, read_at=None).exists()


def test_a_refusal_is_a_page_and_for_htmx_a_fragment(visit, need):
    client = visit("utcm-office")
    address = reverse("act", args=["needs", need.uid, "withdraw"])
    page = client.post(address, {"reason": "试"})
    assert page.status_code == 403 and "<!doctype html>" in page.content.decode() and "权限" in page.content.decode()
    part = client.post(address, {"reason": "试"}, headers={"HX-Request": "true"})
    assert part.status_code == 403 and "<!doctype html>" not in part.content.decode() and "权限" in part.content.decode()


def test_search_finds_with_reasons_and_by_number(visit, need):
    index.flush()
    text = visit().get(reverse("search"), {"q": need.title}).content.decode()
    assert reverse("record", args=["needs", need.uid]) in text and "<mark>" in text and "相符的词" in text
    only = visit().get(reverse("search"), {"q": need.title, "kind": "results"}).content.decode()
    assert reverse("record", args=["needs", need.uid]) not in only
    assert need.title in visit().get(reverse("search"), {"q": need.number}).content.decode()


def test_search_palette_and_suggestions_show_only_what_one_may_see(visit, need):
    need.visibility = "owner"
    need.save()
    for username, shown in ((None, False), ("utcm-office", False), ("jicui", True), ("officer", True)):
        client = visit(username)
        assert (need.title in client.get(reverse("search"), {"q": need.number}).content.decode()) is shown, username
        assert (need.title in client.get(reverse("palette"), {"q": need.title[:8]}).content.decode()) is shown, username
        assert (need.title in client.get(reverse("lookup", args=["needs"]), {"x": need.title[:8]}).content.decode()) is shown, username
    assert "收件箱" not in visit().get(reverse("palette")).content.decode()
    assert "/needs/new/" in visit("jicui").get(reverse("palette"), {"q": "新建需求"}).content.decode()


def test_a_wrong_filter_says_so_and_shows_nothing(visit, need):
    for query in ({"nothing": "x"}, {"sort": "nothing"}, {"deadline__gte": "明天"}, {"sort": "contact_phone"}, {"kind": "unknown"}):
        page = visit("jicui").get(reverse("list", args=["needs"]), query)
        assert page.status_code in (403, 422), query
        assert need.title not in page.content.decode()


def test_a_list_is_filtered_sorted_and_shaped_by_its_address(visit, need):
    client = visit("officer")
    entry = need.entry
    query = {
        "budget_wan__gte": str(entry.budget_fen // 1_000_000),
        "budget_wan__lte": str(entry.budget_fen // 1_000_000 + 1),
        "sort": "title",
        "cols": ["title", "deadline"],
    }
    text = client.get(reverse("list", args=["needs"]), query).content.decode()
    assert need.title in text and 'aria-sort="ascending"' in text
    head = text[text.index("<thead>") : text.index("</thead>")]
    assert head.count("<th ") == 2 and "研发时限" in head
    empty = client.get(reverse("list", args=["needs"]), {"q": "没有这样的名称"}).content.decode()
    assert "没有符合条件的记录" in empty and "清除筛选" in empty


@pytest.mark.nodb
def test_every_column_of_a_list_has_a_name_in_both_languages():
    from trihelix.site.listing import column_of

    bare = []
    for register in REGISTERS.values():
        for name in dict.fromkeys((*register.list_columns, *register.filters)):
            column = column_of(register, name)
            if column is None or not column.zh or not column.en or column.zh == name:
                bare.append((register.id, name))
    assert bare == []
