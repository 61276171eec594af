"""Deals: confidentiality, brokers, term sheets, meetings, texts confirmed by hash, signing, obligations, handing on."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.registers.contracts.deals import WAN, filled_draft, open_deal, run, signed, with_nda
from trihelix.engines.contracts import signed_text
from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock
from trihelix.kernel.models import Record, Wait
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import readable
from trihelix.registers.contracts.actions.obligations import due_soon
from trihelix.registers.contracts.models import Contract, Deal, DraftVersion, Obligation, Signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(actor):
    return actor("jicui")


@pytest.fixture
def office(actor):
    return actor("utcm-office")


@pytest.fixture
def deal(firm, office):
    return open_deal(firm, office)


def refused(code, act, **values):
    with pytest.raises(Refused) as found:
        act(**values)
    assert code in {p.code for p in found.value.problems}, found.value.problems


def test_a_deal_is_proposed_by_a_side_only(actor, firm):
    stranger = actor("chiyu")
    refused("not_yours", run("deals", "create"), by=stranger, title="x", buyer="firm-jicui", seller="u-tcm")
    refused("same_body", run("deals", "create"), by=firm, title="x", buyer="firm-jicui", seller="firm-jicui")


def test_confidential_columns_open_when_both_signed(deal, firm, office):
    shown = lambda by: readable(register_of("deals"), deal.uid, by)["amount_wan"]  # noqa: E731
    assert shown(firm) == 70 * WAN and shown(office) is None
    run("deals", "sign_nda")(by=office, record=deal.uid, agreed=True)
    assert shown(office) is None, "one signature opens nothing"
    refused("already_accepted", run("deals", "sign_nda"), by=office, record=deal.uid, agreed=True)
    run("deals", "sign_nda")(by=firm, record=deal.uid, agreed=True)
    assert shown(office) == 70 * WAN
    run("deals", "set_nda")(by=firm, record=deal.uid, confidentiality="mutual", nda_text="新的约定")
    assert shown(office) is None, "a new text must be signed again"


def test_the_text_is_closed_to_the_other_side_until_then(deal, firm, office):
    draft = filled_draft(deal, office)
    refused("nda_first", run("contract_drafts", "fill_clause"), by=firm, record=draft.uid, clause="plan", text="分三步")
    with_nda(deal, firm, office)
    run("contract_drafts", "fill_clause")(by=firm, record=draft.uid, clause="plan", text="分三步")


def test_a_broker_reads_after_its_own_signature(deal, firm, office, actor, op):
    broker = run("brokers", "create")(by=op, title="示例经理人", owner="firm-chiyu", fields=[])
    refused("not_in_practice", run("deals", "add_broker"), by=op, record=deal.uid, broker=broker.number, side="both")
    run("brokers", "register")(by=op, record=broker.uid)
    run("deals", "add_broker")(by=firm, record=deal.uid, broker=broker.number, side="both")
    refused("broker_twice", run("deals", "add_broker"), by=firm, record=deal.uid, broker=broker.number, side="seller")
    with_nda(deal, firm, office)
    middle = actor("chiyu")
    assert readable(register_of("deals"), deal.uid, middle)["amount_wan"] is None
    run("deals", "sign_nda")(by=middle, record=deal.uid, agreed=True)
    assert readable(register_of("deals"), deal.uid, middle)["amount_wan"] == 70 * WAN
    run("deals", "end_broker")(by=firm, record=deal.uid, broker=broker.number)
    with pytest.raises(Refused):
        readable(register_of("deals"), deal.uid, middle)


def test_term_sheets_are_versions_that_both_accept(deal, firm, office):
    run("deals", "propose_terms")(by=firm, record=deal.uid, amount_wan=60 * WAN, way="licence")
    refused("no_change", run("deals", "propose_terms"), by=office, record=deal.uid, amount_wan=60 * WAN, way="licence")
    run("deals", "propose_terms")(by=office, record=deal.uid, amount_wan=80 * WAN, way="licence", months=24)
    refused("not_newest", run("deals", "accept_terms"), by=firm, record=deal.uid, version_no=1)
    refused("already_accepted", run("deals", "accept_terms"), by=office, record=deal.uid, version_no=2)
    done = run("deals", "accept_terms")(by=firm, record=deal.uid, version_no=2)
    assert (done.amount_fen, done.way) == (80 * WAN, "licence")
    assert [t.version for t in done.term_sheets.all()] == [1, 2]


def test_meetings_are_kept_and_never_in_the_future(deal, office):
    values = {"way": "online", "people": "双方项目组", "minutes": "讨论指标"}
    run("deals", "meet")(by=office, record=deal.uid, held_on=clock.today(), **values)
    refused("future_date", run("deals", "meet"), by=office, record=deal.uid, held_on=clock.today() + dt.timedelta(days=1), **values)
    assert deal.meetings.get().people == "双方项目组"


def test_the_price_table_keeps_reasonable_carriers(deal, office):
    draft = filled_draft(deal, office)
    assert (draft.turnover_fen, draft.technical_fen) == (80 * WAN, 65 * WAN)


def test_both_confirm_the_same_version_by_its_hash(deal, firm, office):
    with_nda(deal, firm, office)
    draft = filled_draft(deal, office)
    run("contract_drafts", "make_version")(by=office, record=draft.uid)
    first = draft.versions.last().sha256
    run("contract_drafts", "confirm_version")(by=firm, record=draft.uid, sha256=first)
    run("contract_drafts", "fill_clause")(by=office, record=draft.uid, clause="risk", text="各担一半")
    refused("edited_since", run("contract_drafts", "confirm_version"), by=office, record=draft.uid, sha256=first)
    run("contract_drafts", "make_version")(by=office, record=draft.uid)
    refused("not_this_text", run("contract_drafts", "confirm_version"), by=office, record=draft.uid, sha256=first)
    second = draft.versions.last().sha256
    assert second != first
    for by in (firm, office):
        draft = run("contract_drafts", "confirm_version")(by=by, record=draft.uid, sha256=second)
    assert draft.record.state == "agreed"
    refused("not_editable", run("contract_drafts", "fill_clause"), by=firm, record=draft.uid, clause="risk", text="改")


def test_a_text_without_a_required_clause_is_not_confirmed(deal, firm, office):
    with_nda(deal, firm, office)
    draft = filled_draft(deal, office)
    run("contract_drafts", "fill_clause")(by=office, record=draft.uid, clause="subject", text="")
    run("contract_drafts", "make_version")(by=office, record=draft.uid)
    refused("clause_missing", run("contract_drafts", "confirm_version"), by=firm, record=draft.uid, sha256=draft.versions.last().sha256)


def test_sums_that_do_not_agree_make_no_version(deal, office):
    draft = filled_draft(deal, office)
    run("contract_drafts", "change")(by=office, record=draft.uid, payment_plan=[{"form": "fixed", "amount_wan": 79 * WAN}])
    refused("price_conflict", run("contract_drafts", "make_version"), by=office, record=draft.uid)


def test_signing_signs_the_deal_and_raises_the_payments(deal, firm, office):
    with_nda(deal, firm, office)
    draft = signed(deal, firm, office)
    held = Deal.objects.get(pk=deal.pk)
    version = DraftVersion.objects.get(draft=draft)
    assert (held.record.state, held.amount_fen, held.text_sha256, held.draft_id) == ("signed", 80 * WAN, version.sha256, draft.pk)
    assert all(signed_text.fault_of(s.envelope, version.sha256) == "" for s in Signature.objects.filter(version=version))
    duties = Obligation.objects.filter(deal=deal.record).order_by("pk")
    assert sum(d.amount_fen for d in duties) == 80 * WAN and {d.debtor_id for d in duties} == {deal.buyer_id}


def test_a_hand_written_signing_waits_for_the_text(deal, firm, office):
    with_nda(deal, firm, office)
    draft = filled_draft(deal, office)
    refused("text_open", run("deals", "sign"), by=firm, record=deal.uid, amount_wan=WAN)
    run("contract_drafts", "drop")(by=firm, record=draft.uid, reason="改用纸质")
    refused("bad_hash", run("deals", "sign"), by=firm, record=deal.uid, amount_wan=WAN, text_sha256="abc")
    done = run("deals", "sign")(by=firm, record=deal.uid, amount_wan=WAN, text_sha256="A" * 64)
    assert done.text_sha256 == "a" * 64


def test_obligations_enter_the_inbox_near_their_day(deal, firm, office):
    with_nda(deal, firm, office)
    day = clock.today() + dt.timedelta(days=40)
    duty = run("obligations", "create")(
        by=office, title="交付样机", deal=deal.number, kind="delivery", debtor="u-tcm", creditor="firm-jicui", due_on=day
    )
    due_soon(clock.now())
    assert not Wait.objects.filter(record=duty.record).exists()
    late = clock.end_of(day - dt.timedelta(days=10))
    assert due_soon(late) >= 1 and due_soon(late) == 0
    wait = Wait.objects.get(record=duty.record, act="fulfil")
    assert clock.local_date(wait.due_at) == day and wait.scope_id == deal.seller_id
    refused("denied", run("obligations", "fulfil"), by=firm, record=duty.uid, done_on=clock.today(), evidence="无")
    run("obligations", "fulfil")(by=office, record=duty.uid, done_on=clock.today(), evidence="交付单 1 号")
    back = run("obligations", "return")(by=firm, record=duty.uid, reason="缺说明书")
    assert (back.record.state, back.done_on) == ("due", None)
    run("obligations", "fulfil")(by=office, record=duty.uid, done_on=clock.today(), evidence="交付单 2 号")
    assert run("obligations", "confirm")(by=firm, record=duty.uid).record.state == "confirmed"


def test_the_debtor_cannot_move_its_own_day(deal, firm, office):
    duty = run("obligations", "create")(
        by=office,
        title="付款",
        deal=deal.number,
        kind="payment",
        debtor="firm-jicui",
        creditor="u-tcm",
        due_on=clock.today() + dt.timedelta(days=60),
    )
    refused("denied", run("obligations", "change"), by=firm, record=duty.uid, due_on=clock.today() + dt.timedelta(days=90))
    refused("parties_fixed", run("obligations", "change"), by=office, record=duty.uid, debtor="u-tcm")
    refused(
        "not_a_side",
        run("obligations", "create"),
        by=office,
        title="x",
        deal=deal.number,
        kind="other",
        debtor="firm-chiyu",
        creditor="u-tcm",
    )


def test_the_registration_is_prefilled_in_one_act(deal, firm, office):
    refused("not_signed", run("deals", "register_contract"), by=office, record=deal.uid)
    with_nda(deal, firm, office)
    draft = signed(deal, firm, office)
    run("deals", "register_contract")(by=office, record=deal.uid)
    contract = Contract.objects.get(deal=deal.record)
    assert (contract.kind, contract.subkind, contract.turnover_fen, contract.technical_fen) == ("DEV", "DEV-E", 80 * WAN, 65 * WAN)
    assert contract.text == draft.versions.last().text.strip() and contract.form == "e" and contract.record.owner_id == deal.seller_id
    assert {p["side"] for p in contract.parties} == {"buyer", "seller"} and contract.term_to == dt.date(2028, 10, 31)
    assert readable(register_of("contracts"), contract.record.uid, firm)["title"] == "低温粉碎装备"
    assert set(Obligation.objects.filter(deal=deal.record).values_list("contract", flat=True)) == {contract.pk}
    refused("registered_already", run("deals", "register_contract"), by=office, record=deal.uid)
    assert run("contracts", "submit")(by=office, record=contract.record.uid).record.state == "submitted"


def test_a_deal_signed_on_paper_is_registered_by_kind(deal, firm, office):
    run("deals", "sign")(by=firm, record=deal.uid, amount_wan=80 * WAN + 1)
    refused("required", run("deals", "register_contract"), by=office, record=deal.uid)
    run("deals", "register_contract")(by=office, record=deal.uid, kind="CON")
    assert Contract.objects.get(deal=deal.record).turnover_fen == 80 * WAN + 1


def test_receipts_go_on_to_the_shares(deal, firm, office, actor):
    teacher = actor("utcm-teacher")
    one = run("inventions", "create")(
        by=teacher, title="粉碎工艺", kind="patent", completers=[{"person": "p-058", "name": "示例-何二", "ratio": "1"}]
    )
    run("inventions", "disclose")(by=teacher, record=one.uid)
    run("inventions", "claim")(by=office, record=one.uid, minutes="校办", registered_on=clock.today())
    with_nda(deal, firm, office)
    signed(deal, firm, office)
    run("deals", "register_contract")(by=office, record=deal.uid)
    refused("which_invention", run("deals", "open_transfer"), by=office, record=deal.uid)
    run("deals", "open_transfer")(by=office, record=deal.uid, invention=one.number)
    refused("transfer_open", run("deals", "open_transfer"), by=office, record=deal.uid, invention=one.number)
    contract = Contract.objects.get(deal=deal.record)
    Record.objects.filter(pk=contract.pk).update(state="registered")
    run("contracts", "receive")(by=office, record=contract.record.uid, date=clock.today(), received_wan=30 * WAN, voucher="V1")
    run("contracts", "share_receipt")(by=office, record=contract.record.uid, voucher="V1")
    refused("receipt_twice", run("contracts", "share_receipt"), by=office, record=contract.record.uid, voucher="V1")
    run("contracts", "receive")(by=office, record=contract.record.uid, date=clock.today(), received_wan=-5 * WAN, voucher="V2")
    run("contracts", "share_receipt")(by=office, record=contract.record.uid, voucher="V2", refund_of="V1")
    from trihelix.registers.inventions.models import Transfer

    transfer = Transfer.objects.get(contract=contract.record)
    assert sum(r.amount_fen for r in transfer.receipts.all()) == 25 * WAN


def test_receipts_settle_the_payments_they_cover(deal, firm, office):
    with_nda(deal, firm, office)
    signed(deal, firm, office)
    run("deals", "register_contract")(by=office, record=deal.uid)
    contract = Contract.objects.get(deal=deal.record)
    Record.objects.filter(pk=contract.pk).update(state="registered")
    receive = lambda by, wan, voucher: run("contracts", "receive")(  # noqa: E731
        by=by, record=contract.record.uid, date=clock.today(), received_wan=wan * WAN, voucher=voucher
    )
    first, second = (Obligation.objects.get(contract=contract.record, amount_fen=wan * WAN) for wan in (30, 50))
    state = lambda duty: Record.objects.get(pk=duty.pk).state  # noqa: E731
    receive(office, 29, "R1")
    assert state(first) == "planned", "a part of an instalment settles nothing"
    receive(office, 1, "R2")
    first.refresh_from_db()
    assert (state(first), first.done_on, first.evidence) == ("confirmed", clock.today(), "到账凭证 R2")
    receive(office, -5, "R3")
    receive(office, 50, "R4")
    assert state(second) == "planned", "money paid back covers nothing"
    receive(office, 5, "R5")
    assert state(second) == "confirmed"


def test_parties_of_a_deal_are_fixed(deal, firm):
    refused("parties_fixed", run("deals", "change"), by=firm, record=deal.uid, seller="u-eng")


def test_both_sides_see_an_imported_deal(office, op, deal):
    row = {"ref": "D-1", "title": "历史交易", "buyer": "firm-jicui", "seller": "u-tcm", "owner": "firm-jicui"}
    bulk.import_rows(register_of("deals"), [row], op)
    held = Deal.objects.get(record__ref="D-1").record
    assert {(p.role, p.body_id) for p in held.participants.all()} == {("buyer", deal.buyer_id), ("seller", deal.seller_id)}
    assert readable(register_of("deals"), held.uid, office)["title"] == "历史交易"
