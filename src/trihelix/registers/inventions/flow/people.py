"""Lives of evaluations, trusteeships, mandates, diligence files and of the reform's own records."""

from __future__ import annotations

from trihelix.engines.flow import Flow, State, Transition
from trihelix.registers.inventions.flow.common import DESK, OFFICE, UNIT

EVALUATION = Flow(
    "evaluation", 1,
    (
        State("requested", "已委托", "Requested", "initial"), State("checked", "已受理", "Checked"), State("contracted", "已签合同", "Contracted"),
        State("panel", "专家已定", "Panel named"), State("opinions", "意见已齐", "Opinions in"), State("issued", "已出报告", "Issued"),
        State("superseded", "已被取代", "Superseded", "end"), State("withdrawn", "已撤回", "Withdrawn", "end"),
    ),
    (
        Transition("check", ("requested",), "checked", OFFICE, "受理审查", "Check", clock="evaluation.check"),
        Transition("contract", ("checked",), "contracted", OFFICE, "签订评价合同", "Contract", waits=True),
        Transition("name_panel", ("contracted",), "panel", OFFICE, "确定专家组", "Name the panel", waits=True),
        Transition("close_opinions", ("panel",), "opinions", OFFICE, "意见收齐", "Close the opinions", waits=True),
        Transition("issue", ("opinions",), "issued", OFFICE, "出具报告", "Issue the report", waits=True),
        Transition("supersede", ("issued",), "superseded", OFFICE, "由新报告取代", "Supersede"),
        Transition("withdraw", ("requested", "checked", "contracted", "panel", "opinions", "issued"), "withdrawn", UNIT, "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip

TRUSTEESHIP = Flow(
    "trusteeship", 1,
    (
        State("offered", "拟托管", "Offered", "initial"), State("signed", "已签约", "Signed"), State("active", "托管中", "Active"),
        State("ended", "已到期", "Ended", "end"), State("revoked", "已解除", "Revoked", "failed"),
    ),
    (
        Transition("sign", ("offered",), "signed", OFFICE, "签订托管合同", "Sign", waits=True),
        Transition("start", ("signed",), "active", (*OFFICE, "trustee"), "开始托管", "Start", waits=True),
        Transition("end", ("active",), "ended", OFFICE, "到期结束", "End"),
        Transition("revoke", ("signed", "active"), "revoked", OFFICE, "解除托管", "Revoke", reason_required=True),
    ),
)  # fmt: skip

MANDATE = Flow(
    "broker_mandate", 1,
    (
        State("signed", "已委托", "Signed", "initial"), State("active", "进行中", "Active"), State("matched", "已撮合", "Matched"),
        State("deal", "已成交", "Deal"), State("fee_due", "应付佣金", "Fee due"), State("paid", "已付佣金", "Paid", "end"),
        State("expired", "已到期", "Expired", "failed"),
    ),
    (
        Transition("start", ("signed",), "active", OFFICE, "开始", "Start", waits=True),
        Transition("match", ("active",), "matched", (*OFFICE, "manager"), "登记撮合", "Record a match", waits=True),
        Transition("deal", ("matched",), "deal", OFFICE, "登记成交", "Record the deal", waits=True),
        Transition("compute_fee", ("deal",), "fee_due", OFFICE, "核定佣金", "Compute the fee", waits=True),
        Transition("pay", ("fee_due",), "paid", OFFICE, "支付佣金", "Pay the fee", waits=True),
        Transition("expire", ("signed", "active", "matched"), "expired", ("system", *OFFICE), "到期", "Expire"),
    ),
)  # fmt: skip

DILIGENCE = Flow(
    "diligence_file", 1,
    (
        State("reported", "已上报", "Reported", "initial"), State("material", "材料齐备", "Material complete"), State("panel", "评议中", "Panel"),
        State("found", "已认定", "Found"), State("applied", "已适用", "Applied"), State("closed", "已结案", "Closed", "end"),
    ),
    (
        Transition("complete", ("reported",), "material", OFFICE, "材料齐备", "Material complete", waits=True),
        Transition("convene", ("material",), "panel", OFFICE, "组织评议", "Convene the panel", waits=True),
        Transition("find", ("panel",), "found", ("officer", "discipline", "operator", "owner:body_admin"), "作出认定", "Find", waits=True),
        Transition("appeal", ("found",), "panel", (*UNIT, "author"), "申请复核", "Appeal", reason_required=True),
        Transition("apply_finding", ("found",), "applied", OFFICE, "适用认定", "Apply the finding", waits=True),
        Transition("close", ("found", "applied"), "closed", OFFICE, "结案", "Close"),
    ),
)  # fmt: skip

PILOT = Flow(
    "pilot_body",
    1,
    (State("listed", "试点", "Pilot", "initial"), State("ended", "已结束", "Ended", "end")),
    (Transition("end", ("listed",), "ended", ("officer", "operator"), "结束试点", "End the pilot", reason_required=True),),
)

SYMPOSIUM = Flow(
    "symposium",
    1,
    (State("open", "已召开", "Held", "initial"), State("closed", "已归档", "Filed", "end")),
    (Transition("close", ("open",), "closed", ("officer", "operator"), "归档", "File"),),
)

PROBLEM = Flow(
    "reform_problem",
    1,
    (State("open", "待答复", "Open", "initial"), State("answered", "已答复", "Answered"), State("closed", "已解决", "Solved", "end")),
    (
        Transition("answer", ("open", "answered"), "answered", ("officer", "operator"), "答复", "Answer", clock="reform.answer"),
        Transition("close", ("answered",), "closed", UNIT, "确认解决", "Solved", waits=True),
        Transition("reopen", ("answered",), "open", UNIT, "未解决", "Not solved", reason_required=True),
    ),
)

CASE = Flow(
    "typical_case", 1,
    (State("draft", "草稿", "Draft", "initial"), State("published", "已发布", "Published", "end"), State("discarded", "已作废", "Discarded", "end")),
    (
        Transition("publish", ("draft",), "published", ("officer", "operator"), "发布", "Publish", waits=True),
        Transition("discard", ("draft",), "discarded", UNIT, "作废", "Discard"),
    ),
)  # fmt: skip

REPORT = Flow(
    "transfer_report", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("submitted", "已报主管部门", "Submitted"), State("accepted", "已汇交", "Accepted", "end"),
        State("discarded", "已作废", "Discarded", "end"),
    ),
    (
        Transition("draw_up", ("draft",), "draft", UNIT, "汇总数据", "Draw up"),
        Transition("submit", ("draft",), "submitted", UNIT, "报送", "Submit", waits=True),
        Transition("return", ("submitted",), "draft", DESK, "退回", "Return", reason_required=True),
        Transition("accept", ("submitted",), "accepted", DESK, "接收", "Accept", waits=True),
        Transition("discard", ("draft",), "discarded", UNIT, "作废", "Discard"),
    ),
)  # fmt: skip
