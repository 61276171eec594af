"""Tables of products with years and recognitions, cultivation centres, calls and cases."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record
from trihelix.registers.patents.models.columns import day, items, text, to_record


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
    gate = models.JSONField(default=dict, blank=True)


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
