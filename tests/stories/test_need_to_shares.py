"""From a firm's need to the paid share of each inventor, all of it through the API: one thread, every sum to the fen."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client

from tests.site.api.conftest import Caller
from trihelix.kernel import clock, journal, keys
from trihelix.kernel.models import User

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NEED = {
    "title": "人参果汁褐变沉淀的膜分离工艺", "problem": "人参果汁放两个月就褐变沉淀，需要不加防腐剂的膜分离护色工艺。", "budget_wan": "100", "ownership": "shared",
    "indicators": [{"name": "褐变指数", "op": "<=", "target": "0.2", "unit": "", "method": "分光光度法"}], "deadline": "2030-12-31",
}  # fmt: skip
CLAUSES = {
    "subject": "许可实施“膜分离护色”专利，用于人参果汁生产。", "ownership": "专利权归许可人，被许可人仅有实施权。", "licence_kind": "普通许可。",
    "licence_scope": "限于吉林省内的果汁生产。", "confidentiality": "双方对技术资料保密五年。",
}  # fmt: skip


class Days:
    """The house's clock, moved on by the test."""

    def __init__(self, monkeypatch) -> None:
        self.ahead = dt.timedelta()
        real = clock.now
        monkeypatch.setattr(clock, "now", lambda: real() + self.ahead)
        monkeypatch.setattr(clock, "today", lambda: clock.local_date(real() + self.ahead))

    def pass_(self, days: int) -> None:
        self.ahead += days * DAY


@pytest.fixture
def days(monkeypatch):
    cache.clear()
    return Days(monkeypatch)


@pytest.fixture
def call(actor):
    """``call("jicui", "POST path", body)``: as an account, with a key of its own; anything but success fails with the refusal."""
    held = {}

    def make(who, path, body=None, code=None):
        if who not in held:
            held[who] = Caller(keys.issue(by=actor(who), name="story")[1])
        method, address = path.split(" ", 1)
        answer = held[who].call(method, address, body)
        if code:
            assert code in {e["code"] for e in answer.json()["errors"]}, answer.json()
        else:
            assert answer.status_code < 300, (path, answer.json())
        return answer.json()

    return make


def test_from_the_need_to_the_paid_shares(call, days):
    def act(who, register, uid, name, **body):
        return call(who, f"POST /{register}/{uid}/acts/{name}", {"values": body})

    firm, office, teacher, cashier, desk = "jicui", "utcm-office", "utcm-teacher", "utcm-finance", "officer"

    # The need is published, the result listed, the invention behind it claimed by the university.
    need = call(firm, "POST /needs", NEED)
    act(firm, "needs", need["uid"], "submit")
    act(desk, "needs", need["uid"], "accept")
    act(desk, "needs", need["uid"], "publish", not_duplicate=True)
    result = call(office, "POST /results", {"title": "人参果汁膜分离护色技术", "summary": "膜分离护色，不加防腐剂。"})
    act(office, "results", result["uid"], "submit")
    act(desk, "results", result["uid"], "list")
    completers = [{"person": "p-058", "name": "示例-何二", "ratio": "0.6"}, {"name": "示例-乙", "ratio": "0.4"}]
    one = call(
        teacher, "POST /inventions", {"title": "膜分离护色方法", "kind": "patent", "result": result["number"], "completers": completers}
    )
    act(teacher, "inventions", one["uid"], "disclose")
    act(office, "inventions", one["uid"], "claim", minutes="校办〔2026〕9号")

    # They meet, accept confidentiality, and open a deal.
    match = call(firm, "POST /matches", {"need": need["number"], "result": result["number"]})
    act(office, "matches", match["uid"], "answer", answer="interested")
    for who in (firm, office):
        act(who, "matches", match["uid"], "accept_terms", agreed=True)
    act(firm, "matches", match["uid"], "hand_over", way="licence", amount_wan="80")
    deal = call(firm, f"GET /deals?match={match['number']}")["items"][0]
    act(office, "deals", deal["uid"], "confirm")
    act(firm, "deals", deal["uid"], "propose_terms", amount_wan="90", way="licence", months=60)
    act(office, "deals", deal["uid"], "accept_terms", version_no=1)
    act(office, "deals", deal["uid"], "meet", held_on=str(clock.today()), way="online", people="双方项目组", minutes="确认实施范围")

    # The contract is written, confirmed by its hash, signed by both.
    draft = call(office, "POST /contract_drafts", {
        "title": "人参果汁膜分离护色", "deal": deal["number"], "kind": "LIC", "subkind": "LIC-P", "term_from": str(clock.today()), "term_to": str(clock.today() + 1800 * DAY),
        "amount_items": [
            {"label": "许可费", "kind": "technical", "amount_wan": "80.01"}, {"label": "膜组件样机", "kind": "equipment", "amount_wan": "10", "is_reasonable_carrier": True},
        ],
        "payment_plan": [
            {"form": "entry", "amount_wan": "30.01", "due": str(clock.today() + 5 * DAY), "trigger": "签订后"}, {"form": "fixed", "amount_wan": "60", "trigger": "投产后"},
        ],
        "ip_items": [{"ip_kind": "invention", "number": "ZL202500000001.0", "owner": "示例中医药大学（演示）", "proof_file": "专利证书.pdf", "licence_kind": "普通"}],
    })  # fmt: skip
    for clause, text in CLAUSES.items():
        act(office, "contract_drafts", draft["uid"], "fill_clause", clause=clause, text=text)
    act(office, "contract_drafts", draft["uid"], "make_version")
    digest = call(firm, f"GET /contract_drafts/{draft['uid']}")["text_sha256"]
    call(firm, f"POST /contract_drafts/{draft['uid']}/acts/confirm_version", {"values": {"sha256": "0" * 64}}, code="not_this_text")
    for who in (firm, office):
        act(who, "contract_drafts", draft["uid"], "confirm_version", sha256=digest)
    for who, signer in ((firm, "示例-赵一"), (office, "示例-钱二")):
        act(who, "contract_drafts", draft["uid"], "sign_text", sha256=digest, signer=signer)
    signed = call(firm, f"GET /deals/{deal['uid']}")
    assert (signed["state"], signed["amount_fen"], signed["text_sha256"]) == ("signed", 90_010_000, digest)
    assert call(firm, f"GET /needs/{need['uid']}")["state"] == "contracted"

    # The registration is prefilled in one act, checked and granted.
    act(office, "deals", deal["uid"], "register_contract", office="JL")
    contract = call(office, f"GET /contracts?deal={deal['number']}")["items"][0]
    act(office, "contracts", contract["uid"], "submit")
    act(desk, "contracts", contract["uid"], "accept")
    from trihelix.registers.contracts import recognition

    tests = list(recognition.contract_book().all_tests())
    act(desk, "contracts", contract["uid"], "answer", passed=[t.id for t in tests if t.need], failed=[t.id for t in tests if not t.need])
    act(desk, "contracts", contract["uid"], "register")
    done = call(office, f"GET /contracts/{contract['uid']}")
    assert done["state"] == "registered" and done["certificate_no"]

    # The transfer follows, its share plan is decided, announced, and takes effect.
    act(office, "deals", deal["uid"], "open_transfer")
    transfer = call(office, f"GET /transfers?contract={contract['number']}")["items"][0]
    members = [{**c, "role": "completer"} for c in completers]
    plan = call(office, "POST /share_plans", {"title": "分配方案", "transfer": transfer["number"], "p": "0.7", "members": members})
    act(office, "share_plans", plan["uid"], "apply")
    act(office, "share_plans", plan["uid"], "decide", minutes="党委会〔2026〕3号", no_gain=True)
    act(office, "share_plans", plan["uid"], "announce", text="方案公示")
    days.pass_(20)
    act(office, "share_plans", plan["uid"], "clear")
    act(office, "share_plans", plan["uid"], "take_effect")

    # The payment falls due, is made, received, shared and paid out.
    from trihelix.registers.contracts.actions.obligations import due_soon

    assert due_soon(clock.now()) >= 1
    duty = call(firm, f"GET /obligations?deal={deal['number']}&state=due")["items"][0]
    assert duty["amount_fen"] == 30_010_000
    act(firm, "obligations", duty["uid"], "fulfil", done_on=str(clock.today()), evidence="电汇 V1")
    act(office, "obligations", duty["uid"], "confirm")
    act(office, "contracts", contract["uid"], "receive", date=str(clock.today()), received_wan="30.01", voucher="V1")
    act(office, "contracts", contract["uid"], "share_receipt", voucher="V1", direct_wan="0.01")
    call(office, f"POST /contracts/{contract['uid']}/acts/share_receipt", {"values": {"voucher": "V1"}}, code="receipt_twice")
    act(cashier, "transfers", transfer["uid"], "order_payouts")
    changes = next(h["changes"] for h in call(cashier, f"GET /transfers/{transfer['uid']}/history")["items"] if "payouts" in h["changes"])
    orders = changes["payouts"][1]
    assert sorted(amount for _, _, amount in orders) == [30_000_000 * 7 // 10 * 4 // 10, 30_000_000 * 7 // 10 * 6 // 10]
    for number, member, _ in orders:
        act(cashier, "transfers", transfer["uid"], "pay", payout=number, paid_on=str(clock.today()), bank_voucher=f"B-{member}")
    call(
        cashier,
        f"POST /transfers/{transfer['uid']}/acts/pay",
        {"values": {"payout": orders[0][0], "paid_on": str(clock.today()), "bank_voucher": "B-3"}},
        code="already_paid",
    )

    # The inventor sees it; the thread leads back to the need; the journal holds.
    client = Client()
    client.force_login(User.objects.get(username=teacher))
    assert "126,000.00" in client.get("/my/inventions/").content.decode()
    thread = {x["register"] for x in call(desk, f"GET /deals/{deal['uid']}/links")["items"]}
    assert thread >= {"matches", "needs", "results", "contracts", "transfers", "contract_drafts", "obligations"}
    journal.seal_pending()
    assert journal.verify()["ok"]
