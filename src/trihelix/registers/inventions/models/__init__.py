"""Tables of service inventions."""

from trihelix.registers.inventions.models.core import IncomeReceipt, Invention, Payout, SharePart, SharePlan, Transfer
from trihelix.registers.inventions.models.mechanisms import (
    Concession,
    ContractEvent,
    FundFirstCase,
    HeadHolding,
    RightsGrant,
    SurplusCapital,
    UseFirstLicence,
)
from trihelix.registers.inventions.models.people import BrokerMandate, DiligenceFile, Evaluation, ExpertSheet, Trusteeship
from trihelix.registers.inventions.models.reform import PilotBody, ReformProblem, Symposium, TransferReport, TypicalCase
from trihelix.registers.inventions.models.steps import Publicity

__all__ = [
    "BrokerMandate",
    "Concession",
    "ContractEvent",
    "DiligenceFile",
    "Evaluation",
    "ExpertSheet",
    "FundFirstCase",
    "HeadHolding",
    "IncomeReceipt",
    "Invention",
    "Payout",
    "PilotBody",
    "Publicity",
    "ReformProblem",
    "RightsGrant",
    "SharePart",
    "SharePlan",
    "SurplusCapital",
    "Symposium",
    "Transfer",
    "TransferReport",
    "Trusteeship",
    "TypicalCase",
    "UseFirstLicence",
]
