"""Tables of governance."""

from trihelix.registers.governance.models.commitments import ActionPlan, Commitment, Measure, ResultClause
from trihelix.registers.governance.models.documents import NumberSeries, OutgoingDocument, ReservedNumber
from trihelix.registers.governance.models.meetings import Commission, Meeting, Rulemaking
from trihelix.registers.governance.models.proposals import Handling, Proposal

__all__ = [
    "ActionPlan", "Commission", "Commitment", "Handling", "Measure", "Meeting", "NumberSeries", "OutgoingDocument", "Proposal", "ReservedNumber",
    "ResultClause", "Rulemaking",
]  # fmt: skip
