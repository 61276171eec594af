"""Sheets of the events registers."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options
from trihelix.registers.parties.sheets import BODY_KINDS

KINDS = options(
    ("training", "政策宣讲培训", "Training"), ("roadshow", "路演", "Roadshow"), ("matching", "供需对接", "Matching event"), ("annual", "年会", "Annual meeting"),
    ("press", "新闻发布会", "Press conference"), ("symposium", "座谈研讨会", "Symposium"), ("release", "成果发布", "Publication of results"), ("other", "其他", "Other"),
)  # fmt: skip
WHO = {**BODY_KINDS, **options(("media", "媒体", "Media"), ("person", "个人", "Person"), ("other", "其他", "Other"))}
PARTS = options(
    ("audience", "听众", "Audience"), ("speaker", "嘉宾", "Speaker"), ("exhibitor", "路演方", "Presenter"), ("staff", "工作人员", "Staff")
)
OUTCOMES = options(
    ("contract", "签订合同", "Contract"), ("intent", "合作意向", "Letter of intent"), ("project", "共建项目", "Joint project"), ("platform", "共建平台", "Joint platform"),
    ("other", "其他", "Other"),
)  # fmt: skip
RELEASES = options(("results", "成果", "Results"), ("needs", "需求", "Needs"), ("both", "成果与需求", "Results and needs"))
CHANNELS = options(
    ("site", "网站", "Site"), ("event", "活动现场", "At an event"), ("press", "新闻发布会", "Press conference"), ("media", "媒体", "Media")
)
DIVISIONS = code_choices("divisions")
AUDIENCE = Column("audience", "rows", "到会情况", "Audience", rows=(
    Column("body_kind", "choice", "单位类型", "Body kind", required=True, choices=WHO), Column("division", "choice", "所在市州", "City", choices=DIVISIONS),
    Column("persons", "integer", "人数", "Persons", required=True), Column("bodies", "integer", "单位数", "Bodies"),
))  # fmt: skip
ATTENDANCE = Column("attendance", "integer", "到会人数", "Attendance", unit="人")


def _own(example: str, title: str = "名称", en: str = "Title") -> tuple[Column, ...]:
    return (Column("ref", "text", "外部编号", "External key", example=example), Column("title", "text", title, en, required=True))


SERIES = Sheet(
    "event_series",
    (
        *_own("LY-1"), Column("owner", "ref", "主办单位", "Owner"), Column("brand", "text", "品牌", "Brand", required=True, example="吉林科创路演"), Column("slogan", "text", "口号", "Slogan"),
        Column("rhythm", "text", "频次", "Rhythm", example="每月一期"), Column("introduction", "longtext", "简介", "Introduction"),
        Column("started_on", "date", "起始日期", "Started on"), Column("ended_on", "date", "结束日期", "Ended on"), *SYSTEM,
    ),
)  # fmt: skip
EVENTS = Sheet(
    "events",
    (
        *_own("HD-2024-001"), Column("owner", "ref", "主办单位", "Owner"), Column("organiser", "ref", "组织站点", "Organising node", example="JL"),
        Column("kind", "choice", "活动类型", "Kind", required=True, choices=KINDS, example="matching"), Column("series", "ref", "所属系列", "Series"),
        Column("held_on", "date", "举办日期", "Date", required=True, example="2024-06-18"), Column("ends_on", "date", "结束日期", "Last day"),
        Column("starts_at", "text", "开始时间", "From", example="09:00"), Column("ends_at", "text", "结束时间", "To", example="11:30"),
        Column("place", "text", "地点", "Place"), Column("division", "choice", "举办地", "City", choices=DIVISIONS), Column("online", "text", "线上地址", "On-line address"),
        Column("fields", "list", "领域", "Fields", choices=code_choices("fields")), Column("topic", "text", "专题", "Topic", help="如 reform：职务科技成果改革"),
        Column("co_organisers", "list", "协办单位", "Co-organisers"), Column("summary", "longtext", "简介", "Summary"),
        Column("agenda", "rows", "议程", "Agenda", rows=(
            Column("time", "text", "时间", "Time"), Column("item", "text", "内容", "Item", required=True), Column("speaker", "text", "主讲", "Speaker"),
        )),
        Column("capacity", "integer", "名额", "Seats", unit="人"), Column("register_by", "date", "报名截止", "Register by"), Column("contact", "text", "联系方式", "Contact"),
        AUDIENCE, ATTENDANCE, Column("report", "longtext", "总结", "Report"), *SYSTEM,
    ),
)  # fmt: skip
REGISTRATIONS = Sheet(
    "event_registrations",
    (
        *_own("BM-0001"), Column("owner", "ref", "单位", "Body", help="未登记单位填名称"), Column("event", "ref", "活动", "Event", required=True),
        Column("name", "text", "姓名", "Name", required=True), Column("body_name", "text", "单位名称", "Body name"),
        Column("body_kind", "choice", "单位类型", "Body kind", choices=WHO), Column("division", "choice", "所在地", "Place", choices=DIVISIONS),
        Column("part", "choice", "身份", "Part", choices=PARTS), Column("phone", "text", "电话", "Telephone"), Column("email", "text", "邮箱", "Mail"),
        Column("checked_in_on", "date", "签到日期", "Checked in on"), Column("note", "text", "备注", "Note"), *SYSTEM,
    ),
)  # fmt: skip
OUTCOME = Sheet(
    "event_outcomes",
    (
        *_own("QY-2024-001"), Column("owner", "ref", "填报单位", "Body"), Column("event", "ref", "活动", "Event", required=True),
        Column("kind", "choice", "成果类型", "Kind", required=True, choices=OUTCOMES, example="intent"), Column("party_a", "ref", "甲方", "Party A"), Column("party_b", "ref", "乙方", "Party B"),
        Column("parties", "text", "其他签约方", "Other parties"), Column("need", "ref", "需求", "Need"), Column("result", "ref", "成果", "Result"), Column("deal", "ref", "交易", "Deal"),
        Column("contract", "ref", "技术合同", "Contract"), Column("amount_wan", "money_wan", "金额", "Amount", unit="万元"), Column("signed_on", "date", "签约日期", "Signed on", required=True),
        Column("follow_up", "longtext", "后续跟进", "Follow-up"), Column("performed_on", "date", "落地日期", "Performed on"), *SYSTEM,
    ),
)  # fmt: skip
RELEASE = Sheet(
    "releases",
    (
        *_own("FB-2024-001"), Column("owner", "ref", "发布单位", "Body"), Column("kind", "choice", "内容", "Kind", required=True, choices=RELEASES, example="results"),
        Column("channel", "choice", "渠道", "Channel", choices=CHANNELS, example="site"), Column("event", "ref", "所属活动", "Event"), Column("introduction", "longtext", "导语", "Introduction"),
        Column("results", "list", "成果", "Results"), Column("needs", "list", "需求", "Needs"), Column("released_on", "date", "发布日期", "Released on"),
        Column("valid_to", "date", "撤下日期", "Until"), *SYSTEM,
    ),
)  # fmt: skip
