"""The only writers of external figures, reports and edited clauses."""

from __future__ import annotations

from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import book as books
from trihelix.kernel.action import Run, action
from trihelix.kernel.standard import create_entry
from trihelix.registers.figures import checks, evaluation
from trihelix.registers.figures.models import ExternalFigure, FrozenFigure, LetterClause, Report


@action("external_figures", "create", "登记外部数据", "Enter an external figure", creates=True, roles=("officer", "operator"))
def enter(a: Run, entry: ExternalFigure, /, **values: Any) -> None:
    """Enter a number with source and person; it counts once another person confirms it."""
    create_entry(a, entry, values)
    a.record.visibility = "members"


@action("external_figures", "confirm", "复核确认", "Confirm")
def confirm(a: Run, figure: ExternalFigure) -> None:
    """A second person confirms. Refuses the one who entered it."""
    a.require(a.record.created_by_id != a.by.user_id, "second_person", "外部数据须由另一人复核确认", field="confirm", clause="双人复核")
    figure.confirmed_by_id = a.by.user_id


@action("external_figures", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw_external(a: Run, figure: ExternalFigure) -> None:
    """Withdraw with the reason; reports frozen before keep it."""


@action("reports", "freeze", "固化", "Freeze")
def freeze(a: Run, report: Report) -> None:
    """Keep every figure with its records and the last sealed place of the journal. Refuses while a red check is unexplained."""
    answers = evaluation.evaluate_all(a.by, report.as_of, whole=True)
    found = checks.check_all(a.by, report.as_of, {x.figure.id: x for x in answers})
    told = {row["check"] for row in report.explanations if str(row.get("text", "")).strip()}
    open_red = [f for f in found if f.light == "red" and f.check.id not in told]
    if open_red:
        raise Refused.of(
            Problem("red_check", f"核对不符：{f.check.zh}；请改正数据或填写说明后再固化", field="explanations", value=f.check.id)
            for f in open_red
        )
    report.book_digest, report.seq, report.frozen_at = books.current().digest, evaluation.last_seq(), a.now
    report.checks = [f.as_json() for f in found]
    FrozenFigure.objects.bulk_create(
        (FrozenFigure(report=a.record, position=i, figure=x.figure.id, answer=x.as_json(), lines=x.pairs()) for i, x in enumerate(answers)),
        batch_size=50,
    )
    a.extra["frozen"] = [None, {x.figure.id: [x.text, x.digest] for x in answers}]


@action("reports", "publish", "发布", "Publish")
def publish(a: Run, report: Report) -> None:
    """Open the frozen numbers to the public; the records behind them keep their own visibility."""
    a.record.visibility = "public"


@action("reports", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw_report(a: Run, report: Report) -> None:
    """Withdraw with the reason; the frozen numbers stay on record."""
    a.record.visibility = "owner"


@action("letter_clauses", "create", "修改答复文字", "Edit a clause", creates=True, roles=("officer", "operator"))
def propose(a: Run, entry: LetterClause, /, **values: Any) -> None:
    """Propose another wording; numbers typed in are refused, figures are named in braces."""
    create_entry(a, entry, values)
    entry.proposed_by_id = a.by.user_id
    a.record.visibility = "members"


@action("letter_clauses", "adopt", "采用", "Adopt")
def adopt(a: Run, clause: LetterClause) -> None:
    """Use the wording in the letter; an earlier wording of the same clause is retired."""
    from trihelix.kernel.actor import SYSTEM
    from trihelix.kernel.register import register_of

    for other in LetterClause.objects.filter(clause=clause.clause, record__state="in_use").exclude(pk=clause.pk):
        register_of("letter_clauses").acts["retire"].run(by=SYSTEM, record=other.record, now=a.now)


@action("letter_clauses", "retire", "停用", "Retire")
def retire(a: Run, clause: LetterClause) -> None:
    """Go back to the book's wording."""
