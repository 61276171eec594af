"""Sheets of title review and talent carriers."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options
from trihelix.registers.platforms.kinds import kinds
from trihelix.registers.platforms.life import life_columns
from trihelix.registers.titles.channels import channels

FILE = "titles/carriers.yaml"
CARRIERS = {k.id: (k.zh, k.en) for k in kinds(FILE).values()}
CHANNELS = {c.id: (c.zh, c.en) for c in channels().values()}
SERIES = options(
    ("engineering", "工程", "Engineering"), ("agriculture", "农业", "Agriculture"), ("research", "科学研究", "Research"), ("teaching", "高校教师", "University teaching"),
    ("health", "卫生", "Health"), ("economics", "经济", "Economics"), ("craft", "工艺美术", "Arts and crafts"), ("other", "其他", "Other"),
)  # fmt: skip
LEVELS = options(
    ("junior", "初级", "Junior"), ("intermediate", "中级", "Intermediate"), ("associate_senior", "副高级", "Associate senior"), ("senior", "正高级", "Senior"),
)  # fmt: skip
UNITS = options(
    ("public", "事业单位", "Public body"),
    ("state_firm", "国有企业", "State firm"),
    ("private_firm", "民营企业", "Private firm"),
    ("other", "其他", "Other"),
)
ENCLAVES = options(("talent", "人才飞地", "Talent enclave"), ("science", "科创飞地", "Science enclave"))
CLASSES = options(*((c, f"{c} 类", f"Class {c}") for c in "ABCDE"))
DIVISIONS = code_choices("divisions")


def _own(example: str, zh: str = "名称", en: str = "Title") -> tuple[Column, ...]:
    return (Column("ref", "text", "外部编号", "External key", example=example), Column("title", "text", zh, en, required=True))


VALID = (Column("valid_from", "date", "有效期起", "Valid from"), Column("valid_to", "date", "有效期止", "Valid to"))
AUTHORISATION = Sheet(
    "title_authorisations",
    (
        *_own("SQ-2024-001"), Column("owner", "ref", "企业", "Firm"), Column("series", "list", "系列", "Series", required=True, choices=SERIES),
        Column("levels", "list", "级别", "Levels", required=True, choices=LEVELS), Column("number_given", "text", "授权编号", "Authorisation number"), Column("issuer", "text", "授权机关", "Issuer"),
        Column("doc_number", "text", "文号", "Document number"), *VALID, Column("ended_on", "date", "收回日期", "Revoked on"), Column("capacity", "longtext", "评审能力说明", "Capacity"), *SYSTEM,
    ),
)  # fmt: skip
COMMITTEE = Sheet(
    "review_committees",
    (
        *_own("PW-2024-001", "评审委员会", "Committee"), Column("owner", "ref", "组建单位", "Body"), Column("authorisation", "ref", "授权", "Authorisation"),
        Column("series", "choice", "系列", "Series", required=True, choices=SERIES, example="engineering"), Column("specialities", "list", "专业", "Specialities", help="留空为本系列各专业"),
        Column("levels", "list", "级别", "Levels", required=True, choices=LEVELS), Column("size", "integer", "委员人数", "Number of members", unit="人", required=True, example=15),
        Column("chair", "text", "主任委员", "Chair"),
        Column("members", "rows", "委员", "Members", rows=(
            Column("name", "text", "姓名", "Name", required=True), Column("unit", "text", "单位", "Unit"), Column("rank", "text", "职称", "Title"),
        )),
        Column("filing_number", "text", "备案编号", "Filing number"), *VALID, *SYSTEM,
    ),
)  # fmt: skip
CASE = Sheet(
    "title_cases",
    (
        Column("ref", "text", "外部编号", "External key", example="ZCS-2026-001"), Column("title", "text", "申报事项", "Matter", required=True, help="勿写姓名", example="工程系列副高级申报"),
        Column("owner", "ref", "所在单位", "Employer"), Column("channel", "choice", "渠道", "Channel", required=True, choices=CHANNELS, example="ordinary"),
        Column("applicant", "ref", "申报人", "Applicant", help="已登记的人员"), Column("applicant_name", "text", "申报人姓名", "Name", required=True),
        Column("year", "integer", "年度", "Year", required=True, example=2026), Column("series", "choice", "系列", "Series", required=True, choices=SERIES, example="engineering"),
        Column("speciality", "text", "专业", "Speciality", example="机械设计"), Column("level", "choice", "级别", "Level", required=True, choices=LEVELS, example="associate_senior"),
        Column("current_title", "text", "现职称", "Present title"),
        Column("works", "rows", "业绩成果", "Works", rows=(
            Column("name", "text", "名称", "Name", required=True), Column("kind", "text", "类别", "Kind"), Column("year", "integer", "年份", "Year"), Column("role", "text", "本人作用", "Part"),
        )),
        Column("statement", "longtext", "申报说明", "Statement"), Column("originals_checked", "boolean", "原件已核", "Originals checked"),
        Column("unit_notice_from", "date", "单位公示起", "Unit notice from"), Column("unit_notice_to", "date", "单位公示止", "Unit notice to"), Column("committee", "ref", "评审委员会", "Committee"),
        Column("reviewed_on", "date", "评审日期", "Reviewed on"), Column("defence", "boolean", "已答辩", "Defended"), Column("attended", "integer", "出席委员", "Attended", unit="人"),
        Column("agreed", "integer", "同意票", "Agreed", unit="票"), Column("conclusion", "longtext", "评审结论", "Conclusion"),
        Column("publicity_from", "date", "公示起", "Notice from"), Column("publicity_to", "date", "公示止", "Notice to"), Column("granted_on", "date", "取得日期", "Granted on"),
        Column("certificate_no", "text", "证书编号", "Certificate"), *SYSTEM,
    ),
)  # fmt: skip
COMBINED = Sheet(
    "combined_bodies",
    (
        *_own("12220000412763XXXX", "单位名称", "Body"), Column("credit_code", "code", "统一社会信用代码", "Credit code"), Column("body", "ref", "已登记单位", "Registered body"),
        Column("kind", "choice", "单位性质", "Kind", choices=UNITS, example="public"), Column("division", "choice", "所在地", "Place", choices=DIVISIONS),
        Column("since", "date", "实行日期", "Since", required=True, example="2021-09-01"), Column("ended_on", "date", "退出日期", "Ended on"), Column("doc_number", "text", "文号", "Document number"), *SYSTEM,
    ),
)  # fmt: skip
CONDITIONS = (
    Column("has_rd_unit", "boolean", "有研发机构、设备与自主知识产权", "R&D unit with equipment and own IP"), Column("has_supervisors", "boolean", "有高级全职导师", "Senior full-time supervisors"),
    Column("has_plan", "boolean", "有招收计划与项目", "Recruitment plan and project"), Column("has_living", "boolean", "有工作生活条件", "Working and living conditions"),
)  # fmt: skip
CARRIER = Sheet(
    "talent_carriers",
    (
        *_own("RC-2024-001", "载体名称", "Name"), Column("owner", "ref", "设站（依托）单位", "Host"), *life_columns(CARRIERS, "practice_base"), Column("division", "choice", "所在地", "Place", choices=DIVISIONS),
        Column("fields", "list", "领域", "Fields", choices=code_choices("fields")), Column("leader", "text", "负责人或领办大师", "Head or master"), *CONDITIONS,
        Column("partners", "list", "合作单位", "Partners"), Column("parent", "ref", "所属工作站", "Workstation"), Column("capacity", "integer", "容量", "Capacity", unit="人"),
        Column("trades", "text", "工种或学科", "Trades or disciplines"), Column("project", "ref", "补助立项", "Award"), Column("introduction", "longtext", "简介", "Introduction"), *SYSTEM,
    ),
)  # fmt: skip
COUNTS = (
    Column("entered", "integer", "进站或招收", "Entered", unit="人"), Column("left", "integer", "出站", "Left", unit="人"), Column("present", "integer", "在站", "Present", unit="人"),
    Column("trained", "integer", "培训人次", "Trained", unit="人次"), Column("certified", "integer", "取得证书", "Certified", unit="人"), Column("projects", "integer", "项目", "Projects", unit="项"),
    Column("spent_wan", "money_wan", "投入", "Spent", unit="万元"),
)  # fmt: skip
CARRIER_YEAR = Sheet(
    "carrier_years",
    (
        *_own("RCN-2025-001"), Column("carrier", "ref", "载体", "Carrier", required=True), Column("year", "integer", "年度", "Year", required=True, example=2025), *COUNTS,
        Column("report", "longtext", "年度报告", "Report"), *SYSTEM,
    ),
)  # fmt: skip
PERSON = (
    Column("name", "text", "姓名", "Name", required=True), Column("home", "text", "原单位", "Home body"), Column("field", "text", "方向", "Field"),
    Column("since", "date", "起", "From"), Column("until", "date", "止", "To"),
)  # fmt: skip
ENCLAVE = Sheet(
    "talent_enclaves",
    (
        *_own("FD-001"), Column("owner", "ref", "设立单位", "Body"), Column("kind", "choice", "类型", "Kind", choices=ENCLAVES, example="talent"),
        Column("home", "choice", "飞出地", "Home place", choices=DIVISIONS), Column("host_place", "text", "飞入地", "Host place", required=True, example="北京市海淀区"),
        Column("operator", "text", "运营机构", "Operator"), Column("services", "list", "服务", "Services"), Column("area_m2", "decimal", "面积", "Area", unit="m²"),
        Column("opened_on", "date", "启用日期", "Opened on"), Column("closed_on", "date", "关闭日期", "Closed on"), Column("people", "rows", "柔性引进人才", "People", rows=PERSON),
        Column("agreement", "longtext", "合作约定", "Agreement"), *SYSTEM,
    ),
)  # fmt: skip
GRADE = Sheet(
    "talent_grades",
    (
        Column("ref", "text", "外部编号", "External key", example="RF-2026-001"), Column("title", "text", "事项", "Matter", required=True, help="勿写姓名", example="人才分类认定"),
        Column("owner", "ref", "所在单位", "Employer"), Column("person", "ref", "人员", "Person"), Column("person_name", "text", "姓名", "Name", required=True),
        Column("talent_class", "choice", "类别", "Class", required=True, choices=CLASSES, example="D"), Column("issuer", "text", "认定机关", "Issuer"),
        Column("delegated", "boolean", "授权单位自行认定", "Graded by a delegated body"), Column("standard", "text", "认定标准版本", "Version of the standard"), Column("basis", "longtext", "认定依据", "Basis"),
        Column("graded_on", "date", "认定日期", "Graded on"), Column("valid_to", "date", "有效期止", "Valid to"), Column("ended_on", "date", "取消日期", "Ended on"), *SYSTEM,
    ),
)  # fmt: skip
