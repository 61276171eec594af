"""Reasons and cures: the clash is real and minimal, the first cure is the cheapest there is, and no unit of a cure can go."""

from __future__ import annotations

import pytest

from tests.engines.allocation.brute import any_feasible, bent, cheaper_cures, levers, random_problem
from trihelix.engines import allocation
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.nodb


def cured(problem, changes):
    return any_feasible(*bent(problem, changes))


@pytest.mark.parametrize("block", range(12))
def test_cures_of_random_problems(block):
    cures = 0
    for seed in range(block * 30, block * 30 + 30):
        problem = random_problem(seed, relief=True)
        problem["relief_menu"]["prices"].pop("new_expert", None)
        if any_feasible(problem):
            continue
        answer = allocation.solve(problem)
        assert answer["status"] == "infeasible"
        assert allocation.verify(problem, answer)["optimal_proven"]
        reason = answer["reason"]
        assert reason["needed"] > reason["available"] and reason["sentence"].endswith("。"), (seed, reason)
        found = answer["repairs"]
        if not found:
            everything = [[*t, 1 if t[0] == "waive_conflict" else 6] for t in levers(problem)]
            # seat_short counts seats exactly: try each amount rather than the largest
            rest = [c for c in everything if c[0] != "seat_short"]
            if not any(c[0] == "seat_short" for c in everything):
                assert not cured(problem, rest), seed
            continue
        assert [r["price"] for r in found] == sorted(r["price"] for r in found)
        for repair in found:
            cures += 1
            changes = repair["changes"]
            assert repair["price"] == sum(problem["relief_menu"]["prices"][c[0]] * c[-1] for c in changes)
            assert cured(problem, changes), (seed, repair)
            for k, change in enumerate(changes):
                fewer = [[*change[:-1], change[-1] - 1]] if change[-1] > 1 else []
                assert not cured(problem, changes[:k] + fewer + changes[k + 1 :]), (seed, repair)
        assert found[0]["proven"]
        assert not cheaper_cures(problem, found[0]["price"], 200), (seed, found[0])
    assert cures > 0


def test_new_experts_of_random_problems():
    """Small files only: each further expert adds a pair an item to what is tried."""
    cures = 0
    for seed in range(350):
        problem = random_problem(seed, relief=True, crossing=seed % 2 == 0)
        if len(problem["affinity"]) > 7 or not any("type" in e for e in problem["experts"]) or any_feasible(problem):
            continue
        problem["relief_menu"]["prices"] = {"new_expert": 5, "expert_cap": 3, "count_waiver": 4}
        found = allocation.solve(problem)["repairs"]
        if not found or found[0]["price"] > 15:
            continue
        for repair in found[:3]:
            changes = repair["changes"]
            size = len(problem["affinity"]) + len(problem["items"]) * sum(c[-1] for c in changes if c[0] == "new_expert")
            if size > 12:
                continue
            assert cured(problem, changes), (seed, repair)
            for k, change in enumerate(changes):
                fewer = [[*change[:-1], change[-1] - 1]] if change[-1] > 1 else []
                assert not cured(problem, changes[:k] + fewer + changes[k + 1 :]), (seed, repair)
            cures += any(c[0] == "new_expert" for c in changes)
        assert not cheaper_cures(problem, found[0]["price"], 30), (seed, found[0])
    assert cures > 5


def pool(experts, items, affinity, **limits):
    return {"experts": experts, "items": items, "affinity": affinity, "objective": "max_sum", "limits": limits}


def test_two_finance_experts_are_missing():
    """Three panels each need a finance expert; the only one may sit twice: one seat short, one new expert cures it."""
    experts = [{"id": f"x{k}", "cap": 3, "type": "academic"} for k in range(3)] + [{"id": "f", "cap": 2, "type": "finance"}]
    items = [{"id": f"a{k}", "need": 3} for k in range(3)]
    affinity = [[i["id"], e["id"], 10] for i in items for e in experts]
    problem = pool(experts, items, affinity, min_count_on_panel={"finance": 1})
    bare = allocation.solve(problem)
    assert bare["status"] == "infeasible" and bare["repairs"] == []
    reason = bare["reason"]
    assert (reason["items"], reason["experts"]) == (["a0", "a1", "a2"], ["f"])
    assert (reason["needed"], reason["available"]) == (3, 2)
    assert "finance" in reason["sentence"] and "差 1 席" in reason["sentence"]
    problem["relief_menu"] = {"prices": {"expert_cap": 3, "new_expert": 20, "count_waiver": 4}}
    answer = allocation.solve(problem)
    assert answer["repairs"] == [
        {"price": 3, "changes": [["expert_cap", "f", 1]], "proven": True},
        {"price": 4, "changes": [["count_waiver", answer["repairs"][1]["changes"][0][1], "finance", 1]], "proven": True},
        {"price": 20, "changes": [["new_expert", {"type": "finance", "cap": 3}, 1]], "proven": True},
    ]


def test_a_class_nobody_has_is_cured_by_new_experts_when_the_menu_sells_them():
    experts = [{"id": f"x{k}", "cap": 2, "type": "academic"} for k in range(3)]
    items = [{"id": f"a{k}", "need": 2} for k in range(3)]
    affinity = [[i["id"], e["id"], 10] for i in items for e in experts]
    problem = pool(experts, items, affinity, min_count_on_panel={"finance": 1})
    problem["relief_menu"] = {"prices": {"new_expert": 20}}
    answer = allocation.solve(problem)
    assert answer["repairs"][0]["changes"] == [["new_expert", {"type": "finance", "cap": 2}, 2]]
    assert answer["repairs"][0]["price"] == 40


def test_a_draw_is_cured_within_its_probability_limit():
    """Two seats at Q = 1/2 need four people; three are there, so one more makes it possible."""
    experts = [{"id": f"e{k}", "cap": 1} for k in range(3)]
    problem = pool(experts, [{"id": "p", "need": 2}], [["p", e["id"], 5] for e in experts], max_probability=[1, 2])
    problem |= {"objective": "max_expected_sum", "relief_menu": {"prices": {"new_expert": 20, "seat_short": 10}}}
    answer = allocation.solve(problem)
    assert [r["changes"] for r in answer["repairs"]] == [[["seat_short", "p", 1]], [["new_expert", {"cap": 1}, 1]]]
    assert "max_probability" in answer["reason"]["limits"]


def test_a_panel_without_candidates():
    problem = pool([{"id": "e", "cap": 1}], [{"id": "p", "need": 1}], [])
    answer = allocation.solve(problem)
    assert (answer["status"], answer["reason"]["items"], answer["reason"]["needed"]) == ("infeasible", ["p"], 1)
    assert allocation.verify(problem, answer)["optimal_proven"]


def test_a_short_panel_keeps_its_composition_minimum():
    """need 4, half enterprise: 2 of the class even when the panel is cut to 2 seats."""
    experts = [
        {"id": "a", "cap": 1, "type": "academic"},
        {"id": "b", "cap": 1, "type": "enterprise"},
        {"id": "c", "cap": 1, "type": "enterprise"},
    ]
    problem = pool(experts, [{"id": "p", "need": 4}], [["p", e["id"], 5] for e in experts], min_share_on_panel={"enterprise": 0.5})
    problem["relief_menu"] = {"prices": {"seat_short": 10}}
    answer = allocation.solve(problem)
    assert answer["repairs"][0]["changes"] == [["seat_short", "p", 1]]


def test_granted_cures_are_kept_by_solver_checker_and_explanation():
    granted = 0
    for seed in range(200):
        problem = random_problem(seed, relief=True)
        problem["relief_menu"]["prices"].pop("new_expert", None)
        answer = allocation.solve(problem)
        if answer["status"] != "infeasible" or not answer["repairs"]:
            continue
        granted += 1
        cured_file = {**problem, "granted": answer["repairs"][0]["changes"]}
        again = allocation.solve(cured_file)
        assert again["status"] == "optimal", seed
        report = allocation.verify(cured_file, again)
        assert report["ok"], (seed, report)
        if not any(c[0] == "waive_conflict" for c in cured_file["granted"]):
            item, expert = again["pairs"][0]
            assert allocation.why(cured_file, item, expert)["seated"]
    assert granted > 5


@pytest.mark.parametrize(
    "row",
    [["new_expert", {"cap": 1}, 1], ["seat_short", "nobody", 1], ["expert_cap", 3, 1], ["seat_short"], "x", ["count_waiver", "a", "b"]],
)
def test_a_wrong_grant_is_named_by_its_place(row):
    problem = {**random_problem(1, relief=True), "granted": [row]}
    with pytest.raises(Refused) as refused:
        allocation.solve(problem)
    assert {p.field for p in refused.value.problems} == {"granted[0]"}
