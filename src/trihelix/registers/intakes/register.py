"""Declaration of the register of intakes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel.action import Run, action
from trihelix.kernel.register import Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.intakes import flow, models, sheets


def _check(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    if bool(row.get("need")) == bool(row.get("result")):
        yield Problem("one_subject", "需求编号与成果编号填且只填一项", field="need")
    if row.get("collected_on") and row["collected_on"] > clock.today():
        yield Problem("date_future", "征集日期不能晚于今天", field="collected_on", value=str(row["collected_on"]))


def _prepare(values: dict[str, Any]) -> None:
    values["subject"] = "need" if values.get("need_id") else "result"


INTAKES = declare(
    Register(
        "intakes", models.Intake, "征集", "Intake", "ZJJ", flow.FLOW, sheets.INTAKES, area="needs",
        help_zh="每一次征集是一条记录：由谁、经何渠道、在哪次活动、何日。“征集数”按此计数，“发布数”另计。",
        help_en="Each collecting is a record: by whom, over which route, in which campaign, when. Collected counts these; published is counted apart.",
        list_columns=("number", "title", "owner", "subject", "route", "collected_on", "state"), computed=(Column("subject", "choice", "征集内容", "Subject", choices={"need": ("需求", "Need"), "result": ("成果", "Result")}),), filters=("route", "owner", "collected_on", "campaign"),
        create_roles=("owner", "node", "officer", "operator"), refs={"need": "needs", "result": "results", "at_node": "nodes"},
        import_state="recorded", import_visibility="members", check=_check, prepare=_prepare,
    )
)  # fmt: skip


@action("intakes", "void", "作废", "Void", danger=True)
def void(a: Run, intake: Any) -> None:
    """Void an intake recorded by mistake; it stays listed."""


@action(
    "intakes",
    "note",
    "补充批次",
    "Set campaign",
    roles=("owner", "node", "officer", "operator"),
    fields=(Column("campaign", "text", "批次或活动", "Campaign", required=True),),
)
def note(a: Run, intake: Any, *, campaign: str) -> None:
    """Name the campaign afterwards."""
    intake.campaign = campaign


standard_actions(INTAKES)
