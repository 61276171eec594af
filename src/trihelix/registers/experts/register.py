"""Declaration of the register of experts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel import clock
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.experts import fees, flow, models, sheets


def _check(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    start, end = row.get("away_from"), row.get("away_to")
    if start and end and end < start:
        yield Problem("date_order", "不可用止日早于起日", field="away_to", value=str(end))
    if row.get("max_load") is not None and row["max_load"] < 0:
        yield Problem("negative", "最多承担项数不能为负", field="max_load", value=row["max_load"])
    if row.get("credit") is not None and not 0 <= row["credit"] <= 100:
        yield Problem("out_of_range", "信用分应在 0 至 100 之间", field="credit", value=row["credit"])


def _doc(expert: models.Expert) -> dict[str, Any]:
    texts = [f"{o.title}\n{getattr(o.entry, 'summary', '')}" for o in expert.outputs]
    facets = {"kind_of": [expert.kind], "field": expert.fields, "region": [expert.city]}
    return document(expert, text=texts, facets=facets)


def _prepare(values: dict[str, Any]) -> None:
    if values.get("max_load") is None:
        values["max_load"] = 10
    if values.get("credit") is None:
        values["credit"] = 100


def _check_fee(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from fees.check(row)


def _prepare_fee(values: dict[str, Any]) -> None:
    values["amount_fen"] = fees.amount(values["mode"], values["day_fen"], values.get("days"), values.get("times"), values.get("percent"))


def _prepare_invitation(values: dict[str, Any]) -> None:
    values["role"] = values.get("role") or "member"
    values["invited_on"] = values.get("invited_on") or clock.today()


EXPERTS = declare(
    Register(
        "experts", models.Expert, "专家", "Expert", "ZJ", flow.FLOW, sheets.EXPERTS, area="people",
        help_zh="科技项目评审专家库。检索只依据其成果、专利等产出，不依据自我介绍。",
        help_en="The pool of review experts. Search reads their outputs, never their claims.",
        list_columns=("number", "title", "owner", "kind", "fields", "city", "state"), filters=("kind", "fields", "city", "owner", "credit"),
        create_roles=("owner", "officer", "operator"), import_state="active", import_visibility="members",
        personal=frozenset({"email", "phone"}), refs={"person": "people"}, check=_check, prepare=_prepare, search_doc=_doc,
        panels=("experts/_outputs.html",),
    )
)  # fmt: skip
INVITATIONS = declare(
    Register(
        "expert_invitations", models.Invitation, "专家参与邀请", "Expert invitation", "YQH", flow.INVITATION, sheets.INVITATIONS, area="people", owner_required=False,
        help_zh="请专家参与规划编制、政策起草和年度指南：邀请、角色、答复、意见、采纳。企业专家占比按库、按抽到的席位、按这些工作三处分别统计。",
        help_en="Experts in plans, policies and the yearly guide. The share of enterprise experts is told three ways: pool, seats drawn, these groups.",
        list_columns=("number", "title", "expert", "work", "role", "invited_on", "state"), filters=("work", "role", "expert", "invited_on", "adopted"), public=False,
        create_roles=("officer", "operator"), refs={"expert": "experts"}, change_states=("invited",), import_state="invited", import_visibility="owner", prepare=_prepare_invitation,
    )
)  # fmt: skip
FEES = declare(
    Register(
        "expert_fees", models.Fee, "专家咨询费", "Expert fee", "ZXF", flow.FEE, sheets.FEES, area="people", owner_required=False,
        help_zh="按职称、天数或次数计算，审批后支付；标准见 财科教〔2017〕128号。", help_en="Worked out by rank, days or times; approved, then paid.",
        list_columns=("number", "title", "expert", "mode", "amount_yuan", "paid_on", "state"), filters=("mode", "expert", "paid_on"), public=False,
        create_roles=("officer", "operator", "finance"), refs={"expert": "experts"}, change_states=("draft",), import_state="draft", import_visibility="owner",
        check=_check_fee, prepare=_prepare_fee, personal=frozenset({"amount_yuan", "day_yuan"}),
    )
)  # fmt: skip

from trihelix.registers.experts import actions, figures  # noqa: E402, F401

for _register in (EXPERTS, INVITATIONS, FEES):
    standard_actions(_register)
