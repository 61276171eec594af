"""Lives of inventions, transfers and share plans."""

from __future__ import annotations

from trihelix.engines.flow import Flow, State, Transition
from trihelix.registers.inventions.flow.common import OFFICE, UNIT, procedure

LIVE = ("registered", "available", "negotiating")

INVENTION = Flow(
    "invention", 1,
    (
        State("draft", "草稿", "Draft", "initial"),
        State("disclosed", "已披露", "Disclosed"),
        State("registered", "已登记", "Registered"),
        State("available", "可转化", "Available"),
        State("negotiating", "洽谈中", "Negotiating"),
        State("transferred", "已转化", "Transferred"),
        State("rights_given", "已赋权", "Rights given"),
        State("released", "单位放弃、归完成人", "Released to the inventors", "end"),
        State("abandoned", "已放弃", "Abandoned", "end"),
        State("written_off", "已核销", "Written off", "end"),
        State("closed", "已结束", "Closed", "end"),
        State("discarded", "已作废", "Discarded", "end"),
    ),
    (
        Transition("disclose", ("draft",), "disclosed", (*UNIT, "author"), "披露", "Disclose", waits=True),
        Transition("discard", ("draft",), "discarded", (*UNIT, "author"), "作废草稿", "Discard"),
        Transition("return", ("disclosed",), "draft", OFFICE, "退回补充", "Return", reason_required=True),
        Transition("claim", ("disclosed",), "registered", OFFICE, "认定为职务成果并登记", "Claim and register", clock="invention.claim"),
        Transition("release", ("disclosed", "registered", "available"), "released", OFFICE, "放弃权利归完成人", "Release to the inventors", reason_required=True),
        Transition("offer", ("registered", "transferred", "rights_given"), "available", OFFICE, "列入可转化目录", "Make available"),
        Transition("negotiate", ("available",), "negotiating", UNIT, "开始洽谈", "Start talks"),
        Transition("call_off", ("negotiating",), "available", UNIT, "结束洽谈", "End talks"),
        Transition("mark_transferred", ("registered", "available", "negotiating", "rights_given", "transferred"), "transferred", (*UNIT, "system"), "登记转化", "Mark transferred"),
        Transition("mark_rights", ("registered", "available", "negotiating", "transferred"), "rights_given", (*UNIT, "system"), "登记赋权", "Mark rights given"),
        Transition("abandon", ("registered", "available"), "abandoned", OFFICE, "放弃", "Abandon", reason_required=True),
        Transition("write_off", ("transferred",), "written_off", OFFICE, "核销", "Write off", reason_required=True),
        Transition("close", ("transferred", "rights_given"), "closed", OFFICE, "结束", "Close"),
    ),
)  # fmt: skip

TRANSFER = Flow(
    "transfer", 1,
    (
        State("draft", "草稿", "Draft", "initial"),
        State("signed", "已签约", "Signed"),
        State("performing", "履行中", "Performing"),
        State("done", "已完成", "Done", "end"),
        State("ended", "已终止", "Ended", "failed"),
        State("discarded", "已作废", "Discarded", "end"),
    ),
    (
        Transition("sign", ("draft",), "signed", UNIT, "登记签约", "Record signing", waits=True),
        Transition("discard", ("draft",), "discarded", UNIT, "作废草稿", "Discard"),
        Transition("receive", ("signed", "performing"), "performing", ("owner", "officer", "operator", "finance"), "登记到账", "Record a receipt"),
        Transition("finish", ("performing", "signed"), "done", UNIT, "完成", "Finish"),
        Transition("end", ("signed", "performing"), "ended", UNIT, "终止", "End", reason_required=True),
    ),
)  # fmt: skip

SHARE_PLAN = procedure(
    "share_plan",
    (State("effective", "已生效", "In force"), State("ended", "已由新方案取代", "Superseded", "end")),
    (
        Transition("take_effect", ("cleared",), "effective", OFFICE, "生效", "Take effect", waits=True),
        Transition("end", ("effective",), "ended", ("system", *OFFICE), "由新方案取代", "Superseded"),
    ),
    checked=False, asked="已听取完成人意见", asked_en="Inventors heard",
)  # fmt: skip
