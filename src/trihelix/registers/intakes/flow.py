"""An intake is recorded once and may be voided with a reason."""

from trihelix.engines.flow import Flow, State, Transition

FLOW = Flow(
    "intake",
    1,
    (State("recorded", "已登记", "Recorded", "initial"), State("void", "已作废", "Void", "failed")),
    (Transition("void", ("recorded",), "void", ("owner", "node", "officer", "operator"), "作废", "Void", reason_required=True),),
)
