"""Sheet of needs: the form of the survey, with its four mandatory items as their own block."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options

KINDS = options(("technical", "技术需求", "Technical"), ("capital", "资金需求", "Capital"), ("channel", "销售渠道需求", "Sales channel"))
OWNERSHIP = options(
    ("demand", "归需求方", "Demand party"), ("supply", "归供给方", "Supply party"), ("shared", "双方共有", "Shared"),
    ("contribution", "按贡献约定", "By contribution"), ("negotiable", "面议", "To be negotiated"),
)  # fmt: skip
SECRECY = options(("open", "公开", "Open"), ("restricted", "部分公开", "Partly open"), ("confidential", "内部", "Confidential"))
OPERATORS = options(
    (">=", "不低于", "at least"), ("<=", "不高于", "at most"), ("=", "等于", "equal"), ("range", "区间", "range"), ("text", "描述", "text")
)
INDICATOR = (
    Column("name", "text", "指标名称", "Indicator", required=True, example="封装损耗"),
    Column("op", "choice", "关系", "Relation", choices=OPERATORS, example="<="),
    Column("target", "text", "目标值", "Target", required=True, example="0.5"),
    Column("unit", "text", "单位", "Unit", example="dB"),
    Column("method", "text", "检测方法", "Test method", example="功率计逐通道测量"),
)
MANDATORY = ("indicators", "budget_wan", "ownership", "deadline")

NEEDS = Sheet(
    "needs",
    (
        Column("ref", "text", "外部编号", "External key", example="XQ-A-001"),
        Column("title", "text", "需求名称", "Title", required=True, example="硅光芯片低损耗耦合封装工艺"),
        Column("owner", "ref", "需求单位", "Firm", example="91220101MA17ABCD2W"),
        Column("kind", "choice", "需求类别", "Kind", choices=KINDS, example="technical", help="留空按技术需求办理"),
        Column("problem", "longtext", "技术问题", "Problem", required=True, example="现有耦合封装损耗偏高，批量一致性不足，需要可量产的工艺。"),
        Column("indicators", "rows", "核心指标", "Core indicators", rows=INDICATOR, help="每行一项：名称|关系|目标值|单位|检测方法"),
        Column("budget_wan", "money_wan", "资金投入", "Money committed", unit="万元", example="80", help="企业拟投入的资金"),
        Column("ownership", "choice", "产权归属", "Ownership of results", choices=OWNERSHIP, example="shared"),
        Column("ownership_text", "text", "产权约定说明", "Ownership note"),
        Column("deadline", "date", "研发时限", "Deadline", example="2027-12-31"),
        Column("industry", "text", "行业代码", "Industry code", example="C39"),
        Column("fields", "list", "技术领域", "Fields", choices=code_choices("fields")),
        Column("division", "choice", "所在区划", "Division", choices=code_choices("divisions")),
        Column("conditions", "longtext", "对合作方的要求", "Conditions on the partner"),
        Column("tried", "longtext", "已做过的尝试", "Tried so far"),
        Column("secrecy", "choice", "公开程度", "Secrecy", choices=SECRECY, example="open"),
        Column("anonymous", "boolean", "匿名发布", "Anonymous", help="发布时隐去单位名称，洽谈时再告知"),
        Column("contact_name", "text", "联系人", "Contact"),
        Column("contact_phone", "text", "联系电话", "Telephone"),
        Column("contact_email", "text", "联系邮箱", "Mail"),
        Column("published_on", "date", "发布日期", "Published on", help="发布时自动填写；导入历史需求时可填"),
        *SYSTEM,
    ),
)  # fmt: skip
