"""A batch at once: posts and people from the registers, proof, price, stability, floors, cures, proposals to both sides."""

from __future__ import annotations

import pytest
from django.test import Client

from trihelix.engines import allocation
from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.models import Link, Record, User, Wait
from trihelix.kernel.register import register_of
from trihelix.registers.parties.models import Person
from trihelix.registers.secondments import dispatch, queries
from trihelix.registers.secondments.models import Dispatch, HomeAnswer, PostNeed, Secondment

pytestmark = pytest.mark.django_db
FIRMS = ("firm-jicui", "firm-mingze", "firm-jingxi")


def act(name, register="secondment_batches"):
    return register_of(register).acts[name].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


@pytest.fixture
def people():
    """Six people with one field each; everybody else is set aside."""
    kept = list(Person.objects.filter(record__state="active", record__owner__ref__in=("jlau", "u-tcm", "jlu")).order_by("pk")[:6])
    Record.objects.filter(register="people").exclude(pk__in=[p.pk for p in kept]).update(state="merged")
    Record.objects.filter(register__in=("secondments", "secondment_needs")).update(state="withdrawn")
    for n, p in enumerate(kept):
        Person.objects.filter(pk=p.pk).update(fields=["medicine"] if n < 4 else ["digital"])
    return list(Person.objects.filter(pk__in=[p.pk for p in kept]).order_by("record__number"))


@pytest.fixture
def posts(op, people):
    for n, firm in enumerate(FIRMS):
        made = act("create", "secondment_needs")(
            by=op, owner=firm, title=f"岗位{n}", problem="红参干燥内白率高，缺少干燥曲线", field="medicine" if n < 2 else "digital"
        )
        act("post", "secondment_needs")(by=op, record=made.uid)
        act("check", "secondment_needs")(by=op, record=made.uid)
    return list(PostNeed.objects.filter(record__state="checked").order_by("record__number"))


@pytest.fixture
def batch(op, posts):
    made = act("create")(by=op, title="整批", number_in_line=93, year=2026, planned=20)
    act("open")(by=op, record=made.uid)
    return made


def last(batch) -> Dispatch:
    return Dispatch.objects.filter(batch=batch.record).last()


def ran(op, batch, **options) -> Dispatch:
    act("dispatch")(by=op, record=batch.uid, **options)
    return last(batch)


def from_medicine(*rows) -> None:
    """Let the university of an account at hand be the home body."""
    Record.objects.filter(pk__in=[r.pk for r in rows]).update(owner=Record.objects.get(register="bodies", ref="u-tcm"))


def test_the_best_total_is_proven_and_each_person_goes_to_one_post(op, batch, posts):
    run = ran(op, batch)
    assert run.answer["status"] == "optimal" and allocation.verify(run.problem, run.answer)["ok"]
    assert len(run.answer["pairs"]) == 3 and len({e for _, e in run.answer["pairs"]}) == 3
    assert run.beside["total"] == run.answer["objective"]
    assert not any(p.title in str(run.problem) for p in Person.objects.all())


def test_the_yearly_number_and_the_ceilings_hold(op, batch):
    assert len(ran(op, batch, most=2).answer["pairs"]) == 2
    homes = {e["id"]: e["employer"] for e in last(batch).problem["experts"]}
    run = ran(op, batch, home_most=1)
    used = [homes[e] for _, e in run.answer["pairs"]]
    assert len(used) == len(set(used))
    with pytest.raises(Refused) as refused:
        ran(op, batch, city_min=3, city_most=2)
    assert codes(refused) == {"min_above_max"}


def test_a_tie_with_the_host_and_a_refusal_of_the_home_body_keep_a_pair_apart(op, actor, batch, posts, people):
    tied, refused = people[0], people[1]
    Link.objects.create(source=tied.record, target=posts[0].record.owner, kind="equity", at=clock.now())
    act("home_answer")(by=op, record=batch.uid, people=[refused.record.number], agrees=False, why="教学任务")
    run = ran(op, batch)
    assert [posts[0].record.number, tied.record.number, "tie"] in run.problem["conflicts"]
    assert refused.record.number not in {e["id"] for e in run.problem["experts"]}
    case = dispatch.gather(batch, dispatch.Options(), op)
    assert (refused.pk, "派出单位不同意：教学任务") in [(p.pk, why) for p, why in case.left_out]
    with pytest.raises(Refused):
        act("home_answer")(by=actor("jicui"), record=batch.uid, people=[tied.record.number], agrees=True)
    with pytest.raises(Refused) as missing:
        act("home_answer")(by=op, record=batch.uid, people=[tied.record.number], agrees=False)
    assert codes(missing) == {"reason_required"}


def test_stability_tells_what_it_costs(op, batch, posts, people):
    """Each of two hosts names the person who fits the other one better; people have not offered."""
    for post, person in ((posts[0], people[4]), (posts[2], people[0])):
        act("name_person", "secondment_needs")(by=op, record=post.uid, person=person.record.number)
    best, stable = ran(op, batch), ran(op, batch, objective="stable")
    assert stable.beside["blocking"] == 0
    assert stable.beside["cost"] == best.beside["total"] - stable.beside["total"] >= 0
    fair = ran(op, batch, objective="max_worst_item_total_then_sum")
    assert fair.answer["worst_item_total"] >= best.answer["worst_item_total"]


def test_when_nothing_fits_every_cure_is_a_button_that_works(op, batch, posts):
    Record.objects.filter(pk=posts[1].pk).update(state="withdrawn")
    run = ran(op, batch, city_min=9)
    assert run.answer["status"] == "infeasible" and run.answer["reason"]["sentence"]
    assert run.cures and run.cures[0]["city_min"] < 9
    client = Client()
    client.force_login(User.objects.get(username="officer"))
    page = client.get(f"/secondment_batches/{batch.uid}/dispatch/").content.decode()
    assert f'form="soft-{run.number}-1"' in page
    client.post(f"/secondment_batches/{batch.uid}/acts/soften/", {"run": run.number, "cure": 1, "why": "无足够岗位"})
    assert last(batch).number == run.number + 1 and last(batch).answer["status"] == "optimal"


def test_a_missing_consent_is_waived_pair_by_pair(op, batch, posts):
    run = ran(op, batch, consent="required", fill_all=True)
    assert run.answer["status"] == "infeasible"
    waivers = [k for k, r in enumerate(run.answer["repairs"], 1) if {c[0] for c in r["changes"]} == {"waive_conflict"}]
    assert waivers
    act("let_through")(by=op, record=batch.uid, run=run.number, cure=waivers[0], why="已电话征得同意")
    assert last(batch).answer["status"] == "optimal" and len(last(batch).answer["pairs"]) == 3
    HomeAnswer.objects.all().delete()


def test_an_adjustment_keeps_its_price_and_agrees_with_why(op, batch, posts):
    run = ran(op, batch)
    taken = {tuple(p) for p in run.answer["pairs"]}
    post, person = next(([i, e]) for i, e, _ in run.problem["affinity"] if (i, e) not in taken)
    loss = allocation.why(run.problem, post, person)["loss"]
    act("adjust")(by=op, record=batch.uid, run=run.number, post=post, person=person, how="place", why="熟悉现场")
    moved = last(batch)
    assert [post, person] in moved.answer["pairs"] and moved.beside["price"] == loss
    act("adjust")(by=op, record=batch.uid, run=moved.number, post=post, person=person, how="bar", why="本人另有安排")
    assert [post, person] not in last(batch).answer["pairs"]


def test_proposals_go_through_the_ordinary_choice(op, actor, batch, posts):
    run = ran(op, batch)
    act("propose")(by=op, record=batch.uid, run=run.number)
    rows = list(Secondment.objects.filter(batch=batch.record).order_by("pk"))
    assert [r.state for r in rows] == ["listed"] * 3
    mine = next(r for r in rows if r.host.ref == "firm-jicui")
    assert Wait.objects.filter(record=mine.record, act="name").exists()
    act("name", "secondments")(by=actor("jicui"), record=mine.uid)
    from_medicine(mine)
    act("accept", "secondments")(by=actor("utcm-office"), record=mine.uid)
    assert queries.taken(mine.post) == 1
    with pytest.raises(Refused) as stale:
        act("propose")(by=op, record=batch.uid, run=run.number)
    assert codes(stale) == {"out_of_date"}


def test_one_place_is_taken_once(op, actor, batch, posts, people):
    firm = posts[0].record.owner
    rows = [act("name_person", "secondment_needs")(by=op, record=posts[0].uid, person=p.record.number) for p in people[:2]]
    assert {r.host_id for r in rows} == {firm.pk}
    from_medicine(*rows)
    act("accept", "secondments")(by=actor("utcm-office"), record=rows[0].uid)
    with pytest.raises(Refused) as full:
        act("accept", "secondments")(by=actor("utcm-office"), record=rows[1].uid)
    assert codes(full) == {"post_full"}


def test_the_pages_tell_reasons_compare_two_runs_and_hand_out_files(op, batch, posts):
    first, second = ran(op, batch), ran(op, batch, most=1)
    client = Client()
    client.force_login(User.objects.get(username="officer"))
    base = f"/secondment_batches/{batch.uid}/dispatch/"
    page = client.get(f"{base}?left={first.number}&right={second.number}").content.decode()
    assert "并排比较" in page and "领域相符" in page
    post, person = first.answer["pairs"][0]
    one = client.get(f"{base}{first.number}/?post={post}&person={person}").content.decode()
    assert "已安排在此岗位" in one and "通过" in one
    for name in ("problem", "answer", "certificate"):
        assert client.get(f"{base}{first.number}/{name}.json").json()
    client.force_login(User.objects.get(username="jicui"))
    assert client.get(base).status_code == 403
