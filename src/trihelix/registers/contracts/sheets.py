"""Sheet of deals."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options

WAYS = options(
    ("transfer", "转让", "Assignment"), ("licence", "许可", "Licence"), ("invest", "作价投资", "Capital contribution"),
    ("joint", "合作开发", "Joint development"), ("service", "技术服务", "Technical service"), ("consulting", "技术咨询", "Consulting"),
)  # fmt: skip

DEALS = Sheet(
    "deals",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "交易名称", "Title", required=True),
        Column("match", "ref", "对接", "Match"),
        Column("need", "ref", "需求", "Need"),
        Column("result", "ref", "成果", "Result"),
        Column("buyer", "ref", "受让方", "Buyer", required=True),
        Column("seller", "ref", "让与方", "Seller", required=True),
        Column("way", "choice", "合作方式", "Way", choices=WAYS),
        Column("amount_wan", "money_wan", "意向金额", "Amount", unit="万元"),
        Column("note", "longtext", "说明", "Note"),
        *SYSTEM,
    ),
)
