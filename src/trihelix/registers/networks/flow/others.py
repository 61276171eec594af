"""Lives of institutes, councils, parks and tenancies, of investments, partners, clients and prospects."""

from trihelix.engines.flow import Flow, State, Transition
from trihelix.registers.networks.flow.alliances import CHAIR, DECIDE, DESK, OWN

INSTITUTE = Flow(
    "institute", 1,
    (State("preparing", "筹建", "Preparing", "initial"), State("running", "运行中", "Running"), State("closed", "已撤销", "Closed", "end")),
    (
        Transition("open", ("preparing",), "running", DECIDE, "批准运行", "Open", waits=True),
        Transition("close", ("preparing", "running"), "closed", DECIDE, "撤销", "Close", reason_required=True),
    ),
)  # fmt: skip
SEAT = Flow(
    "council_seat", 1,
    (State("nominated", "提名", "Nominated", "initial"), State("serving", "在任", "Serving"), State("ended", "已卸任", "Ended", "end")),
    (
        Transition("seat", ("nominated",), "serving", CHAIR, "就任", "Take the seat", waits=True),
        Transition("renew", ("serving",), "serving", CHAIR, "连任", "Renew"),
        Transition("end", ("nominated", "serving"), "ended", CHAIR, "卸任", "End", reason_required=True),
    ),
)  # fmt: skip
RESOLUTION = Flow(
    "council_resolution", 1,
    (
        State("tabled", "提请审议", "Tabled", "initial"), State("adopted", "已通过", "Adopted"), State("carried_out", "已落实", "Carried out", "end"),
        State("rejected", "未通过", "Rejected", "failed"), State("revoked", "已撤销", "Revoked", "failed"),
    ),
    (
        Transition("vote", ("tabled",), "adopted", OWN, "登记表决", "Record the vote", waits=True, targets=("rejected",)),
        Transition("carry_out", ("adopted",), "carried_out", ("in_charge", *OWN), "登记落实", "Carried out", waits=True),
        Transition("revoke", ("adopted",), "revoked", OWN, "撤销", "Revoke", reason_required=True),
    ),
)  # fmt: skip
LAB = Flow(
    "institute_lab", 1,
    (State("proposed", "拟建", "Proposed", "initial"), State("running", "运行中", "Running"), State("closed", "已撤销", "Closed", "end")),
    (
        Transition("open", ("proposed",), "running", ("institute", *DESK), "揭牌运行", "Open", waits=True),
        Transition("close", ("proposed", "running"), "closed", ("owner", "institute", *DESK), "撤销", "Close", reason_required=True),
    ),
)  # fmt: skip
PARK = Flow(
    "park", 1,
    (State("preparing", "建设中", "Preparing", "initial"), State("open", "运营中", "Open"), State("closed", "已关闭", "Closed", "end")),
    (
        Transition("open", ("preparing",), "open", OWN, "投入运营", "Open", waits=True),
        Transition("close", ("preparing", "open"), "closed", OWN, "关闭", "Close", reason_required=True),
    ),
)  # fmt: skip
LANDLORD = ("landlord", *DESK)
TENANCY = Flow(
    "tenancy", 1,
    (
        State("asked", "申请入驻", "Asked for", "initial"), State("agreed", "同意入驻", "Agreed"), State("active", "在驻", "In the park"),
        State("left", "已迁出", "Left", "end"), State("refused", "未同意", "Refused", "failed"),
    ),
    (
        Transition("agree", ("asked",), "agreed", LANDLORD, "同意入驻", "Agree", clock="tenancy.answer"),
        Transition("refuse", ("asked",), "refused", LANDLORD, "不同意", "Refuse", reason_required=True),
        Transition("move_in", ("agreed",), "active", LANDLORD, "登记入驻", "Move in", waits=True),
        Transition("move_out", ("active",), "left", ("owner", *LANDLORD), "登记迁出", "Move out", reason_required=True),
    ),
)  # fmt: skip
INVESTMENT = Flow(
    "tenant_investment", 1,
    (State("promised", "已承诺", "Promised", "initial"), State("paid", "已到位", "Paid", "end"), State("lapsed", "未到位终止", "Lapsed", "failed")),
    (
        Transition("pay", ("promised",), "paid", ("landlord", "owner", *DESK), "登记到位", "Record payment", waits=True),
        Transition("lapse", ("promised",), "lapsed", ("landlord", "owner", *DESK), "终止", "Lapse", reason_required=True),
    ),
)  # fmt: skip
DEAL = Flow(
    "alliance_deal", 1,
    (
        State("talking", "洽谈中", "Talking", "initial"), State("signed", "已签约", "Signed"), State("paying", "部分到位", "Partly paid"),
        State("closed", "已完成", "Closed", "end"), State("failed", "未达成", "Failed", "failed"),
    ),
    (
        Transition("sign", ("talking",), "signed", ("owner", *CHAIR), "登记签约", "Sign", waits=True),
        Transition("pay", ("signed", "paying"), "paying", ("owner", *CHAIR), "登记出资", "Record payment", waits=True, targets=("closed",)),
        Transition("close", ("paying",), "closed", ("owner", *CHAIR), "出资完成", "Close", reason_required=True),
        Transition("fail", ("talking", "signed"), "failed", ("owner", *CHAIR), "未达成", "Fail", reason_required=True),
    ),
)  # fmt: skip
KEPT = Flow(
    "kept_line",
    1,
    (State("recorded", "已登记", "Recorded", "initial"), State("void", "已作废", "Void", "failed")),
    (Transition("void", ("recorded",), "void", OWN, "作废", "Void", reason_required=True),),
)
ATTRACTED = Flow(
    "attracted_firm", 1,
    (State("agreed", "已签约", "Agreed", "initial"), State("landed", "已落地", "Landed", "end"), State("failed", "未落地", "Failed", "failed")),
    (
        Transition("land", ("agreed",), "landed", OWN, "登记落地", "Land", waits=True),
        Transition("fail", ("agreed",), "failed", OWN, "未落地", "Fail", reason_required=True),
    ),
)  # fmt: skip
PARTNER = Flow(
    "partner", 1,
    (State("listed", "在册", "Listed", "initial"), State("retired", "已停用", "Retired", "end")),
    (Transition("retire", ("listed",), "retired", OWN, "停用", "Retire", reason_required=True),),
)  # fmt: skip
INTRODUCER = ("introducer", *DESK)
INTRODUCTION = Flow(
    "introduction", 1,
    (
        State("proposed", "拟引荐", "Proposed", "initial"), State("met", "已会面", "Met"), State("answered", "已答复", "Answered"),
        State("agreed", "已达成", "Agreed", "end"), State("declined", "未达成", "Declined", "failed"),
    ),
    (
        Transition("meet", ("proposed",), "met", ("owner", *INTRODUCER), "登记会面", "They met", clock="introduction.meet"),
        Transition("answer", ("proposed", "met"), "answered", ("owner", *INTRODUCER), "登记答复", "Answer", clock="introduction.answer"),
        Transition("agree", ("answered",), "agreed", ("owner", *INTRODUCER), "登记达成", "Agreed", waits=True),
        Transition("decline", ("proposed", "met", "answered"), "declined", ("owner", *INTRODUCER), "未达成", "Declined", reason_required=True),
    ),
)  # fmt: skip
CLIENT = Flow(
    "client", 1,
    (State("open", "服务中", "Open", "initial"), State("closed", "已归档", "Closed", "end")),
    (Transition("close", ("open",), "closed", OWN, "归档", "Close", reason_required=True),),
)  # fmt: skip
CONTACT = Flow(
    "client_contact", 1,
    (State("open", "待跟进", "Open", "initial"), State("done", "已办结", "Done", "end")),
    (Transition("finish", ("open",), "done", ("owner", "referred", *DESK), "办结", "Finish", waits=True),),
)  # fmt: skip
PROSPECT = Flow(
    "prospect", 1,
    (
        State("listed", "已列入", "Listed", "initial"), State("talking", "洽谈中", "Talking"), State("proposed", "已提方案", "Proposed"),
        State("agreed", "已达成", "Agreed", "end"), State("dropped", "已放弃", "Dropped", "failed"),
    ),
    (
        Transition("talk", ("listed", "talking", "proposed"), "talking", OWN, "登记洽谈", "Record a talk", clock="prospect.talk"),
        Transition("propose", ("talking",), "proposed", OWN, "提出方案", "Propose", waits=True),
        Transition("agree", ("talking", "proposed"), "agreed", OWN, "登记达成", "Agreed", waits=True),
        Transition("drop", ("listed", "talking", "proposed"), "dropped", OWN, "放弃", "Drop", reason_required=True),
    ),
)  # fmt: skip
