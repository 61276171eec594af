"""Sheets of external figures, reports and edited clauses."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM

EXPLANATION = (
    Column("check", "text", "核对编号", "Check", required=True, example="services-by-client"),
    Column("text", "text", "说明", "Explanation", required=True, example="其余服务的对象为高校院所"),
)

EXTERNALS = Sheet(
    "external_figures",
    (
        Column("ref", "text", "外部编号", "External key", example="WB-RD-2024"),
        Column("title", "text", "名称", "Title", required=True, example="企业研发投入总量（统计公报）"),
        Column("figure", "text", "指标编号", "Figure", required=True, example="F41"),
        Column("value", "decimal", "数值", "Value", required=True, example="98.7"),
        Column("unit", "text", "单位", "Unit", required=True, example="亿元"),
        Column("as_of", "date", "截止日期", "As of", required=True, example="2024-12-31"),
        Column("source", "text", "来源", "Source", required=True, example="统计公报（示例）"),
        Column("address", "text", "公开地址", "Address"),
        Column("person", "text", "填报人", "Person", required=True, example="示例填报人"),
        Column("note", "longtext", "说明", "Note"),
        Column("unverified", "boolean", "待核实", "Unverified"),
        *SYSTEM,
    ),
)
REPORTS = Sheet(
    "reports",
    (
        Column("ref", "text", "外部编号", "External key", example="BG-2025-05"),
        Column("title", "text", "报告名称", "Title", required=True, example="产学研融合指标报告"),
        Column("as_of", "date", "截止日期", "As of", required=True, example="2025-05-28"),
        Column("purpose", "text", "用途", "Purpose"),
        Column("explanations", "rows", "对不符项的说明", "Explanations", rows=EXPLANATION),
        *SYSTEM,
    ),
)
CLAUSES = Sheet(
    "letter_clauses",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "名称", "Title", required=True, example="第二章成效第一条"),
        Column("clause", "text", "条款编号", "Clause", required=True, example="2R1"),
        Column("text", "longtext", "文字", "Text", required=True, example="全年登记技术合同{F29}项，成交额{F30}亿元。"),
        *SYSTEM,
    ),
)
