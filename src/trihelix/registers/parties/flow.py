"""Life of a body, a person, a market node."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("node", "officer", "operator")

BODY = Flow(
    "body", 1,
    (
        State("active", "有效", "Active", "initial"), State("ended", "已注销", "Ended", "end"),
        State("merged", "已合并", "Merged", "end"),
    ),
    (
        Transition("end", ("active",), "ended", DESK, "注销", "End", reason_required=True),
        Transition("merge", ("active",), "merged", ("officer", "operator"), "合并到", "Merge into", reason_required=True),
    ),
)  # fmt: skip

PERSON = Flow(
    "person", 1,
    (
        State("active", "在册", "Active", "initial"), State("left", "离开", "Left", "end"),
        State("merged", "已合并", "Merged", "end"), State("erased", "已删除个人信息", "Erased", "end"),
    ),
    (
        Transition("leave", ("active",), "left", ("owner", *DESK), "离开", "Leave", reason_required=True),
        Transition("merge", ("active",), "merged", ("officer", "operator"), "合并到", "Merge into", reason_required=True),
        Transition("erase", ("active", "left"), "erased", ("officer", "operator"), "删除个人信息", "Erase personal data", reason_required=True),
    ),
)  # fmt: skip

NODE = Flow(
    "node",
    1,
    (State("open", "开放", "Open", "initial"), State("closed", "关闭", "Closed", "end")),
    (Transition("close", ("open",), "closed", ("officer", "operator"), "关闭", "Close", reason_required=True),),
)
