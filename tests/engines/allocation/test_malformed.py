"""Files that are not what they should be: any damage ends in a refusal that names its place, never in a fault of ours."""

from __future__ import annotations

import copy
import json
import random

import pytest

from tests.engines.allocation.brute import random_problem
from tests.engines.allocation.test_command import DRAW
from tests.engines.allocation.test_input import GOOD
from trihelix.cli import main
from trihelix.engines import allocation
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.nodb

JUNK = [
    None, True, -1, 0, 2, 3.5, float("nan"), float("inf"), 10**30, 1e308, "", "  ", "x", "e0", "a0", "\ud800", "1/0", "²", [], {}, [[]],
    [None], {"a": 1}, ["a0", "e0"], ["a0", "e0", 5], ["e0", "e1"], [2, 1], [0, None], [["a0", "e0", 5]], {"city": {"x": [1, 2]}},
]  # fmt: skip
GOALS = ("max_sum", "max_worst_item_total_then_sum", "max_expected_sum", "stable", "stable_host", "min_blocking_pairs")
FULL = {
    "max_same_on_panel": {"employer": 2}, "min_share_on_panel": {}, "max_share_on_panel": {}, "min_count_on_panel": {},
    "total_by_item": {"city": {"长春": [0, None]}}, "total_by_expert": {"employer": {"o1": [0, 9]}}, "forbid_same": ["employer"],
    "forbid_together": [["e0", "e1"]], "fixed": [], "place_all": False, "max_probability": [1, 2],
}  # fmt: skip


def paths(value, path=()):
    yield path
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(rows):
        yield from paths(inner, (*path, key))


def damaged(value, rng):
    """One place of the file replaced, removed, doubled, or given something more."""
    value = copy.deepcopy(value)
    path = rng.choice(list(paths(value)))
    if not path:
        return copy.deepcopy(rng.choice(JUNK))
    at = value
    for key in path[:-1]:
        at = at[key]
    act = rng.random()
    if act < 0.6:
        at[path[-1]] = copy.deepcopy(rng.choice(JUNK))
    elif act < 0.75:
        del at[path[-1]]
    elif isinstance(at, list):
        at.insert(path[-1], copy.deepcopy(at[path[-1]]))
    else:
        at["more"] = 1
    return value


def printable(refused):
    """The error object as the terminal prints it; every fault says where it lies."""
    for problem in refused.problems:
        assert problem.field and problem.message, refused
        assert not any("\ud800" <= c <= "\udfff" for c in f"{problem.field}{problem.message}")
    json.dumps([p.as_json() for p in refused.problems], ensure_ascii=False).encode()


@pytest.mark.parametrize("part", range(3))
def test_damaged_problems_are_refused_or_answered_truly(part):
    rng, refused, answered = random.Random(part), 0, 0
    for k in range(250):
        problem = random_problem(rng.randrange(400), relief=k % 2 == 0)
        problem["objective"] = GOALS[k % 6]
        problem["limits"] = {**problem.get("limits", {}), **({"max_probability": [1, 2]} if k % 6 == 2 else {})}
        if k % 5 == 0:
            problem["limits"] = {**FULL, **problem["limits"]}
        problem = damaged(problem, rng)
        try:
            answer = allocation.solve(problem, 10)
        except Refused as exc:
            printable(exc)
            refused += 1
            continue
        answered += 1
        assert allocation.verify(problem, answer)["ok"], problem
    assert refused > 100 and answered > 5


def answers():
    """Problems with true answers: optimal, infeasible with repairs, drawn, stable."""
    out = []
    for k in range(40):
        problem = random_problem(k, relief=k % 2 == 0) | {"objective": GOALS[k % 6]}
        if k % 6 == 2:
            problem["limits"] = problem.get("limits", {}) | {"max_probability": [1, 2]}
        try:
            out.append((problem, json.loads(json.dumps(allocation.solve(problem, 10)))))
        except Refused as exc:
            printable(exc)
    drawn = json.loads(json.dumps(allocation.draw(DRAW, "ab" * 32, "号外")))
    return [*out, (GOOD, allocation.solve(GOOD)), *[(DRAW, drawn)] * 8]


def test_damaged_answers_never_crash_the_checker_and_never_pass_with_other_figures():
    """What may differ and still be true: another valid proof, the wording of a reason, a key left out that says nothing."""
    rng, found, caught = random.Random(7), answers(), 0
    for _ in range(1200):
        problem, answer = rng.choice(found)
        bad = damaged(answer, rng)
        try:
            report = allocation.verify(problem, bad)
        except Refused as exc:
            printable(exc)
            caught += 1
            continue
        if not report["ok"]:
            assert all(e["message"] and e["code"] for e in report["errors"])
            caught += 1
            continue
        for key in ("objective", "bound", "gap", "worst_item_total", "pairs", "probabilities", "loads"):
            assert bad.get(key) == answer[key] or (key not in bad and not answer[key]), (key, answer, bad)
        assert bad["status"] == answer["status"] or {bad["status"], answer["status"]} == {"optimal", "feasible"}
        assert bad["certificate"].get("draw") in (answer["certificate"].get("draw"), None)
    assert caught > 700


def test_damaged_draws_are_not_replayed_as_identical():
    rng = random.Random(3)
    drawn = json.loads(json.dumps(allocation.draw(DRAW, "ab" * 32, "号外")))
    for _ in range(200):
        bad = damaged(drawn, rng)
        try:
            again, identical = allocation.replay(DRAW, bad)
        except Refused as exc:
            printable(exc)
            continue
        assert identical == (bad == again)
    other = copy.deepcopy(DRAW)
    other["affinity"][0][2] = 6
    with pytest.raises(Refused) as refused:
        allocation.replay(other, drawn)
    assert refused.value.problems[0].value[0]["code"] == "other_problem"


@pytest.mark.parametrize("key", ["beacon", "seed_commit", "seed", "marginals", "method", "total"])
def test_every_part_of_the_record_of_a_draw_is_checked(key):
    drawn = allocation.draw(DRAW, "ab" * 32, "号外")
    record = drawn["certificate"]["draw"]
    changed = record[key] + 1 if key == "total" else record[key][:-1] + ("0" if record[key][-1] != "0" else "1")
    bad = drawn | {"certificate": drawn["certificate"] | {"draw": {**record, key: changed}}}
    report = allocation.verify(DRAW, bad)
    assert not report["ok"] and any(e["field"].startswith("certificate.draw.") for e in report["errors"])


def test_a_wrapped_number_is_no_proof():
    """Prices so large that 64-bit sums would wrap around are refused, not believed."""
    answer = allocation.solve(GOOD)
    answer["certificate"]["proofs"][0]["tree"] = {"scale": 1 << 40, "rows": [["item", "a1", 1 << 50]] * 4000}
    with pytest.raises(Refused, match="过大"):
        allocation.verify(GOOD, answer)
    answer["certificate"]["proofs"][0]["tree"] = {"scale": 1 << 62, "rows": []}
    with pytest.raises(Refused, match="scale"):
        allocation.verify(GOOD, answer)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (json.dumps(GOOD).replace("10]", "NaN]", 1), "affinity[0][2]"),
        (json.dumps({**GOOD, "experts": []}), "experts"),
        (json.dumps({**GOOD, "items": {}}), "items"),
        (json.dumps({**GOOD, "experts": [*GOOD["experts"], {"id": "\ud800", "cap": 1}]}), "experts[2].id"),
        (json.dumps({**GOOD, "experts": [{**GOOD["experts"][0], "city": ["长春"]}, GOOD["experts"][1]]}), "experts[0].city"),
        ("[]", "$"),
        ("{", None),
    ],
)
def test_the_terminal_names_the_place_and_exits_2(tmp_path, capsys, text, field):
    file = tmp_path / "P.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["allocate", str(file), "--json"])
    assert stop.value.code == 2
    errors = json.loads(capsys.readouterr().out)["errors"]
    assert field is None or field in [e["field"] for e in errors]


def test_more_seats_than_experts_is_proven_impossible(tmp_path, capsys):
    file = tmp_path / "P.json"
    file.write_text(json.dumps(DRAW | {"items": [{"id": "p", "need": 7}], "objective": "max_sum"}), encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["allocate", str(file), "--json"])
    assert stop.value.code == 3
    reason = json.loads(capsys.readouterr().out)["reason"]
    assert (reason["items"], reason["needed"], reason["available"], reason["limits"]) == (["p"], 7, 6, ["items.need"])
