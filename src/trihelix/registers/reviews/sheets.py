"""Sheets of review rounds and seats."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options
from trihelix.registers.experts.sheets import KINDS
from trihelix.registers.reviews import rulebook

OBJECTIVES = options(
    ("max_sum", "总亲和度最大", "Greatest total affinity"), ("max_worst_item_total_then_sum", "先保最差一项，再求总分", "Worst item first, then total"),
)  # fmt: skip
MODES = options(
    ("desk", "函评", "By correspondence"),
    ("online", "网络评审", "On-line"),
    ("meeting", "会议评审", "Meeting"),
    ("defence", "答辩", "Defence"),
    ("site", "现场考察", "Site visit"),
)
RIGHTS = options(("score", "可评分", "May score"), ("read", "只可阅读", "May read only"), ("none", "不开放", "Closed"))
REASONS = options(
    ("employer", "同一单位", "Same employer"), ("consortium", "参与单位", "Body of the consortium"), ("rival", "竞争单位", "Body of a rival"), ("own", "本人参与", "Takes part"), ("coauthor", "共同完成人", "Made an output together"),
    ("secondment", "选派任职", "Secondment"), ("interest", "股权、任职或顾问", "Equity, post or adviser"), ("declared", "本人申报", "Declared"), ("office", "经办认定", "Found by the office"),
)  # fmt: skip

ROUNDS = Sheet(
    "review_rounds",
    (
        Column("ref", "text", "外部编号", "External key"), Column("title", "text", "名称", "Title", required=True, example="2026年度重点研发项目评审"),
        Column("owner", "ref", "组织单位", "Organiser"), Column("call", "ref", "申报通知", "Call", help="填写后取用该计划的评分表与规则，并可一次加入全部待评项目"),
        Column("rules", "choice", "专家组规则", "Panel rules", choices=rulebook.rule_choices(), help="留空为缺省规则；下列各项可单独改"),
        Column("sheet_id", "choice", "评分表", "Score sheet", choices=rulebook.sheet_choices(), help="有申报通知时取其计划的评分表"),
        Column("panel", "integer", "每项专家数", "Experts an item", unit="人", example=7), Column("finance_min", "integer", "财务专家至少", "Finance experts at least", unit="人"),
        Column("enterprise_percent", "integer", "企业专家占比至少", "Share of enterprise experts", unit="%"), Column("same_employer", "integer", "同一单位至多", "Most of one employer", unit="人"),
        Column("same_city", "integer", "同一市（州）至多", "Most of one city", unit="人"), Column("newcomers_min", "integer", "首次参评者至少", "Newcomers at least", unit="人次"),
        Column("newcomers_each", "integer", "每组首次参评者至少", "Newcomers a panel at least", unit="人"), Column("women_min", "integer", "每组女性专家至少", "Women a panel at least", unit="人", help="按关联人员登记的性别，未登记的不计"),
        Column("most_seats", "integer", "每位专家至多", "Most seats an expert", unit="项"), Column("years", "integer", "合作回避年限", "Years of a conflict", unit="年"),
        Column("drop_from", "integer", "达到几人去最高最低", "Drop highest and lowest from", unit="人"), Column("normalise", "boolean", "按评委标准化", "Normalise by reviewer"),
        Column("blind", "boolean", "隐名评审", "Blind"), Column("objective", "choice", "分配目标", "Objective", choices=OBJECTIVES),
        Column("phases", "rows", "阶段", "Phases", rows=(
            Column("mode", "choice", "方式", "Mode", required=True, choices=MODES), Column("from", "date", "起", "From", required=True), Column("to", "date", "止", "Until", required=True),
            Column("right", "choice", "专家权限", "Right", choices=RIGHTS),
        )),
        Column("closes_on", "date", "评审截止", "Closes on", required=True), *SYSTEM,
    ),
)  # fmt: skip
SEATS = Sheet(
    "review_seats",
    (
        Column("ref", "text", "外部编号", "External key"), Column("title", "text", "名称", "Title"), Column("owner", "ref", "组织单位", "Organiser"), Column("round", "ref", "评审轮次", "Round", required=True),
        Column("item_code", "text", "项目代码", "Item"), Column("expert", "ref", "专家", "Expert", required=True), Column("kind", "choice", "专家类别", "Kind", choices=KINDS),
        Column("invited_on", "date", "邀请日期", "Invited on"), Column("interest", "longtext", "利益申报", "Declared interest"), Column("total", "decimal", "总分", "Total"),
        Column("gate_failed", "boolean", "门槛未过", "Gate failed"), *SYSTEM,
    ),
)  # fmt: skip
