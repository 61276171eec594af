"""Declaration of the registers of deals and technology contracts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.contracts import amounts, is_large, parse_contract
from trihelix.engines.contracts.hints import fingerprint
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel.register import Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.contracts import flow, models, recognition, sheets


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


def _prepare_contract(values: dict[str, Any]) -> None:
    """The three amounts, the fingerprint and the rule set of the filed terms."""
    if not values.get("parties"):
        return
    made = parse_contract({**recognition.filed(values), "title": ""}, recognition.contract_book())
    found = amounts(made, recognition.contract_book())
    day: dt.date = values.get("accepted_on") or values.get("registered_on") or values["sign_date"]
    rule_set = recognition.contract_book().rule_set(values.get("rule_set") or "", day)
    values["turnover_fen"], values["technical_fen"] = found.turnover, found.technical
    values["rule_set"], values["large"] = rule_set.id, is_large(found.technical, rule_set, day)
    values["fingerprint"] = fingerprint(made)
    values["form"] = values.get("form") or "paper"
    values["secret_flag"], values["government_project"] = bool(values.get("secret_flag")), values.get("government_project")


DEALS = declare(
    Register(
        "deals", models.Deal, "交易", "Deal", "JY", flow.DEAL, sheets.DEALS, area="deals",
        help_zh="由对接移交的交易，带着需求、成果与双方一起走到合同。", help_en="Deals handed over from matches, with need, result and both parties.",
        list_columns=("number", "title", "buyer", "seller", "amount_wan", "state"), filters=("way", "buyer", "seller"), public=False,
        create_roles=("officer", "operator"), change_states=("open",),
        refs={"match": "matches", "need": "needs", "result": "results", "buyer": "bodies", "seller": "bodies"},
    )
)  # fmt: skip

CONTRACTS = declare(
    Register(
        "contracts", models.Contract, "技术合同", "Technology contract", "HT", flow.CONTRACT, sheets.CONTRACTS, area="deals",
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

standard_actions(DEALS)
standard_actions(CONTRACTS)
