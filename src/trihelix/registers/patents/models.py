"""Tables of patents, stock-taking, contracts with their recording, fees, valuations, products, centres and cases."""

from __future__ import annotations

from typing import Any

from django.db import models

from trihelix.kernel.models import Entry, Record


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


def text(length: int = 200) -> Any:
    """An optional line of text."""
    return models.CharField(max_length=length, blank=True)


def day() -> Any:
    """An optional day."""
    return models.DateField(null=True, blank=True)


def items() -> Any:
    """An optional JSON list."""
    return models.JSONField(default=list, blank=True)


class Patent(Entry):
    """A patent or application (专利). ``family`` joins what protects one invention: the earliest priority number, else its own."""

    app_no = models.CharField(max_length=20, unique=True)
    pub_no = text(20)
    ptype = models.CharField(max_length=10)
    classes = items()
    holders = items()
    co_owners = items()
    inventors = items()
    college = text(120)
    filing_date = day()
    grant_date = day()
    expires_on = day()
    fee_paid_to = day()
    status = text(24)
    encumbrances = items()
    priority = text(40)
    family = models.CharField(max_length=40, db_index=True)
    family_overseas = models.PositiveSmallIntegerField(null=True, blank=True)
    funding = items()
    funded = models.BooleanField(default=False)
    summary = models.TextField(blank=True)
    fields = items()
    industries = items()
    sei = models.BooleanField(null=True, blank=True)
    division = text(12)
    fee_cut = models.BooleanField(default=False)
    acquired_by = text(12)
    acquired_on = day()
    pledge_fen = models.BigIntegerField(null=True, blank=True)
    awards = models.PositiveSmallIntegerField(null=True, blank=True)
    used_in = items()

    class Meta:
        indexes = (models.Index(fields=["status", "fee_paid_to"]), models.Index(fields=["ptype", "status"]))


class PatentEvent(models.Model):
    """An event of the legal status (法律状态事件): what, when, which gazette, and the status it led to."""

    patent = models.ForeignKey(Record, models.PROTECT, related_name="patent_events")
    kind = models.CharField(max_length=24)
    on = models.DateField()
    gazette = text(60)
    note = text(200)
    status = models.CharField(max_length=24)

    class Meta:
        ordering = ("on", "id")
        constraints = (models.UniqueConstraint(fields=["patent", "kind", "on"], name="patent_event_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Round(Entry):
    """A round of the stock-taking (存量专利盘点) over universities and institutes."""

    basis = text(200)
    starts_on = models.DateField()
    ends_on = day()
    granted_until = day()
    report_by = day()
    summary = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")), name="stock_round_dates"
            ),
        )


class BodyReport(models.Model):
    """A body's word that it has taken stock of all its patents in a round, with how many."""

    round = models.ForeignKey(Record, models.PROTECT, related_name="stock_reports")
    body = models.ForeignKey(Record, models.PROTECT, related_name="+")
    patents = models.PositiveIntegerField()
    note = text(300)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "body"], name="stock_report_once"),)

    def __str__(self) -> str:
        return f"{self.body_id}: {self.patents}"


class College(Entry):
    """A college (学院) of a body and who approves its stock-taking forms."""

    reviewer = to_record("+")


class StockRecord(Entry):
    """One patent, one form (一专利一表) of a round: self-assessment, approvals, tier, outcome."""

    round = to_record("stock_forms", null=False)
    patent = to_record("stock_records", null=False)
    college = text(120)
    stars = models.PositiveSmallIntegerField(null=True, blank=True)
    prospect = text(12)
    trl = models.PositiveSmallIntegerField(null=True, blank=True)
    industries = items()
    modes = items()
    ask_fen = models.BigIntegerField(null=True, blank=True)
    price_rule = text(20)
    prior_use = text(12)
    contact = text(80)
    obstacle = models.TextField(blank=True)
    improvement = models.TextField(blank=True)
    self_assessed_on = day()
    college_on = day()
    pool_on = day()
    tier = text(2)
    tier_rule = text(20)
    willing = models.PositiveSmallIntegerField(default=0)
    outcome = text(12)
    outcome_on = day()
    outcome_number = text(80)
    exit_kind = text(20)
    result = to_record("+")
    listing = to_record("+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["round", "patent"], name="stock_record_once_a_round"),
            models.CheckConstraint(condition=models.Q(stars=None) | models.Q(stars__range=(1, 5)), name="stock_stars_1_5"),
            models.CheckConstraint(condition=models.Q(trl=None) | models.Q(trl__range=(1, 9)), name="stock_trl_1_9"),
        )
        indexes = (models.Index(fields=["round", "prospect"]), models.Index(fields=["round", "tier"]))


class FirmScore(models.Model):
    """A firm's judgement (企业评价) of a patent: prospect, need, wish to co-operate; the newest of a firm counts."""

    stock = models.ForeignKey(Record, models.PROTECT, related_name="firm_scores")
    firm = models.ForeignKey(Record, models.PROTECT, related_name="+")
    on = models.DateField()
    prospect = models.CharField(max_length=12)
    need = models.CharField(max_length=12)
    willing = models.BooleanField()
    note = text(300)

    class Meta:
        ordering = ("on", "id")
        constraints = (models.UniqueConstraint(fields=["stock", "firm"], name="firm_score_once"),)

    def __str__(self) -> str:
        return f"{self.firm_id}: {self.prospect}"


class Push(Entry):
    """A patent pushed to a firm (推送) that the matching engine found, with score and reasons; the firm answers."""

    stock = to_record("pushes", null=False)
    patent = to_record("+", null=False)
    firm = to_record("patent_pushes", null=False)
    need = to_record("+")
    score = models.FloatField(null=True, blank=True)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    reasons = items()
    sent_on = models.DateField()
    answered_on = day()
    prospect = text(12)
    need_level = text(12)
    answer_text = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["stock", "firm"], name="push_once_a_firm"),)


class Deal(Entry):
    """A licence or transfer of patents (专利转让许可): signed is not effective, effective is not recorded."""

    kind = models.CharField(max_length=12)
    counterpart = to_record("+")
    counterpart_name = text(200)
    signed_on = models.DateField()
    effective_on = day()
    record_by = day()
    recorded_on = day()
    recording_no = text(80)
    term_from = day()
    term_to = day()
    fee_fen = models.BigIntegerField(null=True, blank=True)
    fee_kind = text(16)
    territory = text(200)
    field = text(200)
    exclusions = models.TextField(blank=True)
    consents = models.BooleanField(default=False)
    contract = to_record("+")
    stock = to_record("+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(term_to=None) | models.Q(term_from=None) | models.Q(term_to__gte=models.F("term_from")),
                name="patent_deal_term",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_on=None) | models.Q(effective_on__gte=models.F("signed_on")), name="patent_deal_effective"
            ),
        )


class Recording(Entry):
    """A recorded event of transfer or licence (备案登记): what the statistics count as one time (次)."""

    kind = models.CharField(max_length=12)
    recorded_on = models.DateField(db_index=True)
    recording_no = text(80)
    app_no = text(20)
    patents = models.PositiveIntegerField(default=1)
    holder_kind = text(20)
    holder_name = text(200)
    counterpart_name = text(200)
    deal = to_record("recordings")


class OpenLicence(Entry):
    """An offer of open licence (开放许可声明): fee and terms for anyone, announced by the office."""

    patent = to_record("open_licences", null=False)
    declared_on = models.DateField()
    announced_on = day()
    withdrawn_on = day()
    fee_kind = models.CharField(max_length=16)
    base_fen = models.BigIntegerField(null=True, blank=True)
    rate_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    floor_fen = models.BigIntegerField(null=True, blank=True)
    period_from = day()
    period_to = day()
    report_no = text(80)
    terms = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(announced_on=None) | models.Q(announced_on__gte=models.F("declared_on")), name="open_licence_dates"
            ),
        )


class Acceptance(models.Model):
    """A licensee's acceptance of an open licence: licensed once notified and paid."""

    offer = models.ForeignKey(Record, models.PROTECT, related_name="acceptances")
    licensee = models.ForeignKey(Record, models.PROTECT, related_name="+")
    notified_on = models.DateField()
    paid_on = day()

    class Meta:
        ordering = ("notified_on", "id")
        constraints = (models.UniqueConstraint(fields=["offer", "licensee"], name="open_acceptance_once"),)

    def __str__(self) -> str:
        return f"{self.licensee_id} {self.notified_on}"


class Fee(Entry):
    """The annual fee (年费) of one year of term: due day, full amount, reduction, late fee, what to pay — by the rule ``patent-fee``."""

    patent = to_record("fees", null=False)
    year = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    last_on = models.DateField()
    full_fen = models.BigIntegerField()
    rate_percent = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    late_fen = models.BigIntegerField(default=0)
    pay_fen = models.BigIntegerField()
    paid_on = day()
    voucher = text(80)
    rule = text(40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["patent", "year"], name="patent_fee_once_a_year"),)
        indexes = (models.Index(fields=["due_on"]),)


class Valuation(Entry):
    """A valuation of a patent (专利价值评估): score by weights of a scenario, money by a method; the weights are kept with it."""

    patent = to_record("valuations", null=False)
    scenario = models.CharField(max_length=20)
    weight_version = text(20)
    weights = models.JSONField(default=dict, blank=True)
    scores = items()
    score = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    method = text(12)
    money_fen = models.BigIntegerField(null=True, blank=True)
    flows = items()
    share_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    rate_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    valued_on = models.DateField()
    valid_to = day()
    valuer = text(200)
    basis = models.TextField(blank=True)


class Product(Entry):
    """A patented product filed by its maker or seller (专利产品备案), with its national recognitions (专利密集型产品)."""

    model = text(120)
    product_class = text(60)
    launched_on = day()
    filed_on = day()
    takes_part = models.BooleanField(default=False)
    data_year = models.PositiveSmallIntegerField(null=True, blank=True)
    sales_fen = models.BigIntegerField(null=True, blank=True)
    revenue_fen = models.BigIntegerField(null=True, blank=True)
    profit_fen = models.BigIntegerField(null=True, blank=True)
    rd_fen = models.BigIntegerField(null=True, blank=True)
    market_share_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    price_share_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    patents_used = items()
    recognised_on = day()
    certificate_no = text(80)
    updated_on = day()


class ProductYear(models.Model):
    """A product's numbers of one year: sales and the firm's revenue, the money that the patents brought."""

    product = models.ForeignKey(Record, models.PROTECT, related_name="product_years")
    year = models.PositiveSmallIntegerField()
    sales_fen = models.BigIntegerField()
    revenue_fen = models.BigIntegerField(null=True, blank=True)
    profit_fen = models.BigIntegerField(null=True, blank=True)
    updated_on = models.DateField()

    class Meta:
        ordering = ("year",)
        constraints = (models.UniqueConstraint(fields=["product", "year"], name="product_year_once"),)

    def __str__(self) -> str:
        return str(self.year)


class Recognition(models.Model):
    """The national answer for a product in one round (认定结果): imported, never computed."""

    product = models.ForeignKey(Record, models.PROTECT, related_name="product_recognitions")
    year = models.PositiveSmallIntegerField()
    basis = text(80)
    recognised = models.BooleanField()
    on = models.DateField()
    certificate_no = text(80)

    class Meta:
        ordering = ("year",)
        constraints = (models.UniqueConstraint(fields=["product", "year"], name="product_recognition_once"),)

    def __str__(self) -> str:
        return f"{self.year}: {self.recognised}"


class Centre(Entry):
    """A cultivation centre of high-value patents (高价值专利培育中心)."""

    field = text(200)
    partner_names = items()
    head = text(60)
    plan = models.TextField(blank=True)
    target_patents = models.PositiveIntegerField(null=True, blank=True)
    applied_on = day()
    recognised_on = day()
    valid_to = day()
    level = text(12)
    grades = items()


class CaseCall(Entry):
    """A call for typical cases of patent industrialisation (典型案例征集): how many are chosen, by when."""

    wanted = models.PositiveSmallIntegerField(default=10)
    opens_on = models.DateField()
    closes_on = models.DateField()
    criteria = models.TextField(blank=True)
    noticed_on = day()
    notice_to = day()
    published_on = day()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(closes_on__gte=models.F("opens_on")), name="case_call_dates"),)


class Case(Entry):
    """A nominated case (典型案例): patent, product, partners, what it earned, how it was scored."""

    call = to_record("patent_cases", null=False)
    patent = to_record("+")
    product = to_record("+")
    recommender = text(200)
    story = models.TextField()
    revenue_fen = models.BigIntegerField(null=True, blank=True)
    average = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    selected_on = day()


class CaseScore(models.Model):
    """One reviewer's score of a case, 0 to 100."""

    case = models.ForeignKey(Record, models.PROTECT, related_name="case_scores")
    user = models.ForeignKey("kernel.User", models.PROTECT, related_name="+")
    score = models.DecimalField(max_digits=6, decimal_places=2)
    note = text(300)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "user"], name="case_score_once"),
            models.CheckConstraint(condition=models.Q(score__range=(0, 100)), name="case_score_0_100"),
        )

    def __str__(self) -> str:
        return str(self.score)
