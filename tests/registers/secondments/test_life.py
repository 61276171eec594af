"""A secondment from the firm's need to the end of the term, and everything that must be refused on the way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Link, Record, Wait
from trihelix.kernel.register import register_of
from trihelix.registers.secondments import queries, terms
from trihelix.registers.secondments.actions import terms_end
from trihelix.registers.secondments.models import Secondment

pytestmark = pytest.mark.django_db
WAN = 1_000_000


def run(register: str, act: str):
    return register_of(register).acts[act].run


def do(act: str, record, by, **values):
    return run("secondments", act)(by=by, record=record.uid, **values)


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


@pytest.fixture
def post(op, actor):
    made = run("secondment_needs", "create")(
        by=actor("jicui"),
        title="红参干燥工艺负责人",
        problem="红参干燥内白率高，缺少干燥曲线",
        field="medicine",
        wished_rank="教授",
        duties=["solve"],
    )
    run("secondment_needs", "post")(by=actor("jicui"), record=made.uid)
    return run("secondment_needs", "check")(by=op, record=made.uid)


@pytest.fixture
def named(actor, post):
    return run("secondment_needs", "name_person")(by=actor("jicui"), record=post.uid, person="p-058")


def until_publicity(op, actor, row):
    """Through the choice of both sides to the public list."""
    do("accept", row, actor("utcm-teacher"))
    do("consent", row, actor("utcm-office"))
    do("recommend", row, op)
    do("qualify", row, op)
    return do("publicise", row, op)


def serving(op, actor, row, starts_on=None):
    until_publicity(op, actor, row)
    Secondment.objects.filter(pk=row.pk).update(publicity_to=clock.today() - dt.timedelta(days=1))
    do("appoint", row, op, **({"starts_on": starts_on} if starts_on else {}))
    do("sign", row, actor("jicui"), name="企业代表")
    do("sign", row, actor("utcm-teacher"), name="本人")
    return do("sign", row, actor("utcm-office"), name="学校代表")


def test_the_agreement_waits_for_who_has_not_signed(op, actor, named):
    until_publicity(op, actor, named)
    Secondment.objects.filter(pk=named.pk).update(publicity_to=clock.today() - dt.timedelta(days=1))
    do("appoint", named, op)
    asked = lambda: set(Wait.objects.filter(record=named.record, act="sign").values_list("role", flat=True))  # noqa: E731
    assert asked() == {"host", "secondee", "owner"}
    do("sign", named, actor("utcm-office"), name="学校代表")
    assert asked() == {"host", "secondee"}
    do("sign", named, actor("jicui"), name="企业代表")
    assert asked() == {"secondee"}


def test_the_host_names_and_the_person_accepts_then_each_side_does_its_step(op, actor, named):
    assert named.state == "named"
    assert named.record.owner.ref == "u-tcm" and named.host.ref == "firm-jicui"
    assert Wait.objects.filter(record=named.record, act="accept").exists()
    with pytest.raises(Refused):
        do("accept", named, actor("jicui"))
    row = serving(op, actor, named)
    assert row.state == "serving"
    assert row.letter_no and row.ends_on == terms.years_on(row.starts_on, 2)
    assert [s["party"] for s in row.signatures] == ["host", "person", "home"]
    assert row.city == "220500" or row.city.startswith("22")


def test_either_side_may_begin(actor, post):
    made = run("secondment_needs", "offer_self")(by=actor("utcm-teacher"), record=post.uid)
    assert made.state == "offered"
    with pytest.raises(Refused) as refusal:
        run("secondment_needs", "offer_self")(by=actor("utcm-teacher"), record=post.uid)
    assert codes(refusal) == {"already_candidate"}
    assert run("secondments", "take")(by=actor("jicui"), record=made.uid).state == "agreed"


def test_nobody_offers_other_peoples_staff(actor, post):
    with pytest.raises(Refused) as refusal:
        run("secondment_needs", "offer_self")(by=actor("utcm-teacher"), record=post.uid, person="p-003")
    assert codes(refusal) == {"not_yours"}


def test_candidates_come_with_reasons(op, post):
    found = queries.candidates(post, op)
    assert found and found[0]["score"] > 0
    assert all(c["person"].record.owner.entry.kind != "firm" for c in found)
    assert any(c["reasons"] or c["field"] for c in found)


def test_no_appointment_before_the_publicity_is_over(op, actor, named):
    row = until_publicity(op, actor, named)
    assert row.publicity_to > clock.today()
    with pytest.raises(Refused) as refusal:
        do("appoint", row, op)
    assert codes(refusal) == {"publicity_over"}


def test_a_tie_to_the_host_needs_a_reason_and_an_overlap_never_passes(op, actor, named, post):
    host, home = named.host, named.record.owner
    Link.objects.create(source=home, target=host, kind="equity", at=clock.now())
    do("accept", named, actor("utcm-teacher"))
    do("consent", named, actor("utcm-office"))
    do("recommend", named, op)
    with pytest.raises(Refused) as refusal:
        do("qualify", named, op)
    assert codes(refusal) == {"check_failed"}
    row = do("qualify", named, op, override="持股 0.1%，经厅务会同意")
    assert row.checks[-1]["found"].startswith("持股")


def test_two_running_terms_of_one_person_are_refused(op, actor, named):
    serving(op, actor, named)
    other = run("secondments", "create")(by=op, person="p-058", host="firm-chiyu", days_per_year=120)
    Record.objects.filter(pk=other.pk).update(state="recommended")
    with pytest.raises(Refused) as refusal:
        do("qualify", other, op, starts_on=clock.today(), ends_on=clock.today() + dt.timedelta(days=300))
    assert codes(refusal) == {"overlap"}


def test_only_days_the_host_confirmed_count(op, actor, named):
    row = serving(op, actor, named, starts_on=clock.today() - dt.timedelta(days=400))
    log = run("secondment_logs", "create")
    teacher, firm = actor("utcm-teacher"), actor("jicui")
    made = [
        log(
            by=teacher,
            secondment=row.number,
            title=f"调试{i}",
            on=clock.today() - dt.timedelta(days=i),
            days=Decimal(2),
            problem="内白",
            solved=True,
        )
        for i in (1, 2)
    ]
    with pytest.raises(Refused):
        run("secondment_logs", "confirm")(by=teacher, record=made[0].uid)
    run("secondment_logs", "confirm")(by=firm, record=made[0].uid, satisfaction=5)
    run("secondment_logs", "dispute")(by=firm, record=made[1].uid, reason="当天未到")
    found = queries.service(row)
    assert (found["days"], found["solved"], found["satisfaction"]) == (Decimal(2), 1, Decimal(5))
    with pytest.raises(Refused) as refusal:
        log(by=teacher, secondment=row.number, title="早", on=row.starts_on - dt.timedelta(days=1), days=Decimal(1), problem="x")
    assert codes(refusal) == {"outside_term"}
    with pytest.raises(Refused) as refusal:
        log(by=actor("jlau-office"), secondment=row.number, title="他人", on=clock.today(), days=Decimal(1), problem="x")
    assert codes(refusal) <= {"not_found", "not_yours", "unseen"}


@pytest.mark.parametrize(
    ("given", "total"),
    [
        ({"days": 240, "solved": 5, "contract_fen": 30 * WAN, "outputs": 3, "satisfaction": Decimal(5)}, "100.00"),
        ({"days": 120, "solved": 0, "contract_fen": 0, "outputs": 0, "satisfaction": None}, "10.00"),
        ({"days": 500, "solved": 9, "contract_fen": 15 * WAN, "outputs": 1, "satisfaction": Decimal(4)}, "77.00"),
    ],
)
def test_default_scores(given, total):
    parts = terms.default_score(agreed=Decimal(240), **{**given, "days": Decimal(given["days"])})
    assert sum(parts.values()) == Decimal(total)


@pytest.mark.parametrize(("score", "grade"), [("85", "excellent"), ("84.99", "qualified"), ("60", "qualified"), ("59.99", "unqualified")])
def test_grades(score, grade):
    assert terms.grade_of(Decimal(score)) == grade


@pytest.mark.parametrize(("start", "end"), [("2024-05-02", "2026-05-01"), ("2024-02-29", "2026-02-28"), ("2024-01-01", "2025-12-31")])
def test_a_term_of_two_years_ends_the_day_before(start, end):
    assert terms.years_on(dt.date.fromisoformat(start), 2) == dt.date.fromisoformat(end)


def test_a_term_that_ends_soon_enters_the_inbox_by_itself_and_can_be_renewed(op, actor, named):
    row = serving(op, actor, named)
    Secondment.objects.filter(pk=row.pk).update(
        starts_on=clock.today() - dt.timedelta(days=700), ends_on=clock.today() + dt.timedelta(days=30)
    )
    terms_end.watch_terms(clock.now())
    row = Secondment.objects.get(pk=row.pk)
    assert row.state == "ending"
    assert {w.act for w in Wait.objects.filter(record=row.record)} >= {"renew", "call_end"}
    version = row.record.version
    terms_end.watch_terms(clock.now())
    assert Secondment.objects.get(pk=row.pk).record.version == version
    new = do("renew", row, actor("jicui"))
    assert (new.state, new.term_no, new.starts_on) == ("appointed", 2, clock.today() + dt.timedelta(days=31))
    assert Secondment.objects.get(pk=row.pk).state == "renewed"


def test_the_middle_of_the_term_calls_a_review_that_the_host_finishes(op, actor, named):
    row = serving(op, actor, named)
    Secondment.objects.filter(pk=row.pk).update(
        starts_on=clock.today() - dt.timedelta(days=400), ends_on=clock.today() + dt.timedelta(days=300)
    )
    terms_end.watch_terms(clock.now())
    assert Secondment.objects.get(pk=row.pk).state == "mid_review"
    firm = actor("jicui")
    with pytest.raises(Refused) as refusal:
        do("finish_mid", row, firm)
    assert codes(refusal) == {"not_assessed"}
    do("assess", row, firm, phase="mid", text="解决了干燥问题", problems=Decimal(20))
    with pytest.raises(Refused) as refusal:
        do("assess", row, firm, phase="mid", text="再评")
    assert codes(refusal) == {"assessed"}
    assert do("finish_mid", row, firm).state == "serving"


def test_graded_by_what_is_recorded(op, actor, named):
    row = serving(op, actor, named)
    do("call_end", row, SYSTEM)
    done = do("grade", row, op)
    assert done.state == "closed" and done.grade == "unqualified" and done.score == sum(queries.score_of(done).values())


def test_an_early_end_names_its_reason_and_a_successor_who_is_asked(op, actor, named):
    row = serving(op, actor, named)
    do("approve_subsidy", row, op, amount_wan=10 * WAN, basis="演示")
    do("allot_subsidy", row, op, amount_wan=4 * WAN)
    with pytest.raises(Refused):
        do("end_early", row, actor("jicui"), end_kind="left_home")
    done = do("end_early", row, actor("jicui"), end_kind="left_home", successor="p-018", reason="调离")
    assert done.state == "replaced" and done.approved_fen == 4 * WAN
    heir = Secondment.objects.get(record=done.successor)
    assert heir.state == "named" and heir.host_id == row.host_id and heir.record.owner.ref == "jlau"


def test_subsidy_is_approved_then_allotted_then_paid(op, actor, named):
    row = serving(op, actor, named)
    with pytest.raises(Refused) as refusal:
        do("allot_subsidy", row, op, amount_wan=WAN)
    assert codes(refusal) == {"over_approved"}
    do("approve_subsidy", row, op, amount_wan=12 * WAN, basis="演示")
    do("allot_subsidy", row, op, amount_wan=6 * WAN)
    with pytest.raises(Refused) as refusal:
        do("pay_subsidy", row, op, amount_wan=7 * WAN, voucher="V1")
    assert codes(refusal) == {"over_allotted"}
    assert do("pay_subsidy", row, op, amount_wan=6 * WAN, voucher="V1").paid_fen == 6 * WAN


def test_an_industry_professor_goes_the_other_way(op, actor):
    with pytest.raises(Refused) as refusal:
        run("secondment_needs", "create")(by=actor("jicui"), title="x", kind="professor", problem="y")
    assert codes(refusal) == {"host_kind"}
    made = run("secondment_needs", "create")(by=actor("utcm-office"), title="产业教授", kind="professor", problem="讲授炮制工程")
    assert made.record.owner.ref == "u-tcm"
