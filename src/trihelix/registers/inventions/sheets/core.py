"""Sheets of inventions, transfers and share plans."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options

REF = Column("ref", "text", "外部编号", "External key")
OWNER = Column("owner", "ref", "所属单位", "Body", example="u-tcm")
INVENTION = Column("invention", "ref", "职务科技成果", "Invention", example="ZKCG-001")
NOTE = Column("note", "longtext", "备注", "Note")

KINDS = options(
    ("patent", "专利权", "Patent"), ("application", "专利申请权", "Patent application"), ("software", "软件著作权", "Software copyright"),
    ("layout", "集成电路布图设计", "Circuit layout"), ("variety", "植物新品种", "Plant variety"), ("biodrug", "生物医药新品种", "New bio-drug variety"),
    ("secret", "技术秘密", "Technical secret"), ("other", "其他", "Other"),
)  # fmt: skip
SECRECY = options(
    ("none", "不涉密", "None"),
    ("state", "国家秘密", "State secret"),
    ("security", "国家安全或关键核心技术", "Security or key core technology"),
)
MONEY = options(
    ("public", "财政（纵向）经费", "Public money"), ("contract", "横向委托", "Commission"), ("own", "单位自有", "Own money"), ("mixed", "混合", "Mixed"),
)  # fmt: skip
STAGES = options(("research", "研究阶段", "Research"), ("development", "开发阶段", "Development"))
ROLES = options(
    ("completer", "完成人", "Completer"),
    ("transformer", "转化人员", "Transformer"),
    ("office", "转化机构人员", "Office staff"),
    ("leader", "单位领导", "Leader"),
)
WAYS = options(
    ("transfer", "转让", "Assignment"),
    ("licence", "许可", "Licence"),
    ("shares", "作价投资", "Capital contribution"),
    ("own_use", "自行实施或合作实施", "Own use or co-operation"),
)
PRICES = options(
    ("agreement", "协议定价", "Agreed price"),
    ("listing", "挂牌交易", "Listing"),
    ("auction", "拍卖", "Auction"),
    ("tender", "招标", "Tender"),
)
MECHANISMS = options(
    ("income_share", "收益分配", "Income share"), ("rights", "赋权", "Rights given"), ("separate", "单列管理", "Separate ledger"),
    ("use_first", "先使用后付费", "Use first, pay later"), ("fund_first", "先投后股", "Fund first, equity later"), ("concession", "权益让渡", "Concession"),
    ("head_holding", "正职领导持股备案", "Heads' shareholding"), ("surplus", "横向结余经费出资", "Surplus as capital"), ("evaluation", "成果评价", "Evaluation"),
    ("trusteeship", "知识产权托管", "IP trusteeship"), ("manager", "技术经理人", "Technology manager"), ("diligence", "尽职免责", "Diligence"),
)  # fmt: skip
UNIT_KINDS = options(("state", "国家设立", "State-founded"), ("firm", "企业", "Firm"))
GOVERNANCE = options(("central", "中央", "Central"), ("province", "省属", "Province"), ("city", "市（州）属", "City"))

COMPLETER = (
    Column("person", "text", "人员编号", "Person", example="p-058"),
    Column("name", "text", "姓名", "Name", required=True, example="示例-何二"),
    Column("ratio", "text", "贡献比例", "Share", required=True, example="0.6"),
    Column("unit", "text", "单位", "Unit"),
    Column("left", "boolean", "已离职", "Has left"),
)
MEMBER = (
    Column("person", "text", "人员编号", "Person", example="p-058"),
    Column("name", "text", "姓名", "Name", required=True, example="示例-何二"),
    Column("role", "choice", "身份", "Role", required=True, choices=ROLES, example="completer"),
    Column("ratio", "text", "比例", "Ratio", required=True, example="1"),
    Column("is_main", "boolean", "主要贡献人员", "Main contributor"),
    Column("leader", "boolean", "单位领导", "Leader"),
)

INVENTIONS = Sheet(
    "inventions",
    (
        REF, Column("title", "text", "成果名称", "Name", required=True, example="参须活性物提取方法"), OWNER,
        Column("result", "ref", "成果库记录", "Result"),
        Column("kind", "choice", "成果类型", "Kind", required=True, choices=KINDS, example="patent"),
        Column("completers", "rows", "完成人及比例", "Completers and shares", rows=COMPLETER, required=True),
        Column("source_project", "text", "来源项目", "Source project"),
        Column("money_sources", "choice", "经费来源", "Money", choices=MONEY),
        Column("granted_on", "date", "授权日期", "Granted on"),
        Column("ip_no", "text", "知识产权号", "IP number"),
        Column("secrecy", "choice", "涉密情况", "Secrecy", choices=SECRECY),
        Column("title_clear", "boolean", "权属清晰", "Clear title"),
        Column("pledged", "boolean", "已质押", "Pledged"),
        Column("sole_licensed", "boolean", "已独占或排他许可", "Sole or exclusive licence"),
        Column("stage", "choice", "阶段", "Stage", choices=STAGES),
        Column("summary", "longtext", "公开简介", "Summary"),
        Column("registered_on", "date", "单位登记日期", "Registered on", help="导入既有台账时填写"),
        Column("ledger_no", "text", "单列台账号", "Separate ledger number"),
        Column("separate_from", "date", "单列管理起始日", "Separate from"),
        Column("value_method", "text", "价值确定方式", "Value method"),
        Column("book_wan", "money_wan", "账面价值", "Book value", unit="万元"),
        *SYSTEM,
    ),
)  # fmt: skip

TRANSFERS = Sheet(
    "transfers",
    (
        REF, Column("title", "text", "转化项目", "Transfer", required=True, example="参须提取方法许可"), OWNER,
        Column("invention", "ref", "职务科技成果", "Invention", required=True, example="ZKCG-001"),
        Column("contract", "ref", "技术合同", "Contract"),
        Column("partner", "ref", "受让方", "Partner"), Column("partner_name", "text", "受让方名称", "Partner's name", example="示例参业（演示）有限公司"),
        Column("mechanism", "choice", "改革机制", "Mechanism", choices=MECHANISMS, example="income_share"),
        Column("way", "choice", "转化方式", "Way", required=True, choices=WAYS, example="licence"),
        Column("price_way", "choice", "定价方式", "Price way", choices=PRICES),
        Column("signed_on", "date", "签约日期", "Signed on", example="2026-03-01"),
        Column("amount_wan", "money_wan", "合同金额", "Amount signed", unit="万元", example="1000"),
        Column("rule", "text", "分配规则", "Rule", help="留空为 jilin；可用 national、jilin、zhejiang 等"),
        Column("unit_kind", "choice", "单位性质", "Kind of unit", choices=UNIT_KINDS), Column("governance", "choice", "隶属关系", "Governance", choices=GOVERNANCE),
        Column("related", "boolean", "关联交易", "Related party"),
        Column("opening_on", "date", "期初数据截至", "Opening as of", help="导入历史转化时填写"),
        Column("opening_received_wan", "money_wan", "期初已到账", "Opening received", unit="万元"),
        Column("opening_people_wan", "money_wan", "期初已分配到人", "Opening paid to people", unit="万元"), NOTE, *SYSTEM,
    ),
)  # fmt: skip

SHARE_PLANS = Sheet(
    "share_plans",
    (
        REF, Column("title", "text", "方案名称", "Plan", required=True, example="参须提取方法收益分配方案"), OWNER,
        Column("transfer", "ref", "转化项目", "Transfer", required=True),
        Column("p", "text", "奖励比例", "Part to people", required=True, example="0.70", help="0.70、70% 或 7/10"),
        Column("office", "text", "转化机构比例", "Part to the office", example="0.05"),
        Column("members", "rows", "分配人员", "Members", rows=MEMBER, required=True),
        Column("rights_besides", "boolean", "赋权人员选择领取奖励", "Holders of rights chose the reward"), NOTE, *SYSTEM,
    ),
)  # fmt: skip
