"""Life of a match: the recipient must answer, both accept confidentiality, talk, and hand over to a deal."""

from trihelix.engines.flow import Flow, Guard, State, Transition

DESK = ("node", "officer", "operator")
SIDES = ("need_side", "result_side")

BOTH = Guard("both_confidential", lambda f: f.get("both_confidential", False), "双方都接受保密约定后才能移交交易", clause="对接保密约定")

FLOW = Flow(
    "match", 1,
    (
        State("invited", "待答复", "Invited", "initial"),
        State("interested", "有意向", "Interested"),
        State("later", "暂不考虑", "Not now"),
        State("talking", "洽谈中", "Talking"),
        State("handed_over", "已移交交易", "Handed over", "end"),
        State("unsuitable", "不适合", "Not suitable", "failed"),
        State("closed", "已关闭", "Closed", "failed"),
    ),
    (
        Transition("answer", ("invited", "later"), "interested", ("recipient", *DESK), "答复", "Answer", clock="match.answer",
                   targets=("interested", "later", "unsuitable")),
        Transition("accept_terms", ("interested", "talking"), "talking", SIDES, "接受保密约定", "Accept confidentiality", waits=True),
        Transition("hand_over", ("talking",), "handed_over", (*SIDES, *DESK), "移交交易", "Hand over to a deal", (BOTH,), waits=True),
        Transition("close", ("invited", "interested", "later", "talking"), "closed", (*SIDES, *DESK), "关闭", "Close", reason_required=True),
    ),
)  # fmt: skip
