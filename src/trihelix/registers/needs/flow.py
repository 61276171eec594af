"""Life of a need, from draft to solved, with its failed ends as states that keep an owner and a next date."""

from trihelix.engines.flow import Flow, Guard, State, Transition

DESK = ("node", "officer", "operator")
LIVE = ("published", "matching", "talking")
ANONYMOUS = ("published", "matching", "expired")  # until talks begin
FAILED = ("unclear", "cross_field", "long_term", "no_supplier")

COMPLETE = Guard(
    "four_items", lambda f: not f.get("missing"), "技术需求须写明核心指标、资金投入、产权归属和研发时限四项后才能提交",
    clause="需求四项必填",
)  # fmt: skip
IN_TIME = Guard("deadline_ahead", lambda f: f.get("deadline") is None or f["deadline"] >= f["today"], "研发时限已过，请先修改时限")
CHECKED = Guard("duplicates_seen", lambda f: f.get("duplicates_ok", True), "发现相似需求，请逐条核对后注明“不重复”或并入已有需求")

FLOW = Flow(
    "need", 1,
    (
        State("draft", "草稿", "Draft", "initial"),
        State("submitted", "已提交", "Submitted"),
        State("refining", "凝练中", "Being refined"),
        State("published", "已发布", "Published"),
        State("matching", "对接中", "Matching"),
        State("talking", "洽谈中", "Talking"),
        State("contracted", "已签约", "Contracted"),
        State("solved", "已解决", "Solved", "end"),
        State("unclear", "需求不清", "Unclear", "failed"),
        State("cross_field", "跨领域待组合", "Cross-field", "failed"),
        State("long_term", "需长期研究", "Long-term", "failed"),
        State("no_supplier", "省内无供给", "No supplier in the province", "failed"),
        State("expired", "已到期", "Expired"),
        State("withdrawn", "已撤回", "Withdrawn", "end"),
        State("merged", "并入其他需求", "Merged", "end"),
        State("discarded", "已作废", "Discarded", "end"),
    ),
    (
        Transition("submit", ("draft", "unclear"), "submitted", ("owner", *DESK), "提交", "Submit", (COMPLETE, IN_TIME), waits=True),
        Transition("discard", ("draft",), "discarded", ("owner", *DESK), "作废草稿", "Discard"),
        Transition("accept", ("submitted",), "refining", DESK, "受理", "Accept", clock="need.accept"),
        Transition("return", ("submitted", "refining"), "draft", DESK, "退回补充", "Return", reason_required=True),
        Transition("publish", ("refining",), "published", DESK, "发布", "Publish", (COMPLETE, IN_TIME, CHECKED), clock="need.refine"),
        Transition("merge", ("submitted", "refining", *LIVE), "merged", DESK, "并入已有需求", "Merge into another need", reason_required=True),
        Transition("start_matching", ("published",), "matching", ("owner", *DESK, "system"), "开始对接", "Start matching"),
        Transition("start_talking", ("published", "matching"), "talking", ("owner", *DESK, "system"), "开始洽谈", "Start talking"),
        Transition("sign", ("published", "matching", "talking"), "contracted", (*DESK, "system"), "登记签约", "Contract signed"),
        Transition("solve", ("contracted", *LIVE), "solved", ("owner", *DESK, "system"), "确认解决", "Confirm solved", waits=False),
        Transition(
            "give_up", ("submitted", "refining", *LIVE), "unclear", DESK, "暂不能解决", "Not solvable now", targets=FAILED, reason_required=True
        ),
        Transition("reopen", FAILED, "refining", ("owner", *DESK), "重新启动", "Reopen", reason_required=True),
        Transition("expire", LIVE, "expired", ("system", *DESK), "到期", "Expire"),
        Transition("renew", ("expired", *LIVE), "published", ("owner", *DESK), "续期", "Renew", (IN_TIME,)),
        Transition("withdraw", ("submitted", "refining", *LIVE, "expired", *FAILED), "withdrawn", ("owner",), "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
