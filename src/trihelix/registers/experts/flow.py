"""Life of an expert in the pool."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("officer", "operator")

FLOW = Flow(
    "expert", 1,
    (
        State("proposed", "待入库", "Proposed", "initial"), State("active", "在库", "In the pool"), State("paused", "暂停", "Paused"),
        State("removed", "出库", "Removed", "end"),
    ),
    (
        Transition("admit", ("proposed",), "active", DESK, "入库", "Admit", waits=True),
        Transition("pause", ("active",), "paused", ("owner", *DESK), "暂停", "Pause", reason_required=True),
        Transition("resume", ("paused",), "active", ("owner", *DESK), "恢复", "Resume"),
        Transition("remove", ("proposed", "active", "paused"), "removed", DESK, "出库", "Remove", reason_required=True),
    ),
)  # fmt: skip
