"""The only writers of deals: opening, confidentiality, brokers, term sheets, meetings, signing, ending."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from trihelix.engines import chain
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Participant, Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import change_entry, create_entry, editable
from trihelix.kernel.values import attribute
from trihelix.registers.contracts import sheets
from trihelix.registers.contracts.access import SIDES, nda_open, refresh_access, side_of
from trihelix.registers.contracts.flow import DESK
from trihelix.registers.contracts.models import ContractDraft, Deal, DealBroker, Meeting, TermSheet
from trihelix.registers.contracts.sheets import WAYS
from trihelix.registers.matches.models import Match
from trihelix.registers.needs import actions as needs
from trihelix.registers.results import actions as results

TERMS = (
    Column("way", "choice", "合作方式", "Way", choices=WAYS), Column("amount_wan", "money_wan", "意向金额", "Amount", unit="万元"),
    Column("note", "longtext", "说明", "Note"),
)  # fmt: skip
EITHER = (*SIDES, *DESK)
SHA256 = re.compile(r"[0-9a-f]{64}")


def _admit(a: Run, deal: Deal, invited: Record) -> None:
    a.admit("buyer", body=deal.buyer)
    a.admit("seller", body=deal.seller)
    a.admit("invited_side", body=invited)
    for target, kind in ((deal.match, "match"), (deal.need, "need"), (deal.result, "result")):
        if target is not None:
            a.link(target, kind)
    refresh_access(deal, a.now)


@action(
    "deals",
    "create",
    "发起交易",
    "Propose a deal",
    creates=True,
    roles=("owner", "node", "officer", "operator"),
    fields=tuple(
        c for c in sheets.DEALS.columns if c.name in ("ref", "title", "need", "result", "buyer", "seller", "way", "amount_wan", "note")
    ),
)
def create(a: Run, deal: Deal, **values: Any) -> None:
    """Propose a deal without a match; the other side confirms it. Refuses strangers to both sides, and one body on both."""
    buyer, seller = (find(register_of("bodies"), values[side], a.by) for side in SIDES)
    a.require(buyer.pk != seller.pk, "same_body", "受让方与让与方不能是同一单位", field="seller")
    own = {buyer.pk, seller.pk} & set(a.by.bodies)
    desk = a.by.sees_all or {buyer.node_id, seller.node_id} & set(a.by.node_ids)
    a.require(own or desk, "not_yours", "只有受让方、让与方或其站点可以发起交易", field="buyer")
    create_entry(a, deal, values, owner=buyer if buyer.pk in own or not own else seller)
    a.record.owner, a.record.node = buyer, buyer.node or seller.node
    a.record.visibility = "owner"
    deal.proposed_by = "seller" if seller.pk in own and buyer.pk not in own else "buyer"
    a.on_saved.append(lambda: _admit(a, deal, deal.buyer if deal.proposed_by == "seller" else deal.seller))


@action(
    "deals",
    "open_from_match",
    "由对接开启交易",
    "Open from match",
    creates=True,
    hidden=True,
    fields=(Column("match", "ref", "对接", "Match", required=True), *TERMS),
)
def open_from_match(a: Run, deal: Deal, *, match: Match, way: str = "", amount_wan: int | None = None, note: str = "") -> None:
    """Open a deal that carries both ends of a match; done by the match's hand-over only. Its accepted confidentiality carries over."""
    need, result = match.need, match.result
    deal.match, deal.need, deal.result, deal.buyer, deal.seller = match.record, need, result, need.owner, result.owner
    deal.way, deal.amount_fen, deal.note = way or "", amount_wan, note or ""
    deal.proposed_by = "seller" if result.owner_id in a.by.bodies else "buyer"
    deal.nda_text = f"沿用对接 {match.record.number} 的保密约定"
    deal.buyer_nda_on = deal.seller_nda_on = a.today
    a.record.title, a.record.owner, a.record.node, a.record.visibility = match.title, need.owner, match.record.node, "owner"
    a.on_saved.append(lambda: _admit(a, deal, deal.buyer if deal.proposed_by == "seller" else deal.seller))


@action("matches", "hand_over", "移交交易", "Hand over to a deal", fields=TERMS)
def hand_over(a: Run, match: Match, *, way: str = "", amount_wan: int | None = None, note: str = "") -> None:
    """Hand the thread over to a deal record that carries both ends; the other side confirms it there."""
    deal = register_of("deals").acts["open_from_match"].run(by=a.by, match=match, way=way, amount_wan=amount_wan, note=note, now=a.now)
    a.extra["deal"] = [None, deal.number]


@action("deals", "confirm", "确认开启", "Confirm", safe=True)
def confirm(a: Run, deal: Deal) -> None:
    """The other side opens the deal too."""
    deal.opened_on = a.today
    a.notify(
        f"交易已由双方开启：{deal.title}", bodies={deal.buyer_id, deal.seller_id}, key="open", en=f"Deal opened by both sides: {deal.title}"
    )


FIXED = ("match", "buyer", "seller", "signed_on", "text_sha256")


@action("deals", "change", "修改", "Change", roles=("owner", *DESK))
def change(a: Run, deal: Deal, **values: Any) -> None:
    """Change what the deal says of itself. Refuses signed and ended deals, other parties (another deal), and what signing writes."""
    a.require(editable(a.register, a.record, a.by), "not_editable", "已签约或已终止的交易不能修改", field="state", value=a.record.state)
    fixed = sorted(set(values) & set(FIXED))
    a.require(
        not fixed,
        "parties_fixed",
        "双方与对接不能改换（请终止后另行发起），签约日期与文本摘要由签署写入",
        field=fixed[0] if fixed else None,
    )
    change_entry(a, deal, values)


def live(a: Run) -> None:
    """Refuse once the deal is signed or ended."""
    a.require(a.record.state in ("proposed", "open"), "deal_over", "交易已签约或已终止", field="state", value=a.record.state)


@action("deals", "set_nda", "设定保密约定", "Set confidentiality", roles=EITHER, fields=(
    Column("confidentiality", "choice", "保密方式", "Confidentiality", required=True, choices=sheets.CONFIDENTIALITY),
    Column("nda_text", "longtext", "保密约定", "Confidentiality terms"), Column("nda_until", "date", "保密期限至", "Confidential until"),
))  # fmt: skip
def set_nda(a: Run, deal: Deal, *, confidentiality: str, nda_text: str = "", nda_until: dt.date | None = None) -> None:
    """Set how confidential the deal is; a new text must be signed by both sides again, and until then closes what it covers."""
    live(a)
    a.require(confidentiality in sheets.CONFIDENTIALITY, "bad_choice", "保密方式应为 open 或 mutual", field="confidentiality")
    a.require(confidentiality == "open" or nda_text.strip(), "required", "双方保密须写明保密约定", field="nda_text")
    a.require(nda_until is None or nda_until > a.today, "date_order", "保密期限须晚于今天", field="nda_until", value=str(nda_until))
    deal.confidentiality, deal.nda_text, deal.nda_until = confidentiality, nda_text.strip(), nda_until
    deal.buyer_nda_on = deal.seller_nda_on = None
    deal.brokers.filter(until=None).update(nda_on=None)
    a.after_saved(lambda: refresh_access(deal, a.now))


@action("deals", "sign_nda", "签署保密约定", "Sign confidentiality", roles=(*SIDES, "broker"), fields=(
    Column("agreed", "boolean", "我代表本单位接受保密约定", "I accept for my body", required=True),
))  # fmt: skip
def sign_nda(a: Run, deal: Deal, *, agreed: bool) -> None:
    """Accept the confidentiality terms for one's side; what is confidential opens when both sides did, to a broker when it did too."""
    a.require(agreed, "not_agreed", "须勾选接受保密约定", field="agreed")
    a.require(deal.confidentiality == "mutual", "nothing_to_sign", "本交易未设保密约定", field="agreed")
    sides = [s for s in SIDES if getattr(deal, f"{s}_id") in a.by.bodies and getattr(deal, f"{s}_nda_on") is None]
    mine = deal.brokers.filter(until=None, nda_on=None, broker__owner_id__in=a.by.bodies)
    a.require(sides or mine.exists(), "already_accepted", "贵单位已接受保密约定，等待对方", field="agreed")
    for side in sides:
        setattr(deal, f"{side}_nda_on", a.today)
    mine.update(nda_on=a.today)
    a.extra["nda"] = [None, sides or ["broker"]]
    a.after_saved(lambda: refresh_access(deal, a.now))
    if nda_open(deal):
        a.notify(f"双方已签保密约定：{deal.title}", roles=SIDES, key="nda", en=f"Both signed confidentiality: {deal.title}")


BROKER_SIDES = {"buyer": ("受让方", "Buyer"), "seller": ("让与方", "Seller"), "both": ("双方", "Both")}


@action("deals", "add_broker", "引入技术经理人", "Bring in a broker", roles=EITHER, fields=(
    Column("broker", "ref", "技术经理人", "Broker", required=True), Column("side", "choice", "受托方", "For", required=True, choices=BROKER_SIDES),
))  # fmt: skip
def add_broker(a: Run, deal: Deal, *, broker: Any, side: str) -> None:
    """Let a registered broker take part for a side; both sides are told, so a double mandate is never hidden."""
    live(a)
    found = find(register_of("brokers"), broker, a.by)
    a.require(found.state == "registered", "not_in_practice", f"“{found.title}” 不在册或已暂停", field="broker")
    a.require(side in BROKER_SIDES, "bad_choice", "受托方应为 buyer、seller 或 both", field="side")
    held = deal.brokers.filter(broker=found, until=None).exists()
    a.require(not held, "broker_twice", f"“{found.title}” 已在本交易中", field="broker", value=found.number)
    DealBroker.objects.create(deal=deal, broker=found, side=side, since=a.today)
    if found.owner is not None:
        a.admit("broker", body=found.owner)
    a.link(found, "broker")
    a.extra["broker"] = [None, {"broker": found.number, "side": side}]
    a.after_saved(lambda: refresh_access(deal, a.now))
    a.notify(
        f"技术经理人参与交易：{found.title}（{BROKER_SIDES[side][0]}）", roles=SIDES, key=found.number, en=f"Broker joined: {found.title}"
    )


@action(
    "deals",
    "end_broker",
    "结束经理人参与",
    "End a broker's part",
    roles=EITHER,
    fields=(Column("broker", "ref", "技术经理人", "Broker", required=True),),
)
def end_broker(a: Run, deal: Deal, *, broker: Any) -> None:
    """End a broker's part; its access ends with it."""
    found = find(register_of("brokers"), broker, a.by)
    held = deal.brokers.filter(broker=found, until=None)
    a.require(held.exists(), "no_broker", f"“{found.title}” 不在本交易中", field="broker", value=found.number)
    held.update(until=a.today)
    others = deal.brokers.filter(until=None, broker__owner_id=found.owner_id).exists()
    if not others:
        Participant.objects.filter(record=a.record, role="broker", body_id=found.owner_id, until=None).update(until=a.now)
    a.extra["broker"] = [found.number, None]


SHEET = (
    Column("way", "choice", "合作方式", "Way", choices=WAYS), Column("amount_wan", "money_wan", "价款", "Price", unit="万元"),
    Column("scope", "longtext", "标的与范围", "Subject and scope"), Column("payment", "longtext", "支付安排", "Payment"),
    Column("ownership", "longtext", "知识产权归属", "Ownership of IP"), Column("exclusivity", "text", "许可方式或排他安排", "Exclusivity"),
    Column("months", "integer", "期限（月）", "Term in months"), Column("delivery", "longtext", "交付与验收", "Delivery and acceptance"),
    Column("other", "longtext", "其他条件", "Other conditions"), Column("valid_to", "date", "条款有效至", "Offer valid until"),
)  # fmt: skip


@action("deals", "propose_terms", "提出条款清单", "Propose terms", roles=EITHER, fields=SHEET)
def propose_terms(a: Run, deal: Deal, **values: Any) -> None:
    """Put a new version of the term sheet on the table. Refuses an empty one, one equal to the last, and amounts or terms below one."""
    live(a)
    terms = [
        [c.name, str(values[c.name]) if isinstance(values[c.name], dt.date) else values[c.name]]
        for c in SHEET
        if values.get(c.name) not in (None, "")
    ]
    a.require(terms, "required", "条款清单不能为空", field="scope")
    for name in ("amount_wan", "months"):
        a.require(values.get(name) is None or values[name] > 0, "not_positive", "须大于零", field=name, value=values.get(name))
    last = deal.term_sheets.last()
    digest = chain.digest(terms)
    a.require(last is None or last.sha256 != digest, "no_change", f"与第 {last.version if last else 0} 版相同", field="scope")
    side = side_of(deal, a.by) or "desk"
    made = TermSheet.objects.create(
        deal=deal, version=(last.version if last else 0) + 1, side=side, terms=terms, sha256=digest, at=a.now, by_id=a.by.user_id,
        buyer_on=a.today if side == "buyer" else None, seller_on=a.today if side == "seller" else None,
    )  # fmt: skip
    a.extra["term_sheet"] = [last.version if last else None, {"version": made.version, "sha256": digest}]
    a.notify(
        f"新的条款清单（第 {made.version} 版）：{deal.title}", bodies={deal.buyer_id, deal.seller_id} - set(a.by.bodies), key=digest[:8],
        en=f"New term sheet, version {made.version}: {deal.title}",
    )  # fmt: skip


@action(
    "deals",
    "accept_terms",
    "接受条款清单",
    "Accept the terms",
    roles=SIDES,
    fields=(Column("version_no", "integer", "版本", "Version", required=True),),
)
def accept_terms(a: Run, deal: Deal, *, version_no: int) -> None:
    """Accept the newest term sheet by its version; once both did, way and price of the deal follow it. Refuses older and lapsed ones."""
    live(a)
    last = deal.term_sheets.last()
    a.require(
        last is not None and last.version == version_no, "not_newest", "只能接受最新一版条款清单", field="version_no", value=version_no
    )
    terms: dict[str, Any] = dict(last.terms)  # type: ignore[union-attr]
    lapsed = terms.get("valid_to") and dt.date.fromisoformat(terms["valid_to"]) < a.today
    a.require(not lapsed, "offer_lapsed", f"条款有效期至 {terms.get('valid_to')}，已过", field="version_no")
    sides = [s for s in SIDES if getattr(deal, f"{s}_id") in a.by.bodies and getattr(last, f"{s}_on") is None]
    a.require(sides, "already_accepted", "贵单位已接受，等待对方", field="version_no")
    for side in sides:
        setattr(last, f"{side}_on", a.today)
    last.save(update_fields=["buyer_on", "seller_on"])  # type: ignore[union-attr]
    a.extra["accepted"] = [None, {"version": version_no, "sides": sides}]
    if last.buyer_on and last.seller_on:  # type: ignore[union-attr]
        for name in ("way", "amount_wan"):
            if name in terms:
                setattr(deal, attribute(name), terms[name])
        a.notify(f"条款清单双方已接受：{deal.title}", roles=SIDES, key=f"terms{version_no}", en=f"Terms accepted by both: {deal.title}")


MEETING_WAYS = {"onsite": ("现场", "On site"), "online": ("线上", "On-line"), "phone": ("电话", "Telephone")}


@action("deals", "meet", "登记洽谈", "Record a meeting", roles=(*EITHER, "broker"), fields=(
    Column("held_on", "date", "日期", "Date", required=True), Column("way", "choice", "方式", "Way", required=True, choices=MEETING_WAYS),
    Column("place", "text", "地点", "Place"), Column("people", "text", "参加人员", "People", required=True),
    Column("minutes", "longtext", "纪要", "Minutes", required=True), Column("next_step", "text", "下一步", "Next step"), Column("next_on", "date", "下次日期", "Next on"),
))  # fmt: skip
def meet(
    a: Run,
    deal: Deal,
    *,
    held_on: dt.date,
    way: str,
    people: str,
    minutes: str,
    place: str = "",
    next_step: str = "",
    next_on: dt.date | None = None,
) -> None:
    """Record a meeting with its minutes. Refuses future dates and a next date before it."""
    a.require(held_on <= a.today, "future_date", "洽谈日期不能晚于今天", field="held_on", value=str(held_on))
    a.require(next_on is None or next_on >= held_on, "date_order", "下次日期早于本次", field="next_on")
    made = Meeting.objects.create(
        deal=deal, held_on=held_on, way=way, place=place or "", people=people, minutes=minutes, next_step=next_step or "", next_on=next_on,
        by_id=a.by.user_id,
    )  # fmt: skip
    a.extra["meeting"] = [None, {"held_on": str(held_on), "id": made.pk}]


@action("deals", "sign", "登记签约", "Record signing", fields=(
    Column("amount_wan", "money_wan", "合同金额", "Amount", unit="万元", required=True), Column("signed_on", "date", "签约日期", "Signed on"),
    Column("text_sha256", "text", "签署文本 SHA-256", "SHA-256 of the text", help="纸质或其他平台签署的文本，可填其文件摘要"), Column("draft", "ref", "合同文本", "Contract text", help="在线签署后自动填入"),
))  # fmt: skip
def sign(a: Run, deal: Deal, *, amount_wan: int, signed_on: dt.date | None = None, text_sha256: str = "", draft: Any = None) -> None:
    """Record that the contract was signed, with the hash of its text; the need moves on with it.

    On-line signing of a contract text does this by itself. Refused by hand while a text of this deal is being negotiated on-line.
    """
    a.require(amount_wan > 0, "not_positive", "合同金额应大于零", field="amount_wan", value=amount_wan)
    a.require(a.by.system or draft is None, "signed_online_only", "合同文本由在线签署填入", field="draft")
    open_texts = ContractDraft.objects.filter(deal=a.record, record__state__in=("drafting", "agreed"))
    a.require(a.by.system or not open_texts.exists(), "text_open", "合同文本正在线上协商：请双方确认并签署，或先弃用该文本", field="draft")
    day = signed_on or a.today
    a.require(day <= a.today, "future_date", "签约日期不能晚于今天", field="signed_on", value=str(day))
    digest = (text_sha256 or "").strip().lower()
    a.require(not digest or SHA256.fullmatch(digest), "bad_hash", "SHA-256 为 64 位十六进制", field="text_sha256", value=digest[:80])
    deal.amount_fen, deal.signed_on, deal.text_sha256, deal.draft = amount_wan, day, digest, draft
    if deal.need is not None and deal.need.state in ("published", "matching", "talking"):
        needs.sign(by=SYSTEM, record=deal.need, now=a.now)
    if deal.result is not None and deal.result.state in ("listed", "talking") and deal.way == "transfer":
        results.transfer(by=SYSTEM, record=deal.result, now=a.now)


@action("deals", "fail", "终止", "End without deal", danger=True)
def fail(a: Run, deal: Deal) -> None:
    """End without a deal, with the reason."""
    others = {deal.buyer_id, deal.seller_id} - set(a.by.bodies)
    a.notify(f"交易终止：{deal.title}（{a.reason}）", bodies=others, key="fail", en=f"Deal ended: {deal.title}")
