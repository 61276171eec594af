"""A commissioner from the firm's wish to the renewal, and another who leaves early: what waits for whom, letters, outputs, money."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import docx
import pytest
from django.test import Client

from trihelix.engines.codes import application_of
from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock, journal
from trihelix.kernel.models import Record, User, Wait
from trihelix.kernel.register import register_of
from trihelix.kernel.waits import mine
from trihelix.registers.secondments import queries, terms
from trihelix.registers.secondments.actions import terms_end
from trihelix.registers.secondments.models import PostNeed, Secondment

pytestmark = pytest.mark.django_db
WAN = 1_000_000
DAY = dt.timedelta(days=1)


def run(register: str, act: str):
    return register_of(register).acts[act].run


def do(act: str, row, by, **values):
    return run("secondments", act)(by=by, record=row.record.uid, **values)


def waiting(by, row) -> set[str]:
    return {w.act for w in mine(by) if w.record_id == row.record.pk}


def read(username: str, address: str) -> str:
    """A Word file as its reader gets it: paragraphs and cells."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    got = client.get(address)
    assert got.status_code == 200, address
    made = docx.Document(io.BytesIO(got.content))
    cells = [c.text for t in made.tables for r in t.rows for c in r.cells]
    return "\n".join([*(p.text for p in made.paragraphs), *cells])


def noon(day: dt.date) -> dt.datetime:
    """Midday in the province."""
    return dt.datetime.combine(day, dt.time(4), dt.UTC)


@pytest.fixture
def sides(actor):
    """Firm, person, home body, province."""
    return actor("jicui"), actor("utcm-teacher"), actor("utcm-office"), actor("officer")


def appointed(sides, travel) -> Secondment:
    """From the firm's wish to the letter of appointment; every step waits for who must do it."""
    firm, person, home, op = sides
    wish = run("secondment_needs", "create")(
        by=firm, title="红参干燥工艺负责人", problem="红参干燥内白率高，缺少干燥曲线", field="medicine", wished_rank="教授",
        wished="热泵干燥与过程控制", duties=["solve"],
    )  # fmt: skip
    run("secondment_needs", "post")(by=firm, record=wish.uid)
    assert Wait.objects.filter(record=wish.pk, act="check").exists()  # the market's node, else the province
    wish = run("secondment_needs", "check")(by=op, record=wish.uid)
    found = queries.candidates(PostNeed.objects.get(pk=wish.pk), firm)
    assert [c["score"] for c in found] == sorted((c["score"] for c in found), reverse=True)
    assert any(c["reasons"] or c["field"] for c in found)
    row = run("secondment_needs", "name_person")(by=firm, record=wish.uid, person="p-058")
    batch = run("secondment_batches", "create")(by=op, title="第九十批", number_in_line=90, year=clock.today().year, planned=200)
    run("secondment_batches", "open")(by=op, record=batch.uid)

    assert "accept" in waiting(person, row) and "accept" not in waiting(firm, row)
    row = do("accept", row, person)
    assert "consent" in waiting(home, row)
    row = do("consent", row, home)
    assert Wait.objects.filter(record=row.pk, act="recommend").exists()  # the city
    row = do("recommend", row, op, batch=batch.number)
    row = do("qualify", row, op)
    assert row.checks and all(c["ok"] is not False for c in row.checks)
    row = do("publicise", row, op)
    assert Record.objects.get(pk=row.pk).visibility == "public"
    with pytest.raises(Refused) as early:
        do("appoint", row, op)
    assert {p.code for p in early.value.problems} == {"publicity_over"}
    travel.move_to(noon(row.publicity_to + DAY))
    return do("appoint", row, op, post_title="科创副总")


def serving(sides, travel) -> Secondment:
    """Signed by the three parties; the term runs with the third signature."""
    firm, person, home, _ = sides
    row = appointed(sides, travel)
    letter = read("officer", f"/secondments/{row.record.uid}/letter.docx")
    assert row.letter_no in letter and row.person.title in letter and row.host.title in letter
    for by, name in ((firm, "企业代表"), (person, "本人"), (home, "学校代表")):
        assert row.state == "appointed" and "sign" in waiting(by, row), name
        row = do("sign", row, by, name=name)
    agreement = read("jicui", f"/secondments/{row.record.uid}/agreement.docx")
    assert all(name in agreement for name in ("企业代表", "本人", "学校代表"))
    assert row.state == "serving" and row.ends_on == terms.years_on(row.starts_on, 2)
    return row


def test_a_whole_term_and_its_renewal(sides, time_machine):
    firm, person, home, op = sides
    time_machine.move_to(noon(clock.today() - dt.timedelta(days=760)))
    row = serving(sides, time_machine)
    first = row.starts_on

    def after(days: int) -> None:
        time_machine.move_to(noon(first + dt.timedelta(days=days)))

    after(130)
    for n in range(4):
        log = run("secondment_logs", "create")(
            by=person, secondment=row.record.number, title=f"调试{n}", on=first + dt.timedelta(days=20 + 35 * n), days=Decimal(30), problem="内白率高",
            solved=True, 
        )  # fmt: skip
        assert "confirm" in waiting(firm, log) and "confirm" not in waiting(person, log)
        run("secondment_logs", "confirm")(by=firm, record=log.uid, satisfaction=5)
    assert queries.service(row)["days"] == Decimal(120)

    after(140)
    bulk.import_rows(register_of("contracts"), [{
        "ref": "HT-story", "title": "红参干燥技术服务", "owner": "u-tcm", "office": "JL", "kind": next(iter(register_of("contracts").column("kind").choices)),
        "sign_date": first, "registered_on": first, "parties": [{"side": "seller", "name": "甲"}, {"side": "buyer", "name": "乙"}],
        "amount_items": [{"label": "开发费", "kind": "technical", "amount_wan": 30 * WAN}],
    }], op)  # fmt: skip
    contract = Record.objects.get(register="contracts", ref="HT-story")
    patent = run("patents", "create")(
        by=home, app_no=application_of(2024, 7001, 1), title="一种热泵干燥装置", filing_date=first, holders=[{"name": "示例中医药大学"}], inventors=["甲"]
    )  # fmt: skip
    for kind, title, number in (("patent", patent.record.title, patent.number), ("contract", contract.title, contract.number)):
        do("add_output", row, person, kind=kind, output=title, number_text=number, on=first + dt.timedelta(days=60))
    row = Secondment.objects.get(pk=row.pk)
    assert {(o.kind, o.record_id) for o in row.record.secondment_outputs.all()} == {("patent", patent.pk), ("contract", contract.pk)}

    after(150)
    do("approve_subsidy", row, op, amount_wan=12 * WAN, basis="年度计划")
    do("allot_subsidy", row, op, amount_wan=8 * WAN)
    row = do("pay_subsidy", row, op, amount_wan=8 * WAN, voucher="V-1")
    assert (row.approved_fen, row.allotted_fen, row.paid_fen) == (12 * WAN, 8 * WAN, 8 * WAN)

    after(370)
    terms_end.watch_terms(clock.now())
    row = Secondment.objects.get(pk=row.pk)
    assert row.state == "mid_review" and "finish_mid" in waiting(firm, row)
    do("assess", row, person, phase="mid", text="干燥曲线已建立")
    do("assess", row, firm, phase="mid", text="内白率下降一半")
    row = do("finish_mid", row, firm)
    assert row.state == "serving" and row.mid_on == first + dt.timedelta(days=370)

    after(700)
    terms_end.watch_terms(clock.now())
    row = Secondment.objects.get(pk=row.pk)
    assert row.state == "ending" and "renew" in waiting(firm, row)
    for by in (person, firm, home):
        do("assess", row, by, phase="end", text="期满评估")
    parts = queries.score_of(row)
    assert sum(parts.values()) > 0 and set(parts) <= set(terms.terms()["scores"])
    new = do("renew", row, firm)
    old = Secondment.objects.get(pk=row.pk)
    assert (old.state, new.term_no, new.previous_id) == ("renewed", 2, row.record.pk)
    assert new.starts_on == old.ends_on + DAY and "sign" in waiting(person, new)
    journal.seal_pending()
    assert journal.verify()["ok"]


def test_an_early_end_with_a_successor_and_the_money_that_falls(sides, time_machine):
    firm, person, _, op = sides
    row = serving(sides, time_machine)
    log = run("secondment_logs", "create")(
        by=person, secondment=row.record.number, title="调试", on=row.starts_on, days=Decimal(3), problem="内白率高"
    )
    do("approve_subsidy", row, op, amount_wan=10 * WAN, basis="年度计划")
    do("allot_subsidy", row, op, amount_wan=4 * WAN)
    row = do("end_early", row, firm, end_kind="left_home", successor="p-018", reason="调离")
    assert row.state == "replaced" and row.approved_fen == row.allotted_fen == 4 * WAN and row.ended_on == clock.today()
    assert "confirm" in waiting(firm, log)  # work done before the end still counts once confirmed
    heir = Secondment.objects.get(record=row.successor)
    assert (heir.state, heir.host_id, heir.duties) == ("named", row.host_id, row.duties)
    with pytest.raises(Refused):
        run("secondment_logs", "create")(
            by=person, secondment=row.record.number, title="之后", on=clock.today(), days=Decimal(1), problem="x"
        )
    with pytest.raises(Refused):
        do("approve_subsidy", row, op, amount_wan=12 * WAN, basis="再核")
    done = do("pay_subsidy", row, op, amount_wan=4 * WAN, voucher="V-2")
    assert done.paid_fen == 4 * WAN
