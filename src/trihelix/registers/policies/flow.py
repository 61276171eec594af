"""Lives of assessments, recognitions, policy documents and rule changes."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("officer", "operator")

ASSESSMENT = Flow(
    "assessment", 1,
    (
        State("recorded", "自评", "Self-check", "initial"), State("shared", "已共享站点", "Shared with the node"), State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("share", ("recorded",), "shared", ("owner", *DESK), "共享给站点", "Share with the node"),
        Transition("unshare", ("shared",), "recorded", ("owner", *DESK), "收回共享", "Stop sharing"),
        Transition("void", ("recorded", "shared"), "void", ("owner", *DESK), "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
CHECK_UP = Flow(
    "check_up", 1,
    (
        State("recorded", "已保存", "Kept", "initial"), State("shared", "已共享站点", "Shared with the node"), State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("share", ("recorded",), "shared", ("owner", *DESK), "共享给站点", "Share with the node"),
        Transition("unshare", ("shared",), "recorded", ("owner", *DESK), "收回共享", "Stop sharing"),
        Transition("void", ("recorded", "shared"), "void", ("owner", *DESK), "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
RECOGNITION = Flow(
    "recognition", 1,
    (
        State("valid", "有效", "Valid", "initial"), State("expired", "已到期", "Expired"), State("removed", "已取消", "Removed", "failed"),
    ),
    (
        Transition("expire", ("valid",), "expired", ("system", *DESK), "到期", "Expire"),
        Transition("renew", ("valid", "expired"), "valid", DESK, "续期", "Renew"),
        Transition("remove", ("valid", "expired"), "removed", DESK, "取消资格", "Remove", reason_required=True),
    ),
)  # fmt: skip
POLICY = Flow(
    "policy", 1,
    (
        State("draft", "草案", "Draft", "initial"), State("in_force", "现行有效", "In force"), State("replaced", "已被替代", "Replaced", "end"),
        State("repealed", "已废止", "Repealed", "end"),
    ),
    (
        Transition("publish", ("draft",), "in_force", DESK, "发布", "Publish", waits=True),
        Transition("replace", ("in_force",), "replaced", ("system", *DESK), "被替代", "Replaced"),
        Transition("repeal", ("in_force",), "repealed", DESK, "废止", "Repeal", reason_required=True),
    ),
)  # fmt: skip
RULE_CHANGE = Flow(
    "rule_change", 1,
    (
        State("proposed", "待复核", "Proposed", "initial"), State("confirmed", "已生效", "Confirmed", "end"), State("dropped", "未采纳", "Dropped", "failed"),
    ),
    (
        Transition("confirm", ("proposed",), "confirmed", DESK, "复核确认", "Confirm", waits=True),
        Transition("drop", ("proposed",), "dropped", DESK, "不采纳", "Drop", reason_required=True),
    ),
)  # fmt: skip
