"""What the reader refuses, each fault named by its path in the file."""

from __future__ import annotations

import copy

import pytest

from trihelix.engines import allocation
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.nodb

GOOD = {
    "experts": [{"id": "e1", "cap": 2, "min": 1, "type": "academic", "city": "长春"}, {"id": "e2", "cap": 1, "type": "enterprise"}],
    "items": [{"id": "a1", "need": 1, "city": "吉林"}, {"id": "a2", "need": 1}],
    "affinity": [["a1", "e1", 10], ["a2", "e1", 5], ["a2", "e2", 7]],
    "conflicts": [["a1", "e2", "co-author"]],
    "limits": {"min_count_on_panel": {"academic": 0}, "total_by_expert": {"city": {"长春": [0, None]}}},
    "objective": "max_sum",
}


def put(*path_and_value):
    problem = copy.deepcopy(GOOD)
    *path, last, value = path_and_value
    at = problem
    for key in path:
        at = at[key]
    at[last] = value
    return problem


def test_the_good_file_solves():
    assert allocation.solve(GOOD)["objective"] == 17


@pytest.mark.parametrize(
    ("problem", "code", "path"),
    [
        (put("experts", 1, "id", "e1"), "duplicate_id", "experts[1].id"),
        (put("items", 1, "id", "a1"), "duplicate_id", "items[1].id"),
        (put("experts", 0, "min", 3), "min_above_max", "experts[0].min"),
        (put("experts", 0, "cap", -1), "out_of_range", "experts[0].cap"),
        (put("experts", 0, "cap", True), "not_integer", "experts[0].cap"),
        (put("experts", 0, "cap", 1.5), "not_integer", "experts[0].cap"),
        (put("experts", 0, "name", "张三"), "unknown_key", "experts[0].name"),
        (put("items", 0, "slots", 2), "need_or_slots", "items[0]"),
        (put("items", 0, {"id": "a1"}), "need_or_slots", "items[0]"),
        (put("items", 0, {"id": "a1", "slots": 1, "min": 2}), "min_above_max", "items[0].min"),
        (put("items", 0, "min", 1), "min_with_need", "items[0].min"),
        (put("items", 0, "need", 0), "out_of_range", "items[0].need"),
        (put("affinity", 1, 2, 0), "out_of_range", "affinity[1][2]"),
        (put("affinity", 1, 2, 10001), "out_of_range", "affinity[1][2]"),
        (put("affinity", 1, 2, 7.0), "not_integer", "affinity[1][2]"),
        (put("affinity", 1, 1, "e9"), "unknown_id", "affinity[1][1]"),
        (put("affinity", 1, ["a2", "e1"]), "not_triple", "affinity[1]"),
        (put("affinity", 2, ["a1", "e1", 3]), "duplicate_pair", "affinity[2]"),
        (put("conflicts", 0, 0, "a9"), "unknown_id", "conflicts[0][0]"),
        (put("objective", "best"), "unknown_objective", "objective"),
        (put("colour", 1), "unknown_key", "colour"),
        (put("limits", "max_same", {}), "unknown_key", "limits.max_same"),
        (put("limits", "min_count_on_panel", {"finance": 1}), "class_nobody_has", "limits.min_count_on_panel.finance"),
        (put("limits", "min_share_on_panel", {"finance": 0.2}), "class_nobody_has", "limits.min_share_on_panel.finance"),
        (put("limits", "min_share_on_panel", {"academic": 1.2}), "bad_share", "limits.min_share_on_panel.academic"),
        (put("limits", "total_by_expert", {"city": {"通化": [1, 2]}}), "class_nobody_has", "limits.total_by_expert.city.通化"),
        (put("limits", "total_by_item", {"city": {"吉林": [3, 2]}}), "min_above_max", "limits.total_by_item.city.吉林"),
        (put("limits", "forbid_same", ["type"]), "unknown_attribute", "limits.forbid_same[0]"),
        (put("limits", "forbid_together", [["e1", "e1"]]), "same_twice", "limits.forbid_together[0]"),
        (put("limits", "fixed", [["a1", "e9"]]), "unknown_id", "limits.fixed[0][1]"),
        (put("limits", "max_probability", [3, 2]), "min_above_max", "limits.max_probability"),
        (put("limits", "place_all", 1), "not_boolean", "limits.place_all"),
        (put("objective", "max_expected_sum"), "missing", "limits.max_probability"),
        (put("conflicts", [["a1", "e1", "x"], ["a1", "e2", "y"]]), "all_in_conflict", "items[0]"),
        (put("relief_menu", {"prices": {"magic": 1}}), "unknown_key", "relief_menu.prices.magic"),
        (put("relief_menu", {"prices": {"expert_cap": 0}}), "bad_price", "relief_menu.prices.expert_cap"),
        (put("experts", 0, "prefers", ["a1", "a1"]), "duplicate_id", "experts[0].prefers[1]"),
        (put("items", 0, "prefers", ["a1"]), "unknown_id", "items[0].prefers[0]"),
    ],
)  # fmt: skip
def test_refusals_name_the_path(problem, code, path):
    with pytest.raises(Refused) as refused:
        allocation.solve(problem)
    assert (code, path) in [(p.code, p.field) for p in refused.value.problems]


def test_every_fault_is_named_at_once():
    problem = put("experts", 0, "cap", -1)
    problem["affinity"][0][2] = 0
    with pytest.raises(Refused) as refused:
        allocation.solve(problem)
    assert [p.field for p in refused.value.problems] == ["experts[0].cap", "affinity[0][2]"]


def test_a_panel_in_conflict_with_everyone_is_cured_where_conflicts_may_be_waived():
    problem = put("conflicts", [["a1", "e1", "co-author"], ["a1", "e2", "own employer"]])
    problem["relief_menu"] = {"prices": {"waive_conflict": 2}, "waivable_reasons": ["co-author"]}
    answer = allocation.solve(problem)
    assert answer["repairs"] == [{"price": 2, "changes": [["waive_conflict", "a1", "e1", 1]], "proven": True}]
    problem["relief_menu"]["waivable_reasons"] = ["former colleague"]
    with pytest.raises(Refused):
        allocation.solve(problem)


@pytest.mark.parametrize(("share", "need", "least"), [(0.35, 20, 7), ("1/3", 7, 3), ([1, 3], 6, 2), (0.2, 5, 1), (0.07, 100, 7)])
def test_shares_round_up_exactly(share, need, least):
    """0.35 × 20 is 7, although the doubles multiply to a little more."""
    experts = [{"id": f"x{k}", "cap": 1, "type": "academic"} for k in range(need)]
    experts += [{"id": f"y{k}", "cap": 1, "type": "enterprise"} for k in range(need)]
    affinity = [["p", e["id"], 9 if e["type"] == "academic" else 1] for e in experts]
    problem = {"experts": experts, "items": [{"id": "p", "need": need}], "affinity": affinity, "objective": "max_sum"}
    problem["limits"] = {"min_share_on_panel": {"enterprise": share}}
    assert sum(e.startswith("y") for _, e in allocation.solve(problem)["pairs"]) == least
