"""Life of a deal: proposed by one side, opened by the other, negotiated, signed."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("node", "officer", "operator")
SIDES = ("buyer", "seller")

DEAL = Flow(
    "deal", 1,
    (
        State("proposed", "待对方确认", "Proposed", "initial"),
        State("open", "谈判中", "Open"),
        State("signed", "已签约", "Signed", "end"),
        State("failed", "未成交", "Failed", "failed"),
    ),
    (
        Transition("confirm", ("proposed",), "open", ("invited_side", *DESK), "确认开启", "Confirm", clock="deal.confirm"),
        Transition("sign", ("open",), "signed", (*SIDES, *DESK), "登记签约", "Record signing", waits=True),
        Transition("fail", ("proposed", "open"), "failed", (*SIDES, *DESK), "终止", "End without deal", reason_required=True),
    ),
)  # fmt: skip
