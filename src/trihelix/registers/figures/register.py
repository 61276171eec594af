"""Declaration of the registers of external figures, reports and edited clauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.engines.sheets import Column
from trihelix.kernel.register import Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.figures import book, flow, models, sheets


def _check_external(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    found = book.figures().figures.get(str(row.get("figure") or ""))
    if row.get("figure") and found is None:
        yield Problem("unknown_figure", f"没有指标 “{row['figure']}”", field="figure", value=row["figure"])
    elif found is not None and not found.external:
        yield Problem("not_external", f"{found.id} 由记录计算，不能录入外部数据", field="figure", value=found.id)
    elif found is not None and row.get("unit") and row["unit"] != found.unit:
        yield Problem("bad_unit", f"{found.id} 的单位应为 {found.unit}", field="unit", value=row["unit"])


def _check_report(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    known = {c.id for c in book.figures().checks}
    for given in row.get("explanations") or ():
        if given.get("check") not in known:
            yield Problem(
                "unknown_check",
                f"没有核对 “{given.get('check')}”；可用：{'、'.join(sorted(known))}",
                field="explanations",
                value=given.get("check"),
            )


def _check_clause(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    from trihelix.registers.figures.letterbook import check_text, letter

    known = letter().clauses
    if row.get("clause") and row["clause"] not in known:
        yield Problem("unknown_clause", f"没有条款 “{row['clause']}”；可用：{'、'.join(known)}", field="clause", value=row["clause"])
    if row.get("text"):
        yield from check_text(str(row["text"]))


def _external(values: dict[str, Any]) -> None:
    values["unverified"] = bool(values.get("unverified"))


EXTERNALS = declare(
    Register(
        "external_figures", models.ExternalFigure, "外部数据", "External figure", "WBS", flow.EXTERNAL, sheets.EXTERNALS, area="governance",
        help_zh="他方公布的数：数值、来源、截止日与填报人；经另一人确认后进入报告。",
        help_en="Numbers that others publish: value, source, day and person; they enter reports once a second person confirmed them.",
        list_columns=("number", "title", "figure", "value", "unit", "as_of", "state"), filters=("figure", "as_of"), public=False,
        create_roles=("officer", "operator"), change_states=("entered",), check=_check_external, prepare=_external, import_state="confirmed",
        import_visibility="members",
    )
)  # fmt: skip
REPORTS = declare(
    Register(
        "reports", models.Report, "统计报告", "Report", "BGT", flow.REPORT, sheets.REPORTS, area="governance",
        help_zh="截止某日的指标；固化后数值与所据记录不再改变，可与现状逐条比较。",
        help_en="Figures as of a day; once frozen, numbers and records stay, and can be compared with today record by record.",
        list_columns=("number", "title", "as_of", "frozen_at", "state"), computed=(Column("frozen_at", "date", "固化时间", "Frozen at"),), filters=("as_of",), create_roles=("officer", "operator"),
        change_states=("open",), check=_check_report, panels=("figures/_report.html",),
    )
)  # fmt: skip
CLAUSES = declare(
    Register(
        "letter_clauses", models.LetterClause, "答复条款", "Letter clause", "HFW", flow.CLAUSE, sheets.CLAUSES, area="governance",
        help_zh="答复中由人修改的文字；数只能以指标编号写入。", help_en="Prose of the reply edited by people; numbers enter by figure id only.",
        list_columns=("number", "title", "clause", "state"), filters=("clause",), public=False, create_roles=("officer", "operator"),
        change_states=("proposed",), check=_check_clause, import_state="in_use", import_visibility="members",
    )
)  # fmt: skip

from trihelix.registers.figures import actions, watch  # noqa: E402, F401

for _register in (EXTERNALS, REPORTS, CLAUSES):
    standard_actions(_register)
