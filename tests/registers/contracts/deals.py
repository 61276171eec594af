"""Help for tests of deals: a deal opened by a firm and a university, a filled contract text."""

from __future__ import annotations

import datetime as dt

from trihelix.kernel.register import register_of

WAN = 1_000_000
CLAUSES = {
    "subject": "研究开发低温粉碎装备，粒度 D90 不大于 75 μm。", "acceptance": "双方共同取样，第三方检测，D90 不大于 75 μm 为合格。",
    "confidentiality": "双方对技术资料保密三年。",
}  # fmt: skip
ITEMS = [
    {"label": "开发费", "kind": "technical", "amount_wan": 60 * WAN}, {"label": "传感器", "kind": "equipment", "amount_wan": 15 * WAN},
    {"label": "样机一台", "kind": "equipment", "amount_wan": 5 * WAN, "is_reasonable_carrier": True},
]  # fmt: skip
PLAN = [
    {"form": "fixed", "amount_wan": 30 * WAN, "due": dt.date(2027, 1, 31), "trigger": "合同签订后"},
    {"form": "fixed", "amount_wan": 50 * WAN, "trigger": "验收合格后三十日内"},
]


def run(register: str, act: str):
    return register_of(register).acts[act].run


def open_deal(firm, office, **more):
    """A deal proposed by the firm and confirmed by the university."""
    values = {"title": "低温粉碎装备开发", "buyer": "firm-jicui", "seller": "u-tcm", "way": "joint", "amount_wan": 70 * WAN, **more}
    deal = run("deals", "create")(by=firm, **values)
    return run("deals", "confirm")(by=office, record=deal.uid)


def with_nda(deal, firm, office):
    for by in (firm, office):
        run("deals", "sign_nda")(by=by, record=deal.uid, agreed=True)
    return deal


def filled_draft(deal, by, **more):
    """A development contract's text with everything that is required."""
    draft = run("contract_drafts", "create")(
        by=by, title="低温粉碎装备", deal=deal.number, kind="DEV", subkind="DEV-E", term_from=dt.date(2026, 11, 1), term_to=dt.date(2028, 10, 31),
        amount_items=ITEMS, payment_plan=PLAN, **more,
    )  # fmt: skip
    for clause, text in CLAUSES.items():
        run("contract_drafts", "fill_clause")(by=by, record=draft.uid, clause=clause, text=text)
    return draft


def signed(deal, firm, office):
    """The deal with its text made, confirmed and signed by both."""
    draft = filled_draft(deal, office)
    run("contract_drafts", "make_version")(by=office, record=draft.uid)
    digest = draft.versions.last().sha256
    for by in (firm, office):
        run("contract_drafts", "confirm_version")(by=by, record=draft.uid, sha256=digest)
    for by, name in ((firm, "示例-甲"), (office, "示例-乙")):
        run("contract_drafts", "sign_text")(by=by, record=draft.uid, sha256=digest, signer=name)
    return draft
