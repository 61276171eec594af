"""Lives of the programme registers. An application's and a project's steps are those of every scheme together;
which of them a case passes is data of its scheme, checked by the guard ``in_scheme`` and chosen by the acts."""

from trihelix.engines.flow import Flow, Guard, State, Transition

OFFICE = ("officer", "operator")
SIGNER_ROLES = {
    "applicant": "owner",
    "lab": "owner",
    "leader": "owner",
    "partner": "owner",
    "department": "officer",
    "funder": "officer",
}  # who signs an instrument → role
OPEN = (
    "draft",
    "unit_check",
    "recommendation",
    "sealed",
    "form_check",
    "correction",
    "screening",
    "review",
    "site_visit",
    "decision",
    "pending",
    "publicity",
    "objection",
)
UNIT = Guard("unit_office", lambda f: f.get("by_office", True), "单位审核由科研管理部门、单位管理员或授权签署人办理")
CLOSED = Guard(
    "publicity_over", lambda f: f.get("publicity_to") is None or f["today"] > f["publicity_to"], "公示期未满，不能立项", clause="公示期"
)
NEXT = ("unit_check", "recommendation", "sealed", "form_check", "screening", "review", "site_visit", "decision", "publicity", "awarded")

CALL = Flow(
    "call", 1,
    (
        State("drafting", "编制中", "Drafting", "initial"), State("topic_collection", "征集选题", "Collecting topics"), State("approved", "已批准", "Approved"),
        State("open", "申报中", "Open"), State("closed", "已截止", "Closed"), State("announced", "已公示", "Announced"),
        State("archived", "已归档", "Archived", "end"), State("cancelled", "已取消", "Cancelled", "failed"),
    ),
    (
        Transition("collect_topics", ("drafting",), "topic_collection", OFFICE, "征集选题", "Collect topics"),
        Transition("approve", ("drafting", "topic_collection"), "approved", OFFICE, "批准", "Approve"),
        Transition("publish", ("approved",), "open", OFFICE, "发布", "Publish", waits=True),
        Transition("extend", ("open",), "open", (*OFFICE, "system"), "延长截止时间", "Extend", reason_required=True),
        Transition("close", ("open",), "closed", (*OFFICE, "system"), "截止", "Close"),
        Transition("unseal", ("closed",), "closed", ("keeper",), "开启密封申报", "Open the sealed applications"),
        Transition("unseal_early", ("open",), "closed", ("keeper",), "提前开启密封申报", "Open early", reason_required=True),
        Transition("announce", ("open", "closed", "announced"), "announced", OFFICE, "公布审定结果", "Announce decisions"),
        Transition("archive", ("announced", "closed"), "archived", OFFICE, "归档", "Archive"),
        Transition("cancel", ("drafting", "topic_collection", "approved", "open", "closed"), "cancelled", OFFICE, "取消", "Cancel", reason_required=True),
    ),
)  # fmt: skip

TOPIC = Flow(
    "topic", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("submitted", "已提交", "Submitted"), State("adopted", "已采纳", "Adopted", "end"),
        State("merged", "合并采纳", "Merged", "end"), State("declined", "未采纳", "Declined", "failed"), State("withdrawn", "已撤回", "Withdrawn", "end"),
    ),
    (
        Transition("submit", ("draft",), "submitted", ("owner", *OFFICE), "提交", "Submit", waits=True),
        Transition("judge", ("submitted",), "adopted", OFFICE, "处理", "Decide", targets=("adopted", "merged", "declined"), waits=True),
        Transition("withdraw", ("draft", "submitted"), "withdrawn", ("owner",), "撤回", "Withdraw"),
    ),
)  # fmt: skip

BOARD = Flow(
    "board", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("submitted", "已提交", "Submitted"), State("screened", "已初筛", "Screened"),
        State("argued", "已论证", "Argued"), State("listed", "已入榜", "Listed"), State("posted", "已张榜", "Posted"), State("matching", "对接中", "Matching"),
        State("taker_chosen", "已选定揭榜方", "Taker chosen"), State("handed_over", "已转申报", "Handed to application", "end"),
        State("no_taker", "流榜", "No taker"), State("refused", "未入榜", "Not listed", "failed"), State("withdrawn", "已撤榜", "Withdrawn", "failed"),
    ),
    (
        Transition("submit", ("draft",), "submitted", ("owner", *OFFICE), "提交", "Submit", waits=True),
        Transition("screen", ("submitted",), "screened", OFFICE, "初筛通过", "Screen", waits=True),
        Transition("argue", ("screened",), "argued", OFFICE, "论证", "Argue", waits=True),
        Transition("list", ("argued",), "listed", OFFICE, "入榜", "List", waits=True),
        Transition("post", ("listed", "no_taker"), "posted", OFFICE, "张榜", "Post", waits=True),
        Transition("register_interest", ("posted", "matching"), "matching", ("anyone",), "登记揭榜意向", "Register interest"),
        Transition("choose_taker", ("matching", "posted"), "taker_chosen", ("owner", *OFFICE), "选定揭榜方", "Choose the taker", waits=True),
        Transition("hand_over", ("taker_chosen",), "handed_over", ("owner", *OFFICE), "转申报", "Hand to application", waits=True),
        Transition("fail", ("posted", "matching"), "no_taker", (*OFFICE, "system"), "流榜", "No taker"),
        Transition("refuse", ("submitted", "screened", "argued"), "refused", OFFICE, "不予入榜", "Refuse", reason_required=True),
        Transition("withdraw", ("draft", "submitted", "screened", "argued", "listed", "posted", "matching", "no_taker"), "withdrawn", ("owner", *OFFICE), "撤榜", "Withdraw", reason_required=True),
    ),
)  # fmt: skip

APPLICATION = Flow(
    "application", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("unit_check", "单位审核", "Unit check"), State("recommendation", "推荐单位审核", "Recommendation"),
        State("sealed", "密封待开启", "Sealed"), State("form_check", "形式审查", "Form check"), State("correction", "补正中", "Correction"),
        State("screening", "诚信与查重", "Integrity and duplicates"), State("review", "专家评审", "In review"), State("site_visit", "现场考察", "Site visit"),
        State("decision", "会议审定", "Decision meeting"), State("pending", "已审定待公布", "Decided, not yet announced"), State("publicity", "公示中", "Publicity"),
        State("objection", "异议处理", "Objection"), State("awarded", "已立项", "Awarded", "end"), State("not_awarded", "未立项", "Not awarded", "failed"),
        State("form_refused", "形式审查不通过", "Refused at form check", "failed"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("submit", ("draft",), "form_check", ("owner",), "提交", "Submit", targets=NEXT, waits=True),
        Transition("unit_approve", ("unit_check",), "form_check", ("owner",), "单位审核通过", "Unit approves", (UNIT,), targets=NEXT, waits=True),
        Transition("unit_return", ("unit_check",), "draft", ("owner",), "单位退回", "Unit returns", (UNIT,), reason_required=True),
        Transition("recommend", ("recommendation",), "form_check", ("recommender", *OFFICE), "推荐", "Recommend", targets=NEXT, waits=True),
        Transition("recommend_refuse", ("recommendation",), "draft", ("recommender", *OFFICE), "推荐单位退回", "Return", reason_required=True),
        Transition("submit_sealed", ("draft", "sealed"), "sealed", ("owner",), "提交密封申报", "Submit sealed"),
        Transition("open_seal", ("sealed",), "form_check", ("system",), "开启", "Open", targets=(*NEXT, "form_refused")),
        Transition("form_pass", ("form_check",), "screening", OFFICE, "形式审查通过", "Pass the form check", targets=NEXT, waits=True),
        Transition("form_return", ("form_check",), "correction", OFFICE, "退回补正", "Return for correction"),
        Transition("correct", ("correction",), "form_check", ("owner",), "提交补正", "Submit the correction", waits=True),
        Transition("correction_lapse", ("correction",), "form_refused", (*OFFICE, "system"), "逾期未补正", "Correction lapsed"),
        Transition("form_refuse", ("form_check",), "form_refused", OFFICE, "形式审查不通过", "Refuse", reason_required=True),
        Transition("screen_pass", ("screening",), "review", OFFICE, "核查通过", "Pass the screening", targets=NEXT, waits=True),
        Transition("screen_refuse", ("screening",), "form_refused", OFFICE, "核查不通过", "Refuse", reason_required=True),
        Transition("review_done", ("review",), "decision", ("reviewer_office", *OFFICE, "system"), "评审完成", "Review done", targets=NEXT, waits=True),
        Transition("visit_done", ("site_visit",), "decision", OFFICE, "考察完成", "Visit done", targets=NEXT, waits=True),
        Transition("invite_full", ("decision",), "draft", OFFICE, "邀请提交正式申报书", "Invite the full application"),
        Transition("decide", ("decision",), "pending", OFFICE, "审定", "Decide", waits=True),
        Transition("undo_decision", ("pending",), "decision", OFFICE, "重新审定", "Decide again", reason_required=True),
        Transition("announce", ("pending",), "publicity", (*OFFICE, "system"), "公布", "Announce", targets=("publicity", "awarded", "not_awarded")),
        Transition("suspend", ("publicity",), "objection", (*OFFICE, "system"), "因异议中止", "Suspend for an objection"),
        Transition("resume", ("objection",), "publicity", (*OFFICE, "system"), "恢复", "Resume"),
        Transition("award", ("publicity",), "awarded", (*OFFICE, "system"), "立项", "Award", (CLOSED,), waits=True),
        Transition("refuse", ("screening", "review", "decision", "publicity", "objection"), "not_awarded", (*OFFICE, "system"), "不予立项", "Refuse", reason_required=True),
        Transition("withdraw", OPEN, "withdrawn", ("owner",), "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip

ENDINGS = {
    "accepted": ("验收通过", "Accepted"),
    "closed": ("结题", "Closed on a report"),
    "stopped": ("中止", "Stopped"),
    "revoked": ("撤销", "Revoked"),
}
LATE = ("running", "due", "desk_check", "panel", "rectify", "filing")
PROJECT = Flow(
    "project", 1,
    (
        State("awarded", "已立项", "Awarded", "initial"), State("instrument", "文书签署", "Instrument"), State("building", "建设期", "Building"),
        State("running", "执行中", "Running"), State("recognised", "已认定", "Recognised"), State("status_rectify", "限期整改", "To be rectified"),
        State("paying", "拨付中", "Paying"), State("due", "已到期", "Due"), State("desk_check", "验收材料审查", "Desk check"), State("panel", "专家验收", "Panel"),
        State("rectify", "验收整改", "Rectify"), State("filing", "待备案", "To be filed"), State("overdue", "逾期", "Overdue"), State("follow_up", "后续跟踪", "Follow-up"),
        State("recovery", "追回中", "Recovery"), State("archived", "已归档", "Archived", "end"), State("stopped", "已中止", "Stopped", "failed"),
        State("revoked", "已撤销", "Revoked", "failed"), State("removed", "已摘牌", "Removed", "failed"), State("expired", "已到期失效", "Expired", "end"),
    ),
    (
        Transition("draft_instrument", ("awarded", "instrument"), "instrument", OFFICE, "起草文书", "Draft the instrument", waits=True),
        Transition("sign", ("instrument",), "instrument", ("owner", "demand", "taker", "recommender", *OFFICE), "签署", "Sign", targets=("instrument", "running"), clock="project.sign"),
        Transition("recognise", ("awarded",), "recognised", OFFICE, "认定", "Recognise", targets=("recognised", "building"), waits=True),
        Transition("build_done", ("building",), "recognised", OFFICE, "通过建设验收", "Build accepted", waits=True),
        Transition("evaluate", ("recognised", "status_rectify"), "recognised", OFFICE, "评估", "Evaluate", targets=("recognised", "status_rectify", "removed")),
        Transition("renew", ("recognised",), "recognised", OFFICE, "续期", "Renew"),
        Transition("expire", ("recognised",), "expired", (*OFFICE, "system"), "到期失效", "Expire"),
        Transition("remove", ("building", "recognised", "status_rectify"), "removed", OFFICE, "摘牌", "Remove", reason_required=True),
        Transition("start_paying", ("awarded",), "paying", (*OFFICE, "finance", "system"), "开始拨付", "Start paying", waits=True),
        Transition("finish_paying", ("paying",), "archived", (*OFFICE, "finance", "system"), "拨付完成", "Paid"),
        Transition("mark_due", ("running",), "due", (*OFFICE, "system"), "到期", "Due"),
        Transition("prolong", ("running", "due"), "running", ("system", *OFFICE), "延期", "Prolong"),
        Transition("request_acceptance", ("running", "due", "rectify", "overdue"), "desk_check", ("owner", "demand"), "申请验收", "Ask for acceptance", waits=True),
        Transition("desk_return", ("desk_check",), "due", OFFICE, "退回补充材料", "Return", reason_required=True),
        Transition("desk_pass", ("desk_check",), "panel", OFFICE, "材料审查通过", "Pass the desk check", waits=True),
        Transition("conclude", ("panel",), "filing", OFFICE, "验收结论", "Conclude", targets=("filing", "rectify", "stopped", "follow_up"), waits=True),
        Transition("file", ("filing", "overdue"), "follow_up", OFFICE, "备案", "File", targets=("follow_up", "archived"), clock="project.file"),
        Transition("mark_overdue", LATE, "overdue", (*OFFICE, "system"), "认定逾期", "Mark overdue"),
        Transition("propose_ending", ("running", "due", "overdue", "rectify"), "overdue", ("owner", "recommender"), "提出终止", "Propose to end", reason_required=True),
        Transition("stop", ("instrument", *LATE, "overdue"), "stopped", OFFICE, "中止", "Stop", targets=("stopped", "recovery"), reason_required=True),
        Transition("revoke", ("instrument", *LATE, "overdue"), "revoked", OFFICE, "撤销", "Revoke", targets=("revoked", "recovery"), reason_required=True),
        Transition("recover", ("recovery",), "revoked", (*OFFICE, "finance"), "登记追回", "Record recovery", targets=("recovery", "stopped", "revoked"), waits=True),
        Transition("archive", ("follow_up",), "archived", (*OFFICE, "system"), "归档", "Archive"),
    ),
)  # fmt: skip

LINE = Flow("budget_line", 1, (State("open", "在用", "Open", "initial"), State("closed", "已关闭", "Closed", "end")),
            (Transition("close", ("open",), "closed", ("finance", *OFFICE), "关闭", "Close", reason_required=True),))  # fmt: skip
AGREEMENT = Flow(
    "fund_agreement", 1,
    (State("drafting", "洽谈中", "Negotiating", "initial"), State("signed", "已签署", "Signed"), State("ended", "已结束", "Ended", "end"), State("failed", "未达成", "Not reached", "failed")),
    (
        Transition("sign", ("drafting",), "signed", OFFICE, "签署", "Sign", waits=True),
        Transition("end", ("signed",), "ended", OFFICE, "结束", "End", reason_required=True), Transition("fail", ("drafting",), "failed", OFFICE, "未达成", "Not reached", reason_required=True),
    ),
)  # fmt: skip
PAYMENT = Flow(
    "payment", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("first", "待复核", "Approved once"), State("approved", "已批准", "Approved"), State("paid", "已支付", "Paid", "end"),
        State("refused", "不予支付", "Refused", "failed"),
    ),
    (
        Transition("approve", ("draft", "first"), "first", ("finance", *OFFICE), "审批", "Approve", targets=("first", "approved"), waits=True),
        Transition("return", ("first", "approved"), "draft", ("finance", *OFFICE), "退回", "Return", reason_required=True),
        Transition("pay", ("approved",), "paid", ("finance",), "支付", "Pay", waits=True),
        Transition("refuse", ("draft", "first"), "refused", ("finance", *OFFICE), "不予支付", "Refuse", reason_required=True),
    ),
)  # fmt: skip
CHANGE = Flow(
    "project_change", 1,
    (State("submitted", "待批准", "Submitted", "initial"), State("approved", "已批准", "Approved", "end"), State("refused", "不予批准", "Refused", "failed"), State("withdrawn", "已撤回", "Withdrawn", "end")),
    (
        Transition("approve", ("submitted",), "approved", ("owner", *OFFICE), "批准", "Approve", clock="project.change"),
        Transition("refuse", ("submitted",), "refused", ("owner", *OFFICE), "不予批准", "Refuse", reason_required=True),
        Transition("withdraw", ("submitted",), "withdrawn", ("owner",), "撤回", "Withdraw"),
    ),
)  # fmt: skip
REPORT = Flow(
    "progress_report", 1,
    (State("due", "待提交", "Due", "initial"), State("submitted", "已提交", "Submitted"), State("accepted", "已通过", "Accepted", "end"), State("rectify", "限期整改", "Rectify"), State("stopped", "建议中止", "To be stopped", "failed"), State("cancelled", "已取消", "Cancelled", "end")),
    (
        Transition("submit", ("due", "rectify"), "submitted", ("owner",), "提交", "Submit", waits=True),
        Transition("check", ("submitted",), "accepted", OFFICE, "检查", "Check", targets=("accepted", "rectify", "stopped"), waits=True),
        Transition("cancel", ("due",), "cancelled", (*OFFICE, "system"), "取消", "Cancel"),
    ),
)  # fmt: skip
HEARING = ("case:handler", "discipline", *OFFICE)  # the people of the responsible office, and the province's desks
OBJECTION = Flow(
    "objection", 1,
    (State("filed", "已提出", "Filed", "initial"), State("accepted", "已受理", "Accepted"), State("answered", "已答复", "Answered"), State("appealed", "已申诉", "Appealed"), State("final", "已终结", "Final", "end"), State("rejected", "不予受理", "Not taken", "failed")),
    (
        Transition("accept", ("filed",), "accepted", HEARING, "受理", "Accept", waits=True),
        Transition("reject", ("filed",), "rejected", HEARING, "不予受理", "Not taken", reason_required=True),
        Transition("answer", ("accepted", "appealed"), "answered", HEARING, "答复", "Answer", targets=("answered", "final"), clock="objection.answer"),
        Transition("appeal", ("answered",), "appealed", ("author",), "申诉", "Appeal"),
        Transition("finish", ("answered",), "final", (*HEARING, "system"), "终结", "Finish"),
    ),
)  # fmt: skip
INTEGRITY = Flow("integrity_record", 1, (State("valid", "有效", "In force", "initial"), State("lifted", "已解除", "Lifted", "end")),
                 (Transition("lift", ("valid",), "lifted", ("discipline", *OFFICE), "解除", "Lift", reason_required=True),))  # fmt: skip
QUESTION = Flow("call_question", 1, (State("asked", "待答复", "Asked", "initial"), State("answered", "已答复", "Answered", "end"), State("declined", "不予答复", "Declined", "end")),
                (Transition("answer", ("asked",), "answered", OFFICE, "答复", "Answer", clock="call.question"),
                 Transition("decline", ("asked",), "declined", OFFICE, "不予答复", "Decline", reason_required=True)))  # fmt: skip
OUTAGE = Flow("outage", 1, (State("recorded", "已登记", "Recorded", "initial"), State("applied", "已顺延", "Applied", "end")),
              (Transition("apply", ("recorded",), "applied", ("admin", *OFFICE, "system"), "按规则顺延截止时间", "Move deadlines by rule"),))  # fmt: skip
SUBSIDY = Flow(
    "subsidy_list", 1,
    (State("collecting", "汇集数据", "Collecting data", "initial"), State("computed", "已计算", "Computed"), State("publicity", "公示中", "Publicity"), State("approved", "已确定", "Approved"), State("paid", "已拨付", "Paid", "end")),
    (
        Transition("compute", ("collecting", "computed"), "computed", OFFICE, "交叉比对并计算", "Cross-check and compute"),
        Transition("publish", ("computed",), "publicity", OFFICE, "公示", "Publish", waits=True),
        Transition("reopen", ("computed", "publicity"), "collecting", OFFICE, "重新汇集数据", "Collect again", reason_required=True),
        Transition("approve", ("publicity",), "approved", OFFICE, "确定名单", "Approve", (CLOSED,), waits=True),
        Transition("pay", ("approved",), "paid", ("finance",), "拨付", "Pay", waits=True),
        Transition("record_paid", ("collecting",), "paid", ("officer", "operator"), "补登已拨付名单", "Record a list paid earlier", reason_required=True),
    ),
)  # fmt: skip

SCHEME_CHANGE = Flow(
    "scheme_change", 1,
    (State("proposed", "待复核", "Proposed", "initial"), State("confirmed", "已生效", "Confirmed", "end"), State("dropped", "未采纳", "Dropped", "failed")),
    (
        Transition("confirm", ("proposed",), "confirmed", OFFICE, "复核确认", "Confirm", waits=True),
        Transition("drop", ("proposed",), "dropped", OFFICE, "不采纳", "Drop", reason_required=True),
    ),
)  # fmt: skip
