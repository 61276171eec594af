"""Sheets of commitments, measures, results and action plans."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options

DUE_KINDS = options(
    ("date", "定日", "By a date"), ("year", "年度", "A year"), ("within_year", "年内", "Within the year"), ("soon", "尽快", "As soon as possible"),
    ("recurring", "每年", "Every year"), ("none", "未定", "None"),
)  # fmt: skip
GOAL = (
    Column("name", "text", "目标", "Goal", required=True, example="每年选派人数"), Column("year", "integer", "年度", "Year", example="2027"),
    Column("value", "text", "目标值", "Value", example="200"), Column("unit", "text", "单位", "Unit", example="名"),
    Column("figure", "text", "指标编号", "Figure", example="F57"),
)  # fmt: skip
TASK = (
    Column("task", "text", "任务", "Task", required=True, example="组织年度选派"), Column("office", "text", "单位", "Office", example="省科技厅"),
    Column("due", "date", "期限", "Due"), Column("done_on", "date", "完成日期", "Done on"),
)  # fmt: skip
PLACE = Column("place", "text", "条款", "Place", example="1N2")
SUGGESTION = Column("suggestion", "integer", "对应建议", "Suggestion", example="1")
LEAD = Column("lead_office", "text", "牵头单位", "Lead office", required=True, example="省教育厅")
CO = Column("co_offices", "list", "配合单位", "Co-owners")

COMMITMENTS = Sheet(
    "commitments",
    (
        Column("ref", "text", "外部编号", "External key", example="K34"),
        Column("title", "text", "名称", "Title", required=True, example="每年支持产业化培育项目"),
        PLACE, SUGGESTION,
        Column("source", "text", "来源", "Source", example="对提案的答复"),
        Column("text", "longtext", "内容", "Text", required=True, example="按企业需求选题，每年安排培育项目。"),
        LEAD, CO,
        Column("carried_by", "text", "落实载体", "Carried out by", example="schemes:edu-cultivation"),
        Column("measure", "text", "衡量办法", "Measure", example="立项数"),
        Column("target", "decimal", "目标值", "Target", example="50"),
        Column("unit", "text", "单位", "Unit", example="项"),
        Column("figure", "text", "进度指标", "Progress figure", example="F22"),
        Column("starts_on", "date", "起算日期", "Starts on"),
        Column("due_kind", "choice", "期限类型", "Kind of due date", required=True, choices=DUE_KINDS, example="recurring"),
        Column("due_on", "date", "完成期限", "Due on"),
        Column("review_on", "date", "复核日期", "Review on", help="没有期限的承诺须定复核日期"),
        Column("evidence_needed", "text", "所需证明", "Evidence needed"),
        Column("risk", "text", "风险", "Risk"),
        Column("same_as", "ref", "同一事项", "Same as"),
        Column("plan", "ref", "行动计划", "Action plan"),
        Column("unverified", "boolean", "待核实", "Unverified"),
        *SYSTEM,
    ),
)  # fmt: skip
MEASURES = Sheet(
    "measures",
    (
        Column("ref", "text", "外部编号", "External key", example="K01"),
        Column("title", "text", "名称", "Title", required=True, example="联合体工作机制"),
        PLACE, SUGGESTION,
        Column("text", "longtext", "内容", "Text", required=True, example="由龙头企业牵头组织联合体。"),
        LEAD, CO,
        Column("document", "text", "依据文件", "Document"),
        Column("carried_by", "text", "落实载体", "Carried out by", example="consortia"),
        Column("since", "date", "施行日期", "Since"),
        *SYSTEM,
    ),
)  # fmt: skip
RESULTS = Sheet(
    "result_clauses",
    (
        Column("ref", "text", "外部编号", "External key", example="K18"),
        Column("title", "text", "名称", "Title", required=True, example="联合体运行情况"),
        PLACE, SUGGESTION,
        Column("text", "longtext", "内容", "Text", required=True, example="联合体数量与机制。"),
        LEAD, CO,
        Column("figures", "list", "指标", "Figures", example="F08"),
        Column("evidence", "list", "证据", "Evidence", help="无数字的成效写“登记库:编号”，如 meetings:HY-1"),
        *SYSTEM,
    ),
)  # fmt: skip
PLANS = Sheet(
    "action_plans",
    (
        Column("ref", "text", "外部编号", "External key", example="XDJ-ABILITY"),
        Column("title", "text", "名称", "Title", required=True, example="企业创新能力提升行动（演示）"),
        Column("starts_on", "date", "起", "Starts on"),
        Column("ends_on", "date", "止", "Ends on"),
        Column("years", "integer", "年数", "Years", example="3"),
        Column("term_years", "integer", "任期年数", "Years of a term"),
        LEAD,
        Column("owners", "list", "发起单位", "Owners"),
        Column("goals", "rows", "目标", "Goals", rows=GOAL),
        Column("tasks", "rows", "任务", "Tasks", rows=TASK),
        Column("summary", "longtext", "要点", "Summary"),
        Column("published_on", "date", "公布日期", "Published on"),
        Column("started_on", "date", "启动日期", "Started on"),
        Column("unverified", "boolean", "待核实", "Unverified"),
        *SYSTEM,
    ),
)
