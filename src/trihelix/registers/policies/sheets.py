"""Sheets of recognitions, policy documents, assessments and rule changes."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options
from trihelix.registers.policies import rulebook

RULES = rulebook.titles()
TITLES = options(
    ("tech-sme", "科技型中小企业", "Technology SME"), ("hnte", "高新技术企业", "High-tech enterprise"), ("innovative-sme", "创新型中小企业", "Innovative SME"),
    ("specialised-sme", "专精特新中小企业", "Specialised SME"), ("little-giant", "专精特新“小巨人”", "Little giant"), ("eaglet", "雏鹰企业", "Young eagle"),
    ("gazelle", "瞪羚企业", "Gazelle"), ("unicorn", "独角兽企业", "Unicorn"), ("cocoon", "破茧成蝶", "Cocoon to butterfly"),
    ("incubator", "科技企业孵化器", "Incubator"), ("transfer-agency", "技术转移机构", "Transfer agency"), ("pilot-base", "中试基地", "Pilot base"),
    ("top-500", "优秀科技型中小企业500强", "Top 500"), ("other", "其他", "Other"),
)  # fmt: skip
VERDICTS = options(("met", "符合", "Met"), ("not_met", "不符合", "Not met"), ("unknown", "待补信息", "Unknown"))

RECOGNITIONS = Sheet(
    "recognitions",
    (
        Column("ref", "text", "外部编号", "External key", example="RD-2025-001"),
        Column("title", "text", "名称", "Title", required=True, example="高新技术企业"),
        Column("owner", "ref", "单位", "Body", example="firm-jicui"),
        Column("title_kind", "choice", "资格类别", "Kind", required=True, choices=TITLES, example="hnte"),
        Column("level", "text", "级别", "Level"),
        Column("number_given", "text", "证书编号", "Certificate number"),
        Column("issuer", "text", "认定机构", "Issuer"),
        Column("valid_from", "date", "有效期起", "Valid from", required=True, example="2025-10-16"),
        Column("valid_to", "date", "有效期止", "Valid to", example="2028-10-15"),
        Column("source", "text", "来源", "Source"),
        *SYSTEM,
    ),
)
POLICIES = Sheet(
    "policies",
    (
        Column("ref", "text", "外部编号", "External key", example="ZC-001"),
        Column("title", "text", "文件名称", "Title", required=True, example="科技型中小企业评价办法"),
        Column("doc_number", "text", "文号", "Document number", example="国科发政〔2017〕115号"),
        Column("issuers", "list", "发文机关", "Issuers"),
        Column("issued_on", "date", "成文日期", "Issued on", example="2017-05-03"),
        Column("effective_on", "date", "施行日期", "Effective on"),
        Column("ends_on", "date", "有效期止", "Ends on"),
        Column("summary", "longtext", "要点", "Summary"),
        Column("interpretation", "longtext", "解读", "Interpretation"),
        Column("rules", "list", "关联规则", "Linked rules", choices=RULES),
        Column("replaces", "ref", "替代文件", "Replaces"),
        Column("address", "text", "公开地址", "Address"),
        Column("unverified", "boolean", "待核实", "Unverified"),
        *SYSTEM,
    ),
)
ASSESSMENTS = Sheet(
    "assessments",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "名称", "Title"),
        Column("owner", "ref", "企业", "Firm"),
        Column("rule", "choice", "规则", "Rule", choices=RULES),
        Column("rule_version", "text", "规则版本", "Rule version"),
        Column("on", "date", "评估日期", "On"),
        Column("verdict", "choice", "结论", "Verdict", choices=VERDICTS),
        *SYSTEM,
    ),
)
RULE_CHANGES = Sheet(
    "rule_changes",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "名称", "Title"),
        Column("rule", "choice", "规则", "Rule", required=True, choices=RULES, example="tech-sme"),
        Column("parameter", "text", "参数", "Parameter", required=True, example="staff_max"),
        Column("effective_on", "date", "生效日期", "Effective on", required=True, example="2027-01-01"),
        Column("source_doc", "text", "依据文号", "Source number", required=True, example="国科发政〔2027〕1号"),
        Column("source_title", "text", "依据名称", "Source title"),
        Column("article", "text", "条款", "Article"),
        Column("unverified", "boolean", "待核实", "Unverified"),
        *SYSTEM,
    ),
)
CHECK_UPS = Sheet(
    "check_ups",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "名称", "Title"),
        Column("owner", "ref", "企业", "Firm"),
        Column("on", "date", "评估日期", "On"),
        Column("met", "integer", "符合", "Met"),
        Column("near", "integer", "差一步", "One step away"),
        Column("not_met", "integer", "不符合", "Not met"),
        Column("unknown", "integer", "待补信息", "Information missing"),
        *SYSTEM,
    ),
)
