"""Declaration of the registers of service inventions and of the reform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import exact
from trihelix.kernel.register import Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.inventions import models, reform_registers, sharing
from trihelix.registers.inventions.flow import core as flows
from trihelix.registers.inventions.sheets import core as sheets


def _blank(values: dict[str, Any], **defaults: Any) -> None:
    for name, value in defaults.items():
        if values.get(name) in (None, ""):
            values[name] = value


def _check_invention(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from sharing.whole(list(row.get("completers") or ()), "completers")
    names = [sharing.member_id(r) for r in row.get("completers") or () if r.get("name")]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield Problem("duplicate_completer", f"完成人 “{name}” 重复，请合并", field="completers", value=name)
    if row.get("separate_from") and not row.get("ledger_no"):
        yield Problem("required", "单列管理的成果须填写台账号", field="ledger_no")


def _prepare_invention(values: dict[str, Any]) -> None:
    _blank(values, secrecy="none")
    for name, default in (("title_clear", True), ("pledged", False), ("sole_licensed", False)):
        values[name] = default if values.get(name) is None else values[name]


def _check_transfer(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    if row.get("amount_wan") is not None and row["amount_wan"] < 0:
        yield Problem("negative_money", "合同金额不能为负", field="amount_wan")
    if row.get("rule") and row["rule"] not in sharing.share_book().rules:
        known = "、".join(sharing.share_book().rules)
        yield Problem("unknown_rule", f"没有分配规则 “{row['rule']}”；可用：{known}", field="rule", value=row["rule"])
    opening = row.get("opening_received_wan") or 0, row.get("opening_people_wan") or 0
    if any(opening) and not row.get("opening_on"):
        yield Problem("required", "填写期初金额须写明截至日期", field="opening_on")
    if opening[1] > opening[0]:
        yield Problem("people_over_received", "期初已分配到人的金额不能超过期初已到账", field="opening_people_wan")
    if row.get("state") not in (None, "", "draft", "discarded") and not row.get("signed_on"):
        yield Problem("required", "已签约的转化须填写签约日期", field="signed_on")


def _prepare_transfer(values: dict[str, Any]) -> None:
    _blank(values, rule="jilin", unit_kind="state", governance="province", mechanism="income_share", amount_fen=0)
    _blank(values, opening_received_fen=0, opening_people_fen=0)
    values["related"] = bool(values.get("related"))
    values["received_fen"] = max(values.get("received_fen") or 0, values["opening_received_fen"])
    values["people_fen"] = max(values.get("people_fen") or 0, values["opening_people_fen"])
    values["paid_fen"] = max(values.get("paid_fen") or 0, values["opening_people_fen"])


def _check_plan(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    for name in ("p", "office"):
        if row.get(name) in (None, ""):
            continue
        try:
            value = exact(str(row[name]))
        except Refused as refusal:
            yield from (Problem(p.code, p.message, field=name, value=row[name]) for p in refusal.problems)
            continue
        if not 0 <= value <= 1:
            yield Problem("bad_ratio", "比例应在 0 与 1 之间", field=name, value=row[name])
    members = list(row.get("members") or ())
    yield from sharing.whole(members, "members")
    names = [sharing.member_id(r) for r in members if r.get("name")]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield Problem("duplicate_member", f"成员 “{name}” 重复，请合并为一行", field="members", value=name)


def _prepare_plan(values: dict[str, Any]) -> None:
    values["rights_besides"] = bool(values.get("rights_besides"))


INVENTIONS = declare(
    Register(
        "inventions", models.Invention, "职务科技成果", "Service invention", "ZK", flows.INVENTION, sheets.INVENTIONS, area="results",
        help_zh="完成人披露、单位认定登记、单列管理与闲置计时；各项改革机制都从这里的成果出发。",
        help_en="Disclosed by completers, claimed and registered by the body, kept in the separate ledger; every mechanism of the reform starts here.",
        list_columns=("number", "title", "owner", "kind", "registered_on", "separate_from", "state"), filters=("kind", "owner", "stage", "money_sources"),
        create_roles=("owner", "node", "officer", "operator"), change_states=("draft", "disclosed", "registered", "available"),
        refs={"result": "results"}, check=_check_invention, prepare=_prepare_invention, confidential=frozenset({"book_wan", "source_project"}),
        import_state=lambda row: "registered" if row.get("registered_on") else "draft", import_visibility="owner", panels=("inventions/_invention.html",),
    )
)  # fmt: skip

TRANSFERS = declare(
    Register(
        "transfers", models.Transfer, "成果转化", "Transfer", "ZH", flows.TRANSFER, sheets.TRANSFERS, area="results",
        help_zh="签约、到账、退款、分配与兑付：每一笔到账分到每一个人，精确到分。",
        help_en="Signing, receipts, refunds, shares and payouts: each receipt down to each person, to the fen.",
        list_columns=("number", "title", "owner", "mechanism", "way", "signed_on", "amount_wan", "state"), filters=("mechanism", "way", "signed_on", "owner"),
        public=False, create_roles=("owner", "node", "officer", "operator"), change_states=("draft", "signed"),
        refs={"invention": "inventions", "contract": "contracts", "partner": "bodies"}, check=_check_transfer, prepare=_prepare_transfer,
        import_state=lambda row: "signed" if row.get("signed_on") else "draft", panels=("inventions/_transfer.html",),
    )
)  # fmt: skip

SHARE_PLANS = declare(
    Register(
        "share_plans", models.SharePlan, "收益分配方案", "Share plan", "FP", flows.SHARE_PLAN, sheets.SHARE_PLANS, area="results",
        help_zh="听取完成人意见、集体决策、公示、生效；旧方案保留，各笔到账按当日方案分配。",
        help_en="Inventors heard, decided together, on notice, in force; older plans stay and each receipt follows the plan of its day.",
        list_columns=("number", "title", "owner", "transfer", "p", "state"), filters=("owner", "transfer"), public=False,
        create_roles=("owner", "officer", "operator"), change_states=("draft",), refs={"transfer": "transfers"}, check=_check_plan,
        prepare=_prepare_plan, confidential=frozenset({"members"}), panels=("inventions/_procedure.html",),
    )
)  # fmt: skip

from trihelix.registers.inventions import actions, figures  # noqa: E402, F401

for _register in (INVENTIONS, TRANSFERS, SHARE_PLANS, *reform_registers.ALL):
    standard_actions(_register)
