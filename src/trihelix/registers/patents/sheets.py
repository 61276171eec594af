"""Sheets of the patent registers."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options

PTYPES = options(("invention", "发明", "Invention"), ("utility", "实用新型", "Utility model"), ("design", "外观设计", "Design"))
PENDING = ("filed", "published", "substantive_exam", "rejected", "deemed_withdrawn", "withdrawn", "granted_not_registered")
VALID = ("in_force", "fee_grace", "invalid_part", "restored", "suspended", "preserved")
STATUSES = options(
    ("filed", "已申请", "Filed"), ("published", "已公布", "Published"), ("substantive_exam", "实质审查", "Substantive examination"), ("rejected", "驳回", "Rejected"),
    ("deemed_withdrawn", "视为撤回", "Deemed withdrawn"), ("withdrawn", "撤回", "Withdrawn"), ("granted_not_registered", "放弃取得", "Not registered"),
    ("in_force", "维持有效", "In force"), ("fee_grace", "年费宽限期", "Fee in grace"), ("lapsed_fee", "未缴年费终止", "Lapsed for the fee"), ("expired", "期满终止", "Expired"),
    ("surrendered", "放弃", "Surrendered"), ("invalid_full", "全部无效", "Invalid"), ("invalid_part", "部分无效", "Partly invalid"), ("restored", "恢复", "Restored"),
    ("suspended", "中止", "Suspended"), ("preserved", "保全", "Preserved"),
)  # fmt: skip
ENCUMBRANCES = options(
    ("pledged", "质押", "Pledged"), ("licensed_exclusive", "独占许可", "Exclusive licence"), ("licensed_sole", "排他许可", "Sole licence"),
    ("open_licence", "开放许可", "Open licence"), ("transfer_pending", "转让登记中", "Transfer pending"),
    ("state_use", "国家可无偿实施", "Open to the State"),
)  # fmt: skip
PROSPECTS = options(
    ("good", "前景好", "Good"), ("potential", "有潜力", "Potential"), ("unclear", "不明确", "Unclear"), ("none", "无", "None")
)
MODES = options(
    ("transfer", "转让", "Transfer"), ("exclusive", "独占许可", "Exclusive licence"), ("sole", "排他许可", "Sole licence"), ("ordinary", "普通许可", "Ordinary licence"),
    ("open", "开放许可", "Open licence"), ("equity", "作价入股", "Equity"), ("joint", "合作研发", "Joint development"),
)  # fmt: skip
PRIOR = options(
    ("none", "未转化", "None"),
    ("own", "自行实施", "Own use"),
    ("licence", "已许可", "Licensed"),
    ("transfer", "已转让", "Transferred"),
    ("equity", "已作价入股", "Equity"),
)
PRICE = options(
    ("fixed", "定价", "Fixed"),
    ("negotiable", "面议", "Negotiable"),
    ("royalty", "入门费加提成", "Entry fee and royalty"),
    ("auction", "拍卖或挂牌", "Auction or listing"),
)
TIERS = options(("A", "A 类", "A"), ("B", "B 类", "B"), ("C", "C 类", "C"), ("D", "D 类", "D"))
NEEDS = options(("urgent", "急需", "Urgent"), ("wanted", "有需要", "Wanted"), ("later", "今后可能", "Later"), ("none", "不需要", "None"))
OUTCOMES = options(
    ("licensed", "许可", "Licensed"), ("transferred", "转让", "Transferred"), ("priced_in", "作价入股", "Contributed as capital"),
    ("open_licensed", "开放许可", "Open licence"), ("own_use", "自行实施", "Own use"), ("verification", "概念验证或中试", "Proof of concept or pilot"),
)  # fmt: skip
EXITS = options(
    ("lapsed", "专利权终止", "Lapsed"), ("invalidated", "宣告无效", "Invalidated"), ("withdrawn", "移出资源库", "Withdrawn"), ("transferred_before", "此前已转化", "Transferred before"),
)  # fmt: skip
DEALS = options(
    ("transfer", "转让", "Transfer"), ("exclusive", "独占许可", "Exclusive licence"), ("sole", "排他许可", "Sole licence"), ("ordinary", "普通许可", "Ordinary licence"),
    ("sub", "分许可", "Sub-licence"), ("cross", "交叉许可", "Cross-licence"),
)  # fmt: skip
RECORDED = options(("transfer", "转让登记", "Transfer"), ("licence", "许可备案", "Licence"))
FEE_KINDS = options(
    ("lump", "一次总付", "Lump sum"),
    ("entry_royalty", "入门费加提成", "Entry fee and royalty"),
    ("royalty", "提成", "Royalty"),
    ("free", "免费", "Free"),
)
METHODS = options(("cost", "成本法", "Cost"), ("market", "市场法", "Market"), ("income", "收益法", "Income"))
SCENARIOS = options(
    ("transfer", "转让许可", "Assignment or licence"), ("finance", "质押融资", "Finance"), ("reporting", "财务报告与税务", "Reporting and tax"),
    ("remedy", "侵权救济", "Infringement remedy"), ("grading", "分级管理", "Management grading"), ("other", "其他", "Other"),
)  # fmt: skip
HOLDERS = options(
    ("firm", "企业", "Firm"),
    ("university", "高校", "University"),
    ("institute", "科研院所", "Institute"),
    ("hospital", "医疗机构", "Hospital"),
    ("person", "个人", "Person"),
    ("other", "其他", "Other"),
)
ORIGINS = options(("own", "自有", "Own"), ("licensed", "被许可", "Licensed"), ("transferred", "受让", "Acquired"))
GRADES = options(("excellent", "优秀", "Excellent"), ("good", "良好", "Good"), ("pass", "合格", "Pass"), ("fail", "不合格", "Fail"))
LEVELS = options(("national", "国家级", "National"), ("provincial", "省级", "Provincial"), ("city", "市级", "City"))
INDICATOR = (Column("indicator", "text", "指标", "Indicator", required=True), Column("score", "decimal", "得分", "Score", required=True))
REASON = (Column("term", "text", "词", "Term"), Column("kind", "text", "类", "Kind"), Column("part", "decimal", "分", "Part"))
USED = (
    Column("app_no", "text", "专利号", "Patent number", required=True), Column("core", "boolean", "核心专利", "Core"),
    Column("origin", "choice", "来源", "Origin", choices=ORIGINS), Column("since", "date", "实施起始", "Used since"),
)  # fmt: skip
HOLDER = (Column("name", "text", "权利人", "Holder", required=True), Column("share_percent", "decimal", "份额", "Share", unit="%"))


def own(example: str = "", label: str = "名称") -> tuple[Column, ...]:
    """External key and title."""
    return (
        Column("ref", "text", "外部编号", "External key", example=example or None),
        Column("title", "text", label, "Title", required=True),
    )


ASSESSED = (
    Column("stars", "integer", "专利价值分级自评", "Self-graded value", unit="星", example=4, help="1–5 星"),
    Column("prospect", "choice", "产业化前景", "Prospect", choices=PROSPECTS, example="good"), Column("trl", "integer", "技术成熟度", "Readiness level", help="1–9 级"),
    Column("industries", "list", "产业细分领域", "Industries", help="国民经济行业代码"), Column("modes", "list", "拟转化方式", "Ways of transfer", choices=MODES),
    Column("ask_wan", "money_wan", "意向价格", "Asking price", unit="万元"), Column("price_rule", "choice", "定价方式", "Price rule", choices=PRICE),
    Column("prior_use", "choice", "已转化情况", "Used already", choices=PRIOR), Column("contact", "text", "联系人", "Contact"),
    Column("obstacle", "longtext", "转化障碍", "Obstacle"), Column("improvement", "longtext", "改进需求", "Need for improvement"),
)  # fmt: skip
PATENTS = Sheet(
    "patents",
    (
        Column("ref", "text", "外部编号", "External key", help="留空时以申请号为准"),
        Column("app_no", "text", "申请号", "Application number", required=True, example="202310000001.5", help="校验位须相符，可带 ZL 或 CN"),
        Column("title", "text", "专利名称", "Title", required=True, example="参须中皂苷的提取方法"),
        Column("owner", "ref", "第一权利人（库内）", "First holder", example="u-tcm"),
        Column("pub_no", "text", "公开（公告）号", "Publication number", example="CN116000001A"), Column("ptype", "choice", "专利类型", "Kind", choices=PTYPES, help="留空时由申请号得出"),
        Column("classes", "list", "分类号", "Classification", help="国际专利分类号，主分类在前；外观设计填外观设计分类号", example="A61K 31/704"),
        Column("holders", "rows", "权利人", "Holders", rows=HOLDER, help="每行一名：名称|份额"), Column("co_owners", "list", "共有权利人（库内）", "Co-owners on the register"),
        Column("inventors", "list", "发明人", "Inventors"), Column("college", "text", "学院", "College"),
        Column("filing_date", "date", "申请日", "Filed on", example="2023-01-04"), Column("grant_date", "date", "授权公告日", "Granted on"),
        Column("expires_on", "date", "期满日", "Ends on", help="留空时按类型与申请日计算"), Column("fee_paid_to", "date", "年费缴至", "Fees paid until"),
        Column("status", "choice", "法律状态", "Legal status", choices=STATUSES, example="in_force"), Column("encumbrances", "list", "权利负担", "Encumbrances", choices=ENCUMBRANCES),
        Column("priority", "text", "优先权号", "Priority number"), Column("family", "text", "同族号", "Family", help="留空时取优先权号，否则取申请号"),
        Column("family_overseas", "integer", "海外同族专利权数", "Overseas family rights", unit="件"), Column("funding", "list", "财政资助项目", "Public funding"),
        Column("funded", "boolean", "财政资助形成", "Publicly funded"), Column("summary", "longtext", "摘要", "Abstract"),
        Column("fields", "list", "技术领域", "Fields", choices=code_choices("fields")), Column("industries", "list", "产业细分领域", "Industries"),
        Column("sei", "boolean", "战略性新兴产业", "Strategic emerging industry"), Column("division", "choice", "所在区划", "Division", choices=code_choices("divisions")),
        Column("fee_cut", "boolean", "费用减缴备案", "Fee reduction filed", help="全部权利人均符合减缴条件"), Column("acquired_by", "choice", "取得方式", "Acquired by", choices=ORIGINS),
        Column("acquired_on", "date", "取得日期", "Acquired on"), Column("pledge_wan", "money_wan", "质押融资金额", "Pledge financing", unit="万元"),
        Column("awards", "integer", "获奖次数", "Awards", unit="次", help="国家科学技术奖或中国专利奖"), Column("used_in", "list", "已用于的认定", "Used in recognitions"), *SYSTEM,
    ),
)  # fmt: skip
ROUNDS = Sheet(
    "stock_rounds",
    (
        *own("PD-2024", "盘点名称"), Column("owner", "ref", "组织单位", "Organiser", example="g-scjg"), Column("basis", "text", "依据", "Basis"),
        Column("bodies", "list", "参加单位", "Bodies", help="高校、院所与医疗机构"), Column("issuers", "list", "联合印发单位", "Issuing bodies"),
        Column("starts_on", "date", "开始日期", "From", required=True, example="2024-02-01"), Column("ends_on", "date", "结束日期", "To"),
        Column("granted_until", "date", "盘点授权截止日", "Patents granted until"), Column("report_by", "date", "上报截止日", "Report by"),
        Column("summary", "longtext", "总结", "Summary"), *SYSTEM,
    ),
)  # fmt: skip
COLLEGES = Sheet(
    "stock_colleges", (*own("", "学院名称"), Column("owner", "ref", "所属单位", "Body"), Column("reviewer", "ref", "审核人", "Reviewer"), *SYSTEM)
)  # fmt: skip
STOCK = Sheet(
    "stock_records",
    (
        Column("ref", "text", "外部编号", "External key"), Column("title", "text", "专利名称", "Title", help="留空时取专利名称"),
        Column("round", "ref", "盘点批次", "Round", required=True, example="PD-2024"), Column("patent", "ref", "专利", "Patent", required=True, example="202310000001.5"),
        Column("owner", "ref", "填报单位", "Body"), Column("college", "text", "学院", "College"), *ASSESSED,
        Column("self_assessed_on", "date", "自评日期", "Self-assessed on"), Column("pool_on", "date", "入库日期", "In the pool since"),
        Column("tier", "choice", "分层", "Tier", choices=TIERS), Column("willing", "integer", "愿合作企业数", "Firms willing", unit="户"),
        Column("outcome", "choice", "转化结果", "Outcome", choices=OUTCOMES), Column("outcome_on", "date", "转化日期", "Outcome on"),
        Column("outcome_number", "text", "合同或备案号", "Contract or recording number"), Column("exit_kind", "choice", "退出原因", "Exit", choices=EXITS), *SYSTEM,
    ),
    key=("round", "patent"),
)  # fmt: skip
PUSHES = Sheet(
    "stock_pushes",
    (
        *own("", "推送"), Column("owner", "ref", "权利人", "Holder"), Column("stock", "ref", "盘点表", "Form", required=True), Column("patent", "ref", "专利", "Patent", required=True),
        Column("firm", "ref", "企业", "Firm", required=True), Column("need", "ref", "相关需求", "Need"), Column("score", "decimal", "得分", "Score"), Column("rank", "integer", "名次", "Rank"),
        Column("reasons", "rows", "推荐理由", "Reasons", rows=REASON), Column("sent_on", "date", "推送日期", "Sent on", required=True), Column("answered_on", "date", "答复日期", "Answered on"),
        Column("prospect", "choice", "企业评价", "Prospect", choices=PROSPECTS), Column("need_level", "choice", "需要程度", "Need level", choices=NEEDS),
        Column("answer_text", "longtext", "答复说明", "Answer"), *SYSTEM,
    ),
)  # fmt: skip
DEAL = Sheet(
    "patent_deals",
    (
        *own("ZX-001", "合同名称"), Column("owner", "ref", "转让方（许可方）", "Licensor"), Column("kind", "choice", "方式", "Kind", required=True, choices=DEALS, example="ordinary"),
        Column("patents", "list", "专利", "Patents", required=True, help="专利号，可多件"), Column("counterpart", "ref", "受让方（被许可方）", "Licensee"),
        Column("counterpart_name", "text", "受让方名称", "Licensee's name", help="未登记单位填名称"),
        Column("signed_on", "date", "签订日期", "Signed on", required=True), Column("effective_on", "date", "生效日期", "Effective on"),
        Column("record_by", "date", "备案期限", "Record by"), Column("recorded_on", "date", "备案登记日期", "Recorded on"), Column("recording_no", "text", "备案号", "Recording number"),
        Column("term_from", "date", "许可起始", "Term from"), Column("term_to", "date", "许可截止", "Term to"), Column("fee_wan", "money_wan", "费用总额", "Fee", unit="万元"),
        Column("fee_kind", "choice", "付费方式", "Fee kind", choices=FEE_KINDS), Column("territory", "text", "地域", "Territory"), Column("field", "text", "实施领域", "Field of use"),
        Column("exclusions", "longtext", "除外约定", "Exclusions"), Column("consents", "boolean", "全部共有权利人已同意", "All co-owners consent"),
        Column("contract", "ref", "技术合同", "Technology contract"), Column("stock", "ref", "盘点表", "Form"), *SYSTEM,
    ),
)  # fmt: skip
RECORDINGS = Sheet(
    "patent_recordings",
    (
        Column("ref", "text", "外部编号", "External key", example="BA-2024-000001"), Column("title", "text", "专利名称", "Title", required=True),
        Column("owner", "ref", "权利人（库内）", "Holder"), Column("kind", "choice", "类型", "Kind", required=True, choices=RECORDED),
        Column("recorded_on", "date", "备案登记日期", "Recorded on", required=True), Column("recording_no", "text", "备案号", "Recording number"),
        Column("app_no", "text", "申请号", "Application number"), Column("patents", "integer", "专利件数", "Patents", unit="件"),
        Column("holder_kind", "choice", "权利人类型", "Kind of holder", choices=HOLDERS), Column("holder_name", "text", "权利人名称", "Holder's name"),
        Column("counterpart_name", "text", "受让方名称", "Licensee's name"), Column("deal", "ref", "转让许可合同", "Deal"), *SYSTEM,
    ),
)  # fmt: skip
OPEN = Sheet(
    "open_licences",
    (
        *own("", "声明名称"), Column("owner", "ref", "权利人", "Holder"), Column("patent", "ref", "专利", "Patent", required=True), Column("declared_on", "date", "声明日期", "Declared on", required=True),
        Column("announced_on", "date", "公告日期", "Announced on"), Column("withdrawn_on", "date", "撤回日期", "Withdrawn on"),
        Column("fee_kind", "choice", "付费方式", "Fee kind", required=True, choices=FEE_KINDS), Column("base_wan", "money_wan", "固定费用", "Base", unit="万元"),
        Column("rate_percent", "decimal", "提成比例", "Rate", unit="%"), Column("floor_wan", "money_wan", "最低费用", "Floor", unit="万元"),
        Column("period_from", "date", "许可期起", "From"), Column("period_to", "date", "许可期止", "To"),
        Column("report_no", "text", "专利权评价报告号", "Evaluation report", help="实用新型、外观设计须填"), Column("terms", "longtext", "其他条件", "Terms"), *SYSTEM,
    ),
)  # fmt: skip
FEES = Sheet(
    "patent_fees",
    (
        *own("", "年费"), Column("owner", "ref", "缴费单位", "Payer"), Column("patent", "ref", "专利", "Patent", required=True), Column("year", "integer", "年度", "Year of term", required=True),
        Column("due_on", "date", "应缴日期", "Due on", required=True), Column("last_on", "date", "宽限期止", "Grace until", required=True),
        Column("full_yuan", "money_yuan", "全额年费", "Full fee", unit="元", required=True), Column("rate_percent", "decimal", "减免比例", "Reduction", unit="%"),
        Column("late_yuan", "money_yuan", "滞纳金", "Late fee", unit="元"), Column("pay_yuan", "money_yuan", "应缴金额", "To pay", unit="元", required=True),
        Column("paid_on", "date", "缴费日期", "Paid on"), Column("voucher", "text", "票据号", "Voucher"), Column("rule", "text", "规则版本", "Rule version"),
        Column("restore_yuan", "money_yuan", "恢复权利请求费", "Restoration fee", unit="元"), Column("restored_on", "date", "恢复日期", "Restored on"),
        Column("refund_yuan", "money_yuan", "退款", "Refund", unit="元"), Column("refunded_on", "date", "退款日期", "Refunded on"), *SYSTEM,
    ),
)  # fmt: skip
VALUATIONS = Sheet(
    "patent_valuations",
    (
        *own("", "评估名称"), Column("owner", "ref", "委托单位", "Body"), Column("patent", "ref", "专利", "Patent", required=True),
        Column("scenario", "choice", "评估场景", "Scenario", required=True, choices=SCENARIOS), Column("weight_version", "text", "权重版本", "Weights"),
        Column("scores", "rows", "指标得分", "Scores", rows=INDICATOR, help="每行一项：指标|得分"), Column("score", "decimal", "价值度", "Value score"),
        Column("method", "choice", "货币评估方法", "Method", choices=METHODS), Column("flows", "list", "逐年收益（万元）", "Yearly returns (10k yuan)"),
        Column("share_percent", "decimal", "分成率", "Share", unit="%"), Column("rate_percent", "decimal", "折现率", "Discount rate", unit="%"),
        Column("money_wan", "money_wan", "评估值", "Value", unit="万元", help="收益法由系统计算"), Column("valued_on", "date", "评估日期", "Valued on", required=True),
        Column("valid_to", "date", "有效期至", "Valid to"), Column("valuer", "text", "评估机构", "Valuer"), Column("basis", "longtext", "依据", "Basis"), *SYSTEM,
    ),
)  # fmt: skip
PRODUCTS = Sheet(
    "patent_products",
    (
        *own("CP-001", "产品名称"), Column("owner", "ref", "企业", "Firm"), Column("model", "text", "型号", "Model"), Column("product_class", "text", "产品分类", "Class"),
        Column("launched_on", "date", "上市日期", "Launched on"), Column("filed_on", "date", "备案日期", "Filed on"), Column("takes_part", "boolean", "参加认定", "Takes part in recognition"),
        Column("data_year", "integer", "数据年度", "Data year"), Column("sales_wan", "money_wan", "产品销售额", "Product sales", unit="万元"),
        Column("revenue_wan", "money_wan", "企业营业收入", "Firm revenue", unit="万元"), Column("profit_wan", "money_wan", "产品利润", "Product profit", unit="万元"),
        Column("rd_wan", "money_wan", "研发投入", "R&D", unit="万元"), Column("market_share_percent", "decimal", "市场占有率", "Market share", unit="%"),
        Column("price_share_percent", "decimal", "专利对价格的贡献", "Share of price due to patents", unit="%"), Column("patents_used", "rows", "所用专利", "Patents used", rows=USED),
        Column("recognised_on", "date", "国家认定日期", "Recognised on"), Column("certificate_no", "text", "认定证书号", "Certificate"), Column("updated_on", "date", "更新日期", "Updated on"), *SYSTEM,
    ),
)  # fmt: skip
CENTRES = Sheet(
    "cultivation_centres",
    (
        *own("", "中心名称"), Column("owner", "ref", "承担单位", "Host"), Column("field", "text", "领域", "Field"), Column("partner_names", "list", "共建单位", "Partners"),
        Column("head", "text", "负责人", "Head"), Column("plan", "longtext", "建设方案", "Plan"), Column("target_patents", "integer", "目标高价值专利数", "Target", unit="件"),
        Column("level", "choice", "级别", "Level", choices=LEVELS), Column("applied_on", "date", "申请日期", "Applied on"), Column("recognised_on", "date", "认定日期", "Recognised on"),
        Column("valid_to", "date", "有效期至", "Valid to"), *SYSTEM,
    ),
)  # fmt: skip
CALLS = Sheet(
    "case_calls",
    (
        *own("", "征集名称"), Column("owner", "ref", "组织单位", "Organiser"), Column("wanted", "integer", "入选数量", "Wanted", unit="个", example=10),
        Column("opens_on", "date", "开始日期", "Opens", required=True), Column("closes_on", "date", "截止日期", "Closes", required=True), Column("criteria", "longtext", "评选标准", "Criteria"),
        Column("noticed_on", "date", "公示日期", "Noticed on"), Column("notice_to", "date", "公示截止", "Notice until"), Column("published_on", "date", "发布日期", "Published on"), *SYSTEM,
    ),
)  # fmt: skip
CASES = Sheet(
    "patent_cases",
    (
        *own("", "案例名称"), Column("owner", "ref", "申报单位", "Nominee"), Column("call", "ref", "征集", "Call", required=True), Column("patent", "ref", "专利", "Patent"),
        Column("product", "ref", "专利产品", "Product"), Column("recommender", "text", "推荐单位", "Recommended by"), Column("story", "longtext", "案例内容", "Story", required=True),
        Column("revenue_wan", "money_wan", "累计收入", "Revenue", unit="万元"), Column("average", "decimal", "平均分", "Average"), Column("rank", "integer", "名次", "Rank"),
        Column("selected_on", "date", "入选日期", "Selected on"), *SYSTEM,
    ),
)  # fmt: skip
