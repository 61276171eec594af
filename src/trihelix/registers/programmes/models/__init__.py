"""Tables of programmes."""

from trihelix.registers.programmes.models.calls import Board, Call, Outage, Question, Topic
from trihelix.registers.programmes.models.cases import Application, ApplicationVersion, Integrity, Objection
from trihelix.registers.programmes.models.money import Agreement, BudgetLine, PayIn, Payment
from trihelix.registers.programmes.models.projects import MatchMoney, Project, ProjectChange, Report, Tranche
from trihelix.registers.programmes.models.schemes import SchemeChange
from trihelix.registers.programmes.models.subsidies import DataSet, SubsidyList, SubsidyRow

__all__ = [
    "Agreement", "Application", "ApplicationVersion", "Board", "BudgetLine", "Call", "DataSet", "Integrity", "MatchMoney", "Objection", "Outage",
    "PayIn", "Payment", "Project", "ProjectChange", "Question", "Report", "SchemeChange", "SubsidyList", "SubsidyRow", "Topic", "Tranche",
]  # fmt: skip
