"""Sheets of the programme registers."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options

REF = Column("ref", "text", "外部编号", "External key")
TITLE = Column("title", "text", "名称", "Title", required=True)
OWNER = Column("owner", "ref", "单位", "Body", required=True)
SCHEME = Column("scheme", "text", "计划类别", "Scheme", required=True, example="plan-project", help="规则书中计划的标识")
VERSION = Column("scheme_version", "text", "规则版本", "Rule version", help="留空则取当日有效版本")
CLASS = Column("class_id", "text", "类别", "Class")
VARIANT = Column("variant", "text", "变体", "Variant", help="如 military_order 军令状")
BANDS = options(("now", "当前", "Now"), ("2-3", "2—3 年", "2–3 years"), ("3-5", "3—5 年", "3–5 years"))
OWNERSHIP = options(
    ("demand", "归需求方", "Demand party"),
    ("supply", "归揭榜方", "Taker"),
    ("shared", "双方共有", "Shared"),
    ("negotiable", "面议", "Negotiable"),
)
INDICATOR = (
    Column("name", "text", "指标名称", "Indicator", required=True), Column("target", "text", "目标值", "Target", required=True),
    Column("unit", "text", "单位", "Unit"), Column("method", "text", "检测方法", "Test method"),
)  # fmt: skip
KINDS = options(("place", "省地", "With localities"), ("firm", "省企", "With firms"), ("university", "省校", "With universities"))

CALLS = Sheet("calls", (
    REF, TITLE, Column("owner", "ref", "发布单位", "Issuer"), SCHEME, VERSION, Column("year", "integer", "年度", "Year", required=True), Column("batch", "integer", "批次", "Batch"),
    Column("text", "longtext", "通知正文", "Text"), Column("contact", "text", "联系方式", "Contact"), Column("opens_on", "date", "开始日期", "Opens"),
    Column("closes_on", "date", "截止日期", "Closes"), Column("unit_closes_on", "date", "单位截止日期", "Unit deadline"), Column("planned_count", "integer", "计划立项数", "Planned count"),
    Column("planned_wan", "money_wan", "计划资金", "Planned money", unit="万元"), Column("line", "ref", "资金科目", "Budget line"), Column("agreement", "ref", "联合基金协议", "Agreement"),
    Column("quota", "integer", "单位限报数", "Quota a unit"), *SYSTEM,
))  # fmt: skip
TOPICS = Sheet("topics", (
    REF, TITLE, OWNER, Column("call", "ref", "征集通知", "Call"), Column("text", "longtext", "建议内容", "Text", required=True), Column("band", "choice", "时间段", "Band", choices=BANDS),
    Column("trend", "longtext", "技术趋势", "Trend"), Column("product", "longtext", "战略产品", "Strategic product"), Column("technology", "longtext", "关键技术", "Key technology"),
    Column("need", "ref", "对应需求", "Need"), *SYSTEM,
))  # fmt: skip
BOARDS = Sheet("boards", (
    REF, TITLE, OWNER, Column("call", "ref", "征集通知", "Call"), Column("need", "ref", "企业需求", "Need"), Column("scheme", "text", "计划类别", "Scheme"), VERSION,
    Column("problem", "longtext", "技术问题", "Problem", required=True), Column("indicators", "rows", "核心指标", "Core indicators", required=True, rows=INDICATOR),
    Column("amount_wan", "money_wan", "需求方投入", "Money of the demand party", unit="万元", required=True), Column("ownership", "choice", "产权归属", "Ownership", choices=OWNERSHIP, required=True),
    Column("deadline", "date", "研发时限", "Deadline", required=True), Column("conditions", "longtext", "对揭榜方的要求", "Conditions"), Column("tried", "longtext", "已做过的尝试", "Tried"),
    VARIANT, Column("batch", "integer", "批次", "Batch"), Column("closes_on", "date", "揭榜截止日期", "Closes"), *SYSTEM,
))  # fmt: skip
APPLICATIONS = Sheet("applications", (
    REF, TITLE, OWNER, Column("call", "ref", "申报通知", "Call", required=True), CLASS, VARIANT, Column("board", "ref", "榜单", "Board"), Column("need", "ref", "企业需求", "Need"),
    Column("leader", "ref", "项目负责人", "Leader"), Column("leader_name", "text", "负责人姓名", "Leader's name"), Column("demand", "ref", "需求方", "Demand party"),
    Column("provider", "ref", "服务方", "Provider"), Column("recommender", "ref", "推荐单位", "Recommending unit"), Column("partners", "list", "合作单位", "Partners"), *SYSTEM,
))  # fmt: skip
PROJECTS = Sheet("projects", (
    REF, TITLE, OWNER, SCHEME, VERSION, CLASS, VARIANT, Column("year", "integer", "年度", "Year"), Column("batch", "integer", "批次", "Batch"), Column("leader", "ref", "负责人", "Leader"),
    Column("leader_name", "text", "负责人姓名", "Leader's name"), Column("payee", "ref", "收款方", "Payee"), Column("demand", "ref", "需求方", "Demand party"), Column("taker", "ref", "揭榜方", "Taker"),
    Column("approved_wan", "money_wan", "批准资金", "Approved", unit="万元"), Column("allotted_wan", "money_wan", "下达资金", "Allotted", unit="万元"), Column("paid_wan", "money_wan", "支付资金", "Paid", unit="万元"),
    Column("partner_wan", "money_wan", "其中联合方", "Of which the partner", unit="万元"), Column("match_committed_wan", "money_wan", "匹配资金承诺", "Match committed", unit="万元"),
    Column("match_paid_wan", "money_wan", "匹配资金到位", "Match paid", unit="万元"), Column("approved_on", "date", "立项日期", "Approved on"), Column("starts_on", "date", "开始日期", "Starts"),
    Column("due_on", "date", "到期日期", "Due"), Column("contract_number", "text", "技术合同编号", "Contract"), Column("grade", "text", "等级", "Grade"), Column("valid_to", "date", "有效期至", "Valid to"),
    Column("filed_on", "date", "备案日期", "Filed on"), *SYSTEM,
))  # fmt: skip
LINES = Sheet("budget_lines", (
    REF, TITLE, Column("owner", "ref", "管理单位", "Keeper"), Column("parent", "ref", "上级", "Parent"), Column("kind", "choice", "层级", "Kind", required=True, choices=options(("fund", "资金", "Fund"), ("line", "科目", "Line"))),
    Column("year", "integer", "年度", "Year", required=True), Column("amount_wan", "money_wan", "预算", "Budget", unit="万元", required=True), Column("agreement", "ref", "联合基金协议", "Agreement"), Column("note", "text", "说明", "Note"), *SYSTEM,
))  # fmt: skip
AGREEMENTS = Sheet("fund_agreements", (
    REF, TITLE, Column("owner", "ref", "管理单位", "Keeper"), Column("partner", "ref", "联合出资方", "Partner", required=True), Column("kind", "choice", "类型", "Kind", required=True, choices=KINDS),
    Column("signed_on", "date", "签署日期", "Signed"), Column("starts_on", "date", "起始", "Starts", required=True), Column("ends_on", "date", "结束", "Ends", required=True),
    Column("yearly_province_wan", "money_wan", "省级每年出资", "Province a year", unit="万元", required=True), Column("yearly_partner_wan", "money_wan", "联合方每年出资", "Partner a year", unit="万元", required=True),
    Column("fields", "list", "领域", "Fields"), Column("ip_terms", "longtext", "知识产权约定", "IP terms"), Column("guide_rights", "longtext", "指南制定权", "Guide rights"), Column("exit_terms", "longtext", "退出约定", "Exit"), *SYSTEM,
))  # fmt: skip
PAYMENTS = Sheet("payments", (
    REF, TITLE, Column("owner", "ref", "收款单位", "Payee body"), Column("project", "ref", "项目", "Project", required=True), Column("tranche", "integer", "期次", "Tranche", required=True), Column("line", "ref", "资金科目", "Line"), Column("payee", "ref", "收款方", "Payee"),
    Column("account_name", "text", "户名", "Account name", required=True), Column("bank_name", "text", "开户行", "Bank", required=True), Column("bank_account", "text", "账号", "Account", required=True),
    Column("amount_wan", "money_wan", "金额", "Amount", unit="万元"), *SYSTEM,
))  # fmt: skip
CHANGES = Sheet("project_changes", (
    REF, TITLE, Column("owner", "ref", "承担单位", "Body"), Column("project", "ref", "项目", "Project", required=True), Column("kind", "text", "变更类型", "Kind", required=True), Column("reason_text", "longtext", "理由", "Reason", required=True),
    Column("months", "integer", "延期月数", "Months"), Column("leader", "ref", "新负责人", "New leader"), Column("new_text", "longtext", "变更内容", "New text"), Column("document", "text", "依据文件", "Document"), *SYSTEM,
))  # fmt: skip
REPORTS = Sheet("progress_reports", (
    REF, TITLE, Column("owner", "ref", "承担单位", "Body"), Column("project", "ref", "项目", "Project", required=True), Column("kind", "choice", "类型", "Kind", required=True, choices=options(("progress", "进展", "Progress"), ("stage", "阶段检查", "Stage check"), ("follow_up", "后续跟踪", "Follow-up"))),
    Column("due_on", "date", "应交日期", "Due", required=True), Column("text", "longtext", "进展", "Progress"), Column("problems", "longtext", "问题", "Problems"), Column("next_steps", "longtext", "下一步", "Next steps"),
    Column("percent", "integer", "完成百分比", "Percent"), Column("spent_wan", "money_wan", "已支出", "Spent", unit="万元"), Column("output_wan", "money_wan", "成果应用收入", "Income from use", unit="万元"), *SYSTEM,
))  # fmt: skip
ID_KINDS = options(
    ("resident", "居民身份证", "Resident identity card"), ("passport", "护照", "Passport"), ("permit", "港澳台居民证件", "Hong Kong, Macao or Taiwan permit"),
    ("credit_code", "统一社会信用代码（单位）", "Unified social credit code (body)"),
)  # fmt: skip
ID_KIND = Column("id_kind", "choice", "证件类型", "Kind of identity", choices=ID_KINDS)
ID_NUMBER = Column("id_number", "text", "证件号", "Identity number", help="个人只填证件号后四位，受理时核对；单位填统一社会信用代码")
OBJECTIONS = Sheet("objections", (
    REF, TITLE, Column("owner", "ref", "异议单位", "Body"), Column("name", "text", "异议人", "Name", required=True), ID_KIND, ID_NUMBER, Column("unit", "text", "所在单位", "Unit"), Column("contact", "text", "联系方式", "Contact", required=True),
    Column("grounds", "longtext", "异议事项", "Grounds", required=True), Column("evidence", "longtext", "证据", "Evidence", required=True), *SYSTEM,
))  # fmt: skip
INTEGRITY = Sheet("integrity_records", (
    REF, TITLE, Column("owner", "ref", "登记单位", "Recorder"), Column("person", "ref", "人员", "Person"), Column("body", "ref", "单位", "Body concerned"), Column("conduct", "text", "行为", "Conduct", required=True), Column("basis", "text", "依据", "Legal basis", required=True),
    Column("bars", "choice", "限制", "Bars", required=True, choices=options(("leader", "不得作为负责人申报", "As leader"), ("unit", "单位不得申报", "As unit"), ("expert", "不得作为专家", "As expert"), ("none", "仅记录", "Record only"))),
    Column("valid_from", "date", "起", "From", required=True), Column("valid_to", "date", "止", "To"), Column("note", "longtext", "说明", "Note"), *SYSTEM,
))  # fmt: skip
QUESTIONS = Sheet(
    "call_questions",
    (
        REF,
        TITLE,
        Column("owner", "ref", "提问单位", "Body"),
        Column("call", "ref", "申报通知", "Call", required=True),
        Column("text", "longtext", "问题", "Question", required=True),
        *SYSTEM,
    ),
)
OUTAGES = Sheet("outages", (REF, TITLE, Column("owner", "ref", "单位", "Body"), Column("cause", "longtext", "原因", "Cause"), *SYSTEM))
LISTS = Sheet(
    "subsidy_lists",
    (
        REF,
        TITLE,
        Column("owner", "ref", "管理单位", "Keeper"),
        SCHEME,
        VERSION,
        Column("year", "integer", "年度", "Year", required=True),
        Column("line", "ref", "资金科目", "Line"),
        *SYSTEM,
    ),
)
SCHEME_CHANGES = Sheet(
    "scheme_changes",
    (
        REF,
        Column("title", "text", "名称", "Title"),
        Column("scheme", "text", "计划类别", "Scheme", example="plan-project"),
        Column("effective_on", "date", "生效日期", "Effective on"),
        *SYSTEM,
    ),
)
