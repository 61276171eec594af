"""Flows are drawn without overlap, with every state, and with the present one lit."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trihelix.engines.flow import Flow, State, Transition
from trihelix.kernel.register import REGISTERS
from trihelix.site import diagrams, roles

pytestmark = pytest.mark.nodb

CASES = [(r.id, s.id) for r in REGISTERS.values() for s in r.flow.states if not s.retired]


def layout(flow, current):
    boxes = {s.id: diagrams.Box(s, s.zh) for s in flow.states if not s.retired}
    arrows = diagrams.arrows_of(flow, boxes, current)
    diagrams.set_layers(boxes, arrows)
    arrows = diagrams.chosen(arrows)
    width, height, top = diagrams.set_places(boxes, arrows)
    return boxes, arrows, width, height, top


def assert_sound(flow, current):
    boxes, arrows, width, height, _top = layout(flow, current)
    placed = list(boxes.values())
    for i, a in enumerate(placed):
        assert a.x - a.width / 2 >= 0 and a.x + a.width / 2 <= width and a.y + diagrams.BOX_H / 2 <= height
        for b in placed[i + 1 :]:
            apart = abs(a.x - b.x) >= (a.width + b.width) / 2 or abs(a.y - b.y) >= diagrams.BOX_H
            assert apart, f"{a.label} lies on {b.label}"
    live = {(t.act, target) for t in flow.transitions if current in t.sources for target in (t.target, *t.targets) if target != current}
    shown = {a.target.state.id for a in arrows if a.live}
    assert shown == {target for _act, target in live}, "an act that is possible now is not drawn"
    reached = {a.target.state.id for a in arrows}
    assert {s.id for s in flow.states if s.kind != "initial" and not s.retired} <= reached, "a state stands alone"


@pytest.mark.parametrize(("register", "state"), CASES)
def test_every_state_of_every_register_draws(register, state):
    flow = REGISTERS[register].flow
    assert_sound(flow, state)
    drawn = str(diagrams.svg(flow, state, "流程"))
    assert drawn.count('<g class="') == sum(not s.retired for s in flow.states)
    assert len(re.findall(r'<g class="\w+ now">', drawn)) == 1
    assert "style=" not in drawn and "<script" not in drawn


@st.composite
def flows(draw):
    n = draw(st.integers(2, 9))
    kinds = ["initial", *draw(st.lists(st.sampled_from(["normal", "end", "failed"]), min_size=n - 1, max_size=n - 1))]
    states = [State(f"s{i}", "状" * draw(st.integers(1, 6)) + str(i), f"s{i}", k) for i, k in enumerate(kinds)]
    middle = [i for i, k in enumerate(kinds) if k in ("initial", "normal")]
    moves = []
    for i in range(1, n):  # every state is reached from an earlier one that is no end
        moves.append((draw(st.sampled_from([m for m in middle if m < i])), i))
    for m in middle:  # and every middle state leads on
        moves.append((m, draw(st.sampled_from([i for i in range(n) if i != m]))))
    moves += draw(st.lists(st.tuples(st.sampled_from(middle), st.integers(0, n - 1)), max_size=12))
    made = [Transition(f"a{k}", (f"s{a}",), f"s{b}", ("owner",), f"办{k}", f"act {k}") for k, (a, b) in enumerate(moves)]
    return Flow("f", 1, tuple(states), tuple(made))


@settings(max_examples=60, deadline=None)
@given(flows(), st.integers(0, 8))
def test_any_flow_draws_without_overlap(flow, pick):
    current = flow.states[pick % len(flow.states)].id
    boxes, arrows, width, height, top = layout(flow, current)
    for i, a in enumerate(boxes.values()):
        for b in list(boxes.values())[i + 1 :]:
            assert abs(a.x - b.x) >= (a.width + b.width) / 2 or abs(a.y - b.y) >= diagrams.BOX_H
    lanes = [(a.lane, *sorted((a.source.x, a.target.x))) for a in arrows if a.side == "over"]
    for i, (lane, low, high) in enumerate(lanes):
        for other, low2, high2 in lanes[i + 1 :]:
            assert lane != other or high <= low2 or high2 <= low, "two arrows share a stretch of a lane"
    for arrow in arrows:
        path, _x, _y = diagrams.line(arrow, top)
        ys = [float(y) for y in re.findall(r",(-?\d+)", path)]
        assert all(0 <= y <= height for y in ys)
    assert width > 0


@pytest.mark.parametrize("register", sorted(REGISTERS))
def test_every_role_has_a_word(register):
    declared = REGISTERS[register]
    used = (
        {r for t in declared.flow.transitions for r in t.roles}
        | {r for a in declared.acts.values() for r in a.roles}
        | set(declared.create_roles)
    )
    assert {r for r in used if r.removeprefix("owner:") not in roles.WORDS} == set(), "add the word to site/roles.py"
