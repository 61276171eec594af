"""Declaration of the ladder registers."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel import clock
from trihelix.kernel import values as vals
from trihelix.kernel.checks import fill, no_new_rows, not_negative, order, past
from trihelix.kernel.register import declare_row, register_of
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.ladder import flow, models, sheets

DESK = ("officer", "operator")


def _at_most(row: Mapping[str, Any], part: str, whole: str, text: str) -> Iterable[Problem]:
    if row.get(part) is not None and row.get(whole) is not None and row[part] > row[whole]:
        yield Problem("part_exceeds_whole", text, field=part, value=str(row[part]))


def _check_year(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    year = row.get("year")
    if year is not None and not 1990 <= year <= clock.today().year:
        yield Problem("year_out_of_range", f"年度应在 1990 与 {clock.today().year} 之间", field="year", value=year)
    if context.get("import") and str(row.get("ref") or "") != str(year):
        yield Problem("ref_not_year", "外部编号请填写年度，一个企业一年一行", field="ref", value=row.get("ref"))
    yield from _at_most(row, "main_income_wan", "revenue_wan", "主营业务收入不能大于营业收入")
    yield from _at_most(row, "ht_income_wan", "revenue_wan", "高新技术产品收入不能大于营业收入")
    yield from _at_most(row, "tech_staff", "staff", "科技人员不能多于职工总数")
    yield from _at_most(row, "rd_staff", "staff", "研发人员不能多于职工总数")
    names = [c.name for c in sheets.FIRM_YEARS.columns if c.kind == "money_wan" and c.name not in ("revenue_wan",)]
    yield from not_negative(row, "revenue_wan", *names)
    yield from past(row, "as_of")


def _check_ranked(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    if row.get("rank") is not None and row["rank"] < 1:
        yield Problem("out_of_range", "名次从 1 起", field="rank", value=row["rank"])


def _once(rows: list[tuple[int, dict[str, Any]]], by: Any) -> Iterable[Problem]:
    """A firm stands on a ranking once: an imported row meets the one already there, whatever its key; twice in a file is refused by row."""
    context = vals.load_context(register_of("ranked_firms"), (row for _, row in rows), by)
    pairs: dict[int, tuple[int, int]] = {}
    seen: dict[tuple[int, int], int] = {}
    for number, row in rows:
        firms, lists = (context[c].get(str(row.get(c) or ""), []) for c in ("owner", "ranking"))
        if len(firms) != 1 or len(lists) != 1 or row.get("uid") or row.get("number"):
            continue
        pair = (lists[0].pk, firms[0].pk)
        if pair in seen:
            yield Problem("duplicate_row", f"该企业与第 {seen[pair]} 行重复", field="owner", row=number, value=str(row["owner"]))
        seen[pair], pairs[number] = number, pair
    held: dict[tuple[int, int], str] = {}
    lists_of = sorted({ranking for ranking, _ in pairs.values()})
    for ranking, firm, uid in models.RankedFirm.objects.filter(ranking_id__in=lists_of).values_list(
        "ranking_id", "record__owner_id", "record__uid"
    ):
        held[(ranking, firm)] = str(uid)
    for number, row in rows:
        if (found := held.get(pairs.get(number, (0, 0)))) is not None:
            row["uid"] = found


def _check_incubator(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "recognised_on", "opened_on")
    yield from order(row, "recognised_on", "valid_to")
    yield from _at_most(row, "tenant_space", "space", "在孵企业使用面积不能大于场地面积")
    yield from _at_most(row, "professional_staff", "staff", "专业服务人员不能多于工作人员总数")
    yield from not_negative(row, "space", "tenant_space", "fund_wan")
    if context.get("import") and row.get("state") == "recognised" and not row.get("recognised_on"):
        yield Problem("required", "已认定的须填写认定日期", field="recognised_on")


def _check_tenant(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "entered_on", "ended_on")
    yield from order(row, "entered_on", "ended_on")
    yield from not_negative(row, "area", "funded_wan")


def _check_service(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "served_on")


def _check_consent(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from order(row, "granted_on", "valid_to")
    if context.get("import") and not row.get("number"):
        yield Problem("not_importable", "同意由企业本人办理，或由经办人凭纸质授权书逐条录入，不能批量导入", field="ref")
    if row.get("cap") is not None and not 1 <= row["cap"] <= 50:
        yield Problem("out_of_range", "推送上限应在 1 与 50 之间", field="cap", value=row["cap"])


def _ranking_doc(ranking: models.Ranking) -> dict[str, Any]:
    """The firms of a published ranking bring it up too."""
    named: list[str] = []
    if ranking.published_on is not None:
        firms = models.RankedFirm.objects.filter(ranking=ranking.record).order_by("rank")[:500]
        named = [t for t in firms.values_list("record__owner__title", flat=True) if t]
    label = sheets.METHODS.get(ranking.method, (ranking.method, ""))[0]
    return document(
        ranking,
        text=[label, str(ranking.year), ranking.source, *named],
        facets={"kind_of": [ranking.method]},
        numbers={"year": ranking.year},
    )


def _incubator_doc(incubator: models.Incubator) -> dict[str, Any]:
    words = [
        sheets.INCUBATORS.get(incubator.kind, ("", ""))[0],
        sheets.LEVELS.get(incubator.level, ("", ""))[0],
        incubator.grade,
        incubator.field,
    ]
    return document(incubator, text=words, facets={"kind_of": [incubator.kind], "field": [incubator.field]})


def _basis(values: dict[str, Any]) -> None:
    values["basis"] = values.get("basis") or "self"


_made = functools.partial(declare_row, area="finance", public=False)


REGISTERS = (
    _made("firm_years", models.FirmYear, "企业年度数据", "Firm year", "QYN", flow.FIRM_YEAR, sheets.FIRM_YEARS, ("owner", "year", "revenue_wan", "rd_tax_wan", "staff"),
          ("企业逐年数据：四种口径的研发费用分列，互不替代；每项有截止日期与来源。", "A firm year by year: four definitions of R&D in four columns, never exchanged; each with day and source."),
          filters=("owner", "year", "basis"), change_states=("reported",), check=_check_year, prepare=_basis, import_state="reported"),
    _made("ladder_places", models.LadderPlace, "梯度位置", "Ladder place", "TDW", flow.PLACE, sheets.PLACES, ("owner", "on", "place", "growth_place", "next_step"),
          ("企业在两条阶梯上的位置：以有效资格为准，并列出每条规则的结论、版本与依据。", "A firm's place on both ladders: by recognitions in force, with every rule's verdict, version and facts."),
          filters=("place", "growth_place", "next_step", "on", "owner"), change_states=(), check=no_new_rows, panels=("ladder/_place.html",)),
    _made("rankings", models.Ranking, "企业榜单", "Ranking", "BDW", flow.RANKING, sheets.RANKINGS, ("method", "year", "as_of", "size", "published_on"),
          ("按公开方法测算或导入的企业榜单：总体、指标、权重、并列与权重敏感性。", "Rankings by a published method or imported: population, indicators, weights, ties, sensitivity."),
          public=True, create_roles=DESK, owner_required=False, filters=("method", "year", "published_on"), change_states=("draft", "computed"), panels=("ladder/_ranking.html",), search_doc=_ranking_doc),
    _made("ranked_firms", models.RankedFirm, "上榜企业", "Ranked firm", "BQY", flow.RANKED, sheets.RANKED, ("owner", "ranking", "rank", "score", "tied"),
          ("榜单上的企业：名次、得分、分项与权重变化下的名次区间；榜单发布后公开。", "Firms of a ranking: rank, points, parts, and the range of ranks under other weights; public once published."),
          public=True, create_roles=DESK, filters=("ranking", "owner", "tied"), refs={"ranking": "rankings"}, change_states=(), check=_check_ranked, keyed=_once, prepare=fill("tied")),
    _made("incubators", models.Incubator, "孵化载体", "Incubator", "FHQ", flow.INCUBATOR, sheets.INCUBATOR, ("owner", "kind", "level", "grade", "recognised_on"),
          ("孵化器、众创空间、加速器与基地：认定、等级、取消；按规则逐条自评。", "Incubators, maker spaces, accelerators, bases: recognition, grade, revocation; self-check clause by clause."),
          public=True, create_roles=("owner", "node", *DESK), filters=("kind", "level", "grade", "field"), check=_check_incubator, prepare=fill("professional"),
          import_state=lambda row: "recognised" if row.get("recognised_on") else "operating", import_visibility="public", panels=("ladder/_incubator.html",), search_doc=_incubator_doc),
    _made("tenants", models.Tenant, "在孵企业", "Tenant", "ZHQ", flow.TENANT, sheets.TENANTS, ("owner", "incubator", "entered_on", "ended_on", "outcome"),
          ("在孵企业的入驻、获投、知识产权与去向。", "Tenants: moving in, funding, IP, what became of them."), create_roles=("owner", "node", *DESK),
          filters=("incubator", "field", "entered_on", "outcome"), refs={"incubator": "incubators"}, check=_check_tenant, import_visibility="members",
          import_state=lambda row: "inside" if not row.get("ended_on") else "graduated" if row.get("outcome") == "graduated" else "left"),
    _made("incubator_services", models.IncubatorService, "孵化服务", "Incubator service", "FHF", flow.SERVICE, sheets.INCUBATION, ("incubator", "firm", "kind", "served_on"),
          ("孵化器对在孵企业的服务，由企业确认。", "Services of an incubator to its tenants, confirmed by the firm."), owner_required=False, filters=("incubator", "kind", "served_on"),
          refs={"incubator": "incubators", "firm": "bodies"}, check=_check_service, change_states=("recorded",)),
    _made("consents", models.Consent, "授权同意", "Consent", "SQX", flow.CONSENT, sheets.CONSENTS, ("owner", "purpose", "granted_on", "valid_to"),
          ("企业对使用和提供其资料的同意：用途、接收单位、期限；可随时撤回，撤回即失效。", "A firm's consent to use and pass on its data: purpose, recipients, period; withdrawn at any time, at once."),
          create_roles=("owner", *DESK), filters=("purpose", "owner", "valid_to"), links={"recipients": ("bodies", "recipient")}, change_states=(), check=_check_consent,
          panels=("ladder/_consent.html",)),
    _made("implicit_needs", models.ImplicitNeed, "隐性需求", "Implicit need", "YXX", flow.IMPLICIT, sheets.IMPLICIT, ("owner", "result", "proposed_on", "place", "baseline_place"),
          ("经企业同意，按其自身资料推送的成果：理由、依据、上限，并与按热度推送对照。", "Results proposed from a firm's own records with its consent: reasons, sources, a cap, beside a list by popularity."),
          filters=("owner", "proposed_on"), deadlines={"accept": "answer_by"}, refs={"result": "results", "consent": "consents", "need": "needs"}, change_states=(), check=no_new_rows),
)  # fmt: skip

from trihelix.registers.ladder import actions, figures  # noqa: E402, F401

for _register in REGISTERS:
    standard_actions(_register)
