"""Declaration of the events registers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel import clock
from trihelix.kernel.checks import fill
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.events import flow, models, sheets

TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
DESK = ("node", "officer", "operator")


def _check_event(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    for name in ("starts_at", "ends_at"):
        if row.get(name) and not TIME.fullmatch(row[name]):
            yield Problem("bad_time", f"“{row[name]}” 不是时间，请写成 09:00", field=name, value=row[name])
    one_day = not row.get("ends_on") or row["ends_on"] == row.get("held_on")
    if row.get("ends_on") and row.get("held_on") and row["ends_on"] < row["held_on"]:
        yield Problem("date_order", "结束日期早于举办日期", field="ends_on", value=str(row["ends_on"]))
    if one_day and row.get("starts_at") and row.get("ends_at") and row["ends_at"] <= row["starts_at"]:
        yield Problem("time_order", "结束时间不晚于开始时间", field="ends_at", value=row["ends_at"])
    if row.get("register_by") and row.get("held_on") and row["register_by"] > (row.get("ends_on") or row["held_on"]):
        yield Problem("date_order", "报名截止晚于活动日期", field="register_by", value=str(row["register_by"]))
    for name, least in (("capacity", 1), ("attendance", 0)):
        if row.get(name) is not None and row[name] < least:
            yield Problem("out_of_range", f"人数不能小于 {least}", field=name, value=row[name])
    yield from _check_audience(row)
    if context.get("import") and row.get("state") == "held" and row.get("held_on") and row["held_on"] > clock.today():
        yield Problem("date_future", "已举办的活动日期不能晚于今天", field="held_on", value=str(row["held_on"]))


def _check_audience(row: Mapping[str, Any]) -> Iterable[Problem]:
    rows = row.get("audience") or []
    for i, group in enumerate(rows):
        if (group.get("persons") or 0) < 0 or (group.get("bodies") or 0) < 0:
            yield Problem("negative", "人数与单位数不能为负", field="audience", value=i + 1)
    total = sum(g.get("persons") or 0 for g in rows)
    if rows and row.get("attendance") is not None and total != row["attendance"]:
        yield Problem(
            "sum_differs", f"分类人数合计 {total}，与到会人数 {row['attendance']} 不等", field="attendance", value=row["attendance"]
        )


def _prepare_event(values: dict[str, Any]) -> None:
    if values.get("attendance") is None and values.get("audience"):
        values["attendance"] = sum(g.get("persons") or 0 for g in values["audience"])


def _check_registration(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    if row.get("checked_in_on") and row["checked_in_on"] > clock.today():
        yield Problem("date_future", "签到日期不能晚于今天", field="checked_in_on", value=str(row["checked_in_on"]))
    if not row.get("owner") and not row.get("body_name") and row.get("body_kind") not in (None, "", "person") and context.get("import"):
        yield Problem("required", "请填写单位，或未登记单位的名称", field="body_name")


def _check_outcome(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    if row.get("signed_on") and row["signed_on"] > clock.today():
        yield Problem("date_future", "签约日期不能晚于今天", field="signed_on", value=str(row["signed_on"]))
    if row.get("amount_wan") is not None and row["amount_wan"] < 0:
        yield Problem("negative", "金额不能为负", field="amount_wan", value=row["amount_wan"])
    if not (row.get("party_a") or row.get("party_b") or row.get("parties")):
        yield Problem("required", "请填写签约方", field="party_a")
    if row.get("party_a") and row.get("party_a") == row.get("party_b"):
        yield Problem("same_party", "甲方与乙方不能是同一单位", field="party_b", value=row["party_b"])


def _check_release(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    wanted = {"results": ("results",), "needs": ("needs",), "both": ("results", "needs")}.get(row.get("kind") or "", ())
    for name in ("results", "needs"):
        if row.get(name) and name not in wanted:
            yield Problem("other_kind", "所选内容与条目不符，请改为“成果与需求”或移去", field=name)


def _event_doc(event: models.Event) -> dict[str, Any]:
    text = [sheets.KINDS[event.kind][0], event.summary, event.place, *(str(r.get("item", "")) for r in event.agenda)]
    return document(
        event,
        text=text,
        facets={"kind_of": [event.kind], "field": event.fields, "region": [event.division]},
        numbers={"year": event.held_on.year},
    )


def _release_doc(release: models.Release) -> dict[str, Any]:
    return document(release, text=[release.introduction], facets={"kind_of": [release.kind]})


SERIES = declare(
    Register(
        "event_series", models.Series, "品牌系列活动", "Event series", "LY", flow.SERIES, sheets.SERIES, area="deals",
        help_zh="有名字的系列路演、对接活动，各期归入其下。", help_en="Branded series of roadshows and other events.", import_state="running", import_visibility="public",
        list_columns=("number", "title", "brand", "owner", "rhythm", "state"), filters=("owner", "brand"), panels=("events/_series.html",),
    )
)  # fmt: skip
EVENTS = declare(
    Register(
        "events", models.Event, "活动", "Event", "HD", flow.EVENT, sheets.EVENTS, area="deals",
        help_zh="培训、路演、对接、年会、发布会、座谈会：报名、签到、到会结构、签约成果；公开活动可订阅日历。",
        help_en="Trainings, roadshows, matching events, meetings: registration, check-in, audience, signed outcomes; public events as a calendar feed.",
        list_columns=("number", "title", "kind", "held_on", "division", "organiser", "attendance", "state"),
        filters=("kind", "held_on", "division", "organiser", "series", "owner", "fields", "topic"), owner_required=False,
        refs={"organiser": "nodes", "series": "event_series"}, links={"co_organisers": ("bodies", "co_organiser")},
        change_states=("draft", "submitted", "published"), check=_check_event, prepare=_prepare_event, node_of=lambda event: event.organiser,
        import_state=lambda row: "held" if (row.get("ends_on") or row["held_on"]) < clock.today() else "published", import_visibility="public",
        search_doc=_event_doc, panels=("events/_event.html",),
    )
)  # fmt: skip
REGISTRATIONS = declare(
    Register(
        "event_registrations", models.Registration, "活动报名", "Event registration", "BM", flow.REGISTRATION, sheets.REGISTRATIONS, area="deals",
        help_zh="报名与签到名单；满额后列为候补，有人取消时依次转正。", help_en="Registrations and check-in; beyond the seats a waiting list that moves up.",
        list_columns=("number", "name", "event", "body_kind", "division", "checked_in_on", "state"), filters=("event", "body_kind", "division", "part"),
        public=False, owner_required=False, refs={"event": "events"}, personal=frozenset({"name", "phone", "email"}), change_states=("registered", "waiting"),
        import_state=lambda row: "checked_in" if row.get("checked_in_on") else "registered", import_visibility="node", check=_check_registration,
        prepare=fill(part="audience"), node_of=lambda made: made.event.node, create_roles=("owner", *DESK),
    )
)  # fmt: skip
OUTCOMES = declare(
    Register(
        "event_outcomes", models.Outcome, "签约成果", "Signed outcome", "QY", flow.OUTCOME, sheets.OUTCOME, area="deals",
        help_zh="活动上签订的合同、意向、共建项目及其落地。", help_en="What was signed at events, and what became of it.",
        list_columns=("number", "title", "event", "kind", "party_a", "party_b", "amount_wan", "signed_on", "state"), filters=("event", "kind", "signed_on"),
        public=False, owner_required=False, import_state="recorded", import_visibility="node", check=_check_outcome, node_of=lambda made: made.event.node,
        refs={"event": "events", "party_a": "bodies", "party_b": "bodies", "need": "needs", "result": "results", "deal": "deals", "contract": "contracts"},
    )
)  # fmt: skip
RELEASES = declare(
    Register(
        "releases", models.Release, "发布", "Release", "FB", flow.RELEASE, sheets.RELEASE, area="results",
        help_zh="发布台：挑选可公开的成果与需求成批发布。", help_en="The publication desk: selected results and needs, released together.",
        list_columns=("number", "title", "kind", "channel", "released_on", "owner", "state"), facts_shown=("kind", "channel", "event", "introduction", "released_on", "valid_to"),  # the items are shown by the panel, as far as visible
        filters=("kind", "channel", "released_on", "event"),
        refs={"event": "events"}, links={"results": ("results", "released_result"), "needs": ("needs", "released_need")}, change_states=("draft",),
        check=_check_release, prepare=fill(channel="site"), search_doc=_release_doc, panels=("events/_release.html",), owner_required=False,
    )
)  # fmt: skip
ALL = (SERIES, EVENTS, REGISTRATIONS, OUTCOMES, RELEASES)

from trihelix.registers.events import actions, figures  # noqa: E402, F401

for _register in ALL:
    standard_actions(_register)
