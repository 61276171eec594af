"""Sheets of deals, contract texts, obligations and technology contracts."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options
from trihelix.registers.contracts import recognition

WAYS = options(
    ("transfer", "转让", "Assignment"), ("licence", "许可", "Licence"), ("invest", "作价投资", "Capital contribution"),
    ("joint", "合作开发", "Joint development"), ("service", "技术服务", "Technical service"), ("consulting", "技术咨询", "Consulting"),
)  # fmt: skip

CONFIDENTIALITY = options(("open", "不保密", "Open"), ("mutual", "双方保密", "Mutual"))

DEALS = Sheet(
    "deals",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "交易名称", "Title", required=True),
        Column("match", "ref", "对接", "Match"),
        Column("need", "ref", "需求", "Need"),
        Column("result", "ref", "成果", "Result"),
        Column("buyer", "ref", "受让方", "Buyer", required=True),
        Column("seller", "ref", "让与方", "Seller", required=True),
        Column("way", "choice", "合作方式", "Way", choices=WAYS),
        Column("amount_wan", "money_wan", "意向金额", "Amount", unit="万元"),
        Column("note", "longtext", "说明", "Note"),
        Column("signed_on", "date", "签约日期", "Signed on", help="由签署写入"),
        Column("text_sha256", "text", "签署文本摘要", "Hash of the text signed", help="由签署写入"),
        *SYSTEM,
    ),
)

SUBKINDS = options(*((code, name, code) for k in recognition.contract_book().kinds.values() for code, name in k.subkinds.items()))
CT_KINDS = options(*((k.code, k.name, k.code) for k in recognition.contract_book().kinds.values()))
SIDES = options(("seller", "卖方", "Seller"), ("buyer", "买方", "Buyer"), ("third", "第三方", "Third party"))
ITEM_KINDS = options(
    ("technical", "技术性", "Technical"), ("equipment", "设备", "Equipment"), ("instrument", "仪器", "Instrument"), ("part", "零部件", "Parts"),
    ("material", "原材料", "Material"), ("other", "其他非技术性", "Other"),
)  # fmt: skip
PAY_FORMS = options(("fixed", "定额", "Fixed"), ("royalty", "提成", "Royalty"), ("entry", "入门费", "Entry fee"))
FORMS = options(("paper", "纸质", "Paper"), ("e", "电子合同", "Electronic"), ("oral", "口头", "Oral"))
SIGNERS = options(
    ("legal_person", "法定代表人", "Legal person"), ("department", "部门", "Department"), ("research_group", "课题组", "Research group")
)
PLANS = options(
    ("national", "国家计划", "National plan"), ("ministry", "部门计划", "Ministry plan"), ("province", "省级计划", "Provincial plan"),
    ("city", "市县计划", "City or county plan"), ("none", "无", "None"),
)  # fmt: skip

PARTY = (
    Column("side", "choice", "方别", "Side", required=True, choices=SIDES, example="seller"),
    Column("name", "text", "名称", "Name", required=True, example="示例理工大学（演示）"),
    Column("credit_code", "text", "统一社会信用代码", "Credit code"),
    Column("country3", "text", "国别代码", "Country code"),
    Column("division6", "text", "区划代码", "Division code", example="220104"),
    Column("nature_code", "text", "单位性质代码", "Nature code", example="022"),
    Column("is_sme", "boolean", "中小企业", "SME"),
    Column("is_related", "boolean", "关联方", "Related"),
)
ITEM = (
    Column("label", "text", "名目", "Item", required=True, example="技术开发费"),
    Column("kind", "choice", "性质", "Nature", required=True, choices=ITEM_KINDS, example="technical"),
    Column("amount_wan", "money_wan", "金额", "Amount", required=True, unit="万元", example="60"),
    Column("is_reasonable_carrier", "boolean", "合理数量载体", "Reasonable carrier"),
)
PAYMENT = (
    Column("form", "choice", "方式", "Form", choices=PAY_FORMS, example="fixed"),
    Column("amount_wan", "money_wan", "金额", "Amount", unit="万元", example="60"),
    Column("due", "date", "付款日期", "Due"),
    Column("trigger", "text", "付款条件", "Trigger"),
)
IP_ITEM = (
    Column("ip_kind", "text", "知识产权类型", "Kind of IP", example="invention"),
    Column("number", "text", "编号", "Number"),
    Column("owner", "text", "权利人", "Owner"),
    Column("proof_file", "text", "权属证明", "Proof"),
    Column("licence_kind", "text", "许可方式", "Licence kind"),
    Column("term", "text", "期限", "Term"),
)

CLAUSE = (
    Column("clause", "text", "条款", "Clause", required=True, example="subject"),
    Column("text", "longtext", "内容", "Text", required=True, example="研究开发低温粉碎装备，粒度 D90 不大于 75 μm"),
)
DRAFTS = Sheet(
    "contract_drafts",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "项目名称", "Title", required=True, example="低温粉碎装备"),
        Column("deal", "ref", "交易", "Deal", required=True),
        Column("kind", "choice", "合同类型", "Kind", required=True, choices=CT_KINDS),
        Column("subkind", "choice", "子类", "Sub-kind", choices=SUBKINDS),
        Column("term_from", "date", "有效期起", "Term from"),
        Column("term_to", "date", "有效期止", "Term to"),
        Column("amount_items", "rows", "分项价格", "Price table", rows=ITEM),
        Column("payment_plan", "rows", "付款计划", "Payment plan", rows=PAYMENT),
        Column("ip_items", "rows", "知识产权", "IP items", rows=IP_ITEM),
        Column("clauses", "rows", "条款", "Clauses", rows=CLAUSE, help="条款代码与内容；建议在起草页逐条填写"),
        Column("field", "text", "技术领域", "Technology field"),
        Column("plan_source", "choice", "计划来源", "Plan source", choices=PLANS),
        Column("turnover_wan", "money_wan", "合同总价", "Total price", unit="万元"),
        Column("technical_wan", "money_wan", "技术交易额", "Technical amount", unit="万元"),
        Column("text_version", "integer", "最新版本", "Newest version", help="由形成版本写入"),
        Column("text_sha256", "text", "最新版本摘要", "Hash of the newest version", help="由形成版本写入"),
        *SYSTEM,
    ),
)  # fmt: skip

DUTIES = options(
    ("payment", "付款", "Payment"), ("delivery", "交付", "Delivery"), ("acceptance", "验收", "Acceptance"), ("report", "报告", "Report"),
    ("support", "指导与配合", "Support"), ("confidentiality", "保密", "Confidentiality"), ("other", "其他", "Other"),
)  # fmt: skip
OBLIGATIONS = Sheet(
    "obligations",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "义务", "Obligation", required=True, example="支付首付款"),
        Column("deal", "ref", "交易", "Deal", required=True),
        Column("contract", "ref", "技术合同", "Contract"),
        Column("kind", "choice", "类别", "Kind", required=True, choices=DUTIES, example="payment"),
        Column("debtor", "ref", "履行方", "Who owes", required=True),
        Column("creditor", "ref", "对方", "To whom", required=True),
        Column("due_on", "date", "到期日", "Due on", example="2026-06-30"),
        Column("trigger", "text", "条件", "Trigger"),
        Column("amount_wan", "money_wan", "金额", "Amount", unit="万元"),
        Column("note", "longtext", "说明", "Note"),
        Column("done_on", "date", "履行日期", "Done on"),
        Column("evidence", "longtext", "履行凭据", "Evidence"),
        Column("confirmed_on", "date", "确认日期", "Confirmed on"),
        *SYSTEM,
    ),
)  # fmt: skip

CONTRACTS = Sheet(
    "contracts",
    (
        Column("ref", "text", "外部编号", "External key", example="HT-A-001"),
        Column("title", "text", "项目名称", "Title", required=True, example="低损耗耦合封装工艺技术开发"),
        Column("owner", "ref", "申请人", "Applicant", example="u-sci"),
        Column("office", "ref", "登记机构", "Registration office", help="技术市场站点编号"),
        Column("deal", "ref", "交易", "Deal"),
        Column("kind", "choice", "合同类型", "Kind", required=True, choices=CT_KINDS, example=next(iter(CT_KINDS))),
        Column("subkind", "text", "子类", "Sub-kind"),
        Column("rule_set", "text", "认定规则版本", "Rule set", help="留空按受理日期确定"),
        Column("sign_date", "date", "签订日期", "Signed on", required=True, example="2026-05-20"),
        Column("effective_date", "date", "生效日期", "Effective on"),
        Column("term_from", "date", "有效期起", "Term from"),
        Column("term_to", "date", "有效期止", "Term to", example="2028-05-19"),
        Column("form", "choice", "合同形式", "Form", choices=FORMS, example="paper"),
        Column("parties", "rows", "当事人", "Parties", rows=PARTY, required=True),
        Column("amount_items", "rows", "分项金额", "Price table", rows=ITEM),
        Column("payment_plan", "rows", "付款计划", "Payment plan", rows=PAYMENT),
        Column("ip_items", "rows", "知识产权", "IP items", rows=IP_ITEM),
        Column("price_text", "longtext", "价款条款", "Price clause"),
        Column("text", "longtext", "合同正文摘录", "Text"),
        Column("signed_by", "choice", "签署人", "Signed by", choices=SIGNERS),
        Column("papers", "list", "附件材料", "Papers"),
        Column("field", "text", "技术领域", "Technology field"),
        Column("plan_source", "choice", "计划来源", "Plan source", choices=PLANS),
        Column("government_project", "boolean", "政府项目", "Government project"),
        Column("secret_flag", "boolean", "涉及国家秘密", "State secret"),
        Column("registered_on", "date", "登记日期", "Registered on", help="导入历史登记时填写"),
        Column("certificate_no", "text", "登记证明编号", "Certificate number"),
        *SYSTEM,
    ),
)  # fmt: skip
