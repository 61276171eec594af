"""Life of a result: listed for a time, renewed, in talks, transferred."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("node", "officer", "operator")

FLOW = Flow(
    "result", 1,
    (
        State("draft", "草稿", "Draft", "initial"),
        State("submitted", "待审核", "Submitted"),
        State("listed", "已发布", "Listed"),
        State("talking", "洽谈中", "Talking"),
        State("transferred", "已转化", "Transferred", "end"),
        State("expired", "已到期", "Expired"),
        State("withdrawn", "已撤回", "Withdrawn", "end"),
        State("discarded", "已作废", "Discarded", "end"),
    ),
    (
        Transition("submit", ("draft",), "submitted", ("owner", *DESK), "提交", "Submit", waits=True),
        Transition("discard", ("draft",), "discarded", ("owner", *DESK), "作废草稿", "Discard"),
        Transition("return", ("submitted",), "draft", DESK, "退回补充", "Return", reason_required=True),
        Transition("list", ("submitted",), "listed", DESK, "发布", "List", clock="result.check"),
        Transition("start_talking", ("listed",), "talking", ("owner", *DESK, "system"), "开始洽谈", "Start talking"),
        Transition("relist", ("talking", "expired"), "listed", ("owner", *DESK, "system"), "恢复发布", "List again"),
        Transition("renew", ("listed",), "listed", ("owner", *DESK), "续期", "Renew"),
        Transition("transfer", ("listed", "talking"), "transferred", (*DESK, "system"), "登记转化", "Record transfer"),
        Transition("expire", ("listed",), "expired", ("system", *DESK), "到期", "Expire"),
        Transition("withdraw", ("submitted", "listed", "talking", "expired"), "withdrawn", ("owner",), "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
