"""Sheets of evaluations, trusteeships, mandates, diligence files and the reform's own records."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options
from trihelix.registers.inventions.sheets.core import INVENTION, MECHANISMS, NOTE, OWNER, PRICES, REF

CLASSES = options(("basic", "基础研究", "Basic"), ("applied", "应用研究", "Applied"), ("development", "技术开发与产业化", "Development"))
SCOPES = options(("full", "全部托管", "Full"), ("part", "部分托管", "Part"))
SUBJECTS = options(("leader", "单位领导", "Leader"), ("manager", "管理人员", "Manager"), ("researcher", "科研人员", "Researcher"))
BASES = options(("paid", "到账额", "Paid"), ("contract", "合同额", "Contract"), ("technical", "技术交易额", "Technical amount"))
NOTICES = options(("unit", "本单位", "Own unit"), ("market", "技术市场", "Market"), ("public", "社会公开", "Public"))
EVIDENCE = options(
    ("minutes", "集体决策纪要", "Minutes"), ("notice", "公示材料", "Notice"), ("inquiry", "询价或比价记录", "Inquiry"), ("opinion", "专家意见", "Expert opinion"),
    ("conflict", "利益关系声明", "Conflict declaration"), ("contract", "合同", "Contract"), ("receipts", "到账凭证", "Receipts"),
)  # fmt: skip


def _title(example: str) -> Column:
    return Column("title", "text", "名称", "Title", required=True, example=example)


EVALUATIONS = Sheet(
    "evaluations",
    (
        REF, _title("参须提取方法评价"), OWNER, INVENTION, Column("result", "ref", "成果", "Result"), Column("client", "text", "委托方", "Client"),
        Column("research_class", "choice", "研究类别", "Class", required=True, choices=CLASSES, example="applied"), Column("purpose", "longtext", "评价目的", "Purpose"),
        Column("standard", "text", "依据标准", "Standard", example="GB/T 44731-2024"),
        Column("weights", "rows", "指标权重", "Weights", rows=(
            Column("indicator", "text", "指标", "Indicator", required=True, example="技术价值"), Column("weight", "text", "权重", "Weight", required=True, example="0.4"),
        )),
        Column("fee_wan", "money_wan", "评价费", "Fee", unit="万元"), Column("due_on", "date", "约定完成日", "Due"), *SYSTEM,
    ),
)  # fmt: skip

TRUSTEESHIPS = Sheet(
    "trusteeships",
    (
        REF, _title("闲置专利托管"), OWNER, Column("trustee", "ref", "受托机构", "Trustee", required=True),
        Column("scope", "choice", "托管范围", "Scope", required=True, choices=SCOPES, example="part"), Column("items", "list", "托管知识产权", "Items"),
        Column("powers", "list", "授权事项", "Powers"), Column("fee_wan", "money_wan", "服务费", "Fee", unit="万元"), Column("success_share", "text", "成交分成", "Success share"),
        Column("secrecy", "boolean", "保密约定", "Secrecy"), Column("term_from", "date", "起", "From"), Column("term_to", "date", "止", "To"),
        Column("report_months", "integer", "报告周期", "Report every", unit="月"), *SYSTEM,
    ),
)  # fmt: skip

MANDATES = Sheet(
    "broker_mandates",
    (
        REF, _title("技术经理人委托"), OWNER, INVENTION, Column("manager", "ref", "技术经理人", "Manager"),
        Column("manager_name", "text", "姓名或机构", "Name", required=True, example="示例-孔一"), Column("certificate_no", "text", "证书编号", "Certificate"),
        Column("both_sides", "boolean", "同时代理双方", "Acts for both sides"), Column("disclosed", "boolean", "已披露", "Disclosed"), Column("exclusive", "boolean", "独家", "Exclusive"),
        Column("rule", "text", "佣金规则", "Rule", help="如 lanzhou；与自定费率二选一"), Column("rate", "text", "费率", "Rate"), Column("base", "choice", "计费基数", "Base", choices=BASES),
        Column("case_cap_wan", "money_wan", "单笔上限", "Case cap", unit="万元"), Column("year_cap_wan", "money_wan", "年度上限", "Year cap", unit="万元"),
        Column("term_from", "date", "起", "From", required=True, example="2026-01-01"), Column("term_to", "date", "止", "To"), *SYSTEM,
    ),
)  # fmt: skip

DILIGENCE = Sheet(
    "diligence_files",
    (
        REF, _title("作价投资亏损尽职认定"), OWNER, INVENTION, Column("transfer", "ref", "转化项目", "Transfer"),
        Column("subject", "choice", "对象", "Whom", required=True, choices=SUBJECTS, example="leader"), Column("event", "longtext", "事由", "Event", required=True),
        Column("happened_on", "date", "发生日期", "Happened on", required=True), Column("loss_wan", "money_wan", "损失", "Loss", unit="万元"),
        Column("price_way", "choice", "定价方式", "Price way", choices=PRICES), Column("notice_scope", "list", "公示范围", "Notice scope", choices=NOTICES),
        Column("gain", "boolean", "存在谋取非法利益", "Unlawful gain"), Column("hidden_conflict", "boolean", "隐瞒利益关系", "Hidden conflict"),
        Column("forged_paper", "boolean", "材料造假", "Forged paper"), Column("ban_ignored", "boolean", "违反明令禁止", "Known ban ignored"),
        Column("evidence", "list", "证据", "Evidence", choices=EVIDENCE), NOTE, *SYSTEM,
    ),
)  # fmt: skip

PILOTS = Sheet(
    "pilot_bodies",
    (
        REF, _title("试点单位"), Column("owner", "ref", "单位", "Body", example="u-tcm"), Column("batch", "text", "批次", "Batch"),
        Column("valid_from", "date", "起", "From", required=True, example="2024-12-23"), Column("valid_to", "date", "止", "To"),
        Column("mechanisms", "list", "试点机制", "Mechanisms", choices=MECHANISMS), Column("source", "text", "文件", "Document"), *SYSTEM,
    ),
)  # fmt: skip

SYMPOSIA = Sheet(
    "symposia",
    (
        REF, _title("改革座谈会"), Column("owner", "ref", "组织单位", "Organiser"), Column("held_on", "date", "日期", "Held on", required=True), Column("place", "text", "地点", "Place"),
        Column("people", "integer", "人数", "People", unit="人"), Column("minutes", "longtext", "纪要", "Minutes"), *SYSTEM,
    ),
)  # fmt: skip

PROBLEMS = Sheet(
    "reform_problems",
    (
        REF, _title("结余经费出资主体不明"), Column("owner", "ref", "提出单位", "Raised by"), Column("symposium", "ref", "座谈会", "Symposium"),
        Column("mechanism", "choice", "机制", "Mechanism", choices=MECHANISMS), Column("text", "longtext", "问题", "Problem", required=True),
        Column("raised_on", "date", "提出日期", "Raised on", required=True), Column("answer", "longtext", "答复", "Answer"), *SYSTEM,
    ),
)  # fmt: skip

CASES = Sheet(
    "typical_cases",
    (
        REF, _title("先使用后付费案例"), OWNER, Column("transfer", "ref", "转化项目", "Transfer"), Column("mechanism", "choice", "机制", "Mechanism", required=True, choices=MECHANISMS),
        Column("story", "longtext", "做法与成效", "Story", required=True), Column("lesson", "longtext", "启示", "Lesson"), *SYSTEM,
    ),
)  # fmt: skip

REPORTS = Sheet(
    "transfer_reports",
    (
        REF, _title("2025 年度科技成果转化报告"), OWNER, Column("year", "integer", "年度", "Year", required=True, example=2025),
        Column("experience", "longtext", "经验做法", "Experience"), Column("problems", "longtext", "问题建议", "Problems"), *SYSTEM,
    ),
)  # fmt: skip
