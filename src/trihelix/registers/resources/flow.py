"""Lives of shared resources, bookings, ledger lines, sharing reviews, scenes and replies."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("node", "officer", "operator")
OWN = ("owner", *DESK)
KEEP = ("keeper", *DESK)
DECIDE = ("officer", "operator")

RESOURCE = Flow(
    "shared_resource", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("open", "开放中", "Open"), State("suspended", "暂停", "Suspended"),
        State("retired", "已退出", "Retired", "end"),
    ),
    (
        Transition("open", ("draft", "suspended"), "open", OWN, "开放", "Open", waits=True),
        Transition("suspend", ("open",), "suspended", OWN, "暂停", "Suspend", reason_required=True),
        Transition("retire", ("draft", "open", "suspended"), "retired", OWN, "退出共享", "Retire", reason_required=True),
    ),
)  # fmt: skip
BOOKING = Flow(
    "booking", 1,
    (
        State("requested", "待确认", "Requested", "initial"), State("confirmed", "已确认", "Confirmed"), State("in_use", "使用中", "In use"),
        State("reported", "已出具结果", "Reported"), State("invoiced", "待结算", "Invoiced"), State("settled", "已结算", "Settled", "end"),
        State("refused", "未接受", "Refused", "failed"), State("cancelled", "已取消", "Cancelled", "failed"), State("absent", "爽约", "Did not come", "failed"),
    ),
    (
        Transition("confirm", ("requested",), "confirmed", KEEP, "确认预约", "Confirm", clock="booking.confirm"),
        Transition("refuse", ("requested",), "refused", KEEP, "不接受", "Refuse", reason_required=True),
        Transition("cancel", ("requested", "confirmed"), "cancelled", ("owner", *KEEP), "取消预约", "Cancel", reason_required=True),
        Transition("start", ("confirmed",), "in_use", KEEP, "收样上机", "Sample in", waits=True),
        Transition("mark_absent", ("confirmed",), "absent", KEEP, "登记爽约", "Did not come"),
        Transition("report", ("in_use",), "reported", KEEP, "出具结果并计时", "Report", waits=True),
        Transition("invoice", ("reported",), "invoiced", KEEP, "开具账单", "Invoice", waits=True, targets=("settled",)),
        Transition("settle", ("invoiced",), "settled", KEEP, "确认到账", "Confirm payment", clock="booking.settle"),
    ),
)  # fmt: skip
USAGE = Flow(
    "usage_log",
    1,
    (State("recorded", "已登记", "Recorded", "initial"), State("void", "已作废", "Void", "failed")),
    (Transition("void", ("recorded",), "void", OWN, "作废", "Void", reason_required=True),),
)
REVIEW = Flow(
    "sharing_review", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("submitted", "待考核", "Submitted"), State("graded", "已评定", "Graded", "normal"),
        State("rectifying", "整改中", "Being put right"), State("subsidised", "已补助", "Subsidised"), State("closed", "已办结", "Closed", "end"),
        State("clawed_back", "已追回", "Clawed back", "failed"),
    ),
    (
        Transition("submit", ("draft",), "submitted", OWN, "提交", "Submit", waits=True),
        Transition("return", ("submitted",), "draft", DECIDE, "退回修改", "Return", reason_required=True),
        Transition("grade", ("submitted",), "graded", DECIDE, "评定等次", "Grade", clock="sharing.grade", targets=("rectifying",)),
        Transition("pay", ("graded",), "subsidised", ("finance", "operator"), "拨付后补助", "Pay the subsidy", waits=True),
        Transition("put_right", ("rectifying",), "closed", DECIDE, "整改验收", "Accept the corrections", waits=True),
        Transition("close", ("graded", "subsidised"), "closed", DECIDE, "办结", "Close"),
        Transition("claw_back", ("subsidised", "closed"), "clawed_back", DECIDE, "追回补助", "Claw back", reason_required=True),
    ),
)  # fmt: skip
LIVE = ("members", "public")
SCENE = Flow(
    "scene", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("members", "联合体内发布", "Posted to members"), State("submitted", "待审核", "Submitted"),
        State("public", "公开征集", "Public"), State("piloting", "试点中", "Piloting"), State("reported", "已报告结果", "Reported"),
        State("closed", "已关闭", "Closed", "end"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("post", ("draft",), "members", OWN, "发给联合体成员", "Post to members"),
        Transition("submit", ("draft", "members"), "submitted", OWN, "申请公开", "Ask for publication"),
        Transition("return", ("submitted",), "draft", DESK, "退回修改", "Return", reason_required=True),
        Transition("publish", ("submitted",), "public", DESK, "公开发布", "Publish", clock="scene.check"),
        Transition("pilot", LIVE, "piloting", OWN, "确定试点", "Start the pilot"),
        Transition("report", ("piloting",), "reported", OWN, "报告结果", "Report the result", clock="scene.report"),
        Transition("reopen", ("piloting",), "public", OWN, "重新征集", "Open again", reason_required=True),
        Transition("close", (*LIVE, "reported"), "closed", OWN, "关闭", "Close"),
        Transition("withdraw", ("draft", "submitted", *LIVE), "withdrawn", OWN, "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
REPLY = Flow(
    "scene_reply", 1,
    (
        State("answered", "已应答", "Answered", "initial"), State("chosen", "已选定", "Chosen"), State("piloted", "已试点", "Piloted", "end"),
        State("failed", "试点未达目标", "Pilot failed", "failed"), State("declined", "未选定", "Not chosen", "failed"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("choose", ("answered",), "chosen", ("demand", *DESK), "选定试点", "Choose", waits=True),
        Transition("decline", ("answered",), "declined", ("demand", "system", *DESK), "不选用", "Decline", reason_required=True),
        Transition("report", ("chosen",), "piloted", OWN, "报告试点", "Report the pilot", waits=True, targets=("failed",)),
        Transition("withdraw", ("answered",), "withdrawn", OWN, "撤回", "Withdraw"),
    ),
)  # fmt: skip
