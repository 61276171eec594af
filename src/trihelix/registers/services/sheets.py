"""Sheets of the services registers."""

from trihelix.engines.shares import load_share_book
from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel import book
from trihelix.kernel.columns import SYSTEM, code_choices, options
from trihelix.registers.parties.sheets import BODY_KINDS, SERVICES

KINDS = {**SERVICES, **options(("matching", "供需对接", "Matching"), ("other", "其他", "Other"))}
CHANNELS = options(
    ("window", "窗口", "Desk"), ("phone", "电话", "Telephone"), ("online", "线上", "On-line"), ("visit", "上门", "Visit"), ("event", "活动", "Event"),
)  # fmt: skip
CLIENT_KINDS = {**BODY_KINDS, **options(("person", "个人", "Person"), ("other", "其他", "Other"))}
PRICING = options(("free", "免费", "Free"), ("fixed", "明码标价", "Fixed price"), ("negotiable", "面议", "Negotiable"))
OUTCOMES = options(
    ("answered", "已答复", "Answered"), ("introduced", "已引荐对接", "Introduced"), ("intent", "达成意向", "Letter of intent"), ("signed", "已签约", "Contract signed"),
    ("referred", "转其他机构", "Referred"), ("unsolved", "未解决", "Unsolved"),
)  # fmt: skip
OWNER_KINDS = options(
    ("education", "教育部门产学研服务中心", "Education department's industry service centre"), ("science", "科技部门", "Science and technology department"),
    ("institute", "科技创新研究院", "Research institute"), ("market", "技术市场", "Technology market"), ("other", "其他", "Other"),
)  # fmt: skip
WAYS = options(
    ("on_site", "实地", "On site"), ("phone", "电话", "Telephone"), ("online", "线上", "On-line"), ("form", "问卷", "Questionnaire")
)
FOUR_KINDS = options(
    ("development", "技术开发", "Development"), ("service", "技术服务", "Service"), ("consulting", "技术咨询", "Consulting"), ("training", "人员培训", "Training"),
)  # fmt: skip
PROVIDERS = options(
    ("university", "高校", "University"), ("joint_laboratory", "校企联合实验室", "Joint laboratory"), ("institute", "科研院所", "Institute")
)
GRADES = options(
    ("junior", "初级（技术经纪人）", "Junior (technology broker)"), ("intermediate", "中级（技术经理人）", "Intermediate (technology manager)"),
    ("senior", "高级（技术经理人）", "Senior (technology manager)"),
)  # fmt: skip
MANDATES = options(
    ("buyer", "受买方委托", "For the buyer"), ("seller", "受卖方委托", "For the seller"), ("both", "受双方委托", "For both sides")
)
CAPS = options(("case", "单笔上限", "Cap a case"), ("year", "年度上限", "Cap a year"))
ACKS = options(("accepted", "已接收", "Accepted"), ("rejected", "已退回", "Rejected"), ("pending", "处理中", "Pending"))


def commission_rules() -> dict[str, tuple[str, str]]:
    """The commission rules of the book: id → name."""
    return {k: (r.name, r.id) for k, r in load_share_book(book.current().path).commissions.items()}


def _own(example: str) -> tuple[Column, ...]:
    return (Column("ref", "text", "外部编号", "External key", example=example), Column("title", "text", "名称", "Title", required=True))


BODY = Column("owner", "ref", "填报单位", "Body")
NODE = Column("node", "ref", "站点", "Node", required=True, example="JL-2201")
DIVISIONS = code_choices("divisions")
OFFERS = Sheet(
    "service_offers",
    (
        *_own("FM-001"), NODE, Column("owner", "ref", "提供单位", "Provider", help="留空为站点运营单位"),
        Column("kind", "choice", "服务类别", "Kind", required=True, choices=SERVICES, example="evaluation"),
        Column("audience", "list", "服务对象", "For whom", choices=CLIENT_KINDS), Column("pricing", "choice", "收费方式", "Pricing", choices=PRICING, example="free"),
        Column("price_yuan", "money_yuan", "价格", "Price", unit="元"), Column("price_text", "text", "收费说明", "Price note"),
        Column("promise_days", "integer", "承诺时限", "Promised within", unit="个工作日", required=True, example=5),
        Column("description", "longtext", "服务内容", "What is done"), Column("papers", "list", "所需材料", "Papers to bring"),
        Column("hours", "text", "办理时间", "Opening hours"), Column("phone", "text", "电话", "Telephone"),
        Column("valid_from", "date", "起始日期", "From"), Column("valid_to", "date", "截止日期", "To"), *SYSTEM,
    ),
)  # fmt: skip
REQUESTS = Sheet(
    "service_requests",
    (
        *_own("FQ-001"), Column("owner", "ref", "申请单位", "Client"), Column("offer", "ref", "服务项目", "Offer"),
        Column("node", "ref", "站点", "Node"), Column("kind", "choice", "服务类别", "Kind", choices=KINDS),
        Column("wanted", "longtext", "申请内容", "What is wanted", required=True), Column("need", "ref", "相关需求", "Need"), Column("result", "ref", "相关成果", "Result"),
        Column("contact_name", "text", "联系人", "Contact"), Column("contact_phone", "text", "联系电话", "Contact telephone"),
        Column("asked_on", "date", "申请日期", "Asked on"), Column("due_on", "date", "承诺办结日期", "Promised by"), Column("closed_on", "date", "办结日期", "Closed on"), *SYSTEM,
    ),
)  # fmt: skip
SERVICE = Sheet(
    "services",
    (
        *_own("FW-2024-001"), Column("owner", "ref", "服务单位", "Serving body", help="留空为站点自身"),
        Column("kind", "choice", "服务类别", "Kind", required=True, choices=KINDS, example="matching"),
        Column("channel", "choice", "渠道", "Channel", choices=CHANNELS, example="window"), Column("organiser", "ref", "组织站点", "Organising node", example="JL"),
        Column("client_kind", "choice", "客户类型", "Client kind", required=True, choices=CLIENT_KINDS, example="firm"),
        Column("client", "ref", "客户", "Client", help="已登记单位填编号、信用代码或全称"), Column("client_name", "text", "客户名称", "Client name", help="未登记的客户填写"),
        Column("client_code", "code", "客户统一社会信用代码", "Client credit code"),
        Column("request", "ref", "服务申请", "Request"), Column("need", "ref", "相关需求", "Need"), Column("result", "ref", "相关成果", "Result"), Column("event", "ref", "所属活动", "Event"),
        Column("served_on", "date", "服务日期", "Date", required=True, example="2024-06-18"), Column("persons", "integer", "服务人数", "Persons", unit="人"),
        Column("outcome", "choice", "结果", "Outcome", choices=OUTCOMES, example="introduced"), Column("outcome_text", "longtext", "结果说明", "Outcome in words"),
        Column("follow_up", "longtext", "后续跟进", "Follow-up"), Column("follow_up_on", "date", "下次跟进日期", "Next date"),
        Column("evidence", "longtext", "佐证", "Evidence"), Column("price_yuan", "money_yuan", "收费", "Price", unit="元"),
        Column("confirmed_on", "date", "客户确认日期", "Confirmed on"), Column("satisfaction", "integer", "满意度", "Satisfaction", help="1—5，由客户评价"),
        Column("comment", "longtext", "客户评语", "Client's comment"), *SYSTEM,
    ),
)  # fmt: skip
CAMPAIGNS = Sheet(
    "visit_campaigns",
    (
        *_own("ZFP-2024-01"), Column("owner", "ref", "组织单位", "Owner"),
        Column("owner_kind", "choice", "组织单位类别", "Owner kind", required=True, choices=OWNER_KINDS, example="education"),
        Column("purpose", "longtext", "目的", "Purpose"), Column("division", "choice", "地区", "Place", choices=DIVISIONS),
        Column("starts_on", "date", "开始日期", "Starts on", required=True, example="2024-03-01"), Column("ends_on", "date", "结束日期", "Ends on"),
        Column("firms", "list", "计划走访企业", "Firms planned"), Column("summary", "longtext", "总结", "Summary"), *SYSTEM,
    ),
)  # fmt: skip
VISITS = Sheet(
    "visits",
    (
        *_own("ZF-2024-001"), Column("owner", "ref", "走访单位", "Visiting body"), Column("campaign", "ref", "走访批次", "Campaign"),
        Column("firm", "ref", "企业", "Firm", required=True), Column("visited_on", "date", "走访日期", "Date", required=True, example="2024-04-12"),
        Column("way", "choice", "方式", "Way", choices=WAYS, example="on_site"), Column("visitors", "text", "走访人员", "Visitors"), Column("met", "text", "接待人员", "People met"),
        Column("findings", "longtext", "情况", "Findings"), Column("problems", "list", "困难", "Problems"), Column("needs", "list", "提出的需求", "Needs raised"),
        Column("follow_up", "longtext", "后续跟进", "Follow-up"), Column("follow_up_on", "date", "下次跟进日期", "Next date"), *SYSTEM,
    ),
)  # fmt: skip
RESEARCHER_SERVICES = Sheet(
    "researcher_services",
    (
        *_own("KF-2024-001"), Column("owner", "ref", "高校或院所", "University or institute"),
        Column("kind", "choice", "服务类型", "Kind", required=True, choices=FOUR_KINDS, example="consulting"),
        Column("provider_kind", "choice", "提供方", "Provider", required=True, choices=PROVIDERS, example="university"), Column("laboratory", "ref", "联合实验室", "Joint laboratory", help="平台的编号、外部编号或名称；未登记的名称导入时记入下一栏"),
        Column("laboratory_name", "text", "联合实验室名称（未登记）", "Joint laboratory, not on the register"),
        Column("researcher", "ref", "科研人员", "Researcher"), Column("team", "text", "参与人员", "Team"), Column("firm", "ref", "企业", "Firm", required=True),
        Column("contract", "ref", "技术合同", "Contract"), Column("started_on", "date", "开始日期", "Started on", required=True), Column("ended_on", "date", "结束日期", "Ended on"),
        Column("content", "longtext", "服务内容", "Content"), Column("persons", "integer", "受益人数", "Persons", unit="人"), Column("hours", "decimal", "学时或工时", "Hours"),
        Column("amount_wan", "money_wan", "合同或服务金额", "Amount", unit="万元"), Column("outcome", "longtext", "成效", "Outcome"),
        Column("confirmed_on", "date", "企业确认日期", "Confirmed on"), Column("satisfaction", "integer", "满意度", "Satisfaction"), *SYSTEM,
    ),
)  # fmt: skip
BROKERS = Sheet(
    "brokers",
    (
        *_own("JR-001"), Column("owner", "ref", "所在单位", "Body"), Column("kind", "choice", "类型", "Kind", choices=options(("person", "个人", "Person"), ("firm", "机构", "Firm"))),
        Column("person", "ref", "人员", "Person"), Column("grade", "choice", "级别", "Grade", choices=GRADES), Column("certificate_no", "text", "证书编号", "Certificate"),
        Column("graded_on", "date", "评定日期", "Graded on"), Column("valid_to", "date", "有效期止", "Valid to"), Column("division", "choice", "所在地", "Place", choices=DIVISIONS),
        Column("fields", "list", "领域", "Fields", choices=code_choices("fields")),
        Column("training", "rows", "培训经历", "Training", rows=(
            Column("course", "text", "课程", "Course", required=True), Column("hours", "integer", "学时", "Hours"), Column("passed_on", "text", "结业日期", "Passed on"),
        )),
        Column("alliance", "boolean", "联盟成员", "Alliance member"), Column("joined_on", "date", "入盟日期", "Joined on"), Column("left_on", "date", "退盟日期", "Left on"),
        Column("phone", "text", "电话", "Telephone"), Column("email", "text", "邮箱", "Mail"), Column("introduction", "longtext", "简介", "Introduction"), *SYSTEM,
    ),
)  # fmt: skip
BROKERAGES = Sheet(
    "brokerages",
    (
        *_own("JJ-001"), Column("owner", "ref", "经纪单位", "Broker's body"), Column("broker", "ref", "技术经理人", "Broker", required=True),
        Column("mandate", "choice", "委托关系", "Mandate", required=True, choices=MANDATES, example="seller"), Column("disclosed", "boolean", "已向双方披露双重受托", "Double mandate disclosed"),
        Column("buyer", "ref", "买方", "Buyer", required=True), Column("seller", "ref", "卖方", "Seller", required=True), Column("need", "ref", "需求", "Need"), Column("result", "ref", "成果", "Result"),
        Column("match", "ref", "对接", "Match"), Column("deal", "ref", "交易", "Deal"), Column("contract", "ref", "技术合同", "Contract"),
        Column("opened_on", "date", "受托日期", "Opened on", required=True), Column("rule", "choice", "佣金规则", "Commission rule", choices=commission_rules(), help="用规则，或写明自定费率"),
        Column("rate_percent", "decimal", "自定费率", "Own rate", unit="%"), Column("case_cap_wan", "money_wan", "单笔上限", "Cap a case", unit="万元"),
        Column("year_cap_wan", "money_wan", "年度上限", "Cap a year", unit="万元"), Column("buyer_share_percent", "decimal", "买方承担比例", "Buyer's part", unit="%", help="双方委托时；留空各半"),
        Column("base_wan", "money_wan", "佣金基数", "Base", unit="万元"), Column("commission_wan", "money_wan", "佣金", "Commission", unit="万元"),
        Column("capped_by", "choice", "触及上限", "Cap that bit", choices=CAPS), Column("settled_on", "date", "核定日期", "Settled on"), Column("paid_on", "date", "支付日期", "Paid on"),
        Column("note", "longtext", "说明", "Note"), *SYSTEM,
    ),
)  # fmt: skip
ACK = Sheet(
    "exchange_acks",
    (
        *_own("ACK-000001"), Column("peer", "text", "对方节点", "Partner", required=True, example="national"), Column("seq", "integer", "变更序号", "Change number", required=True, example=1),
        Column("status", "choice", "处理结果", "Answer", required=True, choices=ACKS, example="accepted"), Column("remote_id", "text", "对方标识", "Partner's identifier"),
        Column("message", "longtext", "说明", "Message"), *SYSTEM,
    ),
)  # fmt: skip
