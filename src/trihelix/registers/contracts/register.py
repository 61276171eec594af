"""Declaration of the register of deals."""

from trihelix.kernel.register import Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.contracts import flow, models, sheets

DEALS = declare(
    Register(
        "deals", models.Deal, "交易", "Deal", "JY", flow.DEAL, sheets.DEALS, area="deals",
        help_zh="由对接移交的交易，带着需求、成果与双方一起走到合同。", help_en="Deals handed over from matches, with need, result and both parties.",
        list_columns=("number", "title", "buyer", "seller", "amount_wan", "state"), filters=("way", "buyer", "seller"), public=False,
        create_roles=("officer", "operator"), change_states=("open",),
        refs={"match": "matches", "need": "needs", "result": "results", "buyer": "bodies", "seller": "bodies"},
    )
)  # fmt: skip

from trihelix.registers.contracts import actions  # noqa: E402, F401

standard_actions(DEALS)
