"""Declaration of the register of matches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trihelix.kernel.models import Participant, Record
from trihelix.kernel.register import Register, declare
from trihelix.kernel.standard import standard_actions
from trihelix.registers.matches import flow, models, sheets


def _accepted(record: Record) -> set[str]:
    held = Participant.objects.filter(record=record, until=None, role__in=flow.SIDES).exclude(confidential_at=None)
    return set(held.values_list("role", flat=True))


def rests(record: Record) -> set[tuple[str, str]]:
    """A side that accepted confidentiality has nothing more to accept; handing over waits from the day both did."""
    accepted = _accepted(record)
    closed = () if accepted >= set(flow.SIDES) else (*flow.SIDES, *flow.DESK)
    return {("accept_terms", side) for side in accepted} | {("hand_over", role) for role in closed}


def facts(match: models.Match, actor: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Facts for the guards: whether both sides accepted confidentiality."""
    return {"both_confidential": _accepted(match.record) >= set(flow.SIDES)}


MATCHES = declare(
    Register(
        "matches", models.Match, "对接", "Match", "DJ", flow.FLOW, sheets.MATCHES, area="needs",
        help_zh="需求与成果的每次对接：为什么推荐、谁须在何时前答复、答复及原因、移交哪笔交易。",
        help_en="Each bringing-together of a need and a result: why, who must answer until when, the answer with its reason, the deal it led to.",
        list_columns=("number", "title", "need", "result", "answer", "state", "updated_at"), filters=("answer", "answer_reason"),
        create_roles=("owner", "node", "officer", "operator"), change_states=(), refs={"need": "needs", "result": "results"}, public=False, facts=facts, rests=rests,
        panels=("matches/_sides.html",),
    )
)  # fmt: skip

from trihelix.registers.matches import actions  # noqa: E402, F401

standard_actions(MATCHES)
