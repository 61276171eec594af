"""Uses of a patent under rules: once in a recognition, and by the State where public money made it and nobody used it."""

from __future__ import annotations

from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.columns import options
from trihelix.registers.patents import sheets
from trihelix.registers.patents.actions.patents import set_encumbrance
from trihelix.registers.patents.models import Deal, Patent, Product, StockRecord
from trihelix.registers.policies.rulebook import rules

DESK = ("officer", "operator")
RECOGNITIONS = options(
    ("hnte", "高新技术企业", "High-tech enterprise"), ("tech-sme", "科技型中小企业", "Technology SME"), ("innovative-sme", "创新型中小企业", "Innovative SME"),
    ("specialised-sme", "专精特新中小企业", "Specialised SME"), ("little-giant", "专精特新“小巨人”", "Little giant"), ("other", "其他", "Other"),
)  # fmt: skip
OVERRIDE = Column("override", "boolean", "仍然办理", "Override the rule", help="须写明理由")


def _by_rule(a: Run, rule: str, facts: dict[str, Any], override: bool) -> None:
    """Go on where the rule of the day is met, or by an override with a reason, which the journal keeps with what failed."""
    answer = rules().check(rule, facts, a.today, change=False)
    if answer.verdict == "met":
        return
    texts = {t["clause"]: t["text"] for t in answer.trace}
    open_points = [texts.get(c, c) for c in answer.failed] or [f"缺少 {'、'.join(answer.missing)}"]
    a.require(
        override,
        "rule_not_met",
        f"不符合规则 {rule}：{'；'.join(open_points)}；确需办理请勾选“仍然办理”并说明理由",
        field="override",
        clause=rule,
    )
    a.require(a.reason, "reason_required", "不按规则办理须说明理由", field="reason")
    a.extra["override"] = [
        None,
        {"rule": f"{answer.rule}@{answer.version}", "verdict": answer.verdict, "failed": answer.failed, "missing": answer.missing},
    ]


@action("patents", "use_for", "用于资格认定", "Use in a recognition", roles=("owner", *DESK), fields=(
    Column("recognition", "choice", "认定", "Recognition", required=True, choices=RECOGNITIONS), OVERRIDE,
))  # fmt: skip
def use_for(a: Run, patent: Patent, *, recognition: str, override: bool = False) -> None:
    """Note that a recognition rests on the patent. Refuses rights not in force, and a second use of class II rights, save by the desk with a reason."""
    a.require(patent.status in sheets.VALID, "not_in_force", f"专利 {patent.app_no} 不在有效状态", field="status", value=patent.status)
    a.require(not override or set(DESK) & a.by.roles, "override_by_desk", "只有经办部门可以不按规则办理", field="override")
    _by_rule(
        a, "patent-use", {"recognition": recognition, "ptype": patent.ptype, "used_before": recognition in patent.used_in}, bool(override)
    )
    patent.used_in = [*patent.used_in, recognition]


def implemented(patent: Patent) -> bool:
    """Whether a patent was used: licensed or transferred, in a filed product, or settled in a stock-taking."""
    links = patent.record.links_in.filter(kind="patent").values("source_id")
    if Deal.objects.filter(pk__in=links, record__state__in=("effective", "recorded", "ended")).exists():
        return True
    if StockRecord.objects.filter(patent=patent.record).exclude(outcome="").exists():
        return True
    return Product.objects.filter(pk__in=links, record__state__in=("filed", "recognised", "not_renewed")).exists()


@action("patents", "open_to_state", "认定可由国家无偿实施", "Open to the State", roles=DESK, danger=True, fields=(
    Column("good_reason", "boolean", "未实施有正当理由", "Good reason for non-use"), OVERRIDE,
))  # fmt: skip
def open_to_state(a: Run, patent: Patent, *, good_reason: bool | None = None, override: bool = False) -> None:
    """Publicly funded, granted five years ago, unused without good reason: the State may use it free. Other cases need an override with a reason."""
    facts: dict[str, Any] = {"funded": patent.funded, "implemented": implemented(patent)}
    if patent.grant_date is not None:
        facts["granted_on"] = patent.grant_date.isoformat()
    if good_reason is not None:
        facts["good_reason"] = bool(good_reason)
    _by_rule(a, "funded-patent-idle", facts, bool(override))
    set_encumbrance(patent, "state_use", True)
    a.notify(f"专利可由国家无偿实施：{a.record.title}", roles=("owner",), en=f"Open to the State free of charge: {a.record.title}")
