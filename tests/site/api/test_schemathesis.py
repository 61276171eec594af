"""Generated calls over the whole document: no fault, only documented answers, wrong input always refused."""

from __future__ import annotations

import contextlib
import functools

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 2
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, negative_data_rejection]


@pytest.fixture
def operations(operator, settings):
    """``{path: [operation]}`` of the WSGI application."""
    settings.API_RATE_ACCOUNT = settings.API_RATE_VISITOR = 10**9
    return _operations()


@functools.cache
def _operations():
    """Read once a process: the document of all registers takes seconds."""
    from django.core.wsgi import get_wsgi_application

    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    found: dict[str, list] = {}
    for operation in document.get_all_operations():
        found.setdefault(operation.ok().path, []).append(operation.ok())
    return found


def attack(operation, mode, headers, register: str) -> int:
    """Generated calls of one operation, valid ones on real records; returns how many were made."""
    real = {name: str(uid) for name, uid in Record.objects.order_by("-pk").values_list("register", "uid")}
    valid = mode is GenerationMode.POSITIVE
    calls = 0

    @seed(1)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case):
        nonlocal calls
        calls += 1
        if valid and "id" in case.path_parameters:
            case.path_parameters["id"] = real.get(case.path_parameters.get("register_id", register), case.path_parameters["id"])
        case.call_and_validate(headers=headers, checks=CHECKS)

    nothing_to_violate = not valid and not operation.query and not operation.body
    with contextlib.suppress(*([Unsatisfiable] if nothing_to_violate else [])):
        call()
    return calls


@pytest.mark.parametrize("register", ["", *sorted(REGISTERS)])
def test_generated_calls(operations, operator, register):
    own = {f"/api/v1/{r}" for r in REGISTERS}
    mine = f"/api/v1/{register}"
    made = 0
    for path, found in operations.items():
        typed = next((p for p in own if path == p or path.startswith(f"{p}/")), None)
        if (register and typed == mine) or (not register and typed is None):
            made += sum(attack(operation, mode, operator.headers, register) for operation in found for mode in GenerationMode)
    assert made > EXAMPLES
