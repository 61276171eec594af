"""Declaration of the registers of resources and scenes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel import clock
from trihelix.kernel.checks import fill, not_negative, order, past
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.resources import flow, models, sheets
from trihelix.registers.resources.booking import MOST_DAYS, TIME, half_hours


def _times(row: Mapping[str, Any], first: str, last: str) -> Iterable[Problem]:
    wrong = [n for n in (first, last) if row.get(n) and not TIME.fullmatch(row[n])]
    for name in wrong:
        yield Problem("bad_time", f"“{row[name]}” 不是整点或半点，请写成 09:00 或 09:30", field=name, value=row[name])
    if not wrong and row.get(first) and row.get(last) and half_hours(row[last]) <= half_hours(row[first]):
        yield Problem("time_order", "结束时间不晚于开始时间", field=last, value=row[last])


def _check_resource(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from not_negative(row, "original_wan", "price_yuan", "member_price_yuan")
    yield from past(row, "bought_on", "opened_on")
    yield from _times(row, "opens_at", "closes_at")
    if row.get("units") is not None and row["units"] < 1:
        yield Problem("out_of_range", "台（套）数至少为 1", field="units", value=row["units"])
    if row.get("price_yuan") is not None and (row.get("member_price_yuan") or 0) > row["price_yuan"]:
        yield Problem("member_price", "成员价格不应高于对外价格", field="member_price_yuan", value=str(row["member_price_yuan"]))


def _check_booking(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from _times(row, "starts_at", "ends_at")
    yield from order(row, "day", "until")
    if row.get("day") and row.get("until") and (row["until"] - row["day"]).days >= MOST_DAYS:
        yield Problem("too_long", f"一次预约最多 {MOST_DAYS} 天，更长的使用请另签合同", field="until", value=str(row["until"]))
    last = row.get("until") or row.get("day")
    if context.get("import") and not row.get("number") and last and last >= clock.today():
        yield Problem("book_by_act", "今天及以后的预约须逐项办理，不能导入", field="day", value=str(last))


def _check_usage(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "day")
    yield from not_negative(row, "fee_yuan")
    hours = row.get("hours")
    if hours is not None and not (0 < hours <= 24 * MOST_DAYS and Decimal(hours) * 60 == int(Decimal(hours) * 60)):
        yield Problem("bad_hours", "机时应为正数，精确到分钟", field="hours", value=str(hours))
    if context.get("import") and row.get("outside") and not (row.get("user") or row.get("user_name")):
        yield Problem("required", "对外服务须填写使用单位", field="user_name")


def _usage_minutes(values: dict[str, Any]) -> None:
    values["minutes"] = int(Decimal(values["hours"] or 0) * 60)
    values["outside"] = bool(values.get("outside"))


def _check_review(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from not_negative(row, "technicians", "must_open", "spent_wan", "score", "subsidy_wan", "paid_wan")
    yield from past(row, "graded_on", "paid_on")
    if row.get("year") is not None and not 2000 <= row["year"] <= clock.today().year:
        yield Problem("out_of_range", "年度不合理，请核对", field="year", value=row["year"])
    if (row.get("paid_wan") or 0) > (row.get("subsidy_wan") or 0):
        yield Problem("above_approved", "已拨补助超过核定补助", field="paid_wan", value=str(row["paid_wan"]))
    by = context.get("by")
    named = [n for n in ("grade", "score", "graded_on", "subsidy_wan", "paid_wan", "paid_on") if row.get(n) not in (None, "")]
    if by is not None and not by.sees_all and named and not row.get("number"):
        yield Problem("decided_by_department", "此栏由主管部门填写，请留空", field=named[0])


def _check_scene(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from not_negative(row, "budget_wan")
    yield from order(row, "starts_on", "ends_on")
    yield from past(row, "published_on")
    if row.get("kind") == "project_chance" and not row.get("budget_wan"):
        yield Problem("required", "项目机会须填写预算；只开放条件的请选场景机会", field="budget_wan", clause="机会清单分列")
    if row.get("kind") == "scene_chance" and not row.get("conditions"):
        yield Problem("required", "场景机会须写明开放的条件", field="conditions")


def _published(scene: models.Scene, today: dt.date) -> None:
    if scene.record.state == "public":
        scene.published_on = scene.published_on or today


def _check_reply(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from not_negative(row, "price_wan")
    yield from order(row, "pilot_from", "pilot_to")


def _resource_doc(resource: models.SharedResource) -> dict[str, Any]:
    text = [
        sheets.KINDS[resource.kind][0],
        resource.model_name,
        sheets.CLASSES.get(resource.instrument_class, ("",))[0],
        resource.conditions,
    ]
    return document(resource, text=text, facets={"kind_of": [resource.kind], "field": resource.fields, "region": [resource.division]})


def _scene_doc(scene: models.Scene) -> dict[str, Any]:
    return document(
        scene, text=[scene.problem, scene.technology, *(str(c.get("text", "")) for c in scene.conditions)],
        facets={"kind_of": [scene.kind], "field": scene.fields, "region": [scene.division]}, numbers={"amount": scene.budget_fen},
    )  # fmt: skip


RESOURCES = declare(
    Register(
        "shared_resources", models.SharedResource, "共享资源", "Shared resource", "YQ", flow.RESOURCE, sheets.RESOURCE, area="platforms",
        help_zh="对外开放的仪器、中试线、数据、人员：价格公布，网上预约，联合体成员另有价格。", help_en="Instruments, pilot lines, data and people open to others: published prices, booking, members' prices.",
        list_columns=("number", "title", "kind", "owner", "division", "price_yuan", "member_price_yuan", "state"), filters=("kind", "owner", "network", "division", "fields", "must_open"),
        refs={"network": "networks"}, check=_check_resource, prepare=fill(units=1, opens_at="08:00", closes_at="18:00"), import_state="open", import_visibility="public", search_doc=_resource_doc,
        panels=("resources/_resource.html",),
    )
)  # fmt: skip
BOOKINGS = declare(
    Register(
        "bookings", models.Booking, "资源预约", "Booking", "YYD", flow.BOOKING, sheets.BOOKING, area="platforms",
        help_zh="申请时段、确认、收样、出具结果、开票、到账、评价；同一时段只有一家。", help_en="Slot, confirmation, sample, result, invoice, payment, rating; one holder for each half hour.",
        list_columns=("number", "title", "resource", "owner", "day", "starts_at", "ends_at", "state"), filters=("resource", "owner", "day"), public=False,
        facts_shown=("resource", "owner", "day", "until", "starts_at", "ends_at", "purpose", "samples"),
        refs={"resource": "shared_resources"}, change_states=(), check=_check_booking, import_state="settled", import_visibility="owner",
        confidential=frozenset({"purpose", "samples"}), panels=("resources/_booking.html",),
    )
)  # fmt: skip
USAGE = declare(
    Register(
        "usage_logs", models.UsageLog, "使用台账", "Usage log", "JS", flow.USAGE, sheets.USAGE, area="platforms",
        help_zh="每次使用一行；有效机时与对外机时由此加总。", help_en="A line for each session; effective hours and outside hours are added from these.",
        list_columns=("number", "title", "resource", "user", "day", "hours", "outside", "fee_yuan", "state"), filters=("resource", "user", "day", "outside", "owner"), public=False,
        refs={"resource": "shared_resources", "booking": "bookings", "user": "bodies"}, change_states=(), check=_check_usage, prepare=_usage_minutes, import_visibility="node",
    )
)  # fmt: skip
REVIEWS = declare(
    Register(
        "sharing_reviews", models.SharingReview, "共享考核与补助", "Review of sharing", "GK", flow.REVIEW, sheets.REVIEW, area="platforms", deadlines={"put_right": "rectify_until"},
        help_zh="管理单位的年度共享报告、考核等次、后补助与追回；数字取自使用台账。", help_en="A unit's yearly report, its grade, the subsidy and its recovery; the numbers come from the ledger.",
        list_columns=("number", "title", "owner", "year", "grade", "subsidy_wan", "paid_wan", "state"), filters=("owner", "year", "grade"), public=False,
        change_states=("draft",), check=_check_review, create_roles=("owner", "officer", "operator"), import_visibility="node", panels=("resources/_review.html",),
        import_state=lambda row: "subsidised" if row.get("paid_wan") else "graded" if row.get("grade") else "draft",
    )
)  # fmt: skip
SCENES = declare(
    Register(
        "scenes", models.Scene, "应用场景", "Application scene", "CJ", flow.SCENE, sheets.SCENE, area="needs",
        help_zh="机会清单（有预算的项目、只开放条件的场景）与能力清单；联合体的场景先发成员，后公开。",
        help_en="Chances (with a budget, or of access only) and abilities; a network's scenes go to its members first, then to everybody.",
        list_columns=("number", "title", "kind", "owner", "division", "budget_wan", "answer_by", "state"), filters=("kind", "network", "fields", "division", "owner", "batch", "demonstration"),
        refs={"network": "networks"}, change_states=("draft", "members", "submitted"), check=_check_scene, prepare=fill("demonstration", secrecy="open"), imported=_published,
        import_state="public", import_visibility="public", search_doc=_scene_doc, panels=("resources/_scene.html",),
    )
)  # fmt: skip
REPLIES = declare(
    Register(
        "scene_replies", models.SceneReply, "场景应答", "Reply to a scene", "YD", flow.REPLY, sheets.REPLY, area="needs", deadlines={"report": "pilot_to"},
        help_zh="供给方对场景的应答、选定、试点与报告。", help_en="Answers of suppliers, the choice, the pilot and its report.", list_columns=("number", "title", "scene", "owner", "price_wan", "pilot_from", "state"),
        filters=("scene", "owner"), public=False, refs={"scene": "scenes", "ability": "scenes", "contract": "contracts"}, change_states=("answered",), check=_check_reply,
        confidential=frozenset({"price_wan", "proposal"}),
    )
)  # fmt: skip
ALL = (RESOURCES, BOOKINGS, USAGE, REVIEWS, SCENES, REPLIES)

from trihelix.registers.resources import actions, figures, scene_actions  # noqa: E402, F401

for _register in ALL:
    standard_actions(_register)
