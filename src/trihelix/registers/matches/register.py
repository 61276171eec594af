"""Declaration of the register of matches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trihelix.kernel.models import Participant
from trihelix.kernel.register import Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.matches import flow, models, sheets


def facts(match: models.Match, actor: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Facts for the guards: whether both sides accepted confidentiality."""
    accepted = Participant.objects.filter(record=match.record, until=None, role__in=flow.SIDES).exclude(confidential_at=None)
    return {"both_confidential": set(accepted.values_list("role", flat=True)) >= set(flow.SIDES)}


MATCHES = declare(
    Register(
        "matches", models.Match, "对接", "Match", "DJ", flow.FLOW, sheets.MATCHES, area="needs",
        help_zh="需求与成果的每次对接：为什么推荐、谁须在何时前答复、答复及原因、移交哪笔交易。",
        help_en="Each bringing-together of a need and a result: why, who must answer until when, the answer with its reason, the deal it led to.",
        list_columns=("number", "title", "need", "result", "answer", "state", "updated_at"), filters=("answer", "answer_reason"),
        create_roles=("owner", "node", "officer", "operator"), change_states=(), refs={"need": "needs", "result": "results"}, public=False, facts=facts,
        panels=("matches/_sides.html",),
    )
)  # fmt: skip

from trihelix.registers.matches import actions  # noqa: E402, F401

standard_actions(MATCHES)
