"""The only writers of networks, members and commitments."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM, Actor
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.networks import composition
from trihelix.registers.networks.models import AnnualReport, Commitment, Evaluation, Member, Network
from trihelix.registers.networks.queries import active_bodies, is_active
from trihelix.registers.networks.sheets import alliances as sheets

WRITERS = ("owner", "node", "officer", "operator")
FAILS = 2  # failed evaluations in a row after which a network may be removed for it; a common pattern, no Jilin rule was seen


def leads(by: Actor, network: Record) -> bool:
    """Whether the actor speaks for the lead body of a network, its market node or the department."""
    return by.system or by.sees_all or network.owner_id in by.bodies or (network.node_id is not None and network.node_id in by.node_ids)


def create_for(a: Run, entry: Any, values: dict[str, Any], owner: Record | None = None) -> None:
    """Create a record in the name of another body (``owner``, else the one named), where the calling act allows it to who acts."""
    named = owner or (find(register_of("bodies"), values["owner"], a.by) if values.get("owner") else None)
    rest = {k: v for k, v in values.items() if k != "owner"}
    if named is None or named.pk in a.by.bodies or a.by.sees_all or not a.by.bodies:
        create_entry(a, entry, rest if named else values, named)
        return
    create_entry(a, entry, rest, Record.objects.get(pk=min(a.by.bodies)))
    a.record.owner = named


def chair_takes_part(a: Run, network: Record) -> None:
    """The lead body takes part in what belongs to its network, and the record is linked to it."""
    a.link(network, "network")
    if network.owner is not None:
        a.admit("chair", body=network.owner)


def members_only(a: Run, network: Record) -> None:
    """Refuse bodies that are not members of the network today."""
    allowed = leads(a.by, network) or (a.record.owner is not None and is_active(network, a.record.owner))
    a.require(allowed, "not_a_member", f"“{network.title}” 的成员才能办理", field="network", value=network.number)


@action("networks", "create", "筹建联合体（联盟）", "New network", creates=True, roles=("owner", "officer", "operator"))
def prepare(a: Run, network: Network, **values: Any) -> None:
    """Prepare a network; the lead body becomes its first member."""
    create_entry(a, network, values)
    a.record.visibility = "node"
    a.after_saved(lambda: _lead_joins(a, network))


def _lead_joins(a: Run, network: Network) -> None:
    if a.record.owner is not None and a.record.owner.register == "bodies":
        register_of("network_members").acts["create"].run(
            by=SYSTEM, title=a.record.owner.title, owner=str(a.record.owner.uid), network=str(a.record.uid), role="lead", layer="core", now=a.now
        )  # fmt: skip


@action("networks", "submit", "申请备案", "Ask for filing", safe=True)
def submit(a: Run, network: Network) -> None:
    """Ask for filing. Refuses an incomplete file, and members that are not those the book's rule asks for, clause by clause."""
    composition.require(composition.of_network(network, "filing", a.today), "members")


@action("networks", "return", "退回补正", "Return")
def send_back(a: Run, network: Network) -> None:
    """Send back with what is missing."""
    a.notify(f"备案退回补正：{network.title}（{a.reason}）", roles=("owner",), en=f"Filing returned: {network.title}")


@action("networks", "file", "备案", "File", fields=(
    Column("filed_on", "date", "备案日期", "Filed on", required=True), Column("batch", "text", "批次", "Batch", required=True), Column("filing_no", "text", "备案文号", "Filing number"),
))  # fmt: skip
def file_network(a: Run, network: Network, *, filed_on: dt.date, batch: str, filing_no: str = "") -> None:
    """File with day and batch; filed networks are public. Refuses as at the request: by the rule of the day of filing."""
    a.require(filed_on <= a.today, "date_future", "备案日期不能晚于今天", field="filed_on")
    signed = network.agreement_signed_on
    a.require(signed is None or signed <= filed_on, "date_order", "备案日期早于协议签订日期", field="filed_on")
    composition.require(composition.of_network(network, "filing", filed_on), "members")
    network.filed_on, network.batch, network.filing_no = filed_on, batch, filing_no or network.filing_no
    a.record.visibility = "public"
    a.notify(
        f"已备案：{network.title}（{batch}）", bodies=active_bodies(a.record).values_list("pk", flat=True), en=f"Filed: {network.title}"
    )


@action("networks", "run", "开始运行", "Start running", safe=True)
def start_running(a: Run, network: Network) -> None:
    """The network starts its work."""
    network.founded_on = network.founded_on or a.today


@action("networks", "evaluate", "评估", "Evaluate", fields=(
    Column("year", "integer", "年度", "Year", required=True), Column("grade", "choice", "结论", "Grade", required=True, choices=sheets.GRADES),
    Column("score", "decimal", "得分", "Score"), Column("opinion", "longtext", "意见", "Opinion", required=True),
))  # fmt: skip
def evaluate(a: Run, network: Network, *, year: int, grade: str, opinion: str, score: Decimal | None = None) -> None:
    """Evaluate a year, once. Members fewer than the rule keeps cannot pass. A failed one starts a period to put things right; failures in a row are counted."""
    a.require(2000 <= year <= a.today.year, "out_of_range", "年度不合理，请核对", field="year", value=year)
    held = Evaluation.objects.filter(network=a.record)
    a.require(not held.filter(year=year).exists(), "evaluated_already", f"{year} 年度已评估", field="year", value=year)
    a.require(not held.filter(year__gt=year).exists(), "later_evaluated", "以后年度已评估，不能补评更早年度", field="year", value=year)
    reported = AnnualReport.objects.filter(network=a.record, year=year, record__state__in=("submitted", "accepted")).exists()
    a.require(
        reported or grade == "fail", "report_missing", f"未提交 {year} 年度报告，不能评为合格以上", field="grade", clause="年报与评估"
    )
    if grade != "fail":
        composition.require(composition.of_network(network, "evaluation", a.today), "grade")
    Evaluation.objects.create(network=a.record, year=year, grade=grade, score=score, opinion=opinion, decided_on=a.today)
    a.extra["evaluation"] = [None, {"year": year, "grade": grade, "score": str(score) if score is not None else None}]
    network.grade, network.evaluated_on = grade, a.today
    network.fails = network.fails + 1 if grade == "fail" else 0
    network.rectify_until = book.current().due("network.rectify", a.today)[0] if grade == "fail" else None
    if grade == "fail":
        a.go("rectifying")
    label = sheets.GRADES[grade]
    a.notify(
        f"评估结论：{label[0]}（{network.title}，{year} 年度）", roles=("owner",), en=f"Evaluation {year}: {label[1]} ({network.title})"
    )


@action(
    "networks",
    "put_right",
    "整改验收",
    "Accept the corrections",
    fields=(Column("note", "longtext", "验收意见", "Opinion", required=True),),
)
def put_right(a: Run, network: Network, *, note: str) -> None:
    """Accept the corrections; the failed evaluation stays counted until one is passed."""
    a.extra["corrections"] = [None, note]
    network.rectify_until = None


@action("networks", "remove", "移出", "Remove", danger=True)
def remove(a: Run, network: Network) -> None:
    """Remove. From putting right: after two failures in a row, or once the period has passed."""
    if a.record.state == "rectifying":
        over = network.rectify_until is not None and a.today > network.rectify_until
        a.require(
            network.fails >= FAILS or over, "not_yet", f"连续 {FAILS} 次不合格或整改期满（{network.rectify_until}）后方可移出", field="state", clause="动态退出",
        )  # fmt: skip
    _end(a, network)


@action("networks", "dissolve", "解散退出", "Dissolve", danger=True)
def dissolve(a: Run, network: Network) -> None:
    """The network ends by its own will."""
    _end(a, network)


def _end(a: Run, network: Network) -> None:
    network.ended_on = a.today
    bodies = list(active_bodies(a.record).values_list("pk", flat=True))
    a.notify(f"联合体（联盟）终止：{network.title}（{a.reason}）", bodies=bodies, en=f"The network ended: {network.title}")


@action("network_members", "create", "申请加入", "Apply to join", creates=True, roles=WRITERS)
def join(a: Run, member: Member, **values: Any) -> None:
    """Apply for a body. Refuses ended networks and a second membership; who leads the network admits at once."""
    network = find(register_of("networks"), values.get("network"), a.by)
    if leads(a.by, network):
        create_for(a, member, values)
    else:
        create_entry(a, member, values)
    a.require(network.state not in ("removed", "dissolved"), "not_live", "该联合体（联盟）已终止", field="network", value=network.number)
    if a.record.owner is None and member.broker is not None:
        a.record.owner = member.broker.owner
    member.body = a.record.owner
    same = Member.objects.filter(network=network, left_on=None, broker=member.broker)
    if member.broker is None:
        a.require(member.body is not None, "required", "请填写成员单位", field="owner")
        same = same.filter(body=member.body)
    a.require(not same.exists(), "member_already", "已是成员或已申请", field="owner", value=a.record.title)
    a.record.node = network.node
    if leads(a.by, network):
        member.joined_on = member.joined_on or a.today
        a.record.state, a.record.visibility = "active", "public"
    a.after_saved(lambda: _joined(a, network))


def _joined(a: Run, network: Record) -> None:
    chair_takes_part(a, network)
    if a.record.state == "active":
        sync_posts(a, network)
    elif network.owner_id:
        a.notify(f"申请加入：{a.record.title}（{network.title}）", roles=("chair",), en=f"Application to join: {a.record.title}")


@action("network_members", "admit", "接纳", "Admit", fields=(
    Column("joined_on", "date", "加入日期", "Joined on"), Column("layer", "choice", "层级", "Layer", choices=sheets.LAYERS), Column("role", "choice", "身份", "Role", choices=sheets.ROLES),
))  # fmt: skip
def admit(a: Run, member: Member, *, joined_on: dt.date | None = None, layer: str = "", role: str = "") -> None:
    """Admit; from now on the member sees what is posted to members."""
    member.joined_on = joined_on or a.today
    a.require(member.joined_on <= a.today, "date_future", "加入日期不能晚于今天", field="joined_on")
    member.layer, member.role = layer or member.layer, role or member.role
    a.record.visibility = "public"
    a.after_saved(lambda: sync_posts(a, member.network))
    a.notify(f"已接纳为成员：{member.network.title}", roles=("owner",), en=f"Admitted: {member.network.title}")


@action("network_members", "refuse", "不接纳", "Refuse")
def refuse_member(a: Run, member: Member) -> None:
    """Refuse with the reason; the body may apply again."""
    member.left_on, member.left_why = a.today, a.reason[:300]
    a.notify(f"加入申请未接纳：{member.network.title}（{a.reason}）", roles=("owner",), en=f"Application refused: {member.network.title}")


@action("network_members", "leave", "退出", "Leave", danger=True)
def leave(a: Run, member: Member) -> None:
    """Leave with the reason. The lead stays until another leads; commitments still open are named."""
    a.require(
        member.role != "lead" or member.network.state in ("removed", "dissolved"),
        "lead_stays",
        "牵头单位退出前请先变更牵头单位",
        field="role",
    )
    open_ones = Commitment.objects.filter(network=member.network, record__owner=a.record.owner, record__state="promised").values_list(
        "record__number", flat=True
    )
    a.extra["open_commitments"] = [None, list(open_ones)]
    member.left_on, member.left_why = a.today, a.reason[:300]
    a.after_saved(lambda: sync_posts(a, member.network))
    a.notify(f"成员退出：{a.record.title}（{a.reason}）", roles=("chair", "owner"), en=f"A member left: {a.record.title}")


def sync_posts(a: Run, network: Record) -> None:
    """What stands posted to members follows the membership; scenes of other registers through their own act."""
    posted = Record.objects.filter(links_out__target=network, links_out__kind="network", state="members").order_by("pk")
    for record in posted.distinct():
        acts = register_of(record.register).acts
        if "sync_members" in acts:
            acts["sync_members"].run(by=SYSTEM, record=record, now=a.now)


@action("network_commitments", "create", "作出承诺", "Promise", creates=True, roles=WRITERS)
def promise(a: Run, made: Commitment, **values: Any) -> None:
    """A member promises something by a day."""
    create_entry(a, made, values)
    members_only(a, made.network)
    a.require(
        a.record.owner is None or is_active(made.network, a.record.owner),
        "not_a_member",
        "承诺单位不是该联合体（联盟）的在册成员",
        field="owner",
    )
    made.promised_on = made.promised_on or a.today
    a.record.node, a.record.visibility = made.network.node, "owner"
    a.after_saved(lambda: chair_takes_part(a, made.network))


@action("network_commitments", "deliver", "报告交付", "Report delivery", fields=sheets.DELIVERED)
def deliver(a: Run, made: Commitment, *, delivered: str, delivered_on: dt.date, delivered_wan: int | None = None) -> None:
    """Report what came. Money promised needs the amount."""
    a.require(delivered_on <= a.today, "date_future", "交付日期不能晚于今天", field="delivered_on")
    a.require(made.kind != "money" or delivered_wan, "required", "资金承诺须填写到位金额", field="delivered_wan")
    a.require(delivered_wan is None or delivered_wan >= 0, "negative", "金额不能为负", field="delivered_wan")
    made.delivered, made.delivered_on, made.delivered_fen = delivered, delivered_on, delivered_wan


@action("network_commitments", "confirm", "确认交付", "Confirm", safe=True)
def confirm(a: Run, made: Commitment) -> None:
    """The chair confirms that it came. Nobody confirms their own."""
    a.require(
        a.by.sees_all or a.record.owner_id not in a.by.bodies or a.record.owner_id == made.network.owner_id,
        "own_delivery",
        "不能自行确认",
        field="act",
    )
    made.confirmed_on = a.today


@action("network_commitments", "dispute", "未到位退回", "Not delivered")
def dispute(a: Run, made: Commitment) -> None:
    """It did not come; the promise is open again."""
    made.delivered, made.delivered_on, made.delivered_fen = "", None, None
    a.notify(f"交付未确认：{made.title}（{a.reason}）", roles=("owner",), en=f"Delivery not confirmed: {made.title}")
