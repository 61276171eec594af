"""Every plain key of a scheme file: its type, its meaning, where it stands. Loader, wizard and page read this one table.

Types: ``int`` (≥0), ``ratio`` (0 to 1, written ``30%`` or ``2/3``), ``bool``, ``text``, ``expr`` (an expression), ``date``,
``choice:a|b``, ``list:a|b`` (several of these), ``words`` (a list of texts). Lists of mappings have readers of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

SHAPES: Final = {
    "guide": ("指南引导", "Guide-led"), "demand": ("需求引导", "Demand-led"), "agreement": ("协议引导", "Agreement-led"),
    "data": ("免申即享（数据引导）", "Data-led, no applicant"), "claim": ("随时申领", "Continuous claims"),
}  # fmt: skip
AWARDS: Final = {"grant": ("资助项目", "Grant"), "status": ("认定备案", "Status"), "payment": ("补助", "Payment")}
KINDS = "firm|university|institute|hospital|government|market|bank|fund|intermediary|association"
MODES = "desk|online|meeting|defence|site|roadshow"
DAYS = "choice:working|calendar"


@dataclass(frozen=True)
class Key:
    """One key: its path ``section.key``, type, meaning, and the value in books that are older than the key."""

    path: str
    type: str
    zh: str
    en: str
    before: Any = None

    @property
    def section(self) -> str:
        return self.path.split(".")[0]


_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("call.calendar", "choice:yearly|batch|rolling|invited|none", "申报节奏", "Rhythm of calls"),
    ("call.topics", "choice:free|guide|needs|agreement|data", "选题来源", "Where topics come from"),
    ("call.topic_collection", "bool", "是否提前征集选题", "Topics collected before the guide"),
    ("call.topic_chars", "int", "选题建议字数上限", "Most characters of a topic suggestion"),
    ("call.topic_months_ahead", "int", "提前征集的月数", "Months between topics and guide"),
    ("call.two_stage", "bool", "先概念书后正式申报", "Concept first, full application later"),
    ("call.sealed", "bool", "开启前任何人不能阅读", "Nobody reads before the recorded opening"),
    ("call.questions", "bool", "公开答疑", "Public questions and answers"),
    ("call.open_days", "int", "默认开放天数", "Days open by default"),
    ("call.outage_hours", "int", "截止前多少小时内中断才顺延", "Outage within these hours before the deadline moves it"),
    ("call.outage_shift_hours", "int", "顺延至少多少小时", "Hours by which it moves at least"),
    ("applicant.kinds", f"list:{KINDS}", "申报单位类型", "Kinds of bodies that may apply"),
    ("applicant.inside", "bool", "须在省内注册", "Registered in the province"),
    ("consortium.min", "int", "参加单位最少数", "Fewest members with the applicant"),
    ("consortium.max", "int", "参加单位最多数", "Most members with the applicant"),
    ("consortium.needs", f"list:{KINDS}", "须包含的单位类型", "Kinds that must take part"),
    ("affiliation.posts", "words", "负责职务（同一人在双方任职即为关联）", "Posts in charge: one person holding them in both bodies ties them"),
    ("review.modes", f"list:{MODES}", "评审方式", "Ways of review"),
    ("review.panel", "int", "每项评审专家数", "Experts on a panel"),
    ("review.panel_min", "int", "专家最少数", "Fewest experts"),
    ("review.odd", "bool", "专家数须为单数", "Odd number of experts"),
    ("review.finance_min", "int", "财务专家最少数", "Fewest finance experts"),
    ("review.enterprise_share", "ratio", "企业专家最低占比", "Least share of enterprise experts"),
    ("review.drop_from", "int", "多少名以上去掉最高最低分", "Highest and lowest dropped from this many on"),
    ("review.normalise", "bool", "分组标准化", "Normalise scores by group"),
    ("review.blind", "bool", "匿名评审", "Blind review"),
    ("review.rivals", "bool", "同一通知申报单位的专家回避全部项目", "Experts of bodies that apply to the call judge none of its items"),
    ("review.fund_top", "int", "建议立项数", "How many to propose"),
    ("publicity.days", "int", "公示天数", "Days of publicity"),
    ("publicity.kind", DAYS, "公示日类型", "Kind of days"),
    ("publicity.first_day_counts", "bool", "首日计入", "First day counts"),
    ("objection.reply_days", "int", "异议答复天数", "Days to answer an objection"),
    ("objection.kind", DAYS, "异议日类型", "Kind of days"),
    ("objection.appeal_days", "int", "申诉天数", "Days to appeal"),
    ("objection.anonymous", "bool", "接受匿名异议", "Anonymous objections taken"),
    ("correction.rounds", "int", "补正轮数", "Correction rounds"),
    ("correction.days", "int", "补正天数", "Days to correct"),
    ("correction.kind", DAYS, "补正日类型", "Kind of days"),
    ("instrument.kind", "choice:task_book|military_order|contract|certificate|voucher|none", "文书种类", "Kind of instrument"),
    ("instrument.template", "text", "文书模板", "Template of the instrument"),
    ("instrument.signers", "list:applicant|demand|taker|department|recommender|funder|leader|partner|lab", "签署方", "Signers"),
    ("instrument.sign_days", "int", "签署期限", "Days to sign"),
    ("instrument.kind_of_days", DAYS, "签署日类型", "Kind of days"),
    ("instrument.stages_min", "int", "任务书最少阶段数", "Fewest dated stages in the task book"),
    ("budget.equipment_max", "ratio", "设备费最高占比", "Highest share of equipment"),
    ("budget.heads", "words", "预算科目", "Budget heads"),
    ("budget.lump_sum", "bool", "包干制", "Lump sum"),
    ("term.min_months", "int", "最短执行期（月）", "Shortest term, months"),
    ("term.max_months", "int", "最长执行期（月）", "Longest term, months"),
    ("term.default_months", "int", "默认执行期（月）", "Default term, months"),
    ("progress.every_months", "int", "进展报告间隔（月）", "Months between progress reports"),
    ("progress.stage_check_months", "int", "阶段检查间隔（月）", "Months between stage checks"),
    ("extension.count", "int", "可延期次数", "Extensions allowed"),
    ("extension.months", "int", "每次延期最长月数", "Longest extension, months"),
    ("acceptance.request_days", "int", "到期后提交验收申请天数", "Days after the term to ask for acceptance"),
    ("acceptance.audit_from_wan", "int", "须专项审计的资助额（万元）", "Grant from which a special audit is due, 万元"),
    ("acceptance.majority", "ratio", "专家组通过比例", "Majority of the panel"),
    ("acceptance.filing_required", "bool", "验收后须备案", "Filing ends the project"),
    ("acceptance.filing_days", "int", "验收后备案天数", "Days to file"),
    ("acceptance.filing_kind", DAYS, "备案日类型", "Kind of days"),
    ("acceptance.through_demand", "bool", "由需求方提出验收", "Requested through the demand party"),
    ("followup.years", "int", "后续跟踪年数", "Years of follow-up"),
    ("overdue.reference", "text", "逾期认定日（月-日）", "Reference day of overdue, month-day"),
    ("overdue.forced_years", "int", "强制终止的逾期年数", "Years overdue before forced ending"),
    ("overdue.bar_years", "int", "负责人禁报年数", "Years the leader is barred"),
    ("overdue.quota_cut", "ratio", "每项逾期核减名额比例", "Quota cut per overdue project"),
    ("overdue.quota_after_years", "int", "计入核减的逾期年数", "Years overdue that cut the quota"),
    ("overdue.lose_at", "int", "取消当年资格的逾期项数", "Overdue projects that lose the year"),
    ("similarity.flag", "ratio", "相似度提示线（只提示）", "Similarity shown to a reader, never a refusal"),
    ("status.build_months", "int", "建设期（月）", "Build period, months"),
    ("status.valid_months", "int", "有效期（月）", "Valid for, months"),
    ("status.evaluate_months", "int", "评估间隔（月）", "Months between evaluations"),
    ("status.grades", "words", "评估等级（好到差）", "Grades, best first"),
    ("status.paid_grades", "words", "给予资金的等级", "Grades that are paid"),
    ("status.remove_after", "int", "连续不合格几次摘牌", "Failures in a row that remove"),
    ("target.per_year", "int", "年度计划数", "Planned count a year"),
    ("race.parallel_max", "int", "赛马并行数", "Teams funded in parallel"),
    ("race.cut_milestone", "text", "淘汰节点", "Milestone of the cut"),
    ("race.loser_settlement", "ratio", "淘汰者结算比例", "Share paid to the losers"),
)  # fmt: skip

# Keys that came later: what a stored book from before them means. Its cases go on as they began.
_BEFORE: Final[dict[str, Any]] = {"affiliation.posts": [], "review.rivals": False}

KEYS: Final[dict[str, Key]] = {row[0]: Key(*row, before=_BEFORE.get(row[0])) for row in _ROWS}
SECTIONS: Final[dict[str, dict[str, Key]]] = {}
for _key in KEYS.values():
    SECTIONS.setdefault(_key.section, {})[_key.path.split(".")[1]] = _key

SECTION_NAMES: Final = {
    "call": ("征集与申报", "Call"), "applicant": ("申报条件", "Eligibility"), "consortium": ("联合体", "Consortium"), "affiliation": ("关联回避", "Affiliation"), "review": ("评审", "Review"),
    "publicity": ("公示", "Publicity"), "objection": ("异议", "Objections"), "correction": ("补正", "Correction"),
    "instrument": ("文书", "Instrument"), "budget": ("预算", "Budget"), "term": ("执行期", "Term"), "progress": ("过程检查", "Checks"),
    "extension": ("延期", "Extension"), "acceptance": ("验收备案", "Acceptance"), "followup": ("后续跟踪", "Follow-up"),
    "overdue": ("逾期处理", "Overdue"), "similarity": ("查重", "Similarity"), "status": ("认定管理", "Status"), "target": ("年度计划", "Target"),
    "race": ("赛马制", "Horse race"),
}  # fmt: skip
