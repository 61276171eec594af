"""Sheets of networks, members, commitments, posts, tasks, activities and annual reports."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options

KINDS = options(
    ("consortium", "创新联合体", "Innovation consortium"), ("alliance", "产业技术创新联盟", "Industry alliance"), ("investment", "投资联盟", "Investment alliance"),
    ("brokers", "科技经纪人联盟", "Broker alliance"),
)  # fmt: skip
ROLES = options(
    ("lead", "牵头（理事长）单位", "Lead or chair"), ("vice", "副理事长单位", "Vice chair"), ("council", "理事单位", "Council member"), ("member", "成员单位", "Member"),
    ("secretariat", "秘书处单位", "Secretariat"), ("observer", "观察员", "Observer"),
)  # fmt: skip
LAYERS = options(("core", "核心层", "Core"), ("close", "紧密层", "Close"), ("general", "一般层", "General"))
BROUGHT = options(
    ("money", "资金", "Money"), ("equipment", "仪器设备", "Equipment"), ("data", "数据", "Data"), ("people", "人员", "People"), ("pilot_line", "中试线", "Pilot line"),
    ("information", "信息", "Information"), ("scene", "应用场景", "Scene"), ("other", "其他", "Other"),
)  # fmt: skip
POSTS = options(
    ("technical", "技术需求", "Technical need"), ("capital", "资金需求", "Need of capital"), ("sales", "销售渠道需求", "Need of sales channels"), ("people", "人才需求", "Need of people"),
    ("offer", "可提供的资源", "Offer"),
)  # fmt: skip
ACTIVITIES = options(
    ("annual", "年会", "Annual meeting"), ("matching", "项目对接", "Matching"), ("roadshow", "项目路演", "Roadshow"), ("exposure", "对外推介", "Exposure"),
    ("survey", "走访调研", "Survey"), ("training", "培训", "Training"), ("meeting", "理事会（工作会）", "Council meeting"), ("exchange", "省内外交流", "Exchange"), ("other", "其他", "Other"),
)  # fmt: skip
GRADES = options(("excellent", "优秀", "Excellent"), ("good", "良好", "Good"), ("pass", "合格", "Pass"), ("fail", "不合格", "Fail"))
DIVISIONS, FIELDS = code_choices("divisions"), code_choices("fields")
FIELDS_COLUMN = Column("fields", "list", "领域", "Fields", choices=FIELDS)
HELD = (
    Column("held_on", "date", "举办日期", "Held on", required=True, example="2025-04-18"), Column("attendance", "integer", "到会人数", "Attendance", unit="人"),
    Column("projects", "integer", "项目数", "Projects shown"), Column("report", "longtext", "总结", "Report", required=True),
)  # fmt: skip
DELIVERED = (
    Column("delivered", "longtext", "交付内容", "What came", required=True), Column("delivered_wan", "money_wan", "到位金额", "Amount delivered", unit="万元"),
    Column("delivered_on", "date", "交付日期", "Delivered on", required=True),
)  # fmt: skip


def own(example: str, title: str = "名称", en: str = "Title") -> tuple[Column, ...]:
    """External key and title: the first columns of a sheet."""
    return (Column("ref", "text", "外部编号", "External key", example=example), Column("title", "text", title, en, required=True))


def of_network(required: bool = True) -> Column:
    """The network that a row belongs to."""
    return Column("network", "ref", "联合体（联盟）", "Network", required=required)


def optional(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns of an act in a sheet, where they are not required."""
    return tuple(Column(c.name, c.kind, c.zh, c.en, c.unit, False, c.example, c.choices, c.help, c.rows) for c in columns)


NETWORK = Sheet(
    "networks",
    (
        *own("LM-01"), Column("owner", "ref", "牵头（理事长）单位", "Lead"), Column("kind", "choice", "类型", "Kind", required=True, choices=KINDS, example="consortium"),
        Column("chain", "text", "产业链", "Industry chain"), FIELDS_COLUMN, Column("division", "choice", "所在市州", "City", choices=DIVISIONS),
        Column("service_centre", "ref", "服务单位", "Service centre"), Column("secretariat", "text", "秘书处", "Secretariat"), Column("liable_body", "ref", "责任单位", "Liable body"),
        Column("agreement_signed_on", "date", "协议签订日期", "Agreement signed on"), Column("agreement", "longtext", "协议要点", "Agreement", help="决策与执行机构、知识产权与收益、违约与退出"),
        Column("aims", "longtext", "目标任务", "Aims"), Column("budget_wan", "money_wan", "总预算", "Budget", unit="万元"), Column("batch", "text", "备案批次", "Batch of filing", example="2025年第一批"),
        Column("filing_no", "text", "备案文号", "Filing number"), Column("filed_on", "date", "备案日期", "Filed on", example="2025-05-20"), Column("founded_on", "date", "成立日期", "Founded on"), *SYSTEM,
    ),
)  # fmt: skip
MEMBER = Sheet(
    "network_members",
    (
        *own("CY-001"), Column("owner", "ref", "成员单位", "Member"), of_network(), Column("role", "choice", "身份", "Role", choices=ROLES, example="member"),
        Column("layer", "choice", "层级", "Layer", choices=LAYERS, example="core"), Column("broker", "ref", "技术经理人", "Technology manager", help="科技经纪人联盟的个人成员"),
        Column("contribution", "longtext", "拟贡献", "Contribution"), Column("contact", "text", "联系人", "Contact"), Column("joined_on", "date", "加入日期", "Joined on"),
        Column("left_on", "date", "退出日期", "Left on"), Column("left_why", "text", "退出原因", "Why left"), *SYSTEM,
    ),
)  # fmt: skip
COMMITMENT = Sheet(
    "network_commitments",
    (
        *own("CN-001", "事项", "Subject"), Column("owner", "ref", "成员单位", "Member"), of_network(), Column("kind", "choice", "类别", "Kind", required=True, choices=BROUGHT, example="equipment"),
        Column("promise", "longtext", "承诺内容", "Promise", required=True), Column("amount_wan", "money_wan", "金额", "Amount", unit="万元"),
        Column("promised_on", "date", "承诺日期", "Promised on"), Column("due_on", "date", "兑现期限", "Due on", required=True), *optional(DELIVERED), *SYSTEM,
    ),
)  # fmt: skip
POST = Sheet(
    "network_posts",
    (
        *own("FB-001"), Column("owner", "ref", "发布单位", "Body"), of_network(), Column("kind", "choice", "类别", "Kind", required=True, choices=POSTS, example="technical"),
        Column("text", "longtext", "内容", "Text", required=True), Column("answer_by", "date", "答复截止", "Answer by"), Column("need", "ref", "公开需求", "Need"), *SYSTEM,
    ),
)  # fmt: skip
TASK = Sheet(
    "network_tasks",
    (
        *own("RW-001"), Column("owner", "ref", "牵头成员", "Leading member"), of_network(), Column("post", "ref", "来源发布", "From post"), Column("need", "ref", "来源需求", "From need"),
        Column("partners", "list", "参加成员", "Partners"), Column("plan", "longtext", "研发方案", "Plan", required=True), Column("task_book", "longtext", "任务书要点", "Task book"),
        Column("budget_wan", "money_wan", "预算", "Budget", unit="万元"), Column("starts_on", "date", "起始日期", "From"), Column("ends_on", "date", "结束日期", "To"),
        Column("project", "ref", "科技项目", "Project"), Column("result", "longtext", "成果", "Result"), Column("done_on", "date", "完成日期", "Done on"), *SYSTEM,
    ),
)  # fmt: skip
ACTIVITY = Sheet(
    "network_activities",
    (
        *own("HD-001"), Column("owner", "ref", "主办单位", "Organiser"), of_network(), Column("kind", "choice", "类型", "Kind", required=True, choices=ACTIVITIES, example="matching"),
        Column("stage", "text", "阶段", "Stage"), Column("planned_on", "date", "计划日期", "Planned on"), Column("place", "text", "地点", "Place"), Column("event", "ref", "市场活动", "Market event"),
        *optional(HELD), *SYSTEM,
    ),
)  # fmt: skip
REPORT = Sheet(
    "network_reports",
    (
        *own("NB-2024-01"), Column("owner", "ref", "报告单位", "Body"), of_network(), Column("year", "integer", "年度", "Year", required=True, example="2024"),
        Column("work", "longtext", "工作情况", "Work", required=True), Column("rd_wan", "money_wan", "研发投入", "R&D", unit="万元"), Column("projects", "integer", "项目数", "Projects"),
        Column("patents", "integer", "专利数", "Patents"), Column("standards", "integer", "标准数", "Standards"), Column("sales_wan", "money_wan", "新增销售", "New sales", unit="万元"),
        Column("problems", "longtext", "问题", "Problems"), Column("plans", "longtext", "下年计划", "Plans"), *SYSTEM,
    ),
)  # fmt: skip
