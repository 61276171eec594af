"""Sheets of bodies, people and market nodes."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options
from trihelix.registers.parties.opening import DAYS

BODY_KINDS = options(
    ("firm", "企业", "Firm"), ("university", "高校", "University"), ("institute", "科研院所", "Institute"), ("hospital", "医疗机构", "Hospital"),
    ("government", "政府部门", "Government office"), ("market", "技术市场机构", "Market operator"), ("bank", "银行", "Bank"),
    ("fund", "基金", "Fund"), ("intermediary", "中介服务机构", "Intermediary"), ("association", "社会组织", "Association"),
)  # fmt: skip
SERVICES = options(
    ("policy", "政策咨询", "Policy advice"), ("collection", "成果征集", "Collection of results"), ("evaluation", "成果评价", "Evaluation"),
    ("promotion", "项目推介", "Promotion"), ("trading", "挂牌交易", "Listing and trading"), ("registration", "技术合同认定登记", "Contract registration"),
    ("finance", "科技融资", "Finance"), ("trusteeship", "知识产权托管", "IP trusteeship"),
)  # fmt: skip
LEVELS = options(
    ("1", "省级市场", "Provincial market"), ("10", "市（州）分市场", "City sub-market"), ("n", "县（市、区）工作站", "County station")
)
GENDERS = options(("f", "女", "Female"), ("m", "男", "Male"), ("x", "未说明", "Not stated"))

BODIES = Sheet(
    "bodies",
    (
        Column("ref", "text", "外部编号", "External key", example="91220101MA17ABCD2W", help="留空则用统一社会信用代码"),
        Column("title", "text", "单位名称", "Name", required=True, example="示例光电科技有限公司"),
        Column("kind", "choice", "单位类型", "Kind", required=True, choices=BODY_KINDS, example="firm"),
        Column("credit_code", "code", "统一社会信用代码", "Unified social credit code", example="91220101MA17ABCD2W"),
        Column("name_en", "text", "英文名称", "English name"),
        Column("short_name", "text", "简称", "Short name"),
        Column("division", "choice", "行政区划", "Division", choices=code_choices("divisions"), example="220102"),
        Column("address", "text", "地址", "Address"),
        Column("industry", "text", "行业代码", "Industry code", example="C39", help="国民经济行业分类（GB/T 4754）"),
        Column("fields", "list", "技术领域", "Fields", choices=code_choices("fields")),
        Column("established", "date", "成立日期", "Established"),
        Column("inside", "boolean", "省内单位", "In the province"),
        Column("staff", "integer", "职工总数", "Staff", unit="人"),
        Column("sales_wan", "money_wan", "上年销售收入", "Sales of last year", unit="万元"),
        Column("rd_wan", "money_wan", "上年研发费用", "R&D of last year", unit="万元"),
        Column("website", "text", "网址", "Website"),
        Column("phone", "text", "公开电话", "Public telephone"),
        Column("email", "text", "公开邮箱", "Public mail"),
        Column("summary", "longtext", "简介", "Summary"),
        *SYSTEM,
    ),
)  # fmt: skip

PEOPLE = Sheet(
    "people",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "姓名", "Name", required=True, example="示例甲"),
        Column("owner", "ref", "所在单位", "Home body", example="91220101MA17ABCD2W"),
        Column("position", "text", "职务", "Position"),
        Column("rank", "text", "职称", "Rank"),
        Column("discipline", "text", "学科代码", "Discipline code", example="510"),
        Column("fields", "list", "技术领域", "Fields", choices=code_choices("fields")),
        Column("gender", "choice", "性别", "Gender", choices=GENDERS),
        Column("email", "text", "邮箱", "Mail"),
        Column("phone", "text", "电话", "Telephone"),
        Column("summary", "longtext", "简介", "Summary"),
        *SYSTEM,
    ),
)

NODES = Sheet(
    "nodes",
    (
        Column("ref", "text", "站点编号", "Node key", example="node-220100"),
        Column("title", "text", "站点名称", "Name", required=True, example="示例市分市场"),
        Column("level", "choice", "层级", "Level", required=True, choices=LEVELS, example="10"),
        Column("owner", "ref", "上级站点", "Parent node"),
        Column("division", "choice", "所在区划", "Division", choices=code_choices("divisions"), example="220100"),
        Column("operator", "ref", "运营单位", "Operator"),
        Column("address", "text", "地址", "Address"),
        Column("opening", "rows", "开放时间", "Opening times", rows=(
            Column("day", "choice", "哪天", "Days", required=True, choices=DAYS, example="workday"), Column("opens", "text", "开门", "Opens", required=True, example="08:30"),
            Column("closes", "text", "关门", "Closes", required=True, example="16:30"),
        )),
        Column("hours", "text", "开放时间说明", "Note on opening times", example="赶集日另行安排"),
        Column("contact", "text", "联系人或窗口", "Contact", example="综合服务窗口"),
        Column("phone", "text", "电话", "Telephone"),
        Column("email", "text", "邮箱", "Mail"),
        Column("services", "list", "服务项目", "Services", choices=SERVICES),
        Column("opened_on", "date", "设立日期", "Opened on"),
        *SYSTEM,
    ),
)  # fmt: skip
