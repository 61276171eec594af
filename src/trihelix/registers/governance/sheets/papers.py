"""Sheets of proposals, documents, number series, commissions, meetings and rules in the making."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options

KINDS = options(("proposal", "政协提案", "Proposal"), ("motion", "人大建议", "Motion"))
SUBKINDS = options(
    ("party", "党派提案", "Party"), ("group", "团体提案", "Group"), ("sector", "界别提案", "Sector"), ("committee", "委员会提案", "Committee"),
    ("small_group", "小组提案", "Small group"), ("joint", "联名", "Joint"), ("personal", "个人", "Personal"),
)  # fmt: skip
RANGES = options(("full", "全文公开", "Full text"), ("title", "仅公开标题", "Title only"), ("none", "不公开", "Not public"))
CLASSES = options(
    ("A", "已解决或基本解决", "Solved or basically solved"), ("B", "正在解决或列入计划", "Being solved or planned"),
    ("C", "待条件具备", "Waits for conditions"), ("D", "留作参考", "For reference"),
)  # fmt: skip
SATISFACTION = options(("satisfied", "满意", "Satisfied"), ("basically", "基本满意", "Basically"), ("not", "不满意", "Not satisfied"))
DOC_KINDS = options(
    ("reply", "答复", "Reply"), ("notice", "通知", "Notice"), ("publicity", "公示", "Publicity"), ("award", "表彰", "Award"),
    ("task_book", "任务书", "Task book"), ("minutes", "纪要", "Minutes"), ("letter", "函", "Letter"),
)  # fmt: skip
DISCLOSURE = options(("open", "主动公开", "Published"), ("request", "依申请公开", "On request"), ("closed", "不予公开", "Not open"))
LEVELS = options(("province", "省级", "Province"), ("city", "市（州）级", "City"), ("county", "县（市、区）级", "County"))
MEETINGS_KINDS = options(
    ("commission", "委员会会议", "Commission"), ("government", "政府常务会议", "Government executive"), ("conference", "大会", "Conference"), ("office", "办公会", "Office"),
)  # fmt: skip
OUTCOMES = options(
    ("adopted", "通过", "Adopted"), ("revised", "修改后通过", "Adopted after revision"), ("deferred", "暂缓", "Deferred"), ("rejected", "未通过", "Rejected"),
)  # fmt: skip
RULE_KINDS = options(
    ("rule", "管理办法", "Rule"),
    ("opinion", "指导意见", "Opinion"),
    ("plan", "方案", "Plan"),
    ("standard", "标准", "Standard"),
    ("guide", "指引", "Guide"),
)
WAYS = options(("phone", "电话", "Phone"), ("visit", "走访", "Visit"), ("meeting", "座谈", "Meeting"), ("mail", "书面", "Written"))

SUGGESTION = (
    Column("number", "integer", "序号", "Number", required=True, example="1"),
    Column("text", "text", "建议", "Suggestion", required=True, example="厘清各类主体的定位"),
)
AGENDA = (
    Column("item", "text", "议题", "Item", required=True, example="审议工作规则"),
    Column("paper", "text", "文件", "Paper"), Column("sponsor", "text", "提请单位", "Sponsor", example="省科技厅"),
)  # fmt: skip
DECISION = (
    Column("item", "text", "议题", "Item", required=True, example="审议工作规则"),
    Column("outcome", "choice", "结果", "Outcome", required=True, choices=OUTCOMES, example="adopted"), Column("note", "text", "说明", "Note"),
)  # fmt: skip
DECIDING = (
    Column("body", "text", "审议机构", "Deciding body", required=True, example="省政府常务会议"), Column("on", "date", "日期", "On", example="2024-11-01"),
    Column("outcome", "choice", "结果", "Outcome", required=True, choices=OUTCOMES, example="adopted"), Column("note", "text", "说明", "Note"),
)  # fmt: skip

PROPOSALS = Sheet(
    "proposals",
    (
        Column("ref", "text", "外部编号", "External key", example="TA-13-3-18"),
        Column("title", "text", "题目", "Title", required=True, example="关于推动院校与企业协同创新的建议（演示）"),
        Column("kind", "choice", "类别", "Kind", required=True, choices=KINDS, example="proposal"),
        Column("subkind", "choice", "提案类型", "Sub-kind", choices=SUBKINDS, example="party"),
        Column("session", "text", "届次", "Session", required=True, example="省政协十三届三次会议"),
        Column("session_number", "integer", "提案号", "Number in the session", required=True, example="18"),
        Column("proposers", "list", "提案者", "Proposers"),
        Column("received_on", "date", "收到日期", "Received on", required=True, example="2025-01-20"),
        Column("text", "longtext", "正文", "Text"),
        Column("suggestions", "rows", "建议", "Suggestions", rows=SUGGESTION),
        Column("content_class", "text", "内容分类", "Content class"),
        Column("public_range", "choice", "公开范围", "Public range", choices=RANGES, example="full"),
        Column("key_item", "boolean", "重点提案", "Key item"),
        Column("leader", "text", "领办领导", "Leader"),
        Column("lead", "ref", "主办单位", "Lead body", help="交办时填写"),
        *SYSTEM,
    ),
)  # fmt: skip
DOCUMENTS = Sheet(
    "documents",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "标题", "Title", required=True, example="关于开展调研的通知（演示）"),
        Column("kind", "choice", "文种", "Kind", required=True, choices=DOC_KINDS, example="notice"),
        Column("org_code", "text", "机关代字", "Body code", required=True, example="吉科发"),
        Column("division_code", "text", "处室代字", "Division code", example="规"),
        Column("issuers", "list", "发文机关", "Issuers"),
        Column("addressee", "text", "主送", "Addressee"),
        Column("classes", "list", "分类", "Classes"),
        Column("text", "longtext", "正文", "Text"),
        Column("doc_number", "text", "发文字号", "Document number", help="签发时自动编号；导入历史公文时填写"),
        Column("index_number", "text", "索引号", "Index number"),
        Column("signed_on", "date", "成文日期", "Signed on"),
        Column("published_on", "date", "发布日期", "Published on"),
        Column("proposal", "ref", "提案", "Proposal"),
        *SYSTEM,
    ),
)  # fmt: skip
SERIES = Sheet(
    "number_series",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "名称", "Title", required=True, example="吉科发规〔2026〕"),
        Column("org_code", "text", "机关代字", "Body code", required=True, example="吉科发"),
        Column("division_code", "text", "处室代字", "Division code", example="规"),
        Column("year", "integer", "年度", "Year", required=True, example="2026"),
        Column("last", "integer", "已用至", "Last used", example="0"),
        *SYSTEM,
    ),
)
COMMISSIONS = Sheet(
    "commissions",
    (
        Column("ref", "text", "外部编号", "External key", example="WYH-CITY"),
        Column("title", "text", "名称", "Title", required=True, example="某市委科技委员会（演示）"),
        Column("level", "choice", "层级", "Level", required=True, choices=LEVELS, example="city"),
        Column("division", "text", "区划代码", "Division", example="220200"),
        Column("heads", "list", "主任", "Heads"),
        Column("members", "list", "成员", "Members"),
        Column("office", "text", "办公室", "Office"),
        Column("rules", "longtext", "议事规则", "Rules of procedure"),
        Column("established_on", "date", "成立日期", "Established on"),
        *SYSTEM,
    ),
)
MEETINGS = Sheet(
    "meetings",
    (
        Column("ref", "text", "外部编号", "External key", example="HY-2026-01"),
        Column("title", "text", "名称", "Title", required=True, example="委员会会议（演示）"),
        Column("kind", "choice", "类别", "Kind", required=True, choices=MEETINGS_KINDS, example="commission"),
        Column("commission", "ref", "委员会", "Commission"),
        Column("ordinal", "integer", "第几次", "Ordinal", example="2"),
        Column("held_on", "date", "召开日期", "Held on", example="2026-03-01"),
        Column("place", "text", "地点", "Place"),
        Column("attendees", "list", "出席", "Attendees"),
        Column("agenda", "rows", "议程", "Agenda", rows=AGENDA),
        Column("decisions", "rows", "决定", "Decisions", rows=DECISION),
        Column("minutes", "longtext", "纪要", "Minutes"),
        *SYSTEM,
    ),
)
RULEMAKINGS = Sheet(
    "rulemakings",
    (
        Column("ref", "text", "外部编号", "External key", example="LGX-HVP"),
        Column("title", "text", "文件名称", "Title", required=True, example="高价值专利培育指导意见（在制，演示）"),
        Column("kind", "choice", "类型", "Kind", required=True, choices=RULE_KINDS, example="opinion"),
        Column("lead_office", "text", "牵头单位", "Lead office", required=True, example="省市场监管厅"),
        Column("co_offices", "list", "配合单位", "Co-owners"),
        Column("due_on", "date", "完成期限", "Due on", example="2026-12-31"),
        Column("summary", "longtext", "要点", "Summary"),
        Column("text", "longtext", "草案", "Draft text"),
        Column("consult_from", "date", "征求意见起", "Consultation from"),
        Column("consult_to", "date", "征求意见止", "Consultation to"),
        Column("deciding", "rows", "审议", "Deciding bodies", rows=DECIDING),
        Column("commitment", "ref", "对应承诺", "Commitment"),
        Column("revises", "ref", "修订文件", "Revises"),
        Column("policy", "ref", "印发的文件", "Policy issued"),
        Column("doc_number", "text", "文号", "Document number"),
        Column("issued_on", "date", "印发日期", "Issued on"),
        *SYSTEM,
    ),
)
