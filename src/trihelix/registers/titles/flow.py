"""Lives of authorisations, committees, title cases, combined bodies, carriers and their years, enclaves, talent classes."""

from trihelix.engines.flow import Flow, State, Transition
from trihelix.registers.platforms.life import DESK, OWN, UPPER, life_flow

CARRIER = life_flow("talent_carrier")
AUTHORISATION = Flow(
    "title_authorisation", 1,
    (
        State("applied", "待审核", "Applied", "initial"), State("valid", "有效", "In force"), State("expired", "已到期", "Expired"),
        State("revoked", "已收回", "Revoked", "failed"), State("refused", "不予授权", "Refused", "failed"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("authorise", ("applied",), "valid", UPPER, "授权", "Authorise", clock="title.authorise"),
        Transition("refuse", ("applied",), "refused", UPPER, "不予授权", "Refuse", reason_required=True),
        Transition("withdraw", ("applied",), "withdrawn", ("owner", *UPPER), "撤回", "Withdraw", reason_required=True),
        Transition("expire", ("valid",), "expired", ("system", *UPPER), "到期", "Expire"),
        Transition("renew", ("valid", "expired"), "valid", UPPER, "续期", "Renew"),
        Transition("revoke", ("valid", "expired"), "revoked", UPPER, "收回授权", "Revoke", reason_required=True),
    ),
)  # fmt: skip
COMMITTEE = Flow(
    "review_committee", 1,
    (
        State("proposed", "待核准", "Proposed", "initial"), State("standing", "在任", "Standing"), State("expired", "已到期", "Expired"),
        State("dissolved", "已解散", "Dissolved", "end"), State("refused", "不予核准", "Refused", "failed"),
    ),
    (
        Transition("approve", ("proposed",), "standing", UPPER, "核准备案", "Approve", clock="title.committee"),
        Transition("refuse", ("proposed",), "refused", UPPER, "不予核准", "Refuse", reason_required=True),
        Transition("expire", ("standing",), "expired", ("system", *UPPER), "到期", "Expire"),
        Transition("renew", ("standing", "expired"), "standing", UPPER, "换届续期", "Renew"),
        Transition("dissolve", ("standing", "expired"), "dissolved", UPPER, "解散", "Dissolve", reason_required=True),
    ),
)  # fmt: skip
OPEN = ("draft", "unit_check", "unit_notice", "upward_check", "routed", "passed", "publicity", "objected")
CASE = Flow(
    "title_case", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("unit_check", "待单位审核", "At the unit"), State("unit_notice", "单位公示", "On notice at the unit"),
        State("upward_check", "待主管部门审核", "At the department"), State("routed", "待评审", "At the committee"), State("passed", "评审通过", "Passed"),
        State("publicity", "公示中", "On notice"), State("objected", "异议核查", "Objected"), State("granted", "已取得", "Granted", "end"),
        State("failed", "未通过", "Not passed", "failed"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("submit", ("draft",), "unit_check", ("owner", "author", *DESK), "提交申报", "Submit", targets=("upward_check",), waits=True),
        Transition("pass_unit", ("unit_check",), "unit_notice", ("owner", *UPPER), "单位审核通过并公示", "Pass and give notice", clock="title.unit_check"),
        Transition("end_notice", ("unit_notice",), "upward_check", ("owner", *UPPER), "公示期满上报", "Send up after notice", targets=("routed",), waits=True),
        Transition("pass_upward", ("upward_check",), "routed", DESK, "审核通过并分送评审", "Pass and route", clock="title.upward_check"),
        Transition("send_back", ("unit_check", "unit_notice", "upward_check", "routed"), "draft", ("owner", *DESK), "退回修改", "Send back", reason_required=True),
        Transition("review", ("routed",), "passed", ("committee", *UPPER), "登记评审表决", "Record the vote", targets=("failed",), clock="title.review"),
        Transition("announce", ("passed",), "publicity", ("committee", *UPPER), "公示", "Publish", waits=True),
        Transition("object", ("publicity",), "objected", ("anyone",), "实名异议", "Object", reason_required=True),
        Transition("settle", ("objected",), "publicity", UPPER, "核查结论", "Settle the objection", targets=("failed",), clock="title.objection"),
        Transition("grant", ("publicity",), "granted", ("committee", *UPPER), "公示期满授予", "Grant", clock="title.decide"),
        Transition("withdraw", ("draft", "unit_check", "unit_notice", "upward_check", "routed"), "withdrawn", ("owner", "author", *UPPER), "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
COMBINED = Flow(
    "combined_body", 1,
    (State("listed", "在册", "Listed", "initial"), State("ended", "已退出", "Ended", "end")),
    (
        Transition("end", ("listed",), "ended", UPPER, "退出", "End", reason_required=True),
        Transition("restore", ("ended",), "listed", UPPER, "恢复", "Restore", reason_required=True),
    ),
)  # fmt: skip
CARRIER_YEAR = Flow(
    "carrier_year", 1,
    (
        State("draft", "填报中", "Draft", "initial"), State("submitted", "待审定", "Submitted"), State("accepted", "已审定", "Accepted", "end"),
        State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("submit", ("draft",), "submitted", OWN, "提交", "Submit", waits=True),
        Transition("accept", ("submitted",), "accepted", UPPER, "审定", "Accept", clock="platform.report"),
        Transition("send_back", ("submitted",), "draft", UPPER, "退回", "Send back", reason_required=True),
        Transition("void", ("draft", "submitted"), "void", UPPER, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
ENCLAVE = Flow(
    "talent_enclave", 1,
    (
        State("planned", "筹建", "Planned", "initial"), State("open", "运行", "Open"), State("closed", "已关闭", "Closed", "end"),
        State("dropped", "已取消", "Dropped", "failed"),
    ),
    (
        Transition("open", ("planned",), "open", OWN, "启用", "Open", waits=True),
        Transition("close", ("open",), "closed", OWN, "关闭", "Close", reason_required=True),
        Transition("drop", ("planned",), "dropped", OWN, "取消", "Drop", reason_required=True),
    ),
)  # fmt: skip
GRADE = Flow(
    "talent_grade", 1,
    (
        State("applied", "待认定", "Applied", "initial"), State("graded", "已认定", "Graded"), State("expired", "已到期", "Expired", "end"),
        State("ended", "已取消", "Ended", "failed"), State("refused", "不予认定", "Refused", "failed"),
    ),
    (
        Transition("grade", ("applied",), "graded", DESK, "认定", "Grade", waits=True),
        Transition("refuse", ("applied",), "refused", DESK, "不予认定", "Refuse", reason_required=True),
        Transition("expire", ("graded",), "expired", ("system", *UPPER), "到期", "Expire"),
        Transition("end", ("graded",), "ended", UPPER, "取消", "End", reason_required=True),
    ),
)  # fmt: skip
