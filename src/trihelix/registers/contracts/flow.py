"""Lives of deals, contract texts and obligations, and of a technology contract in recognition and registration."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("node", "officer", "operator")
SIDES = ("buyer", "seller")

DEAL = Flow(
    "deal", 1,
    (
        State("proposed", "待对方确认", "Proposed", "initial"),
        State("open", "谈判中", "Open"),
        State("signed", "已签约", "Signed", "end"),
        State("failed", "未成交", "Failed", "failed"),
    ),
    (
        Transition("confirm", ("proposed",), "open", ("invited_side", *DESK), "确认开启", "Confirm", clock="deal.confirm"),
        Transition("sign", ("open",), "signed", (*SIDES, *DESK, "system"), "登记签约", "Record signing", waits=True),
        Transition("fail", ("proposed", "open"), "failed", (*SIDES, *DESK), "终止", "End without deal", reason_required=True),
    ),
)  # fmt: skip

DRAFT = Flow(
    "contract_draft", 1,
    (
        State("drafting", "起草中", "Drafting", "initial"),
        State("agreed", "双方已确认", "Agreed"),
        State("signed", "已签署", "Signed", "end"),
        State("dropped", "已弃用", "Dropped", "failed"),
    ),
    (
        Transition("make_version", ("drafting", "agreed"), "drafting", (*SIDES, *DESK), "形成版本", "Make a version"),
        Transition("confirm_version", ("drafting",), "agreed", SIDES, "确认版本", "Confirm a version", targets=("drafting", "agreed"), waits=True),
        Transition("sign_text", ("agreed",), "signed", SIDES, "签署", "Sign", targets=("agreed", "signed"), waits=True),
        Transition("drop", ("drafting", "agreed"), "dropped", (*SIDES, *DESK), "弃用", "Drop", reason_required=True),
    ),
)  # fmt: skip

OBLIGATION = Flow(
    "obligation", 1,
    (
        State("planned", "未到期", "Planned", "initial"),
        State("due", "待履行", "Due"),
        State("done", "待对方确认", "Done, to be confirmed"),
        State("confirmed", "已确认", "Confirmed", "end"),
        State("waived", "已免除", "Waived", "end"),
    ),
    (
        Transition("fall_due", ("planned",), "due", ("system", "creditor", *DESK), "转为待履行", "Fall due"),
        Transition("fulfil_early", ("planned",), "done", ("debtor",), "提前履行", "Fulfil early"),
        Transition("fulfil", ("due",), "done", ("debtor",), "登记履行", "Record fulfilment", waits=True),
        Transition("confirm", ("done",), "confirmed", ("creditor",), "确认履行", "Confirm", clock="obligation.confirm"),
        Transition("return", ("done",), "due", ("creditor",), "退回", "Return", reason_required=True),
        Transition("settle", ("planned", "due", "done"), "confirmed", ("system",), "由到账核销", "Settled by receipts", targets=("done", "confirmed")),
        Transition("waive", ("planned", "due"), "waived", ("creditor",), "免除", "Waive", reason_required=True),
    ),
)  # fmt: skip

OFFICE = ("node", "officer", "operator")
UPPER = ("officer", "operator")
DECISIONS = ("registered", "refused", "correction", "expert")

CONTRACT = Flow(
    "contract", 1,
    (
        State("draft", "草稿", "Draft", "initial"),
        State("submitted", "已提交", "Submitted"),
        State("correction", "待补正", "To be corrected"),
        State("accepted", "已受理", "Accepted"),
        State("expert", "专家审核", "Expert review"),
        State("registered", "已登记", "Registered"),
        State("change_pending", "变更中", "Change pending"),
        State("objected", "异议复核", "Objection"),
        State("refused", "不予登记", "Refused", "failed"),
        State("rejected", "不予受理", "Rejected at intake", "failed"),
        State("lapsed", "逾期未补正", "Lapsed", "failed"),
        State("cancelled", "已注销", "Cancelled", "end"),
        State("revoked", "已撤销", "Revoked", "failed"),
        State("discarded", "已作废", "Discarded", "end"),
    ),
    (
        Transition("submit", ("draft", "correction"), "submitted", ("owner", *OFFICE), "提交认定", "Submit", waits=True),
        Transition("discard", ("draft",), "discarded", ("owner", *OFFICE), "作废草稿", "Discard"),
        Transition("accept", ("submitted",), "accepted", OFFICE, "受理", "Accept", clock="contract.accept"),
        Transition("ask", ("submitted", "accepted", "expert"), "correction", OFFICE, "要求补正", "Ask for correction", reason_required=True),
        Transition("reject", ("submitted",), "rejected", OFFICE, "不予受理", "Reject at intake", reason_required=True),
        Transition("to_experts", ("accepted",), "expert", OFFICE, "转专家审核", "To experts"),
        Transition("propose", ("accepted",), "accepted", OFFICE, "初审同意", "First officer agrees"),
        Transition("register", ("accepted", "expert"), "registered", OFFICE, "准予登记", "Register", waits=True),
        Transition("refuse", ("accepted", "expert"), "refused", OFFICE, "不予登记", "Refuse", reason_required=True),
        Transition("lapse", ("correction",), "lapsed", ("system", *OFFICE), "逾期失效", "Lapse"),
        Transition("ask_change", ("registered",), "change_pending", ("owner", *OFFICE), "申请变更", "Ask for a change", reason_required=True),
        Transition("change_done", ("change_pending",), "registered", OFFICE, "准予变更", "Grant the change", clock="contract.change"),
        Transition("change_back", ("change_pending",), "registered", OFFICE, "驳回变更", "Refuse the change", reason_required=True),
        Transition("cancel", ("registered", "change_pending"), "cancelled", ("owner", *OFFICE), "注销", "Cancel", reason_required=True),
        Transition("object", ("registered", "refused"), "objected", ("owner", "finance", *OFFICE), "提出异议", "Object", reason_required=True),
        Transition("review", ("objected",), "registered", UPPER, "异议复核", "Decide the objection", targets=("registered", "refused", "revoked"),
                   reason_required=True, waits=True),
        Transition("revoke", ("registered", "change_pending"), "revoked", UPPER, "撤销登记", "Revoke", reason_required=True),
    ),
)  # fmt: skip
