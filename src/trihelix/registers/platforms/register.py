"""Declaration of the registers of platforms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel import clock
from trihelix.kernel.checks import fill, not_negative, order, past
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.platforms import flow, models, sheets
from trihelix.registers.platforms.life import check_life, state_of


def _by_department(row: Mapping[str, Any], context: Mapping[str, Any], *names: str) -> Iterable[Problem]:
    by = context.get("by")
    if by is not None and not by.sees_all and (named := [n for n in names if row.get(n) not in (None, "")]):
        yield Problem("decided_by_department", "此栏由主管部门填写，请留空", field=named[0])


def _check_platform(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from check_life(row, context)
    yield from order(row, "agreement_signed_on", "agreement_to")
    yield from not_negative(row, "firm_cash_wan", "firm_equipment_wan", "staff", "batch")
    if row.get("kind") == "provincial_lab" and row.get("batch") is None:
        yield Problem("required", "省实验室须填写批次", field="batch")


def _check_decision(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "decided_on")
    yield from order(row, "starts_on", "ends_on")
    yield from not_negative(row, "amount_wan", "count", "area_m2")
    yield from _by_department(row, context, "decided_on", "ends_on")
    for kind, name, text in (
        ("money", "amount_wan", "每年经费"),
        ("posts", "count", "编制数"),
        ("site", "place", "地点"),
        ("director", "place", "主任姓名"),
    ):
        if row.get("kind") == kind and row.get(name) in (None, ""):
            yield Problem("required", f"请填写{text}", field=name)


def _check_milestone(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "done_on")
    yield from not_negative(row, "amount_wan")


def _check_year(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "reported_on")
    yield from not_negative(row, "planned_wan", *(c.name for c in sheets.REPORTED))
    yield from _year(row)
    if (row.get("director_days") or 0) > 366:
        yield Problem("out_of_range", "一年最多 366 天", field="director_days", value=row["director_days"])
    if row.get("firms_served") is not None and len(row.get("firms") or ()) > row["firms_served"]:
        yield Problem("fewer_than_named", "服务企业数少于列出的企业", field="firms_served", value=row["firms_served"])


def _year(row: Mapping[str, Any]) -> Iterable[Problem]:
    if row.get("year") is not None and not 1990 <= row["year"] <= clock.today().year + 1:
        yield Problem("out_of_range", "年度不合理，请核对", field="year", value=row["year"])


def _check_evaluation(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "evaluated_on", "decided_on")
    yield from not_negative(row, "score", "support_wan")
    yield from _by_department(row, context, "decided_on", "support_wan")
    for item in row.get("scores") or ():
        if item.get("points") is not None and item.get("full") is not None and not 0 <= item["points"] <= item["full"]:
            yield Problem("out_of_range", f"“{item['item']}” 的得分应在 0 与满分之间", field="scores", value=str(item["points"]))


def _check_batch(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "launched_on", "closed_on")
    yield from order(row, "launched_on", "closed_on")
    yield from _year(row)
    for item in row.get("projects") or ():
        yield from not_negative(item, "money_wan")


def _check_agreement(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "signed_on", "ended_on")
    yield from order(row, "signed_on", "valid_to")
    yield from order(row, "signed_on", "ended_on")


def _check_cooperation(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "recommended_on", "approved_on")
    yield from order(row, "recommended_on", "approved_on")
    yield from order(row, "approved_on", "ends_on")
    yield from not_negative(row, "asked_wan", "approved_wan")
    yield from _year(row)
    yield from _by_department(row, context, "recommended_on", "approved_on", "approved_wan", "recommendation_number")
    if (
        context.get("import")
        and row.get("state") in ("approved", "finished")
        and (not row.get("approved_on") or row.get("approved_wan") is None)
    ):
        yield Problem("required", "已立项的项目须填写立项日期与批准经费", field="approved_on")


def _batch_totals(values: dict[str, Any]) -> None:
    rows = values.get("projects") or []
    values["project_count"], values["amount_fen"] = len(rows), sum(int(r.get("money_wan") or 0) for r in rows)


def _first_plan(values: dict[str, Any]) -> None:
    values["first_planned_on"] = values.get("first_planned_on") or values.get("planned_on")


def _flags(values: dict[str, Any]) -> None:
    values["no_secrets"], values["integrity"] = bool(values.get("no_secrets")), bool(values.get("integrity"))
    values["in_hand"] = (values.get("in_hand") or "").strip()


def _doc(platform: models.Platform) -> dict[str, Any]:
    names = [link.target.title for link in platform.record.links_out.filter(kind="partner").select_related("target")]
    return document(
        platform, text=[sheets.KINDS.get(platform.kind, (platform.kind,))[0], platform.goals, platform.address, *platform.countries, *names],
        facets={"kind_of": [platform.kind], "field": platform.fields, "region": [platform.division]},
        numbers={"year": platform.recognised_on.year if platform.recognised_on else None},
    )  # fmt: skip


def _on_platform(
    name: str, zh: str, en: str, prefix: str, model: Any, life: Any, sheet: Any, helps: tuple[str, str], **more: Any
) -> Register:
    """A register whose records hang on a platform and belong to its host."""
    return declare(
        Register(
            name, model, zh, en, prefix, life, sheet, area="platforms", help_zh=helps[0], help_en=helps[1], owner_required=False,
            refs={"platform": "platforms", **more.pop("refs", {})}, node_of=lambda entry: entry.platform.node if entry.platform_id else None, **more,
        )
    )  # fmt: skip


PLATFORMS = declare(
    Register(
        "platforms", models.Platform, "创新平台", "Platform", "PT", flow.PLATFORM, sheets.PLATFORMS, area="platforms", deadlines={"restore": "rectify_until"},
        help_zh="校企联合实验室、省实验室、国际合作平台、试点与基地称号、概念验证与中试基地、孵化器：申报、建设、认定、评估、整改、续期、撤销。",
        help_en="Joint, provincial and international laboratories, designations, proof-of-concept and pilot bases, incubators: from application to removal.",
        list_columns=("number", "title", "kind", "owner", "recognised_on", "valid_to", "grade", "state"),
        filters=("kind", "level", "owner", "division", "fields", "batch", "grade", "recognised_on", "valid_to"),
        create_roles=("owner", "node", "officer", "operator"), change_states=("draft", "submitted", "building"), import_state=state_of, import_visibility="public",
        refs={"head": "people", "project": "projects"}, check=_check_platform, prepare=fill(level="provincial"), search_doc=_doc, panels=("platforms/_platform.html",),
        links={"partners": ("bodies", "partner"), "foreign_partners": ("foreign_partners", "foreign"), "policies": ("policies", "basis"), "contracts": ("contracts", "contract")},
    )
)  # fmt: skip
DECISIONS = _on_platform(
    "platform_decisions", "平台批复", "Decision on a platform", "PF", models.Decision, flow.DECISION, sheets.DECISION,
    ("建设方案、选址、年度经费、编制、主任、评估标准的批复，各有起止。", "Building plan, site, yearly money, posts, director, evaluation standard, each with its days."),
    list_columns=("number", "title", "platform", "kind", "decided_on", "amount_wan", "count", "state"), filters=("platform", "kind", "decided_on"),
    change_states=("proposed",), check=_check_decision, refs={"replaces": "platform_decisions", "policy": "policies"},
    import_state=lambda row: "approved" if row.get("decided_on") else "proposed", import_visibility="members",
)  # fmt: skip
MILESTONES = _on_platform(
    "platform_milestones", "工程节点", "Milestone", "JDG", models.Milestone, flow.MILESTONE, sheets.MILESTONE,
    ("选址、物理空间改造、设备、入驻、运行的节点；推迟留痕。", "Site, rebuilding, equipment, move-in, operation; every delay is kept."),
    list_columns=("number", "title", "platform", "kind", "planned_on", "done_on", "state"), filters=("platform", "kind", "planned_on"), change_states=("planned",),
    check=_check_milestone, prepare=_first_plan, import_state=lambda row: "done" if row.get("done_on") else "planned", import_visibility="members",
)  # fmt: skip
YEARS = _on_platform(
    "platform_years", "平台年度", "Year of a platform", "NDU", models.PlatformYear, flow.YEAR, sheets.YEAR,
    ("年度计划、年度报告与开放指标（外部用户、机时、服务企业）。", "Yearly plan, report and openness indicators: outside users, hours, firms."),
    list_columns=("number", "title", "platform", "year", "outside_users", "shared_hours", "firms_served", "state"), filters=("platform", "year"),
    change_states=("planning", "running"), check=_check_year, links={"firms": ("bodies", "served"), "projects": ("projects", "project")},
    import_state=lambda row: "accepted" if row.get("reported_on") else "planning", import_visibility="members",
)  # fmt: skip
EVALUATIONS = _on_platform(
    "platform_evaluations", "平台评估", "Evaluation of a platform", "PGU", models.Evaluation, flow.EVALUATION, sheets.EVALUATION,
    ("自评、年度、中期、期满评估与建设验收；核定后等次写入平台，不合格即整改。", "Own, yearly, mid-term, end-of-term evaluation and acceptance; a settled grade lands on the platform."),
    list_columns=("number", "title", "platform", "kind", "evaluated_on", "score", "grade", "state"), filters=("platform", "kind", "evaluated_on", "grade"),
    change_states=("draft",), check=_check_evaluation, import_state=lambda row: "decided" if row.get("decided_on") else "draft", import_visibility="members",
)  # fmt: skip
BATCHES = _on_platform(
    "laboratory_batches", "自主项目批次", "Batch of own projects", "PCI", models.Batch, flow.BATCH, sheets.BATCH,
    ("实验室自主立项的批次；每个项目同时设技术指标与产业指标，团队入驻。", "Batches of a laboratory's own projects, each with a technical and an industrial indicator."),
    list_columns=("number", "title", "platform", "year", "batch", "launched_on", "state"), filters=("platform", "year"), change_states=("draft", "running"),
    check=_check_batch, prepare=_batch_totals, import_state=lambda row: "running" if row.get("launched_on") else "draft", import_visibility="members",
)  # fmt: skip
PARTNERS = declare(
    Register(
        "foreign_partners", models.ForeignPartner, "境外合作方", "Partner abroad", "HBW", flow.PARTNER, sheets.PARTNER, area="platforms", owner_required=False,
        help_zh="境外合作机构名录：国别、类型、领域。", help_en="Partners abroad: country, kind, fields.",
        list_columns=("number", "title", "country", "kind", "state"), filters=("country", "kind", "fields"), personal=frozenset({"contact"}),
        import_state="listed", import_visibility="members", panels=("platforms/_partner.html",),
    )
)  # fmt: skip
AGREEMENTS = declare(
    Register(
        "foreign_agreements", models.ForeignAgreement, "国际合作协议", "Agreement abroad", "GXY", flow.AGREEMENT, sheets.AGREEMENT, area="platforms",
        help_zh="与境外合作方的协议：国别、领域、期限、项目。", help_en="Agreements with partners abroad: country, field, term, projects.",
        list_columns=("number", "title", "owner", "partner", "signed_on", "valid_to", "state"), filters=("partner", "owner", "platform", "signed_on", "valid_to"), public=False,
        refs={"partner": "foreign_partners", "platform": "platforms"}, links={"projects": ("cooperation_projects", "project")}, check=_check_agreement,
        prepare=fill(kind="body"), import_visibility="members",
        import_state=lambda row: "ended" if row.get("ended_on") else "expired" if row.get("valid_to") and row["valid_to"] < clock.today() else "signed",
    )
)  # fmt: skip
COOPERATION = declare(
    Register(
        "cooperation_projects", models.CooperationProject, "国际合作推荐项目", "Co-operation project", "GHT", flow.COOPERATION, sheets.COOPERATIONS, area="platforms",
        help_zh="国家国际科技合作专项与交流项目：征集、审核材料、推荐、立项、结题。", help_en="National co-operation projects and exchanges: collected, checked, recommended, approved, finished.",
        list_columns=("number", "title", "owner", "kind", "country", "recommended_on", "approved_on", "approved_wan", "state"),
        filters=("kind", "year", "country", "owner", "approved_on"), public=False, change_states=("draft",), check=_check_cooperation, prepare=_flags,
        refs={"partner": "foreign_partners", "platform": "platforms", "leader": "people"}, import_visibility="members",
        facts=lambda entry, by, values: {"no_secrets": entry.no_secrets, "integrity": entry.integrity, "in_hand": entry.in_hand},
        import_state=lambda row: "approved" if row.get("approved_on") else "recommended" if row.get("recommended_on") else "draft",
    )
)  # fmt: skip
ALL = (PLATFORMS, DECISIONS, MILESTONES, YEARS, EVALUATIONS, BATCHES, PARTNERS, AGREEMENTS, COOPERATION)

from trihelix.registers.platforms import actions, figures  # noqa: E402, F401

for _register in ALL:
    standard_actions(_register)
