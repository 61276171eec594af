"""Tables of the mechanisms that move rights and money."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Record
from trihelix.registers.inventions.models.steps import Procedure


class RightsGrant(Procedure):
    """Rights given to people (赋权): ownership (A), long-term use (B) or joint filing (C), graded by class of result (差异化赋权)."""

    invention = models.ForeignKey(Record, models.PROTECT, related_name="rights_grants")
    mode = models.CharField(max_length=2)
    grade = models.CharField(max_length=30, blank=True)
    owners = models.JSONField(default=list, blank=True)
    consents = models.JSONField(default=list, blank=True)
    unit_ratio = models.CharField(max_length=40, blank=True)
    receiver = models.CharField(max_length=200, blank=True)
    use_from = models.DateField(null=True, blank=True)
    use_to = models.DateField(null=True, blank=True)
    firm_consent = models.BooleanField(default=False)
    income_terms = models.TextField(blank=True)
    decision_rule = models.TextField(blank=True)
    cost_bearer = models.CharField(max_length=200, blank=True)
    upkeep_payer = models.CharField(max_length=200, blank=True)
    entry_terms = models.CharField(max_length=200, blank=True)
    milestone_on = models.DateField(null=True, blank=True)
    reported_on = models.DateField(null=True, blank=True)


class Concession(Procedure):
    """Concession of rights (权益让渡): the unit's part passes to the team at a price, down and out of income."""

    invention = models.ForeignKey(Record, models.PROTECT, related_name="concessions")
    team = models.CharField(max_length=200)
    value_fen = models.BigIntegerField()
    unit_share = models.CharField(max_length=40)
    price_fen = models.BigIntegerField(null=True, blank=True)
    noticed_fen = models.BigIntegerField(null=True, blank=True)
    down_fen = models.BigIntegerField(default=0)
    down_on = models.DateField(null=True, blank=True)
    income_rate = models.CharField(max_length=40, blank=True)
    third_party_behind = models.BooleanField(default=False)
    related = models.BooleanField(default=True)


class UseFirstLicence(Procedure):
    """Use first, pay later (先使用后付费): nothing is due before the pay date fixed in advance."""

    invention = models.ForeignKey(Record, models.PROTECT, related_name="use_first_licences")
    licensee = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="use_first_taken")
    licensee_name = models.CharField(max_length=200, blank=True)
    is_sme = models.BooleanField(default=False)
    in_default = models.BooleanField(default=False)
    model = models.CharField(max_length=20, default="jilin")
    start = models.DateField(null=True, blank=True)
    free_months = models.PositiveSmallIntegerField(null=True, blank=True)
    pays_from = models.CharField(max_length=12, blank=True)
    entry_fen = models.BigIntegerField(default=0)
    deferred_fen = models.BigIntegerField(default=0)
    royalty_rate = models.CharField(max_length=40, blank=True)
    stages = models.JSONField(default=list, blank=True)
    contract = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="+")
    contract_no = models.CharField(max_length=60, blank=True)
    demanded_on = models.DateField(null=True, blank=True)
    extended = models.BooleanField(default=False)


class FundFirstCase(Procedure):
    """Fund first, equity later (先投后股): no shares and no registry entry until a round, a target or a date."""

    invention = models.ForeignKey(Record, models.PROTECT, related_name="fund_first_cases")
    firm = models.CharField(max_length=200)
    holder = models.CharField(max_length=200, blank=True)
    team_firm = models.BooleanField(default=True)
    firm_founded = models.DateField(null=True, blank=True)
    agreed_on = models.DateField(null=True, blank=True)
    tranche1_fen = models.BigIntegerField()
    tranche2_fen = models.BigIntegerField(default=0)
    trigger_months = models.PositiveSmallIntegerField(null=True, blank=True)
    discount = models.CharField(max_length=40, blank=True)
    cap = models.CharField(max_length=40, blank=True)
    buyback_rate = models.CharField(max_length=40, blank=True)
    on_no_trigger = models.CharField(max_length=10, blank=True)
    rest_as = models.CharField(max_length=10, blank=True)
    shares = models.CharField(max_length=60, blank=True)
    own = models.CharField(max_length=60, blank=True)


class HeadHolding(Procedure):
    """Heads' shareholding by filing (正职领导持股备案): filed before signing, locked during the term."""

    invention = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="head_holdings")
    person = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="head_filings")
    person_name = models.CharField(max_length=120)
    post = models.CharField(max_length=120)
    contributor = models.BooleanField(default=False)
    role_proof = models.TextField(blank=True)
    firm = models.CharField(max_length=200)
    firm_is_supplier = models.BooleanField(default=False)
    ratio = models.CharField(max_length=40)
    value_fen = models.BigIntegerField(null=True, blank=True)
    form = models.CharField(max_length=60, blank=True)
    recusal_promise = models.BooleanField(default=False)
    decided_own_case = models.BooleanField(default=False)
    family_holdings = models.TextField(blank=True)
    filed_on = models.DateField(null=True, blank=True)
    sign_planned_on = models.DateField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    term_to = models.DateField(null=True, blank=True)


class SurplusCapital(Procedure):
    """Surplus of contract research as capital (横向结余经费出资)."""

    invention = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="surplus_capital")
    project = models.CharField(max_length=200)
    source = models.CharField(max_length=10, default="contract")
    accepted = models.BooleanField(default=False)
    audit_open = models.BooleanField(default=False)
    received_fen = models.BigIntegerField()
    spent_fen = models.BigIntegerField()
    overhead_fen = models.BigIntegerField(default=0)
    taxes_fen = models.BigIntegerField(default=0)
    reserve_fen = models.BigIntegerField(default=0)
    surplus_fen = models.BigIntegerField(default=0)
    firm = models.CharField(max_length=200)
    pre_value_fen = models.BigIntegerField()
    cash_fen = models.BigIntegerField(null=True, blank=True)
    technology_fen = models.BigIntegerField(default=0)
    payer_form = models.CharField(max_length=10, blank=True)
    controlled_by_decider = models.BooleanField(default=False)
    cash_share = models.CharField(max_length=40, blank=True)
    technology_share = models.CharField(max_length=40, blank=True)


class ContractEvent(models.Model):
    """A dated event of a conditional contract: what the instrument engine replays."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="contract_events")
    key = models.CharField(max_length=80)
    date = models.DateField()
    type = models.CharField(max_length=20)
    name = models.CharField(max_length=80, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    begins = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    pre_fen = models.BigIntegerField(null=True, blank=True)
    shares_before = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["record", "key"], name="contract_event_once"),)
        ordering = ("date", "id")

    def __str__(self) -> str:
        return f"{self.record_id} {self.date} {self.type}"
