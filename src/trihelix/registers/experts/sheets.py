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
        Column("email", "text", "邮箱", "Mail"),
        Column("phone", "text", "电话", "Telephone"),
        *SYSTEM,
    ),
)
