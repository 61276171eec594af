"""Declaration of the registers of policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel.checks import fill, no_new_rows
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.policies import flow, models, sheets


def _check_dates(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    start, end = row.get("valid_from") or row.get("effective_on"), row.get("valid_to") or row.get("ends_on")
    if start and end and end < start:
        yield Problem("date_order", "止日早于起日", field="valid_to" if row.get("valid_to") else "ends_on", value=str(end))


def _policy_doc(policy: models.Policy) -> dict[str, Any]:
    return document(policy, text=[policy.doc_number, policy.summary, policy.interpretation], holder="、".join(policy.issuers), facets={"rule": policy.rules},
                    numbers={"year": policy.issued_on.year if policy.issued_on else None})  # fmt: skip


ASSESSMENTS = declare(
    Register(
        "assessments", models.Assessment, "政策自评", "Self-check", "ZP", flow.ASSESSMENT, sheets.ASSESSMENTS, area="finance",
        help_zh="按规则逐条得出的自评，连同当时的事实与规则版本保存，不会被悄悄重算；官方认定另有登记。",
        help_en="Self-checks clause by clause, kept with facts and rule version; official recognitions are a register of their own.",
        list_columns=("number", "title", "rule", "on", "verdict", "state"), filters=("rule", "verdict", "on", "owner"), public=False, change_states=(),
        check=no_new_rows, panels=("policies/_answer.html",),
    )
)  # fmt: skip
CHECK_UPS = declare(
    Register(
        "check_ups", models.CheckUp, "政策体检报告", "Check-up report", "ZTJ", flow.CHECK_UP, sheets.CHECK_UPS, area="finance",
        help_zh="一次政策体检的全部规则、事实与依据，按当日规则保存，可打印、可共享给所属站点，不会被悄悄重算。",
        help_en="One check-up with all rules, facts and clauses, kept by the rules of its day; printed, shared with the node, never recomputed.",
        list_columns=("number", "title", "owner", "on", "met", "near", "state"), filters=("owner", "on"), public=False, change_states=(),
        check=no_new_rows, panels=("policies/_report.html",),
    )
)  # fmt: skip
RECOGNITIONS = declare(
    Register(
        "recognitions", models.Recognition, "资格认定", "Recognition", "ZG", flow.RECOGNITION, sheets.RECOGNITIONS, area="finance",
        help_zh="官方认定的资格：类别、编号、机构、有效期与来源。", help_en="Official recognitions: kind, number, issuer, period, source.",
        list_columns=("number", "title", "owner", "title_kind", "valid_from", "valid_to", "state"), filters=("title_kind", "owner", "valid_from", "valid_to"),
        create_roles=("officer", "operator"), import_state="valid", import_visibility="public", check=_check_dates,
    )
)  # fmt: skip
POLICIES = declare(
    Register(
        "policies", models.Policy, "政策文件", "Policy", "ZC", flow.POLICY, sheets.POLICIES, area="governance",
        help_zh="政策文件库：现行、被替代、草案；替代链、解读与关联规则。", help_en="Policy documents: in force, replaced, draft; with chains, interpretation and linked rules.",
        list_columns=("number", "title", "doc_number", "issued_on", "state"), filters=("issued_on", "rules", "unverified"),
        create_roles=("officer", "operator"), refs={"replaces": "policies"}, import_state="in_force", import_visibility="public", check=_check_dates,
        prepare=fill("unverified"), search_doc=_policy_doc,
    )
)  # fmt: skip
RULE_CHANGES = declare(
    Register(
        "rule_changes", models.RuleChange, "规则参数修改", "Rule change", "GX", flow.RULE_CHANGE, sheets.RULE_CHANGES, area="governance",
        help_zh="经办人提出参数新值、依据与生效日期；先看受影响的企业，再由另一人复核确认。",
        help_en="A proposed parameter value with source and date; the firms affected are shown first, a second person confirms.",
        list_columns=("number", "title", "rule", "parameter", "effective_on", "state"), filters=("rule", "effective_on"), public=False,
        create_roles=("officer", "operator"), change_states=(), check=no_new_rows, panels=("policies/_preview.html",),
    )
)  # fmt: skip

from trihelix.registers.policies import actions  # noqa: E402, F401

for _register in (ASSESSMENTS, CHECK_UPS, RECOGNITIONS, POLICIES, RULE_CHANGES):
    standard_actions(_register)
