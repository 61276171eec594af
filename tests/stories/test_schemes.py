"""Every scheme of the book walked from its call to its end by acts, whoever each step waits for.

The walker knows no scheme: the file says the route, the form, the signers, the parts of the money and the life after the award. What
a scheme asks of an applicant stands in ``CASES``; a scheme dropped into the book without a case fails here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest

from trihelix.engines.books import book_path
from trihelix.engines.codes import synthetic_credit_code
from trihelix.engines.schemes import Scheme, load_schemes
from trihelix.engines.schemes import forms as form_engine
from trihelix.kernel import clock
from trihelix.kernel.accounts import operator
from trihelix.kernel.actor import SYSTEM, Actor
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.models import Application, BudgetLine, Payment, Project, Report, SubsidyRow, Tranche

pytestmark = pytest.mark.django_db
WAN = 1_000_000
START = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
BOOK = load_schemes(book_path("jilin", {}))
FIRM, UNIVERSITY, INSTITUTE = "chiyu", "utcm-office", "ciomp-teacher"


@dataclass(frozen=True)
class Case:
    """Who applies, with what answers, and the public money in 万元 that the file's rule must give."""

    who: str
    answers: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    grant: float = 0
    won: str = ""


BUDGET = {"budget": {"设备费": {"public": 20}, "业务费": {"public": 30, "own": 50}}, "requested": 50}
BID = {"total": 1000, "owed_to_taker": 500, "order_person": "示例责任人"}
CASES: dict[str, Case] = {
    "open-bid": Case(FIRM, {**BID, "subsidy_kind": "post"}, grant=275, won="formula"),
    "military-order": Case(FIRM, {**BID, "total": 1200}, grant=300, won="cap"),
    "plan-project": Case(UNIVERSITY, {"programme": "keyrd"}, {"partners": ["firm-chiyu"]}, grant=50),
    "special": Case(UNIVERSITY, {"enterprise_money": 200}, {"partners": ["firm-chiyu"]}, grant=50),
    "natural-fund": Case(UNIVERSITY, {"requested": 8, "budget": {"业务费": {"public": 8}}}, {"class_id": "young"}, grant=8),
    "joint-fund": Case(UNIVERSITY, {"partner_part": 30}, {"class_id": "firm"}, grant=50),
    "regional-fund": Case(UNIVERSITY, {"nsfc_registered": True}),
    "cas-fund": Case(INSTITUTE, {"total_input": 1000, "firm_match": 500, "own_ip": True, "carried_out_here": True}, {"class_id": "key"}, grant=50),
    "international": Case(UNIVERSITY, {"requested": 14.5, "budget": {"业务费": {"public": 14.5}}}, {"class_id": "project"}, grant=14.5),
    "edu-cultivation": Case(UNIVERSITY, {"requested": 5, "budget": {"业务费": {"public": 5}}}, grant=5),
    "joint-laboratory": Case(UNIVERSITY, {"firm_cash": 100, "firm_equipment": 0, "head_serving": True}, {"partners": ["firm-chiyu"]}),
    "provincial-laboratory": Case(UNIVERSITY, {"in_park": True}, grant=50),
    "cocoon": Case(FIRM, {"turnover": 200, "requested": 50}, {"class_id": "contract"}, grant=20, won="formula"),
    "innovation-centre": Case(UNIVERSITY, {}, {"class_id": "special"}),
    "pilot-base": Case(INSTITUTE, {"requested": 30}, {"class_id": "pilot"}),
    "voucher": Case(FIRM, {"service_kind": "testing", "paid_service": 20, "requested": 20, "provider_confirmed": True, "is_incubated": False}, {"provider": "ciomp"}, grant=16),
    "postdoc-base": Case(FIRM, {"rd_unit": True, "supervisors": 2, "recruit_plan": 1, "living": True}),
    "training-base": Case(UNIVERSITY, {"places": 100}, {"partners": ["firm-chiyu"]}, grant=20, won="formula"),
    "patent-lead": Case(FIRM, {"patents_held": 10, "patents_used": 9, "rd_last": 2000, "revenue": 10000, "rd_staff": 30, "all_staff": 100, "clean": True}, grant=30, won="top"),
    "transfer-project": Case(UNIVERSITY, {"result_ref": "CG-1", "contract_wan": 60}, grant=50),
}  # fmt: skip


class Walk:
    """The clock, the people and the acts of one story."""

    def __init__(self, actor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.actor, self.now = actor, START
        monkeypatch.setattr(clock, "today", lambda: self.now.date())

    def do(self, register: str, act: str, by: Any, entry: Any = None, **values: Any) -> Any:
        who = self.actor(by) if isinstance(by, str) else by
        return (
            register_of(register).acts[act].run(by=who, now=self.now, **({"record": entry.record} if entry is not None else {}), **values)
        )

    def later(self, days: int) -> None:
        self.now += dt.timedelta(days=days)


def fresh(entry: Any) -> Any:
    return type(entry).objects.get(pk=entry.pk)


@pytest.fixture
def walk(actor, monkeypatch):
    return Walk(actor, monkeypatch)


def filled(form: form_engine.Form, given: dict[str, Any]) -> dict[str, Any]:
    """An answer for every field that must have one: the case's own, else something of the field's kind."""
    plain = {
        "text": "示例", "longtext": "示例内容", "integer": 12, "decimal": 1, "money_wan": 50, "date": "2027-06-30", "boolean": True, "list": ["示例"],
        "file": "示例.pdf", "body": "firm-chiyu",
    }  # fmt: skip
    out: dict[str, Any] = {}
    for one in form.fields():
        if given.get(one.id) is not None:
            out[one.id] = given[one.id]
        elif one.kind == "budget" and one.required:
            out[one.id] = BUDGET["budget"]
        elif one.kind == "rows" and one.required:
            row = {
                c.name: "2027-01-31" if c.kind == "date" else 5 if c.kind in ("integer", "money_wan", "decimal") else "示例"
                for c in one.rows
            }
            out[one.id] = [row] * max(one.min_rows or 1, 1)
        elif one.required:
            out[one.id] = next(iter(one.choices or {}), None) if one.kind == "choice" else plain[one.kind]
    return out


def opened(walk: Walk, scheme: Scheme, batch: int = 1) -> Any:
    """A call with money behind it, published; an agreement-led one is signed first."""
    fund = walk.do("budget_lines", "create", "finance", title="专项资金", kind="fund", year=2026, amount_wan=5000 * WAN)
    line = walk.do("budget_lines", "create", "finance", title=scheme.zh, kind="line", parent=fund.number, year=2026, amount_wan=1000 * WAN)
    more: dict[str, Any] = {"line": line.number}
    if scheme.shape == "agreement":
        agreement = walk.do(
            "fund_agreements", "create", "officer", title="省企联合基金", partner="firm-chiyu", kind="firm", starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2028, 12, 31),
            yearly_province_wan=100 * WAN, yearly_partner_wan=200 * WAN,
        )  # fmt: skip
        walk.do("fund_agreements", "sign", "officer", agreement)
        more["agreement"] = agreement.number
    call = walk.do("calls", "create", "officer", title=f"{scheme.zh} 2026", scheme=scheme.id, year=2026, batch=batch, **more)
    walk.do("calls", "approve", "officer", call)
    walk.do("calls", "publish", "officer", call)
    return call


def board_of(walk: Walk, scheme: Scheme, call: Any, who: str) -> Any:
    """Intake of a demand-led scheme: need to board to taker, handed over to an application."""
    board = walk.do(
        "boards", "create", who, title="低损耗封装", problem="损耗偏高", indicators=[{"name": "损耗", "target": "0.5"}], amount_wan=800 * WAN, ownership="shared",
        deadline=dt.date(2028, 1, 1), call=call.number, scheme=scheme.id,
    )  # fmt: skip
    for act, by, values in (
        ("submit", who, {}),
        ("screen", "officer", {}),
        ("argue", "officer", {"note": "可行"}),
        ("list", "officer", {}),
        ("post", "officer", {}),
    ):
        walk.do("boards", act, by, board, **values)
    taker = walk.actor(INSTITUTE)
    walk.do("boards", "register_interest", taker, board)
    body = Record.objects.get(pk=next(iter(taker.bodies)))
    walk.do("boards", "choose_taker", who, board, taker=body.ref, note="论证并经办公会同意", contract_number="HT-1")
    walk.do("boards", "hand_over", who, board)
    return Application.objects.get(board=board.record)


def applied(walk: Walk, scheme: Scheme, call: Any, case: Case) -> Application:
    """A submitted application."""
    if scheme.shape == "demand":
        made = board_of(walk, scheme, call, case.who)
    else:
        more = dict(case.more)
        if scheme.get("call.topics") == "needs":
            more["need"] = Record.objects.filter(register="needs", state="published").first().number
        made = walk.do("applications", "create", case.who, title=f"示例申报 {scheme.zh}", call=call.number, **more)
    return handed_in(walk, made, case)


def handed_in(walk: Walk, made: Application, case: Case) -> Application:
    walk.do("applications", "save", case.who, made, answers=filled(queries.form_of(fresh(made)), {**BUDGET, **case.answers}))
    walk.do("applications", "submit", case.who, made)
    return fresh(made)


def office_of(walk: Walk, case: Case, made: Application) -> Any:
    """Who answers for the unit: the account itself, or the science office of an institute that has no account of its own."""
    owner = made.record.owner_id
    return (
        Actor(operator().user_id, "示例科研处", body_roles={owner: frozenset({"transfer_office"})}) if case.who == INSTITUTE else case.who
    )


def to_award(walk: Walk, case: Case, made: Application, call: Any) -> Project:
    """Every step up to the award, by whom it waits for; a two-stage call comes round by its full form."""
    steps: dict[str, tuple[str, Any, dict[str, Any]]] = {
        "unit_check": ("unit_approve", office_of(walk, case, made), {}), "recommendation": ("recommend", "officer", {}), "form_check": ("form_pass", "officer", {}),
        "screening": ("screen_pass", "officer", {"similar_read": True}), "review": ("review_done", SYSTEM, {"score": 80, "rank": 1}),
        "site_visit": ("visit_done", "officer", {"note": "属实"}), "decision": ("decide", "officer", {"outcome": "award", "note": "会议同意"}),
        "publicity": ("award", "officer", {}),
    }  # fmt: skip
    for _ in range(24):
        made = fresh(made)
        if made.state == "awarded":
            return Project.objects.get(application=made.record)
        if made.state == "pending":
            walk.do("calls", "announce", "officer", call)
            walk.later(20)
        elif made.state == "decision" and made.stage == "concept":
            walk.do("applications", "invite_full", "officer", made)
        elif made.state == "draft":
            made = handed_in(walk, made, case)
        else:
            act, by, values = steps[made.state]
            walk.do("applications", act, by, made, **values)
    raise AssertionError(f"no end: {made.state}")


def paid(walk: Walk, project: Project) -> int:
    """Order, approve twice and pay every part that is free; how many were paid."""
    free = Tranche.objects.filter(project=project.record, state="released")
    count = 0
    for tranche in free:
        order = walk.do(
            "payments",
            "create",
            "finance",
            project=project.number,
            tranche=tranche.position,
            account_name="示例单位",
            bank_name="示例银行",
            bank_account="6222",
        )
        walk.do("payments", "approve", "officer", order)
        walk.do("payments", "approve", operator(), order)
        walk.do("payments", "pay", "finance", order, voucher=f"V-{tranche.position}")
        count += 1
    return count


def signed(walk: Walk, case: Case, project: Project) -> None:
    walk.do("projects", "draft_instrument", "officer", project)
    by = {"taker": INSTITUTE, "department": "officer", "funder": "officer"}
    for role in fresh(project).instrument["signers"]:
        walk.do("projects", "sign", by.get(role, case.who), project, as_role=role, name="示例签署人")
    assert fresh(project).state == "running"


def reported(walk: Walk, case: Case, project: Project, kinds: tuple[str, ...]) -> None:
    for report in Report.objects.filter(project=project.record, kind__in=kinds, record__state="due"):
        walk.do("progress_reports", "submit", case.who, report, text="按计划进行", percent=50)
        walk.do("progress_reports", "check", "officer", report, result="pass")


def grant_life(walk: Walk, scheme: Scheme, case: Case, project: Project) -> str:
    signed(walk, case, project)
    paid(walk, project)
    reported(walk, case, project, ("progress", "stage"))
    for trigger in Tranche.objects.filter(project=project.record, state="planned").values_list("trigger", flat=True):
        if trigger not in ("acceptance", "filed"):
            walk.do("projects", "set_free", "officer", project, trigger=trigger)
    walk.later((fresh(project).due_on - walk.now.date()).days + 1)
    walk.do("projects", "mark_due", SYSTEM, project)
    from trihelix.registers.programmes.actions.endings import due_documents

    pack = [{"id": d.id, "reference": "示例材料"} for d in due_documents(fresh(project))]
    comparison = [{"name": i["name"], "target": i.get("target", ""), "reached": "达到", "met": True} for i in fresh(project).indicators]
    walk.do("projects", "request_acceptance", case.who, project, pack=pack, comparison=comparison)
    walk.do("projects", "desk_pass", "officer", project)
    walk.do("projects", "conclude", "officer", project, conclusion="accepted", votes=7, votes_for=6, opinion="同意通过验收")
    walk.do("projects", "file", "officer", project, number="备 1")
    paid(walk, project)
    walk.later(365 * 2 + 2)
    reported(walk, case, project, ("follow_up",))
    walk.do("projects", "archive", "officer", project)
    return "archived"


def status_life(walk: Walk, scheme: Scheme, case: Case, project: Project) -> str:
    walk.do("projects", "recognise", "officer", project)
    if "building" in scheme.life.values():
        assert fresh(project).state == "building"
        walk.later(300)
        walk.do("projects", "build_done", "officer", project)
    walk.do("projects", "evaluate", "officer", project, grade=scheme.get("status.grades")[0])
    paid(walk, project)
    walk.later((fresh(project).valid_to - walk.now.date()).days + 1)
    walk.do("projects", "expire", SYSTEM, project)
    return "expired"


def payment_life(walk: Walk, scheme: Scheme, case: Case, project: Project) -> str:
    walk.do("projects", "start_paying", "officer", project)
    assert paid(walk, project) == len(scheme.tranches)
    walk.do("projects", "finish_paying", "finance", project)
    return "archived"


LIVES = {"grant": grant_life, "status": status_life, "payment": payment_life}


@pytest.mark.parametrize("scheme_id", [i for i in BOOK.ids() if BOOK.scheme(i).shape != "data"])
def test_from_intake_to_the_end(walk, scheme_id):
    scheme, case = BOOK.scheme(scheme_id), CASES[scheme_id]
    call = opened(walk, scheme)
    made = applied(walk, scheme, call, case)
    project = to_award(walk, case, made, call)
    made = fresh(made)
    assert project.scheme == scheme_id and project.scheme_version == made.scheme_version
    if case.grant:
        assert project.approved_fen == case.grant * WAN, (project.approved_fen / WAN, made.grant_won)
    if case.won:
        assert made.grant_won == case.won
    assert fresh(made).receipt and all(c["outcome"] == "met" for c in made.checks if not c["id"].startswith("needs_")), made.checks
    end = LIVES[scheme.award](walk, scheme, case, project)
    project = fresh(project)
    assert project.state == end
    assert (
        project.paid_fen
        == project.approved_fen
        == sum(p.amount_fen for p in Payment.objects.filter(project=project.record, record__state="paid"))
    )
    line = BudgetLine.objects.get(record=project.line)
    assert (line.committed_fen, line.allotted_fen, line.paid_fen) == (project.approved_fen,) * 3
    if scheme.payee == "demand":
        assert project.payee_id == project.demand_id != project.taker_id


def test_every_scheme_has_a_story():
    data = {i for i in BOOK.ids() if BOOK.scheme(i).shape == "data"}
    assert data == {"rd-subsidy"} and set(BOOK.ids()) - data == set(CASES)
    assert [BOOK.scheme(i).letter for i in BOOK.ids()] == list("ABCDEFGHIJKLMNOPQRSTU")


@pytest.mark.parametrize(("total", "wan"), [(300, 90), (500, 150), (800, 225), (1000, 275), (1125, 300)])
def test_the_open_bid_gives_the_worked_maxima(walk, total, wan):
    case = Case(FIRM, {**BID, "total": total, "owed_to_taker": total, "subsidy_kind": "pre"}, grant=wan)
    call = opened(walk, BOOK.scheme("open-bid"))
    project = to_award(walk, case, applied(walk, BOOK.scheme("open-bid"), call, case), call)
    assert project.approved_fen == wan * WAN and project.payee_id == project.demand_id
    assert fresh(Application.objects.get(record=project.application)).grant_trace["won"] == "formula"


@pytest.mark.parametrize(("posted", "version"), [(dt.date(2023, 11, 30), "2021"), (dt.date(2023, 12, 1), "2023")])
def test_a_board_keeps_the_rule_version_of_its_day(walk, posted, version):
    """The 25 projects stand on both sides of the revision of December 2023."""
    walk.actor = {name: walk.actor(name) for name in (FIRM, INSTITUTE, "officer", "finance")}.__getitem__  # accounts are younger than 2023
    walk.now = dt.datetime.combine(posted, dt.time(2), tzinfo=dt.UTC)
    scheme = BOOK.scheme("open-bid", posted)
    call = opened(walk, scheme)
    case = Case(FIRM, {**BID, "subsidy_kind": "pre"})
    made = applied(walk, scheme, call, case)
    walk.later(30)  # by now the later version is in force
    project = to_award(walk, case, made, call)
    assert made.scheme_version == project.scheme_version == version


def test_the_ladder_firm_is_picked_by_the_other_route(walk):
    """Cocoon-to-butterfly: real contracts at a rate, and a yearly pick for a project, under one yearly limit of the firm."""
    scheme = BOOK.scheme("cocoon")
    call = opened(walk, scheme)
    contract = Case(FIRM, {"turnover": 200, "requested": 50}, {"class_id": "contract"})
    first = to_award(walk, contract, applied(walk, scheme, call, contract), call)
    call = opened(walk, scheme, batch=2)
    pick = Case(FIRM, {"turnover": None, "requested": 50}, {"class_id": "selection"})
    second = to_award(walk, pick, applied(walk, scheme, call, pick), call)
    held = Application.objects.get(record=second.application)
    assert (first.approved_fen, second.approved_fen, held.grant_won) == (20 * WAN, 30 * WAN, "yearly")


def test_one_agency_corrects_its_data_and_the_list_is_computed_again(walk):
    """The data-led list: nobody applies; every strike-out names agency and reason; the same data give the same list."""
    made = walk.do("subsidy_lists", "create", "officer", title="2026 引导计划", scheme="rd-subsidy", year=2026)
    codes = [synthetic_credit_code(9100 + i, "220101", "91") for i in range(3)]

    def supply(agency: str, column: str, bad: str | None) -> None:
        walk.do(
            "subsidy_lists",
            "supply",
            "officer",
            made,
            agency=agency,
            rows=[{"credit_code": c, column: int(c == bad)} for c in codes],
            source=agency,
        )

    def listed() -> dict[str, int]:
        return {r.credit_code: r.grant_fen for r in SubsidyRow.objects.filter(list=made.record, struck_by="")}

    tax = [{"credit_code": c, "name": f"示例{i}", "rd_last": 300, "rd_before": 100, "tax_arrears": 0} for i, c in enumerate(codes)]
    walk.do("subsidy_lists", "supply", "officer", made, agency="tax", rows=tax, source="税务")
    for agency, column, bad in (("science", "dishonest", None), ("finance", "fiscal_breach", None), ("market", "abnormal", codes[1])):
        supply(agency, column, bad)
    large = [{"credit_code": c, "large": 0, "rd_reported": 1} for c in codes]
    walk.do("subsidy_lists", "supply", "officer", made, agency="statistics", rows=large, source="统计")
    walk.do("subsidy_lists", "compute", "officer", made)
    before, struck = fresh(made).digest, queries.strike_log(made.record)
    assert [(r["agency"], r["credit_code"]) for r in struck] == [("market", codes[1])] and set(listed()) == {codes[0], codes[2]}
    walk.do("subsidy_lists", "reopen", "officer", made, reason="市场监管部门更正数据")
    supply("market", "abnormal", None)
    walk.do("subsidy_lists", "compute", "officer", made)
    assert set(listed()) == set(codes) and fresh(made).digest != before and not queries.strike_log(made.record)
    walk.do("subsidy_lists", "reopen", "officer", made, reason="恢复原数据")
    supply("market", "abnormal", codes[1])
    walk.do("subsidy_lists", "compute", "officer", made)
    assert fresh(made).digest == before
    walk.do("subsidy_lists", "publish", "officer", made)
    walk.later(20)
    walk.do("subsidy_lists", "approve", "officer", made)
    walk.do("subsidy_lists", "pay", "finance", made)
    assert fresh(made).state == "paid" and fresh(made).paid_fen == sum(listed().values()) > 0


def test_a_transfer_project_carries_its_priority_with_rule_and_reason(walk):
    scheme = BOOK.scheme("transfer-project")
    call = opened(walk, scheme)
    budget = {"业务费": {"public": 50, "match": 20}}
    first = applied(walk, scheme, call, Case(UNIVERSITY, {"result_ref": "CG-1", "contract_wan": 60, "budget": budget}))
    other = applied(walk, scheme, call, Case(UNIVERSITY, {"result_ref": "CG-2", "contract_wan": 0}))
    assert first.priority and "技术合同" in first.priority_reason and not other.priority and other.priority_reason == ""


@pytest.mark.parametrize("scheme_id", ["training-base", "patent-lead", "transfer-project"])
def test_values_nobody_published_are_marked_defaults(scheme_id):
    scheme = BOOK.scheme(scheme_id)
    amounts = [p for p in scheme.parameters.values() if p.id in ("per_place", "top")]
    assert amounts and all(p.unverified and p.source == "default" for p in amounts)
    assert all(s.unverified for s in scheme.settings.values() if s.default)
