"""Lives of batches, needs, secondments and service logs."""

from trihelix.engines.flow import Flow, Guard, State, Transition

DESK = ("officer", "operator")
PERSON = ("secondee", "owner")  # the home body may answer for a person without an account
ANY_SIDE = ("host", "secondee", "owner", *DESK)
NOTICED = Guard(
    "publicity_over",
    lambda f: f.get("publicity_to") is not None and f["today"] > f["publicity_to"],
    "公示期未满，不能聘任",
    clause="公示期",
)

BATCH = Flow(
    "secondment_batch", 1,
    (
        State("planned", "计划中", "Planned", "initial"), State("open", "征集中", "Open"), State("publicity", "公示中", "Publicity"),
        State("appointed", "已聘任", "Appointed", "end"), State("cancelled", "已取消", "Cancelled", "failed"),
    ),
    (
        Transition("open", ("planned",), "open", DESK, "开始征集", "Open", waits=True),
        Transition("publicise", ("planned", "open"), "publicity", DESK, "名单公示", "Publish the list", waits=True),
        Transition("appoint", ("publicity",), "appointed", DESK, "整批聘任", "Appoint the batch", (NOTICED,), waits=True),
        Transition("cancel", ("planned", "open"), "cancelled", DESK, "取消", "Cancel", reason_required=True),
    ),
)  # fmt: skip

NEED = Flow(
    "secondment_need", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("posted", "已提交", "Posted"), State("checked", "已审核", "Checked"),
        State("filled", "已满足", "Filled", "end"), State("refused", "未通过", "Refused", "failed"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("post", ("draft",), "posted", ("owner", *DESK), "提交", "Post", waits=True),
        Transition("check", ("posted",), "checked", ("node", *DESK), "审核通过", "Check", clock="secondment.check_need"),
        Transition("refuse", ("posted",), "refused", ("node", *DESK), "不予通过", "Refuse", reason_required=True),
        Transition("fill", ("checked",), "filled", ("owner", "system", *DESK), "需求已满足", "Filled"),
        Transition("withdraw", ("draft", "posted", "checked"), "withdrawn", ("owner",), "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip

BEFORE = ("listed", "named", "offered", "agreed", "home_consented", "recommended", "qualified", "publicity")
SERVING = ("appointed", "serving", "mid_review", "ending", "end_review")
PARTIES = {"host": "host", "person": "secondee", "home": "owner"}  # who signs the agreement → role

SECONDMENT = Flow(
    "secondment", 1,
    (
        State("listed", "候选", "Candidate", "initial"), State("named", "单位已点将", "Named by the host"), State("offered", "本人已自荐", "Offered by the person"),
        State("agreed", "双方已选定", "Both agreed"), State("home_consented", "派出单位已同意", "Home body consented"), State("recommended", "市（州）已推荐", "City recommended"),
        State("qualified", "资格审查通过", "Qualified"), State("publicity", "公示中", "Publicity"), State("appointed", "已聘任", "Appointed"),
        State("serving", "在岗", "Serving"), State("mid_review", "中期评估", "Mid-term review"), State("ending", "即将期满", "Ending soon"),
        State("end_review", "期满评估", "End review"), State("closed", "已期满", "Closed", "end"), State("renewed", "已续聘", "Renewed", "end"),
        State("declined", "未成", "Declined", "failed"), State("refused", "审查不通过", "Refused", "failed"),
        State("withdrawn", "提前结束", "Ended early", "failed"), State("replaced", "已换人", "Replaced", "failed"),
    ),
    (
        Transition("name", ("listed",), "named", ("host", *DESK), "点将", "Name", waits=True),
        Transition("offer", ("listed",), "offered", PERSON, "自荐", "Offer", waits=True),
        Transition("accept", ("named",), "agreed", PERSON, "接受邀请", "Accept", clock="secondment.answer"),
        Transition("take", ("offered",), "agreed", ("host",), "同意接收", "Take", clock="secondment.answer"),
        Transition("decline", ("listed", "named", "offered", "agreed"), "declined", ANY_SIDE, "谢绝", "Decline", reason_required=True),
        Transition("consent", ("agreed",), "home_consented", ("owner",), "派出单位同意", "Home consents", clock="secondment.consent"),
        Transition("refuse_consent", ("agreed",), "declined", ("owner",), "派出单位不同意", "Home refuses", reason_required=True),
        Transition("recommend", ("home_consented",), "recommended", ("recommender", "node", *DESK), "市（州）推荐", "Recommend", clock="secondment.recommend"),
        Transition("return", ("home_consented", "recommended"), "agreed", ("recommender", *DESK), "退回补正", "Return", reason_required=True),
        Transition("qualify", ("recommended",), "qualified", DESK, "资格审查", "Check the qualification", clock="secondment.qualify"),
        Transition("refuse", ("home_consented", "recommended", "qualified", "publicity"), "refused", DESK, "审查不通过", "Refuse", reason_required=True),
        Transition("publicise", ("qualified",), "publicity", (*DESK, "system"), "公示", "Publicity", waits=True),
        Transition("object", ("publicity",), "qualified", DESK, "异议成立待查", "Objection", reason_required=True),
        Transition("appoint", ("publicity",), "appointed", (*DESK, "system"), "聘任", "Appoint", (NOTICED,), waits=True),
        Transition("sign", ("appointed",), "appointed", ("host", *PERSON), "签署三方协议", "Sign the agreement", targets=("appointed", "serving"), clock="secondment.sign"),
        Transition("call_mid", ("serving",), "mid_review", (*DESK, "system"), "发起中期评估", "Call the mid-term review"),
        Transition("finish_mid", ("mid_review",), "serving", ("host", *DESK), "完成中期评估", "Finish the mid-term review", clock="secondment.mid"),
        Transition("near_end", ("serving", "mid_review"), "ending", (*DESK, "system"), "临近期满", "Term ends soon"),
        Transition("call_end", ("serving", "ending"), "end_review", ("owner", *DESK, "system"), "发起期满评估", "Call the end review", waits=True),
        Transition("grade", ("end_review",), "closed", DESK, "评定等次并结束", "Grade and close", clock="secondment.grade"),
        Transition("renew", ("ending", "end_review"), "renewed", ("host", *DESK), "续聘", "Renew", waits=True),
        Transition("end_early", SERVING, "withdrawn", ("host", "owner", *DESK), "提前结束", "End early", targets=("withdrawn", "replaced"), reason_required=True),
    ),
)  # fmt: skip
LOG = Flow(
    "secondment_log", 1,
    (
        State("written", "待接收单位确认", "Host to confirm", "initial"), State("confirmed", "已确认", "Confirmed", "end"), State("disputed", "有异议", "Disputed"),
        State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("confirm", ("written",), "confirmed", ("host",), "确认", "Confirm", clock="secondment.log"),
        Transition("dispute", ("written",), "disputed", ("host",), "提出异议", "Dispute", reason_required=True),
        Transition("correct", ("disputed",), "written", ("author", "owner", "secondee"), "更正后再请确认", "Correct", waits=True),
        Transition("void", ("written", "disputed"), "void", ("author", "owner", "secondee", *DESK), "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
