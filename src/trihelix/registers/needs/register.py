"""Declaration of the register of needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from trihelix.engines.errors import Problem
from trihelix.kernel import clock
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.needs import flow, models, sheets


def missing_items(values: Mapping[str, Any]) -> list[str]:
    """Which of the four mandatory items a technical need still lacks (sheet column names)."""
    if (values.get("kind") or "technical") != "technical":
        return []
    return [name for name in sheets.MANDATORY if values.get(name) in (None, "", [], 0)]


def _check(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    importing = context.get("import")
    if importing and row.get("state") not in ("draft", *flow.FAILED):
        for name in missing_items(row):
            column = next(c for c in sheets.NEEDS.columns if c.name == name)
            yield Problem("required", f"技术需求须填写 “{column.zh}”", field=name, clause="需求四项必填")
    deadline = row.get("deadline")
    if deadline is not None and deadline < clock.today() and not row.get("number"):
        yield Problem("date_past", f"研发时限 {deadline} 已过，请填写今后的日期", field="deadline", value=str(deadline))
    if row.get("budget_wan") is not None and row["budget_wan"] < 0:
        yield Problem("negative", "资金投入不能为负", field="budget_wan", value=row["budget_wan"])
    if row.get("published_on") is not None and row["published_on"] > clock.today():
        yield Problem("date_future", "发布日期不能晚于今天", field="published_on", value=str(row["published_on"]))
    if row.get("anonymous") and row.get("secrecy") == "confidential":
        yield Problem("secrecy_conflict", "内部需求不公开发布，不需匿名；请二选一", field="anonymous")


def facts(need: models.Need, actor: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Facts for the flow's guards."""
    row = {
        "kind": need.kind,
        "indicators": need.indicators,
        "budget_wan": need.budget_fen,
        "ownership": need.ownership,
        "deadline": need.deadline,
    }
    candidates = values.get("_candidates")
    return {
        "missing": missing_items(row), "deadline": need.deadline,
        "duplicates_ok": not candidates or bool(values.get("not_duplicate")),
    }  # fmt: skip


def need_text(need: models.Need) -> str:
    """The whole wording of a need, as the matching engine reads it."""
    indicators = "；".join(f"{i.get('name', '')} {i.get('op') or ''} {i.get('target', '')}{i.get('unit') or ''}" for i in need.indicators)
    return "\n".join(t for t in (need.record.title, need.problem, indicators, need.conditions, need.tried) if t)


def _doc(need: models.Need) -> dict[str, Any] | None:
    hide = need.anonymous and need.record.state in flow.ANONYMOUS
    text = [need_text(need)] if need.secrecy != "confidential" else []
    return document(
        need, text=text, holder="匿名" if hide else None,
        facets={"kind_of": [need.kind], "field": need.fields, "region": [need.division], "ownership": [need.ownership]},
        numbers={"amount": need.budget_fen, "year": need.deadline.year if need.deadline else None},
    )  # fmt: skip


def _prepare(values: dict[str, Any]) -> None:
    values["kind"] = values.get("kind") or "technical"
    values["secrecy"] = values.get("secrecy") or "open"
    values["anonymous"] = bool(values.get("anonymous"))


def _imported(need: models.Need, today: dt.date) -> None:
    """Imported as published: the day, and until when it stands."""
    if need.record.state in flow.LIVE:
        need.published_on = need.published_on or today
        need.expires_on = actions.live_until("need.life", need.published_on)


NEEDS = declare(
    Register(
        "needs", models.Need, "需求", "Need", "XQ", flow.FLOW, sheets.NEEDS, area="needs",
        help_zh="企业的技术、资金、销售渠道需求。技术需求须写明核心指标、资金投入、产权归属、研发时限四项。",
        help_en="Technical, capital and sales-channel needs of firms. Technical needs state core indicators, money, ownership and deadline.",
        list_columns=("number", "title", "owner", "kind", "budget_wan", "deadline", "state"),
        filters=("kind", "fields", "division", "ownership", "deadline", "owner"),
        create_roles=("owner", "node", "officer", "operator"), change_states=("draft", "submitted", "refining", "published", "matching", *flow.FAILED),
        personal=frozenset({"contact_name", "contact_phone", "contact_email"}), confidential=frozenset({"tried"}),
        owner_masked=lambda need: need.anonymous and need.record.state in flow.ANONYMOUS,
        owner_masked_q=Q(anonymous=True, record__state__in=flow.ANONYMOUS),
        import_state="published", import_visibility="public", check=_check, facts=facts, prepare=_prepare, imported=_imported, search_doc=_doc,
        panels=("needs/_matches.html",),
    )
)  # fmt: skip

from trihelix.registers.needs import actions  # noqa: E402

standard_actions(NEEDS)
