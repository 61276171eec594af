"""Sheets of institutes, councils, resolutions, laboratories, parks and tenancies."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options
from trihelix.registers.networks.sheets.alliances import DIVISIONS, FIELDS_COLUMN, of_network, own

KINDS = options(("provincial", "科技创新研究院", "Innovation research institute"), ("professional", "专业所", "Professional institute"))
ORGANS = options(
    ("council", "理事会", "Council"),
    ("board", "公司董事会", "Board"),
    ("supervisors", "监事会", "Supervisors"),
    ("experts", "专家委员会", "Expert committee"),
)
POSITIONS = options(
    ("chair", "理事长（主任）", "Chair"), ("vice", "副理事长（副主任）", "Vice chair"), ("member", "理事（委员）", "Member"), ("secretary", "秘书长", "Secretary"),
    ("supervisor", "监事", "Supervisor"), ("president", "院长（所长）", "President"),
)  # fmt: skip
LEAVING = options(("graduated", "毕业", "Graduated"), ("moved", "迁出", "Moved"), ("failed", "终止经营", "Out of business"))
BOTH = (Column("institute", "ref", "研究院（所）", "Institute"), of_network(False))
AREA = Column("area_m2", "integer", "面积", "Area", unit="平方米", required=True, example="13000")
VOTE = (
    Column("in_favour", "integer", "赞成", "In favour"), Column("against", "integer", "反对", "Against"), Column("abstained", "integer", "弃权", "Abstained"),
)  # fmt: skip
PAID = (
    Column("paid_wan", "money_wan", "到位金额", "Paid", unit="万元", required=True), Column("paid_on", "date", "到位日期", "Paid on", required=True),
)  # fmt: skip

INSTITUTE = Sheet(
    "institutes",
    (
        *own("YJY-01"), Column("owner", "ref", "所属单位", "Body"), Column("kind", "choice", "类型", "Kind", required=True, choices=KINDS, example="provincial"),
        Column("parent", "ref", "上级研究院", "Parent institute"), of_network(False), FIELDS_COLUMN, Column("charter", "longtext", "章程要点", "Charter"), Column("charter_on", "date", "章程通过日期", "Charter adopted on"),
        Column("president", "text", "院长（所长）", "President"), Column("company", "ref", "运营公司", "Company"), Column("company_name", "text", "运营公司名称", "Company by name"),
        Column("capital_wan", "money_wan", "注册资本", "Capital", unit="万元"),
        Column("investors", "rows", "出资方", "Investors", rows=(Column("name", "text", "出资方", "Investor", required=True), Column("share_percent", "decimal", "比例（%）", "Share (%)"))),
        Column("address", "text", "地址", "Address"), Column("founded_on", "date", "成立日期", "Founded on"), *SYSTEM,
    ),
)  # fmt: skip
SEAT = Sheet(
    "council_seats",
    (
        *own("XW-01", "席位", "Seat"), Column("owner", "ref", "派出单位", "Sending body"), *BOTH, Column("organ", "choice", "机构", "Organ", choices=ORGANS, example="council"),
        Column("position", "choice", "职务", "Position", required=True, choices=POSITIONS, example="member"), Column("person", "ref", "人员", "Person"), Column("person_name", "text", "姓名", "Name"),
        Column("starts_on", "date", "任职日期", "From"), Column("term_to", "date", "任期至", "Term to"), Column("ended_on", "date", "卸任日期", "Ended on"), *SYSTEM,
    ),
)  # fmt: skip
RESOLUTION = Sheet(
    "council_resolutions",
    (
        *own("JY-01", "议题", "Subject"), Column("owner", "ref", "所属单位", "Body"), *BOTH, Column("meeting", "text", "会议", "Meeting", required=True), Column("met_on", "date", "会议日期", "Met on", required=True),
        Column("text", "longtext", "决议内容", "Text", required=True), *VOTE, Column("in_charge", "ref", "落实单位", "In charge"), Column("due_on", "date", "落实期限", "Due on"),
        Column("done_on", "date", "落实日期", "Carried out on"), Column("outcome", "longtext", "落实情况", "Outcome"), *SYSTEM,
    ),
)  # fmt: skip
LAB = Sheet(
    "institute_labs",
    (
        *own("SYS-01"), Column("owner", "ref", "企业", "Firm"), Column("institute", "ref", "专业所", "Institute", required=True), of_network(False), Column("platform", "ref", "认定的平台", "Recognised platform"),
        FIELDS_COLUMN, Column("direction", "longtext", "研究方向", "Direction"), Column("money_wan", "money_wan", "投入", "Money", unit="万元"), Column("agreed_on", "date", "签约日期", "Agreed on"),
        Column("opened_on", "date", "揭牌日期", "Opened on"), *SYSTEM,
    ),
)  # fmt: skip
PARK = Sheet(
    "parks",
    (
        *own("YQ-01"), Column("owner", "ref", "运营单位", "Operator"), Column("institute", "ref", "研究院（所）", "Institute"), Column("division", "choice", "所在市州", "City", choices=DIVISIONS),
        Column("address", "text", "地址", "Address"), AREA, FIELDS_COLUMN, Column("services", "longtext", "服务", "Services"), Column("opened_on", "date", "投用日期", "Opened on"), *SYSTEM,
    ),
)  # fmt: skip
TENANCY = Sheet(
    "tenancies",
    (
        *own("RZ-01"), Column("owner", "ref", "企业", "Firm"), Column("park", "ref", "园区", "Park", required=True), Column("area_m2", "integer", "使用面积", "Area used", unit="平方米"),
        Column("business", "longtext", "主营业务", "Business"), Column("asked_on", "date", "申请日期", "Asked on"), Column("moved_in_on", "date", "入驻日期", "Moved in on"), Column("lease_to", "date", "租期至", "Lease to"),
        Column("moved_out_on", "date", "迁出日期", "Moved out on"), Column("outcome", "choice", "迁出去向", "Outcome", choices=LEAVING), *SYSTEM,
    ),
)  # fmt: skip
INVESTMENT = Sheet(
    "tenant_investments",
    (
        *own("TZ-01"), Column("owner", "ref", "企业", "Firm"), Column("tenancy", "ref", "入驻", "Tenancy", required=True), Column("investor", "ref", "投资方", "Investor"), Column("investor_name", "text", "投资方名称", "Investor by name"),
        Column("promised_wan", "money_wan", "承诺金额", "Promised", unit="万元"), Column("promised_on", "date", "承诺日期", "Promised on"), Column("due_on", "date", "应到位日期", "Due on"),
        Column("paid_wan", "money_wan", "到位金额", "Paid", unit="万元"), Column("paid_on", "date", "到位日期", "Paid on"), *SYSTEM,
    ),
)  # fmt: skip
