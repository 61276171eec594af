"""Sheets of shared resources, bookings, ledger, reviews, scenes and replies."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options
from trihelix.registers.parties.sheets import BODY_KINDS

KINDS = options(
    ("instrument", "仪器设备", "Instrument"), ("pilot_line", "中试线", "Pilot line"), ("data", "数据", "Data"), ("people", "人员", "People"),
    ("site", "场地", "Site"),
)  # fmt: skip
SCENES = options(
    ("project_chance", "项目机会（有预算）", "Project chance"), ("scene_chance", "场景机会（只开放条件）", "Scene chance"), ("ability", "能力（供给方）", "Ability"),
)  # fmt: skip
OPENED = options(("data", "数据", "Data"), ("site", "场地", "Site"), ("users", "用户", "Users"), ("equipment", "设备", "Equipment"))
SECRECY = options(("open", "可公开", "Open"), ("members", "仅成员可见", "Members only"))
GRADES = options(("excellent", "优秀", "Excellent"), ("good", "良好", "Good"), ("pass", "合格", "Pass"), ("poor", "较差", "Poor"))
DIVISIONS, FIELDS, CLASSES = code_choices("divisions"), code_choices("fields"), code_choices("instrument_classes")
HOURS = Column("hours", "decimal", "机时", "Hours", unit="小时", required=True, example="3.5")
PAID_ON = Column("paid_on", "date", "到账日期", "Paid on", required=True)
GRADE = Column("grade", "choice", "等次", "Grade", choices=GRADES)
COPY = (Column("place", "text", "推广单位或地区", "Where", required=True), Column("copied_on", "date", "日期", "On", required=True))


def _own(example: str, title: str = "名称", en: str = "Title") -> tuple[Column, ...]:
    return (Column("ref", "text", "外部编号", "External key", example=example), Column("title", "text", title, en, required=True))


RESOURCE = Sheet(
    "shared_resources",
    (
        *_own("YQ-0001"), Column("owner", "ref", "管理单位", "Managing unit"), Column("kind", "choice", "资源类型", "Kind", required=True, choices=KINDS, example="instrument"),
        Column("network", "ref", "所属联合体", "Network"), Column("instrument_class", "choice", "仪器类别", "Class", choices=CLASSES, example="analysis", help="十五类名称待核实"), Column("fields", "list", "领域", "Fields", choices=FIELDS),
        Column("model_name", "text", "型号", "Model"), Column("original_wan", "money_wan", "原值", "Original value", unit="万元"), Column("bought_on", "date", "购置日期", "Bought on"),
        Column("funding", "text", "资金来源", "Funding source"), Column("must_open", "boolean", "应当开放", "Must be open"),
        Column("exclusive", "boolean", "同一时段只供一家使用", "One user at a time", help="数据等可多家同时使用的资源填否"), Column("units", "integer", "台（套）数", "Units"),
        Column("opens_at", "text", "每日开放自", "Opens at", example="08:00"), Column("closes_at", "text", "每日开放至", "Closes at", example="18:00"),
        Column("price_yuan", "money_yuan", "对外价格（每小时）", "Price an hour", unit="元"), Column("member_price_yuan", "money_yuan", "成员价格（每小时）", "Members' price an hour", unit="元"),
        Column("price_basis", "text", "定价依据", "Basis of the price"), Column("place", "text", "存放地点", "Place"), Column("division", "choice", "所在市州", "City", choices=DIVISIONS),
        Column("contact", "text", "联系人", "Contact"), Column("conditions", "longtext", "使用条件", "Conditions"), Column("opened_on", "date", "开放日期", "Open since"), *SYSTEM,
    ),
)  # fmt: skip
BOOKING = Sheet(
    "bookings",
    (
        *_own("YY-0001", "用途简述", "Subject"), Column("owner", "ref", "预约单位", "User"), Column("resource", "ref", "共享资源", "Resource", required=True),
        Column("day", "date", "日期", "Day", required=True, example="2025-03-10"), Column("until", "date", "至", "Last day"),
        Column("starts_at", "text", "每日自", "From", required=True, example="09:00"), Column("ends_at", "text", "每日至", "To", required=True, example="11:30"),
        Column("purpose", "longtext", "用途", "Purpose"), Column("samples", "text", "样品", "Samples"), *SYSTEM,
    ),
)  # fmt: skip
USAGE = Sheet(
    "usage_logs",
    (
        *_own("JS-0001", "使用事项", "Subject"), Column("owner", "ref", "管理单位", "Managing unit"), Column("resource", "ref", "共享资源", "Resource", required=True),
        Column("booking", "ref", "预约", "Booking"), Column("user", "ref", "使用单位", "User"), Column("user_name", "text", "未登记的使用单位", "User by name"),
        Column("user_kind", "choice", "使用单位类型", "Kind of user", choices=BODY_KINDS), Column("day", "date", "日期", "Day", required=True, example="2025-03-10"), HOURS,
        Column("outside", "boolean", "对外服务", "For outside"), Column("purpose", "text", "用途", "Purpose"), Column("fee_yuan", "money_yuan", "收费", "Fee", unit="元"), *SYSTEM,
    ),
)  # fmt: skip
REVIEW = Sheet(
    "sharing_reviews",
    (
        *_own("KP-2024-01"), Column("owner", "ref", "管理单位", "Managing unit"), Column("year", "integer", "年度", "Year", required=True, example="2024"),
        Column("rules", "longtext", "管理制度与激励", "Rules and incentives"), Column("technicians", "integer", "实验技术人员", "Technicians", unit="人"),
        Column("must_open", "integer", "应开放台（套）", "Must be open"), Column("spent_wan", "money_wan", "共享支出", "Spent on sharing", unit="万元"),
        Column("results", "longtext", "支撑的成果", "Results supported"), GRADE, Column("score", "decimal", "得分", "Score"), Column("graded_on", "date", "评定日期", "Graded on"),
        Column("subsidy_wan", "money_wan", "核定补助", "Subsidy approved", unit="万元"), Column("paid_wan", "money_wan", "已拨补助", "Subsidy paid", unit="万元"),
        Column("paid_on", "date", "拨付日期", "Paid on"), *SYSTEM,
    ),
)  # fmt: skip
SCENE = Sheet(
    "scenes",
    (
        *_own("CJ-2025-001"), Column("owner", "ref", "场景单位", "Owner"), Column("kind", "choice", "清单类别", "List", required=True, choices=SCENES, example="scene_chance"),
        Column("network", "ref", "先发联合体", "Network first"), Column("batch", "text", "批次", "Batch"), Column("fields", "list", "行业领域", "Sector", choices=FIELDS),
        Column("problem", "longtext", "要解决的问题", "Problem", required=True), Column("place", "text", "地点", "Place"), Column("division", "choice", "所在市州", "City", choices=DIVISIONS),
        Column("conditions", "rows", "开放条件", "Conditions opened", rows=(
            Column("kind", "choice", "类别", "Kind", required=True, choices=OPENED), Column("text", "text", "内容", "What", required=True),
        )),
        Column("budget_wan", "money_wan", "预算", "Budget", unit="万元"), Column("payer", "text", "出资方", "Payer"), Column("procurement", "text", "采购方式", "Procurement route"),
        Column("technology", "longtext", "所需技术", "Technology wanted"), Column("starts_on", "date", "起始日期", "From"), Column("ends_on", "date", "结束日期", "To"),
        Column("answer_by", "date", "应答截止", "Answer by"), Column("contact", "text", "联系方式", "Contact"), Column("secrecy", "choice", "公开范围", "Secrecy", choices=SECRECY),
        Column("published_on", "date", "公开日期", "Published on"), Column("result", "longtext", "结果", "Result"), Column("demonstration", "boolean", "示范场景", "Demonstration scene"),
        Column("copies", "rows", "推广情况", "Copied elsewhere", rows=COPY), *SYSTEM,
    ),
)  # fmt: skip
REPLY = Sheet(
    "scene_replies",
    (
        *_own("YD-2025-001"), Column("owner", "ref", "应答单位", "Supplier"), Column("scene", "ref", "场景", "Scene", required=True), Column("ability", "ref", "对应能力", "Ability"),
        Column("proposal", "longtext", "方案", "Proposal", required=True), Column("price_wan", "money_wan", "报价", "Price", unit="万元"), Column("contract", "ref", "技术合同", "Contract"),
        Column("pilot_from", "date", "试点自", "Pilot from"), Column("pilot_to", "date", "试点至", "Pilot to"), Column("report", "longtext", "试点报告", "Pilot report"), *SYSTEM,
    ),
)  # fmt: skip
