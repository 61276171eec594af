"""The flow engine: wrong flows never start, refusals say what may be done, diagrams come from the same data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines.errors import Refused
from trihelix.engines.flow import Flow, FlowRefused, Guard, State, Transition, acts_from, fire, mermaid, transition, waits

pytestmark = pytest.mark.nodb
FULL = Guard("complete", lambda f: bool(f.get("complete")), "请先补全四项必填内容", "指南第3条")
STATES = (
    State("draft", "草稿", "Draft", "initial"),
    State("submitted", "已提交", "Submitted"),
    State("done", "办结", "Done", "end"),
    State("unclear", "表述不清", "Unclear", "failed"),
    State("old", "旧状态", "Old", retired=True),
)
MOVES = (
    Transition("submit", ("draft",), "submitted", ("owner", "node"), "提交", "Submit", (FULL,), waits=True),
    Transition("decide", ("submitted",), "done", ("officer",), "审核", "Decide", clock="need.accept", targets=("unclear",)),
    Transition("reopen", ("unclear", "old"), "draft", ("owner", "system"), "重启", "Reopen", reason_required=True),
)
FLOW = Flow("need", 1, STATES, MOVES)


def test_a_fired_act_gives_its_target():
    assert fire(FLOW, "draft", "submit", ["owner"], {"complete": True}) == "submitted"
    assert fire(FLOW, "old", "reopen", {"owner"}, {}) == "draft"  # a case left in a retired state can still go on


@pytest.mark.parametrize(
    ("state", "act", "roles", "code", "words"),
    [
        ("draft", "decide", ["officer"], "flow", "现在可办：提交（submit）"),
        ("done", "submit", ["owner"], "flow", "现在可办：无"),
        ("draft", "fly", ["owner"], "flow", "fly"),
        ("draft", "submit", ["officer"], "role", "owner、node"),
        ("draft", "submit", [], "role", "提交"),
        ("draft", "submit", ["node"], "complete", "四项"),
    ],
)
def test_refusals_name_what_may_be_done(state, act, roles, code, words):
    with pytest.raises(FlowRefused) as caught:
        fire(FLOW, state, act, roles, {})
    problem = caught.value.problems[0]
    assert problem.code == code and words in problem.message and caught.value.status == 409
    assert problem.clause == ("指南第3条" if code == "complete" else None)


def test_an_unknown_state_is_refused():
    with pytest.raises(Refused, match="没有状态"):
        fire(FLOW, "nowhere", "submit", ["owner"], {})


def test_what_waits_is_who_can_act_by_when():
    assert waits(FLOW, "draft") == [("submit", "owner", None), ("submit", "node", None)]
    assert waits(FLOW, "submitted") == [("decide", "officer", "need.accept")]
    assert waits(FLOW, "unclear") == waits(FLOW, "done") == []


def test_lookups():
    assert transition(FLOW, "draft", "submit") is MOVES[0] and transition(FLOW, "draft", "decide") is None
    assert [t.act for t in acts_from(FLOW, "unclear")] == ["reopen"]


def flow(states=STATES, moves=MOVES):
    return Flow("need", 1, states, moves)


@pytest.mark.parametrize(
    ("states", "moves", "code"),
    [
        ((*STATES, State("done", "又办结", "Done")), MOVES, "duplicate_state"),
        (STATES[1:], MOVES, "initial_state"),
        ((*STATES, State("second", "又一起点", "Second", "initial")), MOVES, "initial_state"),
        ((*STATES[:2], State("done", "办结", "Done", "finish"), *STATES[3:]), MOVES, "state_kind"),
        (STATES, (*MOVES, Transition("x", ("draft",), "nowhere", ("owner",), "甲", "X")), "unknown_state"),
        (STATES, (*MOVES, Transition("x", ("draft",), "old", ("owner",), "甲", "X")), "retired_target"),
        (STATES, (*MOVES, Transition("x", ("draft",), "done", ("owner",), "甲", "X", targets=("old",))), "retired_target"),
        (STATES, (*MOVES, Transition("x", ("draft",), "done", (), "甲", "X")), "no_role"),
        (STATES, (*MOVES, Transition("submit", ("draft",), "done", ("owner",), "甲", "X")), "duplicate_transition"),
        ((*STATES, State("island", "孤岛", "Island", "end")), MOVES, "unreachable_state"),
        (STATES, (MOVES[0], MOVES[2]), "dead_state"),
    ],
)
def test_a_wrong_flow_never_starts(states, moves, code):
    with pytest.raises(Refused) as caught:
        flow(states, moves)
    assert code in {p.code for p in caught.value.problems}


def test_the_diagram_shows_every_living_state_and_move():
    text = mermaid(FLOW, current="submitted")
    assert text.startswith("stateDiagram-v2\n") and 'state "草稿" as draft' in text
    assert "[*] --> draft" in text and "submitted --> unclear: 审核" in text and "done --> [*]" in text
    assert "旧状态" not in text and "class submitted now" in text
    assert "draft --> submitted: Submit" in mermaid(FLOW, "en") and "classDef" not in mermaid(FLOW)


@given(
    st.lists(
        st.tuples(st.sampled_from(["submit", "decide", "reopen", "fly"]), st.sampled_from(["owner", "officer", "system"]), st.booleans())
    )
)
def test_no_sequence_of_acts_leaves_the_flow(acts):
    state = "draft"
    for act, role, complete in acts:
        try:
            state = fire(FLOW, state, act, [role], {"complete": complete})
        except FlowRefused as refusal:
            assert refusal.problems
        else:
            assert any(act == t.act and state == t.target and role in t.roles for t in MOVES)
        assert state in {s.id for s in STATES if not s.retired}
