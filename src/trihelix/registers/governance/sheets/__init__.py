"""Sheets of governance."""

from trihelix.registers.governance.sheets.commitments import COMMITMENTS, MEASURES, PLANS, RESULTS
from trihelix.registers.governance.sheets.papers import COMMISSIONS, DOCUMENTS, MEETINGS, PROPOSALS, RULEMAKINGS, SERIES

__all__ = ["COMMISSIONS", "COMMITMENTS", "DOCUMENTS", "MEASURES", "MEETINGS", "PLANS", "PROPOSALS", "RESULTS", "RULEMAKINGS", "SERIES"]
