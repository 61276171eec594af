"""What a share plan may not be: under a floor, short on main contributors, unannounced; and what deserves a warning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from trihelix.engines.dated import Value
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import ratio_text
from trihelix.engines.shares.book import ShareBook, ShareRule
from trihelix.engines.shares.compute import ShareResult, late_payouts, office_of_reward, plan_on, share_out
from trihelix.engines.shares.request import Plan, ShareRequest
from trihelix.engines.workdays import Calendar


def rule_for(request: ShareRequest, book: ShareBook) -> ShareRule:
    """The rule that binds the unit: a centrally governed body (中央单位) follows the national one only."""
    rule = book.rule(request.rule)
    return rule.root() if request.governance == "central" else rule


def share(request: ShareRequest, book: ShareBook) -> ShareResult:
    """Check and share out. Refusals: ``p_below_floor``, ``main_below_floor``, ``parts_over_whole``, ``no_plan_yet``,
    ``leader_without_notice``, ``notice_short``, ``paid_before_notice``."""
    rule = rule_for(request, book)
    refusals = list(refusals_of(request, rule))
    if refusals:
        raise Refused.of(refusals)
    return share_out(request, rule, [*warnings_of(request, rule), *late_payouts(request, rule)])


def _started(request: ShareRequest, plan: Plan) -> date:
    return plan.since or min(r.received_on for r in request.receipts)


def _where(request: ShareRequest, i: int, key: str) -> str:
    return f"plans[{i}].{key}" if request.plans[i].since else key


def refusals_of(request: ShareRequest, rule: ShareRule) -> Iterator[Problem]:
    """Every reason not to share by this request."""
    for i, plan in enumerate(request.plans):
        on = _started(request, plan)
        of_reward = office_of_reward(rule, on)
        if not of_reward and plan.p + plan.office > 1:
            yield Problem(
                "parts_over_whole", "奖励比例与工作机构比例之和超过 1", _where(request, i, "office"), value=ratio_text(plan.p + plan.office)
            )
        if request.unit_kind == "state":
            yield from _floors(request, rule, i, plan, on, of_reward)
        yield from _notice(request, rule, i, plan, on)
    for i, receipt in enumerate(request.receipts):
        day = receipt.refund_of or receipt.received_on
        if plan_on(request.plans, day) is None:
            yield Problem("no_plan_yet", f"{day} 尚无生效的分配方案", f"receipts[{i}].date", value=day.isoformat())


def _floors(request: ShareRequest, rule: ShareRule, i: int, plan: Plan, on: date, of_reward: bool) -> Iterator[Problem]:
    floor = rule.floor(request.way, on)
    if floor and plan.p < floor.value:
        yield Problem(
            "p_below_floor",
            f"奖励比例 {ratio_text(plan.p)} 低于“{rule.name}”对国有单位的下限 {ratio_text(floor.value)}，请提高比例",
            _where(request, i, "p"),
            clause=floor.source,
            value=ratio_text(plan.p),
        )
    least = rule.value("main_floor", on)
    part = main_part(plan, of_reward)
    if least and part is not None and part < least.value:
        yield Problem(
            "main_below_floor",
            f"主要贡献人员所得为奖励总额的 {ratio_text(part)}，低于下限 {ratio_text(least.value)}",
            _where(request, i, "members"),
            clause=least.source,
            value=ratio_text(part),
        )


def main_part(plan: Plan, of_reward: bool) -> Fraction | None:
    """Main contributors' part of the whole pool (the office's part counts in the pool where taken of it); None if unstated."""
    if all(m.main is None for m in plan.members):
        return None
    ratio = sum((m.ratio for m in plan.members if m.main), Fraction(0))
    return ratio * (1 - plan.office) if of_reward else ratio


def _notice(request: ShareRequest, rule: ShareRule, i: int, plan: Plan, on: date) -> Iterator[Problem]:
    announced = plan.notice_from is not None and plan.notice_to is not None
    if any(m.leader for m in plan.members) and not announced:
        yield Problem(
            "leader_without_notice",
            "分配方案含单位领导，须先在本单位公示，请填写公示起止日期",
            _where(request, i, "notice_from"),
            clause="国发〔2016〕16号",
        )
    if not announced or plan.notice_from is None or plan.notice_to is None:
        return
    days = rule.value("notice_days", on)
    if days and plan.notice_to < Calendar({}).add(plan.notice_from, days.value, kind="calendar").date:
        yield Problem(
            "notice_short",
            f"分配方案公示不足 {days.value} 日（开始当日不计），请延长公示",
            _where(request, i, "notice_to"),
            clause=days.source,
            value=plan.notice_to.isoformat(),
        )
    for n, receipt in enumerate(request.receipts):
        if receipt.paid_on and plan_on(request.plans, receipt.received_on) is plan and receipt.paid_on <= plan.notice_to:
            yield Problem("paid_before_notice", "公示期未满不得兑现", f"receipts[{n}].paid_on", value=receipt.paid_on.isoformat())


def warnings_of(request: ShareRequest, rule: ShareRule) -> Iterator[Problem]:
    """What an officer should look at although it is not refused."""
    for i, plan in enumerate(request.plans):
        on = _started(request, plan)
        if main_part(plan, False) is None:
            yield Problem("main_not_stated", "没有标明主要贡献人员（main），无法核对其最低比例", _where(request, i, "members"))
        office = rule.value("office_floor", on)
        if office and plan.office < office.value:
            yield _under("office_below_floor", "工作机构提取比例", plan.office, office, _where(request, i, "office"))
        if request.way != "own_use":
            hint = rule.value("suggested_floor", on)
            if hint and plan.p < hint.value:
                yield _under("below_suggested_floor", "奖励比例", plan.p, hint, _where(request, i, "p"))
    if sum(r.amount for r in request.receipts) < 0:
        yield Problem("refund_over_receipts", "退款多于本次列出的到账，差额留待以后到账冲抵", "receipts")


def _under(code: str, what: str, given: Fraction, value: Value, field: str) -> Problem:
    note = "（该值待核实）" if value.unverified else ""
    message = f"{what} {ratio_text(given)} 低于建议的 {ratio_text(value.value)}{note}"
    return Problem(code, message, field, clause=value.source, value=ratio_text(given))
