"""Sheet of matches and the reason codes of answers."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options

ANSWERS = options(("interested", "有意向", "Interested"), ("later", "暂不考虑", "Not now"), ("unsuitable", "不适合", "Not suitable"))
REASONS = options(
    ("field", "领域不符", "Other field"), ("indicator", "指标达不到", "Indicators out of reach"), ("maturity", "成熟度不够", "Not mature enough"),
    ("price", "价格或投入不合", "Price or money"), ("ownership", "产权要求不合", "Ownership terms"), ("time", "时间不合", "Timing"),
    ("capacity", "人手不足", "No capacity"), ("taken", "已与他方合作", "Already taken"), ("other", "其他", "Other"),
)  # fmt: skip
SIDES = options(("need", "需求方", "Need side"), ("result", "成果方", "Result side"), ("node", "站点", "Node"))

MATCHES = Sheet(
    "matches",
    (
        Column("ref", "text", "外部编号", "External key"),
        Column("title", "text", "对接名称", "Title"),
        Column("need", "ref", "需求", "Need", required=True, example="XQ-2026-000001"),
        Column("result", "ref", "成果", "Result", required=True, example="CG-2026-000001"),
        Column("initiated_by", "choice", "发起方", "Initiated by", choices=SIDES),
        Column("note", "longtext", "说明", "Note"),
        Column("answer", "choice", "答复", "Answer", choices=ANSWERS),
        Column("answer_reason", "choice", "原因", "Reason", choices=REASONS),
        Column("answer_text", "longtext", "答复说明", "Answer text"),
        *SYSTEM,
    ),
)
