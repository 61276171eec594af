"""Lives of patents, stock-taking rounds and forms, pushes, contracts, open licences, fees, valuations, products, centres, cases."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("officer", "operator")
OFFICE = ("owner:transfer_office", "owner:body_admin")
OWN = ("owner", *DESK)

PATENT = Flow(
    "patent", 1,
    (State("registered", "在册", "On the register", "initial"), State("archived", "已移出", "Archived", "end")),
    (
        Transition("archive", ("registered",), "archived", OWN, "移出", "Archive", reason_required=True),
        Transition("restore", ("archived",), "registered", DESK, "恢复", "Restore"),
    ),
)  # fmt: skip
ROUND = Flow(
    "stock_round", 1,
    (
        State("planned", "计划中", "Planned", "initial"), State("running", "进行中", "Running"), State("closed", "已结束", "Closed", "end"),
        State("dropped", "已取消", "Dropped", "failed"),
    ),
    (
        Transition("start", ("planned",), "running", OWN, "启动", "Start", waits=True),
        Transition("report", ("running",), "running", ("stock_body",), "报告本单位盘点完成", "Report own stock-taking complete", clock="stock.report"),
        Transition("close", ("running",), "closed", OWN, "结束", "Close"),
        Transition("drop", ("planned",), "dropped", OWN, "取消", "Drop", reason_required=True),
    ),
)  # fmt: skip
COLLEGE = Flow(
    "stock_college", 1,
    (State("active", "在用", "Active", "initial"), State("closed", "已停用", "Closed", "end")),
    (Transition("close", ("active",), "closed", OWN, "停用", "Close"),),
)  # fmt: skip

POOL = ("pool", "assessed", "tiered", "pushed", "contacted")
OUTCOMES = ("licensed", "transferred", "priced_in", "open_licensed", "own_use", "verification")
EXITS = ("lapsed", "invalidated", "withdrawn", "transferred_before")
STOCK = Flow(
    "stock_record", 1,
    (
        State("registered", "基础库", "Registered", "initial"), State("self_assessed", "已自评", "Self-assessed"), State("college_ok", "学院已审", "College approved"),
        State("pool", "可转化资源库", "In the pool"), State("assessed", "企业已评价", "Assessed by firms"), State("tiered", "已分层", "Tiered"), State("pushed", "已推送", "Pushed"),
        State("contacted", "已对接", "In contact"), State("licensed", "已许可", "Licensed"), State("transferred", "已转让", "Transferred"),
        State("priced_in", "作价入股", "Contributed as capital"), State("open_licensed", "开放许可", "Open licence"), State("own_use", "自行实施", "Own use"),
        State("verification", "概念验证或中试", "Proof of concept or pilot"), State("recorded", "已备案登记", "Recorded", "end"),
        State("lapsed", "专利权终止", "Lapsed", "failed"), State("invalidated", "已宣告无效", "Invalidated", "failed"), State("withdrawn", "移出资源库", "Withdrawn", "failed"),
        State("transferred_before", "此前已转化", "Transferred before", "failed"),
    ),
    (
        Transition("self_assess", ("registered",), "self_assessed", ("owner", "author", *DESK), "自评", "Self-assess", clock="stock.self"),
        Transition("college_approve", ("self_assessed",), "college_ok", ("college", *OFFICE, *DESK), "学院审核通过", "College approves", clock="stock.college"),
        Transition("university_approve", ("college_ok",), "pool", (*OFFICE, *DESK), "学校审核入库", "University approves", clock="stock.university"),
        Transition("return", ("self_assessed", "college_ok"), "registered", ("college", *OFFICE, *DESK), "退回修改", "Return", reason_required=True),
        Transition("assess", ("pool", "assessed"), "assessed", ("anyone",), "企业评价", "Assess as a firm"),
        Transition("assess", ("tiered",), "tiered", ("anyone",), "企业评价", "Assess as a firm"),
        Transition("assess", ("pushed",), "pushed", ("anyone",), "企业评价", "Assess as a firm"),
        Transition("assess", ("contacted",), "contacted", ("anyone",), "企业评价", "Assess as a firm"),
        Transition("tier", ("pool", "assessed"), "tiered", (*OFFICE, *DESK, "system"), "按规则分层", "Tier by rule", waits=True),
        Transition("push", ("tiered", "pushed"), "pushed", (*OFFICE, *DESK, "system"), "推送企业", "Push to firms"),
        Transition("contact", ("tiered", "pushed"), "contacted", ("owner", *DESK, "system"), "登记对接", "Record contact"),
        Transition("settle", (*POOL, "verification"), "licensed", ("owner", *DESK, "system"), "登记转化结果", "Record the outcome", targets=OUTCOMES),
        Transition("record", OUTCOMES, "recorded", ("owner", *DESK, "system"), "登记备案", "Record the recording", waits=True),
        Transition("exit", ("registered", "self_assessed", "college_ok", *POOL), "withdrawn", ("owner", *DESK, "system"), "退出盘点", "Leave", reason_required=True, targets=EXITS),
    ),
)  # fmt: skip
PUSH = Flow(
    "stock_push", 1,
    (
        State("sent", "待答复", "Waiting", "initial"), State("interested", "有意合作", "Interested", "end"), State("improve", "需改进", "Needs improving", "end"),
        State("declined", "不感兴趣", "Declined", "failed"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("answer", ("sent",), "interested", ("firm",), "答复", "Answer", clock="stock.answer", targets=("interested", "improve", "declined")),
        Transition("withdraw", ("sent",), "withdrawn", ("owner", *DESK, "system"), "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
DEAL = Flow(
    "patent_deal", 1,
    (
        State("signed", "已签订", "Signed", "initial"), State("effective", "已生效待备案", "Effective, not recorded"), State("recorded", "已备案登记", "Recorded"),
        State("ended", "已终止", "Ended", "end"), State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("take_effect", ("signed",), "effective", ("owner", "counterpart", *DESK), "登记生效", "Takes effect", waits=True),
        Transition("record", ("signed", "effective"), "recorded", OWN, "登记备案", "Recorded", clock="patent.record"),
        Transition("end", ("effective", "recorded"), "ended", OWN, "终止", "End", reason_required=True),
        Transition("void", ("signed",), "void", OWN, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
RECORDING = Flow(
    "patent_recording", 1,
    (State("recorded", "已备案", "Recorded", "initial"), State("void", "已撤销", "Cancelled", "failed")),
    (Transition("void", ("recorded",), "void", (*DESK, "system"), "撤销", "Cancel", reason_required=True),),
)  # fmt: skip
OPEN = Flow(
    "open_licence", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("filed", "已声明", "Filed"), State("announced", "已公告", "Announced"),
        State("withdrawn", "已撤回", "Withdrawn", "end"), State("ended", "已期满", "Ended", "end"), State("discarded", "已作废", "Discarded", "failed"),
    ),
    (
        Transition("file", ("draft",), "filed", OWN, "提交声明", "File", waits=True),
        Transition("announce", ("filed",), "announced", (*DESK, "owner"), "登记公告", "Announced", waits=True),
        Transition("accept", ("announced",), "announced", ("anyone",), "接受开放许可", "Accept"),
        Transition("withdraw", ("announced",), "withdrawn", OWN, "撤回声明", "Withdraw", reason_required=True),
        Transition("end", ("announced",), "ended", (*OWN, "system"), "期满", "End"),
        Transition("discard", ("draft", "filed"), "discarded", OWN, "作废", "Discard", reason_required=True),
    ),
)  # fmt: skip
FEE = Flow(
    "patent_fee", 1,
    (
        State("due", "待缴", "Due", "initial"), State("grace", "宽限期", "In grace"), State("paid", "已缴", "Paid", "end"),
        State("given_up", "不再维持", "Given up", "failed"), State("lapsed", "已终止", "Lapsed", "failed"),
    ),
    (
        Transition("pay", ("due", "grace"), "paid", OWN, "登记缴费", "Record payment", waits=True),
        Transition("give_up", ("due", "grace"), "given_up", OWN, "不再维持", "Give up", reason_required=True),
        Transition("late", ("due",), "grace", ("system", *DESK), "进入宽限期", "Into grace"),
        Transition("lapse", ("due", "grace"), "lapsed", ("system", *DESK), "未缴终止", "Lapse"),
        Transition("restore", ("lapsed",), "paid", OWN, "恢复权利", "Restore the right"),
    ),
)  # fmt: skip
VALUATION = Flow(
    "patent_valuation", 1,
    (State("draft", "草稿", "Draft", "initial"), State("final", "已出具", "Final", "end"), State("void", "已作废", "Void", "failed")),
    (
        Transition("finish", ("draft",), "final", OWN, "出具", "Finish", waits=True),
        Transition("void", ("draft",), "void", OWN, "作废", "Void", reason_required=True),
    ),
)  # fmt: skip
PRODUCT = Flow(
    "patent_product", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("submitted", "待核对", "Submitted"), State("filed", "已备案", "Filed"),
        State("recognised", "国家认定", "Recognised nationally"), State("not_renewed", "认定失效", "Recognition ended"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("submit", ("draft",), "submitted", OWN, "提交备案", "Submit", waits=True),
        Transition("return", ("submitted",), "draft", DESK, "退回补充", "Return", reason_required=True),
        Transition("file", ("submitted",), "filed", DESK, "登记备案", "File", clock="product.file"),
        Transition("recognise", ("filed", "recognised", "not_renewed"), "recognised", (*DESK, "system"), "登记认定结果", "Record recognition", targets=("recognised", "filed", "not_renewed")),
        Transition("update", ("filed",), "filed", OWN, "年度更新", "Yearly update"),
        Transition("update", ("recognised",), "recognised", OWN, "年度更新", "Yearly update"),
        Transition("update", ("not_renewed",), "not_renewed", OWN, "年度更新", "Yearly update"),
        Transition("withdraw", ("draft", "submitted", "filed", "not_renewed"), "withdrawn", OWN, "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
CENTRE = Flow(
    "cultivation_centre", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("applied", "已申请", "Applied"), State("recognised", "已认定", "Recognised"),
        State("refused", "未认定", "Refused", "failed"), State("removed", "已摘牌", "Removed", "end"),
    ),
    (
        Transition("apply", ("draft",), "applied", OWN, "申请", "Apply", waits=True),
        Transition("recognise", ("applied",), "recognised", DESK, "认定", "Recognise", clock="centre.check"),
        Transition("refuse", ("applied",), "refused", DESK, "不予认定", "Refuse", reason_required=True),
        Transition("evaluate", ("recognised",), "recognised", DESK, "登记评价", "Evaluate"),
        Transition("remove", ("recognised",), "removed", DESK, "摘牌", "Remove", reason_required=True),
    ),
)  # fmt: skip
CALL = Flow(
    "case_call", 1,
    (
        State("planned", "筹备", "Planned", "initial"), State("open", "征集中", "Open"), State("reviewing", "评审中", "Reviewing"),
        State("noticed", "公示中", "Under notice"), State("published", "已发布", "Published", "end"), State("dropped", "已取消", "Dropped", "failed"),
    ),
    (
        Transition("open", ("planned",), "open", OWN, "开始征集", "Open", waits=True),
        Transition("review", ("open",), "reviewing", OWN, "截止并评审", "Close and review", waits=True),
        Transition("rank", ("reviewing",), "noticed", OWN, "排名并公示", "Rank and give notice", waits=True),
        Transition("publish", ("noticed",), "published", OWN, "发布入选案例", "Publish", waits=True),
        Transition("reopen", ("noticed",), "reviewing", OWN, "重新评审", "Review again", reason_required=True),
        Transition("drop", ("planned", "open"), "dropped", OWN, "取消", "Drop", reason_required=True),
    ),
)  # fmt: skip
CASE = Flow(
    "patent_case", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("submitted", "待审核", "Submitted"), State("admitted", "已入围", "Admitted"),
        State("shortlisted", "拟入选", "Shortlisted"), State("selected", "已入选", "Selected", "end"),
        State("not_selected", "未入选", "Not selected", "failed"), State("refused", "未通过审核", "Refused", "failed"),
    ),
    (
        Transition("submit", ("draft",), "submitted", OWN, "提交", "Submit", waits=True),
        Transition("admit", ("submitted",), "admitted", DESK, "审核通过", "Admit", clock="case.check"),
        Transition("refuse", ("submitted",), "refused", DESK, "不通过", "Refuse", reason_required=True),
        Transition("score", ("admitted",), "admitted", ("reviewer", *DESK), "评分", "Score"),
        Transition("shortlist", ("admitted",), "shortlisted", ("system",), "拟入选", "Shortlist"),
        Transition("unlist", ("shortlisted",), "admitted", ("system",), "取消拟入选", "Take back"),
        Transition("select", ("shortlisted",), "selected", ("system",), "入选", "Select"),
        Transition("pass_over", ("admitted", "shortlisted"), "not_selected", ("system",), "未入选", "Pass over"),
    ),
)  # fmt: skip
