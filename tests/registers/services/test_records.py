"""Catalogue, requests within the promise, service records confirmed by clients, and the figures made of them."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.engines import sheets
from trihelix.engines.errors import Refused
from trihelix.kernel import book, bulk, clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Record, Wait
from trihelix.kernel.register import register_of
from trihelix.registers.services.actions.records import ask_clients
from trihelix.registers.services.models import Service

pytestmark = pytest.mark.django_db
YEAR = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))


def run(act: str, register: str = "services"):
    return register_of(register).acts[act].run


def code(refusal) -> str:
    return refusal.value.problems[0].code


@pytest.fixture
def offer(actor):
    station = actor("station-tonghua")
    made = run("create", "service_offers")(by=station, title="成果评价", node="JL-2205", kind="evaluation", promise_days=5)
    return run("publish", "service_offers")(by=station, record=made.uid)


@pytest.fixture
def asked(actor, offer):
    return run("create", "service_requests")(by=actor("jicui"), title="请评价红参工艺", offer=offer.number, wanted="评价一项成果")


def test_a_node_offers_only_for_itself_and_shows_it_once_published(actor, offer):
    with pytest.raises(Refused) as refusal:
        run("create", "service_offers")(by=actor("station-tonghua"), title="评价", node="JL-2201", kind="evaluation", promise_days=5)
    assert code(refusal) in ("not_your_node", "unknown_reference")
    assert offer.record.visibility == "public" and offer.record.owner is not None


def test_a_fixed_price_must_be_written_and_a_free_service_has_none(actor):
    base = {"title": "评价", "node": "JL-2205", "kind": "evaluation", "promise_days": 5}
    with pytest.raises(Refused) as refusal:
        run("create", "service_offers")(by=actor("officer"), pricing="fixed", **base)
    assert code(refusal) == "required"
    with pytest.raises(Refused) as refusal:
        run("create", "service_offers")(by=actor("officer"), price_yuan=100, **base)
    assert code(refusal) == "price_when_free"


def test_the_promise_is_the_day_in_the_inbox_of_the_node(actor, asked):
    due = book.current().calendar.add(clock.today(), 5, kind="working").date
    assert (asked.due_on, asked.kind) == (due, "evaluation")
    accepted = run("accept", "service_requests")(by=actor("station-tonghua"), record=asked.uid)
    wait = Wait.objects.get(record=accepted.record, act="deliver")
    assert wait.due_at == clock.end_of(due)


def test_a_request_ends_in_a_record_that_its_client_confirms(actor, asked):
    station, firm = actor("station-tonghua"), actor("jicui")
    run("accept", "service_requests")(by=station, record=asked.uid)
    done = run("deliver", "service_requests")(by=station, record=asked.uid, served_on=clock.today(), outcome="answered", persons=2)
    service = Service.objects.get(request=done.record)
    assert (done.record.state, service.record.state, service.client_kind) == ("served", "asked", "firm")
    assert Wait.objects.filter(record=service.record, act="confirm", scope=service.client).exists()
    with pytest.raises(Refused) as refusal:
        run("confirm")(by=station, record=service.uid, satisfaction=5)
    assert code(refusal) == "denied"
    with pytest.raises(Refused) as refusal:
        run("confirm")(by=firm, record=service.uid, satisfaction=6)
    assert code(refusal) == "out_of_range"
    confirmed = run("confirm")(by=firm, record=service.uid, satisfaction=4, comment="及时")
    assert (confirmed.record.state, confirmed.satisfaction, confirmed.confirmed_on) == ("confirmed", 4, clock.today())


def test_a_disputed_record_is_corrected_and_asked_again(actor):
    station = actor("station-tonghua")
    made = run("create")(by=station, title="上门咨询", kind="policy", client="firm-jicui", client_kind="firm", served_on=clock.today())
    run("dispute")(by=actor("jicui"), record=made.uid, reason="日期不对")
    run("change")(by=station, record=made.uid, served_on=clock.today() - dt.timedelta(days=1))
    assert run("correct")(by=station, record=made.uid).record.state == "asked"


def test_the_client_kind_must_be_the_clients(actor):
    with pytest.raises(Refused) as refusal:
        run("create")(
            by=actor("officer"),
            title="咨询",
            kind="policy",
            organiser="JL",
            client="firm-jicui",
            client_kind="university",
            served_on=clock.today(),
        )
    assert code(refusal) == "client_kind_differs"


def test_a_future_service_and_one_without_client_are_refused(actor):
    values = {"title": "咨询", "kind": "policy", "client_kind": "firm"}
    with pytest.raises(Refused) as refusal:
        run("create")(by=actor("officer"), served_on=clock.today() + dt.timedelta(days=1), **values)
    assert {p.code for p in refusal.value.problems} == {"date_future", "required"}


def _rows(firms: list[str], universities: int = 16, total: int = 377):
    """The letter's year: services to all clients, those to firms over distinct firms."""
    rows = []
    for i in range(total):
        row = {
            "ref": f"FW-{i}",
            "title": f"对接服务 {i}",
            "kind": "matching",
            "organiser": "JL",
            "served_on": dt.date(2024, 1 + i % 12, 5),
            "outcome": "introduced",
        }
        if i < universities:
            rows.append({**row, "client_kind": "university", "client": "u-tcm"})
        else:
            name = firms[i % len(firms)]
            rows.append({**row, "client_kind": "firm", "client_name": name})
    return rows


def test_services_and_distinct_firms_are_counted_apart(op, tmp_path):
    path = tmp_path / "s.xlsx"
    sheets.write(register_of("services").sheet, _rows([f"虚拟企业{i}" for i in range(124)]), path)
    answer = bulk.import_file(register_of("services"), path, op)
    assert answer["errors"] == [] and answer["created"] == 377
    count = {"organiser_level": "1", "kind": "matching"}
    ours = Service.objects.filter(record__ref__startswith="FW-")
    others = Service.objects.filter(organiser__parties_node__level="1", kind="matching", served_on__year=2024).exclude(
        pk__in=ours.values("pk")
    )
    assert evaluate("services.services", op, YEAR, **count).raw() == 377 + others.count()
    assert evaluate("services.services", op, YEAR, **count, client_kind="firm").raw() == 361 + others.filter(client_kind="firm").count()
    if not others.exists():
        assert evaluate("services.firms_served", op, YEAR, **count).raw() == 124


def test_a_firm_is_one_whether_known_by_body_or_by_credit_code(op):
    body = Record.objects.get(register="bodies", ref="firm-jicui").entry
    base = {"kind": "matching", "organiser": "JL", "client_kind": "firm", "served_on": dt.date(2023, 3, 1)}
    bulk.import_rows(register_of("services"), [
        {**base, "ref": "a", "title": "一", "client": "firm-jicui"}, {**base, "ref": "b", "title": "二", "client_code": body.credit_code, "client_name": "旧名"},
    ], op)  # fmt: skip
    year = Period(dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    assert evaluate("services.firms_served", op, year).raw() == (1 if body.credit_code else 2)


def test_imported_records_are_offered_to_their_clients_once(op):
    row = {
        "ref": "imp",
        "title": "导入",
        "kind": "policy",
        "organiser": "JL",
        "client_kind": "firm",
        "client": "firm-jicui",
        "served_on": dt.date(2024, 5, 5),
    }
    bulk.import_rows(register_of("services"), [row], op)
    assert ask_clients(clock.now()) >= 1 and ask_clients(clock.now()) == 0
    assert Record.objects.get(register="services", ref="imp").state == "asked"


def test_a_station_imports_only_its_own_services_and_wrong_rows_are_named(actor):
    row = {"title": "咨询", "kind": "policy", "client_kind": "firm", "client_name": "某企业", "served_on": dt.date(2024, 5, 5)}
    rows = [
        (2, {**row, "ref": "x1", "organiser": "JL-2205"}),
        (3, {**row, "ref": "x2", "organiser": "JL"}),
        (4, {**row, "ref": "x3", "client_name": None}),
    ]
    decision = bulk.decide(register_of("services"), rows, (), actor("station-tonghua"))
    assert [(p.row, p.code) for p in decision.problems] == [(3, "not_your_node"), (4, "required")]


def test_intakes_are_counted_by_subject_and_collector(op):
    need, result = (Record.objects.filter(register=r).order_by("pk").first() for r in ("needs", "results"))
    before = {s: evaluate("services.intakes", op, YEAR, subject=s, organiser_level="1").raw() for s in ("need", "result")}
    base = {"route": "market", "owner": "m-jl", "at_node": "JL", "collected_on": dt.date(2024, 6, 1)}
    bulk.import_rows(register_of("intakes"), [
        {**base, "ref": "i1", "title": "征集", "need": str(need.uid)}, {**base, "ref": "i2", "title": "征集", "result": str(result.uid)},
        {**base, "ref": "i3", "title": "征集", "result": str(result.uid), "at_node": "JL-2201"},
    ], op)  # fmt: skip
    assert evaluate("services.intakes", op, YEAR, subject="need", organiser_level="1").raw() == before["need"] + 1
    assert evaluate("services.intakes", op, YEAR, subject="result", organiser_level="1").raw() == before["result"] + 1


def test_nodes_of_each_level(op):
    today = Period(None, clock.today())
    assert (evaluate("services.nodes", op, today, level="1").raw(), evaluate("services.nodes", op, today, level="10").raw()) == (1, 10)
