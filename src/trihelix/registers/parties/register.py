"""Declaration of the registers of parties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.codes import check_credit_code
from trihelix.engines.errors import Problem
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.parties import flow, models, opening, sheets
from trihelix.registers.parties.queries import node_for


def _check_body(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    code = row.get("credit_code")
    if code:
        yield from check_credit_code(code, "credit_code").problems  # a wrong organisation check only warns: old codes may fail it
    established = row.get("established")
    if row.get("kind") == "firm" and not code and not context.get("by").demo:  # type: ignore[union-attr]
        yield Problem("required", "企业须填写统一社会信用代码", field="credit_code")
    if established is not None and established.year < 1800:
        yield Problem("date_range", "成立日期过早，请核对", field="established", value=str(established))


def _check_node(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from opening.check(row.get("opening") or ())


def _prepare_body(values: dict[str, Any]) -> None:
    values["credit_code"] = (values.get("credit_code") or "").replace(" ", "").upper()


def _body_doc(body: models.Body) -> dict[str, Any]:
    label = sheets.BODY_KINDS[body.kind][0] if body.kind in sheets.BODY_KINDS else body.kind
    return document(
        body,
        text=[body.name_en, body.short_name, label, body.summary],
        facets={"kind_of": [body.kind], "field": body.fields, "region": [body.division]},
    )


BODIES = declare(
    Register(
        "bodies", models.Body, "单位", "Body", "DW", flow.BODY, sheets.BODIES, area="data",
        help_zh="企业、高校、院所、医院、部门、金融与中介机构。信用代码是唯一标识，重名单位以代码区分。",
        help_en="Firms, universities, institutes, hospitals, offices, banks, funds and intermediaries; the credit code is the key.",
        list_columns=("number", "title", "kind", "division", "state", "updated_at"), filters=("kind", "division", "fields", "inside"),
        create_roles=("node", "officer", "operator"), import_state="active", import_visibility="public", check=_check_body, prepare=_prepare_body,
        panels=("parties/_links.html",),
        node_of=lambda body: node_for(body.division), search_doc=_body_doc,
    )
)  # fmt: skip
PEOPLE = declare(
    Register(
        "people", models.Person, "人员", "Person", "RY", flow.PERSON, sheets.PEOPLE, area="people",
        help_zh="科研人员、技术经理人与单位联系人。电话与邮箱属个人信息，只对本单位与经办人可见。",
        help_en="Researchers, technology managers and contacts. Telephone and mail are personal and shown only to the own body and officers.",
        list_columns=("number", "title", "owner", "rank", "fields", "state"), filters=("owner", "fields", "discipline"),
        create_roles=("owner", "node", "officer", "operator"), import_state="active", import_visibility="members",
        personal=frozenset({"email", "phone", "gender"}),
    )
)  # fmt: skip
NODES = declare(
    Register(
        "nodes", models.Node, "市场站点", "Market node", "ZD", flow.NODE, sheets.NODES, area="deals",
        help_zh="“1+10+N”技术市场网络：一个省级市场、十个市（州）分市场、若干县级工作站。站点自己维护服务、地址、开放时间和联系方式，公众在站点页看到。",
        help_en="The 1 + 10 + N technology-market network. Each node keeps its own services, address, opening times and contact; the public reads them on the node's page.",
        list_columns=("number", "title", "level", "division", "address", "phone", "state"), filters=("level", "division"), check=_check_node, panels=("parties/_node.html",),
        create_roles=("officer", "operator"), import_state="open", import_visibility="public", refs={"operator": "bodies", "owner": "nodes"}, owner_required=False,
    )
)  # fmt: skip

from trihelix.registers.parties import actions  # noqa: E402, F401  (acts register themselves on the declared registers)

for _register in (BODIES, PEOPLE, NODES):
    standard_actions(_register)
