"""Sheets of the mechanisms."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options
from trihelix.registers.inventions.sheets.core import INVENTION, MONEY, NOTE, OWNER, REF


def _title(example: str) -> Column:
    return Column("title", "text", "事项名称", "Title", required=True, example=example)


MODES = options(
    ("A", "赋予所有权", "Ownership"), ("B", "赋予长期使用权", "Long-term use"), ("C", "申请前共同申请", "Joint filing before grant")
)
GRADES = options(
    ("receiver_known", "受让方明确", "Receiver known"), ("early", "早期、无受让方", "Early, no receiver"), ("not_filed", "尚未申请", "Not yet filed"),
    ("platform", "平台或背景知识产权", "Part of a platform"), ("secret", "涉密或关键核心技术", "Secret or key core"), ("commissioned", "委托方主张权利", "Commissioned with a firm's claim"),
)  # fmt: skip
NO_TRIGGER = options(("repay", "偿还", "Repay"), ("extend", "延长", "Extend"))
REST = options(("grant", "转为资助", "Grant"), ("debt", "转为债权", "Debt"))
PAYS = options(("term", "期满", "At the term"), ("later_of", "较晚者", "Later of both"), ("earlier_of", "较早者", "Earlier of both"))
PAYERS = options(("unit", "单位出资", "Unit"), ("person", "个人税后出资", "Person after tax"))

RIGHTS = Sheet(
    "rights_grants",
    (
        REF, _title("参须提取方法赋权"), OWNER, Column("invention", "ref", "职务科技成果", "Invention", required=True),
        Column("mode", "choice", "赋权方式", "Mode", required=True, choices=MODES, example="A"),
        Column("grade", "choice", "差异化赋权类别", "Grade", choices=GRADES),
        Column("owners", "rows", "权利人份额", "Owners", rows=(
            Column("person", "text", "人员编号", "Person"), Column("name", "text", "姓名", "Name", required=True, example="示例-何二"),
            Column("ratio", "text", "份额", "Ratio", required=True, example="0.7"), Column("signs", "boolean", "代表团队签署", "Signs for the team"),
        )),
        Column("consents", "list", "已同意的完成人", "Completers who agree"),
        Column("unit_ratio", "text", "单位份额", "Unit's ratio", example="0.3"),
        Column("receiver", "text", "受让方", "Receiver"),
        Column("use_from", "date", "使用权起", "Use from"), Column("use_to", "date", "使用权止", "Use to"),
        Column("firm_consent", "boolean", "委托企业同意", "Commissioning firm agrees"),
        Column("income_terms", "longtext", "收益分享", "Share of income"), Column("decision_rule", "longtext", "转化决策机制", "Who decides"),
        Column("cost_bearer", "text", "费用承担", "Who bears costs"), Column("upkeep_payer", "text", "维持费承担", "Who pays upkeep"),
        Column("entry_terms", "text", "权属变更登记", "Entry of the change"), Column("milestone_on", "date", "转化里程碑", "Milestone"), NOTE, *SYSTEM,
    ),
)  # fmt: skip

CONCESSIONS = Sheet(
    "concessions",
    (
        REF, _title("参须提取方法权益让渡"), OWNER, Column("invention", "ref", "职务科技成果", "Invention", required=True),
        Column("team", "text", "受让团队", "Team", required=True, example="示例团队"),
        Column("value_wan", "money_wan", "成果估值", "Value", unit="万元", required=True, example="500"),
        Column("unit_share", "text", "单位份额", "Unit's share", required=True, example="0.30"),
        Column("price_wan", "money_wan", "让渡价", "Price", unit="万元"),
        Column("down_wan", "money_wan", "首付", "Down payment", unit="万元", example="50"), Column("down_on", "date", "首付日期", "Down payment on"),
        Column("income_rate", "text", "收入支付比例", "Rate of income", example="0.10"),
        Column("third_party_behind", "boolean", "团队背后有第三方", "Third party behind the team"), Column("related", "boolean", "关联方", "Related party"),
        NOTE, *SYSTEM,
    ),
)  # fmt: skip

USE_FIRST = Sheet(
    "use_first_licences",
    (
        REF, _title("参须提取方法先使用后付费"), OWNER, Column("invention", "ref", "职务科技成果", "Invention", required=True),
        Column("licensee", "ref", "被许可方", "Licensee"), Column("licensee_name", "text", "被许可方名称", "Licensee's name"),
        Column("is_sme", "boolean", "中小企业", "SME"), Column("in_default", "boolean", "失信或拖欠", "In default"),
        Column("model", "text", "规则", "Model", help="留空为 jilin；可用 shaanxi、zhejiang"),
        Column("start", "date", "试用开始", "Start", example="2026-01-01"), Column("free_months", "integer", "免费月数", "Free months", unit="月"),
        Column("pays_from", "choice", "起付条件", "Pays from", choices=PAYS),
        Column("entry_wan", "money_wan", "入门费", "Entry fee", unit="万元"), Column("deferred_wan", "money_wan", "延期许可费", "Deferred fee", unit="万元"),
        Column("royalty_rate", "text", "提成率", "Royalty", example="0.05"),
        Column("stages", "rows", "阶段款", "Stages", rows=(
            Column("name", "text", "阶段", "Stage", required=True, example="量产"), Column("amount_wan", "money_wan", "金额", "Amount", unit="万元", required=True, example="10"),
        )),
        NOTE, *SYSTEM,
    ),
)  # fmt: skip

FUND_FIRST = Sheet(
    "fund_first_cases",
    (
        REF, _title("示例光子先投后股"), OWNER, Column("invention", "ref", "职务科技成果", "Invention", required=True),
        Column("firm", "text", "企业", "Firm", required=True, example="示例光子（演示）有限公司"), Column("holder", "text", "持股平台", "Holder"),
        Column("team_firm", "boolean", "成果团队企业", "The team's own firm"), Column("firm_founded", "date", "企业成立日期", "Founded"),
        Column("agreed_on", "date", "协议日期", "Agreed on"),
        Column("tranche1_wan", "money_wan", "首期", "First tranche", unit="万元", required=True, example="100"),
        Column("tranche2_wan", "money_wan", "二期", "Second tranche", unit="万元", example="100"),
        Column("trigger_months", "integer", "转股期限", "Trigger within", unit="月"), Column("discount", "text", "折扣", "Discount"), Column("cap", "text", "持股上限", "Cap"),
        Column("buyback_rate", "text", "回购年利率", "Buy-back rate"), Column("on_no_trigger", "choice", "到期未触发", "No trigger", choices=NO_TRIGGER),
        Column("rest_as", "choice", "超限部分", "Rest", choices=REST), NOTE, *SYSTEM,
    ),
)  # fmt: skip

HEADS = Sheet(
    "head_holdings",
    (
        REF, _title("持股备案"), OWNER, INVENTION, Column("person", "ref", "人员", "Person"),
        Column("person_name", "text", "姓名", "Name", required=True, example="示例-何二"), Column("post", "text", "职务", "Post", required=True, example="院长"),
        Column("contributor", "boolean", "主要完成人或重要贡献人", "Main contributor"), Column("role_proof", "longtext", "贡献证明", "Proof of role"),
        Column("firm", "text", "持股企业", "Firm", required=True), Column("firm_is_supplier", "boolean", "本单位供应商且有在办采购", "Supplier with open tenders"),
        Column("ratio", "text", "持股比例", "Ratio", required=True, example="0.05"), Column("value_wan", "money_wan", "价值", "Value", unit="万元"),
        Column("form", "text", "持股形式", "Form"), Column("recusal_promise", "boolean", "回避承诺", "Recusal promise"),
        Column("decided_own_case", "boolean", "参与本人事项决策", "Decided own case"), Column("family_holdings", "longtext", "亲属持股", "Family holdings"),
        Column("sign_planned_on", "date", "拟签约日期", "Planned signature"), Column("term_to", "date", "任期至", "Term to"), NOTE, *SYSTEM,
    ),
)  # fmt: skip

SURPLUS = Sheet(
    "surplus_capitals",
    (
        REF, _title("结余经费出资"), OWNER, INVENTION, Column("project", "text", "横向项目", "Project", required=True, example="示例横向项目"),
        Column("source", "choice", "经费性质", "Money", choices={k: v for k, v in MONEY.items() if k in ("contract", "public")}),
        Column("accepted", "boolean", "已验收", "Accepted"), Column("audit_open", "boolean", "审计未结", "Audit open"),
        Column("received_wan", "money_wan", "到账", "Received", unit="万元", required=True, example="500"),
        Column("spent_wan", "money_wan", "支出", "Spent", unit="万元", required=True, example="320"),
        Column("overhead_wan", "money_wan", "间接费", "Overhead", unit="万元", example="30"), Column("taxes_wan", "money_wan", "税费", "Taxes", unit="万元", example="20"),
        Column("reserve_wan", "money_wan", "预留", "Reserve", unit="万元", example="30"),
        Column("firm", "text", "企业", "Firm", required=True), Column("pre_value_wan", "money_wan", "投前估值", "Pre-money value", unit="万元", required=True, example="1500"),
        Column("cash_wan", "money_wan", "现金出资", "Cash contributed", unit="万元"), Column("technology_wan", "money_wan", "技术作价", "Technology", unit="万元"),
        Column("payer_form", "choice", "出资主体", "Who pays", choices=PAYERS), Column("controlled_by_decider", "boolean", "决策人控制的企业", "Firm of the decision-maker"),
        NOTE, *SYSTEM,
    ),
)  # fmt: skip
