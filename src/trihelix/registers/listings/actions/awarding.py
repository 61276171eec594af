"""First refusal of the inventors, the one award, contract, money, certificate."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import book, numbers
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.columns import options
from trihelix.kernel.errors import Conflict
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.inventions.actions.plans import guarded
from trihelix.registers.inventions.models import Invention
from trihelix.registers.inventions.procedure import over
from trihelix.registers.listings.actions.offering import thing_of, unfit
from trihelix.registers.listings.flow import OFFICE
from trihelix.registers.listings.models import Award, Bid, Listing, Payment

MONEY = (*OFFICE, "node", "owner:body_finance", "finance")
ANSWERS = options(("waive", "放弃", "Waive"), ("take", "行使，按同等条件受让", "Take on equal terms"))


def completers_of(listing: Listing) -> list[dict[str, Any]]:
    """Who has first refusal: the completers, where a service result is assigned (Civil Code art. 847)."""
    found = Invention.objects.filter(pk=listing.invention_id).first() if listing.kind == "TRF" else None
    return list(found.completers) if found else []


@action("listings", "propose", "拟定成交", "Propose the award", fields=(
    Column("applicant", "ref", "受让方", "Buyer", help="招标时填写中标方；其余由报价决定"), Column("price_wan", "money_wan", "成交价", "Price", unit="万元", help="协议定价时填写"),
))  # fmt: skip
def propose(a: Run, listing: Listing, *, applicant: Any = None, price_wan: int | None = None) -> None:
    """Name buyer and price. Agreed price: after the notice, not under the noticed price. Else the highest valid bid; a tender may
    choose another valid bid with a reason. The completers are then asked, where they have first refusal."""
    if listing.way == "agreement":
        over(a)
        price = listing.noticed_fen if price_wan is None else price_wan
        a.require(
            price is not None and price >= (listing.noticed_fen or 0),
            "under_noticed_price",
            "成交价低于公示价，须重新公示",
            field="price_wan",
            value=price,
        )
        listing.proposed_fen = price
    else:
        a.require(a.record.state != "listed", "listing_running", "挂牌截止后才能拟定成交", field="state")
        a.require(listing.bid_form != "sealed" or listing.opened_at, "not_opened", "密封报价须先开标", field="state")
        listing.proposed = _best(a, listing, applicant)
        listing.proposed_fen = listing.proposed.price_fen
    people = completers_of(listing)
    if not people:
        a.go("ready")
        return
    listing.refusal_asked_on, listing.refusal_by = a.today, book.current().due("listing.refusal", a.today)[0]
    listing.refusals = [{"completer": str(r["name"]), "person": str(r.get("person") or ""), "answer": None} for r in people]
    for user in User.objects.filter(person__register="people", person__ref__in=[str(r.get("person")) for r in people if r.get("person")]):
        a.admit("completer", user_id=user.pk)
    a.notify(
        f"请在 {listing.refusal_by} 前答复是否按同等条件优先受让：{a.record.title}",
        roles=("completer", "owner"),
        en=f"First refusal to answer: {a.record.title}",
    )
    a.go("first_refusal")


def _best(a: Run, listing: Listing, applicant: Any) -> Bid:
    valid = Bid.objects.filter(intent__listing=listing, superseded=False, void="", price_fen__gte=listing.base_fen, intent__qualified=True)
    best = valid.order_by("-price_fen", "at", "id").first()
    if best is None:
        raise Refused.one("no_bid", "没有达到底价的有效报价；可延长、重新定价或结束", field="state")
    if applicant and listing.way == "tender":
        body = find(register_of("bodies"), applicant, a.by)
        chosen = valid.filter(intent__applicant=body).order_by("-price_fen").first()
        if chosen is None:
            raise Refused.one("no_bid", "该单位没有有效报价", field="applicant", value=str(applicant))
        a.require(chosen.pk == best.pk or a.reason, "reason_required", "未选最高报价须说明评审理由", field="reason")
        return chosen
    return best


@action("listings", "answer_refusal", "答复优先受让权", "Answer first refusal", roles=("completer", *OFFICE), fields=(
    Column("completer", "text", "完成人", "Completer", required=True), Column("answer", "choice", "答复", "Answer", required=True, choices=ANSWERS), Column("proof", "text", "书面答复", "Proof"),
))  # fmt: skip
def answer_refusal(a: Run, listing: Listing, *, completer: str, answer: str, proof: str = "") -> None:
    """Record a completer's answer: by the completer, or by the office with the written answer. An answer is final."""
    a.require(a.record.state == "first_refusal", "not_asked", "未在征询优先受让权", field="state")
    row = next((r for r in listing.refusals if r["completer"] == completer), None)
    if row is None:
        raise Refused.one("unknown_completer", f"{completer} 不是完成人", field="completer", value=completer)
    a.require(row["answer"] is None, "answered", f"{completer} 已答复", field="completer")
    person = Record.objects.filter(pk=a.by.person_id).first()
    own = person is not None and row["person"] in (person.ref, person.number)
    a.require(own or proof, "proof_missing", "代为登记须填写书面答复", field="proof")
    a.require(own or a.by.roles_on(a.record) & set(OFFICE), "not_yours", "只能答复本人的优先受让权", field="completer")
    listing.refusals = [
        {**r, "answer": answer, "at": a.now.isoformat(), "proof": proof or ""} if r["completer"] == completer else r
        for r in listing.refusals
    ]


@action("listings", "clear_refusal", "优先受让权已答复", "First refusal answered")
def clear_refusal(a: Run, listing: Listing) -> None:
    """All completers answered, or the fixed time is over; who stayed silent is recorded as lapsed. Refused before."""
    silent = [r["completer"] for r in listing.refusals if r["answer"] is None]
    expired = listing.refusal_by is not None and a.today > listing.refusal_by
    a.require(
        not silent or expired,
        "refusal_open",
        f"完成人尚未答复优先受让权：{'、'.join(silent)}（{listing.refusal_by} 止）",
        field="refusals",
        value=silent,
        clause="民法典第八百四十七条",
    )
    listing.refusals = [r if r["answer"] else {**r, "answer": "lapsed", "at": a.now.isoformat()} for r in listing.refusals]


@action("listings", "award", "成交", "Award")
def award(a: Run, listing: Listing) -> None:
    """Award the lot, once: to the completers who took it on equal terms, else to the proposed buyer."""
    if problems := unfit(listing):
        raise Conflict(*problems)
    if Award.objects.filter(listing=listing).exists():
        raise Conflict(Problem("already_awarded", "该标的已成交", field="state"))
    takers = [r["completer"] for r in listing.refusals if r["answer"] == "take"]
    winner = None if takers else (listing.proposed.intent.applicant if listing.proposed else listing.buyer)
    name = "、".join(takers) if takers else (winner.title if winner else listing.buyer_name)
    made = guarded(
        lambda: Award.objects.create(
            listing=listing, bid=None if takers else listing.proposed, winner=winner, winner_name=name, first_refusal=bool(takers), price_fen=listing.proposed_fen or 0, at=a.now,
            sold_id=thing_of(listing) if listing.kind == "TRF" else None,
        ),
        "该标的已成交，或同一成果已由另一标的转让", "state",
    )  # fmt: skip
    a.extra["award"] = [None, {"winner": name, "price_fen": made.price_fen, "first_refusal": bool(takers)}]
    due = book.current().due("listing.deposit", a.today)[0]
    for intent in listing.intents.exclude(deposit_paid_on=None) if listing.deposit_fen else ():
        if winner is None or intent.applicant_id != winner.pk:
            Payment.objects.create(
                listing=listing,
                key=f"return-{intent.account}",
                kind="deposit_return",
                party=intent.applicant.title,
                amount_fen=listing.deposit_fen,
                approved_on=a.today,
                due_on=due,
            )
    a.notify(f"标的已成交：{a.record.title}", roles=("owner", "bidder"), en=f"Awarded: {a.record.title}")


@action("listings", "contract", "登记签约", "Record the contract", fields=(
    Column("signed_on", "date", "签约日期", "Signed on", required=True), Column("contract_no", "text", "合同编号", "Contract number", required=True), Column("contract", "ref", "技术合同", "Contract"),
    Column("due_on", "date", "付款期限", "Price due", required=True),
))  # fmt: skip
def contract(a: Run, listing: Listing, *, signed_on: dt.date, contract_no: str, due_on: dt.date, contract: Any = None) -> None:
    """Record the contract; the price becomes due. Refuses signing before the notice ended or before the award."""
    a.require(
        listing.notice_to is None or listing.opened_early or signed_on > listing.notice_to,
        "signed_before_notice",
        f"签约须在公示期满（{listing.notice_to}）之后",
        field="signed_on",
    )
    a.require(signed_on <= a.today, "future_date", "签约日期不能晚于今天", field="signed_on")
    listing.effective_on, listing.contract_no = signed_on, contract_no
    listing.contract = find(register_of("contracts"), contract, a.by) if contract else None
    made: Award = listing.award
    if made.price_fen:
        Payment.objects.create(
            listing=listing,
            key="price",
            kind="price",
            party=made.winner_name,
            amount_fen=made.price_fen,
            approved_on=a.today,
            due_on=due_on,
        )
    winner = listing.intents.filter(applicant=made.winner).exclude(deposit_paid_on=None).first() if made.winner_id else None
    if winner is not None and listing.deposit_fen:
        due = book.current().due("listing.deposit", a.today)[0]
        Payment.objects.create(
            listing=listing,
            key=f"return-{winner.account}",
            kind="deposit_return",
            party=made.winner_name,
            amount_fen=listing.deposit_fen,
            approved_on=a.today,
            due_on=due,
        )


@action(
    "listings",
    "mark_paid",
    "登记收付",
    "Record a payment",
    roles=MONEY,
    fields=(Column("payment", "text", "款项", "Payment", required=True), Column("paid_on", "date", "日期", "Date", required=True)),
)
def mark_paid(a: Run, listing: Listing, *, payment: str, paid_on: dt.date) -> None:
    """Record that an approved sum was paid; once."""
    held = Payment.objects.select_for_update().filter(listing=listing, key=payment).first()
    if held is None:
        raise Refused.one(
            "unknown_payment",
            f"没有款项 “{payment}”；可用：{'、'.join(p.key for p in listing.payments.all())}",
            field="payment",
            value=payment,
        )
    if held.paid_on:
        raise Conflict(Problem("already_paid", "该款项已登记收付", field="payment", value=payment))
    a.require(paid_on <= a.today, "future_date", "日期不能晚于今天", field="paid_on")
    held.paid_on = paid_on
    held.save(update_fields=["paid_on"])
    a.extra["paid"] = [None, {"payment": payment, "amount_fen": held.amount_fen, "on": str(paid_on)}]


@action("listings", "settle", "确认结算", "Settled")
def settle(a: Run, listing: Listing) -> None:
    """Settled when every approved sum is paid; refused before."""
    open_keys = [p.key for p in listing.payments.filter(paid_on=None)]
    a.require(not open_keys, "payments_open", f"尚有款项未收付：{'、'.join(open_keys)}", field="payments", value=open_keys)


@action("listings", "certify", "出具交易凭证", "Issue the certificate")
def certify(a: Run, listing: Listing) -> None:
    """Issue the trading certificate; the contract register takes over."""
    listing.certificate_no = numbers.reserve("JYPZ", a.today.year)[0]
    listing.ended_on = a.today


@action("listings", "default", "认定违约", "Default", danger=True)
def default(a: Run, listing: Listing) -> None:
    """The buyer did not sign or pay: the award ends, the lot may be offered anew."""
    Award.objects.filter(listing=listing).update(sold=None)
    listing.ended_on = a.today


@action("listings", "fail", "未成交结束", "End without award", danger=True)
def fail(a: Run, listing: Listing) -> None:
    """Ended without award; the reason is public, deposits go back."""
    listing.ended_on = a.today
    due = book.current().due("listing.deposit", a.today)[0]
    for intent in listing.intents.exclude(deposit_paid_on=None) if listing.deposit_fen else ():
        Payment.objects.get_or_create(
            listing=listing, key=f"return-{intent.account}",
            defaults={"kind": "deposit_return", "party": intent.applicant.title, "amount_fen": listing.deposit_fen, "approved_on": a.today, "due_on": due},
        )  # fmt: skip
