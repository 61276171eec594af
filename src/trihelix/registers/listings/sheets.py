"""Sheet of listings."""

from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel.columns import SYSTEM, options

WAYS = options(
    ("agreement", "协议定价", "Agreed price"),
    ("listing", "挂牌交易", "Listing"),
    ("auction", "拍卖", "Auction"),
    ("tender", "招标", "Tender"),
)
KINDS = options(("TRF", "转让", "Assignment"), ("LIC", "许可", "Licence"), ("SHR", "作价投资", "Capital contribution"))
FORMS = options(("open", "网络竞价", "Open bidding"), ("sealed", "密封报价", "Sealed bids"))

LISTINGS = Sheet(
    "listings",
    (
        Column("ref", "text", "外部编号", "External key"), Column("title", "text", "标的名称", "Lot", required=True, example="参须提取方法专利转让"),
        Column("owner", "ref", "出让方", "Seller", example="u-tcm"), Column("invention", "ref", "职务科技成果", "Invention"), Column("result", "ref", "成果", "Result"),
        Column("way", "choice", "交易方式", "Way", required=True, choices=WAYS, example="listing"), Column("kind", "choice", "标的类型", "Kind", required=True, choices=KINDS, example="TRF"),
        Column("base_wan", "money_wan", "底价或拟交易价", "Base or intended price", unit="万元", required=True, example="100"),
        Column("price_basis", "longtext", "定价依据", "Price basis"), Column("appraised", "boolean", "已评估", "Appraised"), Column("conditions", "longtext", "受让条件", "Conditions"),
        Column("pledge_disclosed", "boolean", "已披露质押", "Pledge disclosed"), Column("bid_form", "choice", "竞价方式", "Bidding", choices=FORMS),
        Column("step_wan", "money_wan", "加价幅度", "Step", unit="万元"), Column("deposit_wan", "money_wan", "保证金", "Deposit", unit="万元"),
        Column("listing_days", "integer", "挂牌天数", "Days listed", unit="日", help="不得短于规定天数"),
        Column("buyer", "ref", "拟受让方", "Intended buyer"), Column("buyer_name", "text", "拟受让方名称", "Buyer's name"), Column("related", "boolean", "关联方", "Related party"),
        Column("contact", "text", "异议与咨询方式", "Contact"), *SYSTEM,
    ),
)  # fmt: skip
