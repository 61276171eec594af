"""What an institution of the letter does, from its first record to its last: pages, inbox, notices and numbers included."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.test import Client

from trihelix.cli.demo import networks, resources
from trihelix.cli.demo.province import PARTS, Context
from trihelix.engines.errors import Refused
from trihelix.kernel import clock, journal, waits
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Notice, Record, User
from trihelix.kernel.register import REGISTERS, register_of

pytestmark = pytest.mark.django_db
WAN, YUAN = 1_000_000, 100


def run(register: str, act: str):
    return register_of(register).acts[act].run


def browser(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def waiting(actor, record) -> set[str]:
    return {w.act for w in waits.mine(actor).filter(record=record)}


def test_a_consortium_from_filing_to_evaluation_and_exit(actor, op):
    lead, officer = actor("jicui"), actor("officer")
    made = run("networks", "create")(
        by=lead,
        title="参茸创新联合体",
        kind="consortium",
        agreement_signed_on=dt.date(2025, 4, 1),
        agreement="决策与收益",
        liable_body="firm-jicui",
        secretariat="秘书处",
    )
    assert "submit" in waiting(lead, made.record)
    run("network_members", "create")(by=lead, title="驰域", owner="firm-chiyu", network=made.number, layer="close")
    with pytest.raises(Refused) as refusal:  # two firms only: the rule asks for three members, one of research among them
        run("networks", "submit")(by=lead, record=made.uid)
    assert {p.value for p in refusal.value.problems} == {"filing_members", "filing_research"}
    run("network_members", "create")(by=lead, title="吉大", owner="jlu", network=made.number, layer="core")
    run("networks", "submit")(by=lead, record=made.uid)
    assert "file" in waiting(officer, made.record)
    run("networks", "file")(by=officer, record=made.uid, filed_on=dt.date(2025, 5, 20), batch="2025年第一批")
    assert Notice.objects.filter(record=made.record, text__contains="已备案").exists()
    run("networks", "run")(by=lead, record=made.uid)
    page = Client().get(f"/networks/{made.uid}/").content.decode()
    assert "2025年第一批" in page and "驰域" in page
    joined = run("network_members", "create")(by=actor("utcm-office"), title="中医大", network=made.number)
    assert "admit" in waiting(lead, joined.record)
    run("network_members", "admit")(by=lead, record=joined.uid)
    year = clock.today().year - 1
    report = run("network_reports", "create")(by=lead, title="年报", network=made.number, year=year, work="攻关两项")
    run("network_reports", "submit")(by=lead, record=report.uid)
    run("network_reports", "accept")(by=officer, record=report.uid)
    graded = run("networks", "evaluate")(by=officer, record=made.uid, year=year, grade="excellent", opinion="成效明显", score=Decimal(93))
    assert (graded.grade, graded.record.state) == ("excellent", "running")
    assert "优秀" in Client().get(f"/networks/{made.uid}/").content.decode()
    counted = evaluate("networks.consortia", op, Period(None, clock.today())).raw()
    run("networks", "dissolve")(by=lead, record=made.uid, reason="任务完成")
    assert evaluate("networks.consortia", op, Period(None, clock.today())).raw() == counted - 1
    journal.seal_pending()
    assert journal.verify()["ok"]


def test_a_shared_instrument_is_booked_used_and_settled_at_the_members_price(actor, op):
    lead, keeper = actor("jicui"), actor("utcm-office")
    network = run("networks", "create")(by=lead, title="参茸联合体", kind="consortium")
    run("network_members", "create")(by=lead, title="中医大", owner="u-tcm", network=network.number)
    made = run("shared_resources", "create")(
        by=op,
        title="质谱仪",
        kind="instrument",
        owner="u-tcm",
        network=network.number,
        exclusive=True,
        price_yuan=300 * YUAN,
        member_price_yuan=200 * YUAN,
    )
    run("shared_resources", "open")(by=keeper, record=made.uid)
    assert browser("jicui").get(f"/bookings/new/?resource={made.uid}").status_code == 200
    booked = run("bookings", "create")(by=lead, title="检测", resource=made.number, day=clock.today(), starts_at="09:00", ends_at="11:00")
    assert booked.member_rate and booked.quoted_fen == 400 * YUAN
    assert "confirm" in waiting(keeper, booked.record)
    for act, values in (
        ("confirm", {}), ("start", {"samples": "三份"}), ("report", {"hours": Decimal("1.5"), "outcome": "合格"}), ("invoice", {"invoice_no": "24-1"}),
        ("settle", {"paid_on": clock.today()}),
    ):  # fmt: skip
        run("bookings", act)(by=keeper, record=booked.uid, **values)
    assert "300" in browser("jicui").get(f"/bookings/{booked.uid}/").content.decode()
    assert "1.5" in browser("utcm-office").get(f"/shared_resources/{made.uid}/").content.decode()
    outsider = run("bookings", "create")(
        by=actor("chiyu"), title="检测", resource=made.number, day=clock.today(), starts_at="13:00", ends_at="15:00"
    )
    assert not outsider.member_rate and outsider.quoted_fen == 600 * YUAN


def test_a_tenancy_from_application_to_graduation(actor, op):
    park = run("parks", "create")(by=op, title="孵化园", owner="jsti", area_m2=13_000)
    run("parks", "open")(by=op, record=park.uid)
    asked = run("tenancies", "create")(by=actor("jicui"), title="集翠参业", park=park.number, business="参制品")
    run("tenancies", "agree")(by=op, record=asked.uid, area_m2=500)
    assert Notice.objects.filter(record=asked.record, text__contains="同意入驻").exists()
    run("tenancies", "move_in")(by=op, record=asked.uid, moved_in_on=clock.today())
    money = run("tenant_investments", "create")(
        by=actor("jicui"), title="天使轮", tenancy=asked.number, investor="f-02", promised_wan=300 * WAN
    )
    run("tenant_investments", "pay")(by=actor("jicui"), record=money.uid, paid_wan=300 * WAN, paid_on=clock.today())
    assert "300" in browser("jicui").get(f"/tenancies/{asked.uid}/").content.decode()
    done = run("tenancies", "move_out")(by=actor("jicui"), record=asked.uid, moved_out_on=clock.today(), outcome="graduated", reason="毕业")
    assert done.record.state == "left"


def test_the_demo_content_fills_the_registers_and_every_page_opens(op):
    for name, part in (("networks", networks), ("resources", resources)):
        if name not in PARTS:
            part.load(Context(op, random.Random(1), clock.today()))
    officer = browser("officer")
    empty = {"network_tasks", "network_reports", "council_resolutions", "institute_labs", "sharing_reviews", "client_contacts"}
    for register in (r for r in REGISTERS.values() if r.model._meta.app_label in ("networks", "resources")):
        assert officer.get(f"/{register.id}/").status_code == 200
        record = Record.objects.filter(register=register.id).first()
        assert record is not None or register.id in empty, register.id
        if record is not None:
            assert officer.get(f"/{register.id}/{record.uid}/").status_code == 200
        assert officer.get(f"/{register.id}/new/").status_code == 200
    to_date, last_year = Period(None, clock.today()), Period(None, dt.date(2024, 12, 31))
    for name in ("consortia", "park_area", "tenants", "tenant_investment", "alliance_members"):
        assert evaluate(f"networks.{name}", op, to_date).raw() > 0, name
    for name in ("alliance_deals", "alliance_paid", "alliance_roadshows", "alliance_matchings", "firms_attracted", "firms_incubated"):
        assert evaluate(f"networks.{name}", op, last_year).raw() > 0, name
