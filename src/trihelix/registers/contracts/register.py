"""Declaration of the registers of deals, contract texts, obligations and technology contracts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.contracts import amounts, is_large, parse_contract
from trihelix.engines.contracts.hints import fingerprint
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel.models import Record
from trihelix.kernel.register import Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.contracts import drafts, flow, models, recognition, sheets


def _check_contract(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    try:
        parse_contract({**recognition.filed(dict(row)), "title": row.get("title") or ""}, recognition.contract_book())
    except Refused as refusal:
        for p in refusal.problems:
            yield Problem(p.code, p.message, field=(p.field or "").split("[")[0].split(".")[0] or None, clause=p.clause, value=p.value)
    if row.get("registered_on") and row.get("sign_date") and row["registered_on"] < row["sign_date"]:
        yield Problem("date_order", "登记日期早于签订日期", field="registered_on", value=str(row["registered_on"]))
    if row.get("registered_on") and context.get("import") and row.get("state") in ("draft", "submitted", "accepted"):
        yield Problem("state_mismatch", "填写了登记日期的合同状态应为 registered 或留空", field="state", value=row["state"])


def _said(record: Record) -> set[tuple[str, str]]:
    """A side that confirmed or signed the newest version waits for the other."""
    version = models.DraftVersion.objects.filter(draft__record=record).order_by("version").last()
    if version is None:
        return set()
    confirmed = {("confirm_version", side) for side in flow.SIDES if getattr(version, f"{side}_on")}
    return confirmed | {("sign_text", side) for side in version.signatures.values_list("side", flat=True)}


def _prepare_contract(values: dict[str, Any]) -> None:
    """The three amounts, the fingerprint and the rule set of the filed terms."""
    if not values.get("parties"):
        return
    made = parse_contract({**recognition.filed(values), "title": values.get("_title") or ""}, recognition.contract_book())
    found = amounts(made, recognition.contract_book())
    day: dt.date = values.get("accepted_on") or values.get("registered_on") or values["sign_date"]
    rule_set = recognition.contract_book().rule_set(values.get("rule_set") or "", day)
    values["turnover_fen"], values["technical_fen"] = found.turnover, found.technical
    values["rule_set"], values["large"] = rule_set.id, is_large(found.technical, rule_set, day)
    values["fingerprint"] = fingerprint(made)
    values["form"] = values.get("form") or "paper"
    values["secret_flag"], values["government_project"] = bool(values.get("secret_flag")), values.get("government_project")


def _check_deal(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    if row.get("buyer") and row.get("buyer") == row.get("seller"):
        yield Problem("same_body", "受让方与让与方不能是同一单位", field="seller")
    if row.get("amount_wan") is not None and row["amount_wan"] < 0:
        yield Problem("negative_money", "金额不能为负", field="amount_wan")
    for name in ("signed_on", "text_sha256"):
        if row.get(name) and row.get("state") in (None, "", "proposed", "open"):
            yield Problem("by_act", "此列由 “登记签约” 写入", field=name)


def _check_draft(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    kind = recognition.contract_book().kinds.get(row.get("kind") or "")
    if kind is not None and row.get("subkind") and row["subkind"] not in kind.subkinds:
        yield Problem("wrong_subkind", f"{kind.name}合同的子类为 {'、'.join(kind.subkinds)}", field="subkind", value=row["subkind"])
        return
    if row.get("term_from") and row.get("term_to") and row["term_to"] < row["term_from"]:
        yield Problem("date_order", "有效期止早于有效期起", field="term_to", value=str(row["term_to"]))
    known = {c.id for c in drafts.templates()[kind.code].of(row.get("subkind") or "")} if kind is not None else set()
    for n, clause in enumerate(row.get("clauses") or ()):
        if kind is not None and clause["clause"] not in known:
            yield Problem("unknown_clause", f"本类合同没有条款 “{clause['clause']}”", field="clauses", row=n + 1, value=clause["clause"])
    try:
        drafts.sums(row)
    except Refused as refusal:
        for p in refusal.problems:
            yield Problem(p.code, p.message, field=(p.field or "").split("[")[0].split(".")[0] or None, clause=p.clause, value=p.value)


def _prepare_draft(values: dict[str, Any]) -> None:
    """Total price and technical amount of the price table."""
    if values.get("kind"):
        values["turnover_fen"], values["technical_fen"] = drafts.sums(values)


def _check_obligation(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    if row.get("amount_wan") is not None and row["amount_wan"] < 0:
        yield Problem("negative_money", "金额不能为负", field="amount_wan")
    if row.get("debtor") and row.get("debtor") == row.get("creditor"):
        yield Problem("same_body", "履行方与对方不能是同一单位", field="creditor")
    state = row.get("state") or "planned"
    for name, states in (("done_on", ("done", "confirmed")), ("evidence", ("done", "confirmed")), ("confirmed_on", ("confirmed",))):
        if row.get(name) and state not in states:
            yield Problem("by_act", "此列由登记履行与确认写入", field=name)


DEALS = declare(
    Register(
        "deals", models.Deal, "交易", "Deal", "JY", flow.DEAL, sheets.DEALS, area="deals",
        help_zh="交易带着需求、成果与双方走到合同：保密约定、条款清单、洽谈、合同文本、签署、履约义务。",
        help_en="A deal takes need, result and both parties to the contract: confidentiality, term sheet, meetings, text, signing, obligations.",
        list_columns=("number", "title", "buyer", "seller", "amount_wan", "state"), filters=("way", "buyer", "seller"), public=False,
        create_roles=("owner", "node", "officer", "operator"), change_states=("open",), check=_check_deal, confidential=frozenset({"amount_wan", "note"}),
        refs={"match": "matches", "need": "needs", "result": "results", "buyer": "bodies", "seller": "bodies"}, panels=("contracts/_deal.html",),
        admits={"buyer": "buyer", "seller": "seller"},
    )
)  # fmt: skip

DRAFTS = declare(
    Register(
        "contract_drafts", models.ContractDraft, "合同文本", "Contract text", "WB", flow.DRAFT, sheets.DRAFTS, area="deals",
        help_zh="按五类技术合同逐条起草，没有约定的显示法律如何补上；版本留存、逐条对比，双方按摘要确认同一版本后签署。",
        help_en="Drafted clause by clause for the five statutory kinds, with what the law fills in; versions kept and compared, confirmed by hash, signed.",
        list_columns=("number", "title", "deal", "kind", "subkind", "turnover_wan", "state"), filters=("kind", "subkind", "deal"), public=False,
        change_states=("drafting",), refs={"deal": "deals"}, rests=_said, check=_check_draft, prepare=_prepare_draft,
        confidential=frozenset({"amount_items", "payment_plan", "ip_items", "clauses", "turnover_wan", "technical_wan"}), panels=("contracts/_draft.html",),
    )
)  # fmt: skip

OBLIGATIONS = declare(
    Register(
        "obligations", models.Obligation, "履约义务", "Obligation", "YW", flow.OBLIGATION, sheets.OBLIGATIONS, area="deals", deadlines={"fulfil": "due_on"},
        help_zh="谁在何时前应向谁履行什么；临近到期进入履行方待办，履行后由对方确认。",
        help_en="Who owes whom what until when; enters the debtor's inbox near its day, confirmed by the other side once done.",
        list_columns=("number", "title", "kind", "debtor", "creditor", "due_on", "amount_wan", "state"), filters=("kind", "due_on", "debtor", "creditor", "deal", "contract"),
        public=False, change_states=("planned",), check=_check_obligation, confidential=frozenset({"amount_wan", "note", "trigger", "evidence"}),
        refs={"deal": "deals", "contract": "contracts", "debtor": "bodies", "creditor": "bodies"}, admits={"debtor": "debtor", "creditor": "creditor"},
    )
)  # fmt: skip

CONTRACTS = declare(
    Register(
        "contracts", models.Contract, "技术合同", "Technology contract", "HT", flow.CONTRACT, sheets.CONTRACTS, area="deals", deadlines={"register": "due"},
        help_zh="技术合同认定登记：分项金额决定技术交易额，大额按技术交易额判定，期限自最后一次完整提交起算。",
        help_en="Recognition and registration: the price table gives the technical amount, which decides what is large; the clock runs from the last complete submission.",
        list_columns=("number", "title", "kind", "sign_date", "registered_on", "office", "state"),
        filters=("kind", "sign_date", "registered_on", "office", "owner", "plan_source"), public=False,
        create_roles=("owner", "node", "officer", "operator"), change_states=("draft", "correction", "change_pending"),
        refs={"office": "nodes", "deal": "deals"}, check=_check_contract, prepare=_prepare_contract,
        import_state=lambda row: "registered" if row.get("registered_on") else "draft", import_visibility="node",
        node_of=lambda contract: contract.office, panels=("contracts/_check.html",),
    )
)  # fmt: skip

from trihelix.registers.contracts import actions, figures  # noqa: E402, F401

for _register in (DEALS, DRAFTS, OBLIGATIONS, CONTRACTS):
    standard_actions(_register)
