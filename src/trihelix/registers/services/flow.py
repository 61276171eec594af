"""Lives of catalogue entries, requests, service records, campaigns, visits, researchers' services, brokers and their cases."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("node", "officer", "operator")
UPPER = ("officer", "operator")
OWN = ("owner", *DESK)

OFFER = Flow(
    "service_offer", 1,
    (State("draft", "草稿", "Draft", "initial"), State("offered", "提供中", "Offered"), State("stopped", "已停办", "Stopped", "end")),
    (
        Transition("publish", ("draft",), "offered", OWN, "公布", "Publish", waits=True),
        Transition("stop", ("draft", "offered"), "stopped", OWN, "停办", "Stop", reason_required=True),
    ),
)  # fmt: skip
REQUEST = Flow(
    "service_request", 1,
    (
        State("asked", "待受理", "Asked", "initial"), State("accepted", "办理中", "Accepted"), State("served", "已办结", "Served", "end"),
        State("refused", "不予受理", "Refused", "failed"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("accept", ("asked",), "accepted", DESK, "受理", "Accept", clock="service.accept"),
        Transition("refuse", ("asked", "accepted"), "refused", DESK, "不予受理", "Refuse", reason_required=True),
        Transition("deliver", ("accepted",), "served", DESK, "办结并登记服务", "Serve and record", waits=True),
        Transition("withdraw", ("asked", "accepted"), "withdrawn", ("owner",), "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
SERVICE = Flow(
    "service", 1,
    (
        State("recorded", "已登记", "Recorded", "initial"), State("asked", "待客户确认", "Client asked"), State("confirmed", "客户已确认", "Confirmed", "end"),
        State("disputed", "客户有异议", "Disputed"), State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("ask_client", ("recorded",), "asked", ("system", *OWN), "请客户确认", "Ask the client"),
        Transition("confirm", ("recorded", "asked"), "confirmed", ("client",), "确认服务", "Confirm", clock="service.confirm"),
        Transition("dispute", ("recorded", "asked"), "disputed", ("client",), "提出异议", "Dispute", reason_required=True),
        Transition("correct", ("disputed",), "asked", OWN, "更正后再请确认", "Correct and ask again", waits=True),
        Transition("void", ("recorded", "asked", "disputed"), "void", OWN, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
CAMPAIGN = Flow(
    "visit_campaign", 1,
    (
        State("planned", "计划中", "Planned", "initial"), State("running", "进行中", "Running"), State("closed", "已结束", "Closed", "end"),
        State("dropped", "已取消", "Dropped", "failed"),
    ),
    (
        Transition("start", ("planned",), "running", OWN, "启动", "Start", waits=True),
        Transition("close", ("running",), "closed", OWN, "结束", "Close", waits=True),
        Transition("drop", ("planned",), "dropped", OWN, "取消", "Drop", reason_required=True),
    ),
)  # fmt: skip
VISIT = Flow(
    "visit",
    1,
    (State("recorded", "已登记", "Recorded", "initial"), State("void", "已作废", "Void", "failed")),
    (Transition("void", ("recorded",), "void", OWN, "作废", "Void", reason_required=True),),
)
RESEARCHER_SERVICE = Flow(
    "researcher_service", 1,
    (
        State("recorded", "草稿", "Draft", "initial"), State("asked", "待企业确认", "Firm asked"), State("confirmed", "企业已确认", "Confirmed", "end"),
        State("disputed", "企业有异议", "Disputed"), State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("ask_firm", ("recorded", "disputed"), "asked", OWN, "请企业确认", "Ask the firm", waits=True),
        Transition("confirm", ("asked",), "confirmed", ("firm",), "确认服务", "Confirm", clock="service.confirm"),
        Transition("dispute", ("asked",), "disputed", ("firm",), "提出异议", "Dispute", reason_required=True),
        Transition("void", ("recorded", "asked", "disputed"), "void", OWN, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
BROKER = Flow(
    "broker", 1,
    (
        State("applied", "待审核", "Applied", "initial"), State("registered", "在册", "Registered"), State("suspended", "暂停", "Suspended"),
        State("refused", "不予登记", "Refused", "failed"), State("removed", "已注销", "Removed", "end"),
    ),
    (
        Transition("register", ("applied",), "registered", DESK, "准予登记", "Register", clock="broker.check"),
        Transition("refuse", ("applied",), "refused", DESK, "不予登记", "Refuse", reason_required=True),
        Transition("suspend", ("registered",), "suspended", UPPER, "暂停执业", "Suspend", reason_required=True),
        Transition("resume", ("suspended",), "registered", UPPER, "恢复执业", "Resume"),
        Transition("remove", ("registered", "suspended"), "removed", OWN, "注销", "Remove", reason_required=True),
    ),
)  # fmt: skip
BROKERAGE = Flow(
    "brokerage", 1,
    (
        State("opened", "待委托方同意", "Opened", "initial"), State("agreed", "受托中", "Agreed"), State("contracted", "已签约", "Contracted"),
        State("settled", "佣金已核定", "Commission settled"), State("paid", "佣金已支付", "Commission paid", "end"), State("failed", "未成", "Failed", "failed"),
    ),
    (
        Transition("agree", ("opened",), "agreed", ("mandator",), "同意委托", "Agree", targets=("agreed", "opened"), clock="brokerage.agree"),
        Transition("contract", ("agreed",), "contracted", OWN, "登记签约", "Record the contract", waits=True),
        Transition("settle", ("contracted",), "settled", OWN, "核定佣金", "Settle the commission", waits=True),
        Transition("pay", ("settled",), "paid", ("mandator", *OWN), "登记支付", "Record payment", waits=True),
        Transition("fail", ("opened", "agreed", "contracted"), "failed", ("mandator", *OWN), "终止", "End", reason_required=True),
    ),
)  # fmt: skip
ACK = Flow(
    "exchange_ack",
    1,
    (State("received", "已收", "Received", "initial"), State("void", "已作废", "Void", "failed")),
    (Transition("void", ("received",), "void", UPPER, "作废", "Void", reason_required=True),),
)
