"""Sheets of the registers of platforms."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options
from trihelix.registers.platforms.kinds import kinds
from trihelix.registers.platforms.life import GRADES, life_columns

KINDS = {k.id: (k.zh, k.en) for k in kinds().values()}
DECISIONS = options(
    ("plan", "建设方案", "Building plan"), ("site", "物理空间选址", "Site"), ("money", "年度经费", "Yearly money"), ("posts", "编制", "Posts"),
    ("director", "主任聘任", "Director"), ("council", "理事会或学术委员会", "Council or academic committee"), ("rules", "管理制度", "Rules"),
    ("standard", "评估标准", "Evaluation standard"), ("other", "其他", "Other"),
)  # fmt: skip
WORKS = options(
    ("site", "选址落实", "Site settled"), ("rebuild", "物理空间改造", "Rebuilding of the site"), ("equipment", "设备到位", "Equipment in place"),
    ("move_in", "团队入驻", "Teams moved in"), ("open", "建成运行", "In operation"), ("other", "其他", "Other"),
)  # fmt: skip
EVALUATIONS = options(
    ("self", "自评", "Own"), ("yearly", "年度评估", "Yearly"), ("midterm", "中期评估", "Mid-term"), ("final", "期满评估", "End of term"),
    ("acceptance", "建设验收", "Acceptance of the building"),
)  # fmt: skip
PARTNERS = options(
    ("university", "高校", "University"),
    ("institute", "科研机构", "Institute"),
    ("firm", "企业", "Firm"),
    ("government", "政府部门", "Government"),
    ("other", "其他", "Other"),
)
COOPERATION = options(
    ("intergovernmental", "政府间国际科技合作", "Intergovernmental co-operation"), ("strategic", "战略性科技创新合作", "Strategic co-operation"),
    ("exchange", "青年科学家交流", "Young scientists' exchange"), ("other", "其他国家项目", "Other national project"),
)  # fmt: skip
FIELDS = Column("fields", "list", "领域", "Fields", choices=code_choices("fields"))
DIVISION = Column("division", "choice", "所在地", "Place", choices=code_choices("divisions"))


def _own(example: str, zh: str = "名称", en: str = "Title") -> tuple[Column, ...]:
    return (Column("ref", "text", "外部编号", "External key", example=example), Column("title", "text", zh, en, required=True))


def _owner(zh: str, en: str) -> Column:
    return Column("owner", "ref", zh, en)


PLATFORM = Column("platform", "ref", "平台", "Platform", required=True)
PLATFORMS = Sheet(
    "platforms",
    (
        *_own("PT-2024-001", "平台名称", "Name"), _owner("依托单位", "Host"), *life_columns(KINDS, "joint_lab"),
        Column("batch", "integer", "批次", "Batch", example=1), DIVISION, FIELDS, Column("partners", "list", "合作企业或单位", "Partners"),
        Column("head", "ref", "负责人", "Head"), Column("deputy", "text", "常务副主任", "Executive deputy"), Column("academic_chair", "text", "学术委员会主任", "Chair of the academic committee"),
        Column("countries", "list", "合作国别", "Countries"), Column("foreign_partners", "list", "境外合作方", "Partners abroad"),
        Column("agreement_signed_on", "date", "合作协议签订日期", "Agreement signed on"), Column("agreement_to", "date", "合作协议到期", "Agreement to"),
        Column("agreement_terms", "longtext", "合作方式、内容与责任", "Manner, content and duties"),
        Column("firm_cash_wan", "money_wan", "企业投入资金", "Cash of the firms", unit="万元"), Column("firm_equipment_wan", "money_wan", "企业投入设备", "Equipment of the firms", unit="万元"),
        Column("staff", "integer", "固定人员", "Fixed staff", unit="人"), Column("address", "text", "地址", "Address"), Column("goals", "longtext", "目标与任务", "Goals and tasks"),
        Column("project", "ref", "立项或认定", "Award"), Column("policies", "list", "依据文件", "Policies"), Column("contracts", "list", "技术合同", "Contracts"), *SYSTEM,
    ),
)  # fmt: skip
DECISION = Sheet(
    "platform_decisions",
    (
        *_own("PF-2024-001", "事项", "Matter"), PLATFORM, Column("kind", "choice", "类别", "Kind", required=True, choices=DECISIONS, example="money"),
        Column("decided_on", "date", "批复日期", "Decided on"), Column("decided_by", "text", "批复机关", "Decided by"), Column("doc_number", "text", "文号", "Document number"),
        Column("starts_on", "date", "起始日期", "From"), Column("ends_on", "date", "终止日期", "To", help="自该日起不再有效"),
        Column("amount_wan", "money_wan", "每年经费", "Money a year", unit="万元"), Column("payer", "text", "出资方", "Payer"), Column("count", "integer", "编制数", "Posts", unit="个"),
        Column("place", "text", "地点或人员", "Place or person"), Column("area_m2", "decimal", "面积", "Area", unit="m²"), Column("text", "longtext", "内容", "Content"),
        Column("replaces", "ref", "替代的批复", "Replaces"), Column("policy", "ref", "文件", "Policy"), *SYSTEM,
    ),
)  # fmt: skip
MILESTONE = Sheet(
    "platform_milestones",
    (
        *_own("JD-2025-001", "节点", "Milestone"), PLATFORM, Column("kind", "choice", "类别", "Kind", required=True, choices=WORKS, example="rebuild"),
        Column("planned_on", "date", "计划完成", "Planned on", required=True, example="2025-12-31"), Column("done_on", "date", "实际完成", "Done on"),
        Column("amount_wan", "money_wan", "投资", "Cost", unit="万元"), Column("evidence", "longtext", "依据", "Evidence"), *SYSTEM,
    ),
)  # fmt: skip
OPENNESS = (
    Column("outside_users", "integer", "外部用户", "Outside users", unit="人次"), Column("shared_hours", "integer", "对外开放机时", "Hours open to others", unit="小时"),
    Column("firms_served", "integer", "服务企业", "Firms served", unit="户"), Column("open_projects", "integer", "开放课题", "Open projects", unit="项"),
)  # fmt: skip
REPORTED = (
    *OPENNESS, Column("contracts_signed", "integer", "签订技术合同", "Contracts signed", unit="项"), Column("contract_wan", "money_wan", "合同金额", "Contract amount", unit="万元"),
    Column("spent_wan", "money_wan", "经费支出", "Money spent", unit="万元"), Column("staff", "integer", "固定人员", "Fixed staff", unit="人"),
    Column("director_days", "integer", "主任在岗天数", "Days of the director on site", unit="天"),
)  # fmt: skip
YEAR = Sheet(
    "platform_years",
    (
        *_own("ND-2025-001"), PLATFORM, Column("year", "integer", "年度", "Year", required=True, example=2025), Column("plan", "longtext", "年度计划", "Plan"),
        Column("goals", "rows", "年度目标", "Goals", rows=(
            Column("goal", "text", "目标", "Goal", required=True), Column("target", "text", "目标值", "Target"), Column("done", "text", "完成值", "Done"),
        )),
        Column("planned_wan", "money_wan", "计划经费", "Planned money", unit="万元"), Column("report", "longtext", "年度报告", "Report"), *REPORTED,
        Column("reported_on", "date", "报告日期", "Reported on"), Column("firms", "list", "服务的企业", "Firms"), Column("projects", "list", "承担项目", "Projects"), *SYSTEM,
    ),
)  # fmt: skip
EVALUATION = Sheet(
    "platform_evaluations",
    (
        *_own("PG-2025-001"), PLATFORM, Column("kind", "choice", "评估类型", "Kind", required=True, choices=EVALUATIONS, example="yearly"),
        Column("evaluated_on", "date", "评估日期", "Evaluated on", required=True), Column("standard", "text", "评估标准", "Standard"), Column("panel", "longtext", "评估组", "Panel"),
        Column("scores", "rows", "评分", "Scores", rows=(
            Column("item", "text", "指标", "Item", required=True), Column("points", "decimal", "得分", "Points"), Column("full", "decimal", "满分", "Full"),
        )),
        Column("score", "decimal", "总分", "Score"), Column("grade", "choice", "等次", "Grade", choices=GRADES), Column("aim_met", "boolean", "达到高能级平台目标", "Aim met"),
        Column("conclusion", "longtext", "结论", "Conclusion"), Column("rectify_until", "date", "整改期限", "Put right by"),
        Column("support_wan", "money_wan", "按等次支持经费", "Support by grade", unit="万元"), Column("decided_on", "date", "核定日期", "Settled on"), *SYSTEM,
    ),
)  # fmt: skip
BATCH = Sheet(
    "laboratory_batches",
    (
        *_own("PC-2025-01"), PLATFORM, Column("year", "integer", "年度", "Year", required=True, example=2025), Column("batch", "integer", "批次", "Batch", required=True, example=1),
        Column("launched_on", "date", "启动日期", "Launched on"), Column("closed_on", "date", "结题日期", "Closed on"),
        Column("projects", "rows", "项目", "Projects", rows=(
            Column("name", "text", "项目名称", "Name", required=True), Column("leader", "text", "负责人", "Leader"), Column("money_wan", "money_wan", "经费", "Money", unit="万元"),
            Column("technical", "text", "技术指标", "Technical indicator"), Column("industrial", "text", "产业指标", "Industrial indicator"), Column("moved_in", "boolean", "团队已入驻", "Team moved in"),
            Column("done", "boolean", "已完成", "Done"),
        )),
        Column("summary", "longtext", "总结", "Summary"), *SYSTEM,
    ),
)  # fmt: skip
PARTNER = Sheet(
    "foreign_partners",
    (
        *_own("HB-001", "机构名称", "Name"), Column("country", "text", "国别（地区）", "Country", required=True, example="新加坡"),
        Column("kind", "choice", "类型", "Kind", required=True, choices=PARTNERS, example="university"), Column("name_local", "text", "外文名称", "Name in its language"),
        Column("website", "text", "网址", "Website"), Column("contact", "text", "联系人", "Contact"), FIELDS, Column("note", "longtext", "说明", "Note"), *SYSTEM,
    ),
)  # fmt: skip
AGREEMENT = Sheet(
    "foreign_agreements",
    (
        *_own("GX-001"), _owner("省内签约单位", "Side in the province"), Column("partner", "ref", "境外合作方", "Partner abroad", required=True), Column("platform", "ref", "平台", "Platform"),
        Column("kind", "choice", "层级", "Kind", choices=options(("body", "单位间协议", "Between bodies"), ("government", "政府间协议", "Between governments"))), FIELDS,
        Column("signed_on", "date", "签订日期", "Signed on", required=True), Column("valid_to", "date", "有效期止", "Valid to"), Column("ended_on", "date", "终止日期", "Ended on"),
        Column("terms", "longtext", "合作内容", "Terms"), Column("projects", "list", "合作项目", "Projects"), *SYSTEM,
    ),
)  # fmt: skip
COOPERATIONS = Sheet(
    "cooperation_projects",
    (
        *_own("GH-2024-001", "项目名称", "Title"), _owner("申报单位", "Applicant"), Column("kind", "choice", "类别", "Kind", required=True, choices=COOPERATION, example="intergovernmental"),
        Column("year", "integer", "年度", "Year", required=True, example=2024), Column("country", "text", "合作国别", "Country"), Column("partner", "ref", "境外合作方", "Partner abroad"),
        Column("platform", "ref", "依托平台", "Platform"), Column("leader", "ref", "负责人", "Leader"), FIELDS, Column("summary", "longtext", "摘要", "Summary"),
        Column("no_secrets", "boolean", "无涉密证明", "No-secrets statement"), Column("integrity", "boolean", "科研诚信承诺书", "Integrity promise"),
        Column("in_hand", "longtext", "在研项目情况说明", "Projects in hand"), Column("asked_wan", "money_wan", "申请经费", "Money asked", unit="万元"),
        Column("recommended_on", "date", "推荐日期", "Recommended on"), Column("recommendation_number", "text", "推荐文号", "Recommendation number"),
        Column("approved_on", "date", "立项日期", "Approved on"), Column("approved_wan", "money_wan", "批准经费", "Money approved", unit="万元"),
        Column("project_number", "text", "国家项目编号", "National number"), Column("ends_on", "date", "执行期止", "Ends on"), Column("outcome", "longtext", "成效", "Outcome"), *SYSTEM,
    ),
)  # fmt: skip
