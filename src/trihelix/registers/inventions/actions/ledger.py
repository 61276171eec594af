"""Inventions: disclosure, the body's decision, the separate ledger (单列管理), the idle timer, the award at grant."""

from __future__ import annotations

import datetime as dt

from trihelix.engines.money import exact, format_fen
from trihelix.engines.shares.rights import Idle, idle, patent_award
from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import User
from trihelix.kernel.ticks import tick
from trihelix.registers.inventions.flow.common import OFFICE, UNIT
from trihelix.registers.inventions.flow.core import LIVE
from trihelix.registers.inventions.models import Invention, Transfer
from trihelix.registers.inventions.sharing import share_book

DECISION = (
    Column("minutes", "text", "决定文号", "Decision", required=True), Column("registered_on", "date", "登记日期", "Registered on"),
    Column("ledger_no", "text", "台账号", "Ledger number"),
)  # fmt: skip


@action("inventions", "disclose", "披露", "Disclose", safe=True)
def disclose(a: Run, invention: Invention) -> None:
    """Disclose to the body with completers and shares; secret results do not pass through the system."""
    a.require(invention.secrecy != "state", "secret_channel", "涉及国家秘密的成果不得经本系统披露", field="secrecy")
    invention.disclosed_on = a.today
    keys = [str(r.get("person") or "") for r in invention.completers]
    for user in User.objects.filter(person__register="people", person__ref__in=[k for k in keys if k]):
        a.admit("completer", user_id=user.pk)


@action("inventions", "discard", "作废草稿", "Discard", danger=True)
def discard(a: Run, invention: Invention) -> None:
    """Discard a draft."""


@action("inventions", "return", "退回补充", "Return")
def send_back(a: Run, invention: Invention) -> None:
    """Send a disclosure back for completion."""
    a.notify(f"成果披露已退回：{a.record.title}（{a.reason}）", roles=("owner", "completer"), en=f"Disclosure returned: {a.record.title}")


@action("inventions", "claim", "认定为职务成果并登记", "Claim and register", fields=DECISION)
def claim(a: Run, invention: Invention, *, minutes: str, registered_on: dt.date | None = None, ledger_no: str = "") -> None:
    """The body decides that it is a service result and registers it: the idle timer starts."""
    invention.decision, invention.registered_on = minutes, registered_on or a.today
    a.require(invention.registered_on <= a.today, "future_date", "登记日期不能晚于今天", field="registered_on")
    invention.ledger_no = ledger_no or invention.ledger_no
    a.notify(f"成果已登记：{a.record.title}", roles=("owner", "completer"), en=f"Registered: {a.record.title}")


@action("inventions", "release", "放弃权利归完成人", "Release to the inventors", danger=True)
def release(a: Run, invention: Invention) -> None:
    """The body leaves the result to its completers."""
    a.notify(f"单位放弃权利，归完成人：{a.record.title}", roles=("completer",), en=f"Released to you: {a.record.title}")


@action("inventions", "offer", "列入可转化目录", "Make available")
def offer(a: Run, invention: Invention) -> None:
    """Put into the catalogue of available results (public: name, kind, completers). Refuses unclear titles and secrets."""
    a.require(invention.title_clear, "unclear_title", "权属不清的成果不能列入目录", field="title_clear")
    a.require(invention.secrecy == "none", "secret_result", "涉密或关键核心技术成果须先经主管部门审批，不列入公开目录", field="secrecy")
    a.record.visibility = "public" if invention.kind != "application" else "members"


@action("inventions", "negotiate", "开始洽谈", "Start talks")
def negotiate(a: Run, invention: Invention) -> None:
    """Talks with a receiver begin."""


@action("inventions", "call_off", "结束洽谈", "End talks")
def call_off(a: Run, invention: Invention) -> None:
    """Talks ended without a deal."""


@action("inventions", "mark_transferred", "登记转化", "Mark transferred", hidden=True)
def mark_transferred(a: Run, invention: Invention) -> None:
    """Done by the signing of a transfer: the idle timer stops."""
    invention.used_on = invention.used_on or a.today


@action("inventions", "mark_rights", "登记赋权", "Mark rights given", hidden=True)
def mark_rights(a: Run, invention: Invention) -> None:
    """Done when a grant of rights becomes active."""


@action(
    "inventions",
    "abandon",
    "放弃",
    "Abandon",
    danger=True,
    fields=(Column("offered_to_completers", "boolean", "已先征询完成人", "Offered to the completers first", required=True),),
)
def abandon(a: Run, invention: Invention, *, offered_to_completers: bool) -> None:
    """Give a result up; refused unless it was offered to its completers first."""
    a.require(offered_to_completers, "completers_first", "放弃前须先征询完成人是否承接", field="offered_to_completers")


@action("inventions", "write_off", "核销", "Write off", danger=True)
def write_off(a: Run, invention: Invention) -> None:
    """Write off an invested result; refused without a diligence file found diligent."""
    from trihelix.registers.inventions.models import DiligenceFile

    found = DiligenceFile.objects.filter(invention=a.record, finding="diligent", record__state__in=("found", "applied", "closed")).exists()
    a.require(found, "no_diligence", "核销须有认定为尽职的免责文件", field="finding")
    a.require(invention.separate_from, "not_separate", "只有单列管理的成果按单列办法核销", field="separate_from")


@action("inventions", "close", "结束", "Close")
def close(a: Run, invention: Invention) -> None:
    """Nothing more is expected of this result."""


@action("inventions", "separate", "纳入单列管理", "Enter the separate ledger", roles=OFFICE, fields=(
    Column("ledger_no", "text", "单列台账号", "Ledger number", required=True), Column("minutes", "text", "决定文号", "Decision", required=True),
    Column("value_method", "text", "价值确定方式", "Value method"), Column("book_wan", "money_wan", "账面价值", "Book value", unit="万元"),
    Column("from_on", "date", "起始日", "From"),
))  # fmt: skip
def separate(
    a: Run, invention: Invention, *, ledger_no: str, minutes: str, value_method: str = "", book_wan: int | None = None, from_on: dt.date | None = None
) -> None:  # fmt: skip
    """Enter the separate ledger. Refuses unclear title, secrets, one entered already, and a value at the research stage."""
    a.require(a.record.state in (*LIVE, "transferred", "rights_given"), "not_registered", "成果登记后才能单列管理", field="state")
    a.require(invention.separate_from is None or invention.separate_to, "already_separate", "该成果已单列管理", field="separate_from")
    a.require(invention.title_clear, "unclear_title", "权属不清的成果不能单列管理", field="title_clear")
    a.require(invention.secrecy == "none", "secret_result", "涉密成果不进入单列台账", field="secrecy")
    a.require(invention.stage != "research" or not book_wan, "research_no_value", "研究阶段的成果只登记、不入账价值", field="book_wan")
    taken = Invention.objects.filter(ledger_no=ledger_no).exclude(pk=invention.pk).exists()
    a.require(not taken, "ledger_no_taken", f"台账号 {ledger_no} 已使用", field="ledger_no", value=ledger_no)
    invention.ledger_no, invention.separate_from, invention.separate_to = ledger_no, from_on or a.today, None
    invention.value_method, invention.book_fen, invention.reviewed_on = value_method or "", book_wan, a.today
    a.extra["separate_decision"] = [None, minutes]


@action("inventions", "review_ledger", "年度清查", "Yearly review", roles=OFFICE, fields=(
    Column("book_wan", "money_wan", "账面价值", "Book value", unit="万元"), Column("note", "longtext", "清查意见", "Note", required=True),
))  # fmt: skip
def review_ledger(a: Run, invention: Invention, *, note: str, book_wan: int | None = None) -> None:
    """The yearly review of the separate ledger."""
    a.require(invention.separate_from and not invention.separate_to, "not_separate", "该成果未单列管理", field="separate_from")
    invention.reviewed_on, invention.book_fen = a.today, book_wan if book_wan is not None else invention.book_fen
    a.extra["ledger_review"] = [None, note]


@action("inventions", "leave_ledger", "移出单列台账", "Leave the separate ledger", roles=OFFICE, danger=True)
def leave_ledger(a: Run, invention: Invention) -> None:
    """Leave the separate ledger, with a reason."""
    a.require(a.reason, "reason_required", "移出台账须说明理由", field="reason")
    a.require(invention.separate_from and not invention.separate_to, "not_separate", "该成果未单列管理", field="separate_from")
    invention.separate_to = a.today


@action(
    "inventions",
    "put_to_use",
    "登记使用",
    "Record first use",
    roles=UNIT,
    fields=(Column("used_on", "date", "首次使用日期", "First used on", required=True),),
)
def put_to_use(a: Run, invention: Invention, *, used_on: dt.date) -> None:
    """The result is used: the idle timer stops."""
    a.require(used_on <= a.today, "future_date", "使用日期不能晚于今天", field="used_on")
    invention.used_on = used_on


@action("inventions", "free_to_act", "闲置满期提示", "Flag as idle", hidden=True, roles=("system",))
def free_to_act(a: Run, invention: Invention) -> None:
    """Idle for the book's months: completers may act themselves, the unit must help."""
    invention.idle_flagged_on = a.today
    a.notify(
        f"成果闲置已满期，完成人可自行转化，单位应予协助：{a.record.title}",
        roles=("owner", "completer"),
        en=f"Idle: completers may act: {a.record.title}",
    )


def idle_of(invention: Invention, on: dt.date) -> Idle | None:
    """The idle timer of a result; it starts at registration, else at grant."""
    since = invention.registered_on or invention.granted_on
    return idle(since, on, share_book(), invention.used_on) if since else None


@tick("inventions_idle", every=86400)
def flag_idle(now: dt.datetime) -> int:
    """Flag every result that lay idle for the book's months, once."""
    count, today = 0, clock.local_date(now)
    rows = Invention.objects.filter(record__state__in=LIVE, idle_flagged_on=None, used_on=None)
    for invention in rows.exclude(record__in=Transfer.objects.exclude(signed_on=None).values("invention")):
        found = idle_of(invention, today)
        if found is not None and found.state == "free_to_act":
            free_to_act(by=SYSTEM, record=invention.record, now=now)
            count += 1
    return count


@action("inventions", "award_grant", "核定授权奖励", "Award at grant", roles=OFFICE, fields=(
    Column("patent_kind", "choice", "专利类型", "Kind of patent", required=True, choices={
        "invention": ("发明", "Invention"), "utility_model": ("实用新型", "Utility model"), "design": ("外观设计", "Design")}),
    Column("agreed_yuan", "money_yuan", "约定奖励", "Agreed award", unit="元", help="留空按法定下限"),
))  # fmt: skip
def award_grant(a: Run, invention: Invention, *, patent_kind: str, agreed_yuan: int | None = None) -> None:
    """The award for a granted patent, split by the completers' shares, due within three months. Refuses results not granted."""
    a.require(invention.granted_on, "not_granted", "尚未授权，没有授权奖励", field="granted_on")
    people = {str(r.get("person") or r["name"]): exact(str(r["ratio"])) for r in invention.completers}
    award = patent_award(patent_kind, invention.granted_on, people, share_book(), agreed_yuan)  # type: ignore[arg-type]
    parts = "、".join(f"{n} {format_fen(v)} 元" for n, v in award.inventors.items())
    a.extra["award"] = [None, {"total_fen": award.total, "due": str(award.due), "parts": dict(award.inventors), "source": award.source}]
    a.notify(
        f"授权奖励应于 {award.due} 前发放：{parts}",
        roles=("owner", "completer"),
        key="award",
        en=f"Award at grant due by {award.due}: {a.record.title}",
    )
