"""Lives of yearly data, ladder places, rankings, incubators, tenants, consents and implicit needs."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("officer", "operator")
NEAR = ("node", *DESK)
OWN = ("owner", *NEAR)

FIRM_YEAR = Flow(
    "firm_year", 1,
    (State("reported", "已填报", "Reported", "initial"), State("checked", "已核对", "Checked"), State("void", "已作废", "Void", "failed")),
    (
        Transition("check", ("reported",), "checked", NEAR, "核对", "Check", waits=True),
        Transition("reopen", ("checked",), "reported", NEAR, "退回更正", "Reopen", reason_required=True),
        Transition("void", ("reported", "checked"), "void", DESK, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
PLACE = Flow(
    "ladder_place", 1,
    (State("current", "现行", "Current", "initial"), State("superseded", "已被更新", "Superseded", "end"), State("void", "已作废", "Void", "failed")),
    (
        Transition("supersede", ("current",), "superseded", ("system",), "被更新", "Superseded"),
        Transition("void", ("current",), "void", DESK, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
RANKING = Flow(
    "ranking", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("computed", "已测算", "Computed"), State("published", "已发布", "Published", "end"),
        State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("compute", ("draft", "computed"), "computed", DESK, "按方法测算", "Compute"),
        Transition("accept_list", ("draft", "computed"), "computed", DESK, "以导入名单为准", "Take the imported list"),
        Transition("publish", ("computed",), "published", DESK, "发布", "Publish", waits=True),
        Transition("void", ("draft", "computed", "published"), "void", DESK, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
RANKED = Flow(
    "ranked_firm", 1,
    (State("listed", "在榜", "Listed", "initial"), State("dropped", "已移出", "Dropped")),
    (
        Transition("drop", ("listed",), "dropped", ("system", *DESK), "移出", "Drop", reason_required=True),
        Transition("restore", ("dropped",), "listed", ("system", *DESK), "恢复", "Restore"),
    ),
)  # fmt: skip
INCUBATOR = Flow(
    "incubator", 1,
    (
        State("operating", "运营中", "Operating", "initial"), State("recognised", "已认定", "Recognised"), State("revoked", "已取消资格", "Revoked"),
        State("closed", "已关闭", "Closed", "end"),
    ),
    (
        Transition("recognise", ("operating", "revoked"), "recognised", DESK, "登记认定", "Recognise"),
        Transition("regrade", ("recognised",), "recognised", DESK, "登记评价等级", "Grade"),
        Transition("revoke", ("recognised",), "revoked", DESK, "取消资格", "Revoke", reason_required=True),
        Transition("close", ("operating", "recognised", "revoked"), "closed", OWN, "关闭", "Close", reason_required=True),
    ),
)  # fmt: skip
TENANT = Flow(
    "tenant", 1,
    (State("inside", "在孵", "Inside", "initial"), State("graduated", "已毕业", "Graduated", "end"), State("left", "已迁出", "Left", "end")),
    (
        Transition("graduate", ("inside",), "graduated", ("incubator", *NEAR), "毕业", "Graduate"),
        Transition("leave", ("inside",), "left", ("incubator", *OWN), "迁出", "Leave", reason_required=True),
    ),
)  # fmt: skip
SERVICE = Flow(
    "incubator_service", 1,
    (State("recorded", "待企业确认", "Recorded", "initial"), State("confirmed", "企业已确认", "Confirmed", "end"), State("disputed", "企业有异议", "Disputed", "failed")),
    (
        Transition("confirm", ("recorded",), "confirmed", ("client",), "确认服务", "Confirm", clock="incubator.confirm"),
        Transition("dispute", ("recorded",), "disputed", ("client",), "提出异议", "Dispute", reason_required=True),
    ),
)  # fmt: skip
CONSENT = Flow(
    "consent", 1,
    (
        State("granted", "有效", "Granted", "initial"), State("withdrawn", "已撤回", "Withdrawn", "end"), State("expired", "已到期", "Expired", "end"),
    ),
    (
        Transition("withdraw", ("granted",), "withdrawn", ("owner",), "撤回同意", "Withdraw"),
        Transition("expire", ("granted",), "expired", ("system",), "到期", "Expire"),
    ),
)  # fmt: skip
IMPLICIT = Flow(
    "implicit_need", 1,
    (
        State("proposed", "待企业答复", "Proposed", "initial"), State("interested", "感兴趣", "Interested", "end"), State("declined", "不需要", "Declined", "failed"),
        State("lapsed", "未答复", "Lapsed", "failed"), State("recalled", "同意已撤回", "Recalled", "failed"),
    ),
    (
        Transition("accept", ("proposed",), "interested", ("owner",), "感兴趣，转为需求", "Interested: make it a need", clock="implicit.answer"),
        Transition("decline", ("proposed",), "declined", ("owner",), "不需要", "Not needed"),
        Transition("lapse", ("proposed",), "lapsed", ("system",), "逾期未答复", "Lapse"),
        Transition("recall", ("proposed",), "recalled", ("system",), "同意撤回", "Recall"),
    ),
)  # fmt: skip
