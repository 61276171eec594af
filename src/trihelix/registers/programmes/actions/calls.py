"""Acts on calls, topics, boards, questions and outages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.models import Application, Board, Call, Outage

NOTE = Column("note", "longtext", "说明", "Note")


def fix_scheme(a: Run, entry: Any, day: dt.date) -> None:
    """Fill the scheme version in force on a day; refuses unknown schemes and versions."""
    entry.scheme_version = (
        queries.scheme_book().scheme(entry.scheme, None if entry.scheme_version else day, entry.scheme_version or "").version.id
    )


@action("calls", "create", "新建申报通知", "New call", creates=True, roles=("officer", "operator"))
def create_call(a: Run, call: Call, **values: Any) -> None:
    """Draft a call of a scheme. Refuses an unknown scheme or version; the version is fixed from here on."""
    create_entry(a, call, values)
    fix_scheme(a, call, call.opens_on or a.today)
    a.record.visibility = "owner"


@action("calls", "collect_topics", "征集选题", "Collect topics")
def collect_topics(a: Run, call: Call) -> None:
    """Open the collection of topics, ahead of the guide. Refuses schemes that collect none."""
    a.require(queries.scheme_of(call).get("call.topic_collection"), "no_topics", "该计划不提前征集选题", field="scheme")
    a.record.visibility = "public"


@action("calls", "approve", "批准", "Approve", fields=(NOTE,))
def approve_call(a: Run, call: Call, *, note: str = "") -> None:
    """The guide is approved."""
    call.minutes = note or call.minutes


@action(
    "calls",
    "publish",
    "发布",
    "Publish",
    fields=(Column("opens_on", "date", "开始日期", "Opens"), Column("closes_on", "date", "截止日期", "Closes")),
)
def publish(a: Run, call: Call, *, opens_on: dt.date | None = None, closes_on: dt.date | None = None) -> None:
    """Open the call to applicants. Refuses a closing day before the opening or in the past, and sealed calls without keepers."""
    scheme = queries.scheme_of(call)
    call.opens_on = opens_on or call.opens_on or a.today
    rolling = scheme.get("call.calendar") == "rolling"
    closes = closes_on or call.closes_on or (None if rolling else call.opens_on + dt.timedelta(days=scheme.get("call.open_days")))
    a.require(
        closes is None or closes >= max(call.opens_on, a.today),
        "date_past",
        "截止日期不能早于开始日期和今天",
        field="closes_on",
        value=str(closes),
    )
    a.require(not scheme.get("call.sealed") or call.lot_key, "no_keepers", "密封申报须先指定三位密钥保管人", field="keepers")
    a.require(
        scheme.shape != "agreement" or call.agreement_id,
        "no_agreement",
        "协议引导的计划须先签署联合基金协议并在通知中选定",
        field="agreement",
    )
    a.require(call.agreement is None or call.agreement.state == "signed", "agreement_not_signed", "联合基金协议尚未签署", field="agreement")
    call.closes_on, call.closes_at, call.published_at = closes, clock.end_of(closes) if closes else None, a.now
    a.record.visibility = "public"


@action("calls", "extend", "延长截止时间", "Extend", fields=(Column("closes_on", "date", "新的截止日期", "Closes", required=True),))
def extend_call(a: Run, call: Call, *, closes_on: dt.date) -> None:
    """Move the deadline later, with a reason; everyone with a draft is told. Refuses an earlier day."""
    moment = clock.end_of(closes_on)
    a.require(call.closes_at is None or moment > call.closes_at, "not_later", "新的截止日期应晚于现在的截止时间", field="closes_on")
    move_deadline(a, call, moment)


def move_deadline(a: Run, call: Call, moment: dt.datetime) -> None:
    """Set a later deadline and tell those with a draft."""
    a.require(call.unsealed_at is None, "already_open", "密封申报已经开启，不能再延长", field="state")
    a.extra["closes_at_moved"] = [call.closes_at.isoformat() if call.closes_at else None, moment.isoformat()]
    call.closes_at, call.closes_on = moment, clock.local_date(moment)
    drafts = Application.objects.filter(call=a.record, record__state__in=("draft", "unit_check", "correction"))
    text = f"{call.title} 截止时间改为 {moment.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"
    bodies = {b for b in drafts.values_list("record__owner_id", flat=True) if b}
    a.notify(text, bodies=bodies, key="moved", en=f"Deadline moved: {call.title} to {moment.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}")


@action("calls", "close", "截止", "Close")
def close_call(a: Run, call: Call) -> None:
    """End the intake. Refuses before the published deadline."""
    a.require(call.closes_at is None or a.now > call.closes_at, "not_over", "申报截止时间未到", field="closes_on")
    if call.lot_key and call.unsealed_at is None:
        a.notify(f"申报已截止，请两位保管人开启：{call.title}", roles=("keeper",), en=f"Closed, to be opened by two keepers: {call.title}")


@action("calls", "archive", "归档", "Archive")
def archive_call(a: Run, call: Call) -> None:
    """End the call. Refuses while applications are under way."""
    left = (
        Application.objects.filter(call=a.record)
        .exclude(record__state__in=("awarded", "not_awarded", "form_refused", "withdrawn", "draft"))
        .count()
    )
    a.require(left == 0, "under_way", f"还有 {left} 项申报未办结", field="state")


@action("calls", "cancel", "取消", "Cancel", danger=True)
def cancel_call(a: Run, call: Call) -> None:
    """Cancel the call with a reason."""
    owners = Application.objects.filter(call=a.record).values_list("record__owner_id", flat=True)
    a.notify(f"申报已取消：{call.title}（{a.reason}）", bodies={b for b in owners if b}, key="cancel", en=f"Call cancelled: {call.title}")


@action("topics", "submit", "提交", "Submit", safe=True)
def submit_topic(a: Run, topic: Any) -> None:
    """Submit a topic. Refuses a text over the scheme's limit and calls that do not collect."""
    call = queries.call_of(topic.call) if topic.call_id else None
    most = queries.scheme_of(call).get("call.topic_chars") if call else 1500
    a.require(len(topic.text) <= most, "too_long", f"建议内容有 {len(topic.text)} 字，最多 {most} 字", field="text", value=len(topic.text))
    a.require(call is None or call.state == "topic_collection", "not_collecting", "该通知不在选题征集期", field="call")


@action("topics", "judge", "处理", "Decide", fields=(
    Column("outcome", "text", "结果", "Outcome", required=True), Column("guide_text", "longtext", "写入指南的文字", "Guide text"), NOTE,
))  # fmt: skip
def judge_topic(a: Run, topic: Any, *, outcome: str, guide_text: str = "", note: str = "") -> None:
    """Adopt, merge or decline a topic; its author learns the outcome."""
    a.require(
        outcome in ("adopted", "merged", "declined"),
        "unknown_outcome",
        "结果应为 adopted、merged 或 declined",
        field="outcome",
        value=outcome,
    )
    topic.outcome, topic.guide_text = outcome, guide_text or ""
    a.go(outcome)
    a.notify(f"选题建议{a.register.state_label(outcome)}：{topic.title}", roles=("owner",), en=f"Topic {outcome}: {topic.title}")


@action("boards", "create", "新建榜单", "New board", creates=True, roles=("owner", "node", "officer", "operator"))
def create_board(a: Run, board: Board, **values: Any) -> None:
    """Draft a board. From a need, the need's wording and figures fill what is left empty."""
    if values.get("need"):
        from trihelix.registers.needs.models import Need

        record = find(register_of("needs"), values["need"], a.by)
        need = Need.objects.get(record=record)
        filled = {
            "title": record.title, "owner": record.owner.ref if record.owner else None, "problem": need.problem, "ownership": "supply" if need.ownership == "supply" else need.ownership,
            "indicators": [{k: i.get(k) or "" for k in ("name", "target", "unit", "method")} for i in need.indicators],
            "amount_wan": need.budget_fen, "deadline": need.deadline, "conditions": need.conditions,
        }  # fmt: skip
        values = {**{k: v for k, v in filled.items() if v not in (None, "", [])}, **values}
    values["scheme"] = values.get("scheme") or "open-bid"
    create_entry(a, board, values)
    fix_scheme(a, board, a.today)
    if board.need is not None:
        a.on_saved.append(lambda: a.link(board.need, "need"))


@action("boards", "submit", "提交", "Submit", safe=True)
def submit_board(a: Run, board: Board) -> None:
    """Submit for screening. Refuses a bad credit record of the demand party and a deadline that has passed."""
    a.require(board.deadline is None or board.deadline >= a.today, "date_past", "研发时限已过，请先修改", field="deadline")
    held = queries.bars([a.record.owner_id], a.today).filter(bars="unit").first()
    a.require(held is None, "barred", f"需求方有有效的失信记录：{held.basis if held else ''}", clause="信用要求")


@action("boards", "screen", "初筛通过", "Screen", fields=(NOTE,))
def screen_board(a: Run, board: Board, *, note: str = "") -> None:
    """The need was checked at the desk."""


@action("boards", "argue", "论证", "Argue", fields=(Column("note", "longtext", "论证意见", "Opinion", required=True),))
def argue_board(a: Run, board: Board, *, note: str) -> None:
    """Experts argued the need; their opinion stays with the board."""
    board.argued = note


@action("boards", "list", "入榜", "List")
def list_board(a: Run, board: Board) -> None:
    """The board enters the list."""


@action(
    "boards",
    "post",
    "张榜",
    "Post",
    fields=(Column("closes_on", "date", "揭榜截止日期", "Closes"), Column("batch", "integer", "批次", "Batch")),
)
def post_board(a: Run, board: Board, *, closes_on: dt.date | None = None, batch: int | None = None) -> None:
    """Post the board to the public under the rule version in force on the day, which it keeps."""
    board.closes_on = closes_on or board.closes_on or a.today + dt.timedelta(days=30)
    a.require(board.closes_on >= a.today, "date_past", "揭榜截止日期不能早于今天", field="closes_on")
    board.scheme_version = queries.scheme_book().scheme(board.scheme, a.today).version.id
    board.posted_on, board.batch = a.today, batch if batch is not None else board.batch
    a.record.visibility = "public"


@action("boards", "register_interest", "登记揭榜意向", "Register interest", fields=(Column("body", "ref", "揭榜单位", "Taker"), NOTE))
def register_interest(a: Run, board: Board, *, body: Any = None, note: str = "") -> None:
    """A body registers its interest. Refuses the demand party itself, affiliates, and after the closing day."""
    a.require(body or a.by.bodies, "required", "请填写揭榜单位", field="body")
    taker = find(register_of("bodies"), body or Record.objects.get(pk=min(a.by.bodies)), a.by)
    a.require(taker.pk in a.by.bodies or a.by.roles & {"officer", "operator"}, "not_yours", "只能为本单位登记意向", field="body")
    a.require(board.closes_on is None or a.today <= board.closes_on, "closed", "揭榜已截止", field="state")
    why = _affiliated(a, board, taker)
    a.require(not why, "affiliated", f"揭榜方与需求方{why}，不得揭榜", field="body", clause="关联回避")
    a.admit("taker_candidate", body=taker)
    a.extra["interest"] = [None, taker.pk]
    a.notify(
        f"收到揭榜意向：{board.title} — {taker.title}", roles=("owner",), key=str(taker.pk), en=f"Interest in your board: {taker.title}"
    )


def _affiliated(a: Run, board: Board, taker: Record) -> str:
    """Why demand party and taker count as affiliated under the rule the board was posted under."""
    return queries.affiliated(a.record.owner, taker, tuple(queries.scheme_of(board).get("affiliation.posts")), a.today)


@action("boards", "choose_taker", "选定揭榜方", "Choose the taker", fields=(
    Column("taker", "ref", "揭榜方", "Taker", required=True), Column("contract_number", "text", "技术合同编号", "Contract"), Column("note", "longtext", "论证与内部审批", "Why", required=True),
))  # fmt: skip
def choose_taker(a: Run, board: Board, *, taker: Any, note: str, contract_number: str = "") -> None:
    """The demand party chooses its taker, with the reason. Refuses affiliates and bodies without registered interest."""
    body = find(register_of("bodies"), taker, a.by)
    why = _affiliated(a, board, body)
    a.require(not why, "affiliated", f"揭榜方与需求方{why}，不得揭榜", field="taker", clause="关联回避")
    interested = a.record.participants.filter(role="taker_candidate", body=body, until=None).exists()
    a.require(interested, "no_interest", f"{body.title} 没有登记揭榜意向", field="taker")
    board.taker, board.choice_reason, board.contract_number = body, note, contract_number or ""
    a.admit("taker", body=body)
    a.notify(f"已选定揭榜方：{board.title}", bodies={body.pk}, key="chosen", en=f"You were chosen as taker: {board.title}")


@action("boards", "hand_over", "转申报", "Hand to application", fields=(Column("call", "ref", "申报通知", "Call"),))
def hand_over_board(a: Run, board: Board, *, call: Any = None) -> Any:
    """Open the application of the board, with parties carried over: the demand party applies and is paid, the taker delivers."""
    target = call or (board.call.uid if board.call else None)
    a.require(target, "no_call", "请指定申报通知", field="call")
    values = {
        "title": board.title,
        "call": target,
        "board": a.record.uid,
        "owner": a.record.owner.ref if a.record.owner else "",
        "demand": a.record.owner.ref if a.record.owner else "",
        "variant": board.variant,
    }
    made = register_of("applications").acts["create"].run(by=a.by, now=a.now, **values)
    a.extra["application"] = [None, made.number]
    return made


@action("boards", "fail", "流榜", "No taker")
def fail_board(a: Run, board: Board) -> None:
    """No taker was found; the board may be posted again or withdrawn."""


@action("call_questions", "create", "提问", "Ask", creates=True, roles=("anyone",))
def ask(a: Run, question: Any, **values: Any) -> None:
    """Ask about an open call. Refuses calls without questions and calls that are closed."""
    create_entry(a, question, values)
    call = queries.call_of(question.call)
    a.require(
        queries.scheme_of(call).get("call.questions") and call.state in ("topic_collection", "open"),
        "no_questions",
        "该通知现在不接受提问",
        field="call",
    )


@action("call_questions", "answer", "答复", "Answer", fields=(Column("answer", "longtext", "答复", "Answer", required=True),))
def answer_question(a: Run, question: Any, *, answer: str) -> None:
    """Answer in public: every applicant reads the same answer."""
    question.answer, question.answered_at = answer, a.now
    a.record.visibility = "public"
    a.notify(f"申报咨询已答复：{question.title}", roles=("author",), en=f"Your question was answered: {question.title}")


@action("outages", "create", "登记中断", "Record an outage", creates=True, roles=("admin", "officer", "operator", "system"), fields=(
    Column("title", "text", "名称", "Title", required=True), Column("started_at", "text", "开始时刻", "From", required=True, help="2026-05-01T09:00:00+08:00"),
    Column("ended_at", "text", "结束时刻", "To", required=True), Column("cause", "longtext", "原因", "Cause"),
))  # fmt: skip
def record_outage(a: Run, outage: Outage, *, title: str, started_at: Any, ended_at: Any, cause: str = "") -> None:
    """Record an outage of the service: the evidence behind a moved deadline. Refuses moments without zone or in disorder."""
    a.require(a.by.roles & {"admin", "officer", "operator"} or a.by.system, "denied", "由管理人员登记", field="act")
    start, end = _moment(a, "started_at", started_at), _moment(a, "ended_at", ended_at)
    a.require(start < end <= a.now, "date_order", "中断结束应晚于开始，且不晚于现在", field="ended_at")
    outage.started_at, outage.ended_at, outage.cause = start, end, cause or ""
    a.record.title, a.record.visibility = title, "public"


def _moment(a: Run, field: str, raw: Any) -> dt.datetime:
    try:
        found = raw if isinstance(raw, dt.datetime) else dt.datetime.fromisoformat(str(raw))
    except ValueError:
        found = dt.datetime.min
    a.require(found.tzinfo is not None, "bad_moment", "时刻应写成 2026-05-01T09:00:00+08:00", field=field, value=str(raw))
    return found


@action("outages", "apply", "按规则顺延截止时间", "Move deadlines by rule")
def apply_outage(a: Run, outage: Outage) -> None:
    """Move every deadline the outage fell before: by the outage's length, at least by the scheme's hours. Drafts are told."""
    moved = []
    for call in Call.objects.filter(record__state__in=("open", "closed"), closes_at__gte=outage.started_at, unsealed_at=None):
        scheme = queries.scheme_of(call)
        window = call.closes_at - dt.timedelta(hours=scheme.get("call.outage_hours"))  # type: ignore[operator]
        if outage.ended_at <= window:
            continue
        least = dt.timedelta(hours=scheme.get("call.outage_shift_hours"))
        moment = max(call.closes_at, outage.ended_at) + max(outage.ended_at - outage.started_at, least)  # type: ignore[type-var]
        old = call.closes_at
        shift_call(by=SYSTEM, record=call.record, moment=moment.isoformat(), now=a.now, reason=f"系统中断顺延（{outage.number}）")
        moved.append({"call": call.number, "from": old.isoformat() if old else None, "to": moment.isoformat()})
    outage.moved = moved


@action(
    "calls",
    "shift",
    "顺延截止时间",
    "Move the deadline",
    roles=("system",),
    hidden=True,
    fields=(Column("moment", "text", "时刻", "Moment", required=True),),
)
def shift_call(a: Run, call: Call, *, moment: str) -> None:
    """Move a deadline after an outage; a call closed meanwhile opens again."""
    move_deadline(a, call, dt.datetime.fromisoformat(moment))
    if call.record.state == "closed":
        call.record.state = "open"


@tick("calls_close", every=60)
def close_due(now: dt.datetime) -> int:
    """Close every call whose deadline has passed; boards without takers fail."""
    due = Call.objects.filter(record__state="open", closes_at__lt=now)
    count = sum(1 for c in due.iterator() if close_call(by=SYSTEM, record=c.record, now=now))
    idle = Board.objects.filter(record__state="posted", closes_on__lt=clock.local_date(now))
    return count + sum(1 for b in idle.iterator() if fail_board(by=SYSTEM, record=b.record, now=now))
