"""Lives of agreements, lists, credit, loans, statements, funds, investments, products, requests, tax referrals."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("officer", "operator")
OWN = ("owner", *DESK)

AGREEMENT = Flow(
    "finance_agreement", 1,
    (State("in_force", "有效", "In force", "initial"), State("expired", "已到期", "Expired"), State("ended", "已终止", "Ended", "end")),
    (
        Transition("expire", ("in_force",), "expired", ("system",), "到期", "Expire"),
        Transition("renew", ("in_force", "expired"), "in_force", DESK, "续签", "Renew"),
        Transition("end", ("in_force", "expired"), "ended", DESK, "终止", "End", reason_required=True),
    ),
)  # fmt: skip
LIST = Flow(
    "firm_list", 1,
    (
        State("draft", "编制中", "Draft", "initial"), State("ready", "待推送", "Ready"), State("sent", "已推送", "Sent"),
        State("closed", "已归档", "Closed", "end"), State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("load", ("draft", "ready"), "ready", DESK, "装入企业", "Load firms"),
        Transition("compute", ("draft", "ready"), "ready", DESK, "按规则筛选", "Select by rule"),
        Transition("send", ("ready",), "sent", DESK, "推送金融机构", "Send to finance bodies", waits=True),
        Transition("answer", ("sent",), "sent", ("bank",), "反馈", "Answer", clock="finance.list"),
        Transition("close", ("sent",), "closed", DESK, "归档", "Close"),
        Transition("void", ("draft", "ready", "sent"), "void", DESK, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
CREDIT = Flow(
    "credit_line", 1,
    (State("granted", "有效", "Granted", "initial"), State("closed", "已结束", "Closed", "end"), State("void", "已作废", "Void", "failed")),
    (
        Transition("raise", ("granted",), "granted", OWN, "调整额度", "Change the limit", reason_required=True),
        Transition("close", ("granted",), "closed", ("system", *OWN), "结束", "Close"),
        Transition("void", ("granted",), "void", OWN, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
LOAN = Flow(
    "loan", 1,
    (
        State("drawn", "已发放", "Drawn", "initial"), State("overdue", "逾期", "Overdue"), State("repaid", "已还清", "Repaid", "end"),
        State("written_off", "已核销", "Written off", "failed"), State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("repay", ("drawn", "overdue"), "repaid", OWN, "登记还款", "Record a repayment", targets=("repaid", "drawn", "overdue")),
        Transition("mark_overdue", ("drawn",), "overdue", OWN, "登记逾期", "Mark overdue"),
        Transition("write_off", ("overdue",), "written_off", OWN, "核销", "Write off", reason_required=True),
        Transition("void", ("drawn",), "void", OWN, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
STATEMENT = Flow(
    "points_statement", 1,
    (
        State("issued", "已生成", "Issued", "initial"), State("shared", "已提供", "Shared"), State("withdrawn", "已撤回", "Withdrawn", "end"),
        State("expired", "已过期", "Expired", "end"),
    ),
    (
        Transition("share", ("issued",), "shared", ("owner",), "提供给金融机构", "Share with the bank"),
        Transition("withdraw", ("issued", "shared"), "withdrawn", ("owner", "system"), "撤回", "Withdraw"),
        Transition("expire", ("issued", "shared"), "expired", ("system",), "过期", "Expire"),
    ),
)  # fmt: skip
FUND = Flow(
    "venture_fund", 1,
    (State("running", "运行中", "Running", "initial"), State("winding_up", "清算中", "Winding up"), State("ended", "已清算", "Ended", "end")),
    (
        Transition("report", ("running", "winding_up"), "running", OWN, "报送年度运行情况", "Report a year", targets=("running", "winding_up")),
        Transition("inspect", ("running", "winding_up"), "running", ("finance", *DESK), "监管检查", "Inspect", targets=("running", "winding_up")),
        Transition("wind_up", ("running",), "winding_up", ("finance", *OWN), "进入清算", "Wind up", reason_required=True),
        Transition("end", ("winding_up",), "ended", ("finance", *DESK), "完成清算", "End"),
    ),
)  # fmt: skip
INVESTMENT = Flow(
    "investment", 1,
    (State("held", "持有", "Held", "initial"), State("exited", "已退出", "Exited", "end"), State("written_off", "已核销", "Written off", "failed")),
    (
        Transition("exit", ("held",), "exited", OWN, "登记退出", "Record the exit"),
        Transition("write_off", ("held",), "written_off", OWN, "核销", "Write off", reason_required=True),
    ),
)  # fmt: skip
PRODUCT = Flow(
    "finance_product", 1,
    (State("draft", "草稿", "Draft", "initial"), State("offered", "在售", "Offered"), State("stopped", "已停售", "Stopped", "end")),
    (
        Transition("publish", ("draft",), "offered", OWN, "公布", "Publish", waits=True),
        Transition("revise", ("offered",), "draft", OWN, "修改条件", "Revise"),
        Transition("stop", ("draft", "offered"), "stopped", OWN, "停售", "Stop", reason_required=True),
    ),
)  # fmt: skip
REQUEST = Flow(
    "finance_request", 1,
    (
        State("asked", "待受理", "Asked", "initial"), State("accepted", "审查中", "Accepted"), State("granted", "已批准", "Granted", "end"),
        State("refused", "未批准", "Refused", "failed"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("accept", ("asked",), "accepted", ("bank",), "受理", "Accept", clock="finance.accept"),
        Transition("grant", ("accepted",), "granted", ("bank",), "批准授信", "Grant credit", clock="finance.decide"),
        Transition("refuse", ("asked", "accepted"), "refused", ("bank",), "不予批准", "Refuse", reason_required=True),
        Transition("withdraw", ("asked", "accepted"), "withdrawn", ("owner",), "撤回", "Withdraw"),
    ),
)  # fmt: skip
TAX = Flow(
    "tax_referral", 1,
    (
        State("checked", "已自测", "Checked", "initial"), State("referred", "已转办", "Referred"), State("replied", "已答复", "Replied"),
        State("enjoyed", "已享受", "Enjoyed", "end"), State("closed", "已办结", "Closed", "end"),
    ),
    (
        Transition("refer", ("checked",), "referred", OWN, "转税务部门", "Refer to the tax office"),
        Transition("reply", ("referred",), "replied", ("tax_office", *DESK), "答复", "Reply", clock="tax.reply"),
        Transition("enjoy", ("checked", "replied"), "enjoyed", ("owner",), "登记已享受", "Record what was enjoyed"),
        Transition("close", ("checked", "replied"), "closed", OWN, "办结", "Close"),
    ),
)  # fmt: skip
