"""Tables of networks, by part."""

from trihelix.registers.networks.models.alliances import Activity, AnnualReport, Commitment, Evaluation, Member, Network, Post, Task
from trihelix.registers.networks.models.institute import CouncilSeat, Institute, InstituteLab, Park, Resolution, Tenancy, TenantInvestment
from trihelix.registers.networks.models.investors import AttractedFirm, Deal, DealPayment, Incubation
from trihelix.registers.networks.models.partners import Client, ClientContact, Introduction, Partner, Prospect

__all__ = [
    "Activity", "AnnualReport", "AttractedFirm", "Client", "ClientContact", "Commitment", "CouncilSeat", "Deal", "DealPayment", "Evaluation", "Incubation",
    "Institute", "InstituteLab", "Introduction", "Member", "Network", "Park", "Partner", "Post", "Prospect", "Resolution", "Task", "Tenancy", "TenantInvestment",
]  # fmt: skip
