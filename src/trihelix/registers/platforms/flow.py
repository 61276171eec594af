"""Lives of platforms, their decisions, milestones, years, evaluations, batches; of foreign partners, agreements, co-operation projects."""

from trihelix.engines.flow import Flow, Guard, State, Transition
from trihelix.registers.platforms.life import OWN, UPPER, life_flow

PLATFORM = life_flow("platform")
DECISION = Flow(
    "platform_decision", 1,
    (
        State("proposed", "待批复", "Proposed", "initial"), State("approved", "已批复", "Approved"), State("ended", "已终止", "Ended", "end"),
        State("refused", "未批准", "Refused", "failed"),
    ),
    (
        Transition("approve", ("proposed",), "approved", UPPER, "批复", "Approve", clock="platform.decide"),
        Transition("refuse", ("proposed",), "refused", UPPER, "不批准", "Refuse", reason_required=True),
        Transition("end", ("approved",), "ended", ("system", *UPPER), "终止或被替代", "End"),
    ),
)  # fmt: skip
MILESTONE = Flow(
    "platform_milestone", 1,
    (State("planned", "进行中", "Planned", "initial"), State("done", "已完成", "Done", "end"), State("dropped", "已取消", "Dropped", "failed")),
    (
        Transition("finish", ("planned",), "done", OWN, "登记完成", "Finish", waits=True),
        Transition("drop", ("planned",), "dropped", UPPER, "取消", "Drop", reason_required=True),
    ),
)  # fmt: skip
YEAR = Flow(
    "platform_year", 1,
    (
        State("planning", "编制计划", "Planning", "initial"), State("planned", "计划待审定", "Plan submitted"), State("running", "执行中", "Running"),
        State("reported", "报告待审定", "Report submitted"), State("accepted", "已审定", "Accepted", "end"), State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("submit_plan", ("planning",), "planned", OWN, "提交年度计划", "Submit the plan", waits=True),
        Transition("accept_plan", ("planned",), "running", UPPER, "审定计划", "Accept the plan", clock="platform.plan"),
        Transition("return_plan", ("planned",), "planning", UPPER, "退回计划", "Return the plan", reason_required=True),
        Transition("report", ("running",), "reported", OWN, "提交年度报告", "Report", waits=True),
        Transition("accept", ("reported",), "accepted", UPPER, "审定报告", "Accept the report", clock="platform.report"),
        Transition("return_report", ("reported",), "running", UPPER, "退回报告", "Return the report", reason_required=True),
        Transition("void", ("planning", "planned", "running", "reported"), "void", UPPER, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
EVALUATION = Flow(
    "platform_evaluation", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("submitted", "待核定", "Submitted"), State("decided", "已核定", "Settled", "end"),
        State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("submit", ("draft",), "submitted", OWN, "提交", "Submit", waits=True),
        Transition("send_back", ("submitted",), "draft", UPPER, "退回", "Send back", reason_required=True),
        Transition("decide", ("draft", "submitted"), "decided", UPPER, "核定结论", "Settle", clock="platform.evaluate"),
        Transition("void", ("draft", "submitted"), "void", UPPER, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
BATCH = Flow(
    "platform_batch", 1,
    (
        State("draft", "拟定中", "Draft", "initial"), State("running", "已启动", "Launched"), State("closed", "已结题", "Closed", "end"),
        State("cancelled", "已取消", "Cancelled", "failed"),
    ),
    (
        Transition("launch", ("draft",), "running", OWN, "启动", "Launch", waits=True),
        Transition("close", ("running",), "closed", OWN, "结题", "Close", waits=True),
        Transition("cancel", ("draft", "running"), "cancelled", OWN, "取消", "Cancel", reason_required=True),
    ),
)  # fmt: skip
PARTNER = Flow(
    "foreign_partner", 1,
    (State("listed", "在册", "Listed", "initial"), State("removed", "已移除", "Removed", "end")),
    (
        Transition("remove", ("listed",), "removed", UPPER, "移除", "Remove", reason_required=True),
        Transition("restore", ("removed",), "listed", UPPER, "恢复", "Restore"),
    ),
)  # fmt: skip
AGREEMENT = Flow(
    "foreign_agreement", 1,
    (
        State("signed", "有效", "In force", "initial"), State("expired", "已到期", "Expired"), State("ended", "已终止", "Ended", "end"),
    ),
    (
        Transition("expire", ("signed",), "expired", ("system", *UPPER), "到期", "Expire"),
        Transition("renew", ("signed", "expired"), "signed", OWN, "续签", "Renew"),
        Transition("end", ("signed", "expired"), "ended", OWN, "终止", "End", reason_required=True),
    ),
)  # fmt: skip
PAPERS = (
    Guard("no_secrets_missing", lambda f: f["no_secrets"], "请确认并上传无涉密证明"),
    Guard("integrity_missing", lambda f: f["integrity"], "请确认并上传科研诚信承诺书"),
    Guard("in_hand_missing", lambda f: f["in_hand"], "请填写在研项目情况说明（没有则写“无”）"),
)
COOPERATION = Flow(
    "cooperation_project", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("submitted", "待审核", "Submitted"), State("recommended", "已推荐", "Recommended"),
        State("approved", "已立项", "Approved"), State("finished", "已结题", "Finished", "end"), State("not_approved", "未立项", "Not approved", "failed"),
        State("refused", "不予推荐", "Refused", "failed"), State("withdrawn", "已撤回", "Withdrawn", "failed"), State("terminated", "已终止", "Terminated", "failed"),
    ),
    (
        Transition("submit", ("draft",), "submitted", OWN, "提交", "Submit", guards=PAPERS, waits=True),
        Transition("send_back", ("submitted",), "draft", UPPER, "退回补正", "Send back", reason_required=True),
        Transition("recommend", ("submitted",), "recommended", UPPER, "推荐", "Recommend", guards=PAPERS, clock="cooperation.check"),
        Transition("refuse", ("submitted",), "refused", UPPER, "不予推荐", "Refuse", reason_required=True),
        Transition("approve", ("recommended",), "approved", UPPER, "登记立项", "Record the approval", waits=True),
        Transition("not_approve", ("recommended",), "not_approved", UPPER, "登记未立项", "Record that it was not approved"),
        Transition("finish", ("approved",), "finished", OWN, "登记结题", "Finish", waits=True),
        Transition("terminate", ("approved",), "terminated", UPPER, "终止", "Terminate", reason_required=True),
        Transition("withdraw", ("draft", "submitted", "recommended"), "withdrawn", ("owner", *UPPER), "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
