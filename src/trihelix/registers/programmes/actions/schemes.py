"""Acts on the scheme book: a file is proposed by one person and put in force by a second one."""

from __future__ import annotations

from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action
from trihelix.registers.programmes import overlay
from trihelix.registers.programmes.models import SchemeChange

OFFICE = ("officer", "operator")


@action("scheme_changes", "create", "提出计划文件修改", "Propose a scheme file", creates=True, roles=OFFICE, fields=(
    Column("text", "longtext", "计划文件", "Scheme file", required=True, help="YAML：保留原有版本，另加新版本；或一个新的计划"), Column("ref", "text", "外部编号", "External key"),
))  # fmt: skip
def propose(a: Run, change: SchemeChange, *, text: str, ref: str = "") -> None:
    """Propose a file. It is read and checked at once: refused with line and reason, or kept with what it would change."""
    _take(a, change, text)
    change.proposed_by_id, change.base_digest = a.by.user_id, book.current().digest
    a.record.title = f"{change.scheme}：{'、'.join(change.versions)}（{change.effective_on} 起）"[:400]
    a.record.ref, a.record.visibility = ref or "", "owner"


def _take(a: Run, change: SchemeChange, text: str) -> None:
    scheme_id, new = overlay.read(text, a.today)
    change.scheme, change.text, change.versions = scheme_id, text, [s.version.id for s in new]
    change.effective_on, change.differences = new[0].version.since, overlay.differences(scheme_id, new)


@action("scheme_changes", "confirm", "复核确认", "Confirm")
def confirm(a: Run, change: SchemeChange) -> None:
    """A second person confirms; calls opened from then on may use the version. Refuses the proposer, and a file that no longer fits the book."""
    a.require(change.proposed_by_id != a.by.user_id, "second_person", "计划文件须由另一人复核确认", field="confirm", clause="双人复核")
    _take(a, change, change.text)
    change.confirmed_at, a.record.visibility = a.now, "public"


@action("scheme_changes", "drop", "不采纳", "Drop")
def drop(a: Run, change: SchemeChange) -> Any:
    """Drop a proposal with the reason."""
