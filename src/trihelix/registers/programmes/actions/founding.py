"""An award that founds a platform, laboratory or base enters it in its register, in the same transaction."""

from __future__ import annotations

from trihelix.kernel.action import Run
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Link
from trihelix.kernel.register import register_of
from trihelix.registers.platforms.awards import foundings
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
