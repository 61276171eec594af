"""The same rule in other engines. Runs alone in a peer environment (``pip install openfisca-core simpleeval``); imports nothing of ours.

Standard input: ``{"rule": <rules show --json>, "firms": {column: [...]}, "rows": n}``. Standard output:
``{name: {"seconds", "rows", "verdicts"}}``. OpenFisca is given the rule as vectorised formulas over all firms; the
row-by-row engines read the rule's own expressions and bands, ``rows`` firms only.
"""

from __future__ import annotations

import json
import re
import sys
import time
from typing import Any


def main() -> None:
    task = json.load(sys.stdin)
    out = {}
    for name, peer in (("openfisca-core", openfisca), ("simpleeval, row by row", simple_rows), ("python eval, row by row", eval_rows)):
        try:
            out[name] = peer(task)
        except ImportError as missing:
            print(f"{name}: {missing}", file=sys.stderr)
    json.dump(out, sys.stdout)


def _plain(text: str) -> str:
    return re.sub(r"(\d+(?:\.\d+)?)%", r"(\1/100)", text)


class Plan:
    """The rule's gates, scores, pass conditions and routes as prepared expressions; ``ready`` turns text into a function of names."""

    def __init__(self, rule: dict[str, Any], ready: Any) -> None:
        version = rule["versions"][-1]
        self.parameters = {p["key"]: p["values"][-1]["value"] for p in rule["parameters"]}
        self.sections = {k: [ready(_plain(c["when"])) for c in version[k]] for k in ("gates", "pass", "direct")}
        self.scores = [self._score(s, ready) for s in version["scores"]]

    def _score(self, score: dict[str, Any], ready: Any) -> tuple[Any, ...]:
        if score["kind"] == "best":
            return (score["id"], "best", [self._score(s, ready) for s in score["parts"]])
        if score["kind"] == "cases":
            rows = [(ready(_plain(b["when"])) if b["when"] else None, b["points"]["min"]) for b in score["bands"]]
            return (score["id"], "cases", rows)
        return (score["id"], "bands", ready(_plain(score["of"])), [(b["start"], b["end"], b["points"]["min"]) for b in score["bands"]])

    def points(self, score: tuple[Any, ...], names: dict[str, Any]) -> float:
        if score[1] == "best":
            return max(self.points(s, names) for s in score[2])
        if score[1] == "cases":
            return next(points for when, points in score[2] if when is None or when(names))
        value = score[2](names)
        return next(p for low, high, p in score[3] if _above(value, low) and _below(value, high))

    def verdict(self, firm: dict[str, Any]) -> bool:
        names = {**self.parameters, **firm}
        points = {s[0]: self.points(s, names) for s in self.scores}
        scored = {**names, **points, "total": sum(points.values())}
        gates = [g(names) for g in self.sections["gates"]]
        routes = [all(p(scored) for p in self.sections["pass"]), any(d(names) for d in self.sections["direct"])]
        return all(gates) and any(routes)


def _above(value: float, edge: Any) -> bool:
    return edge is None or value > edge["value"] or (edge["included"] and value == edge["value"])


def _below(value: float, edge: Any) -> bool:
    return edge is None or value < edge["value"] or (edge["included"] and value == edge["value"])


def _rows(task: dict[str, Any], ready: Any) -> dict[str, Any]:
    plan, columns = Plan(task["rule"], ready), task["firms"]
    rows = [{k: v[i] for k, v in columns.items()} for i in range(task["rows"])]
    start = time.perf_counter()
    verdicts = [plan.verdict(firm) for firm in rows]
    return {"seconds": time.perf_counter() - start, "rows": len(rows), "verdicts": verdicts}


def simple_rows(task: dict[str, Any]) -> dict[str, Any]:
    from simpleeval import SimpleEval

    def ready(text: str) -> Any:
        engine = SimpleEval()
        tree = engine.parse(text)

        def run(names: dict[str, Any]) -> Any:
            engine.names = names
            return engine.eval(text, previously_parsed=tree)

        return run

    return _rows(task, ready)


def eval_rows(task: dict[str, Any]) -> dict[str, Any]:
    def ready(text: str) -> Any:
        code = compile(text, "rule", "eval")
        return lambda names: eval(code, {"__builtins__": {}}, names)

    return _rows(task, ready)


def openfisca(task: dict[str, Any]) -> dict[str, Any]:
    import numpy as np
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    firm = build_entity(key="firm", plural="firms", label="firm", is_person=True)
    group = build_entity(
        key="group",
        plural="groups",
        label="group",
        roles=[{"key": "member", "plural": "members", "label": "member"}],
        containing_entities=[],
    )
    system = TaxBenefitSystem([firm, group])

    def add(name: str, kind: type, formula: Any = None) -> None:
        body = {"value_type": kind, "entity": firm, "definition_period": DateUnit.YEAR, "label": name}
        system.add_variable(type(name, (Variable,), body | ({"formula": formula} if formula else {})))

    for key, column in task["firms"].items():
        add(key, bool if isinstance(column[0], bool) else float)

    def steps(x: Any, edges: list[float], points: list[float]) -> Any:
        return np.select([x >= e for e in edges], points[:-1], points[-1])

    def staff_score(f: Any, p: Any) -> Any:
        return steps(f("tech_staff", p) / f("staff", p), [0.3, 0.25, 0.2, 0.15, 0.1], [20, 16, 12, 8, 4, 0])

    def rd_score(f: Any, p: Any) -> Any:
        points = [50, 40, 30, 20, 10, 0]
        by_sales = steps(f("rd", p) / f("sales", p), [0.06, 0.05, 0.04, 0.03, 0.02], points)
        return np.maximum(by_sales, steps(f("rd", p) / f("cost", p), [0.3, 0.25, 0.2, 0.15, 0.1], points))

    def ip_score(f: Any, p: Any) -> Any:
        return np.where(f("ip1", p) >= 1, 30, steps(f("ip2", p), [4, 3, 2, 1], [24, 18, 12, 6, 0]))

    def met(f: Any, p: Any) -> Any:
        total = f("staff_score", p) + f("rd_score", p) + f("ip_score", p)
        gates = f("resident", p) * (f("staff", p) <= 500) * (f("sales", p) <= 20000) * (f("assets", p) <= 20000)
        clean = ~f("banned", p) * ~f("incident", p) * ~f("blacklisted", p)
        direct = f("hnte_valid", p) + f("national_award_top3", p) + f("rd_body_provincial", p) + f("led_standard", p)
        return gates * clean * (((total >= 60) * (f("staff_score", p) > 0)) + direct)

    for name, formula in (("staff_score", staff_score), ("rd_score", rd_score), ("ip_score", ip_score)):
        add(name, float, formula)
    add("met", bool, met)
    count = len(task["firms"]["staff"])
    arrays = {k: np.array(v) for k, v in task["firms"].items()}
    start = time.perf_counter()
    simulation = SimulationBuilder().build_default_simulation(system, count=count)
    for key, column in arrays.items():
        simulation.set_input(key, "2023", column)
    verdicts = simulation.calculate("met", "2023")
    return {"seconds": time.perf_counter() - start, "rows": count, "verdicts": [bool(v) for v in verdicts]}


if __name__ == "__main__":
    main()
