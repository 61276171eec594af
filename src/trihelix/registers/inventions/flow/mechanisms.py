"""Lives of the mechanisms: what comes after decision and notice."""

from __future__ import annotations

from trihelix.engines.flow import State, Transition
from trihelix.registers.inventions.flow.common import OFFICE, UNIT, procedure

RIGHTS = procedure(
    "rights_grant",
    (
        State("agreed", "已签协议", "Agreed"),
        State("active", "生效中", "Active"),
        State("breached", "违约", "Breach"),
        State("expired", "已到期", "Expired", "end"),
        State("recalled", "已收回", "Recalled", "failed"),
    ),
    (
        Transition("agree", ("cleared",), "agreed", OFFICE, "签订赋权协议", "Sign the agreement", waits=True),
        Transition("activate", ("agreed",), "active", OFFICE, "权属变更登记生效", "Enter the change of right", waits=True),
        Transition("report", ("active",), "active", (*UNIT, "author"), "提交年度报告", "Yearly report"),
        Transition("breach", ("active",), "breached", OFFICE, "认定违约", "State a breach", reason_required=True),
        Transition("cure", ("breached",), "active", OFFICE, "违约已纠正", "Cured"),
        Transition("recall", ("breached",), "recalled", OFFICE, "收回权利", "Recall", reason_required=True),
        Transition("expire", ("active",), "expired", ("system", *OFFICE), "到期", "Expire"),
    ),
)  # fmt: skip

CONCESSION = procedure(
    "concession",
    (
        State("signed", "已签约", "Signed"),
        State("paying", "支付中", "Paying"),
        State("done", "已付清", "Paid up", "end"),
        State("defaulted", "已违约", "Default"),
        State("reverted", "权利已返还", "Reverted", "failed"),
    ),
    (
        Transition("sign", ("cleared",), "signed", OFFICE, "签约", "Sign", waits=True),
        Transition("enter", ("signed",), "paying", OFFICE, "权属变更登记", "Enter the change of right", waits=True),
        Transition("finish", ("paying",), "done", OFFICE, "确认付清", "Paid up"),
        Transition("default", ("paying",), "defaulted", OFFICE, "认定违约", "Default", reason_required=True),
        Transition("cure", ("defaulted",), "paying", OFFICE, "违约已纠正", "Cured"),
        Transition("revert", ("defaulted",), "reverted", OFFICE, "返还权利", "Revert", reason_required=True),
    ),
)  # fmt: skip

USE_FIRST = procedure(
    "use_first",
    (
        State("signed", "已签约", "Signed"),
        State("registered", "合同已登记", "Contract registered"),
        State("trial", "试用中", "Trial"),
        State("paying", "已转付费", "Paying"),
        State("overdue", "逾期", "Overdue"),
        State("returning", "退回中", "Being returned"),
        State("done", "已完成", "Done", "end"),
        State("terminated", "已解除", "Terminated", "failed"),
        State("closed", "已退回结束", "Returned and closed", "end"),
    ),
    (
        Transition("sign", ("cleared",), "signed", OFFICE, "签订许可合同", "Sign", waits=True),
        Transition("register", ("signed",), "registered", OFFICE, "登记技术合同", "Register the contract", waits=True),
        Transition("begin", ("registered",), "trial", OFFICE, "开始试用", "Begin the trial", waits=True),
        Transition("extend", ("trial",), "trial", OFFICE, "延长试用（限一次）", "Extend once", reason_required=True),
        Transition("convert", ("trial",), "paying", UNIT, "转为付费", "Convert", waits=True),
        Transition("give_back", ("trial",), "returning", UNIT, "退回成果", "Give back", reason_required=True),
        Transition("demand", ("paying",), "overdue", OFFICE, "催告付款", "Demand payment"),
        Transition("cure", ("overdue",), "paying", OFFICE, "已补付", "Cured"),
        Transition("terminate", ("overdue",), "terminated", OFFICE, "解除合同", "Terminate", reason_required=True),
        Transition("finish", ("paying",), "done", OFFICE, "完成", "Finish"),
        Transition("close", ("returning",), "closed", OFFICE, "确认停止使用", "Confirm end of use", waits=True),
    ),
)  # fmt: skip

FUND_FIRST = procedure(
    "fund_first",
    (
        State("agreed", "已签约", "Agreed"),
        State("funded_1", "已拨首期", "First tranche paid"),
        State("milestone", "里程碑已验收", "Milestone accepted"),
        State("funded_2", "已拨二期", "Second tranche paid"),
        State("triggered", "已触发转股", "Triggered"),
        State("held", "持股中", "Shares held"),
        State("exited", "已退出", "Exited", "end"),
        State("failed", "项目失败", "Failed"),
        State("repaid", "已偿还", "Repaid", "end"),
        State("compensated", "已补偿", "Compensated", "end"),
        State("immune", "尽职免责核销", "Written off with diligence", "failed"),
    ),
    (
        Transition("agree", ("cleared",), "agreed", OFFICE, "签任务书与转股条款", "Sign task book and clause", waits=True),
        Transition("fund", ("agreed",), "funded_1", OFFICE, "拨付首期", "Pay the first tranche", waits=True),
        Transition("accept_milestone", ("funded_1",), "milestone", OFFICE, "验收里程碑", "Accept the milestone", waits=True),
        Transition("fund_more", ("milestone",), "funded_2", OFFICE, "拨付二期", "Pay the second tranche", waits=True),
        Transition("trigger", ("funded_1", "milestone", "funded_2"), "triggered", OFFICE, "触发转股", "Trigger", waits=True),
        Transition("convert", ("triggered",), "held", OFFICE, "工商变更、转为股权", "Convert to shares", waits=True),
        Transition("exit", ("held",), "exited", OFFICE, "退出", "Exit"),
        Transition("fail", ("funded_1", "milestone", "funded_2"), "failed", OFFICE, "认定失败", "State failure", reason_required=True),
        Transition("repay", ("funded_1", "milestone", "funded_2"), "repaid", OFFICE, "到期偿还", "Repaid"),
        Transition("compensate", ("failed",), "compensated", OFFICE, "补偿结案", "Compensated"),
        Transition("excuse", ("failed",), "immune", OFFICE, "尽职免责核销", "Write off with diligence", reason_required=True),
    ),
)  # fmt: skip

HEAD = procedure(
    "head_holding",
    (
        State("accepted", "已备案", "Accepted"),
        State("held", "锁定持股", "Held under lock"),
        State("released", "已解除锁定", "Released", "end"),
    ),
    (
        Transition("accept", ("cleared",), "accepted", ("officer", "operator"), "准予备案", "Accept the filing", waits=True),
        Transition("sign", ("accepted",), "held", OFFICE, "登记签约持股", "Record signing", waits=True),
        Transition("report_change", ("held",), "held", OFFICE, "报告变动", "Report a change", reason_required=True),
        Transition("free", ("held",), "released", OFFICE, "任期届满解除", "Release after the term"),
    ),
    asked="已报备", asked_en="Filed",
)  # fmt: skip

SURPLUS = procedure(
    "surplus_capital",
    (
        State("paid_in", "已出资", "Paid in"),
        State("issued", "已登记股权", "Shares issued"),
        State("exited", "已退出", "Exited", "end"),
        State("lost", "已核销", "Lost", "failed"),
    ),
    (
        Transition("pay_in", ("cleared",), "paid_in", OFFICE, "出资到位", "Pay in", waits=True),
        Transition("issue", ("paid_in",), "issued", OFFICE, "登记股权", "Issue shares", waits=True),
        Transition("exit", ("issued",), "exited", OFFICE, "退出", "Exit"),
        Transition("lose", ("issued",), "lost", OFFICE, "核销", "Write off", reason_required=True),
    ),
)  # fmt: skip
