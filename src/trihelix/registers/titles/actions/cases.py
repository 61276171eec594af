"""Title cases: filed, checked as the channel says, routed by series, speciality and level, decided by votes, granted after notice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action
from trihelix.kernel.models import Record, User
from trihelix.kernel.standard import create_entry
from trihelix.kernel.validity import in_force
from trihelix.registers.platforms.life import OWN
from trihelix.registers.policies.models import Recognition
from trihelix.registers.titles.channels import Channel, channels, votes
from trihelix.registers.titles.flow import OPEN
from trihelix.registers.titles.models import Committee, TitleCase


def _channel(case: TitleCase) -> Channel:
    return channels()[case.channel]


def _working(start: dt.date, days: int) -> dt.date:
    return book.current().calendar.add(start, days, kind="working").date


@action("title_cases", "create", "申报职称", "File for a title", creates=True, roles=OWN)
def file(a: Run, case: TitleCase, **values: Any) -> None:
    """A draft of the employer or its person. Refuses a channel that is not open to the employer."""
    create_entry(a, case, values)
    a.require(a.record.owner is not None, "required", "请填写所在单位", field="owner")
    _course_is_empty(case)
    _open_to(a, case)
    a.record.visibility = "owner"
    if case.applicant is not None:
        users = User.objects.filter(person=case.applicant, is_active=True).values_list("pk", flat=True)
        a.after_saved(lambda: [a.admit("applicant", user_id=u) for u in users] and None)


def _course_is_empty(case: TitleCase) -> None:
    """What the course of the case writes is not taken from a form."""
    for name in (
        "unit_notice_from",
        "unit_notice_to",
        "committee",
        "reviewed_on",
        "defence",
        "attended",
        "agreed",
        "publicity_from",
        "publicity_to",
        "granted_on",
    ):
        setattr(case, name, None)
    case.conclusion = case.certificate_no = ""
    case.originals_checked = False


def _open_to(a: Run, case: TitleCase) -> None:
    """The channel's conditions on the employer: its kind, and a recognition in force where the channel wants one."""
    channel, owner = _channel(case), a.record.owner
    if owner is None:
        return
    fits = not channel.employer_kinds or owner.entry.kind in channel.employer_kinds
    a.require(fits, "channel_employer", f"{channel.zh}只面向企业", field="channel", value=case.channel, clause=channel.source)
    if channel.recognitions:
        held = Recognition.objects.filter(in_force(a.today), record__owner=owner, title_kind__in=channel.recognitions)
        held = held.exclude(record__state__in=("removed", "expired"))
        a.require(
            held.exists(),
            "recognition_missing",
            f"{channel.zh}须有有效的专精特新认定；请先在“资格认定”中登记",
            field="channel",
            value=case.channel,
            clause=channel.source,
        )


def _only_one(a: Run, case: TitleCase) -> None:
    same = TitleCase.objects.filter(year=case.year, series=case.series, level=case.level, record__state__in=(*OPEN, "granted")).exclude(
        pk=case.pk
    )
    who = (
        Q(applicant=case.applicant)
        if case.applicant_id
        else Q(applicant=None, applicant_name=case.applicant_name, record__owner=a.record.owner)
    )
    twin = same.filter(who).exclude(record__state="draft").first()
    a.require(
        twin is None,
        "already_filed",
        f"该申报人本年度同系列同级别已有申报（{twin.number if twin else ''}）",
        field="applicant",
        value=case.year,
    )


@action("title_cases", "submit", "提交申报", "Submit")
def submit(a: Run, case: TitleCase) -> None:
    """Submit; the channel says who checks first. Refuses a second case of the person for the same year, series and level."""
    _open_to(a, case)
    _only_one(a, case)
    a.require(case.works, "required", "请至少填写一项业绩成果", field="works")
    a.go("unit_check" if _channel(case).unit_check else "upward_check")
    a.record.visibility = "node"


@action("title_cases", "pass_unit", "单位审核通过并公示", "Pass and give notice", fields=(
    Column("originals_checked", "boolean", "原件已核", "Originals checked", required=True), Column("unit_notice_from", "date", "公示起", "Notice from", help="留空为今天"),
))  # fmt: skip
def pass_unit(a: Run, case: TitleCase, *, originals_checked: bool, unit_notice_from: dt.date | None = None) -> None:
    """The employer checked the originals and gives notice for the working days of the channel."""
    a.require(originals_checked, "originals_unchecked", "请先核对原件", field="originals_checked")
    case.originals_checked, case.unit_notice_from = True, unit_notice_from or a.today
    case.unit_notice_to = _working(case.unit_notice_from, _channel(case).unit_notice_days)


@action("title_cases", "end_notice", "公示期满上报", "Send up after notice")
def end_notice(a: Run, case: TitleCase) -> None:
    """After the notice: to the department, or on the direct channel straight to the committee. Refuses before the notice is over."""
    a.require(
        case.unit_notice_to and case.unit_notice_to < a.today,
        "notice_runs",
        f"单位公示至 {case.unit_notice_to}，期满后再上报",
        field="unit_notice_to",
    )
    if _channel(case).upward_check:
        a.go("upward_check")
        return
    _open_to(a, case)
    _route(a, case)
    a.go("routed")


@action("title_cases", "pass_upward", "审核通过并分送评审", "Pass and route")
def pass_upward(a: Run, case: TitleCase) -> None:
    """The department checked; the system routes the case. Refuses where no standing committee fits."""
    _route(a, case)


def _route(a: Run, case: TitleCase) -> None:
    """The committee of the employer first, then one named for the speciality, then one for the whole series; the oldest of equals."""
    rows = Committee.objects.filter(series=case.series, record__state="standing", valid_to__gte=a.today).select_related("authorisation")
    fits = [c for c in rows if case.level in c.levels and (not c.specialities or case.speciality in c.specialities)]
    fits = [c for c in fits if _may_take(c, a.record.owner)]
    fits.sort(key=lambda c: (c.record.owner_id != a.record.owner_id, not c.specialities, c.pk))
    if not fits:
        a.refuse("no_committee", "没有在任的评审委员会受理该系列、专业与级别", field="level", value=case.level)
    case.committee = fits[0].record
    a.admit("committee", body=fits[0].record.owner)


def _may_take(committee: Committee, employer: Record | None) -> bool:
    """A firm's committee takes its own people only, and only while the authorisation holds."""
    if committee.authorisation is None:
        return True
    return committee.authorisation.state == "valid" and employer is not None and committee.record.owner_id == employer.pk


@action("title_cases", "send_back", "退回修改", "Send back", danger=True)
def send_back(a: Run, case: TitleCase) -> None:
    """Back to the draft with the reason: the course starts anew, a committee that had it lets it go."""
    _course_is_empty(case)
    a.record.participants.filter(role="committee", until=None).update(until=a.now)
    a.record.visibility = "owner"


@action("title_cases", "review", "登记评审表决", "Record the vote", fields=(
    Column("attended", "integer", "出席委员", "Attended", unit="人", required=True), Column("agreed", "integer", "同意票", "Agreed", unit="票", required=True),
    Column("reviewed_on", "date", "评审日期", "Reviewed on", help="留空为今天"), Column("defence", "boolean", "已答辩", "Defended"), Column("conclusion", "longtext", "评审结论", "Conclusion", required=True),
))  # fmt: skip
def review(
    a: Run, case: TitleCase, *, attended: int, agreed: int, conclusion: str, reviewed_on: dt.date | None = None, defence: bool | None = None
) -> None:
    """Record the vote: the book's shares decide. Refuses a vote with too few members, or with more votes than members."""
    day, size = reviewed_on or a.today, case.committee.entry.size
    a.require(day <= a.today, "date_future", "评审日期不能在今天之后", field="reviewed_on", value=str(day))
    a.require(0 <= agreed <= attended <= size, "vote_numbers", f"票数应满足 0 ≤ 同意 ≤ 出席 ≤ {size}", field="agreed", value=agreed)
    passed = votes().passed(size, attended, agreed)
    a.require(passed is not None, "quorum", f"出席委员不足总数的 {votes().attendance}，表决无效", field="attended", value=attended)
    case.attended, case.agreed, case.conclusion, case.reviewed_on, case.defence = attended, agreed, conclusion, day, defence
    a.go("passed" if passed else "failed")
    if not passed:
        a.notify(f"职称评审未通过：{case.title}", roles=("owner", "author"), en=f"Title not passed: {case.title}")


@action(
    "title_cases", "announce", "公示", "Publish", fields=(Column("publicity_from", "date", "公示起", "Notice from", help="留空为今天"),)
)
def announce(a: Run, case: TitleCase, *, publicity_from: dt.date | None = None) -> None:
    """Notice for the working days of the channel; signed-in accounts see it and may object."""
    case.publicity_from = publicity_from or a.today
    case.publicity_to = _working(case.publicity_from, _channel(case).notice_days)
    a.record.visibility = "members"


@action("title_cases", "object", "实名异议", "Object", fields=(
    Column("objector", "text", "异议人（单位）与联系方式", "Objector", required=True), Column("text", "longtext", "异议与证据", "Objection", required=True),
))  # fmt: skip
def object_to(a: Run, case: TitleCase, *, objector: str, text: str) -> None:
    """A named objection with evidence. Refuses after the notice."""
    a.require(case.publicity_to and a.today <= case.publicity_to, "notice_over", f"公示已于 {case.publicity_to} 结束", field="publicity_to")
    case.objector, case.objection = objector, text


@action("title_cases", "settle", "核查结论", "Settle the objection", fields=(
    Column("upheld", "boolean", "异议成立", "Upheld", required=True), Column("finding", "longtext", "核查情况", "Finding", required=True),
))  # fmt: skip
def settle(a: Run, case: TitleCase, *, upheld: bool, finding: str) -> None:
    """An upheld objection ends the case; otherwise the notice goes on."""
    case.finding = finding
    a.go("failed" if upheld else "publicity")


@action("title_cases", "grant", "公示期满授予", "Grant", fields=(
    Column("certificate_no", "text", "证书编号", "Certificate", required=True), Column("granted_on", "date", "取得日期", "Granted on", help="留空为评审日期"),
))  # fmt: skip
def grant(a: Run, case: TitleCase, *, certificate_no: str, granted_on: dt.date | None = None) -> None:
    """Grant after the notice. Refuses before it is over, and a certificate number given before."""
    a.require(
        case.publicity_to and case.publicity_to < a.today, "notice_runs", f"公示至 {case.publicity_to}，期满后再授予", field="publicity_to"
    )
    number = certificate_no.strip()
    a.require(
        not TitleCase.objects.filter(certificate_no=number).exclude(pk=case.pk).exists(),
        "certificate_taken",
        "证书编号已使用",
        field="certificate_no",
    )
    day = granted_on or case.reviewed_on or a.today
    a.require(day <= a.today, "date_future", "取得日期不能在今天之后", field="granted_on", value=str(day))
    case.certificate_no, case.granted_on = number, day
    a.record.visibility = "node"
