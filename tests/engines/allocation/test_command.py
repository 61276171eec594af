"""`trihelix allocate` from the terminal: files, exit codes, replay byte for byte, tampering found."""

from __future__ import annotations

import copy
import json

import pytest
from click.testing import CliRunner

from tests.engines.allocation.test_input import GOOD
from trihelix.cli import main
from trihelix.cli.allocate import allocate
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.nodb

DRAW = {
    "experts": [{"id": f"e{k}", "cap": 1} for k in range(6)],
    "items": [{"id": "p", "need": 3}],
    "affinity": [["p", f"e{k}", 5] for k in range(6)],
    "limits": {"max_probability": [1, 2]},
    "objective": "max_expected_sum",
}


@pytest.fixture
def run(tmp_path):
    def go(problem, *args, answer=None):
        file = tmp_path / "P.json"
        file.write_text(json.dumps(problem), encoding="utf-8")
        if answer is not None:
            (tmp_path / "A.json").write_text(json.dumps(answer), encoding="utf-8")
        result = CliRunner().invoke(allocate, [str(file), *(a.format(dir=tmp_path) for a in args), "--json"])
        return result.exit_code, json.loads(result.stdout) if result.stdout else result.exception

    return go


def test_solve_verify_and_tampering(run, tmp_path):
    code, answer = run(GOOD, "-o", "{dir}/A.json")
    assert (code, answer["status"]) == (0, "optimal")
    assert json.loads((tmp_path / "A.json").read_text(encoding="utf-8")) == answer
    assert run(GOOD, "--verify", "{dir}/A.json") == (
        0,
        {"ok": True, "feasible": True, "objective": 17, "bound": 17, "optimal_proven": True, "errors": []},
    )
    for change in (
        lambda a: a.update(objective=18),
        lambda a: a.update(bound=16),
        lambda a: a.update(worst_item_total=9),
        lambda a: a["pairs"].__setitem__(0, ["a1", "e2"]),
        lambda a: a["pairs"].pop(),
        lambda a: a["loads"].update(e1=0),
        lambda a: a["certificate"].update(problem="0" * 64),
        lambda a: a["certificate"]["proofs"][0]["tree"].update(rows=[]),
    ):
        false = copy.deepcopy(answer)
        change(false)
        code, report = run(GOOD, "--verify", "{dir}/A.json", answer=false)
        assert code == 3 and not report["ok"] and report["errors"]


def test_a_worse_assignment_is_not_called_optimal(run):
    problem = copy.deepcopy(GOOD)
    problem["experts"][0].pop("min")
    _, answer = run(problem)
    worse = {
        **answer,
        "pairs": [["a1", "e1"], ["a2", "e1"]],
        "objective": 15,
        "bound": 15,
        "worst_item_total": 5,
        "loads": {"e1": 2, "e2": 0},
    }
    code, report = run(problem, "--verify", "{dir}/A.json", answer=worse)
    assert code == 3 and {"bound_not_proven", "optimum_not_proven"} <= {e["code"] for e in report["errors"]}


def test_infeasible_exits_3_with_a_checkable_proof(run):
    problem = copy.deepcopy(GOOD)
    problem["experts"][0]["cap"] = 1
    problem["affinity"].pop()
    code, answer = run(problem, "-o", "{dir}/A.json")
    assert (code, answer["status"], answer["repairs"]) == (3, "infeasible", [])
    assert answer["reason"]["items"] == ["a1", "a2"] and answer["reason"]["experts"] == ["e1"]
    assert run(problem, "--verify", "{dir}/A.json")[0] == 0
    answer["certificate"]["proofs"][0]["tree"]["rows"].pop()
    assert run(problem, "--verify", "{dir}/A.json", answer=answer)[0] == 3
    assert run(GOOD, "--verify", "{dir}/A.json", answer=answer)[0] == 3


def test_draw_and_replay_are_the_same_bytes(run, tmp_path):
    code, answer = run(DRAW, "--draw", "--seed-commit", "ab" * 32, "--beacon", "2026-11-24 号外", "-o", "{dir}/A.json")
    assert code == 0 and len(answer["pairs"]) == 3
    code, again = run(DRAW, "--replay", "{dir}/A.json", "-o", "{dir}/B.json")
    assert code == 0 and again.pop("identical") is True and again == answer
    assert (tmp_path / "A.json").read_bytes() == (tmp_path / "B.json").read_bytes()
    out = next(f"e{k}" for k in range(6) if ["p", f"e{k}"] not in answer["pairs"])
    false = {**answer, "pairs": [*answer["pairs"][:2], ["p", out]]}
    code, again = run(DRAW, "--replay", "{dir}/A.json", answer=false)
    assert code == 3 and again["identical"] is False


def test_why_and_replace(run):
    code, answer = run(GOOD, "--why", "a2", "e1")
    assert (code, answer["loss"]) == (0, 2)
    code, answer = run(GOOD, "--why", "a1", "e2")
    assert (code, answer["loss"]) == (0, None) and "co-author" in answer["reason"]
    code, answer = run(GOOD, "--replace", "a2", "e2")
    assert (code, answer["added"], answer["removed"], answer["loss"]) == (0, [["a2", "e1"]], [["a2", "e2"]], 2)
    code, answer = run(GOOD, "--replace", "a1", "e1")
    assert code == 3 and answer["reason"]["items"] == ["a1"]


def test_refusals_print_the_error_object_and_exit_2(tmp_path, capsys):
    file = tmp_path / "P.json"
    file.write_text(json.dumps({**GOOD, "objective": "best"}), encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["allocate", str(file), "--json"])
    assert stop.value.code == 2
    assert json.loads(capsys.readouterr().out)["errors"][0]["field"] == "objective"


@pytest.mark.parametrize(("cap", "code"), [(2, 0), (1, 3)])
def test_the_entry_point_ends_with_the_code_of_the_answer(tmp_path, capsys, cap, code):
    problem = copy.deepcopy(GOOD)
    problem["experts"][0]["cap"] = cap
    problem["affinity"].pop()
    file = tmp_path / "P.json"
    file.write_text(json.dumps(problem), encoding="utf-8")
    try:
        main(["allocate", str(file), "--json"])
        left = 0
    except SystemExit as stop:
        left = stop.code
    assert left == code
    assert json.loads(capsys.readouterr().out)["status"] == ("optimal" if code == 0 else "infeasible")


def test_one_mode_at_a_time(run):
    code, error = run(DRAW, "--draw", "--why", "p", "e1")
    assert code == 1 and isinstance(error, Refused) and error.problems[0].code == "one_mode"
    assert run(DRAW, "--draw", "--beacon", "x")[1].problems[0].code == "no_seed"


def test_the_same_input_gives_the_same_answer(run):
    assert run(GOOD) == run(GOOD)
