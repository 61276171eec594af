"""Lives of review rounds and of seats on panels."""

from trihelix.engines.flow import Flow, Guard, State, Transition

OFFICE = ("officer", "operator")
DONE = Guard("seats_open", lambda f: not f.get("open_seats", 0), "还有席位没有提交或了结；请催办、换人，或登记为逾期")

ROUND = Flow(
    "review_round", 1,
    (
        State("drafting", "分配中", "Assigning", "initial"), State("reviewing", "评审中", "Reviewing"), State("closed", "已汇总", "Closed"),
        State("handed_over", "已移交", "Handed over", "end"), State("cancelled", "已取消", "Cancelled", "failed"),
    ),
    (
        Transition("publish", ("drafting",), "reviewing", OFFICE, "发布名单并发出邀请", "Publish and invite", waits=True),
        Transition("close", ("reviewing",), "closed", OFFICE, "汇总排名", "Close and rank", (DONE,), waits=True),
        Transition("reopen", ("closed",), "reviewing", OFFICE, "重新开放", "Reopen", reason_required=True),
        Transition("hand_over", ("closed",), "handed_over", OFFICE, "移交评审结果", "Hand over", waits=True),
        Transition("cancel", ("drafting", "reviewing"), "cancelled", OFFICE, "取消", "Cancel", reason_required=True),
    ),
)  # fmt: skip
BY_LINK = ("reviewer", "system")
SEAT = Flow(
    "review_seat", 1,
    (
        State("invited", "已邀请", "Invited", "initial"), State("accepted", "已接受", "Accepted"), State("submitted", "已提交", "Submitted", "end"),
        State("abstained", "弃权", "Abstained", "end"), State("declined", "已谢绝", "Declined", "failed"), State("replaced", "已换人", "Replaced", "failed"),
        State("expired", "逾期未评", "Expired", "failed"),
    ),
    (
        Transition("accept", ("invited",), "accepted", BY_LINK, "接受邀请", "Accept"),
        Transition("decline", ("invited", "accepted"), "declined", BY_LINK, "谢绝", "Decline", reason_required=True),
        Transition("save", ("accepted",), "accepted", BY_LINK, "暂存", "Save"),
        Transition("submit", ("accepted",), "submitted", BY_LINK, "提交评分", "Submit"),
        Transition("abstain", ("accepted",), "abstained", BY_LINK, "弃权", "Abstain", reason_required=True),
        Transition("return", ("submitted", "abstained"), "accepted", OFFICE, "退回修改", "Return", reason_required=True),
        Transition("replace", ("invited", "accepted"), "replaced", (*OFFICE, "system"), "换人", "Replace", reason_required=True),
        Transition("expire", ("invited", "accepted"), "expired", (*OFFICE, "system"), "登记逾期", "Expire"),
    ),
)  # fmt: skip
