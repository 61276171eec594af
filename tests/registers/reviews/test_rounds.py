"""A round from items to a ranking: conflicts from the registers, panels with proof, links without accounts, replacement, draw."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from trihelix.engines import allocation
from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock, journal
from trihelix.kernel.models import Link, Outbox, Record
from trihelix.kernel.register import register_of
from trihelix.registers.experts.models import Expert
from trihelix.registers.reviews import links, panels, queries
from trihelix.registers.reviews.models import Conflict, Item, ReviewLink, Round, Run, Seat

pytestmark = pytest.mark.django_db
CLASSES = ("academic", "academic", "academic", "enterprise", "enterprise", "finance")
HOMES = ("jlau", "ciomp", "u-eng", "u-sci", "i-chem", "i-auto", "i-space", "firm-mingze", "firm-jingxi", "s-04")


def run(act: str, register: str = "review_rounds"):
    return register_of(register).acts[act].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


@pytest.fixture
def pool(op):
    """Experts of this test only: the demo's are set aside."""
    Record.objects.filter(register="experts").update(state="paused")
    rows = [
        {
            "ref": f"rv-{n}", "title": f"评审{n}", "owner": HOMES[n % len(HOMES)], "kind": CLASSES[n % len(CLASSES)], "fields": ["medicine"], "city": "220100", "max_load": 6,
            "email": f"rv{n}@demo.example", "synthetic": True,
        }
        for n in range(24)
    ]  # fmt: skip
    bulk.import_rows(register_of("experts"), rows, op)
    return list(Expert.objects.filter(record__ref__startswith="rv-").order_by("record__number"))


@pytest.fixture
def items():
    return list(Record.objects.filter(register="results", owner__ref="u-tcm").order_by("pk")[:4])


def open_round(op, items, **values):
    given = {"title": "演示评审", "panel": 5, "closes_on": clock.today() + dt.timedelta(days=20), **values}
    made = run("create")(by=op, **given)
    run("add_items")(by=op, record=made.uid, register="results", items=[i.number for i in items])
    return made


@pytest.fixture
def round_(op, pool, items):
    return open_round(op, items)


def solved(op, round_) -> Run:
    run("find_conflicts")(by=op, record=round_.uid)
    run("run")(by=op, record=round_.uid)
    return Run.objects.filter(round=round_.record).last()


def published(op, round_) -> Run:
    chosen = solved(op, round_)
    run("publish")(by=op, record=round_.uid, run=chosen.number)
    return chosen


def points(value: int) -> dict[str, int]:
    return {"topic": min(8, value), "novelty": value, "content": value, "route": value, "base": value, "prospect": value, "budget": value}


def token(seat: Seat) -> str:
    return links.token_of(ReviewLink.objects.get(round=seat.round, expert=seat.expert, revoked_at=None))


def score_all(op, round_, value=lambda seat: 6):
    from trihelix.kernel.actor import SYSTEM

    for seat in Seat.objects.filter(round=round_.record, record__state="invited").order_by("pk"):
        run("accept", "review_seats")(by=SYSTEM, record=seat.record, promise=True)
        run("submit", "review_seats")(by=SYSTEM, record=seat.record, points=points(value(seat)), gates={"in_scope": True}, texts={})


def test_panels_are_proven_best_and_checked_without_the_solver(op, round_):
    found = solved(op, round_)
    assert found.answer["status"] == "optimal" and found.answer["gap"] == 0
    report = allocation.verify(found.problem, found.answer)
    assert report["ok"] and report["optimal_proven"]
    kinds = {e["id"]: e["type"] for e in found.problem["experts"]}
    for item in {i for i, _ in found.answer["pairs"]}:
        panel = [kinds[e] for i, e in found.answer["pairs"] if i == item]
        assert len(panel) == 5 and "finance" in panel


def test_no_name_of_a_person_enters_the_problem(op, round_, pool):
    text = str(solved(op, round_).problem)
    assert not any(e.title in text for e in pool)


def test_conflicts_are_found_with_their_source(op, pool, items):
    item, expert = items[0], pool[0]
    person = Record.objects.get(register="people", ref="p-026")
    mate = Record.objects.get(register="people", ref="p-058")
    Link.objects.filter(source=item, kind="completer").delete()
    Link.objects.create(source=item, target=mate, kind="completer", at=clock.now())
    paper = Record.objects.filter(register="results").exclude(pk=item.pk).first()
    for who in (person, mate):
        Link.objects.get_or_create(source=paper, target=who, kind="completer", defaults={"at": clock.now()})
    Expert.objects.filter(pk=expert.pk).update(person=person)
    same = pool[1]
    Record.objects.filter(pk=same.pk).update(owner=item.owner)
    part = pool[2]
    Link.objects.create(source=item, target=Record.objects.get(pk=part.pk).owner, kind="partner", at=clock.now())
    sent = pool[3]
    other = Record.objects.get(register="people", ref="p-003")
    Expert.objects.filter(pk=sent.pk).update(person=other)
    posted = [
        {
            "ref": "rv-post",
            "person": "p-003",
            "owner": "jlu",
            "host": item.owner.ref,
            "appointed_on": dt.date(2025, 3, 1),
            "starts_on": dt.date(2025, 3, 1),
            "ends_on": dt.date(2027, 2, 28),
        }
    ]
    bulk.import_rows(register_of("secondments"), posted, op)
    round_ = open_round(op, [item])
    run("find_conflicts")(by=op, record=round_.uid)
    found = {(c.expert_id, c.kind): c for c in Conflict.objects.filter(round=round_.record)}
    assert {(expert.pk, "coauthor"), (same.pk, "employer"), (part.pk, "consortium"), (sent.pk, "secondment")} <= set(found)
    assert found[expert.pk, "coauthor"].source_id == paper.pk
    run("run")(by=op, record=round_.uid)
    seated = {e for _, e in Run.objects.get(round=round_.record).answer["pairs"]}
    assert not seated & {expert.record.number, same.record.number, part.record.number, sent.record.number}


def test_old_common_work_is_no_conflict(op, pool, items):
    from trihelix.registers.reviews import conflicts

    item, expert, mate = items[0], pool[0], Record.objects.get(register="people", ref="p-026")
    team = Link.objects.filter(source=item, kind="completer").first().target
    Expert.objects.filter(pk=expert.pk).update(person=mate)
    paper = Record.objects.filter(register="results").exclude(pk=item.pk).first()
    for who in (team, mate):
        Link.objects.update_or_create(source=paper, target=who, kind="completer", defaults={"at": clock.now() - dt.timedelta(days=5 * 366)})
    pool[0].refresh_from_db()
    assert not [f for f in conflicts.find([item], [Expert.objects.get(pk=expert.pk)], 3, clock.today()) if f.kind == "coauthor"]


def test_conflict_search_is_bounded_in_queries(op, pool, items, django_assert_max_num_queries):
    from trihelix.registers.reviews import conflicts

    with django_assert_max_num_queries(14):
        conflicts.find(items, pool, 3, clock.today())


def test_hard_conflicts_are_never_waived(op, pool, items):
    Record.objects.filter(pk=pool[1].pk).update(owner=items[0].owner)
    round_ = open_round(op, items[:1])
    run("find_conflicts")(by=op, record=round_.uid)
    with pytest.raises(Refused) as refusal:
        run("waive")(by=op, record=round_.uid, item="P0001", expert=pool[1].record.number, why="人手不足")
    assert codes(refusal) == {"not_waivable"}


def test_infeasible_says_why_and_a_granted_cure_solves_it(op, pool, items):
    finance = [e for e in pool if e.kind == "finance"]
    Expert.objects.filter(pk__in=[e.pk for e in finance[1:]]).update(away_from=clock.today(), away_to=clock.today() + dt.timedelta(days=90))
    Expert.objects.filter(pk=finance[0].pk).update(max_load=2)
    round_ = open_round(op, items)
    run("run")(by=op, record=round_.uid)
    failed = Run.objects.get(round=round_.record, number=1)
    assert failed.answer["status"] == "infeasible" and failed.answer["reason"]["sentence"] and failed.answer["repairs"]
    with pytest.raises(Refused) as refusal:
        run("publish")(by=op, record=round_.uid, run=1)
    assert codes(refusal) == {"infeasible"}
    cure = next(n for n, r in enumerate(failed.answer["repairs"], 1) if all(c[0] == "expert_cap" for c in r["changes"]))
    run("relieve")(by=op, record=round_.uid, run=1, cure=cure, why="财务专家不足，本人同意")
    assert Run.objects.get(round=round_.record, number=2).answer["status"] == "optimal"


def test_who_is_left_out_of_the_pool_is_said_with_the_reason(op, pool, round_):
    Expert.objects.filter(pk=pool[0].pk).update(credit=40)
    Expert.objects.filter(pk=pool[1].pk).update(rests_until=clock.today() + dt.timedelta(days=3))
    _, left = panels.pool(round_, clock.today())
    assert {e.pk: reason[:3] for e, reason in left} == {pool[0].pk: "信用分", pool[1].pk: "轮休至"}


def test_adjusting_by_hand_keeps_the_price_and_refuses_what_the_rules_forbid(op, round_, pool):
    found = solved(op, round_)
    item, out = found.answer["pairs"][0]
    panel = {e for i, e in found.answer["pairs"] if i == item}
    kind = {e.record.number: e.kind for e in pool}
    into = next(e for e in sorted(kind) if e not in panel and kind[e] == kind[out])
    run("adjust")(by=op, record=round_.uid, run=found.number, item=item, out=out, into=into, why="专业更近")
    new = Run.objects.filter(round=round_.record).last()
    assert new.kind == "adjust" and [item, into] in new.answer["pairs"] and [item, out] not in new.answer["pairs"]
    assert new.answer["objective"] <= found.answer["objective"] and "总分减少" in new.note
    finance = next(e for e in panel if kind[e] == "finance")
    other = next(e for e in sorted(kind) if e not in panel and kind[e] != "finance")
    if sum(kind[e] == "finance" for e in panel) == 1:
        with pytest.raises(Refused) as refusal:
            run("adjust")(by=op, record=round_.uid, run=found.number, item=item, out=finance, into=other, why="试")
        assert codes(refusal) == {"not_allowed"}


def test_a_draw_needs_the_commitment_first_and_replays_from_its_files(op, pool, items):
    round_ = open_round(op, items, same_employer=None)
    with pytest.raises(Refused) as refusal:
        run("draw")(by=op, record=round_.uid, beacon="2026-11-24 上证收盘 3300.12")
    assert codes(refusal) == {"no_commit"}
    run("commit_seed")(by=op, record=round_.uid)
    with pytest.raises(Refused):
        run("commit_seed")(by=op, record=round_.uid)
    run("draw")(by=op, record=round_.uid, beacon="2026-11-24 上证收盘 3300.12")
    drawn = Run.objects.get(round=round_.record)
    again, identical = allocation.replay(drawn.problem, drawn.answer)
    assert identical and again["pairs"] == drawn.answer["pairs"] and len(drawn.answer["pairs"]) == 5 * len(items)


def test_publishing_makes_seats_links_and_mail_and_the_journal_verifies(op, round_):
    chosen = published(op, round_)
    seats = Seat.objects.filter(round=round_.record)
    assert seats.count() == len(chosen.answer["pairs"])
    assert ReviewLink.objects.filter(round=round_.record).count() == len({e for _, e in chosen.answer["pairs"]})
    mailed = sorted(o.payload["link"] for o in Outbox.objects.filter(kind="review_mail"))
    mine = sorted(ReviewLink.objects.filter(round=round_.record).values_list("pk", flat=True))
    assert [pk for pk in mailed if pk in set(mine)] == mine  # one letter a link
    journal.seal_pending()
    assert journal.verify()["ok"]


def test_seats_are_hidden_from_everybody_but_the_office(op, actor, round_):
    published(op, round_)
    from trihelix.kernel.actor import entries

    for name in ("jicui", "utcm-office", "station-province"):
        assert not entries(actor(name), Seat).exists()
    assert entries(op, Seat).exists()


def test_a_reviewer_works_by_link_without_an_account(op, round_):
    published(op, round_)
    seat = Seat.objects.filter(round=round_.record).order_by("pk").first()
    client = Client()
    address = f"/r/{token(seat)}/"
    page = client.get(address)
    assert page.status_code == 200 and seat.item_code in page.content.decode()
    assert "no-store" in page["Cache-Control"] and page["Referrer-Policy"] == "same-origin"
    assert client.post(address, {"seat": seat.uid, "do": "accept", "promise": "on"}).status_code == 302
    marks = {f"p_{k}": v for k, v in points(6).items()}
    assert client.post(address, {"seat": seat.uid, "do": "save", "p_topic": "3"}).status_code == 302
    assert Seat.objects.get(pk=seat.pk).points == {"topic": "3"}
    wrong = client.post(address, {"seat": seat.uid, "do": "submit", **marks, "p_topic": "99", "g_in_scope": "yes"})
    assert wrong.status_code == 422 and Seat.objects.get(pk=seat.pk).state == "accepted"
    assert client.post(address, {"seat": seat.uid, "do": "submit", **marks, "g_in_scope": "yes", "t_comment": "可行"}).status_code == 302
    done = Seat.objects.get(pk=seat.pk)
    assert done.state == "submitted" and done.total is not None and done.texts == {"comment": "可行"}


def test_forged_revoked_and_expired_links_open_nothing(op, round_):
    published(op, round_)
    seat = Seat.objects.filter(round=round_.record).first()
    good, client = token(seat), Client()
    assert client.get(f"/r/{good[:-2]}xx/").status_code == 410
    other = Seat.objects.filter(round=round_.record).exclude(expert=seat.expert).first()
    assert client.post(f"/r/{good}/", {"seat": other.uid, "do": "accept", "promise": "on"}).status_code == 404
    ReviewLink.objects.filter(expert=seat.expert).update(expires_at=clock.now() - dt.timedelta(seconds=1))
    assert client.get(f"/r/{good}/").status_code == 410
    ReviewLink.objects.filter(expert=seat.expert).update(expires_at=clock.now() + dt.timedelta(days=1))
    run("revoke_link")(by=op, record=round_.uid, expert=seat.expert.number)
    assert client.get(f"/r/{good}/").status_code == 410


def test_a_blind_reviewer_never_sees_the_original(op, pool, items):
    round_ = open_round(op, items, blind=True)
    published(op, round_)
    seat = Seat.objects.filter(round=round_.record).first()
    page = Client().get(f"/r/{token(seat)}/").content.decode()
    item = Record.objects.get(pk=seat.item_id)
    assert item.title not in page and item.owner.title not in page and item.number not in page
    run("redact")(by=op, record=round_.uid, item=seat.item_code, redacted="一种干燥工艺的隐名说明")
    assert "一种干燥工艺的隐名说明" in Client().get(f"/r/{token(seat)}/").content.decode()
    with pytest.raises(Refused) as refusal:
        run("redact")(by=op, record=round_.uid, item=seat.item_code, redacted=f"由{item.owner.title}承担")
    assert codes(refusal) == {"not_redacted"}


def test_a_declared_interest_is_a_conflict_and_the_replacement_leaves_the_rest_alone(op, round_):
    from trihelix.kernel.actor import SYSTEM

    published(op, round_)
    seats = list(Seat.objects.filter(round=round_.record).order_by("pk"))
    for s in seats[1:]:
        run("accept", "review_seats")(by=SYSTEM, record=s.record, promise=True)
    gone = seats[0]
    run("decline", "review_seats")(by=SYSTEM, record=gone.record, interest="担任该企业顾问", reason="利益关系")
    assert Conflict.objects.filter(round=round_.record, item=gone.item, expert=gone.expert, kind="declared").exists()
    run("replace")(by=op, record=round_.uid, item=gone.item_code, expert=gone.expert.number)
    fresh = Seat.objects.filter(round=round_.record).exclude(pk__in=[s.pk for s in seats])
    assert fresh.count() == 1 and fresh.get().item_id == gone.item_id and fresh.get().instead_of_id == gone.record.pk
    assert Seat.objects.filter(round=round_.record, record__state="accepted").count() == len(seats) - 1


def test_scores_to_ranking_with_sensitivity_and_hand_over(op, round_):
    published(op, round_)
    with pytest.raises(Refused) as refusal:
        run("close")(by=op, record=round_.uid)
    assert codes(refusal) == {"seats_open"}
    best = Item.objects.filter(round=round_.record).last().code
    score_all(op, round_, lambda seat: 8 if seat.item_code == best else 5)
    done = run("close")(by=op, record=round_.uid)
    rows = done.ranking["rows"]
    assert rows[0]["item"] == best and rows[0]["rank"] == 1 and [r["rank"] for r in rows[1:]] == [2, 2, 2]
    assert rows[0]["best"] == 1 and rows[0]["worst"] == 1
    assert not ReviewLink.objects.filter(round=round_.record, revoked_at=None).exists()
    assert run("hand_over")(by=op, record=round_.uid).state == "handed_over"
    assert Link.objects.filter(source=round_.record, kind="review").count() == len(rows)


def test_fees_are_drafted_for_those_who_did_the_work(op, round_):
    from trihelix.registers.experts.models import Fee

    published(op, round_)
    score_all(op, round_)
    run("close")(by=op, record=round_.uid)
    run("settle_fees")(by=op, record=round_.uid, mode="correspondence", percent=30)
    fees = Fee.objects.filter(record__ref__startswith=round_.record.number)
    assert fees.count() == Seat.objects.filter(round=round_.record).values("expert").distinct().count()
    first = fees.first()
    assert first.amount_fen == first.day_fen * 30 * first.times // 100


def test_overdue_seats_cost_credit(op, round_):
    published(op, round_)
    seat = Seat.objects.filter(round=round_.record).first()
    before = Expert.objects.get(pk=seat.expert_id).credit
    run("expire", "review_seats")(by=op, record=seat.record)
    assert Expert.objects.get(pk=seat.expert_id).credit == before - 10


def test_rules_that_contradict_the_book_are_refused(op, pool):
    later = clock.today() + dt.timedelta(days=3)
    for panel, code in ((4, "panel_too_small"), (6, "panel_even")):
        with pytest.raises(Refused) as refusal:
            run("create")(by=op, title="x", panel=panel, closes_on=later)
        assert code in codes(refusal)


def test_scoring_waits_for_its_phase(op, pool, items):
    from trihelix.kernel.actor import SYSTEM

    later = clock.today() + dt.timedelta(days=5)
    round_ = open_round(op, items, phases=[{"mode": "online", "from": later, "to": later + dt.timedelta(days=5), "right": "score"}])
    published(op, round_)
    seat = Seat.objects.filter(round=round_.record).first()
    run("accept", "review_seats")(by=SYSTEM, record=seat.record, promise=True)
    with pytest.raises(Refused) as refusal:
        run("submit", "review_seats")(by=SYSTEM, record=seat.record, points=points(5), gates={"in_scope": True})
    assert codes(refusal) == {"phase_closed"}


def test_the_office_pages_answer(op, actor, round_):
    chosen = solved(op, round_)
    client = Client()
    from trihelix.kernel.models import User

    client.force_login(User.objects.get(username="operator"))
    base = f"/review_rounds/{round_.uid}"
    pages = [
        f"{base}/",
        f"{base}/assign/",
        f"{base}/runs/{chosen.number}/",
        f"{base}/progress/",
        f"{base}/runs/{chosen.number}/problem.json",
        "/experts/shares/",
    ]
    item, expert = chosen.answer["pairs"][0]
    pages.append(f"{base}/runs/{chosen.number}/?item={item}&expert={expert}")
    for page in pages:
        assert client.get(page).status_code == 200, page
    client.force_login(User.objects.get(username="jicui"))
    assert client.get(f"{base}/assign/").status_code in (403, 404)


def test_progress_is_live(op, round_):
    published(op, round_)
    assert queries.progress(round_.record)["percent"] == 0
    score_all(op, round_)
    assert queries.progress(round_.record)["percent"] == 100
    assert Round.objects.get(pk=round_.pk).state == "reviewing"
