"""Lives of networks, members, commitments, posts, tasks, activities and annual reports."""

from trihelix.engines.flow import Flow, Guard, State, Transition

DECIDE = ("officer", "operator")
DESK = ("node", *DECIDE)
OWN = ("owner", *DESK)
CHAIR = ("chair", *DESK)

COMPLETE = Guard(
    "filing_complete",
    lambda f: not f.get("missing"),
    "备案材料不全：须有协议签订日期、协议要点、责任单位、秘书处和在册成员",
    clause="联合体备案",
)
NETWORK = Flow(
    "network", 1,
    (
        State("preparing", "筹备中", "Preparing", "initial"), State("submitted", "申请备案", "Filing asked for"), State("filed", "已备案", "Filed"),
        State("running", "运行中", "Running"), State("rectifying", "整改中", "Being put right"), State("removed", "已移出", "Removed", "failed"),
        State("dissolved", "已解散", "Dissolved", "end"),
    ),
    (
        Transition("submit", ("preparing",), "submitted", ("owner", *DECIDE), "申请备案", "Ask for filing", (COMPLETE,), waits=True),
        Transition("return", ("submitted",), "preparing", DECIDE, "退回补正", "Return", reason_required=True),
        Transition("file", ("submitted",), "filed", DECIDE, "备案", "File", clock="network.file"),
        Transition("run", ("filed",), "running", ("owner", *DECIDE), "开始运行", "Start running", waits=True),
        Transition("evaluate", ("filed", "running", "rectifying"), "running", DECIDE, "评估", "Evaluate", targets=("rectifying",)),
        Transition("put_right", ("rectifying",), "running", DECIDE, "整改验收", "Accept the corrections", clock="network.rectify"),
        Transition("remove", ("filed", "running", "rectifying"), "removed", DECIDE, "移出", "Remove", reason_required=True),
        Transition("dissolve", ("preparing", "filed", "running", "rectifying"), "dissolved", ("owner", *DECIDE), "解散退出", "Dissolve", reason_required=True),
    ),
)  # fmt: skip
MEMBER = Flow(
    "network_member", 1,
    (
        State("applied", "申请加入", "Applied", "initial"), State("active", "在册", "Active"), State("left", "已退出", "Left", "end"),
        State("refused", "未接纳", "Refused", "failed"),
    ),
    (
        Transition("admit", ("applied",), "active", CHAIR, "接纳", "Admit", clock="network.admit"),
        Transition("refuse", ("applied",), "refused", CHAIR, "不接纳", "Refuse", reason_required=True),
        Transition("leave", ("active",), "left", ("owner", *CHAIR), "退出", "Leave", reason_required=True),
    ),
)  # fmt: skip
COMMITMENT = Flow(
    "network_commitment", 1,
    (
        State("promised", "已承诺", "Promised", "initial"), State("delivered", "已交付", "Delivered"), State("confirmed", "已确认", "Confirmed", "end"),
        State("broken", "未兑现", "Not kept", "failed"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("deliver", ("promised",), "delivered", OWN, "报告交付", "Report delivery", waits=True),
        Transition("confirm", ("delivered",), "confirmed", CHAIR, "确认交付", "Confirm", clock="network.confirm"),
        Transition("dispute", ("delivered",), "promised", CHAIR, "未到位退回", "Not delivered", reason_required=True),
        Transition("give_up", ("promised",), "broken", CHAIR, "认定未兑现", "Not kept", reason_required=True),
        Transition("withdraw", ("promised",), "withdrawn", OWN, "撤回承诺", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
POST = Flow(
    "network_post", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("members", "成员内发布", "Posted to members"), State("raised", "已转公开", "Raised to everybody"),
        State("solved", "已解决", "Solved", "end"), State("closed", "已关闭", "Closed", "end"),
    ),
    (
        Transition("post", ("draft",), "members", OWN, "发给成员", "Post to members", waits=True),
        Transition("raise", ("members",), "raised", OWN, "转为公开需求", "Raise to everybody"),
        Transition("solve", ("members", "raised"), "solved", OWN, "确认解决", "Solved"),
        Transition("close", ("draft", "members", "raised"), "closed", OWN, "关闭", "Close", reason_required=True),
    ),
)  # fmt: skip
TASK = Flow(
    "network_task", 1,
    (
        State("planned", "拟定方案", "Planned", "initial"), State("agreed", "已签任务书", "Task book signed"), State("running", "攻关中", "Running"),
        State("in_project", "已立项", "In a project"), State("done", "已完成", "Done", "end"), State("dropped", "已放弃", "Dropped", "failed"),
    ),
    (
        Transition("agree", ("planned",), "agreed", ("owner", *CHAIR), "签任务书", "Sign the task book", waits=True),
        Transition("start", ("agreed",), "running", ("owner", *CHAIR), "启动", "Start", waits=True),
        Transition("to_project", ("agreed", "running"), "in_project", ("owner", *CHAIR), "登记立项", "It became a project"),
        Transition("finish", ("running", "in_project"), "done", ("owner", *CHAIR), "登记完成", "Finish", waits=True),
        Transition("drop", ("planned", "agreed", "running"), "dropped", ("owner", *CHAIR), "放弃", "Drop", reason_required=True),
    ),
)  # fmt: skip
ACTIVITY = Flow(
    "network_activity",
    1,
    (
        State("planned", "计划中", "Planned", "initial"),
        State("held", "已举办", "Held", "end"),
        State("cancelled", "已取消", "Cancelled", "failed"),
    ),
    (
        Transition("hold", ("planned",), "held", ("owner", *CHAIR), "登记举办情况", "Report it held", waits=True),
        Transition("cancel", ("planned",), "cancelled", ("owner", *CHAIR), "取消", "Cancel", reason_required=True),
    ),
)
REPORT = Flow(
    "network_report",
    1,
    (State("draft", "草稿", "Draft", "initial"), State("submitted", "待审定", "Submitted"), State("accepted", "已审定", "Accepted", "end")),
    (
        Transition("submit", ("draft",), "submitted", OWN, "提交", "Submit", waits=True),
        Transition("return", ("submitted",), "draft", DECIDE, "退回修改", "Return", reason_required=True),
        Transition("accept", ("submitted",), "accepted", DECIDE, "审定", "Accept", clock="network.report"),
    ),
)
