"""Lives of external figures, reports and edited clauses."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("officer", "operator")

EXTERNAL = Flow(
    "external_figure", 1,
    (
        State("entered", "待复核", "Entered", "initial"), State("confirmed", "已确认", "Confirmed"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("confirm", ("entered",), "confirmed", DESK, "复核确认", "Confirm", waits=True),
        Transition("withdraw", ("entered", "confirmed"), "withdrawn", DESK, "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
REPORT = Flow(
    "report", 1,
    (
        State("open", "编制中", "Open", "initial"), State("frozen", "已固化", "Frozen"), State("published", "已发布", "Published"),
        State("withdrawn", "已撤回", "Withdrawn", "failed"),
    ),
    (
        Transition("freeze", ("open",), "frozen", DESK, "固化", "Freeze", waits=True),
        Transition("publish", ("frozen",), "published", ("leader", *DESK), "发布", "Publish", waits=True),
        Transition("withdraw", ("open", "frozen", "published"), "withdrawn", DESK, "撤回", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
CLAUSE = Flow(
    "letter_clause", 1,
    (
        State("proposed", "待核", "Proposed", "initial"), State("in_use", "采用", "In use"), State("retired", "停用", "Retired", "end"),
    ),
    (
        Transition("adopt", ("proposed",), "in_use", DESK, "采用", "Adopt", waits=True),
        Transition("retire", ("proposed", "in_use"), "retired", ("system", *DESK), "停用", "Retire"),
    ),
)  # fmt: skip
