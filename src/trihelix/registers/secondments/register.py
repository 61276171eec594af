"""Declaration of the registers of secondments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel import clock
from trihelix.kernel.checks import not_negative, order
from trihelix.kernel.models import Record
from trihelix.kernel.register import PublicNotice, Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.secondments import flow, keys, models, sheets

ENDS = {"closed", "renewed", "withdrawn", "replaced"}


def _signed(record: Record) -> set[tuple[str, str]]:
    """A party that signed waits for the others; the home body also signs for a person without an account."""
    if record.state != "appointed":
        return set()
    row = models.Secondment.objects.get(record=record)
    done = {s["party"] for s in row.signatures}
    if "person" not in done and not row.person_signs:
        done -= {"home"}
    return {("sign", role) for party, role in flow.PARTIES.items() if party in done}


def _check_batch(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from order(row, "publicity_from", "publicity_to")
    if row.get("number_in_line") is not None and row["number_in_line"] < 1:
        yield Problem("not_positive", "批次从 1 起", field="number_in_line", value=row["number_in_line"])
    if not context.get("import") and row.get("number_in_line") and not row.get("number"):
        kind = row.get("kind") or "commissioner"
        if models.Batch.objects.filter(kind=kind, number_in_line=row["number_in_line"]).exists():
            yield Problem("batch_taken", f"第 {row['number_in_line']} 批已存在", field="number_in_line", value=row["number_in_line"])


def _check_need(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from not_negative(row, "pay_wan", "days_per_year")
    if row.get("days_per_year") is not None and row["days_per_year"] > 366:
        yield Problem("out_of_range", "每年在岗天数不超过 366", field="days_per_year", value=row["days_per_year"])
    if row.get("posts") is not None and row["posts"] < 1:
        yield Problem("not_positive", "人数应大于零", field="posts", value=row["posts"])


def _check_secondment(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from order(row, "starts_on", "ends_on")
    yield from not_negative(row, "pay_wan", "days_per_year", "hours_per_year", "term_no")
    if row.get("days_per_year") is not None and row["days_per_year"] > 366:
        yield Problem("out_of_range", "每年在岗天数不超过 366", field="days_per_year", value=row["days_per_year"])
    if row.get("owner") and row.get("owner") == row.get("host"):
        yield Problem("same_party", "接收单位与派出单位不能是同一单位", field="host", value=str(row["host"]))
    if context.get("import") and not row.get("number") and not row.get("uid"):
        state = row.get("state")
        if state in (*flow.SERVING, *ENDS, None, "") and (state or row.get("appointed_on")):
            for name in ("appointed_on", "starts_on", "ends_on"):
                if not row.get(name):
                    yield Problem("required", f"已聘任的选派须填写 “{SECONDMENTS.column(name).zh}”", field=name)  # type: ignore[union-attr]
        if row.get("appointed_on") and row["appointed_on"] > clock.today():
            yield Problem("date_future", "聘任日期在今天之后", field="appointed_on", value=str(row["appointed_on"]))


def _check_log(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    if row.get("days") is not None and not 0 < row["days"] <= 31:
        yield Problem("out_of_range", "天数应大于 0，不超过 31", field="days", value=str(row["days"]))
    if row.get("satisfaction") is not None and not 1 <= row["satisfaction"] <= 5:
        yield Problem("out_of_range", "满意度为 1 到 5 的整数", field="satisfaction", value=row["satisfaction"])
    yield from not_negative(row, "hours")
    if context.get("import") and row.get("on") and row["on"] > clock.today():
        yield Problem("date_future", "服务日期在今天之后", field="on", value=str(row["on"]))


def _kind(values: dict[str, Any]) -> None:
    values["kind"] = values.get("kind") or "commissioner"
    if "term_no" in values:
        values["term_no"] = values.get("term_no") or 1
    if "posts" in values:
        values["posts"] = values.get("posts") or 1


def _imported_state(row: Mapping[str, Any]) -> str:
    """Rows with an appointment are on duty, or closed once their term is over; others are candidates."""
    if not row.get("appointed_on"):
        return "listed"
    return "closed" if row.get("ends_on") and row["ends_on"] < clock.today() else "serving"


def _imported(row: models.Secondment, today: dt.date) -> None:
    row.record.title = row.record.title or f"{row.person.title} → {row.host.title}"


def _facts(entry: Any, actor: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"publicity_to": entry.publicity_to}


BATCHES = declare(
    Register(
        "secondment_batches", models.Batch, "选派批次", "Secondment batch", "KCP", flow.BATCH, sheets.BATCHES, area="people", owner_required=False,
        help_zh="一批选派：征集、名单公示、整批聘任。", help_en="A batch: collected, put up as a list, appointed together.",
        list_columns=("number", "title", "kind", "number_in_line", "year", "planned", "appointed_on", "state"), filters=("kind", "year"),
        create_roles=("officer", "operator"), import_state="appointed", import_visibility="public", check=_check_batch, prepare=_kind, facts=_facts,
        panels=("secondments/_batch.html",),
    )
)  # fmt: skip
NEEDS = declare(
    Register(
        "secondment_needs", models.PostNeed, "人才岗位需求", "Post wanted", "KCX", flow.NEED, sheets.NEEDS, area="people",
        help_zh="企业需要科创专员，高校需要产业教授：要解决的问题和人选画像。审核后，单位点将，本人也可自荐。",
        help_en="A firm wants a commissioner, a university an industry professor: the problem and the profile. Then either side may begin.",
        list_columns=("number", "title", "owner", "kind", "field", "posts", "state"), filters=("kind", "field", "owner"), refs={"need": "needs", "recommender": "bodies"},
        change_states=("draft", "posted"), import_state="checked", import_visibility="public", check=_check_need, prepare=_kind, panels=("secondments/_post.html",),
    )
)  # fmt: skip
SECONDMENTS = declare(
    Register(
        "secondments", models.Secondment, "科创专员与人才选派", "Secondment", "KCY", flow.SECONDMENT, sheets.SECONDMENTS, area="people", deadlines={"call_end": "ends_on"}, owner_required=False, rests=_signed,
        notice=PublicNotice(("publicity",), lambda entry: entry.publicity_to, closing=("appoint",), remedies={"correct": ("object", {}), "refuse": ("object", {})}),
        help_zh="科创专员、产业教授、人才飞地、柔性引才：从双向选择、聘任、服务到评估、续聘的全过程。",
        help_en="Commissioners, industry professors, remote posts, flexible talent: from two-sided choice to service, assessment and renewal.",
        list_columns=("number", "title", "person", "owner", "host", "kind", "ends_on", "state"),
        filters=("kind", "batch", "host", "owner", "city", "field", "appointed_on", "ends_on", "grade"), public=False, create_roles=("owner", "officer", "operator"),
        change_states=("listed", "named", "offered", "agreed"), refs={"person": "people", "host": "bodies", "post": "secondment_needs", "batch": "secondment_batches", "recommender": "bodies"},
        confidential=frozenset({"pay_wan", "payer", "ip_terms", "exit_terms"}), import_state=_imported_state, import_visibility="members",
        check=_check_secondment, prepare=_kind, keyed=keys.appointment_rows, admits={"host": "host", "recommender": "recommender"}, imported=_imported, facts=_facts, panels=("secondments/_secondment.html",),
    )
)  # fmt: skip
LOGS = declare(
    Register(
        "secondment_logs", models.Log, "选派服务记录", "Service log", "KRZ", flow.LOG, sheets.LOGS, area="people", owner_required=False,
        help_zh="每次服务一条：日期、地点、天数、问题、结果；接收单位确认后计入考核。", help_en="One record a service; it counts once the host confirms.",
        list_columns=("number", "title", "secondment", "on", "days", "solved", "state"), filters=("secondment", "on", "solved"), public=False,
        create_roles=("owner", "officer", "operator"), change_states=("written", "disputed"), refs={"secondment": "secondments"}, import_state="written", import_visibility="owner",
        check=_check_log,
    )
)  # fmt: skip
ALL = (BATCHES, NEEDS, SECONDMENTS, LOGS)

from trihelix.registers.secondments import actions, figures  # noqa: E402, F401

for _register in ALL:
    standard_actions(_register)
