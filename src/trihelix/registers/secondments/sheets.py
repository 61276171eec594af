"""Sheets of batches, needs, secondments and service logs."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, code_choices, options

KINDS = options(
    ("commissioner", "科创专员", "S&T commissioner"), ("professor", "产业教授", "Industry professor"), ("enclave", "人才飞地", "Talent enclave (remote post)"),
    ("flexible", "柔性引才", "Flexible talent"),
)  # fmt: skip
INTO_UNIVERSITY = ("professor",)  # the return leg: from a firm into a university or institute
DUTIES = options(
    ("technology_plan", "编制企业技术发展规划", "Technology plan"), ("solve", "解决指名的技术难题", "Solve named problems"), ("research", "牵头或参与研发", "Lead or join R&D"),
    ("platform", "建设研发平台", "Build a platform"), ("projects", "策划申报项目", "File projects"), ("people", "引进人才", "Bring in people"),
    ("training", "培训员工", "Train staff"), ("transfer", "引入成果转化", "Move results in"), ("ties", "联络高校院所", "University ties"), ("teaching", "授课与指导实践", "Teach and guide practice"),
)  # fmt: skip
PAYERS = options(
    ("host", "接收单位", "Host"), ("home", "派出单位", "Home body"), ("province", "省级", "Province"), ("none", "不付酬", "Unpaid")
)
DEGREES = options(("doctor", "博士", "Doctor"), ("master", "硕士", "Master"), ("bachelor", "学士", "Bachelor"), ("other", "其他", "Other"))
ENDS = options(
    ("left_home", "离开派出单位", "Left the home body"), ("host_closed", "接收单位停业或无意继续", "Host closed or lost interest"), ("conflict", "发现利益冲突", "Conflict found"),
    ("no_service", "长期未服务", "No service for long"), ("mutual", "双方协商", "Mutual"),
)  # fmt: skip
GRADES = options(("excellent", "优秀", "Excellent"), ("qualified", "合格", "Qualified"), ("unqualified", "不合格", "Unqualified"))
OUTPUTS = options(
    ("contract", "技术合同", "Technology contract"), ("patent", "专利", "Patent"), ("variety", "新品种", "New variety"), ("product", "新产品", "New product"),
    ("standard", "标准", "Standard"), ("platform", "研发平台", "Platform"), ("project", "联合项目", "Joint project"), ("training", "培训", "Training"), ("other", "其他", "Other"),
)  # fmt: skip
SIDES = options(("self", "本人", "Self"), ("host", "接收单位", "Host"), ("home", "派出单位", "Home body"), ("province", "省级", "Province"))
PHASES = options(("mid", "中期", "Mid-term"), ("end", "期满", "End"))
FIELDS, DIVISIONS = code_choices("fields"), code_choices("divisions")
KIND = Column("kind", "choice", "选派类型", "Kind", choices=KINDS, example="commissioner", help="留空为科创专员")

BATCHES = Sheet(
    "secondment_batches",
    (
        Column("ref", "text", "外部编号", "External key"), Column("title", "text", "名称", "Title", required=True, example="第一批科创专员"), KIND,
        Column("owner", "ref", "主管单位", "Department"), Column("number_in_line", "integer", "批次", "Batch number", required=True, example=1),
        Column("year", "integer", "年度", "Year", required=True, example=2024), Column("planned", "integer", "计划人数", "People planned", unit="人"),
        Column("closes_on", "date", "征集截止", "Closes on"), Column("publicity_from", "date", "公示起", "Publicity from"), Column("publicity_to", "date", "公示止", "Publicity to"),
        Column("appointed_on", "date", "聘任日期", "Appointed on"), Column("document_no", "text", "文号", "Document"), *SYSTEM,
    ),
)  # fmt: skip
NEEDS = Sheet(
    "secondment_needs",
    (
        Column("ref", "text", "外部编号", "External key"), Column("title", "text", "岗位名称", "Post", required=True, example="参片干燥工艺负责人"), KIND,
        Column("owner", "ref", "接收单位", "Host"), Column("problem", "longtext", "要解决的问题", "Problem", required=True),
        Column("field", "choice", "技术领域", "Field", choices=FIELDS), Column("indicators", "longtext", "期望指标", "Indicators"),
        Column("discipline", "text", "期望学科代码", "Wished discipline"), Column("wished_rank", "text", "期望职称", "Wished rank"), Column("wished", "longtext", "人选画像", "Wished profile"),
        Column("posts", "integer", "人数", "Posts", unit="人", example=1), Column("days_per_year", "integer", "每年在岗天数", "Days a year", unit="天", example=120),
        Column("pay_wan", "money_wan", "任期内报酬", "Pay over the term", unit="万元"), Column("support", "longtext", "支持条件", "Support"),
        Column("duties", "list", "工作内容", "Duties", choices=DUTIES), Column("place", "text", "工作地点", "Place", help="人才飞地填所在城市"),
        Column("need", "ref", "关联技术需求", "Need"), Column("recommender", "ref", "推荐的市（州）部门", "Recommending city office"), *SYSTEM,
    ),
)  # fmt: skip
SECONDMENTS = Sheet(
    "secondments",
    (
        Column("ref", "text", "外部编号", "External key"), KIND,
        Column("owner", "ref", "派出单位", "Home body", help="留空为人员所在单位"), Column("person", "ref", "人员", "Person", required=True), Column("host", "ref", "接收单位", "Host", required=True),
        Column("post", "ref", "岗位需求", "Post"), Column("batch", "ref", "批次", "Batch"), Column("recommender", "ref", "推荐单位", "Recommender"),
        Column("city", "choice", "接收单位所在市（州）", "City", choices=DIVISIONS, help="留空取接收单位所在地"),
        Column("field", "choice", "专业领域", "Field", choices=FIELDS), Column("discipline", "text", "学科代码", "Discipline"),
        Column("degree", "choice", "学位", "Degree", choices=DEGREES), Column("rank", "text", "职称", "Rank"), Column("post_title", "text", "聘任职务", "Post title", example="科技副总"),
        Column("duties", "list", "工作内容", "Duties", choices=DUTIES), Column("days_per_year", "integer", "每年在岗天数", "Days a year", unit="天", example=120),
        Column("hours_per_year", "integer", "每年学时", "Hours a year", unit="学时", help="产业教授适用"), Column("pay_wan", "money_wan", "任期内报酬", "Pay over the term", unit="万元"),
        Column("payer", "choice", "付酬方", "Payer", choices=PAYERS), Column("ip_terms", "longtext", "知识产权约定", "IP terms"), Column("exit_terms", "longtext", "退出约定", "Exit terms"),
        Column("starts_on", "date", "任期起", "From"), Column("ends_on", "date", "任期止", "Until"), Column("appointed_on", "date", "聘任日期", "Appointed on"),
        Column("letter_no", "text", "聘书编号", "Letter number"), Column("term_no", "integer", "第几任期", "Term"), Column("ended_on", "date", "实际结束日期", "Ended on"),
        Column("end_kind", "choice", "提前结束原因", "Early end", choices=ENDS), Column("grade", "choice", "等次", "Grade", choices=GRADES), *SYSTEM,
    ),
    key=("person", "host", "starts_on"),
)  # fmt: skip
LOGS = Sheet(
    "secondment_logs",
    (
        Column("ref", "text", "外部编号", "External key"), Column("title", "text", "标题", "Title", required=True, example="现场调试干燥线"), Column("owner", "ref", "派出单位", "Home body"),
        Column("secondment", "ref", "选派", "Secondment", required=True), Column("on", "date", "日期", "Date", required=True), Column("place", "text", "地点", "Place"),
        Column("days", "decimal", "天数", "Days", unit="天", required=True, example=1), Column("hours", "decimal", "学时或工时", "Hours"),
        Column("problem", "longtext", "问题", "Problem", required=True), Column("result", "longtext", "结果", "Result"), Column("solved", "boolean", "已解决", "Solved"),
        Column("confirmed_on", "date", "确认日期", "Confirmed on"), Column("satisfaction", "integer", "满意度", "Satisfaction", help="1–5"), *SYSTEM,
    ),
)  # fmt: skip
