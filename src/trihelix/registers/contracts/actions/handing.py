"""From a signed deal onwards: the registration prefilled in one act, the transfer of the invention, receipts on to the shares."""

from __future__ import annotations

from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.models import Link, Participant, Record
from trihelix.kernel.register import register_of
from trihelix.registers.contracts import drafts, sheets
from trihelix.registers.contracts.models import Contract, Deal, DraftVersion, Obligation
from trihelix.registers.inventions.models import Invention, Transfer

HANDLERS = ("seller", "buyer", "node", "officer", "operator")
WAYS = {"transfer": "transfer", "licence": "licence", "invest": "shares"}
MONEY = ("owner", "officer", "operator", "finance")


def _signed(a: Run, deal: Deal) -> DraftVersion | None:
    """The signed version of an on-line text; None where the deal was signed elsewhere. Refuses deals not signed."""
    a.require(a.record.state == "signed", "not_signed", "签约后才能办理", field="state", value=a.record.state)
    return DraftVersion.objects.filter(draft_id=deal.draft_id, sha256=deal.text_sha256).first() if deal.draft_id else None


@action("deals", "register_contract", "填写合同登记", "Prefill the registration", roles=HANDLERS, fields=(
    Column("office", "ref", "登记机构", "Registration office", help="留空为卖方所在站点"),
    Column("kind", "choice", "合同类型", "Kind", choices=sheets.CT_KINDS, help="在线签署的合同自动带出"),
    Column("applicant", "choice", "申请方", "Applicant", choices={"seller": ("让与方", "Seller"), "buyer": ("受让方（技术进口）", "Buyer (import)")}),
))  # fmt: skip
def register_contract(a: Run, deal: Deal, *, office: Any = None, kind: str = "", applicant: str = "seller") -> None:
    """Open the registration with everything the signed text says, in one act. Refuses a second one, and writing for another body."""
    version = _signed(a, deal)
    held = (
        Contract.objects.filter(deal=a.record)
        .exclude(record__state__in=("discarded", "refused", "rejected", "lapsed"))
        .select_related("record")
        .first()
    )
    a.require(held is None, "registered_already", f"本交易已有合同登记 {held.record.number if held else ''}", field="state")
    owner = deal.buyer if applicant == "buyer" else deal.seller
    where = find(register_of("nodes"), office, a.by) if office else owner.node or a.record.node
    if version is None:
        a.require(kind, "required", "非在线签署的合同请选择合同类型", field="kind")
        values: dict[str, Any] = {
            "kind": kind,
            "price_text": f"人民币{(deal.amount_fen or 0) / 1_000_000:.6f}".rstrip("0").rstrip(".") + "万元整",
        }
    else:
        terms = dict(version.terms)
        values = {k: terms.get(k) for k in ("kind", "subkind", "amount_items", "payment_plan", "ip_items", "field", "plan_source")}
        values |= {k: _day(terms.get(k)) for k in ("term_from", "term_to")}
        values |= {"text": version.text.strip(), "form": "e" if _electronic(version) else "paper"}
    values = {k: v for k, v in values.items() if v not in (None, "", [])}
    made = register_of("contracts").acts["create"].run(
        by=a.by, now=a.now, title=version.terms["title"] if version else a.record.title, owner=str(owner.uid), deal=str(a.record.uid), office=str(where.uid) if where else None,
        sign_date=deal.signed_on or a.today, parties=drafts.parties_of(deal), **values,
    )  # fmt: skip
    for role, body in (("buyer", deal.buyer), ("seller", deal.seller)):
        Participant(record=made.record, body=body, role=role, since=a.now, confidential_at=a.now).save()
    a.link(made.record, "contract")
    Obligation.objects.filter(deal=a.record, contract=None).update(contract=made.record)
    a.extra["contract"] = [None, made.record.number]


def _electronic(version: DraftVersion) -> bool:
    return not version.signatures.filter(provider="paper").exists()


def _day(text: str | None) -> Any:
    import datetime as dt

    return dt.date.fromisoformat(text) if text else None


@action("deals", "open_transfer", "转入成果转化", "Open the transfer", roles=("seller", "officer", "operator"), fields=(
    Column("invention", "ref", "职务科技成果", "Invention", help="留空按交易的成果查找"), Column("price_way", "choice", "定价方式", "Price way", choices={
        "agreement": ("协议定价", "Agreed price"), "listing": ("挂牌交易", "Listing"), "auction": ("拍卖", "Auction"), "tender": ("招标", "Tender"),
    }),
))  # fmt: skip
def open_transfer(a: Run, deal: Deal, *, invention: Any = None, price_way: str = "") -> None:
    """Open and sign the transfer of the invention, so that receipts are shared. Refuses a second one, and results without an invention."""
    _signed(a, deal)
    held = transfer_of(a.record)
    a.require(held is None, "transfer_open", f"本交易已转入 {held.record.number if held else ''}", field="state")
    if invention:
        one = find(register_of("inventions"), invention, a.by)
    else:
        rows = list(
            Invention.objects.filter(result=deal.result, record__owner=deal.seller).exclude(result=None).select_related("record")[:2]
        )
        a.require(len(rows) == 1, "which_invention", "请指明职务科技成果：交易的成果没有对应或对应多项", field="invention")
        one = rows[0].record
    contract = Contract.objects.filter(deal=a.record).exclude(record__state__in=("discarded", "refused", "rejected", "lapsed")).first()
    run = register_of("transfers").acts
    values = {"price_way": price_way, "contract": str(contract.record.uid) if contract else ""}
    made = run["create"].run(
        by=a.by, now=a.now, title=a.record.title, owner=str(deal.seller.uid), invention=str(one.uid), partner=str(deal.buyer.uid),
        way=WAYS.get(deal.way, "own_use"), amount_wan=deal.amount_fen, **{k: v for k, v in values.items() if v},
    )  # fmt: skip
    run["sign"].run(by=a.by, now=a.now, record=made.record, signed_on=deal.signed_on)
    a.link(made.record, "transfer")
    a.extra["transfer"] = [None, made.record.number]


def transfer_of(deal: Record | None) -> Transfer | None:
    """The transfer a deal was handed to."""
    link = Link.objects.filter(source=deal, kind="transfer").select_related("target").first() if deal is not None else None
    return link.target.entry if link else None


@action("contracts", "share_receipt", "到账转入收益分配", "Share a receipt", roles=MONEY, fields=(
    Column("voucher", "text", "到账凭证号", "Voucher", required=True), Column("taxes_wan", "money_wan", "税费", "Taxes", unit="万元"),
    Column("upkeep_wan", "money_wan", "维持费", "Upkeep", unit="万元"), Column("direct_wan", "money_wan", "直接交易费用", "Direct cost", unit="万元"),
    Column("refund_of", "text", "退款的原凭证号", "Voucher refunded", help="退款时填写"),
))  # fmt: skip
def share_receipt(
    a: Run,
    contract: Contract,
    *,
    voucher: str,
    taxes_wan: int | None = None,
    upkeep_wan: int | None = None,
    direct_wan: int | None = None,
    refund_of: str = "",
) -> None:
    """Pass one receipt of the contract on to the transfer, where the plan of its day shares it; refunds go the same way.

    The voucher is the same on both sides, so a receipt is shared once at most.
    """
    receipt = contract.receipts.filter(key=voucher).first()
    if receipt is None:
        raise Refused.one("not_found", f"没有凭证 {voucher} 的到账", field="voucher", value=voucher)
    transfer = transfer_of(contract.deal) or Transfer.objects.filter(contract=a.record).select_related("record").first()
    if transfer is None:
        raise Refused.one("no_transfer", "请先在交易页“转入成果转化”", field="voucher")
    acts, common = (
        register_of("transfers").acts,
        {"by": a.by, "now": a.now, "record": transfer.record, "voucher": voucher, "date": receipt.date},
    )
    if receipt.received_fen > 0:
        acts["receive"].run(amount_wan=receipt.received_fen, taxes_wan=taxes_wan, upkeep_wan=upkeep_wan, direct_wan=direct_wan, **common)
    else:
        a.require(refund_of, "required", "退款须填写原到账凭证号", field="refund_of")
        acts["refund"].run(amount_wan=-receipt.received_fen, refund_of=refund_of, **common)
    a.extra["shared"] = [None, {"voucher": voucher, "transfer": transfer.record.number}]
