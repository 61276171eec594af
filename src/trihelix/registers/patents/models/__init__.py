"""Tables of patents, stock-taking, contracts with their recording, fees, valuations, products, centres and cases."""

from trihelix.registers.patents.models.deals import Acceptance, Deal, OpenLicence, Recording
from trihelix.registers.patents.models.patents import Fee, Patent, PatentEvent, Valuation
from trihelix.registers.patents.models.products import Case, CaseCall, CaseScore, Centre, Product, ProductYear, Recognition
from trihelix.registers.patents.models.stock import BodyReport, College, FirmScore, Push, Round, StockRecord

__all__ = [
    "Acceptance",
    "BodyReport",
    "Case",
    "CaseCall",
    "CaseScore",
    "Centre",
    "College",
    "Deal",
    "Fee",
    "FirmScore",
    "OpenLicence",
    "Patent",
    "PatentEvent",
    "Product",
    "ProductYear",
    "Push",
    "Recognition",
    "Recording",
    "Round",
    "StockRecord",
    "Valuation",
]
