"""Run the money cases that a lawyer can read: ``given`` goes in, ``expect`` or ``refused`` must come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.policy_money.runners import RUNNERS
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.nodb

HERE = Path(__file__).parent
CASES = [(f.stem, case) for f in sorted(HERE.glob("*.yaml")) for case in yaml.safe_load(f.read_text(encoding="utf-8"))["cases"]]


def _at(answer: Any, path: str) -> Any:
    for step in path.split("."):
        answer = answer[int(step)] if isinstance(answer, list) else answer[step]
    return answer


@pytest.mark.parametrize("case", [c for _, c in CASES], ids=[f"{stem}-{c['case']}" for stem, c in CASES])
def test_case(case: dict[str, Any]) -> None:
    assert set(case) >= {"case", "run", "given"} and ("expect" in case) != ("refused" in case)
    if "refused" in case:
        with pytest.raises(Refused) as refusal:
            RUNNERS[case["run"]](case)
        assert sorted({p.code for p in refusal.value.problems}) == sorted(case["refused"])
        return
    answer = RUNNERS[case["run"]](case)
    assert {path: _at(answer, path) for path in case["expect"]} == case["expect"]


def test_every_runner_has_a_case() -> None:
    assert {c["run"] for _, c in CASES} == set(RUNNERS)
