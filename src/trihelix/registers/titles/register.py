"""Declaration of the registers of titles and talent carriers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.codes import check_credit_code
from trihelix.engines.errors import Problem
from trihelix.kernel import clock
from trihelix.kernel.checks import fill, not_negative, order, past
from trihelix.kernel.register import PublicNotice, Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.platforms.life import check_life, state_of
from trihelix.registers.titles import flow, models, sheets
from trihelix.registers.titles.channels import channels


def _by_department(row: Mapping[str, Any], context: Mapping[str, Any], *names: str) -> Iterable[Problem]:
    by = context.get("by")
    if by is not None and not by.sees_all and (named := [n for n in names if row.get(n) not in (None, "")]):
        yield Problem("decided_by_department", "此栏由主管部门或办理产生，请留空", field=named[0])


def _check_authorisation(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from order(row, "valid_from", "valid_to")
    yield from past(row, "ended_on")
    yield from _by_department(row, context, "valid_from", "valid_to", "number_given", "ended_on")


def _check_committee(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from order(row, "valid_from", "valid_to")
    yield from _by_department(row, context, "valid_from", "valid_to", "filing_number")
    if row.get("size") is not None and (row["size"] < 3 or row["size"] % 2 == 0):
        yield Problem("committee_size", "委员人数应为不少于 3 的单数", field="size", value=row["size"])
    if row.get("size") is not None and len(row.get("members") or ()) > row["size"]:
        yield Problem("too_many_members", "列出的委员多于委员人数", field="members", value=len(row["members"]))


COURSE = (
    "unit_notice_from",
    "unit_notice_to",
    "committee",
    "reviewed_on",
    "attended",
    "agreed",
    "conclusion",
    "publicity_from",
    "publicity_to",
    "granted_on",
    "certificate_no",
)


def _check_case(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    channel = channels().get(row.get("channel") or "")
    if channel and channel.levels and row.get("level") and row["level"] not in channel.levels:
        names = "、".join(sheets.LEVELS[x][0] for x in channel.levels)
        yield Problem("channel_level", f"{channel.zh}只受理{names}", field="level", value=row["level"], clause=channel.source)
    if row.get("year") is not None and not 1990 <= row["year"] <= clock.today().year + 1:
        yield Problem("out_of_range", "年度不合理，请核对", field="year", value=row["year"])
    yield from past(row, "granted_on", "reviewed_on")
    by = context.get("by")
    if by is None or by.system or (by.sees_all and row.get("state") not in (None, "", "draft")):
        return
    if not row.get("granted_on") or not by.sees_all:  # the department may bring in titles granted before
        named = [n for n in COURSE if row.get(n) not in (None, "")]
        if named:
            yield Problem("by_course", "此栏由办理产生，请留空", field=named[0], value=str(row[named[0]]))


def _check_combined(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "ended_on")
    yield from order(row, "since", "ended_on")
    if row.get("credit_code"):
        yield from check_credit_code(row["credit_code"], "credit_code").problems


def _check_carrier(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from check_life(row, context)
    yield from not_negative(row, "capacity")


def _check_year(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from not_negative(row, *(c.name for c in sheets.COUNTS))
    if row.get("year") is not None and not 1990 <= row["year"] <= clock.today().year:
        yield Problem("out_of_range", "年度不合理，请核对", field="year", value=row["year"])
    if row.get("certified") is not None and row.get("trained") is not None and row["certified"] > row["trained"]:
        yield Problem("more_than_trained", "取得证书人数多于培训人次", field="certified", value=row["certified"])


def _check_enclave(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "opened_on", "closed_on")
    yield from order(row, "opened_on", "closed_on")
    yield from not_negative(row, "area_m2")
    for person in row.get("people") or ():
        yield from order(person, "since", "until")


def _check_grade(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from order(row, "graded_on", "valid_to")
    yield from past(row, "graded_on", "ended_on")
    yield from _by_department(row, context, "graded_on", "ended_on")


def _code(values: dict[str, Any]) -> None:
    values["credit_code"] = (values.get("credit_code") or "").replace(" ", "").upper()


def _by_code(rows: list[tuple[int, dict[str, Any]]], by: Any) -> Iterable[Problem]:
    """A body is found by its credit code, so that a list sent again updates and never doubles."""
    wanted: dict[str, list[dict[str, Any]]] = {}
    for _, row in rows:
        code = (row.get("credit_code") or "").replace(" ", "").upper()
        if code and not row.get("uid") and not row.get("number"):
            wanted.setdefault(code, []).append(row)
    codes = sorted(wanted)
    for i in range(0, len(codes), 400):
        held = (
            models.CombinedBody.objects.filter(credit_code__in=codes[i : i + 400]).order_by("-pk").values_list("credit_code", "record__uid")
        )
        for code, uid in held:
            for row in wanted[code][:1]:
                row["uid"] = str(uid)
    for code, found in wanted.items():
        for row in found:
            row["ref"] = row.get("ref") or code
    return ()


def _doc(carrier: models.Carrier) -> dict[str, Any]:
    return document(
        carrier, text=[sheets.CARRIERS.get(carrier.kind, (carrier.kind,))[0], carrier.introduction, carrier.trades],
        facets={"kind_of": [carrier.kind], "field": carrier.fields, "region": [carrier.division]},
        numbers={"year": carrier.recognised_on.year if carrier.recognised_on else None},
    )  # fmt: skip


def _authorised_state(row: Mapping[str, Any]) -> str:
    if not row.get("valid_from"):
        return "applied"
    if row.get("ended_on"):
        return "revoked"
    return "expired" if row.get("valid_to") and row["valid_to"] < clock.today() else "valid"


AUTHORISATIONS = declare(
    Register(
        "title_authorisations", models.Authorisation, "职称自主评审授权", "Authorisation of title review", "SQP", flow.AUTHORISATION, sheets.AUTHORISATION, area="people",
        help_zh="授权企业自主评审职称：系列、级别、有效期；与评聘结合单位分别统计。", help_en="Firms authorised to review titles: series, levels, validity. Counted apart from bodies of combined review.",
        list_columns=("number", "title", "owner", "series", "levels", "valid_from", "valid_to", "state"), filters=("owner", "series", "levels", "valid_from", "valid_to"),
        change_states=("applied",), check=_check_authorisation, import_state=_authorised_state, import_visibility="public", panels=("titles/_authorisation.html",),
    )
)  # fmt: skip
COMMITTEES = declare(
    Register(
        "review_committees", models.Committee, "职称评审委员会", "Review committee", "PWH", flow.COMMITTEE, sheets.COMMITTEE, area="people",
        help_zh="按系列、专业、级别组建的评审委员会，有任期；企业的须有有效授权。", help_en="Committees by series, speciality and level with a term; a firm's needs a valid authorisation.",
        list_columns=("number", "title", "owner", "series", "levels", "size", "valid_to", "state"), filters=("owner", "series", "levels", "valid_to", "authorisation"),
        refs={"authorisation": "title_authorisations"}, change_states=("proposed",), check=_check_committee, personal=frozenset({"members", "chair"}),
        import_state=lambda row: "standing" if row.get("valid_from") else "proposed", import_visibility="members", panels=("titles/_committee.html",),
    )
)  # fmt: skip
CASES = declare(
    Register(
        "title_cases", models.TitleCase, "职称申报", "Title case", "ZCS", flow.CASE, sheets.CASE, area="people", public=False,
        notice=PublicNotice(
            ("publicity", "objected"), lambda case: case.publicity_to, stop=("object", {"objector": "实名异议 {number}", "text": "见实名异议 {number}"}), closing=("grant",),
            remedies={
                "none": ("settle", {"upheld": False, "finding": "{answer}"}), "correct": ("settle", {"upheld": False, "finding": "{answer}"}),
                "refuse": ("settle", {"upheld": True, "finding": "{answer}"}),
            },
        ),
        help_zh="职称申报：普通渠道、社会化评审、直推直报；按系列、专业、级别自动分送，表决定结果，公示后授予。",
        help_en="Title cases: ordinary, social and direct; routed by series, speciality and level, decided by votes, granted after notice.",
        list_columns=("number", "title", "owner", "channel", "series", "level", "year", "state"), filters=("channel", "series", "level", "year", "owner", "committee", "granted_on"),
        refs={"applicant": "people", "committee": "review_committees"}, change_states=("draft",), check=_check_case, prepare=fill("originals_checked"),
        personal=frozenset({"applicant_name", "certificate_no", "works", "statement", "current_title"}), import_visibility="owner",
        import_state=lambda row: "granted" if row.get("granted_on") else "draft", panels=("titles/_case.html",),
    )
)  # fmt: skip
COMBINED = declare(
    Register(
        "combined_bodies", models.CombinedBody, "评聘结合单位", "Body of combined review", "PJH", flow.COMBINED, sheets.COMBINED, area="people", owner_required=False,
        help_zh="评审与岗位聘任相结合的单位名录；按统一社会信用代码去重。", help_en="Bodies that join review and appointment; told apart by credit code.",
        list_columns=("number", "title", "credit_code", "kind", "division", "since", "state"), filters=("kind", "division", "since"), create_roles=("officer", "operator"),
        refs={"body": "bodies"}, check=_check_combined, prepare=_code, keyed=_by_code, import_visibility="public",
        import_state=lambda row: "ended" if row.get("ended_on") else "listed",
    )
)  # fmt: skip
CARRIERS = declare(
    Register(
        "talent_carriers", models.Carrier, "人才载体", "Talent carrier", "RCZ", flow.CARRIER, sheets.CARRIER, area="people", deadlines={"restore": "rectify_until"},
        help_zh="博士后流动站、工作站、分站、创新实践基地，高技能人才培训基地、技能大师工作室、校企实训基地：设立、评估、升级、撤销。",
        help_en="Post-doctoral stations, branches and bases, skill bases, master studios, training bases: founded, evaluated, upgraded, removed.",
        list_columns=("number", "title", "kind", "level", "owner", "recognised_on", "grade", "state"), filters=("kind", "level", "owner", "division", "fields", "grade", "recognised_on", "valid_to"),
        change_states=("draft", "submitted", "building"), refs={"parent": "talent_carriers", "project": "projects"}, links={"partners": ("bodies", "partner")}, check=_check_carrier,
        prepare=fill("has_rd_unit", "has_supervisors", "has_plan", "has_living", level="provincial"), import_state=state_of, import_visibility="public", search_doc=_doc,
        panels=("platforms/_life.html", "titles/_carrier.html"),
    )
)  # fmt: skip
CARRIER_YEARS = declare(
    Register(
        "carrier_years", models.CarrierYear, "载体年度", "Year of a carrier", "RCN", flow.CARRIER_YEAR, sheets.CARRIER_YEAR, area="people", public=False, owner_required=False,
        help_zh="载体每年的进站、出站、在站、培训、取证。", help_en="People entered, left, present, trained and certified a year.",
        list_columns=("number", "title", "carrier", "year", "entered", "left", "present", "state"), filters=("carrier", "year"), refs={"carrier": "talent_carriers"},
        change_states=("draft",), check=_check_year, import_state="accepted", import_visibility="node", node_of=lambda entry: entry.carrier.node if entry.carrier_id else None,
    )
)  # fmt: skip
ENCLAVES = declare(
    Register(
        "talent_enclaves", models.Enclave, "人才飞地", "Talent enclave", "FDI", flow.ENCLAVE, sheets.ENCLAVE, area="people",
        help_zh="人才飞地与科创飞地：飞出地、飞入地、运营、服务、柔性引进的人才。", help_en="Remote posts: home and host place, operator, services, the people engaged there.",
        list_columns=("number", "title", "kind", "home", "host_place", "opened_on", "state"), filters=("kind", "home", "owner", "opened_on"), check=_check_enclave,
        prepare=fill(kind="talent"), personal=frozenset({"people"}), import_visibility="public",
        import_state=lambda row: "closed" if row.get("closed_on") else "open" if row.get("opened_on") else "planned",
    )
)  # fmt: skip
GRADES = declare(
    Register(
        "talent_grades", models.TalentGrade, "人才分类认定", "Talent class", "RFL", flow.GRADE, sheets.GRADE, area="people", public=False,
        help_zh="A—E 类人才认定：机关或授权单位、标准版本、日期。", help_en="Talent classes A–E: by the office or a delegated body, with version of the standard and dates.",
        list_columns=("number", "title", "owner", "talent_class", "issuer", "graded_on", "state"), filters=("talent_class", "owner", "graded_on", "delegated"), refs={"person": "people"},
        change_states=("applied",), check=_check_grade, prepare=fill("delegated"), personal=frozenset({"person_name", "basis"}), import_visibility="owner",
        import_state=lambda row: "ended" if row.get("ended_on") else "graded" if row.get("graded_on") else "applied",
    )
)  # fmt: skip
ALL = (AUTHORISATIONS, COMMITTEES, CASES, COMBINED, CARRIERS, CARRIER_YEARS, ENCLAVES, GRADES)

from trihelix.registers.titles import actions, figures  # noqa: E402, F401

for _register in ALL:
    standard_actions(_register)
