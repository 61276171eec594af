"""An award that founds a platform, laboratory or base enters it in its register, and what it founded follows it: same transaction."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from trihelix.engines import flow as flows
from trihelix.kernel import book
from trihelix.kernel.action import Run
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Link
from trihelix.kernel.register import register_of
from trihelix.registers.platforms.awards import following, foundings
from trihelix.registers.programmes.models import Project


def found_platform(a: Run, project: Project) -> None:
    """Found what the book says of the scheme and class; an award that has already founded it founds nothing more."""
    told = foundings().get(project.scheme)
    kind = told.kind_of(project.class_id) if told is not None else ""
    if told is None or not kind or Link.objects.filter(target=a.record, kind="award", source__register=told.register).exists():
        return
    made = register_of(told.register).acts["found"].run(by=SYSTEM, case=a.record, kind=kind, batch=project.batch, now=a.now)
    a.extra["founded"] = [None, made.number]
    a.notify(f"立项设立平台记录：{made.record.number} {made.record.title}", roles=("owner",), en=f"The award founded {made.record.number}")


def followed(fn: Callable[..., Any]) -> Callable[..., Any]:
    """An act on a project that what it founded follows, as the book says, once the project is written."""

    @functools.wraps(fn)
    def call(a: Run, project: Project, **values: Any) -> Any:
        answer = fn(a, project, **values)
        a.after_saved(lambda: _move(a, project))
        return answer

    return call


def _move(a: Run, project: Project) -> None:
    """Move what the award founded by its own acts; an act that its state does not allow, or that has already happened, is passed over."""
    acts = following().acts_for(a.spec.act, a.record.state, project.ended_as)
    if not acts:
        return
    for link in Link.objects.filter(target=a.record, kind="award").select_related("source").order_by("pk"):
        record, register = link.source, register_of(link.source.register)
        for act in acts:
            record.refresh_from_db()
            if (
                flows.transition(register.flow, record.state, act) is not None
                and (values := _values(a, project, act, record.entry)) is not None
            ):
                register.acts[act].run(
                    by=SYSTEM, record=record, reason=f"{project.number} {a.spec.zh} {a.reason}".strip(), now=a.now, **values
                )


def _values(a: Run, project: Project, act: str, entry: Any) -> dict[str, Any] | None:
    """What an act of the platform takes from the project; ``None`` where the platform is already there."""
    if act == "recognise":
        return {"recognised_on": a.today, "valid_to": project.valid_to, "doc_number": entry.doc_number or project.number}
    if act == "renew":
        later = project.valid_to is not None and (entry.valid_to is None or project.valid_to > entry.valid_to)
        return {"valid_to": project.valid_to, "doc_number": project.number} if later else None
    if act == "expire":
        return {} if entry.valid_to is not None and entry.valid_to < a.today else None
    if act == "evaluate":
        grade = following().grades.get(project.grade)
        if grade is None:
            a.refuse(
                "unknown_grade", f"规则书 platforms/following.yaml 没有等级 “{project.grade}” 的对应", field="grade", value=project.grade
            )
        return {
            "grade": grade,
            "evaluated_on": a.today,
            "rectify_until": book.current().due("platform.rectify", a.today)[0] if grade == "fail" else None,
        }
    if act == "restore":
        return {"finding": f"{project.number} 评估为{project.grade}"}
    return {}
