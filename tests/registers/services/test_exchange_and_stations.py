"""The exchange feed keeps its order and leaks nothing; acknowledgements may be repeated; stations' workbooks are merged row by row."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from trihelix.engines import sheets
from trihelix.engines.errors import Refused
from trihelix.kernel import clock, journal
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.services import exchange, stations
from trihelix.registers.services.models import ExchangeAck

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sealed():
    journal.seal_pending()


def _offer(op, title: str = "评价"):
    run = register_of("service_offers").acts
    made = run["create"].run(by=op, title=title, node="JL-2201", kind="evaluation", promise_days=5)
    run["publish"].run(by=op, record=made.uid)
    journal.seal_pending()
    return made


def _all(limit: int = 2000, **more):
    out, after = [], more.pop("after", 0)
    while True:
        page = exchange.changes(after, limit, **more)
        out += page["changes"]
        if page["next"] == page["last"] or page["next"] == after:
            return out
        after = page["next"]


def test_the_feed_is_ordered_and_the_same_however_it_is_paged(op):
    start = exchange.last_seq()
    _offer(op)
    whole = _all(after=start)
    assert [c["seq"] for c in whole] == sorted(c["seq"] for c in whole)
    assert _all(1, after=start) == whole == _all(after=start)
    assert whole[-1]["op"] == "upsert" and whole[-1]["data"]["title"] == "评价"


def test_what_is_not_public_stays_in_the_house(op, actor):
    start = exchange.last_seq()
    need = register_of("needs").acts["create"].run(by=actor("jicui"), title="机密需求", problem="不可外传")
    journal.seal_pending()
    assert _all(after=start) == []
    assert str(need.uid) not in json.dumps(_all(kinds=["need"]), ensure_ascii=False)


def test_what_was_public_and_is_no_more_is_told_as_withdrawn(op):
    made = _offer(op)
    Record.objects.filter(pk=made.pk).update(visibility="node")
    mine = [c for c in _all(kinds=["service"]) if c["id"] == str(made.uid)]
    assert mine and {c["op"] for c in mine} == {"withdraw"} and all("data" not in c for c in mine)


def test_unknown_kinds_and_limits_are_refused_together():
    with pytest.raises(Refused) as refusal:
        exchange.changes(-1, 0, ["gold"])
    assert [p.code for p in refusal.value.problems] == ["unknown_kind", "out_of_range", "out_of_range"]


def test_an_acknowledgement_repeated_changes_nothing_and_a_newer_one_updates(op):
    made = _offer(op)
    seq = exchange.last_seq()
    row = {"peer": "national", "seq": seq, "status": "pending"}
    assert exchange.acknowledge([row], op)["created"] == 1
    again = exchange.acknowledge([row], op)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)
    assert exchange.acknowledge([{**row, "status": "accepted", "remote_id": "N-1"}], op)["updated"] == 1
    assert ExchangeAck.objects.get(peer="national", seq=seq).remote_id == "N-1"
    assert str(made.uid) not in {c["id"] for c in exchange.unanswered("national", seq - 1)}


def test_acknowledgements_are_all_or_none_and_name_what_was_never_sent(op):
    seq = exchange.last_seq()
    rows = [{"peer": "national", "seq": seq, "status": "accepted"}, {"peer": "national", "seq": 10**9, "status": "accepted"}]
    with pytest.raises(Refused) as refusal:
        exchange.acknowledge(rows, op)
    assert [(p.row, p.code) for p in refusal.value.problems] == [(2, "unknown_change")]
    assert not ExchangeAck.objects.exists()


def test_the_addresses_answer_json_and_writing_needs_an_account(op):
    _offer(op)
    client = Client()
    page = client.get("/exchange/v1/changes?kind=service&limit=1000")
    assert page.status_code == 200 and page.json()["format"] == exchange.FORMAT
    assert client.get("/exchange/v1/changes?after=x").status_code == 422
    body = {"format": exchange.FORMAT, "acks": [{"peer": "national", "seq": exchange.last_seq(), "status": "accepted"}]}
    assert client.post("/exchange/v1/acks", json.dumps(body), content_type="application/json").status_code in (403, 422)
    officer = Client()
    officer.force_login(User.objects.get(username="officer"))
    answer = officer.post("/exchange/v1/acks", json.dumps(body), content_type="application/json")
    assert answer.status_code == 200 and answer.json()["created"] == 1
    strange = officer.post("/exchange/v1/acks", json.dumps({**body, "format": "other/9"}), content_type="application/json")
    assert strange.status_code == 422


def _book(tmp_path, name: str, rows):
    path = tmp_path / f"{name}.xlsx"
    sheets.write(register_of("services").sheet, rows, path)
    return path


def _row(ref: str, **more):
    return {
        "ref": ref,
        "title": f"咨询 {ref}",
        "kind": "policy",
        "client_kind": "firm",
        "client_name": "某企业",
        "served_on": dt.date(2025, 3, 3),
        "organiser": "JL-220581",
        **more,
    }


def test_workbooks_of_stations_are_merged_and_wrong_rows_named_by_file(op, tmp_path):
    files = {
        "梅河口.xlsx": _book(tmp_path, "a", [_row("m1"), _row("m2", client_name=None)]),
        "集安.xlsx": _book(tmp_path, "b", [_row("m1"), _row("j1", organiser="JL-220582"), _row("j2", organiser="无此站")]),
    }
    dry = stations.merge(register_of("services"), files, op, dry_run=True)
    assert not Record.objects.filter(register="services", ref="m1").exists()
    answer = stations.merge(register_of("services"), files, op)
    assert (answer["created"], answer["refused"], answer["doubles"]) == (2, 2, 1) == (dry["created"], dry["refused"], dry["doubles"])
    assert sorted((e["file"], e["row"], e["code"]) for e in answer["errors"]) == [
        ("梅河口.xlsx", 3, "required"),
        ("集安.xlsx", 4, "unknown_reference"),
    ]
    again = stations.merge(register_of("services"), files, op)
    assert (again["created"], again["unchanged"]) == (0, 2)


def test_a_damaged_workbook_does_not_stop_the_others(op, tmp_path):
    broken = tmp_path / "x.xlsx"
    broken.write_bytes(b"not a workbook")
    answer = stations.merge(register_of("services"), {"坏.xlsx": broken, "好.xlsx": _book(tmp_path, "a", [_row("g1")])}, op)
    assert answer["created"] == 1 and {e["file"] for e in answer["errors"]} == {"坏.xlsx"}


@pytest.mark.parametrize(
    "address",
    ["/nodes/scorecards/", "/nodes/scorecards/?level=n", "/services/merge/", "/service_offers/", "/brokers/", "/visit_campaigns/"],
)
def test_pages_answer(address):
    client = Client()
    client.force_login(User.objects.get(username="officer"))
    assert client.get(address).status_code == 200


def test_the_node_page_shows_hours_and_catalogue_to_everybody_and_the_scorecard_to_the_desk(op):
    made = _offer(op, "成果评价服务")
    node = Record.objects.get(register="nodes", ref="JL-2201")
    page = Client().get(f"/nodes/{node.uid}/").content.decode()
    assert "成果评价服务" in page and "8:30" in page
    assert Client().get(f"/service_offers/{made.uid}/").status_code == 200
    firm = Client()
    firm.force_login(User.objects.get(username="jicui"))
    assert firm.get(f"/nodes/{node.uid}/scorecard/").status_code == 403
    officer = Client()
    officer.force_login(User.objects.get(username="officer"))
    assert officer.get(f"/nodes/{node.uid}/scorecard/").status_code == 200


def test_every_number_of_a_scorecard_leads_to_a_list_that_opens(op):
    from trihelix.kernel.figures import Period
    from trihelix.registers.services import queries

    node = Record.objects.get(register="nodes", ref="JL")
    client = Client()
    client.force_login(User.objects.get(username="officer"))
    cells = queries.scorecard(node, op, Period(dt.date(2024, 1, 1), clock.today()))
    assert [c.id for c in cells] == list(queries.INDICATORS)
    for url in {c.url for c in cells}:
        assert client.get(url).status_code == 200, url


def test_the_merge_page_writes_right_rows(op, tmp_path):
    client = Client()
    client.force_login(User.objects.get(username="officer"))
    with _book(tmp_path, "a", [_row("p1"), _row("p2", client_name=None)]).open("rb") as file:
        page = client.post("/services/merge/", {"register": "services", "files": [file]})
    assert page.status_code == 200 and Record.objects.filter(register="services", ref="p1").exists()
    assert not Record.objects.filter(register="services", ref="p2").exists()
