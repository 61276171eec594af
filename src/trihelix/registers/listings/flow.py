"""Life of a lot: decided, on notice or listed, closed, opened, first refusal, awarded, contracted, settled, certified."""

from trihelix.engines.flow import Flow, Guard, State, Transition

UNIT = ("owner", "node", "officer", "operator")
OFFICE = ("owner:transfer_office", "owner:body_admin", "officer", "operator")
DESK = ("node", "officer", "operator")
KEEPER = ("keeper",)

PUBLIC_WAY = Guard("public_way", lambda f: f["way"] != "agreement", "协议定价由单位公示，不报市场挂牌")
AGREED_WAY = Guard("agreed_way", lambda f: f["way"] == "agreement", "挂牌、拍卖、招标由市场发布，不走协议公示")

LISTING = Flow(
    "listing", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("decided", "已集体决策", "Decided"), State("submitted", "已报市场", "Submitted"),
        State("listed", "公示或挂牌中", "Listed"), State("suspended", "因异议中止", "Suspended"), State("closed", "已截止", "Closed"), State("opened", "已开标", "Opened"),
        State("first_refusal", "征询优先受让权", "First refusal"), State("ready", "可成交", "Ready to award"), State("awarded", "已成交", "Awarded"),
        State("contracted", "已签约", "Contracted"), State("settled", "已结算", "Settled"), State("certified", "已出具凭证", "Certified", "end"),
        State("withdrawn", "已撤回", "Withdrawn", "end"), State("failed", "未成交", "Failed", "failed"), State("defaulted", "违约", "Default", "failed"),
    ),
    (
        Transition("decide", ("draft",), "decided", OFFICE, "集体决策", "Decide", waits=True),
        Transition("reopen", ("decided", "submitted", "closed"), "draft", OFFICE, "修改后重新决策", "Change and decide again", reason_required=True),
        Transition("submit", ("decided",), "submitted", OFFICE, "报市场挂牌", "Send to the market", guards=(PUBLIC_WAY,), waits=True),
        Transition("return", ("submitted",), "decided", DESK, "退回补充", "Return", reason_required=True),
        Transition("publish", ("submitted",), "listed", DESK, "发布挂牌", "Publish", clock="listing.check"),
        Transition("announce", ("decided",), "listed", OFFICE, "公示协议价格", "Announce the agreed price", guards=(AGREED_WAY,), waits=True),
        Transition("announce", ("listed",), "listed", OFFICE, "公示协议价格", "Announce the agreed price", guards=(AGREED_WAY,)),  # again; nobody's task
        Transition("object", ("listed", "closed", "opened", "first_refusal", "ready"), "suspended", ("anyone",), "提出异议", "Object", reason_required=True),
        Transition("resolve", ("suspended",), "listed", (*OFFICE, "node"), "处理异议", "Resolve", targets=("listed", "closed", "opened", "first_refusal", "ready", "decided"), reason_required=True, waits=True),
        Transition("close", ("listed",), "closed", (*DESK, *OFFICE, "system"), "截止", "Close", guards=(PUBLIC_WAY,)),
        Transition("extend", ("closed",), "listed", DESK, "延长挂牌", "Extend", reason_required=True),
        Transition("open_bids", ("closed",), "opened", KEEPER, "开标", "Open the bids", waits=True),
        Transition("open_early", ("listed",), "opened", KEEPER, "提前开标", "Open early", reason_required=True),
        Transition("propose", ("closed", "opened", "listed"), "first_refusal", (*OFFICE, "node"), "拟定成交", "Propose the award", targets=("first_refusal", "ready"), waits=True),
        Transition("clear_refusal", ("first_refusal",), "ready", OFFICE, "优先受让权已答复", "First refusal answered", waits=True),
        Transition("award", ("ready",), "awarded", OFFICE, "成交", "Award", waits=True),
        Transition("contract", ("awarded",), "contracted", OFFICE, "登记签约", "Record the contract", waits=True),
        Transition("default", ("awarded", "contracted"), "defaulted", (*OFFICE, "node"), "认定违约", "Default", reason_required=True),
        Transition("settle", ("contracted",), "settled", (*OFFICE, "node"), "确认结算", "Settled", waits=True),
        Transition("certify", ("settled",), "certified", DESK, "出具交易凭证", "Issue the certificate", waits=True),
        Transition("withdraw", ("draft", "decided", "submitted", "listed", "closed"), "withdrawn", OFFICE, "撤回", "Withdraw", reason_required=True),
        Transition("fail", ("closed", "opened", "first_refusal", "ready"), "failed", (*OFFICE, "node"), "未成交结束", "End without award", reason_required=True),
    ),
)  # fmt: skip
