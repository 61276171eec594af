"""The only writers of needs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book, clock
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.columns import code_choices, options
from trihelix.kernel.register import register_of
from trihelix.kernel.ticks import tick
from trihelix.registers.needs import flow
from trihelix.registers.needs.models import Need

NOTE = Column("note", "longtext", "说明", "Note")
VISIBILITY = {"open": "public", "restricted": "public", "confidential": "node"}


def live_until(clock_id: str, start: dt.date) -> dt.date:
    """The day on which a listing ends by default."""
    return book.current().due(clock_id, start)[0]


def make_public(a: Run, need: Need) -> None:
    """Show a published need as its secrecy says; an anonymous one hides its owner until talks."""
    a.record.visibility = VISIBILITY[need.secrecy]
    if need.published_on is None or a.record.state not in flow.FAILED:
        need.published_on = a.today
    need.expires_on = live_until("need.life", a.today)


@action("needs", "submit", "提交", "Submit", safe=True)
def submit(a: Run, need: Need) -> None:
    """Submit for refinement. Refuses while one of the four items is missing or the deadline has passed. Shown to the node."""
    a.record.visibility = "node"
    a.notify(f"新需求待受理：{need.title}", roles=("node",), en=f"New need to accept: {need.title}")


@action("needs", "discard", "作废草稿", "Discard", danger=True)
def discard(a: Run, need: Need) -> None:
    """Discard a draft; it stays listed as discarded."""


@action("needs", "accept", "受理", "Accept", safe=True)
def accept(a: Run, need: Need) -> None:
    """A specialist takes the need on for refinement."""
    a.notify(f"需求已受理：{need.title}", roles=("owner",), en=f"Need accepted: {need.title}")


@action("needs", "return", "退回补充", "Return")
def send_back(a: Run, need: Need) -> None:
    """Send the need back to the firm with the reason."""
    a.record.visibility = "node"
    a.notify(f"需求退回补充：{need.title}（{a.reason}）", roles=("owner",), en=f"Need returned: {need.title}")


@action("needs", "publish", "发布", "Publish", fields=(
    Column("not_duplicate", "boolean", "已核对，不与相似需求重复", "Checked: no duplicate"), NOTE,
    Column("candidates_seen", "list", "核对过的相似需求", "Candidates looked at"),
))  # fmt: skip
def publish(a: Run, need: Need, *, not_duplicate: bool = False, note: str = "", candidates_seen: list[str] | None = None) -> None:
    """Publish. Refuses with similar needs listed until they were looked at (duplicate check), and runs out by default."""
    from trihelix.registers.needs.queries import similar_needs

    if not not_duplicate:
        candidates = similar_needs(need, a.by)
        names = "；".join(f"{c['number']} {c['title']}" for c in candidates)
        a.require(
            not candidates,
            "possible_duplicate",
            f"发现相似需求：{names}。请核对后勾选“不重复”再发布，或并入已有需求",
            field="not_duplicate",
            clause="发布前查重",
        )
    if candidates_seen:
        a.extra["candidates_seen"] = [None, candidates_seen]
    make_public(a, need)
    a.notify(f"需求已发布：{need.title}", roles=("owner",), en=f"Need published: {need.title}")


@action(
    "needs",
    "merge",
    "并入已有需求",
    "Merge into another need",
    danger=True,
    fields=(Column("into", "ref", "并入需求", "Into", required=True),),
)
def merge(a: Run, need: Need, *, into: Any) -> None:
    """Close as the same need collected over another route: one need keeps one identity, and is solved once."""
    target = find(register_of("needs"), into, a.by)
    a.require(target.pk != a.record.pk, "same_record", "不能并入自己", field="into")
    a.require(target.state not in ("draft", "discarded", "merged", "withdrawn"), "not_live", "只能并入有效需求", field="into")
    need.same_as = target
    a.record.merged_into = target
    a.link(target, "same_as")
    if target.owner_id != a.record.owner_id and a.record.owner is not None:
        a.notify(f"您的需求并入 {target.number}", roles=("owner",), en=f"Your need was merged into {target.number}")


@action("needs", "start_matching", "开始对接", "Start matching")
def start_matching(a: Run, need: Need) -> None:
    """The first result was invited."""


@action("needs", "start_talking", "开始洽谈", "Start talking")
def start_talking(a: Run, need: Need) -> None:
    """Both sides talk; an anonymous firm's identity is released to its partners only."""


@action("needs", "sign", "登记签约", "Contract signed")
def sign(a: Run, need: Need) -> None:
    """A contract came of it."""


@action("needs", "solve", "确认解决", "Confirm solved", fields=(
    Column("route", "choice", "解决途径", "Route", choices=options(
        ("market", "技术市场", "Technology market"), ("education", "教育部门项目", "Education department"), ("open_bid", "揭榜挂帅", "Open bid"), ("own", "自行解决", "By itself"),
    )), NOTE,
))  # fmt: skip
def solve(a: Run, need: Need, *, route: str = "market", note: str = "") -> None:
    """Close as solved, once, whatever routes it came over."""
    need.solved_on, need.solved_route = a.today, route


@action("needs", "give_up", "暂不能解决", "Not solvable now", fields=(
    Column("outcome", "choice", "原因类型", "Outcome", required=True, choices=options(
        ("unclear", "需求不清", "Unclear"), ("cross_field", "跨领域待组合", "Cross-field"), ("long_term", "需长期研究", "Long-term"),
        ("no_supplier", "省内无供给", "No supplier in the province"),
    )),
    Column("next_body", "ref", "后续负责单位", "Owner of the next step"), Column("next_on", "date", "下次跟进日期", "Next date", required=True),
))  # fmt: skip
def give_up(a: Run, need: Need, *, outcome: str, next_on: dt.date, next_body: Any = None) -> None:
    """End without a solution for now, as a state that keeps who follows up and when. Refuses a next date in the past."""
    a.require(outcome in flow.FAILED, "unknown_outcome", f"原因类型应为 {'、'.join(flow.FAILED)}", field="outcome", value=outcome)
    a.require(next_on >= a.today, "date_past", "下次跟进日期不能早于今天", field="next_on")
    need.next_body = find(register_of("bodies"), next_body, a.by) if next_body else a.record.node
    need.next_on = next_on
    a.go(outcome)
    a.notify(f"需求暂不能解决：{need.title}（{a.reason}）", roles=("owner",), en=f"Need not solvable now: {need.title}")


@action("needs", "reopen", "重新启动", "Reopen")
def reopen(a: Run, need: Need) -> None:
    """Take a failed end up again."""
    need.next_body, need.next_on = None, None


@action("needs", "expire", "到期", "Expire", hidden=True)
def expire(a: Run, need: Need) -> None:
    """End the publication; the owner may renew."""
    a.record.visibility = "node"
    a.notify(f"需求发布到期，可续期：{need.title}", roles=("owner",), en=f"Publication ended, renew if wanted: {need.title}")


@action("needs", "renew", "续期", "Renew", safe=True, fields=(Column("deadline", "date", "新的研发时限", "New deadline"),))
def renew(a: Run, need: Need, *, deadline: dt.date | None = None) -> None:
    """Publish for another term."""
    if deadline is not None:
        a.require(deadline >= a.today, "date_past", "研发时限不能早于今天", field="deadline")
        need.deadline = deadline
    make_public(a, need)


@action("needs", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw(a: Run, need: Need) -> None:
    """The firm takes the need back, with a reason."""
    a.record.visibility = "owner"


@action("needs", "identify", "公开单位名称", "Release identity", roles=("owner",))
def identify(a: Run, need: Need) -> None:
    """End anonymity for good."""
    a.require(need.anonymous, "not_anonymous", "该需求并未匿名发布", field="anonymous")
    need.anonymous = False


@action("needs", "assign", "转交站点", "Hand to another node", roles=("node", "officer", "operator"), fields=(
    Column("to", "ref", "接收站点", "To node"), Column("division", "choice", "或按区划", "Or by division", choices=code_choices("divisions")),
))  # fmt: skip
def assign(a: Run, need: Need, *, to: Any = None, division: str = "") -> None:
    """Put the need in the care of another node."""
    from trihelix.registers.parties.queries import node_for

    target = find(register_of("nodes"), to, a.by) if to else node_for(division)
    a.require(target is not None, "no_node", "请指定接收站点或区划", field="to")
    a.record.node = target


@tick("needs_expire", every=3600)
def expire_due(now: dt.datetime) -> int:
    """Expire every publication whose term ended; each through its own act. Returns how many."""
    due = Need.objects.filter(record__state__in=flow.LIVE, expires_on__lt=clock.local_date(now))
    return sum(1 for need in due.iterator() if expire(by=SYSTEM, record=need.record, now=now, reason="发布期满"))
