"""Sheet of intakes."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options

ROUTES = options(
    ("education", "教育部门调研", "Education department survey"), ("market", "技术市场", "Technology market"), ("open_bid", "揭榜挂帅", "Open bid"),
    ("consortium", "创新联合体", "Consortium"), ("platform", "网上填报", "On-line"), ("visit", "走访", "Visit"),
)  # fmt: skip

INTAKES = Sheet(
    "intakes",
    (
        Column("ref", "text", "外部编号", "External key", example="ZJ-2024-001"),
        Column("title", "text", "征集名称", "Title", required=True, example="2024年度企业技术需求征集"),
        Column("owner", "ref", "征集单位", "Collecting body", example="12220000412755020A"),
        Column("need", "ref", "需求编号", "Need", help="需求与成果填一项"),
        Column("result", "ref", "成果编号", "Result"),
        Column("route", "choice", "征集渠道", "Route", required=True, choices=ROUTES, example="market"),
        Column("at_node", "ref", "站点", "Node"),
        Column("campaign", "text", "批次或活动", "Campaign"),
        Column("collected_on", "date", "征集日期", "Date", required=True, example="2024-06-18"),
        *SYSTEM,
    ),
)
