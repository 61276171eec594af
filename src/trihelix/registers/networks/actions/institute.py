"""The only writers of institutes, seats, resolutions, laboratories, parks, tenancies and their investment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.networks import composition
from trihelix.registers.networks.actions.alliances import create_for, leads
from trihelix.registers.networks.actions.limits import require_room
from trihelix.registers.networks.models import CouncilSeat, Institute, InstituteLab, Park, Resolution, Tenancy, TenantInvestment
from trihelix.registers.networks.queries import is_active
from trihelix.registers.networks.sheets import institute as sheets

WRITERS = ("owner", "node", "officer", "operator")


def whose(a: Run, of: Any) -> Record:
    """The institute or network that a record belongs to; refuses who does not speak for it."""
    target: Record = of.institute or of.network
    a.require(leads(a.by, target), "not_yours", f"您不能代表 “{target.title}” 办理", field="institute" if of.institute else "network")
    return target


def under(a: Run, target: Record) -> None:
    """Link to the institute or network; its body takes part as chair."""
    a.link(target, "institute" if target.register == "institutes" else "network")
    if target.owner is not None and target.owner_id != a.record.owner_id:
        a.admit("chair", body=target.owner)


@action("institutes", "create", "登记研究院（所）", "New institute", creates=True, roles=("owner", "officer", "operator"))
def found(a: Run, institute: Institute, **values: Any) -> None:
    """Enter an institute, or a professional institute below one."""
    create_entry(a, institute, values)
    a.record.visibility = "node"
    a.after_saved(lambda: [a.link(t, k) for t, k in ((institute.parent, "parent"), (institute.network, "network")) if t is not None])


@action("institutes", "open", "批准运行", "Open", safe=True)
def open_institute(a: Run, institute: Institute) -> None:
    """Open: a provincial institute needs its charter, a serving chair and the council that the rule asks for; a professional one an open parent."""
    if institute.kind == "provincial":
        chair = CouncilSeat.objects.filter(institute=a.record, organ="council", position="chair", record__state="serving").exists()
        a.require(institute.charter and institute.charter_on, "charter_missing", "请先填写章程要点与通过日期", field="charter")
        a.require(chair, "chair_missing", "请先登记在任的理事长", field="state")
        composition.require(composition.of_institute(institute, a.today), "state")
    else:
        a.require(
            institute.parent is not None and institute.parent.state == "running", "parent_closed", "上级研究院尚未运行", field="parent"
        )
    institute.founded_on = institute.founded_on or a.today
    a.record.visibility = "public"


@action("institutes", "close", "撤销", "Close", danger=True)
def close_institute(a: Run, institute: Institute) -> None:
    """Close with the reason."""
    institute.closed_on = a.today


@action("council_seats", "create", "提名席位", "Nominate", creates=True, roles=WRITERS)
def nominate(a: Run, seat: CouncilSeat, **values: Any) -> None:
    """Nominate for a seat; the sending body may be any body."""
    create_for(a, seat, values)
    target = whose(a, seat)
    a.record.node, a.record.visibility = target.node, "node"
    a.after_saved(lambda: under(a, target))


@action("council_seats", "seat", "就任", "Take the seat", fields=(
    Column("starts_on", "date", "任职日期", "From", required=True), Column("term_to", "date", "任期至", "Term to", required=True),
))  # fmt: skip
def take_seat(a: Run, seat: CouncilSeat, *, starts_on: dt.date, term_to: dt.date) -> None:
    """Take the seat. Refuses a second chair of the same organ."""
    a.require(starts_on <= a.today and starts_on < term_to, "date_order", "任职日期应不晚于今天且早于任期届满", field="starts_on")
    if seat.position == "chair":
        held = CouncilSeat.objects.filter(
            institute=seat.institute, network=seat.network, organ=seat.organ, position="chair", record__state="serving"
        )
        a.require(not held.exists(), "chair_held", "该机构已有在任的理事长（主任），请先办理卸任", field="position")
    seat.starts_on, seat.term_to = starts_on, term_to
    a.record.visibility = "public"


@action("council_seats", "renew", "连任", "Renew", fields=(Column("term_to", "date", "任期至", "Term to", required=True),))
def renew_seat(a: Run, seat: CouncilSeat, *, term_to: dt.date) -> None:
    """Another term."""
    a.require(seat.term_to is None or term_to > seat.term_to, "date_order", "新任期应晚于原任期", field="term_to")
    seat.term_to = term_to


@action("council_seats", "end", "卸任", "End")
def end_seat(a: Run, seat: CouncilSeat) -> None:
    """Leave the seat."""
    seat.ended_on = a.today


@action("council_resolutions", "create", "提请审议", "Table a resolution", creates=True, roles=WRITERS)
def table(a: Run, resolution: Resolution, **values: Any) -> None:
    """Table a resolution of an institute's or network's council."""
    create_entry(a, resolution, values)
    target = whose(a, resolution)
    a.record.node, a.record.visibility = target.node, "node"

    def admit() -> None:
        under(a, target)
        if resolution.in_charge is not None:
            a.admit("in_charge", body=resolution.in_charge)

    a.after_saved(admit)


@action("council_resolutions", "vote", "登记表决", "Record the vote", fields=sheets.VOTE)
def vote(a: Run, resolution: Resolution, *, in_favour: int | None = None, against: int | None = None, abstained: int | None = None) -> None:
    """Record the vote; adopted with more than half of the votes cast. Refuses more votes than serving seats, where seats are entered."""
    counts = [in_favour or 0, against or 0, abstained or 0]
    a.require(in_favour is not None and min(counts) >= 0 and sum(counts) > 0, "votes_missing", "请填写表决票数", field="in_favour")
    seats = CouncilSeat.objects.filter(
        institute=resolution.institute, network=resolution.network, organ="council", record__state="serving"
    ).count()
    a.require(
        not seats or sum(counts) <= seats,
        "more_than_seats",
        f"票数合计 {sum(counts)} 超过在任席位 {seats}",
        field="in_favour",
        value=sum(counts),
    )
    resolution.in_favour, resolution.against, resolution.abstained = counts
    if counts[0] * 2 <= sum(counts):
        a.go("rejected")
    elif resolution.in_charge_id:
        a.notify(f"决议通过，请落实：{resolution.title}", roles=("in_charge",), en=f"Adopted, please carry out: {resolution.title}")


@action("council_resolutions", "carry_out", "登记落实", "Carried out", fields=(
    Column("outcome", "longtext", "落实情况", "Outcome", required=True), Column("done_on", "date", "落实日期", "Carried out on", required=True),
))  # fmt: skip
def carry_out(a: Run, resolution: Resolution, *, outcome: str, done_on: dt.date) -> None:
    """Carried out, how and when."""
    a.require(resolution.met_on <= done_on <= a.today, "date_order", "落实日期应在会议日与今天之间", field="done_on")
    resolution.outcome, resolution.done_on = outcome, done_on


@action("institute_labs", "create", "拟建企业重点实验室", "New laboratory", creates=True, roles=WRITERS)
def propose_lab(a: Run, lab: InstituteLab, **values: Any) -> None:
    """Propose a laboratory of a professional institute with a firm. With a network named, the firm is its member."""
    institute = find(register_of("institutes"), values.get("institute"), a.by)
    if leads(a.by, institute):
        create_for(a, lab, values)
    else:
        create_entry(a, lab, values)
    a.require(
        lab.network is None or is_active(lab.network, a.record.owner), "not_a_member", "企业不是该联合体（联盟）的在册成员", field="network"
    )
    a.record.node, a.record.visibility = institute.node, "node"

    def admit() -> None:
        a.link(institute, "institute")
        if lab.network is not None:
            a.link(lab.network, "network")
        if institute.owner is not None:
            a.admit("institute", body=institute.owner)

    a.after_saved(admit)


@action("institute_labs", "open", "揭牌运行", "Open", fields=(Column("opened_on", "date", "揭牌日期", "Opened on", required=True),))
def open_lab(a: Run, lab: InstituteLab, *, opened_on: dt.date) -> None:
    """Open on a day that is not to come."""
    a.require((lab.agreed_on or opened_on) <= opened_on <= a.today, "date_order", "揭牌日期应在签约日与今天之间", field="opened_on")
    lab.opened_on, a.record.visibility = opened_on, "public"


@action("institute_labs", "close", "撤销", "Close", danger=True)
def close_lab(a: Run, lab: InstituteLab) -> None:
    """Close with the reason."""
    lab.closed_on = a.today


@action("parks", "create", "登记园区", "New park", creates=True, roles=WRITERS)
def enter_park(a: Run, park: Park, **values: Any) -> None:
    """Enter a park with its area."""
    create_entry(a, park, values)
    a.after_saved(lambda: a.link(park.institute, "institute") if park.institute is not None else None)


@action("parks", "open", "投入运营", "Open", safe=True)
def open_park(a: Run, park: Park) -> None:
    """Open: firms may apply."""
    park.opened_on = park.opened_on or a.today
    a.record.visibility = "public"


@action("parks", "close", "关闭", "Close", danger=True)
def close_park(a: Run, park: Park) -> None:
    """Close. Refuses while tenants are in it."""
    active = Tenancy.objects.filter(park=a.record, record__state="active").count()
    a.require(not active, "tenants_inside", f"尚有 {active} 户企业在驻", field="state")
    park.closed_on = a.today


@action("tenancies", "create", "申请入驻", "Apply for a place", creates=True, roles=WRITERS)
def apply_for(a: Run, tenancy: Tenancy, **values: Any) -> None:
    """A firm applies for a place. Refuses closed parks and a second place. The park's operator may enter it for the firm."""
    park = find(register_of("parks"), values.get("park"), a.by)
    if leads(a.by, park):
        create_for(a, tenancy, values)
    else:
        create_entry(a, tenancy, values)
    a.require(park.state == "open", "not_open", "该园区未运营", field="park", value=park.number)
    tenancy.firm, tenancy.asked_on = a.record.owner, tenancy.asked_on or a.today
    live = Tenancy.objects.filter(park=park, firm=tenancy.firm, record__state__in=("asked", "agreed", "active"))
    a.require(not live.exists(), "tenant_already", "该企业已申请或已入驻", field="owner")
    a.require(tenancy.moved_in_on is None and tenancy.moved_out_on is None, "move_by_act", "入驻、迁出日期由办理填写", field="moved_in_on")
    a.record.node, a.record.visibility = park.node, "owner"

    def admit() -> None:
        a.link(park, "park")
        if park.owner is not None:
            a.admit("landlord", body=park.owner)

    a.after_saved(admit)


@action(
    "tenancies",
    "agree",
    "同意入驻",
    "Agree",
    fields=(
        Column("area_m2", "integer", "使用面积", "Area", unit="平方米", required=True),
        Column("lease_to", "date", "租期至", "Lease to"),
    ),
)
def agree(a: Run, tenancy: Tenancy, *, area_m2: int, lease_to: dt.date | None = None) -> None:
    """Agree to a place. The park is locked, so that its area is given once."""
    a.require(area_m2 > 0, "not_positive", "面积须大于零", field="area_m2")
    require_room(a, tenancy.park, area_m2, a.record)
    tenancy.area_m2, tenancy.lease_to = area_m2, lease_to or tenancy.lease_to
    a.notify(f"同意入驻：{tenancy.park.title}", roles=("owner",), en=f"You have a place: {tenancy.park.title}")


@action("tenancies", "refuse", "不同意", "Refuse")
def refuse_tenant(a: Run, tenancy: Tenancy) -> None:
    """Refuse with the reason."""
    a.notify(f"入驻申请未同意：{tenancy.title}（{a.reason}）", roles=("owner",), en=f"No place: {tenancy.title}")


@action("tenancies", "move_in", "登记入驻", "Move in", fields=(Column("moved_in_on", "date", "入驻日期", "Moved in on", required=True),))
def move_in(a: Run, tenancy: Tenancy, *, moved_in_on: dt.date) -> None:
    """The firm moved in."""
    a.require(
        (tenancy.asked_on or moved_in_on) <= moved_in_on <= a.today, "date_order", "入驻日期应在申请日与今天之间", field="moved_in_on"
    )
    tenancy.moved_in_on = moved_in_on
    a.record.visibility = "node"


@action("tenancies", "move_out", "登记迁出", "Move out", fields=(
    Column("moved_out_on", "date", "迁出日期", "Moved out on", required=True), Column("outcome", "choice", "去向", "Outcome", required=True, choices=sheets.LEAVING),
))  # fmt: skip
def move_out(a: Run, tenancy: Tenancy, *, moved_out_on: dt.date, outcome: str) -> None:
    """The firm moved out; its area is free again."""
    a.require(
        (tenancy.moved_in_on or moved_out_on) <= moved_out_on <= a.today, "date_order", "迁出日期应在入驻日与今天之间", field="moved_out_on"
    )
    tenancy.moved_out_on, tenancy.outcome = moved_out_on, outcome


@action("tenant_investments", "create", "登记获投", "New investment", creates=True, roles=WRITERS)
def invest(a: Run, made: TenantInvestment, **values: Any) -> None:
    """Enter an investment promised to a tenant; payment is an act of its own."""
    tenancy = find(register_of("tenancies"), values.get("tenancy"), a.by)
    park = tenancy.entry.park
    a.require(leads(a.by, park) or tenancy.owner_id in a.by.bodies, "not_yours", "由入驻企业或园区登记", field="tenancy")
    create_for(a, made, values, tenancy.owner)
    a.require(made.paid_fen is None, "pay_by_act", "到位金额由“登记到位”填写", field="paid_wan")
    made.promised_on = made.promised_on or a.today
    a.record.node, a.record.visibility = park.node, "node"

    def admit() -> None:
        a.link(tenancy, "tenancy")
        if park.owner is not None:
            a.admit("landlord", body=park.owner)

    a.after_saved(admit)


@action("tenant_investments", "pay", "登记到位", "Record payment", fields=sheets.PAID)
def pay_in(a: Run, made: TenantInvestment, *, paid_wan: int, paid_on: dt.date) -> None:
    """The money came in: what really came, which may be less than promised. Refuses more than promised without a reason."""
    a.require(
        paid_on <= a.today and paid_on >= (made.promised_on or paid_on), "date_order", "到位日期应在承诺日与今天之间", field="paid_on"
    )
    a.require(paid_wan > 0, "not_positive", "到位金额须大于零", field="paid_wan")
    a.require(
        made.promised_fen is None or paid_wan <= made.promised_fen or a.reason,
        "above_promised",
        "到位金额高于承诺金额，请说明理由",
        field="paid_wan",
    )
    made.paid_fen, made.paid_on = paid_wan, paid_on
