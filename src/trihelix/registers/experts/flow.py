"""Life of an expert in the pool."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("officer", "operator")

FLOW = Flow(
    "expert", 1,
    (
        State("proposed", "待入库", "Proposed", "initial"), State("active", "在库", "In the pool"), State("paused", "暂停", "Paused"),
        State("removed", "出库", "Removed", "end"),
    ),
    (
        Transition("admit", ("proposed",), "active", DESK, "入库", "Admit", waits=True),
        Transition("pause", ("active",), "paused", ("owner", *DESK), "暂停", "Pause", reason_required=True),
        Transition("resume", ("paused",), "active", ("owner", *DESK), "恢复", "Resume"),
        Transition("remove", ("proposed", "active", "paused"), "removed", DESK, "出库", "Remove", reason_required=True),
    ),
)  # fmt: skip

INVITATION = Flow(
    "expert_invitation", 1,
    (
        State("invited", "已邀请", "Invited", "initial"), State("accepted", "已接受", "Accepted"), State("contributed", "已提交意见", "Contributed", "end"),
        State("declined", "已谢绝", "Declined", "failed"), State("cancelled", "已取消", "Cancelled", "failed"),
    ),
    (
        Transition("accept", ("invited",), "accepted", ("expert", "owner", *DESK), "接受", "Accept", waits=True),
        Transition("decline", ("invited", "accepted"), "declined", ("expert", "owner", *DESK), "谢绝", "Decline", reason_required=True),
        Transition("contribute", ("accepted",), "contributed", ("expert", "owner", *DESK), "提交意见", "Contribute", waits=True),
        Transition("cancel", ("invited", "accepted"), "cancelled", DESK, "取消", "Cancel", reason_required=True),
    ),
)  # fmt: skip
FEE = Flow(
    "expert_fee", 1,
    (
        State("draft", "待审批", "Draft", "initial"), State("approved", "已审批", "Approved"), State("paid", "已支付", "Paid", "end"), State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("approve", ("draft",), "approved", ("finance", *DESK), "审批", "Approve", waits=True),
        Transition("pay", ("approved",), "paid", ("finance", *DESK), "登记支付", "Record payment", waits=True),
        Transition("void", ("draft", "approved"), "void", ("finance", *DESK), "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
