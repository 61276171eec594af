"""Deals of the demo province: one with its contract text signed and registered, one still under negotiation — synthetic."""

from __future__ import annotations

import datetime as dt

from trihelix.cli.demo.province import Context, fen
from trihelix.kernel.register import register_of

DAY = dt.timedelta(days=1)
CLAUSES = {
    "subject": "研究开发参须低温粉碎装备，粒度 D90 不大于 75 μm（演示）。", "plan": "六个月样机，十二个月中试，十八个月验收（演示）。",
    "acceptance": "双方共同取样，第三方检测，D90 不大于 75 μm 为合格（演示）。", "confidentiality": "双方对技术资料保密三年（演示）。",
}  # fmt: skip


def load(ctx: Context) -> None:
    """Two deals between a firm and a university."""
    firm, office = ctx.actor("jicui"), ctx.actor("utcm-office")
    signed = _open(ctx, firm, office, "参须低温粉碎装备开发（演示）", 80)
    _sign(ctx, signed, firm, office)
    open_ = _open(ctx, firm, office, "参叶提取物稳定性咨询（演示）", 12)
    run = register_of("deals").acts
    run["propose_terms"].run(by=firm, record=open_.uid, amount_wan=fen(10), way="consulting", months=6)
    run["propose_terms"].run(by=office, record=open_.uid, amount_wan=fen(12), way="consulting", months=6)
    run["meet"].run(
        by=office, record=open_.uid, held_on=ctx.today, way="online", people="双方项目组（演示）", minutes="讨论报告的范围（演示）"
    )


def _open(ctx: Context, firm: object, office: object, title: str, wan: int):
    run = register_of("deals").acts
    deal = run["create"].run(by=firm, title=title, buyer="firm-jicui", seller="u-tcm", way="joint", amount_wan=fen(wan))
    run["confirm"].run(by=office, record=deal.uid)
    run["set_nda"].run(
        by=firm, record=deal.uid, confidentiality="mutual", nda_text="未公开的技术资料与报价只用于本交易，保密三年（演示）。"
    )
    for by in (firm, office):
        run["sign_nda"].run(by=by, record=deal.uid, agreed=True)
    return deal


def _sign(ctx: Context, deal, firm, office) -> None:
    """The text is written, confirmed and signed by both; the registration is prefilled, submitted and granted."""
    run = {name: act.run for name, act in register_of("contract_drafts").acts.items()}
    draft = run["create"](
        by=office, title="参须低温粉碎装备（演示）", deal=deal.number, kind="DEV", subkind="DEV-E", term_from=ctx.today, term_to=ctx.today + 720 * DAY,
        amount_items=[
            {"label": "开发费", "kind": "technical", "amount_wan": fen(60)}, {"label": "传感器", "kind": "equipment", "amount_wan": fen(15)},
            {"label": "样机一台", "kind": "equipment", "amount_wan": fen(5), "is_reasonable_carrier": True},
        ],
        payment_plan=[
            {"form": "fixed", "amount_wan": fen(30), "due": ctx.today + 10 * DAY, "trigger": "签订后"}, {"form": "fixed", "amount_wan": fen(50), "trigger": "验收后三十日内"},
        ],
    )  # fmt: skip
    for clause, text in CLAUSES.items():
        run["fill_clause"](by=office, record=draft.uid, clause=clause, text=text)
    run["make_version"](by=office, record=draft.uid)
    digest = draft.versions.last().sha256
    for by in (firm, office):
        run["confirm_version"](by=by, record=draft.uid, sha256=digest)
    for by, signer in ((firm, "示例-赵一"), (office, "示例-钱二")):
        run["sign_text"](by=by, record=draft.uid, sha256=digest, signer=signer)
    register_of("deals").acts["register_contract"].run(by=office, record=deal.uid, office="JL")
    contract = register_of("contracts").model._default_manager.get(deal=deal.record)
    acts = register_of("contracts").acts
    acts["submit"].run(by=office, record=contract.record.uid)
    acts["accept"].run(by=ctx.by, record=contract.record.uid)
    from trihelix.registers.contracts import recognition

    tests = list(recognition.contract_book().all_tests())
    acts["answer"].run(
        by=ctx.by, record=contract.record.uid, passed=[t.id for t in tests if t.need], failed=[t.id for t in tests if not t.need]
    )
    acts["register"].run(by=ctx.by, record=contract.record.uid)
