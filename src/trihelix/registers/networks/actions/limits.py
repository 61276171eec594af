"""What may never be exceeded, whichever act changes it: the area of a park by what is let, the sum signed by what is paid."""

from __future__ import annotations

from typing import Any

from trihelix.kernel.action import Run, action
from trihelix.kernel.models import Record
from trihelix.kernel.standard import change_where_editable
from trihelix.registers.networks.models import Deal, DealPayment, Park, Tenancy

LET = ("agreed", "active")
WRITERS = ("owner", "node", "officer", "operator")


def let_area(park: Record, besides: Record | None = None) -> int:
    """Square metres agreed or in use, of all tenancies or of the others."""
    rows = Tenancy.objects.filter(park=park, record__state__in=LET)
    rows = rows.exclude(record=besides) if besides is not None else rows
    return sum(area or 0 for area in rows.values_list("area_m2", flat=True))


def require_room(a: Run, park: Record, area_m2: int, besides: Record) -> None:
    """The park is locked, so that its area is given once. Refuses what it has no room for."""
    Record.objects.select_for_update(of=("self",)).get(pk=park.pk)
    left = Park.objects.get(record=park).area_m2 - let_area(park, besides)
    a.require(area_m2 <= left, "park_full", f"园区余 {left} 平方米", field="area_m2", value=area_m2)


def paid_on_deal(deal: Record) -> int:
    """Fen paid so far."""
    return sum(DealPayment.objects.filter(deal=deal, record__state="recorded").values_list("paid_fen", flat=True))


def within_signed(a: Run, deal: Record, more: int) -> int:
    """Fen paid with ``more``; refuses what exceeds the amount signed. The caller holds the deal's lock."""
    total = paid_on_deal(deal) + more
    a.require(
        total <= (Deal.objects.get(record=deal).committed_fen or 0), "above_committed", "累计出资超过签约金额", field="paid_wan", value=more
    )
    return total


@action("parks", "change", "修改", "Change", roles=WRITERS)
def change_park(a: Run, park: Park, **values: Any) -> None:
    """Change columns. Refuses an area below what is let."""
    change_where_editable(a, park, values)
    held = let_area(a.record)
    a.require(park.area_m2 >= held, "below_let", f"已同意和在驻面积共 {held} 平方米，园区面积不能更小", field="area_m2", value=park.area_m2)


@action("tenancies", "change", "修改", "Change", roles=WRITERS)
def change_tenancy(a: Run, tenancy: Tenancy, **values: Any) -> None:
    """Change columns. Refuses more area than the park has left once the place is agreed."""
    change_where_editable(a, tenancy, values)
    if a.record.state in LET:
        require_room(a, tenancy.park, tenancy.area_m2 or 0, a.record)


@action("alliance_deals", "change", "修改", "Change", roles=WRITERS)
def change_deal(a: Run, deal: Deal, **values: Any) -> None:
    """Change columns. Refuses a sum signed below what is paid."""
    change_where_editable(a, deal, values)
    paid = paid_on_deal(a.record)
    a.require(not paid or (deal.committed_fen or 0) >= paid, "below_paid", "签约金额不能低于累计出资", field="committed_wan")
