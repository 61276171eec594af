"""Sheet of experts."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options

KINDS = options(
    ("academic", "学术专家", "Academic"), ("enterprise", "企业专家", "Enterprise"), ("finance", "财务专家", "Finance"),
    ("investment", "投资专家", "Investment"), ("management", "管理专家", "Management"), ("broker", "技术经理人", "Technology manager"),
)  # fmt: skip

EXPERTS = Sheet(
    "experts",
    (
        Column("ref", "text", "外部编号", "External key", example="ZJ-A-001"),
        Column("title", "text", "姓名", "Name", required=True, example="示例乙"),
        Column("owner", "ref", "工作单位", "Employer", example="12220000412755020A"),
        Column("person", "ref", "人员编号", "Person", help="与人员库关联后，按其成果检索"),
        Column("kind", "choice", "专家类别", "Kind", required=True, choices=KINDS, example="academic"),
        Column("fields", "list", "技术领域", "Fields", choices=code_choices("fields")),
        Column("discipline", "text", "学科代码", "Discipline code", example="510"),
        Column("rank", "text", "职称", "Rank", example="教授"),
        Column("city", "choice", "所在市（州）", "City", choices=code_choices("divisions")),
        Column("max_load", "integer", "最多承担项数", "Most seats", example=10),
        Column("away_from", "date", "不可用起", "Away from"),
        Column("away_to", "date", "不可用止", "Away to"),
        Column("rests_until", "date", "轮休至", "Rests until"),
        Column("credit", "integer", "信用分", "Credit", help="留空为 100，由办理增减"),
        Column("academician", "boolean", "院士或全国知名专家", "Academician or nationally known"),
        Column("email", "text", "邮箱", "Mail"),
        Column("phone", "text", "电话", "Telephone"),
        *SYSTEM,
    ),
)

WORKS = options(
    ("plan", "规划编制", "Planning"),
    ("policy", "政策起草", "Policy drafting"),
    ("guide", "年度指南", "Yearly guide"),
    ("other", "其他", "Other"),
)
ROLES = options(("lead", "牵头", "Lead"), ("member", "参与", "Member"), ("consulted", "征求意见", "Consulted"))
MODES = options(("meeting", "会议", "Meeting"), ("correspondence", "函评或网评", "By correspondence"))

INVITATIONS = Sheet(
    "expert_invitations",
    (
        Column("ref", "text", "外部编号", "External key"), Column("title", "text", "工作名称", "Work", required=True, example="2027年度项目指南编制"), Column("owner", "ref", "专家所在单位", "Employer"),
        Column("expert", "ref", "专家", "Expert", required=True), Column("work", "choice", "工作类别", "Kind of work", required=True, choices=WORKS), Column("role", "choice", "角色", "Role", choices=ROLES),
        Column("task", "longtext", "任务", "Task"), Column("invited_on", "date", "邀请日期", "Invited on"), Column("answered_on", "date", "答复日期", "Answered on"),
        Column("contribution", "longtext", "意见", "Contribution"), Column("contributed_on", "date", "提交日期", "Contributed on"), Column("adopted", "boolean", "已采纳", "Adopted"), *SYSTEM,
    ),
)  # fmt: skip
FEES = Sheet(
    "expert_fees",
    (
        Column("ref", "text", "外部编号", "External key"), Column("title", "text", "事由", "For", required=True), Column("owner", "ref", "支付单位", "Payer"), Column("expert", "ref", "专家", "Expert", required=True),
        Column("mode", "choice", "方式", "Mode", required=True, choices=MODES), Column("days", "decimal", "会议天数", "Days", unit="天", help="半天填 0.5"), Column("times", "integer", "评审次数", "Times", unit="次"),
        Column("day_yuan", "money_yuan", "日标准（税后）", "Day rate", unit="元", required=True), Column("percent", "integer", "每次占日标准", "Percent of the day rate", unit="%"),
        Column("amount_yuan", "money_yuan", "应付（税后）", "Amount", unit="元"), Column("paid_on", "date", "支付日期", "Paid on"), *SYSTEM,
    ),
)  # fmt: skip
