"""Declaration of the patent registers."""

from __future__ import annotations

from typing import Any

from trihelix.kernel.register import Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.patents import checks, flow, keys, models, sheets
from trihelix.registers.patents.family import patent_doc

DESK = ("officer", "operator")
WRITERS = ("owner", *DESK)
TAKEN = {"round": "stock_rounds", "patent": "patents"}

PATENTS = declare(
    Register(
        "patents", models.Patent, "专利", "Patent", "ZL", flow.PATENT, sheets.PATENTS, area="results",
        help_zh="专利与专利申请：号码校验、同族、分类、权利人、法律状态与年费。同族合为一条检索结果。",
        help_en="Patents and applications: checked numbers, families, classification, holders, legal status, fees. A family is one hit.",
        list_columns=("number", "app_no", "title", "owner", "ptype", "status", "fee_paid_to", "family"),
        filters=("ptype", "status", "owner", "family", "fields", "classes", "college", "filing_date", "grant_date", "fee_paid_to", "encumbrances", "sei"),
        create_roles=WRITERS, personal=frozenset({"inventors"}), links={"co_owners": ("bodies", "holder")}, import_visibility="owner",
        check=checks.check_patent, prepare=checks.prepare_patent, keyed=keys.patent_rows, imported=checks.imported_patent, search_doc=patent_doc,
        panels=("patents/_patent.html",),
    )
)  # fmt: skip
ROUNDS = declare(
    Register(
        "stock_rounds", models.Round, "存量专利盘点", "Stock-taking round", "PDL", flow.ROUND, sheets.ROUNDS, area="results", deadlines={"report": "report_by"},
        help_zh="一轮盘点：哪些单位、盘点到哪一天；进度、入库、分层、推送一览。全国平台导出表可原样导入。",
        help_en="A round of stock-taking over bodies, with progress, pool, tiers and pushes. The national platform's export is imported as it is.",
        list_columns=("number", "title", "owner", "starts_on", "report_by", "ends_on", "state"), filters=("owner", "starts_on"), public=False,
        create_roles=WRITERS, links={"bodies": ("bodies", "stock_body"), "issuers": ("bodies", "issuer")}, import_state="running", import_visibility="members",
        check=checks.check_round, panels=("patents/_round.html",),
    )
)  # fmt: skip
COLLEGES = declare(
    Register(
        "stock_colleges", models.College, "盘点学院", "College in the stock-taking", "PXY", flow.COLLEGE, sheets.COLLEGES, area="results",
        help_zh="学院及其盘点审核人。", help_en="Colleges and who approves their forms.", list_columns=("number", "title", "owner", "reviewer", "state"),
        filters=("owner",), public=False, create_roles=WRITERS, refs={"reviewer": "people"},
    )
)  # fmt: skip
STOCK = declare(
    Register(
        "stock_records", models.StockRecord, "专利盘点表", "Stock-taking form", "PDB", flow.STOCK, sheets.STOCK, area="results",
        help_zh="一专利一表：自评、学院审核、学校审核入库、企业评价、按规则分层、推送、转化、备案。",
        help_en="One patent, one form: self-assessment, approvals, firms' judgement, tier by rule, push, outcome, recording.",
        list_columns=("number", "title", "owner", "college", "stars", "prospect", "tier", "state"),
        filters=("round", "owner", "college", "stars", "prospect", "tier", "trl", "modes", "outcome", "exit_kind"), public=False, create_roles=WRITERS,
        refs=TAKEN, change_states=("registered", "self_assessed"), personal=frozenset({"contact"}), confidential=frozenset({"ask_wan", "price_rule"}),
        import_state=checks.stock_state, import_visibility="members", check=checks.check_stock, keyed=keys.stock_rows, imported=checks.imported_stock,
        panels=("patents/_stock.html",),
    )
)  # fmt: skip
PUSHES = declare(
    Register(
        "stock_pushes", models.Push, "专利推送", "Pushed patent", "PTS", flow.PUSH, sheets.PUSHES, area="results",
        help_zh="匹配引擎为盘点专利找到的企业，附理由；企业答复后重新分层。", help_en="Firms found by the matching engine, with reasons; answers regrade the patent.",
        list_columns=("number", "title", "firm", "rank", "sent_on", "answered_on", "state"), filters=("firm", "patent", "sent_on", "owner"), public=False,
        create_roles=(*DESK, "system"), refs={"stock": "stock_records", "patent": "patents", "firm": "bodies", "need": "needs"}, change_states=(),
        panels=("patents/_push.html",),
    )
)  # fmt: skip
DEALS = declare(
    Register(
        "patent_deals", models.Deal, "专利转让许可", "Patent licence or transfer", "ZZX", flow.DEAL, sheets.DEAL, area="deals", deadlines={"record": "record_by"},
        help_zh="转让与许可合同：签订、生效、备案三个日期分开；许可合同生效后三个月内备案。",
        help_en="Licences and transfers; signed, effective and recorded are kept apart; licences are recorded within three months.",
        list_columns=("number", "title", "owner", "kind", "counterpart", "signed_on", "effective_on", "record_by", "recorded_on", "state"),
        filters=("kind", "owner", "counterpart", "signed_on", "recorded_on", "record_by"), public=False, create_roles=WRITERS, change_states=("signed",),
        refs={"counterpart": "bodies", "contract": "contracts", "stock": "stock_records"}, links={"patents": ("patents", "patent")},
        confidential=frozenset({"fee_wan", "exclusions"}), import_state=checks.deal_state, check=checks.check_deal, prepare=checks.prepare_deal,
    )
)  # fmt: skip
RECORDINGS = declare(
    Register(
        "patent_recordings", models.Recording, "转让许可备案", "Recorded transfer or licence", "ZBA", flow.RECORDING, sheets.RECORDINGS, area="deals",
        help_zh="一条是一次备案登记；统计“次”数的来源，一份合同可有多次。", help_en="One row a recorded event, which is what the statistics count.",
        list_columns=("number", "title", "kind", "recorded_on", "holder_name", "holder_kind", "patents", "state"),
        filters=("kind", "recorded_on", "holder_kind", "owner"), public=False, create_roles=(*DESK, "system"), owner_required=False,
        refs={"deal": "patent_deals"}, import_visibility="members", check=checks.check_recording, prepare=checks.prepare_recording,
    )
)  # fmt: skip
OPEN = declare(
    Register(
        "open_licences", models.OpenLicence, "开放许可", "Open licence", "ZKF", flow.OPEN, sheets.OPEN, area="deals",
        help_zh="开放许可声明与接受：通知并付费后即获许可；声明期间不得独占、排他许可。",
        help_en="Offers of open licence and their acceptance: licensed once notified and paid; no exclusive or sole licence meanwhile.",
        list_columns=("number", "title", "owner", "fee_kind", "base_wan", "rate_percent", "period_to", "state"), filters=("owner", "fee_kind", "patent"),
        create_roles=WRITERS, refs={"patent": "patents"}, change_states=("draft",), check=checks.check_open, panels=("patents/_open.html",),
    )
)  # fmt: skip
FEES = declare(
    Register(
        "patent_fees", models.Fee, "专利年费", "Annual fee", "ZNF", flow.FEE, sheets.FEES, area="results", deadlines={"pay": "due_on"},
        help_zh="到期前自动生成提醒；金额、减缴、开放许可减免与滞纳金按规则计算。", help_en="Made before the day due; amount, reductions and late fee by rule.",
        list_columns=("number", "title", "owner", "year", "due_on", "pay_yuan", "paid_on", "state"), filters=("owner", "due_on", "patent", "year"), public=False,
        create_roles=(*DESK, "system"), refs={"patent": "patents"}, change_states=(),
    )
)  # fmt: skip
VALUATIONS = declare(
    Register(
        "patent_valuations", models.Valuation, "专利价值评估", "Patent valuation", "ZPG", flow.VALUATION, sheets.VALUATIONS, area="results",
        help_zh="按场景选权重计算价值度，货币值按成本、市场或收益法；报告印出所用权重。", help_en="A score by the weights of a scenario, money by cost, market or income; the weights are printed.",
        list_columns=("number", "title", "owner", "scenario", "score", "money_wan", "valued_on", "state"), filters=("owner", "scenario", "patent", "valued_on"),
        public=False, create_roles=WRITERS, refs={"patent": "patents"}, change_states=("draft",), confidential=frozenset({"money_wan", "flows"}),
        check=checks.check_valuation, panels=("patents/_valuation.html",),
    )
)  # fmt: skip
PRODUCTS = declare(
    Register(
        "patent_products", models.Product, "专利产品", "Patented product", "ZCP", flow.PRODUCT, sheets.PRODUCTS, area="results",
        help_zh="专利产品备案、国家认定（专利密集型产品）与逐年收入；认定结果只导入，不推断。", help_en="Filing, national recognition and yearly revenue of patented products; results are imported, never computed.",
        list_columns=("number", "title", "owner", "product_class", "filed_on", "sales_wan", "recognised_on", "state"),
        filters=("owner", "product_class", "filed_on", "recognised_on", "takes_part"), create_roles=WRITERS, change_states=("draft", "submitted", "filed"),
        confidential=frozenset({"profit_wan", "revenue_wan", "rd_wan", "market_share_percent", "price_share_percent"}), import_state=checks.product_state,
        import_visibility="public", check=checks.check_product, imported=checks.imported_product, panels=("patents/_product.html",),
    )
)  # fmt: skip
CENTRES = declare(
    Register(
        "cultivation_centres", models.Centre, "高价值专利培育中心", "Cultivation centre", "ZPY", flow.CENTRE, sheets.CENTRES, area="platforms",
        help_zh="高价值专利培育中心：申请、认定、评价、摘牌；列出承担单位的高价值发明专利。", help_en="Cultivation centres of high-value patents, with the host's high-value inventions.",
        list_columns=("number", "title", "owner", "field", "level", "recognised_on", "valid_to", "state"), filters=("owner", "level", "recognised_on"), create_roles=WRITERS,
        change_states=("draft",), import_state=lambda row: "recognised" if row.get("recognised_on") else "draft", import_visibility="public",
        check=checks.check_centre, prepare=checks.defaults(level="provincial"), panels=("patents/_centre.html",),
    )
)  # fmt: skip
CALLS = declare(
    Register(
        "case_calls", models.CaseCall, "典型案例征集", "Call for cases", "ZAZ", flow.CALL, sheets.CALLS, area="results",
        help_zh="专利产业化典型案例：征集、评审、公示、发布。", help_en="Typical cases of patent industrialisation: call, review, notice, publication.",
        list_columns=("number", "title", "owner", "wanted", "opens_on", "closes_on", "state"), filters=("owner", "opens_on"), create_roles=DESK,
        change_states=("planned",), check=checks.check_call, prepare=checks.defaults(wanted=10), panels=("patents/_call.html",),
    )
)  # fmt: skip
CASES = declare(
    Register(
        "patent_cases", models.Case, "专利产业化案例", "Patent case", "ZAL", flow.CASE, sheets.CASES, area="results",
        help_zh="申报的专利产业化案例：审核、专家评分、排名、公示、入选。", help_en="Nominated cases: check, scores, rank, notice, selection.",
        list_columns=("number", "title", "owner", "call", "average", "rank", "selected_on", "state"), filters=("call", "owner", "selected_on"), create_roles=WRITERS,
        refs={"call": "case_calls", "patent": "patents", "product": "patent_products"}, change_states=("draft",), check=checks.check_case,
        import_state=lambda row: "selected" if row.get("selected_on") else "draft",
    )
)  # fmt: skip
ALL: tuple[Any, ...] = (
    PATENTS,
    ROUNDS,
    COLLEGES,
    STOCK,
    PUSHES,
    DEALS,
    RECORDINGS,
    OPEN,
    FEES,
    VALUATIONS,
    PRODUCTS,
    CENTRES,
    CALLS,
    CASES,
)

from trihelix.registers.patents import actions, facts, figures  # noqa: E402, F401

for _register in ALL:
    standard_actions(_register)
