"""Declaration of the registers of networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.checks import fill
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.networks import checks, models
from trihelix.registers.networks.checks import rules
from trihelix.registers.networks.flow import alliances as af
from trihelix.registers.networks.sheets import alliances as asheets


def _facts(network: models.Network, actor: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    members = models.Member.objects.filter(network=network.record, record__state="active").count() if network.record_id else 0
    needed = (network.agreement_signed_on, network.agreement, network.liable_body_id, network.secretariat, members)
    return {"missing": not all(needed)}


def _network_doc(network: models.Network) -> dict[str, Any]:
    text = [asheets.KINDS[network.kind][0], network.chain, network.aims]
    return document(network, text=text, facets={"kind_of": [network.kind], "field": network.fields, "region": [network.division]})


NETWORKS = declare(
    Register(
        "networks", models.Network, "联合体与联盟", "Consortium or alliance", "LM", af.NETWORK, asheets.NETWORK, area="platforms", deadlines={"put_right": "rectify_until"},
        help_zh="创新联合体、产业联盟、投资联盟、经纪人联盟：备案（批次、日期）、成员与分层、理事会、任务、活动、年报、评估、整改、移出。",
        help_en="Consortia, alliances, investment and broker alliances: filing with batch and date, members by layer, council, tasks, activities, reports, evaluation, removal.",
        list_columns=("number", "title", "kind", "owner", "batch", "filed_on", "grade", "state"), computed=(Column("grade", "choice", "评估等级", "Grade", choices=asheets.GRADES),), filters=("kind", "batch", "filed_on", "fields", "division", "owner"),
        refs={"service_centre": "bodies", "liable_body": "bodies"}, change_states=("preparing", "filed", "running", "rectifying"),
        check=rules(past=("filed_on", "founded_on", "agreement_signed_on"), positive=("budget_wan",), order=(("agreement_signed_on", "filed_on"),), more=checks.network),
        facts=_facts, import_state=lambda row: "running" if row.get("filed_on") else "preparing", import_visibility="public", search_doc=_network_doc,
        panels=("networks/_network.html", "networks/_composition.html"),
    )
)  # fmt: skip
MEMBERS = declare(
    Register(
        "network_members", models.Member, "成员", "Member", "LCY", af.MEMBER, asheets.MEMBER, area="platforms",
        help_zh="成员单位的身份、分层、贡献、加入与退出日期。", help_en="Members with role, layer, contribution, days of joining and leaving.", list_columns=("number", "title", "network", "owner", "role", "layer", "joined_on", "state"),
        filters=("network", "owner", "role", "layer", "joined_on"), refs={"network": "networks", "broker": "brokers"}, change_states=("applied", "active"),
        check=rules(past=("joined_on", "left_on"), order=(("joined_on", "left_on"),)), prepare=fill(role="member", layer="general"),
        imported=checks.member_body, import_state=lambda row: "left" if row.get("left_on") else "active", import_visibility="public", personal=frozenset({"contact"}),
    )
)  # fmt: skip
COMMITMENTS = declare(
    Register(
        "network_commitments", models.Commitment, "成员承诺与贡献", "Commitment of a member", "LCN", af.COMMITMENT, asheets.COMMITMENT, area="platforms", deadlines={"deliver": "due_on"},
        help_zh="成员承诺的资金、设备、数据、人员及兑现日期；“联而不合”由此可见。", help_en="What members promised by when and what came; shows who is united in name only.",
        list_columns=("number", "title", "network", "owner", "kind", "amount_wan", "due_on", "delivered_on", "state"), filters=("network", "owner", "kind", "due_on"), public=False,
        refs={"network": "networks"}, change_states=("promised",), check=rules(past=("promised_on", "delivered_on"), positive=("amount_wan", "delivered_wan"), order=(("promised_on", "due_on"),), together=(("delivered", "delivered_on"),)),
        import_state=lambda row: "confirmed" if row.get("delivered_on") else "promised", import_visibility="node",
    )
)  # fmt: skip
POSTS = declare(
    Register(
        "network_posts", models.Post, "成员内发布", "Post to members", "LFB", af.POST, asheets.POST, area="platforms",
        help_zh="需求与资源先发给成员，成员优先期后转为公开需求。", help_en="Needs and offers go to the members first and become public needs later.",
        list_columns=("number", "title", "network", "kind", "owner", "answer_by", "state"), filters=("network", "kind", "owner"), public=False,
        refs={"network": "networks", "need": "needs"}, change_states=("draft", "members"), import_state="members", panels=("networks/_post.html",),
    )
)  # fmt: skip
TASKS = declare(
    Register(
        "network_tasks", models.Task, "联合攻关任务", "Task of a network", "LRW", af.TASK, asheets.TASK, area="platforms", deadlines={"finish": "ends_on"},
        help_zh="由需求到任务书到科技项目。", help_en="From a need over the task book to a project.", list_columns=("number", "title", "network", "owner", "budget_wan", "starts_on", "ends_on", "project", "state"),
        filters=("network", "owner", "starts_on"), public=False, refs={"network": "networks", "post": "network_posts", "need": "needs", "project": "projects"},
        links={"partners": ("bodies", "partner")}, check=rules(past=("done_on",), positive=("budget_wan",), order=(("starts_on", "ends_on"),)),
        import_state=lambda row: "done" if row.get("done_on") else "in_project" if row.get("project") else "running" if row.get("task_book") else "planned", import_visibility="node",
    )
)  # fmt: skip
ACTIVITIES = declare(
    Register(
        "network_activities", models.Activity, "联盟活动", "Activity of a network", "LHD", af.ACTIVITY, asheets.ACTIVITY, area="platforms",
        help_zh="年会、对接、路演、推介、走访、理事会的计划与举办。", help_en="Annual meetings, matchings, roadshows, exposure, surveys: planned and held.",
        list_columns=("number", "title", "network", "kind", "planned_on", "held_on", "attendance", "state"), filters=("network", "kind", "held_on", "planned_on", "owner"),
        refs={"network": "networks", "event": "events"}, check=rules(past=("held_on",), positive=("attendance", "projects")),
        import_state=lambda row: "held" if row.get("held_on") else "planned", import_visibility="public",
    )
)  # fmt: skip
REPORTS = declare(
    Register(
        "network_reports", models.AnnualReport, "联盟年报", "Annual report of a network", "LNB", af.REPORT, asheets.REPORT, area="platforms",
        help_zh="年度工作、投入、项目、专利、标准、销售与问题。", help_en="A year's work, R&D, projects, patents, standards, sales, problems.", list_columns=("number", "title", "network", "year", "rd_wan", "projects", "state"),
        filters=("network", "year"), public=False, refs={"network": "networks"}, change_states=("draft",), check=rules(positive=("rd_wan", "sales_wan", "projects", "patents", "standards"), more=checks.year),
        import_state="accepted", import_visibility="node",
    )
)  # fmt: skip
ALLIANCES = (NETWORKS, MEMBERS, COMMITMENTS, POSTS, TASKS, ACTIVITIES, REPORTS)

from trihelix.registers.networks.other_registers import OTHERS  # noqa: E402

ALL = (*ALLIANCES, *OTHERS)

from trihelix.registers.networks import figures  # noqa: E402, F401
from trihelix.registers.networks.actions import alliances, institute, investors, limits, partners, work  # noqa: E402, F401

for _register in ALL:
    standard_actions(_register)
