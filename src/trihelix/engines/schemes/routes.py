"""The way of a case as data: which steps a scheme has, in which order, checked for cycles and dead ends, drawn as a flow.

``route`` leads an application from its draft to the award, ``life`` leads the awarded case to its end. Both map a step to the next
one; the engine knows the acts that belong to each step, so a scheme only says which steps it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from trihelix.engines.errors import Problem
from trihelix.engines.flow import Flow, State, Transition

# step → state label, English label, roles that act there, act, act label
ROUTE_STEPS: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "draft": ("草稿", "Draft", ("owner",)),
    "unit_check": ("单位审核", "Unit check", ("owner:transfer_office", "owner:body_admin", "owner")),
    "recommendation": ("推荐单位审核", "Recommendation", ("recommender", "officer")),
    "sealed": ("密封待开启", "Sealed", ("officer",)),
    "form_check": ("形式审查", "Form check", ("officer",)),
    "screening": ("诚信与查重", "Integrity and duplicates", ("officer",)),
    "review": ("专家评审", "Review", ("reviewer_office", "officer")),
    "site_visit": ("现场考察", "Site visit", ("officer",)),
    "decision": ("会议审定", "Decision meeting", ("officer",)),
    "publicity": ("公示", "Publicity", ("officer",)),
    "awarded": ("已立项", "Awarded", ()),
}
LIFE_STEPS: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "awarded": ("已立项", "Awarded", ("officer",)),
    "instrument": ("文书签署", "Instrument", ("owner", "officer")),
    "building": ("建设期", "Building", ("owner", "officer")),
    "running": ("执行中", "Running", ("owner", "officer")),
    "recognised": ("已认定", "Recognised", ("officer",)),
    "paying": ("拨付中", "Paying", ("finance", "officer")),
    "acceptance": ("验收", "Acceptance", ("officer",)),
    "filing": ("备案", "Filing", ("officer",)),
    "follow_up": ("后续跟踪", "Follow-up", ("owner",)),
    "archived": ("已归档", "Archived", ()),
}


def check(
    name: str, steps: Mapping[str, str], lines: Mapping[str, str], known: Mapping[str, object], start: str, end: str
) -> Iterator[Problem]:
    """What is wrong with a way: unknown steps, a cycle, a dead step, a step that is never reached. ``lines`` gives file:line."""

    def at(step: str) -> str:
        return lines.get(step) or next(iter(lines.values()), name)

    for step, nxt in steps.items():
        for one in (step, nxt):
            if one not in known:
                yield Problem("unknown_step", f"{at(step)}: {name} 中没有步骤 “{one}”；可用：{'、'.join(known)}", field=name, value=one)
    if start not in steps:
        yield Problem("no_start", f"{at(start)}: {name} 应从 {start} 开始", field=name, value=start)
        return
    seen, here = [start], start
    while here in steps and here != end:
        here = steps[here]
        if here in seen:
            loop = " → ".join([*seen[seen.index(here) :], here])
            yield Problem("cycle", f"{at(seen[-1])}: {name} 出现循环：{loop}", field=name, value=here)
            return
        seen.append(here)
    if here != end:
        yield Problem(
            "dead_state",
            f"{at(seen[-2] if len(seen) > 1 else here)}: {name} 的步骤 “{here}” 没有下一步，也不是终点 {end}",
            field=name,
            value=here,
        )
    if end in steps:
        yield Problem("dead_state", f"{at(end)}: {name} 的终点 {end} 之后不能再有步骤", field=name, value=end)
    for step in steps:
        if step not in seen:
            yield Problem("unreachable_state", f"{at(step)}: {name} 的步骤 “{step}” 无法到达", field=name, value=step)


def ordered(steps: Mapping[str, str], start: str) -> list[str]:
    """The steps in order."""
    out = [start]
    while out[-1] in steps:
        out.append(steps[out[-1]])
    return out


_ACTS: Final[dict[str, tuple[str, str, str]]] = {
    "draft": ("submit", "提交", "Submit"), "unit_check": ("unit_approve", "单位审核通过", "Unit approves"),
    "recommendation": ("recommend", "推荐", "Recommend"), "sealed": ("unseal", "开启", "Open"), "form_check": ("form_pass", "形式审查通过", "Pass the form check"),
    "screening": ("screen_pass", "核查通过", "Pass the screening"), "review": ("review_done", "评审完成", "Review done"),
    "site_visit": ("visit_done", "考察完成", "Visit done"), "decision": ("decide", "审定", "Decide"), "publicity": ("award", "立项", "Award"),
    "awarded": ("draft_instrument", "起草文书", "Draft the instrument"), "instrument": ("sign", "签署", "Sign"), "building": ("build_done", "通过建设验收", "Build accepted"),
    "running": ("request_acceptance", "申请验收", "Ask for acceptance"), "recognised": ("expire", "到期", "Expire"), "paying": ("pay", "拨付", "Pay"),
    "acceptance": ("conclude", "验收结论", "Conclude"), "filing": ("file", "备案", "File"), "follow_up": ("archive", "归档", "Archive"),
}  # fmt: skip


def flow(scheme_id: str, version: int, route: Mapping[str, str], life: Mapping[str, str], correction: bool) -> Flow:
    """The whole way of a scheme as one flow, from draft to archive, with its side exits."""
    first, second = ordered(route, "draft"), ordered(life, "awarded")
    labels = {**LIFE_STEPS, **ROUTE_STEPS}
    kinds = {first[0]: "initial", second[-1]: "end"}
    states = [State(s, labels[s][0], labels[s][1], kinds.get(s, "normal")) for s in dict.fromkeys([*first, *second])]
    moves = []
    for step, nxt in [*route.items(), *life.items()]:
        act, zh, en = _ACTS[step]
        roles = labels[step][2] or ("officer",)
        moves.append(Transition(act, (step,), nxt, roles, zh, en))
    states.append(State("withdrawn", "已撤回", "Withdrawn", "failed"))
    moves.append(Transition("withdraw", tuple(s for s in first if s != "awarded"), "withdrawn", ("owner",), "撤回", "Withdraw"))
    refusing = tuple(s for s in first if s in ("recommendation", "form_check", "screening", "review", "decision", "publicity"))
    if refusing:
        states.append(State("not_awarded", "未立项", "Not awarded", "failed"))
        moves.append(Transition("refuse", refusing, "not_awarded", ("officer",), "不予立项", "Refuse"))
    if correction and "form_check" in first:
        states.append(State("correction", "补正中", "Correction"))
        moves.append(Transition("form_return", ("form_check",), "correction", ("officer",), "退回补正", "Return for correction"))
        moves.append(Transition("correct", ("correction",), "form_check", ("owner",), "提交补正", "Submit the correction"))
    running = tuple(s for s in second if s in ("running", "building", "recognised", "acceptance", "filing"))
    if running:
        states.append(State("stopped", "终止或撤销", "Stopped or revoked", "failed"))
        moves.append(Transition("stop", running, "stopped", ("officer",), "终止或撤销", "Stop or revoke"))
    return Flow(scheme_id, version, tuple(states), tuple(moves))
