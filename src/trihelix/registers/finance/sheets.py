"""Sheets of the finance registers."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options
from trihelix.registers.finance import conditions
from trihelix.registers.policies import rulebook

REF = Column("ref", "text", "外部编号", "External key")
TITLE = Column("title", "text", "名称", "Title", required=True)
BANK = Column("owner", "ref", "金融机构", "Finance body", example="b-01")
FIRM = Column("firm", "ref", "企业", "Firm", required=True, example="firm-jicui")
STAGES = options(("startup", "初创期", "Start-up"), ("growth", "成长期", "Growth"), ("stable", "稳定期", "Stable"))
INVESTED = options(("seed", "种子期", "Seed"), ("early", "初创期", "Early"), ("growth", "成长期", "Growth"), ("mature", "成熟期", "Mature"))
ROUNDS = options(
    ("angel", "天使轮", "Angel"),
    ("pre_a", "Pre-A 轮", "Pre-A"),
    ("a", "A 轮", "A"),
    ("b", "B 轮", "B"),
    ("c", "C 轮及以后", "C and later"),
    ("strategic", "战略投资", "Strategic"),
)
EXITS = options(
    ("ipo", "上市", "Listing"), ("sale", "转让", "Sale"), ("buyback", "回购", "Buy-back"), ("liquidation", "清算", "Liquidation")
)
LISTS = options(
    ("innovation", "科技创新企业清单", "Innovation list"),
    ("relending", "再贷款备选名单", "Re-lending candidates"),
    ("growth", "重点培育名单", "Growth list"),
    ("other", "其他", "Other"),
)
FUNDS = options(
    ("guidance", "政府引导基金", "Guidance fund"),
    ("venture", "创业投资基金", "Venture fund"),
    ("seed", "种子基金", "Seed fund"),
    ("industry", "产业基金", "Industry fund"),
)
PRODUCTS = options(
    ("credit_loan", "信用贷款", "Unsecured loan"), ("pledge", "知识产权质押贷款", "IP-backed loan"), ("guarantee", "担保贷款", "Guaranteed loan"), ("equity", "投贷联动", "Loan with equity"),
    ("insurance", "科技保险", "Insurance"), ("lease", "融资租赁", "Leasing"), ("bond", "债券", "Bond"), ("other", "其他", "Other"),
)  # fmt: skip
VERDICTS = options(("met", "符合", "Met"), ("not_met", "不符合", "Not met"), ("unknown", "待补信息", "Unknown"))
RULES = rulebook.titles()
TAX_RULES = {k: v for k, v in RULES.items() if k in conditions.tax_rules()}
POINTS_RULES = {k: v for k, v in RULES.items() if k in ("jilin-points", "innovation-points")}


def wan(name: str, zh: str, en: str, **more: object) -> Column:
    """A money column in 万元."""
    return Column(name, "money_wan", zh, en, unit="万元", **more)  # type: ignore[arg-type]


AGREEMENTS = Sheet("finance_agreements", (
    REF, Column("title", "text", "协议名称", "Title", required=True, example="战略合作协议"), Column("owner", "ref", "签署部门", "Department"),
    Column("partner", "ref", "金融机构", "Finance body", required=True, example="b-01"), Column("signed_on", "date", "签署日期", "Signed on", required=True, example="2024-03-01"),
    Column("valid_from", "date", "有效期起", "Valid from", example="2024-03-01"), Column("valid_to", "date", "有效期止", "Valid to", example="2027-02-28"), wan("intended_wan", "意向额度", "Intended amount"),
    Column("content", "longtext", "主要内容", "Content"), Column("contact", "text", "联系人", "Contact"), *SYSTEM,
))  # fmt: skip
FIRM_LISTS = Sheet("firm_lists", (
    REF, Column("title", "text", "名称", "Title", required=True, example="2025 年第一批科技创新企业清单"), Column("owner", "ref", "编制部门", "Department"),
    Column("kind", "choice", "类型", "Kind", required=True, choices=LISTS, example="innovation"), Column("as_of", "date", "基准日期", "As of", required=True, example="2025-03-01"),
    Column("base", "ref", "取自名单", "Based on"), Column("rule", "choice", "筛选规则", "Rule", choices=RULES), Column("criteria", "longtext", "筛选说明", "Criteria"), Column("source", "text", "来源", "Source"), *SYSTEM,
))  # fmt: skip
LISTED_ROWS = (Column("firm", "text", "企业", "Firm", required=True, example="firm-jicui"),)
UPLOAD = Sheet(
    "listed_firms", (Column("firm", "text", "企业（编号、统一社会信用代码或全称）", "Firm", required=True, example="firm-jicui"),)
)
LISTED = Sheet("listed_firms", (
    Column("number", "text", "企业编号", "Number"), Column("firm", "text", "企业", "Firm"), Column("credit_code", "text", "统一社会信用代码", "Credit code"), Column("division", "text", "所在地", "Division"),
    Column("verdict", "text", "规则结论", "Verdict"), Column("clauses", "text", "依据条款", "Clauses"),
))  # fmt: skip
CREDITS = Sheet("credit_lines", (
    REF, TITLE, BANK, FIRM, Column("agreement", "ref", "合作协议", "Agreement"), Column("list", "ref", "所依名单", "List"), Column("product", "ref", "金融产品", "Product"),
    Column("statement", "ref", "创新评价报告", "Points statement"), Column("granted_on", "date", "授信日期", "Granted on", required=True, example="2025-04-01"), Column("valid_to", "date", "有效期止", "Valid to", example="2026-03-31"),
    wan("limit_wan", "授信额度", "Limit", required=True, example=500), *SYSTEM,
))  # fmt: skip
LOANS = Sheet("loans", (
    REF, TITLE, BANK, FIRM, Column("line", "ref", "所属授信", "Credit line"), Column("list", "ref", "所依名单", "List"), Column("product", "ref", "金融产品", "Product"),
    Column("drawn_on", "date", "发放日期", "Drawn on", required=True, example="2025-05-01"), Column("due_on", "date", "到期日期", "Due on", example="2026-04-30"),
    wan("amount_wan", "发放金额", "Amount", required=True, example=200), wan("repaid_wan", "已还本金", "Repaid"), Column("repaid_on", "date", "还清日期", "Repaid on"),
    Column("rate_percent", "decimal", "年利率", "Rate", unit="%", example=3.45), Column("first_loan", "boolean", "首次贷款", "First loan"), Column("equipment_upgrade", "boolean", "技术改造和设备更新", "Equipment upgrading"),
    Column("purpose", "text", "用途", "Purpose"), Column("relending", "choice", "再贷款条件", "Re-lending", choices=VERDICTS), *SYSTEM,
))  # fmt: skip
PARTS = (
    Column("part", "text", "指标", "Indicator"), Column("low", "decimal", "最低", "Low"), Column("high", "decimal", "最高", "High"), Column("most", "decimal", "满分", "Most"),
    Column("age_months", "integer", "数据月龄", "Age in months"), Column("source", "text", "来源", "Source"), Column("papers", "text", "缺少的材料", "Papers missing"),
)  # fmt: skip
STATEMENTS = Sheet("points_statements", (
    REF, TITLE, Column("owner", "ref", "企业", "Firm"), Column("bank", "ref", "金融机构", "Finance body"), Column("rule", "choice", "评价规则", "Rule", choices=POINTS_RULES), Column("rule_version", "text", "规则版本", "Rule version"),
    Column("on", "date", "日期", "On"), Column("stage", "choice", "企业阶段", "Stage", choices=STAGES), Column("low", "decimal", "参考分下限", "Low"), Column("high", "decimal", "参考分上限", "High"),
    Column("lost_paper", "decimal", "因缺材料未得", "Lost by missing paper"), Column("lost_merit", "decimal", "因水平未得", "Lost on merit"), Column("parts", "rows", "分项", "Parts", rows=PARTS), Column("valid_to", "date", "有效期止", "Valid to"), *SYSTEM,
))  # fmt: skip
FUND_YEAR = (
    Column("year", "integer", "年度", "Year", required=True), wan("paid_in_wan", "累计实缴", "Paid in"), wan("invested_wan", "累计投资", "Invested"), wan("fees_wan", "管理费", "Fees"), wan("net_wan", "净值", "Net value"),
    Column("note", "text", "说明", "Note"),
)  # fmt: skip
VENTURE = Sheet("venture_funds", (
    REF, Column("title", "text", "基金名称", "Title", required=True), Column("owner", "ref", "基金", "Fund body", example="f-01"), Column("manager", "ref", "管理机构", "Manager"), Column("kind", "choice", "类型", "Kind", required=True, choices=FUNDS, example="venture"),
    wan("size_wan", "认缴规模", "Size"), wan("paid_in_wan", "实缴", "Paid in"), wan("public_wan", "其中财政出资", "Of which public"), Column("started_on", "date", "成立日期", "Started on", required=True, example="2023-06-01"),
    Column("ends_on", "date", "存续期止", "Ends on"), Column("early_percent", "decimal", "承诺投早投小比例", "Early share promised", unit="%"), Column("hard_percent", "decimal", "承诺投硬科技比例", "Hard-technology share promised", unit="%"),
    Column("inside_percent", "decimal", "承诺投省内比例", "Share inside the province promised", unit="%"), *SYSTEM,
))  # fmt: skip
INVESTMENTS = Sheet("investments", (
    REF, TITLE, Column("owner", "ref", "投资方", "Investor"), Column("fund", "ref", "基金", "Fund", required=True), FIRM, Column("follows", "ref", "跟进的投资", "Follows"), Column("round", "choice", "轮次", "Round", choices=ROUNDS, example="a"),
    Column("stage", "choice", "企业阶段", "Stage", required=True, choices=INVESTED, example="early"), Column("invested_on", "date", "投资日期", "Invested on", required=True, example="2024-06-01"),
    wan("amount_wan", "投资额", "Amount", required=True, example=300), wan("private_wan", "同轮社会资本", "Private money of the round"), wan("valuation_wan", "投后估值", "Valuation"), Column("share_percent", "decimal", "持股比例", "Share", unit="%"),
    Column("hard_technology", "boolean", "硬科技", "Hard technology"), Column("field", "choice", "领域", "Field", choices=code_choices("fields")), Column("exited_on", "date", "退出日期", "Exited on"),
    Column("exit_way", "choice", "退出方式", "Exit", choices=EXITS), wan("exit_wan", "退出金额", "Exit amount"), *SYSTEM,
))  # fmt: skip
CONDITION = (
    Column("key", "choice", "项目", "Item", required=True, choices=conditions.choices()), Column("op", "choice", "比较", "Comparison", required=True, choices=conditions.OPS),
    Column("value", "text", "值", "Value", required=True), Column("note", "text", "说明", "Note"),
)  # fmt: skip
FINANCE_PRODUCTS = Sheet("finance_products", (
    REF, Column("title", "text", "产品名称", "Title", required=True, example="科创信用贷"), BANK, Column("kind", "choice", "类型", "Kind", required=True, choices=PRODUCTS, example="credit_loan"),
    Column("stages", "list", "适用阶段", "Stages", choices=STAGES), wan("limit_wan", "额度上限", "Limit"), Column("term_months", "integer", "期限", "Term", unit="月"), Column("rate", "text", "利率或费率", "Rate"),
    Column("conditions", "rows", "准入条件", "Conditions", rows=CONDITION), Column("papers", "longtext", "所需材料", "Papers"), Column("contact", "text", "联系方式", "Contact"), *SYSTEM,
))  # fmt: skip
REQUESTS = Sheet("finance_requests", (
    REF, TITLE, Column("owner", "ref", "企业", "Firm"), Column("product", "ref", "金融产品", "Product"), Column("bank", "ref", "金融机构", "Finance body"), wan("amount_wan", "融资金额", "Amount", required=True, example=200),
    Column("term_months", "integer", "期限", "Term", unit="月"), Column("purpose", "longtext", "用途", "Purpose", required=True), Column("statement", "ref", "创新评价报告", "Points statement"),
    Column("asked_on", "date", "申请日期", "Asked on"), Column("verdict", "choice", "准入条件", "Conditions", choices=VERDICTS), Column("credit", "ref", "授信", "Credit line"), *SYSTEM,
))  # fmt: skip
TAX = Sheet("tax_referrals", (
    REF, TITLE, Column("owner", "ref", "企业", "Firm"), Column("rule", "choice", "政策", "Rule", choices=TAX_RULES), Column("rule_version", "text", "规则版本", "Rule version"), Column("on", "date", "自测日期", "On"),
    Column("verdict", "choice", "自测结论", "Verdict", choices=VERDICTS), Column("office", "ref", "受理单位", "Office"), Column("question", "longtext", "咨询问题", "Question"), Column("referred_on", "date", "转办日期", "Referred on"),
    Column("reply", "longtext", "答复", "Reply"), Column("replied_on", "date", "答复日期", "Replied on"), wan("enjoyed_wan", "已享受金额", "Enjoyed"), *SYSTEM,
))  # fmt: skip
