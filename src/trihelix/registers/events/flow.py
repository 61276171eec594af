"""Lives of events, series, registrations, outcomes and releases."""

from trihelix.engines.flow import Flow, State, Transition

DESK = ("node", "officer", "operator")
OWN = ("owner", *DESK)
RUN = ("organiser", "node", "officer", "operator")

SERIES = Flow(
    "event_series",
    1,
    (State("running", "进行中", "Running", "initial"), State("ended", "已结束", "Ended", "end")),
    (Transition("end", ("running",), "ended", OWN, "结束", "End", reason_required=True),),
)
EVENT = Flow(
    "event", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("submitted", "待审核", "Submitted"), State("published", "已发布", "Published"),
        State("held", "已举办", "Held", "end"), State("cancelled", "已取消", "Cancelled", "failed"),
    ),
    (
        Transition("submit", ("draft",), "submitted", ("owner",), "提交审核", "Submit"),
        Transition("return", ("submitted",), "draft", DESK, "退回修改", "Return", reason_required=True),
        Transition("publish", ("draft", "submitted"), "published", DESK, "发布", "Publish", clock="event.check"),
        Transition("hold", ("published",), "held", OWN, "登记举办情况", "Report it held", waits=True),
        Transition("cancel", ("draft", "submitted", "published"), "cancelled", OWN, "取消", "Cancel", reason_required=True),
    ),
)  # fmt: skip
REGISTRATION = Flow(
    "event_registration", 1,
    (
        State("registered", "已报名", "Registered", "initial"), State("waiting", "候补", "On the waiting list"), State("checked_in", "已签到", "Checked in", "end"),
        State("cancelled", "已取消", "Cancelled", "end"), State("absent", "未到", "Absent", "failed"),
    ),
    (
        Transition("check_in", ("registered", "waiting"), "checked_in", RUN, "签到", "Check in"),
        Transition("mark_absent", ("registered",), "absent", RUN, "登记未到", "Mark absent"),
        Transition("cancel", ("registered", "waiting"), "cancelled", ("author", "owner", *RUN), "取消报名", "Cancel"),
        Transition("queue", ("registered",), "waiting", RUN, "列为候补", "Put on the waiting list", reason_required=True),
        Transition("promote", ("waiting",), "registered", ("system", *RUN), "候补转正", "Give a seat"),
    ),
)  # fmt: skip
OUTCOME = Flow(
    "event_outcome",
    1,
    (
        State("recorded", "已登记", "Recorded", "initial"),
        State("performed", "已落地", "Performed", "end"),
        State("void", "已作废", "Void", "failed"),
    ),
    (
        Transition("perform", ("recorded",), "performed", OWN, "登记落地", "Record performance"),
        Transition("void", ("recorded",), "void", OWN, "作废", "Void", reason_required=True),
    ),
)
RELEASE = Flow(
    "release", 1,
    (
        State("draft", "草稿", "Draft", "initial"), State("submitted", "待审核", "Submitted"), State("released", "已发布", "Released"),
        State("withdrawn", "已撤下", "Withdrawn", "end"),
    ),
    (
        Transition("submit", ("draft",), "submitted", ("owner",), "提交审核", "Submit"),
        Transition("return", ("submitted",), "draft", DESK, "退回修改", "Return", reason_required=True),
        Transition("release", ("draft", "submitted"), "released", DESK, "发布", "Release", clock="event.check"),
        Transition("withdraw", ("draft", "submitted", "released"), "withdrawn", OWN, "撤下", "Withdraw", reason_required=True),
    ),
)  # fmt: skip
