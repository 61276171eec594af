"""Objections to public notices by people without an account: filed by real name, seen by those who answer, followed by a link."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from trihelix.engines.errors import Refused
from trihelix.kernel import clock, outbox, publicity, waits
from trihelix.kernel.models import JournalEntry, Record, SignedLink
from trihelix.kernel.register import REGISTERS, register_of

pytestmark = pytest.mark.django_db
WAN = 1_000_000
GIVEN = {
    "name": "示例-张三", "id_kind": "resident", "id_number": "123X", "contact": "zhang@example.org", "grounds": "底价低于可比合同", "evidence": "见附件三份合同",
}  # fmt: skip


def run(register, act, **values):
    return register_of(register).acts[act].run(**values)


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def lot(actor):
    """A lot on the market from today, decided by the body's own office."""
    office, desk = actor("utcm-office"), actor("officer")
    completers = [{"person": "p-058", "name": "示例-何二", "ratio": "1"}]
    result = run(
        "inventions", "create", by=office, title="提取方法", kind="patent", granted_on=dt.date(2025, 6, 1), completers=completers,
    )  # fmt: skip
    run("inventions", "disclose", by=office, record=result.uid)
    run("inventions", "claim", by=office, record=result.uid, minutes="校办", registered_on=clock.today())
    made = run(
        "listings", "create", by=office, title="提取方法许可", invention=result.number, way="listing", kind="LIC", base_wan=100 * WAN, price_basis="询价",
    )  # fmt: skip
    run("listings", "decide", by=office, record=made.uid, minutes="校务会", no_gain=True)
    run("listings", "submit", by=office, record=made.uid)
    run("listings", "publish", by=desk, record=made.uid, text="挂牌公告")
    return Record.objects.get(pk=made.pk)


def address(record):
    return reverse("object", args=[record.register, record.uid])


def state(record):
    return Record.objects.values_list("state", flat=True).get(pk=record.pk)


def test_a_visitor_objects_is_given_a_receipt_and_follows_it_to_the_answer(visit, actor, lot, mailoutbox):
    visitor = visit()
    page = visitor.get(reverse("record", args=["listings", lot.uid])).content.decode()
    assert address(lot) in page and lot.title in visitor.get(reverse("publicity")).content.decode()
    evidence = SimpleUploadedFile("证据.txt", "三份合同".encode())
    answer = visitor.post(address(lot), {**GIVEN, "file": evidence}, follow=True)
    made = Record.objects.get(register="objections", links_out__target=lot)
    receipt = answer.content.decode()
    assert made.number in receipt and answer.redirect_chain[-1][0].startswith("/link/")
    assert made.files.get().part == "confidential"
    # it waits with the node's and the office's own people, and with the province
    office = actor("utcm-office")
    assert waits.mine(office).filter(record=made, act="accept").exists()
    assert not waits.mine(actor("utcm-teacher")).filter(record=made).exists()
    # nobody else learns who objects: not the public, not a colleague, not the journal
    for name in (None, "utcm-teacher", "jicui"):
        assert visit(name).get(reverse("record", args=["objections", made.uid])).status_code == 404
    assert GIVEN["name"] in visit("utcm-office").get(reverse("record", args=["objections", made.uid])).content.decode()
    assert GIVEN["name"] not in str(JournalEntry.objects.filter(record=made).values_list("changes", flat=True))
    assert GIVEN["name"] not in visitor.get(reverse("record", args=["listings", lot.uid])).content.decode()
    # the office takes it up: the lot stops; the answer lets it go on, and is read behind the link
    run("objections", "accept", by=office, record=made.uid, suspends=True)
    assert state(lot) == "suspended"
    run("objections", "answer", by=office, record=made.uid, answer="可比合同不含设备，底价合理。", remedy="none")
    assert (state(lot), state(made)) == ("listed", "answered")
    link = re.search(r"/link/[^/]+/", answer.redirect_chain[-1][0]).group()
    followed = visitor.get(link).content.decode()
    assert "可比合同不含设备" in followed and "申诉" in followed
    visitor.post(link, {"act": "appeal", "text": "不服，设备应计入"})
    assert state(made) == "appealed"
    while outbox.drain():
        pass
    assert any(GIVEN["contact"] in m.to and made.number in m.subject for m in mailoutbox)


def test_the_form_says_what_is_missing_and_takes_no_whole_identity_number(visit, lot):
    visitor = visit()
    page = visitor.post(address(lot), {**GIVEN, "name": "", "evidence": ""})
    assert page.status_code == 422 and page.content.decode().count("请填写") >= 2
    page = visitor.post(address(lot), {**GIVEN, "id_number": "220102199001011234"})
    assert page.status_code == 422 and "后四位" in page.content.decode()
    page = visitor.post(address(lot), {**GIVEN, "id_kind": "credit_code", "id_number": "123"})
    assert page.status_code == 422
    page = visitor.post(address(lot), {**GIVEN, "file": SimpleUploadedFile("a.exe", b"MZ")})
    assert page.status_code == 422 and ".exe" in page.content.decode()
    assert (
        not Record.objects.filter(register="objections", links_out__target=lot).exists()
        and not SignedLink.objects.filter(role="author").exists()
    )


def test_after_the_last_day_it_is_refused_and_said_on_the_page(visit, lot, monkeypatch):
    end = publicity.last_day(lot)
    monkeypatch.setattr(clock, "today", lambda: end)
    assert "受理至" in visit().get(address(lot)).content.decode()
    monkeypatch.setattr(clock, "today", lambda: end + dt.timedelta(days=1))
    visitor = visit()
    assert "不再受理异议" in visitor.get(address(lot)).content.decode()
    answer = visitor.post(address(lot), GIVEN)
    assert answer.status_code == 422 and f"公示期至 {end}，已过" in answer.content.decode()
    assert not Record.objects.filter(register="objections", links_out__target=lot).exists()
    assert lot.title not in visitor.get(reverse("publicity")).content.decode()


def test_so_many_an_hour_from_one_address(visit, lot, settings):
    settings.OBJECTIONS_AN_HOUR = 2
    visitor = visit()
    assert [visitor.post(address(lot), GIVEN).status_code for _ in range(3)] == [302, 302, 429]
    assert visitor.post(address(lot), GIVEN)["Retry-After"].isdigit()


def test_the_notice_does_not_end_while_an_objection_is_not_looked_at(actor, lot):
    office = actor("utcm-office")
    run("objections", "create", by=actor("jicui"), target=lot.number, **{k: GIVEN[k] for k in ("name", "contact", "grounds", "evidence")})
    assert publicity.undecided(lot)
    Record.objects.filter(pk=lot.pk).update(state="ready")
    with pytest.raises(Refused) as held:
        run("listings", "award", by=office, record=lot.uid)
    assert held.value.problems[0].code == "objection_open"
    made = Record.objects.get(register="objections", links_out__target=lot)
    run("objections", "reject", by=office, record=made.uid, reason="没有证据")
    assert not publicity.undecided(lot)


def test_what_is_not_on_notice_is_refused(visit, actor, need):
    assert visit().get(address(need)).status_code == 404
    with pytest.raises(Refused) as missing:
        run(
            "objections",
            "create",
            by=actor("jicui"),
            target=need.number,
            **{k: GIVEN[k] for k in ("name", "contact", "grounds", "evidence")},
        )
    assert missing.value.problems[0].code == "not_listed"


def test_every_declared_notice_names_acts_of_its_own_flow():
    noticed = [r for r in REGISTERS.values() if r.notice is not None]
    assert {"listings", "applications", "subsidy_lists", "share_plans", "title_cases", "secondments"} <= {r.id for r in noticed}
    for register in noticed:
        acts = {t.act for t in register.flow.transitions}
        named = [step[0] for step in (register.notice.stop, *register.notice.remedies.values()) if step]
        assert {*named, *register.notice.closing} <= acts, register.id
        assert set(register.notice.states) <= {s.id for s in register.flow.states}
        for act, values in register.notice.remedies.values():
            known = {c.name for c in register.acts[act].fields}
            assert set(values) <= known
