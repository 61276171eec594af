"""Declaration of review rounds and seats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel.register import Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.reviews import flow, models, rulebook, sheets


def _check_round(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    for name in ("panel", "most_seats", "drop_from"):
        if row.get(name) is not None and row[name] < 1:
            yield Problem("not_positive", "数值应大于零", field=name, value=row[name])
    for name in ("finance_min", "same_employer", "same_city", "newcomers_min", "newcomers_each", "women_min", "years"):
        if row.get(name) is not None and row[name] < 0:
            yield Problem("negative", "数值不能为负", field=name, value=row[name])
    if row.get("enterprise_percent") is not None and not 0 <= row["enterprise_percent"] <= 100:
        yield Problem("out_of_range", "占比应在 0 与 100 之间", field="enterprise_percent", value=row["enterprise_percent"])
    rule = rulebook.rules()[row.get("rules") or "default"]
    panel = row.get("panel") or rule["panel"]
    if panel < rule["panel_min"]:
        yield Problem("panel_too_small", f"专家组不少于 {rule['panel_min']} 人", field="panel", value=panel, clause=rule["source"])
    if rule["odd"] and panel % 2 == 0:
        yield Problem("panel_even", "专家组应为单数", field="panel", value=panel, clause=rule["source"])
    for name in ("newcomers_each", "women_min", "finance_min"):
        if (row.get(name) or 0) > panel:
            yield Problem("above_panel", f"不能多于专家组 {panel} 人", field=name, value=row[name])
    if row.get("newcomers_min") and row.get("newcomers_each"):
        yield Problem("one_of_two", "“首次参评者至少”与“每组首次参评者至少”只填一项", field="newcomers_each", value=row["newcomers_each"])
    for i, phase in enumerate(row.get("phases") or (), 1):
        if phase.get("from") and phase.get("to") and str(phase["to"]) < str(phase["from"]):
            yield Problem("date_order", f"第 {i} 个阶段的止日早于起日", field="phases", value=str(phase["to"]))


def _prepare(values: dict[str, Any]) -> None:
    values["rules"] = values.get("rules") or "default"


def _facts(entry: Any, actor: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    open_seats = models.Seat.objects.filter(round=entry.record, record__state__in=("invited", "accepted")).count()
    return {"open_seats": open_seats}


ROUNDS = declare(
    Register(
        "review_rounds", models.Round, "评审轮次", "Review round", "PSL", flow.ROUND, sheets.ROUNDS, area="programmes", deadlines={"close": "closes_on"}, owner_required=False,
        help_zh="一轮评审：待评项目、回避、专家分配（附最优证明）、邀请、评分、排名。", help_en="A review: items, conflicts, panels with proof of optimality, invitations, scores, ranking.",
        list_columns=("number", "title", "call", "closes_on", "state"), filters=("call", "closes_on"), public=False, create_roles=flow.OFFICE, change_states=("drafting",),
        refs={"call": "calls"}, import_visibility="owner", check=_check_round, prepare=_prepare, facts=_facts, panels=("reviews/_round.html",),
    )
)  # fmt: skip
SEATS = declare(
    Register(
        "review_seats", models.Seat, "评审席位", "Review seat", "PXW", flow.SEAT, sheets.SEATS, area="programmes", owner_required=False,
        help_zh="抽到的每个席位：谁评哪一项、答复、评分。只有组织方可见。", help_en="Each seat drawn: who reviews what, the answer, the score. Seen by the office only.",
        list_columns=("number", "round", "item_code", "expert", "kind", "total", "state"), filters=("round", "expert", "kind", "invited_on"), public=False, create_roles=("system",),
        change_states=(), refs={"round": "review_rounds", "expert": "experts"}, confidential=frozenset({"interest", "total", "gate_failed"}), panels=("reviews/_seat.html",),
    )
)  # fmt: skip

from trihelix.registers.reviews import actions, figures  # noqa: E402, F401

standard_actions(ROUNDS)
standard_actions(SEATS)
