"""Sheets of the investment alliance, partners, introductions, clients and prospects."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options
from trihelix.registers.networks.sheets.alliances import DIVISIONS, FIELDS_COLUMN, of_network, own
from trihelix.registers.networks.sheets.institute import BOTH

ROUNDS = options(
    ("seed", "种子轮", "Seed"),
    ("angel", "天使轮", "Angel"),
    ("a", "A 轮", "Series A"),
    ("b", "B 轮", "Series B"),
    ("c", "C 轮及以后", "Series C and later"),
    ("other", "其他", "Other"),
)
ATTRIBUTION = options(
    ("activity", "由联盟活动促成", "Arose from an activity"), ("introduction", "由联盟引荐促成", "Arose from an introduction"), ("own", "成员自行完成", "The member's own"),
)  # fmt: skip
INCUBATION = options(
    ("space", "场地", "Space"), ("mentoring", "创业辅导", "Mentoring"), ("finance", "融资服务", "Finance"), ("technology", "技术服务", "Technology"), ("market", "市场拓展", "Market"),
    ("policy", "政策服务", "Policy"), ("other", "其他", "Other"),
)  # fmt: skip
PARTNERS = options(
    ("outside_institute", "省外院所高校", "Institute outside the province"), ("finance", "金融机构", "Finance"), ("consultant", "咨询服务机构", "Consultant"), ("chain_firm", "链上企业", "Chain firm"),
    ("central_firm", "中央企业", "Central firm"), ("association", "行业组织", "Association"), ("other", "其他", "Other"),
)  # fmt: skip
LINES = options(
    ("market", "科技大市场", "Technology market"), ("operation", "运营中心", "Operation centre"), ("platform", "创新平台", "Platform"), ("investor", "投资机构", "Investor"), ("network", "联盟", "Network"),
)  # fmt: skip
PROSPECTS = options(
    ("joint_fund", "企业联合基金", "Joint fund"), ("central_firm", "央企合作", "Central firm"), ("investor", "投资机构", "Investor"), ("project", "重大项目", "Project"),
)  # fmt: skip
FIRM_NAME = Column("firm_name", "text", "未登记的企业名称", "Firm by name")
PAYMENT = (
    Column("paid_wan", "money_wan", "出资金额", "Amount", unit="万元", required=True, example="500"), Column("paid_on", "date", "出资日期", "Paid on", required=True, example="2024-06-30"),
    Column("voucher", "text", "凭证号", "Voucher"),
)  # fmt: skip
LANDED = Column("landed_on", "date", "落地日期", "Landed on", required=True)
TALK = (Column("talked_on", "date", "洽谈日期", "On", required=True), Column("note", "text", "情况", "Note", required=True))

DEAL = Sheet(
    "alliance_deals",
    (
        *own("TM-001"), Column("owner", "ref", "出资成员", "Member"), of_network(), Column("fund", "ref", "基金", "Fund"), Column("target", "ref", "被投企业", "Firm"), Column("target_name", "text", "被投企业名称", "Firm by name"),
        FIELDS_COLUMN, Column("result", "ref", "对应成果", "Result"), Column("round", "choice", "轮次", "Round", choices=ROUNDS), Column("committed_wan", "money_wan", "签约金额", "Committed", unit="万元"),
        Column("signed_on", "date", "签约日期", "Signed on"), Column("closed_on", "date", "完成日期", "Closed on"), Column("attribution", "choice", "归因", "Attribution", required=True, choices=ATTRIBUTION, example="own"),
        Column("activity", "ref", "促成的活动", "Activity"), Column("introduction", "ref", "促成的引荐", "Introduction"), Column("attribution_note", "longtext", "归因说明", "Why attributed"), *SYSTEM,
    ),
)  # fmt: skip
DEAL_PAYMENT = Sheet(
    "alliance_payments",
    (*own("CZ-001", "事项", "Subject"), Column("owner", "ref", "出资成员", "Member"), Column("deal", "ref", "投资项目", "Deal", required=True), *PAYMENT, *SYSTEM),
)  # fmt: skip
ATTRACTED = Sheet(
    "attracted_firms",
    (
        *own("YR-001"), Column("owner", "ref", "引入单位", "Body"), of_network(), Column("firm", "ref", "企业", "Firm"), FIRM_NAME, Column("from_place", "text", "来自", "From"),
        Column("division", "choice", "落地市州", "City", choices=DIVISIONS), Column("deal", "ref", "投资项目", "Deal"), Column("agreed_on", "date", "签约日期", "Agreed on"),
        Column("landed_on", "date", "落地日期", "Landed on"), Column("investment_wan", "money_wan", "计划投资", "Planned investment", unit="万元"), *SYSTEM,
    ),
)  # fmt: skip
INCUBATED = Sheet(
    "incubations",
    (
        *own("FH-001"), Column("owner", "ref", "服务单位", "Body"), *BOTH, Column("firm", "ref", "企业", "Firm"), FIRM_NAME, Column("kind", "choice", "服务", "Service", required=True, choices=INCUBATION, example="mentoring"),
        Column("starts_on", "date", "开始日期", "From", required=True), Column("ends_on", "date", "结束日期", "To"), Column("result", "longtext", "成效", "Result"), *SYSTEM,
    ),
)  # fmt: skip
PARTNER = Sheet(
    "partners",
    (
        *own("HZ-001"), Column("owner", "ref", "登记单位", "Body"), Column("kind", "choice", "类别", "Kind", required=True, choices=PARTNERS, example="outside_institute"), Column("body", "ref", "对应单位", "Registered body"),
        Column("place", "text", "所在地", "Place"), FIELDS_COLUMN, Column("offers", "longtext", "可提供", "Offers"), Column("looks_for", "longtext", "所寻求", "Looks for"),
        Column("contact", "text", "联系人", "Contact"), Column("phone", "text", "电话", "Telephone"), Column("email", "text", "邮箱", "Mail"), *SYSTEM,
    ),
)  # fmt: skip
INTRODUCTION = Sheet(
    "introductions",
    (
        *own("YJ-001"), Column("owner", "ref", "被引荐单位", "Body introduced"), Column("partner", "ref", "引荐的合作方", "Partner", required=True), of_network(False), Column("by_body", "ref", "引荐单位", "Introduced by"),
        Column("need", "ref", "需求", "Need"), Column("result", "ref", "成果", "Result"), Column("topic", "longtext", "事由", "Topic", required=True), Column("asked_on", "date", "提出日期", "Asked on"),
        Column("met_on", "date", "会面日期", "Met on"), Column("people", "text", "参加人", "People"), Column("answer", "longtext", "答复", "Answer"), Column("outcome", "longtext", "结果", "Outcome"),
        Column("next_on", "date", "下次跟进", "Next on"), Column("contract", "ref", "技术合同", "Contract"), *SYSTEM,
    ),
)  # fmt: skip
CLIENT = Sheet(
    "clients",
    (
        *own("KH-001"), Column("owner", "ref", "客户单位", "Client"), Column("profile", "longtext", "客户画像", "Profile"), Column("tags", "list", "标签", "Tags"),
        Column("consent_on", "date", "同意共享日期", "Consent to sharing"), Column("since", "date", "建档日期", "Since"), *SYSTEM,
    ),
)  # fmt: skip
CONTACT = Sheet(
    "client_contacts",
    (
        *own("LX-001", "主题", "Subject"), Column("owner", "ref", "联系机构", "Institution"), Column("client", "ref", "客户", "Client", required=True), Column("line", "choice", "条线", "Line", required=True, choices=LINES, example="market"),
        Column("contacted_on", "date", "联系日期", "On", required=True), Column("subject", "longtext", "内容", "What", required=True), Column("asked", "longtext", "客户所需", "What is wanted"),
        Column("refer_to", "ref", "转介给", "Referred to"), Column("follow_up_on", "date", "跟进日期", "Follow up on"), Column("outcome", "longtext", "结果", "Outcome"), *SYSTEM,
    ),
)  # fmt: skip
PROSPECT = Sheet(
    "prospects",
    (
        *own("CB-001"), Column("owner", "ref", "牵头单位", "Body"), Column("kind", "choice", "类别", "Kind", required=True, choices=PROSPECTS, example="joint_fund"), Column("counterpart", "ref", "对方单位", "Counterpart"),
        Column("counterpart_name", "text", "对方名称", "Counterpart by name"), FIELDS_COLUMN, Column("expected_wan", "money_wan", "预期金额", "Expected", unit="万元"), Column("stage_note", "longtext", "进展", "Stage"),
        Column("next_step", "text", "下一步", "Next step"), Column("next_on", "date", "下一步日期", "Next on"), Column("talks", "rows", "洽谈记录", "Talks", rows=TALK),
        Column("agreed_wan", "money_wan", "达成金额", "Agreed", unit="万元"), Column("agreed_on", "date", "达成日期", "Agreed on"), Column("agreement", "text", "协议", "Agreement"), *SYSTEM,
    ),
)  # fmt: skip
