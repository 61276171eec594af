"""The steps that every mechanism shares: ask, check, decide together, put on notice, hear objections."""

from __future__ import annotations

from collections.abc import Iterable

from trihelix.engines.flow import Flow, State, Transition

UNIT = ("owner", "node", "officer", "operator")
DESK = ("node", "officer", "operator")
OFFICE = ("owner:transfer_office", "owner:body_admin", "officer", "operator")
CLOSED = ("refused", "withdrawn")


def procedure(flow_id: str, states: Iterable[State], transitions: Iterable[Transition], *, checked: bool = True, asked: str = "已申请",
              asked_en: str = "Applied", clock: str | None = None) -> Flow:  # fmt: skip
    """A flow whose head is the shared procedure and whose tail, from ``cleared`` on, is the mechanism's own."""
    before = "checked" if checked else "applied"
    head = [
        State("draft", "草稿", "Draft", "initial"),
        State("applied", asked, asked_en),
        *([State("checked", "已审核", "Checked")] if checked else []),
        State("decided", "已集体决策", "Decided"),
        State("notice", "公示中", "On notice"),
        State("objected", "有异议", "Objection"),
        State("cleared", "公示无异议", "Cleared"),
        State("refused", "未通过", "Refused", "failed"),
        State("withdrawn", "已撤回", "Withdrawn", "end"),
    ]
    steps = [
        Transition("apply", ("draft",), "applied", UNIT, "提出申请", "Apply", waits=True),
        Transition("return", ("applied", before) if checked else ("applied",), "draft", UNIT, "退回补充", "Return", reason_required=True),
        *([Transition("check", ("applied",), "checked", OFFICE, "审核", "Check", clock=clock or "invention.check")] if checked else []),
        Transition("refuse", tuple(dict.fromkeys(("applied", before, "decided", "objected"))), "refused", OFFICE, "不予同意", "Refuse", reason_required=True),
        Transition("decide", (before, "objected"), "decided", OFFICE, "集体决策", "Decide", waits=True),
        Transition("announce", ("decided",), "notice", OFFICE, "公示", "Put on notice", waits=True),
        Transition("announce", ("notice",), "notice", OFFICE, "公示", "Put on notice"),  # again, with a later end; nobody's task
        Transition("object", ("notice",), "objected", ("anyone",), "提出异议", "Object", reason_required=True),
        Transition("resolve", ("objected",), "notice", OFFICE, "处理异议", "Resolve the objection", targets=("notice", "decided"), reason_required=True, waits=True),
        Transition("reopen", ("decided", "notice", "objected", "cleared"), "draft", OFFICE, "修改后重新办理", "Change and start again", reason_required=True),
        Transition("clear", ("notice",), "cleared", (*OFFICE, "system"), "公示结束", "End the notice", waits=True),
        Transition("withdraw", tuple(dict.fromkeys(("draft", "applied", before, "decided", "notice"))), "withdrawn", UNIT, "撤回", "Withdraw", reason_required=True),
    ]  # fmt: skip
    return Flow(flow_id, 1, (*head, *states), (*steps, *transitions))
