"""Sheets of the ladder registers."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options
from trihelix.registers.ladder import data

REF = Column("ref", "text", "外部编号", "External key")
TITLE = Column("title", "text", "名称", "Title", required=True)
FIRM = Column("owner", "ref", "企业", "Firm", example="firm-jicui")
BASES = options(
    ("audit", "审计报告", "Audit report"), ("tax", "纳税申报", "Tax return"), ("statistics", "统计报表", "Statistics form"), ("ledger", "企业账簿", "Ledger"),
    ("self", "企业自报", "Own statement"),
)  # fmt: skip
PURPOSES = options(
    ("points", "向金融机构提供创新评价报告", "Points statement to finance bodies"), ("profile", "按本企业资料推送成果", "Results proposed from the firm's own records"),
    ("list", "列入推荐给金融机构的名单", "A place on lists given to finance bodies"),
)  # fmt: skip
INCUBATORS = options(
    ("incubator", "科技企业孵化器", "Incubator"), ("maker_space", "众创空间", "Maker space"), ("accelerator", "加速器", "Accelerator"), ("base", "双创基地", "Base"),
)  # fmt: skip
LEVELS = options(("national", "国家级", "National"), ("provincial", "省级", "Provincial"), ("city", "市级", "City"))
OUTCOMES = options(
    ("graduated", "毕业", "Graduated"),
    ("acquired", "被并购", "Acquired"),
    ("listed", "上市挂牌", "Listed"),
    ("moved", "迁出", "Moved away"),
    ("closed", "注销", "Closed"),
)
SERVICES = options(
    ("mentor", "创业辅导", "Mentoring"), ("technology", "技术服务", "Technology"), ("finance", "投融资", "Finance"), ("market", "市场对接", "Market"),
    ("policy", "政策与工商财税", "Policy and accounts"), ("training", "培训", "Training"),
)  # fmt: skip
STEPS = data.step_choices()
METHODS = data.method_choices()


def wan(name: str, zh: str, en: str) -> Column:
    """A money column in 万元."""
    return Column(name, "money_wan", zh, en, unit="万元")


FIRM_YEARS = Sheet("firm_years", (
    Column("ref", "text", "外部编号", "External key", example="2025", help="即年度"), TITLE, FIRM,
    Column("year", "integer", "年度", "Year", required=True, example=2025), Column("basis", "choice", "依据", "Basis", choices=BASES, example="audit"),
    Column("as_of", "date", "截止日期", "As of", example="2025-12-31"), wan("revenue_wan", "营业收入", "Revenue"), wan("main_income_wan", "主营业务收入", "Main-business income"),
    wan("ht_income_wan", "高新技术产品（服务）收入", "High-tech income"), wan("assets_wan", "资产总额", "Assets"), wan("liabilities_wan", "负债总额", "Liabilities"),
    wan("cost_wan", "成本费用支出总额", "Cost"), wan("rd_tax_wan", "研发费用（加计扣除口径）", "R&D, tax deduction"), wan("rd_ht_wan", "研发费用（高企归集口径）", "R&D, high-tech collection"),
    wan("rd_stat_wan", "研发经费（统计口径）", "R&D, statistics"), wan("rd_acc_wan", "研发费用（会计口径）", "R&D, accounting"), wan("equity_new_wan", "新增股权融资（实缴）", "New equity paid in"),
    Column("staff", "integer", "职工总数", "Staff", unit="人"), Column("tech_staff", "integer", "科技人员", "Technical staff", unit="人"),
    Column("rd_staff", "integer", "研发人员", "R&D staff", unit="人"), Column("ip1", "integer", "Ⅰ类知识产权", "Class I IP", unit="项"),
    Column("ip2", "integer", "Ⅱ类知识产权", "Class II IP", unit="项"), Column("source", "text", "来源", "Source", example="2025 年度审计报告"), *SYSTEM,
))  # fmt: skip
PLACES = Sheet("ladder_places", (
    REF, Column("title", "text", "名称", "Title"), FIRM, Column("on", "date", "日期", "On"), Column("place", "choice", "优质企业梯度", "Quality ladder", choices=STEPS),
    Column("growth_place", "choice", "成长梯度", "Growth ladder", choices=STEPS), Column("next_step", "choice", "下一级", "Next step", choices=STEPS), *SYSTEM,
))  # fmt: skip
LEFT_OUT = (Column("reason", "text", "原因", "Reason"), Column("firms", "integer", "企业数", "Firms"))
SENSITIVITY = (
    Column("indicator", "text", "指标", "Indicator"), Column("change", "text", "权重变化", "Change of weight"), Column("leave", "integer", "跌出榜单", "Leave the list"),
    Column("most", "integer", "最大名次变化", "Largest change of rank"),
)  # fmt: skip
RANKINGS = Sheet("rankings", (
    REF, TITLE, Column("owner", "ref", "发布单位", "Issuer"), Column("method", "choice", "方法", "Method", required=True, choices=METHODS, example="top-500"),
    Column("year", "integer", "年度", "Year", required=True, example=2025), Column("as_of", "date", "测算日期", "As of", required=True, example="2025-12-31"),
    Column("size", "integer", "上榜数", "Size", help="留空则按方法"), Column("source", "text", "来源", "Source"), Column("published_on", "date", "发布日期", "Published on"), *SYSTEM,
))  # fmt: skip
PARTS = (
    Column("indicator", "text", "指标", "Indicator"),
    Column("value", "text", "指标值", "Value"),
    Column("points", "decimal", "得分", "Points"),
    Column("note", "text", "说明", "Note"),
)
RANKED = Sheet("ranked_firms", (
    Column("ref", "text", "外部编号", "External key", example="top-2025-001"), TITLE,
    Column("owner", "ref", "企业", "Firm", required=True, example="firm-jicui"), Column("ranking", "ref", "榜单", "Ranking", required=True, example="top-2025"),
    Column("rank", "integer", "名次", "Rank", required=True, example=1), Column("score", "decimal", "得分", "Score"), Column("tied", "boolean", "并列", "Tied"),
    Column("best_rank", "integer", "权重变化下最好名次", "Best rank"), Column("worst_rank", "integer", "权重变化下最差名次", "Worst rank"),
    Column("parts", "rows", "分项", "Parts", rows=PARTS), *SYSTEM,
))  # fmt: skip
INCUBATOR = Sheet("incubators", (
    REF, TITLE, Column("owner", "ref", "运营单位", "Operator"), Column("kind", "choice", "类型", "Kind", required=True, choices=INCUBATORS, example="incubator"),
    Column("level", "choice", "级别", "Level", choices=LEVELS), Column("grade", "text", "评价等级", "Grade"), Column("field", "choice", "专业领域", "Field", choices=code_choices("fields")),
    Column("professional", "boolean", "专业孵化器", "Professional"), Column("legal_person", "boolean", "独立法人", "Legal person"), Column("service_platform", "boolean", "专业技术服务平台", "Service platform"),
    Column("opened_on", "date", "开始运营", "Opened on"), Column("stats_years", "integer", "连续报统计年数", "Years of statistics"), Column("space", "decimal", "场地面积", "Space", unit="㎡"),
    Column("tenant_space", "decimal", "在孵企业与公共服务面积", "Tenant space", unit="㎡"), wan("fund_wan", "孵化资金", "Fund"), Column("fund_cases", "integer", "资金使用案例", "Fund cases"),
    Column("staff", "integer", "工作人员", "Staff", unit="人"), Column("professional_staff", "integer", "专业服务人员", "Professional staff", unit="人"), Column("mentors", "integer", "创业导师", "Mentors", unit="人"),
    Column("recognised_on", "date", "认定日期", "Recognised on"), Column("valid_to", "date", "有效期止", "Valid to"), *SYSTEM,
))  # fmt: skip
TENANTS = Sheet("tenants", (
    REF, TITLE, FIRM, Column("incubator", "ref", "孵化器", "Incubator", required=True), Column("entered_on", "date", "入驻日期", "Entered on", required=True, example="2025-03-01"),
    Column("ended_on", "date", "离开日期", "Ended on"), Column("area", "decimal", "使用面积", "Area", unit="㎡"), Column("field", "choice", "领域", "Field", choices=code_choices("fields")),
    wan("funded_wan", "获投融资", "Funded"), Column("filed_patent", "boolean", "已申请专利", "Filed a patent"), Column("valid_ip", "boolean", "拥有有效知识产权", "Holds valid IP"),
    Column("outcome", "choice", "去向", "Outcome", choices=OUTCOMES), *SYSTEM,
))  # fmt: skip
INCUBATION = Sheet("incubator_services", (
    REF, TITLE, Column("owner", "ref", "提供单位", "Provider"), Column("incubator", "ref", "孵化器", "Incubator", required=True), Column("firm", "ref", "企业", "Firm", required=True),
    Column("kind", "choice", "服务类型", "Kind", required=True, choices=SERVICES, example="mentor"), Column("served_on", "date", "服务日期", "Served on", required=True, example="2025-05-01"),
    Column("content", "longtext", "内容", "Content"), *SYSTEM,
))  # fmt: skip
CONSENTS = Sheet("consents", (
    REF, Column("title", "text", "名称", "Title"), FIRM, Column("purpose", "choice", "用途", "Purpose", required=True, choices=PURPOSES, example="points"),
    Column("recipients", "list", "可接收单位", "Recipients", help="留空且用途为推送时，只在本系统内使用"), Column("scope", "list", "可用资料", "Scope", choices=data.scope_choices()),
    Column("granted_on", "date", "同意日期", "Granted on"), Column("valid_to", "date", "有效期止", "Valid to"), Column("cap", "integer", "推送上限", "Cap", help="每个自然年最多推送几条成果"),
    Column("text", "longtext", "同意内容", "Text"), Column("evidence", "text", "书面依据", "Evidence", help="由经办人代录时填写纸质授权书编号"), *SYSTEM,
))  # fmt: skip
REASONS = (Column("term", "text", "依据词", "Term"), Column("share", "integer", "占比", "Share", unit="%"))
SOURCES = (
    Column("number", "text", "记录编号", "Record"),
    Column("title", "text", "名称", "Title"),
    Column("register", "text", "登记库", "Register"),
)
IMPLICIT = Sheet("implicit_needs", (
    REF, Column("title", "text", "名称", "Title"), FIRM, Column("result", "ref", "成果", "Result"), Column("consent", "ref", "同意", "Consent"), Column("proposed_on", "date", "推送日期", "Proposed on"),
    Column("answer_by", "date", "答复期限", "Answer by"), Column("place", "integer", "推送次序", "Place"), Column("score", "decimal", "匹配分", "Score"), Column("reasons", "rows", "理由", "Reasons", rows=REASONS),
    Column("profile", "rows", "依据的本企业记录", "Own records used", rows=SOURCES), Column("baseline_place", "integer", "按同领域热度的次序", "Place by popularity in the class"), Column("answered_on", "date", "答复日期", "Answered on"),
    Column("answer", "longtext", "答复", "Answer"), Column("need", "ref", "形成的需求", "Need"), *SYSTEM,
))  # fmt: skip
