"""The inventor's page, the dashboard, decision files that verify off-line and show tampering."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest
from django.test import Client

from trihelix.engines import bundle, packing
from trihelix.engines.errors import Refused
from trihelix.kernel.models import User
from trihelix.kernel.register import register_of

pytestmark = pytest.mark.django_db
WAN = 1_000_000
START = dt.date(2026, 1, 5)


def run(register: str, act: str, **values):
    return register_of(register).acts[act].run(**values)


def moment(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 4, tzinfo=dt.UTC)


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


@pytest.fixture
def plan(actor):
    office = actor("utcm-office")
    one = run(
        "inventions",
        "create",
        by=office,
        title="提取方法",
        kind="patent",
        completers=[{"person": "p-058", "name": "示例-何二", "ratio": "1"}],
    )
    run("inventions", "disclose", by=office, record=one.uid)
    run("inventions", "claim", by=office, record=one.uid, minutes="校办", registered_on=START)
    deal = run("transfers", "create", by=office, title="提取方法许可", invention=one.number, way="licence", amount_wan=100 * WAN)
    run("transfers", "sign", by=office, record=deal.uid, signed_on=START)
    made = run(
        "share_plans",
        "create",
        by=office,
        title="分配方案",
        transfer=deal.number,
        p="0.7",
        members=[{"person": "p-058", "name": "示例-何二", "role": "completer", "ratio": "1"}],
    )
    for act, more, day in (
        ("apply", {}, START), ("decide", {"minutes": "党委会〔2026〕3号", "no_gain": True, "alternatives": "曾比较六成方案"}, START),
        ("announce", {"text": "方案公示"}, START), ("clear", {}, dt.date(2026, 1, 21)), ("take_effect", {}, dt.date(2026, 1, 21)),
    ):  # fmt: skip
        run("share_plans", act, by=office, record=made.uid, now=moment(day), **more)
    run("transfers", "receive", by=office, record=deal.uid, voucher="V1", date=dt.date(2026, 2, 1), amount_wan=100 * WAN, taxes_wan=6 * WAN)
    return made


def test_the_inventor_sees_every_receipt_down_to_the_share(plan):
    page = client_of("utcm-teacher").get("/my/inventions/").content.decode()
    assert "提取方法许可" in page and "<svg" in page and "658,000.00" in page
    assert "658,000.00" not in client_of("jicui").get("/my/inventions/").content.decode()


def test_the_dashboard_shows_bodies_and_mechanisms_at_a_date(plan):
    page = client_of("officer").get("/reform/").content.decode()
    assert "示例中医药大学" in page and "收益分配" in page
    assert "示例中医药大学" not in client_of("officer").get("/reform/?on=2025-12-31").content.decode().split("<main")[-1]
    assert client_of("officer").get("/reform/?on=tomorrow").status_code == 422


@pytest.fixture
def packed(plan):
    answer = client_of("utcm-office").get(f"/decision-files/share_plans/{plan.uid}.zip")
    assert answer.status_code == 200
    return answer.content


def test_a_decision_file_verifies_off_line(packed, plan):
    found = bundle.verify(packed)
    assert found["ok"] and found["verdict"] is True, found["faults"]
    decision = json.loads(zipfile.ZipFile(io.BytesIO(packed)).read("decision.json"))
    assert decision["money"]["answer"]["total"]["pool_fen"] == 6580 * WAN // 100
    assert decision["decision"]["alternatives"] == "曾比较六成方案" and decision["journal"]
    assert client_of("jicui").get(f"/decision-files/share_plans/{plan.uid}.zip").status_code in (403, 404)


def altered(packed: bytes, change) -> bytes:
    """The file with ``decision.json`` changed and every hash of the manifest made to fit."""
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        members = {n: held.read(n) for n in held.namelist() if n != packing.MANIFEST}
    decision = json.loads(members["decision.json"])
    change(decision)
    members["decision.json"] = json.dumps(decision, ensure_ascii=False).encode()
    return bundle.write(members, "x", "2026-01-01")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda d: d["notices"][0].update({"to": "2026-01-10"}), "notice_short"), (lambda d: d["notices"][0].update({"text": "改过"}), "notice_altered"),
        (lambda d: d["journal"][0]["content"].update({"reason": "改过"}), "entry_altered"), (lambda d: d["verdict"]["checks"][0].update({"holds": False}), "verdict_differs"),
        (lambda d: d["money"]["request"]["receipts"][0].update({"amount_fen": 1}), "money_differs"),
    ],
)  # fmt: skip
def test_tampering_shows_even_where_hashes_were_made_to_fit(packed, change, fault):
    assert fault in {f["fault"] for f in bundle.verify(altered(packed, change))["faults"]}


def test_a_changed_member_and_a_strange_file_are_named(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        members = {n: held.read(n) for n in held.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, raw in members.items():
            made.writestr(name, raw + b" " if name == "report.html" else raw)
    assert [f["where"] for f in bundle.verify(out.getvalue())["faults"]] == ["report.html"]
    with pytest.raises(Refused):
        bundle.verify(b"not a zip")
    assert bundle.is_decision(packed) and not bundle.is_decision(b"x")


@pytest.mark.parametrize(
    "register",
    ["inventions", "transfers", "share_plans", "rights_grants", "concessions", "use_first_licences", "fund_first_cases", "head_holdings", "surplus_capitals", "evaluations", "trusteeships",
     "broker_mandates", "diligence_files", "pilot_bodies", "symposia", "reform_problems", "typical_cases", "transfer_reports", "listings"],
)  # fmt: skip
def test_the_generic_pages_answer(register):
    client = client_of("officer")
    assert client.get(f"/{register}/").status_code == 200
    assert client.get(f"/{register}/new/").status_code == 200


def test_record_pages_show_their_panels(plan):
    client = client_of("utcm-office")
    assert "下载决策档案" in client.get(f"/share_plans/{plan.uid}/").content.decode()
    from trihelix.registers.inventions.models import Transfer

    deal = Transfer.objects.get(pk=plan.transfer_id)
    assert "到账与分配" in client.get(f"/transfers/{deal.uid}/").content.decode()
    assert "闲置" in client.get(f"/inventions/{deal.invention.uid}/").content.decode()
