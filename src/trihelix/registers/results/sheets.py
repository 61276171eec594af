"""Sheet of results."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options

WAYS = options(
    ("transfer", "转让", "Assignment"), ("licence", "许可", "Licence"), ("invest", "作价投资", "Capital contribution"),
    ("joint", "合作开发", "Joint development"), ("service", "技术服务", "Technical service"), ("use_first", "先使用后付费", "Use first, pay later"),
    ("fund_first", "先投后股", "Fund first, equity later"),
)  # fmt: skip
IP = options(
    ("invention", "发明专利", "Invention patent"), ("utility", "实用新型", "Utility model"), ("design", "外观设计", "Design"),
    ("software", "软件著作权", "Software copyright"), ("variety", "植物新品种", "Plant variety"), ("circuit", "集成电路布图", "Circuit layout"),
    ("secret", "技术秘密", "Know-how"), ("none", "无", "None"),
)  # fmt: skip
PRICE = options(
    ("fixed", "定价", "Fixed"), ("negotiable", "面议", "Negotiable"), ("royalty", "入门费加提成", "Entry fee and royalty"),
    ("auction", "拍卖或挂牌", "Auction or listing"),
)  # fmt: skip

RESULTS = Sheet(
    "results",
    (
        Column("ref", "text", "外部编号", "External key", example="CG-A-001"),
        Column("title", "text", "成果名称", "Title", required=True, example="硅光芯片端面耦合封装方法"),
        Column("owner", "ref", "第一持有单位", "First holder", example="12220000412755020A"),
        Column("holders", "list", "全部持有单位", "All holders", help="按顺序，含第一持有单位"),
        Column("summary", "longtext", "公开简介", "Open summary", required=True, example="面向硅光芯片的端面耦合工艺，单通道损耗低，适合批量封装。"),
        Column("confidential_part", "longtext", "保密部分", "Confidential part", help="只向签署保密约定的对接方开放"),
        Column("completers", "list", "完成人", "Completers", help="按贡献顺序"),
        Column("people", "list", "完成人（库内）", "Completers in the register", help="人员编号，按贡献顺序"),
        Column("fields", "list", "技术领域", "Fields", choices=code_choices("fields")),
        Column("division", "choice", "所在区划", "Division", choices=code_choices("divisions")),
        Column("maturity", "integer", "技术就绪度", "Readiness level", example=6, help="1–9 级（自评）"),
        Column("ip_kind", "choice", "知识产权类型", "Kind of IP", choices=IP),
        Column("ip_numbers", "list", "知识产权号", "IP numbers", help="专利号校验校验位"),
        Column("transfer_ways", "list", "拟转化方式", "Ways of transfer", choices=WAYS),
        Column("price_wan", "money_wan", "意向价格", "Asking price", unit="万元", example="60"),
        Column("price_rule", "choice", "定价方式", "Price rule", choices=PRICE),
        Column("limits", "longtext", "已知局限", "Known limits"),
        Column("application", "longtext", "应用场景", "Application"),
        Column("contact_name", "text", "联系人", "Contact"),
        Column("contact_phone", "text", "联系电话", "Telephone"),
        Column("contact_email", "text", "联系邮箱", "Mail"),
        *SYSTEM,
    ),
)  # fmt: skip
