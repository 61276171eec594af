"""States and transitions as data, and one small engine over them. Diagrams are generated from the same data.

State ids are never renamed or reused, only retired. Guards are pure predicates over a facts mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trihelix.engines.errors import Problem, Refused

KINDS = ("initial", "normal", "end", "failed")


class FlowRefused(Refused):
    """The flow does not allow the act from this state (409)."""

    status = 409


@dataclass(frozen=True)
class State:
    """A state: ``failed`` is an end that did not reach its aim, and keeps a reason."""

    id: str
    zh: str
    en: str
    kind: str = "normal"
    retired: bool = False


@dataclass(frozen=True)
class Guard:
    """A named condition over the facts, with the sentence shown when it does not hold."""

    name: str
    holds: Callable[[Mapping[str, Any]], bool]
    message: str
    clause: str | None = None


@dataclass(frozen=True)
class Transition:
    """``act`` leads from any of ``sources`` to ``target``, done by one of ``roles``.

    ``targets`` lists further targets that the act may choose (a decision with outcomes). ``waits`` says the act is a task that
    waits in the inbox of its roles; ``clock`` names the book's time limit for it.
    """

    act: str
    sources: tuple[str, ...]
    target: str
    roles: tuple[str, ...]
    zh: str
    en: str
    guards: tuple[Guard, ...] = ()
    clock: str | None = None
    waits: bool = False
    reason_required: bool = False
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    """A flow: checked when made, so that a wrong one never runs."""

    id: str
    version: int
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        if problems := list(check(self)):
            raise Refused.of(problems)

    def state(self, state_id: str) -> State:
        """The state, or a refusal that names the known ones."""
        for state in self.states:
            if state.id == state_id:
                return state
        raise Refused.one("unknown_state", f"流程 {self.id} 没有状态 “{state_id}”", field="state", value=state_id)


def check(flow: Flow) -> Iterator[Problem]:
    """What is wrong with a flow: doubles, unknown ids, no single start, unreachable states, dead ends, acts into retired states."""
    ids = [s.id for s in flow.states]
    for double in sorted({i for i in ids if ids.count(i) > 1}):
        yield Problem("duplicate_state", f"流程 {flow.id}：状态 {double} 重复", field=double)
    starts = [s.id for s in flow.states if s.kind == "initial"]
    if len(starts) != 1:
        yield Problem("initial_state", f"流程 {flow.id} 应恰有一个起始状态，现为 {len(starts)} 个")
        return
    for s in flow.states:
        if s.kind not in KINDS:
            yield Problem("state_kind", f"流程 {flow.id}：状态 {s.id} 的类别 {s.kind} 无效", field=s.id)
    retired = {s.id for s in flow.states if s.retired}
    pairs: set[tuple[str, str]] = set()
    for t in flow.transitions:
        for name in (*t.sources, t.target, *t.targets):
            if name not in ids:
                yield Problem("unknown_state", f"流程 {flow.id}：步骤 {t.act} 提到未知状态 {name}", field=t.act)
        if {t.target, *t.targets} & retired:
            yield Problem("retired_target", f"流程 {flow.id}：步骤 {t.act} 进入已停用的状态", field=t.act)
        if not t.roles:
            yield Problem("no_role", f"流程 {flow.id}：步骤 {t.act} 没有办理角色", field=t.act)
        for source in t.sources:
            if (source, t.act) in pairs:
                yield Problem("duplicate_transition", f"流程 {flow.id}：{source} 上的步骤 {t.act} 重复", field=t.act)
            pairs.add((source, t.act))
    reached, todo = {starts[0]}, [starts[0]]
    while todo:
        here = todo.pop()
        for t in flow.transitions:
            if here in t.sources:
                for nxt in {t.target, *t.targets} - reached:
                    reached.add(nxt)
                    todo.append(nxt)
    for s in flow.states:
        if s.id not in reached and not s.retired:
            yield Problem("unreachable_state", f"流程 {flow.id}：状态 {s.id} 无法到达", field=s.id)
        if s.kind in ("initial", "normal") and not s.retired and not any(s.id in t.sources for t in flow.transitions):
            yield Problem("dead_state", f"流程 {flow.id}：状态 {s.id} 没有出路，也不是终点", field=s.id)


def transition(flow: Flow, state: str, act: str) -> Transition | None:
    """The transition of ``act`` from ``state``, if there is one."""
    return next((t for t in flow.transitions if t.act == act and state in t.sources), None)


def acts_from(flow: Flow, state: str) -> list[Transition]:
    """Every transition that leaves a state, in declared order."""
    return [t for t in flow.transitions if state in t.sources]


def fire(flow: Flow, state: str, act: str, roles: Iterable[str], facts: Mapping[str, Any]) -> str:
    """The target of ``act`` from ``state``. Refuses by naming what may be done from here, the missing role, or the failed guards."""
    found = transition(flow, state, act)
    label = flow.state(state).zh
    if found is None:
        possible = "、".join(f"{t.zh}（{t.act}）" for t in acts_from(flow, state)) or "无"
        known = next((t.zh for t in flow.transitions if t.act == act), act)
        raise FlowRefused.one("flow", f"“{label}” 状态下不能 “{known}”；现在可办：{possible}", field="state", value=state)
    if not set(roles) & set(found.roles):
        raise FlowRefused.one("role", f"“{found.zh}” 由 {'、'.join(found.roles)} 办理", field="act", value=act)
    failed = [g for g in found.guards if not g.holds(facts)]
    if failed:
        raise FlowRefused.of(Problem(g.name, g.message, field="act", clause=g.clause, value=act) for g in failed)
    return found.target


def waits(flow: Flow, state: str) -> list[tuple[str, str, str | None]]:
    """``(act, role, clock)`` that wait in a state: the tasks of the inbox."""
    return [
        (t.act, role, t.clock) for t in acts_from(flow, state) if t.waits or t.clock for role in t.roles if role not in ("system", "admin")
    ]


def mermaid(flow: Flow, lang: str = "zh", current: str | None = None) -> str:
    """A Mermaid state diagram; the present state is lit."""
    label = {s.id: (s.en if lang == "en" else s.zh) for s in flow.states}
    lines = ["stateDiagram-v2"] + [f'  state "{label[s.id]}" as {s.id}' for s in flow.states if not s.retired]
    lines += [f"  [*] --> {s.id}" for s in flow.states if s.kind == "initial"]
    for t in flow.transitions:
        name = t.en if lang == "en" else t.zh
        lines += [f"  {source} --> {target}: {name}" for source in t.sources for target in dict.fromkeys((t.target, *t.targets))]
    lines += [f"  {s.id} --> [*]" for s in flow.states if s.kind in ("end", "failed") and not s.retired]
    if current:
        lines += ["  classDef now fill:#1f5fbf,color:#fff", f"  class {current} now"]
    return "\n".join(lines) + "\n"
