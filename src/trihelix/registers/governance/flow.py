"""Lives of proposals, documents, meetings, rules in the making, commitments, measures and plans."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("officer", "operator")
LEAD = ("lead", *DESK)

PROPOSAL = Flow(
    "proposal", 1,
    (
        State("received", "已收", "Received", "initial"), State("assigned", "已交办", "Assigned"), State("returned", "已退回", "Returned"),
        State("accepted", "已接收", "Accepted"), State("planned", "已定方案", "Planned"), State("co_opinions", "征求会办意见", "Co-opinions"),
        State("draft", "起草中", "Draft"), State("talked", "已与提案者沟通", "Talked with the proposer"), State("cleared", "已核稿", "Cleared by the office"),
        State("signed", "已签发", "Signed"), State("sent", "已答复", "Sent"), State("feedback", "已收反馈", "Feedback"),
        State("redo", "重新办理", "Handled again"), State("consultation", "当面协商", "Consultation meeting"),
        State("closed", "办结", "Closed", "end"), State("withdrawn", "已撤案", "Withdrawn", "failed"),
    ),
    (
        Transition("assign", ("received", "returned"), "assigned", DESK, "交办", "Assign", clock="proposal.assign"),
        Transition("give_back", ("assigned",), "returned", LEAD, "退回", "Return", reason_required=True),
        Transition("accept", ("assigned",), "accepted", LEAD, "接收", "Accept", clock="proposal.return"),
        Transition("plan", ("accepted",), "planned", LEAD, "定办理方案", "Plan", waits=True),
        Transition("ask_opinions", ("planned",), "co_opinions", LEAD, "征求会办意见", "Ask for opinions"),
        Transition("opinion", ("co_opinions",), "co_opinions", ("case:co", "case:split"), "提交会办意见", "Give an opinion", clock="proposal.co"),
        Transition("draft", ("planned", "co_opinions", "draft", "redo"), "draft", LEAD, "起草答复", "Draft", clock="proposal.answer"),
        Transition("talk", ("draft",), "talked", LEAD, "与提案者沟通", "Talk with the proposer", waits=True),
        Transition("send_back", ("talked", "cleared"), "draft", DESK, "退回修改", "Send back", reason_required=True),
        Transition("clear", ("talked",), "cleared", DESK, "核稿", "Clear", waits=True),
        Transition("sign", ("cleared",), "signed", ("leader", *DESK), "签发", "Sign", waits=True),
        Transition("send", ("signed",), "sent", LEAD, "发出答复", "Send", waits=True),
        Transition("feedback", ("sent",), "feedback", DESK, "登记反馈", "Feedback", clock="proposal.feedback"),
        Transition("close", ("feedback", "consultation"), "closed", DESK, "办结", "Close", waits=True),
        Transition("redo", ("feedback",), "redo", DESK, "重新办理", "Handle again", reason_required=True),
        Transition("consult", ("feedback",), "consultation", DESK, "当面协商", "Consultation meeting"),
        Transition("withdraw", ("received", "assigned", "returned", "accepted", "planned", "co_opinions", "draft"), "withdrawn", DESK, "撤案", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
DOCUMENT = Flow(
    "outgoing_document", 1,
    (
        State("draft", "拟稿", "Draft", "initial"), State("signed", "已签发", "Signed"), State("checked", "已保密审查", "Checked for secrecy"),
        State("decided", "已定公开", "To be published"), State("reviewed", "已初审", "First review"), State("second_reviewed", "已复审", "Second review"),
        State("published", "已公开", "Published"), State("kept", "不主动公开", "Not published", "end"),
        State("withdrawn", "已撤回", "Withdrawn", "failed"), State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("sign", ("draft",), "signed", ("leader", "system", *DESK), "签发并编号", "Sign and number", waits=True),
        Transition("check_secrecy", ("signed",), "checked", DESK, "保密审查", "Check secrecy", clock="disclosure.publish"),
        Transition("decide", ("checked",), "decided", DESK, "决定公开方式", "Decide disclosure", targets=("decided", "kept"), clock="disclosure.publish"),
        Transition("first_review", ("decided",), "reviewed", DESK, "初审", "First review", clock="disclosure.publish"),
        Transition("second_review", ("reviewed",), "second_reviewed", DESK, "复审", "Second review", clock="disclosure.publish"),
        Transition("publish", ("second_reviewed",), "published", DESK, "终审并发布", "Final review, publish", clock="disclosure.publish"),
        Transition("correct", ("published",), "published", DESK, "更正", "Correct", reason_required=True),
        Transition("withdraw", ("published",), "withdrawn", DESK, "撤回", "Withdraw", reason_required=True),
        Transition("void", ("draft", "signed"), "void", DESK, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
SERIES = Flow(
    "number_series", 1, (State("open", "使用中", "Open", "initial"), State("closed", "已停用", "Closed", "end")),
    (Transition("close", ("open",), "closed", DESK, "停用", "Close"),),
)  # fmt: skip
COMMISSION = Flow(
    "commission", 1, (State("active", "运行", "Active", "initial"), State("ended", "已撤销", "Ended", "end")),
    (Transition("end", ("active",), "ended", DESK, "撤销", "End", reason_required=True),),
)  # fmt: skip
MEETING = Flow(
    "meeting", 1,
    (
        State("planned", "筹备", "Planned", "initial"), State("held", "已召开", "Held"), State("minuted", "已印发纪要", "Minuted", "end"),
        State("cancelled", "已取消", "Cancelled", "failed"),
    ),
    (
        Transition("hold", ("planned",), "held", DESK, "登记召开与决定", "Held, with decisions", waits=True),
        Transition("minute", ("held",), "minuted", DESK, "印发纪要", "Issue the minutes", clock="meeting.minutes"),
        Transition("cancel", ("planned",), "cancelled", DESK, "取消", "Cancel", reason_required=True),
    ),
)  # fmt: skip
RULEMAKING = Flow(
    "rulemaking", 1,
    (
        State("study", "研究", "Study", "initial"), State("draft", "起草", "Draft"), State("consultation", "征求意见", "Consultation"),
        State("cosigning", "会签", "Co-signing"), State("deciding", "审议", "Deciding"), State("issued", "已印发", "Issued", "end"),
        State("dropped", "终止", "Dropped", "failed"),
    ),
    (
        Transition("begin_draft", ("study",), "draft", DESK, "开始起草", "Begin the draft", waits=True),
        Transition("consult", ("draft",), "consultation", DESK, "征求意见", "Consult", waits=True),
        Transition("cosign", ("draft", "consultation"), "cosigning", DESK, "会签", "Co-sign", waits=True),
        Transition("submit", ("cosigning",), "deciding", DESK, "提交审议", "Submit", waits=True),
        Transition("decide", ("deciding",), "deciding", DESK, "登记审议结果", "Decision of a body", waits=True, targets=("deciding", "draft")),
        Transition("issue", ("deciding",), "issued", DESK, "印发", "Issue", waits=True),
        Transition("drop", ("study", "draft", "consultation", "cosigning", "deciding"), "dropped", DESK, "终止", "Drop", reason_required=True),
    ),
)  # fmt: skip
COMMITMENT = Flow(
    "commitment", 1,
    (
        State("registered", "已登记", "Registered", "initial"), State("tracked", "跟踪中", "Tracked"), State("fulfilled", "已兑现", "Fulfilled", "end"),
        State("failed", "未兑现", "Failed", "failed"), State("merged", "已合并", "Merged", "end"),
    ),
    (
        Transition("track", ("registered",), "tracked", DESK, "开始跟踪", "Track", waits=True),
        Transition("fulfil", ("tracked",), "fulfilled", DESK, "认定兑现", "Fulfilled", waits=True),
        Transition("fail", ("tracked",), "failed", DESK, "认定未兑现", "Failed", reason_required=True),
        Transition("merge", ("registered", "tracked"), "merged", DESK, "并入同一事项", "Merge"),
    ),
)  # fmt: skip
MEASURE = Flow(
    "measure", 1, (State("in_force", "施行", "In force", "initial"), State("ended", "已停止", "Ended", "end")),
    (Transition("end", ("in_force",), "ended", DESK, "停止", "End", reason_required=True),),
)  # fmt: skip
RESULT = Flow(
    "result_clause", 1, (State("in_use", "采用", "In use", "initial"), State("retired", "停用", "Retired", "end")),
    (Transition("retire", ("in_use",), "retired", DESK, "停用", "Retire", reason_required=True),),
)  # fmt: skip
PLAN = Flow(
    "action_plan", 1,
    (
        State("drafted", "制定中", "Drafted", "initial"), State("published", "已公布", "Published"), State("started", "已启动", "Started"),
        State("finished", "已完成", "Finished", "end"), State("stopped", "已终止", "Stopped", "failed"),
    ),
    (
        Transition("publish", ("drafted",), "published", DESK, "公布", "Publish", waits=True),
        Transition("start", ("published",), "started", DESK, "启动", "Start", waits=True),
        Transition("finish", ("started",), "finished", DESK, "完成", "Finish", waits=True),
        Transition("stop", ("drafted", "published", "started"), "stopped", DESK, "终止", "Stop", reason_required=True),
    ),
)  # fmt: skip
